"""Masks over a sentence: one byte per character, 1 where a quote “”, a title 《》 or a fact already read lies."""

from __future__ import annotations

import re
from collections.abc import Iterable

_QUOTED = re.compile("“[^“”]*”")
_TITLE = re.compile("《[^《》]*》")


def quoted_mask(sentence: str) -> bytearray:
    """Mark the words in quotes, marks included."""
    return _mask(_QUOTED, sentence)


def title_mask(sentence: str) -> bytearray:
    """Mark the titles of documents, marks included."""
    return _mask(_TITLE, sentence)


def cover(mask: bytearray, start: int, end: int) -> None:
    """Mark the characters from start to end."""
    mask[start:end] = b"\x01" * (end - start)


def touches(mask: bytearray, start: int, end: int) -> bool:
    """Tell whether any character from start to end is marked."""
    return mask.find(1, start, end) >= 0


def merged_spans(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Put spans in order and join those that touch or overlap."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _mask(pattern: re.Pattern[str], sentence: str) -> bytearray:
    mask = bytearray(len(sentence))
    for match in pattern.finditer(sentence):
        cover(mask, match.start(), match.end())
    return mask
