"""Cases, rows and the summary of an evaluation; outside scripts rely on the keys of cases, results and summary."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from app.llm.model import Written
from app.model import Answer, Turn
from corpus.model import Frozen


class Quote(BaseModel):
    """A piece of evidence: words of a notice."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    notice: str = Field(description="文号")
    quote: str = Field(min_length=1, description="verbatim words of one clause")


class Said(Turn):
    """A turn of a case's conversation; unknown keys are ignored there too."""

    model_config = ConfigDict(extra="ignore")


class Case(BaseModel):
    """One question with what a right answer needs; unknown keys are ignored.

    status, asker, needs and split are the project's own: a file from outside that uses such a key for something else
    is run as if it were not there.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str
    type: str = "general"
    question: str
    history: tuple[Said, ...] = ()
    answerable: bool
    status: Literal["answered", "not_stipulated", "out_of_scope"] | None = Field(
        default=None, description="the exact status, where the case fixes it"
    )
    evidence: tuple[tuple[Quote, ...], ...] = Field(default=(), description="groups, all required, of alternatives")
    must_include: tuple[tuple[str, ...], ...] = Field(default=(), description="groups of alternatives")
    must_not_include: tuple[str, ...] = ()
    asker: str = ""
    needs: tuple[str, ...] = Field(default=(), description="place, year: what must be right for the answer to be")
    split: Literal["dev", "test", ""] = ""

    @property
    def asked(self) -> tuple[str, ...]:
        """All that the asker says: earlier turns, then the question."""
        return (*(turn.content for turn in self.history if turn.role == "user"), self.question)

    @property
    def findable(self) -> bool:
        """There is something to retrieve and to cite."""
        return self.answerable and bool(self.evidence)

    @field_validator("history", "evidence", "must_include", "must_not_include", mode="before")
    @classmethod
    def _nothing(cls, value: Any) -> Any:
        return () if value is None else value

    @field_validator("status", "asker", "needs", "split", mode="wrap")
    @classmethod
    def _own(cls, value: Any, handler: ValidatorFunctionWrapHandler, info: ValidationInfo) -> Any:
        try:
            return handler(value)
        except ValidationError:
            return cls.model_fields[str(info.field_name)].default


class Retrieved(Frozen):
    """A passage as retrieved."""

    notice: str
    label: str
    text: str


class Cause(StrEnum):
    """What went wrong with an answer, in the order in which the first of several counts."""

    ERROR = "程序出错"
    FALSE_ANSWER = "应拒答却回答"
    FALSE_REFUSAL = "应回答却拒答"
    OTHER_REFUSAL = "拒答的种类不对"
    OUTSIDE = "引用了其他地区或年份"
    NOT_RETRIEVED = "检索未命中"
    NOT_CITED = "检索到但没有引用"
    MISSING = "缺少应有的内容"
    UNWANTED = "出现不应有的内容"


class Scores(Frozen):
    """What one row scores; every share is 0 to 1, None where the case has nothing to score."""

    recall: dict[int, bool] | None = Field(description="all evidence groups among the first k passages, by k")
    reciprocal_rank: float | None = Field(description="of the first passage that holds any evidence")
    ndcg: float | None = Field(description="nDCG@10, one gain a group")
    citation_precision: float | None = Field(description="share of citations that are evidence; None without any")
    citation_recall: float | None = Field(description="share of evidence groups cited")
    citation_valid: bool = Field(description="every quote verbatim, 文号 and label right")
    status_right: bool
    included: bool = Field(description="everything of must_include")
    excluded: bool = Field(description="nothing of must_not_include")
    inside: bool = Field(description="no rule from outside the asked place or year")
    correct: bool
    characters: int = Field(description="length of the answer's text")
    faults: tuple[Cause, ...] = Field(default=(), description="what went wrong, the chief cause first")


class Outcome(Frozen):
    """What became of one case, for gates and comparisons."""

    correct: bool
    recalled: bool | None = Field(description="recall@5; None where there is nothing to retrieve")
    cause: str = Field(default="", description="the chief cause of its being wrong")


class ByModel(Written):
    """What a model added to one row, and what became of the case without it."""

    first_token_ms: float | None = Field(default=None, description="of its first call")
    extractive: Outcome = Field(description="the same case without the model, in the same run")


def _is_absent(value: object) -> bool:
    return value is None


class Row(Frozen):
    """One line of results.jsonl."""

    id: str
    type: str
    split: str = ""
    answer: Answer | None = Field(description="None when the program failed; then error says how")
    error: str = Field(default="", description="what the program failed with, answering or searching")
    retrieved: tuple[Retrieved, ...] = ()
    milliseconds: float = Field(description="end to end, warm")
    embedding_milliseconds: float = Field(description="the bare embedding of the same question, in the same run")
    scores: Scores
    llm: ByModel | None = Field(default=None, exclude_if=_is_absent, description="with a model; else there is no key")


class LlmSummary(Frozen):
    """What a model did in a run, and the extractive run of the same cases beside it."""

    model: str = Field(description="its name")
    asked: int = Field(description="cases that it was called to write for")
    written: int = Field(description="answers that it wrote")
    struck: dict[str, int | float] = Field(description="number of its sentences struck out, of how many, and the share")
    repairs: dict[str, int] = Field(description="asked: cases written twice; held: those whose second attempt stands")
    fallbacks: dict[str, int] = Field(description="how often the extract stands instead, by reason, most often first")
    dropped: int = Field(description="cases for all of whose passages the context had no room")
    understood: int = Field(description="cases answered as the model had put the question")
    first_token_ms: dict[str, float] = Field(description="p50 and p95 over the cases with a first token")
    tokens: dict[str, float | bool] = Field(description="in and out, means of the cases asked; whether any are guessed")
    seconds: dict[str, float] = Field(description="p50 and p95 of the cases asked, end to end")
    extractive: dict[str, dict[str, Any]] = Field(description="measures of the same cases without the model")
    better: tuple[str, ...] = Field(description="ids of the cases right with the model alone")
    worse: tuple[str, ...] = Field(description="ids of the cases right without the model alone")


class Summary(BaseModel):
    """summary.json."""

    model_config = ConfigDict(extra="forbid")

    cases: int
    measures: dict[str, dict[str, Any]] = Field(description="name to value, low, high (95%), denominator")
    by_type: dict[str, dict[str, Any]]
    by_notice: dict[str, dict[str, Any]]
    outcomes: dict[str, Outcome] = Field(default={}, description="by id, in the order of the cases")
    outside: list[str] = Field(default=[], description="ids of the cases with a rule of another place or year")
    invalid: list[str] = Field(default=[], description="ids of the cases with a citation that is not valid")
    false_answers: list[str]
    false_refusals: list[str]
    errors: list[str]
    cost: dict[str, float]
    fingerprint: str = ""
    mode: str = "extractive"
    limit: int | None = Field(default=None, exclude_if=_is_absent, description="only so many cases of each type")
    llm: LlmSummary | None = Field(default=None, exclude_if=_is_absent, description="with a model; else no key")
