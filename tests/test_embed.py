"""The embedding interface: the model shipped in index/anwen-e5, another folder, and models that cannot be had."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.errors import ModelError
from index.build import ensure_index
from index.embed import Embedder, SentenceEmbedder, Vectors, _folder, batches_by_length, load_embedder, model_identity
from index.store import open_index
from tests.indexing import GAS, ROOT, write_notices
from tests.made_model import save_tiny_model

TEXTS = ["燃气企业每周至少检查1次。", "厂矿（车间）日检日查", "a\x00b 断开的文本", "", "安全生产责任制。" * 60]


@pytest.fixture(scope="session")
def bare() -> Any:
    """The shipped model without anything of the program around it."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(_folder("embedded")), device="cpu")


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model whose tokens are the letters of GAS."""
    return save_tiny_model(tmp_path_factory.mktemp("模型"))


@pytest.fixture(scope="session")
def tiny(tiny_model: Path) -> Embedder:
    """That model, loaded: it reads 128 tokens, so texts are cut after 116 letters."""
    return load_embedder(str(tiny_model))


def cosines(left: Vectors, right: Vectors) -> list[float]:
    unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (left, right)]
    return [float(value) for value in np.sum(unit[0] * unit[1], axis=1)]


def passage(embedder: Embedder, text: str) -> Vectors:
    """The vector of one passage, in a row of its own."""
    return next(iter(embedder.encode_passages([text])))


def test_passages_are_those_of_the_model_alone(embedder: Embedder, bare: Any) -> None:
    mine = np.concatenate(list(embedder.encode_passages(TEXTS)))
    assert mine.shape == (5, embedder.dimension) == (5, 384)
    assert mine.dtype == np.float32
    assert min(cosines(mine, bare.encode([f"passage: {text}".replace("\x00", " ") for text in TEXTS]))) > 0.9999
    assert np.linalg.norm(mine, axis=1) == pytest.approx(np.ones(5), abs=1e-5)


def test_queries_are_those_of_the_model_alone(embedder: Embedder, bare: Any) -> None:
    mine = np.stack([embedder.encode_query(text) for text in TEXTS])
    assert min(cosines(mine, bare.encode([f"query: {text}".replace("\x00", " ") for text in TEXTS]))) > 0.9999
    passages = next(iter(embedder.encode_passages(TEXTS[:2])))
    assert max(cosines(mine[:2], passages)) < 0.999, "query: and passage: must differ"


def test_text_after_a_nul_counts(embedder: Embedder) -> None:
    cut, whole, spaced = (embedder.encode_query(text) for text in ("燃气", "燃气\x00消防", "燃气 消防"))
    assert cosines(whole[None], spaced[None])[0] > 0.9999
    assert cosines(whole[None], cut[None])[0] < 0.99
    assert cosines(passage(embedder, "燃气\x00消防"), passage(embedder, "燃气 消防"))[0] > 0.9999


def test_lone_surrogates_are_taken_as_question_marks(embedder: Embedder) -> None:
    broken, repaired = embedder.encode_query("燃气\udcff检查"), embedder.encode_query("燃气?检查")
    assert cosines(broken[None], repaired[None])[0] > 0.9999
    long, mended = (passage(embedder, "燃气" * 300 + mark) for mark in ("\udcff", "?"))
    assert cosines(long, mended)[0] > 0.9999


@given(st.lists(st.integers(0, 60), max_size=80), st.integers(1, 150))
def test_batches_are_a_partition_by_length(lengths: list[int], budget: int) -> None:
    batches = batches_by_length(lengths, budget)
    order = [at for batch in batches for at in batch]
    assert sorted(order) == list(range(len(lengths)))
    assert [lengths[at] for at in order] == sorted(lengths)
    for batch in batches:
        assert len(batch) == 1 or len(batch) * max(1, *(lengths[at] for at in batch)) <= budget
    for batch, after in pairwise(batches):
        assert (len(batch) + 1) * max(1, lengths[after[0]]) > budget, "the next text would have found room"


@pytest.mark.parametrize(
    ("lengths", "budget", "expected"),
    [
        ([], 10, []),
        ([0, 0, 0], 2, [[0, 1], [2]]),
        ([9, 1, 3, 2], 6, [[1, 3], [2], [0]]),
        ([3, 3, 3, 3], 11, [[0, 1, 2], [3]]),
    ],
)
def test_batches_of_given_lengths(lengths: list[int], budget: int, expected: list[list[int]]) -> None:
    assert batches_by_length(lengths, budget) == expected


def test_batches_keep_the_order_of_texts_of_all_lengths(tiny: Embedder) -> None:
    """Windows of 128 texts, inside of which the work is sorted by length; some are cut into pieces."""
    letters = "燃气企业检查消防责任安全"
    texts = [letters[at % 11 :] * (1 + at * 7 % 23) + letters[: at % 5] for at in range(300)]
    assert max(map(len, texts)) > 232
    batches = list(tiny.encode_passages(texts))
    assert [batch.shape for batch in batches] == [(128, 32), (128, 32), (44, 32)]
    together = np.concatenate(batches)
    alone = np.concatenate([passage(tiny, text) for text in texts])
    assert np.abs(together - alone).max() < 1e-5
    assert list(tiny.encode_passages([])) == []
    assert len(np.unique(alone.round(4), axis=0)) > 100, "vectors must differ for their order to be seen"


def test_a_long_text_is_the_mean_of_its_windows(tiny: Embedder) -> None:
    windows = [("燃气" * 58), ("消防安全" * 29), ("企业每周检查" * 5)]
    assert [len(window) for window in windows] == [116, 116, 30]
    parts = np.concatenate([passage(tiny, window) for window in windows])
    mean = np.average(parts, axis=0, weights=[116, 116, 30])
    whole = passage(tiny, "".join(windows))
    assert whole.shape == (1, 32)
    assert np.linalg.norm(whole) == pytest.approx(1, abs=1e-5)
    assert whole[0] == pytest.approx(mean / np.linalg.norm(mean), abs=1e-5)
    plain = parts.mean(axis=0)
    assert np.abs(whole[0] - plain / np.linalg.norm(plain)).max() > 1e-3, "windows must weigh as their tokens"


def test_words_at_the_end_of_a_long_text_count(embedder: Embedder, bare: Any) -> None:
    body = "各级各部门要压实安全生产责任，深入排查整治隐患，坚决遏制事故。" * 40
    endings = ("燃气企业每周检查一次液化气瓶。", "森林防火期内严禁野外用火。")
    vectors = np.concatenate([passage(embedder, body + ending * 12) for ending in endings])
    assert cosines(vectors[:1], vectors[1:])[0] < 0.9995
    cut = bare.encode([f"passage: {body}{ending * 12}" for ending in endings])
    assert cosines(cut[:1], cut[1:])[0] > 0.99999, "the model alone does not read them"


def test_threads_do_not_mix_their_vectors_up(embedder: Embedder) -> None:
    questions = [f"第{at}条由谁负责" for at in range(12)]
    alone = [embedder.encode_query(question) for question in questions]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(embedder.encode_query, questions))
    assert min(cosines(np.stack(alone), np.stack(together))) > 0.9999


def test_threads_setting_holds_in_every_thread_and_leaves_the_environment() -> None:
    import torch

    before, environment = torch.get_num_threads(), dict(os.environ)
    limited = load_embedder("embedded", threads=3)
    seen: list[int] = []

    def encode() -> None:
        limited.encode_query("燃气")
        seen.append(int(ctypes.CDLL(None).omp_get_max_threads()))

    try:
        for _ in range(2):
            worker = threading.Thread(target=encode)
            worker.start()
            worker.join()
    finally:
        torch.set_num_threads(before)
    assert seen == [3, 3]
    assert dict(os.environ) == environment


def test_a_sentence_transformers_folder_is_a_model(tiny_model: Path, tmp_path: Path) -> None:
    from sentence_transformers import SentenceTransformer

    loaded = load_embedder(str(tiny_model))
    assert loaded.dimension == 32
    bare = SentenceTransformer(str(tiny_model), device="cpu")
    mine = np.concatenate(list(loaded.encode_passages(["燃气安全", "消防"])))
    assert min(cosines(mine, bare.encode(["答：燃气安全", "答：消防"]))) > 0.9999
    assert cosines(loaded.encode_query("燃气")[None], bare.encode(["问：燃气"]))[0] > 0.9999
    manifest = ensure_index(
        tmp_path / "index", [write_notices(tmp_path / "in", gas=GAS)], str(tiny_model), lambda _: None
    )
    assert manifest.dimension == 32
    assert manifest.model == loaded.name == model_identity(str(tiny_model))
    index = open_index(tmp_path / "index")
    sentence = index.sentences.passages[0]
    rows, scores = index.sentences.vectors.search(next(loaded.encode_passages([sentence.embedded]))[0], 1)
    assert (rows.tolist(), scores.tolist()) == ([0], [pytest.approx(1.0, abs=1e-5)])


def test_identity_follows_the_content_of_a_folder(tmp_path: Path) -> None:
    folder = write_notices(tmp_path / "model-a", weights="00000000")
    first = model_identity(str(folder))
    assert first.startswith("model-a ")
    write_notices(folder, weights="00000001")
    assert model_identity(str(folder)) != first, "weights trained anew have the same name and size"
    write_notices(folder, weights="00000000")
    assert model_identity(str(folder)) == first
    assert model_identity("owner/name") == "owner/name"


def test_identity_of_the_embedded_model_follows_its_content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = model_identity("embedded")
    assert real == model_identity(str(_folder("embedded")))
    monkeypatch.setattr("index.embed.files", lambda package: tmp_path / package)
    write_notices(tmp_path / "index" / "anwen-e5", weights="00000000")
    first = model_identity("embedded")
    write_notices(tmp_path / "index" / "anwen-e5", weights="00000001")
    identities = {real, first, model_identity("embedded")}
    assert len(identities) == 3
    assert all(identity.startswith("anwen-e5 ") for identity in identities)


def test_the_embedded_model_loads_in_silence_and_alone() -> None:
    """Without any variable that keeps libraries offline, nothing is said, and no host is looked up or reached."""
    program = """
import socket, sys
def refused(*where, **_):
    sys.stderr.write(f"reached {where}\\n")
    raise OSError("no network")
socket.getaddrinfo = socket.socket.connect = refused
from index.embed import load_embedder
embedder = load_embedder("embedded")
assert embedder.encode_query("燃气").shape == (384,)
assert next(iter(embedder.encode_passages(["消防", "安全" * 200]))).shape == (2, 384)
"""
    names = ("HF_", "TRANSFORMERS_", "ANWEN_", "TQDM_")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


@pytest.mark.parametrize("path", ["/没有/这个/模型", "./没有", "~/没有的模型", "~没有的用户/模型", "a/b/c", "C:\\模型"])
def test_missing_folder_is_named(path: str) -> None:
    with pytest.raises(ModelError) as caught:
        load_embedder(path)
    assert str(caught.value) == f"向量模型目录“{path}”不存在；请检查设置 embedding.model，或改为 embedded"


@pytest.mark.parametrize("damage", ["empty", "config", "weights"])
def test_damaged_folder_is_one_line(tiny_model: Path, tmp_path: Path, damage: str) -> None:
    folder = tmp_path / "坏模型"
    folder.mkdir()
    for path in tiny_model.rglob("*") if damage != "empty" else ():
        target = folder / path.relative_to(tiny_model)
        if path.is_dir():
            target.mkdir(parents=True, exist_ok=True)
        elif damage == "config" and path.name == "config.json":
            target.write_text("{", encoding="utf-8")
        else:
            broken = damage == "weights" and path.name == "model.safetensors"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes()[: 100 if broken else None])
    with pytest.raises(ModelError, match=r"^向量模型“.*坏模型”无法载入（.+）；请检查 embedding\.model") as caught:
        load_embedder(str(folder))
    assert "\n" not in str(caught.value)


def test_hub_name_without_a_network_fails_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    # Read from the environment when the library is imported, which may have been before the session set it.
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    started = time.monotonic()
    with pytest.raises(ModelError, match=r"^向量模型“no-such-owner/no-such-model”无法载入（.+）") as caught:
        load_embedder("no-such-owner/no-such-model")
    assert time.monotonic() - started < 20
    assert "\n" not in str(caught.value)


def test_engine_out_of_memory_is_one_line() -> None:
    class Exhausted:
        """Fails as torch does when memory runs out."""

        max_seq_length = 512
        tokenizer = None

        def get_embedding_dimension(self) -> int:
            return 4

        def encode_query(self, *_: Any, **__: Any) -> Vectors:
            raise RuntimeError("DefaultCPUAllocator: not enough memory\nmore lines")

        encode_document = encode_query

    exhausted: Any = Exhausted()
    with pytest.raises(ModelError, match=r"^向量计算失败（DefaultCPUAllocator: not enough memory）；"):
        SentenceEmbedder(exhausted, "none").encode_query("燃气")
    with pytest.raises(ModelError, match=r"^向量计算失败"):
        list(SentenceEmbedder(exhausted, "none").encode_passages(["燃气"]))
