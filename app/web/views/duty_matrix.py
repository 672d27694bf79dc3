"""The matrix of 责任清单: the offices of one notice by its clauses."""

from __future__ import annotations

from collections.abc import Sequence

from app.duty.model import ClauseHead, NoticeDuties, OfficeDuties, Part
from app.web.safe import clause_link, duties_link, escaped
from app.web.views.duties import export_link, framed, named, pages_html

#: Clauses beside each other, and offices under each other; more are on further pages, or found by the selector.
COLUMNS, _MOST_OFFICES = 40, 100
_MARKS = {
    Part.SOLE: "★", Part.LEADS: "●", Part.JOINT: "◎", Part.DIVIDED: "○", Part.SHARES: "◌", Part.URGES: "◇",
    Part.PROVISO: "△",
}  # fmt: skip
_LONGEST_HEAD = 6


def matrix_html(notice: NoticeDuties, page: int, moved: bool = False) -> str:
    """Write the matrix of a notice, as many clauses at a time as a screen bears.

    Args:
        notice: one with brackets.
        page: of the clauses, from 1; out of range is the nearest there is.
        moved: whether the reader asked for it by a link or a button, so that it comes into sight.
    """
    pages = max(1, -(-len(notice.clauses) // COLUMNS))
    page = min(max(1, page), pages)
    before = (page - 1) * COLUMNS
    shown = notice.clauses[before : before + COLUMNS]
    silent = sum(not one.has_bracket for one in notice.clauses)
    none = f"；{silent} 条没有写" if silent else ""
    legend = "，".join(f"{_MARKS[part]} {part.value}" for part in Part)
    focus = ' data-aw-focus="nearest" tabindex="-1"' if moved else ""
    hidden = len(notice.offices) - _MOST_OFFICES
    more = f'<p class="aw-small">另有 {hidden} 个单位未列，请在上面“单位”中选择。</p>' if hidden > 0 else ""
    return framed(
        f"<h3{focus}>{escaped(named(notice))}</h3>"
        f'<div class="aw-bar"><p role="status">写明 {len(notice.offices)} 个单位，共 {len(notice.clauses)} 条{none}。'
        f"图例：{legend}，空格为未写。点单位看它的清单。</p>{export_link(notice.notice)}</div>"
        f"{_table(notice, shown)}{more}"
        f"{pages_html(page, pages, before + 1, before + len(shown), len(notice.clauses))}"
    )


def _table(notice: NoticeDuties, clauses: Sequence[ClauseHead]) -> str:
    heads = "".join(_head(notice.notice, one) for one in clauses)
    groups = ""
    if notice.groups:
        across = (
            f'<tr><th scope="rowgroup" class="aw-kind">没有点名的一类单位</th><td colspan="{len(clauses)}"></td></tr>'
        )
        groups = f"<tbody>{across}{_rows(notice.notice, notice.groups, clauses)}</tbody>"
    return (
        '<div class="aw-matrix" role="region" tabindex="0" aria-label="单位和条款的对应表，可以左右上下滚动">'
        f'<table><thead><tr><th scope="col" class="aw-corner">单位</th>{heads}</tr></thead>'
        f"<tbody>{_rows(notice.notice, notice.offices[:_MOST_OFFICES], clauses)}</tbody>{groups}</table></div>"
    )


def _head(notice: str, clause: ClauseHead) -> str:
    """The clause's number and the first words of its heading, written downwards."""
    whole = clause.label if clause.label.endswith(clause.heading) else f"{clause.label}{clause.heading}"
    said = (
        whole if len(whole) <= len(clause.label) + _LONGEST_HEAD else f"{whole[: len(clause.label) + _LONGEST_HEAD]}…"
    )
    link = clause_link(notice, clause.label)
    return (
        f'<th scope="col"><a href="{link}" title="{escaped(whole)}" aria-label="{escaped(whole)}">'
        f"<span>{escaped(said)}</span></a></th>"
    )


def _rows(notice: str, offices: Sequence[OfficeDuties], clauses: Sequence[ClauseHead]) -> str:
    return "".join(_row(notice, one, clauses) for one in offices)


def _row(notice: str, office: OfficeDuties, clauses: Sequence[ClauseHead]) -> str:
    parts = parts_of(office)
    cells = "".join(_cell(parts.get(one.label)) for one in clauses)
    link = f'<a href="{duties_link(notice, office.key)}">{escaped(office.name)}</a>'
    return f'<tr><th scope="row">{link} <span class="aw-small">{office.count()} 条</span></th>{cells}</tr>'


def _cell(part: Part | None) -> str:
    if part is None:
        return "<td></td>"
    return (
        f'<td class="aw-part-{part.name.lower()}"><span aria-hidden="true">{_MARKS[part]}</span>'
        f'<span class="aw-sr">{part.value}</span></td>'
    )


def parts_of(office: OfficeDuties) -> dict[str, Part]:
    """What an office has in each clause, by label: the weightiest where it has more than one."""
    order = list(Part)
    parts: dict[str, Part] = {}
    for one in office.charges:
        parts[one.label] = min(one.part, parts.get(one.label, one.part), key=order.index)
    return parts
