"""Phrases that rules of two notices have in common although the rules do not answer to each other as a whole.

A phrase is a run of four characters or more, whole words, too rare in the notices to be chance (液化石油气安全整治,
and not 安全生产); or a part between two commas shares most of its rare words with one of the other (管网更新改造,
老旧管网改造).
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.align.model import Span
from app.align.rules import Rule, Side
from index.lexical import cut, word_bounds

#: The shortest run, and how rare it must be: a bigram that only two clauses hold counts one.
_RUN, _RARE = 4, 2.2
#: Two parts answer to each other when they share so many words, of such weight, and so much of the smaller one.
_WORDS, _WEIGHT, _SHARE = 2, 1.2, 0.55
#: A word that weighs less is everywhere; what two characters weigh between which a mark stands (“关、停”).
_COMMON, _ACROSS = 0.25, 0.7
#: A run of no more characters that so many rules of a notice have is their subject, and tells nothing.
_SHORT, _OFTEN = 5, 3
#: So long and rare must be a phrase that tells something of a rule of quite another clause.
_FAR_RUN, _FAR_RARE = 6, 4.0
_BREAK, _BREAKS = "\n", "，。；：！？\n"
_LETTER = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fffA-Za-z0-9]")
#: Parts of a sentence, and of these the members of a row.
_PARTS = (re.compile("[^，。；：！？]+"), re.compile("[^，。；：！？、]+"))


@dataclass(frozen=True)
class _Part:
    """A part of a rule: its rare words with what they weigh, and where they stand."""

    weights: Mapping[str, float]
    spans: tuple[tuple[str, Span], ...]

    @property
    def weight(self) -> float:
        return sum(self.weights.values())


class Wording:
    """A rule, ready to be searched for phrases."""

    def __init__(self, text: str, rule: Rule, scale: Mapping[str, float], often: Callable[[], Collection[str]]) -> None:
        self._text, self._rule, self._scale, self._often = text, rule, scale, often
        kept = [at for at in range(rule.start, rule.end) if _LETTER.match(text[at]) or text[at] in _BREAKS]
        self._places = kept
        self.letters = "".join(_BREAK if text[at] in _BREAKS else text[at] for at in kept)

    @cached_property
    def fours(self) -> frozenset[str]:
        """All runs of four characters within a part."""
        runs = (self.letters[at : at + _RUN] for at in range(len(self.letters) - _RUN + 1))
        return frozenset(run for run in runs if _BREAK not in run)

    @cached_property
    def _bounds(self) -> frozenset[int]:
        start = self._rule.start
        return frozenset(start + at for at in word_bounds(self._text[start : self._rule.end]))

    @cached_property
    def parts(self) -> tuple[_Part, ...]:
        """The parts that have rare words."""
        start, end = self._rule.start, self._rule.end
        spans = dict.fromkeys(match.span() for cuts in _PARTS for match in cuts.finditer(self._text, start, end))
        return tuple(part for span in spans if (part := self._part(*span)).weights)

    def _part(self, start: int, end: int) -> _Part:
        weights: dict[str, float] = {}
        spans: list[tuple[str, Span]] = []
        for word in _words(self._text[start:end]):
            weight = sum(self._scale.get(word[at : at + 2], 0.0) for at in range(len(word) - 1)) / max(1, len(word) - 1)
            if len(word) > 1 and weight >= _COMMON:
                weights[word] = weight
                spans.append((word, Span(start=start, end=start + len(word))))
            start += len(word)
        return _Part(weights, tuple(spans))

    def runs(self, fours: Collection[str]) -> Iterator[Span]:
        """The phrases of this rule of which others have every four characters.

        Args:
            fours: the runs of four characters of the others.
        """
        at, last = 0, len(self.letters) - _RUN
        while at <= last:
            start = at
            while at <= last and self.letters[at : at + _RUN] in fours:
                at += 1
            if at > start:
                yield from self._whole_words(start, at + _RUN - 1)
            at += at == start

    def _rarity(self, start: int, end: int) -> float:
        """What a run weighs; two characters with a mark between them are no common word."""
        return sum(
            self._scale.get(self.letters[at : at + 2], 0.0) if self._places[at] + 1 == self._places[at + 1] else _ACROSS
            for at in range(start, end - 1)
        )

    def _is_subject(self, start: int, end: int) -> bool:
        """Whether a short run is what many rules of the notice speak of."""
        fours = (self.letters[at : at + _RUN] for at in range(start, end - _RUN + 1))
        return end - start <= _SHORT and all(four in self._often() for four in fours)

    def _whole_words(self, start: int, end: int) -> Iterator[Span]:
        """A run less what it has of words at its ends, where that is still long and rare."""
        while start < end and self._places[start] not in self._bounds:
            start += 1
        while start < end and self._places[end - 1] + 1 not in self._bounds:
            end -= 1
        if end - start >= _RUN and self._rarity(start, end) >= _RARE and not self._is_subject(start, end):
            yield Span(start=self._places[start], end=self._places[end - 1] + 1)

    def far(self, fours: Collection[str]) -> Iterator[Span]:
        """The phrases that are long and rare enough to tell something wherever they stand."""
        for run in self.runs(fours):
            start, end = self._places.index(run.start), self._places.index(run.end - 1) + 1
            if end - start >= _FAR_RUN and self._rarity(start, end) >= _FAR_RARE:
                yield run

    def like_parts(self, other: Wording) -> Iterator[Span]:
        """Words of parts that share most of their rare words with a part of another rule."""
        for part in self.parts:
            for theirs in other.parts:
                words = part.weights.keys() & theirs.weights.keys()
                shared = sum(part.weights[word] for word in words)
                smaller = min(part.weight, theirs.weight)
                if len(words) >= _WORDS and shared >= max(_WEIGHT, _SHARE * smaller):
                    yield from (span for word, span in part.spans if word in words)

    def shared(self, other: Wording) -> frozenset[int]:
        """Places of the characters that stand in phrases common with another rule."""
        spans = (*self.runs(other.fours), *self.like_parts(other))
        return frozenset(at for span in spans for at in range(span.start, span.end))


def _words(text: str) -> Iterator[str]:
    """The words of a text, those of four characters in halves (更新改造); joined, they are the text."""
    for word in cut(text):
        yield from (word[:2], word[2:]) if len(word) == 4 else (word,)


class Phrases:
    """The rules of some notices as wordings, each made when first asked for."""

    def __init__(self, sides: Sequence[Side], weights: Mapping[str, float]) -> None:
        """Take the notices' rules and what each term weighs between them."""
        clauses = sum(len(side.bodies) for side in sides)
        most = math.log(max(2.0, (clauses + 1) / 2))
        self.scale = {term: min(1.0, weight / most) for term, weight in weights.items()}
        self._sides = sides
        self._made: dict[tuple[int, int], Wording] = {}

    def of(self, side: int, number: int) -> Wording:
        """The wording of a rule, by the place of its notice and its own."""
        if (side, number) not in self._made:
            rule, units = self._sides[side].rules[number], self._sides[side].units
            self._made[side, number] = Wording(units[rule.unit].text, rule, self.scale, lambda: self._often[side])
        return self._made[side, number]

    @cached_property
    def _often(self) -> Sequence[Collection[str]]:
        """For each notice the runs of four characters that many of its rules hold."""
        return [{four for four, rules in held.items() if len(rules) >= _OFTEN} for held in self._holders]

    @cached_property
    def _holders(self) -> Sequence[Mapping[str, tuple[int, ...]]]:
        """For each notice and each run of four characters the rules that hold it."""
        found: list[dict[str, tuple[int, ...]]] = []
        for at, side in enumerate(self._sides):
            held: dict[str, tuple[int, ...]] = {}
            for number in range(len(side.rules)):
                for four in self.of(at, number).fours:
                    held[four] = (*held.get(four, ()), number)
            found.append(held)
        return found

    def shared(self, side: int, number: int, others: Iterable[int], other: int) -> frozenset[int]:
        """Places of the characters of a rule that stand in phrases common with rules of another notice.

        Args:
            side: place of the rule's notice.
            number: the rule.
            others: rules of the other notice.
            other: its place.
        """
        wording = self.of(side, number)
        return frozenset(at for one in others for at in wording.shared(self.of(other, one)))

    def far(self, side: int, number: int, other: int) -> Mapping[int, int]:
        """Rules anywhere in another notice that have a long and rare phrase of a rule, with its length."""
        held, wording = self._holders[other], self.of(side, number)
        numbers = {one for four in wording.fours for one in held.get(four, ())}
        return {
            one: max(run.end - run.start for run in runs)
            for one in sorted(numbers)
            if (runs := list(wording.far(self.of(other, one).fours)))
        }

    def far_places(self, side: int, number: int, others: Iterable[int]) -> frozenset[int]:
        """Places of the characters of a rule in long and rare phrases that any of other notices has anywhere."""
        wording = self.of(side, number)
        runs = (run for other in others for run in wording.far(self._holders[other].keys()))
        return frozenset(at for run in runs for at in range(run.start, run.end))
