"""The side panel (引用条款): the cited clauses as cards, each whole and in its place, everything escaped."""

from __future__ import annotations

from collections.abc import Sequence

from app.clauses.received import pieces_of
from app.model import Answer, Citation, Provision
from app.web.safe import clause_link, escaped, subject_link
from app.web.views.clause import place_and_year, rows
from app.web.views.received import pieces_html


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


def _highlighted(text: str, quote: str) -> str:
    start, end = _span(text, quote) or (0, 0)
    marked = f"<mark>{escaped(text[start:end])}</mark>" if end else ""
    return f"{escaped(text[:start])}{marked}{escaped(text[end:])}"


def _details(citation: Citation, provision: Provision | None) -> str:
    """Write what is known of the clause and its document; without the provision, what the citation itself says."""
    if provision is None:
        place = f"{escaped(citation.source.file)}，字符 {citation.source.start}–{citation.source.end}"
        return (
            f"<dl><div><dt>文号</dt><dd>{escaped(citation.notice)}</dd></div>"
            f"<div><dt>原件位置</dt><dd>{place}</dd></div></dl>"
        )
    return (
        f"<dl>{rows(provision.document, provision.unit)}</dl>"
        f'<details class="aw-received"><summary>查看原件</summary>{_received(citation, provision)}</details>'
    )


def _received(citation: Citation, provision: Provision) -> str:
    """Write the received text, noise and quote marked; as it is, when it is not what the clause was read from."""
    pieces = pieces_of(provision.unit, provision.received, _span(provision.unit.text, citation.quote))
    if pieces is None:
        return f'<pre tabindex="0" aria-label="原件文字">{escaped(provision.received)}</pre>'
    return pieces_html(pieces)


def _span(text: str, quote: str) -> tuple[int, int] | None:
    start = text.find(quote) if quote else -1
    return (start, start + len(quote)) if start >= 0 else None


def _place(citation: Citation, provision: Provision | None) -> str:
    """Write the chapter that the clause stands in, and the link to it there."""
    if provision is None:
        return ""
    unit = provision.unit
    link = clause_link(unit.notice, unit.label, *(_span(unit.text, citation.quote) or ()))
    above = " › ".join(f"{label} {name}".strip() for label, name in zip(unit.path, unit.ancestors, strict=False))
    chapter = f'<span class="aw-note">{escaped(above)}</span>' if above else ""
    beside = f'<a href="{subject_link(unit.notice, unit.label)}">对照上级、别处、往年</a>'
    return f'<p class="aw-place">{chapter}<a href="{link}">在条款中打开</a>　{beside}</p>'


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
        f'<span class="aw-meta">{place_and_year(citation.region, citation.year)}</span></span>'
        f'<span class="aw-quote">{escaped(citation.quote)}</span></summary>'
        f'<div class="aw-body">{_place(citation, provision)}'
        f'<p class="aw-clause"><b>{label}</b>{_highlighted(text, citation.quote)}</p>'
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
