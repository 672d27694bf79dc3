"""The year's record (全年记录) beside the checklist: a box for each time that something is to be done, by months."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from app.export.sheet import Column, Sheet
from app.ledger.choose import Choice
from app.ledger.model import Requirement
from app.ledger.plan import Entry, LeftOut, Recurrence, plan
from app.ledger.wording import shown_must, shown_value, shown_who
from app.web.views.ledger_sheet import title_of

_BOX, _DAILY = "□", "逐日"
_MONTHS = 12
_COLUMNS = (
    ("序号", 6),
    ("谁", 15),
    ("做什么", 26),
    ("多久一次/何时前/标准", 15),
    *((f"{n}月", 6.5) for n in range(1, 13)),
)
#: A month has four weeks and a part of one; what recurs by days does so about thirty days a month.
_WEEKS, _DAYS = 5, 30
_NOTES = (
    "□ 的个数按通知写的次数：做完一次，在当月的方框里打勾，并注明日期、签字。每周一次的，有的月只有四周。",
    "每季、每半年、每年一次的放在哪个月由程序安排，可自行调整；“逐日”的另用日检表。没有方框的：通知没有写明次数或日期。",
)


def record_sheet(rows: Sequence[Requirement], choice: Choice, today: date) -> Sheet:
    """Lay the rows out over the months of a year, under the numbers that they have in the checklist.

    Args:
        rows: the chosen rows.
        choice: the filters in force.
        today: what was due before it is over.
    """
    return Sheet(
        title=f"全年记录{title_of(choice)}",
        about=("单位：________________________    年度：____________",),
        columns=tuple(Column(name=name, width=width) for name, width in _COLUMNS),
        rows=tuple(
            (number, shown_who(row), shown_must(row), shown_value(row), *months_of(row, today))
            for number, row in enumerate(rows, 1)
        ),
        below=_NOTES,
    )


def months_of(row: Requirement, today: date) -> tuple[str | None, ...]:
    """What each month's cell holds: boxes, 逐日, or nothing.

    Args:
        row: the requirement.
        today: what was due before it is over.
    """
    entries = plan(row, today, daily=True)
    if isinstance(entries, LeftOut):
        return (None,) * _MONTHS
    cells = ["".join(_cell(entry, month) for entry in entries) for month in range(1, _MONTHS + 1)]
    return tuple(cell or None for cell in cells)


def _cell(entry: Entry, month: int) -> str:
    rule = entry.rule
    if rule is None:
        return f"{_BOX}{entry.day.year}年{entry.day.day}日前" if entry.day.month == month else ""
    if rule.is_daily:
        return _DAILY
    return _BOX * _times(rule, month)


def _times(rule: Recurrence, month: int) -> int:
    """How often a rule names a day of a month; of weeks, as often as it may be."""
    if rule.frequency in ("WEEKLY", "DAILY"):
        times = len(rule.weekdays) * _WEEKS if rule.weekdays else _DAYS
        return max(1, times // rule.interval)
    passed_over = (rule.months and month not in rule.months) or (
        rule.frequency == "MONTHLY" and month % rule.interval != 0
    )
    return 0 if passed_over else max(1, len(rule.month_days))
