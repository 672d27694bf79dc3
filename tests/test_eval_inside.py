"""Answers stay inside the place and the year that were asked; the definition stands in eval/README.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from app.model import Answer, Citation, Status
from corpus.model import Document, Source
from eval.metrics import stays_inside
from eval.model import Case, Quote, Said

ZEZHOU, OLDER_ZEZHOU = "泽政发〔2024〕1号", "泽政发〔2023〕1号"
GAOPING, SHANXI = "高政发〔2024〕1号", "晋政发〔2024〕1号"


def evidence(quote: str, notice: str = ZEZHOU) -> Quote:
    """A piece of evidence."""
    return Quote(notice=notice, quote=quote)


def cite(quote: str, notice: str = ZEZHOU, **values: Any) -> Citation:
    """A citation, of 泽州县 2024 where nothing else is said."""
    made: dict[str, Any] = {
        "n": 1, "notice": notice, "label": "一、", "heading": "", "quote": quote, "clause_text": quote,
        "region": "泽州县", "year": 2024, "source": Source(file="made.txt", start=0, end=1),
    }  # fmt: skip
    return Citation(**(made | values))


def answer(status: str = "answered", citations: Sequence[Citation] = ()) -> Answer:
    """An answer."""
    return Answer(question="问", status=Status(status), text="", citations=tuple(citations))


@pytest.mark.parametrize(
    ("needs", "cited", "status", "expected"),
    [
        (["place"], ("山西省", 2024), "answered", True),
        (["place"], ("高平市", 2024), "answered", False),
        (["place"], ("泽州县", 2023), "answered", True),
        (["year"], ("泽州县", 2023), "answered", False),
        (["place", "year"], ("泽州县", 2023), "answered", False),
        ([], ("临汾市", 2023), "answered", True),
        (["place", "year"], ("临汾市", 2023), "not_stipulated", True),
    ],
)
def test_stays_inside(
    needs: list[str], cited: tuple[str, int], status: str, expected: bool, documents: dict[str, Document]
) -> None:
    """Nothing named: the place of the evidence and those above, its year, where the case needs them."""
    case = Case(id="1", question="问", answerable=True, evidence=((evidence("甲"),),), needs=tuple(needs))
    region, year = cited
    good, other = cite("甲"), cite("甲", region=region, year=year)
    assert stays_inside(case, answer(status, [good, other]), documents) is expected
    nothing = case.model_copy(update={"evidence": ()})
    assert stays_inside(nothing, answer(status, [good, other]), documents)


def test_province_asked_keeps_counties_out(documents: dict[str, Document]) -> None:
    """What holds above holds below, and not the other way."""
    case = Case(
        id="1", question="山西怎么要求", answerable=True, evidence=((evidence("甲", SHANXI),),), needs=("place",)
    )
    assert stays_inside(case, answer(citations=[cite("甲", SHANXI, region="山西省")]), documents)
    assert not stays_inside(case, answer(citations=[cite("甲", region="泽州县")]), documents)


@pytest.mark.parametrize(
    ("question", "history", "notice", "cited", "expected"),
    [
        ("高平和泽州各怎么说", [], ZEZHOU, "高平市", True),
        ("高平市怎么说", [], ZEZHOU, "高平市", True),
        ("泽州怎么说", [], ZEZHOU, "高平市", False),
        ("那高平呢", [], ZEZHOU, "临汾市", False),
        ("怎么说", ["user", "高平怎么说"], ZEZHOU, "高平市", True),
        ("怎么说", ["assistant", "高平市有规定。"], ZEZHOU, "高平市", False),
        ("山西怎么说", [], SHANXI, "晋城市", False),
        ("泽州怎么说", [], SHANXI, "晋城市", True),
        ("泽州怎么说", [], SHANXI, "泽州县", True),
        ("泽州怎么说", [], SHANXI, "临汾市", False),
        ("河南怎么说", [], ZEZHOU, "河南省", False),
    ],
)
def test_places_named_are_inside(
    question: str, history: list[str], notice: str, cited: str, expected: bool, documents: dict[str, Document]
) -> None:
    """A place that the asker names counts like those of the evidence, with all levels above it, if it has a notice."""
    turns = [{"role": history[0], "content": history[1]}] if history else []
    case = Case.model_validate(
        {"id": "1", "question": question, "history": turns, "answerable": True, "needs": ["place"],
         "evidence": [[{"notice": notice, "quote": "甲"}]]}
    )  # fmt: skip
    citations = [cite("甲", notice, region=documents[notice].region), cite("甲", region=cited)]
    assert stays_inside(case, answer(citations=citations), documents) is expected


@pytest.fixture(scope="module")
def uneven(documents: dict[str, Document]) -> dict[str, Document]:
    """The corpus, but with nothing newer than 2022 of 高平市."""
    return {**documents, GAOPING: documents[GAOPING].model_copy(update={"year": 2022})}


@pytest.mark.parametrize(
    ("question", "notice", "cited", "expected"),
    [
        # No year named: the evidence's, and the newest of each place, whichever that is.
        ("泽州怎么要求", OLDER_ZEZHOU, ("泽州县", 2023), True),
        ("泽州怎么要求", OLDER_ZEZHOU, ("泽州县", 2024), True),
        ("泽州怎么要求", OLDER_ZEZHOU, ("泽州县", 2022), False),
        ("泽州怎么要求", ZEZHOU, ("泽州县", 2023), False),
        ("泽州怎么要求", ZEZHOU, ("高平市", 2022), True),
        ("泽州怎么要求", ZEZHOU, ("高平市", 2024), True),
        ("泽州怎么要求", ZEZHOU, ("高平市", 2023), False),
        ("泽州怎么要求", ZEZHOU, ("泽州县", 2022), False),
        # A year named: the evidence's alone.
        ("泽州2023年怎么要求", OLDER_ZEZHOU, ("泽州县", 2023), True),
        ("泽州2023年怎么要求", OLDER_ZEZHOU, ("泽州县", 2024), False),
        ("泽州2024年怎么要求", ZEZHOU, ("泽州县", 2024), True),
        ("泽州2024年怎么要求", ZEZHOU, ("高平市", 2024), True),
        ("泽州2024年怎么要求", ZEZHOU, ("高平市", 2022), False),
    ],
)
def test_years_asked(
    question: str, notice: str, cited: tuple[str, int], expected: bool, uneven: dict[str, Document]
) -> None:
    """Where the place does not matter, the year does: of the evidence, or the newest when none is named."""
    case = Case(id="1", question=question, answerable=True, evidence=((evidence("甲", notice),),), needs=("year",))
    region, year = cited
    assert stays_inside(case, answer(citations=[cite("甲", region=region, year=year)]), uneven) is expected


@pytest.mark.parametrize(
    ("words", "named"),
    [
        ("2023年", True), ("二〇二三", False), ("23年", True), ("去年", True), ("今年", True), ("前年", True),
        ("上年", True), ("上一年", True), ("新版", True), ("旧版", True), ("老版", True), ("最近", False), ("", False),
    ],
)  # fmt: skip
def test_ways_to_name_a_year(words: str, named: bool, documents: dict[str, Document]) -> None:
    """By number, or told from another: then the newest year is not meant of itself; also in an earlier turn."""
    case = Case(id="1", question="泽州怎么要求", answerable=True, evidence=((evidence("甲", OLDER_ZEZHOU),),),
                needs=("place", "year"))  # fmt: skip
    newest = answer(citations=[cite("甲")])
    for changed in (
        case.model_copy(update={"question": f"泽州{words}怎么要求"}),
        case.model_copy(update={"history": (Said(role="user", content=f"泽州{words}怎么要求"),)}),
    ):
        assert stays_inside(changed, newest, documents) is not named
    told = case.model_copy(update={"history": (Said(role="assistant", content=f"{words}有规定。"),)})
    assert stays_inside(told, newest, documents)


@pytest.mark.parametrize("words", ["超过2000平方米的商场", "住了20年的老楼"])
def test_numbers_that_are_no_year(words: str, documents: dict[str, Document]) -> None:
    """Neither an area nor an age names a year, so the newest one is meant."""
    case = Case(id="1", question=f"泽州{words}怎么要求", answerable=True, needs=("year",),
                evidence=((evidence("甲", OLDER_ZEZHOU),),))  # fmt: skip
    assert stays_inside(case, answer(citations=[cite("甲")]), documents)


@pytest.mark.parametrize(
    ("region", "question", "expected"),
    [
        ("古县", "古县怎么要求", True),
        ("古县", "古城墙怎么要求", False),
        ("广西壮族自治区", "广西怎么要求", True),
        ("海南藏族自治州", "海南藏族自治州怎么要求", True),
    ],
)
def test_names_of_places(region: str, question: str, expected: bool, documents: dict[str, Document]) -> None:
    """A place of the corpus is named by its full or its short name, not by one character of it."""
    held = {**documents, "某政发〔2024〕1号": documents[ZEZHOU].model_copy(update={"region": region})}
    case = Case(id="1", question=question, answerable=True, evidence=((evidence("甲"),),), needs=("place",))
    assert stays_inside(case, answer(citations=[cite("甲", region=region)]), held) is expected


def test_undated_notice_is_the_newest_of_its_place(documents: dict[str, Document]) -> None:
    """Where the only notice of a place has no year, it is the newest one there is."""
    held = {**documents, GAOPING: documents[GAOPING].model_copy(update={"year": None})}
    case = Case(id="1", question="高平怎么要求", answerable=True, evidence=((evidence("甲"),),), needs=("year",))
    assert stays_inside(case, answer(citations=[cite("甲", GAOPING, region="高平市", year=None)]), held)
