"""Saying what an answer is worth, and taking the conversation along, as a visitor does in a real Chromium."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from pathlib import Path

import docx
import pytest
from playwright.sync_api import Browser, Page, expect

from app.feedback.model import Verdict
from app.feedback.store import FeedbackStore
from tests.browser import GAS_QUOTE, HOSTILE, ScriptedService, Visit, running_app, visiting

pytestmark = pytest.mark.browser
GAS = "我单位燃气检查频次要求？"
HOUSE = "自建房改成饭店要办什么手续？"


@pytest.fixture(scope="module")
def kept_by_the_page(tmp_path_factory: pytest.TempPathFactory) -> FeedbackStore:
    return FeedbackStore(tmp_path_factory.mktemp("feedback"), index="f1")


@pytest.fixture
def store(kept_by_the_page: FeedbackStore, tmp_path: Path) -> FeedbackStore:
    """The page's store, with an empty place of its own for each test."""
    kept_by_the_page.path = FeedbackStore(tmp_path).path
    return kept_by_the_page


@pytest.fixture(scope="module")
def base_url(browser: Browser, kept_by_the_page: FeedbackStore) -> Iterator[str]:
    with running_app(ScriptedService(), feedback=kept_by_the_page) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, base_url: str, store: FeedbackStore) -> Iterator[Visit]:
    """An open page; whatever the test did, nothing went out, no dialog came up and no script failed."""
    with visiting(browser, base_url, 1366) as opened:
        yield opened
        opened.page.wait_for_timeout(200)
        opened.untouched()


def rate(page: Page, turn: int, name: str) -> None:
    page.locator(f'a[href="#rate-{turn}-{name}"]').click()


def test_useful_takes_one_click_and_is_there_after_a_reload(visit: Visit, store: FeedbackStore) -> None:
    page = visit.page
    page.get_by_label("地区").first.click()
    page.get_by_role("option", name="高平市").click()
    visit.ask(GAS)
    visit.ask(HOUSE)
    rate(page, 1, "useful")
    expect(page.locator("#aw-feedback-said")).to_have_text("已记下“有用”，谢谢。")
    rows = page.locator(".aw-rates")
    expect(rows.nth(0)).to_have_text("这条答复：有用有误引用有误已记下，谢谢")
    expect(rows.nth(1)).to_have_text("这条答复：有用有误引用有误")
    expect(page.locator('a[href="#rate-1-useful"]')).to_be_focused()
    expect(page.locator("#aw-feedback")).to_be_hidden()
    (kept,) = store.read().verdicts
    assert (kept.verdict, kept.question, kept.region, kept.index) == (Verdict.USEFUL, GAS, "高平市", "f1")
    assert kept.citations[0].quote == GAS_QUOTE
    assert [turn.content for turn in kept.history] == []
    visit.settled()
    page.reload()
    expect(page.locator(".aw-rate-chosen")).to_have_text("有用")
    rate(page, 2, "useful")
    expect(page.locator(".aw-rate-chosen")).to_have_count(2)
    assert store.read().verdicts[1].history[0].content == GAS


def test_wrong_is_asked_about_in_a_drawer_that_the_keyboard_reaches(visit: Visit, store: FeedbackStore) -> None:
    page, drawer = visit.page, visit.page.locator("#aw-feedback")
    visit.ask(GAS)
    page.locator('a[href="#rate-1-wrong"]').focus()
    page.keyboard.press("Enter")
    expect(drawer).to_be_visible()
    expect(drawer.locator("textarea")).to_be_focused()
    expect(drawer).to_have_attribute("role", "dialog")
    expect(page.get_by_role("dialog", name="对答复的意见")).to_have_count(1)
    expect(drawer.locator(".aw-feedback-asked")).to_have_text(f"所问：{GAS}")
    expect(drawer.get_by_label("有误", exact=True)).to_be_checked()
    page.keyboard.type("应为高平" + HOSTILE)
    page.keyboard.press("Escape")
    expect(drawer).to_be_hidden()
    expect(page.locator('a[href="#rate-1-wrong"]')).to_be_focused()
    assert store.read().verdicts == ()
    rate(page, 1, "miscited")
    expect(drawer.get_by_label("引用有误")).to_be_checked()
    expect(drawer.locator("textarea")).to_have_value("应为高平" + HOSTILE)  # typed for this answer, and not yet sent
    drawer.get_by_role("button", name="提交").click()
    expect(drawer).to_be_hidden()
    expect(page.locator(".aw-rate-chosen")).to_have_text("引用有误")
    (kept,) = store.read().verdicts
    assert (kept.verdict, kept.comment) == (Verdict.MISCITED, "应为高平" + HOSTILE)
    visit.ask(HOUSE)
    rate(page, 2, "wrong")
    expect(drawer.locator(".aw-feedback-asked")).to_have_text(f"所问：{HOUSE}")
    expect(drawer.locator("textarea")).to_have_value("")
    drawer.get_by_role("button", name="关闭").click()
    expect(drawer).to_be_hidden()


def test_what_cannot_be_kept_stays_in_the_drawer(visit: Visit, store: FeedbackStore) -> None:
    page, drawer = visit.page, visit.page.locator("#aw-feedback")
    visit.ask("注入" + HOSTILE)
    store.path.parent.write_text("一个文件")  # in the place of the folder
    rate(page, 1, "wrong")
    expect(drawer.locator(".aw-feedback-asked")).to_contain_text("注入")  # the drawer is that answer's now
    drawer.locator("textarea").fill("应为高平")
    drawer.get_by_role("button", name="提交").click()
    expect(drawer.locator("[role=alert]")).to_contain_text("意见没有存下")
    expect(drawer.locator("textarea")).to_have_value("应为高平")
    assert HOSTILE[:40] in drawer.locator(".aw-feedback-asked").inner_text()
    page.keyboard.press("Escape")
    rate(page, 1, "useful")
    visit.settled()
    expect(drawer.locator("[role=alert]")).to_contain_text("意见没有存下")
    expect(drawer).to_be_visible()
    expect(drawer.locator("textarea")).to_have_value("应为高平")
    store.path.parent.unlink()
    drawer.get_by_role("button", name="提交").click()
    expect(drawer).to_be_hidden()
    assert [one.verdict for one in store.read().verdicts] == [Verdict.USEFUL]
    # What no link of the page says is passed over.
    for detail in ("{index: 1, value: 'gold'}", "{index: 'x', value: {}}", "{index: 99, value: 'useful'}", "{}"):
        page.evaluate(f"document.dispatchEvent(new CustomEvent('anwen:rate', {{detail: {detail}}}))")
    visit.settled()
    assert len(store.read().verdicts) == 1


def test_the_conversation_is_taken_along(visit: Visit, store: FeedbackStore) -> None:
    page = visit.page
    assert page.locator("#aw-exports").is_hidden()
    visit.ask(GAS)
    visit.ask("注入" + HOSTILE)
    with page.expect_download() as taken:
        page.get_by_role("link", name="Word", exact=True).click()
    assert taken.value.suggested_filename == "安全生产通知问答记录.docx"
    document = docx.Document(io.BytesIO(Path(taken.value.path()).read_bytes()))
    texts = [one.text for one in document.paragraphs]
    assert f"问1：{GAS}" in texts
    assert f"“{GAS_QUOTE}”" in texts
    with page.expect_download() as taken:
        page.get_by_role("link", name="这条存为 Word").first.click()
    document = docx.Document(io.BytesIO(Path(taken.value.path()).read_bytes()))
    assert [one.text for one in document.paragraphs if one.text.startswith("问")] == [f"问1：{GAS}"]
    with page.expect_download() as taken:
        page.get_by_role("link", name="Markdown").click()
    source = Path(taken.value.path()).read_text(encoding="utf-8")
    assert GAS_QUOTE in source
    assert "<script" not in source
    assert page.request.get(f"{visit.base_url}/export/conversation.md?talk={'0' * 32}").status == 400
    rate(page, 1, "useful")
    expect(page.locator(".aw-rate-chosen")).to_have_count(1)
    page.goto(f"{visit.base_url}/#/about")
    page.get_by_text("使用者的意见").click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="有用的答复").click()
    (case,) = [json.loads(line) for line in Path(taken.value.path()).read_text(encoding="utf-8").splitlines()]
    assert (case["question"], case["status"], case["evidence"]) == (GAS, "not_stipulated", [])


def test_the_drawer_fits_a_phone(browser: Browser, base_url: str, store: FeedbackStore) -> None:
    with visiting(browser, base_url, 390, 844) as visit:
        page = visit.page
        visit.ask(GAS)
        rate(page, 1, "wrong")
        expect(page.locator("#aw-feedback")).to_be_visible()
        visit.settled()
        assert page.evaluate("document.documentElement.scrollWidth") == 390
        box = page.locator("#aw-feedback").bounding_box()
        assert box is not None
        assert (box["x"], box["width"]) == (0, 390)


def test_without_a_store_nothing_is_asked(browser: Browser) -> None:
    with running_app(ScriptedService()) as url, visiting(browser, url) as visit:
        visit.ask(GAS)
        assert visit.page.locator(".aw-rates").is_hidden()
        assert visit.page.request.get(f"{url}/export/feedback.jsonl").status == 404
