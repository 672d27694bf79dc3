"""Try an endpoint (检查大模型接口): does it answer, stream and cite as asked, how fast, and what is worse for it."""

from __future__ import annotations

import re
import time
import tomllib
from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from pydantic import Field

from app.llm.model import LanguageModel, Message, Spent
from corpus.errors import EndpointError
from corpus.model import Frozen
from prompts.load import load_prompt

_MARKS = re.compile(r"[\[［【]\s*([0-9０-９][0-9０-９\s,，、]*)[\]］】]")
_NUMBER = re.compile(r"[0-9０-９]+")
#: Tokens of an answer to a fixed question: more than it takes, and room for a model that thinks first.
_LIMIT = 400
#: Pieces of an answer that is streamed; one cut in two or three says nothing about that.
_STREAMED = 4
#: What a reader has patience for: seconds to the first token, and tokens a second.
_SLOW_START, _SLOW = 10.0, 8.0
_CHINESE = 0.5


class ProbeQuestion(Frozen):
    """A fixed question with passages that hold its answer."""

    question: str = Field(min_length=1)
    materials: tuple[str, ...] = Field(min_length=1, description="passages, numbered from 1")
    held_by: frozenset[int] = Field(min_length=1, description="numbers of the passages that hold the answer")


class Tried(Frozen):
    """What came of one question."""

    question: str
    held_by: tuple[int, ...] = Field(description="numbers of the passages that hold the answer")
    answer: str = Field(default="", description="what the model wrote")
    marks: tuple[int, ...] = Field(default=(), description="numbers of its citation marks, in order, each once")
    right: bool = Field(default=False, description="it has marks, and none points at a passage without the answer")
    chinese: bool = Field(default=False, description="most of the answer's letters are Chinese")
    streamed: bool = Field(default=False, description="the answer came in several pieces")
    seconds: float = Field(default=0, ge=0, description="from the call to the end of the answer")
    spent: Spent = Field(default=Spent(), description="tokens, and the time to the first of them")
    fault: str = Field(default="", description="one Chinese line, when no answer came")


class ProbeReport(Frozen):
    """The report on an endpoint."""

    model: str = Field(description="the model's name")
    tried: tuple[Tried, ...]
    answered: int = Field(ge=0, description="questions that got an answer")
    marked: int = Field(ge=0, description="answers with citation marks")
    right: int = Field(ge=0, description="answers whose marks point at the right passages only")
    streams: bool = Field(description="answers come piece by piece")
    first_token_ms: float | None = Field(description="the slowest time to a first piece")
    tokens_per_second: float | None = Field(description="while it writes; None when there is too little to tell")
    estimated: bool = Field(description="tokens are counted by us, the endpoint says nothing")
    degraded: tuple[str, ...] = Field(description="Chinese, one line for each thing that will be worse")


def probe(model: LanguageModel) -> ProbeReport:
    """Ask an endpoint the three fixed questions.

    Args:
        model: the endpoint.

    Raises:
        EndpointError: it does not answer the first question.
    """
    tried = tuple(_try(model, question, first=not at) for at, question in enumerate(probe_questions()))
    good = [one for one in tried if not one.fault]
    starts = [one.spent.first_token_ms for one in good if one.spent.first_token_ms is not None]
    report = ProbeReport(
        model=model.name,
        tried=tried,
        answered=len(good),
        marked=sum(bool(one.marks) for one in good),
        right=sum(one.right for one in good),
        streams=any(one.streamed for one in good),
        first_token_ms=max(starts, default=None),
        tokens_per_second=_rate(good),
        estimated=any(one.spent.estimated for one in good),
        degraded=(),
    )
    return report.model_copy(update={"degraded": tuple(_degraded(report))})


@cache
def probe_questions() -> tuple[ProbeQuestion, ...]:
    """The fixed questions, as the data file has them."""
    text = files("app.llm").joinpath("data/probe.toml").read_text(encoding="utf-8")
    return tuple(ProbeQuestion.model_validate(one) for one in tomllib.loads(text)["questions"])


def read_marks(text: str) -> tuple[int, ...]:
    """The numbers in the citation marks of a text, in order, each once."""
    found = (int(number) for mark in _MARKS.findall(text) for number in _NUMBER.findall(mark))
    return tuple(dict.fromkeys(found))


def _messages(question: ProbeQuestion) -> tuple[Message, ...]:
    """The prompt that answers are really asked for with."""
    prompt = load_prompt("answer")
    passages = "\n".join(f"<材料 [{n}]>\n原文：{text}\n</材料>" for n, text in enumerate(question.materials, start=1))
    filled = prompt.fill(
        passages=passages,
        note="",
        question=question.question,
        scope=prompt.phrase("unknown"),
        wanted=prompt.phrase("wanted", "general"),
    )
    return (Message(role="system", content=prompt.system), Message(role="user", content=filled))


def _try(model: LanguageModel, question: ProbeQuestion, *, first: bool) -> Tried:
    start = time.monotonic()
    held_by = tuple(sorted(question.held_by))
    try:
        pieces = list(model.stream(_messages(question), min(_LIMIT, model.limit)))
    except EndpointError as error:
        if first:
            raise
        return Tried(question=question.question, held_by=held_by, fault=str(error))
    answer = "".join(pieces)
    marks = read_marks(answer)
    letters = [sign for sign in answer if sign.isalpha()]
    return Tried(
        question=question.question,
        held_by=held_by,
        answer=answer,
        marks=marks,
        right=bool(marks) and question.held_by.issuperset(marks),
        chinese=sum("一" <= sign <= "鿿" for sign in letters) > _CHINESE * len(letters),
        streamed=len(pieces) >= _STREAMED,
        seconds=round(time.monotonic() - start, 3),
        spent=model.spent(),
    )


def _rate(tried: list[Tried]) -> float | None:
    """Tokens a second after the first, where the answer was streamed; else over the whole time."""
    tokens = sum(one.spent.completion_tokens for one in tried)
    waited = sum((one.spent.first_token_ms or 0) / 1000 for one in tried if one.streamed)
    writing = sum(one.seconds for one in tried) - waited
    return round(tokens / writing, 1) if tokens and writing > 0 else None


def _degraded(report: ProbeReport) -> Iterator[str]:
    """What a reader will notice, worst first."""
    total = len(report.tried)
    if report.answered < total:
        fault = next(one.fault for one in report.tried if one.fault)
        yield f"{total} 问中有 {total - report.answered} 问没有答出（{fault}）：这样的回答退回原文摘录"
    if report.right < report.answered:
        unmarked, wrong = report.answered - report.marked, report.marked - report.right
        how = "、".join([*([f"{unmarked} 问没有写"] if unmarked else []), *([f"{wrong} 问指错材料"] if wrong else [])])
        often = "多数" if 2 * report.right < report.answered else "一部分"
        yield f"引用标记不合要求（{how}）：{often}回答通不过核对，会退回原文摘录"
    if any(not one.chinese for one in report.tried if not one.fault):
        yield "有的回答不是中文：这样的回答退回原文摘录"
    if not report.streams:
        yield "不能逐字输出：回答写完才一次显示"
    if report.first_token_ms is not None and report.first_token_ms > 1000 * _SLOW_START:
        yield f"首字要等 {report.first_token_ms / 1000:.1f} 秒：真实问题的材料更长，还会更慢"
    if report.tokens_per_second is not None and report.tokens_per_second < _SLOW:
        yield f"写得慢（每秒 {report.tokens_per_second:g} token）：回答要等，超过 llm.longest 就退回原文摘录"
    if report.estimated:
        yield "接口不报用量：token 数是估计的"
