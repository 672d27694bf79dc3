"""The vector store: exact order and scores, masks, round trips, damage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus.errors import IndexStoreError
from index.vectors import VectorStore

ROWS = np.array([[1, 0, 0], [0, 1, 0], [0.6, 0.8, 0], [0.8, 0, 0.6]], dtype=np.float32)
QUERY = np.array([1, 0, 0], dtype=np.float32)


def make_mask(*rows: int) -> NDArray[np.bool_]:
    mask = np.zeros(len(ROWS), dtype=np.bool_)
    mask[list(rows)] = True
    return mask


@pytest.fixture
def store() -> VectorStore:
    return VectorStore.build(ROWS)


def test_search_gives_inner_products_best_first(store: VectorStore) -> None:
    rows, scores = store.search(QUERY, 4)
    assert rows.tolist() == [0, 3, 2, 1]
    assert scores == pytest.approx([1.0, 0.8, 0.6, 0.0])
    assert store.search(QUERY, 2)[0].tolist() == [0, 3]


def test_more_rows_asked_than_there_are_gives_all(store: VectorStore) -> None:
    rows, scores = store.search(QUERY, 99)
    assert rows.tolist() == [0, 3, 2, 1]
    assert len(scores) == 4


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [((1, 2), [2, 1]), ((3,), [3]), ((0, 1, 2, 3), [0, 3, 2, 1]), ((), [])],
    ids=["two", "one", "all", "none"],
)
def test_only_allowed_rows_come_back(store: VectorStore, allowed: tuple[int, ...], expected: list[int]) -> None:
    rows, scores = store.search(QUERY, 99, make_mask(*allowed))
    assert rows.tolist() == expected
    assert scores == pytest.approx([float(ROWS[row] @ QUERY) for row in expected])


def test_mask_of_many_rows_holds_row_by_row() -> None:
    vectors = np.random.default_rng(7).normal(size=(1003, 8)).astype(np.float32)
    allowed = np.arange(1003) % 7 == 3
    rows, scores = VectorStore.build(vectors).search(vectors[0], 1003, allowed)
    assert sorted(rows.tolist()) == np.flatnonzero(allowed).tolist()
    assert scores == pytest.approx(np.sort(vectors[allowed] @ vectors[0])[::-1], abs=1e-5)


def test_store_without_rows_answers_nothing() -> None:
    empty = VectorStore.build(np.zeros((0, 3), dtype=np.float32))
    assert len(empty) == 0
    assert empty.all_vectors().shape == (0, 3)
    assert empty.search(QUERY, 5)[0].tolist() == []
    assert empty.search(QUERY, 5, np.zeros(0, dtype=np.bool_))[0].tolist() == []


def test_round_trip_under_a_chinese_path(store: VectorStore, tmp_path: Path) -> None:
    path = tmp_path / "安问 数据" / "条款.faiss"
    path.parent.mkdir()
    store.save(path)
    again = VectorStore.open(path)
    assert len(again) == 4
    assert np.array_equal(again.all_vectors(), ROWS)
    assert again.search(QUERY, 3)[0].tolist() == [0, 3, 2]


@pytest.mark.parametrize("kept", [0, 1, 20, 60])
def test_truncated_file_is_named_with_the_remedy(store: VectorStore, tmp_path: Path, kept: int) -> None:
    path = tmp_path / "units.faiss"
    store.save(path)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(IndexStoreError, match=r"“units\.faiss”损坏或缺失；请运行 anwen index --rebuild"):
        VectorStore.open(path)


def test_missing_or_foreign_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(IndexStoreError, match=r"nothing\.faiss"):
        VectorStore.open(tmp_path / "nothing.faiss")
    (tmp_path / "text.faiss").write_text("这不是索引" * 50, encoding="utf-8")
    with pytest.raises(IndexStoreError, match=r"text\.faiss"):
        VectorStore.open(tmp_path / "text.faiss")
