"""The catalogue of clauses (条款目录): notice, chapter, section, clause; filters; the neighbours of a clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

from pydantic import Field

from app.clauses.tree import Node, grown
from corpus.agencies import canonical
from corpus.industries import all_industries, industries_of
from corpus.model import Document, Frozen, Unit, UnitKind

#: What the industry of a clause to everybody is called in the filter.
GENERAL = "通用"


class Entry(Frozen):
    """One unit of the catalogue, with what it is filtered by."""

    number: int = Field(description="place in the catalogue")
    document: Document
    unit: Unit
    industries: tuple[str, ...] = Field(description="names of industries; none for a clause to everybody")
    offices: tuple[str, ...] = Field(description="responsible units by their canonical names")

    @property
    def is_clause(self) -> bool:
        """False for title, preamble, signature and the like."""
        return self.unit.kind is UnitKind.CLAUSE


class Filters(Frozen):
    """What is wanted; an empty value leaves everything in."""

    region: str = ""
    year: int | None = None
    notice: str = ""
    industry: str = Field(default="", description="name of an industry, or 通用")
    office: str = Field(default="", description="canonical name of a responsible unit")

    @property
    def is_open(self) -> bool:
        """True when nothing is filtered."""
        return self == Filters()

    def admits(self, entry: Entry) -> bool:
        """Tell whether an entry is wanted; a filter by industry or unit leaves clauses alone."""
        document = entry.document
        return (
            (not self.region or document.region == self.region)
            and (self.year is None or document.year == self.year)
            and (not self.notice or document.notice == self.notice)
            and (not self.industry or (entry.is_clause and self.industry in (entry.industries or (GENERAL,))))
            and (not self.office or self.office in entry.offices)
        )


class Choices(Frozen):
    """What the filters may be set to."""

    regions: tuple[str, ...]
    years: tuple[int, ...] = Field(description="newest first")
    notices: tuple[str, ...]
    industries: tuple[str, ...] = Field(description="those that some clause has, 通用 last")
    offices: tuple[str, ...] = Field(description="those of most clauses first")


class Catalogue:
    """All units of the corpus in order, made once; safe to read from several threads."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self.entries = tuple(_entries(documents))
        self.roots = tuple(
            grown(str(index), document, first)
            for index, (document, first) in enumerate(_firsts(documents))
        )  # fmt: skip
        self.choices = _choices(self.entries)
        self._by_label: dict[tuple[str, str], Entry] = {}
        self._nodes_of: dict[int, tuple[Node, ...]] = {}
        for entry in self.entries:
            self._by_label.setdefault((entry.unit.notice, entry.unit.label), entry)
        for root in self.roots:
            self._note(root, ())

    def find(self, notice: str, label: str) -> Entry | None:
        """Find a unit by 文号 and label; the first, where a notice has a label twice."""
        return self._by_label.get((notice, label))

    def admitted(self, filters: Filters) -> Iterator[Entry]:
        """The entries that the filters leave."""
        return (entry for entry in self.entries if filters.admits(entry))

    def node(self, key: str) -> Node | None:
        """Find a node of the tree by its key."""
        nodes, found = self.roots, None
        for part in key.split("."):
            if not (part.isdecimal() and len(part) <= 9 and int(part) < len(nodes)):
                return None
            found = nodes[int(part)]
            nodes = found.nodes
        return found

    def above(self, entry: Entry) -> tuple[Node, ...]:
        """The nodes from the notice down to the one that holds the entry."""
        return self._nodes_of[entry.number]

    def beside(self, entry: Entry) -> tuple[Entry | None, Entry | None]:
        """The entries before and after it in its notice."""
        before, after = (
            self.entries[number] if 0 <= number < len(self.entries) else None
            for number in (entry.number - 1, entry.number + 1)
        )
        return (
            before if before and before.document is entry.document else None,
            after if after and after.document is entry.document else None,
        )

    def chapter(self, entry: Entry) -> tuple[Entry, ...]:
        """The entries of its chapter, itself included; of a notice without chapters, all."""
        nodes = self.above(entry)
        return tuple(self.entries[number] for number in nodes[min(1, len(nodes) - 1)].leaves())

    def _note(self, node: Node, above: tuple[Node, ...]) -> None:
        if node.entry is not None:
            self._nodes_of[node.entry] = above
        for child in node.nodes:
            self._note(child, (*above, node))


def _firsts(documents: Iterable[Document]) -> Iterator[tuple[Document, int]]:
    """Each document with the number of its first entry."""
    number = 0
    for document in documents:
        yield document, number
        number += len(document.units)


def _entries(documents: Iterable[Document]) -> Iterator[Entry]:
    for document, first in _firsts(documents):
        for number, unit in enumerate(document.units, start=first):
            offices = (canonical(name, document.region) for name in unit.responsible)
            yield Entry(
                number=number, document=document, unit=unit, industries=industries_of(document, unit),
                offices=tuple(dict.fromkeys(offices)),
            )  # fmt: skip


def _choices(entries: Sequence[Entry]) -> Choices:
    documents = [document for document, _ in groupby(entries, key=lambda entry: entry.document)]
    offices = Counter(name for entry in entries for name in entry.offices)
    named = {name for entry in entries if entry.is_clause for name in entry.industries or (GENERAL,)}
    return Choices(
        regions=tuple(dict.fromkeys(one.region for one in documents if one.region)),
        years=tuple(sorted({one.year for one in documents if one.year}, reverse=True)),
        notices=tuple(one.notice for one in documents),
        industries=tuple(name for name in (*all_industries(), GENERAL) if name in named),
        offices=tuple(sorted(offices, key=lambda name: (-offices[name], name))),
    )
