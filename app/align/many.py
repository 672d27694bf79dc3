"""One subject in several notices: the counterparts of a clause, or the clauses with a word, and what only one has."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from app.align.acts import Acts
from app.align.compare import Comparers
from app.align.model import Faced, Facing, Link, Relation, Span
from app.align.phrases import Phrases
from app.align.rules import Rule, Side, weight_of
from app.align.terms import blanked, grams, place_names, rarity
from corpus.model import Document, Unit

#: A rule stands in another notice when so much of it is in one rule there, or so much in the clauses beside it.
_HELD, _HELD_TOGETHER = 0.45, 0.6

#: A part of a rule, cut at commas; one of fewer terms says too little to be called new, and one of which so much
#: stands in phrases of others is not new.
_PART, _LEAST_TERMS, _SHARED = re.compile("[^，：]+[，：]?"), 4, 0.34

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
    notices = _Notices(documents)
    labels = [{unit.label for unit, _ in units} for _, units in chosen]
    facing = []
    for at, (document, units) in enumerate(chosen):
        faced = (
            Faced(unit=unit, relation=relation, only=tuple(notices.alone(at, unit, labels))) for unit, relation in units
        )
        facing.append(Facing(document=document, clauses=tuple(faced)))
    return tuple(facing)


class _Notices:
    """Several notices, prepared to tell what only one of them has."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._places = place_names(*documents)
        self._sides = [Side(one.clauses, self._places) for one in documents]
        self._weights = rarity(body for side in self._sides for body in side.bodies)
        self._phrases = Phrases(self._sides, self._weights)
        self._acts = Acts(self._sides, self._phrases.scale)

    def alone(self, at: int, unit: Unit, labels: Sequence[set[str]]) -> Iterator[Span]:
        """The parts of a clause's rules that no other notice has in any words like them.

        Args:
            at: place of the clause's notice.
            unit: the clause.
            labels: of each notice the clauses that are shown.
        """
        side = self._sides[at]
        for number, rule in enumerate(side.rules):
            others = [place for place in range(len(self._sides)) if place != at]
            if side.units[rule.unit].label != unit.label or any(
                self._is_held(rule, place, labels[place]) for place in others
            ):
                continue
            shared = self._shared(at, number, others, labels)
            far = self._phrases.far_places(at, number, others) | self._asked(at, number, others)
            parts = [
                Span(start=part.start(), end=part.end())
                for part in _PART.finditer(unit.text, rule.start, rule.end)
                if far.isdisjoint(range(*part.span()))
                and len(shared & set(range(*part.span()))) < _SHARED * len(part[0])
                and self._is_new(part, rule, others, labels)
            ]
            yield from _merged(parts)

    def _shared(self, at: int, number: int, others: Sequence[int], labels: Sequence[set[str]]) -> set[int]:
        """Places of the characters in phrases that shown clauses of other notices have."""
        found: set[int] = set()
        for place in others:
            side = self._sides[place]
            beside = [one for one, rule in enumerate(side.rules) if side.units[rule.unit].label in labels[place]]
            found |= self._phrases.shared(at, number, beside, place)
        return found

    def _asked(self, at: int, number: int, others: Sequence[int]) -> frozenset[int]:
        """Places of the characters in the words of acts that any of other notices asks too."""
        rules = (places for place in others for places in self._acts.far(at, number, place).values())
        return frozenset(one for places in rules for one in places)

    def _is_new(self, part: re.Match[str], rule: Rule, others: Sequence[int], labels: Sequence[set[str]]) -> bool:
        """Tell whether a part says enough to be called new, and none of the other notices has most of it."""
        own = Rule(rule.unit, *part.span(), frozenset(grams(blanked(part[0], self._places))))
        if len(own.terms) < _LEAST_TERMS:
            return False
        return not any(self._is_held(own, place, labels[place]) for place in others)

    def _is_held(self, rule: Rule, place: int, labels: set[str]) -> bool:
        """Tell whether a notice has what a rule asks: in one of its rules, or in the shown clauses together."""
        side, weights = self._sides[place], self._weights
        total = weight_of(rule.terms, weights)
        if max(side.sharing(rule.terms, weights).values(), default=0.0) >= _HELD * total:
            return True
        together = frozenset(
            term for unit, body in zip(side.units, side.bodies, strict=True) if unit.label in labels for term in body
        )
        return weight_of(rule.terms & together, weights) >= _HELD_TOGETHER * total


def _merged(spans: Sequence[Span]) -> Iterator[Span]:
    """Spans, those in a row as one."""
    start: int | None = None
    for at, span in enumerate(spans):
        start = span.start if start is None else start
        if at + 1 == len(spans) or spans[at + 1].start != span.end:
            yield Span(start=start, end=span.end)
            start = None
