"""From the words of a figure to days of a calendar: when a duty recurs, or by which day it is due."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta
from enum import StrEnum
from math import ceil

from pydantic import Field

from app.ledger.model import Requirement, RequirementKind
from corpus.model import Frozen
from corpus.numerals import ARABIC_NUMBER, CHINESE_DIGITS, CHINESE_NUMBER, parse_number

_NUMBER = rf"{ARABIC_NUMBER}|{CHINESE_NUMBER}"
_PERIOD = re.compile(
    rf"(?:每(?:间隔|隔|满)?个?|逐|按|全)?(?P<every>{_NUMBER})?个?"
    r"(?P<unit>半年|季度?|学期|星期|工作日|年度?|个?月(?!日)|旬|周|天|日|小时|班)"
)
_COUNT = re.compile(rf"(?P<count>{_NUMBER})[次场回遍轮]")
_DAY = re.compile(
    r"(?:(?P<year>[0-9]{4}|[今本当明次每])年)?(?P<month>[0-9]{1,2})[月·](?P<day>[0-9]{1,2})?[日号]?(?P<part>[底末初上中下])?"
)
_PART_OF_YEAR = re.compile("(?P<half>[上下])半年|第?(?P<quarter>[一二三四])季度")
_BEFORE_YEAR = re.compile("([0-9]{4})年[之以]?前")
_WITHIN_YEAR = re.compile(rf"(?<![0-9{CHINESE_DIGITS}半])([0-9]{{4}}|[今本当明次])?年度?(?:内|底|末)")
_PART_ENDS = {"初": 10, "上": 10, "中": 20}
_DATED = re.compile("(?<![每隔满])[0-9]{1,2}月(?:[0-9]{1,2}[日号])?")
_PERIODS = {"季度": "季", "星期": "周", "天": "日", "年度": "年", "个月": "月"}
_MONTHS_IN = {"季": 3, "半年": 6, "年": 12}
_WEEKDAYS = {1: ("MO",), 2: ("MO", "TH"), 3: ("MO", "WE", "FR"), 4: ("MO", "TU", "TH", "FR")}
_WORKDAYS = ("MO", "TU", "WE", "TH", "FR")
_WEEK = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_MID_MONTH, _SHORTEST_MONTH = 15, 28
_EARLIEST, _LATEST = 1990, 2200
_COMMON_YEAR = 2023  # of 365 days
_TEN_DAYS = (5, 15, 25)


class LeftOut(StrEnum):
    """Why a row is in no calendar."""

    DAILY = "每天都要做的"
    PAST = "期限在今天以前的"
    VAGUE = "没有写明次数或日期的（如定期、常态化、立即）"
    ROUND_CLOCK = "全天、每班或每小时的"
    RUNNING = "期限从某件事算起、没有固定日子的"
    NO_TIME = "只有数量标准、没有时间的"


class Recurrence(Frozen):
    """A rule by which a duty recurs, in the words of RFC 5545."""

    frequency: str = Field(description="DAILY, WEEKLY, MONTHLY or YEARLY")
    interval: int = Field(default=1, ge=1)
    weekdays: tuple[str, ...] = ()
    month_days: tuple[int, ...] = ()
    months: tuple[int, ...] = ()

    @property
    def is_daily(self) -> bool:
        """Whether it fills every day, or every working day."""
        return (self.frequency == "DAILY" and self.interval == 1) or len(self.weekdays) >= len(_WORKDAYS)


class Entry(Frozen):
    """One event of a calendar, all day."""

    day: date = Field(description="the day, or the first of them")
    rule: Recurrence | None = Field(default=None, description="None for one day, on which something is due")
    chosen: bool = Field(default=False, description="the days were chosen by the program, not by the notice")


def last_day(today: date) -> date:
    """The last day of the twelve months that begin today, over which what recurs runs."""
    month_end = _last_day(today.year + 1, today.month)
    return month_end.replace(day=min(today.day, month_end.day)) - timedelta(days=1)


def plan(row: Requirement, today: date, daily: bool = False) -> tuple[Entry, ...] | LeftOut:
    """Lay a row out on days.

    Args:
        row: the requirement.
        today: the calendar's first day; what was due before it is over.
        daily: whether what has to be done every day is wanted too.

    Returns:
        Its events, or why it has none.
    """
    if row.vague:
        return LeftOut.VAGUE
    if row.kind is RequirementKind.THRESHOLD:
        return LeftOut.NO_TIME
    if row.kind is RequirementKind.FREQUENCY:
        rules = tuple(_recurrences(row.value))
        wanted = [rule for rule in rules if daily or not rule.is_daily]
        found = tuple(Entry(day=_first_day(rule, today), rule=rule, chosen=True) for rule in wanted)
        return found or (LeftOut.DAILY if rules else LeftOut.ROUND_CLOCK)
    days = tuple(_due_days(row.value, row.year or today.year))
    coming = tuple(Entry(day=day) for day in days if day >= today)
    return coming or (LeftOut.PAST if days else LeftOut.RUNNING)


def _recurrences(value: str) -> Iterator[Recurrence]:
    """Read 每周至少…1次, 日检日查, 每旬…每月; the count belongs to the period before it."""
    if re.match("(?:24|二十四)小时", value):
        return
    # 每年6月底前 recurs by the year, not every six months.
    said = _DATED.sub("", value)
    found = list(_PERIOD.finditer(said))
    ends = [one.start() for one in found[1:]] + [len(said)]
    seen: set[tuple[str, int]] = set()
    for period, end in zip(found, ends, strict=True):
        unit = _PERIODS.get(period["unit"], period["unit"])
        every = int(parse_number(period["every"]) or 1) if period["every"] else 1
        counted = _COUNT.search(said, period.end(), end) or (_COUNT.search(said) if len(found) == 1 else None)
        count = int(parse_number(counted["count"]) or 1) if counted else 1
        rule = _rule(unit, max(1, every), max(1, count), value)
        if rule and (unit, every) not in seen:
            seen.add((unit, every))
            yield rule


def _rule(unit: str, every: int, count: int, value: str) -> Recurrence | None:
    """Choose days: spread over the period, and never at the very end of a month unless the words say so."""
    if unit in _MONTHS_IN:
        return _by_months(unit, every, count, value)
    days = (-1,) if re.search("月[底末]", value) else _spread(count, _SHORTEST_MONTH)
    return {
        "日": Recurrence(frequency="DAILY", interval=every),
        "工作日": Recurrence(frequency="WEEKLY", weekdays=_WORKDAYS),
        "周": Recurrence(frequency="WEEKLY", interval=every, weekdays=_WEEKDAYS.get(count, _WORKDAYS)),
        "旬": Recurrence(frequency="MONTHLY", month_days=_TEN_DAYS),
        "月": Recurrence(frequency="MONTHLY", interval=every, month_days=days),
    }.get(unit)


def _by_months(unit: str, every: int, count: int, value: str) -> Recurrence:
    """Rules of quarters, half-years and years."""
    length = _MONTHS_IN[unit]
    if unit == "年" and (named := _DAY.search(value)):
        month = min(12, max(1, int(named["month"])))
        day = min(max(1, int(named["day"])), _last_day(_COMMON_YEAR, month).day) if named["day"] else -1
        return Recurrence(frequency="YEARLY", interval=every, months=(month,), month_days=(day,))
    times = min(count, length)
    within = _spread(times, length)
    months = tuple(start + month for start in range(0, 12, length) for month in within)
    days = _spread(-(-count // length), _SHORTEST_MONTH) if count > length else (_MID_MONTH,)
    return Recurrence(frequency="YEARLY", interval=every if unit == "年" else 1, months=months, month_days=days)


def _spread(count: int, length: int) -> tuple[int, ...]:
    """Spread days (or months) evenly, from 1 to length: twice a month is the 7th and the 21st."""
    times = min(count, length)
    return tuple(dict.fromkeys(ceil((at + 0.5) * length / times) for at in range(times)))


def _first_day(rule: Recurrence, today: date) -> date:
    """The first day from today on that a rule names."""
    day = today
    while not _fits(day, rule):
        day += timedelta(days=1)
    return day


def _fits(day: date, rule: Recurrence) -> bool:
    last = calendar.monthrange(day.year, day.month)[1]
    return (
        (not rule.weekdays or _WEEK[day.weekday()] in rule.weekdays)
        and (not rule.months or day.month in rule.months)
        and (not rule.month_days or day.day in rule.month_days or day.day - last - 1 in rule.month_days)
    )


def _due_days(value: str, year: int) -> Iterator[date]:
    """Read the days by which something is due: 年底前, 3月底前, 5·12, 2024年6月30日前, 上半年内."""
    days = [day for named in _DAY.finditer(value) if (day := _named_day(named, value, year))]
    if not days and (part := _PART_OF_YEAR.search(value)):
        month = {"上": 6, "下": 12}.get(part["half"]) or 3 * "一二三四".index(part["quarter"]) + 3
        days.append(_last_day(year, month))
    if not days and (before := _BEFORE_YEAR.search(value)):
        days.append(date(_year_of(before[1], year) - 1, 12, 31))
    if not days and (within := _WITHIN_YEAR.search(value)):
        days.append(date(_year_of(within[1], year), 12, 31))
    yield from dict.fromkeys(days)


def _named_day(named: re.Match[str], value: str, year: int) -> date | None:
    """A day of the calendar; None for one that there is not (13月), and for a length of time (3月内)."""
    month, own = int(named["month"]), _year_of(named["year"], year)
    after = value[named.end() :]
    if not 1 <= month <= 12 or after.startswith(("内", "以内", "之内")):
        return None
    last = _last_day(own, month)
    if named["day"]:
        day = int(named["day"])
        return date(own, month, day) if 1 <= day <= last.day else None
    if named["part"] in _PART_ENDS:
        return date(own, month, _PART_ENDS[named["part"]])
    if named["part"] or not after.startswith(("前", "之前", "以前", "份前")):
        return last
    return date(own, month, 1) - timedelta(days=1)


def _last_day(year: int, month: int) -> date:
    return date(year, month, calendar.monthrange(year, month)[1])


def _year_of(said: str | None, year: int) -> int:
    """The year that 今, 明 or figures name."""
    if said in ("明", "次"):
        return year + 1
    return int(said) if said and said.isdigit() and _EARLIEST <= int(said) <= _LATEST else year
