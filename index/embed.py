"""The one embedding interface: sentence-transformers, with the model that lies in this folder by default.

At run time this file alone knows sentence-transformers, transformers and torch. The model's card is
index/anwen-e5/README.md; index/tuning makes it.
"""

from __future__ import annotations

import gc
import hashlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

EMBEDDED = "embedded"
# Texts that are sorted by length together, and characters of a batch with its padding: about half as many tokens.
_WINDOW, _CHARACTERS = 128, 4096
# Tokens kept free for the prompt and the two special ones when a long text is cut.
_ROOM = 12

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns texts into unit vectors; the rest of the program sees only this."""

    name: str
    dimension: int

    def encode_query(self, text: str) -> Vectors:
        """Embed one question: shape (dimension,), length 1."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """Embed several questions at once: shape (questions, dimension), rows of length 1."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        """Embed passages in batches: each of shape (batch, dimension), rows of length 1, in order."""
        ...


def model_identity(model: str) -> str:
    """Name the model for the fingerprint without loading it.

    Args:
        model: "embedded", or a sentence-transformers name or path.
    """
    path = _folder(model)
    return f"{path.resolve().name} {_content_digest(path)[:16]}" if path.is_dir() else model


def _folder(model: str) -> Path:
    if model == EMBEDDED:
        return Path(str(files("index").joinpath("anwen-e5")))
    # Not Path.expanduser, which raises for the home of an unknown user.
    return Path(os.path.expanduser(model))


def _content_digest(folder: Path) -> str:
    """Hash a model's files but its card: one trained anew has files of the same names and sizes, and other vectors."""
    try:
        files_of = sorted(one for one in folder.rglob("*") if one.is_file() and one.suffix != ".md")
        stamps = [(path, path.stat()) for path in files_of]
        return _hashed(folder, tuple((path, stamp.st_size, stamp.st_mtime_ns) for path, stamp in stamps))
    except OSError as error:
        raise ModelError(f"向量模型目录“{folder}”无法读取（{error.strerror or error}）；请检查权限或磁盘") from error


@lru_cache(maxsize=8)
def _hashed(folder: Path, stamps: tuple[tuple[Path, int, int], ...]) -> str:
    """Hash files once for each state they are in: weights are read at every look at the index otherwise."""
    digest = hashlib.sha256()
    for path, _, _ in stamps:
        with path.open("rb") as content:
            part = hashlib.file_digest(content, "sha256")
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + part.digest())
    return digest.hexdigest()


class SentenceEmbedder:
    """An Embedder over a SentenceTransformer; calls are serialised, for the engines use all cores themselves."""

    def __init__(self, model: SentenceTransformer, name: str, threads: int | None = None) -> None:
        self._model = model
        self._lock = threading.Lock()
        self._threads = threads
        self.name = name
        self.dimension = int(model.get_embedding_dimension() or 0)

    def encode_query(self, text: str) -> Vectors:
        vector: Vectors = self.encode_queries([text])[0]
        return vector

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        return self._encode(self._model.encode_query, [_clean(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Iterator[Vectors]:
        for start in range(0, len(texts), _WINDOW):
            pieces, owners, weights = self._pieces(texts[start : start + _WINDOW])
            vectors = np.empty((len(pieces), self.dimension), dtype=np.float32)
            for rows in batches_by_length([len(piece) for piece in pieces], _CHARACTERS):
                vectors[rows] = self._encode(self._model.encode_document, [pieces[row] for row in rows])
            yield _join(vectors, owners, weights)

    def _pieces(self, texts: Sequence[str]) -> tuple[list[str], list[int], list[int]]:
        """Cut texts that are longer than the model reads.

        Returns:
            The pieces, the number of the text that each is of, and how many tokens it has.
        """
        pieces: list[str] = []
        owners: list[int] = []
        weights: list[int] = []
        for owner, text in enumerate(texts):
            for piece, tokens in self._cut(_clean(text)):
                pieces.append(piece)
                owners.append(owner)
                weights.append(tokens)
        return pieces, owners, weights

    def _cut(self, text: str) -> list[tuple[str, int]]:
        longest = (self._model.max_seq_length or 512) - _ROOM
        # A token is seldom less than half a character: most texts need not be counted.
        if 2 * len(text) <= longest or not getattr(self._model.tokenizer, "is_fast", False):
            return [(text, 1)]
        spans = self._model.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, verbose=False)[
            "offset_mapping"
        ]
        if len(spans) <= longest:
            return [(text, 1)]
        starts = [spans[at][0] for at in range(0, len(spans), longest)]
        ends = [*starts[1:], len(text)]
        counts = [min(longest, len(spans) - at) for at in range(0, len(spans), longest)]
        return [(text[a:b], count) for a, b, count in zip(starts, ends, counts, strict=True)]

    def _encode(self, encode: Callable[..., Vectors], texts: Sequence[str]) -> Vectors:
        with self._lock:
            if self._threads:
                _limit_threads(self._threads)
            try:
                vectors = encode(texts, normalize_embeddings=True, show_progress_bar=False)
            except (RuntimeError, MemoryError) as error:
                raise ModelError(
                    f"向量计算失败（{_first_line(error)}）；请检查内存是否够用，或更换设置 embedding.model"
                ) from error
        return vectors.astype(np.float32)


def _clean(text: str) -> str:
    """Replace what no tokenizer takes: NUL, and lone surrogates from bytes on a command line that are no UTF-8."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")


def batches_by_length(lengths: Sequence[int], budget: int) -> list[list[int]]:
    """Group texts of like length, so that little is padded, and each batch costs about the same.

    Args:
        lengths: one a text.
        budget: what the longest of a batch times their number may come to; a text longer than that is alone.

    Returns:
        The numbers of the texts, each once, batch by batch.
    """
    batches: list[list[int]] = []
    for at in sorted(range(len(lengths)), key=lambda at: lengths[at]):
        if batches and (len(batches[-1]) + 1) * max(lengths[at], 1) <= budget:
            batches[-1].append(at)
        else:
            batches.append([at])
    return batches


def _join(vectors: Vectors, owners: Sequence[int], weights: Sequence[int]) -> Vectors:
    """The mean of the pieces of each text by their tokens, of length 1 again."""
    if len(owners) == owners[-1] + 1:
        return vectors
    joined = np.zeros((owners[-1] + 1, vectors.shape[1]), dtype=np.float32)
    np.add.at(joined, list(owners), vectors * np.asarray(weights, dtype=np.float32)[:, None])
    unit: Vectors = joined / np.linalg.norm(joined, axis=1, keepdims=True)
    return unit


def _limit_threads(threads: int) -> None:
    """Set how many threads OpenMP takes when this thread calls it.

    OpenMP keeps the number for each calling thread, and reads OMP_NUM_THREADS only when it is loaded: so it is set at
    each call.
    """
    import torch

    torch.set_num_threads(threads)


def load_embedder(model: str, threads: int | None = None) -> Embedder:
    """Load the embedding model.

    Args:
        model: "embedded" for the model in this folder; else a sentence-transformers path, or a hub name, which
            sentence-transformers may download: nothing else in the program does.
        threads: how many threads the engine may use; None leaves it to the engine.

    Raises:
        ModelError: the model is not there, or cannot be loaded.
    """
    path = _folder(model)
    if model == EMBEDDED and not path.is_dir():
        raise ModelError(f"随程序安装的向量模型“{path}”缺失；请重新安装安问")
    if _looks_like_path(model) and not path.is_dir():
        raise ModelError(f"向量模型目录“{model}”不存在；请检查设置 embedding.model，或改为 embedded")
    with _without_collector():
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    local = path.is_dir()
    try:
        loaded = SentenceTransformer(str(path) if local else model, device="cpu", local_files_only=local)
    except Exception as error:  # a folder from outside: a damaged file in it may raise anything
        raise ModelError(
            f"向量模型“{model}”无法载入（{_first_line(error)}）；请检查 embedding.model，或改为 embedded"
        ) from error
    return SentenceEmbedder(loaded, model_identity(model), threads)


@contextmanager
def _without_collector() -> Iterator[None]:
    """Keep the garbage collector from walking, over and over, what an import makes for good: a fifth of its time."""
    collects = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collects:
            gc.enable()


def _looks_like_path(model: str) -> bool:
    """Tell a path from a hub name: the latter is "name" or "owner/name"."""
    return model.startswith((".", "/", "~")) or "\\" in model or model.count("/") > 1 or Path(model).is_absolute()


def _first_line(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]
