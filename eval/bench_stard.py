"""Benchmark: the project's search over 55,000 statute articles asked by laymen (STARD, Su et al. 2024).

Run by `make bench-stard STARD=folder`. The articles become documents, units and sentences of a real index, which the
real search is asked; plain BM25 and plain dense search stand beside it. Nothing of the data is kept but vectors.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
import re
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from pydantic import Field
from tqdm import tqdm

from corpus.clean import clean_text
from corpus.model import Document, Frozen, Source, Unit, UnitKind
from corpus.sentences import split_sentences
from eval.bench_metrics import measures
from index.calibrate import similarity_range
from index.embed import Embedder, Vectors, load_embedder
from index.fingerprint import FORMAT
from index.lexical import LexicalStore, words
from index.model import Manifest, Passage
from index.passages import build_passages
from index.store import Index, Level
from index.tuning.examples import held_back
from index.vectors import VectorStore
from retrieval.fuse import Weights
from retrieval.lexicon import load_lexicon
from retrieval.model import Scope, Tier
from retrieval.search import Searcher

DEPTH = 100
_SEED = 20240411
_BLOCK = 256
_NAME = re.compile(r"(?P<law>.+?)(?P<label>第[一二三四五六七八九十百千零〇]+条(?:之[一二三四五六七八九十]+)?)")
Search = Callable[[str], list[int]]


class Article(Frozen):
    """One article of a law."""

    id: int
    name: str = Field(description="law and number, e.g. 畜牧法第六十八条")
    text: str


class Question(Frozen):
    """One lay question with the articles that answer it."""

    id: int
    question: str
    gold: tuple[int, ...]

    @property
    def held_back(self) -> bool:
        """The embedding model was not trained on it: one of its articles is of the fifth held back."""
        return any(held_back(str(one)) for one in self.gold)


def read_articles(folder: Path) -> list[Article]:
    """Read corpus.jsonl."""
    return [Article(**json.loads(line)) for line in (folder / "corpus.jsonl").read_text(encoding="utf-8").splitlines()]


def read_questions(folder: Path) -> list[Question]:
    """Read queries.jsonl."""
    lines = (folder / "queries.jsonl").read_text(encoding="utf-8").splitlines()
    return [Question(**json.loads(line)) for line in lines]


def sampled(articles: Sequence[Article], questions: Sequence[Question], others: int | None) -> list[Article]:
    """The gold articles, and others drawn at random after them; a larger sample begins with a smaller one.

    Args:
        articles: all.
        questions: name the gold articles.
        others: how many others; None for all.
    """
    gold = {one for question in questions for one in question.gold}
    rest = [one for one in articles if one.id not in gold]
    random.Random(_SEED).shuffle(rest)
    return [*(one for one in articles if one.id in gold), *rest[:others]]


def make_documents(articles: Sequence[Article]) -> tuple[tuple[Document, ...], list[int]]:
    """Make a document of each law with a unit of each of its articles.

    Returns:
        The documents, and the article of each unit in the order of the index.
    """
    laws: dict[str, list[tuple[Article, str]]] = {}
    for one in articles:
        match = _NAME.fullmatch(one.name)
        laws.setdefault(match["law"] if match else one.name, []).append((one, match["label"] if match else "全文"))
    documents = tuple(
        Document(notice=law, title=law, file="corpus.jsonl", units=tuple(_unit(law, *pair) for pair in pairs))
        for law, pairs in laws.items()
    )
    return documents, [article.id for pairs in laws.values() for article, _ in pairs]


def _unit(law: str, article: Article, label: str) -> Unit:
    text = "".join(article.text.split())
    return Unit(
        kind=UnitKind.CLAUSE, notice=law, path=(label,), label=label, text=text, runs=((0, len(text)),),
        source=Source(file="corpus.jsonl", start=0, end=len(text)), sentences=split_sentences(text),
    )  # fmt: skip


def embedded(texts: Sequence[str], embedder: Embedder, home: Path) -> Iterator[tuple[str, Vectors]]:
    """Embed texts in blocks, each kept in a file under the hash of model and texts: a run cut short goes on there.

    Args:
        texts: distinct, in an order that a larger sample shares.
        embedder: the model.
        home: the folder of the files.
    """
    home.mkdir(parents=True, exist_ok=True)
    for start in tqdm(range(0, len(texts), _BLOCK), desc="计算向量", unit="块"):
        block = texts[start : start + _BLOCK]
        path = home / f"{hashlib.sha256(chr(0).join([embedder.name, *block]).encode()).hexdigest()[:32]}.npy"
        if not path.is_file():
            vectors = np.vstack(list(embedder.encode_passages(block)))
            with tempfile.NamedTemporaryFile(dir=home, suffix=".partial", delete=False) as partial:
                np.save(partial, vectors)
            Path(partial.name).replace(path)
        yield from zip(block, np.load(path, allow_pickle=False), strict=True)


def texts_in_order(passages: Sequence[Passage], ids: Sequence[int], order: Sequence[int]) -> list[str]:
    """The distinct texts to embed, article by article in the order of the sample."""
    place = {article: at for at, article in enumerate(order)}
    sorted_passages = sorted(passages, key=lambda one: place[ids[one.unit]])
    return list(dict.fromkeys(one.embedded for one in sorted_passages))


def build_index(documents: tuple[Document, ...], passages: Sequence[Passage], vectors: dict[str, Vectors],
                embedder: Embedder) -> Index:  # fmt: skip
    """Build the index of the articles in memory, its stores as those of any index."""
    levels = []
    for name in ("unit", "sentence"):
        kept = tuple(one for one in passages if one.level == name)
        rows = np.stack([vectors[one.embedded] for one in kept])
        levels.append(Level(kept, VectorStore.build(rows), LexicalStore.build([one.embedded for one in kept])))
    manifest = Manifest(
        fingerprint="bench", format=FORMAT, model=embedder.name, dimension=embedder.dimension,
        similarity=similarity_range(levels[1].vectors.all_vectors(), embedder), passages=len(passages),
        units=len(levels[0].passages), documents=len(documents), embedded=len(vectors), seconds=0, built="",
    )  # fmt: skip
    return Index(manifest=manifest, documents=documents, units=levels[0], sentences=levels[1], folder=Path())


class Remembering:
    """An embedder that keeps the vectors of the questions, which several ways of searching ask for."""

    def __init__(self, embedder: Embedder, questions: Sequence[str]) -> None:
        self.name, self.dimension = embedder.name, embedder.dimension
        self._embedder = embedder
        texts = [clean_text(one) for one in questions]
        self._known = dict(zip(texts, embedder.encode_queries(texts), strict=True))

    def encode_query(self, text: str) -> Vectors:
        """Embed one question, cleaned as the search does, if it is not known yet."""
        text = clean_text(text)
        if text not in self._known:
            self._known[text] = self._embedder.encode_query(text)
        vector: Vectors = self._known[text]
        return vector

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed several questions."""
        return self._embedder.encode_queries(texts)

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        """Embed passages."""
        return self._embedder.encode_passages(texts)


def ways(index: Index, ids: Sequence[int], embedder: Embedder, weights: Weights) -> dict[str, Search]:
    """Our search and the two plain ones, each from a question to articles, best first."""
    everything = Scope(tiers={one.notice: Tier.OWN for one in index.documents})
    searcher = Searcher(index, embedder, load_lexicon(None), weights)
    plain = LexicalStore.build([one.embedded for one in index.units.passages], words)

    def ours(question: str) -> list[int]:
        return [ids[hit.unit] for hit in searcher.search(question, k=DEPTH, scope=everything).hits]

    def bm25(question: str) -> list[int]:
        scores = plain.scores(words(question))
        return [ids[int(row)] for row in np.argsort(-scores, kind="stable")[:DEPTH] if scores[row] > 0]

    def dense(question: str) -> list[int]:
        return [ids[int(row)] for row in index.units.vectors.search(embedder.encode_query(question), DEPTH)[0]]

    return {"安问": ours, "BM25（jieba 分词）": bm25, "向量（条文）": dense}


def table(found: dict[str, dict[int, list[int]]], questions: Sequence[Question]) -> Iterator[str]:
    """The lines of a Markdown table for each part of the questions."""
    parts = {"未参与训练的问题": [one for one in questions if one.held_back],
             "参与过训练的问题": [one for one in questions if not one.held_back]}  # fmt: skip
    for part, mine in ((part, mine) for part, mine in parts.items() if mine):
        names: list[str] = []
        for way, answers in found.items():
            values = measures([(answers[one.id], one.gold) for one in mine])
            if not names:
                names = list(values)
                yield f"{part}（{len(mine)} 问）："
                yield ""
                yield f"| 做法 | {' | '.join(names)} |"
                yield "|---" * (len(names) + 1) + "|"
            yield f"| {way} | {' | '.join(f'{value:.3f}' for value in values.values())} |"
        yield ""


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, help="with corpus.jsonl and queries.jsonl")
    parser.add_argument("--sample", type=int, help="the gold articles and so many others; all when left out")
    parser.add_argument("--home", type=Path, default=Path(".anwen/bench/stard"), help="where vectors are kept")
    parser.add_argument("--threads", type=int, help="of the embedding; on a busy machine 1 is quicker than the default")
    parser.add_argument("--weights", default="{}", help="weights of the fusion as JSON, over the fitted ones")
    chosen = parser.parse_args()
    questions = read_questions(chosen.folder)
    articles = sampled(read_articles(chosen.folder), questions, chosen.sample)
    documents, ids = make_documents(articles)
    passages = build_passages(documents)
    embedder = load_embedder("embedded", chosen.threads)
    texts = texts_in_order(passages, ids, [one.id for one in articles])
    index = build_index(documents, passages, dict(embedded(texts, embedder, chosen.home)), embedder)
    remembering = Remembering(embedder, [one.question for one in questions])
    weights = Weights(**json.loads(chosen.weights))
    found: dict[str, dict[int, list[int]]] = {}
    for way, search in ways(index, ids, remembering, weights).items():
        found[way] = {one.id: search(one.question) for one in tqdm(questions, desc=way, unit="问")}
    sys.stdout.write(f"{len(articles)} 条，{len(documents)} 部法律，{len(passages)} 段\n\n")
    sys.stdout.write("\n".join(table(found, questions)) + "\n")


if __name__ == "__main__":
    main()
