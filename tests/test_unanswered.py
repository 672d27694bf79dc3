"""Everyday questions that no notice answers (未规定), near ones that one does, and rules said to be for others."""

from __future__ import annotations

import pytest

from app.model import Answer, Inquiry, Role, Status
from app.service import Service


def asked(service: Service, question: str, region: str = "高平市") -> Answer:
    return service.ask(Inquiry(question=question, region=region, role=Role.ENTERPRISE))


@pytest.mark.parametrize(
    "question",
    [
        "粉尘大会不会罚",
        "老板不来现场谁罚他",
        "焊工没证能干不",
        "特种作业证",
        "电工",
        "新来的工人培训几天",
        "煤气罐能搁厨房里不",
        "工人没戴安全帽咋处理",
        "燃汽泄露找谁",
        "食堂管道老化谁换",
        "夏天高温给不给放假",
        "三级教育多少学时",
        "氧气瓶乙炔瓶离多远",
        "动火",
    ],
)
def test_what_is_asked_must_be_in_the_quote(service: Service, question: str) -> None:
    """A penalty, a leave, a number of days, whom to call: a clause on the same thing that has it not is no answer."""
    assert asked(service, question).status is Status.NOT_STIPULATED


@pytest.mark.parametrize(
    ("question", "region", "label"),
    [
        ("电焊工考证培训咋要求", "高平市", "五、（二十六）"),
        ("没经过培训能上岗吗", "高平市", "一、（五）"),
        ("消防栓坏了咋整", "高平市", "三、（十八）"),
        ("煤气罐谁来查", "高平市", "三、（十七）"),
        ("经营性自建房改扩建要不要办手续", "高平市", "三、（十六）"),
        ("翻砂炉子归谁管", "高平市", "三、（十九）"),
    ],
)
def test_near_questions_stay_answered(service: Service, question: str, region: str, label: str) -> None:
    answer = asked(service, question, region)
    assert answer.status is Status.ANSWERED
    assert label in {one.label for one in answer.citations}


@pytest.mark.parametrize(
    ("question", "thing"),
    [
        ("下地坑清砂要不要人看着", "地坑"),
        ("有限空间", "有限空间"),
        ("农村公路护栏多少米", "护栏"),
        ("熔炼炉漏铁水咋办", "铁水"),
    ],
)
def test_a_thing_that_no_notice_asked_has_gets_no_clause(service: Service, question: str, thing: str) -> None:
    """Neither a clause that shares nothing with the question, nor that the question is no matter of the notices."""
    answer = asked(service, question)
    assert answer.status is Status.NOT_STIPULATED
    assert f"所查的通知没有提到“{thing}”" in answer.text
    assert answer.citations == ()


def test_a_nearest_clause_shares_the_thing(service: Service) -> None:
    days = asked(service, "新来的工人培训几天")
    assert "没有规定" in days.text or "未规定" in days.text
    assert "从业人员未经培训合格不得上岗" in days.text
    assert asked(service, "厂里出事了几个钟头报").citations == ()
    assert "工业气体充装" not in asked(service, "氧气瓶乙炔瓶离多远").text


def test_a_rule_for_another_industry_is_said_to_be_one(service: Service) -> None:
    note = "“煤矿”一条是对这一行业的规定，没有写明适用于其他企业。"
    assert note in asked(service, "外包队伍进厂咋管").text
    assert note not in asked(service, "煤矿外包队伍咋管").text
    assert "原文点名了行业或者单位的，只对点名的适用。" in asked(service, "老板要培训不").text


def test_the_governments_drill_is_not_the_enterprises(service: Service) -> None:
    text = asked(service, "应急演练一年几次").text
    assert text.index("督促企业定期开展应急疏散演练") < text.index("年内至少组织开展一次")
    assert "对企业只写了“定期”一类，没有规定具体次数；其余是对政府和部门的要求，不是对企业的。" in text


def test_no_bare_yes_to_a_duty_with_a_condition(service: Service) -> None:
    answer = asked(service, "尾矿库年底前要不要闭库", "泽州县")
    assert "需要。" not in answer.text
    assert "山西省的要求" in answer.text
    assert "停用超过3年" in answer.text


def test_departments_asked_for_are_the_bracket_alone(service: Service) -> None:
    answer = asked(service, "燃气专项整治有哪些部门", "泽州县")
    assert answer.citations[0].quote.startswith("（县住房和城乡建设管理局")


def test_a_bracket_of_another_thing_names_nobody(service: Service) -> None:
    answer = asked(service, "公共场所人员聚集2024年谁管", "泽州县")
    assert answer.status is not Status.ANSWERED
    assert "消防救援大队" not in answer.text
