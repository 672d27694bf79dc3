"""Measures of ranked lists over several right answers, and of times; pure functions."""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence

DEPTHS = (5, 10, 100)
_CUT = 10


def recall(ranked: Sequence[int], gold: Collection[int], k: int) -> float:
    """Share of the right answers among the first k."""
    return len(set(ranked[:k]) & set(gold)) / len(gold)


def reciprocal_rank(ranked: Sequence[int], gold: Collection[int], k: int = _CUT) -> float:
    """One over the rank of the first right answer; 0 when none is among the first k."""
    return next((1 / rank for rank, one in enumerate(ranked[:k], 1) if one in gold), 0.0)


def ndcg(ranked: Sequence[int], gold: Collection[int], k: int = _CUT) -> float:
    """Discounted gain of the right answers among the first k, over that of an ideal order (Järvelin & Kekäläinen)."""
    gain = sum(1 / math.log2(rank + 1) for rank, one in enumerate(ranked[:k], 1) if one in gold)
    return gain / sum(1 / math.log2(rank + 1) for rank in range(1, min(len(gold), k) + 1))


def measures(pairs: Sequence[tuple[Sequence[int], Collection[int]]]) -> dict[str, float]:
    """Means over questions.

    Args:
        pairs: what was found, best first, and what is right, for each question; at least one.
    """
    rows = [
        {f"Recall@{k}": recall(ranked, gold, k) for k in DEPTHS}
        | {f"MRR@{_CUT}": reciprocal_rank(ranked, gold), f"nDCG@{_CUT}": ndcg(ranked, gold)}
        for ranked, gold in pairs
    ]
    return {name: sum(row[name] for row in rows) / len(rows) for name in rows[0]}
