"""Inner-product search over unit vectors, exact or by cells; this file alone knows faiss."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexStoreError

if TYPE_CHECKING:
    import faiss

# Above so many rows a store looks only into the cells nearest to the question (IVF); eval/README.md says why no graph.
# Beside so few allowed rows, each is compared all the same.
LARGE = 200_000
_FEW = 20_000
_ROWS_A_CELL, _TRAINED_ON, _ROUNDS = 256, 32, 6
_SEARCHED_CELLS = 32

Vectors = NDArray[np.float32]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


class VectorStore:
    """Vectors in the order they were given; row i is passage i of its level."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index
        self._cells = int(getattr(index, "nlist", 0))
        if self._cells:
            cells: Any = index
            cells.make_direct_map()

    @classmethod
    def build(cls, vectors: Vectors, large: int = LARGE) -> VectorStore:
        """Store vectors of shape (n, dimension), rows of length 1.

        Args:
            vectors: the rows.
            large: from how many rows on the search may be approximate.
        """
        import faiss

        rows = np.ascontiguousarray(vectors, dtype=np.float32)
        index: Any = faiss.IndexFlatIP(rows.shape[1])
        if len(rows) >= large:
            cells = max(1, len(rows) // _ROWS_A_CELL)
            index = faiss.IndexIVFFlat(index, rows.shape[1], cells, faiss.METRIC_INNER_PRODUCT)
            index.cp.niter, index.cp.max_points_per_centroid = _ROUNDS, _TRAINED_ON
            index.cp.min_points_per_centroid = 1
            faiss.omp_set_num_threads(os.cpu_count() or 1)
            index.train(rows)
        index.add(rows)
        return cls(index)

    @classmethod
    def open(cls, path: Path) -> VectorStore:
        """Read a store.

        Raises:
            IndexStoreError: the file is missing or damaged.
        """
        import faiss

        try:
            return cls(faiss.deserialize_index(np.fromfile(path, dtype=np.uint8)))
        except (OSError, RuntimeError) as error:
            raise IndexStoreError(f"索引文件“{path.name}”损坏或缺失；请运行 anwen index --rebuild 重建") from error

    def save(self, path: Path) -> None:
        """Write the store; as bytes through Python, so that any path (Chinese on Windows) works."""
        import faiss

        path.write_bytes(faiss.serialize_index(self._index).data)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    def search(self, query: Vectors, k: int, allowed: Mask | None = None) -> tuple[Rows, Vectors]:
        """Find the k rows nearest to a query; in a large store, nearly always.

        Args:
            query: shape (dimension,), length 1.
            k: at least 1; fewer rows come back when fewer are allowed.
            allowed: one boolean a row; None allows all. No allowed row, or no row at all, gives an empty answer.

        Returns:
            Row numbers and inner products, best first, of equals the lower row first; a large store gives equals in
            any order.
        """
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        if self._cells and count > _FEW:
            return self._search_cells(query, min(k, count), allowed, count)
        rows = np.arange(len(self)) if allowed is None else np.flatnonzero(allowed)
        scores = self.similarities(query, rows)
        best = top(scores, k)
        return rows[best], scores[best]

    def _search_cells(self, query: Vectors, k: int, allowed: Mask | None, count: int) -> tuple[Rows, Vectors]:
        import faiss

        # faiss's own annotations describe the C++ signatures, not the Python wrappers that take arrays.
        options: Any = faiss.SearchParametersIVF
        bits: Any = faiss.IDSelectorBitmap
        # Of the rows that are not allowed none is compared: as many cells more cost as much.
        cells = min(self._cells, _SEARCHED_CELLS * len(self) // count)
        parameters = options(nprobe=cells)
        if allowed is not None:
            parameters = options(nprobe=cells, sel=bits(np.packbits(allowed, bitorder="little")))
        faiss.omp_set_num_threads(1)  # as in similarities
        scores, rows = self._index.search(query[None, :], k, params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def similarities(self, query: Vectors, rows: Rows) -> Vectors:
        """Inner products of a query with certain rows, in their order: always exact."""
        import faiss

        wanted = np.ascontiguousarray(rows, dtype=np.int64)
        asked = np.ascontiguousarray(query, dtype=np.float32)
        scores = np.zeros(len(wanted), dtype=np.float32)
        index: Any = self._index
        if self._cells and len(wanted):
            scores = index.reconstruct_batch(wanted) @ asked
        elif len(wanted):
            pointer: Any = faiss.swig_ptr
            # One thread (for this calling thread): a team of threads waits far longer than it works, if cores are busy.
            faiss.omp_set_num_threads(1)
            index.compute_distance_subset(1, pointer(asked), len(wanted), pointer(scores), pointer(wanted))
        return scores

    def all_vectors(self) -> Vectors:
        """Give back all vectors, shape (n, dimension)."""
        vectors: Vectors = self._index.reconstruct_n(0, len(self))
        return vectors


def top(scores: Vectors, count: int) -> Rows:
    """Rows of the highest scores, best first, of equals the lower row first; without sorting all of them."""
    if count >= len(scores):
        return np.argsort(-scores, kind="stable")
    least = np.partition(scores, len(scores) - count)[len(scores) - count]
    above, equal = np.flatnonzero(scores > least), np.flatnonzero(scores == least)
    chosen = np.sort(np.concatenate((above, equal[: count - len(above)])))
    best: Rows = chosen[np.argsort(-scores[chosen], kind="stable")]
    return best
