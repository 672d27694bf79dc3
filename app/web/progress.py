"""An answer that a model is writing (模型整理中): held sentences, struck ones, the rest grey, the excerpt below."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from app.llm.model import Judged, Writing
from app.model import Answer, Status
from app.web.render import body_markdown, meant_by, struck_html, understood_markdown
from app.web.safe import answer_lines, one_line

WAITING = '<span class="aw-waiting">正在查阅通知……</span>'
_BASIS = "依据："
_MARKS = re.compile(r"\[[\d,\s]*\]?")
_ELSEWHERE = "按原来的问法没有查到规定，模型正在换一种说法再查。"


@dataclass(frozen=True)
class Progress:
    """How far a model has come with an answer."""

    turn: int
    model: str
    seconds: int
    base: Answer
    writing: Writing | None = None
    #: Sentences struck out of the first attempt, while the second is written.
    struck_before: int = 0


def progress_markdown(progress: Progress) -> str:
    """Write an unfinished answer as a chat message."""
    base, writing = progress.base, progress.writing
    parts = [_waiting(progress), understood_markdown(meant_by(base))]
    if writing is not None:
        parts.append(writing_markdown(writing))
    if base.status is Status.ANSWERED:
        lead = [_BASIS] if writing and (writing.judged or writing.tail) else []
        parts += [*lead, body_markdown(base, progress.turn)]
    elif writing is None:
        parts.append(_ELSEWHERE)
    return "\n\n".join(part for part in parts if part)


def writing_markdown(writing: Writing) -> str:
    """Write the sentences so far: what is held as it will stand, what is struck with its reasons, the rest grey."""
    text = _sentences(writing.judged)
    if tail := one_line(_MARKS.sub("", writing.tail)):  # its numbers are not those of the cards
        text += ("\n\n" if text.split("\n")[-1].startswith("|") else "") + f'<span class="aw-tail">{tail}</span>'
        text += '<span class="aw-checking">核对中</span>'
    return text


def _waiting(progress: Progress) -> str:
    what = "模型整理中……"
    if progress.writing and progress.writing.repairing:
        struck = f"划去 {progress.struck_before} 句，" if progress.struck_before else ""
        what = f"{struck}模型改写中……"
    about = (f"{progress.seconds} 秒 · " if progress.seconds else "") + one_line(progress.model)
    return f'<span class="aw-waiting aw-writing">{what}</span> <span class="aw-mode">{about}</span>'


def _sentences(judged: Sequence[Judged]) -> str:
    text, before = "", ""
    for one in judged:
        shown = struck_html(one.text, one.reasons) if one.reasons else answer_lines(one.text, {})
        if text and one.opens_line:
            # The rows of a table follow each other; all else that opens a line opens a paragraph.
            text += "\n" if before.startswith("|") and shown.startswith("|") else "\n\n"
        text += shown
        before = shown
    return text
