"""A model's output as harmless text: payloads, and that nothing new comes about by taking things away."""

from __future__ import annotations

import re
import time
import unicodedata
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.llm.marks import canonical
from app.llm.plain import MOST, plain
from app.llm.scan import MARK

# what a model wrote; what is left of it
PAYLOADS = [
    ("厂矿日检日查[1]。", "厂矿日检日查[1]。"),
    ("（县水务局、县住建局负责）〔2024〕“一岗双责”《办法》", "（县水务局、县住建局负责）〔2024〕“一岗双责”《办法》"),
    ("| 地区 | 频次 |\n|---|---|\n| 泽州县 | 每周[1] |", "| 地区 | 频次 |\n|---|---|\n| 泽州县 | 每周[1] |"),
    ("- **企业**：每周一次[1]\n- 集团：每月两次[2]", "- **企业**：每周一次[1]\n- 集团：每月两次[2]"),
    ("浓度<5%，人数>3人", "浓度＜5%，人数＞3人"),
    ("面积10m²以上", "面积10m²以上"),
    ("![图](http://x.example/a.png?q=密钥)每周一次[1]。", "图每周一次[1]。"),
    ("![图](http://x.example/a.png)每周一次[1]。", "图每周一次[1]。"),
    ("![](//x.example/a.png)每周一次", "每周一次"),
    ("[点此](https://x.example/b)查看", "点此查看"),
    ("[点此](javascript:alert(1))查看", "点此查看"),
    ("[点此](data:text/html;base64,PHN2Zz4=)查看", "点此查看"),
    ("每周一次[[1]](#src-1)。", "每周一次[1]。"),
    ("每周一次[1](https://x.example)。", "每周一次[1]。"),
    ("[燃气](县住建局)检查", "[燃气]（县住建局）检查"),
    ("[点此][a]\n\n[a]: http://x.example", "[点此] [a]\n\n[a]:"),
    ("详见https://x.example/a?b=1。", "详见。"),
    ("详见 www.x.example/a 。", "详见 。"),
    ("详见x.com/a，或x.gov.cn。", "详见，或。"),
    ("写信给a.b@x.example。", "写信给。"),
    ("详见//x.example/a。", "详见。"),
    ("详见http：//x.example。", "详见。"),
    ("详见ｈｔｔｐ://x.example。", "详见。"),
    ("java\u200bscript:alert(1)好", "好"),
    ("https://x.example/[1]每周一次[2]", "[1]每周一次[2]"),
    ("<b>每周</b>一次[1]。", "每周一次[1]。"),
    ("<img src=x onerror=alert(1)>每周", "每周"),
    ("每周<img src=x onerror=alert(1)", "每周"),
    ("<script>alert(1)</script>每周", "每周"),
    ("每周<script>alert(1)", "每周"),
    ("<style>*{display:none}</style>每周", "每周"),
    ("<scr<script>ipt>alert(1)</scr</script>ipt>每周", "每周"),
    ("每周<<b>script>alert(1)</script>一次", "每周"),
    ("＜script＞alert(1)＜/script＞每周", "每周"),
    ("&lt;script&gt;alert(1)&lt;/script&gt;每周", "每周"),
    ("&amp;lt;b&amp;gt;每周", "每周"),
    ("<!-- 忽略以上 -->每周", "每周"),
    ("<a href='http://x.example'>点此</a>", "点此"),
    ("<form action=/x><input name=a></form>每周", "每周"),
    ("<http://x.example>每周", "每周"),
    ("hthttp://x.example tp://y.example", "ht tp:"),
    ("每周\u202e次一\u202c", "每周次一"),
    ("每\u200b周\u2060一\ufeff次", "每周一次"),
    ("每周\x00\x1b[31m一次", "每周[31m一次"),
    ("每周\U000e0041一次\ufe0f", "每周一次"),
    ("每周\ue001一次\ud800", "每周一次"),
    ("```python\nprint()\n```\n每周", "print()\n\n每周"),
    ("`每周`一次", "每周一次"),
    ("~~~\n每周\n~~~", "每周"),
    ("# 频次\n### 每周\n#### # 一次", "频次\n每周\n一次"),
    ("> 每周\n>> 一次", "每周\n一次"),
    ("每周\n\n\n\n---\n一次", "每周\n\n一次"),
    ("<|im_start|>system\n每周<|im_end|>", "system\n每周"),
    ("<｜end▁of▁sentence｜>每周", "每周"),
    ("每周<|im_e", "每周"),
    ("[INST]每周[/INST]</s>", "每周"),
    ("<think>先想想</think>每周[1]", "每周[1]"),
    ("先想想</think>每周[1]", "每周[1]"),
    ("<think>先想想", ""),
    ("[<b>1</b>]", "(1)"),
    ("[\u200b1]", "(1)"),
    ("&#91;1&#93;", "(1)"),
    ("[材<b>料1]", "(1)"),
    ("每次<b>¹", "每次(1)"),
    ("[`1`]", "(1)"),
    ("`[1]`", "[1]"),
    ("[24<b></b>]", "(24)"),
    ("Ｌ Ｎ Ｇ３０吨", "L N G30吨"),
    ("每周\u3000\u00a0 一次\r\n每月\u2028每年", "每周 一次\n每月\n每年"),
    ("", ""),
]


@pytest.mark.parametrize(("text", "expected"), PAYLOADS)
def test_payloads(text: str, expected: str) -> None:
    """What is left is harmless, and stays as it is."""
    assert plain(text) == expected
    assert plain(expected) == expected


ATOMS = (
    *"[]()<>1２号¹次、见（）#`\n |!/:&;【】〔〕＜＞x*-",
    "24", "script", "</script>", "<b>", "http://", "a.com", "www.", "javascript:", "&lt;", "&amp;", "&#91;", "\u200b",
    "\u202e", "\ue001", "材料", "```", "<|", "|>", "<!--", "-->", "<think>", "</think>", "](", "[1]", "[a](b)",
)  # fmt: skip
LOADED = re.compile(r"<|https?://|javascript:|www\.\w|!\[|\]\(", re.IGNORECASE)


def marks(text: str) -> Counter[str]:
    """How often each number is marked in a text."""
    return Counter(one[1] for one in MARK.finditer(canonical(text)))


@settings(max_examples=500, deadline=None)
@given(st.lists(st.sampled_from(ATOMS), max_size=16).map("".join))
def test_nothing_new_comes_about(text: str) -> None:
    """Plain is plain and canonical; no mark, tag, link or hidden character is made by taking others away."""
    left = plain(text)
    assert plain(left) == left == canonical(left)
    assert marks(left) <= marks(text)
    assert not LOADED.search(left)
    assert all(one == "\n" or unicodedata.category(one) not in {"Cc", "Cf", "Co", "Cs", "Cn"} for one in left)


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=200))
def test_any_text(text: str) -> None:
    """Any characters at all."""
    left = plain(text)
    assert plain(left) == left
    assert marks(left) <= marks(text)


def test_nested_payloads_end() -> None:
    """What peels off layer by layer loses its signs at last."""
    left = plain("&" + "amp;" * 40 + "lt;script&gt;")
    assert plain(left) == left
    assert "&" not in left
    nested = plain("<b" * 50 + ">" * 50 + "每周")
    assert "每周" in nested
    assert plain(nested) == nested


def test_length_is_bounded() -> None:
    """Even where marks grow."""
    assert len(plain("每" * 9000)) == MOST
    assert MOST - 30 < len(plain("[1-9]" * 4000)) <= MOST


@pytest.mark.parametrize(
    "unit",
    ["<", "[", "(", "<!--", "<script", "</think>", "![a](", "[x]((b)", "http:", "a.", "a@", "&amp;", "（见", "`"],
)
def test_time_grows_with_the_text(unit: str) -> None:
    """Four times the text takes about four times as long, not sixteen."""

    def taken(length: int) -> float:
        text = (unit * length)[:length]
        start = time.process_time()
        plain(text)
        return time.process_time() - start

    assert min(taken(8000) for _ in range(3)) < 10 * max(min(taken(2000) for _ in range(3)), 0.001)
