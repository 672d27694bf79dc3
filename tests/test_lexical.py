"""Terms of Chinese text, and BM25 against the formula worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import IndexStoreError
from index.lexical import LexicalStore, bigrams, terms, words

TEXTS = ("燃气检查。燃气整治", "燃气消防", "值班")


def bm25(query: Sequence[str], texts: Sequence[str], k1: float = 1.2, b: float = 0.75) -> list[float]:
    """BM25 as in Lucene: Kamphuis et al. 2020, table 1."""
    cut = [terms(text) for text in texts]
    mean = sum(map(len, cut)) / len(cut)
    scores = []
    for mine in cut:
        score = 0.0
        for term in query:
            holding = sum(term in other for other in cut)
            idf = math.log(1 + (len(cut) - holding + 0.5) / (holding + 0.5))
            often = mine.count(term)
            score += idf * often / (often + k1 * (1 - b + b * len(mine) / mean))
        scores.append(score)
    return scores


@pytest.fixture
def store() -> LexicalStore:
    return LexicalStore.build(TEXTS)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("燃气安全", ["燃气", "气安", "安全"]),
        ("燃气。安全", ["燃气", "安全"]),
        ("安", ["安"]),
        ("", []),
        ("，。（）", []),
        ("120万吨/年", ["120", "万吨", "年"]),
        ("GB50016第3条", ["gb50016", "第", "3", "条"]),
        ("超过3.5%", ["超过", "3.5%"]),
        ("二〇二四年", ["二〇", "〇二", "二四", "四年"]),
        ("㙍村", ["㙍村"]),
    ],
)
def test_bigrams(text: str, expected: list[str]) -> None:
    assert bigrams(text) == expected


def test_terms_are_bigrams_and_words_of_other_lengths() -> None:
    text = "应急管理部门的检查"
    assert words(text) == ["应急", "管理", "部门", "的", "检查"]
    assert terms(text) == ["应急", "急管", "管理", "理部", "部门", "门的", "的检", "检查", "的"]
    assert terms("液化气") == ["液化", "化气", "液化气"]
    assert terms("") == []


@given(st.text(st.characters(), max_size=60))
def test_terms_take_any_text(text: str) -> None:
    found = terms(text)
    assert all(found)
    assert found == terms(text)
    assert terms(text + text[:0]) == found


@given(st.text(st.sampled_from("燃气安全检查一二〇的，。12aB "), max_size=30))
def test_every_bigram_of_the_text_is_a_term(text: str) -> None:
    found = set(terms(text))
    pairs = {a + b for a, b in pairwise(text) if (a + b).isalnum() and not a.isascii() and not b.isascii()}
    assert pairs <= found


def test_scores_are_lucenes_bm25(store: LexicalStore) -> None:
    assert terms(TEXTS[0]) == ["燃气", "气检", "检查", "燃气", "气整", "整治"]
    assert terms(TEXTS[1]) == ["燃气", "气消", "消防"]
    assert terms(TEXTS[2]) == ["值班"]
    # 燃气: in 2 of 3 texts, idf ln(1 + 1.5/2.5) = 0.4700; lengths 6, 3, 1, mean 10/3.
    assert store.scores(["燃气"]) == pytest.approx([0.2398, 0.2228, 0.0], abs=1e-4)
    for query in (["燃气"], ["燃气", "检查"], ["值班"], ["燃气", "燃气", "消防"], ["检查", "未知"]):
        assert store.scores(query) == pytest.approx(bm25([t for t in query if t != "未知"], TEXTS), abs=1e-5), query


def test_rows_that_are_not_allowed_score_nothing() -> None:
    texts = [f"燃气检查{'消防' * (at % 3)}" for at in range(40)]
    store = LexicalStore.build(texts)
    wanted = terms("燃气消防检查")
    for rows in ([], [7], [3, 4, 5], [0, 39], list(range(40))):
        allowed = np.isin(np.arange(40), rows)
        expected = np.where(allowed, store.scores(wanted), 0)
        assert np.array_equal(store.scores(wanted, allowed), expected)
        assert np.count_nonzero(expected) == len(rows)


@given(st.lists(st.text(st.sampled_from("燃气安检a。"), max_size=8), max_size=12), st.text("燃气安检a", max_size=4))
def test_all_rows_that_hold_a_piece_are_among_those_that_may(texts: list[str], piece: str) -> None:
    rows = LexicalStore.build(texts).holding(piece).tolist()
    assert rows == sorted(set(rows))
    assert {row for row, text in enumerate(texts) if piece in text} <= set(rows)


def test_rows_without_a_word_are_not_among_those_that_may_hold_it(store: LexicalStore) -> None:
    assert store.holding("消防").tolist() == [1]
    assert store.holding("燃气消").tolist() == [1]
    assert store.holding("地震").tolist() == []


def test_unknown_terms_score_nothing(store: LexicalStore) -> None:
    assert len(store) == 3
    for query in (["地震"], [], [""]):
        scores = store.scores(query)
        assert scores.tolist() == [0.0, 0.0, 0.0]
        assert scores.dtype == np.float32


def test_weight_grows_with_rarity(store: LexicalStore) -> None:
    assert store.weight("地震") == 0.0
    assert store.weight("") == 0.0
    assert store.weight("燃气") == pytest.approx(math.log(1 + 1.5 / 2.5))
    assert store.weight("值班") == pytest.approx(math.log(1 + 2.5 / 1.5))
    assert 0 < store.weight("燃气") < store.weight("检查") == store.weight("值班")


def test_texts_without_terms_keep_their_rows() -> None:
    store = LexicalStore.build(["", "燃气", "。"])
    assert len(store) == 3
    assert store.scores(["燃气"]).tolist()[::2] == [0.0, 0.0]
    assert store.scores(["燃气"])[1] > 0


def test_store_without_texts_answers_nothing(tmp_path: Path) -> None:
    LexicalStore.build([]).save(tmp_path / "空.bm25")
    for store in (LexicalStore.build([]), LexicalStore.open(tmp_path / "空.bm25")):
        assert len(store) == 0
        assert store.scores(["燃气"]).shape == (0,)
        assert store.weight("燃气") == 0.0


def test_round_trip_gives_the_same_scores(store: LexicalStore, tmp_path: Path) -> None:
    store.save(tmp_path / "安问 数据" / "条款.bm25")
    again = LexicalStore.open(tmp_path / "安问 数据" / "条款.bm25")
    assert len(again) == 3
    for query in (["燃气"], ["检查", "消防"], ["值班"]):
        assert again.scores(query).tolist() == store.scores(query).tolist()
        assert again.weight(query[0]) == store.weight(query[0])


@pytest.mark.parametrize("kept", [0, 5, 40])
def test_truncated_files_are_named_with_the_remedy(store: LexicalStore, tmp_path: Path, kept: int) -> None:
    folder = tmp_path / "units.bm25"
    store.save(folder)
    for path in sorted(folder.iterdir()):
        whole = path.read_bytes()
        path.write_bytes(whole[:kept])
        with pytest.raises(IndexStoreError, match=r"“units\.bm25”损坏或缺失；请运行 anwen index --rebuild"):
            LexicalStore.open(folder)
        path.write_bytes(whole)
    assert LexicalStore.open(folder).scores(["值班"])[2] > 0


def test_missing_store_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexStoreError, match=r"nothing\.bm25"):
        LexicalStore.open(tmp_path / "nothing.bm25")
