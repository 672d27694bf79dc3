"""Characters: traditional to simplified (OpenCC), variant forms, and pinyin readings (pypinyin)."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opencc import OpenCC

# Forms that OpenCC's t2s leaves alone: Japanese shinjitai that OCR and old fonts put into Chinese text.
_VARIANTS = str.maketrans({"渉": "涉", "・": "·", "‧": "·", "•": "·"})
# Radicals that text taken out of a PDF has in place of characters (⼭⻄ for 山西).
_RADICALS = str.maketrans(
    {chr(code): unicodedata.normalize("NFKC", chr(code)) for code in range(0x2F00, 0x2FD6)}
    | dict(
        zip(
            "⻁⻄⻅⻆⻉⻋⻓⻔⻘⻚⻛⻜⻝⻢⻣⻤⻥⻦⻨⻩⻬⻮⻰⻳",
            "虎西见角贝车长门青页风飞食马骨鬼鱼鸟麦黄齐齿龙龟",
            strict=True,
        )
    )
)

# 著 stands for 着 in these words; OpenCC leaves it, for 著 is right in 著名, 显著 and 著作.
_ZHE = re.compile(r"(?<![显名土论专编译])著(?=[眼手力重想陆装火急实])")


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
        text: any text; its length is kept, so that positions stay valid. Words are known across white space.
    """
    dense = "".join(text.split()).translate(_RADICALS)
    simple: str = _converter().convert(dense)
    if len(simple) != len(dense):
        # A phrase rule changed the length: convert character by character, which cannot.
        simple = "".join(_one_char(char) for char in dense)
    simple = _ZHE.sub("着", simple)
    chars = iter(_restore_places(dense, simple).translate(_VARIANTS))
    return "".join(char if char.isspace() else next(chars) for char in text)


def _restore_places(dense: str, simple: str) -> str:
    """Put back the names of places that the conversion changed (乾县 became 干县)."""
    chars = list(simple)
    for name, wrong in _changed_places():
        for match in re.finditer(wrong, simple):
            at = [match.start() + index for index in range(len(name)) if name[index] != wrong[index]]
            if all(dense[place] == name[place - match.start()] for place in at):
                chars[match.start() : match.end()] = name
    return "".join(chars)


@cache
def _changed_places() -> tuple[tuple[str, str], ...]:
    """Names of places that the conversion would change, each with what it would become."""
    table = files("corpus").joinpath("data/regions.csv").read_text(encoding="utf-8")
    names = (line.partition(",")[2] for line in table.splitlines()[1:])
    return tuple((name, wrong) for name in names if (wrong := _converter().convert(name)) != name)


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


def pinyin_of(word: str) -> tuple[str, ...]:
    """Return the pinyin of each character of a Chinese word as it is read in that word, without tones (ü as v)."""
    from pypinyin import lazy_pinyin

    return tuple(lazy_pinyin(word))
