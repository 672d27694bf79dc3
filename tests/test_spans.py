"""Every text can be found again in the file as received: its characters at its spans, and noise between them."""

from __future__ import annotations

import random
import re
from functools import cache
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from opencc import OpenCC
from pypinyin import Style, pinyin

from corpus.load import bundled_folder
from corpus.model import Corpus, Unit, UnitKind
from corpus.parse import parse_file
from tests.made_notice import Notice, Writer, notices

FILES = sorted(path.name for path in bundled_folder().glob("*.txt"))
OPENING, CLOSING = "（(［[〔【", "）)］]〕】"
WIDTH = dict(zip(",:;!?()<>", "，：；！？（）〈〉", strict=True)) | {"渉": "涉"}
_SIMPLE = OpenCC("t2s")
_PINYIN = re.compile(r"[(（]([a-zü]{1,6})[)）]")


@cache
def received(name: str) -> str:
    """A bundled file, decoded."""
    return (bundled_folder() / name).read_bytes().decode("utf-8")


@cache
def fold(char: str) -> str:
    """One received character as clean text has it, folded without the parser."""
    if "\uff10" <= char <= "\uff5a" and chr(ord(char) - 0xFEE0).isalnum():
        return chr(ord(char) - 0xFEE0)
    return WIDTH.get(char, str(_SIMPLE.convert(char)))


def same(clean: str, char: str) -> bool:
    """Tell whether a clean character is the received one folded."""
    if char in OPENING or char in CLOSING:
        return clean in ("（〔" if char in OPENING else "）〕")
    return clean == fold(char) or (clean, char) == ("着", "著")


def noise_only(text: str, gap: str, before: str) -> bool:
    """Tell whether what stands between two kept characters is white space and readings of the one before."""
    known = set(pinyin(before, style=Style.NORMAL, heteronym=True)[0])
    assert all(syllable in known for syllable in _PINYIN.findall(gap)), (text, before, gap)
    return _PINYIN.sub("", gap).strip() == ""


def units_of(corpus: Corpus, file: str) -> list[Unit]:
    """All units of a file, in order of document and part."""
    return [unit for document in corpus.documents if document.file == file for unit in document.units]


@pytest.mark.parametrize("file", FILES)
def test_runs_are_the_text(corpus: Corpus, file: str) -> None:
    for unit in units_of(corpus, file):
        kept = "".join(received(file)[start:end] for start, end in unit.runs)
        assert len(kept) == len(unit.text)
        wrong = [(clean, char) for clean, char in zip(unit.text, kept, strict=True) if not same(clean, char)]
        assert wrong == [], (unit.notice, unit.label)


@pytest.mark.parametrize("file", FILES)
def test_between_runs_is_noise(corpus: Corpus, file: str) -> None:
    text = received(file)
    for unit in units_of(corpus, file):
        assert (unit.source.file, unit.source.start, unit.source.end) == (file, unit.runs[0][0], unit.runs[-1][1])
        for (_, end), (start, _) in pairwise(unit.runs):
            assert start > end, "two runs that touch are one"
            assert noise_only(unit.label, text[end:start], text[end - 1]), (unit.label, text[end:start])


@pytest.mark.parametrize("file", FILES)
def test_label_stands_before_the_unit(corpus: Corpus, file: str) -> None:
    for unit in units_of(corpus, file):
        if unit.kind not in (UnitKind.CLAUSE, UnitKind.LEAD) or unit.label == "正文":
            continue
        last = unit.path[-1]
        if unit.text.startswith(last):
            continue
        before = "".join(fold(char) for char in _PINYIN.sub("", received(file)[: unit.source.start]) if char.strip())
        assert before.endswith(last), unit.label


@pytest.mark.parametrize("file", FILES)
def test_nothing_is_lost(corpus: Corpus, file: str) -> None:
    """What no unit holds is noise, the letterheads, the labels, and the headings of parts that are headings alone."""
    kept = {place for unit in units_of(corpus, file) for start, end in unit.runs for place in range(start, end)}
    assert len(kept) == sum(len(unit.text) for unit in units_of(corpus, file)), "no character is in two units"
    rest = "".join("\0" if place in kept else char for place, char in enumerate(received(file)))
    rest = "".join(fold(char) for char in _PINYIN.sub("", rest) if char.strip() and char != "\0")
    expected = ""
    for document in [document for document in corpus.documents if document.file == file]:
        expected += f"(?:{document.issuer}(?:文件)?)?"
        open_path: tuple[str, ...] = ()
        for unit in document.units:
            if unit.kind not in (UnitKind.CLAUSE, UnitKind.LEAD) or unit.label == "正文":
                continue
            for depth, label in enumerate(unit.path):
                if open_path[: depth + 1] != unit.path[: depth + 1] and not unit.text.startswith(label):
                    is_own = depth == len(unit.path) - 1
                    expected += re.escape(label) + ("" if is_own else f"{re.escape(unit.ancestors[depth])}。?")
            open_path = unit.path
    assert re.fullmatch(expected, rest), rest


def test_sentences_make_the_text(corpus: Corpus) -> None:
    for document in corpus.documents:
        for unit in document.units:
            assert "".join(sentence.text for sentence in unit.sentences) == unit.text
            assert [unit.text[one.start : one.end] for one in unit.sentences] == [one.text for one in unit.sentences]
            for one in unit.responsibilities:
                assert 0 <= one.start < one.end <= len(unit.text), (unit.label, one)


def check(made: Notice, writer: Writer) -> None:
    """Parse what was written and compare it with what was meant."""
    text = writer.notice(made)
    documents, _ = parse_file(text, "made.txt")
    assert [document.notice for document in documents] == [made.docno]
    document = documents[0]
    assert (document.title, document.issuer, document.date) == (made.title, made.issuer, "2024-04-11")
    body = [unit for unit in document.units if unit.kind in (UnitKind.PREAMBLE, UnitKind.CLAUSE, UnitKind.LEAD)]
    assert [(unit.label, unit.text) for unit in body] == [(label, clean) for label, clean, _ in writer.expected]
    for unit, (_, _, places) in zip(body, writer.expected, strict=True):
        assert tuple(place for start, end in unit.runs for place in range(start, end)) == places
        assert "".join(sentence.text for sentence in unit.sentences) == unit.text
    if not writer.breaks:
        headings = {part.label: part.heading for chapter in made.chapters for part in chapter.parts if not part.kinds}
        assert all(
            unit.heading == headings[unit.path[1]] for unit in body if len(unit.path) == 2 and len(made.chapters) == 1
        )


@given(made=notices(), seed=st.integers(0, 2**32))
@settings(max_examples=60)
def test_made_notice_without_noise(made: Notice, seed: int) -> None:
    check(made, Writer(random.Random(seed), traditional=False, pinyin=0, breaks=0))


@given(
    made=notices(),
    seed=st.integers(0, 2**32),
    traditional=st.booleans(),
    readings=st.sampled_from([0, 0.1, 0.7]),
    breaks=st.sampled_from([0, 0.02, 0.2]),
)
@settings(max_examples=150)  # fmt: skip
def test_made_notice_with_noise(made: Notice, seed: int, traditional: bool, readings: float, breaks: float) -> None:
    check(made, Writer(random.Random(seed), traditional=traditional, pinyin=readings, breaks=breaks))
