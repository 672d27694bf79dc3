"""How a row is worded for readers: its figure without dots, and its duty with the words that go with it."""

from __future__ import annotations

import re

from app.ledger.model import Requirement
from corpus.numerals import ARABIC_NUMBER, CHINESE_NUMBER

_GAP = "…"
_NUMBER = rf"(?:{ARABIC_NUMBER}|{CHINESE_NUMBER})"
_LIMIT = "(?:至少|最少|不少于|不得少于|不低于|不得低于|不超过|不得超过|最多)"
#: One period and one count of times: 每周至少 and 1次 say the same joined, wherever the verb stands.
_TIMES = re.compile(
    rf"(?:每(?:间隔|隔|满)?个?{_NUMBER}?个?(?:半年|季度?|学期|星期|周|旬|个?月|年度?|天|日)|(?:本|全|一|当|今)?年度?内?)"
    rf"{_LIMIT}?{_NUMBER}[次场回遍轮]"
)
_OPENING, _CLOSING = "“《（", "”》）"
#: Units of a bracket that are named where nobody else is.
_MOST_NAMED = 3
_PART_ENDS = re.compile("[，；。：]")


def shown_value(row: Requirement) -> str:
    """Word the figure without dots: 每周至少1次 of one period and one count, else the quote's own run.

    The first is the same statement whatever stands between (每周至少深入现场开展1次); other pieces are not
    (超过国家有关限员规定20%以上 is not 超过20%以上), and are shown with the words between them.

    Args:
        row: the requirement.
    """
    pieces = row.value.split(_GAP)
    joined = "".join(pieces)
    if len(pieces) == 1 or _TIMES.fullmatch(joined):
        return joined
    return _run(row.quote, pieces) or row.value


def shown_must(row: Requirement) -> str:
    """Word the duty; where that is the figure itself (日检日查), with the rest of its part of the quote.

    Args:
        row: the requirement.
    """
    if row.must != row.value or (at := row.quote.find(row.must)) < 0:
        return row.must
    end = _PART_ENDS.search(row.quote, at + len(row.must))
    return row.quote[at : end.start() if end else len(row.quote)]


def _run(quote: str, pieces: list[str]) -> str:
    """The quote's words from the first piece to the last, with the mark that opens or closes them; "" without."""
    at, first = 0, -1
    for piece in pieces:
        found = quote.find(piece, at)
        if found < 0:
            return ""
        first, at = (found if first < 0 else first), found + len(piece)
    if first and quote[first - 1] in _OPENING and quote[at : at + 1] in tuple(_CLOSING):
        first, at = first - 1, at + 1
    return quote[first:at]


def shown_who(row: Requirement) -> str:
    """Say who does it; where the sentence names no one, whom the clause's bracket names, and that it is the bracket.

    Args:
        row: the requirement.
    """
    if row.who:
        return row.who
    named = "、".join(row.responsible[:_MOST_NAMED])
    more = f"等 {len(row.responsible)} 个单位" if len(row.responsible) > _MOST_NAMED else ""
    return f"句中未写；责任单位：{named}{more}" if named else "原文未写明"
