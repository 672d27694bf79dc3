"""The ledger as sheets that can be handed out: a checklist to print and fill in by hand, and one of all columns."""

from __future__ import annotations

from collections.abc import Sequence

from app.export.sheet import Column, Sheet
from app.ledger.choose import GENERAL, Choice
from app.ledger.model import Requirement
from app.ledger.wording import shown_must, shown_value, shown_who
from app.web.views.ledger_choice import say_choice

CAUTION = "由程序按规则从条款中读出，可能有遗漏，以原文为准。"
BOTH = "“企业和政府”：原文是政府督促别人去做的，或者没写谁来做、但说的是企业的事；企业和政府都要看。"
#: To be read at arm's length on a wall: few columns, in a size that A4 does not shrink.
_CHECK_COLUMNS = (
    ("序号", 6), ("谁", 17), ("做什么", 22), ("多久一次/何时前/标准", 14), ("依据（文号 条款）", 18), ("原文", 32),
    ("完成情况", 13), ("签字/日期", 12),
)  # fmt: skip
_CHECK_SIZE = 14
_COLUMNS = (
    ("序号", 5), ("谁（责任主体）", 14), ("必须做什么", 24), ("多久一次/何时前/标准", 12), ("类别", 6), ("适用", 8),
    ("行业", 9), ("地区", 8), ("年份", 7), ("文号", 12), ("条款", 10), ("原文", 34), ("监管责任单位（政府）", 18),
    ("完成情况", 12), ("备注", 9),
)  # fmt: skip


def check_sheet(rows: Sequence[Requirement], left: int, choice: Choice) -> Sheet:
    """Lay the rows out as a checklist; the last two columns, the unit and the year are filled in by hand.

    Args:
        rows: the chosen rows.
        left: rows that the user ticked off.
        choice: the filters in force.
    """
    return Sheet(
        title=f"检查台账{title_of(choice)}",
        about=("单位：________________________    年度：____________", *_basis(rows)),
        columns=tuple(Column(name=name, width=width) for name, width in _CHECK_COLUMNS),
        rows=tuple(
            (
                number, shown_who(row), shown_must(row), shown_value(row),
                "\n".join(f"{one.notice} {one.label}" for one in row.bases), row.quote, None, None,
            )
            for number, row in enumerate(rows, 1)
        ),
        below=_about(rows, choice, left),
        size=_CHECK_SIZE,
    )  # fmt: skip


def title_of(choice: Choice) -> str:
    """What a sheet's title names of the filters: （高平市 冶金工贸）."""
    of = " ".join(one for one in (choice.region, choice.industry) if one)
    return f"（{of}）" if of else ""


def _basis(rows: Sequence[Requirement]) -> tuple[str, ...]:
    """Which notices, of which years, the rows were read off: they may have been followed by others."""
    notices = dict.fromkeys(basis.notice for row in rows for basis in row.bases)
    years = sorted({basis.year for row in rows for basis in row.bases if basis.year})
    if not notices:
        return ()
    of = f"{'、'.join(map(str, years))}年的通知：" if years else ""
    return (f"依据{of}{'、'.join(notices)}。收到新通知后请重新导出。",)


def full_sheet(rows: Sequence[Requirement], left: int, choice: Choice) -> Sheet:
    """Lay the rows out with all columns; 完成情况 and 备注 are left to be filled in by hand.

    Args:
        rows: the chosen rows.
        left: rows that the user ticked off.
        choice: the filters in force.
    """
    both = (BOTH,) if any(row.side.value != row.side.shown for row in rows) else ()
    return Sheet(
        title="安全生产要求台账",
        about=(*_about(rows, choice, left), "“完成情况”和“备注”由使用单位填写。", *both),
        columns=tuple(Column(name=name, width=width) for name, width in _COLUMNS),
        rows=tuple(_cells(number, row) for number, row in enumerate(rows, 1)),
    )


def say_joined(rows: Sequence[Requirement]) -> str:
    """Say how many rows of places above were joined; "" where none was."""
    joined = sum(len(row.also) for row in rows)
    return f"上级通知里几乎一字不差的 {joined} 条，已并入本地的同一条，依据都列出。" if joined else ""


def _about(rows: Sequence[Requirement], choice: Choice, left: int) -> tuple[str, ...]:
    ticked_off = f"另有 {left} 条由使用者取消勾选，未列入。" if left else ""
    return (f"共 {len(rows)} 条。筛选：{say_choice(choice)}。{say_joined(rows)}{ticked_off}", CAUTION)


def _cells(number: int, row: Requirement) -> tuple[str | int | None, ...]:
    notices, labels, regions = (
        "；\n".join(parts)
        for parts in (
            [one.notice for one in row.bases], [one.label for one in row.bases], [one.region for one in row.bases],
        )
    )  # fmt: skip
    return (
        number, shown_who(row), shown_must(row), shown_value(row), row.kind.shown, row.side.shown,
        "、".join(row.industries) or GENERAL, regions, row.year, notices, labels, row.quote,
        "、".join(row.responsible), None, None,
    )  # fmt: skip
