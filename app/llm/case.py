"""What an LLM's answer is written from and judged by (案卷): question, extractive answer, passages, the clauses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.check.evidence import Asked
from app.llm.model import Material, Spent
from app.model import Answer, Citation
from corpus.model import Document, Unit
from retrieval.model import Found, Tier

#: Passages given to the model, the cited ones first: small models lose the thread in more.
MOST_MATERIALS = 8
#: A passage is given only if it scores at least this share of the best one.
_NEAR = 0.8


@dataclass(frozen=True)
class Case:
    """One question for the model.

    Attributes:
        question: as it was understood.
        found: what the search found for it.
        base: the extractive answer, checked.
        materials: the passages that the model may see, all in scope, best first.
        asked: what may be said without a quote.
        units: units by (文号, label).
        documents: documents by 文号.
        understood: the model's wording of the question, where that was needed.
        spent: what the calls before cost.
    """

    question: str
    found: Found
    base: Answer
    materials: tuple[Material, ...]
    asked: Asked
    units: Mapping[tuple[str, str], Sequence[Unit]]
    documents: Mapping[str, Document]
    understood: str = ""
    spent: tuple[Spent, ...] = ()


def materials_of(
    found: Found, base: Answer, all_units: Sequence[Unit], documents: Mapping[str, Document]
) -> tuple[Material, ...]:
    """Choose the passages for the model: the clauses that the extractive answer cites, then the best of the others.

    Levels above and older years are given only where the extractive answer rests on them: what is not there cannot be
    mixed up.

    Args:
        found: the search's result; its hits are all in scope.
        base: the extractive answer.
        all_units: the units of the index.
        documents: documents by 文号.
    """
    documents_cited = {one.notice for one in base.citations}
    tiers = {found.scope.tiers.get(notice) for notice in documents_cited} | {Tier.OWN}
    best = max((hit.score for hit in found.hits), default=0.0)
    near = [hit.unit for hit in found.hits if hit.tier in tiers and hit.score >= best * _NEAR]
    cited = {(one.notice, one.label, one.clause_text) for one in base.citations}
    quoted = [at for at, unit in enumerate(all_units) if (unit.notice, unit.label, unit.text) in cited]
    order = list(dict.fromkeys([*quoted, *near]))[:MOST_MATERIALS]
    return tuple(
        Material(n=n, citation=_whole(n, all_units[at], documents), own=_is_own(found, all_units[at]))
        for n, at in enumerate(order, start=1)
    )


def _whole(n: int, unit: Unit, documents: Mapping[str, Document]) -> Citation:
    document = documents[unit.notice]
    return Citation(
        n=n, notice=unit.notice, label=unit.label, heading=unit.heading, quote=unit.text, clause_text=unit.text,
        region=document.region, year=document.year, source=unit.source,
    )  # fmt: skip


def _is_own(found: Found, unit: Unit) -> bool:
    return found.scope.tiers.get(unit.notice) is Tier.OWN
