"""The tab 要求台账: a foundry's safety officer makes his year's checklist by the page alone."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest
from icalendar import Calendar
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from app.ledger.choose import Choice
from app.ledger.plan import LeftOut
from app.service import Service
from app.web.tabs.ledger import read_choice, say_choice
from app.web.views.ledger import PAGE, ledger_html
from corpus.errors import QuestionError
from tests.browser import HOSTILE, running_app, visiting
from tests.test_ledger_calendar import row


@pytest.fixture(scope="module")
def base_url(browser: Browser, service: Service) -> Iterator[str]:
    """The real page over the bundled notices."""
    with running_app(service) as url:
        yield url


def choose(page: Page, label: str, value: str) -> None:
    """Choose a filter as a user does, and wait until the line above the table says so."""
    page.locator("#aw-ledger-tools").get_by_label(label, exact=True).click()
    page.get_by_role("option", name=value, exact=True).click()
    expect(page.locator("#aw-ledger [role=status]")).to_contain_text(f"{label} {value}")


@pytest.mark.browser
def test_a_safety_officer_takes_his_checklist_home(browser: Browser, base_url: str, tmp_path: Path) -> None:
    with visiting(browser, base_url, 1366, 768) as visit:
        page = visit.page
        page.locator('.aw-nav a[data-tab="ledger"]').click()
        for label, value in (("适用", "企业"), ("地区", "高平市"), ("行业", "冶金工贸")):
            choose(page, label, value)
        table = page.locator("#aw-ledger table")
        expect(table).to_contain_text("企业主要负责人每周至少深入现场开展1次安全风险隐患排查")
        expect(table).to_contain_text("山西省")
        expect(table).not_to_contain_text("县安委会")
        shown = table.locator("tbody tr").count()
        with page.expect_download() as started:
            page.get_by_role("link", name="导出 Excel").click()
        assert started.value.suggested_filename == "安全生产要求台账.xlsx"
        started.value.save_as(tmp_path / "a.xlsx")
        sheet = load_workbook(tmp_path / "a.xlsx").active
        lines = [[cell.value for cell in line] for line in sheet.iter_rows()]
        head = next(at for at, line in enumerate(lines) if line[0] == "序号")
        assert len(lines) - head - 1 == shown
        assert {line[5] for line in lines[head + 1 :]} == {"企业", "双方"}
        assert {line[7] for line in lines[head + 1 :]} == {"高平市", "山西省"}
        assert "地区 高平市（含上级通知）" in str(lines[1][0])
        with page.expect_download() as started:
            page.get_by_role("link", name="导出日历").click()
        started.value.save_as(tmp_path / "a.ics")
        names = [str(one["SUMMARY"]) for one in Calendar.from_ical((tmp_path / "a.ics").read_bytes()).walk("VEVENT")]
        assert "企业厂矿（车间）：日检日查" in names
        assert f"日历收入 {len(names)} 条" in page.locator("#aw-ledger").inner_text()
        page.get_by_label("含上级通知").uncheck()
        expect(table).not_to_contain_text("山西省")
        page.get_by_label("只看有具体数字的").check()
        expect(table).not_to_contain_text("无具体数字")
        page.wait_for_timeout(500)
        page.reload()
        expect(page.locator("#aw-ledger [role=status]")).to_contain_text("高平市（不含上级通知）")
        assert page.get_by_label("含上级通知").is_checked() is False
        page.locator("#aw-ledger td a").first.click()
        expect(page.locator("#aw-tab-clauses mark").first).to_have_text("企业厂矿（车间）要日检日查、立查立改")
        visit.untouched()


@pytest.mark.browser
def test_pages_and_search_by_keyboard_on_a_phone(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, 390, 844) as visit:
        page = visit.page
        page.goto(f"{base_url}/#/ledger")
        pages = page.get_by_role("navigation", name="翻页")
        expect(pages).to_contain_text(f"本页 1–{PAGE}，共 ")
        pages.get_by_role("button", name="下一页").press("Enter")
        expect(pages).to_contain_text(f"本页 {PAGE + 1}–")
        assert pages.get_by_role("button", name="下一页").is_disabled()
        box = page.locator("#aw-ledger-tools").get_by_label("文字")
        box.fill("疏散演练")
        expect(page.locator("#aw-ledger [role=status]")).to_contain_text("文字 “疏散演练”")
        cards = page.locator("#aw-ledger tbody tr")
        assert cards.count() == 3
        assert all("疏散演练" in one.inner_text() for one in cards.all())
        assert cards.first.locator("td").nth(1).evaluate("one => getComputedStyle(one, '::before').content") != "none"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.wait_for_timeout(500)
        page.reload()
        expect(page.locator("#aw-ledger [role=status]")).to_contain_text("文字 “疏散演练”")
        box.fill("没有这样的词")
        expect(page.locator("#aw-ledger .aw-empty")).to_contain_text("没有符合这些条件的要求")
        assert page.get_by_role("link", name="导出 Excel").count() == 0
        box.fill(HOSTILE)
        page.wait_for_timeout(600)
        visit.untouched()


@pytest.mark.browser
def test_links_of_the_files_are_checked(base_url: str) -> None:
    def fetch(name: str, **given: str) -> bytes:
        with urlopen(f"{base_url}/export/{name}?{urlencode(given)}", timeout=60) as answer:
            return bytes(answer.read())

    sheet = load_workbook(io.BytesIO(fetch("ledger.xlsx", region="没有的地方", year="latest"))).active
    assert "共 0 条" in str(sheet.cell(2, 1).value)  # a place that is not known fits none
    assert Calendar.from_ical(fetch("ledger.ics", text=HOSTILE)).walk("VEVENT") == []
    with pytest.raises(OSError, match="400"):
        fetch("ledger.xlsx", side="坏人")
    events = Calendar.from_ical(fetch("ledger.ics", region="泽州县", kind="frequency")).walk("VEVENT")
    assert abs(events[0].decoded("DTSTAMP") - datetime.now(UTC)).total_seconds() < 120


def test_filters_from_outside_are_checked_and_said() -> None:
    assert read_choice({}) == Choice(with_above=False)
    assert say_choice(Choice()) == "不限"
    given = {"side": "企业", "region": "高平市", "above": "1", "year": "2024", "kind": "deadline", "countable": "1"}
    said = "适用 企业，地区 高平市（含上级通知），年份 2024，类别 期限，只看有具体数字的 是"
    assert say_choice(read_choice(given)) == said
    for wrong in ({"side": "双方"}, {"kind": "x"}, {"year": "20244"}, {"year": "二〇二四"}, {"year": "²²²²"}):
        with pytest.raises(QuestionError, match="重新选择"):
            read_choice(wrong)


def test_hostile_rows_are_inert() -> None:
    hostile = row(HOSTILE, notice=HOSTILE, label=HOSTILE, region=HOSTILE, who=HOSTILE, must=HOSTILE,
                  quote=HOSTILE, industries=(HOSTILE,))  # fmt: skip
    html = ledger_html([hostile], 1, HOSTILE, {"text": HOSTILE}, {LeftOut.VAGUE: 1})
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="/export/ledger.xlsx?text=%3Cscript' in html


def test_a_page_out_of_range_is_the_nearest() -> None:
    rows = [row("每日", start=at) for at in range(PAGE + 3)]
    last = ledger_html(rows, 99, "不限", {}, {})
    assert f"本页 {PAGE + 1}–{PAGE + 3}，共 {PAGE + 3} 条" in last
    assert last.count("<tr>") == 3 + 1
    assert ledger_html(rows, -5, "不限", {}, {}).count("<tr>") == PAGE + 1
    assert "aw-pages" not in ledger_html(rows[:PAGE], 1, "不限", {}, {})
