"""The ledger as a calendar file (.ics): recurring duties and days on which something is due, twelve months on."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from app.ledger.model import Requirement
from app.ledger.plan import Entry, LeftOut, Recurrence, last_day, plan
from app.ledger.wording import shown_must, shown_value, shown_who

if TYPE_CHECKING:
    from icalendar import Alarm, Event

#: So many days before, by how often the duty recurs; None: a day on which something is due.
_DAYS_BEFORE = {"WEEKLY": 1, "MONTHLY": 3, "YEARLY": 7, None: 7}
_MORNING = timedelta(hours=9)
_NAME = "安全生产要求台账"
_CHOSEN = "具体日子由程序安排，可按本单位情况改动。"


def left_out(rows: Sequence[Requirement], today: date, daily: bool = False) -> dict[LeftOut, int]:
    """Count the rows that are in no calendar, by reason, the most frequent first.

    Args:
        rows: rows of the ledger.
        today: as write_calendar's.
        daily: as write_calendar's.
    """
    found = Counter(one for row in rows if isinstance(one := plan(row, today, daily), LeftOut))
    return dict(found.most_common())


def say_calendar(rows: Sequence[Requirement], today: date, daily: bool = False) -> str:
    """Say over which days the calendar runs, and what is not in it, for the page and the file.

    Args:
        rows: rows of the ledger.
        today: as write_calendar's.
        daily: as write_calendar's.
    """
    missing = left_out(rows, today, daily)
    held = len(rows) - sum(missing.values())
    said = [f"日历从 {today} 到 {last_day(today)}（十二个月），收入 {held} 条，事前有提醒（每天的除外）。"]
    if every_day := missing.pop(LeftOut.DAILY, 0):
        said.append(f"{LeftOut.DAILY.value} {every_day} 条未列入日历（勾选“每日事项也列入”后列入）。")
    if missing:
        said.append(
            "另有未列入的：" + "；".join(f"{reason.value} {count} 条" for reason, count in missing.items()) + "。"
        )
    return "".join(said)


def write_calendar(rows: Sequence[Requirement], today: date, stamp: datetime, daily: bool = False) -> bytes:
    """Write the rows that have days as a calendar; the same rows give the same events, whenever it is made.

    Args:
        rows: rows of the ledger.
        today: the first of the twelve months over which recurring duties run; what was due before is left out.
        stamp: when the file is made, with its time zone.
        daily: whether what has to be done every day is wanted too.
    """
    from icalendar import Calendar

    made = Calendar()
    made.add("prodid", "-//Anwen//Ledger//ZH")
    made.add("version", "2.0")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", _NAME)
    made.add("x-wr-caldesc", say_calendar(rows, today, daily))
    for row in rows:
        planned = plan(row, today, daily)
        if not isinstance(planned, LeftOut):
            for number, entry in enumerate(planned):
                made.add_component(_event(row, entry, last_day(today), number, stamp))
    return bytes(made.to_ical())


def _event(row: Requirement, entry: Entry, until: date, number: int, stamp: datetime) -> Event:
    from icalendar import Event

    event, must = Event(), shown_must(row)
    event.add("uid", _uid(row, number))
    event.add("dtstamp", stamp)
    event.add("summary", f"{row.who}：{must}" if row.who else must)
    event.add("description", _description(row, entry))
    event.add("dtstart", entry.day)
    event.add("dtend", entry.day + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("categories", [row.kind.shown, row.side.shown])
    if entry.rule:
        event.add("rrule", _rule(entry.rule, until))
    if not (entry.rule and entry.rule.is_daily):
        event.add_component(_alarm(must, entry.rule))
    return event


def _alarm(must: str, rule: Recurrence | None) -> Alarm:
    """Remind at nine in the morning, the earlier the seldomer."""
    from icalendar import Alarm

    days = _DAYS_BEFORE.get(rule.frequency if rule else None, 1)
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"还有 {days} 天：{must}")
    alarm.add("trigger", _MORNING - timedelta(days=days))
    return alarm


def _rule(rule: Recurrence, until: date) -> dict[str, object]:
    """Write a recurrence, to the calendar's last day."""
    parts: dict[str, object] = {"freq": rule.frequency, "interval": rule.interval, "until": until}
    if rule.weekdays:
        parts["byday"] = list(rule.weekdays)
    if rule.month_days:
        parts["bymonthday"] = list(rule.month_days)
    if rule.months:
        parts["bymonth"] = list(rule.months)
    return parts


def _description(row: Requirement, entry: Entry) -> str:
    sources = "；".join(f"{one.notice} {one.label}" for one in row.bases)
    lines = [
        f"多久一次/何时前：{shown_value(row)}",
        f"谁：{shown_who(row)}（适用：{row.side.shown}）",
        f"原文：{row.quote}",
        f"出处：{sources}（{row.heading}）",
        f"地区和年份：{row.region or '不详'}，{row.year or '年份不详'}",
        _CHOSEN if entry.chosen else "日期按通知所写。",
        "由程序按规则从条款中读出，可能有遗漏，以原文为准。",
    ]
    return "\n".join(lines)


def _uid(row: Requirement, number: int) -> str:
    """The same for the same words of the same clause, so that a calendar imported again replaces its events."""
    parts = (row.notice, row.label, str(row.start), row.quote, row.value, str(number))
    return f"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:32]}@anwen"
