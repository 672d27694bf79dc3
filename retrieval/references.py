"""Places, years, 文号 and clause numbers named in a question."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache

from corpus.hanzi import readings
from corpus.model import Document, Level
from corpus.ordinals import parse_numeral
from corpus.regions import Region, all_regions, ambiguous_names, chain, find_region
from index.lexical import word_bounds
from retrieval.model import ClauseNumber

Spans = list[tuple[int, int]]
GAP = "，"

_NUMBER = r"(?:[一二三四五六七八九十百]{1,5}|\d{1,3})"
_HAN_NUMBER = "[一二三四五六七八九十]{1,4}"
_CHAPTER = re.compile(rf"第({_NUMBER})(?:部分|章|大部分|大项|大点|块)|(?<![\u4e00-\u9fff（])({_HAN_NUMBER})、?(?=（)")
# A bare bracket is a clause only in a label (三、（十七）) or where the question is about it; (1) may number questions.
_CLAUSE = re.compile(
    rf"第（?({_NUMBER})）?(?:条|款|节)|(?:(?<=、)|(?<=[号分章第一二三四五六七八九十]))（({_HAN_NUMBER})）"
    rf"|^，*（({_HAN_NUMBER})）(?=$|[条款讲说是写])|（({_HAN_NUMBER})）(?=条|款)|(?<![\d第出这那有共前几哪近])(\d{{1,3}})条"
)
_ITEM = re.compile(rf"第({_NUMBER})(?:点|小点|项|小项)|(?<=）)(\d{{1,3}})[.．]?(?![\d个次])")
_FULL_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年度?|(?![\d人吨米元号座个户斤.%]))")
_SHORT_YEAR = re.compile(r"(?<![\d近满超停用过了干有约达每经历长行])(2\d)年(?!以|之|内|前|多|后|了|一遇|来|间)")
_HAN_YEAR = re.compile(r"(二[〇零][〇零一二三四五六七八九]{2})年")
_RELATIVE_YEARS = {
    "今年": 0,
    "本年": 0,
    "当年": 0,
    "最新": 0,
    "去年": -1,
    "上年": -1,
    "上一年": -1,
    "上一份": -1,
    "前年": -2,
}
_RELATIVE_PLACE = re.compile(
    r"(?:全|我|咱|本)(?P<a>省|市|县)(?![直政委])|(?<![超城都夜集门])(?P<b>省|市|县)(?:里|上|一级|级(?!以上|以下|[及或和、])|政府)"
)


def blank(text: str, spans: Spans) -> str:
    """Put gaps where things were found, so that what is left keeps its place and does not run together."""
    chars = list(text)
    for start, end in spans:
        chars[start:end] = GAP * (end - start)
    return "".join(chars)


@cache
def _place_names(provinces: frozenset[str]) -> dict[str, Region]:
    """Names that mean a place: full names; short names of provinces, cities, and of counties in the provinces."""
    names: dict[str, Region] = {}
    for region in all_regions():
        if region.name not in ambiguous_names():
            names.setdefault(region.name, region)
    for region in all_regions():
        near = region.level is not Level.COUNTY or region.code[:2] in provinces
        if near and len(region.short) >= 2 and region.short not in ambiguous_names():
            names.setdefault(region.short, region)
    return names


def find_places(text: str, known: Sequence[str]) -> tuple[list[str], Spans]:
    """Find the places named in a question.

    Args:
        text: the normalised question.
        known: places of the corpus; they come before others of the same short name.

    Returns:
        Full names in order, without repeats, and where they stand. A place right before one that lies in it
        (山西省临汾市) only says where that is, and is left out.
    """
    regions = [region for region in (find_region(name) for name in known) if region]
    names = _place_names(frozenset(region.code[:2] for region in regions))
    own = {region.short: region for region in regions} | {region.name: region for region in regions}
    found: list[tuple[Region, int, int]] = []
    bounds = word_bounds(text)
    at = 0
    while at < len(text):
        pieces = (text[at : at + length] for length in range(min(11, len(text) - at), 1, -1))
        piece = next((one for one in pieces if one in own or (one in names and _whole(at, one, bounds))), "")
        piece = piece or _sounds_like(text, at, own)
        if piece:
            region = own.get(piece) or names.get(piece) or own[_sound_of(piece, own)]
            if found and found[-1][2] == at and found[-1][0] in chain(region)[1:]:
                found.pop()
            found.append((region, at, at + len(piece)))
        at += len(piece) or 1
    return list(dict.fromkeys(region.name for region, _, _ in found)), [(start, end) for _, start, end in found]


def _whole(at: int, piece: str, bounds: frozenset[int]) -> bool:
    """A place starts and ends where words do: 推广安全 does not name 广安."""
    return at in bounds and at + len(piece) in bounds


def _sounds_like(text: str, at: int, own: Mapping[str, Region]) -> str:
    """A misspelt place of the corpus at this point (泽洲): one character right, the others of the same sound."""
    pieces = (text[at : at + length] for length in (3, 2))
    return next((piece for piece in pieces if _sound_of(piece, own)), "")


def _sound_of(piece: str, own: Mapping[str, Region]) -> str:
    """The place name that a piece sounds like; empty when there is none."""
    return next(
        (
            name
            for name in own
            if len(name) == len(piece)
            and any(one == other for one, other in zip(name, piece, strict=True))
            and all(one == other or readings(one) & readings(other) for one, other in zip(name, piece, strict=True))
        ),
        "",
    )


def find_relative_place(text: str) -> tuple[str, Spans]:
    """Find 省里, 省级, 全省, 市里, 县里: the level meant, relative to the selected place."""
    match = _RELATIVE_PLACE.search(text)
    return ((match["a"] or match["b"]), [match.span()]) if match else ("", [])


def find_years(text: str, newest: int | None) -> tuple[list[int], str, Spans]:
    """Find the years named in a question.

    Args:
        text: the normalised question.
        newest: the year of the newest notice, from which 今年 and 去年 are counted.

    Returns:
        Years, a Chinese note on a relative year, and where they stand.
    """
    years: list[int] = []
    spans: Spans = []
    for match in _FULL_YEAR.finditer(text):
        years.append(int(match[1]))
        spans.append(match.span())
    for match in _SHORT_YEAR.finditer(text):
        years.append(2000 + int(match[1]))
        spans.append(match.span())
    for match in _HAN_YEAR.finditer(text):
        years.append(parse_numeral(match[1]) or 0)
        spans.append(match.span())
    notes: list[str] = []
    for word, shift in _RELATIVE_YEARS.items():
        found = re.search(rf"(?<!以){word}(?!度)", text)
        if newest is not None and found:
            at = found.start()
            years.append(newest + shift)
            spans.append((at, at + len(word)))
            notes.append(f"“{word}”按资料中最新的通知算作{newest + shift}年")
    return list(dict.fromkeys(years)), "；".join(notes), spans


def find_notices(text: str, documents: Sequence[Document]) -> tuple[list[str], Spans]:
    """Find 文号 named in any style: 泽政发〔2024〕1号, 临政函14号, 高政发[2024] 1 号, 晋政发第十条.

    Args:
        text: the normalised question.
        documents: the documents whose 文号 can be meant; a prefix alone means the newest that bears it.
    """
    found: list[str] = []
    spans: Spans = []
    numbered = _numbered(documents)
    for document, (prefix, year, number) in numbered:
        style = rf"{re.escape(prefix)}(?:[〔（]?{year}[〕）]?年?)?\s?第?{number}号"
        for hit in re.finditer(style, text):
            found.append(document.notice)
            spans.append(hit.span())
    for prefix in {prefix for _, (prefix, _, _) in numbered}:
        for hit in re.finditer(rf"{re.escape(prefix)}(?![〔（]?\d)", text):
            bearing = [document for document, (one, _, _) in numbered if one == prefix]
            found.append(max(bearing, key=lambda one: (one.year or 0, len(one.clauses))).notice)
            spans.append(hit.span())
    return list(dict.fromkeys(found)), spans


def _numbered(documents: Sequence[Document]) -> list[tuple[Document, tuple[str, str, str]]]:
    """Documents whose 文号 has the usual form, with its prefix, year and number."""
    matches = [(document, re.fullmatch(r"(.+?)〔(\d{4})〕(\d+)号", document.notice)) for document in documents]
    return [(document, (match[1], match[2], match[3])) for document, match in matches if match]


_ANY_NOTICE = re.compile(r"[\u4e00-\u9fff]{1,4}(?:政办?|安|应急|办)[\u4e00-\u9fff]{0,2}[〔（]\d{4}[〕）]第?\d{1,5}号")


def find_missing_notices(text: str, documents: Sequence[Document]) -> list[str]:
    """Find 文号 that no document of the corpus bears and none of its clauses quotes (泽政发〔2019〕77号).

    Args:
        text: the question less the 文号 that were found.
        documents: the corpus.
    """
    prefixes = "|".join(
        sorted({re.escape(prefix) for _, (prefix, _, _) in _numbered(documents)}, key=len, reverse=True)
    )
    borne = re.findall(rf"(?:{prefixes})(?:[〔（]?\d{{4}}[〕）]?年?)?第?\d{{1,5}}号", text) if prefixes else []
    named = dict.fromkeys([*borne, *(match[0] for match in _ANY_NOTICE.finditer(text))])
    return [one for one in named if not _is_quoted(one.replace("（", "〔").replace("）", "〕"), documents)]


def _is_quoted(notice: str, documents: Sequence[Document]) -> bool:
    return any(notice in unit.text for document in documents for unit in document.units)


def find_clause(text: str) -> tuple[ClauseNumber | None, Spans]:
    """Find a clause asked for by number: 第十七条, （十七）, 17条, 第二部分（一）第9点."""
    spans: Spans = []
    numbers: dict[str, int | None] = {}
    for name, pattern in (("chapter", _CHAPTER), ("clause", _CLAUSE), ("item", _ITEM)):
        match = pattern.search(text)
        value = parse_numeral(next(group for group in match.groups() if group)) if match else None
        numbers[name] = value
        if match and value is not None:
            spans.append(match.span())
    if not spans:
        return None, []
    return ClauseNumber(**numbers), spans
