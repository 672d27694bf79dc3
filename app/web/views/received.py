"""The received text of a clause (原件) as HTML: what was kept, the noise that was left out, the quote."""

from __future__ import annotations

from collections.abc import Sequence

from app.clauses.received import Piece, Received
from app.web.safe import escaped

#: What stands for characters that cannot be seen; a line break is kept after its sign.
_SIGNS = {
    "\n": "↵\n",
    "\r": "",
    "\f": "⤓",
    "\t": "⇥",
    " ": "␣",
    "\u3000": "␣",
    "\xa0": "␣",
    "\u200b": "¦",
    "\ufeff": "¦",
}
_LEGEND = (
    '<p class="aw-legend"><span class="aw-kept">深色</span>：收入条款的字　'
    '<span class="aw-noise">划线浅色</span>：略去的杂字（注音、空格␣、换行↵、分页⤓）{mark}</p>'
)
_MARK = "　<mark>黄底</mark>：所引的话"


def received_html(shown: Received) -> str:
    """Write a clause in its received file, the lines before and after it included."""
    place = f"{escaped(shown.file)}，字符 {shown.start}–{shown.end}，略去 {shown.dropped} 字"
    before, after = _around(shown.before, "……", ""), _around(shown.after, "", "……")
    return f'<p class="aw-small">{place}</p>' + _framed(before + _pieces(shown.pieces) + after, shown.pieces)


def _around(text: str, opening: str, closing: str) -> str:
    """Write the lines beside a clause, which are cut off somewhere."""
    return f'<span class="aw-around">{opening}{escaped(text)}{closing}</span>' if text else ""


def pieces_html(pieces: Sequence[Piece]) -> str:
    """Write the received text of a clause alone."""
    return _framed(_pieces(pieces), pieces)


def _framed(inner: str, pieces: Sequence[Piece]) -> str:
    legend = _LEGEND.format(mark=_MARK if any(piece.quoted for piece in pieces) else "")
    return f'{legend}<pre tabindex="0" aria-label="原件文字">{inner}</pre>'


def _pieces(pieces: Sequence[Piece]) -> str:
    return "".join(_piece(piece) for piece in pieces)


def _piece(piece: Piece) -> str:
    text = escaped(piece.text) if piece.kept else escaped("".join(_SIGNS.get(char, char) for char in piece.text))
    if not piece.kept:
        blank = "" if piece.text.strip() else " aw-blank"
        text = f'<span class="aw-noise{blank}">{text}</span>'
    return f"<mark>{text}</mark>" if piece.quoted else text
