"""What one notice changes against another, as a list: new rules, dropped ones, altered ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from pydantic import Field

from app.align.model import Comparison, Entry, EntryKind, Note, Piece, Span
from corpus.model import Frozen, Unit


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
    left_span: Span | None = Field(default=None, description="from the first of the left rules to the last")
    right_span: Span | None = Field(default=None, description="from the first of the right rules to the last")
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
                    left_span=_hull(entry.left),
                    right_span=_hull(entry.right),
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


def _text(unit: Unit | None, spans: Iterable[Span]) -> str:
    return "".join(unit.text[span.start : span.end] for span in spans) if unit else ""


def _hull(spans: tuple[Span, ...]) -> Span | None:
    return Span(start=spans[0].start, end=spans[-1].end) if spans else None
