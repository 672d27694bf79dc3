"""The workbench in a real browser: tabs by address, reload, two users at once, a slow model, no notices."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from app.empty import EmptyService
from app.service import Service
from app.settings import LlmSettings, load_settings
from tests.browser import HOSTILE, running_app, visiting
from tests.llm_server import Reply, scripted_server

pytestmark = pytest.mark.browser
TITLES = {
    "chat": "问答", "clauses": "条款", "compare": "对照", "duties": "责任清单", "ledger": "要求台账", "about": "资料",
}  # fmt: skip
QUESTION = "泽州县企业主要负责人多久排查一次？"


@pytest.fixture(scope="module")
def base_url(browser: Browser, service: Service) -> Iterator[str]:
    """The real page over the bundled notices."""
    with running_app(service) as url:
        yield url


def shows(page: Page, name: str) -> None:
    """Wait until a tab can be seen; it is the only one."""
    expect(page.locator(f"#aw-tab-{name}")).to_be_visible()
    seen = [tab.get_attribute("id") for tab in page.locator(".aw-tab").all() if tab.is_visible()]
    assert seen == [f"aw-tab-{name}"]


def test_tabs_by_link_address_and_back(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url) as visit:
        page = visit.page
        links = page.locator(".aw-nav a[data-tab]")
        assert {one.get_attribute("data-tab"): one.inner_text() for one in links.all()} == TITLES
        shows(page, "chat")
        for name, title in list(TITLES.items())[1:]:
            page.get_by_role("navigation", name="功能").get_by_role("link", name=title, exact=True).click()
            shows(page, name)
            expect(page.locator(".aw-nav a[aria-current=page]")).to_have_text(title)
            expect(page).to_have_title(f"{title} · 安问")
            expect(page.locator(f"#aw-tab-{name} h2").first).to_have_text(title)
        page.go_back()
        shows(page, "ledger")
        page.goto(f"{base_url}/#/duties")
        page.reload()
        expect(page.locator("#aw-tab-duties h2").first).to_be_visible()
        visit.untouched()


def test_addresses_that_lead_nowhere_open_the_chat(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url) as visit:
        for address in ("#/nothing", "#/", "#/%zz", "#/constructor/x", "#/clauses", "#top"):
            visit.page.goto(f"{base_url}/{address}")
            # Behind the page's own word of the new address, which came before.
            visit.page.evaluate("new Promise(done => setTimeout(done, 50))")
            shows(visit.page, "clauses" if address == "#/clauses" else "chat")
        visit.untouched()


def test_the_head_holds_tabs_state_and_name_side_by_side(browser: Browser, base_url: str) -> None:
    """As when a user is logged in, whose name and 退出 the page's script adds."""
    with visiting(browser, base_url, 1920, 768) as visit:
        page = visit.page
        page.evaluate(
            """name => {
                const form = document.createElement("form");
                form.id = "aw-leave";
                form.innerHTML = `<span>${name}</span><button>退出</button>`;
                document.querySelector(".aw-header").append(form);
            }""",
            "很长的名字" * 5,
        )
        for width in (1920, 1366, 1280, 1100, 390):
            page.set_viewport_size({"width": width, "height": 768})
            page.wait_for_function("width => innerWidth === width", arg=width)
            boxes = [page.locator(one).bounding_box() for one in (".aw-nav", ".aw-status", "#aw-leave")]
            for one, other in combinations(boxes, 2):
                assert one
                assert other
                beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
                over = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
                assert beside or over, (width, one, other)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_reload_brings_back_conversation_and_filters(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url) as visit:
        page = visit.page
        chat = page.locator("#aw-tab-chat")
        chat.get_by_label("年份").click()
        page.get_by_role("option", name="2024").click()
        visit.ask(QUESTION)
        answer = chat.locator('[data-testid="bot"]').last.inner_text()
        assert "每周至少深入现场开展1次" in answer
        visit.settled()
        page.reload()
        chat.locator(".aw-badge").wait_for()
        visit.settled()
        assert chat.locator('[data-testid="bot"]').last.inner_text() == answer
        expect(chat.get_by_label("年份")).to_have_value("2024")
        expect(chat.locator(".aw-card").first).to_be_visible()
        visit.ask("高平市呢？")  # the conversation goes on
        assert "高政发〔2024〕1号" in chat.locator('[data-testid="bot"]').last.inner_text()
        page.get_by_role("button", name="清空").click()
        page.locator(".example").first.wait_for()
        visit.settled()
        page.reload()
        page.locator(".example").first.wait_for()
        visit.settled()
        assert chat.locator(".aw-badge").count() == 0
        visit.untouched()


def test_two_users_at_once_have_their_own(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url) as one, visiting(browser, base_url) as other:
        one.put(QUESTION)
        other.put("高平市燃气由谁负责？")
        for visit in (one, other):
            visit.page.locator(".aw-badge").wait_for()
        assert QUESTION in one.page.locator('[data-testid="user"]').inner_text()
        assert "高平" in other.page.locator('[data-testid="user"]').inner_text()
        expect(other.page.locator('[data-testid="user"]')).to_have_count(1)
        assert "市住建局" in other.page.locator('[data-testid="bot"]').inner_text()
        assert "市住建局" not in one.page.locator('[data-testid="bot"]').inner_text()
        for visit in (one, other):
            visit.page.wait_for_function("sessionStorage.getItem('anwen') !== null")
        secret = other.page.evaluate("sessionStorage.getItem('anwen')")
        assert secret != one.page.evaluate("sessionStorage.getItem('anwen')")
        for visit in (one, other):
            visit.untouched()


def test_a_slow_model_blocks_no_tab_and_no_other_user(browser: Browser, service: Service) -> None:
    slow = Reply(pieces=("企业", "主要", "负责人"), hold_after=2)  # writes on for as long as the test looks
    with scripted_server(lambda body: slow) as running:
        settings = LlmSettings(base_url=running.url, model="慢模型", timeout=170)
        with (
            running_app(service, settings) as url,
            visiting(browser, url) as one,
            visiting(browser, url) as other,
        ):
            one.put(QUESTION)
            one.page.locator(".aw-card").first.wait_for()  # the excerpt's clauses are there at once
            one.page.locator('.aw-nav a[data-tab="about"]').click()
            expect(one.page.locator("#aw-tab-about h3").first).to_contain_text("9 份文件")
            other.page.get_by_label("原文摘录").check()
            expect(one.page.locator(".aw-tail")).to_have_count(1)
            other.ask("高平市燃气由谁负责？")
            one.page.locator('.aw-nav a[data-tab="chat"]').click()
            expect(one.page.locator(".aw-waiting")).to_be_visible()  # still writing
            one.page.get_by_role("button", name="停止").click()
            one.page.locator(".aw-stopped").wait_for()


def test_without_a_notice_every_tab_says_what_to_do(browser: Browser, tmp_path: Path) -> None:
    settings = load_settings(data_dir=tmp_path)
    with running_app(EmptyService([tmp_path / "通知"], settings)) as url, visiting(browser, url) as visit:
        page = visit.page
        assert page.locator(".aw-status").inner_text().split("\n")[:2] == ["0 份文件", "0 条"]
        visit.ask("燃气多久检查一次？")
        assert f"请把通知的 .txt 文本放入“{tmp_path / '通知'}”" in page.locator('[data-testid="bot"]').inner_text()
        for name in list(TITLES)[1:]:
            page.goto(f"{url}/#/{name}")
            expect(page.locator(f"#aw-tab-{name} .aw-empty").first, name).to_contain_text("请把通知")
        visit.untouched()


def test_hostile_addresses_bring_no_markup(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url) as visit:
        page = visit.page
        for name in list(TITLES)[1:]:
            page.goto("about:blank")
            page.goto(f"{base_url}/#/{name}/{page.evaluate('encodeURIComponent', HOSTILE)}/x/1-99999999999999999999")
            page.locator(f"#aw-tab-{name} h2").first.wait_for()
            visit.settled()
            assert page.locator(f"#aw-tab-{name} :is(img, script, iframe)").count() == 0, name
        visit.untouched()
