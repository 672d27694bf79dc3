"""Which figures of a sentence are asked for: who acts, which act, which measure."""

from __future__ import annotations

import pytest

from app.answer.figures import asked_facts, counted_noun, only_vague, states_figure
from app.model import Inquiry, Status
from app.service import Service
from corpus.facts import read_facts
from retrieval.actors import actor_of, acts_in, may_be
from retrieval.asked import asked_measures
from retrieval.model import Evidence, Reading

DUTIES = (
    "党委、政府每季度召开一次安全工作专题会，听取安全生产工作汇报，研究解决突出问题；"
    "市县安委会每月至少召开一次会议，分析安全形势、部署重点工作；"
    "市县党政领导干部每月至少赴包联地区、企业检查1次安全生产工作。"
)
DEPARTMENTS = "部门主要负责人每月至少深入一线开展1次安全生产督查检查。"
HEADS = "企业主要负责人每周至少深入现场开展1次安全风险隐患排查。"
MINES = "再建成150座智能化煤矿。"
VAGUE = "县镇两级党政领导干部要投入更大精力抓安全生产，定期深入一线检查指导。"


def evidence(text: str) -> Evidence:
    """A sentence with its facts, as found."""
    return Evidence(text=text, start=0, facts=read_facts(text), score=1.0, coverage=1.0, direct=1.0)


def reading(service: Service, question: str) -> Reading:
    """A question as the service reads it."""
    return service.find(Inquiry(question=question), 1).reading


@pytest.mark.parametrize(
    ("text", "actor"),
    [
        ("县领导每月下去几次", "leaders"),
        ("县镇两级党政领导干部", "leaders"),
        ("部门主要负责人", "department"),
        ("局长多久到企业去一次", "department"),
        ("县安委会", "committee"),
        ("县政府", "government"),
        ("企业主要负责人", "enterprise"),
        ("我们企业和安监局谁查", ""),
        ("领导小组", ""),
        ("多久查一次", ""),
    ],
)
def test_who_acts(text: str, actor: str) -> None:
    """Who acts is read off the words; who is visited does not act."""
    assert actor_of(text) == actor


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("leaders", "leaders", True),
        ("leaders", "", True),
        ("leaders", "government", True),
        ("government", "committee", True),
        ("leaders", "department", False),
        ("leaders", "committee", False),
        ("enterprise", "government", False),
    ],
)
def test_may_be(one: str, other: str, same: bool) -> None:
    """An unnamed actor may be any, a government any of its bodies; the order does not count."""
    assert may_be(one, other) is may_be(other, one) is same


@pytest.mark.parametrize(
    ("text", "acts"),
    [
        ("每月至少召开一次会议", {"meeting"}),
        ("每月至少深入一线开展1次", {"visit"}),
        ("每年组织几次演练", {"drill"}),
        ("每周培训几次", {"training"}),
        ("专家会诊", set()),
    ],
)
def test_acts(text: str, acts: set[str]) -> None:
    """Meetings, visits, drills and training are told apart."""
    assert acts_in(text) == acts


@pytest.mark.parametrize(
    ("question", "measures"),
    [
        ("罚多少钱", {"元"}),
        ("每天至少几个小时", {"小时"}),
        ("要配多少人", {"人"}),
        ("建成几座智能化煤矿", {"座"}),
        ("多久一次", set()),
    ],
)
def test_measures(question: str, measures: set[str]) -> None:
    """The measure that a question names."""
    assert asked_measures(question) == measures


@pytest.mark.parametrize(
    ("question", "sentence", "facts"),
    [
        ("市县党政领导干部每月检查几次", DUTIES, ["每月至少赴包联地区、企业检查1次"]),
        ("安委会多久开一次会", DUTIES, ["每月至少召开一次"]),
        ("党委政府多久召开一次安全工作专题会", DUTIES, ["每季度召开一次"]),
        ("企业多久检查一次安全生产", DUTIES, []),
        ("安委会多久检查一次", DUTIES, []),
        ("县领导每月检查几次", DEPARTMENTS, []),
        ("县领导每月检查几次", HEADS, []),
        ("部门主要负责人每月检查几次", DEPARTMENTS, ["每月至少深入一线开展1次"]),
        ("部门主要负责人每月开几次会", DEPARTMENTS, []),
        ("再建成多少座智能化煤矿", MINES, ["150座"]),
        ("建设智能化煤矿补贴多少钱", MINES, []),
    ],
)
def test_asked_facts(question: str, sentence: str, facts: list[str], service: Service) -> None:
    """The figures of another actor, act or measure are not the ones asked for."""
    asked = reading(service, question)
    assert [fact.text for fact in asked_facts(evidence(sentence), asked)] == facts
    assert states_figure(evidence(sentence), asked) is bool(facts)


def test_vague(service: Service) -> None:
    """定期 is said to be vague, and is no figure."""
    assert only_vague(evidence(VAGUE))
    assert not only_vague(evidence(HEADS))
    assert not states_figure(evidence(VAGUE), reading(service, "县镇党政领导干部多久检查一次"))


def test_counted_noun(service: Service) -> None:
    """The thing whose number is asked for; of a frequency there is none."""
    assert counted_noun(reading(service, "山西要建成多少座智能化煤矿")) == "智能化煤矿"
    assert counted_noun(reading(service, "山西煤矿多久检查一次")) == ""


@pytest.mark.parametrize(
    "question", ["泽州2024年县镇党政领导干部每月至少下去检查几次", "泽州2024年县领导每月下去检查几次"]
)
def test_leaders_are_not_answered_by_others(question: str, service: Service) -> None:
    """The count of the meetings, the departments and the enterprises is not that of the county's leaders."""
    answer = service.ask(Inquiry(question=question))
    assert answer.status is Status.NOT_STIPULATED
    assert "每月至少召开一次" not in answer.text
    assert "每月至少深入一线开展1次" not in answer.text
    assert "每周至少深入现场开展1次" not in answer.text


@pytest.mark.parametrize(
    ("question", "frequency"),
    [
        ("临汾市县领导每月检查几次", "市县党政领导干部每月至少赴包联地区、企业检查1次"),
        ("泽州2023年县乡领导每月下去几次", "每月至少深入一线调研指导1次"),
        ("泽州2024年各部门主要负责人每月至少检查几次", "每月至少深入一线开展1次"),
        ("泽州2024年县安委会每月开几次会", "每月至少召开一次"),
    ],
)
def test_each_by_its_own_count(question: str, frequency: str, service: Service) -> None:
    """Who is asked about is answered with the count set for them."""
    answer = service.ask(Inquiry(question=question))
    assert answer.status is Status.ANSWERED
    assert f"规定的频次：{frequency}。" in answer.text
