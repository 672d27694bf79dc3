"""Texts from outside (通知, 问题, 对话) made harmless for a prompt: they cannot close a delimiter or pose as a mark.

Every delimiter of ours is a line of its own that begins with "<" and names its content. A text made inert is one line
and holds no "<" or ">", so that it can neither end its place nor open another, whatever it says.
"""

from __future__ import annotations

import re
import unicodedata

#: What our delimiters name; see prompts/*.md and app/llm/prompt.py.
DELIMITED = ("材料", "问题", "对话", "划去")

_OPEN, _CLOSE = "<＜﹤‹⟨❬❰˂≺«⟪〈《", ">＞﹥›⟩❭❱˃≻»⟫〉》"
#: 〈〉 and 《》 are the notices' own: they stay around a title.
_ANGLES = str.maketrans(_OPEN[:-2] + _CLOSE[:-2], "〈" * (len(_OPEN) - 2) + "〉" * (len(_CLOSE) - 2))
_SLASHES_AND_BARS = re.escape("/／\\＼∕⁄|｜¦∣❘│▏")
#: <|im_start|>, </s>, </材料>, <材料 [1]>, also where it is never closed.
_TOKEN = re.compile(
    rf"[{_OPEN}]\s*(?:[{_SLASHES_AND_BARS}]|(?:{'|'.join(DELIMITED)})(?![\u4e00-\u9fff]))"
    rf"(?:[^{_OPEN}{_CLOSE}]{{0,60}}[{_CLOSE}])?"
)
_SQUARE_OPEN, _SQUARE_CLOSE = "[［【〖⟦﹝❲〚⁅〘", "]］】〗⟧﹞❳〛⁆〙"
_SQUARES = str.maketrans(_SQUARE_OPEN + _SQUARE_CLOSE, "（" * len(_SQUARE_OPEN) + "）" * len(_SQUARE_CLOSE))
_MARK = re.compile(r"(\[[0-9]{1,3}\])")
#: 〔2024〕 of a 文号 stays.
_TORTOISE = re.compile(r"(〔(?![0-9]{4}〕))|((?<!〔[0-9]{4})〕)")
_RULER = re.compile(r"([#=*_`~+|>-])\1{2,}")
_ROLE = re.compile(r"(用户|助手|系统|user|assistant|system|human)\s*[:：]", re.IGNORECASE)
_HIDDEN = {"Cc", "Cf", "Co", "Cs", "Cn"}
_GONE = "□"


def inert(text: str) -> str:
    """Make a text one line without anything that a prompt, a chat template or the citation marks mean something by.

    Args:
        text: of a notice, or of whoever asks.

    Returns:
        The text without hidden characters and line breaks; chat-template tokens and look-alikes of our delimiters
        are □, other angle brackets 〈〉, square ones （）. The words of a notice come out as they were.
    """
    return _RULER.sub(r"\1", _tortoise(_untagged(_visible(text)).translate(_SQUARES)))


def inert_said(text: str) -> str:
    """The same for what was said in a conversation, which must not look like another speaker's turn either."""
    return _ROLE.sub(r"\1，", inert(text))


def inert_marked(text: str) -> str:
    """The same for a line that a model wrote, whose marks [1] stay."""
    pieces = _MARK.split(_untagged(_visible(text)))
    return "".join(piece if at % 2 else _tortoise(piece.translate(_SQUARES)) for at, piece in enumerate(pieces))


def _visible(text: str) -> str:
    kept = (" " if char.isspace() else char for char in text if char.isspace() or not _is_hidden(char))
    return re.sub(" {2,}", " ", "".join(kept)).strip()


def _is_hidden(char: str) -> bool:
    """Control, format, private and unassigned characters, and variation selectors, in which text can be smuggled."""
    selector = "\ufe00" <= char <= "\ufe0f" or "\U000e0100" <= char <= "\U000e01ef"
    return selector or unicodedata.category(char) in _HIDDEN


def _untagged(text: str) -> str:
    return _TOKEN.sub(_GONE, text).translate(_ANGLES)


def _tortoise(text: str) -> str:
    return _TORTOISE.sub(lambda bracket: "（" if bracket[1] else "）", text)
