"""The names in a free sentence (地区、年份、文号、引号内的词): each is a citation's own, or stands in its clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set

from app.check.claims import Claim, ClaimKind
from app.check.evidence import is_of
from app.check.grounds import Ground

QUOTED = re.compile("“([^“”]*)”|「([^「」]*)」|《([^《》]*)》|‘([^‘’]*)’")
_NOTICE = re.compile(r"[\u4e00-\u9fff]{2,8}〔\d{4}〕\d{1,4}号")
_BEFORE_NOTICE = re.compile("^(?:根据|依据|依照|按照?|(?:的?文号)?[为是])")
_WHEN = re.compile("[年月周日季](?:初|中|底|末|内)?(?:之|以)?[前后]|(?:上|下)半年|汛期|(?:春|夏|秋|冬)季")


def misnamed(claims: Sequence[Claim], grounds: Sequence[Ground]) -> Iterator[str]:
    """Find places, years, dates, 文号 and labels that are no citation's and stand in no clause.

    Args:
        claims: what the sentence claims.
        grounds: its citations.

    Yields:
        One Chinese line for each fault.
    """
    for claim in claims:
        if any(claim.text in one.rule or claim.text in one.about for one in grounds):
            continue
        if claim.kind in (ClaimKind.PLACE, ClaimKind.YEAR):
            if not any(is_of(claim, one.citation) for one in grounds):
                yield f"“{claim.text}”不是所引条款的地区或年份"
        elif claim.kind is ClaimKind.NOTICE:
            if not any(claim.text.endswith(one) for known in grounds for one in _notices(known)):
                yield f"文号“{_BEFORE_NOTICE.sub('', claim.text)}”不是所引的文号"
        elif claim.kind in (ClaimKind.LABEL, ClaimKind.DATE):
            yield f"“{claim.text}”不是所引条款的序号或日期"


def _notices(ground: Ground) -> list[str]:
    return [ground.citation.notice, *_NOTICE.findall(ground.rule), *_NOTICE.findall(ground.about)]


def misplaced(text: str, grounds: Sequence[Ground], places: Set[str], asked: str) -> Iterator[str]:
    """Find short names of places (高平), and times (年底前), that no citation has."""
    known = [one.rule + one.about for one in grounds]
    for match in _WHEN.finditer(text):
        if match[0] not in asked and not any(match[0] in one for one in known):
            yield f"“{match[0]}”不在所引原文中"
    for short in (place[:-1] for place in places):
        if len(short) > 1 and short in text and not any(short in one for one in known):
            yield f"“{short}”不是所引条款的地区"


def misquoted(text: str, grounds: Sequence[Ground], asked: str) -> Iterator[str]:
    """Find words in quotation marks that stand verbatim in no clause, in nothing known of it, nor in the question."""
    for match in QUOTED.finditer(text):
        words = next(one for one in match.groups() if one is not None).rstrip("，。；")
        if words not in asked and not any(words in one.rule or words in one.about for one in grounds):
            yield f"“{words[:20]}”不是所引原文"
