"""What the comparison of two notices yields: linked clauses, pieces of a difference, and verdicts about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from corpus.model import Document, Frozen, Unit


class Relation(StrEnum):
    """How two clauses answer to each other; a clause has at most one SAME or CHANGED link (its main counterpart)."""

    SAME = "same"
    CHANGED = "changed"
    PART = "part"


class Link(Frozen):
    """Two clauses that answer to each other."""

    left: str = Field(description="label in the left notice")
    right: str = Field(description="label in the right notice")
    relation: Relation
    score: Annotated[float, Field(ge=0, le=1, description="how much the two share, 1 for the same text")]


class Alignment(Frozen):
    """Which clause of one notice answers to which of another."""

    left: str = Field(description="文号 of the left notice")
    right: str = Field(description="文号 of the right notice")
    links: tuple[Link, ...] = Field(description="in the left notice's order, the main counterpart of a clause first")
    only_left: tuple[str, ...] = Field(description="labels of the left clauses without any link, in order")
    only_right: tuple[str, ...] = Field(description="labels of the right clauses without any link, in order")

    @property
    def main(self) -> tuple[Link, ...]:
        """The links between main counterparts."""
        return tuple(link for link in self.links if link.relation is not Relation.PART)


class PieceKind(StrEnum):
    """What a piece of a difference is; QUIET ones differ only in names of places and levels, in marks, or not at all
    in what they ask (the heading, the closing bracket); HELD ones are words of one side that the other has elsewhere.
    """

    EQUAL = "equal"
    QUIET = "quiet"
    HELD = "held"
    LEFT = "left"
    RIGHT = "right"


class Piece(Frozen):
    """One piece of two texts; the left parts of all pieces, joined, are the left text, the right parts the right."""

    kind: PieceKind
    left: str = Field(default="", description="its words on the left, verbatim")
    right: str = Field(default="", description="its words on the right, verbatim")


class Span(Frozen):
    """A stretch of a clause's text."""

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(gt=0)]


class Place(Frozen):
    """A rule of a notice."""

    label: str = Field(description="label of its clause")
    span: Span = Field(description="where it stands in the clause's text")


class NoteKind(StrEnum):
    """What a figure or a modal word of the newer (or lower) notice does to that of the other."""

    STRICTER = "stricter"
    LOOSER = "looser"
    DIFFERENT = "different"


class Note(Frozen):
    """One difference in a figure or in a modal word; verbatim words of both sides."""

    kind: NoteKind
    left: str = Field(description="the left side's words; empty when it sets none")
    right: str = Field(description="the right side's words; empty when it sets none")
    subject: str = Field(description="what differs: 频次, 期限, 数量, 要求程度")


class EntryKind(StrEnum):
    """How rules of two clauses answer to each other; the kinds LEFT and RIGHT stand in one of the two clauses only."""

    SAME = "same"
    CHANGED = "changed"
    LEFT = "left"
    RIGHT = "right"


class Entry(Frozen):
    """Rules of two clauses that answer to each other, or a rule that has no answer."""

    kind: EntryKind
    left: tuple[Span, ...] = Field(default=(), description="the rules on the left, in order")
    right: tuple[Span, ...] = Field(default=(), description="the rules on the right, in order")
    pieces: tuple[Piece, ...] = Field(description="the difference of the two, the rules of each side joined")
    notes: tuple[Note, ...] = ()
    elsewhere: Place | None = Field(
        default=None, description="a rule of another clause of the other notice that has most of this one"
    )
    near: tuple[Place, ...] = Field(
        default=(), description="it stands alone, but these rules of the other notice have phrases of it"
    )


class Comparison(Frozen):
    """Two clauses beside each other, rule by rule; a side is None where a clause has no counterpart."""

    left: Unit | None
    right: Unit | None
    entries: tuple[Entry, ...] = Field(description="in the left clause's order, those of the right alone last")

    def count(self, kind: EntryKind) -> int:
        """How many entries are of a kind; a rule that the other notice has in part or elsewhere is not counted."""
        return sum(entry.kind is kind and not entry.elsewhere and not entry.near for entry in self.entries)

    @property
    def is_near(self) -> bool:
        """Whether the other notice has phrases of a rule that stands alone, or most of it in another clause."""
        return any(entry.near or entry.elsewhere for entry in self.entries)

    @property
    def notes(self) -> tuple[Note, ...]:
        """All notes, in order."""
        return tuple(note for entry in self.entries for note in entry.notes)

    @property
    def differs(self) -> bool:
        """Whether a rule is not the same on both sides."""
        return any(entry.kind is not EntryKind.SAME for entry in self.entries)


class Standing(Frozen):
    """How two notices stand to each other: which is the one that the other is held against."""

    kind: str = Field(description="year: of one place, of two years; level: one place lies in the other; else empty")
    base: str = Field(description="left or right: the older, or the one of the place above; empty when neither is")


class Faced(Frozen):
    """A clause of a notice among those of others on the same subject."""

    unit: Unit
    relation: Relation | None = Field(description="to the clause that was asked for; None for that one")
    only: tuple[Span, ...] = Field(description="its rules that none of the other notices has")


class Facing(Frozen):
    """What one notice says on a subject; no clauses when it is silent."""

    document: Document
    clauses: tuple[Faced, ...]
