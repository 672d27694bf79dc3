"""Numbers as notices write them: 阿拉伯数字 and 中文数字, read without ever raising."""

from __future__ import annotations

CHINESE_DIGITS = "零〇一二两三四五六七八九十百千"

#: One Chinese number that is not the tail of a longer one, nor an ordinal (第三次).
CHINESE_NUMBER = rf"(?<![第{CHINESE_DIGITS}])[{CHINESE_DIGITS}]{{1,8}}"

#: One Arabic number that is not part of a name or code (S255, 11·16, 〔2024〕1号, 2016-01).
ARABIC_NUMBER = r"(?<![0-9A-Za-z.·第〕/:：-])[0-9]{1,12}(?:\.[0-9]{1,6})?(?![0-9])"

_VALUES = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}
_SCALES = {"十": 10, "百": 100, "千": 1000}


def parse_number(text: str) -> float | None:
    """Read a number such as 10, 2.5, 十五, 两 or 半; None where the characters make no single number (三五, 百百)."""
    if text == "半":
        return 0.5
    if text and all(char in "0123456789." for char in text):
        return float(text)
    return _parse_chinese(text)


def _parse_chinese(text: str) -> float | None:
    """Read digits and falling scales, so that 一百二十 is 120 and 二三 (two or three) is nothing."""
    total, digit, scale = 0, None, 10_000
    for char in text:
        if char in _SCALES:
            if _SCALES[char] >= scale or digit == 0:
                return None
            scale = _SCALES[char]
            total += (1 if digit is None else digit) * scale
            digit = None
        elif char not in _VALUES or (digit is not None and digit != 0):
            return None
        else:
            digit = _VALUES[char]
    return float(total + (digit or 0)) if text else None


def show_number(number: float) -> str:
    """Write a number the short way: 2 rather than 2.0."""
    return str(int(number)) if number.is_integer() else str(number)
