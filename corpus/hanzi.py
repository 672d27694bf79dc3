"""Characters: traditional to simplified (OpenCC), variant forms, and pinyin readings (pypinyin)."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# Forms that OpenCC's t2s leaves alone: Japanese shinjitai that OCR and old fonts put into Chinese text.
_VARIANTS = str.maketrans({"渉": "涉", "・": "·", "‧": "·", "•": "·"})


@cache
def _converter() -> OpenCC:
    from opencc import OpenCC

    return OpenCC("t2s")


def is_han(char: str) -> bool:
    """Tell whether a character is a Chinese ideograph."""
    return "\u4e00" <= char <= "\u9fff" or "\u3400" <= char <= "\u4dbf" or "\U00020000" <= char <= "\U0003134f"


def simplify(text: str) -> str:
    """Convert traditional and variant characters to simplified ones, one for one.

    Args:
        text: any text; its length is kept, so that positions stay valid.
    """
    simple: str = _converter().convert(text)
    if len(simple) != len(text):
        # A phrase rule changed the length: convert character by character, which cannot.
        simple = "".join(_one_char(char) for char in text)
    return simple.translate(_VARIANTS)


def _one_char(char: str) -> str:
    converted: str = _converter().convert(char)
    return converted if len(converted) == 1 else char


@lru_cache(maxsize=8192)
def readings(char: str) -> frozenset[str]:
    """Return all pinyin readings of one character without tone marks (ü as v), empty for other characters."""
    if not is_han(char):
        return frozenset()
    from pypinyin import Style, pinyin

    return frozenset(pinyin(char, style=Style.NORMAL, heteronym=True, errors="ignore")[0])
