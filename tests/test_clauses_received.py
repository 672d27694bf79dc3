"""The received text of a clause: whole, each character kept or dropped, and the characters that a quote came from."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.clauses.received import pieces_of, received
from corpus.load import bundled_folder
from corpus.model import Corpus, Unit
from corpus.parse import parse_file
from tests.made_notice import Notice, Writer, notices
from tests.test_spans import received as file_text
from tests.test_spans import same


def check(unit: Unit, text: str, quote: tuple[int, int] | None) -> None:
    """Compare with the runs, character by character."""
    shown = received(unit, text, quote)
    assert shown is not None
    assert "".join(piece.text for piece in shown.pieces) == text[unit.source.start : unit.source.end]
    assert text[: unit.source.start].endswith(shown.before)
    assert text[unit.source.end :].startswith(shown.after)
    kept = "".join(piece.text for piece in shown.pieces if piece.kept)
    assert kept == "".join(text[start:end] for start, end in unit.runs)
    assert shown.dropped == unit.source.end - unit.source.start - len(unit.text)
    if quote:
        words = "".join(piece.text for piece in shown.pieces if piece.kept and piece.quoted)
        clean = unit.text[quote[0] : quote[1]]
        assert len(words) == len(clean)
        assert all(same(one, other) for one, other in zip(clean, words, strict=True))
        inside = [index for index, piece in enumerate(shown.pieces) if piece.quoted]
        assert inside == list(range(inside[0], inside[-1] + 1))


@pytest.mark.parametrize("file", sorted(path.name for path in bundled_folder().glob("*.txt")))
def test_every_unit_of_the_notices(corpus: Corpus, file: str) -> None:
    chance = random.Random(file)
    text = file_text(file)
    for unit in (unit for document in corpus.documents if document.file == file for unit in document.units):
        first, last = sorted(chance.sample(range(len(unit.text) + 1), 2))
        check(unit, text, (first, last))
        check(unit, text, None)


@given(made=notices(), seed=st.integers(0, 2**32))
@settings(max_examples=40)
def test_made_notices(made: Notice, seed: int) -> None:
    text = Writer(random.Random(seed), traditional=True, pinyin=0.3, breaks=0.05).notice(made)
    documents, _ = parse_file(text, "made.txt")
    for unit in documents[0].units:
        check(unit, text, (0, 1 + seed % len(unit.text)))


def test_pinyin_and_line_breaks_are_dropped(corpus: Corpus) -> None:
    document = next(one for one in corpus.documents if one.region == "山西省")
    unit = next(one for one in document.clauses if "燃气" in one.heading)
    start = unit.text.index("燃气老旧管网改造")
    shown = received(unit, file_text(unit.source.file), (start, start + 8))
    assert shown is not None
    assert "(" in "".join(piece.text for piece in shown.pieces if not piece.kept)
    assert "".join(piece.text for piece in shown.pieces if piece.quoted and piece.kept) == "燃氣老舊管網改造"


def test_other_file_is_not_shown_as_the_one_read(corpus: Corpus) -> None:
    unit = corpus.documents[0].clauses[3]
    text = file_text(unit.source.file)
    assert received(unit, text[:100]) is None
    assert received(unit, "字" * len(text)) is None
    assert received(unit, "前" + text) is None
    assert pieces_of(unit, "（原件不在通知文件夹中）") is None


@pytest.mark.parametrize("quote", [(0, 0), (5, 3), (-3, 4), (0, 10_000), (10_000, 10_001)])
def test_quote_outside_the_clause_marks_nothing(corpus: Corpus, quote: tuple[int, int]) -> None:
    unit = corpus.documents[0].clauses[3]
    shown = received(unit, file_text(unit.source.file), quote)
    assert shown is not None
    assert not any(piece.quoted for piece in shown.pieces)


def test_context_is_some_lines(corpus: Corpus) -> None:
    unit = corpus.documents[0].clauses[3]
    shown = received(unit, file_text(unit.source.file))
    assert shown is not None
    assert unit.path[-1] in shown.before
    assert 1 <= len(shown.before) <= 240
    assert 1 <= len([line for line in shown.after.splitlines() if line.strip()]) <= 3
