"""The parsed corpus: documents (通知), their units (条款) and sentences, each with its place in the received file."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field


class Frozen(BaseModel):
    """A value that crosses a stage: immutable, and strict about unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class FactKind(StrEnum):
    """What can be read off a sentence by rule."""

    FREQUENCY = "frequency"
    DEADLINE = "deadline"
    QUANTITY = "quantity"
    MODALITY = "modality"
    UNIT = "unit"


class Bound(StrEnum):
    """How a number limits: 至少/以上, 不得超过/以内, 超过, 不足; EXACT when none is said."""

    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    MORE_THAN = "more_than"
    LESS_THAN = "less_than"
    EXACT = "exact"


class Fact(Frozen):
    """One thing read off a sentence."""

    kind: FactKind = Field(description="what sort of thing it is")
    text: str = Field(description="the sentence's own words, verbatim: sentence.text[start:end]")
    start: Annotated[int, Field(ge=0, description="first character, counted in the sentence's text")]
    end: Annotated[int, Field(gt=0, description="one past the last character, in the sentence's text")]
    value: str = Field(description="canonical form, e.g. '≥1次/周', '≤500人', '年内', '不得'")
    number: float | None = Field(default=None, description="the number, when there is one")
    measure: str | None = Field(default=None, description="unit of the number, e.g. 人, 万吨/年, %, 次")
    period: str | None = Field(
        default=None, description="period of a frequency: 日, 周, 月, 季, 年, 24小时, 定期, 常态化"
    )
    bound: Bound | None = Field(default=None, description="how the number limits, when there is one")


class Level(StrEnum):
    """Administrative level of an issuer (行政层级)."""

    PROVINCE = "省"
    CITY = "市"
    COUNTY = "县"
    UNKNOWN = "未知"


class UnitKind(StrEnum):
    """What part of a document a unit is; CLAUSE units are its provisions (or the body of an unnumbered one)."""

    CLAUSE = "clause"
    LEAD = "lead"
    PREAMBLE = "preamble"
    TITLE = "title"
    DOCNO = "docno"
    ADDRESSEE = "addressee"
    SIGNATURE = "signature"
    COPY = "copy"
    PRINT = "print"
    PUBLICITY = "publicity"


class SentenceKind(StrEnum):
    """HEADING is the clause's title sentence, RESPONSIBLE a bracket with 责任单位, BODY all else."""

    HEADING = "heading"
    BODY = "body"
    RESPONSIBLE = "responsible"


class Source(Frozen):
    """A place in a file as received."""

    file: str = Field(description="file name inside its folder")
    start: Annotated[int, Field(ge=0, description="first character, counted in the decoded file")]
    end: Annotated[int, Field(ge=0, description="one past the last character")]


class Sentence(Frozen):
    """A sentence of a unit; the sentences of a unit, joined, are its text."""

    text: str = Field(description="unit.text[start:end]")
    start: int = Field(ge=0, description="first character in the unit's text")
    end: int = Field(ge=0, description="one past the last character in the unit's text")
    kind: SentenceKind = Field(default=SentenceKind.BODY, description="what the sentence is")


class Responsibility(Frozen):
    """One bracket of 责任单位 and what it binds."""

    text: str = Field(description="the bracket verbatim, brackets included")
    units: tuple[str, ...] = Field(description="names of the units, in order, as written")
    lead: tuple[str, ...] = Field(default=(), description="the units that lead (牵头), a subset of units")
    role: str = Field(default="", description="how they are charged: 负责, 分工负责, 督促企业落实 …")
    start: int = Field(ge=0, description="first character of the bound text, in the unit's text")
    end: int = Field(ge=0, description="one past the last character of the bound text")
    whole: bool = Field(description="True when the bracket binds the whole unit")
    inherited_from: str | None = Field(
        default=None, description="label of the clause whose proviso (以下均需…负责) it is"
    )


class Unit(Frozen):
    """The smallest numbered part of a document (条款), or another part of it that can be cited."""

    kind: UnitKind
    notice: str = Field(description="文号 of its document")
    path: tuple[str, ...] = Field(description="labels from the chapter down, e.g. ('三、', '（十七）')")
    label: str = Field(description="the path joined; a Chinese name such as 导语 for parts that have no number")
    heading: str = Field(default="", description="the unit's own heading, without label")
    ancestors: tuple[str, ...] = Field(default=(), description="headings of the parts above it, outermost first")
    text: str = Field(description="clean text after the label, heading and brackets included")
    runs: tuple[tuple[int, int], ...] = Field(description="spans of the received file whose characters make the text")
    source: Source
    sentences: tuple[Sentence, ...] = ()
    responsibilities: tuple[Responsibility, ...] = ()

    @property
    def responsible(self) -> tuple[str, ...]:
        """Names of all responsible units, in order, without repeats; those of an inherited proviso last."""
        return tuple(dict.fromkeys(name for one in self.responsibilities for name in one.units))


class Document(Frozen):
    """One notice (通知) or reply (批复)."""

    notice: str = Field(description="文号, or （无文号）and the file's name")
    title: str = Field(default="", description="title as in the file; empty when the file has none")
    issuer: str = Field(default="", description="发文机关")
    region: str = Field(default="", description="place the issuer governs, e.g. 泽州县; empty when unknown")
    level: Level = Level.UNKNOWN
    date: str = Field(default="", description="成文日期 as YYYY-MM-DD; empty when the file has none")
    year: int | None = Field(default=None, description="the year the notice is for: of the title, else 文号, else date")
    addressees: tuple[str, ...] = Field(default=(), description="主送")
    copies: tuple[str, ...] = Field(default=(), description="抄送")
    printed: str = Field(default="", description="印发 line")
    chapters: tuple[str, ...] = Field(default=(), description="headings of the outermost parts, in order")
    units: tuple[Unit, ...]
    file: str = Field(description="name of the file it came in")

    @property
    def clauses(self) -> tuple[Unit, ...]:
        """The numbered units alone (for an unnumbered document its body)."""
        return tuple(unit for unit in self.units if unit.kind is UnitKind.CLAUSE)


class Finding(Frozen):
    """One line of the parse report about a file (解析发现)."""

    file: str
    notice: str = Field(default="", description="文号 of the document concerned, when known")
    severity: str = Field(default="warning", pattern="^(error|warning)$", description="error: not loaded")
    message: str = Field(description="one Chinese line: what, and what to do")


class Corpus(Frozen):
    """All documents that could be read, and what was found on the way."""

    documents: tuple[Document, ...]
    findings: tuple[Finding, ...] = ()
