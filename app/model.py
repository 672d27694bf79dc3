"""The answer contract of `anwen ask --json`; outside scripts rely on its keys."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from app.explain import KIND_NAMES, Explanation, Line
from corpus.errors import QuestionError
from corpus.model import Document, Frozen, Source, Unit
from retrieval.lexicon import checked_word, read_meaning
from retrieval.model import MOST_WORDS, AskedKind, Override, Replacement, Word, whole_characters

#: The longest question, in characters.
MAX_QUESTION = 2000
Typed = Annotated[str, AfterValidator(whole_characters)]


class Status(StrEnum):
    """How the notices stand to the question."""

    ANSWERED = "answered"
    NOT_STIPULATED = "not_stipulated"
    OUT_OF_SCOPE = "out_of_scope"


class Mode(StrEnum):
    """Who wrote the prose."""

    EXTRACTIVE = "extractive"
    LLM = "llm"


#: What an asker reads for them.
STATUS_NAMES = {
    Status.ANSWERED: "已依据通知回答",
    Status.NOT_STIPULATED: "通知未规定",
    Status.OUT_OF_SCOPE: "不在通知范围",
}
MODE_NAMES = {Mode.EXTRACTIVE: "依据原文摘录", Mode.LLM: "模型整理"}


class Citation(Frozen):
    """One verified citation of a clause."""

    n: int = Field(ge=1, description="the mark in the text, [n]")
    notice: str = Field(description="文号")
    label: str = Field(description="clause label, e.g. 三、（十七）")
    heading: str = Field(description="the clause's heading")
    quote: str = Field(description="verbatim part of clause_text")
    clause_text: str = Field(description="the whole clause, clean")
    region: str = Field(description="place of the issuer")
    year: int | None = Field(description="the year the notice is for")
    source: Source = Field(description="the clause's place in the received file")


def place_and_year(region: str, notice: str, year: int | None) -> str:
    """How an answer names whose rule it quotes: 泽州县2024年; the 文号 stands for a place that is not known."""
    return f"{region or notice}{f'{year}年' if year else ''}"


def clause_name(notice: str, label: str, heading: str) -> str:
    """How an answer names a clause before its mark: 文号, label and heading, which some labels end in."""
    return f"{notice} {label}{'' if label.endswith(heading) else heading}"


class AnswerScope(Frozen):
    """Which notices were asked, and why those."""

    regions: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    why: str = ""


class DutyList(Frozen):
    """A list of duties (责任清单) that an answer is taken from."""

    notice: str = Field(description="文号")
    office: str = Field(description="canonical name of the office")
    name: str = Field(description="how it is shown: place, year and office")


class Answer(Frozen):
    """An answer with its citations, all checked."""

    question: str
    status: Status
    text: str = Field(description="markdown with [n] marks")
    citations: tuple[Citation, ...] = ()
    scope: AnswerScope = AnswerScope()
    mode: Mode = Mode.EXTRACTIVE
    timings_ms: dict[str, float] = Field(default_factory=dict, description="milliseconds by step")
    explanation: Explanation | None = Field(
        default=None, exclude=True, description="why it came out so, for the page; no part of the JSON"
    )
    lists: tuple[DutyList, ...] = Field(
        default=(), exclude=True, description="the lists that hold the rest, for the page; no part of the JSON"
    )


class Draft(Frozen):
    """An answer before it is checked."""

    status: Status
    text: str = Field(description="markdown with [n] marks")
    citations: tuple[Citation, ...] = ()
    lists: tuple[DutyList, ...] = Field(default=(), description="the lists of duties (责任清单) that it is taken from")


class Role(StrEnum):
    """Who asks."""

    ENTERPRISE = "企业"
    GOVERNMENT = "政府"


class Turn(Frozen):
    """One turn of a conversation so far."""

    role: str = Field(pattern="^(user|assistant)$")
    content: Typed


class Inquiry(Frozen):
    """A question with what the asker set beside it."""

    question: Typed = Field(description="as typed")
    region: str | None = Field(default=None, description="a place of the corpus, e.g. 泽州县")
    year: int | None = Field(default=None, description="the year the notice is for")
    role: Role | None = None
    history: tuple[Turn, ...] = Field(default=(), description="earlier turns, oldest first")
    kind: AskedKind | None = Field(default=None, description="what is asked, in place of what is read")
    as_typed: tuple[Word, ...] = Field(
        default=(), max_length=MOST_WORDS, description="words that no official term and no spelling may replace"
    )
    meant: tuple[Replacement, ...] = Field(
        default=(), max_length=MOST_WORDS, description="words of the question with the official term each stands for"
    )
    place_set: bool = Field(
        default=False, description="region holds, also when it is None (不限), and no place that the question names"
    )
    year_set: bool = Field(
        default=False, description="year holds, also when it is None (最新), and no year that the question names"
    )

    @property
    def override(self) -> Override:
        """What the asker set right in the reading."""
        return Override(
            kind=self.kind,
            as_typed=self.as_typed,
            meant=self.meant,
            place_set=self.place_set,
            year_set=self.year_set,
        )

    @property
    def corrected(self) -> tuple[Line, ...]:
        """The same in words, one thing a line; empty when the question is taken as it is read."""
        rows = (
            ("地区", (self.region or "不限") if self.place_set else ""),
            ("年份", (f"{self.year}年" if self.year else "最新") if self.year_set else ""),
            ("问的是", KIND_NAMES[self.kind] if self.kind else ""),
            ("不替换", "、".join(self.as_typed)),
            ("改为", "、".join(f"{one.word} → {one.meant}" for one in self.meant)),
        )
        return tuple(Line(label=label, value=value) for label, value in rows if value)


def set_right(inquiry: Inquiry, kind: str, as_typed: Sequence[str], meant: Sequence[str]) -> Inquiry:
    """Take what a person sets right in the reading of a question, place and year apart.

    Args:
        inquiry: the question.
        kind: one of KIND_NAMES, e.g. 频次; empty for what is read.
        as_typed: words that are not to be replaced.
        meant: 词=正式说法, one of each.

    Raises:
        QuestionError: a word is too long, there are too many, or a pair is none.
    """
    if max(len(as_typed), len(meant)) > MOST_WORDS:
        raise QuestionError(f"改正的词有 {max(len(as_typed), len(meant))} 个；至多 {MOST_WORDS} 个，请只写理解错了的")
    update = {
        "kind": next((one for one, name in KIND_NAMES.items() if name == kind), None),
        "as_typed": tuple(dict.fromkeys(checked_word(one) for one in as_typed)),
        "meant": tuple({one.word: one for one in map(read_meaning, meant)}.values()),
    }
    return inquiry.model_copy(update=update)


class Overview(Frozen):
    """What the open index holds, for selectors and the status line."""

    regions: tuple[str, ...] = Field(description="places with a notice of their own")
    years: tuple[int, ...] = Field(description="newest first")
    documents: int = 0
    clauses: int = 0


class Provision(Frozen):
    """A cited unit with its document, for reading it in its place."""

    unit: Unit
    document: Document
    received: str = Field(description="the received file's own text at the unit's span, noise included")
