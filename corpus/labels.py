"""Labels that open a chapter, clause or item (一、 / （一） / 1. / 第一条), and the numbering they follow."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum

from corpus.ordinals import parse_numeral


class Style(StrEnum):
    """A way of numbering; styles nest in the order in which a document first uses them."""

    BOOK = "第X编"
    CHAPTER = "第X章"
    SECTION = "第X节"
    ARTICLE = "第X条"
    HAN = "一、"
    HAN_BRACKET = "（一）"
    ARABIC = "1."
    ARABIC_BRACKET = "（1）"
    CIRCLED = "①"


_NUMERAL = "[一二三四五六七八九十百零〇]{1,5}"
_PATTERNS = {
    Style.BOOK: re.compile(rf"第({_NUMERAL}|\d{{1,3}})编"),
    Style.CHAPTER: re.compile(rf"第({_NUMERAL}|\d{{1,3}})章"),
    Style.SECTION: re.compile(rf"第({_NUMERAL}|\d{{1,3}})节"),
    Style.ARTICLE: re.compile(rf"第({_NUMERAL}|\d{{1,3}})条"),
    # 二、三级医院 at the start of a wrapped line is a range of grades, no label.
    Style.HAN: re.compile(rf"({_NUMERAL})、(?!{_NUMERAL}[级类期批次季层线])"),
    Style.HAN_BRACKET: re.compile(rf"（({_NUMERAL})）"),
    # 1.5米 is a number, 1.2024年… an item.
    Style.ARABIC: re.compile(r"(\d{1,3})[.．、](?:(?!\d)|(?=(?:19|20)\d{2}年))"),
    Style.ARABIC_BRACKET: re.compile(r"（(\d{1,3})）"),
    Style.CIRCLED: re.compile(r"([①-⑳])"),
}
# A label further ahead than this is taken for text: a real gap (a lost page) is short.
_LARGEST_GAP = 10
# A numbering may begin this late (its first clause lost); later, it is taken for a reference.
_LARGEST_FIRST = 3


@dataclass(frozen=True, slots=True)
class Label:
    """A label found at the start of a line."""

    style: Style
    number: int
    text: str


def match_label(line: str) -> Label | None:
    """Find the label a line starts with, if any.

    Args:
        line: a clean line without outer white space.
    """
    for style, pattern in _PATTERNS.items():
        match = pattern.match(line)
        if match and (number := parse_numeral(match[1])) is not None:
            return Label(style, number, match[0])
    return None


def _gap(label: Label, first: int) -> str:
    """Say which numbers are missing before a label."""
    missing = f"{first}至{label.number - 1}" if first < label.number - 1 else f"{first}"
    return f"“{label.text}”之前缺少第{missing}项"


@dataclass(slots=True)
class Numbering:
    """Follows the numbering of a document and says where a label stands in it."""

    open_styles: list[Style] = field(default_factory=list)
    last: dict[Style, int] = field(default_factory=dict)
    gaps: list[str] = field(default_factory=list)

    def accept(self, label: Label) -> int | None:
        """Take a label as the next one and return its depth (0 is outermost); None when it cannot be one.

        A label continues its own numbering, or starts at one: clauses may be numbered through all chapters
        ((一)…(三十二)) or anew in each. Anything else is a reference inside a sentence.
        """
        last = self.last.get(label.style, 0)
        fresh = label.style not in self.open_styles
        if label.number == last + 1 or (fresh and label.number == 1):
            pass
        elif fresh and label.number <= _LARGEST_FIRST:
            self.gaps.append(_gap(label, 1))
        elif last and last < label.number <= last + _LARGEST_GAP:
            self.gaps.append(_gap(label, last + 1))
        else:
            return None
        depth = len(self.open_styles) if fresh else self.open_styles.index(label.style)
        del self.open_styles[depth:]
        self.open_styles.append(label.style)
        self.last[label.style] = label.number
        return depth
