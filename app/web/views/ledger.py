"""The tab 要求台账: the chosen rows as a table, with the filters in force and the files to take along."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from pydantic import Field

from app.ledger.choose import GENERAL, key_of
from app.ledger.model import Requirement
from app.ledger.wording import shown_must, shown_value, shown_who
from app.web.safe import clause_link, escaped
from app.web.views.ledger_choice import read_choice, say_choice, to_address
from app.web.views.ledger_sheet import BOTH, CAUTION, say_joined
from corpus.model import Frozen

PAGE = 50
_COLUMNS = ("列入导出", "谁", "必须做什么", "多久一次/何时前/标准", "适用", "原文和依据", "地区和年份")


class Shown(Frozen):
    """What the tab shows."""

    rows: tuple[Requirement, ...] = Field(description="the chosen rows, all pages")
    given: Mapping[str, str] = Field(description="the filters by their names, as links write them")
    calendar: str = Field(default="", description="what the calendar's file will hold, in words; empty without a day")


def ledger_html(shown: Shown, page: int, moved: bool = False) -> str:
    """Write the tab below its filters.

    Args:
        shown: the rows and how they were chosen.
        page: from 1; out of range is the nearest there is.
        moved: whether the reader turned the page, so that the top of the table comes into sight.
    """
    rows = shown.rows
    pages = max(1, -(-len(rows) // PAGE))
    page = min(max(1, page), pages)
    held = rows[(page - 1) * PAGE : page * PAGE]
    both = f'<p class="aw-small">{BOTH}</p>' if any(row.side.shown != row.side.value for row in held) else ""
    return (
        f'<div class="aw-doc aw-ledger" data-aw-address="{escaped(to_address(shown.given))}"'
        f' data-aw-keys="{"".join(key_of(row) for row in rows)}"><h2>要求台账</h2><p class="aw-lead-line">{CAUTION}</p>'
        f"{_bar(shown)}{_table(held, (page - 1) * PAGE, moved) if held else _nothing(shown.given.get('text', ''))}"
        f"{both}{_pages(page, pages, len(rows))}</div>"
    )


def passed_over_html(parts: Sequence[str]) -> str:
    """Say what of a link could not be followed; nothing when all could."""
    if not parts:
        return ""
    said = f"链接里的“{'”“'.join(parts)}”不是这里可选的，没有用来筛选；下面列的比链接要的多，请另选。"
    return f'<p class="aw-empty aw-missed" data-aw-focus="nearest" tabindex="-1">{escaped(said)}</p>'


def no_notices_html() -> str:
    """Write the tab of an empty corpus."""
    line = "还没有收录任何通知；请把通知的 .txt 文本放入通知文件夹，再重新启动安问。"
    return f'<div class="aw-doc aw-ledger"><h2>要求台账</h2><p class="aw-empty">{line}</p></div>'


def _bar(shown: Shown) -> str:
    """Say what is shown, and offer it as files."""
    said = f"共 <b>{len(shown.rows)}</b> 条。筛选：{escaped(say_choice(read_choice(shown.given)))}。"
    said = f'<p role="status">{said}{say_joined(shown.rows)}</p>'
    if not shown.rows:
        return f'<div class="aw-bar">{said}</div>'
    query = escaped(urlencode({name: value for name, value in shown.given.items() if value}))
    files = [("ledger.xlsx", "导出 Excel（检查台账）", " aw-primary"), ("ledger-full.xlsx", "导出全部列", "")]
    if shown.calendar:
        files.append(("ledger.ics", "导出日历", ""))
    here = "/".join(one for one in ("#", "ledger", to_address(shown.given)) if one)
    copy = f'<button type="button" class="aw-btn" data-aw-copy="{escaped(here)}">复制链接</button>'
    links = "".join(
        f'<a class="aw-btn{look}" href="/export/{name}?{query}" download>{words}</a>' for name, words, look in files
    )
    ticked_off = (
        '<div class="aw-bar aw-ledger-left" hidden><p role="status"></p>'
        '<button type="button" class="aw-btn" data-aw-ledger="restore">全部恢复列入</button></div>'
    )
    note = f'<p class="aw-small">{escaped(shown.calendar)}</p>' if shown.calendar else ""
    return f'<div class="aw-bar">{said}{links}{copy}</div>{note}{ticked_off}'


def _nothing(text: str) -> str:
    """Say that no row fits; of several words, how to ask for any of them."""
    words = text.split()
    either = f"要在同一条里都有；只要其中一个，请用顿号隔开：{'、'.join(words)}。"
    several = f"“{'”“'.join(words)}”{either}" if len(words) > 1 else ""
    return f'<p class="aw-empty">没有符合这些条件的要求；{escaped(several)}可放宽地区、年份、行业，或清空文字。</p>'


def _table(rows: Sequence[Requirement], before: int, moved: bool) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in _COLUMNS)
    body = "".join(_row(row) for row in rows)
    focus = ' data-aw-focus="start"' if moved else ""
    label = f"要求，第 {before + 1} 到 {before + len(rows)} 条"
    return (
        f'<div class="aw-scroll aw-cards" role="region" tabindex="0" aria-label="{label}"{focus}>'
        f'<table class="aw-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def _row(row: Requirement) -> str:
    tags = "".join(f'<span class="aw-tag">{escaped(one)}</span>' for one in row.industries or (GENERAL,))
    vague = '<span class="aw-small">，无具体数字</span>' if row.vague else ""
    must = escaped(shown_must(row))
    links = "；".join(
        f'<a href="{clause_link(one.notice, one.label, one.start, one.end)}">{escaped(one.notice)} '
        f"{escaped(one.label)}</a>"
        for one in row.bases
    )
    cells = (
        f'<input type="checkbox" checked data-aw-row="{key_of(row)}" aria-label="列入导出：{escaped(row.who)}{must}">',
        escaped(row.who) or f'<span class="aw-small">{escaped(shown_who(row))}</span>',
        f"<b>{must}</b>",
        f'{escaped(shown_value(row))} <br><span class="aw-small">{row.kind.shown}</span>{vague}',
        f"{row.side.shown} {tags}",
        f"{escaped(row.quote)} {links}",
        "<br>".join(f"{escaped(one.region or '地区不详')} {one.year or '年份不详'}" for one in row.bases),
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
