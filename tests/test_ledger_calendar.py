"""The ledger as a calendar and as a sheet, read back by the libraries."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime, timedelta

import pytest
from icalendar import Calendar
from openpyxl import load_workbook

from app.export.sheet import write_sheet
from app.ledger.calendar import left_out, say_calendar, write_calendar
from app.ledger.choose import Choice
from app.ledger.model import Basis, Requirement, Side
from app.ledger.plan import Entry, LeftOut, last_day, plan
from app.ledger.read import read_requirements
from app.web.views.ledger_record import months_of, record_sheet
from app.web.views.ledger_sheet import check_sheet, full_sheet
from corpus.model import Document

TODAY = date(2026, 1, 1)
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
    planned = plan(row(value), TODAY, daily=True)
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
    planned = plan(row(value, "deadline"), date(2024, 1, 1))
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
    held = {LeftOut.VAGUE: 2, LeftOut.ROUND_CLOCK: 2, LeftOut.NO_TIME: 1, LeftOut.RUNNING: 1}
    assert left_out(rows, TODAY) == held | {LeftOut.DAILY: 1}
    assert left_out(rows, TODAY, daily=True) == held
    assert "每天都要做的 1 条未列入日历" in say_calendar(rows, TODAY)
    assert "每天都要做的" not in say_calendar(rows, TODAY, daily=True)


def test_the_calendar_begins_today_and_runs_twelve_months() -> None:
    today = date(2026, 11, 22)
    assert last_day(today) == date(2027, 11, 21)
    assert last_day(date(2024, 2, 29)) == date(2025, 2, 27)
    for value, first in (("每周…1次", "2026-11-23"), ("每季度…一次", "2027-02-15"), ("每年6月底前", "2027-06-30")):
        planned = plan(row(value), today)
        assert not isinstance(planned, LeftOut)
        assert planned[0].day.isoformat() == first
    raw = write_calendar([row("每周…1次"), row("每日…1次"), row("年底前", "deadline")], today, STAMP)
    made = Calendar.from_ical(raw)
    (event,) = made.walk("VEVENT")
    assert event["RRULE"].to_ical() == b"FREQ=WEEKLY;UNTIL=20271121;INTERVAL=1;BYDAY=MO"
    assert "从 2026-11-22 到 2027-11-21（十二个月），收入 1 条" in made["X-WR-CALDESC"]
    assert "期限在今天以前的 1 条" in made["X-WR-CALDESC"]  # 年底前 of a notice of 2024


@pytest.mark.parametrize(
    ("value", "kind", "before"),
    [
        ("每周…1次", "frequency", timedelta(hours=-15)),
        ("每月…2次", "frequency", timedelta(days=-3, hours=9)),
        ("每季度…1次", "frequency", timedelta(days=-7, hours=9)),
        ("2026年6月30日前", "deadline", timedelta(days=-7, hours=9)),
        ("日检日查", "frequency", None),
        ("每个工作日", "frequency", None),
    ],
)
def test_what_is_not_daily_has_a_reminder(value: str, kind: str, before: timedelta | None) -> None:
    raw = write_calendar([row(value, kind)], TODAY, STAMP, daily=True)
    (event,) = Calendar.from_ical(raw).walk("VEVENT")
    assert [one.decoded("TRIGGER") for one in event.walk("VALARM")] == ([before] if before else [])
    assert bool(Calendar.from_ical(write_calendar([row(value, kind)], TODAY, STAMP)).walk("VEVENT")) is bool(before)


@pytest.mark.parametrize("today", [date(2024, 1, 1), date(2026, 11, 22)])
def test_nothing_is_over_on_the_first_day(documents: dict[str, Document], today: date) -> None:
    for document in documents.values():
        for one in read_requirements(document):
            planned = plan(one, today, daily=True)
            assert isinstance(planned, LeftOut) or all(entry.day >= today for entry in planned)


def test_calendar_reads_back(documents: dict[str, Document]) -> None:
    rows = [one for document in documents.values() for one in read_requirements(document)]
    today = date(2024, 3, 1)
    raw = write_calendar(rows, today, STAMP, daily=True)
    events = Calendar.from_ical(raw).walk("VEVENT")
    assert len(events) >= len(rows) - sum(left_out(rows, today, daily=True).values()) > 20
    assert len({str(event["UID"]) for event in events}) == len(events)
    daily = next(event for event in events if "日检日查" in event["SUMMARY"])
    assert daily["SUMMARY"] == "企业厂矿（车间）：日检日查、立查立改"
    assert daily["RRULE"].to_ical() == b"FREQ=DAILY;UNTIL=20250228;INTERVAL=1"
    assert daily.decoded("DTSTART") == today
    assert daily.decoded("DTSTAMP") == STAMP
    said = str(daily["DESCRIPTION"])
    for words in ("企业厂矿（车间）要日检日查、立查立改", "一、（四）", "〔202", "泽州县", "可按本单位情况改动"):
        assert words in said
    due = next(event for event in events if "集中培训" in event["SUMMARY"])
    assert due.decoded("DTSTART") == date(2024, 12, 31)
    later = Calendar.from_ical(write_calendar(rows, today, STAMP + timedelta(days=9), daily=True)).walk("VEVENT")
    assert [one["UID"] for one in later] == [one["UID"] for one in events]
    assert write_calendar(rows, today, STAMP, daily=True) == raw


def test_calendar_escapes_what_is_written_in_a_notice() -> None:
    hostile = "查；,\\n\nEND:VEVENT\r\nBEGIN:VEVENT"
    raw = write_calendar([row("每日", must=hostile, quote=hostile)], TODAY, STAMP, daily=True)
    (event,) = Calendar.from_ical(raw).walk("VEVENT")
    assert "BEGIN:VEVENT" in event["SUMMARY"]
    assert raw.count(b"\r\nBEGIN:VEVENT\r\n") == 1


def lines_of(raw: bytes) -> tuple[list[list[object]], int]:
    """The cells of a sheet, and which line is the table's head."""
    lines = [[cell.value for cell in line] for line in load_workbook(io.BytesIO(raw)).active.iter_rows()]
    return lines, next(at for at, line in enumerate(lines) if line[0] == "序号")


CHOICE = Choice(side=Side.ENTERPRISE, region="泽州县", with_above=False, industry="煤矿")
ABOVE = Basis(notice="乙政发〔2024〕2号", label="二、", region="山西省", year=2024, start=0, end=5)


def test_sheet_of_all_columns_has_the_rows_and_room_for_the_hand() -> None:
    rows = [
        row("每日", responsible=("县应急局", "县公安局"), also=(ABOVE,)),
        row("三级以内", "threshold", who="", must="=1+1", industries=("煤矿",), side=Side.BOTH),
    ]
    raw = write_sheet(full_sheet(rows, 1, CHOICE))
    lines, head = lines_of(raw)
    said = str(lines[1][0])
    assert "共 2 条。筛选：适用 企业，地区 泽州县（不含上级通知），行业 煤矿（含通用）。" in said
    assert "1 条，已并入本地的同一条" in said
    assert "另有 1 条由使用者取消勾选" in said
    assert lines[head][1:4] == ["谁（责任主体）", "必须做什么", "多久一次/何时前/标准"]
    assert lines[head][12] == "监管责任单位（政府）"
    assert lines[head + 1] == [
        1, "企业", "开展排查", "每日", "频次", "企业", "通用", "泽州县；\n山西省", 2024,
        "甲政发〔2024〕1号；\n乙政发〔2024〕2号", "一、（一）；\n二、", "企业每日开展排查", "县应急局、县公安局",
        None, None,
    ]  # fmt: skip
    assert lines[head + 2][1:6] == ["原文未写明", "=1+1", "三级以内", "标准", "企业和政府"]
    assert load_workbook(io.BytesIO(raw)).active.cell(head + 3, 3).data_type == "s"  # no formula
    assert lines[head][-2:] == ["完成情况", "备注"]
    assert any(str(line[0]).startswith("“企业和政府”：") for line in lines[:head])
    assert len(lines) == head + 3


def test_checklist_has_eight_columns_in_large_letters() -> None:
    raw = write_sheet(check_sheet([row("每日", also=(ABOVE,))], 0, CHOICE))
    lines, head = lines_of(raw)
    assert lines[0][0] == "检查台账（泽州县 煤矿）"
    assert str(lines[1][0]).startswith("单位：____")
    assert "年度：____" in str(lines[1][0])
    assert lines[head] == [
        "序号", "谁", "做什么", "多久一次/何时前/标准", "依据（文号 条款）", "原文", "完成情况", "签字/日期"
    ]  # fmt: skip
    assert lines[head + 1] == [
        1, "企业", "开展排查", "每日", "甲政发〔2024〕1号 一、（一）\n乙政发〔2024〕2号 二、", "企业每日开展排查",
        None, None,
    ]  # fmt: skip
    page = load_workbook(io.BytesIO(raw)).active
    assert page.cell(head + 2, 6).font.size == 14
    # Four lines of 依据, at 14 points each: none is cut off.
    assert page.row_dimensions[head + 2].height > 4 * 14
    full, full_head = full_sheet([row("每日")], 0, CHOICE), 4
    assert load_workbook(io.BytesIO(write_sheet(full))).active.cell(full_head + 2, 6).font.size == 11
    assert lines[2][0] == "依据2024年的通知：甲政发〔2024〕1号、乙政发〔2024〕2号。收到新通知后请重新导出。"
    assert [str(line[0])[:4] for line in lines[head + 2 :]] == ["共 1 ", "由程序按"], "how it came about stands below"
    assert lines_of(write_sheet(check_sheet([], 0, Choice())))[0][0][0] == "检查台账"


@pytest.mark.parametrize(
    ("value", "months"),
    [
        ("每日", ["逐日"] * 12),
        ("每周至少1次", ["□□□□□"] * 12),
        ("每月至少2次", ["□□"] * 12),
        ("每季度1次", [None, "□", None] * 4),
        ("每半年2次", [None, "□", None, None, "□", None] * 2),
        ("每年6月", [None] * 5 + ["□"] + [None] * 6),
        ("每两个月一次", [None, "□"] * 6),
        ("定期", [None] * 12),
    ],
)
def test_a_year_has_a_box_for_each_time(value: str, months: list[str | None]) -> None:
    assert list(months_of(row(value, vague=value == "定期"), date(2026, 11, 22))) == months


def test_a_deadline_stands_in_its_month_until_it_is_over() -> None:
    due = row("2027年3月底前", "deadline")
    assert months_of(due, date(2026, 11, 22))[2] == "□2027年31日前"
    assert months_of(due, date(2027, 4, 1)) == (None,) * 12


def test_the_record_is_the_second_sheet_with_the_checklist_s_numbers() -> None:
    rows = [row("每日"), row("每周至少1次", must="=排查")]
    raw = write_sheet(check_sheet(rows, 0, CHOICE), record_sheet(rows, CHOICE, date(2026, 11, 22)))
    book = load_workbook(io.BytesIO(raw))
    assert book.sheetnames == ["检查台账（泽州县 煤矿）", "全年记录（泽州县 煤矿）"]
    page = book["全年记录（泽州县 煤矿）"]
    lines = [[cell.value for cell in line] for line in page.iter_rows()]
    assert lines[2][4:] == [f"{month}月" for month in range(1, 13)]
    assert [line[0] for line in lines[3:5]] == [1, 2]
    assert (lines[4][2], page.cell(5, 3).data_type) == ("=排查", "s")
    assert str(lines[5][0]).startswith("□ 的个数按通知写的次数")
    assert (page.page_setup.orientation, page.freeze_panes) == ("landscape", "A4")
