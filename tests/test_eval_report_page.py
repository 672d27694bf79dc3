"""Nothing in the page of a run is markup from outside; it is written, and walked through in a real Chromium."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from playwright.sync_api import Dialog, Page, sync_playwright

from corpus.errors import QuestionError
from eval.gates import History
from eval.model import Case, Cause, Row
from eval.report import write_report
from eval.summary import by_split
from tests.browser import BROWSER_ARGS, PATIENCE, chromium
from tests.reports import CASES, GAOPING, HOSTILE, ROWS, ZEZHOU, built, case, cite, described, measured, read, row


def spoiled(words: str) -> tuple[list[Case], list[Row]]:
    """One failed case, and one that crashed, that say these words wherever anything from outside is shown."""
    of = case(
        f"1{words}", type=f"2{words}", question=f"3{words}", asker=f"4{words}", must_include=[[f"5{words}"]],
        must_not_include=[f"6{words}"], evidence=[[{"notice": f"7{words}", "quote": f"8{words}"}]],
        history=[{"role": "user", "content": f"9{words}"}],
    )  # fmt: skip
    quote = cite(1, f"q{words}", f"n{words}").model_copy(update={"label": f"l{words}"})
    crashed = case(f"c{words}", evidence=[])
    rows = [row(of, f"t{words}", Cause.MISSING, quotes=[quote]), row(crashed, None, Cause.ERROR, error=f"e{words}")]
    return [of, crashed], rows


def assert_only_text(words: str) -> None:
    """The page has the same elements and attributes whatever is said in it, and says it as it was said."""
    faults, note = [f"f{words}"], History(date="d", note=f"h{words}", test={}, dev={})
    page, plain = (
        read(
            built(
                *spoiled(one), baselines={}, faults=[f"f{one}"], history=[note.model_copy(update={"note": f"h{one}"})]
            )
        )
        for one in (words, "plain")
    )
    assert page.skeleton() == plain.skeleton()
    card, crashed = page.all("article")
    assert card.attributes["id"] == f"1{words}"
    assert card.attributes["data-type"] == f"2{words}"
    assert json.loads(card.attributes["data-notice"]) == [f"7{words}"]
    assert card.attributes["data-text"] == f"1{words} 3{words} t{words}".lower()
    assert card.all("p", "ask")[0].text == f"3{words}"
    assert card.all("p", "turn")[0].text == f"问：9{words}"
    assert [one.text for one in card.all("div", "top")[0].inner][:4] == [f"1{words}", f"2{words}", "dev", f"4{words}"]
    told = described(card)
    assert told["实答"].all("div", "answer")[0].text == f"t{words}"
    assert f"须有 “5{words}”" in told["应为"].text
    assert f"不得有 “6{words}”" in told["应为"].text
    assert told["依据"].all("li")[0].text == f"7{words} 8{words} 检索前十无"
    assert told["引用"].all("li")[0].text == f"[1] 非依据 n{words} l{words} q{words}"
    assert crashed.all("div", "answer")[0].text == f"e{words}"
    assert page.all("section", "gate")[0].all("li")[0].text == faults[0]
    assert page.all("td")[-1].text == note.note
    assert [one.all("option")[1].text for one in page.all("select")[3:]] == [f"2{words}", f"7{words}"]


@pytest.mark.parametrize(
    "words",
    [HOSTILE, "{{ 7*7 }}", "{% if x %}", "{# #}", "&lt;b&gt;", "-->", "<!--", "]]>", "\"'`=", "</script>", "a\nb"],
)
def test_nothing_from_outside_is_markup(words: str) -> None:
    """Scripts, handlers, template code, quotes, comments and entities are text wherever they stand."""
    assert_only_text(words)


@settings(max_examples=20)  # each builds and reads a page
@given(st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\r\0"), max_size=12))
def test_no_text_is_markup(words: str) -> None:
    """The same for any text at all."""
    assert_only_text(words)


def test_loads_nothing() -> None:
    """No address outside the page: links lead into it, and its policy forbids everything but what is inside."""
    before = by_split(CASES[::-1], [one.model_copy(update={"scores": ROWS[0].scores}) for one in ROWS[::-1]])
    note = History(date="2026-01-02", note="词表", test={"correct": 0.5}, dev={})
    page = built(baselines=before, faults=[], history=[note, note])
    assert "://" not in page
    assert page.lower().count("http") == page.count("http-equiv") == 1
    assert not re.search(r"@import|url\(|fetch\(|XMLHttpRequest|import\(", page)
    root = read(page)
    elements = [one for tag in ("a", "link", "script", "svg", "meta", "form", "article") for one in root.all(tag)]
    outward = {"src", "href", "action", "srcset", "xlink:href"}
    addresses = {str(one.attributes[name]) for one in elements for name in outward & one.attributes.keys()}
    assert {one[:1] for one in addresses} == {"#", "d"}
    assert {one for one in addresses if not one.startswith("#")} == {"data:,"}
    assert not {"img", "iframe", "object", "embed", "style"} & {one.tag for one in root.all("main")[0].inner}
    policy = next(one.attributes["content"] for one in root.all("meta") if "http-equiv" in one.attributes)
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
    assert len(root.all("script")) == 1


def test_write(tmp_path: Path) -> None:
    """report.html in the folder, UTF-8, in place of an older one."""
    (tmp_path / "report.html").write_text("旧", encoding="utf-8")
    assert write_report(tmp_path, "<p>新") == tmp_path / "report.html"
    assert (tmp_path / "report.html").read_bytes() == "<p>新".encode()


@pytest.mark.parametrize("place", ["no folder", "a file for the folder", "a folder for the file"])
def test_page_that_cannot_be_written(place: str, tmp_path: Path) -> None:
    """One line that names the file and --out."""
    out = tmp_path / "out"
    if place == "a file for the folder":
        out.write_text("")
    elif place == "a folder for the file":
        (out / "report.html").mkdir(parents=True)
    with pytest.raises(QuestionError, match="--out") as error:
        write_report(out, "<p>")
    assert str(out / "report.html") in str(error.value)
    assert "\n" not in str(error.value)


@dataclass
class Opened:
    """A page opened from disk, with all it asked for and complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def dismiss(self, dialog: Dialog) -> None:
        """Note a dialog, which only a script from outside would open, and close it."""
        self.complaints.append(dialog.message)
        dialog.dismiss()

    def shown(self) -> list[str]:
        """Ids of the cards that can be seen; the count beside the filters says the same."""
        articles = self.page.locator("article")
        ids = [str(one.get_attribute("id")) for one in articles.all() if one.is_visible()]
        assert self.page.locator("#f-count").inner_text() == f"{len(ids)} / {articles.count()} 例"
        return ids

    def choose(self, **chosen: str) -> list[str]:
        """Set these filters and no others; what is shown then."""
        for name in ("result", "split", "cause", "type", "notice"):
            self.page.locator(f"#f-{name}").select_option(chosen.get(name, ""))
        self.page.locator("#f-text").fill(chosen.get("text", ""))
        return self.shown()


@pytest.fixture(scope="module")
def browser_page() -> Iterator[Page]:
    """A tab of Chromium; skip without one, unless the run insists on it."""
    if chromium() is None:
        if os.environ.get("ANWEN_TEST_BROWSER") == "required":
            pytest.fail("no chromium found, and ANWEN_TEST_BROWSER=required; install it or set ANWEN_CHROMIUM")
        pytest.skip("no chromium found; install Debian's chromium or set ANWEN_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=list(BROWSER_ARGS))
        try:
            yield browser.new_context(locale="zh-CN").new_page()
        finally:
            browser.close()


def opened(page: Page, folder: Path, content: str) -> Opened:
    """Open a page from disk in a fresh state."""
    visit = Opened(page)
    page.set_default_timeout(PATIENCE)
    page.on("request", lambda request: visit.requests.append(request.url))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on("console", lambda message: visit.complaints.append(message.text))
    page.on("dialog", visit.dismiss)
    page.goto(write_report(folder, content).as_uri())
    return visit


@pytest.mark.browser
def test_page_in_a_browser(browser_page: Page, tmp_path: Path) -> None:
    """It loads itself alone, runs nothing that was slipped into it, and each filter shows the right cases."""
    evil, evil_rows = spoiled(HOSTILE)
    cases, rows = [*CASES, *evil], [*ROWS, *evil_rows]
    before = {"dev": measured(outcomes={"right": "检索未命中", "silent": ""})}
    visit = opened(browser_page, tmp_path, built(cases, rows, baselines=before, faults=[HOSTILE]))
    page, bad = visit.page, [f"1{HOSTILE}", f"c{HOSTILE}"]
    assert visit.shown() == ["missed", "crashed", "invented", "silent", *bad]
    assert visit.choose() == [one.id for one in cases]
    assert visit.choose(result="good") == ["right", "outside"]
    assert visit.choose(result="bad") == ["missed", "crashed", "invented", "silent", *bad]
    assert visit.choose(split="test") == ["missed", "crashed", "outside"]
    assert visit.choose(split="dev") == ["right", "invented", "silent", *bad]
    assert visit.choose(cause="缺少应有的内容") == ["missed", "silent", bad[0]]
    assert visit.choose(cause="程序出错") == ["crashed", bad[1]]
    assert visit.choose(type="list") == ["missed", "silent"]
    assert visit.choose(type=f"2{HOSTILE}") == [bad[0]]
    assert visit.choose(notice=ZEZHOU) == ["right", "missed", "crashed"]
    assert visit.choose(notice=GAOPING) == ["missed", "silent"]
    assert visit.choose(text="  ABc ") == ["missed"]
    assert visit.choose(text="虫") == ["crashed"]
    assert visit.choose(text="{{ 7*7 }}") == bad
    assert visit.choose(text="谁也没说过") == []
    assert visit.choose(result="bad", split="test", type="list", notice=ZEZHOU, cause="检索未命中", text="五次") == [
        "missed"
    ]
    assert visit.choose(result="good", cause="检索未命中") == []
    page.locator("#f-text").press("Enter")
    page.get_by_role("link", name="right").click()
    page.locator("article#right").wait_for()
    assert page.evaluate("window.__pwned === undefined")
    assert visit.requests == [(tmp_path / "report.html").as_uri()]
    assert visit.complaints == []


@pytest.mark.browser
@pytest.mark.parametrize("name", ["（无文号）a b.txt", "two  spaces", " padded "])
def test_names_with_spaces_can_be_chosen(name: str, browser_page: Page, tmp_path: Path) -> None:
    """A notice without a 文号 bears its file's name, and a type from outside is any text: spaces belong to both."""
    other = case("other", type=name, evidence=[[{"notice": name, "quote": "甲"}]])
    cases, rows = [CASES[2], other], [ROWS[2], row(other, "答", Cause.MISSING)]
    visit = opened(browser_page, tmp_path, built(cases, rows))
    for key in ("type", "notice"):
        page = visit.page
        page.locator(f"#f-{key}").select_option(index=page.locator(f"#f-{key} option").all_text_contents().index(name))
        assert visit.shown() == ["other"]
        page.locator(f"#f-{key}").select_option(index=0)
