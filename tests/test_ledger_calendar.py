"""The ledger as a calendar and as a sheet, read back by the libraries."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from app.export.sheet import write_sheet
from app.ledger.calendar import left_out, write_calendar
from app.ledger.model import Requirement, RequirementKind, Side
from app.ledger.plan import Entry, LeftOut, plan
from app.ledger.read import read_requirements
from app.web.views.ledger_sheet import ledger_sheet
from corpus.model import Document

STAMP = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


def row(value: str, kind: str = "frequency", vague: bool = False, **changed: object) -> Requirement:
    """A row of a made notice of 2024."""
    given = {
        "notice": "甲政发〔2024〕1号", "label": "一、（一）", "heading": "落实责任", "region": "泽州县", "year": 2024,
        "who": "企业", "side": Side.ENTERPRISE, "must": "开展排查", "kind": kind, "value": value, "vague": vague,
        "quote": f"企业{value}开展排查", "start": 3, **changed,
    }  # fmt: skip
    return Requirement.model_validate(given)


@pytest.mark.parametrize(
    ("value", "first", "frequency", "interval", "weekdays", "days", "months"),
    [
        ("日检日查", "2026-01-01", "DAILY", 1, (), (), ()),
        ("每日16时前", "2026-01-01", "DAILY", 1, (), (), ()),
        ("每周至少…1次", "2026-01-05", "WEEKLY", 1, ("MO",), (), ()),
        ("每周…2次", "2026-01-01", "WEEKLY", 1, ("MO", "TH"), (), ()),
        ("每两周…一次", "2026-01-05", "WEEKLY", 2, ("MO",), (), ()),
        ("每旬", "2026-01-05", "MONTHLY", 1, (), (5, 15, 25), ()),
        ("每月至少…一次", "2026-01-14", "MONTHLY", 1, (), (14,), ()),
        ("每月…至少2次", "2026-01-07", "MONTHLY", 1, (), (7, 21), ()),
        ("每月底前", "2026-01-31", "MONTHLY", 1, (), (-1,), ()),
        ("每两个月…一次", "2026-01-14", "MONTHLY", 2, (), (14,), ()),
        ("每季度至少…一次", "2026-02-15", "YEARLY", 1, (), (15,), (2, 5, 8, 11)),
        ("每半年至少…一次", "2026-03-15", "YEARLY", 1, (), (15,), (3, 9)),
        ("每年至少…2次", "2026-03-15", "YEARLY", 1, (), (15,), (3, 9)),
        ("每年6月底前", "2026-06-30", "YEARLY", 1, (), (-1,), (6,)),
        ("两年一次", "2026-06-15", "YEARLY", 2, (), (15,), (6,)),
        ("每年…13次", "2026-01-07", "YEARLY", 1, (), (7, 21), tuple(range(1, 13))),
    ],
)
def test_periods_become_rules(
    value: str, first: str, frequency: str, interval: int,
    weekdays: tuple[str, ...], days: tuple[int, ...], months: tuple[int, ...],
) -> None:  # fmt: skip
    planned = plan(row(value), 2026)
    assert not isinstance(planned, LeftOut)
    (entry,) = planned
    assert entry.rule
    assert (entry.day.isoformat(), entry.rule.frequency, entry.rule.interval) == (first, frequency, interval)
    assert (entry.rule.weekdays, entry.rule.month_days, entry.rule.months) == (weekdays, days, months)
    assert entry.chosen


@pytest.mark.parametrize(
    ("value", "days"),
    [
        ("年底前", ["2024-12-31"]),
        ("年内至少…一次", ["2024-12-31"]),
        ("超过3年…年内", ["2024-12-31"]),
        ("3月底前", ["2024-03-31"]),
        ("6月前", ["2024-05-31"]),
        ("2025年6月30日前", ["2025-06-30"]),
        ("2月30日", None),
        ("上半年内", ["2024-06-30"]),
        ("第三季度前", ["2024-09-30"]),
        ("5·12…7·28", ["2024-05-12", "2024-07-28"]),
        ("2026年前", ["2025-12-31"]),
        ("明年3月15日前", ["2025-03-15"]),
        ("10个月至1年内", None),
        ("3个月内", None),
        ("为期一年", None),
        ("1小时内", None),
    ],
)
def test_deadlines_become_days(value: str, days: list[str] | None) -> None:
    planned = plan(row(value, "deadline"), 2026)
    if days is None:
        assert planned is LeftOut.RUNNING
    else:
        assert not isinstance(planned, LeftOut)
        assert planned == tuple(Entry(day=date.fromisoformat(day)) for day in days)


def test_what_has_no_day_is_left_out_and_counted() -> None:
    rows = [
        row("定期", vague=True), row("常态化", vague=True), row("24小时"), row("每班"), row("三级以内", "threshold"),
        row("3个月内", "deadline"), row("每日"),
    ]  # fmt: skip
    assert left_out(rows, 2026) == {
        LeftOut.VAGUE: 2, LeftOut.ROUND_CLOCK: 2, LeftOut.NO_TIME: 1, LeftOut.RUNNING: 1,
    }  # fmt: skip


def test_calendar_reads_back(documents: dict[str, Document]) -> None:
    rows = [one for document in documents.values() for one in read_requirements(document)]
    raw = write_calendar(rows, 2026, STAMP)
    events = Calendar.from_ical(raw).walk("VEVENT")
    assert len(events) >= len(rows) - sum(left_out(rows, 2026).values()) > 20
    assert len({str(event["UID"]) for event in events}) == len(events)
    daily = next(event for event in events if "日检日查" in event["SUMMARY"])
    assert daily["SUMMARY"] == "企业厂矿（车间）：日检日查"
    assert daily["RRULE"].to_ical() == b"FREQ=DAILY;UNTIL=20261231;INTERVAL=1"
    assert daily.decoded("DTSTART") == date(2026, 1, 1)
    assert daily.decoded("DTSTAMP") == STAMP
    said = str(daily["DESCRIPTION"])
    for words in ("企业厂矿（车间）要日检日查、立查立改", "一、（四）", "〔202", "泽州县", "可按本单位情况改动"):
        assert words in said
    due = next(event for event in events if "集中培训" in event["SUMMARY"])
    assert due.decoded("DTSTART") == date(2024, 12, 31)
    (alarm,) = due.walk("VALARM")
    assert alarm.decoded("TRIGGER") == timedelta(days=-7)
    later = Calendar.from_ical(write_calendar(rows, 2026, STAMP + timedelta(days=9))).walk("VEVENT")
    assert [one["UID"] for one in later] == [one["UID"] for one in events]
    assert write_calendar(rows, 2026, STAMP) == raw


def test_calendar_escapes_what_is_written_in_a_notice() -> None:
    hostile = "查；,\\n\nEND:VEVENT\r\nBEGIN:VEVENT"
    raw = write_calendar([row("每日", must=hostile, quote=hostile)], 2026, STAMP)
    (event,) = Calendar.from_ical(raw).walk("VEVENT")
    assert "BEGIN:VEVENT" in event["SUMMARY"]
    assert raw.count(b"\r\nBEGIN:VEVENT\r\n") == 1


def test_sheet_has_the_rows_and_room_for_the_hand() -> None:
    assert RequirementKind.FREQUENCY.shown == "频次"
    rows = [
        row("每日", responsible=("县应急局", "县公安局")),
        row("三级以内", "threshold", who="", must="=1+1", industries=("煤矿",)),
    ]
    page = load_workbook(io.BytesIO(write_sheet(ledger_sheet(rows, "适用 企业，地区 泽州县")))).active
    lines = [[cell.value for cell in line] for line in page.iter_rows()]
    assert "共 2 条。筛选：适用 企业，地区 泽州县。" in [line[0] for line in lines]
    head = next(at for at, line in enumerate(lines) if line[0] == "序号")
    assert lines[head][1:4] == ["谁（责任主体）", "必须做什么", "多久一次/何时前/标准"]
    assert lines[head + 1] == [
        1, "企业", "开展排查", "每日", "频次", "企业", "通用", "泽州县", 2024, "甲政发〔2024〕1号", "一、（一）",
        "企业每日开展排查", "县应急局、县公安局", None, None,
    ]  # fmt: skip
    assert lines[head + 2][1:8] == ["（原文未写明）", "=1+1", "三级以内", "标准", "企业", "煤矿", "泽州县"]
    assert page.cell(head + 3, 3).data_type == "s"  # no formula
    assert lines[head][-2:] == ["完成情况", "备注"]
    assert len(lines) == head + 3
