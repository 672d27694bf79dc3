"""Frequencies (每月至少一次) and deadlines (年底前) in one clean sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator

from corpus.masks import cover, touches
from corpus.model import Bound, Fact, FactKind
from corpus.numerals import ARABIC_NUMBER, CHINESE_DIGITS, CHINESE_NUMBER, parse_number, show_number

#: Words before a number, longest first where one holds another, and how they limit it.
PREFIX_BOUNDS = {
    "大于等于": Bound.AT_LEAST,
    "小于等于": Bound.AT_MOST,
    "不得超过": Bound.AT_MOST,
    "不能超过": Bound.AT_MOST,
    "不应超过": Bound.AT_MOST,
    "不超过": Bound.AT_MOST,
    "未超过": Bound.AT_MOST,
    "不得多于": Bound.AT_MOST,
    "不多于": Bound.AT_MOST,
    "不得高于": Bound.AT_MOST,
    "不高于": Bound.AT_MOST,
    "不得大于": Bound.AT_MOST,
    "不大于": Bound.AT_MOST,
    "最多": Bound.AT_MOST,
    "至多": Bound.AT_MOST,
    "不得少于": Bound.AT_LEAST,
    "不应少于": Bound.AT_LEAST,
    "不少于": Bound.AT_LEAST,
    "不得低于": Bound.AT_LEAST,
    "不应低于": Bound.AT_LEAST,
    "不低于": Bound.AT_LEAST,
    "不得小于": Bound.AT_LEAST,
    "不小于": Bound.AT_LEAST,
    "至少": Bound.AT_LEAST,
    "最少": Bound.AT_LEAST,
    "超过": Bound.MORE_THAN,
    "大于": Bound.MORE_THAN,
    "多于": Bound.MORE_THAN,
    "高于": Bound.MORE_THAN,
    "不足": Bound.LESS_THAN,
    "少于": Bound.LESS_THAN,
    "低于": Bound.LESS_THAN,
    "小于": Bound.LESS_THAN,
    "未满": Bound.LESS_THAN,
    "不满": Bound.LESS_THAN,
}
PREFIX = "(?=[不未最至超大多高少低小])(?:" + "|".join(PREFIX_BOUNDS) + ")"

#: Words after a measure, and how they limit the number.
SUFFIX_BOUNDS = {
    "及以上": Bound.AT_LEAST,
    "以上": Bound.AT_LEAST,
    "及以下": Bound.AT_MOST,
    "以下": Bound.AT_MOST,
    "以内": Bound.AT_MOST,
    "之内": Bound.AT_MOST,
}
SUFFIX = "|".join(SUFFIX_BOUNDS)

SYMBOLS = {Bound.AT_LEAST: "≥", Bound.AT_MOST: "≤", Bound.MORE_THAN: ">", Bound.LESS_THAN: "<", Bound.EXACT: ""}

_NUMBER = rf"{ARABIC_NUMBER}|{CHINESE_NUMBER}"
_PERIOD_UNIT = "半年|季度|学期|星期|个?工作日|年度|年(?!级)|季(?!节)|个?月|旬|周(?!边|围|密|年)|天|日|小时|班(?!组|子)"
_PERIOD_NAMES = {"季度": "季", "星期": "周", "天": "日", "年度": "年", "个月": "月", "个工作日": "工作日"}

#: The words between a period and its count: no clause end, no second period, no second count.
_GAP = "[^，。；：！？每次]"
_COUNTED = re.compile(
    rf"(?P<early>至少|最少|不少于)?"
    rf"(?:每(?:间隔|隔|满)?个?(?P<every>{_NUMBER})?个?(?P<unit>{_PERIOD_UNIT})"
    rf"|(?:(?<![0-9{CHINESE_DIGITS}半近多数几])在?(?:本|当)?年度?内|全年|(?<![0-9{CHINESE_DIGITS}])[1一]年内))"
    # The group is atomic: no second limit is tried when no count follows the first, which keeps the cost linear.
    rf"(?>(?:{_GAP}{{0,20}}?(?P<late>{PREFIX}))?){_GAP}{{0,20}}?"
    rf"(?P<count>{_NUMBER})(?P<measure>[次场回遍轮])(?P<suffix>{SUFFIX})?"
)
_PERIOD = re.compile(
    rf"(?:每(?:间隔|隔|满)?个?(?P<every>{_NUMBER})?个?|(?<!追)逐(?!年[下降上升递减增提])|按(?=[周旬月季]))"
    rf"(?P<unit>{_PERIOD_UNIT})"
)
#: 一月一次, 一季度两次: the period is itself a bare numeral, so the count must follow at once.
_ONCE_PER = re.compile(
    rf"(?<![第0-9{CHINESE_DIGITS}])一(?P<unit>年|季度?|个?月|旬|周|天|日)(?P<late>{PREFIX})?"
    rf"(?P<count>{_NUMBER})(?P<measure>次)"
)
_RATE = re.compile(rf"(?P<late>{PREFIX})?(?P<count>{ARABIC_NUMBER})(?P<measure>次)/(?P<unit>{_PERIOD_UNIT})")

#: 日检日查, 周调度, 一月一通报; the guard keeps 节日检查, 4月检查, 工作日巡查 and 每月检查 out.
_ROUTINE_ACT = "排查|自查|抽查|巡查|调度|研判|会商|通报|报告|例会|考核|小结|清零"
_ROUTINE = re.compile(
    rf"(?<![0-9{CHINESE_DIGITS}每各本当上下今明昨次即节假平末作休生逐按数几该同四岁春夏秋冬雨个])"
    rf"(?:一(?P<unit>[日天周旬月年]|季度?)一(?:{_ROUTINE_ACT})"
    rf"|(?:[日周旬月季](?:检|查(?!处)|巡|评|{_ROUTINE_ACT})){{1,4}})"
)
_ROUND_CLOCK = re.compile(
    rf"(?<![0-9{CHINESE_DIGITS}])(?:24|二十四)小时[\u4e00-\u9fff]{{0,4}}?"
    r"(?:值班值守|值班|值守|在岗|备勤|待命|监控|监测|巡查|巡护)"
)
#: 规定期限, 落实时限 hold 定期 and 实时 only by accident.
_MANNER = re.compile(
    r"(?P<irregular>不定期|不定时)|(?<![规约法固指确限额锁特鉴])定期(?![限间])"
    r"|(?<![落切属如核真现确])实时(?![限间效期])|常态化|常态(?=开展|组织|推进|落实)|全天候"
)

_DURATION = "个工作日|工作日|个月|个季度|小时|分钟|星期|周|年|天|日"
_INSIDE = "(?:以内|之内|内(?![部容外在涝控设需]))"
_BEFORE = "(?:之前|以前|前(?![期三提述款往沿后]))"
_WITHIN = re.compile(
    rf"(?<!近)(?<!过去)(?P<low>(?:{_NUMBER})(?:{_DURATION})?[至到~～—-])?"
    rf"(?P<number>(?:(?<=[至到~～—-])[0-9]{{1,4}}(?![0-9])|{_NUMBER}|(?<![上下])半))"
    rf"(?P<measure>{_DURATION}){_INSIDE}"
)
_MONTH = rf"(?:[0-9]{{1,2}}|[{CHINESE_DIGITS}]{{1,2}})月"
_BY_DATE = re.compile(
    rf"(?<![0-9A-Za-z])(?:"
    rf"(?:[0-9]{{4}}|今|本|当|明|次|每)?年(?:底|末){_BEFORE}"
    rf"|(?:[0-9]{{4}}年|今年|明年|次年|每年)?{_MONTH}(?:[0-9]{{1,2}}日|底|末|初|上旬|中旬|下旬){_BEFORE}"
    rf"|(?:[0-9]{{4}}年|今年|明年|次年|每年)?{_MONTH}份?{_BEFORE}"
    rf"|[0-9]{{4}}年{_BEFORE}"
    rf"|(?<=[到至])[0-9]{{4}}年(?:底|末)"
    rf"|(?:本|当|次|每)?月(?:底|末){_BEFORE}"
    rf"|(?:[上下]半年|第?[一二三四]季度)(?:底|末)?(?:{_BEFORE}|{_INSIDE})"
    rf"|(?:[0-9]{{4}}|(?<![0-9{CHINESE_DIGITS}半近多数几全每])在?(?:本|当)?)年度?内(?![部容外在涝控设需])"
    rf"|(?:主汛期|汛期|入汛){_BEFORE}"
    rf")"
)


def read_schedule(sentence: str) -> Iterator[Fact]:
    """Read the frequencies and the deadlines; a deadline may lie inside a frequency (年内至少一次)."""
    yield from _read_frequencies(sentence)
    yield from _read_deadlines(sentence)


def joined_bound(prefix: str | None, suffix: str | None) -> Bound:
    """Say how the words before and after a number limit it; the word before wins, as it is the stronger one."""
    if prefix:
        return PREFIX_BOUNDS[prefix]
    return SUFFIX_BOUNDS[suffix] if suffix else Bound.EXACT


def _read_frequencies(sentence: str) -> Iterator[Fact]:
    """Read counted periods first, then what they leave: bare periods, routines and manners."""
    taken = bytearray(len(sentence))
    for pattern, read in (
        (_COUNTED, _counted),
        (_ONCE_PER, _counted),
        (_RATE, _counted),
        (_ROUND_CLOCK, _round_clock),
        (_PERIOD, _bare_period),
        (_ROUTINE, _routine),
        (_MANNER, _manner),
    ):
        for match in pattern.finditer(sentence):
            fact = None if touches(taken, match.start(), match.end()) else read(match)
            if fact is not None:
                cover(taken, fact.start, fact.end)
                yield fact


def _fact(kind: FactKind, match: re.Match[str], value: str, **fields: object) -> Fact:
    """Make the fact that a whole match spells."""
    return Fact.model_validate(
        {"kind": kind, "text": match[0], "start": match.start(), "end": match.end(), "value": value, **fields}
    )


def _period(match: re.Match[str]) -> str | None:
    """Name the period of a match: 季度 is 季, 每两年 is 2年, 年内 is 年; None for a number that is none (每三五天)."""
    groups = match.groupdict()
    unit = groups.get("unit")
    if unit is None:
        return "年"
    name = _PERIOD_NAMES.get(unit, unit)
    if groups.get("every") is None:
        return name
    every = parse_number(groups["every"])
    if every is None:
        return None
    return name if every == 1 else f"{show_number(every)}{unit}"


def _counted(match: re.Match[str]) -> Fact | None:
    """Read 每周至少1次 as ≥1次/周."""
    groups = match.groupdict()
    count, period = parse_number(match["count"]), _period(match)
    if count is None or period is None:
        return None
    bound = joined_bound(groups.get("early") or groups["late"], groups.get("suffix"))
    return _fact(
        FactKind.FREQUENCY,
        match,
        f"{SYMBOLS[bound]}{show_number(count)}{match['measure']}/{period}",
        number=count,
        measure=match["measure"],
        period=period,
        bound=bound,
    )


def _bare_period(match: re.Match[str]) -> Fact | None:
    """Read 每日, 每半年, 逐月: a period with no count."""
    period = _period(match)
    return _fact(FactKind.FREQUENCY, match, f"每{period}", period=period) if period else None


def _round_clock(match: re.Match[str]) -> Fact:
    """Read 24小时值班值守."""
    return _fact(FactKind.FREQUENCY, match, "24小时", period="24小时")


def _routine(match: re.Match[str]) -> Fact:
    """Read 日检日查 and 一月一通报."""
    return _fact(FactKind.FREQUENCY, match, match[0], period=_period(match) if match["unit"] else match[0][0])


def _manner(match: re.Match[str]) -> Fact:
    """Read 定期, 不定期, 不定时, 实时 and 常态化."""
    value = "不定期" if match["irregular"] else match[0]
    value = "常态化" if value == "常态" else value
    return _fact(FactKind.FREQUENCY, match, value, period=value)


def _read_deadlines(sentence: str) -> Iterator[Fact]:
    """Read 30日内 and 年底前."""
    for match in _WITHIN.finditer(sentence):
        number = parse_number(match["number"])
        if number is None or _is_calendar_year(match):
            continue
        single = match["low"] is None
        yield _fact(
            FactKind.DEADLINE,
            match,
            match[0],
            # A range (10个月至1年内) has two numbers, so it names none.
            number=number if single else None,
            measure=match["measure"] if single else None,
            bound=Bound.AT_MOST,
        )
    for match in _BY_DATE.finditer(sentence):
        yield _fact(FactKind.DEADLINE, match, match[0].removeprefix("在"))


def _is_calendar_year(match: re.Match[str]) -> bool:
    """Tell 2025年内 (a date) from 2年内 (a span of time)."""
    return match["measure"] == "年" and len(match["number"]) == 4
