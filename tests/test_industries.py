"""Industries of clauses (行业): expectations written by reading the notices, before the words were tried on them."""

from __future__ import annotations

import pytest

from corpus.industries import all_industries, industries_of
from corpus.model import Document, Level, Sentence, SentenceKind, Source, Unit, UnitKind

Z24, Z23, GP, SX, LF = (
    "泽政发〔2024〕1号",
    "泽政发〔2023〕1号",
    "高政发〔2024〕1号",
    "晋政发〔2024〕1号",
    "临政发〔2024〕1号",
)
GENERAL = ""
MANY = (
    "冶金工贸 油气管道 电力 水利 特种设备 危险废物 民爆物品 商贸和公共场所 学校 医疗养老 交通运输 农业 文化旅游 "
    "粮食储备 邮政快递"
)
#: notice, label, industries in any order; empty for a clause that speaks to everybody (通用).
EXPECTED = (
    (Z24, "一、（一）", GENERAL),
    (Z24, "一、（四）", GENERAL),
    (Z24, "二、（六）", GENERAL),
    (Z24, "二、（七）", GENERAL),
    (Z24, "二、（八）", GENERAL),
    (Z24, "三、（十）", GENERAL),
    (Z24, "三、（十一）", "煤矿"),
    (Z24, "三、（十二）", "非煤矿山"),
    (Z24, "三、（十三）", "危险化学品"),
    (Z24, "三、（十四）", "交通运输"),
    (Z24, "三、（十五）", "建筑施工"),
    (Z24, "三、（十六）", "自建房"),
    (Z24, "三、（十七）", "燃气"),
    (Z24, "三、（十八）", "消防"),
    (
        Z24,
        "三、（十九）",
        MANY,
    ),
    (Z24, "四、（二十）", "自然灾害"),
    (Z24, "四、（二十一）", "自然灾害"),
    (Z24, "四、（二十二）森林草原火灾", "自然灾害 森林防火"),
    (Z24, "四、（二十二）水旱灾害", "自然灾害 水利"),
    (Z24, "四、（二十二）地震灾害", "自然灾害"),
    (Z24, "五、（二十三）", GENERAL),
    (Z24, "五、（二十四）", GENERAL),
    (Z24, "五、（二十五）", GENERAL),
    (Z24, "五、（二十六）", GENERAL),
    (Z24, "六、（二十七）", GENERAL),
    (Z24, "七、（三十一）", GENERAL),
    (Z23, "一、（一）", GENERAL),
    (Z23, "三、（六）", GENERAL),
    (Z23, "四、（十）", "煤矿"),
    (Z23, "四、（十二）", "危险化学品"),
    (Z23, "四、（十三）", "冶金工贸"),
    (Z23, "四、（十五）", "建筑施工"),
    (Z23, "四、（十八）", "消防"),
    (Z23, "四、（十九）", "商贸和公共场所"),
    (Z23, "四、（二十）", "水利 学校 森林防火 特种设备 油气管道 电力 民爆物品 文化旅游 危险废物 农业"),
    (Z23, "五、（二十一）", "自然灾害"),
    (Z23, "五、（二十二）地质灾害", "自然灾害"),
    (Z23, "六、（二十五）", GENERAL),
    (Z23, "六、（二十六）", GENERAL),
    (Z23, "八、（三十二）", GENERAL),
    (GP, "一、（二）", GENERAL),
    (GP, "三、（十一）", "煤矿"),
    (GP, "三、（十二）", "非煤矿山"),
    (GP, "三、（十四）", "交通运输"),
    (
        GP,
        "三、（十九）",
        MANY,
    ),
    (GP, "四、（二十二）气象灾害", "自然灾害"),
    (SX, "一、（三）", GENERAL),
    (SX, "三、（十一）", "非煤矿山"),
    (SX, "三、（十六）", "燃气"),
    (SX, "三、（十八）", "特种设备 冶金工贸 民爆物品 文化旅游 农业"),
    (SX, "四、（二十一）水旱灾害", "自然灾害 水利"),
    (SX, "五、（二十二）", GENERAL),
    (LF, "二、（一）1.", GENERAL),
    (LF, "二、（一）3.", "非煤矿山"),
    (LF, "二、（一）5.", "冶金工贸"),
    (LF, "二、（一）7.", "建筑施工"),
    (LF, "二、（一）8.", "自建房"),
    (LF, "二、（一）9.", "燃气"),
    (LF, "二、（一）10.", "消防"),
    (LF, "二、（一）11.", "特种设备 民爆物品 文化旅游 农业 电力"),
    (LF, "二、（二）2.", GENERAL),
    (LF, "二、（二）3.", GENERAL),
    (LF, "三、（一）2.", GENERAL),
    (LF, "三、（二）2.", "自然灾害"),
    (LF, "三、（二）3.", "自然灾害 森林防火"),
    (LF, "三、（三）1.", GENERAL),
    (LF, "四、（一）", GENERAL),
    (LF, "四、（三）", GENERAL),
    ("临政函〔2024〕12号", "正文", "交通运输"),
    ("临政函〔2024〕13号", "正文", GENERAL),
)


@pytest.mark.parametrize(("notice", "label", "expected"), EXPECTED)
def test_industries_of_the_notices(documents: dict[str, Document], notice: str, label: str, expected: str) -> None:
    document = documents[notice]
    (unit,) = [unit for unit in document.clauses if unit.label == label]
    assert set(industries_of(document, unit)) == set(expected.split())


def made(heading: str, *sentences: str, ancestors: tuple[str, ...] = (), title: str = "") -> tuple[Document, Unit]:
    """A document of one clause, its sentences as given; a sentence in （…） names who is responsible."""
    parts, start = [], 0
    for text in (f"{heading}。" * bool(heading), *sentences):
        kind = SentenceKind.HEADING if not parts and heading else SentenceKind.BODY
        kind = SentenceKind.RESPONSIBLE if text.startswith("（") else kind
        parts += [Sentence(text=text, start=start, end=start + len(text), kind=kind)] if text else []
        start += len(text)
    text = "".join(one.text for one in parts)
    unit = Unit(
        kind=UnitKind.CLAUSE, notice="甲〔2025〕1号", path=("一、",), label="一、", heading=heading,
        ancestors=ancestors, text=text, runs=((0, start),), source=Source(file="a.txt", start=0, end=start),
        sentences=tuple(parts),
    )  # fmt: skip
    return Document(notice=unit.notice, title=title, level=Level.UNKNOWN, units=(unit,), file="a.txt"), unit


def test_names_are_those_of_the_file_in_its_order() -> None:
    names = all_industries()
    assert names[:3] == ("煤矿", "非煤矿山", "危险化学品")
    assert len(names) == len(set(names)) == 24


def test_longer_word_wins() -> None:
    assert industries_of(*made("非煤矿山")) == ("非煤矿山",)
    assert industries_of(*made("矿山安全")) == ("煤矿", "非煤矿山")
    assert industries_of(*made("消防救援队伍建设")) == ()


def test_text_counts_when_most_of_it_speaks_of_the_industry() -> None:
    gas = "燃气企业要每月检查一次管网。"
    other = "各单位要按规定组织开展应急演练。"
    assert industries_of(*made("加强检查", gas, gas, other)) == ("燃气",)
    assert industries_of(*made("加强检查", gas, other, other)) == ()
    assert industries_of(*made("", gas)) == ("燃气",)


def test_list_in_passing_and_responsible_units_do_not_count() -> None:
    assert industries_of(*made("", "煤矿、危险化学品、建筑施工、燃气等企业要建立台账。")) == ()
    assert industries_of(*made("", "各单位要自查。", "（县交通运输局、县燃气办、县燃气公司负责）")) == ()
    assert industries_of(*made("其他行业领域", "煤矿、教育、燃气等行业要自查。")) == ("煤矿", "燃气", "学校")


def test_heading_above_and_title_stand_in_for_a_heading_that_names_none() -> None:
    text = "各单位要自查。"
    assert industries_of(*made("加强检查", text, ancestors=("重点行业", "燃气安全"))) == ("燃气",)
    assert industries_of(*made("消防", text, ancestors=("燃气安全",))) == ("消防",)
    assert industries_of(*made("加强检查", text, title="关于加强电梯安全的通知")) == ("特种设备",)
    assert industries_of(*made("加强检查", text, ancestors=("深化煤矿、燃气、消防、学校等专项整治",))) == ()


def test_only_clauses_have_industries() -> None:
    document, unit = made("燃气")
    assert industries_of(document, unit.model_copy(update={"kind": UnitKind.TITLE})) == ()
