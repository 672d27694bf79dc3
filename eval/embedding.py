"""Measure an embedding model: on the eval set, alone and in the whole search, on a notice held back, on statutes.

Run by maintainers: `python -m eval.embedding NAME=FOLDER … [--statutes DIR]`; the tables go into the model card.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from app.service import Service
from corpus.load import bundled_folder
from eval.cases import own_cases
from eval.metrics import DEPTHS, group_ranks, interval
from eval.model import Case, Retrieved
from eval.run import find_passages
from index.build import ensure_index
from index.embed import Embedder, load_embedder
from index.store import Index, open_index
from index.tuning.examples import PAIRS, Pair, held_back, load_articles, load_pairs, load_statutes
from retrieval.fuse import Weights
from retrieval.lexicon import load_lexicon
from retrieval.search import Searcher

DENSE = Weights(dense_sentence=0.6, dense_unit=0.4, lexical_sentence=0, lexical_unit=0, coverage=0, direct=0, fact=0)
_OTHERS = 3000
Say = Callable[[str], None]
Ranks = list[int | None]


def search_ranks(service: Service, cases: Sequence[Case]) -> Ranks:
    """One rank a case: by which passage of the search all its evidence is there."""
    found: Ranks = []
    for case in (one for one in cases if one.findable):
        found.append(last_rank(case, find_passages(service, case, DEPTHS[-1])))
    return found


def last_rank(case: Case, passages: Sequence[Retrieved]) -> int | None:
    """By which passage all the evidence of a case is there; None when some of it is in none."""
    ranks = [rank or 0 for rank in group_ranks(case.evidence, passages)]
    return max(ranks) if all(ranks) else None


def pair_ranks(index: Index, embedder: Embedder, pairs: Sequence[Pair]) -> Ranks:
    """One rank a pair: of its sentence, among the sentences of its own notice by nearness to its question."""
    rows_of: dict[str, list[int]] = {}
    for row, passage in enumerate(index.sentences.passages):
        rows_of.setdefault(passage.notice, []).append(row)
    vectors = index.sentences.vectors.all_vectors()
    found: Ranks = []
    for pair in pairs:
        rows = rows_of[pair.notice]
        best = np.argsort(-(vectors[rows] @ embedder.encode_query(pair.question)), kind="stable")
        texts = (index.sentences.passages[rows[int(at)]].text for at in best)
        held = (rank for rank, text in enumerate(texts, 1) if pair.sentence in text or text in pair.sentence)
        found.append(next(held, None))
    return found


def statute_ranks(embedder: Embedder, folder: Path) -> Ranks:
    """One rank a held-back question: of the first of its articles, among all gold ones and some thousand others."""
    pairs = load_statutes(folder)
    asked = {pair.question for pair in pairs if held_back(pair.label)}
    gold = {pair.label: pair.sentence for pair in pairs}
    others = [item for item in sorted(load_articles(folder).items()) if item[0] not in gold]
    pool = [*gold.items(), *random.Random(20240411).sample(others, _OTHERS)]
    vectors = np.vstack(list(embedder.encode_passages([text for _, text in pool])))
    labels = [label for label, _ in pool]
    wanted: dict[str, set[str]] = {}
    for pair in pairs:
        wanted.setdefault(pair.question, set()).add(pair.label)
    found: Ranks = []
    for question in sorted(asked):
        best = np.argsort(-(vectors @ embedder.encode_query(question)), kind="stable")
        ranked = enumerate((labels[int(at)] for at in best), 1)
        found.append(next((rank for rank, label in ranked if label in wanted[question]), None))
    return found


def shown(ranks: Ranks, depth: int) -> str:
    """Recall at a depth with its 95% interval, and over how many."""
    values = [float(rank is not None and rank <= depth) for rank in ranks]
    low, high = interval(values)
    return f"{sum(values) / len(values):.3f} ({low:.3f}–{high:.3f}, n = {len(values)})"


def open_model(folder: str, home: Path, say: Say) -> tuple[Index, Embedder]:
    """Build or open the index of the bundled notices with a model."""
    embedder = load_embedder(folder)
    ensure_index(home, [bundled_folder()], folder, say, embedder=lambda: embedder)
    return open_index(home), embedder


def measure(name: str, folder: str, home: Path, statutes: Path | None, without: str, say: Say) -> list[str]:
    """Lines of a Markdown table: what is measured, and the model's value.

    Args:
        name: of the model.
        folder: the model.
        home: where its index goes.
        statutes: folder of STARD, or None.
        without: a 文号 to ask about alone, or empty.
        say: takes one line on what happens.
    """
    index, embedder = open_model(folder, home, say)
    lexicon = load_lexicon(None)
    kinds = {"dense alone": DENSE, "whole search": Weights()}
    services = {
        kind: Service(index, Searcher(index, embedder, lexicon, weights), [bundled_folder()])
        for kind, weights in kinds.items()
    }
    lines: list[str] = []

    def add(what: str, ranks: Ranks, *depths: int) -> None:
        lines.extend(f"| {what}, recall@{depth} | {name} | {shown(ranks, depth)} |" for depth in depths if ranks)

    for split in () if without else ("dev", "test"):
        for kind, service in services.items():
            add(f"eval {split}, {kind}", search_ranks(service, own_cases(split)), 1, 5)
    if without:
        cases = [case for case in own_cases() if _about(case, without)]
        for kind, service in services.items():
            add(f"{without}, its eval cases, {kind}", search_ranks(service, cases), 1, 5)
        pairs = [pair for pair in load_pairs(PAIRS) if pair.notice == without]
        add(f"{without}, its pairs, dense alone", pair_ranks(index, embedder, pairs), 1, 5)
    if statutes:
        add("statutes held back, dense alone", statute_ranks(embedder, statutes), 1, 10)
    return lines


def _about(case: Case, notice: str) -> bool:
    return any(quote.notice == notice for group in case.evidence for quote in group)


def main() -> None:
    """Measure each NAME=FOLDER."""
    parser = argparse.ArgumentParser()
    parser.add_argument("models", nargs="+", metavar="NAME=FOLDER")
    parser.add_argument("--home", type=Path, default=Path(".anwen/models"), help="where the indexes go")
    parser.add_argument("--statutes", type=Path)
    parser.add_argument("--without", default="", help="only cases and pairs of this 文号")
    chosen = parser.parse_args()
    for model in chosen.models:
        name, folder = model.split("=", 1)
        lines = measure(name, folder, chosen.home / name, chosen.statutes, chosen.without, lambda _: None)
        sys.stdout.write("\n".join(lines) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
