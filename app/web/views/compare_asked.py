"""What a visitor of the tab 对照 wants to see of two notices, what of them that is, and how it is said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from enum import StrEnum

from pydantic import Field

from app.align.changes import ChangeKind
from app.align.compare import Comparer
from app.align.model import Comparison, Relation
from app.web.views.compare_words import NEAR, Words, unit_name
from corpus.model import Frozen

#: Not a kind of change, but a choice among them: those with a note on a figure or a modal word.
NOTED = "noted"


class Mode(StrEnum):
    """The views of the tab."""

    PAIRS = "pairs"
    LIST = "list"
    MANY = "many"


class Asked(Frozen):
    """What a visitor wants to see; made from checked values."""

    label: str = Field(default="", description="a clause of the left notice; empty for all")
    word: str = Field(default="", description="a word that one of the two clauses must have; empty for all")
    only_changed: bool = False
    page: int = Field(default=1, ge=1)
    opened: str = Field(default="", description="place of the open pair in the comparisons; p and a place: of a part")
    kind: str = Field(default="", description="a kind of change; empty for all")


def chosen(comparer: Comparer, asked: Asked) -> tuple[tuple[int, Comparison], ...]:
    """The pairs of clauses that a visitor wants, with their places in the comparisons."""
    answering = {link.right for link in comparer.alignment.links if link.left == asked.label}
    return tuple(
        (at, pair)
        for at, pair in enumerate(comparer.comparisons)
        if (not asked.only_changed or pair.differs)
        and (not asked.word or any(unit and asked.word in unit.text for unit in (pair.left, pair.right)))
        and (
            not asked.label
            or (pair.left is not None and pair.left.label == asked.label)
            or (pair.left is None and pair.right is not None and pair.right.label in answering)
        )
    )


def narrowed(comparer: Comparer, asked: Asked) -> str:
    """Say what the pairs or changes are narrowed down to (只含：…); empty where all are shown."""
    words = Words(comparer)
    subject = next((unit for unit in comparer.left.clauses if asked.label == unit.label), None)
    parts = [f"{words.names[0]}“{unit_name(subject)}”"] if subject else []
    parts += [f"含“{asked.word}”的"] if asked.word else []
    parts += ["有差别的"] if asked.only_changed else []
    if asked.kind == NOTED:
        parts.append("数字或程度不同的")
    elif asked.kind in set(ChangeKind):
        parts.append(f"“{words.kind(ChangeKind(asked.kind))}”的")
    return f"只含：{'，'.join(parts)}" if parts else ""


def tally(comparer: Comparer, pairs: Iterable[Comparison]) -> str:
    """Count pairs of clauses by how they answer to each other: 3 条相同，5 条有改动，…."""
    words, alignment = Words(comparer), comparer.alignment
    relations = {(link.left, link.right): link.relation for link in alignment.main}
    counts = {Relation.SAME: 0, Relation.CHANGED: 0}
    alone, near, loose = [0, 0], [0, 0], [0, 0]
    for pair in pairs:
        if pair.left and pair.right:
            counts[relations[pair.left.label, pair.right.label]] += 1
        else:
            group = (near if pair.is_near else alone) if is_unlinked(comparer, pair) else loose
            group[0 if pair.left else 1] += 1
    parts = [
        f"{counts[Relation.SAME]} 条相同",
        f"{counts[Relation.CHANGED]} 条有改动",
        *(f"只在{name} {count} 条" for name, count in zip(words.names, alone, strict=True)),
    ]
    if any(near):
        parts.append(f"没有对应条款而{NEAR}：{words.names[0]} {near[0]} 条、{words.names[1]} {near[1]} 条")
    if any(loose):
        parts.append(f"只有部分内容对应：{words.names[0]} {loose[0]} 条、{words.names[1]} {loose[1]} 条")
    return "，".join(parts)


def is_unlinked(comparer: Comparer, pair: Comparison) -> bool:
    """Whether a clause alone has not even a part in a clause of the other notice."""
    unit, alignment = pair.left or pair.right, comparer.alignment
    return unit is not None and unit.label in (alignment.only_left if pair.left else alignment.only_right)


def partly(comparer: Comparer, label: str, *, is_left: bool) -> tuple[str, ...]:
    """Labels of the other notice's clauses that have a part of a clause without main counterpart; often none."""
    return tuple(_partly(comparer, label, is_left))


def _partly(comparer: Comparer, label: str, is_left: bool) -> Iterator[str]:
    for link in comparer.alignment.links:
        if link.relation is Relation.PART and label == (link.left if is_left else link.right):
            yield link.right if is_left else link.left


def missing(comparer: Comparer, label: str, *, is_left: bool) -> str:
    """Say that a clause has no counterpart, or only clauses that have a part of it."""
    parts = partly(comparer, label, is_left=is_left)
    return f"只有部分内容对应：{'、'.join(parts)}" if parts else "没有对应条款"
