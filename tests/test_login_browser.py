"""Logging in, asking and leaving as a user does, in a real Chromium."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.access.access import open_access
from app.access.users import Users
from app.model import Answer, Inquiry
from app.settings import load_settings
from tests.browser import ScriptedService, running_app

pytestmark = pytest.mark.browser
USER, SECRET = "王芳", "泽州 gas-2024"
GAS = "我单位燃气检查频次要求？"


class Clock:
    """A clock that stands still until it is set on."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class SlowService(ScriptedService):
    """“慢” is answered only when the test lets it."""

    may_answer: threading.Event = field(default_factory=threading.Event)

    def ask(self, inquiry: Inquiry) -> Answer:
        """Answer, if need be later."""
        if "慢" in inquiry.question:
            self.may_answer.wait(30)
        return super().ask(inquiry)


@dataclass
class Door:
    """A running server with a login."""

    url: str
    users: Users
    clock: Clock
    service: SlowService


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder, clock, service = tmp_path_factory.mktemp("data"), Clock(), SlowService()
    users = Users(folder / "users.json")
    users.add(USER, SECRET)
    with running_app(service, access=open_access(load_settings(data_dir=folder), "0.0.0.0", clock=clock)) as url:
        yield Door(url, users, clock, service)
        service.may_answer.set()


@pytest.fixture
def page(browser: Browser, door: Door) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    page = context.new_page()
    page.set_default_timeout(20_000)
    yield page
    context.close()


def enter(page: Page, name: str = USER, password: str = SECRET) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_label("密码").press("Enter")


def ask(page: Page, question: str) -> None:
    page.get_by_label("您的问题").fill(question)
    page.get_by_label("您的问题").press("Enter")


def test_log_in_ask_log_out(page: Page, door: Door) -> None:
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    way = "#/clauses/%E6%B3%BD%E6%94%BF%E5%8F%91/x"
    page.goto(door.url + "/" + way)
    assert page.url == f"{door.url}/login{way}"
    assert page.title().startswith("登录")
    expect(page.get_by_label("用户名")).to_be_focused()
    enter(page, USER, "wrong password")
    assert page.get_by_role("alert").inner_text() == "用户名或密码不对，请重新输入。"
    assert page.get_by_label("用户名").input_value() == USER
    assert page.get_by_label("密码").input_value() == ""
    expect(page.get_by_label("密码")).to_be_focused()
    enter(page)
    page.wait_for_url(door.url + "/" + way)
    page.goto(door.url + "/")
    page.get_by_label("您的问题").wait_for()
    ask(page, GAS)
    page.locator(".aw-badge").first.wait_for()
    assert page.evaluate("document.cookie") == ""
    page.get_by_role("button", name="退出登录（王芳）").click()
    page.wait_for_url(f"{door.url}/login")
    page.go_back()
    page.wait_for_url(f"{door.url}/login*")  # nothing of the page is shown again
    expect(page.get_by_label("用户名")).to_be_visible()
    assert faults == []


def test_without_scripts_the_login_works(browser: Browser, door: Door) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(door.url)
    enter(page)
    page.wait_for_url(f"{door.url}/")
    context.close()


def test_an_expired_login_is_said_and_nothing_hangs(page: Page, door: Door) -> None:
    page.goto(door.url)
    enter(page)
    page.get_by_label("您的问题").wait_for()
    ask(page, GAS)
    page.locator(".aw-badge").first.wait_for()
    page.locator(".aw-waiting").wait_for(state="detached")
    door.clock.now += 9 * 3600
    ask(page, "自建房改成饭店要办什么手续？")
    bar = page.get_by_role("alert").filter(has_text="登录已失效")
    bar.wait_for()
    bar.get_by_role("link", name="重新登录").click()
    page.wait_for_url(f"{door.url}/login")
    enter(page)
    page.get_by_label("您的问题").wait_for()
    ask(page, GAS)
    page.locator(".aw-badge").first.wait_for()


def test_a_user_removed_in_mid_answer_sees_no_more_of_it(page: Page, door: Door, tmp_path: Path) -> None:
    door.users.add("赵六", SECRET)
    page.goto(door.url)
    enter(page, "赵六")
    page.get_by_label("您的问题").wait_for()
    ask(page, "慢：我单位燃气检查频次要求？")
    page.locator(".aw-waiting").wait_for()
    door.users.remove("赵六")
    door.service.may_answer.set()
    page.get_by_text("登录已失效").first.wait_for()
    assert page.locator(".aw-badge").count() == 0
