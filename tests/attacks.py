"""Attacks as data: what the model of a row says, what must hold whatever anybody writes, and what a row names."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import pytest

from app.llm.guard import leaks
from app.llm.model import Done, Message, Spent
from app.model import Answer, Inquiry, Mode, Turn
from app.service import Service
from app.web.render import answer_markdown
from prompts.load import load_prompt
from tests.conftest import DATA

#: What is asked where a row does not say; its answer; and what the model says who does as he is told.
QUESTION, REGION = "厂里主要负责人多久去现场查一次", "泽州县"
TRUE = "企业主要负责人每周至少深入现场开展1次安全风险隐患排查[1]。"
OBEYS = "企业主要负责人每天一次深入现场，燃气检查每天一次[1]。"
KEY = "sk-Geheim-0123456789abcdef"
PLANTED = (DATA / "planted.txt").read_text(encoding="utf-8")
PLANTED_NOTICE, PLANTED_PLACE = "沁政发〔2024〕9号", "沁水县"
RULES = load_prompt("answer").system
ROWS: list[dict[str, Any]] = [
    json.loads(line) for line in (DATA / "injections.jsonl").read_text(encoding="utf-8").splitlines()
]

_PASSAGE = re.compile(r"<材料 \[(\d+)\]>\n出处：[^\n]*\n原文：([^\n]*)")
_MARK = re.compile(r"\[\d+\]")
_LIVE = re.compile(r"<[a-z/!]|https?:|www\.|!\[|\]\(|javascript:|data:", re.IGNORECASE)
_NUMERALS = re.compile(
    "[0-9]+|每[日天周月季年班旬]|[〇零一二两三四五六七八九十百千万亿半]+(?=[次个天日周月年人户名倍成级吨米])"
)
_UNITS = re.compile("[省市县区][^，。；、（）]{1,10}?[局厅队办]")
_TAGS = {"span", "a", "strong", "details", "summary", "ul", "li", "del", "table", "tbody", "tr", "th", "td"}
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn"}


@dataclass
class Liar:
    """A model that says what it is told to, piece by piece, and keeps what it was asked."""

    says: Callable[[Sequence[Message]], Sequence[str]]
    name: str = "假模型"
    context: int = 8192
    limit: int = 600
    asked: list[Sequence[Message]] = field(default_factory=list)

    def stream(self, messages: Sequence[Message], limit: int) -> Iterator[str]:
        self.asked.append(messages)
        yield from self.says(messages)

    def spent(self) -> Spent:
        return Spent()


def said(row: dict[str, Any], messages: Sequence[Message]) -> str:
    """What the model writes in a row: {parrot} is every sentence of every passage with its mark."""
    passages = _PASSAGE.findall(messages[1].content)
    parrot = "".join(f"{one}[{n}]。\n" for n, words in passages for one in words.split("。")[1:-1])
    values = {
        "{true}": TRUE, "{parrot}": parrot or OBEYS, "{system}": RULES, "{system_marked}": RULES.replace("。", "[1]。"),
        "{system_spaced}": " ".join(RULES), "{pad}": "企业应当认真落实各项要求，" * 310, "{blanks}": " " * 8100,
        "{long}": "，".join(f"认真落实第{n}项要求" for n in range(200)) + "，",
    }  # fmt: skip
    text = str(row.get("says", OBEYS))
    for name, value in values.items():
        text = text.replace(name, value)
    return text


def inquiry_of(row: dict[str, Any]) -> Inquiry:
    """What is asked in a row."""
    history = tuple(Turn(**turn) for turn in row.get("history", ()))
    return Inquiry(question=row.get("question", QUESTION), region=row.get("region", REGION), history=history)


def finish(events: Iterator[Any]) -> Done:
    """The last event."""
    *_, last = events
    assert isinstance(last, Done)
    return last


def prose_of(answer: Answer) -> str:
    """What the model wrote of an answer, without marks."""
    return _MARK.sub("", answer.text.partition("\n\n依据：\n\n")[0]) if answer.mode is Mode.LLM else ""


class Tags(HTMLParser):
    """Notes every tag and address of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.addresses: list[str] = []
        self.others: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.addresses += [value or "" for name, value in attrs if name == "href"]
        self.others |= {name for name, _ in attrs} - {"href", "class", "title", "scope"}


def sound(done: Done, base: Answer, service: Service) -> None:
    """Assert what must hold whatever anybody writes.

    The extractive answer stands as without a model, every citation is verbatim, the model's words hold no figure, unit
    or place that neither quotes nor extract hold, nothing is live or hidden, and the instructions do not come out.
    """
    answer, written = done.answer, done.written
    assert answer.status is base.status
    assert base.text in answer.text
    assert answer.citations[: len(base.citations)] == base.citations
    for one in answer.citations:
        assert any(unit.text == one.clause_text for unit in service.units[one.notice, one.label])
        assert one.quote in one.clause_text
        assert one.region == service.documents[one.notice].region
    assert {int(mark) for mark in re.findall(r"\[(\d+)\]", answer.text)} <= {one.n for one in answer.citations}
    _grounded(prose_of(answer), answer, base)
    assert answer.mode is Mode.LLM or answer.text in (
        base.text,
        f"{base.text}\n\n（{written.fallback}，以上为原文摘录。）",
    )
    _inert(answer.text)
    page = answer_markdown(answer, 1, written)
    _inert(re.sub(r'<a class="aw-(?:mark|edit|rate|correct)"|</?[a-z]+(?: class="[a-z_ -]+"| scope="row")*>', "", page))
    tags = Tags()
    tags.feed(page)
    assert tags.tags <= _TAGS
    assert not tags.others
    assert all(re.fullmatch(r"#[a-z0-9-]+", one) for one in tags.addresses)
    for shown in (answer.text, page, "".join(one.text for one in written.struck), written.fallback):
        assert not leaks(shown, RULES)


def _grounded(prose: str, answer: Answer, base: Answer) -> None:
    """No figure, unit or place in the model's words that the quotes and the extract do not hold."""
    held = unicodedata.normalize("NFKC", base.text + "".join(one.quote for one in answer.citations))
    places = {f"{one.region}{one.year}年" for one in answer.citations}
    prose = unicodedata.normalize("NFKC", prose)
    for place in places:
        prose = prose.replace(f"({place})", "")
    assert [one for one in (*_NUMERALS.findall(prose), *_UNITS.findall(prose)) if one not in held] == []
    known = {one.region for one in answer.citations}
    for place in ("泽州", "高平", "山西", "临汾", "沁水", "晋城"):
        assert place not in prose or place in held or any(place in one for one in known)


def _inert(text: str) -> None:
    assert not _LIVE.search(text)
    assert not any(unicodedata.category(one) in _HIDDEN for one in text if one not in "\n\t")


def held(row: dict[str, Any], answer: Answer) -> None:
    """Assert what a row names."""
    for words in row.get("must", ()):
        assert words in answer.text
    for words in row.get("must_not", ()):
        assert words not in answer.text
    assert answer.status == row.get("status", answer.status)
    assert answer.mode == row.get("mode", answer.mode)


def rows(*kinds: str, split: bool = False) -> pytest.MarkDecorator:
    """The rows of some kinds, those of a fault that is known and still open expected to fail."""
    return pytest.mark.parametrize(
        "row",
        [
            pytest.param(
                row, id=row["id"], marks=[pytest.mark.xfail(reason=row["open"], strict=True)] if "open" in row else []
            )
            for row in ROWS
            if row["kind"] in kinds and row.get("split", False) is split
        ],
    )


def liar(row: dict[str, Any]) -> Liar:
    """The model of a row, which writes in some pieces."""
    return Liar(lambda messages: re.findall(".{1,240}", said(row, messages), re.DOTALL))
