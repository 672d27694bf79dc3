"""Take one thing away at a time and run the dev cases (消融); run by maintainers, `python -m eval.ablation`.

Weights that are left are brought back to a sum of one. Rules of the answer are switched off in place, in this process.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from unittest.mock import patch

from app.service import Service, open_service
from app.settings import load_settings
from eval.cases import own_cases
from eval.model import Case
from eval.run import run_cases
from eval.summary import summarise
from index.embed import load_embedder
from index.store import open_index
from retrieval.fuse import Features, Weights
from retrieval.lexicon import load_lexicon
from retrieval.search import Searcher

_MEASURES = ("correct", "status_right", "recall@1", "recall@5", "abstention_f1")
_FEATURES = {
    "the sentence's similarity": ("dense_sentence",),
    "the unit's similarity": ("dense_unit",),
    "BM25, both levels": ("lexical_sentence", "lexical_unit"),
    "coverage of the question's words": ("coverage", "direct"),
    "the fact asked for": ("fact",),
}
# What each rule is switched off by: a place in the code, and what stands there instead.
_RULES: dict[str, tuple[tuple[str, Callable[..., object]], ...]] = {
    "numbers and leave only from sentences on the matter": (("app.answer.support._about", lambda *_: True),),
    "terms named, explained; things held": (("app.answer.terms.Wanted.held_by", lambda *_: True),),
    "who acts": (("app.answer.figures.may_be", lambda *_: True),),
    "other ways to take a question": (("app.answer.choose._otherwise", lambda _: ()),),
    "common words weigh less": (("retrieval.question.specificity", lambda _: 1.0),),
    "place and subject of the conversation": (
        ("app.service.place_before", lambda *_: None),
        ("app.service.joined", lambda *_: ""),
    ),
}


def without(names: Sequence[str]) -> Weights:
    """The fitted weights without some, brought to a sum of one."""
    kept = {name: getattr(Weights(), name) for name in Features._fields if name not in names}
    total = sum(kept.values())
    return Weights(**dict.fromkeys(names, 0.0), **{name: value / total for name, value in kept.items()})


def line(name: str, service: Service, cases: Sequence[Case]) -> str:
    """One line of the table."""
    measures = summarise(cases, run_cases(cases, service)).measures
    return f"| {name} | " + " | ".join(f"{measures[one]['value']:.3f}" for one in _MEASURES) + " |"


def lines(split: str) -> Iterator[str]:
    """The table, line by line: everything first."""
    settings = load_settings()
    cases, whole = own_cases(split), open_service(settings, lambda _: None)
    index, embedder = open_index(settings.index_root()), load_embedder(settings.embedding.model)
    folders = settings.corpus.all_folders()
    yield f"| {split}, without | " + " | ".join(_MEASURES) + " |"
    yield "|---" * (len(_MEASURES) + 1) + "|"
    yield line("(nothing taken away)", whole, cases)
    for name, features in _FEATURES.items():
        searcher = Searcher(index, embedder, load_lexicon(None), without(features))
        yield line(name, Service(index, searcher, folders), cases)
    yield line("the lexicon", Service(index, Searcher(index, embedder, ()), folders), cases)
    for name, places in _RULES.items():
        with ExitStack() as stack:
            for place, instead in places:
                stack.enter_context(patch(place, instead))
            yield line(name, whole, cases)


def main() -> None:
    """Print the table of a split."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--split", default="dev", choices=("dev", "test"))
    for one in lines(parser.parse_args().split):
        sys.stdout.write(one + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
