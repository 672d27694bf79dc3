"""A walk through the page in a real Chromium, with a scripted service behind the real server."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from app.model import Role, Turn
from app.web.conversation import HISTORY_TURNS
from app.web.serve import HEADERS, listen
from app.web.tabs.chat import EXAMPLES
from corpus.errors import SettingsError
from tests.browser import (
    DUTY_QUOTE,
    GAS_QUOTE,
    HOSTILE,
    ScriptedService,
    Visit,
    running_app,
    visiting,
)

pytestmark = pytest.mark.browser
GAS = "我单位燃气检查频次要求？"
HOUSE = "自建房改成饭店要办什么手续？"


@pytest.fixture(scope="module")
def service() -> ScriptedService:
    return ScriptedService()


@pytest.fixture(scope="module")
def base_url(browser: Browser, service: ScriptedService) -> Iterator[str]:
    with running_app(service) as url:
        yield url


@pytest.fixture
def visit(browser: Browser, base_url: str, service: ScriptedService) -> Iterator[Visit]:
    """An open page; whatever the test did, nothing went out, no dialog came up and no script failed."""
    service.inquiries.clear()
    with visiting(browser, base_url) as opened:
        yield opened
        opened.page.wait_for_timeout(200)
        opened.untouched()


def test_page_loads_in_chinese_under_the_policy(visit: Visit) -> None:
    page = visit.page
    assert visit.policy == HEADERS["Content-Security-Policy"]
    assert page.title() == "安问 · 安全生产通知问答"
    assert page.locator("html").get_attribute("lang") == "zh-CN"
    assert page.locator(".aw-status").inner_text().split("\n") == [
        "9 份文件",
        "185 条",
        "离线运行",
        "每条引用均经逐字核对",
    ]
    expect(page.locator(".example")).to_have_text(list(EXAMPLES))
    expect(page.locator(".aw-panel")).to_contain_text("提问后，答复所引用的条款会列在这里。")
    for label in ("地区", "年份", "身份", "您的问题"):
        expect(page.locator("#aw-tab-chat").get_by_label(label)).to_have_count(1)
    expect(page.locator("footer")).to_be_hidden()
    assert page.locator("#aw-switch, #aw-settings, #aw-drawer, #aw-stop").count() == 0  # no endpoint, none to be set


def test_every_response_carries_the_headers(visit: Visit) -> None:
    for path in ("/", "/config", "/theme.css", "/no-such-page", "/favicon.ico", "/docs", "/openapi.json"):
        response = visit.page.request.get(visit.base_url + path)
        assert {name: response.headers.get(name.lower()) for name in HEADERS} == HEADERS, path
    # /gradio_api/deep_link would write what was typed into a file.
    for path in ("/docs", "/gradio_api/deep_link?session_hash=x", "/gradio_api/deep_link/"):
        assert visit.page.request.get(visit.base_url + path).status == 404


def test_question_answer_and_citations(visit: Visit, service: ScriptedService) -> None:
    page = visit.page
    visit.ask(GAS)
    expect(page.locator(".aw-badge")).to_have_text("通知未规定", use_inner_text=True)
    expect(page.locator(".aw-mode")).to_have_text("依据原文摘录", use_inner_text=True)
    expect(page.locator(".aw-elapsed")).to_have_text("用时 23 毫秒", use_inner_text=True)
    assert page.locator('[data-testid="user"]').inner_text().strip() == GAS
    expect(page.get_by_label("您的问题")).to_have_value("")
    assert [one.question for one in service.inquiries] == [GAS]
    cards = page.locator(".aw-card")
    expect(cards).to_have_count(3)
    expect(cards.nth(0).locator(".aw-where")).to_have_text("泽政发〔2024〕1号 三、（十七）", use_inner_text=True)
    expect(cards.nth(0).locator(".aw-meta")).to_have_text("泽州县 · 2024年", use_inner_text=True)
    expect(cards.nth(0).locator(".aw-quote")).to_have_text(GAS_QUOTE, use_inner_text=True)
    assert page.locator(".aw-card[open]").count() == 0
    cards.nth(0).locator("summary").first.click()
    expect(cards.nth(0).locator("mark")).to_have_text(GAS_QUOTE, use_inner_text=True)
    body = cards.nth(0).locator(".aw-body").inner_text()
    for shown in (
        "燃气领域专项整治。强化城镇燃气企业运行安全。",
        "2024年4月11日",
        "000_985837cca4013152.txt，字符 5340–5529",
    ):
        assert shown in body
    assert "各乡镇人民政府 负责（依据“一、（一）”条“以下均需……”）" in body
    cards.nth(0).get_by_text("查看原件").click()
    assert cards.nth(0).locator("pre").inner_text().startswith("燃气领域专项整治。")


def test_why_is_closed_and_opens_by_keyboard(visit: Visit) -> None:
    page = visit.page
    visit.ask(GAS)
    why = page.locator("#aw-chat details.aw-why")
    expect(why).to_have_count(1)
    expect(page.locator(".aw-reading")).to_be_hidden()
    why.locator("summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".aw-reading")).to_be_visible()
    assert [row.split("\t") for row in page.locator(".aw-reading tr").all_inner_texts()] == [
        ["接上文补全为", GAS],
        ["地区", "泽州县 → 晋城市 → 山西省"],
        ["问的是", "频次"],
        ["所问通知", "泽州县2024年 泽政发〔2024〕1号"],
        ["上级通知", "山西省2024年 晋政发〔2024〕1号"],
        ["得分第 1", "泽政发〔2024〕1号 三、（十七）燃气领域，0.86（语义 0.91，字面 1.00，标题 0.46）"],
    ]
    visit.ask("写一首诗")  # not searched, so there is nothing to tell
    expect(why).to_have_count(1)
    page.keyboard.press("Escape")
    why.locator("summary").focus()
    page.keyboard.press("Space")
    expect(page.locator(".aw-reading")).to_be_hidden()


def test_marks_open_their_card_also_of_an_earlier_answer(visit: Visit) -> None:
    page = visit.page
    visit.ask(GAS)
    page.locator(".aw-mark", has_text="[2]").click()
    opened = page.locator(".aw-card[open]")
    expect(opened).to_have_attribute("id", "cite-1-2")
    expect(opened.locator("mark")).to_have_text(DUTY_QUOTE, use_inner_text=True)
    page.locator(".aw-mark", has_text="[3]").click()
    expect(opened).to_have_attribute("id", "cite-1-3")
    visit.ask(HOUSE)
    expect(opened).to_have_attribute("id", "cite-2-1")
    page.locator(".aw-mark", has_text="[2]").click()
    page.locator("#cite-1-2[open]").wait_for()
    expect(page.locator(".aw-asked")).to_have_text(GAS, use_inner_text=True)
    expect(opened.locator("mark")).to_have_text(DUTY_QUOTE, use_inner_text=True)
    assert page.evaluate("location.href") == visit.base_url + "/"


def test_newest_question_stands_on_top(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, 390, 700) as visit:
        for question in (HOUSE, GAS):
            visit.ask(question)
        visit.page.wait_for_function(
            """() => {
                const row = [...document.querySelectorAll("#aw-chat .user-row")].at(-1);
                const gap = row.getBoundingClientRect().top - row.closest('[role="log"]').getBoundingClientRect().top;
                return gap >= 0 && gap < 20;
            }"""
        )


def test_selectors_and_history_reach_the_service(visit: Visit, service: ScriptedService) -> None:
    page = visit.page
    for label, option in (("地区", "泽州县"), ("年份", "2023"), ("身份", "企业")):
        page.locator("#aw-tab-chat").get_by_label(label).click()
        page.get_by_role("option", name=option).click()
    for question in (GAS, HOUSE, "写一首诗", "那高平的自建房呢？"):
        visit.ask(question)
    last = service.inquiries[-1]
    assert (last.region, last.year, last.role) == ("泽州县", 2023, Role.ENTERPRISE)
    assert len(last.history) == HISTORY_TURNS
    assert last.history[0] == Turn(role="user", content=GAS)
    assert last.history[4] == Turn(role="user", content="写一首诗")
    assert service.inquiries[0].history == ()


def test_defaults_leave_the_scope_open(visit: Visit, service: ScriptedService) -> None:
    visit.page.locator(".example").nth(1).click()
    visit.page.locator(".aw-card").wait_for()
    asked = service.inquiries[-1]
    assert (asked.question, asked.region, asked.year, asked.role) == (EXAMPLES[1], None, None, None)


def test_question_and_notices_cannot_bring_markup(visit: Visit) -> None:
    page = visit.page
    visit.ask(f"注入{HOSTILE}")
    assert page.locator('[data-testid="user"]').inner_text().strip() == f"注入{HOSTILE}"
    assert HOSTILE in page.locator('[data-testid="bot"]').inner_text()
    assert page.locator("#aw-chat .message :is(img, script, iframe)").count() == 0
    ours = ".aw-back, [href^='#/clauses/'], [href^='#/compare/']"
    assert page.locator(f"#aw-panel :is(img, script, iframe, a:not({ours}))").count() == 0
    links = page.locator("#aw-chat .message a:not(.aw-rate, .aw-take)").all_text_contents()
    assert links == ["改后再问", "[1]", "理解得不对？改正后重查"]
    page.get_by_text("为什么这样答").click()
    assert page.locator(".aw-reading td").first.inner_text() == f"注入{HOSTILE}"
    page.get_by_text("查看原件").click()
    assert page.locator("#aw-tab-chat pre").inner_text() == HOSTILE
    assert HOSTILE in page.locator(".aw-body dl").inner_text()
    assert page.locator(".aw-asked").inner_text() == f"注入{HOSTILE}"


def test_empty_and_oversized_questions_are_not_put(visit: Visit, service: ScriptedService) -> None:
    page = visit.page
    page.get_by_label("您的问题").fill("  ")
    page.get_by_role("button", name="提问").click()
    page.get_by_text("请先输入问题，再点“提问”。").wait_for()
    visit.idle()  # the page takes no other question before
    page.get_by_label("您的问题").fill("查" * 2001)
    page.get_by_role("button", name="提问").click()
    page.get_by_text("问题共 2001 字，超过 2000 字；请缩短后再提问。").wait_for()
    assert len(page.get_by_label("您的问题").input_value()) == 2001
    assert service.inquiries == []
    visit.ask("查" * 2000)
    assert [len(one.question) for one in service.inquiries] == [2000]
    expect(page.locator(".aw-notice")).to_have_text(re.compile("^答复只依据已收录的通知"))


def test_error_of_the_service_is_one_line(visit: Visit, service: ScriptedService) -> None:
    visit.ask("出错了吗")
    reply = visit.page.locator('[data-testid="bot"]').inner_text()
    assert reply.split() == ["未能回答", "索引正在重建；请稍候再问"]
    visit.ask(HOUSE)
    assert service.inquiries[-1].history == ()


def test_fault_of_the_program_shows_no_traceback(visit: Visit) -> None:
    visit.ask("崩溃")
    assert "程序内部出错" in visit.page.locator('[data-testid="bot"]').inner_text()
    assert "secret detail" not in visit.page.content()


def test_a_server_that_is_gone_is_said_in_chinese(visit: Visit) -> None:
    page = visit.page
    visit.ask(GAS)
    page.route("**/gradio_api/**", lambda route: route.abort())
    visit.put(HOUSE)
    message = page.get_by_test_id("toast-body").first
    expect(message).to_contain_text("连不上安问：运行窗口可能已关闭")
    expect(message).to_contain_text("没有完成")
    assert not re.search("[A-Za-z]{3}", message.inner_text())
    expect(page.locator(".aw-badge")).to_have_count(1)  # what was answered stays
    expect(page.locator(".aw-badge")).to_be_visible()


def test_clear_starts_over(visit: Visit, service: ScriptedService) -> None:
    page = visit.page
    visit.ask(GAS)
    page.get_by_role("button", name="清空").click()
    page.locator(".aw-guide").wait_for()
    expect(page.locator(".aw-badge")).to_have_count(0)
    expect(page.locator(".example")).to_have_count(len(EXAMPLES))
    page.get_by_role("button", name="撤销").click()
    expect(page.locator(".aw-badge")).to_have_count(1)
    expect(page.locator(".aw-card")).not_to_have_count(0)
    expect(page.get_by_role("button", name="撤销")).to_have_count(0)
    visit.ask("自建房呢？")
    assert [turn.content for turn in service.inquiries[-1].history][:1] == [GAS]
    page.get_by_role("button", name="清空").click()
    page.locator(".aw-guide").wait_for()
    visit.ask(HOUSE)
    assert service.inquiries[-1].history == ()
    assert page.locator(".aw-card").get_attribute("id") == "cite-1-1"
    expect(page.get_by_role("button", name="撤销")).to_have_count(0)


def test_copied_text_is_plain_and_names_its_sources(visit: Visit) -> None:
    page = visit.page
    visit.ask(HOUSE)
    # The button says so for a second, which may be over before the test looks.
    page.evaluate(
        """() => new MutationObserver(() => {
            if (document.querySelector('button[aria-label="已复制"]')) window.__copied = true;
        }).observe(document.body, { subtree: true, childList: true, attributes: true })"""
    )
    page.get_by_role("button", name="复制全部").click()
    page.wait_for_function("window.__copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith(f"问：{HOUSE}\n\n答：已依据通知回答")
    assert "[1] 泽政发〔2024〕1号 三、（十六） 经营性自建房领域专项整治：“自建房转为经营用途的" in copied
    assert "<" not in copied
    assert "**" not in copied
    assert "为什么这样答" not in copied


@pytest.mark.parametrize("width", [390, 768])
def test_narrow_page_does_not_scroll_sideways(browser: Browser, base_url: str, width: int) -> None:
    with visiting(browser, base_url, width, 844) as visit:
        page = visit.page
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0
        visit.ask("高平和泽州的自建房要求有什么不同？")
        visit.ask(f"注入{HOSTILE}{'A' * 300}")
        page.locator(".aw-card summary").first.click()
        page.locator(".aw-why summary").last.click()
        assert page.evaluate(overflow) == 0
        table, log = page.locator(".aw-reading").last.bounding_box(), page.get_by_role("log").bounding_box()
        assert table is not None
        assert log is not None
        assert table["x"] + table["width"] <= log["x"] + log["width"]
        chat, panel = page.locator("#aw-chat").bounding_box(), page.locator(".aw-panel").bounding_box()
        assert chat is not None
        assert panel is not None
        assert panel["y"] >= chat["y"] + chat["height"]
        page.get_by_text("返回对话").click()
        page.wait_for_function("Math.abs(document.getElementById('aw-chat').getBoundingClientRect().top) <= 2")


def test_keyboard_alone_reaches_a_citation(visit: Visit) -> None:
    page = visit.page
    visit.ask(GAS)
    page.locator(".aw-mark").first.focus()
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.closest('.aw-card')?.id === 'cite-1-1'")
    page.keyboard.press("Enter")
    expect(page.locator(".aw-card[open]")).to_have_count(0)


def test_port_in_use_is_said_in_one_line() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(SettingsError, match=f"^端口 {port} 已被占用；.*--port"):
            listen("127.0.0.1", port)
    with pytest.raises(SettingsError, match=r"^端口 70000 不在"):
        listen("127.0.0.1", 70000)
    with pytest.raises(SettingsError, match=r"^无法在地址 no\.invalid:7860 上启动"):
        listen("no.invalid", 7860)
