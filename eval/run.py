"""Run cases through the program as a user would, and score each; no case is ever dropped."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from app.model import Answer, Inquiry
from app.service import Service
from corpus.errors import AnwenError, QuestionError
from eval.model import Case, Retrieved, Row, Summary
from eval.scores import score
from eval.summary import dump_summary
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
    units, documents = service.units, service.documents
    if cases:
        _ask(service, _WARM)  # the first question loads dictionaries; times are those of a warm program
    rows: list[Row] = []
    for case in cases:
        bare = _timed(lambda case=case: _tried(lambda: service.embed(case.question)))[1]  # type: ignore[misc]
        (answer, error), milliseconds = _timed(lambda case=case: _ask(service, case))  # type: ignore[misc]
        retrieved, lost = _tried(lambda case=case: find_passages(service, case, _TOP))  # type: ignore[misc]
        rows.append(
            Row(
                id=case.id,
                type=case.type,
                split=case.split,
                answer=answer,
                error=error or lost,
                retrieved=retrieved or (),
                milliseconds=round(milliseconds, 2),
                embedding_milliseconds=round(bare, 2),
                scores=score(case, answer, retrieved or (), units, documents),
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


def find_passages(service: Service, case: Case, k: int) -> tuple[Retrieved, ...]:
    """The first k passages that the program's search has for a case, best first.

    Raises:
        QuestionError: as for Service.find.
    """
    return as_passages(service.find(Inquiry(question=case.question, history=case.history), k).hits)


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
