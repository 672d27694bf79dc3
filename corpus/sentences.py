"""Sentences of a unit: cut at 。！？ outside brackets and quotes; brackets of 责任单位 stand apart."""

from __future__ import annotations

from itertools import pairwise

from corpus.model import Sentence, SentenceKind
from corpus.responsible import find_brackets

_END = "。！？"
_OPEN = {"（": "）", "“": "”", "《": "》"}
_CLOSE = {closing: opening for opening, closing in _OPEN.items()}


def split_sentences(text: str, heading_length: int = 0) -> tuple[Sentence, ...]:
    """Cut a unit's text into sentences that together cover it.

    Args:
        text: the unit's clean text.
        heading_length: how many characters at the front are its heading.

    Returns:
        Sentences in order; joined, they are the text.
    """
    cuts = {heading_length} if heading_length else set()
    brackets = find_brackets(text)
    inside: set[int] = set()
    for start, end in brackets:
        cuts.update((start, _after_mark(text, end)))
        inside.update(range(start + 1, end))
    cuts.update(_sentence_ends(text))
    bounds = sorted({0, len(text), *cuts} - inside)
    starts = {start for start, _ in brackets}
    return tuple(
        Sentence(text=text[start:end], start=start, end=end, kind=_kind(start, end, heading_length, starts))
        for start, end in pairwise(bounds)
    )


def _kind(start: int, end: int, heading_length: int, bracket_starts: set[int]) -> SentenceKind:
    if end <= heading_length:
        return SentenceKind.HEADING
    return SentenceKind.RESPONSIBLE if start in bracket_starts else SentenceKind.BODY


def _after_mark(text: str, end: int) -> int:
    """A mark right after a bracket belongs to the bracket: （…负责）。"""
    return end + 1 if end < len(text) and text[end] in "。；" else end


def _sentence_ends(text: str) -> list[int]:
    enclosed = _enclosed(text)
    return [
        index + 2 if text[index + 1 : index + 2] == "”" and not enclosed[index + 1] else index + 1
        for index, char in enumerate(text)
        if char in _END and not enclosed[index]
    ]


def _enclosed(text: str) -> bytearray:
    """Mark what stands in brackets, quotes and titles; a mark that is never closed encloses nothing."""
    enclosed = bytearray(len(text))
    opened: list[int] = []
    for index, char in enumerate(text):
        if char in _OPEN:
            opened.append(index)
        elif char in _CLOSE and any(text[start] == _CLOSE[char] for start in opened):
            while text[opened[-1]] != _CLOSE[char]:
                opened.pop()
            start = opened.pop()
            enclosed[start : index + 1] = b"\x01" * (index + 1 - start)
    return enclosed
