"""条款 in a real Chromium: browse, search, read, follow and copy links, on a desk and on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app.desk import Desk
from app.web.safe import clause_link
from corpus.load import bundled_folder
from corpus.model import Corpus, Document, Level, Source, Unit, UnitKind
from tests.browser import HOSTILE, HOUSE_QUOTE, PROVISIONS, ScriptedService, Visit, desk_of, running_app, visiting

pytestmark = pytest.mark.browser
Z24 = "泽政发〔2024〕1号"


def hostile() -> Document:
    """A notice with markup and scripts in every field."""
    text = f"{HOSTILE}。瓦斯{HOSTILE}。"
    unit = Unit(
        kind=UnitKind.CLAUSE, notice=f"恶〔2025〕1号{HOSTILE}", path=(f"一、{HOSTILE}", "（一）"),
        label=f"（一）{HOSTILE}", heading=HOSTILE, ancestors=(HOSTILE,), text=text, runs=((0, len(text)),),
        source=Source(file=HOSTILE, start=0, end=len(text)),
    )  # fmt: skip
    return Document(
        notice=unit.notice, title=HOSTILE, region=f"恶{HOSTILE}", level=Level.COUNTY, date=HOSTILE, year=2025,
        units=(unit,), file=HOSTILE,
    )  # fmt: skip


def desk(corpus: Corpus) -> Desk:
    """The bundled notices and the hostile one."""
    texts = {path.name: path.read_bytes().decode("utf-8") for path in bundled_folder().glob("*.txt")}
    bad = hostile()
    return desk_of((*corpus.documents, bad), {**texts, bad.file: bad.units[0].text})


def texts(corpus: Corpus) -> dict[str, str]:
    """The received files by 文号."""
    return {one.notice: (bundled_folder() / one.file).read_bytes().decode("utf-8") for one in corpus.documents}


@pytest.fixture(scope="module")
def base_url(browser: Browser, corpus: Corpus) -> Iterator[str]:
    with running_app(ScriptedService(desk=desk(corpus))) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, base_url: str) -> Iterator[Visit]:
    """An open page; whatever the test did, nothing went out, no dialog came up and no script failed."""
    with visiting(browser, base_url, 1366) as opened:
        yield opened
        opened.page.wait_for_timeout(200)
        opened.untouched()


def words_box(page: Page) -> Locator:
    return page.locator("#aw-clauses-tools").get_by_label("查找", exact=True)


def look_for(page: Page, words: str) -> None:
    box = words_box(page)
    box.fill(words)
    box.press("Enter")


def heading(page: Page, name: str) -> None:
    """Wait for a clause."""
    page.locator(".aw-reader h3", has_text=name).first.wait_for()


def test_browse_read_copy_and_open_elsewhere(visit: Visit, browser: Browser, base_url: str, corpus: Corpus) -> None:
    page = visit.page
    page.get_by_role("link", name="条款").click()
    notice = page.get_by_role("button", name=Z24)
    notice.click()
    page.get_by_role("button", name="紧盯重点行业领域专项整治").click()
    page.locator(".aw-tree [data-aw-at]", has_text="紧盯重点行业").wait_for()
    page.wait_for_function("document.activeElement.textContent.includes('紧盯重点行业')")
    page.get_by_role("link", name="（十七） 燃气领域专项整治").click()
    heading(page, "三、（十七） 燃气领域专项整治")
    page.get_by_role("link", name="下一条").click()
    heading(page, "三、（十八） 消防领域专项整治")
    expect(page.locator(".aw-tree [aria-current]")).to_contain_text("消防领域")
    page.get_by_text("查看原件").click()
    assert "消防领域专项整治" in page.get_by_label("原件文字").inner_text()
    with page.expect_download() as taken:
        page.get_by_role("link", name="下载收到的整份文件").click()
    assert taken.value.suggested_filename == f"{Z24}.txt"
    assert Path(taken.value.path()).read_text(encoding="utf-8-sig") == texts(corpus)[Z24]
    assert page.request.get(f"{base_url}/export/received.txt?notice=../../etc/passwd").status == 400
    page.get_by_role("button", name="复制链接").click()
    page.get_by_role("button", name="已复制").wait_for()
    name, address = page.evaluate("navigator.clipboard.readText()").split("\n")
    assert name == f"{Z24} 三、（十八）消防领域专项整治"
    assert address == f"{base_url}/{clause_link(Z24, '三、（十八）')}"
    page.go_back()
    heading(page, "三、（十七）")
    with visiting(browser, base_url, 1366) as other:
        other.page.goto(f"{address}/0-4")
        heading(other.page, "三、（十八）")
        expect(other.page.locator(".aw-clause mark")).to_have_text(["消防领域"])
        other.page.reload()
        heading(other.page, "三、（十八）")
        expect(other.page.locator(".aw-clause mark")).to_have_text(["消防领域"])
        other.untouched()


def test_search_filter_and_clear(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.base_url}/#/clauses")
    visit.settled()
    look_for(page, "燃氣　改造")
    page.locator(".aw-hits").wait_for()
    everywhere = page.locator(".aw-hits li").count()
    assert everywhere > 1
    tools = page.locator("#aw-clauses-tools")
    tools.get_by_label("地区").click()
    page.get_by_role("option", name="高平市").click()
    page.get_by_text("条不合筛选条件").wait_for()
    expect(page.locator(".aw-hits .aw-small")).to_have_text(["高平市 · 2024年 · 高政发〔2024〕1号"])
    page.locator(".aw-hits a").click()
    heading(page, "三、（十七） 燃气")
    assert set(page.locator(".aw-clause mark").all_inner_texts()) == {"燃气", "改造"}
    visit.settled()
    page.reload()
    page.locator(".aw-hits").wait_for()
    expect(words_box(page)).to_have_value("燃氣　改造")
    expect(page.locator(".aw-hits li")).to_have_count(1)
    visit.settled()
    look_for(page, "燃气 区块链")
    page.get_by_text("所收通知中没有“区块链”").wait_for()
    page.get_by_role("button", name="清除条件").click()
    page.locator(".aw-tree").first.wait_for()
    expect(words_box(page)).to_have_value("")
    expect(tools.get_by_label("地区")).to_have_value("不限")


def test_address_of_no_clause_says_so(visit: Visit) -> None:
    visit.page.goto(f"{visit.base_url}/{clause_link('无政发〔1999〕1号', HOSTILE)}")
    expect(visit.page.get_by_role("alert")).to_contain_text("没有找到“无政发〔1999〕1号")
    visit.page.goto(f"{visit.base_url}/#/clauses/%E4%")  # a broken address is none
    visit.page.goto(f"{visit.base_url}/{clause_link(Z24, '三、（十七）')}/99999-3")
    heading(visit.page, "三、（十七）")
    assert visit.page.locator(".aw-clause mark").count() == 0


def test_hostile_text_stays_text(visit: Visit) -> None:
    page = visit.page
    page.goto(f"{visit.base_url}/#/clauses")
    visit.settled()
    page.locator(".aw-tree > li > button").last.click()
    page.locator(".aw-tree .aw-tree button").first.click()
    page.locator(".aw-tree .aw-tree a").first.click()
    heading(page, HOSTILE[:40])
    assert HOSTILE in page.locator(".aw-clause").inner_text()
    page.get_by_text("查看原件").click()
    assert HOSTILE in page.get_by_label("原件文字").inner_text()
    look_for(page, HOSTILE[:60])
    page.locator(".aw-found").wait_for()
    look_for(page, "瓦斯 “<img src=x”")
    page.locator(".aw-hits mark", has_text="<img src=x").first.wait_for()
    look_for(page, f"无此词{HOSTILE[:40]}“无此词”")
    page.locator(".aw-found .aw-empty").wait_for()


def test_on_a_phone_the_clause_comes_below_and_into_sight(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, 390, 844) as visit:
        page = visit.page
        page.goto(f"{base_url}/#/clauses")
        visit.settled()
        look_for(page, "燃气")
        page.locator(".aw-hits a").nth(2).click()
        page.locator(".aw-reader h3").first.wait_for()
        page.wait_for_function("document.activeElement.className === 'aw-reader'")
        page.wait_for_function("Math.abs(document.activeElement.getBoundingClientRect().top) < 200")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        page.get_by_role("button", name="返回列表").click()
        page.wait_for_function("document.activeElement.textContent === '条款'")
        page.wait_for_function("(top => -1 <= top && top < 200)(document.activeElement.getBoundingClientRect().top)")
        visit.untouched()


def test_from_a_citation_to_the_clause_and_back_with_a_question(browser: Browser) -> None:
    document = PROVISIONS[3].document
    with running_app(ScriptedService(desk=desk_of((document,)))) as url, visiting(browser, url, 1366) as visit:
        page = visit.page
        visit.ask("自建房改成饭店要办什么手续？")
        page.get_by_role("link", name="在条款中打开").click()
        heading(page, "经营性自建房领域专项整治")
        expect(page.locator(".aw-clause mark").last).to_have_text(HOUSE_QUOTE)
        page.get_by_role("button", name="问这一条").click()
        expect(page.get_by_label("您的问题")).to_have_value("泽州县2024年对“经营性自建房领域专项整治”有什么要求？")
        visit.untouched()
