"""Questions in parts, turns that lean on the subject or the place before, and comparisons."""

from __future__ import annotations

import pytest

from app.model import Answer, Inquiry, Status, Turn
from app.service import Service
from app.talk.followup import joined, place_before, standalone

ZEZHOU, GAOPING, LINFEN, PROVINCE = "泽政发〔2024〕1号", "高政发〔2024〕1号", "临政发〔2024〕1号", "晋政发〔2024〕1号"
PLACES = ("泽州县", "高平市", "山西省", "临汾市")
GRID = "高平村里要不要配安全网格员"


def inquiry(*turns: str) -> Inquiry:
    """The last turn, with those before it."""
    history = tuple(Turn(role="user", content=one) for one in turns[:-1])
    return Inquiry(question=turns[-1], history=history)


def ask(service: Service, *turns: str) -> Answer:
    """The answer to the last turn."""
    return service.ask(inquiry(*turns))


@pytest.mark.parametrize(
    ("question", "cited", "missing"),
    [
        ("高平燃气谁牵头，多久检查一次", (GAOPING, "三、（十七）"), "频次"),
        ("泽州燃气由谁负责，罚多少钱", (ZEZHOU, "三、（十七）"), "数量或标准"),
    ],
)
def test_a_part_that_is_not_set(question: str, cited: tuple[str, str], missing: str, service: Service) -> None:
    """The part that is set is answered; of the other it is said that nothing sets it."""
    answer = ask(service, question)
    assert answer.status is Status.ANSWERED
    assert [(one.notice, one.label) for one in answer.citations] == [cited]
    assert answer.citations[0].quote.endswith("等部门分工负责）")
    assert answer.text.endswith(f"通知没有规定所问的{missing}。")


def test_one_part_misses_nothing(service: Service) -> None:
    """A question of one part is not told what it did not ask."""
    assert "没有规定" not in ask(service, "高平燃气谁牵头").text


def test_joined() -> None:
    """A turn is put after the subject before it; not after a new topic, nor where nothing was asked."""
    question = joined(inquiry(GRID, "每个月补贴多少，谁发"), PLACES)
    assert question.startswith("高平")
    assert "安全网格员" in question
    assert question.endswith("每个月补贴多少，谁发？")
    assert joined(inquiry("每个月补贴多少，谁发"), PLACES) == ""
    assert joined(inquiry(GRID, "换个事，每个月补贴多少，谁发"), PLACES) == ""


def test_a_turn_that_stands_alone_is_not_put_after_another() -> None:
    """A thing and what happened to it is a question of its own; how many years, or what was named, is not."""
    assert joined(inquiry("叉车证几年审一次", "行车吊钩坏了能用不"), PLACES) == ""
    assert joined(inquiry("叉车证几年审一次", "过期了咋办"), PLACES).startswith("叉车证")
    assert joined(inquiry("化工园区要整治啥", "具体点名了哪几个地方"), PLACES).startswith("化工园区")


def test_the_notice_of_another_year_is_asked_the_same() -> None:
    """The notice is no subject, and the question before keeps its words; only its year is another."""
    turns = ("叉车证几年审一次", "行车吊钩坏了能用不", "去年的通知咋说的")
    assert standalone(inquiry(*turns), PLACES) == "去年行车吊钩坏了能用不？"
    assert standalone(inquiry("泽州燃气谁管", "省里的通知咋说的"), PLACES) == "山西省燃气谁管？"
    assert standalone(inquiry("泽州燃气谁管", "煤矿的通知咋说的"), PLACES) == "煤矿的通知咋说的"


def test_last_year_is_said_to_be_counted_from_the_newest_notice(service: Service) -> None:
    answer = ask(service, "泽州燃气谁管", "去年的通知咋说的")
    assert {one.year for one in answer.citations} == {2023}
    assert "（“去年”按资料中最新的通知算作2023年）" in answer.text


def test_a_turn_about_the_subject_before(service: Service) -> None:
    """Alone the turn is about nothing in the notices; after its subject the notices are silent on it."""
    answer = ask(service, GRID, "每个月补贴多少，谁发")
    assert answer.status is Status.NOT_STIPULATED
    assert "安全网格员" in answer.citations[0].quote
    assert {one.notice for one in answer.citations} == {GAOPING}


@pytest.mark.parametrize(
    ("turns", "place"),
    [
        (("临汾的燃气由谁负责", "煤矿复工复产怎么验收"), "临汾市"),
        (("临汾的燃气由谁负责", "谢谢", "煤矿复工复产怎么验收"), "临汾市"),
        (("临汾的燃气由谁负责", "那高平呢", "煤矿复工复产怎么验收"), "高平市"),
        (("临汾的燃气由谁负责", "换个事，煤矿复工复产怎么验收"), None),
        (("临汾和泽州的燃气有什么不同", "煤矿复工复产怎么验收"), None),
        (("煤矿复工复产怎么验收",), None),
    ],
)
def test_place_before(turns: tuple[str, ...], place: str | None, service: Service) -> None:
    """The one place of the conversation holds until another is named or a new topic is opened."""
    asked = inquiry(*turns)
    assert place_before(asked, PLACES) == place
    assert service.find(asked, 1).scope.regions == ((place,) if place else service.overview().regions)


@pytest.mark.parametrize(
    ("question", "notices", "last"),
    [
        (
            "山西和临汾再建成多少座智能化煤矿",
            {PROVINCE, LINFEN},
            "差别：山西省2024年为150座；临汾市2024年为21座。",
        ),
        ("泽州和高平企业主要负责人多久检查一次有什么不同", {ZEZHOU, GAOPING}, "所引的话一致。"),
    ],
)
def test_what_a_comparison_comes_to(question: str, notices: set[str], last: str, service: Service) -> None:
    """After the table it is said what differs, or that nothing does, and where every word is compared."""
    answer = ask(service, question)
    assert answer.status is Status.ANSWERED
    assert {one.notice for one in answer.citations} == notices
    assert answer.text.split("\n\n")[-2:] == [last, "逐条、逐字的差别见“对照”页。"]


def test_a_side_that_sets_nothing(service: Service) -> None:
    """The side that is silent shows its nearest clause as such, and no difference is drawn."""
    answer = ask(service, "山西和泽州企业主要负责人多久检查一次")
    rows = {line.split(" | ")[0].strip("| "): line for line in answer.text.splitlines() if line.startswith("| ")}
    assert "| 未规定。相关条款：「" in rows["山西省2024年"]
    assert "每周至少深入现场开展1次" in rows["泽州县2024年"]
    assert "未规定" not in rows["泽州县2024年"]
    assert "差别：" not in answer.text
    assert "一致" not in answer.text
