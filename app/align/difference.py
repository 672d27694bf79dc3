"""Word-level difference of two texts, verbatim on both sides."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby

from app.align.model import Piece, PieceKind
from app.align.terms import neutral_spans
from index.lexical import cut

_WORD = re.compile(r"\w")
#: Beyond so many words a side two texts are not held against each other: no clause is so long, and time is bound.
_LONGEST = 4000


@dataclass(frozen=True)
class _Atom:
    """A word, a mark, or the name of a place or a level; what two atoms are compared by."""

    text: str
    key: str

    @property
    def is_quiet(self) -> bool:
        """Whether the atom asks nothing: a name or a mark."""
        return not self.key or not _WORD.search(self.text)


def difference(left: str, right: str, places: tuple[str, ...] = (), ignore_names: bool = True) -> tuple[Piece, ...]:
    """Hold two texts against each other, word by word.

    Args:
        left: a clean text.
        right: another.
        places: names of the places concerned (see terms.place_names).
        ignore_names: whether names of places, levels and organs that differ are QUIET pieces.

    Returns:
        Pieces in order; in a place where both sides differ, the left one first.
    """
    one, other = (list(_atoms(text, places if ignore_names else None)) for text in (left, right))
    if max(len(one), len(other)) > _LONGEST:
        return tuple(_of_changes(left, right))
    matcher = SequenceMatcher(None, [atom.key for atom in one], [atom.key for atom in other], autojunk=False)
    pieces: list[Piece] = []
    for tag, from_left, to_left, from_right, to_right in matcher.get_opcodes():
        mine, theirs = one[from_left:to_left], other[from_right:to_right]
        if tag == "equal":
            pieces += [_same(a, b) for a, b in zip(mine, theirs, strict=True)]
        elif all(atom.is_quiet for atom in (*mine, *theirs)):
            pieces.append(Piece(kind=PieceKind.QUIET, left=_text(mine), right=_text(theirs)))
        else:
            pieces += _of_changes(_text(mine), _text(theirs))
    return tuple(_joined(_smoothed(_joined(pieces))))


def _atoms(text: str, places: tuple[str, ...] | None) -> Iterator[_Atom]:
    """Cut a text into words; each name of a place or a level is one, with the empty key."""
    at = 0
    for start, end in neutral_spans(text, places) if places is not None else []:
        yield from (_Atom(word, word) for word in cut(text[at:start]))
        yield _Atom(text[start:end], "")
        at = end
    yield from (_Atom(word, word) for word in cut(text[at:]))


def _text(atoms: Sequence[_Atom]) -> str:
    return "".join(atom.text for atom in atoms)


def _same(one: _Atom, other: _Atom) -> Piece:
    kind = PieceKind.EQUAL if one.text == other.text else PieceKind.QUIET
    return Piece(kind=kind, left=one.text, right=other.text)


def _of_changes(left: str, right: str) -> list[Piece]:
    pieces = [Piece(kind=PieceKind.LEFT, left=left), Piece(kind=PieceKind.RIGHT, right=right)]
    return [piece for piece in pieces if piece.left or piece.right]


def _joined(pieces: Iterable[Piece]) -> list[Piece]:
    """Join neighbours of one kind; the changes between two equal pieces become one of the left and one of the right."""
    joined: list[Piece] = []
    left = right = ""
    for piece in pieces:
        if piece.kind in (PieceKind.LEFT, PieceKind.RIGHT):
            left, right = left + piece.left, right + piece.right
            continue
        joined += _of_changes(left, right)
        left = right = ""
        if joined and joined[-1].kind is piece.kind:
            last = joined.pop()
            joined.append(Piece(kind=piece.kind, left=last.left + piece.left, right=last.right + piece.right))
        else:
            joined.append(piece)
    return [*joined, *_of_changes(left, right)]


def _smoothed(pieces: Sequence[Piece]) -> Iterator[Piece]:
    """Give up what two changes have in common between them, where it is but a mark or one character: 的, 、."""
    changed = (PieceKind.LEFT, PieceKind.RIGHT)
    for at, piece in enumerate(pieces):
        is_between = 0 < at < len(pieces) - 1 and pieces[at - 1].kind in changed and pieces[at + 1].kind in changed
        is_little = max(len(_WORD.findall(side)) for side in (piece.left, piece.right)) < 2
        if is_between and is_little and piece.kind not in changed:
            yield from _of_changes(piece.left, piece.right)
        else:
            yield piece


def with_held(pieces: Iterable[Piece], left: Sequence[bool], right: Sequence[bool]) -> Iterator[Piece]:
    """Tell apart in the words of one side those that the other has in another place.

    Args:
        pieces: a difference.
        left: for each character of the left text whether the other side has it in a phrase.
        right: the same of the right text.

    Yields:
        The pieces; those of one side cut where the held words begin and end.
    """
    at = place = 0
    for piece in pieces:
        if piece.kind is PieceKind.LEFT:
            yield from (Piece(kind=kind, left=text) for kind, text in _cut_at(piece.left, piece.kind, left[at:]))
        elif piece.kind is PieceKind.RIGHT:
            yield from (Piece(kind=kind, right=text) for kind, text in _cut_at(piece.right, piece.kind, right[place:]))
        else:
            yield piece
        at, place = at + len(piece.left), place + len(piece.right)


def _cut_at(text: str, kind: PieceKind, held: Sequence[bool]) -> Iterator[tuple[PieceKind, str]]:
    runs = [(is_held, "".join(letter for letter, _ in run))
            for is_held, run in groupby(zip(text, held, strict=False), key=lambda one: one[1])]  # fmt: skip
    if not any(is_held for is_held, _ in runs):
        yield kind, text
        return
    for is_held, run in runs:
        yield PieceKind.HELD if is_held or not _WORD.search(run) else kind, run
