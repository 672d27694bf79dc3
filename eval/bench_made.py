"""A made corpus of any size for measuring: real sentences under other places and years, their vectors with noise."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Literal

import numpy as np

from corpus.model import Document, Level, Sentence, Source, Unit, UnitKind
from corpus.regions import all_regions, ambiguous_names
from index.embed import Vectors
from index.lexical import LexicalStore, terms
from index.model import Manifest, Passage
from index.store import Index
from index.store import Level as Stores
from index.vectors import VectorStore

_FIRST_YEAR, _YEARS = 2020, 5
# Length of the noise beside a vector of length 1: a made vector has a cosine of 0.94 with the real one.
_NOISE = 0.35


def made_places() -> list[str]:
    """The counties whose names mean no other thing, in the order of the register."""
    names = (one.name for one in all_regions() if one.level is Level.COUNTY and one.name not in ambiguous_names())
    return list(dict.fromkeys(names))  # several cities have a 鼓楼区


def make_documents(real: Index, size: int) -> Iterator[Document]:
    """Make documents until they have so many units: each holds every real sentence, as a unit of its own.

    Args:
        real: gives sentences and headings.
        size: how many units in all.
    """
    sentences, places = real.sentences.passages, made_places()
    for number in range(-(-size // len(sentences))):
        place, year = places[number // _YEARS], _FIRST_YEAR + number % _YEARS
        notice = f"{place}政发〔{year}〕1号"
        kept = sentences[: size - number * len(sentences)]
        yield Document.model_construct(
            notice=notice, title=f"{place}{year}年安全生产通知", region=place, level=Level.COUNTY, year=year, date="",
            units=tuple(_unit(one, real.all_units[one.unit].heading, f"（{place}{year}年）", notice, at)
                        for at, one in enumerate(kept)),
            file="made",
        )  # fmt: skip


def _unit(one: Passage, heading: str, mark: str, notice: str, at: int) -> Unit:
    """A unit of one sentence; what tells it from the real one stands after it, so that its facts keep their places."""
    text, label = f"{one.text}{mark}", f"（{at + 1}）"
    whole = Sentence.model_construct(text=text, start=0, end=len(text))
    return Unit.model_construct(
        kind=UnitKind.CLAUSE, notice=notice, path=(label,), label=label, heading=heading, ancestors=(), text=text,
        runs=((0, len(text)),), source=_SOURCE, sentences=(whole,), responsibilities=(),
    )  # fmt: skip


_SOURCE = Source(file="made", start=0, end=0)


def make_passages(
    documents: Sequence[Document], real: Index, level: Literal["unit", "sentence"]
) -> tuple[Passage, ...]:
    """Make the passages of made documents, as index.passages does for real ones, with the facts of the real ones."""
    facts = [one.facts for one in real.sentences.passages]
    made: list[Passage] = []
    for document in documents:
        for at, unit in enumerate(document.units):
            head = f"{document.title}\n{unit.heading}\n" if level == "unit" else f"{unit.heading}："
            made.append(
                Passage.model_construct(
                    id=f"{unit.notice}#{at}",
                    level=level,
                    notice=unit.notice,
                    label=unit.label,
                    unit=len(made),
                    sentence=0 if level == "sentence" else None,
                    text=unit.text,
                    embedded=f"{head}{unit.text}",
                    facts=facts[at] if level == "sentence" else (),
                )
            )
    return tuple(made)


def make_vectors(base: Vectors, size: int, seed: int) -> Vectors:
    """Repeat vectors with noise of their own until there are so many, each of length 1.

    Args:
        base: real vectors, shape (m, dimension), rows of length 1.
        size: how many to make.
        seed: of the noise.
    """
    chance = np.random.default_rng(seed)
    made = np.empty((size, base.shape[1]), dtype=np.float32)
    scale = np.float32(_NOISE / base.shape[1] ** 0.5)
    for start in range(0, size, len(base)):
        part = made[start : start + len(base)]
        part[:] = chance.standard_normal(part.shape, dtype=np.float32) * scale + base[: len(part)]
        part /= np.linalg.norm(part, axis=1, keepdims=True)
    return made


def made_terms(text: str) -> list[str]:
    """What terms() finds in a made text, piece by piece: each is cut into words but once."""
    *heads, last = text.split("\n")
    sentence, mark, place = last.rpartition("（")
    return [term for piece in (*heads, sentence, mark + place) for term in _terms(piece)]


@lru_cache(maxsize=100_000)
def _terms(text: str) -> tuple[str, ...]:
    return tuple(terms(text))


def make_level(
    documents: Sequence[Document], real: Index, level: Literal["unit", "sentence"], spent: dict[str, float]
) -> Stores:
    """Build passages and stores of one level, and note the seconds that each store took."""
    passages = make_passages(documents, real, level)
    base = real.sentences.vectors.all_vectors()
    if level == "unit":
        base = real.units.vectors.all_vectors()[[one.unit for one in real.sentences.passages]]
    vectors = make_vectors(base, len(passages), seed=len(level))
    started = time.perf_counter()
    store = VectorStore.build(vectors)
    spent["vectors"] = spent.get("vectors", 0.0) + time.perf_counter() - started
    del vectors
    sys.stderr.write(f"{level}：向量库已建，累计用时 {spent}\n")
    started = time.perf_counter()
    lexical = LexicalStore.build([one.embedded for one in passages], made_terms)
    spent["lexical"] = spent.get("lexical", 0.0) + time.perf_counter() - started
    sys.stderr.write(f"{level}：{len(passages)} 段，累计用时 {spent}\n")
    return Stores(passages, store, lexical)


def make_index(real: Index, size: int) -> tuple[Index, Mapping[str, float]]:
    """Make an index of so many units, and as many sentences.

    Returns:
        The index, and the seconds that building its stores took, by kind.
    """
    spent: dict[str, float] = {}
    documents = tuple(make_documents(real, size))
    units = make_level(documents, real, "unit", spent)
    sentences = make_level(documents, real, "sentence", spent)
    manifest = Manifest.model_construct(**dict(real.manifest) | {"passages": 2 * size, "units": size})
    return Index(manifest=manifest, documents=documents, units=units, sentences=sentences, folder=real.folder), spent
