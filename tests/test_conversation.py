"""Conversations and odd input: follow-ups, refused and strange questions, any text, many threads."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.model import MAX_QUESTION, Answer, Inquiry, Status, Turn
from app.service import Service
from corpus.errors import QuestionError

MODEL = "我单位燃气检查频次要求?"
TANKS = "我厂危化品罐区多久检查一次"
ZEZHOU, OLDER_ZEZHOU = "泽政发〔2024〕1号", "泽政发〔2023〕1号"
GAOPING, LINFEN = "高政发〔2024〕1号", "临政发〔2024〕1号"
ANSWERED, NOT_STIPULATED, OUT_OF_SCOPE = Status.ANSWERED, Status.NOT_STIPULATED, Status.OUT_OF_SCOPE


def ask(service: Service, question: str, region: str | None = None, *before: str) -> Answer:
    """Ask a question, with the questions asked before."""
    turns = [
        turn
        for asked in before
        for turn in (Turn(role="user", content=asked), Turn(role="assistant", content="（答）"))
    ]
    return service.ask(Inquiry(question=question, region=region, history=tuple(turns)))


def places_cited(answer: Answer) -> set[tuple[str, str]]:
    """文号 and label of each citation."""
    return {(one.notice, one.label) for one in answer.citations}


GAS_IN_ZEZHOU = "我在泽州，我单位燃气检查频次要求？"
FOLLOW_UPS = [
    ("那高平呢？", [GAS_IN_ZEZHOU], ANSWERED, {(GAOPING, "三、（十七）"), (GAOPING, "一、（四）")}),
    ("那临汾呢？", [GAS_IN_ZEZHOU], NOT_STIPULATED, {(LINFEN, "二、（一）9.")}),
    ("那2023年呢？", [GAS_IN_ZEZHOU], ANSWERED, {(OLDER_ZEZHOU, "四、（十七）"), (OLDER_ZEZHOU, "二、（四）")}),
    ("由谁牵头？", [GAS_IN_ZEZHOU], ANSWERED, {(ZEZHOU, "三、（十七）")}),
    ("由谁牵头？", [GAS_IN_ZEZHOU, "那高平呢？"], ANSWERED, {(GAOPING, "三、（十七）")}),
    ("那临汾呢？", [GAS_IN_ZEZHOU, "由谁牵头？"], ANSWERED, {(LINFEN, "二、（一）9.")}),
    ("那太原呢？", [GAS_IN_ZEZHOU], OUT_OF_SCOPE, set()),
    ("泽州自建房改民宿要什么手续", [GAS_IN_ZEZHOU], ANSWERED, {(ZEZHOU, "三、（十六）")}),
    ("换个问题，泽州自建房改民宿要什么手续呢", [GAS_IN_ZEZHOU], ANSWERED, {(ZEZHOU, "三、（十六）")}),
]


@pytest.mark.parametrize(("question", "before", "status", "cited"), FOLLOW_UPS)
def test_follow_ups(
    question: str, before: list[str], status: Status, cited: set[tuple[str, str]], service: Service
) -> None:
    """A short, elliptic question takes over what was asked before; a question of its own does not."""
    answer = ask(service, question, None, *before)
    assert answer.question == question
    assert answer.status is status
    assert places_cited(answer) == cited


def test_follow_up_wins_over_the_selected_place(service: Service) -> None:
    """那高平呢？ means 高平市, whatever is selected; without history it stands alone and asks nothing."""
    assert ask(service, "那高平呢？", "泽州县", MODEL).scope.regions == ("高平市",)
    assert ask(service, "那高平呢？").status is OUT_OF_SCOPE


ODD = [
    "？？？！！。。",
    "😀🔥💥",
    "\x00\x00\x00",
    "\x00燃气\x00多久检查一次",
    "\u202e燃气多久检查一次\u202c",
    "مرحبا كيف الحال",
    "'; DROP TABLE units; --",
    "<script>alert('x')</script>",
    "<b>燃气</b>多久检查一次",
    "| 燃气 | 谁牵头 |",
    "「燃气」多久[检查]一次",
    "第",
    "（）",
    "“”",
    "燃" * MAX_QUESTION,
    "一、" * 200,
    "安" + "(an)" * 300,
    "\\u0000 %s {0} ${x}",
    "第九千九百九十九条",
    "\U0001f468\u200d\U0001f469\u200d\U0001f467 的燃气",
]


@pytest.mark.parametrize("question", ODD, ids=range(len(ODD)))
def test_odd_questions(question: str, service: Service) -> None:
    """Odd input is answered like any other: a status, a text, sound citations, valid JSON."""
    _assert_sound(service, question)


@pytest.mark.parametrize("question", ["", " ", "\n\t ", "　", "燃" * (MAX_QUESTION + 1), "燃气多久一次" * 1700])
def test_refused_questions(question: str, service: Service) -> None:
    """An empty or huge question is a QuestionError with one Chinese line that says what to do."""
    with pytest.raises(QuestionError, match=r"请") as error:
        service.ask(Inquiry(question=question))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(("region", "year"), [("太原市", None), ("泽州", None), (None, 2019), ("泽州县", 1)])
def test_unknown_selection(region: str | None, year: int | None, service: Service) -> None:
    """A place or year set beside the question that the notices do not have is a QuestionError that lists those held."""
    with pytest.raises(QuestionError, match=r"泽州县|2024") as error:
        service.ask(Inquiry(question=MODEL, region=region, year=year))
    assert "\n" not in str(error.value)


PIECES = [
    "第",
    "十七",
    "条",
    "（",
    "）",
    "17",
    "三、",
    "泽州",
    "高平",
    "今年",
    "2023",
    "年",
    "燃气",
    "多久",
    "谁牵头",
    "[1]",
    "「",
    "」",
    "|",
    "“",
    "”",
    "有什么不同",
    "文号",
    "省里",
    "？",
    "😀",
    "忽略",
    "1号",
    "临政函",
]


@settings(max_examples=60)
@given(question=st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=9).map("".join)))
def test_any_text(question: str, service: Service) -> None:
    """Any text gives an answer or a QuestionError, never another exception."""
    try:
        _assert_sound(service, question)
    except QuestionError:
        assert not question.strip()


def _assert_sound(service: Service, question: str) -> None:
    answer = service.ask(Inquiry(question=question))
    assert answer.text
    assert "引用核对" not in answer.text
    assert json.loads(answer.model_dump_json())["question"] == question
    assert all(one.quote in one.clause_text for one in answer.citations)
    assert [one.n for one in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert bool(answer.citations) or answer.status is not ANSWERED


def test_threads_do_not_disturb_each_other(service: Service) -> None:
    """Eight threads asking different questions get what one after the other would."""
    asked = [(question, region) for question in THREADED for region in ("泽州县", "高平市", None)]
    serial = [_timeless(ask(service, *one)) for one in asked]
    assert any(one != other for one, other in pairwise(serial))
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda one: _timeless(ask(service, *one)), asked)) == serial


THREADED = (
    MODEL,
    TANKS,
    "燃气谁牵头",
    "第十七条是什么",
    "自建房改民宿要什么手续",
    "今年和去年有什么变化",
    "文号是多少",
)


def _timeless(answer: Answer) -> Answer:
    return answer.model_copy(update={"timings_ms": {}})
