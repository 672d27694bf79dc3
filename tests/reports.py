"""What the tests of the evaluation's page share: a made run of six cases, its page, and a reader of pages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

from app.model import Answer, Citation, Status
from corpus.model import Source
from eval.model import Case, Cause, Outcome, Retrieved, Row, Scores, Summary
from eval.report import build_report
from eval.summary import by_split

ZEZHOU, GAOPING = "泽政发〔2024〕1号", "高政发〔2024〕1号"
CLAUSE = "燃气。每月检查一次管线。餐饮场所必须安装报警装置。"
HOSTILE = (
    "<script>window.__pwned=1</script><img src=x onerror='window.__pwned=1'>"
    "\"'></article></main></dd><b>{{ 7*7 }}{% for %}${1+1}</script>&amp;"
)
#: Elements that HTML closes by itself.
VOID = {"meta", "link", "br", "input", "rect", "line", "polyline"}


def case(name: str, **values: Any) -> Case:
    """A case about checking pipes."""
    made: dict[str, Any] = {
        "id": name, "type": "frequency", "question": f"{name}怎么查", "answerable": True, "split": "dev",
        "evidence": [[{"notice": ZEZHOU, "quote": "每月检查一次管线"}]],
    }  # fmt: skip
    return Case.model_validate(made | values)


def cite(n: int, quote: str, notice: str = ZEZHOU) -> Citation:
    """A citation of the made clause."""
    return Citation(
        n=n, notice=notice, label="一、（一）", heading="燃气", quote=quote, clause_text=CLAUSE, region="泽州县",
        year=2024, source=Source(file="made.txt", start=0, end=1),
    )  # fmt: skip


def row(of: Case, text: str | None, *faults: Cause, quotes: Sequence[Citation] = (), **values: Any) -> Row:
    """The row of a case: what was answered (None: nothing came), and what was wrong with it."""
    status = Status(values.pop("status", "answered"))
    ranked = of.answerable and bool(of.evidence)
    scores = Scores(
        recall={1: False, 3: True, 5: True, 10: True} if ranked else None, reciprocal_rank=0.5 if ranked else None,
        ndcg=None, citation_precision=None, citation_recall=None, citation_valid=True,
        status_right=not {Cause.ERROR, Cause.FALSE_ANSWER, Cause.FALSE_REFUSAL} & set(faults), included=True,
        excluded=True, inside=True, correct=not faults, characters=3, faults=faults,
    )  # fmt: skip
    answer = None if text is None else Answer(question=of.question, status=status, text=text, citations=tuple(quotes))
    plain: dict[str, Any] = {"milliseconds": 12.4, "embedding_milliseconds": 4.0}
    return Row(id=of.id, type=of.type, split=of.split, answer=answer, scores=scores, **(plain | values))


def passage(text: str, notice: str = ZEZHOU) -> Retrieved:
    """A passage as retrieved."""
    return Retrieved(notice=notice, label="一、", text=text)


CASES = (
    case("right", must_include=[["每月", "一个月"]]),
    case(
        "missed", type="list", split="test", asker="老板", must_include=[["两次"]], must_not_include=["五次"],
        evidence=[
            [{"notice": ZEZHOU, "quote": "每月检查一次管线"}, {"notice": GAOPING, "quote": "每季检查一次"}],
            [{"notice": GAOPING, "quote": "严禁使用双嘴阀"}],
        ],
        history=[{"role": "user", "content": "先问燃气"}, {"role": "assistant", "content": "燃气有规定"}],
    ),
    case("crashed", split="test", status="answered"),
    case("invented", type="not_stipulated", answerable=False, status="not_stipulated", evidence=[]),
    case("outside", type="out_of_scope", answerable=False, status="out_of_scope", split="test", evidence=[]),
    case("silent", type="list", evidence=[[{"notice": GAOPING, "quote": "严禁使用双嘴阀"}]]),
)  # fmt: skip
ROWS = (
    row(CASES[0], "每月一次。[1]", quotes=[cite(1, "每月检查一次管线。")], retrieved=(passage(CLAUSE),)),
    row(CASES[1], "五次 ABC", Cause.NOT_RETRIEVED, Cause.MISSING, Cause.UNWANTED,
        quotes=[cite(1, "餐饮场所必须安装报警装置。"), cite(2, "每月检查一次管线。"), cite(3, "每月检查", GAOPING)],
        retrieved=(passage("无"), passage("每月检查一次管线", GAOPING), passage("每季检查一次", GAOPING))),
    row(CASES[2], None, Cause.ERROR, error="KeyError: '虫'"),
    row(CASES[3], "每日查", Cause.FALSE_ANSWER),
    row(CASES[4], "不归我管", status="out_of_scope"),
    row(CASES[5], "没有规定", Cause.FALSE_REFUSAL, Cause.MISSING, status="not_stipulated"),
)  # fmt: skip


def built(
    cases: Sequence[Case] = CASES,
    rows: Sequence[Row] = ROWS,
    summaries: Mapping[str, Summary] | None = None,
    baselines: Mapping[str, Summary] | None = None,
    **values: Any,
) -> str:
    """The page of a run."""
    return build_report(cases, rows, summaries or by_split(cases, rows, "print"), baselines or {}, **values)


@dataclass
class Element:
    """A piece of the page: its attributes, its text, and what is in it."""

    tag: str
    attributes: dict[str, str | None]
    inner: list[Element] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All text in it."""
        return "".join(self.words)

    def all(self, tag: str, name: str = "") -> list[Element]:
        """The elements in it of a tag and, if given, a class."""
        found = [one for one in self.inner if one.tag == tag and (not name or name in one.classes)]
        return found + [deeper for one in self.inner for deeper in one.all(tag, name)]

    @property
    def classes(self) -> list[str]:
        """The words of its class attribute."""
        return (self.attributes.get("class") or "").split()

    def skeleton(self) -> list[Any]:
        """Tags and names of attributes, without what they say."""
        return [self.tag, sorted(self.attributes), [one.skeleton() for one in self.inner]]


class Tree(HTMLParser):
    """Reads a page into elements; fails on an element that is not closed in its turn."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.root = Element("", {})
        self._open = [self.root]
        self.feed(page)
        self.close()
        assert self._open == [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        assert len(element.attributes) == len(attrs), f"an attribute stands twice in {tag}"
        self._open[-1].inner.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._open[-1].inner.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        for element in self._open:
            element.words.append(data)


def read(page: str) -> Element:
    """The page as elements."""
    return Tree(page).root


def cards(page: str) -> dict[str, Element]:
    """The cases of the page by id."""
    return {str(one.attributes["id"]): one for one in read(page).all("article")}


def described(card: Element) -> dict[str, Element]:
    """What a card says, by the word before it (应为, 依据, 实答, 引用)."""
    (terms,) = card.all("dl")
    return {term.text: told for term, told in zip(terms.all("dt"), terms.all("dd"), strict=True)}


def measured(**values: Any) -> Summary:
    """A run with these measures (value, denominator, and perhaps low and high), and outcomes by id."""
    outcomes = {
        name: Outcome(correct=not cause, recalled=None, cause=cause)
        for name, cause in values.pop("outcomes", {}).items()
    }
    names = ("value", "denominator", "low", "high")
    measures = {name.replace("_at_", "@"): dict(zip(names, one, strict=False)) for name, one in values.items()}
    return Summary(
        cases=4, measures=measures,
        by_type={}, by_notice={}, false_answers=[], false_refusals=[], errors=[], outcomes=outcomes, fingerprint="印",
        cost={"median_ms": 29.4, "p95_ms": 41.0, "median_embedding_ms": 22.0, "median_ratio": 1.336},
    )  # fmt: skip


def headline(page: str) -> dict[str, list[tuple[str, str]]]:
    """The rows of the first table: each cell's text and its colour."""
    rows = read(page).all("table")[0].all("tbody")[0].all("tr")
    return {
        one.all("td")[0].text: [(cell.text, "".join({"up", "down"} & set(cell.classes))) for cell in one.all("td")[1:]]
        for one in rows
    }
