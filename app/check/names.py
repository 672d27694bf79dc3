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
#: Before a quote, or behind it, says that the clause does not hold it.
_DENIES = re.compile(
    "(?:没有|未|并未|并无|不曾)(?:直接|明确|具体|作出|对)?(?:规定|要求|写明|写|提到|提及|出现|使用|载明|说|作)?(?:过|有)?[^，。；]{0,6}$"
    "|(?:不是|并非|而非)(?:要求)?$"
)
_DENIED = re.compile(
    "(?:的|这一|这种|这个)?(?:说法|要求|规定|内容|提法|字样)?，?(?:在)?(?:本|该|所引|上述)?(?:通知|条款|原文|材料|文件)?(?:中|里)?(?:并|均|也|尚)?"
    "(?:没有(?!变|疑|错)|未(?!变)|不是|不属于|不在|不符|与(?:原文|通知|规定)不(?:符|一致)|无依据)"
)
_TAKEN_UP = re.compile("(?:您|你)(?:所)?(?:问|说|提)(?:到|及)?的?$|所问的?$|(?:关于|对于|至于|针对|就)$")
_WEIGHTY = re.compile("[0-9一二三四五六七八九十百千万两每日周月年]|不|可以|必须|严禁|禁止|应|要|能|全部|所有|牵头")
_SHORT = 8
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
    """Find words in quotation marks that stand verbatim in no clause, nor in what is known of it.

    Words of the question may be quoted where the sentence says that the clause does not hold them, and a short one
    of them, without a figure, where it only takes it up (您问的“车间”).
    """
    for match in QUOTED.finditer(text):
        words = next(one for one in match.groups() if one is not None).rstrip("，。；")
        if any(words in one.rule or words in one.about for one in grounds):
            continue
        if words not in asked:
            yield f"“{words[:20]}”不是所引原文"
            continue
        before, after = re.split("[，。；：]", text[: match.start()])[-1], text[match.end() :]
        denied = _DENIES.search(before) or _DENIED.match(after)
        taken_up = _TAKEN_UP.search(before) and len(words) <= _SHORT and not _WEIGHTY.search(words)
        if not denied and not taken_up:
            yield f"“{words[:20]}”只是问题里的话，所引条款没有这样规定"
