"""The page's part for a model, without a browser: what is written of it, its sessions, and the thread it runs in."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import aclosing

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from app.explain import MADE_WHOLE, Explanation, Line
from app.llm.client import open_model
from app.llm.hangup import HangUp
from app.llm.model import Done, Event, Extracted, Judged, LanguageModel, Message, Spent, Struck, Writing, Written
from app.model import Answer, Inquiry, Mode, Overview, Provision, Status
from app.settings import LlmSettings
from app.web import render
from app.web.asking import Base, Final, in_thread, steps
from app.web.conversation import Held
from app.web.drawer import _kept_key, _typed_settings
from app.web.progress import WAITING, Progress, progress_markdown, writing_markdown
from app.web.running import Running
from app.web.sessions import KEPT_SESSIONS, Sessions
from corpus.errors import EndpointError, QuestionError, SettingsError
from tests.llm_server import Reply, scripted_server
from tests.test_render import OWN_ATTRIBUTES, OWN_TAGS, PAYLOADS, Markup, make_answer

HOME = LlmSettings(base_url="http://127.0.0.1:1/v1", model="甲", api_key=SecretStr("home-key"))
MODEL_TAGS = OWN_TAGS | {"del"}


def held(text: str, **values: object) -> Judged:
    return Judged.model_validate({"text": text, "marks": (1,), **values})


# What is written


def test_sentences_are_held_struck_or_being_checked() -> None:
    writing = Writing(
        judged=(held("可以办。"), held("每天查9次。", reasons=("数字不在原文中", "单位不在原文中"))), tail="还应当[1]"
    )
    assert writing_markdown(writing) == (
        "可以办。<del>每天查9次。</del>"
        '<span class="aw-reason">（数字不在原文中；单位不在原文中）</span>'
        '<span class="aw-tail">还应当</span><span class="aw-checking">核对中</span>'
    )


def test_lines_of_a_list_and_of_a_table_stay_apart() -> None:
    lines = ("如下：", "- 一", "- 二", "| 甲 | 乙 |", "| --- | --- |", "| 丙 | 丁 |")
    judged = tuple(held(line, opens_line=at > 0) for at, line in enumerate(lines))
    assert writing_markdown(Writing(judged=judged, tail="尾")) == (
        "如下：\n\n- 一\n\n- 二\n\n| 甲 | 乙 |\n| --- | --- |\n| 丙 | 丁 |\n\n"
        '<span class="aw-tail">尾</span><span class="aw-checking">核对中</span>'
    )


def progress(writing: Writing | None = None, **values: object) -> Progress:
    return Progress(**{"turn": 1, "model": "甲", "seconds": 3, "base": make_answer(), "writing": writing, **values})  # type: ignore[arg-type]


def test_excerpt_is_shown_while_the_model_writes() -> None:
    waiting = '<span class="aw-waiting aw-writing">模型整理中……</span> <span class="aw-mode">3 秒 · 甲</span>'
    excerpt = render.body_markdown(make_answer(), 1)
    assert progress_markdown(progress()) == f"{waiting}\n\n{excerpt}"
    written = progress_markdown(progress(Writing(judged=(held("可以办。"),))))
    assert written == f"{waiting}\n\n可以办。\n\n依据：\n\n{excerpt}"
    again = progress_markdown(progress(Writing(repairing=True), struck_before=2))
    assert "划去 2 句，模型改写中……" in again
    elsewhere = progress_markdown(progress(base=make_answer(status=Status.NOT_STIPULATED)))
    assert elsewhere == f"{waiting}\n\n按原来的问法没有查到规定，模型正在换一种说法再查。"


@pytest.mark.parametrize("payload", PAYLOADS)
def test_model_brings_no_markup(payload: str) -> None:
    writing = Writing(judged=(held(payload), held(payload, reasons=(payload,), opens_line=True)), tail=payload)
    struck = Struck(text=payload, reasons=(payload,))
    written = Written(model=payload, struck=(struck,), fallback=payload, understood=payload)
    pages = (
        progress_markdown(progress(writing, model=payload)),
        render.answer_markdown(make_answer(f"{payload}[1]", mode=Mode.LLM), 1, written, 2.0),
        render.stopped_markdown(1, make_answer(payload), payload),
    )
    for page in pages:
        markup = Markup(page)
        assert markup.tags <= MODEL_TAGS
        assert markup.attributes <= OWN_ATTRIBUTES
        assert all(link.startswith("#") for link in markup.links)
        assert "](" not in page
        assert "://" not in page


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_of_a_model_brings_markup(one: str, two: str) -> None:
    writing = Writing(judged=(held(one), held(two, reasons=(one or "无",), opens_line=True)), tail=two)
    written = Written(model=one, struck=(Struck(text=two, reasons=(one or "无",)),), understood=two)
    for page in (writing_markdown(writing), render.answer_markdown(make_answer(one), 1, written)):
        markup = Markup(page)
        assert markup.tags <= MODEL_TAGS
        assert all(link.startswith("#") for link in markup.links)


def test_answer_of_a_model_says_who_how_long_and_what_was_struck() -> None:
    struck = (Struck(text="每天9次。", reasons=("数字不在原文中",)),)
    answer = make_answer(mode=Mode.LLM, timings_ms={"total": 40.0, "llm_first_token": 1200.0})
    page = render.answer_markdown(answer, 1, Written(model="qwen_2", struck=struck, repaired=True, dropped=3), 8.42)
    parts = page.split("\n\n")
    assert parts[0].endswith('<span class="aw-mode">模型整理 · qwen&#95;2</span>')
    assert parts[-2] == (
        '<span class="aw-elapsed">用时 8.4 秒（查阅 40 毫秒，首字 1.2 秒）；改写过一次；'
        "有 3 段材料超出模型的上下文，没有给它</span>"
    )
    assert parts[-1] == (
        '<details class="aw-gone"><summary>已划去 1 句</summary><ul><li><del>每天9次。</del>'
        '<span class="aw-reason">（数字不在原文中）</span></li></ul></details>'
    )


def test_fallback_is_said_once_and_above_the_excerpt() -> None:
    answer = make_answer("不得加层。[1]\n\n（连不上接口，以上为原文摘录。）")
    page = render.answer_markdown(answer, 1, Written(model="甲", fallback="连不上接口"))
    parts = page.split("\n\n")
    assert parts[1] == '<span class="aw-outcome">没有采用模型的整理：连不上接口。以下为原文摘录。</span>'
    assert parts[2].startswith("不得加层。<a")
    assert page.count("连不上接口") == 1
    assert "依据原文摘录" in parts[0]


def test_question_understood_otherwise_is_shown() -> None:
    whole = Explanation(reading=(Line(label=MADE_WHOLE, value="高平的自建房？"),), notices=(), passages=())
    assert render.meant_by(make_answer(explanation=whole)) == "高平的自建房？"
    assert render.meant_by(make_answer(explanation=whole), Written(understood="自建房审批？")) == "自建房审批？"
    assert render.meant_by(make_answer()) == ""
    page = render.answer_markdown(make_answer(explanation=whole), 1)
    assert '理解为：<span class="aw-meant">高平的自建房？</span> <a class="aw-edit" href="#aw-box"' in page


def test_stopped_question_keeps_its_excerpt() -> None:
    running = Running(turn=2, question="问", model="甲")
    assert running.reply() == WAITING
    assert running.stopped().reply.split("\n\n") == [
        '<span class="aw-badge aw-stopped">已停止</span>',
        "这个问题没有答完；需要时请再问一次。",
    ]
    running.take(Base(Held(make_answer())))
    stopped = running.stopped()
    assert stopped.held == Held(make_answer())
    assert stopped.reply.startswith(
        '<span class="aw-badge aw-stopped">已停止</span> <span class="aw-badge aw-answered">'
    )
    assert "模型没有写完，以下为原文摘录。" in stopped.reply


def test_fault_after_the_excerpt_leaves_the_excerpt() -> None:
    running = Running(turn=1, question="问", model="甲")
    assert running.finished() is None
    running.take(Base(Held(make_answer())))
    running.take(Writing(judged=(held("一。"), held("二。", reasons=("无",)))))
    running.take(Writing(repairing=True))
    assert "划去 1 句，模型改写中……" in running.reply()
    running.break_off("坏了")
    exchange = running.finished()
    assert exchange is not None
    assert exchange.held == Held(make_answer())
    assert "没有采用模型的整理：坏了。" in exchange.reply


def test_error_before_the_excerpt_is_one_line() -> None:
    running = Running(turn=1, question="问", model="甲")
    running.break_off("索引<坏了")
    exchange = running.finished()
    assert exchange is not None
    assert exchange.held is None
    assert exchange.reply == '<span class="aw-badge aw-failed">未能回答</span>\n\n索引&#60;坏了'


# Sessions


def test_sessions_are_apart_and_bounded() -> None:
    sessions = Sessions(LlmSettings(), open_model)
    first = sessions.of("a")
    first.set_endpoint(HOME)
    assert sessions.of("a") is first
    assert sessions.endpoint(sessions.of("b")) is None
    assert sessions.endpoint(first) is HOME
    assert sessions.of(None) is not sessions.of(None)
    for number in range(KEPT_SESSIONS - 2):
        sessions.of(str(number))
    sessions.of("a")
    sessions.of("one more")
    assert sessions.of("a") is first
    sessions.forget("a")
    assert first.own is None
    assert sessions.of("a") is not first
    sessions.forget("never seen")


def test_each_endpoint_is_opened_once() -> None:
    opened: list[LlmSettings] = []

    def opener(settings: LlmSettings) -> LanguageModel:
        opened.append(settings)
        return FakeModel()

    sessions = Sessions(HOME, opener)
    one, two = sessions.of("a"), sessions.of("b")
    assert sessions.model(one, HOME) is sessions.model(two, HOME)
    own = HOME.model_copy(update={"model": "乙"})
    one.set_endpoint(own)
    assert sessions.model(one, own) is sessions.model(one, own)
    assert sessions.model(one, own) is not sessions.model(two, HOME)
    assert opened == [HOME, own]
    one.set_endpoint(None)
    sessions.model(one, own)
    assert one._opened is None


@pytest.mark.parametrize(
    ("values", "message"),
    [
        (("", "甲", "", 60, 8192), "请填写接口地址"),
        (("http://127.0.0.1/v1", " ", "", 60, 8192), "请填写模型名"),
        (("http://127.0.0.1/v1", "甲", "", 0, 8192), "超时应在 1 到 3600 秒之间"),
        (("http://127.0.0.1/v1", "甲", "", None, 8192), "超时应在 1 到 3600 秒之间"),
        (("http://127.0.0.1/v1", "甲", "", 60, 100), "上下文长度应在 1024 到 10000000 之间"),
        (("http://我/v1", "甲", "", 60, 8192), "设置“接口地址”的值不对"),
        (("http://127.0.0.1/v1", "甲", "钥匙一把", 60, 8192), "设置“密钥”的值不对"),
    ],
)
def test_wrong_values_are_said_in_one_chinese_line(values: tuple[str, str, str, float, float], message: str) -> None:
    with pytest.raises(SettingsError) as raised:
        _typed_settings(HOME, *values)
    assert str(raised.value).startswith(message)
    assert "\n" not in str(raised.value)
    assert "llm." not in str(raised.value)
    assert "钥匙一把" not in str(raised.value)


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("http://127.0.0.1:1/v1", "home-key"),
        ("http://127.0.0.1:1/other", "home-key"),
        ("http://127.0.0.1:2/v1", None),
        ("https://127.0.0.1:1/v1", None),
        ("http://evil.example:1/v1", None),
    ],
)
def test_key_stays_with_its_server(url: str, kept: str | None) -> None:
    typed = _typed_settings(HOME, url, "甲", "", 60, 8192)
    key = _kept_key(typed, (None, HOME))
    assert (key.get_secret_value() if key else None) == kept


# The thread


class FakeModel:
    """A model that the service below does not even ask."""

    name, context, limit = "甲", 8192, 600

    def stream(self, messages: Sequence[Message], limit: int) -> Iterator[str]:
        yield ""

    def spent(self) -> Spent:
        return Spent()


class FakeService:
    """A service whose writing a test scripts."""

    def __init__(self, events: Sequence[Event], fault: Exception | None = None) -> None:
        self._events, self._fault = events, fault
        self.closed = False

    def ask(self, inquiry: Inquiry) -> Answer:
        if not inquiry.question:
            raise QuestionError("问题是空的")
        return make_answer()

    def write(self, inquiry: Inquiry, model: LanguageModel) -> Iterator[Event]:
        try:
            yield Extracted(answer=self.ask(inquiry))
            yield from self._events
            if self._fault:
                raise self._fault
        finally:
            self.closed = True

    def overview(self) -> Overview:
        return Overview(regions=(), years=())

    def provision(self, notice: str, label: str) -> Provision | None:
        return None


def test_steps_of_both_ways() -> None:
    done = Done(answer=make_answer("整理。[1]", mode=Mode.LLM), written=Written(model="甲"))
    service = FakeService([Writing(tail="整"), done])
    base = Held(make_answer(), (None,))
    assert list(steps(service, Inquiry(question="问"), None)) == [Final(base, Written())]
    assert list(steps(service, Inquiry(question="问"), FakeModel)) == [
        Base(base),
        Writing(tail="整"),
        Final(Held(done.answer, (None,)), done.written),
    ]
    taking = steps(service, Inquiry(question="问"), FakeModel)
    service.closed = False
    next(taking)
    next(taking)
    taking.close()
    assert service.closed


def test_excerpt_stands_where_the_model_cannot_be_opened() -> None:
    def broken() -> LanguageModel:
        raise SettingsError("接口地址不对")

    taking = steps(FakeService([]), Inquiry(question="问"), broken)
    assert next(taking) == Base(Held(make_answer(), (None,)))
    with pytest.raises(SettingsError, match="接口地址不对"):
        next(taking)


def batches(make: Callable[[], Iterator[int]], beat: float = 5.0) -> list[list[int]]:
    async def collect() -> list[list[int]]:
        return [batch async for batch in in_thread(make, beat)]

    return asyncio.run(collect())


def test_items_come_in_order_and_errors_after_them() -> None:
    assert [item for batch in batches(lambda: iter(range(50))) for item in batch] == list(range(50))

    def broken() -> Iterator[int]:
        yield 1
        raise EndpointError("断了")

    seen: list[int] = []

    async def take() -> None:
        async for batch in in_thread(broken, 5.0):
            seen.extend(batch)

    with pytest.raises(EndpointError, match="断了"):
        asyncio.run(take())
    assert seen == [1]


def test_beat_comes_while_nothing_does() -> None:
    released = threading.Event()

    def slow() -> Iterator[int]:
        released.wait(60)
        yield 1

    async def take() -> list[list[int]]:
        came = []
        async for batch in in_thread(slow, 0.02):
            came.append(batch)
            if len(came) == 2:
                released.set()
        return came

    came = asyncio.run(take())
    assert came[:2] == [[], []]
    assert [batch for batch in came if batch] == [[1]]


def test_leaving_closes_the_iterator() -> None:
    closed = threading.Event()

    def endless() -> Iterator[int]:
        try:
            while True:
                yield 1
                time.sleep(0.005)
        finally:
            closed.set()

    async def take() -> None:
        async with aclosing(in_thread(endless, 5.0)) as items:
            async for _ in items:
                break

    asyncio.run(take())
    assert closed.wait(30)


@pytest.mark.parametrize(
    "reply", [Reply(wait=300), Reply(pieces=("一", "二", "三"), hold_after=2)], ids=["silent", "writing"]
)
def test_hanging_up_ends_a_call_that_waits(reply: Reply) -> None:
    hangup, ended = HangUp(), threading.Event()
    with scripted_server(reply) as server:
        model = open_model(LlmSettings(base_url=server.url, model="甲", timeout=120))

        def call() -> None:
            with hangup.heeded(), pytest.raises(EndpointError):
                list(model.stream([Message(role="user", content="问")], 16))
            ended.set()

        thread = threading.Thread(target=call, daemon=True)
        thread.start()
        deadline = time.monotonic() + 60
        while not server.requests and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.requests
        hangup.now()
        assert ended.wait(30)
        assert server.left.wait(30)
        # A call that begins later in the same thread ends as it begins, and other threads' calls go on.
        asked = len(server.requests)
        late = threading.Thread(target=call, daemon=True)
        ended.clear()
        late.start()
        assert ended.wait(30)
        assert len(server.requests) == asked


def test_head_does_not_claim_to_be_offline_with_a_model_elsewhere() -> None:
    overview = Overview(regions=(), years=())
    assert not HOME.leaves_machine
    assert not LlmSettings().leaves_machine
    assert LlmSettings(base_url="https://api.example.com/v1", model="甲").leaves_machine
    assert "离线运行" in render.header_html(overview)
    assert "离线运行" not in render.header_html(overview, leaves_machine=True)
