"""The tree of one notice: chapters, sections and clauses as they are numbered, its other parts before and after."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from pydantic import Field

from corpus.model import Document, Frozen, Unit, UnitKind

_NUMBERED = (UnitKind.CLAUSE, UnitKind.LEAD)
_FRONT, _BACK, _LEAD = "通知首部", "通知尾部", "章首"


class Node(Frozen):
    """A notice, a chapter, a section, or a clause."""

    key: str = Field(description="places from the root down, e.g. '0.2.5'")
    label: str = Field(description="文号 of a notice, else its own number, e.g. （十七）")
    heading: str = Field(default="", description="heading, or a notice's title")
    clauses: int = Field(default=0, description="clauses in it")
    entry: int | None = Field(default=None, description="number of the entry, of a clause or another part")
    nodes: tuple[Node, ...] = ()

    def leaves(self) -> Iterator[int]:
        """Numbers of the entries in it, in order."""
        if self.entry is not None:
            yield self.entry
        for node in self.nodes:
            yield from node.leaves()


@dataclass
class _Branch:
    """A node while it grows."""

    label: str
    heading: str = ""
    entry: int | None = None
    is_clause: bool = False
    branches: list[_Branch] = field(default_factory=list)

    def below(self, label: str, heading: str) -> _Branch:
        """The last branch below, when it is the one of that label, else a new one."""
        last = self.branches[-1] if self.branches else None
        if last is None or last.entry is not None or last.label != label:
            self.branches.append(_Branch(label, heading))
        return self.branches[-1]

    def node(self, key: str) -> Node:
        """The node as it is now, and those below."""
        nodes = tuple(branch.node(f"{key}.{index}") for index, branch in enumerate(self.branches))
        clauses = int(self.is_clause) + sum(node.clauses for node in nodes)
        return Node(
            key=key, label=self.label, heading=self.heading, clauses=clauses, entry=self.entry, nodes=nodes
        )  # fmt: skip


def grown(key: str, document: Document, first: int) -> Node:
    """Grow the tree of a notice.

    Args:
        key: the key of its root.
        document: the notice.
        first: number of the entry of its first unit.
    """
    root = _Branch(document.notice, document.title)
    prefixes = {
        unit.path[:depth] for unit in document.units if unit.kind in _NUMBERED for depth in range(1, len(unit.path))
    }
    seen = False
    for number, unit in enumerate(document.units, start=first):
        numbered = unit.kind in _NUMBERED
        seen = seen or numbered
        branch = _above(root, unit, prefixes) if numbered else root.below(_BACK if seen else _FRONT, "")
        leads = numbered and unit.path in prefixes
        label = _LEAD if leads else unit.path[-1] if unit.path else unit.label
        heading = unit.heading if numbered and not leads and unit.heading != label else ""
        branch.branches.append(_Branch(label, heading, number, unit.kind is UnitKind.CLAUSE))
    return root.node(key)


def _above(root: _Branch, unit: Unit, prefixes: set[tuple[str, ...]]) -> _Branch:
    """The branch that holds a numbered unit; a chapter's own text stands in the chapter."""
    branch = root
    depth = len(unit.path) if unit.path in prefixes else len(unit.path) - 1
    headings = (*unit.ancestors, unit.heading)
    for label, heading in zip(unit.path[:depth], headings, strict=False):
        branch = branch.below(label, heading)
    return branch
