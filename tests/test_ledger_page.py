"""The tab 要求台账: a foundry's safety officer makes his year's checklist by the page alone."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlencode
from urllib.request import urlopen

import pytest
from icalendar import Calendar
from openpyxl import load_workbook
from playwright.sync_api import Browser, Page, expect

from app.ledger.choose import Choice
from app.service import Service
from app.web.views.ledger import PAGE, Shown, ledger_html
from app.web.views.ledger_choice import from_address, passed_over, read_choice, say_choice, to_address
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
    page.get_by_role("option", name=re.compile(rf"^{value}(（.*)?$")).click()
    expect(page.locator("#aw-ledger [role=status]").first).to_contain_text(f"{label} {value}")


def taken(page: Page, link: str, path: Path) -> tuple[list[list[object]], int]:
    """Download a sheet: its cells, and which line is the table's head."""
    with page.expect_download() as started:
        page.get_by_role("link", name=link).click()
    assert started.value.suggested_filename == path.name
    started.value.save_as(path)
    lines: list[list[object]] = [[cell.value for cell in line] for line in load_workbook(path).active.iter_rows()]
    return lines, next(at for at, line in enumerate(lines) if line[0] == "序号")


def events_of(page: Page, path: Path) -> list[str]:
    """Download the calendar: what its events are called."""
    with page.expect_download() as started:
        page.get_by_role("link", name="导出日历").click()
    started.value.save_as(path)
    return [str(one["SUMMARY"]) for one in Calendar.from_ical(path.read_bytes()).walk("VEVENT")]


def _takes_the_calendar(page: Page, folder: Path) -> None:
    """Without what is done every day, and with it."""
    note = page.locator("#aw-ledger .aw-small").filter(has_text="日历从")
    expect(note).to_contain_text(f"日历从 {datetime.now().astimezone().date()} 到")
    expect(note).to_contain_text("每天都要做的 1 条未列入日历")
    without = events_of(page, folder / "a.ics")
    assert without
    page.get_by_label("日历：每日事项也列入").check()
    expect(note).not_to_contain_text("每天都要做的")
    names = events_of(page, folder / "b.ics")
    assert set(names) - set(without) == {"企业厂矿（车间）：日检日查、立查立改"}
    expect(note).to_contain_text(f"收入 {len(names)} 条")


@pytest.mark.browser
def test_a_safety_officer_takes_his_checklist_home(browser: Browser, base_url: str, tmp_path: Path) -> None:
    with visiting(browser, base_url, 1366, 768) as visit:
        page = visit.page
        page.locator('.aw-nav a[data-tab="ledger"]').click()
        visit.settled()
        for label, value in (("适用", "企业"), ("地区", "高平市"), ("行业", "冶金工贸")):
            choose(page, label, value)
        table = page.locator("#aw-ledger table")
        expect(table).to_contain_text("企业主要负责人每周至少深入现场开展1次安全风险隐患排查")
        expect(table).to_contain_text("山西省")
        expect(table).not_to_contain_text("县安委会")
        shown = table.locator("tbody tr").count()
        status = page.locator("#aw-ledger [role=status]").first
        expect(status).to_contain_text("3 条，已并入本地的同一条")
        expect(table).to_contain_text("每周至少1次")
        expect(page.locator("#aw-ledger")).not_to_contain_text("双方")
        table.get_by_role("checkbox", name="主体集团公司").uncheck()
        left = page.locator("#aw-ledger .aw-ledger-left")
        expect(left).to_contain_text(f"已取消勾选 1 条，不导出；将导出 {shown - 1} 条")
        lines, head = taken(page, "导出 Excel（检查台账）", tmp_path / "检查台账.xlsx")
        rows = [line for line in lines[head + 1 :] if isinstance(line[0], int)]
        assert len(rows) == shown - 1
        assert lines[0][0] == "检查台账（高平市 冶金工贸）"
        assert any("另有 1 条由使用者取消勾选" in str(line[0]) for line in lines[head + 1 + len(rows) :])
        assert not any("主体集团公司" in str(line[1]) for line in rows)
        assert any("高政发" in str(line[4]) and "晋政发" in str(line[4]) for line in rows)
        year = load_workbook(tmp_path / "检查台账.xlsx")["全年记录（高平市 冶金工贸）"]
        boxes = {str(line[1].value): line[4].value for line in year.iter_rows(min_row=4)}
        assert (boxes["企业主要负责人"], boxes["企业厂矿（车间）"]) == ("□□□□□", "逐日")
        left.get_by_role("button").click()
        expect(left).to_be_hidden()
        lines, head = taken(page, "导出全部列", tmp_path / "安全生产要求台账.xlsx")
        assert len(lines) - head - 1 == shown
        assert {line[5] for line in lines[head + 1 :]} == {"企业", "企业和政府"}
        assert "地区 高平市（含上级通知）" in str(lines[1][0])
        _takes_the_calendar(page, tmp_path)
        page.get_by_label("含上级通知").uncheck()
        expect(table).not_to_contain_text("山西省")
        expect(table).not_to_contain_text("晋政发")
        page.get_by_label("只看有具体数字的").check()
        expect(table).not_to_contain_text("无具体数字")
        visit.settled()
        page.reload()
        expect(page.locator("#aw-ledger [role=status]").first).to_contain_text("高平市（不含上级通知）")
        expect(page.get_by_label("含上级通知")).not_to_be_checked()
        page.locator("#aw-ledger td a").first.click()
        expect(page.locator("#aw-tab-clauses mark").first).to_have_text("企业厂矿（车间）要日检日查、立查立改")
        visit.untouched()


@pytest.mark.browser
def test_pages_and_search_by_keyboard_on_a_phone(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, 390, 844) as visit:
        page = visit.page
        page.goto(f"{base_url}/#/ledger")
        visit.settled()
        pages = page.get_by_role("navigation", name="翻页")
        expect(pages).to_contain_text(f"本页 1–{PAGE}，共 ")
        pages.get_by_role("button", name="下一页").press("Enter")
        expect(pages).to_contain_text(f"本页 {PAGE + 1}–")
        expect(pages.get_by_role("button", name="下一页")).to_be_disabled()
        box = page.locator("#aw-ledger-tools").get_by_label("文字")
        box.fill("疏散演练")
        expect(page.locator("#aw-ledger [role=status]").first).to_contain_text("文字 “疏散演练”")
        cards = page.locator("#aw-ledger tbody tr")
        expect(cards).to_have_count(3)
        assert all("疏散演练" in one.inner_text() for one in cards.all())
        assert cards.first.locator("td").nth(2).evaluate("one => getComputedStyle(one, '::before').content") != "none"
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        visit.settled()
        page.reload()
        expect(page.locator("#aw-ledger [role=status]").first).to_contain_text("文字 “疏散演练”")
        visit.settled()
        box.fill("没有这样的词 演练")
        expect(page.locator("#aw-ledger .aw-empty")).to_contain_text("请用顿号隔开：没有这样的词、演练。")
        box.fill("没有这样的词")
        expect(page.locator("#aw-ledger .aw-empty")).to_contain_text("没有符合这些条件的要求")
        expect(page.get_by_role("link", name="导出")).to_have_count(0)
        box.fill(HOSTILE)
        visit.settled()
        visit.untouched()


@pytest.mark.browser
def test_links_of_the_files_are_checked(base_url: str) -> None:
    def fetch(name: str, **given: str) -> bytes:
        with urlopen(f"{base_url}/export/{name}?{urlencode(given)}", timeout=60) as answer:
            return bytes(answer.read())

    sheet = load_workbook(io.BytesIO(fetch("ledger.xlsx", region="没有的地方", year="latest"))).active
    assert "共 0 条" in str(sheet.cell(4, 1).value)  # a place that is not known fits none
    assert Calendar.from_ical(fetch("ledger.ics", text=HOSTILE)).walk("VEVENT") == []
    with pytest.raises(OSError, match="400"):
        fetch("ledger.xlsx", side="坏人")
    full = load_workbook(io.BytesIO(fetch("ledger-full.xlsx", leave=HOSTILE))).active
    assert str(full.cell(2, 1).value).startswith("共 ")
    assert "取消勾选" not in str(full.cell(2, 1).value)
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


def test_an_address_says_the_filters_and_unknown_values_are_dropped() -> None:
    places, years = ("高平市", "山西省"), (2024, 2023)
    first = ("", "", True, "latest", "", "", "", False, False)
    assert from_address([], places, years) == first
    given = {"side": "企业", "region": "高平市", "year": "", "industry": "冶金工贸", "text": "演练/0&=%", "daily": "1"}
    address = to_address(given)
    assert address.startswith("side=%E4%BC%81")
    assert address.count("/") == 6  # seven filters are not as at first; the text's own / is encoded
    parts = [unquote(part) for part in address.split("/")]
    assert from_address(parts, places, years) == ("企业", "高平市", False, "", "冶金工贸", "", "演练/0&=%", False, True)
    bad = ["side=双方", "region=火星", "above=x", "year=1999", "industry=<b>", "kind=no", "who=me", "=", "", "daily"]
    assert from_address(bad, places, years) == first
    assert passed_over(parts, places, years) == ()
    assert passed_over(["region=火星", "text=火星", "", "x" * 99], places, years) == ("region=火星", "x" * 40)
    assert len(str(from_address(["text=" + "长" * 999], places, years)[6])) == 60


@pytest.mark.browser
def test_a_filtered_ledger_can_be_sent(browser: Browser, base_url: str) -> None:
    sent = "#/ledger/side=企业/region=高平市/industry=冶金工贸/kind=不存在"
    with visiting(browser, base_url, 1366, 768) as visit:
        page = visit.page
        page.goto("about:blank")
        page.goto(f"{base_url}/{sent}")
        status = page.locator("#aw-ledger [role=status]").first
        expect(status).to_contain_text("适用 企业，地区 高平市（含上级通知），年份 各地最新，行业 冶金工贸（含通用）")
        expect(page.locator("#aw-ledger-tools").get_by_label("行业")).to_have_value(
            "冶金工贸（铸造、钢铁、机械加工等）"
        )
        page.wait_for_function("!decodeURIComponent(location.hash).includes('kind')")
        choose(page, "类别", "频次")
        page.wait_for_function("decodeURIComponent(location.hash).endsWith('/industry=冶金工贸/kind=frequency')")
        page.evaluate("location.hash = '#/ledger/region=泽州县/year=0'")
        expect(status).to_contain_text("筛选：地区 泽州县（含上级通知）。")
        page.locator('.aw-nav a[data-tab="about"]').click()
        page.locator('.aw-nav a[data-tab="ledger"]').click()
        page.wait_for_function("decodeURIComponent(location.hash) === '#/ledger/region=泽州县/year=0'")
        expect(status).to_contain_text("筛选：地区 泽州县（含上级通知）。")
        visit.untouched()


def test_hostile_rows_are_inert() -> None:
    hostile = row(HOSTILE, notice=HOSTILE, label=HOSTILE, region=HOSTILE, who=HOSTILE, must=HOSTILE,
                  quote=HOSTILE, industries=(HOSTILE,))  # fmt: skip
    hostile = hostile.model_copy(update={"also": (hostile.basis,)})
    html = ledger_html(Shown(rows=(hostile,), given={"text": HOSTILE}, calendar=HOSTILE), 1)
    assert "<script" not in html
    assert "<img" not in html
    assert 'href="/export/ledger.xlsx?text=%3Cscript' in html


def test_a_page_out_of_range_is_the_nearest() -> None:
    rows = tuple(row("每日", start=at) for at in range(PAGE + 3))
    last = ledger_html(Shown(rows=rows, given={}), 99)
    assert f"本页 {PAGE + 1}–{PAGE + 3}，共 {PAGE + 3} 条" in last
    assert last.count("<tr>") == 3 + 1
    assert ledger_html(Shown(rows=rows, given={}), -5).count("<tr>") == PAGE + 1
    assert "aw-pages" not in ledger_html(Shown(rows=rows[:PAGE], given={}), 1)
