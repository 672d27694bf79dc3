"""Places, 文号 and clause numbers named in a question."""

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
from retrieval.years import Spans, find_years

GAP = "，"

_NUMBER = r"(?:[一二三四五六七八九十百]{1,5}|\d{1,3})"
_HAN_NUMBER = "[一二三四五六七八九十]{1,4}"
_TENS = "[二三四五六七八九]?十[一二三四五六七八九]?"
_CHAPTER = re.compile(
    rf"第({_NUMBER})(?:部分|章|大部分|大项|大点|块)|(?<![\u4e00-\u9fff（])({_HAN_NUMBER})、?(?=（)"
    rf"|(?<![\d.])([1-9])(?=\.\d{{1,2}}(?:里|中|上)?的?(?:说|讲|是|写|规定|呢|内容|要求|责任|由?谁|[，？。！]|$))"
)
# A bare bracket is a clause only in a label (三、（十七）) or where the question is about it; (1) may number questions.
_ASKED = r"(?=(?:里|中|上)?的?(?:说|讲|是|写|规定|呢|内容|要求|责任|由?谁)|[，？。！]|$)"
_RULES = r"(?!(?:重点|安全|务实|具体)?(?:硬|措施|举措|禁令|红线|铁律|线|意见))"
_CLAUSE = re.compile(
    rf"第（?({_NUMBER})）?(?:条|款|节)|(?:(?<=、)|(?<=[号分章第一二三四五六七八九十]))（({_HAN_NUMBER})）"
    rf"|^，*（({_HAN_NUMBER})）(?=$|[条款讲说是写呢])|（({_HAN_NUMBER})）(?=条|款)|(?<=[份章]的)（({_HAN_NUMBER})）|（({_TENS})）{_ASKED}"
    rf"|(?<![\d第出这那有共前几哪近])(\d{{1,3}})条{_RULES}|(?<![第出这那有共前几哪近一二三四五六七八九十])({_TENS})条{_ASKED}"
    rf"|第(\d{{1,3}}|{_TENS}){_ASKED}|(?<![\d.])[1-9]\.(\d{{1,2}}){_ASKED}"
)
_ITEM = re.compile(rf"第({_NUMBER})(?:点|小点|项|小项)|(?<=）)(\d{{1,3}})[.．]?(?![\d个次])")
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


def find_notices(text: str, documents: Sequence[Document]) -> tuple[list[str], Spans]:
    """Find 文号 named in any style: 泽政发〔2024〕1号, 泽政发2024-1, 临政函14号, 高政发[2024] 1 号, （2024）1号, 1号文.

    Args:
        text: the normalised question.
        documents: the documents whose 文号 can be meant; a prefix alone means the newest that bears it, a number
            without a prefix those of the place and the year named beside it.
    """
    found: list[str] = []
    spans: Spans = []
    numbered = [one for one in _numbered(documents) if one[1][0] in text]
    for document, (prefix, year, number) in numbered:
        # The number may stand without 号 after a dash or a year in brackets.
        styles = rf"{_LEFT}?{year}{_RIGHT}?年?{_DASH}?\s?第?{number}(?!\d)号?|第?{number}号"
        for hit in re.finditer(rf"{re.escape(prefix)}\s?(?:{styles})", text):
            found.append(document.notice)
            spans.append(hit.span())
    for prefix in {prefix for _, (prefix, _, _) in numbered}:
        alone = rf"{re.escape(prefix)}(?:(?!{_LEFT}?\d)|{_LEFT}?+(\d{{4}}){_RIGHT}?+年?+(?!\s?[\d第]|{_DASH}\d))"
        for hit in re.finditer(alone, text):
            bearing = [one for one, (other, year, _) in numbered if other == prefix and hit[1] in (None, year)]
            found.extend([max(bearing, key=lambda one: (one.year or 0, len(one.clauses))).notice] if bearing else [])
            spans.extend([hit.span()] if bearing else [])
    for hit in _BARE_NOTICE.finditer(text):
        taken = any(start < hit.end() and hit.start() < end for start, end in spans)
        meant = [] if taken else _meant_by(hit, text, documents)
        # A number that several places have says nothing of the place: the selected one may be meant.
        found.extend(meant if len(meant) == 1 else [])
        spans.extend([hit.span()] if len(meant) == 1 else [])
    return list(dict.fromkeys(found)), spans


_LEFT, _RIGHT, _DASH = r"[〔（［【「『《〈\[{｛<(]", r"[〕）］】」』》〉\]}｝>)]", "(?:[-—–－~～·_/.]|号)"
# A number without its prefix: 〔2024〕1号, 2024年1号文, 1号文, 14号函.
_BARE_NOTICE = re.compile(
    rf"(?<![发函办字])(?:{_LEFT}(?P<year>20\d\d){_RIGHT}第?(?P<number>\d{{1,5}})号(?:文件?)?"
    r"|(?<![\d月第〕）])第?(?P<alone>\d{1,5})号(?:文件?|通知|(?P<sort>函|批复)))"
)


def _meant_by(hit: re.Match[str], text: str, documents: Sequence[Document]) -> list[str]:
    """The notices of this number and sort: of the year and the places named, else the newest of each place."""
    number, year, sort = hit["number"] or hit["alone"], hit["year"], hit["sort"] or ""
    places = find_places(text, [document.region for document in documents if document.region])[0]
    newest = max((document.year for document in documents if document.year), default=None)
    years = [int(year)] if year else find_years(text, newest)[0]
    bearing = [document for document, (_, _, one) in _numbered(documents) if one == number]
    bearing = [one for one in bearing if sort in f"{one.notice}{one.title}"]
    bearing = [one for one in bearing if not years or one.year in years]
    bearing = [one for one in bearing if not places or one.region in places]
    latest = {one.region: max(other.year or 0 for other in bearing if other.region == one.region) for one in bearing}
    return [one.notice for one in bearing if years or (one.year or 0) == latest[one.region]]


def _numbered(documents: Sequence[Document]) -> list[tuple[Document, tuple[str, str, str]]]:
    """Documents whose 文号 has the usual form, with its prefix, year and number."""
    matches = [(document, re.fullmatch(r"(.+?)〔(\d{4})〕(\d+)号", document.notice)) for document in documents]
    return [(document, (match[1], match[2], match[3])) for document, match in matches if match]


_NOTICE_NAME = re.compile(
    rf"[\u4e00-\u9fff]{{1,4}}(?:发|函|办|字)(?:{_LEFT}?(?:19|20)\d\d{_RIGHT}?年?{_DASH}?第?\d{{1,5}}(?!\d|年)号?|第?\d{{1,5}}号)"
)


def find_notice_names(text: str) -> Spans:
    """Find what is written like a 文号, whether the corpus has it or not."""
    return [match.span() for match in _NOTICE_NAME.finditer(text)]


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
    year = rf"{_LEFT}?\d{{4}}{_RIGHT}?年?"
    forms = rf"(?:{prefixes})(?:(?:{year})?第?\d{{1,5}}号|{year}{_DASH}第?\d{{1,5}}(?![\d年]))"
    borne = re.findall(forms, text) if prefixes else []
    borne_bare = {(year, number) for _, (_, year, number) in _numbered(documents)}
    hits = [match for match in _BARE_NOTICE.finditer(text) if match["year"]]
    bare = [match[0] for match in hits if (match["year"], match["number"]) not in borne_bare]
    named = dict.fromkeys([*borne, *(match[0] for match in _ANY_NOTICE.finditer(text)), *bare])
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
