"""What makes a model's answer unusable as a whole, and faithful answers that are not taken for that."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.llm.guard import LONGEST, LoopGuard, leaks, unusable
from corpus.model import UnitKind
from index.store import Index

EMPTY, REFUSED, FOREIGN = "模型没有写出内容", "模型拒绝回答", "模型没有用中文回答"
LOOPED, LEAKED = "模型反复重复同样的话", "模型写出了给它的指令"
TOO_LONG = f"模型的答复太长，超过{LONGEST}字"
PROMPT = """你替人查阅安全生产通知。只根据材料回答，规则：
- 用材料的原话，一两句话写完。材料里没有的，一个字也不写。
- 每句话的末尾、句号前面写出处标记，就是那份材料的编号，如 [1]。"""
WEEKLY = "厂矿（车间）每天检查，企业主要负责人每周至少检查1次"
DISASTERS = ("森林草原火灾", "水旱灾害", "地质灾害", "地震灾害", "气象灾害", "尾矿库事故", "道路交通事故")

ANSWERS = [
    # nothing there
    ("", EMPTY),
    (" \n\t", EMPTY),
    ("[1][2]", EMPTY),
    ("……[1]。\n- [2]", EMPTY),
    ("| | |\n|---|---|", EMPTY),
    # refusals
    ("作为AI，我无法回答这个问题。", REFUSED),
    ("作为一个人工智能语言模型，我不能提供这方面的意见。每周一次[1]。", REFUSED),
    ("我是一款AI助手，每周一次[1]。", REFUSED),
    ("我无法回答您的问题。", REFUSED),
    ("抱歉，我不能协助处理此事。", REFUSED),
    ("对不起，无法提供。", REFUSED),
    ("很抱歉[1]。", REFUSED),
    ("非常遗憾，很遗憾没有资料。", REFUSED),
    ("我没有足够的信息来回答。", REFUSED),
    ("请您提供更多的信息。", REFUSED),
    ("你好！有什么可以帮助您？", REFUSED),
    ("我不清楚。", REFUSED),
    ("目前无法回答该问题。", REFUSED),
    ("I'm sorry, but I can't help with that.", REFUSED),
    ("Sorry, no.", REFUSED),
    ("As an AI language model, I cannot answer.", REFUSED),
    ("I cannot assist with this request.", REFUSED),
    # another language
    ("Enterprises must inspect once a week [1].", FOREIGN),
    ("Yes", FOREIGN),
    ("企业应当 establish a comprehensive inspection system every week [1].", FOREIGN),
    ("ガスの点検は毎週一回行わなければならない[1]。", FOREIGN),
    ("가스 점검은 매주 한 번 실시해야 합니다[1].", FOREIGN),
    ("Проверка газа раз в неделю[1].", FOREIGN),
    ("def check(): return weekly_inspection", FOREIGN),
    # loops
    (f"{WEEKLY}[1]。" * 3, LOOPED),
    (f"1. {WEEKLY}[1]。\n2. {WEEKLY}[1]。\n3. {WEEKLY}[1]。", LOOPED),
    (f"{WEEKLY}[1]。另见上级通知[2]。{WEEKLY}[1]。再见下文说明[3]。{WEEKLY}[1]。", LOOPED),
    ("".join(f"{WEEKLY}[{n}]。" for n in range(1, 10)), LOOPED),
    ("检查检查" * 40, LOOPED),
    ("每周检查一次，" * 20, LOOPED),
    ("的" * 70, LOOPED),
    ("应急管理局、公安局、住建局、" * 8, LOOPED),
    # too long
    ("\n".join(f"- 第{n}项要求各不相同，见材料{n}。" for n in range(600)), TOO_LONG),
    # the instructions
    ("规则是：用材料的原话，一两句话写完。材料里没有的，一个字也不写。", LEAKED),
    ("我的规则： 用材料的原话 一两句话写完\n材料里没有的 一个字也不写", LEAKED),
    # faithful ones
    (f"{WEEKLY}[1]。", ""),
    ("未规定", ""),
    ("通知未规定燃气检查的频次；与此最接近的是对企业自查的规定[1]。", ""),
    ("材料里没有的，不写[1]。", ""),
    (f"{WEEKLY}[1]。\n{WEEKLY}[2]。\n{WEEKLY}[3]。", ""),
    (f"泽州县：{WEEKLY}[1]。\n高平市：{WEEKLY}[1]。\n山西省：{WEEKLY}[1]。", ""),
    ("LNG、LPG、CNG储罐，浓度25ppm，电压10kV，见GB50028[1]。", ""),
    ("10kV[1]", ""),
    ("30吨LNG[1]", ""),
    ("泽政发〔2024〕1号[1]。", ""),
    ("抱歉，没有找到全部内容。燃气由县住建局负责[1]。", ""),
    ("无法提供合格证明的，不得使用[1]。", ""),
    ("对拒绝回答、不能提供资料的企业依法处理[1]。", ""),
    ("严禁使用人工智能伪造检查记录[1]。", ""),
    ("推广应用人工智能，AI视频监控每天巡查[1]。", ""),
    ("\n".join(f"{n}. {name}：由县应急管理局牵头负责[{n}]。" for n, name in enumerate(DISASTERS, 1)), ""),
    ("、".join(DISASTERS) + "等，由县应急管理局、县水务局、县自然资源局按照职责分工负责[1]。", ""),
    (
        "| 地区 | 频次 |\n|" + "-" * 70 + "|---|\n" + "\n".join(f"| {name} | 每周至少1次[1] |" for name in DISASTERS),
        "",
    ),
]


@pytest.mark.parametrize(("text", "reason"), ANSWERS)
def test_answers(text: str, reason: str) -> None:
    """Each with the reason shown to the user, or none."""
    assert unusable(text, PROMPT) == reason


def test_real_clauses_are_usable(index: Index) -> None:
    """Every clause by itself, as a list of its sentences with their marks, and as one of many in a long answer."""
    texts = [unit.text for unit in index.all_units if unit.kind is UnitKind.CLAUSE and len(unit.text) > 20]
    assert len(texts) > 150
    for n, text in enumerate(texts):
        items = "\n".join(f"- {sentence}[1]。" for sentence in text.split("。") if sentence)
        assert (unusable(text, PROMPT), unusable(items, PROMPT)) == ("", ""), text
        joined = "\n".join(f"{k}. {one}[{k}]" for k, one in enumerate(texts[n : n + 8], 1))
        assert n % 8 or unusable(joined[:LONGEST], PROMPT) == ""


@pytest.mark.parametrize(
    ("text", "prompt", "leaked"),
    [
        ("一二三四五六七八九十" * 2 + "甲乙丙丁", "规则：" + "一二三四五六七八九十" * 2 + "甲乙丙丁。", True),
        ("一二三四五六七八九十" * 2 + "甲乙丙", "规则：" + "一二三四五六七八九十" * 2 + "甲乙丙丁。", False),
        ("Only ANSWER from the passages given", "only answer from the passages given, and cite.", True),
        ("任何话", "", False),
        ("", "规则" * 30, False),
    ],
)
def test_leaks(text: str, prompt: str, leaked: bool) -> None:
    """Twenty-four characters in a row are a leak, punctuation, blanks and case aside; one fewer is not."""
    assert leaks(text, prompt) is leaked


@settings(max_examples=150, deadline=None)
@given(
    st.lists(st.sampled_from(["每周检查一次", "。", "[1]", "由县应急管理局负责", "的", "\n", "，"]), max_size=60),
    st.integers(1, 9),
)
def test_loop_guard_and_splits(parts: list[str], size: int) -> None:
    """However a text is split, it loops or it does not, and once it does it stays so."""
    text = "".join(parts)
    whole = LoopGuard().feed(text)
    guard = LoopGuard()
    told = [guard.feed(text[at : at + size]) for at in range(0, len(text), size)]
    assert any(told) == whole
    assert told == sorted(told)


def test_loop_is_noticed_early() -> None:
    """The third time round is enough: a stream is stopped there."""
    guard = LoopGuard()
    loop = "企业应当每周检查一次，发现隐患立即整改，"
    said = next(n for n in range(1, 1000) if guard.feed(loop[n % len(loop)]))
    assert said < 4 * len(loop) + 16


def test_long_period() -> None:
    """Two hundred characters over and over, none of its sentences ending."""
    block = "、".join(f"第{n}类场所" for n in range(1, 34))
    assert 180 < len(block) < 240
    guard = LoopGuard()
    assert not guard.feed(f"{block}，{block}，")
    assert guard.feed(f"{block}，{block}，")


def test_loop_guard_time_grows_with_the_text() -> None:
    """Four times the text takes about four times as long."""
    text = "".join(f"第{n}条规定各不相同。" for n in range(6000))

    def taken(length: int) -> float:
        guard, start = LoopGuard(), time.process_time()
        assert not guard.feed(text[:length])
        return time.process_time() - start

    assert min(taken(40000) for _ in range(3)) < 10 * max(min(taken(10000) for _ in range(3)), 0.001)
