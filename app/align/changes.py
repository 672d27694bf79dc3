"""What one notice changes against another, as a list: new rules, dropped ones, altered ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from pydantic import Field

from app.align.compare import Comparer
from app.align.model import Comparison, Entry, EntryKind, Note, Piece, PieceKind, Span
from corpus.model import Frozen, Unit

#: Stands in a quotation for rules that were left out.
GAP = "……"


class ChangeKind(StrEnum):
    """What a change is; a MOVED rule is not in the counterpart, but in another clause of the other notice; a NEAR one
    has no answer, but phrases of it stand in the other notice.
    """

    ONLY_RIGHT = "only_right"
    ONLY_LEFT = "only_left"
    ALTERED = "altered"
    NEAR = "near"
    MOVED = "moved"


class Change(Frozen):
    """One change, with the words of both sides and the labels of their clauses."""

    kind: ChangeKind
    subject: tuple[str, str] = Field(description="labels of the two clauses that it is a change of; empty for none")
    left: str = Field(default="", description="label of the left clause, also where the rule is not in it")
    right: str = Field(default="", description="label of the right clause, also where the rule is not in it")
    left_text: str = Field(default="", description="the left rules, verbatim")
    right_text: str = Field(default="", description="the right rules, verbatim")
    left_spans: tuple[Span, ...] = Field(default=(), description="the left rules in their clause")
    right_spans: tuple[Span, ...] = Field(default=(), description="the right rules in theirs")
    pieces: tuple[Piece, ...] = Field(description="the difference; of a NEAR rule its own words alone")
    notes: tuple[Note, ...] = ()
    of_left: bool | None = Field(default=None, description="whose rule it is when NEAR, the other side being quoted")


def changes(comparer: Comparer, pairs: Iterable[Comparison] | None = None) -> tuple[Change, ...]:
    """List the changes of pairs of clauses, in their order; rules that are the same are none.

    Args:
        comparer: the two notices.
        pairs: pairs of clauses of theirs; without any, all.

    Returns:
        The changes; a rule that stands in other clauses of both notices is told once.
    """
    moved: set[tuple[str, int, str, int]] = set()
    kept: list[Change] = []
    for change in _changes(comparer, comparer.comparisons if pairs is None else pairs):
        if change.kind is ChangeKind.MOVED:
            key = (change.left, change.left_spans[0].start, change.right, change.right_spans[0].start)
            if key in moved:
                continue
            moved.add(key)
        kept.append(change)
    return tuple(kept)


def _changes(comparer: Comparer, pairs: Iterable[Comparison]) -> Iterator[Change]:
    for pair in pairs:
        subject = (pair.left.label if pair.left else "", pair.right.label if pair.right else "")
        for entry in pair.entries:
            if entry.kind is EntryKind.SAME:
                continue
            if entry.elsewhere or entry.near:
                yield _quoting(comparer, pair, entry, subject)
                continue
            yield Change(
                kind=_KINDS[entry.kind],
                subject=subject,
                left=subject[0],
                right=subject[1],
                left_text=_text(pair.left, entry.left),
                right_text=_text(pair.right, entry.right),
                left_spans=entry.left,
                right_spans=entry.right,
                pieces=entry.pieces,
                notes=entry.notes,
            )


_KINDS = {
    EntryKind.LEFT: ChangeKind.ONLY_LEFT,
    EntryKind.RIGHT: ChangeKind.ONLY_RIGHT,
    EntryKind.CHANGED: ChangeKind.ALTERED,
}


def _quoting(comparer: Comparer, pair: Comparison, entry: Entry, subject: tuple[str, str]) -> Change:
    """A rule of one side, beside rules of the other side that have most of it or phrases of it."""
    is_left = entry.kind is EntryKind.LEFT
    unit, own = (pair.left, entry.left) if is_left else (pair.right, entry.right)
    places = [entry.elsewhere] if entry.elsewhere else entry.near
    label = places[0].label
    spans = tuple(sorted((one.span for one in places if one.label == label), key=lambda span: span.start))
    mine = (unit.label if unit else "", _text(unit, own), own)
    theirs = (label, _text(comparer.unit(label, is_left=not is_left), spans), spans)
    left, right = (mine, theirs) if is_left else (theirs, mine)
    return Change(
        kind=ChangeKind.MOVED if entry.elsewhere else ChangeKind.NEAR,
        subject=subject,
        left=left[0],
        left_text=left[1],
        left_spans=left[2],
        right=right[0],
        right_text=right[1],
        right_spans=right[2],
        pieces=comparer.difference(left[1], right[1]) if entry.elsewhere else entry.pieces,
        notes=entry.notes,
        of_left=None if entry.elsewhere else is_left,
    )


def _text(unit: Unit | None, spans: Sequence[Span]) -> str:
    texts = [unit.text[span.start : span.end] for span in spans] if unit else []
    return "".join(gap + text for gap, text in zip(gaps(spans), texts, strict=False))


def gaps(spans: Sequence[Span]) -> list[str]:
    """What stands before each of some rules when they are quoted in a row: …… where others lie between."""
    ends = [spans[0].start if spans else 0, *(span.end for span in spans)]
    return ["" if span.start == end else GAP for span, end in zip(spans, ends, strict=False)]


def by_rule(pieces: Iterable[Piece], spans: Iterable[Span], is_left: bool) -> list[list[tuple[str, PieceKind]]]:
    """Cut one side of a difference, which runs over several rules joined, at the rules' ends.

    Args:
        pieces: the difference.
        spans: the rules of that side.
        is_left: which side.

    Returns:
        For each rule its words with their kinds; joined, they are the rule.
    """
    words = [(text, piece.kind) for piece in pieces if (text := piece.left if is_left else piece.right)]
    rules: list[list[tuple[str, PieceKind]]] = []
    for span in spans:
        room, rule = span.end - span.start, list[tuple[str, PieceKind]]()
        while room and words:
            text, kind = words.pop(0)
            rule.append((text[:room], kind))
            if text[room:]:
                words.insert(0, (text[room:], kind))
            room -= min(room, len(text))
        rules.append(rule)
    return rules
