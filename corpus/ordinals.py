"""Numerals of labels and dates: 十七, 二〇二四, 32, ③."""

from __future__ import annotations

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "○": 0, "两": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_CIRCLED_ONE = ord("①")


def parse_numeral(text: str) -> int | None:
    """Read a numeral such as 十七, 二〇二四, 32 or ③; None when it is none.

    Args:
        text: the numeral alone, at most a few characters.
    """
    if not text:
        return None
    if text.isascii():
        return int(text) if text.isdecimal() else None
    if len(text) == 1 and _CIRCLED_ONE <= ord(text) < _CIRCLED_ONE + 20:
        return ord(text) - _CIRCLED_ONE + 1
    if any(char not in _DIGITS and char not in _SCALES for char in text):
        return None
    if not any(char in _SCALES for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total, digit = 0, None
    for char in text:
        if char in _SCALES:
            total += (1 if digit is None else digit) * _SCALES[char]
            digit = None
        else:
            digit = _DIGITS[char]
    return total + (digit or 0)


def format_numeral(number: int) -> str:
    """Write 1 to 99 as a Chinese numeral (十七, 三十二).

    Args:
        number: from 1 to 99.

    Raises:
        ValueError: outside that range.
    """
    if not 1 <= number <= 99:
        raise ValueError(f"numeral out of range 1..99: {number}")
    names = "零一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else names[tens] + "十"
    return head + (names[ones] if ones else "")
