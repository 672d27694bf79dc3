"""Terms explained or only named, and the things that an answer must hold."""

from __future__ import annotations

import pytest

from app.answer.definition import is_explained, lists_members, member_count
from app.answer.terms import Wanted
from app.model import Inquiry, Status
from app.service import Service
from corpus.model import Document

ZEZHOU, OLDER_ZEZHOU = "泽政发〔2024〕1号", "泽政发〔2023〕1号"
GAOPING, LINFEN, PROVINCE = "高政发〔2024〕1号", "临政发〔2024〕1号", "晋政发〔2024〕1号"


def sentences_with(document: Document, label: str, term: str) -> list[str]:
    """The sentences of a unit that hold a term."""
    unit = next(one for one in document.units if one.label == label)
    return [f"{one}。" for one in unit.text.split("。") if term in one]


@pytest.mark.parametrize(
    ("notice", "label", "term", "explained"),
    [
        (ZEZHOU, "二、（八）", "双报告", True),
        (GAOPING, "四、（二十二）森林草原火灾", "六清行动", True),
        (LINFEN, "二、（一）5.", "三同时", True),
        (PROVINCE, "一、（三）", "五到位", True),
        (OLDER_ZEZHOU, "三、（六）", "三同时", False),
        (LINFEN, "二、（一）2.", "双红线", False),
        (PROVINCE, "三、（十三）", "两客一危", False),
        (PROVINCE, "二、（八）", "四不两直", False),
        (ZEZHOU, "三、（十二）", "不允许", False),
    ],
)
def test_is_explained(notice: str, label: str, term: str, explained: bool, documents: dict[str, Document]) -> None:
    """A sentence says what a term stands for, or only names it."""
    found = sentences_with(documents[notice], label, term)
    assert len(found) == 1
    assert is_explained(found[0], term) is explained


@pytest.mark.parametrize(
    ("sentence", "explained"),
    [
        ("“三违”是指违章指挥、违章作业、违反劳动纪律。", True),
        ("反“三违”（违章指挥、违章作业、违反劳动纪律）。", True),
        ("违章指挥、违章作业和“三违”都要查。", False),
        ("开展反“三违”活动。", False),
        ("开展反违章活动。", False),
    ],
)
def test_ways_to_explain(sentence: str, explained: bool) -> None:
    """By 是指, by brackets; a term that ends a list is itself a member of it."""
    assert is_explained(sentence, "三违") is explained


def test_members() -> None:
    """How many members a term counts, and whether as many stand before it."""
    assert [member_count(term) for term in ("六清行动", "八大特殊作业", "双报告", "5个责任人", "燃气")] == [
        6,
        8,
        0,
        5,
        0,
    ]
    assert lists_members("做到责任、措施、资金、时限和预案“五到位”。", "五到位")
    assert not lists_members("做到责任、措施“五到位”。", "五到位")


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("两客一危是哪两客哪一危", "“两客一危”"),
        ("双红线是什么意思", "“双红线”"),
        ("四不两直是什么意思", "“四不两直”"),
        ("非煤矿山复工复产的五个“不允许”是哪五个", "五个“不允许”"),
    ],
)
def test_a_term_only_named(question: str, named: str, service: Service) -> None:
    """Where no notice explains a term, that is said, and the clauses that name it are shown."""
    answer = service.ask(Inquiry(question=question))
    assert answer.status is Status.NOT_STIPULATED
    assert named in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        ("双报告是向谁报告", "向监管部门和企业职工“双报告”"),
        ("六清行动是哪六清", "清坟边、清（耕）地边、清路边"),
        ("三同时是什么", "同时设计、同时施工、同时投入生产和使用"),
    ],
)
def test_a_term_explained(question: str, quote: str, service: Service) -> None:
    """What explains a term answers."""
    answer = service.ask(Inquiry(question=question))
    assert answer.status is Status.ANSWERED
    assert all(quote in one.quote for one in answer.citations)


@pytest.mark.parametrize(
    ("question", "holding", "lacking"),
    [
        ("燃气泄漏打哪个电话", "公布燃气抢险热线。", "加强燃气安全监管。"),
        ("自建房改经营要交哪些材料", "自建房须取得鉴定合格证明。", "自建房要全面排查。"),
        ("燃气检查记录有没有模板", "燃气检查要建立台账。", "燃气检查要从严。"),
        ("燃气监管的网址是多少", "依托燃气监管平台。", "加强燃气安全监管。"),
    ],
)
def test_things_an_answer_must_hold(question: str, holding: str, lacking: str, service: Service) -> None:
    """A telephone number, papers, a form: a sentence without the thing does not answer."""
    wanted = Wanted(service.find(Inquiry(question=question), 1).reading)
    assert wanted.held_by(holding)
    assert not wanted.held_by(lacking)


@pytest.mark.parametrize("question", ["燃气泄漏了打哪个电话，泽州", "临汾煤矿复工复产要交哪些材料"])
def test_a_thing_the_notices_have_not(question: str, service: Service) -> None:
    """Asked for a thing that no clause holds, the notices do not set it."""
    assert service.ask(Inquiry(question=question)).status is Status.NOT_STIPULATED
