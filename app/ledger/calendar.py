"""The ledger as a calendar file (.ics): recurring duties and days on which something is due."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from app.ledger.model import Requirement
from app.ledger.plan import Entry, LeftOut, Recurrence, plan

if TYPE_CHECKING:
    from icalendar import Event

_ALARM = timedelta(days=-7)
_NAME = "安全生产要求台账"
_CHOSEN = "具体日子由程序安排，可按本单位情况改动。"


def left_out(rows: Sequence[Requirement], year: int) -> dict[LeftOut, int]:
    """Count the rows that are in no calendar, by reason, the most frequent first.

    Args:
        rows: rows of the ledger.
        year: as write_calendar's.
    """
    found = Counter(one for row in rows if isinstance(one := plan(row, year), LeftOut))
    return dict(found.most_common())


def write_calendar(rows: Sequence[Requirement], year: int, stamp: datetime) -> bytes:
    """Write the rows that have days as a calendar; the same rows give the same events, whenever it is made.

    Args:
        rows: rows of the ledger.
        year: the year over which recurring duties run; a notice's own year where that is later.
        stamp: when the file is made, with its time zone.
    """
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Anwen//Ledger//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _NAME)
    for row in rows:
        own = max(year, row.year or year)
        planned = plan(row, own)
        if not isinstance(planned, LeftOut):
            for number, entry in enumerate(planned):
                made.add_component(_event(row, entry, own, number, stamp))
    return bytes(made.to_ical())


def _event(row: Requirement, entry: Entry, year: int, number: int, stamp: datetime) -> Event:
    from icalendar import Alarm, Event

    event = Event()
    event.add("uid", _uid(row, number))
    event.add("dtstamp", stamp)
    event.add("summary", f"{row.who}：{row.must}" if row.who else row.must)
    event.add("description", _description(row, entry))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("categories", [row.kind.shown, row.side.value])
    if entry.rule:
        event.add("rrule", _rule(entry.rule, year))
    else:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("description", f"还有一周到期：{row.must}")
        alarm.add("trigger", _ALARM)
        event.add_component(alarm)
    return event


def _rule(rule: Recurrence, year: int) -> dict[str, object]:
    """Write a recurrence, to the end of its year."""
    parts: dict[str, object] = {"freq": rule.frequency, "interval": rule.interval, "until": date(year, 12, 31)}
    if rule.weekdays:
        parts["byday"] = list(rule.weekdays)
    if rule.month_days:
        parts["bymonthday"] = list(rule.month_days)
    if rule.months:
        parts["bymonth"] = list(rule.months)
    return parts


def _description(row: Requirement, entry: Entry) -> str:
    lines = [
        f"多久一次/何时前：{row.value}",
        f"谁：{row.who or '原文未写明'}（适用：{row.side.value}）",
        f"原文：{row.quote}",
        f"出处：{row.notice} {row.label}（{row.heading}）",
        f"地区和年份：{row.region or '不详'}，{row.year or '年份不详'}",
        _CHOSEN if entry.chosen else "日期按通知所写。",
        "由程序按规则从条款中读出，可能有遗漏，以原文为准。",
    ]
    return "\n".join(lines)


def _uid(row: Requirement, number: int) -> str:
    """The same for the same words of the same clause, so that a calendar imported again replaces its events."""
    parts = (row.notice, row.label, str(row.start), row.quote, row.value, str(number))
    return f"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}@anwen"
