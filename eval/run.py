"""Run cases through the program as a user would, score each, and sum up; no case is ever dropped."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from app.model import Answer, Inquiry, Mode, Status
from app.service import Service
from corpus.errors import AnwenError, QuestionError
from corpus.model import Document, Unit
from eval.metrics import (
    DEPTHS,
    abstention,
    citation_precision,
    citation_recall,
    citations_valid,
    excludes,
    group_ranks,
    includes,
    interval,
    ndcg,
    percentile,
    recall_at,
    reciprocal_rank,
    status_right,
    stays_inside,
)
from eval.model import Case, Retrieved, Row, Scores, Summary

_TOP = 10
_WARM = Case(id="", question="企业多久检查一次安全隐患？", answerable=True)
Step = Callable[[int, int], None]
_Made = TypeVar("_Made")
# What a mistake in the program raises.
_FAILURES = (ArithmeticError, AssertionError, AttributeError, LookupError, OSError, RuntimeError, TypeError, ValueError)


def run_cases(cases: Sequence[Case], service: Service, step: Step | None = None) -> list[Row]:
    """Ask every case and score the answer; an error of the program counts as a wrong answer.

    Args:
        cases: the cases, any number.
        service: the program.
        step: told after each case how many are done, and of how many.
    """
    units, documents = service.units, service.documents
    if cases:
        _ask(service, _WARM)  # the first question loads dictionaries; times are those of a warm program
    rows: list[Row] = []
    for case in cases:
        bare = _timed(lambda case=case: _tried(lambda: service.embed(case.question)))[1]  # type: ignore[misc]
        (answer, error), milliseconds = _timed(lambda case=case: _ask(service, case))  # type: ignore[misc]
        retrieved, lost = _retrieve(service, case)
        rows.append(
            Row(
                id=case.id,
                type=case.type,
                split=case.split,
                answer=answer,
                error=error or lost,
                retrieved=retrieved,
                milliseconds=round(milliseconds, 2),
                embedding_milliseconds=round(bare, 2),
                scores=score(case, answer, retrieved, units, documents),
            )
        )
        if step:
            step(len(rows), len(cases))
    return rows


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    outcome = work()
    return outcome, (time.perf_counter() - started) * 1000


def _ask(service: Service, case: Case) -> tuple[Answer | None, str]:
    return _tried(lambda: service.ask(Inquiry(question=case.question, history=case.history)))


def _retrieve(service: Service, case: Case) -> tuple[tuple[Retrieved, ...], str]:
    found, error = _tried(lambda: service.find(Inquiry(question=case.question, history=case.history), _TOP))
    hits = found.hits if found else ()
    return tuple(Retrieved(notice=hit.notice, label=hit.label, text=hit.text) for hit in hits), error


def _tried(work: Callable[[], _Made]) -> tuple[_Made | None, str]:
    """What comes of some work, or else the error in words: one case that fails must not cost the others."""
    try:
        return work(), ""
    except AnwenError as error:
        return None, str(error)
    except _FAILURES as error:
        return None, f"{type(error).__name__}: {error}"


def score(
    case: Case,
    answer: Answer | None,
    retrieved: Sequence[Retrieved],
    units: Mapping[tuple[str, str], Sequence[Unit]],
    documents: Mapping[str, Document],
) -> Scores:
    """Score one answer against its case; see eval/README.md for the definitions."""
    ranks = group_ranks(case.evidence, retrieved)
    citations = answer.citations if answer else ()
    cited = citation_recall(citations, case.evidence)
    checks = {
        "程序出错": answer is not None,
        "状态不对": answer is None or status_right(case, answer),
        "没有引用应引的条款": answer is None or not case.answerable or cited in (None, 1.0),
        "缺少应有的内容": answer is None or includes(answer.text, case.must_include),
        "出现不应有的内容": answer is None or excludes(answer.text, case.must_not_include),
        "引用了其他地区或年份": answer is None or stays_inside(case, answer, documents),
    }
    return Scores(
        recall={k: recall_at(ranks, k) for k in DEPTHS} if case.evidence and case.answerable else None,
        reciprocal_rank=reciprocal_rank(ranks) if case.evidence and case.answerable else None,
        ndcg=ndcg(ranks) if case.evidence and case.answerable else None,
        citation_precision=citation_precision(citations, case.evidence) if case.answerable else None,
        citation_recall=cited if case.answerable else None,
        citation_valid=citations_valid(citations, units),
        status_right=answer is not None and checks["状态不对"],
        included=answer is not None and checks["缺少应有的内容"],
        excluded=checks["出现不应有的内容"],
        inside=checks["引用了其他地区或年份"],
        correct=all(checks.values()),
        characters=len(answer.text) if answer else 0,
        fault="；".join(_explain(name, case, answer, ranks) for name, good in checks.items() if not good),
    )


def _explain(name: str, case: Case, answer: Answer | None, ranks: Sequence[int | None]) -> str:
    """Say more of the two faults that have several causes."""
    if name == "状态不对" and answer is not None:
        return (
            "应拒答却回答"
            if not case.answerable and answer.status is Status.ANSWERED
            else f"状态为 {answer.status.value}"
        )
    if name == "没有引用应引的条款":
        return "检索未命中" if not recall_at(ranks, _TOP) else "检索到但没有选用"
    return name


def summarise(cases: Sequence[Case], rows: Sequence[Row], fingerprint: str = "") -> Summary:
    """Sum rows up: each measure with its 95% interval and denominator, by type and by notice.

    Args:
        cases: the cases that were run.
        rows: one for each case, in the same order.
        fingerprint: of the index asked.
    """
    by_notice: dict[str, list[Row]] = {}
    for case, row in zip(cases, rows, strict=True):
        for notice in dict.fromkeys(quote.notice for group in case.evidence for quote in group):
            by_notice.setdefault(notice, []).append(row)
    by_type: dict[str, list[Row]] = {}
    for row in rows:
        by_type.setdefault(row.type, []).append(row)
    answered = [row.answer is not None and row.answer.status is Status.ANSWERED for row in rows]
    refused = [row.answer is not None and not one for row, one in zip(rows, answered, strict=True)]
    should = [not case.answerable for case in cases]
    over = {"precision": sum(refused), "recall": sum(should), "f1": sum(map(max, refused, should))}
    measures = _measures(rows)
    measures |= {
        f"abstention_{name}": {"value": round(value, 4), "denominator": over[name]}
        for name, value in abstention(refused, should).items()
    }
    times = [row.milliseconds for row in rows]
    bare = [row.embedding_milliseconds for row in rows]
    return Summary(
        cases=len(rows),
        measures=measures,
        by_type={name: _measures(mine, plain=True) for name, mine in sorted(by_type.items())},
        by_notice={name: _measures(mine, plain=True) for name, mine in sorted(by_notice.items())},
        false_answers=[row.id for row, said, no in zip(rows, answered, should, strict=True) if said and no],
        false_refusals=[row.id for row, mute, no in zip(rows, refused, should, strict=True) if mute and not no],
        errors=[row.id for row in rows if row.error],
        cost={
            "median_ms": percentile(times, 0.5),
            "p95_ms": percentile(times, 0.95),
            "median_embedding_ms": percentile(bare, 0.5),
            "median_ratio": round(percentile(times, 0.5) / max(percentile(bare, 0.5), 0.001), 3),
        },
        fingerprint=fingerprint,
        mode=Mode.LLM if any(row.answer and row.answer.mode is Mode.LLM for row in rows) else Mode.EXTRACTIVE,
    )


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


def write_results(folder: Path, rows: Sequence[Row], summary: Summary) -> None:
    """Write results.jsonl and summary.json.

    Raises:
        QuestionError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(row.model_dump_json() + "\n" for row in rows)
        (folder / "results.jsonl").write_text(lines, encoding="utf-8")
        text = json.dumps(summary.model_dump(), ensure_ascii=False, indent=1)
        (folder / "summary.json").write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise QuestionError(f"结果无法写入“{folder}”（{error.strerror}）；请检查 --out 的路径和磁盘空间") from error
