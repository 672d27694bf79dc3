"""Each metric against values worked out by hand; the definitions stand in eval/README.md."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from app.model import Answer, Citation, Status
from corpus.model import Source, Unit, UnitKind
from eval.metrics import (
    abstention,
    citation_precision,
    citation_recall,
    citations_valid,
    excludes,
    group_ranks,
    holds,
    includes,
    interval,
    is_evidence,
    ndcg,
    percentile,
    recall_at,
    reciprocal_rank,
    status_right,
)
from eval.model import Case, Quote, Retrieved

ZEZHOU, OLDER_ZEZHOU = "泽政发〔2024〕1号", "泽政发〔2023〕1号"
GAOPING, SHANXI = "高政发〔2024〕1号", "晋政发〔2024〕1号"
SOURCE = Source(file="made.txt", start=0, end=1)
CLAUSE = "燃气使用。餐饮场所必须安装报警装置，严禁使用双嘴阀。每月检查一次管线。"


def passage(text: str, notice: str = ZEZHOU) -> Retrieved:
    """A passage as retrieved."""
    return Retrieved(notice=notice, label="一、（一）", text=text)


def evidence(quote: str, notice: str = ZEZHOU) -> Quote:
    """A piece of evidence."""
    return Quote(notice=notice, quote=quote)


def cite(quote: str, notice: str = ZEZHOU, **values: Any) -> Citation:
    """A citation of the made clause."""
    made: dict[str, Any] = {
        "n": 1, "notice": notice, "label": "一、（一）", "heading": "燃气使用", "quote": quote, "clause_text": CLAUSE,
        "region": "泽州县", "year": 2024, "source": SOURCE,
    }  # fmt: skip
    return Citation(**(made | values))


def answer(status: str = "answered", citations: Sequence[Citation] = (), text: str = "") -> Answer:
    """An answer."""
    return Answer(question="问", status=Status(status), text=text, citations=tuple(citations))


@pytest.mark.parametrize(
    ("text", "notice", "quote", "expected"),
    [
        ("必须安装报警装置。", ZEZHOU, "安装报警装置", True),
        ("必须 安装\n报警装置。", ZEZHOU, "安装报警装置", True),
        ("必須安裝報警裝置", ZEZHOU, "安装报警装置", True),
        ("每月1次(以上),不限", ZEZHOU, "1次（以上），不限", True),
        ("必须安装报警装置。", ZEZHOU, "安装报警器", False),
        ("必须安装报警装置。", OLDER_ZEZHOU, "安装报警装置", False),
        ("", ZEZHOU, "安装", False),
    ],
)
def test_holds(text: str, notice: str, quote: str, expected: bool) -> None:
    """The same notice, and the quote in the passage after normalisation."""
    assert holds(passage(text, notice), evidence(quote)) is expected


def test_group_ranks() -> None:
    """The first passage that holds any alternative; one passage may serve several groups."""
    passages = [passage("无关"), passage("甲乙"), passage("甲", GAOPING), passage("丙")]
    groups = [
        [evidence("甲")],
        [evidence("甲", GAOPING)],
        [evidence("丙"), evidence("乙")],
        [evidence("丁"), evidence("丙", SHANXI)],
        [],
    ]
    assert group_ranks(groups, passages) == [2, 3, 2, None, None]
    assert group_ranks(groups, []) == [None] * 5
    assert group_ranks([], passages) == []


@pytest.mark.parametrize(
    ("ranks", "at", "first", "gain"),
    [
        ([1], {1: True, 3: True, 10: True}, 1.0, 1.0),
        ([2], {1: False, 3: True, 10: True}, 0.5, 0.63093),
        ([3], {1: False, 3: True, 10: True}, 0.33333, 0.5),
        ([10], {5: False, 10: True}, 0.1, 0.28906),
        ([11], {10: False}, 0.09091, 0.0),
        ([None], {1: False, 10: False}, 0.0, 0.0),
        ([1, 1], {1: True}, 1.0, 1.0),
        ([1, 3], {1: False, 3: True}, 1.0, 0.75),
        ([4, 2], {3: False, 5: True}, 0.5, 0.53080),
        ([1, None], {1: False, 10: False}, 1.0, 0.5),
        ([], {1: True, 10: True}, 0.0, 0.0),
    ],
)
def test_ranking(ranks: list[int | None], at: dict[int, bool], first: float, gain: float) -> None:
    """Recall wants all groups, the reciprocal rank the first, nDCG sums 1/log2(rank+1) over the number of groups."""
    assert {k: recall_at(ranks, k) for k in at} == at
    assert reciprocal_rank(ranks) == pytest.approx(first, abs=1e-5)
    assert ndcg(ranks) == pytest.approx(gain, abs=1e-5)
    assert ndcg([1, 2], k=1) == 0.5  # what lies below the depth gains nothing


@pytest.mark.parametrize(
    ("cited", "wanted", "notice", "expected"),
    [
        ("每月检查一次管线。", "每月检查一次管线", ZEZHOU, True),
        (CLAUSE, "严禁使用双嘴阀", ZEZHOU, True),
        ("检查一次管线。", "每月检查一次管线", ZEZHOU, True),
        ("必须安装报警装置", "严禁使用双嘴阀", ZEZHOU, True),
        ("每月检查一次管线。", "严禁使用双嘴阀", ZEZHOU, False),
        ("每月检查一次管线。", "每月检查一次管线", GAOPING, False),
        ("每月检查一次管线。", "别处的一句话", ZEZHOU, False),
        ("。", "严禁使用双嘴阀", ZEZHOU, False),
        ("", "严禁使用双嘴阀", ZEZHOU, False),
    ],
)
def test_is_evidence(cited: str, wanted: str, notice: str, expected: bool) -> None:
    """Contains the evidence, lies in it, or lies in its sentence; never another notice, never nothing."""
    assert is_evidence(cite(cited), evidence(wanted, notice)) is expected


def test_citation_shares() -> None:
    """Precision counts citations, recall counts groups; undefined over nothing."""
    gas, valve = [evidence("每月检查一次管线")], [evidence("别处"), evidence("严禁使用双嘴阀")]
    month, alarm = cite("每月检查一次管线。"), cite("必须安装报警装置")
    heading = cite("燃气使用。")
    assert citation_precision([month, heading, heading, alarm], [gas]) == 0.25
    assert citation_precision([month, heading, heading, alarm], [gas, valve]) == 0.5
    assert citation_precision([heading], [gas]) == 0.0
    assert citation_precision([], [gas]) is None
    assert citation_precision([month], []) is None
    assert citation_recall([month, heading], [gas, valve]) == 0.5
    assert citation_recall([month, alarm], [gas, valve]) == 1.0
    assert citation_recall([], [gas]) == 0.0
    assert citation_recall([month], []) is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, True),
        ({"quote": "每月检查两次管线"}, False),
        ({"quote": "每月 检查一次管线"}, False),
        ({"quote": ""}, False),
        ({"label": "一、（二）"}, False),
        ({"notice": GAOPING}, False),
        ({"quote": "捏造的话", "clause_text": "捏造的话"}, False),
    ],
)
def test_citations_valid(values: dict[str, str], expected: bool) -> None:
    """Verbatim in the corpus's own text of the clause named, whatever the citation says that text is."""
    unit = Unit(
        kind=UnitKind.CLAUSE, notice=ZEZHOU, path=("一、", "（一）"), label="一、（一）", text=CLAUSE, runs=(),
        source=SOURCE,
    )  # fmt: skip
    units = {(ZEZHOU, "一、（一）"): [unit]}
    good = cite("每月检查一次管线")
    assert citations_valid([], units)
    assert citations_valid([good], units)
    assert citations_valid([good, cite(**({"quote": "每月检查一次管线"} | values))], units) is expected


@pytest.mark.parametrize(
    ("answerable", "fixed", "status", "expected"),
    [
        (True, None, "answered", True),
        (True, None, "not_stipulated", False),
        (False, None, "not_stipulated", True),
        (False, None, "out_of_scope", True),
        (False, None, "answered", False),
        (False, "not_stipulated", "not_stipulated", True),
        (False, "not_stipulated", "out_of_scope", False),
        (True, "answered", "answered", True),
    ],
)
def test_status_right(answerable: bool, fixed: str | None, status: str, expected: bool) -> None:
    """The status that the case fixes, else answered exactly when answerable."""
    case = Case.model_validate({"id": "1", "question": "问", "answerable": answerable, "status": fixed})
    assert status_right(case, answer(status)) is expected


@pytest.mark.parametrize(
    ("text", "groups", "expected"),
    [
        ("每周至少 1 次 [1]", [["1次"]], True),
        ("每周至少1次", [["两次", "1次"], ["每周"]], True),
        ("每周至少1次", [["1次"], ["每月"]], False),
        ("每週至少1次", [["每周"]], True),
        ("什么也没有", [], True),
        ("什么也没有", [[]], False),
    ],
)
def test_includes(text: str, groups: list[list[str]], expected: bool) -> None:
    """Some alternative of every group, after normalisation."""
    assert includes(text, groups) is expected


@pytest.mark.parametrize(
    ("text", "words", "expected"),
    [("归县住建局管", ["省商务厅"], True), ("归省 商務廳管", ["省商务厅"], False), ("归谁管", [], True)],
)
def test_excludes(text: str, words: list[str], expected: bool) -> None:
    """None of the words, after normalisation."""
    assert excludes(text, words) is expected


@pytest.mark.parametrize(
    ("refused", "should", "expected"),
    [
        ("1100", "1010", (0.5, 0.5, 0.5)),
        ("1110", "1000", (1 / 3, 1.0, 0.5)),
        ("1000", "1110", (1.0, 1 / 3, 0.5)),
        ("0000", "1000", (0.0, 0.0, 0.0)),
        ("1000", "0000", (0.0, 0.0, 0.0)),
        ("", "", (0.0, 0.0, 0.0)),
    ],
)
def test_abstention(refused: str, should: str, expected: tuple[float, float, float]) -> None:
    """Refusing right over refusals, and over what should be refused."""
    got = abstention([one == "1" for one in refused], [one == "1" for one in should])
    assert (got["precision"], got["recall"], got["f1"]) == pytest.approx(expected)


def test_interval() -> None:
    """The same values give the same interval; it holds the mean and is as wide as theory says."""
    half = [0.0] * 50 + [1.0] * 50
    low, high = interval(half)
    assert (low, high) == interval(half) == interval(tuple(half))
    assert low == pytest.approx(0.402, abs=0.025)  # 0.5 - 1.96 * sqrt(0.25 / 100)
    assert high == pytest.approx(0.598, abs=0.025)
    assert interval([1.0] * 7) == (1.0, 1.0)
    assert interval([0.25]) == (0.25, 0.25)
    assert interval([]) == (0.0, 0.0)
    assert interval([0.0, 1.0]) == (0.0, 1.0)


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        ([], 0.5, 0.0),
        ([7.0], 0.0, 7.0),
        ([4.0, 1.0, 3.0, 2.0], 0.5, 2.0),
        (list(range(1, 21)), 0.95, 19),
        (list(range(1, 22)), 0.95, 20),
        (list(range(1, 101)), 0.07, 7),
        (list(range(1, 11)), 0.0, 1),
        (list(range(1, 11)), 1.0, 10),
    ],
)
def test_percentile(values: list[float], share: float, expected: float) -> None:
    """Nearest rank, from the least value to the greatest."""
    assert percentile(values, share) == expected
