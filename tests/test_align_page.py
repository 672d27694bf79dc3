"""The tab 对照 in a real browser, as a county official uses it who has to write what changed since last year."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import docx
import openpyxl
import pytest
from playwright.sync_api import Browser, Locator, expect

from app.web.safe import subject_link
from corpus.model import Corpus
from tests.browser import ScriptedService, Visit, desk_of, running_app, visiting
from tests.test_align import GAOPING, SHANXI, ZEZHOU, ZEZHOU_2023

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def base_url(browser: Browser, corpus: Corpus) -> Iterator[str]:
    """The real page over the bundled notices, with a scripted chat."""
    with running_app(ScriptedService(desk=desk_of(corpus.documents))) as url:
        yield url


def opened(visit: Visit, address: str = "#/compare") -> Locator:
    """The tab, with its first content."""
    visit.page.goto(f"{visit.base_url}/{address}")
    tab = visit.page.locator("#aw-tab-compare")
    tab.locator(".aw-pair").first.wait_for()  # the first comparison of a server loads the dictionary
    visit.settled()
    return tab


def fits(visit: Visit) -> bool:
    """Whether the page does not scroll sideways."""
    return bool(visit.page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_what_did_the_county_change_since_last_year(browser: Browser, base_url: str, tmp_path: Path) -> None:
    with visiting(browser, base_url, 1366, 768) as visit:
        tab = opened(visit)
        expect(tab.locator(".aw-overview")).to_have_text(
            "0 条相同，33 条有改动，只在2023年 1 条，只在2024年 0 条，"
            "没有对应条款而有相近字句：2023年 1 条、2024年 1 条，只有部分内容对应：2023年 2 条、2024年 2 条。"
        )
        tab.get_by_role("button", name=re.compile("并排看.*二、（二）强化落实党政领导干部安全责任")).click()
        sides = tab.locator(".aw-pair .aw-side")
        expect(sides).to_have_count(2)
        boxes = [sides.nth(at).bounding_box() for at in (0, 1)]
        assert all(box is not None for box in boxes)
        left, right = (box for box in boxes if box)
        assert left["y"] == right["y"]
        assert left["x"] + left["width"] <= right["x"]
        assert right["x"] + right["width"] <= 1366
        expect(sides.nth(0).locator("del").first).to_have_text("〔未再提：认真制定并严格〕")
        expect(sides.nth(1).locator("ins.aw-rule").first).to_contain_text("落实乡镇政府党委委员副镇长分管安全生产工作")
        expect(tab.get_by_text("频次表述不同：2023年“每月至少深入一线调研指导1次”，2024年“定期”。")).to_be_visible()
        assert fits(visit)

        tab.get_by_label("变化清单").check()
        visit.page.wait_for_url(lambda url: unquote(url).endswith(f"#/compare/{ZEZHOU_2023}/{ZEZHOU}//list"))
        for name, check in (("Word", _is_paper), ("Excel", _is_table)):
            with visit.page.expect_download() as downloading:
                tab.get_by_role("link", name=f"导出 {name}").click()
            ending = {"Word": "docx", "Excel": "xlsx"}[name]
            assert downloading.value.suggested_filename == f"对照-泽州县2023-泽州县2024.{ending}"
            path = tmp_path / downloading.value.suggested_filename
            downloading.value.save_as(path)
            assert check(path.read_bytes())
        tab.get_by_role("button", name="数字或程度").click()
        expect(tab.get_by_text("数量：2023年“不得超过500人”，2024年对应条款未写").first).to_be_visible()
        tab.locator("tbody a").first.click()
        expect(visit.page.locator("#aw-tab-clauses")).to_be_visible()
        visit.untouched()


def _is_paper(content: bytes) -> bool:
    lines = [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]
    return "【新增】2024年三、（十六）：严禁违规加层加盖。" in lines


def _is_table(content: bytes) -> bool:
    page = openpyxl.load_workbook(io.BytesIO(content)).active
    return page is not None and any(row[1].value == "新增" for row in page.iter_rows())


def test_one_word_in_all_notices_and_back_after_a_reload(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, 1366, 768) as visit:
        tab = opened(visit)
        box = tab.get_by_label("含有的词")
        box.fill("燃气")
        box.press("Enter")
        expect(tab.locator(".aw-pair")).to_have_count(3)
        tab.get_by_label("一个事项，多份通知").check()
        expect(tab.locator(".aw-many > .aw-side")).to_have_count(5)
        gaoping = tab.locator(".aw-many > .aw-side", has_text=GAOPING)
        expect(gaoping.locator(".aw-only").first).to_contain_text(
            "大力推进餐饮等行业生产经营单位依法安装使用可燃气体报警装置"
        )
        tab.get_by_role("button", name="山西省 2024 → 高平市 2024").click()
        expect(tab.get_by_label("左（旧的或上级的）")).to_have_value(f"山西省 2024年 {SHANXI}")
        tab.get_by_role("button", name="三、（十六）燃气领域专项整治").click()
        expect(tab.get_by_role("heading", name="三、（十六）燃气领域专项整治：5 份通知中有 5 份提到")).to_be_visible()
        tab.get_by_label("只看有差别的").check()
        visit.page.wait_for_url(lambda url: unquote(url).endswith(f"#/compare/{SHANXI}/{GAOPING}/三、（十六）/many"))
        visit.settled()
        visit.page.reload()
        expect(tab.get_by_role("heading", name="三、（十六）燃气领域专项整治：5 份通知中有 5 份提到")).to_be_visible()
        expect(tab.get_by_label("左（旧的或上级的）")).to_have_value(f"山西省 2024年 {SHANXI}")
        expect(tab.get_by_label("一个事项，多份通知")).to_be_checked()
        visit.untouched()


def test_from_a_clause_to_the_same_subject_elsewhere(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, 1366, 768) as visit:
        visit.page.goto(f"{base_url}/{subject_link(GAOPING, '三、（十六）')}")
        tab = visit.page.locator("#aw-tab-compare")
        expect(tab.get_by_label("一个事项，多份通知")).to_be_checked()
        expect(tab.locator(".aw-many > .aw-side")).to_have_count(5)
        expect(tab.get_by_label("左（旧的或上级的）")).to_have_value(f"高平市 2024年 {GAOPING}")
        expect(tab.get_by_label("右（新的或下级的）")).not_to_have_value(f"高平市 2024年 {GAOPING}")
        shanxi = tab.locator(".aw-many > .aw-side", has_text=SHANXI)
        expect(shanxi).to_contain_text("相关审批手续")
        visit.untouched()


def test_a_subject_survives_a_reload_and_another_pair_leads_back(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, 1366, 768) as visit:
        tab = opened(visit, f"#/compare/{ZEZHOU_2023}/{ZEZHOU}/四、（十）/pairs")
        expect(tab.locator(".aw-pair")).to_have_count(1)
        for _ in range(2):
            expect(tab.get_by_label("事项（左边通知的条款）")).to_have_value("四、（十）煤矿")
            expect(tab.locator(".aw-overview")).to_contain_text("只含：2023年“四、（十）煤矿”。")
            expect(tab.locator(".aw-pair .aw-two")).to_be_visible()
            visit.settled()
            visit.page.reload()
        visit.settled()
        tab.locator(".aw-list button").first.click()
        expect(tab.locator(".aw-part-head h5")).to_contain_text("部分内容对应：2023年 四、（十）煤矿 ｜ 2024年 ")
        tab.get_by_role("button", name="返回主要对应条款").click()
        expect(tab.locator(".aw-part-head")).to_have_count(0)
        expect(tab.locator(".aw-pair .aw-two")).to_be_visible()
        visit.untouched()


def test_on_a_phone_and_by_address(browser: Browser, base_url: str) -> None:
    with visiting(browser, base_url, 390, 844) as visit:
        tab = opened(visit, f"#/compare/{ZEZHOU_2023}/{ZEZHOU}/四、（十七）")
        sides = tab.locator(".aw-pair .aw-side")
        expect(sides).to_have_count(2)
        boxes = [box for at in (0, 1) if (box := sides.nth(at).bounding_box())]
        assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
        assert fits(visit)
        tab.get_by_role("button", name="收起").click()
        expect(sides).to_have_count(0)
        visit.page.goto(f"{base_url}/#/compare/没有/这份/x")
        expect(tab.locator(".aw-empty")).to_have_text("没有这样两份通知；请在上面另选。")
        visit.untouched()
