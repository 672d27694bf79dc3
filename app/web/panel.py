"""The side panel (引用条款): the cited clauses as cards, each whole and in its place, everything escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.model import Answer, Citation, Provision
from app.web.safe import escaped
from corpus.model import Responsibility, Unit

_EXCERPT = 14


def guide_html() -> str:
    """Write what the panel shows before the first answer (使用说明)."""
    steps = (
        "<b>用平常的话提问</b>，例如“燃气多久检查一次”。可先选地区、年份和身份，答复会更准。",
        "<b>看清答复的状态</b>：已依据通知回答、通知未规定，或不在通知范围。",
        "<b>核对出处</b>：点答复中的 [1]，这里显示条款全文，引用的原话有底色，并注明文号、责任单位和原件位置。",
    )
    items = "".join(f"<li>{step}</li>" for step in steps)
    return (
        '<section class="aw-panel" aria-label="引用条款"><h2>引用条款</h2><div class="aw-guide">'
        f"<p>提问后，答复所引用的条款会列在这里。</p><ol>{items}</ol></div></section>"
    )


def _place_and_year(citation: Citation) -> str:
    year = f"{citation.year}年" if citation.year else "年份不详"
    return f"{escaped(citation.region) or '地区不详'} · {year}"


def _highlighted(text: str, quote: str) -> str:
    start = text.find(quote) if quote else -1
    if start < 0:
        return escaped(text)
    end = start + len(quote)
    return f"{escaped(text[:start])}<mark>{escaped(text[start:end])}</mark>{escaped(text[end:])}"


def _date(iso: str) -> str:
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", iso)
    return f"{found[1]}年{int(found[2])}月{int(found[3])}日" if found else escaped(iso) or "原件未载"


def _bound_part(one: Responsibility, unit: Unit) -> str:
    """Name the sentences that a bracket in mid-clause binds."""
    bound = unit.text[one.start : one.end]
    shown = bound if len(bound) <= 2 * _EXCERPT else f"{bound[:_EXCERPT]}……{bound[-_EXCERPT:]}"
    return f'<span class="aw-note">（限于“{escaped(shown)}”）</span>'


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


def _responsibilities(unit: Unit) -> str:
    if not unit.responsibilities:
        return "本条未写明"
    return "<ul>" + "".join(_responsibility(one, unit) for one in unit.responsibilities) + "</ul>"


def _details(citation: Citation, provision: Provision | None) -> str:
    """Write what is known of the clause and its document; without the provision, what the citation itself says."""
    source = provision.unit.source if provision else citation.source
    rows = [("文号", escaped(citation.notice))]
    if provision:
        document = provision.document
        rows += [
            ("通知标题", escaped(document.title) or "原件未载"),
            ("成文日期", _date(document.date)),
            ("地区", escaped(document.region) or "不详"),
            ("责任单位", _responsibilities(provision.unit)),
        ]
    rows.append(("原件位置", f"{escaped(source.file)}，字符 {source.start}–{source.end}"))
    listed = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows)
    if provision is None:
        return f"<dl>{listed}</dl>"
    received = f'<pre tabindex="0" aria-label="原件文字">{escaped(provision.received)}</pre>'
    return f'<dl>{listed}</dl><details class="aw-received"><summary>查看原件</summary>{received}</details>'


def _card(citation: Citation, provision: Provision | None, turn: int, opened: bool) -> str:
    text = citation.clause_text
    if provision is not None and citation.quote in provision.unit.text:
        text = provision.unit.text
    label = escaped(citation.label)
    return (
        f'<details class="aw-card" name="aw-card" id="cite-{turn}-{citation.n}"{" open" if opened else ""}>'
        f'<summary><span class="aw-n">{citation.n}</span><span class="aw-about">'
        f'<span class="aw-where">{escaped(citation.notice)} {label}</span>'
        f'<span class="aw-heading">{escaped(citation.heading)}</span>'
        f'<span class="aw-meta">{_place_and_year(citation)}</span></span>'
        f'<span class="aw-quote">{escaped(citation.quote)}</span></summary>'
        f'<div class="aw-body"><p class="aw-clause"><b>{label}</b>{_highlighted(text, citation.quote)}</p>'
        f"{_details(citation, provision)}</div></details>"
    )


def panel_html(answer: Answer, provisions: Sequence[Provision | None], turn: int, opened: int | None = None) -> str:
    """Write the citations of one answer as cards; `opened` names the one shown whole, and a single one always is."""
    if len(answer.citations) == 1:
        opened = answer.citations[0].n
    cards = "".join(
        _card(one, provision, turn, one.n == opened)
        for one, provision in zip(answer.citations, provisions, strict=True)
    )
    scope = " · ".join([*answer.scope.regions, *(f"{year}年" for year in answer.scope.years)])
    about = "；".join(part for part in (f"查阅范围：{scope}" if scope else "", answer.scope.why) if part)
    about = f'<p class="aw-scope">{escaped(about)}</p>' if about else ""
    empty = '<p class="aw-none">本次答复没有引用条款。</p>'
    return (
        '<section class="aw-panel" aria-label="引用条款"><div class="aw-top">'
        f"<h2>引用条款<span>{len(answer.citations)} 条</span></h2>"
        '<a class="aw-back" href="#aw-chat">返回对话</a></div>'
        f'<p class="aw-asked">{escaped(answer.question)}</p>'
        f"{about}{cards or empty}</section>"
    )
