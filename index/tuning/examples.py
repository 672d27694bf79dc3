"""Training examples: a question, the sentence that answers it, and sentences near it that do not; pure functions.

The pairs are the project's own, index/tuning/pairs, and, where they are at hand, those of STARD (Su et al. 2024, MIT).
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from pydantic import Field

from corpus.model import Document, Frozen
from index.embed import Vectors

PAIRS = Path(__file__).parent / "pairs"
_SAME = 0.6


class Pair(Frozen):
    """A question and what answers it."""

    question: str
    sentence: str = Field(description="verbatim words of a clause, or official prose where notice is empty")
    notice: str = Field(default="", description="文号; empty for general pairs")
    label: str = Field(default="", description="clause label")
    topic: str = ""


class Example(Frozen):
    """A pair as it is trained on."""

    question: str
    positive: str
    negative: str
    groups: frozenset[int] = Field(description="what the positive says, by number: no other may be its negative")
    against: frozenset[int] = Field(description="the same of the negative")


def load_pairs(folder: Path) -> list[Pair]:
    """Read all pairs of a folder, in the order of file names and lines."""
    return [
        Pair.model_validate_json(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def load_articles(folder: Path, longest: int = 400) -> dict[str, str]:
    """Read STARD's articles by number, cut to a length in characters."""
    rows = (json.loads(line) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines())
    return {str(row["id"]): row["text"][:longest] for row in rows}


def load_statutes(folder: Path) -> list[Pair]:
    """Read STARD's questions with their gold articles.

    Args:
        folder: holds queries.jsonl and corpus.jsonl.
    """
    articles = load_articles(folder)
    rows = (json.loads(line) for line in (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines())
    return [
        Pair(question=row["question"], sentence=articles[str(one)], label=str(one))
        for row in rows
        for one in row["gold"]
    ]


def held_back(label: str, share: int = 5) -> bool:
    """Tell whether a statute article is in the fifth that is never trained on: by its number, so always the same."""
    return zlib.crc32(label.encode()) % share == 0


def grams(text: str) -> frozenset[str]:
    """Character bigrams of a text's letters and digits."""
    letters = "".join(one for one in text if one.isalnum())
    return frozenset(letters[at : at + 2] for at in range(len(letters) - 1))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Share of bigrams that two texts have in common (Jaccard), 0 to 1."""
    return len(one & other) / len(one | other) if one or other else 0.0


def group_alike(texts: Sequence[str]) -> list[int]:
    """Number texts so that those that say nearly the same, by themselves or by way of others, share a number.

    The same clause of another place or year is no wrong answer to a question about it.
    """
    held = [grams(text) for text in texts]
    numbers = list(range(len(texts)))

    def root(at: int) -> int:
        while numbers[at] != at:
            numbers[at] = numbers[numbers[at]]
            at = numbers[at]
        return at

    by_gram: dict[str, list[int]] = {}
    for at, mine in enumerate(held):
        counts: dict[int, int] = {}
        for gram in mine:
            for other in by_gram.get(gram, ()):
                counts[other] = counts.get(other, 0) + 1
            by_gram.setdefault(gram, []).append(at)
        for other, common in counts.items():
            if common / (len(mine) + len(held[other]) - common) >= _SAME:
                numbers[root(at)] = root(other)
    return [root(at) for at in range(len(texts))]


def candidates_of(documents: Iterable[Document]) -> list[Pair]:
    """Every sentence of the notices, as what a question could wrongly be answered by."""
    return [
        Pair(question="", sentence=sentence.text, notice=unit.notice, label=unit.label, topic=unit.heading)
        for document in documents
        for unit in document.units
        for sentence in unit.sentences
        if len(sentence.text) >= 8
    ]


def hard_negatives(similarities: Vectors, own: Sequence[Sequence[int]], take: int, skip: int = 0) -> list[list[int]]:
    """Rows of the candidates nearest to each question, without those that answer it.

    Args:
        similarities: shape (questions, candidates).
        own: for each question the candidates that may not be its negatives.
        take: how many for each question.
        skip: how many of the nearest to leave out, which may be answers that nobody has marked.
    """
    chosen = []
    for row, mine in zip(similarities, own, strict=True):
        order = np.argsort(-row)
        barred = set(mine)
        chosen.append([int(at) for at in order if int(at) not in barred][skip : skip + take])
    return chosen
