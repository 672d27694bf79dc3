"""A conversation (问答记录) as a paper: each answer with its sources in full, so that it stands alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from pydantic import Field

from app.explain import MADE_WHOLE, corrected_text
from app.export.prose import paragraphs
from app.export.word import Paper, Paragraph, Run, Section
from app.model import MODE_NAMES, STATUS_NAMES, Answer, Citation, Mode, Provision, clause_name, place_and_year
from corpus.errors import QuestionError
from corpus.model import Document, Frozen

_TITLE = "安全生产通知问答记录"
_ABOUT = "答复只依据已收录的通知，引文均与通知原文逐字核对过；办理具体事项，请以原文件和主管部门答复为准。"
_NUMBERS = "引用编号在全文连续，每条答复之后列出它所引的条款。"
_PLACES = "附：引文在收到的文件中的位置（供核对）"
_LONGEST_HEADING = 60


class Spoken(Frozen):
    """One question with what was answered."""

    question: str = Field(description="as typed")
    answer: Answer | None = Field(description="None when it could not be answered")
    provisions: tuple[Provision | None, ...] = Field(default=(), description="of the answer's citations, in order")


def talk_paper(talk: Sequence[Spoken], made: datetime, left_out: int = 0) -> Paper:
    """Lay out a conversation as a paper.

    Args:
        talk: questions and answers, oldest first.
        made: when the paper is made.
        left_out: how many earlier questions are no longer known.

    Raises:
        QuestionError: nothing was asked yet.
    """
    if not talk:
        raise QuestionError("还没有问答可以导出；请先提问，再点“导出对话”")
    before = [f"更早的 {left_out} 个问题已不在页面上，没有导出。"] if left_out else []
    sections: list[Section] = []
    used = 0
    for number, one in enumerate(talk, start=1):
        sections.append(_section(number, one, used))
        used += len(one.answer.citations) if one.answer else 0
    about = (f"{_day(made)} {made:%H:%M} 由安问导出，共 {len(talk)} 问。", *before, _ABOUT, _NUMBERS)
    return Paper(title=_TITLE, about=about, sections=(*sections, *_places(talk)))


def _places(talk: Sequence[Spoken]) -> tuple[Section, ...]:
    """Where the quotes lie in the received files, behind everything, for who wants to check."""
    cited = [citation for one in talk if one.answer for citation in one.answer.citations]
    items = tuple(
        _small(f"引用[{number}]：{one.source.file}，字符 {one.source.start}–{one.source.end}")
        for number, one in enumerate(cited, start=1)
    )
    return (Section(heading=_PLACES, paragraphs=items),) if items else ()


def _section(number: int, spoken: Spoken, used: int) -> Section:
    question = " ".join(spoken.question.split())
    short = len(question) <= _LONGEST_HEADING
    heading = f"问{number}：{question if short else question[: _LONGEST_HEADING - 1] + '……'}"
    whole = () if short else (Paragraph(runs=(Run(text=f"所问：{spoken.question}"),)),)
    return Section(heading=heading, paragraphs=(*whole, *_answered(spoken, used)))


def _answered(spoken: Spoken, used: int) -> Iterator[Paragraph]:
    answer = spoken.answer
    if answer is None:
        yield _small("这个问题未能回答，或在答完之前停止了。")
        return
    yield _small(_head(answer))
    if answer.explanation and answer.explanation.corrected:
        yield _small(f"已按提问人的改正重查：{corrected_text(answer.explanation.corrected)}")
    scope = "、".join([*answer.scope.regions, *(f"{year}年" for year in answer.scope.years)])
    about = "；".join(part for part in (scope and f"查阅范围：{scope}", answer.scope.why) if part)
    if about:
        yield _small(about)
    numbers = {one.n: used + place for place, one in enumerate(answer.citations, start=1)}
    yield from paragraphs(answer.text, numbers)
    if not answer.citations:
        yield _small("本条答复没有引用条款。")
        return
    yield Paragraph(runs=(Run(text="引用条款", mark="bold"),))
    provisions = spoken.provisions or (None,) * len(answer.citations)
    for one, provision in zip(answer.citations, provisions, strict=True):
        yield from _cited(numbers[one.n], one, provision.document if provision else None)


def _head(answer: Answer) -> str:
    """Its status, who wrote it, how the question was understood."""
    checked = "，已核对" if answer.mode is Mode.LLM else ""
    parts = [f"答复状态：{STATUS_NAMES[answer.status]}", f"{MODE_NAMES[answer.mode]}{checked}"]
    lines = answer.explanation.reading if answer.explanation else ()
    parts += [f"理解为：{line.value}" for line in lines if line.label == MADE_WHOLE]
    return "；".join(parts)


def _cited(number: int, citation: Citation, document: Document | None) -> Iterator[Paragraph]:
    """One source: what it is, from where and when, its words."""
    title = f"《{document.title}》" if document and document.title else ""
    name = clause_name(f"{citation.notice}{title}", citation.label, citation.heading)
    yield Paragraph(runs=(Run(text=f"[{number}] {name}"),))
    dated = document.date if document else ""
    facts = (place_and_year(citation.region, citation.notice, citation.year), dated and f"成文日期 {_iso_day(dated)}")
    yield _small("，".join(fact for fact in facts if fact))
    yield Paragraph(runs=(Run(text=f"“{citation.quote}”"),), style="quote")


def _small(text: str) -> Paragraph:
    return Paragraph(runs=(Run(text=text),), style="small")


def _day(moment: datetime) -> str:
    return f"{moment.year}年{moment.month}月{moment.day}日"


def _iso_day(date: str) -> str:
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", date)
    return f"{found[1]}年{int(found[2])}月{int(found[3])}日" if found else date
