"""Run cases through the program as a user would, and score each; no case is ever dropped."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from app.llm.model import Done, LanguageModel, Written
from app.model import Answer, Inquiry
from app.service import Service
from corpus.errors import AnwenError, QuestionError
from eval.model import ByModel, Case, Retrieved, Row, Summary
from eval.scores import score
from eval.summary import dump_summary, outcome
from retrieval.model import Hit

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
    _warm(cases, service)
    rows: list[Row] = []
    for case in cases:
        rows.append(_extracted(case, service))
        if step:
            step(len(rows), len(cases))
    return rows


def run_both(
    cases: Sequence[Case], service: Service, model: LanguageModel, step: Step | None = None
) -> tuple[list[Row], list[Row]]:
    """Ask every case with a model and without it; a case at which the model fails is kept as it comes out.

    Args:
        cases: the cases, any number.
        service: the program.
        model: the endpoint that writes.
        step: told after each case how many are done, and of how many.

    Returns:
        The rows of the model, and the extractive rows of the same cases.
    """
    _warm(cases, service)
    rows: list[Row] = []
    beside: list[Row] = []
    for case in cases:
        beside.append(_extracted(case, service))
        rows.append(_written(case, service, model, beside[-1]))
        if step:
            step(len(rows), len(cases))
    return rows, beside


def first_of_each_type(cases: Sequence[Case], limit: int | None) -> list[Case]:
    """The first so many cases of each type, in the order of the file: always the same ones; None takes all."""
    kept: Counter[str] = Counter()
    first: list[Case] = []
    for case in cases:
        kept[case.type] += 1
        if limit is None or kept[case.type] <= limit:
            first.append(case)
    return first


def _warm(cases: Sequence[Case], service: Service) -> None:
    """The first question loads dictionaries; times are those of a warm program."""
    if cases:
        _ask(service, _WARM)


def _extracted(case: Case, service: Service) -> Row:
    """A case through the program without a model."""
    bare = _timed(lambda: _tried(lambda: service.embed(case.question)))[1]
    (answer, error), milliseconds = _timed(lambda: _ask(service, case))
    retrieved, lost = _tried(lambda: find_passages(service, case, _TOP))
    return Row(
        id=case.id,
        type=case.type,
        split=case.split,
        answer=answer,
        error=error or lost,
        retrieved=retrieved or (),
        milliseconds=round(milliseconds, 2),
        embedding_milliseconds=round(bare, 2),
        scores=score(case, answer, retrieved or (), service.units, service.documents),
    )


def _written(case: Case, service: Service, model: LanguageModel, beside: Row) -> Row:
    """The same case with a model; what the search finds is as it was."""
    (done, error), milliseconds = _timed(lambda: _tried(lambda: _write(service, case, model)))
    answer, written = done or (None, Written(model=model.name))
    told = {name: getattr(written, name) for name in Written.model_fields}
    first = next((one.first_token_ms for one in written.spent if one.first_token_ms is not None), None)
    update = {
        "answer": answer,
        "error": error or beside.error,
        "milliseconds": round(milliseconds, 2),
        "scores": score(case, answer, beside.retrieved, service.units, service.documents),
        "llm": ByModel(**told, first_token_ms=first, extractive=outcome(beside)),
    }
    return beside.model_copy(update=update)


def _write(service: Service, case: Case, model: LanguageModel) -> tuple[Answer, Written]:
    """The answer, and what the model added."""
    for event in service.write(_inquiry(case), model):
        if isinstance(event, Done):
            return event.answer, event.written
    raise RuntimeError("an answer never came to its end")


def _timed(work: Callable[[], Any]) -> tuple[Any, float]:
    started = time.perf_counter()
    outcome = work()
    return outcome, (time.perf_counter() - started) * 1000


def _ask(service: Service, case: Case) -> tuple[Answer | None, str]:
    return _tried(lambda: service.ask(_inquiry(case)))


def _inquiry(case: Case) -> Inquiry:
    return Inquiry(question=case.question, history=case.history)


def find_passages(service: Service, case: Case, k: int) -> tuple[Retrieved, ...]:
    """The first k passages that the program's search has for a case, best first.

    Raises:
        QuestionError: as for Service.find.
    """
    return as_passages(service.find(_inquiry(case), k).hits)


def as_passages(hits: Iterable[Hit]) -> tuple[Retrieved, ...]:
    """Hits of the search as the passages that are scored."""
    return tuple(Retrieved(notice=hit.notice, label=hit.label, text=hit.text) for hit in hits)


def _tried(work: Callable[[], _Made]) -> tuple[_Made | None, str]:
    """What comes of some work, or else the error in words: one case that fails must not cost the others."""
    try:
        return work(), ""
    except AnwenError as error:
        return None, str(error)
    except _FAILURES as error:
        return None, f"{type(error).__name__}: {error}"


def write_results(folder: Path, rows: Sequence[Row], summary: Summary, splits: Mapping[str, Summary]) -> None:
    """Write results.jsonl, summary.json, and a summary of each split, SPLIT.json; those of an older run are removed.

    Raises:
        QuestionError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lines = "".join(row.model_dump_json() + "\n" for row in rows)
        (folder / "results.jsonl").write_text(lines, encoding="utf-8")
        (folder / "summary.json").write_text(dump_summary(summary), encoding="utf-8")
        for split in ("test", "dev"):
            (folder / f"{split}.json").unlink(missing_ok=True)
        for split, one in splits.items():
            (folder / f"{split}.json").write_text(dump_summary(one), encoding="utf-8")
    except OSError as error:
        raise QuestionError(f"结果无法写入“{folder}”（{error.strerror}）；请检查 --out 的路径和磁盘空间") from error
