"""The desk (工作台): the parsed clauses as the tabs beside the chat show them, each view of them made once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property

from app.align.compare import Comparers
from app.clauses.catalogue import Catalogue
from app.clauses.search import Finder
from app.duty.model import Duties
from app.duty.read import read_duties
from app.inventory import Inventory
from app.ledger.model import Requirement
from app.ledger.read import read_requirements
from corpus.model import Document, Unit
from retrieval.lexicon import Entry

TextOf = Callable[[str], str | None]
TakeInventory = Callable[[], Inventory]


class Desk:
    """The documents, and what can be read off them; safe to use from several threads."""

    def __init__(
        self,
        documents: Sequence[Document],
        text_of: TextOf,
        take_inventory: TakeInventory,
        lexicon: Sequence[Entry] = (),
    ) -> None:
        """Take the documents; nothing is computed until it is asked for.

        Args:
            documents: the parsed corpus.
            text_of: gives the decoded text of a received file by its name, None when it is gone.
            take_inventory: describes what the program runs on.
            lexicon: everyday words and official terms, by which a search is widened.
        """
        self._lexicon = lexicon
        self.documents = tuple(documents)
        self.text_of = text_of
        self._take_inventory = take_inventory

    def document(self, notice: str) -> Document | None:
        """Find a document by its 文号."""
        return self._by_notice.get(notice)

    def unit(self, notice: str, label: str) -> Unit | None:
        """Find a unit by the 文号 of its document and its label."""
        return self._by_label.get((notice, label))

    @cached_property
    def regions(self) -> tuple[str, ...]:
        """Places with a notice, in the order of the corpus."""
        return tuple(dict.fromkeys(one.region for one in self.documents if one.region))

    @cached_property
    def years(self) -> tuple[int, ...]:
        """Years with a notice, newest first."""
        return tuple(sorted({one.year for one in self.documents if one.year}, reverse=True))

    @cached_property
    def comparers(self) -> Comparers:
        """Notices beside each other (对照)."""
        return Comparers()

    @cached_property
    def inventory(self) -> Inventory:
        """What the program runs on."""
        return self._take_inventory()

    @cached_property
    def catalogue(self) -> Catalogue:
        """The clauses as a tree, with what they are filtered by."""
        return Catalogue(self.documents)

    @cached_property
    def finder(self) -> Finder:
        """Full-text search over the clauses."""
        return Finder(self.catalogue, {entry.everyday: entry.official for entry in self._lexicon})

    @cached_property
    def requirements(self) -> tuple[Requirement, ...]:
        """The rows of the ledger (要求台账), in the order of the corpus."""
        return tuple(row for document in self.documents for row in read_requirements(document))

    @cached_property
    def duties(self) -> Duties:
        """Offices by clauses (责任清单)."""
        return read_duties(self.documents)

    @cached_property
    def _by_notice(self) -> dict[str, Document]:
        return {one.notice: one for one in self.documents}

    @cached_property
    def _by_label(self) -> dict[tuple[str, str], Unit]:
        units = (unit for document in self.documents for unit in document.units)
        return {(unit.notice, unit.label): unit for unit in reversed(tuple(units))}
