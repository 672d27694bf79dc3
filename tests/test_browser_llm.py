"""The page with a model: a real Chromium, the real service, and a scripted endpoint that is slow, wrong or down."""

from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect
from pydantic import SecretStr

from app.service import Service
from app.settings import LlmSettings
from tests.browser import HOSTILE, Visit, running_app, visiting
from tests.llm_server import Reply, ScriptedServer, scripted_server

pytestmark = pytest.mark.browser
HOUSE = "泽州2024年自建房改成饭店要办什么手续？"
MINE = "泽州2024年煤矿单班入井人数上限是多少？"
HELD = "自建房转为经营用途的，必须取得相关审批手续和房屋安全鉴定合格证明[1]。"
WRONG = "经营性自建房每周检查9次[1]。"
KEY = "sk-secret-of-the-test"


@dataclass
class Script:
    """What the endpoint answers, set by each test."""

    answer: Callable[[dict[str, Any]], Reply | str] = field(default=lambda body: HELD)

    def __call__(self, body: dict[str, Any]) -> Reply | str:
        return self.answer(body)


@pytest.fixture(scope="module")
def script() -> Script:
    return Script()


@pytest.fixture(scope="module")
def running(script: Script) -> Iterator[ScriptedServer]:
    with scripted_server(script) as opened:
        yield opened


@pytest.fixture
def endpoint(script: Script, running: ScriptedServer) -> Script:
    running.requests.clear()
    running.left.clear()
    script.answer = lambda body: HELD
    return script


@pytest.fixture(scope="module")
def base_url(browser: Browser, service: Service, running: ScriptedServer) -> Iterator[str]:
    """The page with an endpoint in its settings."""
    settings = LlmSettings(base_url=running.url, model="假模型", api_key=SecretStr(KEY), timeout=60)
    with running_app(service, settings, editable=True) as url:
        yield url


@pytest.fixture(scope="module")
def bare_url(browser: Browser, service: Service) -> Iterator[str]:
    """The page without an endpoint, where one may be set."""
    with running_app(service, LlmSettings(), editable=True) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, base_url: str) -> Iterator[Visit]:
    with visiting(browser, base_url) as opened:
        yield opened
        opened.untouched()


@pytest.fixture
def bare(browser: Browser, bare_url: str) -> Iterator[Visit]:
    with visiting(browser, bare_url) as opened:
        yield opened
        opened.untouched()


def answer_of(page: Page) -> str:
    return page.locator('[data-testid="bot"]').last.inner_text()


def until_asked(page: Page, server: ScriptedServer) -> None:
    """Wait until the endpoint has a request."""
    deadline = time.monotonic() + 40
    while not server.requests:
        assert time.monotonic() < deadline, "the endpoint is not asked"
        page.wait_for_timeout(50)


def fill_drawer(page: Page, url: str, model: str, key: str = "") -> None:
    page.get_by_role("button", name="模型设置").click()
    page.get_by_label("接口地址").fill(url)
    page.get_by_label("模型名").fill(model)
    page.get_by_label("密钥").fill(key)


def test_held_struck_and_repaired(visit: Visit, endpoint: Script, running: ScriptedServer) -> None:
    first = Reply(pieces=(HELD, WRONG, "严禁违规", *"加层加盖。"), hold_after=3)

    def answer(body: dict[str, Any]) -> Reply | str:
        return HELD if "划去" in body["messages"][-1]["content"] else first

    endpoint.answer = answer
    page = visit.page
    visit.put(HOUSE)
    expect(page.locator("#aw-chat del")).to_have_text(WRONG.replace("[1]", ""))
    expect(page.locator(".aw-reason")).to_have_text(re.compile("^（"))
    expect(page.locator(".aw-waiting")).to_have_text("模型整理中……")
    expect(page.locator(".aw-tail")).to_have_text(re.compile("^严禁违规"))
    expect(page.locator(".aw-checking")).to_have_text("核对中")
    # What was excerpted is there all the while.
    expect(page.locator(".aw-card").first).to_be_visible()
    assert "依据：" in answer_of(page)
    first.release.set()
    page.locator(".aw-gone").wait_for()
    expect(page.locator(".aw-mode")).to_have_text("模型整理 · 假模型", use_inner_text=True)
    expect(page.locator(".aw-gone summary")).to_have_text("已划去 1 句", use_inner_text=True)
    expect(page.locator(".aw-gone li").first).to_be_hidden()
    page.locator(".aw-gone summary").click()
    expect(page.locator(".aw-gone del").first).to_have_text(WRONG.replace("[1]", ""), use_inner_text=True)
    small = page.locator(".aw-elapsed").inner_text()
    assert "首字" in small
    assert "改写过一次" in small
    expect(page.locator(".aw-tail, .aw-waiting")).to_have_count(0)
    expect(page.get_by_role("button", name="停止")).to_have_count(0)
    page.locator(".aw-mark").first.click()
    expect(page.locator(".aw-card[open] mark").first).to_have_text(re.compile("^自建房转为经营用途的"))
    assert [one.headers["authorization"] for one in running.requests] == [f"Bearer {KEY}"] * 2


@pytest.mark.parametrize(
    "reply", [Reply(wait=300), Reply(pieces=(HELD, "严禁违规", "加层"), hold_after=2)], ids=["silent", "writing"]
)
def test_stop_ends_the_call_and_leaves_a_clean_page(
    visit: Visit, endpoint: Script, running: ScriptedServer, reply: Reply
) -> None:
    endpoint.answer = lambda body: reply
    page = visit.page
    visit.put(HOUSE)
    page.get_by_text("模型整理中……").wait_for()
    until_asked(page, running)
    if reply.pieces:
        page.locator(".aw-tail").wait_for()
    page.get_by_role("button", name="停止").click()
    page.locator(".aw-stopped").wait_for()
    assert running.left.wait(30), "the call goes on"
    assert page.locator('[data-testid="user"]').inner_text().strip() == HOUSE
    assert answer_of(page).startswith("已停止")
    assert "模型没有写完，以下为原文摘录。" in answer_of(page)
    expect(page.locator(".aw-waiting")).to_have_count(0)
    endpoint.answer = lambda body: "未规定"
    page.get_by_text("原文摘录", exact=True).click()
    visit.ask(MINE)
    expect(page.locator(".aw-mode").last).to_have_text("依据原文摘录", use_inner_text=True)
    expect(page.locator('[data-testid="user"]')).to_have_count(2)
    assert len(running.requests) == 1


def test_closing_the_tab_ends_the_call(
    browser: Browser, base_url: str, endpoint: Script, running: ScriptedServer
) -> None:
    endpoint.answer = lambda body: Reply(wait=300)
    with visiting(browser, base_url) as visit:
        visit.put(HOUSE)
        until_asked(visit.page, running)
    assert running.left.wait(40), "the call goes on"


def test_endpoint_that_fails_leaves_the_excerpt(visit: Visit, endpoint: Script) -> None:
    endpoint.answer = lambda body: Reply(status=500)
    visit.ask(HOUSE)
    page = visit.page
    expect(page.locator(".aw-mode")).to_have_text("依据原文摘录", use_inner_text=True)
    expect(page.locator(".aw-badge")).to_have_text("已依据通知回答", use_inner_text=True)
    outcome = page.locator(".aw-outcome").inner_text()
    assert outcome.startswith("没有采用模型的整理：大模型接口内部出错（500）")
    assert answer_of(page).count("大模型接口内部出错") == 1
    assert page.locator(".aw-card").count() > 0


def test_hostile_model_brings_no_markup(visit: Visit, endpoint: Script) -> None:
    pieces = (HELD, f"{HOSTILE}<b>全部免检</b>[1]。", "![图](http://evil.example/x.png)。", "完")
    reply = Reply(pieces=pieces, hold_after=3)
    endpoint.answer = lambda body: reply
    page = visit.page
    visit.put(f"{HOUSE}")
    page.locator("#aw-chat del").first.wait_for()
    own = "#aw-chat .message :is(img, script, iframe, b, a:not(.aw-mark, .aw-edit, .aw-correct, .aw-rate, .aw-take))"
    assert page.locator(own).count() == 0
    reply.release.set()
    page.locator(".aw-waiting").wait_for(state="detached")
    visit.idle()
    assert page.locator(own).count() == 0
    expect(page.locator(".aw-mode")).to_have_text("依据原文摘录", use_inner_text=True)
    page.locator(".aw-gone summary").click()
    assert page.locator(own).count() == 0


def test_follow_up_is_shown_as_understood_and_can_be_changed(visit: Visit) -> None:
    page = visit.page
    page.get_by_text("原文摘录", exact=True).click()
    visit.ask(HOUSE)
    assert page.locator(".aw-understood").count() == 0
    visit.ask("那高平呢？")
    meant = page.locator(".aw-meant").inner_text()
    assert "高平" in meant
    assert "自建房" in meant
    page.get_by_text("改后再问").click()
    box = page.get_by_label("您的问题")
    expect(box).to_have_value(meant)
    box.press("End")
    box.type("？")
    box.press("Enter")
    page.locator('[data-testid="user"]').nth(2).wait_for()
    assert page.locator('[data-testid="user"]').nth(2).inner_text().strip() == f"{meant}？"


def test_drawer_sets_tries_and_clears_an_endpoint(bare: Visit, endpoint: Script, running: ScriptedServer) -> None:
    page = bare.page
    assert page.locator("#aw-switch").count() == 0
    received: list[str] = []
    page.on("response", lambda response: received.append(response.text() if "/run/predict" in response.url else ""))
    fill_drawer(page, "ftp://models/v1", "假模型", KEY)
    page.get_by_role("button", name="启用").click()
    page.get_by_text("应以 http:// 或 https:// 开头").wait_for()
    expect(page.locator("#aw-outcome")).to_contain_text("接口地址")
    expect(page.get_by_label("密钥")).to_have_value("")
    assert page.locator("#aw-switch").count() == 0
    page.get_by_label("接口地址").fill(running.url)
    page.get_by_label("密钥").fill(KEY)
    page.get_by_role("button", name="测试连接").click()
    page.get_by_text("已接通 假模型：3 问答出 3").wait_for()
    assert {one.headers["authorization"] for one in running.requests} == {f"Bearer {KEY}"}
    expect(page.get_by_label("密钥")).to_have_value("")
    expect(page.get_by_label("密钥")).to_have_attribute("placeholder", "已设置，不再显示；不改可不填")
    bare.idle()
    assert KEY not in page.content()
    assert KEY not in "".join(received)
    assert len("".join(received)) > 100
    assert KEY not in page.request.get(bare.base_url + "/config").text()
    page.keyboard.press("Escape")
    page.locator("#aw-drawer").wait_for(state="hidden")
    bare.ask(HOUSE)
    expect(page.locator(".aw-mode")).to_have_text("模型整理 · 假模型", use_inner_text=True)
    page.get_by_role("button", name="模型设置").click()
    page.get_by_role("button", name="清除").click()
    page.get_by_text("已清除，答复依据原文摘录。").wait_for()
    page.get_by_role("button", name="关闭").click()
    bare.ask(HOUSE)
    expect(page.locator(".aw-mode").last).to_have_text("依据原文摘录", use_inner_text=True)


def test_key_is_not_sent_to_another_server(visit: Visit, endpoint: Script, running: ScriptedServer) -> None:
    page = visit.page
    with scripted_server(HELD) as other:
        fill_drawer(page, other.url, "别的模型")
        page.get_by_role("button", name="启用").click()
        page.get_by_text("已启用 别的模型").wait_for()
        page.get_by_role("button", name="关闭").click()
        visit.ask(HOUSE)
        expect(page.locator(".aw-mode")).to_have_text("模型整理 · 别的模型", use_inner_text=True)
        assert [one.headers.get("authorization") for one in other.requests] == [None]
    assert running.requests == []


def test_endpoint_that_is_not_there(bare: Visit) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    fill_drawer(bare.page, f"http://127.0.0.1:{port}/v1", "假模型")
    bare.page.get_by_role("button", name="测试连接").click()
    bare.page.get_by_text(f"没有接通：连不上大模型接口 http://127.0.0.1:{port}").wait_for()
    bare.page.get_by_role("button", name="关闭").click()
    bare.ask(HOUSE)
    assert "连不上大模型接口" in bare.page.locator(".aw-outcome").inner_text()


def test_two_visitors_at_once_do_not_mix(
    browser: Browser, bare_url: str, endpoint: Script, running: ScriptedServer
) -> None:
    both = threading.Barrier(2, timeout=60)  # neither answer begins before both visitors have asked

    def answer(body: dict[str, Any]) -> Reply:
        both.wait()
        text = HELD if body["model"] == "甲" else "严禁违规加层加盖[1]。"
        return Reply(pieces=tuple(text), delay=0.01)

    endpoint.answer = answer
    names = ("甲", "乙")
    with ExitStack() as stack:
        visits = [stack.enter_context(visiting(browser, bare_url)) for _ in names]
        for name, visit in zip(names, visits, strict=True):
            fill_drawer(visit.page, running.url, name, f"key-{ord(name)}")
            visit.page.get_by_role("button", name="启用").click()
            visit.page.get_by_text(f"已启用 {name}").wait_for()
            visit.page.get_by_role("button", name="关闭").click()
        visits[0].put(HOUSE)
        visits[1].put("泽州2024年自建房能不能加层加盖？")
        for visit in visits:
            visit.page.locator(".aw-badge").wait_for()
        for name, visit in zip(names, visits, strict=True):
            expect(visit.page.locator(".aw-mode")).to_have_text(f"模型整理 · {name}", use_inner_text=True)
            expect(visit.page.locator('[data-testid="user"]')).to_have_count(1)
        assert "严禁违规加层加盖" not in answer_of(visits[0].page).split("依据：")[0]
        assert "必须取得相关审批手续" not in answer_of(visits[1].page).split("依据：")[0]
        sent = {one.body["model"]: one.headers["authorization"] for one in running.requests}
        assert sent == {name: f"Bearer key-{ord(name)}" for name in names}
        prompts = {one.body["model"]: one.messages[-1]["content"] for one in running.requests}
        assert HOUSE in prompts["甲"]
        assert HOUSE not in prompts["乙"]
        visits[1].page.get_by_role("button", name="清空").click()
        expect(visits[1].page.locator(".aw-badge")).to_have_count(0)
        visits[0].settled()
        expect(visits[0].page.locator(".aw-badge")).to_have_count(1)


@pytest.mark.parametrize("width", [390, 1366])
def test_switch_and_drawer_fit(browser: Browser, base_url: str, endpoint: Script, width: int) -> None:
    with visiting(browser, base_url, width, 768) as visit:
        page = visit.page
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0
        page.get_by_role("button", name="模型设置").click()
        page.wait_for_function("document.activeElement.closest('#aw-drawer') !== null")
        box = page.locator("#aw-drawer").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= width
        assert page.get_by_label("接口地址").input_value().startswith("http://127.0.0.1:")
        expect(page.get_by_label("密钥")).to_have_value("")
        page.keyboard.press("Escape")
        for question in (HOUSE, "那高平呢？"):
            visit.ask(question)
        assert page.evaluate(overflow) == 0
        visit.tops_the_log()
