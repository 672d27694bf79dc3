"""A reader sets right how his question was read, in a real Chromium, on the real index."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from app.service import Service
from tests.browser import Visit, running_app, visiting

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def base_url(browser: Browser, service: Service) -> Iterator[str]:
    with running_app(service) as url:
        yield url


def open_form(visit: Visit) -> None:
    """Open 为什么这样答 of the last answer, and the form from there, by the keyboard."""
    page = visit.page
    page.locator(".aw-why summary").last.click()
    link = page.get_by_role("link", name="理解得不对？改正后重查").last
    link.focus()
    page.keyboard.press("Enter")
    page.locator("#aw-correct.aw-open").wait_for()
    visit.settled()  # it is filled


def choose(visit: Visit, label: str, option: str) -> None:
    page = visit.page
    page.locator("#aw-correct").get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_a_wrong_reading_is_set_right(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, width=1366) as visit:
        page = visit.page
        visit.ask("泽州县工地谁来管")
        form = page.locator("#aw-correct")
        expect(form).to_be_hidden()
        open_form(visit)
        expect(form).to_be_focused()
        expect(form.get_by_label("地区")).to_have_value("照原来的理解：泽州县")
        expect(form).to_have_attribute("role", "dialog")
        expect(form.get_by_label("工地 → 建筑施工、建设工程施工、建设施工")).not_to_be_checked()

        page.keyboard.press("Escape")
        expect(form).to_be_hidden()
        expect(page.get_by_role("link", name="理解得不对？改正后重查")).to_be_focused()

        open_form_again = page.get_by_role("link", name="理解得不对？改正后重查")
        open_form_again.click()
        visit.settled()
        form.get_by_role("button", name="重新查").click()
        expect(form.locator(".aw-bad")).to_contain_text("还没有改动")
        page.get_by_label("您的问题").evaluate("box => box.focus()")

        form.get_by_label("词的正式说法").fill("工地=公路")
        choose(visit, "年份", "2023年")
        form.get_by_role("button", name="重新查").click()
        told = page.locator(".aw-corrected")
        expect(told).to_have_text("已按您的改正重查：年份 2023年；改为 工地 → 公路")
        expect(form).to_be_hidden()
        expect(page.locator("#aw-chat .user-row")).to_have_count(2)
        expect(page.locator(".aw-panel")).to_contain_text("泽政发〔2023〕1号")
        expect(page.locator(".aw-panel")).to_contain_text("交通运输")

        # Of the answer set right, the form keeps what was set.
        open_form(visit)
        expect(form.get_by_label("词的正式说法")).to_have_value("工地=公路")
        visit.untouched()


def test_a_refused_question_is_set_right(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, width=390, height=844) as visit:
        page = visit.page
        visit.ask("榆林的煤矿归谁管")
        expect(page.locator(".aw-badge")).to_have_text("不在通知范围")
        open_form(visit)
        box = page.locator("#aw-correct").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
        choose(visit, "地区", "高平市")
        page.locator("#aw-correct").get_by_role("button", name="重新查").click()
        expect(page.locator(".aw-corrected")).to_have_text("已按您的改正重查：地区 高平市")
        expect(page.locator(".aw-badge").last).to_have_text("已依据通知回答")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        visit.untouched()
