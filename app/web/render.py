"""Answers and provisions as safe markdown and HTML: whatever comes from outside is escaped here, and only here."""

from __future__ import annotations

import re
import string
import unicodedata
from collections.abc import Sequence
from html import escape

from app.explain import Explanation
from app.model import Answer, Citation, Mode, Overview, Provision, Status
from corpus.model import Responsibility, Unit

STATUS_NAMES = {
    Status.ANSWERED: "已依据通知回答",
    Status.NOT_STIPULATED: "通知未规定",
    Status.OUT_OF_SCOPE: "不在通知范围",
}
MODE_NAMES = {Mode.EXTRACTIVE: "依据原文摘录", Mode.LLM: "模型整理"}

_MARK = re.compile(r"\[(\d{1,3})\]")
_QUOTE_LEAD = re.compile(r"^(?:> ?)+")
# Left alone in an answer: * - # | and numbers, which make its emphasis, lists, headings and tables.
_ANSWER_ACTIVE = re.compile(r"\\[!-/:-@\[-`{-~]|[&<>`\[\]!\\_~$@{}=]|:(?=//)|(?<=www)\.", re.IGNORECASE)
_STRONG = re.compile(r"\*\*(?=\S)(.+?)(?<=\S)\*\*")
_EXCERPT = 14
_HINT = "答复只依据已收录的通知；办理具体事项，请以原文件和主管部门答复为准。"


def _entities(text: str) -> str:
    return "".join(f"&#{ord(char)};" for char in text)


def _printable(text: str) -> str:
    """Drop control characters, which a browser would show as boxes or not at all."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(char for char in unified if char in "\n\t" or unicodedata.category(char) != "Cc")


def _escaped(text: str) -> str:
    return escape(_printable(text), quote=True)


def plain_markdown(text: str) -> str:
    """Write text so that markdown shows it as it was typed: no images, links, HTML, lists or emphasis."""
    lines = []
    for line in _printable(text).expandtabs(4).split("\n"):
        body = line.lstrip(" ")
        indent = "&#160;" * (len(line) - len(body))
        lines.append(indent + "".join(_entities(char) if char in string.punctuation else char for char in body))
    return "\n".join(lines)


def _inert(text: str) -> str:
    return _ANSWER_ACTIVE.sub(lambda found: _entities(found[0][-1]), text)  # of an escaped character, itself


def _mark(citation: Citation, turn: int) -> str:
    title = _escaped(f"{citation.notice} {citation.label} {citation.heading}".strip()).replace("*", "&#42;")
    return f'<a class="aw-mark" href="#cite-{turn}-{citation.n}" title="{title}">&#91;{citation.n}&#93;</a>'


def _answer_line(line: str, marks: dict[int, str]) -> str:
    lead = _QUOTE_LEAD.match(line)
    start = lead.end() if lead else 0
    parts = [line[:start]]
    for found in _MARK.finditer(line, start):
        if int(found[1]) in marks:
            parts += [_inert(line[start : found.start()]), marks[int(found[1])]]
            start = found.end()
    # Markdown's own rule for ** fails beside Chinese punctuation.
    return _STRONG.sub(r"<strong>\1</strong>", "".join([*parts, _inert(line[start:])]))


def elapsed_ms(answer: Answer) -> float | None:
    """Milliseconds from question to answer: the step named total when there is one, else all steps together."""
    timings = answer.timings_ms
    return timings.get("total", sum(timings.values())) if timings else None


def _elapsed(answer: Answer) -> str:
    spent = elapsed_ms(answer)
    if spent is None:
        return ""
    shown = f"{spent / 1000:.1f} 秒" if spent >= 1000 else f"{max(1, round(spent))} 毫秒"
    return f'\n\n<span class="aw-elapsed">用时 {shown}</span>'


def _references(citations: Sequence[Citation]) -> str:
    """List the citations for whoever copies the answer; the page hides it, for the panel shows them."""
    if not citations:
        return ""
    lines = [f"[{one.n}] {one.notice} {one.label} {one.heading}：“{one.quote}”" for one in citations]
    return '\n\n<span class="aw-copied">' + plain_markdown("引用：\n" + "\n".join(lines)) + "</span>"


def _badge(kind: str, name: str) -> str:
    return f'<span class="aw-badge aw-{kind}">{name}</span>'


def _why(explanation: Explanation | None) -> str:
    """Write why the answer came out so (为什么这样答), closed until it is wanted.

    It is HTML amid markdown, so it keeps to one line, for a line that is blank would end the HTML.
    """
    if explanation is None:
        return ""
    rows = "".join(
        f'<tr><th scope="row">{_one_line(line.label)}</th><td>{_one_line(line.value)}</td></tr>'
        for line in explanation.lines()
    )
    table = f'<table class="aw-reading"><tbody>{rows}</tbody></table>'
    return f'\n\n<details class="aw-why"><summary>为什么这样答</summary>{table}</details>'


def _one_line(text: str) -> str:
    return plain_markdown(" ".join(text.split()))


def answer_markdown(answer: Answer, turn: int) -> str:
    """Write an answer as a chat message: status badge, who wrote it, text with clickable marks, time taken, why."""
    marks = {one.n: _mark(one, turn) for one in answer.citations}
    text = "\n".join(_answer_line(line, marks) for line in _printable(answer.text).strip().split("\n"))
    head = _badge(answer.status.value, STATUS_NAMES[answer.status])
    if answer.citations:  # without any, nothing was excerpted or rewritten
        head += f' <span class="aw-mode">{MODE_NAMES[answer.mode]}</span>'
    return f"{head}\n\n{text}{_references(answer.citations)}{_elapsed(answer)}{_why(answer.explanation)}"


def failure_markdown(message: str) -> str:
    """Write the line of an error as a chat message (未能回答)."""
    return f"{_badge('failed', '未能回答')}\n\n{plain_markdown(message)}"


def notice_html(message: str) -> str:
    """Write the line under the question box: what is wrong with the question, else how to take the answers."""
    kind = "aw-notice" if message else "aw-notice aw-hint"
    return f'<p class="{kind}" role="status">{_escaped(message or _HINT)}</p>'


def header_html(overview: Overview) -> str:
    """Write the page's head: name and status line."""
    facts = (f"{overview.documents} 份文件", f"{overview.clauses} 条", "离线运行", "每条引用均经逐字核对")
    status = "".join(f"<li>{fact}</li>" for fact in facts)
    return (
        '<header class="aw-header"><h1><span class="aw-name">安问</span>'
        f'<span class="aw-subject">安全生产通知问答</span></h1><ul class="aw-status">{status}</ul></header>'
    )


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
    return f"{_escaped(citation.region) or '地区不详'} · {year}"


def _highlighted(text: str, quote: str) -> str:
    start = text.find(quote) if quote else -1
    if start < 0:
        return _escaped(text)
    end = start + len(quote)
    return f"{_escaped(text[:start])}<mark>{_escaped(text[start:end])}</mark>{_escaped(text[end:])}"


def _date(iso: str) -> str:
    found = re.fullmatch(r"(\d{4})-(\d{2})-(\d{2})", iso)
    return f"{found[1]}年{int(found[2])}月{int(found[3])}日" if found else _escaped(iso) or "原件未载"


def _bound_part(one: Responsibility, unit: Unit) -> str:
    """Name the sentences that a bracket in mid-clause binds."""
    bound = unit.text[one.start : one.end]
    shown = bound if len(bound) <= 2 * _EXCERPT else f"{bound[:_EXCERPT]}……{bound[-_EXCERPT:]}"
    return f'<span class="aw-note">（限于“{_escaped(shown)}”）</span>'


def _responsibility(one: Responsibility, unit: Unit) -> str:
    units = [
        f'<b class="aw-lead">{_escaped(name)}（牵头）</b>' if name in one.lead else _escaped(name) for name in one.units
    ]
    role = f" {_escaped(one.role)}" if one.role else ""
    line = "、".join(units) + role
    if one.inherited_from is not None:
        line += f'<span class="aw-note">（依据“{_escaped(one.inherited_from)}”条“以下均需……”）</span>'
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
    rows = [("文号", _escaped(citation.notice))]
    if provision:
        document = provision.document
        rows += [
            ("通知标题", _escaped(document.title) or "原件未载"),
            ("成文日期", _date(document.date)),
            ("地区", _escaped(document.region) or "不详"),
            ("责任单位", _responsibilities(provision.unit)),
        ]
    rows.append(("原件位置", f"{_escaped(source.file)}，字符 {source.start}–{source.end}"))
    listed = "".join(f"<div><dt>{name}</dt><dd>{value}</dd></div>" for name, value in rows)
    if provision is None:
        return f"<dl>{listed}</dl>"
    received = f'<pre tabindex="0" aria-label="原件文字">{_escaped(provision.received)}</pre>'
    return f'<dl>{listed}</dl><details class="aw-received"><summary>查看原件</summary>{received}</details>'


def _card(citation: Citation, provision: Provision | None, turn: int, opened: bool) -> str:
    text = citation.clause_text
    if provision is not None and citation.quote in provision.unit.text:
        text = provision.unit.text
    label = _escaped(citation.label)
    return (
        f'<details class="aw-card" name="aw-card" id="cite-{turn}-{citation.n}"{" open" if opened else ""}>'
        f'<summary><span class="aw-n">{citation.n}</span><span class="aw-about">'
        f'<span class="aw-where">{_escaped(citation.notice)} {label}</span>'
        f'<span class="aw-heading">{_escaped(citation.heading)}</span>'
        f'<span class="aw-meta">{_place_and_year(citation)}</span></span>'
        f'<span class="aw-quote">{_escaped(citation.quote)}</span></summary>'
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
    about = f'<p class="aw-scope">{_escaped(about)}</p>' if about else ""
    empty = '<p class="aw-none">本次答复没有引用条款。</p>'
    return (
        '<section class="aw-panel" aria-label="引用条款"><div class="aw-top">'
        f"<h2>引用条款<span>{len(answer.citations)} 条</span></h2>"
        '<a class="aw-back" href="#aw-chat">返回对话</a></div>'
        f'<p class="aw-asked">{_escaped(answer.question)}</p>'
        f"{about}{cards or empty}</section>"
    )
