"""What the parts of a rule ask, by their words: an act on an object, told apart from what every rule says.

Two rules may ask the same and share no run of characters: 认真组织调查评估 and 按规定组织评估, 组织应急演练 and
定期开展应急疏散演练. The last word of a part that means something is its head (评估, 演练). The subject of two clauses
that answer to each other (their headings' words) tells nothing of what their rules have in common.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from app.align.model import Span
from app.align.rules import Rule, Side
from app.align.terms import cues
from corpus.model import Unit
from index.lexical import cut

#: Where parts end: at marks, and at words that join the members of a row.
_ENDS, _JOINS = re.compile("[，。；：！？、]"), frozenset(["和", "及", "与", "以及", "并", "并且"])
_WORD = re.compile("[\u3400-\u9fffA-Za-z0-9]{2,}")
#: A name in quotation marks (“四不放过”), what it weighs, and how many rules of a notice may have it to tell something.
_QUOTED, _QUOTED_WEIGHT, _FEW = re.compile("“([^“”，。；]{3,8})”"), 1.5, 3
#: In clauses that answer to each other: a shared head and so much of the smaller part; or so many words, so rare.
_HEAD_SHARE, _RARE_HEAD, _WORDS, _WEIGHT, _SHARE = 0.3, 0.8, 2, 1.0, 0.45
#: In other clauses: so many words, so rare, and so much of both parts: less of them where both heads are shared.
_FAR_WORDS, _FAR_WEIGHT, _BOTH_HEADS, _ONE_HEAD = 3, 1.4, 0.5, 0.65
#: A word that more parts of a notice hold leads to no other rule.
_MOST = 40


@dataclass(frozen=True)
class Part:
    """A part of a rule: what its words weigh, where they stand, the last of them, and that with the word before it."""

    rule: int
    weights: Mapping[str, float]
    spans: tuple[tuple[str, Span], ...]
    head: str
    tail: str

    @cached_property
    def weight(self) -> float:
        """What its words weigh together."""
        return sum(self.weights.values())

    def weight_of(self, words: Iterable[str]) -> float:
        """What some of its words weigh."""
        return sum(self.weights[word] for word in words)


class Acts:
    """The rules of some notices as parts, each cut when first asked for."""

    def __init__(self, sides: Sequence[Side], scale: Mapping[str, float]) -> None:
        """Take the notices, and how rare each pair of characters is, up to one."""
        self._sides, self._scale = sides, scale
        self._light = frozenset(cues("light"))
        self._made: dict[tuple[int, int], tuple[Part, ...]] = {}
        self._asked: dict[tuple[int, int, int], Mapping[int, frozenset[int]]] = {}
        self._held: dict[int, Mapping[str, Sequence[Part]]] = {}

    def parts(self, side: int, number: int) -> tuple[Part, ...]:
        """The parts of a rule that have a word of their own, by the places of its notice and of the rule."""
        if (side, number) not in self._made:
            self._made[side, number] = tuple(self._cut(side, number))
        return self._made[side, number]

    def _cut(self, side: int, number: int) -> Iterator[Part]:
        rule = self._sides[side].rules[number]
        text = self._sides[side].units[rule.unit].text
        row: list[tuple[str, Span]] = []
        at = rule.start
        for word in (*cut(text[rule.start : rule.end]), "。"):
            for half in (word[:2], word[2:]) if len(word) == 4 else (word,):
                if _WORD.fullmatch(half):
                    row.append((half, Span(start=at, end=at + len(half))))
                at += len(half)
            if (_ENDS.match(word) or word in _JOINS) and row:
                yield from self._part(number, row)
                row = []
        yield from self._quoted(number, rule, text)

    @staticmethod
    def _quoted(number: int, rule: Rule, text: str) -> Iterator[Part]:
        """Names in quotation marks are parts of their own."""
        for match in _QUOTED.finditer(text, rule.start, rule.end):
            span = Span(start=match.start(1), end=match.end(1))
            yield Part(number, {match[0]: _QUOTED_WEIGHT}, ((match[0], span),), match[0], "")

    def _part(self, number: int, row: Sequence[tuple[str, Span]]) -> Iterator[Part]:
        own = [at for at, (word, _) in enumerate(row) if word not in self._light]
        if own:
            last = own[-1]
            weights = {row[at][0]: self._weight(row[at][0]) for at in own}
            tail = "".join(word for word, _ in row[max(0, last - 1) : last + 1]) if last else ""
            yield Part(number, weights, tuple(row[at] for at in own), row[last][0], tail)

    def _weight(self, word: str) -> float:
        return sum(self._scale.get(word[at : at + 2], 0.0) for at in range(len(word) - 1)) / (len(word) - 1)

    def _holders(self, side: int) -> Mapping[str, Sequence[Part]]:
        """For each word of a notice the parts that hold it."""
        if side not in self._held:
            held: dict[str, list[Part]] = {}
            for number in range(len(self._sides[side].rules)):
                for part in self.parts(side, number):
                    for word in part.weights:
                        held.setdefault(word, []).append(part)
            self._held[side] = held
        return self._held[side]

    def beside(self, side: int, number: int, theirs: int, other: int) -> frozenset[int]:
        """Where a rule has the words of an act that another rule asks too, of a clause of the same subject.

        Args:
            side: place of the rule's notice.
            number: the rule.
            theirs: a rule of another notice, of the clause that answers to the rule's own.
            other: place of that notice.

        Returns:
            Places of the characters in the clause's text; none when the two ask nothing in common.
        """
        units = self._unit(side, number), self._unit(other, theirs)
        found: set[int] = set()
        for part in self.parts(side, number):
            for likely in self.parts(other, theirs):
                found |= _places(part, _beside(part, likely, units))
        return frozenset(found)

    def _unit(self, side: int, number: int) -> Unit:
        return self._sides[side].units[self._sides[side].rules[number].unit]

    def far(self, side: int, number: int, other: int) -> Mapping[int, frozenset[int]]:
        """The rules anywhere in another notice that ask an act of a rule in like words.

        Args:
            side: place of the rule's notice.
            number: the rule.
            other: place of the other notice.

        Returns:
            For each such rule where the words that both have stand in the clause of the first.
        """
        if (side, number, other) not in self._asked:
            self._asked[side, number, other] = self._find(side, number, other)
        return self._asked[side, number, other]

    def _find(self, side: int, number: int, other: int) -> Mapping[int, frozenset[int]]:
        held = self._holders(other)
        found: dict[int, frozenset[int]] = {}
        for part in self.parts(side, number):
            holders = [held.get(word, ()) for word in part.weights]
            for theirs in {id(one): one for parts in holders if len(parts) <= _MOST for one in parts}.values():
                if words := self._far(part, theirs, (side, other)):
                    found[theirs.rule] = found.get(theirs.rule, frozenset()) | _places(part, words)
        return found

    def _far(self, part: Part, theirs: Part, sides: tuple[int, int]) -> frozenset[str]:
        words = frozenset(part.weights.keys() & theirs.weights.keys())
        if part.head.startswith("“"):
            rules = [{one.rule for one in self._holders(at).get(part.head, ())} for at in sides]
            return words if max(len(some) for some in rules) <= _FEW else frozenset()
        weight = part.weight_of(words)
        if len(words) < _FAR_WORDS or weight < _FAR_WEIGHT:
            return frozenset()
        heads = len({part.head, theirs.head} & words) + (part.head == theirs.head and part.head in words)
        enough = (_BOTH_HEADS if heads == 2 else _ONE_HEAD) * (part.weight * theirs.weight) ** 0.5
        is_act = heads == 2 or (heads == 1 and not (_is_run(part, words) and _is_run(theirs, words)))
        return words if is_act and weight >= enough else frozenset()


def _beside(part: Part, theirs: Part, units: tuple[Unit, Unit]) -> frozenset[str]:
    """The words that two parts of clauses of one subject share, where these tell that both ask the same."""
    words = frozenset(part.weights.keys() & theirs.weights.keys())
    own = frozenset(word for word in words if not all(word in unit.heading for unit in units))
    if part.head == theirs.head and part.head in own:
        is_name = bool(part.tail) and part.tail == theirs.tail and part.weights[part.head] >= _RARE_HEAD
        enough = _HEAD_SHARE * min(part.weight, theirs.weight)
        is_act = len(own) > 1 or (len(words) > 1 and part.weights[part.head] >= _RARE_HEAD)
        if part.head.startswith("“") or is_name or (is_act and part.weight_of(words) >= enough):
            return words
    weight = part.weight_of(own)
    enough = max(_WEIGHT, _SHARE * min(part.weight, theirs.weight))
    return words if len(own) >= _WORDS and weight >= enough else frozenset()


def _is_run(part: Part, words: frozenset[str]) -> bool:
    """Whether words follow each other in a part, as those of one name do (防灾减灾救灾)."""
    spans = [span for word, span in part.spans if word in words]
    return all(one.end == other.start for one, other in pairwise(spans))


def _places(part: Part, words: Iterable[str]) -> set[int]:
    return {at for word, span in part.spans if word in words for at in range(span.start, span.end)}
