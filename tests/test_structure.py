"""Tables for labels, numbering, parts, headers and footers."""

from __future__ import annotations

import pytest

from corpus.clean import clean_lines, clean_text, close_up, join
from corpus.header import read_date, split_names
from corpus.labels import Label, Numbering, Style, match_label
from corpus.model import Document
from corpus.ordinals import format_numeral, parse_numeral
from corpus.parse import parse_file
from corpus.structure import build_tree, heading_of, walk


def parse(text: str) -> Document:
    """The one document of a made-up file."""
    documents, _ = parse_file(text, "made.txt")
    assert len(documents) == 1
    return documents[0]


def tree(*lines: str) -> list[tuple[str, str, str]]:
    """Label path, heading and own text of each part that the lines make."""
    root, _ = build_tree([close_up(line) for text in lines for line in clean_lines(text)])
    return [
        ("".join(one.label for one in (*above, part)), heading_of(part)[0], part.own_text().chars)
        for part, above in walk(root)
    ]


@pytest.mark.parametrize(
    ("line", "style", "number", "text"),
    [
        ("第一编总则", Style.BOOK, 1, "第一编"),
        ("第十二章附则", Style.CHAPTER, 12, "第十二章"),
        ("第2节检查", Style.SECTION, 2, "第2节"),
        ("第一百零三条企业应当", Style.ARTICLE, 103, "第一百零三条"),
        ("第15条企业应当", Style.ARTICLE, 15, "第15条"),
        ("十七、燃气", Style.HAN, 17, "十七、"),
        ("（二十二）加强", Style.HAN_BRACKET, 22, "（二十二）"),
        ("11.其他", Style.ARABIC, 11, "11."),
        ("3、其他", Style.ARABIC, 3, "3、"),
        ("1.2024年底前完成", Style.ARABIC, 1, "1."),
        ("（4）其他", Style.ARABIC_BRACKET, 4, "（4）"),
        ("③其他", Style.CIRCLED, 3, "③"),
    ],
)
def test_labels(line: str, style: Style, number: int, text: str) -> None:
    assert match_label(line) == Label(style, number, text)


@pytest.mark.parametrize(
    "line",
    [
        "1.5米以上",
        "2024年",
        "第三方机构",
        "一是加强",
        "二、三级医院",
        "（含乡镇）",
        "一季度",
        "（十五五规划）",
        "0.5吨",
        "第一次",
    ],
)
def test_no_labels(line: str) -> None:
    assert match_label(line) is None


@pytest.mark.parametrize(
    ("lines", "accepted", "gaps"),
    [
        ("一、 （一） （二） 二、 （三）", "一、 （一） （二） 二、 （三）", []),
        ("一、 （一） （二） 二、 （一）", "一、 （一） （二） 二、 （一）", []),
        ("一、 （一） 1. 2. （二） 1.", "一、 （一） 1. 2. （二） 1.", []),
        ("一、 二、 四、", "一、 二、 四、", ["“四、”之前缺少第3项"]),
        ("一、 （一） （五）", "一、 （一） （五）", ["“（五）”之前缺少第2至4项"]),
        ("（三） （四）", "（三） （四）", ["“（三）”之前缺少第1至2项"]),
        ("（九） 一、 （一） （一） 一、 （二）", "一、 （一） （二）", []),
        ("一、 （一） （十五）", "一、 （一）", []),
    ],
)
def test_numbering(lines: str, accepted: str, gaps: list[str]) -> None:
    numbering = Numbering()
    labels = [match_label(one) for one in lines.split()]
    taken = [label.text for label in labels if label and numbering.accept(label) is not None]
    assert (taken, numbering.gaps) == (accepted.split(), gaps)


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        (
            ["（一）强化监管。按照第一条和", "（二）项规定，加强检查。", "（二）强化保障。落实到位。"],
            [
                ("（一）", "强化监管", "强化监管。按照第一条和（二）项规定，加强检查。"),
                ("（二）", "强化保障", "强化保障。落实到位。"),
            ],
        ),
        (
            ["（一）强化监管。每月检查", "（二）项内容。"],
            [("（一）", "强化监管", "强化监管。每月检查（二）项内容。")],
        ),
        (["（一）对照本通知第", "（二）项开展检查。"], [("（一）", "", "对照本通知第（二）项开展检查。")]),
        (
            ["一、培训要求", "组织集中培训，覆盖", "二、三级医院。"],
            [("一、", "培训要求", "培训要求组织集中培训，覆盖二、三级医院。")],
        ),
        (["（一）按期完成。护栏高度不低于", "1.5米。"], [("（一）", "按期完成", "按期完成。护栏高度不低于1.5米。")]),
        (
            ["一、强化安全责任", "落实", "（一）检查。每月1次。"],
            [("一、", "强化安全责任落实", "强化安全责任落实"), ("一、（一）", "检查", "检查。每月1次。")],
        ),
        (
            ["（一）重点灾种防范", "水旱灾害：加强巡查。", "及时排险。", "气象灾害：加强预警。"],
            [
                ("（一）", "重点灾种防范", "重点灾种防范"),
                ("（一）水旱灾害", "水旱灾害", "水旱灾害：加强巡查。及时排险。"),
                ("（一）气象灾害", "气象灾害", "气象灾害：加强预警。"),
            ],
        ),
        (["（一）加强领导", "各乡镇要做到：层层负责。"], [("（一）", "加强领导", "加强领导各乡镇要做到：层层负责。")]),
        (["第一条本办法适用于全省。违反的依法处理。"], [("第一条", "", "本办法适用于全省。违反的依法处理。")]),
    ],
)
def test_parts(lines: list[str], parts: list[tuple[str, str, str]]) -> None:
    assert tree(*lines) == parts


@pytest.mark.parametrize(
    ("text", "number"),
    [("十", 10), ("十七", 17), ("三十二", 32), ("一百零三", 103), ("二〇二四", 2024), ("12", 12), ("⑳", 20), ("", None),
     ("3a", None), ("甲", None)],
)  # fmt: skip
def test_ordinals(text: str, number: int | None) -> None:
    assert parse_numeral(text) == number


def test_ordinals_round_trip() -> None:
    assert [parse_numeral(format_numeral(number)) for number in range(1, 100)] == list(range(1, 100))
    assert [format_numeral(number) for number in (10, 21, 99)] == ["十", "二十一", "九十九"]
    for number in (0, 100):
        with pytest.raises(ValueError, match="out of range"):
            format_numeral(number)


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("2024年4月11日", "2024-04-11"),
        ("二〇二四年四月十一日", "2024-04-11"),
        ("二○二四年十月二十日", "2024-10-20"),
        ("二零二三年十二月三十日", "2023-12-30"),
        ("2024年13月1日", ""),
        ("2024年4月", ""),
        ("浙江省人民政府2025年1月3日", "2025-01-03"),
    ],
)
def test_dates(line: str, date: str) -> None:
    assert read_date(line) == date


BODY = "一、加强检查，落实责任。每月1次。\n二、加强培训，落实责任。每季1次。\n"


@pytest.mark.parametrize(
    "docno", ["泽政发〔2024〕7号", "泽政发[2024]7号", "泽政发（2024）7 号", "泽政发【2024】7号", "泽政发(2024]7号"]
)
def test_brackets_of_the_docno(docno: str) -> None:
    assert parse(f"关于安全的通知\n{docno}\n各乡镇：\n{BODY}").notice == "泽政发〔2024〕7号"


def test_docno_with_ordinal() -> None:
    assert parse(f"关于安全的通知\n泽安委发(2024)第12号\n各乡镇：\n{BODY}").notice == "泽安委发〔2024〕第12号"


@pytest.mark.parametrize(
    ("head", "title", "issuer", "addressees"),
    [
        (
            "泽州县人民政府文件\n泽政发〔2024〕7号\n泽州县人民政府\n关于安全的 通 知\n各乡镇：\n",
            "泽州县人民政府关于安全的通知",
            "泽州县人民政府",
            ("各乡镇",),
        ),
        ("关于安全的通知\n泽政发〔2024〕7号\n各乡镇，县直\n各单位：\n", "关于安全的通知", "", ("各乡镇", "县直各单位")),
        (
            "泽州县人民政府办公室\n泽政发〔2024〕7号\n关于安全的通知\n各乡镇：\n",
            "关于安全的通知",
            "泽州县人民政府办公室",
            ("各乡镇",),
        ),
        ("泽政发〔2024〕7号\n关于安全的通知\n现将有关事项通知如下：\n", "关于安全的通知", "", ()),
        ("泽政发〔2024〕7号\n关于安全的通知\n", "关于安全的通知", "", ()),
        ("泽\n州\n县\n人\n民\n政\n府\n关于安全的批复\n泽政发〔2024〕7号\n", "关于安全的批复", "泽州县人民政府", ()),
    ],
    ids=["below", "above", "letterhead without 文件", "no 主送, preamble", "no 主送", "one character a line"],
)
def test_header(head: str, title: str, issuer: str, addressees: tuple[str, ...]) -> None:
    document = parse(head + BODY)
    assert (document.title, document.issuer, document.addressees) == (title, issuer, addressees)
    assert [unit.label for unit in document.clauses] == ["一、", "二、"]


@pytest.mark.parametrize(
    ("foot", "issuer", "date", "copies", "printed"),
    [
        ("泽州县人民政府\n2024年4月11日\n", "泽州县人民政府", "2024-04-11", (), ""),
        ("泽州县人民政府 二〇二四年四月十一日\n", "泽州县人民政府", "2024-04-11", (), ""),
        ("2024年4月11日\n（此件公开发布）\n", "", "2024-04-11", (), ""),
        (
            "泽州县人民政府\n2024年4月11日\n抄送：县委，县人大，\n县政协。\n县政府办公室\n2024年4月12日印发\n",
            "泽州县人民政府", "2024-04-11", ("县委", "县人大", "县政协"), "县政府办公室2024年4月12日印发",
        ),
        ("", "", "", (), ""),
    ],
    ids=["two lines", "one line", "no issuer", "copies", "nothing"],
)  # fmt: skip
def test_footer(foot: str, issuer: str, date: str, copies: tuple[str, ...], printed: str) -> None:
    document = parse(f"泽政发〔2024〕7号\n关于安全的通知\n各乡镇：\n{BODY}{foot}")
    assert (document.issuer, document.date, document.copies, document.printed) == (issuer, date, copies, printed)
    assert document.clauses[-1].text == "加强培训，落实责任。每季1次。"


def test_names() -> None:
    assert split_names("各县（市、区）人民政府、市直各部门：") == ("各县（市、区）人民政府", "市直各部门")
    assert split_names("抄送：省委各部门，省人大；省政协。") == ("省委各部门", "省人大", "省政协")
    assert split_names("省人民政府各委、办、厅、局：") == ("省人民政府各委、办、厅、局",)


def test_space_between_latin_words_has_the_place_of_the_break() -> None:
    text = join(clean_lines("\ufeffGDP \n\n PDT\n20 人"))
    assert text.chars == "GDP PDT 20人"
    assert text.places == (1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 15)
    assert text.slice(4).runs() == ((8, 14), (15, 16))


def test_clean_text_takes_any_form() -> None:
    assert clean_text("生(sheng)(sheng)產（chǎn）,安\n(an)全") == "生产，安全"
    assert clean_text("重大(zhong)隱患(AI)") == "重大（zhong）隐患（AI）"
    assert clean_text("著眼成效顯著、顯著重視") == "着眼成效显著、显著重视"
    assert clean_text("⼭⻄省、乾县粉尘渉爆") == "山西省、乾县粉尘涉爆"
    assert clean_text("１２０ 万吨 / 年，GDP 增 5 %") == "120万吨/年，GDP增5%"
    assert clean_text("Word one,12:30") == "Word one，12:30"
