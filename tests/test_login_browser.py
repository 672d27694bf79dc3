"""Logging in, asking and leaving as a user does, in a real Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, Page, expect

from app.access.access import open_access
from app.access.users import Users
from app.settings import load_settings
from tests.browser import SlowService, Visit, running_app, watched

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
def visit(browser: Browser, door: Door) -> Iterator[Visit]:
    """A page that is still empty, with no cookie of another test."""
    context = browser.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    yield watched(context.new_page(), door.url)
    context.close()


def enter(page: Page, name: str = USER, password: str = SECRET) -> None:
    page.get_by_label("用户名").fill(name)
    page.get_by_label("密码").fill(password)
    page.get_by_label("密码").press("Enter")


def test_log_in_ask_log_out(visit: Visit, door: Door) -> None:
    page, faults = visit.page, visit.errors
    page.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    way = "#/clauses/%E6%B3%BD%E6%94%BF%E5%8F%91/x"
    page.goto(door.url + "/" + way)
    assert page.url == f"{door.url}/login{way}"
    assert page.title().startswith("登录")
    expect(page.get_by_label("用户名")).to_be_focused()
    enter(page, USER, "wrong password")
    expect(page.get_by_role("alert")).to_have_text("用户名或密码不对，请重新输入。")
    expect(page.get_by_label("用户名")).to_have_value(USER)
    expect(page.get_by_label("密码")).to_have_value("")
    expect(page.get_by_label("密码")).to_be_focused()
    enter(page)
    page.wait_for_url(door.url + "/" + way)
    page.goto(door.url + "/")
    page.get_by_label("您的问题").wait_for()
    visit.ask(GAS)
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


def test_an_expired_login_is_said_and_nothing_hangs(visit: Visit, door: Door) -> None:
    page = visit.page
    page.goto(door.url)
    enter(page)
    page.get_by_label("您的问题").wait_for()
    visit.ask(GAS)
    visit.settled()
    door.clock.now += 9 * 3600
    visit.put("自建房改成饭店要办什么手续？")
    bar = page.get_by_role("alert").filter(has_text="登录已失效")
    bar.wait_for()
    bar.get_by_role("link", name="重新登录").click()
    page.wait_for_url(f"{door.url}/login")
    enter(page)
    page.get_by_label("您的问题").wait_for()
    visit.ask(GAS)


def test_a_user_removed_in_mid_answer_sees_no_more_of_it(visit: Visit, door: Door) -> None:
    page = visit.page
    door.users.add("赵六", SECRET)
    page.goto(door.url)
    enter(page, "赵六")
    page.get_by_label("您的问题").wait_for()
    visit.put("慢：我单位燃气检查频次要求？")
    page.locator(".aw-waiting").wait_for()
    door.users.remove("赵六")
    door.service.may_answer.set()
    page.get_by_text("登录已失效").first.wait_for()
    assert page.locator(".aw-badge").count() == 0


def test_a_page_that_another_user_opened_says_so(visit: Visit, door: Door) -> None:
    page = visit.page
    door.users.add("周八", SECRET)
    page.goto(door.url)
    enter(page)
    page.get_by_label("您的问题").wait_for()
    visit.ask(GAS)
    visit.settled()
    other = page.context.new_page()  # in the same browser somebody else logs in
    other.goto(f"{door.url}/login")
    enter(other, "周八")
    other.get_by_label("您的问题").wait_for()
    asked = len(door.service.inquiries)
    visit.put("自建房改成饭店要办什么手续？")
    bar = page.get_by_role("alert").filter(has_text="这个页面是别人登录时打开的")
    bar.wait_for()
    assert len(door.service.inquiries) == asked
    bar.get_by_role("link", name="刷新网页").click()
    page.get_by_role("button", name="退出登录（周八）").wait_for()
    assert page.locator(".aw-badge").count() == 0  # and nothing of what the first one asked
    visit.ask(GAS)
