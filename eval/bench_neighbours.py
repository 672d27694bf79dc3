"""Benchmark: exact search, cells (IVF) and a graph (HNSW) over the same made vectors.

Run by `python -m eval.bench_neighbours`. Says why index/vectors.py has cells above a size. A question's scope filters
rows, so each is also asked with a part of the rows allowed.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from app.settings import load_settings
from eval.bench_made import make_vectors
from eval.metrics import percentile
from index.embed import Vectors
from index.store import open_index
from index.vectors import Mask, VectorStore

_K, _NEAREST, _ROUNDS = 24, 10, 3
#: As measured in faiss's own guidelines for millions of rows; a weaker graph loses recall (shared/NOTES.md).
_LINKS, _EFFORT = 32, 100
_WIDTHS = (64, 128, 256)
_SHARES = (1.0, 0.5, 0.05)

Search = Callable[[Vectors, Mask | None], np.ndarray[Any, Any]]


def _stored(store: VectorStore, query: Vectors, allowed: Mask | None) -> np.ndarray[Any, Any]:
    return store.search(query, _K, allowed)[0]


def hnsw(rows: Vectors) -> Any:
    """Build a graph over rows, with all cores."""
    import faiss

    faiss.omp_set_num_threads(os.cpu_count() or 1)
    index: Any = faiss.IndexHNSWFlat(rows.shape[1], _LINKS, faiss.METRIC_INNER_PRODUCT)
    index.hnsw.efConstruction = _EFFORT
    index.add(rows)
    return index


def searched(index: Any, width: int) -> Search:
    """Search a graph with a candidate list of a width, on one thread."""
    import faiss

    library: Any = faiss
    options = library.SearchParametersHNSW
    bits: Any = faiss.IDSelectorBitmap

    def search(query: Vectors, allowed: Mask | None) -> np.ndarray[Any, Any]:
        faiss.omp_set_num_threads(1)
        if allowed is None:
            parameters = options(efSearch=width)
        else:
            parameters = options(efSearch=width, sel=bits(np.packbits(allowed, bitorder="little")))
        found: np.ndarray[Any, Any] = index.search(query[None, :], _K, params=parameters)[1][0]
        return found

    return search


def measure(search: Search, queries: Vectors, exact: list[list[int]], allowed: Mask | None) -> str:
    """Ask all questions, each three times, the least of the times counting: cells of a table row."""
    times, shares = [], []
    for query, nearest in zip(queries, exact, strict=True):
        spent = []
        for _ in range(_ROUNDS):
            started = time.perf_counter()
            found = search(query, allowed)
            spent.append((time.perf_counter() - started) * 1000)
        times.append(min(spent))
        shares.append(len(set(found[:_NEAREST].tolist()) & set(nearest)) / len(nearest))
    return f"{sum(shares) / len(shares):.3f} | {percentile(times, 0.5):.1f} | {percentile(times, 0.95):.1f}"


def compared(rows: Vectors, queries: Vectors) -> Iterator[str]:
    """The lines of a table: a way, its seconds to build, and for each share of allowed rows recall and times."""
    built: dict[str, tuple[float, Search]] = {}
    for name, large in (("exact", len(rows) + 1), ("IVF (index/vectors.py)", 1)):
        started = time.perf_counter()
        store = VectorStore.build(rows, large=large)
        seconds = time.perf_counter() - started
        built[name] = seconds, partial(_stored, store)
    started = time.perf_counter()
    graph = hnsw(rows)
    seconds = time.perf_counter() - started
    for width in _WIDTHS:
        built[f"HNSW {_LINKS}, efSearch {width}"] = seconds, searched(graph, width)
    chance = np.random.default_rng(len(rows))
    for share in _SHARES:
        allowed = None if share == 1.0 else chance.random(len(rows)) < share
        exact = [built["exact"][1](query, allowed)[:_NEAREST].tolist() for query in queries]
        for name, (seconds, search) in built.items():
            yield f"| {name} | {seconds:.0f} | {share:.0%} | {measure(search, queries, exact, allowed)} |"


def main() -> None:
    """Print the table for one size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--size", type=int, default=1_000_000)
    parser.add_argument("--known", type=Path, default=Path(".anwen/bench/questions.npz"), help="made by bench_scale")
    chosen = parser.parse_args()
    with np.load(chosen.known, allow_pickle=False) as held:
        queries = np.ascontiguousarray(held["vectors"], dtype=np.float32)
    real = open_index(load_settings().index_root()).sentences.vectors.all_vectors()
    sys.stdout.write("| way | build, s | rows allowed | recall@10 | p50, ms | p95, ms |\n|---|---|---|---|---|---|\n")
    for line in compared(make_vectors(real, chosen.size, seed=1), queries):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
