"""Sum scored rows up: each measure with its 95% interval and denominator, by type and by notice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from app.model import Mode, Status
from eval.llm import summarise_llm
from eval.metrics import DEPTHS, abstention, interval, percentile
from eval.model import Case, Outcome, Row, Summary


def summarise(
    cases: Sequence[Case],
    rows: Sequence[Row],
    fingerprint: str = "",
    beside: Sequence[Row] = (),
    limit: int | None = None,
) -> Summary:
    """Sum rows up.

    Args:
        cases: the cases that were run.
        rows: one for each case, in the same order.
        fingerprint: of the index asked.
        beside: where rows are of a model, the extractive rows of the same cases.
        limit: only so many cases of each type were run.
    """
    pairs = list(zip(cases, rows, strict=True))
    answered = [row.answer is not None and row.answer.status is Status.ANSWERED for row in rows]
    refused = [row.answer is not None and not one for row, one in zip(rows, answered, strict=True)]
    should = [not case.answerable for case in cases]
    measures = _measures(rows) | _abstention(refused, should)
    return Summary(
        cases=len(rows),
        measures=measures,
        by_type=_by(pairs, lambda case: [case.type]),
        by_notice=_by(pairs, lambda case: [quote.notice for group in case.evidence for quote in group]),
        outcomes={row.id: outcome(row) for row in rows},
        outside=[row.id for row in rows if not row.scores.inside],
        invalid=[row.id for row in rows if not row.scores.citation_valid],
        false_answers=[row.id for row, said, no in zip(rows, answered, should, strict=True) if said and no],
        false_refusals=[row.id for row, mute, no in zip(rows, refused, should, strict=True) if mute and not no],
        errors=[row.id for row in rows if row.error],
        cost=_cost(rows),
        fingerprint=fingerprint,
        mode=Mode.LLM if any(_is_of_model(row) for row in rows) else Mode.EXTRACTIVE,
        llm=summarise_llm(rows, measures, summarise(cases, beside).measures) if beside else None,
        limit=limit,
    )


def _is_of_model(row: Row) -> bool:
    return row.llm is not None or (row.answer is not None and row.answer.mode is Mode.LLM)


def dump_summary(summary: Summary) -> str:
    """A summary as the text of summary.json."""
    return json.dumps(summary.model_dump(), ensure_ascii=False, indent=1) + "\n"


def by_split(
    cases: Sequence[Case],
    rows: Sequence[Row],
    fingerprint: str = "",
    beside: Sequence[Row] = (),
    limit: int | None = None,
) -> dict[str, Summary]:
    """One summary for each split that the cases name, test first; nothing for cases without a split.

    Args:
        cases: the cases that were run.
        rows: one for each case, in the same order.
        fingerprint: of the index asked.
        beside: where rows are of a model, the extractive rows of the same cases.
        limit: only so many cases of each type were run.
    """
    summaries: dict[str, Summary] = {}
    for split in sorted({case.split for case in cases if case.split}, reverse=True):
        mine = [(case, row) for case, row in zip(cases, rows, strict=True) if case.split == split]
        other = [row for row in beside if row.split == split]
        summaries[split] = summarise([case for case, _ in mine], [row for _, row in mine], fingerprint, other, limit)
    return summaries


def outcome(row: Row) -> Outcome:
    """What became of a case."""
    return Outcome(
        correct=row.scores.correct,
        recalled=row.scores.recall[5] if row.scores.recall else None,
        cause=row.scores.faults[0] if row.scores.faults else "",
    )


def _by(pairs: Iterable[tuple[Case, Row]], keys: Callable[[Case], Iterable[str]]) -> dict[str, dict[str, Any]]:
    groups: dict[str, list[Row]] = {}
    for case, row in pairs:
        for key in dict.fromkeys(keys(case)):
            groups.setdefault(key, []).append(row)
    return {key: _measures(mine, plain=True) for key, mine in sorted(groups.items())}


def _abstention(refused: Sequence[bool], should: Sequence[bool]) -> dict[str, dict[str, Any]]:
    over = {"precision": sum(refused), "recall": sum(should), "f1": sum(map(max, refused, should))}
    return {
        f"abstention_{name}": {"value": round(value, 4), "denominator": over[name]}
        for name, value in abstention(refused, should).items()
    }


def _cost(rows: Sequence[Row]) -> dict[str, float]:
    times = [row.milliseconds for row in rows]
    bare = [row.embedding_milliseconds for row in rows]
    return {
        "median_ms": percentile(times, 0.5),
        "p95_ms": percentile(times, 0.95),
        "median_embedding_ms": percentile(bare, 0.5),
        "median_ratio": round(percentile(times, 0.5) / max(percentile(bare, 0.5), 0.001), 3),
    }


def _measures(rows: Sequence[Row], plain: bool = False) -> dict[str, dict[str, Any]]:
    columns: dict[str, list[float]] = {
        f"recall@{k}": [float(r.scores.recall[k]) for r in rows if r.scores.recall] for k in DEPTHS
    }
    columns |= {
        "mrr": [row.scores.reciprocal_rank for row in rows if row.scores.reciprocal_rank is not None],
        "ndcg@10": [row.scores.ndcg for row in rows if row.scores.ndcg is not None],
        "citation_precision": _present(row.scores.citation_precision for row in rows),
        "citation_recall": _present(row.scores.citation_recall for row in rows),
        "citation_validity": [float(row.scores.citation_valid) for row in rows if row.answer and row.answer.citations],
        "inside_place_and_year": [float(row.scores.inside) for row in rows],
        "status_right": [float(row.scores.status_right) for row in rows],
        "correct": [float(row.scores.correct) for row in rows],
        "characters": [float(row.scores.characters) for row in rows],
    }
    return {name: _measure(values, plain) for name, values in columns.items() if values}


def _present(values: Iterable[float | None]) -> list[float]:
    return [value for value in values if value is not None]


def _measure(values: Sequence[float], plain: bool) -> dict[str, Any]:
    measure: dict[str, Any] = {"value": round(sum(values) / len(values), 4), "denominator": len(values)}
    if not plain:
        low, high = interval(values)
        measure |= {"low": round(low, 4), "high": round(high, 4)}
    return measure
