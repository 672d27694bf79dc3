"""The first words of an answer: yes, no, or the asker's number beside the rule's; nothing where the quote is silent."""

from __future__ import annotations

import pytest

from app.answer.verdict import first_words
from app.model import Inquiry
from app.service import Service

FORBIDDEN = "从业人员未经培训合格不得上岗。"
NO_STOREYS = "严禁违规加层加盖。"
NOT_THE_WALLS = "装饰装修不得擅自变动建筑主体和承重结构。"
APPRAISAL = "自建房转为经营用途的，必须取得相关审批手续和房屋安全鉴定合格证明。"
APPROVAL = "经营性自建房新改扩建必须依法办理审批手续。"
BOTH = "新改扩建必须依法办理审批手续，严禁违规加层加盖，装饰装修不得擅自变动建筑主体和承重结构。"
CAPACITY = "产能120万吨/年及以上和灾害严重的生产煤矿智能化改造全部开工，再建成150座智能化煤矿。"
PLAIN = "强化城镇燃气企业运行安全。"


def said(service: Service, question: str, quote: str) -> str:
    """The first words to a question, read as the service reads it."""
    return first_words(service.find(Inquiry(question=question), 1).reading, quote)


@pytest.mark.parametrize(
    ("question", "quote", "words"),
    [
        ("从业人员未经培训合格能不能上岗", FORBIDDEN, "不可以。"),
        ("没培训的从业人员可以上岗吗", FORBIDDEN, "不可以。"),
        ("自建房可以违规加层加盖吗", NO_STOREYS, "不可以。"),
        ("装修能不能擅自动承重结构", NOT_THE_WALLS, "不可以。"),
        ("自建房转为经营用途要不要房屋安全鉴定合格证明", APPRAISAL, "需要。"),
        ("自建房新改扩建是否必须办理审批手续", APPROVAL, "需要。"),
        ("年产90万吨的煤矿要不要智能化改造", CAPACITY, "您说的90万吨低于规定的120万吨。"),
        ("年产150万吨的煤矿要不要智能化改造", CAPACITY, "您说的150万吨高于规定的120万吨。"),
        ("年产120万吨的煤矿要不要智能化改造", CAPACITY, "您说的120万吨等于规定的120万吨。"),
    ],
)
def test_a_quote_that_decides(question: str, quote: str, words: str, service: Service) -> None:
    """A ban answers 能不能, a duty answers 要不要, a limit of the same measure is compared."""
    assert said(service, question, quote) == words


@pytest.mark.parametrize(
    ("question", "quote"),
    [
        pytest.param("未经培训合格能不能上岗，是不是必须培训", FORBIDDEN, id="leave and duty are both asked"),
        pytest.param("从业人员未经培训合格怎么处理", FORBIDDEN, id="neither is asked"),
        pytest.param("自建房可以加层加盖吗", NO_STOREYS, id="only doing it 违规 is banned"),
        pytest.param("装修能不能动承重结构", NOT_THE_WALLS, id="only doing it 擅自 is banned"),
        pytest.param("自建房可以装修吗", NOT_THE_WALLS, id="what is banned is another act"),
        pytest.param("新改扩建自建房不鉴定可以吗", NO_STOREYS, id="the ban is on another thing"),
        pytest.param("粉尘涉爆企业可以用湿式除尘吗", FORBIDDEN, id="the ban names nothing of the question"),
        pytest.param("自建房转为经营用途可以不鉴定吗", APPRAISAL, id="a duty is no leave"),
        pytest.param("从业人员未经培训合格要不要上岗", FORBIDDEN, id="a ban is no duty"),
        pytest.param("城镇燃气企业能不能无证经营", PLAIN, id="no rule in the quote"),
        pytest.param("年产90万吨和60万吨的煤矿要不要智能化改造", CAPACITY, id="two amounts"),
        pytest.param("500人的煤矿要不要智能化改造", CAPACITY, id="another measure"),
        pytest.param("再建90座智能化煤矿要不要全部开工", CAPACITY, id="the number of the measure is no limit"),
    ],
)
def test_a_quote_that_does_not_decide(question: str, quote: str, service: Service) -> None:
    """Nothing is said rather than a guess."""
    assert said(service, question, quote) == ""


@pytest.mark.parametrize(
    ("question", "words"),
    [("装修的时候能不能擅自动承重墙结构", "不可以。"), ("新改扩建要不要办理审批手续", "需要。")],
)
def test_only_the_part_on_the_matter_decides(question: str, words: str, service: Service) -> None:
    """Of a sentence with duties and bans, the part that names what is asked decides."""
    assert said(service, question, BOTH) == words


def test_the_answer_opens_with_the_comparison(service: Service) -> None:
    """The words stand before the quote that carries them."""
    answer = service.ask(Inquiry(question="山西年产90万吨的煤矿要不要智能化改造"))
    assert answer.text.startswith("您说的90万吨低于规定的120万吨。")
    assert [one.notice for one in answer.citations] == ["晋政发〔2024〕1号"]
