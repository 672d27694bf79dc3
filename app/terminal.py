"""An answer as a person reads it in a terminal (命令行): who wrote it, how it was understood, its text and sources."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TextIO

from app.explain import MADE_WHOLE, corrected_text
from app.llm.model import Done, Event, Writing, Written
from app.model import STATUS_NAMES, Answer, Mode
from corpus.errors import EndpointError

#: As wide as the progress line may grow.
_BLANK = "\r" + " " * 70 + "\r"


def answer_text(answer: Answer, written: Written | None = None) -> str:
    """The text of an answer with a head that says who wrote it, and a foot with the place of each clause.

    Args:
        answer: the answer.
        written: what a model added; None when none was asked.
    """
    lines = [f"【{STATUS_NAMES[answer.status]}】{_author(answer, written)}"]
    if understood := _understood(answer, written):
        lines.append(f"理解为：{understood}")
    if answer.explanation and answer.explanation.corrected:
        lines.append(f"已按您的改正重查：{corrected_text(answer.explanation.corrected)}")
    lines += ["", answer.text]
    if written and written.struck:
        lines.append(f"\n（模型的话有 {len(written.struck)} 句未通过核对，已划去。）")
    for one in answer.citations:
        place = f"{one.region} {one.year or ''}".strip()
        where = f"{one.source.file} 第 {one.source.start}–{one.source.end} 字"
        lines.append(f"\n[{one.n}] {one.notice} {one.label} {one.heading}（{place}）\n    原件：{where}")
    return "\n".join(lines)


def _author(answer: Answer, written: Written | None) -> str:
    if answer.mode is Mode.EXTRACTIVE:
        return "依据原文摘录"
    return f"模型整理（{written.model}）" if written and written.model else "模型整理"


def _understood(answer: Answer, written: Written | None) -> str:
    """The question as it was taken, when that is not what was typed."""
    if written and written.understood:
        return written.understood
    lines = answer.explanation.reading if answer.explanation else ()
    return next((line.value for line in lines if line.label == MADE_WHOLE), "")


def follow(events: Iterator[Event], progress: TextIO | None) -> Done:
    """Wait for an answer that a model writes.

    Args:
        events: from Service.write.
        progress: a terminal to say in one line how far the model is; None says nothing.

    Raises:
        EndpointError: the events ended without an answer.
        QuestionError: see Service.write.
    """
    try:
        _show(progress, "模型正在整理……")
        for event in events:
            if isinstance(event, Done):
                return event
            if isinstance(event, Writing):
                _show(progress, _how_far(event))
    finally:
        if progress:
            progress.write(_BLANK)
            progress.flush()
    raise EndpointError("没有等到答案；请再问一次，或用 --mode extractive")


def _how_far(event: Writing) -> str:
    count = sum(len(one.text) for one in event.judged) + len(event.tail)
    return f"模型正在{'重写未通过核对的句子' if event.repairing else '整理'}，已写 {count} 字"


def _show(progress: TextIO | None, line: str) -> None:
    if progress:
        progress.write(_BLANK + line)
        progress.flush()
