"""The answer contract of `anwen ask --json`; outside scripts rely on its keys."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, Field

from app.explain import Explanation
from corpus.model import Document, Frozen, Source, Unit


def _whole_characters(text: str) -> str:
    """Replace lone surrogates, which a terminal may hand over and no JSON can carry."""
    return text.encode("utf-8", "replace").decode("utf-8")


Typed = Annotated[str, AfterValidator(_whole_characters)]


class Status(StrEnum):
    """How the notices stand to the question."""

    ANSWERED = "answered"
    NOT_STIPULATED = "not_stipulated"
    OUT_OF_SCOPE = "out_of_scope"


class Mode(StrEnum):
    """Who wrote the prose."""

    EXTRACTIVE = "extractive"
    LLM = "llm"


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


class Draft(Frozen):
    """An answer before it is checked."""

    status: Status
    text: str = Field(description="markdown with [n] marks")
    citations: tuple[Citation, ...] = ()


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
