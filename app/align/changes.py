"""What one notice changes against another, as a list: new rules, dropped ones, altered ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum

from pydantic import Field

from app.align.model import Comparison, Entry, EntryKind, Note, Piece, PieceKind, Span
from corpus.model import Frozen, Unit

#: Stands in a quotation for rules that were left out.
GAP = "……"


class ChangeKind(StrEnum):
    """What a change is; a MOVED rule is not in the counterpart, but in another clause of the other notice."""

    ONLY_RIGHT = "only_right"
    ONLY_LEFT = "only_left"
    ALTERED = "altered"
    MOVED = "moved"


class Change(Frozen):
    """One change, with the words of both sides and the labels of their clauses."""

    kind: ChangeKind
    left: str = Field(default="", description="label of the left clause, also where the rule is not in it")
    right: str = Field(default="", description="label of the right clause, also where the rule is not in it")
    left_text: str = Field(default="", description="the left rules, verbatim")
    right_text: str = Field(default="", description="the right rules, verbatim")
    left_spans: tuple[Span, ...] = Field(default=(), description="the left rules in their clause")
    right_spans: tuple[Span, ...] = Field(default=(), description="the right rules in theirs")
    pieces: tuple[Piece, ...]
    notes: tuple[Note, ...] = ()
    elsewhere: str = Field(default="", description="label of the other notice's clause that has a MOVED rule")
    is_near: bool = Field(default=False, description="the counterpart has words much like it")


def changes(comparisons: Iterable[Comparison]) -> tuple[Change, ...]:
    """List the changes of pairs of clauses, in their order; rules that are the same are none."""
    return tuple(_changes(comparisons))


def _changes(comparisons: Iterable[Comparison]) -> Iterator[Change]:
    for pair in comparisons:
        for entry in pair.entries:
            if entry.kind is not EntryKind.SAME:
                yield Change(
                    kind=_kind(entry),
                    left=pair.left.label if pair.left else "",
                    right=pair.right.label if pair.right else "",
                    left_text=_text(pair.left, entry.left),
                    right_text=_text(pair.right, entry.right),
                    left_spans=entry.left,
                    right_spans=entry.right,
                    pieces=entry.pieces,
                    notes=entry.notes,
                    elsewhere=entry.elsewhere,
                    is_near=entry.is_near,
                )


def _kind(entry: Entry) -> ChangeKind:
    if entry.kind is EntryKind.CHANGED:
        return ChangeKind.ALTERED
    if entry.elsewhere:
        return ChangeKind.MOVED
    return ChangeKind.ONLY_LEFT if entry.kind is EntryKind.LEFT else ChangeKind.ONLY_RIGHT


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
