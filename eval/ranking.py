"""Fit the weights of the ranking (retrieval/fuse.py); run by maintainers, `python -m eval.ranking 文号=FOLDER…`.

Each folder is an embedding model tuned without that notice (index.tuning.train --without), so that the likeness of its
pairs is that of unseen text. A softmax over the sentences of the notice (Cao et al. 2007, Learning to Rank: From
Pairwise Approach to Listwise Approach) is fitted to where the right sentence stands; each notice is also ranked by
weights fitted without it.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from eval.embedding import open_model
from index.tuning.examples import PAIRS, Pair, load_pairs
from retrieval.fuse import Features, Weights
from retrieval.lexicon import load_lexicon
from retrieval.model import Scope, Tier
from retrieval.search import Searcher

_STEPS, _RATE, _RIDGE = 400, 0.5, 1e-3

Vectors = NDArray[np.float64]
# Features of the sentences of one notice, shape (sentences, 7), and which of them are right.
Example = tuple[Vectors, NDArray[np.bool_]]


def examples_of(searcher: Searcher, pairs: Sequence[Pair], notice: str) -> list[Example]:
    """Features of every sentence of a notice for each of its pairs."""
    scope = Scope(tiers={notice: Tier.OWN}, place_given=True)
    made: list[Example] = []
    for pair in pairs:
        rated = searcher.rate(pair.question, scope)
        right = np.array([pair.sentence in text or text in pair.sentence for text, _ in rated])
        if right.any():
            made.append((np.array([features for _, features in rated]), right))
    return made


def fit(examples: Sequence[Example]) -> Vectors:
    """Weights, shape (7,), that make the right sentences likely; gradient ascent on a concave function."""
    weights = np.zeros(len(Features._fields))
    momentum = np.zeros_like(weights)
    for _ in range(_STEPS):
        gradient = -_RIDGE * weights
        for features, right in examples:
            scores = features @ weights
            chances = np.exp(scores - scores.max())
            chances /= chances.sum()
            held = chances * right / (chances * right).sum()
            gradient += features.T @ (held - chances) / len(examples)
        momentum = 0.9 * momentum + gradient
        weights = weights + _RATE * momentum
    return weights


def recall_at_1(examples: Sequence[Example], weights: Vectors) -> float:
    """Share of the examples whose best sentence is right."""
    return float(np.mean([right[int(np.argmax(features @ weights))] for features, right in examples]))


def main() -> None:
    """Print the fitted weights, brought to a sum of one, and recall@1 before, after, and on each notice held back."""
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="+", metavar="文号=FOLDER")
    parser.add_argument("--home", type=Path, default=Path(".anwen/ranking"), help="where the indexes go")
    chosen = parser.parse_args()
    made: dict[str, list[Example]] = {}
    for model in chosen.models:
        notice, folder = model.split("=", 1)
        index, embedder = open_model(folder, chosen.home / notice, lambda _: None)
        searcher = Searcher(index, embedder, load_lexicon(None))
        made[notice] = examples_of(searcher, [one for one in load_pairs(PAIRS) if one.notice == notice], notice)
    everything = [one for examples in made.values() for one in examples]
    weights = fit(everything)
    present = np.array([getattr(Weights(), name) for name in Features._fields])
    lines = [f"{name} = {value:.3f}" for name, value in zip(Features._fields, weights / weights.sum(), strict=True)]
    lines.append(f"recall@1 of {len(everything)} pairs: present {recall_at_1(everything, present):.3f}")
    lines.append(f"fitted {recall_at_1(everything, weights):.3f}")
    for notice, examples in made.items():
        others = fit([one for name, theirs in made.items() if name != notice for one in theirs])
        lines.append(f"{notice} held back: {recall_at_1(examples, others):.3f} (n = {len(examples)})")
    sys.stdout.write("\n".join([*lines, ""]))


if __name__ == "__main__":
    main()
