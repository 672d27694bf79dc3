"""Whose figure an answer gives, what the notices only mention, and what is no question at all (everyday voices)."""

from __future__ import annotations

import pytest

from app.model import Answer, Inquiry, Role, Status
from app.service import Service

WEEKLY = "企业主要负责人每周至少深入现场开展1次"
MONTHLY = "主体集团公司党委书记、董事长、总经理每月带队检查下属公司至少2次"


def ask(service: Service, question: str, region: str | None = "高平市", role: Role | None = None) -> Answer:
    return service.ask(Inquiry(question=question, region=region, role=role))


def headline(answer: Answer) -> str:
    """The line with the figure, before any quote; empty when there is none."""
    return next((line for line in answer.text.split("「")[0].splitlines() if "规定的频次：" in line), "")


@pytest.mark.parametrize("role", [None, Role.ENTERPRISE])
@pytest.mark.parametrize(
    ("question", "figure"),
    [
        ("企业主要负责人每周查几次？", WEEKLY),
        ("老板多久下一次车间", WEEKLY),
        ("厂长每月带队检查几回", WEEKLY),
        ("总经理带队检查多少次", MONTHLY),
        ("董事长多久查一次下属公司", MONTHLY),
    ],
)
def test_the_headline_is_the_figure_of_whom_is_asked(
    service: Service, question: str, figure: str, role: Role | None
) -> None:
    """A period that the question names (每月) makes the figure of another actor no answer."""
    assert headline(ask(service, question, role=role)) == f"高平市2024年规定的频次：{figure}。"


def test_an_office_that_several_hold(service: Service) -> None:
    """主要负责人 may be an enterprise's or a department's: both stand there, and neither is the headline."""
    both = ask(service, "主要负责人多久查一次", "泽州县")
    assert {one.label for one in both.citations} == {"一、（三）", "一、（四）"}
    assert headline(both) == ""
    own = ask(service, "主要负责人多久查一次", "泽州县", Role.ENTERPRISE)
    assert headline(own) == f"泽州县2024年规定的频次：{WEEKLY}。"


@pytest.mark.parametrize(
    ("question", "post"),
    [("安全员多久查一次", "安全员"), ("分管负责人多久检查一次现场", "分管负责人"), ("车间主任一天查几次", "车间主任")],
)
def test_one_for_whom_nothing_is_set_gets_no_figure_of_another(service: Service, question: str, post: str) -> None:
    answer = ask(service, question, role=Role.ENTERPRISE)
    assert headline(answer) == ""
    assert answer.text.startswith(f"通知没有对“{post}”单独规定频次。")


@pytest.mark.parametrize(
    ("question", "region", "figure"),
    [
        ("部门主要负责人多久督查一次", "泽州县", "每月至少深入一线开展1次"),
        ("局长每月下基层查几次", "高平市", "每月至少深入一线开展1次"),
        ("市长多久检查一次", "临汾市", "市县党政领导干部每月至少赴包联地区、企业检查1次"),
        ("县长多久检查一次安全生产", "泽州县", "每月至少深入一线调研指导1次"),
    ],
)
def test_officials_keep_their_own_figure(service: Service, question: str, region: str, figure: str) -> None:
    assert headline(ask(service, question, region)).endswith(f"规定的频次：{figure}。")


@pytest.mark.parametrize(
    ("question", "region", "said", "labels"),
    [
        (
            "有限空间作业要注意什么",
            "临汾市",
            "以下条款提到“有限空间”，没有对它作出规定：",
            ["二、（一）5.", "二、（一）7."],
        ),
        ("高空作业有什么规定", "临汾市", "以下条款提到“高空作业”，没有对它作出规定：", ["二、（一）7."]),
        ("动火作业有什么规定", "高平市", "以下条款提到“特殊作业”，没有对“动火作业”作出规定：", ["三、（十三）"]),
        ("粉尘涉爆有什么要求", "高平市", "以下条款提到“粉尘涉爆”，没有对它作出规定：", ["二、（七）", "二、（六）"]),
        ("有限空间作业要注意什么", "高平市", "所查的通知没有提到“有限空间”。", []),
    ],
)
def test_what_is_only_mentioned_is_no_rule(
    service: Service, question: str, region: str, said: str, labels: list[str]
) -> None:
    """The clauses that mention it stand in order, those of the place asked for before those of a level above."""
    answer = ask(service, question, region)
    assert answer.status is Status.NOT_STIPULATED
    assert said in answer.text
    assert [one.label for one in answer.citations if one.year == 2024] == labels


@pytest.mark.parametrize(
    ("question", "region", "quote"),
    [
        ("特殊作业有什么要求", "高平市", "加强八大特殊作业安全管理"),
        ("有限空间作业有什么要求", "泽州县", "精准化解有限空间作业风险"),
        ("电焊工培训有什么要求", "泽州县", "加强特种作业人员等现场培训"),
        ("粉尘涉爆企业要不要建风险监测预警系统", "高平市", "粉尘涉爆等行业领域安全风险监测预警系统"),
        ("饭店要装报警器吗", "高平市", "可燃气体报警装置"),
        ("自建房要办审批手续吗", "泽州县", "必须依法办理审批手续"),
        ("AI视频反三违是怎么要求的", "临汾市", "大数据AI视频反“三违”系统"),
    ],
)
def test_what_is_set_is_still_answered(service: Service, question: str, region: str, quote: str) -> None:
    answer = ask(service, question, region)
    assert answer.status is Status.ANSWERED
    assert quote in answer.citations[0].quote


@pytest.mark.parametrize(
    ("question", "region"),
    [
        ("饭店要装报警器吗", "泽州县"),
        ("叉车司机要不要证", "高平市"),
        ("安委会成员单位有哪些", "泽州县"),
        ("地震了往哪跑", "泽州县"),
    ],
)
def test_a_neighbour_does_not_answer(service: Service, question: str, region: str) -> None:
    assert ask(service, question, region).status is Status.NOT_STIPULATED


def test_who_is_in_charge_of_a_work_is_said_by_a_clause_that_has_it(service: Service) -> None:
    assert {one.label for one in ask(service, "动火作业谁负责").citations} == {"三、（十三）"}


def test_naming_a_forbidden_thing_as_the_subject_is_no_statement(service: Service) -> None:
    answer = ask(service, "烧秸秆罚多少钱")
    assert answer.text.startswith("通知未规定所问的数量或标准（涉及“野外用火”）。")


@pytest.mark.parametrize("region", [None, "高平市"])
@pytest.mark.parametrize(
    "question",
    ["<script>alert(1)</script>", "alert", "AI", "PDT", "123", "？？？", "😀😀", "asdfghjkl", "你好", "的的的"],
)
def test_what_asks_nothing_is_turned_away(service: Service, question: str, region: str | None) -> None:
    answer = ask(service, question, region)
    assert answer.status is Status.OUT_OF_SCOPE
    assert answer.citations == ()
    assert len(answer.text.splitlines()) == 1
