"""What a build costs beside embedding itself, measured in one run on one machine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from corpus.load import load_corpus
from index.build import ensure_index
from index.calibrate import calibration_questions
from index.embed import Embedder, load_embedder
from index.model import Manifest
from index.passages import build_passages
from tests.indexing import HashEmbedder, write_notices

_HEAD = "一、严格检查\n"
_TRADES = "燃气消防矿山危化烟花冶金建筑交通旅游学校医院养老粮食水利电力林草农机特设"
_NUMERALS = "一二三四五六七八九"


def cpu_seconds(work: Callable[[], Any]) -> float:
    """CPU time of this process: other work on the machine does not count."""
    started = time.process_time()
    work()
    return time.process_time() - started


@pytest.fixture
def one_thread() -> Iterator[Embedder]:
    """The real model on one thread: threads that wait for each other burn CPU time on a busy machine."""
    import torch

    before = torch.get_num_threads()
    yield load_embedder("embedded", threads=1)
    torch.set_num_threads(before)


def test_a_build_costs_little_more_than_embedding(tmp_path: Path, one_thread: Embedder) -> None:
    numerals = [ten + one for ten in ("", "十") for one in _NUMERALS]
    trades = [_TRADES[at : at + 2] for at in range(0, len(_TRADES), 2)]
    clauses = [
        f"（{numeral}）{trade}安全。{trade}单位每{'周' if at % 2 else '月'}至少检查{at + 1}次。"
        for at, (numeral, trade) in enumerate(zip(numerals, trades, strict=True))
    ]
    folder = write_notices(tmp_path / "in", one=_HEAD + "\n".join(clauses) + "\n")
    texts = list(dict.fromkeys(one.embedded for one in build_passages(load_corpus([folder]).documents)))
    assert 36 <= len(texts) <= 44
    # faiss, bm25s and jieba's dictionary are loaded before the clock runs, as the model is.
    ensure_index(tmp_path / "warm", [folder], "hash-16", lambda _: None, HashEmbedder)
    one_thread.encode_query("燃气")

    def embed() -> None:
        """What a build embeds: its texts, and the questions that its similarities are measured with."""
        assert sum(map(len, one_thread.encode_passages(texts))) == len(texts)
        one_thread.encode_queries(calibration_questions())

    def build(name: str) -> Manifest:
        return ensure_index(tmp_path / name, [folder], "embedded", lambda _: None, lambda: one_thread)

    bare, whole = [], []
    for name in "abc":
        bare.append(cpu_seconds(embed))
        whole.append(cpu_seconds(partial(build, name)))
    assert median(whole) / median(bare) <= 1.2, (bare, whole)
    again: list[Manifest] = []
    assert cpu_seconds(lambda: again.append(build("a"))) < 1
    assert again[0].embedded == len(texts)
