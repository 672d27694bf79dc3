"""Score one answer against its case, and name what went wrong; see eval/README.md for the definitions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from app.model import Answer, Status
from corpus.model import Document, Unit
from eval.metrics import (
    DEPTHS,
    citation_precision,
    citation_recall,
    citations_valid,
    excludes,
    group_ranks,
    includes,
    ndcg,
    recall_at,
    reciprocal_rank,
    status_right,
    stays_inside,
)
from eval.model import Case, Cause, Retrieved, Scores


def score(
    case: Case,
    answer: Answer | None,
    retrieved: Sequence[Retrieved],
    units: Mapping[tuple[str, str], Sequence[Unit]],
    documents: Mapping[str, Document],
) -> Scores:
    """Score one answer against its case.

    Args:
        case: the case.
        answer: what came; None when the program failed.
        retrieved: the passages of the search for the same question, best first.
        units: the corpus's clauses by (文号, label), to hold the quotes against.
        documents: by 文号, for place and year.
    """
    ranks = group_ranks(case.evidence, retrieved)
    citations = answer.citations if answer else ()
    faults = tuple(_faults(case, answer, ranks, documents))
    return Scores(
        recall={k: recall_at(ranks, k) for k in DEPTHS} if case.findable else None,
        reciprocal_rank=reciprocal_rank(ranks) if case.findable else None,
        ndcg=ndcg(ranks) if case.findable else None,
        citation_precision=citation_precision(citations, case.evidence) if case.answerable else None,
        citation_recall=citation_recall(citations, case.evidence) if case.answerable else None,
        citation_valid=citations_valid(citations, units),
        status_right=answer is not None and status_right(case, answer),
        included=answer is not None and Cause.MISSING not in faults,
        excluded=Cause.UNWANTED not in faults,
        inside=Cause.OUTSIDE not in faults,
        correct=not faults,
        characters=len(answer.text) if answer else 0,
        faults=faults,
    )


def _faults(
    case: Case, answer: Answer | None, ranks: Sequence[int | None], documents: Mapping[str, Document]
) -> Iterator[Cause]:
    if answer is None:
        yield Cause.ERROR
        return
    if not status_right(case, answer):
        yield _wrong_status(case, answer)
    if not stays_inside(case, answer, documents):
        yield Cause.OUTSIDE
    if case.answerable and citation_recall(answer.citations, case.evidence) not in (None, 1.0):
        yield Cause.NOT_CITED if recall_at(ranks, DEPTHS[-1]) else Cause.NOT_RETRIEVED
    if not includes(answer.text, case.must_include):
        yield Cause.MISSING
    if not excludes(answer.text, case.must_not_include):
        yield Cause.UNWANTED


def _wrong_status(case: Case, answer: Answer) -> Cause:
    if case.answerable:
        return Cause.FALSE_REFUSAL
    return Cause.FALSE_ANSWER if answer.status is Status.ANSWERED else Cause.OTHER_REFUSAL
