"""Exact inner-product search over unit vectors; this file alone knows faiss."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from corpus.errors import IndexStoreError

if TYPE_CHECKING:
    import faiss

Vectors = NDArray[np.float32]
Mask = NDArray[np.bool_]


class VectorStore:
    """Vectors in the order they were given; row i is passage i of its level."""

    def __init__(self, index: faiss.Index) -> None:
        self._index = index

    @classmethod
    def build(cls, vectors: Vectors) -> VectorStore:
        """Store vectors of shape (n, dimension), rows of length 1."""
        import faiss

        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
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

    def search(self, query: Vectors, k: int, allowed: Mask | None = None) -> tuple[NDArray[np.int64], Vectors]:
        """Find the k rows nearest to a query.

        Args:
            query: shape (dimension,), length 1.
            k: at least 1; fewer rows come back when fewer are allowed.
            allowed: one boolean a row; None allows all. No allowed row, or no row at all, gives an empty answer.

        Returns:
            Row numbers and inner products, best first.
        """
        import faiss

        if not (len(self) if allowed is None else allowed.any()):
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        parameters: Any = None
        if allowed is not None:
            # faiss's own annotations describe the C++ signatures, not the Python wrappers that take arrays.
            bits: Any = faiss.IDSelectorBitmap
            options: Any = faiss.SearchParameters
            parameters = options(sel=bits(np.packbits(allowed, bitorder="little")))
        scores, rows = self._index.search(query[None, :], min(k, len(self)), params=parameters)
        found = rows[0] >= 0
        return rows[0][found], scores[0][found]

    def all_vectors(self) -> Vectors:
        """Give back all vectors, shape (n, dimension)."""
        vectors: Vectors = self._index.reconstruct_n(0, len(self))
        return vectors
