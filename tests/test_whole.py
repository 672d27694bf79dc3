"""What an answer says of whole clauses and notices: comparisons, terms that are no longer there, several questions."""

from __future__ import annotations

import pytest

from app.answer.several import own_questions
from app.check.citations import check
from app.check.evidence import asked_in
from app.check.whole import unheld
from app.model import Answer, Draft, Inquiry, Role, Status
from app.service import Service
from index.embed import Embedder
from index.store import Index
from retrieval.lexicon import bundled_lexicon
from retrieval.search import Searcher

ZEZHOU, OLDER, PROVINCE, GAOPING = "泽政发〔2024〕1号", "泽政发〔2023〕1号", "晋政发〔2024〕1号", "高政发〔2024〕1号"
WITH_PROVINCE = "泽州城镇燃气2024年与山西省有何不同"
TWO_YEARS = "泽州燃气2023年和2024年有什么变化"
STILL = "泽州2024年还提一票否决吗"
THREE = "安全费用提多少，灭火器几年一换，电工证谁考"


def ask(service: Service, question: str, region: str | None = None, role: Role | None = None) -> Answer:
    """Ask one question."""
    return service.ask(Inquiry(question=question, region=region, role=role))


def faults(service: Service, answer: Answer, old: str = "", new: str = "") -> list[str]:
    """What the check finds in an answer, with words of it put otherwise."""
    assert old in answer.text
    text = answer.text.replace(old, new, 1) if old else answer.text
    draft = Draft(status=answer.status, text=text, citations=answer.citations)
    return check(draft, asked_in(answer), service.units, service.documents)


@pytest.mark.parametrize("question", [WITH_PROVINCE, "与省里相比泽州对燃气的要求有何不同"])
def test_what_only_one_side_has_is_shown(question: str, service: Service) -> None:
    """The county's clause has two sentences that the province's notice lacks; all of the province's stand in it."""
    answer = ask(service, question)
    assert answer.status is Status.ANSWERED
    assert "各方原文一致" not in answer.text
    lead = "泽州县2024年这一条有、山西省2024年的通知没有这样写的话："
    told = answer.text.split(lead)[1]
    assert "「深化液化石油气安全整治，加强城镇燃气及气瓶、燃气具及配件市场治理整顿。」" in told
    assert "「扎实排查治理商住混合体、餐饮场所、农贸市场等燃气使用事故隐患。」" in told
    assert "里的话，泽州县2024年的通知都有（标点、地名和机关名称不计）。" in answer.text
    assert "山西省2024年这一条有" not in answer.text


def test_two_years_are_set_against_each_other(service: Service) -> None:
    """Each side shows its own sentences, three at most, and counts the others."""
    answer = ask(service, TWO_YEARS)
    assert "泽州县2024年这一条有、泽州县2023年的通知没有这样写的话（共4句，列出3句，其余见“对照”）：" in answer.text
    older = answer.text.split("泽州县2023年这一条有、泽州县2024年的通知没有这样写的话：")[1]
    assert "「加强燃气企业经营许可动态考核。」" in older


def test_one_sentence_compared_is_said_to_be_one_sentence(service: Service) -> None:
    """What is asked of one sentence says nothing of the clauses."""
    answer = ask(service, "泽州和山西的自建房加盖有什么不同")
    assert "所引的话一致。" in answer.text
    assert "这一条有" not in answer.text


@pytest.mark.parametrize(
    ("question", "old", "new"),
    [
        (WITH_PROVINCE, "这一条有、山西省2024年", "这一条有、泽州县2024年"),
        (WITH_PROVINCE, "泽州县2024年这一条有、山西省2024年", "山西省2024年这一条有、泽州县2024年"),
        (WITH_PROVINCE, "里的话，泽州县2024年的通知都有", "里的话，泽州县2023年的通知都有"),
        (WITH_PROVINCE, "没有这样写的话：", "没有这样写的话（共9句，列出2句，其余见“对照”）："),
        (WITH_PROVINCE, "里的话，泽州县2024年的通知都有", "的原文一致"),
        (TWO_YEARS, "共4句", "共5句"),
        (TWO_YEARS, "列出3句", "列出2句"),
        (TWO_YEARS, "泽州县2024年这一条有、泽州县2023年", "泽州县2024年这一条有、高平市2024年"),
        (STILL, "泽州县2024年的通知没有提到", "泽州县2023年的通知没有提到"),
        (STILL, "没有提到“一票否决”", "没有提到“燃气”"),
        (STILL, "；泽州县2023年的通知写过", "；高平市2024年的通知写过"),
    ],
)
def test_an_untrue_word_on_whole_notices_is_found(question: str, old: str, new: str, service: Service) -> None:
    answer = ask(service, question)
    assert faults(service, answer) == []
    assert faults(service, answer, old, new) != []


def test_the_same_clauses_are_said_to_be_the_same(service: Service) -> None:
    """Two clauses cited may be called alike only when they are, names of places and organs aside."""
    answer = ask(service, WITH_PROVINCE)
    first, other = answer.citations[0], next(one for one in answer.citations if one.notice == PROVINCE)
    line = next(one for one in answer.text.splitlines() if one.startswith(f"{PROVINCE} "))
    alike = f"{ZEZHOU} {first.label}{first.heading}[{first.n}]与{PROVINCE} {other.label}{other.heading}[{other.n}]"
    assert faults(service, answer, line, f"{alike}的原文一致（标点、地名和机关名称不计）。") != []


def test_unheld_looks_through_the_whole_notice(service: Service) -> None:
    """A clause lacks nothing of itself; of another year's it has what that notice nowhere says."""
    documents = service.documents
    unit = service.units[(ZEZHOU, "三、（十七）")][0]
    assert unheld(unit, documents[ZEZHOU], [documents[ZEZHOU]]) == []
    lacking = unheld(unit, documents[ZEZHOU], [documents[PROVINCE]])
    assert len(lacking) == 2
    assert all(rule in unit.text for rule in lacking)


@pytest.mark.parametrize(
    ("question", "region"), [(STILL, None), ("还有没有一票否决", "泽州县"), ("2024年还有没有一票否决", "泽州县")]
)
def test_a_term_of_an_earlier_year(question: str, region: str | None, service: Service) -> None:
    """The notice asked does not have it: said so, with the sentence of the year that had it."""
    answer = ask(service, question, region)
    assert answer.status is Status.NOT_STIPULATED
    assert answer.text.startswith("泽州县2024年的通知没有提到“一票否决”；泽州县2023年的通知写过：")
    assert [one.notice for one in answer.citations] == [OLDER]
    assert "一票否决" in answer.citations[0].quote


def test_a_term_that_is_there_is_answered(service: Service) -> None:
    answer = ask(service, "泽州2023年还提一票否决吗")
    assert answer.status is Status.ANSWERED
    assert "没有提到" not in answer.text


def test_each_of_several_questions_is_answered(service: Service) -> None:
    """Three things are asked, and each has its own answer; the citations are numbered through."""
    answer = ask(service, THREE, "泽州县")
    blocks = answer.text.split("**")[1::2]
    assert [one for one in blocks if one.endswith("：")] == ["安全费用提多少：", "灭火器几年一换：", "电工证谁考："]
    assert "「足额提取使用安全生产费用。」" in answer.text
    assert [one.n for one in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert faults(service, answer) == []
    assert faults(service, answer, "**灭火器几年一换：**", "**灭火器每年必须换一次：**") != []


def test_what_is_one_question(index: Index, embedder: Embedder) -> None:
    """A story, and parts on one thing, stay one question."""
    reader = Searcher(index, embedder, bundled_lexicon()).reader
    for question, count in ((THREE, 3), ("燃气谁管，处罚标准是多少", 0), ("查到厂子违法了，能上哪些手段", 0),
                            ("隐患咋报，报给谁，几天", 0), ("燃气谁管，燃气多久查一次", 0)):  # fmt: skip
        assert len(own_questions(reader.read(question), reader.read)) == count, question


@pytest.mark.parametrize(
    ("question", "closing"),
    [
        ("隐患咋报，报给谁，几天", "通知没有写明“几天”。"),
        ("隐患举报奖励谁来发，奖多少钱", "通知没有写明“隐患举报奖励谁来发”。"),
        ("泽州燃气由谁负责，罚多少钱", "通知没有规定所问的数量或标准。"),
    ],
)
def test_no_part_is_dropped(question: str, closing: str, service: Service) -> None:
    """A part that nothing sets is named."""
    assert closing in ask(service, question, "泽州县").text


def test_a_long_form_does_not_contradict_the_short(service: Service) -> None:
    """An enterprise that asks three things of its gas is told the general rule on how often, as when it asks one."""
    answer = ask(service, "我厂食堂用罐装气，多长时间自己查一遍，谁来查，没查罚多少", "泽州县")
    assert answer.status is Status.ANSWERED
    assert "对各类企业的检查频次，泽州县的通知有通用规定：" in answer.text
    assert "日检日查" in answer.text
    assert "没有规定所问的频次" not in answer.text
    assert "通知没有规定所问的数量或标准。" in answer.text
