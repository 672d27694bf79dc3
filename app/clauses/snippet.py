"""The part of a clause that a hit is shown by (摘录), cut into pieces with and without a mark."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.model import Frozen

_LEAD = 24
_STOPS = "。；，"


class Snippet(Frozen):
    """A part of a text."""

    pieces: tuple[tuple[str, bool], ...]
    opens: bool
    closes: bool


def marked(text: str, spans: Sequence[tuple[int, int]]) -> tuple[tuple[str, bool], ...]:
    """Cut a text at spans that do not overlap: (piece, is marked); joined, the pieces are the text."""
    pieces: list[tuple[str, bool]] = []
    at = 0
    for start, end in spans:
        pieces += [(text[at:start], False), (text[start:end], True)]
        at = end
    pieces.append((text[at:], False))
    return tuple(piece for piece in pieces if piece[0])


def snippet(text: str, spans: Sequence[tuple[int, int]], width: int, skip: int = 0) -> Snippet:
    """Cut out the part of a text that holds its first marked words.

    Args:
        text: the text.
        spans: marked words, in order, without overlaps.
        width: how many characters are shown, at most; 60 or more, for some of them stand before the words.
        skip: characters at the front that are shown elsewhere (the heading); no part of them is cut out.
    """
    inside = [(max(start, skip), end) for start, end in spans if end > skip]
    first = inside[0][0] if inside else skip
    start = skip if first - skip <= 2 * _LEAD else _after_stop(text, first - _LEAD, first)
    end = min(len(text), start + width)
    shown = [(one - start, min(other, end) - start) for one, other in inside if start <= one < end]
    return Snippet(pieces=marked(text[start:end], shown), opens=start <= skip, closes=end == len(text))


def _after_stop(text: str, start: int, end: int) -> int:
    """The place after the first mark between two places, else the first of them."""
    return next((place + 1 for place in range(start, end) if text[place] in _STOPS), start)
