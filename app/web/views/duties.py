"""The tab 责任清单: what one office is charged with, clause by clause."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode

from app.duty.mention import Mention
from app.duty.model import Charge, Duties, NoticeDuties, OfficeDuties, Part
from app.model import place_and_year
from app.web.safe import clause_link, duties_link, escaped

PAGE = 50
#: Clauses listed of a group that the office may belong to; the rest are in the group's own list.
_MOST_OF_GROUP = 30
_MOST_MENTIONS = 50
EMPTY = '<p class="aw-empty">还没有收录任何通知；请把通知的 .txt 文本放入通知文件夹，再重新启动安问。</p>'
_NAMES = ("条款", "承担方式", "同列单位", "责任单位原文")
_LEDE = (
    "依据条款后括号里写明的责任单位。括号写明“牵头”的才算牵头，只是列在前面的不算；"
    "括号只写一个单位“负责”、没有“等部门”的，才算独自负责（通知另写各乡镇等均需负责的，列在“同列单位”中）。"
)
_GROUPS = "下列条款的括号只写了一类单位，没有点名；本单位如属其中，也应负责，请自行核对。"
_GROUP = "这是一类单位，通知没有点名；哪些单位属于其中，请自行核对。"
#: Said of each office, even of none; of the others only where there are any.
_ALWAYS = (Part.SOLE, Part.LEADS, Part.DIVIDED)
_PROVISO = re.compile("以下[^，。；（）]{2,80}负责")


def named(notice: NoticeDuties) -> str:
    """How a notice is named: 泽州县2024年 泽政发〔2024〕1号."""
    place = place_and_year(notice.region, notice.notice, notice.year)
    return notice.notice if place.startswith(notice.notice) else f"{place} {notice.notice}"


def framed(body: str) -> str:
    """Put what the tab shows under its heading."""
    return f'<div class="aw-doc aw-duties"><h2>责任清单</h2><p class="aw-lead-line">{_LEDE}</p>{body}</div>'


def export_link(notice: str, office: str = "") -> str:
    """The link to the spreadsheet of an office, or of the whole notice."""
    query = escaped(urlencode({"notice": notice, **({"office": office} if office else {})}, errors="replace"))
    return f'<a class="aw-btn aw-primary" href="/export/duties.xlsx?{query}" download>导出 Excel</a>'


def pages_html(page: int, pages: int, first: int, last: int, count: int) -> str:
    """Buttons to turn the pages; none for a single one."""
    if pages <= 1:
        return ""

    def button(words: str, to: int) -> str:
        off = "" if 1 <= to <= pages else " disabled"
        return f'<button type="button" class="aw-btn" data-aw="page" data-value="{to}"{off}>{words}</button>'

    return (
        f'<nav class="aw-pages" aria-label="翻页">{button("上一页", page - 1)}'
        f"<span>本页 {first}–{last}，共 {count} 条</span>{button('下一页', page + 1)}</nav>"
    )


def silent_html(notice: NoticeDuties, duties: Duties) -> str:
    """Say that a notice names no responsible units, and which of its place do.

    Args:
        notice: one without brackets.
        duties: all notices.
    """
    others = [one for one in duties.notices if one.region == notice.region and one.has_brackets]
    links = "、".join(f'<a href="{duties_link(one.notice)}">{escaped(named(one))}</a>' for one in others)
    more = f"同一地区写了责任单位的通知：{links}。" if links else ""
    return framed(f'<h3>{escaped(named(notice))}</h3><p class="aw-empty">本通知未写责任单位。{more}</p>')


def unknown_html(name: str) -> str:
    """Say, above what is shown instead, that no such notice or office is held."""
    said = f"没有找到“{escaped(name[:60])}”；请在上面另选或另写。"
    return f'<p class="aw-empty aw-missed" data-aw-focus="nearest" tabindex="-1">{said}</p>'


def office_html(
    notice: NoticeDuties, office: OfficeDuties, page: int, mentions: Sequence[Mention] = (), moved: bool = False
) -> str:
    """Write what one office is charged with.

    Args:
        notice: its notice.
        office: the office, one of the notice's.
        page: from 1; out of range is the nearest there is.
        mentions: the sentences that speak of it.
        moved: whether the reader asked for it by a link or a button, so that it comes into sight.
    """
    charges = (*office.named, *office.of(Part.PROVISO))
    pages = max(1, -(-len(charges) // PAGE))
    page = min(max(1, page), pages)
    before = (page - 1) * PAGE
    shown = charges[before : before + PAGE]
    counts = "，".join(f"{part.value} <b>{count}</b> 条" for part, count in counts_of(office))
    focus = ' data-aw-focus="nearest" tabindex="-1"' if moved else ""
    back = f'<a class="aw-btn" href="{duties_link(notice.notice)}">看全部单位</a>'
    return framed(
        f"<h3{focus}>{escaped(office.shown)}</h3>"
        f'<div class="aw-bar"><p role="status">{escaped(named(notice))}：{counts}；'
        f"共涉及 {office.count()} 条（一条里有两处括号的只算一条）。</p>"
        f"{export_link(notice.notice, office.key)}{back}</div>"
        f"{_notes(office)}{_table(notice, shown, before)}"
        f"{pages_html(page, pages, before + 1, before + len(shown), len(charges))}"
        f"{_mentioned(notice.notice, mentions)}"
        f"{'' if office.is_group or office.of(Part.PROVISO) else _groups(notice)}"
    )


def counts_of(office: OfficeDuties) -> list[tuple[Part, int]]:
    """In how many clauses an office has which part, the weightiest first, for a headline."""
    counts = [(part, office.count(part)) for part in Part]
    return [(part, count) for part, count in counts if count or part in _ALWAYS]


def proviso_of(charge: Charge) -> str:
    """The words of a bracket that charge an office with all later clauses: 以下均需各乡镇人民政府负责."""
    match = _PROVISO.search(charge.bracket)
    return match[0] if match else charge.bracket


def also_of(charge: Charge) -> str:
    """Who is charged besides by the notice's proviso: 另：各乡镇人民政府（均需负责）."""
    return f"另：{'、'.join(charge.also)}（均需负责）" if charge.also else ""


def _notes(office: OfficeDuties) -> str:
    notes = [_GROUP] if office.is_group else []
    # Of one notice there is hardly more than one proviso.
    for source, bracket in dict.fromkeys((one.source, one.bracket) for one in office.of(Part.PROVISO)):
        notes.append(f"“均需负责”：{escaped(source)} 写明{escaped(bracket)}，其后各条都在内。")
    return "".join(f'<p class="aw-small">{note}</p>' for note in notes)


def _table(notice: NoticeDuties, charges: Sequence[Charge], before: int) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in _NAMES)
    rows = "".join(_row(notice.notice, one) for one in charges)
    label = f"条款，第 {before + 1} 到 {before + len(charges)} 行"
    return (
        f'<div class="aw-scroll aw-cards" role="region" tabindex="0" aria-label="{label}">'
        f'<table class="aw-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>'
    )


def _row(notice: str, charge: Charge) -> str:
    cells = (_clause(notice, charge), _part(charge), _others(charge), _bracket(notice, charge))
    return "<tr>" + "".join(
        f'<td data-name="{name}">{cell}</td>' for name, cell in zip(_NAMES, cells, strict=True)
    ) + "</tr>"  # fmt: skip


def _clause(notice: str, charge: Charge) -> str:
    """The clause, and the words that the bracket binds where they are only a part of it."""
    span = (charge.start, charge.end) if charge.bound else (None, None)
    link = f'<a href="{clause_link(notice, charge.label, *span)}">{escaped(_title(charge.label, charge.heading))}</a>'
    if not charge.bound:
        return link
    return (
        f'{link}<details class="aw-bound"><summary>只限本条的一部分（{len(charge.bound)} 字）</summary>'
        f"<q>{escaped(charge.bound)}</q></details>"
    )


def _title(label: str, heading: str) -> str:
    return label if label.endswith(heading) else f"{label}{heading}"


def _part(charge: Charge) -> str:
    """The part in the clause, and the bracket's own word where it says more."""
    said = charge.role or "只点名，未写方式"
    word = "" if said in charge.part.value else f'<br><span class="aw-small">{escaped(said)}</span>'
    return f'<span class="aw-part aw-part-{charge.part.name.lower()}">{charge.part.value}</span>{word}'


def _others(charge: Charge) -> str:
    if charge.part is Part.PROVISO:
        return '<span class="aw-small">见该条括号</span>'
    also = f'<br><span class="aw-small">{escaped(also_of(charge))}</span>' if charge.also else ""
    if not charge.others:
        others = "“等部门”，没有点名" if f"{charge.written}等" in charge.bracket else "括号中无"
        return f'<span class="aw-small">{others}</span>{also}'
    return "、".join(
        f"<b>{escaped(one)}（牵头）</b>" if one in charge.lead else escaped(one) for one in charge.others
    ) + also  # fmt: skip


def _bracket(notice: str, charge: Charge) -> str:
    if not charge.source:
        return escaped(charge.bracket)
    link = f'<a href="{clause_link(notice, charge.source)}">{escaped(charge.source)}</a>'
    return f"依据 {link} 的“{escaped(proviso_of(charge))}”"


def _mentioned(notice: str, mentions: Sequence[Mention]) -> str:
    """The sentences that speak of the office, each leading to its place."""
    if not mentions:
        return ""
    items = "".join(_mention(notice, one) for one in mentions[:_MOST_MENTIONS])
    more = f"，这里列出前 {_MOST_MENTIONS} 句" if len(mentions) > _MOST_MENTIONS else ""
    return (
        f'<h3>正文提到本单位的句子</h3><p class="aw-small">共 {len(mentions)} 句{more}；'
        f'是不是本单位的事，请看原文。</p><ul class="aw-list aw-mentions">{items}</ul>'
    )


def _mention(notice: str, mention: Mention) -> str:
    link = clause_link(notice, mention.label, mention.start, mention.end)
    return f'<li><a href="{link}">{escaped(_title(mention.label, mention.heading))}</a>：{escaped(mention.text)}</li>'


def _groups(notice: NoticeDuties) -> str:
    """The duties of classes of offices, which a named office may belong to."""
    if not notice.groups:
        return ""
    items = "".join(_group(notice.notice, one) for one in notice.groups)
    return f'<h3>没有点名的一类单位</h3><p class="aw-small">{_GROUPS}</p><ul class="aw-list aw-groups">{items}</ul>'


def _group(notice: str, group: OfficeDuties) -> str:
    clauses = {one.label: one for one in group.charges}
    links = "、".join(
        f'<a href="{clause_link(notice, label)}">{escaped(_title(label, one.heading))}</a>'
        for label, one in list(clauses.items())[:_MOST_OF_GROUP]
    )
    more = f"等 {len(clauses)} 条" if len(clauses) > _MOST_OF_GROUP else ""
    name = f'<a href="{duties_link(notice, group.key)}">{escaped(group.name)}</a>'
    return f"<li>{name}（{len(clauses)} 条）：{links}{more}</li>"
