"""Where documents begin and end in a file, and the parts around the body: 文号, title, 主送, 落款, date, 抄送, 印发."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import pairwise

from corpus.clean import Text, join
from corpus.labels import match_label
from corpus.ordinals import parse_numeral

_DOCNO = re.compile(r"[\u4e00-\u9fff]{1,12}〔\d{4}〕第?\d{1,5}号")
_TITLE_NOUN = "通知|意见|批复|决定|决议|方案|办法|通报|公告|通告|规定|细则|纲要|规划|计划|要点|命令|报告|函|纪要|条例"
_TITLE_END = re.compile(rf"(?:{_TITLE_NOUN})(?:（[^）]{{1,12}}）)?$")
_NUMERAL_DAY = r"[0-9〇○零一二三四五六七八九十]{1,3}"
_DATE = re.compile(
    rf"(?P<year>\d{{4}}|[〇○零一二三四五六七八九]{{4}})年(?P<month>{_NUMERAL_DAY})月(?P<day>{_NUMERAL_DAY})日"
)
_LETTERHEAD = re.compile(r"(?:文件|公报)$")
_PUBLICITY = re.compile(r"（此件[^）]{1,12}）$")
_PRINTED = re.compile(r".*印发$")
_PAGE_NUMBER = re.compile(r"[-—－]\s*\d{1,4}\s*[-—－]$")
_BETWEEN_NAMES = re.compile("[，；]|(?<=政府|委会|事处|单位|部门|公司|企业|机构)、")
_LONGEST_SIGNATURE = 40
_HEADER_LINES = 12


@dataclass(slots=True)
class Parts:
    """A document cut into its parts; lines are clean and closed up."""

    docno: Text | None = None
    title: list[Text] = field(default_factory=list)
    letterhead: list[Text] = field(default_factory=list)
    addressees: list[Text] = field(default_factory=list)
    body: list[Text] = field(default_factory=list)
    issuer: Text | None = None
    date: Text | None = None
    publicity: list[Text] = field(default_factory=list)
    copies: list[Text] = field(default_factory=list)
    printed: list[Text] = field(default_factory=list)


def split_documents(lines: list[Text]) -> list[Parts]:
    """Cut the lines of a file into documents, each around its 文号 line.

    Args:
        lines: clean, closed-up, non-empty lines of one file.

    Returns:
        One Parts a document, in order; a file without 文号 is one document.
    """
    lines = [line for line in lines if not _PAGE_NUMBER.fullmatch(line.chars)]
    anchors = [index for index, line in enumerate(lines) if _is_docno_line(lines, index)]
    if not anchors:
        return [_cut(lines, None)]
    starts = [0]
    for before, anchor in pairwise(anchors):
        starts.append(_end_of_footer(lines, before, anchor))
    bounds = [*starts[1:], len(lines)]
    return [_cut(lines[start:end], anchor - start) for start, end, anchor in zip(starts, bounds, anchors, strict=True)]


def _is_docno_line(lines: list[Text], index: int) -> bool:
    """A 文号 alone on its line is a document's own when a title or 主送 stands near."""
    if not _DOCNO.fullmatch(lines[index].chars):
        return False
    near = lines[max(0, index - _HEADER_LINES) : index] + lines[index + 1 : index + 1 + _HEADER_LINES]
    return any(_TITLE_END.search(line.chars) or line.chars.endswith("：") for line in near)


def _end_of_footer(lines: list[Text], before: int, anchor: int) -> int:
    """Find the line after the last footer line (date, 公开发布, 抄送, 印发) between two 文号 lines."""
    for index in range(anchor - 1, before, -1):
        chars = lines[index].chars
        if _PUBLICITY.match(chars) or _PRINTED.match(chars) or is_date_line(chars):
            return index + 1
    return before + 1


def is_date_line(chars: str) -> bool:
    """Tell whether a line is a date, alone or after a short signature (落款)."""
    match = _DATE.search(chars)
    return match is not None and match.end() == len(chars) and match.start() <= _LONGEST_SIGNATURE and "。" not in chars


def read_date(chars: str) -> str:
    """Return the date in a line as YYYY-MM-DD, or an empty string.

    Args:
        chars: a line such as 2024年4月11日 or 二〇二四年四月十一日.
    """
    match = _DATE.search(chars)
    if not match:
        return ""
    numbers = [parse_numeral(match[name]) for name in ("year", "month", "day")]
    year, month, day = (number or 0 for number in numbers)
    return f"{year:04d}-{month:02d}-{day:02d}" if 1 <= month <= 12 and 1 <= day <= 31 else ""


def _cut(lines: list[Text], anchor: int | None) -> Parts:
    """Cut one document's lines into its parts."""
    parts = Parts()
    head, rest = (lines[:anchor], lines[anchor + 1 :]) if anchor is not None else ([], lines)
    if anchor is not None:
        parts.docno = lines[anchor]
    _take_head(head, parts)
    rest = _take_title_and_addressees(rest, parts)
    parts.body = _take_footer(rest, parts)
    return parts


def _take_head(head: list[Text], parts: Parts) -> None:
    """Sort the lines above the 文号: letterhead (…文件, or one character a line) and title."""
    for line in head:
        is_letterhead = _LETTERHEAD.search(line.chars) or (len(line) == 1 and not parts.title)
        (parts.letterhead if is_letterhead else parts.title).append(line)
    title = join(parts.title).chars
    if "关于" not in title and not _TITLE_END.search(title):
        # A letterhead without 文件 (…人民政府办公厅): the title stands below the 文号.
        parts.letterhead, parts.title = [*parts.letterhead, *parts.title], []


def _take_title_and_addressees(rest: list[Text], parts: Parts) -> list[Text]:
    """Take the title (when below the 文号) and 主送 (a paragraph that ends in ：) off the front."""
    near = rest[:_HEADER_LINES]
    if not parts.title:
        ends = [index for index, line in enumerate(near) if _TITLE_END.search(line.chars)]
        stop = next((index for index, line in enumerate(near) if line.chars[-1] in "：。"), len(near))
        if ends and ends[0] <= stop:
            parts.title, rest = rest[: ends[0] + 1], rest[ends[0] + 1 :]
    for index, line in enumerate(rest[:_HEADER_LINES]):
        if "。" in line.chars or line.chars.endswith("如下：") or match_label(line.chars):
            break
        if line.chars.endswith("："):
            parts.addressees = rest[: index + 1]
            return rest[index + 1 :]
    return rest


def _take_footer(rest: list[Text], parts: Parts) -> list[Text]:
    """Take 落款, date, 公开发布, 抄送 and 印发 off the end and return the body."""
    date_at = _signature_date(rest)
    if date_at is None:
        return rest
    end = date_at
    match = _DATE.search(rest[date_at].chars)
    if match and match.start():
        parts.issuer = rest[date_at].slice(0, match.start())
        parts.date = rest[date_at].slice(match.start())
    else:
        parts.date = rest[date_at]
        if date_at and len(rest[date_at - 1]) <= _LONGEST_SIGNATURE and rest[date_at - 1].chars[-1] not in "。；：）":
            parts.issuer, end = rest[date_at - 1], date_at - 1
    _sort_footer(rest[date_at + 1 :], parts)
    return rest[:end]


def _signature_date(rest: list[Text]) -> int | None:
    """Find the 成文日期: the first date line after which only footer lines follow."""
    prose = [index for index, line in enumerate(rest) if "。" in line.chars and not _is_copy(rest, index)]
    start = prose[-1] if prose else 0
    return next((index for index in range(start, len(rest)) if is_date_line(rest[index].chars)), None)


def _is_copy(rest: list[Text], at: int) -> bool:
    """抄送 ends in 。 and may run over several lines."""
    return any(one.chars.startswith(("抄送", "主送", "分送")) for one in rest[max(0, at - 4) : at + 1])


def _sort_footer(lines: list[Text], parts: Parts) -> None:
    in_copies = False
    for index, line in enumerate(lines):
        if _PUBLICITY.match(line.chars):
            parts.publicity.append(line)
        elif line.chars.startswith(("抄送", "分送")) or in_copies:
            parts.copies.append(line)
            in_copies = not line.chars.endswith("。")
        elif _PRINTED.match(line.chars) or any(_PRINTED.match(one.chars) for one in lines[index : index + 2]):
            parts.printed.append(line)


def split_names(text: str) -> tuple[str, ...]:
    """Split 主送 or 抄送 into names: at ，； and at 、 after a whole body (各县人民政府、市直各部门).

    Args:
        text: the clean line, with or without its 抄送： and its closing mark.
    """
    bare = re.sub(r"^(?:抄送|主送|分送)：?", "", text).rstrip("：。")
    return tuple(name for name in _BETWEEN_NAMES.split(bare) if name)


def title_text(parts: Parts) -> str:
    """Return the title as one line; empty when the file has none."""
    return join(parts.title).chars
