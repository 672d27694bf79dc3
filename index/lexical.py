"""BM25 over character bigrams and jieba words together; this file alone knows bm25s and jieba.

BM25 as in Lucene (Kamphuis et al. 2020, Which BM25 Do You Mean?), by bm25s (Lù 2024).
"""

from __future__ import annotations

import logging
import re
import tempfile
from collections.abc import Callable, Sequence
from functools import cache, cached_property
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

# Chinese runs: 〇, the common characters, and the rare ones that stand in names of places.
_RUNS = re.compile(r"[\u3007\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af]+|[A-Za-z0-9.%]+")


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


def word_bounds(text: str) -> frozenset[int]:
    """Where words of a text start and end, as positions in it."""
    bounds = {0}
    for word in _segmenter().cut(text, HMM=False):
        bounds.add(max(bounds) + len(word))
    return frozenset(bounds)


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
        # bm25s cannot index nothing: a corpus without sentences gets one empty text that is not counted.
        index.index([analyse(text) or [""] for text in texts] or [[""]], show_progress=False)
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

    def scores(self, query_terms: Sequence[str]) -> Scores:
        """BM25 score of every row for the terms of a question (see terms()); zero where no term occurs."""
        known = [term for term in query_terms if term and term in self._index.vocab_dict]
        if not known:
            return np.zeros(self._size, dtype=np.float32)
        scores: Scores = self._index.get_scores(known)
        return scores

    def weight(self, term: str) -> float:
        """Inverse document frequency of a term: 0.0 when no passage holds it."""
        frequency = self._frequencies.get(term, 0)
        return float(np.log(1 + (self._size - frequency + 0.5) / (frequency + 0.5))) if frequency else 0.0

    @cached_property
    def _frequencies(self) -> dict[str, int]:
        counts = np.diff(self._index.scores["indptr"])
        return {term: int(counts[at]) for term, at in self._index.vocab_dict.items() if at < len(counts)}
