"""Years named in a question: absolute, relative to the newest notice, and those that only tell a story."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from corpus.ordinals import parse_numeral

Spans = list[tuple[int, int]]

_FULL_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年度?|(?![\d人吨米元号座个户斤.%]))")
_SHORT_YEAR = re.compile(r"(?<![\d近满超停用过了干有约达每经历长行])(2\d)年度?(?!以|之|内|前|多|后|了|一遇|来|间)")
_HAN_YEAR = re.compile(r"(二[〇零○][〇零○一二三四五六七八九]{2})年?度?")
# 二三年 may be two or three years; it is a year when the notice itself follows (二三年的通知).
_SHORT_HAN_YEAR = re.compile(r"(?<![一二三四五六七八九十两近])(二[〇零○一二三四五六七八九])年度?")
_PART_ENDS = re.compile(r"[，。；：？！、,;]")
_DOCUMENT_WITHIN, _STORY_WITHIN = 6, 16
_ONLY_YEAR = re.compile(r"的?(?:也|还|都|又)?(?:是)?(?:这样|那样|这么.{0,2}|一样)?[的呢吗么啊呀咧嘛]*(?:怎么样|咋样)?")


@cache
def _table() -> dict[str, dict[str, Any]]:
    return tomllib.loads(files("retrieval").joinpath("data/references.toml").read_text(encoding="utf-8"))


@cache
def _any_of(section: str, name: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{word})" for word in _table()[section][name]))


@cache
def _relative() -> tuple[tuple[re.Pattern[str], int, bool], ...]:
    """Patterns of relative years, how many years back, and whether the words alone mean the notice (旧的那份)."""
    years = [(re.compile(f"(?<!以){word}(?!度)"), back, False) for word, back in _table()["relative_years"].items()]
    versions = [(re.compile(f"(?<![更创最革刷]){word}"), back, True) for word, back in _table()["versions"].items()]
    return (*years, *versions)


def find_years(text: str, newest: int | None, held: frozenset[int] = frozenset()) -> tuple[list[int], str, Spans]:
    """Find the years whose notices a question asks for.

    Args:
        text: the normalised question.
        newest: the year of the newest notice, from which 今年 and 去年 are counted.
        held: years that the corpus has notices of; one that a question begins with is asked for, story or not.

    Returns:
        Years, a Chinese note on a relative year, and where they stand. A year that only tells a story (2019年投产的,
        去年我家装修) is none of them, and nothing is said of it.
    """
    found = _absolute(text, held)
    notes: list[str] = []
    compared = False
    for word, start, end, back in _relative_words(text) if newest is not None else ():
        if newest is None or any(first < end and start < last for first, last, _ in found):
            continue
        found.append((start, end, newest - back))
        notes.append(f"“{word}”按资料中最新的通知算作{newest - back}年")
        compared = compared or bool(re.search(rf"(?:{_any_of('compared', 'before').pattern})$", text[:start]))
    years = list(dict.fromkeys(year for _, _, year in found))
    if compared and newest is not None and len(years) == 1 and years[0] != newest:
        # 跟去年比 compares with the newest notice, though only the other year is named.
        years.insert(0, newest)
    return years, "；".join(notes), [(start, end) for start, end, _ in found]


def _absolute(text: str, held: frozenset[int]) -> list[tuple[int, int, int]]:
    found: list[tuple[int, int, int]] = []
    for pattern, century in ((_FULL_YEAR, 0), (_SHORT_YEAR, 2000), (_HAN_YEAR, 0), (_SHORT_HAN_YEAR, 2000)):
        for match in pattern.finditer(text):
            start, end = match.span()
            year = century + (parse_numeral(match[1]) or 0)
            begins = year in held and not start and not _any_of("story", "words").match(text, end)
            if any(first < end and start < last for first, last, _ in found):
                continue
            if not begins and tells_story(text, end):
                continue
            if pattern is _SHORT_HAN_YEAR and not _names_document(text, end):
                continue
            found.append((start, end, year))
    return found


def _relative_words(text: str) -> list[tuple[str, int, int, int]]:
    """Relative years that are a scope: word, start, end, years back; the longest word at each place."""
    found: list[tuple[str, int, int, int]] = []
    for pattern, back, document in _relative():
        for match in pattern.finditer(text):
            start, end = match.span()
            taken = any(first < end and start < last for _, first, last, _ in found)
            if not taken and (document or _is_scope(text, start, end)):
                found.append((match[0], start, end, back))
                break
    return found


def tells_story(text: str, end: int) -> bool:
    """Tell whether the year that ends here only tells what happened (年投产的, 年我家装修).

    Args:
        text: the normalised question.
        end: where the year ends.
    """
    if _names_document(text, end):
        return False
    part = _part_after(text, end)[:_STORY_WITHIN]
    story = _any_of("story", "words").search(part)
    return story is not None and not _any_of("story", "unless").search(part[: story.start()])


def _is_scope(text: str, start: int, end: int) -> bool:
    """A relative year is a scope when it governs a notice or a question; in doubt it is none."""
    if _names_document(text, end):
        return True
    if tells_story(text, end):
        return False
    before, after = _PART_ENDS.split(text[:start])[-1], _part_after(text, end)
    if not after or _ONLY_YEAR.fullmatch(after) or not _PART_ENDS.search(text.strip("，。；：？！")):
        return True
    compared = re.search(rf"(?:{_any_of('compared', 'before').pattern})$", before)
    return bool(compared or _any_of("compared", "words").search(after) or _any_of("asks", "words").search(after))


def _names_document(text: str, end: int) -> bool:
    """The notice itself is named right after the year (年的通知, 年县里下发的文件)."""
    part = _part_after(text, end)
    named = _any_of("document", "words").search(part)
    if named is None:
        return False
    between = re.sub("(?:印|下|公|颁|转|出)?(?:发|布|台|来)的|的|度|县里|市里|省里|这|那", "", part[: named.start()])
    return len(between) <= _DOCUMENT_WITHIN and not _any_of("story", "words").search(between)


def _part_after(text: str, end: int) -> str:
    return _PART_ENDS.split(text[end:], maxsplit=1)[0]
