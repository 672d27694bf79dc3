"""The tab 要求台账: the chosen rows as a table, with the filters in force and the files to take along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from app.ledger.choose import GENERAL
from app.ledger.model import Requirement
from app.ledger.plan import LeftOut
from app.web.safe import clause_link, escaped
from app.web.views.ledger_sheet import CAUTION

PAGE = 50
_COLUMNS = ("谁", "必须做什么", "多久一次/何时前/标准", "适用", "原文", "地区和年份")


def ledger_html(
    rows: Sequence[Requirement],
    page: int,
    filters: str,
    parameters: Mapping[str, str],
    left_out: Mapping[LeftOut, int],
    moved: bool = False,
) -> str:
    """Write the tab below its filters.

    Args:
        rows: the chosen rows.
        page: from 1; out of range is the nearest there is.
        filters: the filters in force, in words.
        parameters: the same for the links of the files.
        left_out: rows that the calendar has not, by reason.
        moved: whether the reader turned the page, so that the top of the table comes into sight.
    """
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(1, page), pages)
    shown = rows[(page - 1) * PAGE : page * PAGE]
    return (
        f'<div class="aw-doc aw-ledger"><h2>要求台账</h2><p class="aw-lead-line">{CAUTION}</p>'
        f"{_bar(rows, filters, parameters, left_out)}{_table(shown, (page - 1) * PAGE, moved)}"
        f"{_pages(page, pages, len(rows))}</div>"
    )


def no_notices_html() -> str:
    """Write the tab of an empty corpus."""
    line = "还没有收录任何通知；请把通知的 .txt 文本放入通知文件夹，再重新启动安问。"
    return f'<div class="aw-doc aw-ledger"><h2>要求台账</h2><p class="aw-empty">{line}</p></div>'


def _bar(
    rows: Sequence[Requirement], filters: str, parameters: Mapping[str, str], left_out: Mapping[LeftOut, int]
) -> str:
    """Say what is shown, and offer it as files."""
    said = f'<p role="status">共 <b>{len(rows)}</b> 条。筛选：{escaped(filters)}。</p>'
    if not rows:
        return f'<div class="aw-bar">{said}</div>'
    query = escaped(urlencode(parameters))
    days = len(rows) - sum(left_out.values())
    links = f'<a class="aw-btn aw-primary" href="/export/ledger.xlsx?{query}" download>导出 Excel</a>'
    if days:
        links += f'<a class="aw-btn" href="/export/ledger.ics?{query}" download>导出日历</a>'
    reasons = "；".join(f"{count} 条{escaped(reason.value)}" for reason, count in left_out.items())
    note = f"日历收入 {days} 条" + (f"；未收入：{reasons}。" if reasons else "。")
    return f'<div class="aw-bar">{said}{links}</div><p class="aw-small">{note}</p>'


def _table(rows: Sequence[Requirement], before: int, moved: bool) -> str:
    if not rows:
        return '<p class="aw-empty">没有符合这些条件的要求；请放宽地区、年份、行业，或清空文字。</p>'
    head = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    body = "".join(_row(row) for row in rows)
    focus = ' data-aw-focus="start"' if moved else ""
    label = f"要求，第 {before + 1} 到 {before + len(rows)} 条"
    return (
        f'<div class="aw-scroll aw-cards" role="region" tabindex="0" aria-label="{label}"{focus}>'
        f'<table class="aw-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(row: Requirement) -> str:
    link = clause_link(row.notice, row.label, row.start, row.end)
    tags = "".join(f'<span class="aw-tag">{escaped(one)}</span>' for one in row.industries or (GENERAL,))
    vague = '<span class="aw-small">，无具体数字</span>' if row.vague else ""
    cells = (
        escaped(row.who) or '<span class="aw-small">原文未写明</span>',
        f"<b>{escaped(row.must)}</b>",
        f'{escaped(row.value)} <br><span class="aw-small">{row.kind.shown}</span>{vague}',
        f"{row.side.value} {tags}",
        f'{escaped(row.quote)} <a href="{link}">{escaped(row.notice)} {escaped(row.label)}</a>',
        f"{escaped(row.region or '地区不详')} <br>{row.year or '年份不详'}",
    )
    return "<tr>" + "".join(
        f'<td data-name="{name}">{cell}</td>' for name, cell in zip(_COLUMNS, cells, strict=True)
    ) + "</tr>"  # fmt: skip


def _pages(page: int, pages: int, rows: int) -> str:
    if pages == 1:
        return ""

    def button(words: str, to: int) -> str:
        off = "" if 1 <= to <= pages else " disabled"
        return f'<button type="button" class="aw-btn" data-aw="page" data-value="{to}"{off}>{words}</button>'

    first, last = (page - 1) * PAGE + 1, min(page * PAGE, rows)
    return (
        f'<nav class="aw-pages" aria-label="翻页">{button("上一页", page - 1)}'
        f"<span>本页 {first}–{last}，共 {rows} 条</span>{button('下一页', page + 1)}</nav>"
    )
