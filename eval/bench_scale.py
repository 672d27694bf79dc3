"""Benchmark: the search over 1,000 to 1,000,000 units, without the embedding of the question; `make bench-scale`.

Each size is measured in a process of its own. The corpus is made (eval/bench_made.py): no million texts are embedded.
"""

from __future__ import annotations

import argparse
import gc
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from app.service import open_service
from app.settings import load_settings
from eval.bench_made import made_places, make_index
from eval.metrics import percentile
from index.calibrate import calibration_questions
from index.embed import Vectors, load_embedder
from index.store import Level, open_index
from index.vectors import top
from retrieval.lexicon import load_lexicon
from retrieval.search import Searcher

SIZES = (1_000, 10_000, 100_000, 1_000_000)
_ROUNDS, _NEAREST, _CHUNK = 3, 10, 50_000


def questions() -> list[str]:
    """Everyday questions on all subjects, each as it is and once more with a place."""
    place, everyday = made_places()[0], calibration_questions()
    return [*everyday, *(f"{place}{one}" for one in everyday)]


class Known:
    """An embedder that knows the vectors of some questions beforehand, so that the clock measures the search alone."""

    name = "known"

    def __init__(self, vectors: dict[str, Vectors]) -> None:
        self._vectors = vectors
        self.dimension = len(next(iter(vectors.values())))

    def encode_query(self, text: str) -> Vectors:
        """Give the vector of a question; of one that was read otherwise than typed, that of any."""
        return self._vectors.get(text, next(iter(self._vectors.values())))

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Give the vectors of several questions."""
        return np.stack([self.encode_query(one) for one in texts])

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        """Passages are not embedded here."""
        raise NotImplementedError


def resident() -> float:
    """Memory of this process in GiB (RSS)."""
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmRSS:")[1].split()[0]) / 2**20


def recall(level: Level, queries: Sequence[Vectors]) -> float:
    """Share of the ten nearest rows that the store finds."""
    shares = []
    for query in queries:
        parts = [
            np.arange(start, min(start + _CHUNK, len(level.vectors))) for start in range(0, len(level.vectors), _CHUNK)
        ]
        exact = top(np.concatenate([level.vectors.similarities(query, rows) for rows in parts]), _NEAREST)
        found, _ = level.vectors.search(query, _NEAREST)
        shares.append(len(set(found.tolist()) & set(exact.tolist())) / len(exact))
    return sum(shares) / len(shares)


def measure(size: int, known: Path) -> dict[str, float]:
    """Build one size and ask it all questions; of the times of a question the least of three counts."""
    real = open_index(load_settings().index_root())
    with np.load(known, allow_pickle=False) as held:
        embedder = Known(dict(zip(questions(), held["vectors"], strict=True)))
    before = resident()
    index, spent = make_index(real, size)
    gc.collect()
    gc.freeze()  # as a server does after its start: else the collector walks millions of objects now and then
    built = resident()
    started = time.perf_counter()
    searcher = Searcher(index, embedder, load_lexicon(None))
    prepared = time.perf_counter() - started
    searcher.search("企业多久检查一次安全隐患？")
    steps: dict[str, list[float]] = {}
    for question in questions():
        runs = [_timed(searcher, question) for _ in range(_ROUNDS)]
        for name, value in min(runs, key=lambda one: one["total"]).items():
            steps.setdefault(name, []).append(value)
    queries = [embedder.encode_query(one) for one in questions()[:20]]
    return {
        "units": size, "documents": len(index.documents), "vectors_s": spent["vectors"], "lexical_s": spent["lexical"],
        "prepare_s": prepared, "stores_and_texts_gib": built - before, "resident_gib": resident(),
        **{f"{name}_p50_ms": percentile(values, 0.5) for name, values in steps.items()},
        **{f"{name}_p95_ms": percentile(values, 0.95) for name, values in steps.items()},
        "recall_units": recall(index.units, queries), "recall_sentences": recall(index.sentences, queries),
    }  # fmt: skip


def _timed(searcher: Searcher, question: str) -> dict[str, float]:
    started = time.perf_counter()
    found = searcher.search(question, k=24)
    return {**found.timings_ms, "total": (time.perf_counter() - started) * 1000}


def main() -> None:
    """Print a row for each size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--home", type=Path, default=Path(".anwen/bench"), help="where vectors are kept")
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--one", action="store_true", help="measure the one size in this process")
    chosen = parser.parse_args()
    known = chosen.home / "questions.npz"
    if chosen.one:
        row = measure(chosen.sizes[0], known)
        sys.stdout.write(json.dumps({name: round(value, 3) for name, value in row.items()}) + "\n")
        return
    chosen.home.mkdir(parents=True, exist_ok=True)
    settings = load_settings()
    open_service(settings, lambda line: None)  # brings the index up to date
    embedder = load_embedder(settings.embedding.model)
    np.savez(known, vectors=embedder.encode_queries(questions()))
    for size in chosen.sizes:
        command = [sys.executable, "-m", "eval.bench_scale", "--one", "--home", str(chosen.home), "--sizes", str(size)]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
