"""What the comparison of two notices yields: linked clauses, pieces of a difference, and verdicts about it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from corpus.model import Frozen


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
