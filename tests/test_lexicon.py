"""The lexicon: well-formed, its terms in the notices, its words whole; and a file of the user's own after it."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from importlib.resources import files
from pathlib import Path

import pytest

from app.model import Inquiry
from app.service import open_service
from app.settings import load_settings
from corpus.errors import SettingsError
from corpus.model import Corpus
from index.lexical import word_bounds, words
from retrieval.asked import stop_words
from retrieval.lexicon import Entry, TermMatcher, bundled_lexicon, load_lexicon
from retrieval.question import corpus_terms
from tests.conftest import INDEX_HOME

LINES = files("retrieval").joinpath("data/lexicon.csv").read_text(encoding="utf-8").splitlines()
ROWS = list(csv.reader(line for line in LINES if not line.startswith("#")))

# Everyday words that the notices write inside other words, and why they stay.
CUT_APART = {
    "学习": "学习贯彻 is 学习 and 贯彻: jieba holds it as one word",
    "改建": "改建工程 is 改建 and 工程: jieba cuts 建工",
    "出事故": "突出事故警示教育 happens to hold it; nobody asks so",
    "事故报告": "生产安全事故报告: jieba holds 安全事故 as one word",
}


def test_every_line_has_two_columns() -> None:
    """The header, then two filled columns a line, without stray white space; lines of # name what follows."""
    assert ROWS[0] == ["everyday", "official"]
    for row in ROWS[1:]:
        assert len(row) == 2, row
        assert all(cell and cell == cell.strip() for cell in row), row
        assert all(term and term == term.strip() for term in row[1].split("；")), row
    assert len(ROWS) - 1 == len(bundled_lexicon()) > 1500


def test_official_terms_are_in_the_notices(corpus: Corpus) -> None:
    """Every official term stands in some notice, word for word."""
    held = "\n".join(
        f"{document.title}\n{unit.heading}\n{unit.text}" for document in corpus.documents for unit in document.units
    )
    missing = {
        entry.everyday: [term for term in entry.official if term not in held]
        for entry in bundled_lexicon()
        if any(term not in held for term in entry.official)
    }
    assert missing == {}


def test_no_everyday_word_twice() -> None:
    """No everyday word has two lines, and no line says a term twice."""
    counts = Counter(entry.everyday for entry in bundled_lexicon())
    assert [word for word, count in counts.items() if count > 1] == []
    assert [entry.everyday for entry in bundled_lexicon() if len(set(entry.official)) < len(entry.official)] == []


def test_no_word_for_itself_alone() -> None:
    """A line that gives a word only itself adds nothing, unless jieba would cut the word apart (一岗双责, 外包)."""
    idle = [one.everyday for one in bundled_lexicon() if one.official == (one.everyday,) and _whole(one.everyday)]
    assert idle == []


def test_no_everyday_word_is_a_stop_word() -> None:
    """A word cannot be a subject and no subject; what is cut out before segmentation is no everyday word either."""
    assert sorted({entry.everyday for entry in bundled_lexicon()} & stop_words()) == []
    assert sorted({term for entry in bundled_lexicon() for term in entry.official} & stop_words()) == []


def test_everyday_words_are_whole_in_the_notices(corpus: Corpus) -> None:
    """Where the reader finds an everyday word in the notices it is a word there: 大风 would stand in 重大风险."""
    units = [unit for document in corpus.documents for unit in document.units]
    everyday = {entry.everyday for entry in bundled_lexicon()}
    official = {term for entry in bundled_lexicon() for term in entry.official}
    matcher = TermMatcher(everyday | official | corpus_terms(units))
    apart: dict[str, list[str]] = defaultdict(list)
    found: Counter[str] = Counter()
    for unit in units:
        bounds = word_bounds(unit.text)
        for start, end in matcher.find(unit.text):
            surface = unit.text[start:end]
            if surface in everyday - official:
                found[surface] += 1
                if start not in bounds or end not in bounds:
                    apart[surface].append(unit.text[max(0, start - 3) : end + 3])
    assert sum(found.values()) > 80
    assert dict(apart).keys() == CUT_APART.keys(), dict(apart)


# Words of questions which hold an everyday word only by chance, or as part of another: they are read as themselves.
WHOLE = [
    ("重大风险怎么管", "大风"),
    ("发生火灾谁牵头", "生火"),
    ("提高校园安全水平", "高校"),
    ("使用电动车要注意啥", "用电"),
    ("通过道路运输的货物", "过道"),
    ("在工作中学习", "中学"),
    ("开展会商研判", "展会"),
    ("承担责任的是谁", "担责"),
    ("责令限期改正", "限期改"),
    ("当地动员群众", "地动"),
    ("修建房屋要审批吗", "建房"),
    ("被检查单位", "检查单"),
    ("杜绝重特大事故", "大事故"),
    ("安全科技怎么支撑", "安全科"),
    ("交通警察管什么", "警察"),
    ("采掘施工队伍谁管", "施工队"),
]


@pytest.mark.parametrize(("question", "inside"), WHOLE)
def test_no_everyday_word_inside_another(question: str, inside: str) -> None:
    """An everyday word is not cut out of another word of a question."""
    assert inside in question
    matcher = TermMatcher(term for entry in bundled_lexicon() for term in (entry.everyday, *entry.official))
    assert inside not in {question[start:end] for start, end in matcher.find(question)}


# Everyday words of each field, by the term of the notices that they must lead to first.
MEANT = [
    ("羊汤馆", "餐饮"),
    ("敬老院", "养老院"),
    ("采石场", "非煤矿山"),
    ("私挖乱采", "非法盗采"),
    ("化粪池", "有限空间"),
    ("粮库", "粮油储备"),
    ("渣土车", "货车"),
    ("烧麦茬", "清根茬"),
    ("路政", "交通运输局"),
    ("水利局", "水利局"),
    ("煤气罐", "气瓶"),
    ("游乐设施", "特种设备"),
    ("踩踏", "人员聚集"),
    ("班组长", "班组"),
    ("免职", "追责问责"),
]


@pytest.mark.parametrize(("everyday", "official"), MEANT)
def test_nearest_term_comes_first(everyday: str, official: str) -> None:
    """The first term of an entry is the nearest."""
    assert {entry.everyday: entry.official[0] for entry in bundled_lexicon()}[everyday] == official


def _whole(word: str) -> bool:
    """Tell whether jieba holds a word in one piece."""
    return words(word) == [word]


def test_own_file_comes_after(tmp_path: Path) -> None:
    """A user's own lines follow the bundled ones; comments, blank lines and a byte order mark are fine."""
    own = tmp_path / "词表.csv"
    own.write_text(
        "\ufeffeveryday,official\n# 我县的叫法\n\n灶王爷, 燃气具\n老板,党政领导干部；主要负责人\n", encoding="utf-8"
    )
    loaded = load_lexicon(own)
    assert loaded[: len(bundled_lexicon())] == bundled_lexicon()
    assert loaded[len(bundled_lexicon()) :] == (
        Entry(everyday="灶王爷", official=("燃气具",)),
        Entry(everyday="老板", official=("党政领导干部", "主要负责人")),
    )
    assert load_lexicon(None) == bundled_lexicon()


def test_own_file_is_used(tmp_path: Path) -> None:
    """The setting retrieval.lexicon reaches the search: a new word is understood, an old one changes its sense."""
    own = tmp_path / "词表.csv"
    own.write_text("everyday,official\n灶王爷,燃气具\n老板,党政领导干部\n", encoding="utf-8")
    service = open_service(load_settings(data_dir=INDEX_HOME, retrieval={"lexicon": str(own)}), lambda line: None)
    concepts = {
        one.surface: one.alternatives
        for one in service.find(Inquiry(question="老板家的灶王爷谁管"), k=1).reading.concepts
    }
    assert concepts["灶王爷"][0] == "燃气具"
    assert concepts["老板"][0] == "党政领导干部"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("everyday,official\n老板\n", 2),
        ("everyday,official\n老板,主要负责人,厂长\n", 2),
        ("everyday,official\n工地,建筑施工\n,燃气\n", 3),
        ("everyday,official\n工地,建筑施工\n\n煤气, \n", 4),
        ("everyday,official\n煤气,；；\n", 2),
    ],
)
def test_broken_line_is_named(text: str, line: int, tmp_path: Path) -> None:
    """A line without its two columns is an error that names the file and the line."""
    own = tmp_path / "坏词表.csv"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=f"坏词表.csv”第 {line} 行") as error:
        load_lexicon(own)
    assert "\n" not in str(error.value)


def test_unreadable_file(tmp_path: Path) -> None:
    """A file that is missing, a folder, or not UTF-8 is an error that names it and says what to do."""
    gbk = tmp_path / "gbk.csv"
    gbk.write_bytes("everyday,official\n老板,主要负责人\n".encode("gbk"))
    for path in (tmp_path / "没有.csv", tmp_path, gbk):
        with pytest.raises(SettingsError, match="UTF-8") as error:
            load_lexicon(path)
        assert str(path) in str(error.value)


def test_matcher_takes_the_longest_term() -> None:
    """At each place the longest term wins, and terms never overlap."""
    matcher = TermMatcher(["煤气", "煤气罐", "罐车", "电瓶车"])
    text = "煤气罐车和电瓶车和煤气"
    assert [text[start:end] for start, end in matcher.find(text)] == ["煤气罐", "电瓶车", "煤气"]
    assert TermMatcher([]).find(text) == []
