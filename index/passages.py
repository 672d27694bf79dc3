"""From documents to passages: each unit whole, and each of its sentences that says something."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from corpus.facts import read_facts
from corpus.model import Document, SentenceKind, Unit, UnitKind
from index.model import Passage

_SPOKEN = {UnitKind.CLAUSE, UnitKind.LEAD, UnitKind.PREAMBLE}


def build_passages(documents: Sequence[Document]) -> tuple[Passage, ...]:
    """Make the passages of all documents: all units first, in order, then all sentences.

    Args:
        documents: the corpus, in order; Passage.unit counts their units through.
    """
    placed = [(document, unit) for document in documents for unit in document.units]
    units = [_unit_passage(document, unit, at) for at, (document, unit) in enumerate(placed)]
    sentences = [passage for at, (_, unit) in enumerate(placed) for passage in _sentence_passages(unit, at)]
    return (*units, *sentences)


def embedded_text(unit: Unit, document: Document) -> str:
    """The text embedded for a unit: place and year, the heading path, then the unit itself."""
    where = document.title or f"{document.issuer}{document.notice}"
    return "\n".join(part for part in (where, " ".join((*unit.ancestors, unit.heading)).strip(), unit.text) if part)


def _unit_passage(document: Document, unit: Unit, at: int) -> Passage:
    return Passage(
        id=f"{unit.notice}#{unit.label}",
        level="unit",
        notice=unit.notice,
        label=unit.label,
        unit=at,
        text=unit.text,
        embedded=embedded_text(unit, document),
    )


def _sentence_passages(unit: Unit, at: int) -> Iterator[Passage]:
    if unit.kind not in _SPOKEN:
        return
    for number, sentence in enumerate(unit.sentences):
        if sentence.kind is not SentenceKind.BODY or len(sentence.text.strip("。；")) < 2:
            continue
        head = unit.heading or (unit.ancestors[-1] if unit.ancestors else "")
        yield Passage(
            id=f"{unit.notice}#{unit.label}#{number}",
            level="sentence",
            notice=unit.notice,
            label=unit.label,
            unit=at,
            sentence=number,
            text=sentence.text,
            embedded=f"{head}：{sentence.text}" if head and not sentence.text.startswith(head) else sentence.text,
            facts=read_facts(sentence.text),
        )
