"""BM25 over character bigrams and jieba words together; this file alone knows bm25s and jieba.

BM25 as in Lucene (Kamphuis et al. 2020, Which BM25 Do You Mean?), by bm25s (Lù 2024).
"""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Callable, Collection, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from platformdirs import user_cache_path

from corpus.errors import IndexStoreError

if TYPE_CHECKING:
    import bm25s
    import jieba

Scores = NDArray[np.float32]
Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]

# Chinese runs: 〇, the common characters, and the rare ones that stand in names of places.
_RUNS = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]+|[A-Za-z0-9.%]+")


# How many words of everyday texts the counts of jieba's dictionary sum up.
EVERYDAY_WORDS = 60_101_967


@cache
def _segmenter() -> jieba.Tokenizer:
    """Load jieba's dictionary; its cache goes to the user's own folder, for jieba unmarshals whatever lies there."""
    import jieba

    # A cache that cannot be written is no error: the dictionary is then built anew in the next process.
    jieba.setLogLevel(logging.CRITICAL)
    segmenter = jieba.Tokenizer()
    segmenter.tmp_dir = str(_cache_folder())
    segmenter.initialize()
    return segmenter


def _cache_folder() -> Path:
    folder = user_cache_path("anwen", appauthor=False)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError:
        # A read-only home: the dictionary is then built anew in each process, about a second.
        return Path(tempfile.mkdtemp(prefix="anwen-"))
    return folder


def words(text: str) -> list[str]:
    """Cut text into words by jieba's dictionary, without guessing new ones."""
    return [word for word in _segmenter().cut(text, HMM=False) if not re.fullmatch(r"\W+", word)]


def cut(text: str) -> list[str]:
    """Cut text by jieba's dictionary, without guessing new words; joined, the pieces are the text."""
    return list(_segmenter().cut(text, HMM=False))


def word_bounds(text: str) -> frozenset[int]:
    """Where words of a text start and end, as positions in it."""
    bounds = {0}
    for word in _segmenter().cut(text, HMM=False):
        bounds.add(max(bounds) + len(word))
    return frozenset(bounds)


def word_count(word: str) -> int:
    """How often jieba's dictionary counted a word in everyday texts; 0 when it is not in the dictionary."""
    return int(_segmenter().FREQ.get(word, 0))


def bigrams(text: str) -> list[str]:
    """Character bigrams of the Chinese runs; Latin and number runs stay whole."""
    grams: list[str] = []
    for run in _RUNS.findall(text):
        if run.isascii():
            grams.append(run.lower())
        else:
            grams.extend(run[at : at + 2] for at in range(max(1, len(run) - 1)))
    return grams


def terms(text: str) -> list[str]:
    """The terms a text is indexed and searched by: bigrams, and words that are no bigram."""
    return [*bigrams(text), *(word.lower() for word in words(text) if len(word) != 2)]


class LexicalStore:
    """BM25 scores of passages; row i is passage i of its level."""

    def __init__(self, index: bm25s.BM25) -> None:
        self._index = index
        self._size = int(index.scores["num_docs"])

    @classmethod
    def build(cls, texts: Sequence[str], analyse: Callable[[str], list[str]] = terms) -> LexicalStore:
        """Index texts, in order, by the terms that an analyser finds in each."""
        import bm25s

        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        # Terms as numbers from the start: a million texts have some hundred million of them.
        vocabulary: dict[str, int] = {}
        numbered = [[vocabulary.setdefault(term, len(vocabulary)) for term in analyse(text) or [""]] for text in texts]
        # bm25s cannot index nothing: a corpus without sentences gets one empty text that is not counted.
        index.index((numbered or [[vocabulary.setdefault("", 0)]], vocabulary), show_progress=False)
        index.scores["num_docs"] = len(texts)
        return cls(index)

    @classmethod
    def open(cls, folder: Path) -> LexicalStore:
        """Read a store.

        Raises:
            IndexStoreError: a file is missing or damaged.
        """
        import bm25s

        try:
            return cls(bm25s.BM25.load(folder, load_corpus=False))
        except Exception as error:  # what numpy's and json's readers raise for damaged bytes is no fixed set
            raise IndexStoreError(f"索引文件“{folder.name}”损坏或缺失；请运行 anwen index --rebuild 重建") from error

    def save(self, folder: Path) -> None:
        """Write the store into a folder of its own."""
        self._index.save(folder, show_progress=False)

    def __len__(self) -> int:
        return self._size

    def scores(self, query_terms: Sequence[str], allowed: Mask | None = None) -> Scores:
        """BM25 score of every row for the terms of a question (see terms()).

        Args:
            query_terms: the terms; one given twice counts twice.
            allowed: one boolean a row; None allows all.

        Returns:
            One score a row, zero where no term occurs or the row is not allowed.
        """
        scores = np.zeros(self._size, dtype=np.float32)
        inside = np.arange(self._size) if allowed is None else np.flatnonzero(allowed)
        for term in query_terms if len(inside) else ():
            rows, parts = self._postings(term)
            if len(inside) < self._size:
                # The rows of a notice lie side by side: most postings need not be looked at.
                first, last = np.searchsorted(rows, (inside[0], inside[-1] + 1))
                rows, parts = rows[first:last], parts[first:last]
            scores[rows] += parts  # a row stands once in the postings of a term
        if allowed is not None:
            scores *= allowed
        return scores

    def holding(self, piece: str) -> Rows:
        """Rows that may hold a piece of text, in order: all that hold it are among them."""
        grams = bigrams(piece)
        if len(piece) < 2 or not _RUNS.fullmatch(piece) or piece.isascii():
            return np.arange(self._size)
        rows = self._postings(grams[0])[0]
        for gram in grams[1:]:
            rows = np.intersect1d(rows, self._postings(gram)[0], assume_unique=True)
        return rows.astype(np.int64)

    @property
    def vocabulary(self) -> Collection[str]:
        """The terms that the rows hold."""
        known: Collection[str] = self._index.vocab_dict.keys()
        return known

    def frequency(self, term: str) -> int:
        """How many rows hold a term."""
        return len(self._postings(term)[0]) if term else 0

    def weight(self, term: str) -> float:
        """Inverse document frequency of a term: 0.0 when no passage holds it."""
        frequency = self.frequency(term)
        return float(np.log(1 + (self._size - frequency + 0.5) / (frequency + 0.5))) if frequency else 0.0

    def _postings(self, term: str) -> tuple[Rows, Scores]:
        """The rows that hold a term, in order, and what it adds to the score of each."""
        held = self._index.scores
        # The empty term that bm25s adds to a vocabulary has no place in its matrix.
        at = self._index.vocab_dict.get(term, -1) if term else -1
        start, end = held["indptr"][at : at + 2] if 0 <= at < len(held["indptr"]) - 1 else (0, 0)
        return held["indices"][start:end], held["data"][start:end]
