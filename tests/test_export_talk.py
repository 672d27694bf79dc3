"""A conversation taken along: each answer with its sources in full, numbered through, as Word and as Markdown."""

from __future__ import annotations

import io
import re
from datetime import datetime

import docx
import pytest
from markdown_it import MarkdownIt

from app.export.markdown import write_markdown
from app.export.prose import paragraphs
from app.export.talk import Spoken, talk_paper
from app.export.word import Paper, write_document
from app.model import Inquiry, Mode
from app.service import Service
from app.web.conversation import Conversation, Exchange, Held
from app.web.exports import conversation_downloads, paper_of
from corpus.errors import QuestionError
from corpus.model import Document
from tests.browser import HOSTILE

MADE = datetime(2026, 11, 22, 14, 5)
QUESTIONS = ("泽州县燃气检查频次要求", "山西和泽州2024年主要负责人多久检查一次", "写一首关于春天的诗")


@pytest.fixture(scope="module")
def talk(service: Service) -> tuple[Spoken, ...]:
    return tuple(spoken(service, question) for question in QUESTIONS)


@pytest.fixture(scope="module")
def paper(talk: tuple[Spoken, ...]) -> Paper:
    return talk_paper(talk, MADE)


def spoken(service: Service, question: str) -> Spoken:
    answer = service.ask(Inquiry(question=question))
    found = tuple(service.provision(one.notice, one.label) for one in answer.citations)
    return Spoken(question=question, answer=answer, provisions=found)


def lines(paper: Paper) -> list[list[str]]:
    return [["".join(run.text for run in one.runs) for one in section.paragraphs] for section in paper.sections]


def test_each_answer_has_its_status_its_text_and_its_sources(
    paper: Paper, talk: tuple[Spoken, ...], documents: dict[str, Document]
) -> None:
    assert paper.title == "安全生产通知问答记录"
    assert paper.about[0] == "2026年11月22日 14:05 由安问导出，共 3 问。"
    headings = [f"问{n}：{q}" for n, q in enumerate(QUESTIONS, start=1)]
    assert [section.heading for section in paper.sections] == [*headings, "附：引文在收到的文件中的位置（供核对）"]
    first, second, third, places = lines(paper)
    assert first[0] == "答复状态：通知未规定；依据原文摘录"
    assert second[0] == "答复状态：已依据通知回答；依据原文摘录"
    assert third[0].startswith("答复状态：不在通知范围")
    assert third[-1] == "本条答复没有引用条款。"
    cited = [one for answered in talk if answered.answer for one in answered.answer.citations]
    whole = [*first, *second]
    for number, one in enumerate(cited, start=1):
        document = documents[one.notice]
        at = next(place for place, line in enumerate(whole) if line.startswith(f"[{number}] "))
        assert whole[at].startswith(f"[{number}] {one.notice}")
        assert document.title in whole[at]
        assert one.label in whole[at]
        assert one.heading in whole[at]
        year, month, day = document.date.split("-")
        assert whole[at + 1] == f"{one.region}{one.year}年，成文日期 {year}年{int(month)}月{int(day)}日"
        assert whole[at + 2] == f"“{one.quote}”"
        source = one.source
        assert places[number - 1] == f"引用[{number}]：{source.file}，字符 {source.start}–{source.end}"
    assert len(places) == len(cited)


def test_marks_lead_to_the_sources_of_the_same_paper(paper: Paper) -> None:
    for section in lines(paper)[:-1]:  # the last says where the quotes lie
        cut = section.index("引用条款") if "引用条款" in section else len(section)
        used = {int(number) for line in section[:cut] for number in re.findall(r"\[(\d+)\]", line)}
        listed = [int(found[1]) for line in section[cut:] if (found := re.match(r"\[(\d+)\] ", line))]
        assert used == set(listed)
    numbers = [int(found[1]) for one in lines(paper) for line in one if (found := re.match(r"\[(\d+)\] ", line))]
    assert numbers == list(range(1, len(numbers) + 1))
    assert len(numbers) >= 3


def test_word_and_markdown_hold_the_same_words(paper: Paper) -> None:
    document = docx.Document(io.BytesIO(write_document(paper)))
    written = [one.text for one in document.paragraphs if one.text]
    tokens = MarkdownIt("commonmark").parse(write_markdown(paper))
    shown = [
        "".join("\n" if one.type in ("softbreak", "hardbreak") else one.content for one in token.children or ())
        for token in tokens
        if token.type == "inline"
    ]
    assert "\n".join(shown) == "\n".join(written)


def test_what_a_model_wrote_is_said_to_be_checked(talk: tuple[Spoken, ...]) -> None:
    assert talk[1].answer is not None
    written = talk[1].model_copy(update={"answer": talk[1].answer.model_copy(update={"mode": Mode.LLM})})
    assert lines(talk_paper([written], MADE))[0][0] == "答复状态：已依据通知回答；模型整理，已核对"


def test_what_was_not_answered_or_is_gone_is_said(talk: tuple[Spoken, ...]) -> None:
    made = talk_paper([Spoken(question="长" * 100, answer=None)], MADE, left_out=2)
    assert "更早的 2 个问题已不在页面上，没有导出。" in made.about
    assert made.sections[0].heading == "问1：" + "长" * 59 + "……"
    assert lines(made)[0] == ["所问：" + "长" * 100, "这个问题未能回答，或在答完之前停止了。"]
    with pytest.raises(QuestionError, match="请先提问"):
        talk_paper([], MADE)


def test_lists_tables_and_emphasis_of_an_answer() -> None:
    table = "| 地区 | 规定 |\n| --- | --- |\n| 泽州 | 每周\\|每日[1] |"
    text = f"**要求**如下：\n\n{table}\n\n- 甲[2]\n> 引[9]\n## 题\n1\\. 乙"
    read = paragraphs(text, {1: 5, 2: 6})
    assert [(one.style, "".join(run.text for run in one.runs)) for one in read] == [
        ("body", "要求如下："),
        ("item", "地区：泽州；规定：每周|每日[5]"),
        ("item", "甲[6]"),
        ("quote", "引[9]"),
        ("body", "题"),
        ("body", "1. 乙"),
    ]
    assert [run.mark for run in read[0].runs] == ["bold", ""]


def test_downloads_find_the_conversation_by_user_and_secret(talk: tuple[Spoken, ...]) -> None:
    exchanges = tuple(
        Exchange(turn, one.question, "", Held(one.answer, one.provisions) if one.answer else None)
        for turn, one in enumerate(talk, start=4)
    )
    kept = {("", "a" * 32): Conversation(exchanges)}
    files = conversation_downloads(lambda user, token: kept.get((user, token)))
    assert set(files) == {"conversation.docx", "conversation.md"}
    source = files["conversation.md"].make({"talk": "a" * 32}).decode()
    assert "更早的 3 个问题已不在页面上" in source
    assert QUESTIONS[1] in source
    document = docx.Document(io.BytesIO(files["conversation.docx"].make({"talk": "a" * 32})))
    assert f"问2：{QUESTIONS[1]}" in [one.text for one in document.paragraphs]
    for given in ({}, {"talk": "b" * 32}, {"talk": "a" * 32, "anwen_user": "李四"}):
        with pytest.raises(QuestionError):
            files["conversation.md"].make(given)


def test_hostile_words_stay_words(talk: tuple[Spoken, ...]) -> None:
    assert talk[0].answer is not None
    cited = tuple(one.model_copy(update={"heading": HOSTILE}) for one in talk[0].answer.citations)
    answer = talk[0].answer.model_copy(update={"text": f"{HOSTILE}\n\n# {HOSTILE}[1]", "citations": cited})
    held = Held(answer, talk[0].provisions)
    made = paper_of(Conversation((Exchange(1, HOSTILE, "", held),)), MADE)
    tokens = MarkdownIt("commonmark").parse(write_markdown(made))
    kinds = {one.type for token in tokens for one in (token, *(token.children or ()))}
    assert not kinds & {"link_open", "image", "html_inline", "html_block"}
    assert "onerror" in write_markdown(made)
