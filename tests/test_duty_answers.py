"""Questions for the duties of an office (县应急局负责哪些事), answered from the brackets by the real service."""

from __future__ import annotations

import re

import pytest

from app.check.citations import check
from app.check.evidence import asked_in
from app.model import Answer, Draft, Inquiry, Status, Turn
from app.service import Service
from app.web.render import answer_markdown
from app.web.safe import duties_link

ZEZHOU, GAOPING, SHANXI, LINFEN = "泽政发〔2024〕1号", "高政发〔2024〕1号", "晋政发〔2024〕1号", "临政发〔2024〕1号"


def ask(service: Service, question: str, region: str | None = None, *before: str) -> Answer:
    """Ask, after other questions of the same conversation."""
    history = tuple(Turn(role="user", content=content) for content in before)
    return service.ask(Inquiry(question=question, region=region, history=history))


def of(answer: Answer) -> set[str]:
    """The notices that an answer cites."""
    return {one.notice for one in answer.citations}


@pytest.mark.parametrize(
    ("question", "region", "notices", "said"),
    [
        ("县应急局负责哪些事", None, {ZEZHOU}, "把县应急管理局列为责任单位的条款，共20条："),
        ("市应急局负责哪些工作？", "高平市", {GAOPING}, "把市应急局列为责任单位的条款，共19条："),
        ("泽州县住建局牵头哪些条款", None, {ZEZHOU}, "写明由县住房和城乡建设管理局牵头的条款，共1条："),
        ("请列出泽州县能源局的责任清单", None, {ZEZHOU}, "县能源局列为责任单位的条款，共6条："),
        ("高平的消防队承担哪些职责", None, {GAOPING}, "市消防救援大队列为责任单位的条款，共7条："),
        ("省应急厅负责什么", "泽州县", {SHANXI}, "省应急厅列为责任单位"),
        ("应急局管什么", None, {ZEZHOU, GAOPING, LINFEN}, "市应急局列为责任单位"),
        ("临汾市住建局和泽州县住建局分别负责哪些", None, {ZEZHOU, LINFEN}, "市住建局列为责任单位的条款，共6条："),
        ("县应急局独自负责的条款有哪些", None, {ZEZHOU}, "写明由县应急管理局独自负责的条款，共1条："),
        ("县应急局单独负责哪几条", None, {ZEZHOU}, "写明由县应急管理局独自负责的条款，共1条："),
        ("哪些条款由应急局一家负责", "泽州县", {ZEZHOU}, "写明由县应急管理局独自负责的条款，共1条："),
        (
            "县水务局独自负责哪些",
            None,
            {ZEZHOU},
            "没有条款写明由“县水务局”独自负责；以下是把该单位列为责任单位",
        ),
        ("应急局和住建局分别负责哪些", "泽州县", {ZEZHOU}, "县住房和城乡建设管理局列为责任单位的条款，共7条："),
    ],
)
def test_answered_from_the_brackets(
    service: Service, question: str, region: str | None, notices: set[str], said: str
) -> None:
    answer = ask(service, question, region)
    assert answer.status is Status.ANSWERED
    assert of(answer) == notices
    assert said in answer.text
    for one in answer.citations:
        assert re.fullmatch("（.*）", one.quote), "only brackets are quoted"
        assert one.quote in one.clause_text


def test_a_long_list_is_cut_and_counted(service: Service) -> None:
    answer = ask(service, "泽州县应急局负责哪些事")
    bullets = [line for line in answer.text.splitlines() if line.startswith("- ")]
    assert len(bullets) == 13
    assert bullets[-1] == "- 另有8条未列出，完整清单见“责任清单”。"
    assert bullets[0] == "- 独自负责：泽政发〔2024〕1号 四、（二十二）地震灾害[1]"
    assert "- 负责（与其他单位）：泽政发〔2024〕1号 七、（三十）" in answer.text
    assert [(one.notice, one.office) for one in answer.lists] == [(ZEZHOU, "县应急管理局")]
    assert "lists" not in answer.model_dump_json()
    shown = answer_markdown(answer, 1)
    assert f'<a href="{duties_link(ZEZHOU, "县应急管理局")}">泽州县2024年 县应急管理局</a>' in shown
    assert "「" not in answer.text
    assert "督促落实：泽政发〔2024〕1号 二、（六）强化重大风险源头防范[" in answer.text


def test_who_leads_nothing_is_told_so(service: Service) -> None:
    answer = ask(service, "泽州县应急局牵头哪些条款")
    assert "没有条款写明由“县应急管理局”牵头；以下是把该单位列为责任单位的条款，共20条：" in answer.text
    assert not re.search("^- 牵头：", answer.text, re.MULTILINE)


def test_the_proviso_stands_for_the_towns(service: Service) -> None:
    answer = ask(service, "乡镇政府要负责哪些")
    assert of(answer) == {ZEZHOU, GAOPING}
    assert "「（县安委办、各乡镇人民政府负责。以下均需各乡镇人民政府负责，不再一一列出）」" in answer.text
    assert answer.text.count("其后各条也都由该单位负责") == 2


@pytest.mark.parametrize(
    ("question", "text"),
    [
        ("泽州县城管局负责什么", "泽州县2024年的通知没有规定由“县城管局”负责的条款。"),
        ("2023年泽州县应急局负责哪些事", "泽州县2023年的通知没有规定责任单位。"),
    ],
)
def test_what_no_bracket_says_is_not_stipulated(service: Service, question: str, text: str) -> None:
    answer = ask(service, question)
    assert (answer.status, answer.text) == (Status.NOT_STIPULATED, text)


def test_a_notice_without_brackets_shows_where_it_names_the_office(service: Service) -> None:
    answer = ask(service, "2023年泽州县安委办负责什么")
    assert answer.status is Status.NOT_STIPULATED
    assert "没有逐条写明责任单位" in answer.text
    assert of(answer) == {"泽政发〔2023〕1号"}
    assert all("安委办" in one.quote or "安全生产委员会办公室" in one.quote for one in answer.citations)


@pytest.mark.parametrize("question", ["我局2024年负责哪些", "本局负责哪几条", "咱们局牵头哪些工作？"])
def test_my_office_is_asked_back(service: Service, question: str) -> None:
    answer = ask(service, question, "泽州县")
    assert (answer.status, answer.citations) == (Status.NOT_STIPULATED, ())
    assert answer.text == "请写明是哪个单位，再问一次；也可以在“责任清单”中选择单位查看。"


def test_my_office_with_a_subject_is_another_question(service: Service) -> None:
    assert "请写明是哪个单位" not in ask(service, "我局燃气检查负责哪些", "泽州县").text


def test_the_next_turn_moves_to_another_place(service: Service) -> None:
    answer = ask(service, "那高平呢？", None, "泽州县林业局负责哪些事")
    assert of(answer) == {GAOPING}
    assert "市林业局列为责任单位的条款，共3条：" in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "燃气由谁负责",
        "县应急局在燃气方面负责什么",
        "企业负责哪些",
        "哪些部门负责消防",
        "乡镇要不要负责自建房",
        "县应急局",
    ],
)
def test_questions_with_another_subject_stay_as_they_were(service: Service, question: str) -> None:
    assert "列为责任单位的条款" not in ask(service, question).text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("共1条", "共2条"),
        ("由县住房和城乡建设管理局牵头", "由县公安局牵头"),
        (
            "写明由县住房和城乡建设管理局牵头的条款",
            "没有条款写明由“县住房和城乡建设管理局”牵头；以下是把该单位列为责任单位的条款",
        ),
        ("- 牵头：", "- 督促企业落实："),
        ("泽州县2024年的通知", "高平市2024年的通知"),
    ],
)
def test_an_altered_answer_is_blocked(service: Service, old: str, new: str) -> None:
    answer = ask(service, "泽州县住建局牵头哪些条款")
    assert old in answer.text
    draft = Draft(status=answer.status, text=answer.text.replace(old, new), citations=answer.citations)
    assert check(draft, asked_in(answer), service.units, service.documents) != []


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        ("泽州县应急局负责哪些事", "共20条", "共21条"),
        ("泽州县应急局负责哪些事", "另有8条", "另有9条"),
        ("泽州县应急局负责哪些事", "另有8条", "另有18条"),
        ("泽州县应急局负责哪些事", "- 分工负责：泽政发〔2024〕1号 三", "- 独自负责：泽政发〔2024〕1号 三"),
        ("泽州县应急局负责哪些事", "把县应急管理局列为责任单位", "写明由县应急管理局独自负责"),
        ("泽州县住建局牵头哪些条款", "- 牵头：", "- 独自负责："),
        ("县应急局独自负责哪几条", "由县应急管理局独自负责", "由县公安局独自负责"),
        ("县应急局独自负责哪几条", "共1条", "共11条"),
        ("县应急局独自负责哪几条", "的通知写明由县应急管理局独自负责的条款",
         "的通知：没有条款写明由“县应急管理局”独自负责；以下是把该单位列为责任单位的条款"),
    ],
)  # fmt: skip
def test_a_wrong_count_or_part_is_blocked(service: Service, question: str, old: str, new: str) -> None:
    answer = ask(service, question)
    assert old in answer.text
    sound = Draft(status=answer.status, text=answer.text, citations=answer.citations)
    assert check(sound, asked_in(answer), service.units, service.documents) == []
    draft = sound.model_copy(update={"text": answer.text.replace(old, new, 1)})
    assert check(draft, asked_in(answer), service.units, service.documents) != []


def test_what_an_office_must_do_is_told_by_its_sentences(service: Service) -> None:
    """The sentences that begin with the office stand before its brackets; one that only names it does not."""
    answer = ask(service, "泽州2024年乡镇要干什么")
    assert answer.status is Status.ANSWERED
    told, brackets = answer.text.split("列为责任单位的条款")
    assert "「各乡镇各相关部门要定期分析研判安全风险" in told
    assert "「县安委会、乡镇政府坚持每月至少召开一次会议" in told
    assert "开展重点巡查" not in answer.text
    assert "以下均需各乡镇人民政府负责" in brackets
    assert "正文写到该单位" not in ask(service, "泽州2024年乡镇负责哪些条款").text


@pytest.mark.parametrize(("question", "bracket"), [("泽州地震灾害谁负责", "（县应急管理局负责）"),
                                                   ("泽州应急演练谁负责", "（县有关部门负责）")])  # fmt: skip
def test_one_unit_is_not_shown_as_the_only_one(service: Service, question: str, bracket: str) -> None:
    """Where the bracket names one unit, the proviso that charges the towns with the same clause is quoted, too."""
    answer = ask(service, question)
    assert answer.citations[0].quote == bracket
    assert "以下均需各乡镇人民政府负责" in answer.citations[1].quote
    assert "所引“以下均需”一句，对其后各条都适用。" in answer.text
    assert "以下均需" not in ask(service, "泽州燃气谁负责").text
