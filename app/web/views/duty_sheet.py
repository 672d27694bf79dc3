"""责任清单 as spreadsheets: the list of one office, or the matrix of a notice."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.duty.mention import Mention
from app.duty.model import Charge, NoticeDuties, OfficeDuties, Part
from app.export.sheet import Column, Sheet
from app.web.views.duties import also_of, counts_of, named, proviso_of
from app.web.views.duty_matrix import parts_of

CAUTION = (
    "依据条款后括号里写明的责任单位，由程序读出，以原文为准；没有写明“牵头”的不算牵头，写有“等部门”的不算独自负责。"
)
_LIST = (("序号", 5), ("承担方式", 11), ("括号用词", 12), ("条款", 18), ("标题", 24), ("条款内容", 60),
         ("同列单位", 30), ("责任单位原文", 36), ("完成情况", 14))  # fmt: skip
#: So much of a clause tells what the duty is; more would make the rows too tall to print.
_LONGEST_TEXT = 1000
_NOT_IN_FILES = re.compile(r'[\\/:*?"<>|\x00-\x1f\x7f]+')
#: Offices beside each other in a sheet; more would print too small to be read.
_MOST_OFFICES = 60


def office_sheet(notice: NoticeDuties, office: OfficeDuties, mentions: Sequence[Mention] = ()) -> Sheet:
    """Lay out what one office is charged with; behind it what is written for classes of offices, unnamed.

    Args:
        notice: its notice.
        office: the office.
        mentions: the sentences that speak of it; they come last.
    """
    charges = (*office.named, *office.of(Part.PROVISO))
    rows = [_cells(number, one, one.part.value) for number, one in enumerate(charges, 1)]
    if not office.is_group and not office.of(Part.PROVISO):
        unnamed = [(group, one) for group in notice.groups for one in group.charges]
        rows += [
            _cells(number, one, f"未点名：{group.name}") for number, (group, one) in enumerate(unnamed, len(rows) + 1)
        ]
    rows += [
        (number, "正文提到", "", one.label, one.heading, one.text, "", "", None)
        for number, one in enumerate(mentions, len(rows) + 1)
    ]
    counts = "，".join(f"{part.value} {count} 条" for part, count in counts_of(office))
    return Sheet(
        title=f"{office.name}责任清单",
        about=(
            f"{named(notice)}：{counts}。“未点名”的条款只写了一类单位，本单位如属其中也应负责；“正文提到”的是不是本单位的事，请看原文。",
            f"{CAUTION}“完成情况”由使用单位填写。",
        ),
        columns=tuple(Column(name=name, width=width) for name, width in _LIST),
        rows=tuple(rows),
    )


def _cells(number: int, charge: Charge, part: str) -> tuple[str | int | None, ...]:
    basis = f"依据{charge.source}“{proviso_of(charge)}”" if charge.source else charge.bracket
    others = "" if charge.source else "；".join(one for one in ("、".join(charge.others), also_of(charge)) if one)
    return (number, part, charge.role, charge.label, charge.heading, _content(charge), others, basis, None)


def _content(charge: Charge) -> str:
    """What the duty is: the clause's own words, or those of the part that the bracket binds."""
    words = charge.bound or charge.text
    cut = f"{words[:_LONGEST_TEXT]}…" if len(words) > _LONGEST_TEXT else words
    return f"（只限本条的一部分）{cut}" if charge.bound else cut


def file_name(notice: NoticeDuties, office: OfficeDuties | None) -> str:
    """What the file is called: 责任清单_泽政发〔2024〕1号_县应急管理局.xlsx, without what no file name may hold."""
    parts = ("责任清单", notice.notice, *((office.name,) if office else ()))
    return f"{_NOT_IN_FILES.sub('', '_'.join(part[:60] for part in parts))}.xlsx"


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
        about=(f"{'、'.join(Part)}（通知前面写“以下均需……负责”）；空格为未写。{note}", CAUTION),
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
