"""The page of a run says everything: figures, changes, gates, and each case with what was wrong, by hand-made runs."""

from __future__ import annotations

import json
import re

import pytest

from eval.gates import History
from eval.summary import summarise
from tests.reports import CASES, GAOPING, HOSTILE, ROWS, ZEZHOU, built, cards, described, headline, measured, read


def test_every_case_is_there() -> None:
    """In the order of the run; wrong ones shown, right ones hidden until asked for; each says what was wrong."""
    found = cards(built())
    assert list(found) == ["right", "missed", "crashed", "invented", "outside", "silent"]
    assert {name for name, card in found.items() if "hidden" in card.attributes} == {"right", "outside"}
    assert {name: card.classes for name, card in found.items()} == {
        name: ["good" if name in ("right", "outside") else "bad"] for name in found
    }
    causes = {name: [one.text for one in card.all("span", "cause")] for name, card in found.items()}
    assert causes == {
        "right": [],
        "missed": ["检索未命中", "缺少应有的内容", "出现不应有的内容"],
        "crashed": ["程序出错"],
        "invented": ["应拒答却回答"],
        "outside": [],
        "silent": ["应回答却拒答", "缺少应有的内容"],
    }
    assert json.loads(found["missed"].attributes["data-cause"]) == ["检索未命中", "缺少应有的内容", "出现不应有的内容"]
    assert json.loads(found["missed"].attributes["data-notice"]) == [ZEZHOU, GAOPING]
    assert found["missed"].attributes["data-text"] == "missed missed怎么查 五次 abc"
    assert [found["crashed"].attributes[f"data-{key}"] for key in ("split", "type")] == ["test", "frequency"]


def test_what_a_failure_shows() -> None:
    """The conversation, what is wanted, each group of evidence with its rank, the answer, each quote judged."""
    card = cards(built())["missed"]
    assert [one.text for one in card.all("div", "top")[0].inner][:4] == ["missed", "list", "test", "老板"]
    assert card.all("div", "top")[0].inner[-1].text == "12 毫秒"
    assert [one.text for one in card.all("p", "turn")] == ["问：先问燃气", "答：燃气有规定"]
    assert card.all("p", "ask")[0].text == "missed怎么查"
    told = described(card)
    assert list(told) == ["应为", "依据", "实答", "引用"]
    assert re.sub(r"\s+", " ", told["应为"].text) == "已回答 须有 “两次” 不得有 “五次”"
    assert [re.sub(r"\s+", " ", one.text) for one in told["依据"].all("li")] == [
        f"{ZEZHOU} 每月检查一次管线 或 {GAOPING} 每季检查一次 检索第 3",
        f"{GAOPING} 严禁使用双嘴阀 检索前十无",
    ]
    assert told["实答"].all("div", "answer")[0].text == "五次 ABC"
    assert (told["实答"].all("span")[0].text, told["实答"].all("span")[0].classes) == ("已回答", ["yes"])
    assert [one.text for one in told["引用"].all("li")] == [
        f"[1] 非依据 {ZEZHOU} 一、（一） 餐饮场所必须安装报警装置。",
        f"[2] 是依据 {ZEZHOU} 一、（一） 每月检查一次管线。",
        f"[3] 非依据 {GAOPING} 一、（一） 每月检查",
    ]
    assert [one.all("span")[0].classes for one in told["引用"].all("li")] == [["tag"], ["yes"], ["tag"]]


def test_what_other_cases_show() -> None:
    """An error instead of an answer, a wrong status in red, the alternatives wanted; no empty headings."""
    found = {name: described(card) for name, card in cards(built()).items()}
    assert found["crashed"]["实答"].text == "—KeyError: '虫'"
    assert found["crashed"]["实答"].all("span")[0].classes == ["no"]
    assert "引用" not in found["crashed"]
    assert list(found["invented"]) == ["应为", "实答"]
    assert (found["invented"]["应为"].text, found["invented"]["实答"].text) == ("通知未规定", "已回答每日查")
    assert (found["outside"]["应为"].text, found["outside"]["实答"].text) == ("不在范围", "不在范围不归我管")
    assert found["silent"]["实答"].all("span")[0].classes == ["no"]
    assert "须有 “每月”或“一个月”" in found["right"]["应为"].text
    assert found["right"]["依据"].text.endswith("检索第 1")
    assert found["right"]["引用"].text == f"[1] 是依据 {ZEZHOU} 一、（一） 每月检查一次管线。"


def test_choices_of_the_filters() -> None:
    """Only what occurs: splits with their names, causes in their order (minor ones too), types, notices."""
    chosen = {
        str(one.attributes["id"]): [item.text for item in one.all("option")] for one in read(built()).all("select")
    }
    assert chosen == {
        "f-result": ["答错的", "答对的", "全部"],
        "f-split": ["全部", "测试集", "开发集"],
        "f-cause": [
            "全部",
            "程序出错",
            "应拒答却回答",
            "应回答却拒答",
            "检索未命中",
            "缺少应有的内容",
            "出现不应有的内容",
        ],
        "f-type": ["全部", "frequency", "list", "not_stipulated", "out_of_scope"],
        "f-notice": ["全部", ZEZHOU, GAOPING],
    }


def test_bars() -> None:
    """Correctness by type, by notice and by cause: a failure counts once, under its chief cause."""
    page = read(built())
    panels = {one.all("h3")[0].text.split(" ")[0].strip(): one for one in page.all("section") if one.all("h3")}
    assert list(panels) == ["按类型", "按通知", "答错的主要原因"]
    causes = panels["答错的主要原因"]
    assert [one.text for one in causes.all("div", "name")] == ["程序出错", "应拒答却回答", "应回答却拒答", "检索未命中"]
    assert [one.text for one in causes.all("div", "bar")] == ["1 例"] * 4
    kinds = panels["按类型"]
    assert [one.text for one in kinds.all("div", "name")] == ["frequency", "list", "not_stipulated", "out_of_scope"]
    assert [one.text for one in kinds.all("div", "bar")] == [
        "0%（1 例）", "100%（1 例）", "0%（1 例）", "0%（1 例）", "0%（1 例）", "100%（1 例）",
    ]  # fmt: skip
    assert [[one.attributes["width"] for one in bar.all("rect")] for bar in kinds.all("div", "bar")][:2] == [
        ["100", "0.0", "0.8"], ["100", "100.0", "0.8"],
    ]  # fmt: skip
    assert [one.text for one in panels["按通知"].all("div", "name")] == [ZEZHOU, GAOPING]


def test_nothing_wrong() -> None:
    """A run without failures says so, and hides every card."""
    page = read(built(CASES[:1], ROWS[:1]))
    assert "没有答错的用例。" in page.text
    assert all("hidden" in card.attributes for card in page.all("article"))


def test_headline_and_change() -> None:
    """Value, interval, denominator and change for each split; a measure that neither split has is left out."""
    now = {
        "test": measured(
            correct=(0.75, 4, 0.5, 1.0),
            recall_at_5=(0.5, 2, 0.0, 1.0),
            mrr=(0.6, 2, 0.1, 0.9),
            characters=(120, 4, 90, 150),
        ),
        "dev": measured(correct=(0.5, 4, 0.25, 0.75), abstention_f1=(0.6667, 3)),
    }
    before = {"test": measured(correct=(0.7, 4), recall_at_5=(0.6, 2), mrr=(0.6, 2), characters=(100, 4))}
    assert headline(built([], [], now, before)) == {
        "回答正确": [
            ("75.0%", ""), ("50.0–100.0", ""), ("4", ""), ("+5.0", "up"),
            ("50.0%", ""), ("25.0–75.0", ""), ("4", ""), ("—", ""),
        ],
        "证据召回@5": [
            ("50.0%", ""), ("0.0–100.0", ""), ("2", ""), ("-10.0", "down"), ("—", ""), ("", ""), ("", ""), ("", ""),
        ],
        "MRR": [("60.0%", ""), ("10.0–90.0", ""), ("2", ""), ("+0.0", ""), ("—", ""), ("", ""), ("", ""), ("", "")],
        "拒答 F1": [("—", ""), ("", ""), ("", ""), ("", ""), ("66.7%", ""), ("—", ""), ("3", ""), ("—", "")],
        "回答字数": [("120", ""), ("90–150", ""), ("4", ""), ("+20", ""), ("—", ""), ("", ""), ("", ""), ("", "")],
    }  # fmt: skip
    text = read(built([], [], now)).text
    assert "测试集：每问中位 29 毫秒，95% 分位 41 毫秒，为仅计算问题向量（22 毫秒）的 1.34 倍。" in text
    assert "0 个用例 · 依据原文摘录 · 索引指纹 印" in text


def test_flips_against_the_baseline() -> None:
    """Cases mended and lost, each a link to its card; without a baseline of the split nothing is said."""
    now = measured(outcomes={"a b/号": "", "c": "程序出错", "new": ""})
    before = measured(outcomes={"a b/号": "检索未命中", "c": "", "gone": ""})
    page = read(built([], [], {"test": now, "dev": now}, {"test": before}))
    (panel,) = [one for one in page.all("section") if "与基线相比" in one.text]
    assert panel.all("h3")[0].text == "测试集：与基线相比"
    assert [re.sub(r"\s+", " ", one.text.strip()) for one in panel.all("p")] == [
        "变好 1：a b/号", "变差 1：c（程序出错）", "用例不同：基线独有 1 个，本次独有 1 个。",
    ]  # fmt: skip
    assert [one.attributes["href"] for one in panel.all("a")] == ["#a%20b/%E5%8F%B7", "#c"]
    same = built([], [], {"test": now}, {"test": now})
    assert "变好 0：无" in read(same).text
    assert "用例不同" not in same
    assert "与基线相比" not in built([], [], {"test": now})


@pytest.mark.parametrize(
    ("faults", "classes", "said"),
    [
        (None, None, ""),
        ([], ["panel", "gate"], "达到门槛"),
        (["test：引用核对未通过：a", HOSTILE], ["panel", "gate", "bad"], "未达门槛"),
    ],
)
def test_gates(faults: list[str] | None, classes: list[str] | None, said: str) -> None:
    """Not held against anything: no panel; held, and nothing found: reached; else every breach, as text."""
    panels = read(built(faults=faults)).all("section", "gate")
    assert [one.classes for one in panels] == ([] if classes is None else [classes])
    for panel in panels:
        assert panel.all("strong")[0].text == said
        assert [one.text for one in panel.all("li")] == (faults or [])


def test_history() -> None:
    """A line for each earlier baseline, and curves once there are two; nothing without any."""
    assert "历次基线" not in built()
    one = History(date="2026-01-02", note=HOSTILE, test={"correct": 0.5, "recall@5": 0.25}, dev={})
    two = History(
        date="2026-02-03", note="词表", test={"correct": 0.625, "recall@5": 1.0, "abstention_f1": 0.1}, dev={}
    )
    (first,) = [panel for panel in read(built(history=[one])).all("section") if "历次基线" in panel.text]
    assert first.all("polyline") == []
    (panel,) = [panel for panel in read(built(history=[one, two])).all("section") if "历次基线" in panel.text]
    assert [str(line.attributes["points"]).split() for line in panel.all("polyline")] == [
        ["0.0,50.0", "300.0,37.5"], ["0.0,75.0", "300.0,0.0"], ["300.0,90.0"],
    ]  # fmt: skip
    assert [[cell.text for cell in line.all("td")] for line in panel.all("tr")[1:]] == [
        ["2026-01-02", "50.0%", "25.0%", "—", HOSTILE],
        ["2026-02-03", "62.5%", "100.0%", "10.0%", "词表"],
    ]


def test_cases_without_splits() -> None:
    """A file from outside: one column for all, no choice of split, no split on the card."""
    cases = [one.model_copy(update={"split": ""}) for one in CASES]
    rows = [one.model_copy(update={"split": ""}) for one in ROWS]
    page = read(built(cases, rows, {"": summarise(cases, rows)}))
    assert [one.text for one in page.all("thead")[0].all("th")][:2] == ["指标", "全部用例（6 例）"]
    assert [one.text for one in page.all("select")[1].all("option")] == ["全部"]
    assert headline(built(cases, rows, {"": summarise(cases, rows)}))["回答正确"][0] == ("33.3%", "")
