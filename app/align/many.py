"""One subject in several notices: the counterparts of a clause, or the clauses with a word, and what only one has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.align.compare import Comparers
from app.align.model import Faced, Facing, Link, Relation, Span
from app.align.rules import Rule, Side, weight_of
from app.align.terms import place_names, rarity
from corpus.model import Document, Unit

#: A rule stands in another notice when so much of it is in one rule there, or so much in the clauses beside it.
_HELD, _HELD_TOGETHER = 0.45, 0.6

Chosen = Sequence[tuple[Unit, Relation | None]]


def counterparts(documents: Sequence[Document], label: str, comparers: Comparers) -> tuple[Facing, ...]:
    """Find what answers to a clause in other notices.

    Args:
        documents: the notice of the clause, and the others.
        label: the clause's label; without a clause of that label nothing is found.
        comparers: the notices beside each other.
    """
    first, *others = documents
    asked = next((unit for unit in first.clauses if unit.label == label), None)
    if asked is None:
        return ()
    chosen: list[tuple[Document, Chosen]] = [(first, [(asked, None)])]
    for other in others:
        alignment = comparers.of(first, other).alignment
        links: Mapping[str, Link] = {link.right: link for link in alignment.links if link.left == label}
        answering = [(unit, links[unit.label].relation) for unit in other.clauses if unit.label in links]
        chosen.append((other, sorted(answering, key=lambda one: one[1] is Relation.PART)))
    return _facing(documents, chosen)


def mentions(documents: Sequence[Document], word: str) -> tuple[Facing, ...]:
    """Find the clauses with a word in each of some notices, those first that have it in their heading."""
    chosen: list[tuple[Document, Chosen]] = []
    for one in documents:
        holders = sorted((unit for unit in one.clauses if word in unit.text), key=lambda unit: word not in unit.heading)
        chosen.append((one, [(unit, None) for unit in holders]))
    return _facing(documents, chosen)


def _facing(documents: Sequence[Document], chosen: Sequence[tuple[Document, Chosen]]) -> tuple[Facing, ...]:
    sides = [Side(one.clauses, place_names(*documents)) for one in documents]
    weights = rarity(body for side in sides for body in side.bodies)
    facing = []
    for at, (document, units) in enumerate(chosen):
        labels = {unit.label for unit, _ in units}
        own = [rule for rule in sides[at].rules if sides[at].units[rule.unit].label in labels]
        held = [(side, {unit.label for unit, _ in chosen[place][1]}) for place, side in enumerate(sides) if place != at]
        alone = [rule for rule in own if not any(_is_held(rule, side, beside, weights) for side, beside in held)]
        faced = (
            Faced(unit=unit, relation=relation, only=_spans(alone, sides[at], unit.label)) for unit, relation in units
        )
        facing.append(Facing(document=document, clauses=tuple(faced)))
    return tuple(facing)


def _is_held(rule: Rule, side: Side, labels: set[str], weights: Mapping[str, float]) -> bool:
    """Tell whether another notice has what a rule asks: in one of its rules, or in the chosen clauses together."""
    total = weight_of(rule.terms, weights)
    if max(side.sharing(rule.terms, weights).values(), default=0.0) >= _HELD * total:
        return True
    together = frozenset(
        term for unit, body in zip(side.units, side.bodies, strict=True) if unit.label in labels for term in body
    )
    return weight_of(rule.terms & together, weights) >= _HELD_TOGETHER * total


def _spans(rules: Sequence[Rule], side: Side, label: str) -> tuple[Span, ...]:
    return tuple(Span(start=rule.start, end=rule.end) for rule in rules if side.units[rule.unit].label == label)
