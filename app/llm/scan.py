"""The grammar of citation marks in a model's text: what counts as a mark, decided from as few characters as it takes.

Every look at a character goes through Scan.at: where a decision needs one that has not arrived yet, it says so.
"""

from __future__ import annotations

import re

#: What may begin a mark.
STARTS = re.compile("[\\[［【〔（(⁰¹²³⁴-⁹]")
#: Canonical marks; 文号 such as 〔24〕1号, written with square brackets, are none.
MARK = re.compile(r"\[(0|[1-9]\d?)\](?! {0,3}第?\d{1,4} {0,3}号)")

_SQUARE, _NARROW, _ROUND = frozenset("[［【"), frozenset("〔"), frozenset("（(")
_ENDS, _NARROW_ENDS, _ROUND_ENDS = frozenset("]］】"), frozenset("〕]"), frozenset("）)")
_DIGITS = frozenset("0123456789０１２３４５６７８９")
_RAISED = dict(zip("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789", strict=True))
_RANGES, _LISTS, _JOINTS = frozenset("-–—~～至到"), frozenset(",，、;；和与及"), frozenset(",，、和与及")
#: Blanks within a line.
BLANKS = frozenset(" \t\u00a0\u1680\u202f\u205f\u3000") | {chr(code) for code in range(0x2000, 0x200B)}
_NAMES = re.compile(
    "(?:参?见|材料|来源|引用|引自|出处|参考|资料|依据|文献|证据|片段|段落|原文"
    "|sources?|ref(?:erence)?s?|cit(?:e|ation)s?|doc(?:ument)?s?|passages?|materials?)+",
    re.IGNORECASE,
)
#: A raised digit is a mark behind words or their punctuation, not behind a number or a measure (m², 平方米²).
_BEFORE_RAISED = re.compile("[\u4e00-\u9fff。！？；，、：”’」》）)】\\]］](?<!米)")
_LINK_STARTS = frozenset("#/.hHwWs)")
_LINK = re.compile(r"|[#/.].*|https?:.*|www\..*|src.*", re.IGNORECASE)
_MOST_BLANKS, _LONGEST_NAME, _LONGEST_LINK, _LONGEST_TAIL = 3, 12, 200, 30
_MOST_LISTED, _WIDEST_RANGE, _DEEPEST = 9, 9, 2

#: Numbers of a mark and one past its last character.
Found = tuple[list[int], int]


class TooShortError(Exception):
    """What follows must be seen before it can be said whether this is a mark."""


class Scan:
    """Looks for marks in a piece of text that may go on.

    Args:
        text: the text.
        before: the character before it, empty at the very beginning.
        ended: nothing follows.
    """

    def __init__(self, text: str, before: str, ended: bool) -> None:
        self._text, self._before, self._ended = text, before, ended

    def at(self, i: int) -> str:
        """Return a character; empty behind the end.

        Raises:
            TooShortError: it has not arrived yet.
        """
        if i < len(self._text):
            return self._text[i]
        if self._ended:
            return ""
        raise TooShortError

    def unit(self, i: int, depth: int = 0, joined: bool = False) -> Found | None:
        """Read one mark that begins here: a bracket with its numbers, with a link around or behind it."""
        first = self.at(i)
        found: Found | None = None
        if first in _SQUARE:
            found = self._square(i, depth)
        elif first in _NARROW:
            found = self._narrow(i)
        elif first in _ROUND and not depth:
            found = self._round(i)
        elif first in _RAISED:
            found = self._raised(i, joined)
        if found is None or self._is_docno(found[1]):
            return None
        return list(dict.fromkeys(found[0])), found[1]

    def next_unit(self, i: int, depth: int = 0) -> Found | None:
        """Read a further mark right behind another, with what joins them: [1]、[2]."""
        i = self._blanks(i)
        if self.at(i) in _JOINTS:
            i = self._blanks(i + 1)
        return self.unit(i, depth, joined=True)

    def _units(self, i: int, depth: int) -> Found | None:
        found = self.unit(i, depth)
        for _ in range(_MOST_LISTED):
            further = self.next_unit(found[1], depth) if found else None
            if found is None or further is None:
                break
            found = found[0] + further[0], further[1]
        return found

    def _square(self, i: int, depth: int) -> Found | None:
        inner = self._blanks(i + 1)
        if self.at(inner) in _SQUARE:
            found = self._units(inner, depth + 1) if depth < _DEEPEST else None
        else:
            found = self._numbers(inner, named=False)
        if found is None:
            return None
        end = self._blanks(self._tail(found[1]))
        return (found[0], self._link(end + 1)) if self.at(end) in _ENDS else None

    def _narrow(self, i: int) -> Found | None:
        found = self._number(i + 1)
        return (found[0], found[1] + 1) if found and self.at(found[1]) in _NARROW_ENDS else None

    def _round(self, i: int) -> Found | None:
        i = self._blanks(i + 1)
        inner = self._names(i)
        found = self._units(inner, 1) if self.at(inner) in _SQUARE else self._numbers(i, named=True)
        if found is None:
            return None
        end = self._blanks(found[1])
        return (found[0], end + 1) if self.at(end) in _ROUND_ENDS else None

    def _raised(self, i: int, joined: bool) -> Found | None:
        before = self._text[i - 1] if i else self._before
        if not joined and not _BEFORE_RAISED.fullmatch(before):
            return None
        digits = ""
        while self.at(i) in _RAISED:
            digits += _RAISED[self.at(i)]
            i += 1
            if len(digits) > 2:
                return None
        return [int(digits)], i

    def _numbers(self, i: int, named: bool) -> Found | None:
        start = self._names(i)
        found = self._number(start) if start > i or not named else None
        for _ in range(_MOST_LISTED):
            further = self._further(found[1]) if found else None
            if found is None or further is None:
                break
            sign, high, end = further
            low = found[0][-1]
            within = range(low + 1, high) if sign in _RANGES and high - low <= _WIDEST_RANGE else ()
            found = [*found[0], *within, high], end
        return found

    def _further(self, i: int) -> tuple[str, int, int] | None:
        """Read what parts two numbers, and the second of them."""
        end = self._blanks(i)
        sign = self.at(end)
        if sign in _LISTS or sign in _RANGES:
            end = self._blanks(end + 1)
        elif end == i:
            return None
        found = self._number(self._names(end))
        return (sign, found[0][0], found[1]) if found else None

    def _number(self, i: int) -> Found | None:
        digits = ""
        while self.at(i) in _DIGITS:
            digits += self.at(i)
            i += 1
            if len(digits) > 2:
                return None
        return ([int(digits)], i) if digits else None

    def _names(self, i: int) -> int:
        """Skip ^ or words like 材料 and 来源：; where they are others, nothing is skipped."""
        if self.at(i) == "^":
            return i + 1
        end = i
        for _ in range(2):
            name = ""
            while (letter := self.at(end + len(name))).isalpha() and len(name) <= _LONGEST_NAME:
                name += letter
            if not name or not _NAMES.fullmatch(name):
                break
            end = self._blanks(end + len(name))
            if self.at(end) in {":", "："}:
                end = self._blanks(end + 1)
        return end

    def _blanks(self, i: int) -> int:
        for _ in range(_MOST_BLANKS):
            if self.at(i) not in BLANKS:
                break
            i += 1
        return i

    def _tail(self, i: int) -> int:
        """Skip what some models write behind the number: 【1†source】."""
        if self.at(i) != "†":
            return i
        for end in range(i, i + _LONGEST_TAIL):
            if self.at(end) in _ENDS or self.at(end) in {"", "\n"}:
                return end
        return i

    def _link(self, i: int) -> int:
        """Skip a link's target behind a mark, (#src-1); （泽州县） in round brackets is none."""
        if self.at(i) != "(" or self.at(i + 1) not in _LINK_STARTS:
            return i
        target = ""
        for end in range(i + 1, i + _LONGEST_LINK):
            letter = self.at(end)
            if letter == ")":
                return end + 1 if _LINK.fullmatch(target) else i
            if not letter.isascii() or letter in {"", "\n", "("}:
                return i
            target += letter
        return i

    def _is_docno(self, i: int) -> bool:
        """What follows makes the number a year: 〔24〕1号."""
        i = self._blanks(i)
        start = i + 1 if self.at(i) == "第" else i
        end = start
        while end - start < 5 and self.at(end) in _DIGITS:
            end += 1
        return 0 < end - start < 5 and self.at(self._blanks(end)) == "号"
