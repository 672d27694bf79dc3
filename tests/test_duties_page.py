"""The tab 责任清单 in a real browser, as an officer of a county goes through it."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from urllib.parse import quote, unquote

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Browser, Locator, Page, expect

from corpus.model import Corpus
from tests.browser import HOSTILE, ScriptedService, desk_of, running_app, visiting

pytestmark = pytest.mark.browser
ZEZHOU, OLDER, GAOPING = "泽政发〔2024〕1号", "泽政发〔2023〕1号", "高政发〔2024〕1号"


@pytest.fixture(scope="module")
def base_url(browser: Browser, corpus: Corpus) -> Iterator[str]:
    """The page over the bundled notices; nothing here asks a question."""
    with running_app(ScriptedService(desk=desk_of(corpus.documents))) as url:
        yield url


def selector(page: Page, label: str) -> Locator:
    """One of the two selectors."""
    return page.locator("#aw-tab-duties").get_by_role("combobox", name=label)


def choose(page: Page, label: str, words: str, option: str) -> None:
    """Type into a selector and take the choice that comes up."""
    box = selector(page, label)
    box.click()
    if words:
        page.keyboard.type(words)  # over what stands there
    page.get_by_role("option", name=option).first.click()


def test_from_the_matrix_to_an_office_and_its_sheet(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, 1366) as visit:
        page, tab = visit.page, visit.page.locator("#aw-tab-duties")
        page.goto(f"{base_url}/#/duties")
        expect(tab.locator("h3")).to_have_text(f"泽州县2024年 {ZEZHOU}")
        expect(tab.locator("thead th")).to_have_count(37)
        expect(tab.locator("td.aw-part-leads .aw-sr")).to_have_text(["牵头", "牵头"])
        box = tab.get_by_role("region")
        box.evaluate("box => { box.scrollTop = 300; box.scrollLeft = 300; }")
        corner, frame = tab.locator(".aw-corner").bounding_box(), box.bounding_box()
        assert corner is not None
        assert frame is not None
        assert abs(corner["x"] - frame["x"]) < 3
        assert abs(corner["y"] - frame["y"]) < 3, "head and first column stay"
        tab.get_by_role("link", name="县住房和城乡建设管理局").click()
        expect(tab.locator("h3").first).to_have_text("县住房和城乡建设管理局（县住建局）")
        expect(tab.get_by_role("status")).to_contain_text("独自负责 0 条，牵头 1 条，分工负责 6 条；")
        expect(selector(page, "单位")).to_have_value(re.compile("^县住房和城乡建设管理局（县住建局）"))
        page.wait_for_url(lambda url: unquote(url).endswith(f"#/duties/{ZEZHOU}/县住房和城乡建设局"))
        first = tab.locator("tbody tr").first
        expect(first.locator("td").nth(1)).to_have_text("牵头")
        expect(first.locator("td").nth(3)).to_contain_text("（县住房和城乡建设管理局牵头，")
        tab.get_by_text("只限本条的一部分").first.click()
        assert tab.locator("q").first.inner_text().startswith("坚持实行重点行业领域分类分级监管")
        with page.expect_download() as download:
            tab.get_by_role("link", name="导出 Excel").click()
        assert download.value.suggested_filename == f"责任清单_{ZEZHOU}_县住房和城乡建设管理局.xlsx"
        sheet = load_workbook(io.BytesIO(download.value.path().read_bytes())).active
        assert sheet is not None
        assert sheet.cell(1, 1).value == "县住房和城乡建设管理局责任清单"
        first.get_by_role("link").click()
        expect(page.locator("#aw-tab-clauses")).to_be_visible()
        page.go_back()
        expect(tab.locator("h3").first).to_have_text("县住房和城乡建设管理局（县住建局）")
        visit.untouched()


def test_selectors_find_an_office_by_its_everyday_name(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url) as visit:
        page, tab = visit.page, visit.page.locator("#aw-tab-duties")
        page.goto(f"{base_url}/#/duties")
        visit.settled()
        choose(page, "通知", "", GAOPING)
        expect(tab.locator("h3")).to_have_text(f"高平市2024年 {GAOPING}")
        choose(page, "单位", "应急管理", "市应急局")
        expect(tab.locator("h3").first).to_have_text("市应急局（市应急管理局）")
        expect(tab.get_by_role("status")).to_contain_text("分工负责 18 条，督促落实 2 条")
        box = selector(page, "单位")
        box.click()
        page.keyboard.type("街道办")
        box.press("Enter")
        expect(tab.locator("h3").first).to_contain_text("乡镇人民政府（街道办事处）")
        expect(tab.get_by_role("status")).to_contain_text("均需负责 35 条")
        visit.settled()
        page.reload()
        expect(tab.locator("h3").first).to_contain_text("乡镇人民政府（街道办事处）")
        visit.settled()
        box.click()
        page.keyboard.type("烟草局")
        box.press("Enter")
        expect(tab.locator(".aw-missed")).to_have_text("没有找到“烟草局”；请在上面另选或另写。")
        expect(tab.locator("h3")).to_have_text(f"高平市2024年 {GAOPING}")
        box.click()
        page.keyboard.type("林")
        expect(tab.locator(".aw-missed")).to_be_hidden()  # with the next letter
        page.keyboard.type("业局")
        box.press("Enter")
        expect(tab.locator("h3").first).to_have_text("市林业局")
        choose(page, "通知", "", OLDER)
        expect(tab.locator(".aw-empty")).to_contain_text("本通知未写责任单位")
        tab.get_by_role("link", name=ZEZHOU).click()
        expect(tab.locator("h3").first).to_have_text(f"泽州县2024年 {ZEZHOU}")
        visit.untouched()


def test_addresses(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, 390, 844) as visit:
        page, tab = visit.page, visit.page.locator("#aw-tab-duties")
        page.goto(f"{base_url}/#/duties/{quote('县应急管理局')}")
        expect(tab.locator("h3").first).to_have_text("县应急管理局（县应急局）")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.goto(f"{base_url}/#/duties/{quote(ZEZHOU)}")
        expect(tab.locator(".aw-matrix")).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.goto(f"{base_url}/#/duties/{quote(GAOPING)}/{quote('街道办')}")
        expect(tab.locator("h3").first).to_contain_text("乡镇人民政府（街道办事处）")
        arrow = tab.locator("#aw-duties-office svg").last.bounding_box()
        box = selector(page, "单位").bounding_box()
        assert arrow is not None
        assert box is not None
        padding = selector(page, "单位").evaluate("box => parseFloat(getComputedStyle(box).paddingRight)")
        assert box["x"] + box["width"] - padding <= arrow["x"], "the long label ends before the arrow"
        page.goto("about:blank")
        page.goto(f"{base_url}/#/duties/{quote(GAOPING)}/{quote('市林业局')}")  # the first thing that the page shows
        expect(tab.locator("h3").first).to_have_text("市林业局")
        visit.settled()
        expect(tab.locator("h3").first).to_have_text("市林业局")
        for parts in ([HOSTILE], [ZEZHOU, HOSTILE], [HOSTILE, "x"]):
            page.goto(f"{base_url}/#/duties/{'/'.join(quote(part, safe='') for part in parts)}")
            expect(tab.locator(".aw-empty")).to_contain_text("没有找到")
        answer = page.request.get(f"{base_url}/export/duties.xlsx?notice=x")
        assert (answer.status, "请回到“责任清单”重新选择" in answer.text()) == (400, True)
        answer = page.request.get(f"{base_url}/export/duties.xlsx?notice={quote(ZEZHOU)}&office=x")
        assert answer.status == 400
        assert page.request.get(f"{base_url}/export/duties.xlsx?notice={quote(ZEZHOU)}").ok
        visit.untouched()
