"""What two rules that answer to each other say in figures and modal words, and which is the stricter where sure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from app.align.model import Note, NoteKind, Piece, PieceKind
from app.align.terms import grams
from corpus.facts import read_facts
from corpus.model import Bound, Fact, FactKind

_SUBJECTS = {FactKind.FREQUENCY: "频次", FactKind.DEADLINE: "期限", FactKind.QUANTITY: "数量"}
_DEGREE = "要求程度"
#: So many characters before and after a figure tell what it counts; figures that share so many bigrams count the same.
_BEFORE, _AFTER, _ALIKE = 14, 10, 3


@cache
def _table() -> Mapping[str, Any]:
    return tomllib.loads(files("app.align").joinpath("data/strictness.toml").read_text(encoding="utf-8"))


def notes_of(
    left: Sequence[str], right: Sequence[str], pieces: Sequence[Piece], around: tuple[str, str] = ("", "")
) -> tuple[Note, ...]:
    """Read what differs in figures and modal words.

    Args:
        left: the rules on the left.
        right: those on the right, which answer to them.
        pieces: the difference of the two.
        around: the two whole clauses: a figure that the other clause has elsewhere is not missing in it.

    Returns:
        Notes in order; STRICTER and LOOSER are said of the right side.
    """
    return (*_figure_notes(left, right, around), *_modal_notes(pieces), *_emphasis_notes(pieces))


def _figure_notes(left: Sequence[str], right: Sequence[str], around: Sequence[str]) -> Iterator[Note]:
    mine, theirs = ([(fact, text) for text in side for fact in _figures(text)] for side in (left, right))
    for fact, text in list(mine):
        same = next((one for one in theirs if one[0].value == fact.value and one[0].kind is fact.kind), None)
        if same:
            mine.remove((fact, text))
            theirs.remove(same)
    likes = [
        (len(_surroundings(*one) & _surroundings(*other)), at, place)
        for at, one in enumerate(mine)
        for place, other in enumerate(theirs)
        if one[0].kind is other[0].kind
    ]
    paired: dict[int, int] = {}
    for shared, at, place in sorted(likes, key=lambda one: (-one[0], one[1:])):
        if shared >= _ALIKE and at not in paired and place not in paired.values():
            paired[at] = place
    for at, place in paired.items():
        one, other = mine[at][0], theirs[place][0]
        yield Note(kind=_judge(one, other), left=one.text, right=other.text, subject=_SUBJECTS[one.kind])
    values = [{fact.value for fact in _figures(text)} for text in around]
    for at, (fact, _) in enumerate(mine):
        if at not in paired and fact.number is not None and fact.value not in values[1]:
            yield Note(kind=NoteKind.DIFFERENT, left=fact.text, right="", subject=_SUBJECTS[fact.kind])
    for at, (fact, _) in enumerate(theirs):
        if at not in paired.values() and fact.number is not None and fact.value not in values[0]:
            yield Note(kind=NoteKind.DIFFERENT, left="", right=fact.text, subject=_SUBJECTS[fact.kind])


def _figures(text: str) -> Iterator[Fact]:
    """Frequencies, deadlines and quantities; those that name only a manner (定期) too."""
    return (fact for fact in read_facts(text) if fact.kind in _SUBJECTS)


def _surroundings(fact: Fact, text: str) -> frozenset[str]:
    before, after = text[max(0, fact.start - _BEFORE) : fact.start], text[fact.end : fact.end + _AFTER]
    return frozenset((*grams(before), *grams(after), *grams(fact.text)))


def _judge(left: Fact, right: Fact) -> NoteKind:
    """Say whether the right figure is stricter; DIFFERENT wherever that is not sure."""
    sizes = _sizes(left, right)
    if sizes is None or sizes[0] == sizes[1]:
        return NoteKind.DIFFERENT
    return NoteKind.STRICTER if sizes[1] > sizes[0] else NoteKind.LOOSER


def _sizes(left: Fact, right: Fact) -> tuple[float, float] | None:
    """The two figures as numbers of which the greater is the stricter; None where they cannot be held against."""
    if left.number is None or right.number is None:
        return None
    if left.kind is FactKind.FREQUENCY:
        rates = [_rate(fact) for fact in (left, right)]
        return (rates[0], rates[1]) if rates[0] is not None and rates[1] is not None else None
    if left.measure != right.measure:
        return None
    if left.kind is FactKind.DEADLINE and left.bound is right.bound is Bound.AT_MOST:
        return -left.number, -right.number
    limits = _table()["limits"]
    for name, sign in (("floor", 1), ("ceiling", -1)):
        if all(re.match(limits[name], fact.text) for fact in (left, right)):
            return sign * left.number, sign * right.number
    return None


def _rate(fact: Fact) -> float | None:
    """Times a year that a frequency asks for; None for one that sets a limit above, or has an unknown period."""
    times = _table()["per_year"].get(fact.period)
    if fact.number is None or times is None or fact.bound not in (None, Bound.AT_LEAST, Bound.EXACT):
        return None
    return float(fact.number * times)


def _modal_notes(pieces: Sequence[Piece]) -> Iterator[Note]:
    """Modal words that stand in each other's place."""
    left, right = ("".join(getattr(piece, side) for piece in pieces) for side in ("left", "right"))
    facts = [
        {fact.start: fact for fact in read_facts(text) if fact.kind is FactKind.MODALITY} for text in (left, right)
    ]
    ranks = _table()["modality"]
    at = place = 0
    for index, piece in enumerate(pieces):
        if piece.kind is PieceKind.LEFT and index + 1 < len(pieces) and pieces[index + 1].kind is PieceKind.RIGHT:
            mine = _within(facts[0], at, len(piece.left))
            theirs = _within(facts[1], place, len(pieces[index + 1].right))
            if len(mine) == len(theirs) == 1 and {mine[0].value, theirs[0].value} <= set(ranks):
                yield from _change(mine[0].text, theirs[0].text, ranks[theirs[0].value] - ranks[mine[0].value])
        at, place = at + len(piece.left), place + len(piece.right)


def _within(facts: Mapping[int, Fact], start: int, length: int) -> list[Fact]:
    return [fact for fact in facts.values() if start <= fact.start and fact.end <= start + length]


def _change(left: str, right: str, rise: int) -> Iterator[Note]:
    if rise:
        kind = NoteKind.STRICTER if rise > 0 else NoteKind.LOOSER
        yield Note(kind=kind, left=left, right=right, subject=_DEGREE)


def _emphasis_notes(pieces: Sequence[Piece]) -> Iterator[Note]:
    """Words put before a prohibition that stands on both sides: 不得 against 一律不得."""
    words, prohibition = tuple(_table()["emphasis"]["words"]), re.compile(_table()["emphasis"]["prohibition"])
    for before, piece, after in zip((None, *pieces), pieces, pieces[1:], strict=False):
        found = prohibition.match(after.right) if after.kind is PieceKind.EQUAL else None
        if not found or (before and before.kind is PieceKind.LEFT):
            continue
        word = next((one for one in words if (piece.left or piece.right).endswith(one)), "")
        if word and piece.kind is PieceKind.RIGHT:
            yield Note(kind=NoteKind.STRICTER, left=found[0], right=word + found[0], subject=_DEGREE)
        elif word and piece.kind is PieceKind.LEFT:
            yield Note(kind=NoteKind.LOOSER, left=word + found[0], right=found[0], subject=_DEGREE)
