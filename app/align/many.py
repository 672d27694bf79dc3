"""One subject in several notices: the counterparts of a clause, or the clauses with a word, and what only one has."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.align.compare import Comparers
from app.align.model import Faced, Facing, Link, Relation, Span
from app.align.rules import Rule, Side, weight_of
from app.align.terms import place_names, rarity
from corpus.model import Document, Unit

#: A rule stands in another notice when so much of it does.
_HELD = 0.45

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
    """Find the clauses with a word in each of some notices."""
    chosen = [(one, [(unit, None) for unit in one.clauses if word in unit.text]) for one in documents]
    return _facing(documents, chosen)


def _facing(documents: Sequence[Document], chosen: Sequence[tuple[Document, Chosen]]) -> tuple[Facing, ...]:
    sides = [Side(one.clauses, place_names(*documents)) for one in documents]
    weights = rarity(body for side in sides for body in side.bodies)
    labels = [{unit.label for unit, _ in units} for _, units in chosen]
    rules = [
        [rule for rule in side.rules if side.units[rule.unit].label in labels[at]] for at, side in enumerate(sides)
    ]
    facing = []
    for at, (document, units) in enumerate(chosen):
        others = [rule for place, some in enumerate(rules) if place != at for rule in some]
        alone = [rule for rule in rules[at] if not _is_held(rule, others, weights)]
        faced = (
            Faced(unit=unit, relation=relation, only=_spans(alone, sides[at], unit.label)) for unit, relation in units
        )
        facing.append(Facing(document=document, clauses=tuple(faced)))
    return tuple(facing)


def _is_held(rule: Rule, others: Sequence[Rule], weights: Mapping[str, float]) -> bool:
    least = _HELD * weight_of(rule.terms, weights)
    return any(weight_of(rule.terms & other.terms, weights) >= least for other in others)


def _spans(rules: Sequence[Rule], side: Side, label: str) -> tuple[Span, ...]:
    return tuple(Span(start=rule.start, end=rule.end) for rule in rules if side.units[rule.unit].label == label)
