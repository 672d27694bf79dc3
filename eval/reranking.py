"""Measure a cross-encoder over the first passages of the search (index/tuning/reranker.py); run by maintainers."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from app.model import Inquiry
from app.service import Service
from corpus.load import bundled_folder
from eval.cases import own_cases
from eval.embedding import last_rank, open_model, shown
from eval.model import Case
from eval.run import as_passages
from index.tuning.reranker import LONGEST
from retrieval.lexicon import load_lexicon
from retrieval.model import Hit
from retrieval.search import Searcher

_DEPTH = 10
_SHARES = (0.0, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0)


def rerank(hits: Sequence[Hit], scores: Sequence[float], share: float) -> list[Hit]:
    """Order hits by their score of the search and that of the cross-encoder.

    Args:
        hits: of the search.
        scores: of the cross-encoder for each hit, 0 to 1.
        share: of the latter, 0 to 1.
    """
    mixed = [(1 - share) * hit.score + share * score for hit, score in zip(hits, scores, strict=True)]
    return [hits[int(at)] for at in np.argsort(-np.asarray(mixed), kind="stable")]


def measure(service: Service, model: Any, cases: Sequence[Case]) -> tuple[dict[float, list[int | None]], float]:
    """Rank the evidence of each case by each share of the cross-encoder.

    Returns:
        For each share, one rank a case; and the median milliseconds that the cross-encoder takes a question.
    """
    ranks: dict[float, list[int | None]] = {share: [] for share in _SHARES}
    spent: list[float] = []
    for case in cases:
        hits = service.find(Inquiry(question=case.question, history=case.history), _DEPTH).hits
        started = time.perf_counter()
        pairs = [(case.question, f"{hit.heading}：{hit.evidence[0].text}") for hit in hits]
        scores = [float(one) for one in model.predict(pairs, show_progress_bar=False)] if pairs else []
        spent.append((time.perf_counter() - started) * 1000)
        for share, found in ranks.items():
            found.append(last_rank(case, as_passages(rerank(hits, scores, share))))
    return ranks, float(np.median(spent))


def main() -> None:
    """Print recall@1 of dev and test for each share of the cross-encoder's score."""
    from sentence_transformers import CrossEncoder

    parser = argparse.ArgumentParser()
    parser.add_argument("embedding")
    parser.add_argument("reranker")
    parser.add_argument("--home", type=Path, default=Path(".anwen/models/reranking"), help="where the index goes")
    chosen = parser.parse_args()
    index, embedder = open_model(chosen.embedding, chosen.home, lambda _: None)
    service = Service(index, Searcher(index, embedder, load_lexicon(None)), [bundled_folder()])
    model = CrossEncoder(chosen.reranker, device="cpu", max_length=LONGEST)
    for split in ("dev", "test"):
        ranks, milliseconds = measure(service, model, [case for case in own_cases(split) if case.findable])
        lines = [f"{split}, share {share}: recall@1 {shown(found, 1)}" for share, found in ranks.items()]
        sys.stdout.write("\n".join([*lines, f"{split}: {milliseconds:.0f} ms a question", ""]))


if __name__ == "__main__":
    main()
