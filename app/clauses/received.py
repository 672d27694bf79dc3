"""The received text of a clause (原件): what became its clean text, what was dropped as noise, what a quote is of."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate, groupby, pairwise

from pydantic import Field

from corpus.hanzi import is_han, simplify
from corpus.model import Frozen, Unit

_CONTEXT_LINES, _LONGEST_CONTEXT = 2, 240
#: Part of the Chinese characters that must be those of the clean text, for the file to be the one that was read.
_SAME = 0.9


class Piece(Frozen):
    """Received characters that fared alike."""

    text: str
    kept: bool = Field(description="True: characters of the clean text; False: noise, left out")
    quoted: bool = Field(default=False, description="they lie in the quote")


class Received(Frozen):
    """A clause in the file as received."""

    file: str
    start: int = Field(description="first character, counted in the decoded file")
    end: int = Field(description="one past the last")
    before: str = Field(default="", description="the lines before it")
    pieces: tuple[Piece, ...] = Field(description="joined, the file's own text at the span")
    after: str = Field(default="", description="the lines after it")

    @property
    def dropped(self) -> int:
        """How many characters were left out."""
        return sum(len(piece.text) for piece in self.pieces if not piece.kept)


def received(unit: Unit, text_of_file: str, quote: tuple[int, int] | None = None) -> Received | None:
    """Show a unit in its received file.

    Args:
        unit: the unit.
        text_of_file: the decoded file.
        quote: characters of the unit's text (start, end) to be marked.

    Returns:
        None when the file is no longer the one that was read.
    """
    start, end = unit.source.start, unit.source.end
    pieces = pieces_of(unit, text_of_file[start:end], quote)
    if pieces is None:
        return None
    return Received(
        file=unit.source.file, start=start, end=end, before=_before(text_of_file[:start][-_LONGEST_CONTEXT:]),
        pieces=pieces, after=_after(text_of_file[end : end + _LONGEST_CONTEXT]),
    )  # fmt: skip


def pieces_of(unit: Unit, text: str, quote: tuple[int, int] | None = None) -> tuple[Piece, ...] | None:
    """Tell of each received character of a unit's span whether it was kept, and whether it lies in the quote.

    Args:
        unit: the unit.
        text: the file's own text at the unit's span.
        quote: characters of the unit's text (start, end) to be marked.

    Returns:
        Pieces that, joined, are the text; None when the text is not what the unit was read from.
    """
    origin = unit.source.start
    runs = [(start - origin, end - origin) for start, end in unit.runs]
    if len(text) != unit.source.end - origin or not _is_same(
        unit.text, "".join(text[start:end] for start, end in runs)
    ):
        return None
    marked = _places(runs, quote) if quote else None
    cuts = {0, len(text), *(place for run in runs for place in run), *(marked or ())}
    bounds = sorted(place for place in cuts if 0 <= place <= len(text))
    starts = dict(runs)
    kept_until = 0
    parts: list[tuple[bool, bool, str]] = []
    for start, end in pairwise(bounds):
        kept_until = max(kept_until, starts.get(start, 0))
        quoted = marked is not None and marked[0] <= start < marked[1]
        parts.append((start < kept_until, quoted, text[start:end]))
    return tuple(_joined(parts))


def _joined(parts: list[tuple[bool, bool, str]]) -> Iterator[Piece]:
    for (kept, quoted), group in groupby(parts, key=lambda part: part[:2]):
        yield Piece(text="".join(text for _, _, text in group), kept=kept, quoted=quoted)


def _places(runs: list[tuple[int, int]], quote: tuple[int, int]) -> tuple[int, int] | None:
    """Where a quote of the clean text starts and ends in the received text; None when it is empty or outside."""
    lengths = list(accumulate((end - start for start, end in runs), initial=0))
    first, last = quote[0], quote[1] - 1
    if not 0 <= first <= last < lengths[-1]:
        return None
    return _place(runs, lengths, first), _place(runs, lengths, last) + 1


def _place(runs: list[tuple[int, int]], lengths: list[int], index: int) -> int:
    run = bisect_right(lengths, index) - 1
    return runs[run][0] + index - lengths[run]


def _is_same(clean: str, kept: str) -> bool:
    """Tell whether kept characters are those of the clean text, allowing for what simplifying one word more changes."""
    if len(clean) != len(kept):
        return False
    pairs = [(one, other) for one, other in zip(clean, simplify(kept), strict=True) if is_han(one)]
    return sum(one == other for one, other in pairs) >= _SAME * len(pairs)


def _before(text: str) -> str:
    """The last lines of a text, the beginning of the clause's own line counted."""
    lines = text.splitlines(keepends=True)
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return "".join(lines[filled[-_CONTEXT_LINES - 1] if len(filled) > _CONTEXT_LINES else 0 :])


def _after(text: str) -> str:
    """The first lines of a text."""
    lines = text.splitlines(keepends=True)
    filled = [index for index, line in enumerate(lines) if line.strip()]
    return "".join(lines[: filled[_CONTEXT_LINES] + 1 if len(filled) > _CONTEXT_LINES else len(lines)])
