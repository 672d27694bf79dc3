"""What a similarity means is measured for each index and its model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

import index.calibrate
from eval.cases import load_cases, normalise, own_cases
from index.build import ensure_index
from index.calibrate import calibration_questions, similarity_range
from index.embed import Embedder, Vectors, load_embedder
from index.model import Manifest, SimilarityRange
from index.store import Index, open_index
from retrieval.lexicon import load_lexicon
from retrieval.search import Searcher
from tests.conftest import DATA
from tests.indexing import GAS, MINES, HashEmbedder, write_notices
from tests.made_model import save_tiny_model


class AngleEmbedder:
    """Gives every question the vector (1, 0), and keeps which it was asked: similarities are what a test sets."""

    name, dimension = "angle", 2

    def __init__(self) -> None:
        self.asked: list[str] = []

    def encode_query(self, text: str) -> Vectors:
        self.asked.append(text)
        return np.array([1, 0], dtype=np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.encode_query(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        raise AssertionError(f"no passage needs embedding: {texts}")


def at_cosines(*cosines: float) -> Vectors:
    """Unit vectors of these similarities to (1, 0)."""
    return np.array([(value, (1 - value**2) ** 0.5) for value in cosines], dtype=np.float32)


@pytest.mark.parametrize(
    ("cosines", "low", "high"),
    [
        # Of 101 values the median is the 51st, the 95th percentile the 96th.
        ([at / 100 for at in range(101)], 0.5 - 3 * 0.45, 0.5 + 3 * 0.45),
        ([0.8 + at / 200 for at in range(21)], 0.85 - 3 * 0.045, 0.85 + 3 * 0.045),
        # What lies below the median does not matter.
        ([-0.9] * 10 + [0.8 + at / 100 for at in range(11)], 0.8 - 3 * 0.09, 0.8 + 3 * 0.09),
        # One vector, and vectors all alike: a range of no width would divide by nothing.
        ([0.6], 0.599, 0.601),
        ([0.6] * 7, 0.599, 0.601),
    ],
)
def test_range_reaches_three_times_from_the_median_to_the_95th_percentile(
    cosines: list[float], low: float, high: float
) -> None:
    embedder = AngleEmbedder()
    found = similarity_range(at_cosines(*cosines), embedder)
    assert [found.low, found.high] == pytest.approx([low, high], abs=1e-6)
    assert embedder.asked == list(calibration_questions())


def test_without_sentences_the_range_is_all_of_it() -> None:
    embedder = AngleEmbedder()
    assert similarity_range(np.empty((0, 2), dtype=np.float32), embedder) == SimilarityRange(low=0.0, high=1.0)
    assert embedder.asked == []


def test_of_many_sentences_an_even_sample_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every second of these is alike; of 8 to be taken from 33, every fourth is."""
    monkeypatch.setattr(index.calibrate, "_SAMPLE", 8)
    found = similarity_range(at_cosines(*[0.5, 0.9] * 16, 0.5), AngleEmbedder())
    assert [found.low, found.high] == pytest.approx([0.499, 0.501])


@pytest.mark.parametrize(
    ("similarity", "share"), [(-1.0, 0.0), (0.5, 0.0), (0.55, 0.25), (0.6, 0.5), (0.7, 1.0), (0.8, 1.5)]
)
def test_share(similarity: float, share: float) -> None:
    assert SimilarityRange(low=0.5, high=0.7).share(similarity) == pytest.approx(share)


@given(st.lists(st.floats(-1, 1, width=32), min_size=1, max_size=60), st.lists(st.floats(-1, 1), min_size=2))
def test_any_index_gives_a_range_that_orders_similarities(cosines: list[float], similarities: list[float]) -> None:
    found = similarity_range(at_cosines(*cosines), AngleEmbedder())
    shares = [found.share(one) for one in sorted(similarities)]
    assert found.low < found.high
    assert shares == sorted(shares)
    assert all(share >= 0.0 for share in shares)
    assert found.share(float(np.median(np.array(cosines, dtype=np.float32)))) == pytest.approx(0.5, abs=1e-3)


def test_calibration_questions_are_everyday_and_not_of_the_eval_set() -> None:
    questions = calibration_questions()
    assert 16 <= len(questions) <= 30
    assert len({normalise(question) for question in questions}) == len(questions)
    assert all(3 <= len(question) <= 40 and question == question.strip() for question in questions)
    cases = [*own_cases(), *load_cases(DATA / "questions.jsonl")]
    said = {turn.content for case in cases for turn in case.history}
    asked = {normalise(text) for text in [*said, *(case.question for case in cases)]}
    assert len(asked) > 500
    assert asked.isdisjoint(map(normalise, questions))


def test_the_real_index_holds_its_range(index: Index, embedder: Embedder) -> None:
    """It is what is measured on its sentences, and tells what answers a question from what does not."""
    vectors = index.sentences.vectors.all_vectors()
    held = index.manifest.similarity
    measured = similarity_range(vectors, embedder)
    assert [held.low, held.high] == pytest.approx([measured.low, measured.high], abs=1e-4)
    for question, answer, other in [
        ("餐馆里的煤气罐怎么管", "液化气", "汛期"),
        ("下大雨山体滑坡怎么防", "地质灾害", "述职"),
    ]:
        shares = [held.share(float(value)) for value in vectors @ embedder.encode_query(question)]
        texts = [passage.text for passage in index.sentences.passages]
        best = max(share for share, text in zip(shares, texts, strict=True) if answer in text)
        unlike = max(share for share, text in zip(shares, texts, strict=True) if other in text)
        assert best > 0.6
        assert best - unlike > 0.1
        assert 0.3 < float(np.median(shares)) < 0.7


def test_a_manifest_without_a_range_is_none(index: Index) -> None:
    """An index of the time before ranges is no index of this format."""
    with pytest.raises(ValidationError, match="similarity"):
        Manifest.model_validate(index.manifest.model_dump(exclude={"similarity"}))


def test_another_model_has_another_range_and_ranks(tmp_path: Path, index: Index) -> None:
    """A model whose similarities all crowd near 1 gives shares that still differ, and the right clause is first."""
    model = save_tiny_model(tmp_path)
    folder = write_notices(tmp_path / "in", gas=GAS, mines=MINES)
    manifest = ensure_index(tmp_path / "index", [folder], str(model), lambda _: None)
    mine, real = manifest.similarity, index.manifest.similarity
    assert abs(mine.low - real.low) + abs(mine.high - real.high) > 0.1
    opened = open_index(tmp_path / "index")
    assert opened.manifest.similarity == mine
    tiny = load_embedder(str(model))
    searcher = Searcher(opened, tiny, load_lexicon(None))
    for question, label in {"泽州燃气企业多久检查一次": "一、（一）", "泽州商场消防多久检查一次": "一、（二）"}.items():
        hits = searcher.search(question).hits
        assert hits[0].label == label
        similarities = opened.sentences.vectors.all_vectors() @ tiny.encode_query(question)
        shares = {mine.share(float(value)) for value in similarities}
        assert len([share for share in shares if 0 < share < 1]) >= 2


def test_a_range_follows_the_notices(tmp_path: Path) -> None:
    """Notices added to an index are measured with it."""
    folder = write_notices(tmp_path / "in", gas=GAS)
    first = ensure_index(tmp_path / "index", [folder], "hash-16", lambda _: None, HashEmbedder)
    write_notices(folder, mines=MINES)
    second = ensure_index(tmp_path / "index", [folder], "hash-16", lambda _: None, HashEmbedder)
    assert first.similarity != second.similarity
