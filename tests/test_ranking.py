"""What a word weighs, the weights of the ranking, and the tools that fit and take away."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.ablation import without
from eval.ranking import Example, fit, recall_at_1
from retrieval.fuse import Features, Weights
from retrieval.question import specificity

SHARES = st.floats(min_value=0, max_value=1)


@given(st.text(max_size=8))
def test_specificity_is_bounded(word: str) -> None:
    """Any word weighs between the least and all."""
    assert 0.15 <= specificity(word) <= 1.0


def test_specificity_orders_words() -> None:
    """The rarer in everyday texts, the more a word says; one that the dictionary has not says all."""
    weights = [specificity(word) for word in ("工作", "特别", "检查", "考核", "煤矿", "燃气")]
    assert weights[0] == 0.15
    assert all(one < other for one, other in pairwise(weights))
    assert weights[-1] == specificity("网格员") == 1.0


def total(weights: Weights) -> float:
    """The weights together."""
    return float(sum(weights.model_dump().values()))


@pytest.mark.parametrize(("units", "share"), [(1, 1.0), (1000, 1.0), (4000, 0.5), (6250, 0.4), (10**6, 0.4)])
def test_words_count_less_in_a_crowd(units: int, share: float) -> None:
    """Words lose weight to the vectors as more units compete; the sum stays one, and the fact asked for as it was."""
    crowded = Weights().among(units)
    assert total(crowded) == pytest.approx(1.0)
    for name in ("lexical_sentence", "lexical_unit", "coverage", "direct"):
        assert getattr(crowded, name) == pytest.approx(getattr(Weights(), name) * share)
    assert crowded.fact == Weights().fact
    assert crowded.dense_unit / crowded.dense_sentence == pytest.approx(Weights().dense_unit / Weights().dense_sentence)


def test_weights_of_words_alone_in_a_crowd() -> None:
    """Without vectors there is nothing that could gain what the words lose."""
    alone = Weights(
        dense_sentence=0, dense_unit=0, lexical_sentence=0.5, lexical_unit=0.5, coverage=0, direct=0, fact=0
    )
    assert alone.among(4000).lexical_unit == 0.25


def test_weights() -> None:
    """Together they are one, each feature by its own weight, and none is left out of the score."""
    assert set(Features._fields) == set(Weights.model_fields)
    assert total(Weights()) == pytest.approx(1.0)
    for at, name in enumerate(Features._fields):
        alone = Features(*(float(at == other) for other in range(len(Features._fields))))
        assert Weights().score(alone) == getattr(Weights(), name) > 0


@given(st.lists(SHARES, min_size=7, max_size=7))
def test_scores_are_shares(values: list[float]) -> None:
    """Features of 0 to 1 give a score between the least and the greatest of them."""
    score = Weights().score(Features(*values))
    assert min(values) - 1e-9 <= score <= max(values) + 1e-9


def made_examples(informative: int) -> list[Example]:
    """Forty searches of twelve sentences in which one feature alone tells the right one."""
    draw = np.random.default_rng(7)
    examples: list[Example] = []
    for at in range(40):
        features = draw.random((12, len(Features._fields)))
        right = np.arange(12) == at % 12
        features[:, informative] = np.where(right, 0.9, 0.5 * features[:, informative])
        examples.append((features, right))
    return examples


@pytest.mark.parametrize("informative", [0, 5])
def test_fit_finds_what_tells(informative: int) -> None:
    """The fitted weights lean on the feature that tells, and bring every right sentence to the top."""
    examples = made_examples(informative)
    weights = fit(examples)
    others = np.delete(np.abs(weights), informative)
    assert weights[informative] > 3 * others.max()
    assert recall_at_1(examples, weights) == 1.0
    misled = np.eye(len(Features._fields))[(informative + 1) % 7]
    assert recall_at_1(examples, misled) < 0.5


@pytest.mark.parametrize("names", [("coverage", "direct"), ("dense_sentence",), ("lexical_sentence", "lexical_unit")])
def test_without(names: tuple[str, ...]) -> None:
    """What is taken away weighs nothing; the rest keep their proportions and a sum of one."""
    left = without(names)
    assert total(left) == pytest.approx(1.0)
    kept = [name for name in Features._fields if name not in names]
    assert [getattr(left, name) for name in names] == [0.0] * len(names)
    shares = {round(getattr(left, name) / getattr(Weights(), name), 9) for name in kept}
    assert len(shares) == 1
    assert shares.pop() > 1
