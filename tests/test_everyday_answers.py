"""Questions that a foundry's safety officer put to the page, and what had been wrong with their answers."""

from __future__ import annotations

import pytest

from app.model import Inquiry, Role, Status, Turn
from app.service import Service

DUTIES = "企业厂矿（车间）要日检日查、立查立改；企业主要负责人每周至少深入现场开展1次安全风险隐患排查"
TAILS = ("", "依据是哪条？", "出自哪个文件？", "有什么依据？")


def asked(service: Service, question: str, region: str = "高平市", role: Role | None = Role.ENTERPRISE) -> Inquiry:
    return Inquiry(question=question, region=region, role=role)


@pytest.mark.parametrize("tail", TAILS)
def test_asking_for_the_source_changes_nothing(service: Service, tail: str) -> None:
    """Every answer cites its clause, so 依据是哪条 is neither a subject nor a kind; and 亲自查 is not 自查."""
    answer = service.ask(asked(service, f"我们厂多久要查一次安全？领导要不要亲自查？{tail}"))
    assert answer.status is Status.ANSWERED
    assert {one.label for one in answer.citations} == {"一、（四）"}
    assert DUTIES in answer.text


@pytest.mark.parametrize("question", ["我们厂多久要查一次安全", "铸造厂多久检查一次", "我单位检查频次要求"])
def test_no_headline_picks_one_of_several_frequencies(service: Service, question: str) -> None:
    """The sentence sets one for the workshop, one for its head and one for a parent company: all stay with theirs."""
    answer = service.ask(asked(service, question))
    assert DUTIES in answer.text
    assert "规定的频次" not in answer.text


def test_a_headline_names_the_figure_of_whom_the_question_names(service: Service) -> None:
    answer = service.ask(asked(service, "集团公司董事长一个月检查几次"))
    assert answer.text.index("每月") < answer.text.index("「")


def test_an_enterprise_gets_its_own_duty_first(service: Service) -> None:
    answer = service.ask(asked(service, "应急演练一年几次"))
    assert answer.citations[0].quote.startswith("督促企业定期开展应急疏散演练")


@pytest.mark.parametrize("question", ["有限空间作业要注意什么", "动火作业要不要审批", "电焊工要不要持证"])
def test_what_no_notice_in_scope_sets_is_not_answered_by_a_neighbour(service: Service, question: str) -> None:
    assert service.ask(asked(service, question)).status is Status.NOT_STIPULATED


@pytest.mark.parametrize(("question", "region"), [("铸造厂归谁管", "高平市"), ("铸造厂谁管", "泽州县")])
def test_who_is_in_charge_of_a_foundry(service: Service, question: str, region: str) -> None:
    """The bracket alone names nobody: the sentence that names the industry, and the proviso on towns, stand with it."""
    answer = service.ask(asked(service, question, region))
    assert answer.status is Status.ANSWERED
    assert "三、（十九）" in {one.label for one in answer.citations}
    assert "冶金" in answer.text
    assert "以下均需" in answer.text


def test_a_whole_question_stands_alone_and_the_place_that_is_set_holds(service: Service) -> None:
    history = (
        Turn(role="user", content="铸造厂归泽州谁管"),
        Turn(role="assistant", content=service.ask(Inquiry(question="铸造厂归泽州谁管")).text),
    )
    answer = service.ask(Inquiry(question="加油站要不要搞演练", region="高平市", history=history))
    assert answer.scope.regions == ("高平市",)
    assert {one.region for one in answer.citations} <= {"高平市", "山西省"}
    nothing = service.ask(Inquiry(question="？？？", region="高平市", history=history))
    assert nothing.status is not Status.ANSWERED
    assert nothing.citations == ()


def test_a_comparison_points_to_the_tab(service: Service) -> None:
    answer = service.ask(Inquiry(question="泽州2024年比2023年煤矿改了什么"))
    assert answer.text.rstrip().endswith("逐条、逐字的差别见“对照”页。")
    assert "“对照”页" not in service.ask(Inquiry(question="泽州2024年燃气由谁负责？")).text
