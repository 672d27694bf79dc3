"""One verdict on one answer, with all that is needed to ask the question again."""

from __future__ import annotations

import hashlib
import unicodedata
from datetime import datetime
from enum import StrEnum

from pydantic import Field

from app.model import Answer, Inquiry, Mode, Role, Status, Turn
from corpus.model import Frozen

LONGEST_COMMENT = 2000


class Verdict(StrEnum):
    """What an asker says of an answer."""

    USEFUL = "有用"
    WRONG = "有误"
    MISCITED = "引用有误"


class Cited(Frozen):
    """A citation as the asker saw it."""

    n: int = Field(description="the mark in the text, [n]")
    notice: str = Field(description="文号")
    label: str = Field(description="clause label")
    quote: str = Field(description="verbatim words of the clause")


class Feedback(Frozen):
    """One verdict; a line of the store."""

    time: datetime = Field(description="when it was given, with its zone")
    exchange: str = Field(description="the answer judged: the same for each verdict on it by the same page")
    verdict: Verdict
    comment: str = Field(default="", max_length=LONGEST_COMMENT)
    question: str = Field(description="as typed")
    region: str | None = Field(default=None, description="set beside the question")
    year: int | None = Field(default=None, description="set beside the question")
    role: Role | None = Field(default=None, description="set beside the question")
    corrected: tuple[str, ...] = Field(default=(), description="what the asker had set right in the reading, in words")
    history: tuple[Turn, ...] = Field(default=(), description="earlier turns, oldest first")
    status: Status
    mode: Mode
    text: str = Field(description="of the answer, with its marks")
    citations: tuple[Cited, ...] = ()
    index: str = Field(default="", description="fingerprint of the index that answered")


def feedback_on(
    inquiry: Inquiry, answer: Answer, verdict: Verdict, comment: str, now: datetime, page: str = "", index: str = ""
) -> Feedback:
    """Put down a verdict.

    Args:
        inquiry: the question with what was set beside it.
        answer: what was shown for it.
        verdict: what the asker says.
        comment: the asker's words; what is too long is cut.
        now: the time, with its zone.
        page: the page's own secret, of which only a digest is kept.
        index: fingerprint of the index.
    """
    judged = "\x00".join((page, inquiry.model_dump_json(), answer.text))
    return Feedback(
        time=now,
        exchange=hashlib.sha256(judged.encode()).hexdigest()[:16],
        verdict=verdict,
        comment=readable(comment).strip()[:LONGEST_COMMENT],
        question=inquiry.question,
        region=inquiry.region,
        year=inquiry.year,
        role=inquiry.role,
        corrected=tuple(f"{line.label}：{line.value}" for line in inquiry.corrected),
        history=inquiry.history,
        status=answer.status,
        mode=answer.mode,
        text=answer.text,
        citations=tuple(
            Cited(n=one.n, notice=one.notice, label=one.label, quote=one.quote) for one in answer.citations
        ),
        index=index,
    )


def readable(text: str) -> str:
    """Drop what is no writing: control characters, but for line ends, and marks that turn the direction of text."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in unified if char == "\n" or unicodedata.category(char)[0] != "C")


def latest(kept: tuple[Feedback, ...]) -> tuple[Feedback, ...]:
    """The last verdict on each answer, in the order in which they were given: who corrects himself is heard once."""
    last = {one.exchange: one for one in kept}
    return tuple(one for one in kept if last[one.exchange] is one)
