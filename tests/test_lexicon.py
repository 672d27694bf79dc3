"""The lexicon: well-formed, every official term in the notices, and a file of the user's own after it."""

from __future__ import annotations

import csv
from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from app.model import Inquiry
from app.service import open_service
from app.settings import load_settings
from corpus.errors import SettingsError
from corpus.model import Corpus
from retrieval.lexicon import Entry, TermMatcher, bundled_lexicon, load_lexicon
from tests.conftest import INDEX_HOME

ROWS = list(csv.reader(files("retrieval").joinpath("data/lexicon.csv").read_text(encoding="utf-8").splitlines()))


def test_every_line_has_two_columns() -> None:
    """The header, then two filled columns a line, without stray white space."""
    assert ROWS[0] == ["everyday", "official"]
    for row in ROWS[1:]:
        assert len(row) == 2, row
        assert all(cell and cell == cell.strip() for cell in row), row
        assert all(term and term == term.strip() for term in row[1].split("；")), row
    assert len(ROWS) - 1 == len(bundled_lexicon()) > 300


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
