"""One clause to be read in its place (条款正文): where it stands, its text, who is responsible, the received file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import quote as url_quote
from urllib.parse import unquote

from app.clauses.catalogue import GENERAL, Catalogue, Entry
from app.clauses.received import received
from app.clauses.snippet import marked
from app.model import clause_name
from app.web.safe import clause_link, escaped, subject_link
from app.web.views.received import received_html
from corpus.model import Document, Responsibility, Unit

_EXCERPT = 14
_BACK = '<p class="aw-to-list"><button type="button" class="aw-btn" data-aw="list">返回列表</button></p>'
_GONE = "（原件不在通知文件夹中，或无法读取）"
_CHANGED = "（原件已经改动，与解析时不同；请重新启动安问，让它重新解析）"


def guide_html() -> str:
    """Write what stands in the place of a clause before one is chosen."""
    return (
        '<section class="aw-reader" aria-label="条款正文"><p class="aw-empty">从左边选一条，这里显示它的全文、'
        "责任单位和原件。也可以在“查找”中输入字词，例如“液化石油气 钢瓶”。</p></section>"
    )


def unknown_html(notice: str, label: str) -> str:
    """Write the one line for an address that leads to no clause."""
    said = f"没有找到“{notice[:60]} {label[:60]}”这一条；可能通知已不在通知文件夹中，请从左边重新选择。"
    return (
        '<section class="aw-reader" aria-label="条款正文"><p class="aw-empty" role="alert" tabindex="-1" '
        f'data-aw-focus="nearest">{escaped(said)}</p></section>'
    )


def clause_html(
    catalogue: Catalogue,
    entry: Entry,
    spans: Sequence[tuple[int, int]],
    quote: tuple[int, int] | None,
    text: str | None,
) -> str:
    """Write a clause.

    Args:
        catalogue: gives what stands around it.
        entry: the clause.
        spans: characters of its text to be marked, in order, without overlaps.
        quote: the characters that the address names; also marked in the received text.
        text: the decoded file, None when it is gone.
    """
    unit, document = entry.unit, entry.document
    name = f"{unit.label} {unit.heading}" if unit.heading and not unit.label.endswith(unit.heading) else unit.label
    body = "".join(
        f"<mark>{escaped(piece)}</mark>" if is_marked else escaped(piece)
        for piece, is_marked in marked(unit.text, spans)
    )
    return (
        '<section class="aw-reader" aria-label="条款正文" tabindex="-1" data-aw-focus="nearest">'
        f"{_crumbs(catalogue, entry)}<h3>{escaped(name)}</h3>{_about(entry)}"
        f'<p class="aw-clause">{body}</p>{_acts(catalogue, entry, quote)}'
        f"<dl>{rows(document, unit, entry.industries)}</dl>"
        '<details class="aw-received"><summary>查看原件</summary>'
        f"{_received(unit, quote, text)}{_whole(document, text)}</details>"
        f"{_chapter(catalogue, entry)}{_BACK}</section>"
    )


def rows(document: Document, unit: Unit, industries: Sequence[str] | None = None) -> str:
    """Write what is known of a clause and its document as rows of a list; industries only where they are given."""
    known = [] if industries is None else [("行业", escaped("、".join(industries) or f"{GENERAL}（对各行业）"))]
    listed = [
        ("责任单位", responsibilities(unit)),
        ("文号", escaped(document.notice)),
        ("通知标题", escaped(document.title) or "原件未载"),
        ("成文日期", date(document.date)),
        ("地区", escaped(document.region) or "不详"),
        *known,
        ("原件位置", f"{escaped(unit.source.file)}，字符 {unit.source.start}–{unit.source.end}"),
    ]
    return "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in listed)


def date(iso: str) -> str:
    """Write a date as a Chinese reader does."""
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", iso)
    return f"{found[1]}年{int(found[2])}月{int(found[3])}日" if found else escaped(iso) or "原件未载"


def place_and_year(region: str, year: int | None) -> str:
    """Write where and for when a notice holds."""
    return f"{escaped(region) or '地区不详'} · {f'{year}年' if year else '年份不详'}"


def responsibilities(unit: Unit) -> str:
    """Write who is responsible for a clause, and for what of it."""
    if not unit.responsibilities:
        return "本条未写明"
    return "<ul>" + "".join(_responsibility(one, unit) for one in unit.responsibilities) + "</ul>"


def _responsibility(one: Responsibility, unit: Unit) -> str:
    units = [
        f'<b class="aw-lead">{escaped(name)}（牵头）</b>' if name in one.lead else escaped(name) for name in one.units
    ]
    role = f" {escaped(one.role)}" if one.role else ""
    line = "、".join(units) + role
    if one.inherited_from is not None:
        line += f'<span class="aw-note">（依据“{escaped(one.inherited_from)}”条“以下均需……”）</span>'
    elif not one.whole:
        line += _bound_part(one, unit)
    return f"<li>{line}</li>"


def _bound_part(one: Responsibility, unit: Unit) -> str:
    """Name the sentences that a bracket in mid-clause binds."""
    bound = unit.text[one.start : one.end]
    shown = bound if len(bound) <= 2 * _EXCERPT else f"{bound[:_EXCERPT]}……{bound[-_EXCERPT:]}"
    return f'<span class="aw-note">（限于“{escaped(shown)}”）</span>'


def _crumbs(catalogue: Catalogue, entry: Entry) -> str:
    names = [f"{node.label} {node.heading}".strip() for node in catalogue.above(entry)]
    items = "".join(
        f"<li>{escaped(name)}</li>" for name in [*names, entry.unit.path[-1] if entry.unit.path else ""] if name
    )
    return f'<nav class="aw-crumbs" aria-label="所在位置"><ol>{items}</ol></nav>'


def _about(entry: Entry) -> str:
    industries = "、".join(entry.industries) or GENERAL
    kind = f" · {escaped(industries)}" if entry.is_clause else ""
    return f'<p class="aw-small">{place_and_year(entry.document.region, entry.document.year)}{kind}</p>'


def _acts(catalogue: Catalogue, entry: Entry, quote: tuple[int, int] | None) -> str:
    before, after = catalogue.beside(entry)
    unit = entry.unit
    link = clause_link(unit.notice, unit.label, *(quote or ()))
    name = escaped(clause_name(unit.notice, unit.label, unit.heading))
    return (
        f'<div class="aw-bar aw-acts">{_step(before, "‹ 上一条")}{_step(after, "下一条 ›")}'
        f'<button type="button" class="aw-btn" data-aw-copy="{link}" data-aw-name="{name}">复制链接</button>'
        f'<a class="aw-btn" href="{subject_link(unit.notice, unit.label)}">对照上级、别处、往年</a>'
        f'<button type="button" class="aw-btn" data-aw-ask="{escaped(_question(entry))}">问这一条</button></div>'
        f'<p class="aw-permalink"><span>本条链接：</span><a href="{link}">{escaped(unquote(link))}</a></p>'
    )


def _step(entry: Entry | None, name: str) -> str:
    if entry is None:
        return f'<button type="button" class="aw-btn" disabled>{name}</button>'
    title = f"{entry.unit.label} {entry.unit.heading}".strip()
    link = clause_link(entry.unit.notice, entry.unit.label)
    return f'<a class="aw-btn" href="{link}" title="{escaped(title)}">{name}</a>'


def _question(entry: Entry) -> str:
    unit, document = entry.unit, entry.document
    if entry.is_clause and unit.heading and document.region and document.year:
        return f"{document.region}{document.year}年对“{unit.heading}”有什么要求？"
    return f"{unit.notice}{unit.label}是怎么规定的？"


def _received(unit: Unit, quote: tuple[int, int] | None, text: str | None) -> str:
    if text is None:
        return f"<p>{_GONE}</p>"
    shown = received(unit, text, quote)
    return f"<p>{_CHANGED}</p>" if shown is None else received_html(shown)


def _whole(document: Document, text: str | None) -> str:
    """The link to the received file as a whole."""
    if text is None:
        return ""
    link = f"/export/received.txt?notice={url_quote(document.notice, safe='', errors='replace')}"
    return f'<p class="aw-small"><a href="{link}" download>下载收到的整份文件（文字原样）</a></p>'


def _chapter(catalogue: Catalogue, entry: Entry) -> str:
    entries = catalogue.chapter(entry)
    items = "".join(_neighbour(one, one.number == entry.number) for one in entries)
    return f'<h3>本章各条（{len(entries)}）</h3><ul class="aw-chapter">{items}</ul>'


def _neighbour(entry: Entry, is_this: bool) -> str:
    unit = entry.unit
    name = escaped(unit.heading or unit.text[:20])
    label = escaped(unit.label)
    if is_this:
        return f'<li aria-current="true"><b>{label} {name}（本条）</b></li>'
    return f'<li><a href="{clause_link(unit.notice, unit.label)}">{label} {name}</a></li>'
