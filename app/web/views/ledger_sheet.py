"""The ledger as a sheet that can be handed out: what columns it has, and what is said above them."""

from __future__ import annotations

from collections.abc import Sequence

from app.export.sheet import Column, Sheet
from app.ledger.choose import GENERAL
from app.ledger.model import Requirement

CAUTION = "由程序按规则从条款中读出，可能有遗漏，以原文为准。"
#: Narrow enough that a printed A4 page is still read with ease.
_COLUMNS = (
    ("序号", 5), ("谁（责任主体）", 14), ("必须做什么", 24), ("多久一次/何时前/标准", 12), ("类别", 6), ("适用", 6),
    ("行业", 9), ("地区", 8), ("年份", 7), ("文号", 12), ("条款", 10), ("原文", 34), ("责任单位", 18), ("完成情况", 12),
    ("备注", 9),
)  # fmt: skip


def ledger_sheet(rows: Sequence[Requirement], filters: str) -> Sheet:
    """Lay the rows out; 完成情况 and 备注 are left to be filled in by hand.

    Args:
        rows: the chosen rows.
        filters: the filters in force, in words.
    """
    return Sheet(
        title="安全生产要求台账",
        about=(f"共 {len(rows)} 条。筛选：{filters}。", CAUTION + "“完成情况”和“备注”由使用单位填写。"),
        columns=tuple(Column(name=name, width=width) for name, width in _COLUMNS),
        rows=tuple(_cells(number, row) for number, row in enumerate(rows, 1)),
    )


def _cells(number: int, row: Requirement) -> tuple[str | int | None, ...]:
    return (
        number, row.who or "（原文未写明）", row.must, row.value, row.kind.shown, row.side.value,
        "、".join(row.industries) or GENERAL, row.region, row.year, row.notice, row.label, row.quote,
        "、".join(row.responsible), None, None,
    )  # fmt: skip
