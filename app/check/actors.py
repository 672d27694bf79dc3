"""Who does what in a free sentence (责任主体): units, those that lead, and whose act it is in the clause."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.check.claims import Claim, ClaimKind, read_statement
from app.check.evidence import leaders
from app.check.figures import figures_of
from app.check.grounds import Ground, content_words, places_of, run_length
from app.check.polarity import part_at
from corpus.model import FactKind
from corpus.responsible import find_brackets

#: A name this long, behind other words that were read with it, is a name by itself.
_SHORTEST_RUN, _LONG_NAME = 3, 7
_LISTED = re.compile("[、和与及]|以及")
_RANK = re.compile("^[各省市县]+|主要|有关|相关|的")
_LEADS = re.compile(
    "牵头(?:的|单位|部门|者)?(?:则|都|均)?(?:是|为)([^，。；]+)|([^，。；由]+?)(?:是|为|属于|系|作为|担任)牵头"
)
_LED = re.compile("(?:负责人|领导)$")
_ORGAN = re.compile("(?:局|厅|队|中心|院|署|委|办|(?<!干)部)$")
_OBJECT = re.compile("[对向给][^，]{0,16}$")
#: The issuer of a notice, who is said to say something.
_SPEAKS = re.compile(
    "(?:办公室)?(?:的|还|也|均|已|决定|于[^，]*)?(?:同意|要求|规定|发布|印发|发文|授权|批复|提出|明确|制发|作出|在)"
)
_IN_CHARGE = re.compile("负责|牵头|责任|分工|配合|落实|督促|主管")
_ALONE = re.compile("(?:一家|单独|具体|来|统一)?负责")
#: 企业的体检，由机构开展: the first is no doer.
_OWNER = re.compile("的[^，。；]{2,16}，?由")
_TOO = re.compile("[均都也]|牵头")
_SHARED = re.compile("分工负责|配合|负责")


def is_unit(claim: Claim) -> bool:
    """Tell whether a claim is a unit's name."""
    return claim.fact is not None and claim.fact.kind is FactKind.UNIT


def wrong_units(text: str, part: re.Match[str], claims: Sequence[Claim], ground: Ground) -> Iterator[str]:
    """Find units that the clause does not name, and those said to lead, or not to, otherwise than there.

    Args:
        text: the sentence.
        part: the part judged.
        claims: the claims of that part.
        ground: the citation.

    Yields:
        One Chinese line for each fault.
    """
    leading = leaders(ground.rule)
    for claim in claims:
        if claim.kind is ClaimKind.LEADER:
            if claim.text not in leading and f"{claim.text[-4:]}牵头" not in ground.rule:
                yield f"“{claim.text}”在所引原文中不是牵头单位"
        elif is_unit(claim):
            if not _is_known(claim, text, ground):
                yield f"单位“{claim.text}”不在所引原文中"
            elif claim.text in leading and "牵头" not in text and _SHARED.search(part[0]):
                yield f"“{claim.text}”是牵头单位，句子没有写明"
    if leads := _LEADS.search(part[0]):
        named = (leads[1] or leads[2]).split("、")
        if not any(one in leading for one in named):
            yield f"“{named[0][:20]}”在所引原文中不是牵头单位"


def _is_known(claim: Claim, text: str, ground: Ground) -> bool:
    """An organ stands in the clause; only as a speaker may it be the issuer. 企业 and the like are judged as words."""
    if claim.text in ground.rule:
        return True
    if claim.text in ground.about:
        return _SPEAKS.match(text, claim.end) is not None
    bare = re.search("[省市县区](?![省市县区]).*$", claim.text)
    whole = claim.text[-_LONG_NAME:] in ground.rule and len(claim.text) > _LONG_NAME
    return whole or not _ORGAN.search(claim.text) or (bare is not None and bare[0] in ground.rule)


def swapped(text: str, part: re.Match[str], units: Sequence[Claim], ground: Ground) -> Iterator[str]:
    """Find what a unit is said to do right behind its name and only another does in the clause."""
    for nth, claim in enumerate(units):
        if _OBJECT.search(text[part.start() : max(part.start(), claim.start)]) or _OWNER.match(text, claim.end):
            continue
        stop = units[nth + 1].start if nth + 1 < len(units) else part.end()
        at = max(claim.end, part.start())
        while at < stop and run_length(text, at, ground.rule) < _SHORTEST_RUN:
            at += 1
        act = text[at : min(stop, at + run_length(text, at, ground.rule))] if at < stop else ""
        if len(act) < _SHORTEST_RUN or not content_words(act):
            continue
        doers = [_doers(ground.rule, place) for place in places_of(act, ground.rule)]
        if doers and all(named and not any(_is_alike(one, claim.text) for one in named) for named in doers):
            yield f"“{act[:20]}”在原文中是“{doers[0][0]}”的事，不是“{claim.text}”的"


def dealt_out(text: str, part: re.Match[str], claims: Sequence[Claim], ground: Ground) -> Iterator[str]:
    """Find a unit in charge told as the doer of a figure, or as alone in charge where several share it.

    Args:
        text: the sentence.
        part: the part judged.
        claims: the claims of that part.
        ground: the citation.

    Yields:
        One Chinese line for each fault.
    """
    brackets = [ground.rule[start:end] for start, end in find_brackets(ground.rule)]
    bare = ground.rule
    for one in brackets:
        bare = bare.replace(one, "")
    units = [one for one in claims if is_unit(one) and one.text not in bare]
    units = [one for one in units if any(one.text in bracket for bracket in brackets)]
    if not units or _OBJECT.search(text[part.start() : units[0].start]):
        return
    last = units[-1]
    if not _IN_CHARGE.search(text) and any(last.end <= one.start < part.end() for one in figures_of(text)):
        yield f"“{last.text}”在原文中是责任单位，不是做这件事的单位"
    alone = len(units) == 1 and not _TOO.search(part[0]) and _ALONE.match(text[last.end : part.end()])
    shared = [one for one in brackets if last.text in one and ("、" in one or "等" in one)]
    if alone and shared and not any(last.text in one for one in brackets if one not in shared):
        yield f"“{last.text}”在原文中只是责任单位之一"


def _doers(rule: str, at: int) -> list[str]:
    """The units named last before a place in the same part of a clause: one, or those of a list."""
    part = part_at(rule, at)
    start = rule.rfind(part, 0, at + len(part))
    told = re.search("[向对给][^，]*$", rule[start:at])
    units = [
        one for one in read_statement(rule[start:at], (), ()).claims
        if is_unit(one) and (told is None or one.end <= told.start())
    ]  # fmt: skip
    doers: list[str] = []
    for nth, unit in enumerate(reversed(units)):
        if nth and not _LISTED.fullmatch(rule[start + unit.end : start + units[-nth].start]):
            break
        doers.append(unit.text)
    return doers


def _is_alike(one: str, other: str) -> bool:
    one, other = (_RANK.sub("", name.replace("和", "、")) for name in (one, other))
    led = _LED.sub("", other)
    return one in other or other in one or (len(led) > len("集团公司") and led in one)
