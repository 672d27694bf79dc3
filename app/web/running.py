"""The answer that is being made for one visitor, and what is shown of it."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from app.llm.model import Writing, Written
from app.model import Inquiry
from app.web import render
from app.web.asking import Base, Final, Step
from app.web.conversation import Exchange, Held
from app.web.progress import WAITING, Progress, progress_markdown

FAULT = "程序内部出错，详情见运行窗口"


@dataclass
class Running:
    """A question that is being answered."""

    turn: int
    question: str
    #: Name of the model that writes; empty where none does.
    model: str = ""
    inquiry: Inquiry | None = None
    base: Held | None = None
    final: Final | None = None
    _writing: Writing | None = None
    _struck_before: int = 0
    _failure: str = ""
    _started: float = field(default_factory=time.monotonic)

    def take(self, step: Step) -> None:
        """Take the next step."""
        if isinstance(step, Base):
            self.base = step.held
        elif isinstance(step, Final):
            self.final = step
        else:
            if not step.repairing:
                self._struck_before = sum(bool(one.reasons) for one in step.judged)
            self._writing = step

    def break_off(self, fault: str) -> None:
        """End it with an error: the excerpt stands where there is one, else the error's line."""
        if self.base is None:
            self._failure = fault
        elif self.final is None:
            self.final = Final(self.base, Written(model=self.model, fallback=fault))

    def reply(self) -> str:
        """What is shown while it is made."""
        if self.base is None:
            return WAITING
        seconds = int(time.monotonic() - self._started)
        base = self.base.answer
        return progress_markdown(
            Progress(self.turn, self.model, seconds, base, self._writing, struck_before=self._struck_before)
        )

    def finished(self) -> Exchange | None:
        """The exchange with what stands; None when nothing came, not even an error of ours."""
        if self._failure:
            return Exchange(self.turn, self.question, render.failure_markdown(self._failure))
        if self.final is None:
            return None
        held, written = self.final.held, self.final.written
        seconds = time.monotonic() - self._started if self.model else None
        reply = render.answer_markdown(held.answer, self.turn, written, seconds)
        return Exchange(self.turn, self.question, reply, held, self.inquiry)

    def stopped(self) -> Exchange:
        """The exchange as it stands when the asker stops it (停止)."""
        answer = self.base.answer if self.base else None
        reply = render.stopped_markdown(self.turn, answer, self.model)
        return Exchange(self.turn, self.question, reply, self.base, self.inquiry)
