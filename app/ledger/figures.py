"""Figures of a sentence: the frequencies, deadlines and thresholds that make a row of the ledger, in pieces.

They rest on the facts that answers go by (corpus.schedule, corpus.quantity), which know neither 经常 nor “5·12”;
what is only a name, a list, a slogan or a sum of the names beside it is left out here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from pydantic import Field

from app.ledger.model import RequirementKind
from app.ledger.words import any_of, words
from corpus.masks import cover, quoted_mask, title_mask, touches
from corpus.model import Bound, Fact, FactKind, Frozen
from corpus.numerals import ARABIC_NUMBER, CHINESE_DIGITS, CHINESE_NUMBER
from corpus.quantity import read_quantities
from corpus.schedule import PREFIX, SUFFIX, read_schedule

Span = tuple[int, int]

_PERIOD_UNIT = "半年|季度|学期|星期|工作日|年度|年|季|个?月|旬|周|天|日|小时|班"
_WITHIN_YEAR = "在?(?:本|当|[1一])?年度?内"
_HEAD = re.compile(
    rf"(?:(?:至少|最少|不少于)?(?:每[^，次]{{0,4}}?(?:{_PERIOD_UNIT})|{_WITHIN_YEAR}|全年))?(?:{PREFIX})?"
)
_COUNT = re.compile(rf"(?:{PREFIX})?(?:{ARABIC_NUMBER}|{CHINESE_NUMBER})[次场回遍轮](?:{SUFFIX})?$")
_AMOUNT = re.compile(rf"(?:{PREFIX})?(?:百分之)?(?:{ARABIC_NUMBER}|{CHINESE_NUMBER})[^0-9{CHINESE_DIGITS}]*?$")
_LIMIT = re.compile(PREFIX)
#: 不低于员工总数2%: a limit whose number comes some words later.
_FAR_LIMIT = re.compile(rf"({PREFIX})[\u4e00-\u9fff]{{1,8}}$")
_ROUND_CLOCK = re.compile("(?:24|二十四)小时")
_DAY = re.compile(r"(?<![0-9·])[0-9]{1,2}·[0-9]{1,2}(?![0-9·])")
_DATE = re.compile(
    r"(?<![0-9])(?:(?:[0-9]{4}|今|本|当|明|次|每)年)?[0-9]{1,2}月(?:[0-9]{1,2}[日号]|底|末|初|上旬|中旬|下旬)"
)
_HOUR = re.compile("(?<![0-9])[0-9]{1,2}[时点](?:[0-9]{1,2}分)?[之以]?前")
_SELDOM = re.compile(rf"(?<![0-9{CHINESE_DIGITS}每第])(?:[0-9]{{1,2}}|[两二三四五六半])个?(?:年|月|季度|周|天)[一1]次")


class Figure(Frozen):
    """One figure of a sentence."""

    kind: RequirementKind
    pieces: tuple[Span, ...] = Field(description="where its words stand in the sentence, in order")
    vague: bool = Field(default=False, description="nothing in it can be counted")
    counted: bool = Field(default=False, description="a period, with or without its count: a duty of its own")
    is_act: bool = Field(default=False, description="its words are the act itself (日检日查)")
    is_exact_count: bool = Field(default=False, description="a bare number, which may count those who act")

    @property
    def start(self) -> int:
        """First character."""
        return self.pieces[0][0]

    @property
    def end(self) -> int:
        """One past the last character."""
        return self.pieces[-1][1]


def read_figures(sentence: str) -> tuple[Figure, ...]:
    """Read the figures of a clean sentence, in order.

    Args:
        sentence: simplified Chinese, full-width marks, no white space.

    Returns:
        Figures that do not overlap; each piece is verbatim in the sentence.
    """
    taken = title_mask(sentence)
    found: list[Figure] = []
    for figure in (*_from_facts(sentence), *_own(sentence)):
        if not any(touches(taken, start, end) for start, end in figure.pieces):
            for start, end in figure.pieces:
                cover(taken, start, end)
            found.append(figure)
    return tuple(sorted(found, key=lambda figure: figure.pieces))


def _from_facts(sentence: str) -> Iterator[Figure]:
    schedule = tuple(read_schedule(sentence))
    facts = (*schedule, *read_quantities(sentence, schedule))
    quoted = quoted_mask(sentence)
    ends = {fact.start: fact.end for fact in facts if fact.kind is FactKind.DEADLINE}
    for fact in facts:
        if fact.kind is FactKind.FREQUENCY and not touches(quoted, fact.start, fact.end):
            yield from _frequency(fact, ends.get(fact.start, fact.end))
    for fact in facts:
        is_season = any(season in fact.text for season in words().figures.seasons)
        if fact.kind is FactKind.DEADLINE and not touches(quoted, fact.start, fact.end) and not is_season:
            yield Figure(kind=RequirementKind.DEADLINE, pieces=((fact.start + fact.text.startswith("在"), fact.end),))
    for fact in facts:
        if fact.kind is FactKind.QUANTITY and not touches(quoted, fact.start, fact.end):
            yield from _quantity(sentence, fact)


def _frequency(fact: Fact, end: int) -> Iterator[Figure]:
    """Take a frequency fact; those in manner words (定期, 实时) are read by our own closed lists.

    Args:
        fact: the frequency.
        end: where a deadline that begins with it ends (每月底前).
    """
    if fact.number is not None:
        within_year = re.match(_WITHIN_YEAR, fact.text)
        kind = RequirementKind.DEADLINE if within_year else RequirementKind.FREQUENCY
        yield Figure(kind=kind, pieces=_pieces(fact, _COUNT), counted=True)
    elif clock := _ROUND_CLOCK.match(fact.text):
        yield Figure(kind=RequirementKind.FREQUENCY, pieces=((fact.start, fact.start + clock.end()),))
    elif fact.value != fact.period:
        is_act = not re.match("每|逐|按", fact.text)
        span = (fact.start, max(end, fact.end))
        yield Figure(kind=RequirementKind.FREQUENCY, pieces=(span,), counted=not is_act, is_act=is_act)


def _pieces(fact: Fact, tail: re.Pattern[str]) -> tuple[Span, ...]:
    """Cut 每周至少深入现场开展1次 into 每周至少 and 1次: the words of the figure without those of the duty."""
    text = fact.text
    head = _HEAD.match(text)
    last = tail.search(text, head.end() if head else 0)
    if not head or not last or last.start() <= head.end() or not head[0]:
        return ((fact.start, fact.end),)
    spans = [head.span(), last.span()]
    if between := _LIMIT.search(text, head.end(), last.start()):
        spans.insert(1, between.span())
    merged = [spans[0]]
    for start, end in spans[1:]:
        if start == merged[-1][1]:
            merged[-1] = (merged[-1][0], end)
        else:
            merged.append((start, end))
    return tuple((fact.start + start, fact.start + end) for start, end in merged)


def _quantity(sentence: str, fact: Fact) -> Iterator[Figure]:
    """Take a quantity that the duty has to reach, keep within or cover; not the number of a list or a sum."""
    is_bare = fact.bound is Bound.EXACT and not fact.text.startswith(("近", "最近", "过去"))
    if fact.text.startswith("为期"):
        yield Figure(kind=RequirementKind.DEADLINE, pieces=((fact.start, fact.end),))
    elif is_bare and (far := _FAR_LIMIT.search(sentence, 0, fact.start)):
        yield Figure(kind=RequirementKind.THRESHOLD, pieces=(far.span(1), (fact.start, fact.end)))
    elif not is_bare or not (_names_a_list(sentence, fact) or _sums_up(sentence, fact)):
        pieces = _pieces(fact, _AMOUNT)
        yield Figure(kind=RequirementKind.THRESHOLD, pieces=pieces, is_exact_count=is_bare)


def _names_a_list(sentence: str, fact: Fact) -> bool:
    """Tell 八条硬措施 and 三个重要环节, and 一支 as an article, from a number of things."""
    after = sentence[fact.end :]
    if fact.text[0] == "一" and len(fact.text) == 2:
        # 一支不少于20人的队伍: the number that counts follows.
        return True
    return bool(_list_noun().match(after))


@cache
def _list_noun() -> re.Pattern[str]:
    # 五个“不允许”: a slogan counted as a whole.
    return re.compile(rf"“[^”]*”(?![\u4e00-\u9fff])|的?[\u4e00-\u9fff]{{0,5}}?{any_of(words().figures.lists)}")


def _sums_up(sentence: str, fact: Fact) -> bool:
    """Tell 甲、乙、丙3支, which counts what stands before it, by the number of names in its part of the sentence."""
    if fact.number is None or fact.number < 2:
        return False
    before = re.split("[，；。：]", sentence[: fact.start])[-1]
    joints = len(re.findall(any_of(words().figures.list_joints), re.sub("“[^”]*”|（[^）]*）", "", before)))
    return joints + 1 == fact.number


def _own(sentence: str) -> Iterator[Figure]:
    """Read what the facts do not have: manner words by the closed list, immediacy, days such as “5·12”."""
    quoted = quoted_mask(sentence)
    for match in _manner().finditer(sentence):
        if not quoted[match.start()] and not _names_a_body(sentence, match.end()):
            yield Figure(kind=RequirementKind.FREQUENCY, pieces=(match.span(),), vague=True)
    for match in _immediacy().finditer(sentence):
        if not quoted[match.start()] and _has_event(sentence, match.start()):
            yield Figure(kind=RequirementKind.DEADLINE, pieces=(match.span(),), vague=True)
    for match in _SELDOM.finditer(sentence):
        if not quoted[match.start()]:
            yield Figure(kind=RequirementKind.FREQUENCY, pieces=(match.span(),), counted=True)
    for match in (*_DAY.finditer(sentence), *_DATE.finditer(sentence), *_HOUR.finditer(sentence)):
        if not re.match(rf"”?[^，；。、“]{{0,12}}{any_of(words().figures.incidents)}", sentence[match.end() :]):
            yield Figure(kind=RequirementKind.DEADLINE, pieces=(match.span(),))


@cache
def _manner() -> re.Pattern[str]:
    own = words().figures
    return re.compile(rf"(?<!{any_of(own.vague_not_after)}){any_of(own.vague)}(?!{any_of(own.vague_not_before)})")


def _names_a_body(sentence: str, at: int) -> bool:
    """Tell 常态化督导组, the name of a team, from an act that is done 常态化."""
    own = words().figures
    name = re.match(rf"[\u4e00-\u9fff]{{0,14}}?{any_of(own.bodies)}", sentence[at:])
    return bool(name and not re.search(any_of(own.light_verbs), name[0]))


@cache
def _immediacy() -> re.Pattern[str]:
    own = words().figures
    return re.compile(rf"(?<!{any_of(own.immediate_not_after)}){any_of(own.immediate)}")


def _has_event(sentence: str, at: int) -> bool:
    """Whether the words before, in the same sentence up to a semicolon, name the event it runs from."""
    before = re.split("[；。]", sentence[:at])[-1]
    return bool(re.search(any_of(words().figures.events), before))
