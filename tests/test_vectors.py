"""The vector store: exact order and scores, masks, round trips, damage."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from corpus.errors import IndexStoreError
from index.vectors import VectorStore, top

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


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=40), st.integers(1, 45))
def test_top_is_the_head_of_a_stable_sort(values: list[float], count: int) -> None:
    scores = np.array(values, dtype=np.float32)
    assert top(scores, count).tolist() == np.argsort(-scores, kind="stable")[:count].tolist()


def test_equals_come_in_the_order_of_their_rows() -> None:
    store = VectorStore.build(np.repeat(ROWS[:1], 50, axis=0))
    assert store.search(QUERY, 3)[0].tolist() == [0, 1, 2]


def test_similarities_of_certain_rows_come_in_their_order(store: VectorStore) -> None:
    assert store.similarities(QUERY, np.array([2, 0, 2])) == pytest.approx([0.6, 1.0, 0.6])
    assert store.similarities(QUERY, np.zeros(0, dtype=np.int64)).shape == (0,)


@pytest.fixture(scope="module")
def crowd() -> NDArray[np.float32]:
    """30,000 unit vectors round 300 centres."""
    chance = np.random.default_rng(5)
    vectors = np.repeat(chance.normal(size=(300, 16)), 100, axis=0) + 0.5 * chance.normal(size=(30_000, 16))
    unit: NDArray[np.float32] = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.fixture(scope="module")
def large(crowd: NDArray[np.float32]) -> VectorStore:
    """A store that takes the crowd for a large one."""
    return VectorStore.build(crowd, large=10_000)


def test_a_large_store_finds_nearly_all_of_the_nearest(crowd: NDArray[np.float32], large: VectorStore) -> None:
    half = np.arange(len(crowd)) % 10 != 3
    for allowed in (None, half):
        shares = []
        for query in crowd[::1500]:
            products = crowd @ query
            exact = top(products if allowed is None else np.where(allowed, products, -2).astype(np.float32), 10)
            rows, scores = large.search(query, 10, allowed)
            assert scores == pytest.approx(crowd[rows] @ query, abs=1e-5)
            assert scores.tolist() == sorted(scores.tolist(), reverse=True)
            assert allowed is None or allowed[rows].all()
            shares.append(len({*rows.tolist()} & {*exact.tolist()}) / 10)
        assert sum(shares) / len(shares) >= 0.95


def test_few_allowed_rows_of_a_large_store_are_searched_exactly(crowd: NDArray[np.float32], large: VectorStore) -> None:
    allowed = np.arange(len(crowd)) % 97 == 3
    rows, scores = large.search(crowd[7], 500, allowed)
    assert sorted(rows.tolist()) == np.flatnonzero(allowed).tolist()
    assert scores == pytest.approx(np.sort(crowd[allowed] @ crowd[7])[::-1], abs=1e-5)


def test_a_large_store_keeps_its_vectors_and_its_answers(
    crowd: NDArray[np.float32], large: VectorStore, tmp_path: Path
) -> None:
    large.save(tmp_path / "large.faiss")
    again = VectorStore.open(tmp_path / "large.faiss")
    assert np.array_equal(again.all_vectors(), crowd)
    for query in crowd[:5]:
        assert again.search(query, 9)[0].tolist() == large.search(query, 9)[0].tolist()
    assert again.similarities(crowd[0], np.array([5, 0])) == pytest.approx(crowd[[5, 0]] @ crowd[0], abs=1e-5)
