"""责任清单 as spreadsheets: the list of one office, or the matrix of a notice."""

from __future__ import annotations

from app.duty.model import Charge, NoticeDuties, OfficeDuties, Part
from app.export.sheet import Column, Sheet
from app.web.views.duties import named
from app.web.views.duty_matrix import parts_of

CAUTION = "依据条款后括号里写明的责任单位，由程序读出，以原文为准；没有写明“牵头”的不算牵头。"
_LIST = (("序号", 5), ("承担方式", 9), ("括号用词", 12), ("条款", 18), ("标题", 24), ("同列单位", 34),
         ("责任单位原文", 44), ("只限的内容", 44), ("完成情况", 14))  # fmt: skip
#: Offices beside each other in a sheet; more would print too small to be read.
_MOST_OFFICES = 60


def office_sheet(notice: NoticeDuties, office: OfficeDuties) -> Sheet:
    """Lay out what one office is charged with; behind it what is written for classes of offices, unnamed.

    Args:
        notice: its notice.
        office: the office.
    """
    charges = (*office.named, *office.of(Part.PROVISO))
    rows = [_cells(number, one, one.part.value) for number, one in enumerate(charges, 1)]
    if not office.is_group and not office.of(Part.PROVISO):
        unnamed = [(group, one) for group in notice.groups for one in group.charges]
        rows += [
            _cells(number, one, f"未点名：{group.name}") for number, (group, one) in enumerate(unnamed, len(rows) + 1)
        ]
    counts = "，".join(f"{part.value} {office.count(part)} 条" for part in Part)
    return Sheet(
        title=f"{office.name}责任清单",
        about=(
            f"{named(notice)}：{counts}。“未点名”的条款只写了一类单位，本单位如属其中也应负责。",
            f"{CAUTION}“完成情况”由使用单位填写。",
        ),
        columns=tuple(Column(name=name, width=width) for name, width in _LIST),
        rows=tuple(rows),
    )


def _cells(number: int, charge: Charge, part: str) -> tuple[str | int | None, ...]:
    basis = f"依据 {charge.source} {charge.bracket}" if charge.source else charge.bracket
    return (
        number, part, charge.role, charge.label, charge.heading, "、".join(charge.others), basis,
        charge.bound or "整条", None,
    )  # fmt: skip


def matrix_sheet(notice: NoticeDuties) -> Sheet:
    """Lay out a notice: clauses under each other, offices beside each other, so that a clause fits on a line.

    Args:
        notice: its duties.
    """
    offices = notice.everyone[:_MOST_OFFICES]
    parts = [parts_of(one) for one in offices]
    hidden = len(notice.everyone) - len(offices)
    note = f"另有 {hidden} 个单位未列，请按单位导出。" if hidden else ""
    return Sheet(
        title=f"{named(notice)}责任清单",
        about=(f"牵头、参与、兜底（通知前面写“以下均需……负责”）；空格为未写。{note}", CAUTION),
        columns=(
            Column(name="条款", width=14),
            Column(name="标题", width=26),
            *(Column(name=one.name, width=8) for one in offices),
        ),
        rows=tuple(
            (
                clause.label,
                clause.heading,
                *(mine[clause.label].value if clause.label in mine else None for mine in parts),
            )
            for clause in notice.clauses
        ),
    )
