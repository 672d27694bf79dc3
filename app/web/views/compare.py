"""The tab 对照: two notices clause by clause, the list of changes, one subject in several notices."""

from __future__ import annotations

from collections.abc import Sequence

from app.align.compare import Comparer
from app.align.model import Comparison, EntryKind, Link, Relation
from app.web.safe import clause_link, escaped
from app.web.views.compare_asked import Asked, chosen, is_unlinked, missing, narrowed, tally
from app.web.views.compare_text import clause_title, side_text
from app.web.views.compare_units import units_html
from app.web.views.compare_words import NEAR, RELATIONS, Words, notice_name, unit_name
from corpus.model import Document, Unit

PAGE = 50


def presets_html(pairs: Sequence[tuple[Document, Document]], current: tuple[str, str], address: str = "") -> str:
    """Title of the tab, and buttons of the useful pairs of notices.

    Args:
        pairs: the useful pairs.
        current: 文号 of the pair that is shown.
        address: leads to what is shown; the tab's script puts it into the browser's address.
    """
    buttons = "".join(
        f'<button type="button" class="aw-btn" data-aw="preset" data-value="{at}"'
        f' aria-pressed="{"true" if (left.notice, right.notice) == current else "false"}">'
        f"{escaped(_pair_name(left, right))}</button>"
        for at, (left, right) in enumerate(pairs)
    )
    group = f'<div class="aw-presets" role="group" aria-label="常用对照">常用：{buttons}</div>' if buttons else ""
    here = f' data-aw-address="{escaped(address)}"' if address else ""
    return f'<div class="aw-compare-top"{here}><h2>对照</h2>{group}</div>'


def _pair_name(left: Document, right: Document) -> str:
    if left.region == right.region:
        return f"{left.region} {left.year} → {right.year}"
    return f"{left.region} {left.year} → {right.region} {right.year}"


def pairs_html(comparer: Comparer, asked: Asked, exports: str) -> str:
    """The view 逐条对照.

    Args:
        comparer: the two notices.
        asked: what is wanted of them.
        exports: links to the files of the same, as safe HTML.
    """
    words, rows = Words(comparer), chosen(comparer, asked)
    opened = asked.opened or (str(rows[0][0]) if len(rows) == 1 else "")
    place = _row_of(comparer, opened)
    page = next((n // PAGE + 1 for n, (at, _) in enumerate(rows) if at == place), asked.page)
    page = min(page, max(1, -(-len(rows) // PAGE)))
    shown = rows[(page - 1) * PAGE : page * PAGE]
    articles = "".join(_article(comparer, words, at, pair, opened if at == place else "") for at, pair in shown)
    empty = '<p class="aw-empty">没有符合条件的条款；请换一个词，或取消“只看有差别的”。</p>'
    head = head_html(comparer, asked, exports)
    return f"{head}{articles or empty}{pages_html(len(rows), page, 'page', '')}"


def head_html(comparer: Comparer, asked: Asked, exports: str) -> str:
    """Heading and overview of two notices, of what is shown of them."""
    words = Words(comparer)
    only = narrowed(comparer, asked.model_copy(update={"kind": ""}))
    counts = tally(comparer, (pair for _, pair in chosen(comparer, asked)))
    labels = "”“".join(dict.fromkeys((words.only_right, words.only_left)))
    return (
        f"<h3>{escaped(notice_name(comparer.left))} 与 {escaped(notice_name(comparer.right))}</h3>"
        f'<div class="aw-bar"><p class="aw-overview">{escaped(f"{only}。" if only else "")}{escaped(counts)}。</p>'
        f'{exports}</div><p class="aw-small">由程序按字句比对；地名和级别（县、市、省）不同不算改动；'
        f"“{escaped(labels)}”只就这两份通知的文字而言，引用前请核对原文。</p>"
    )


def _row_of(comparer: Comparer, opened: str) -> int | None:
    """The row in which a pair is open: that of its left clause."""
    if opened.startswith("p"):
        link = _part(comparer, opened)
        rows = (
            at for at, pair in enumerate(comparer.comparisons) if link and pair.left and pair.left.label == link.left
        )
        return next(rows, None)
    return int(opened) if opened.isdecimal() and int(opened) < len(comparer.comparisons) else None


def _part(comparer: Comparer, opened: str) -> Link | None:
    at = opened.removeprefix("p")
    links = comparer.alignment.links
    return links[int(at)] if at.isdecimal() and int(at) < len(links) else None


def _article(comparer: Comparer, words: Words, at: int, pair: Comparison, opened: str) -> str:
    link = next((one for one in comparer.alignment.main if pair.left and one.left == pair.left.label), None)
    names = [escaped(name) for name in pair_names(comparer, pair)]
    tag, kind = _tag_of(comparer, words, pair, link)
    verb, value = ("收起", "") if opened else ("并排看", str(at))
    body = _body(comparer, words, pair, opened) if opened else ""
    focus = ' tabindex="-1" data-aw-focus="start"' if opened else ""
    return (
        f'<article class="aw-pair"{focus}><div class="aw-pair-head">'
        f'<h4><span class="aw-rel aw-rel-{kind}">{tag}</span> '
        f'<span class="aw-sr">{escaped(words.names[0])}：</span>{names[0]} <span aria-hidden="true">｜</span> '
        f'<span class="aw-sr">{escaped(words.names[1])}：</span>{names[1]}</h4>'
        f'<p class="aw-small">{escaped(_counts(pair, words))}</p>'
        f'<button type="button" class="aw-btn" data-aw="open" data-value="{value}" '
        f'aria-expanded="{"true" if opened else "false"}">{verb}'
        f'<span class="aw-sr">{names[0]}与{names[1]}</span></button></div>{body}</article>'
    )


def pair_names(comparer: Comparer, pair: Comparison) -> tuple[str, str]:
    """What the two clauses are called; of one that is missing, that it is."""
    left, right = pair.left, pair.right
    return (
        unit_name(left) if left else f"（{missing(comparer, right.label, is_left=False) if right else ''}）",
        unit_name(right) if right else f"（{missing(comparer, left.label, is_left=True) if left else ''}）",
    )


def _tag_of(comparer: Comparer, words: Words, pair: Comparison, link: Link | None) -> tuple[str, str]:
    if link:
        return RELATIONS[link.relation], link.relation.value
    if is_unlinked(comparer, pair):
        # A clause of which phrases stand in the other notice is not to be called its alone.
        return (NEAR, "part") if pair.is_near else (f"只在{escaped(words.names[0 if pair.left else 1])}", "alone")
    return RELATIONS[Relation.PART], "part"


def _counts(pair: Comparison, words: Words) -> str:
    counted = [
        (words.only_right, pair.count(EntryKind.RIGHT)),
        (words.only_left, pair.count(EntryKind.LEFT)),
        ("改写", pair.count(EntryKind.CHANGED)),
        ("相同", pair.count(EntryKind.SAME)),
    ]
    parts = [f"{name} {count} 句" for name, count in counted if count]
    near = sum(bool(entry.near) for entry in pair.entries)
    parts += [f"{NEAR} {near} 句"] if near else []
    moved = sum(bool(entry.elsewhere) for entry in pair.entries)
    parts += [f"在别的条款 {moved} 句"] if moved else []
    parts += [f"数字或程度 {len(pair.notes)} 处"] if pair.notes else []
    return "，".join(parts)


def _body(comparer: Comparer, words: Words, pair: Comparison, opened: str) -> str:
    """The two texts beside each other, and what is to be said about them; of another pair only below its own names."""
    link = _part(comparer, opened) if opened.startswith("p") else None
    shown, words = (comparer.compare(link.left, link.right), words.of_part()) if link else (pair, words)
    lead = _part_head(comparer, words, shown, comparer.comparisons.index(pair)) if link else ""
    sides = "".join(
        _side(document, unit, side_text(shown, words, is_left), words.names[0 if is_left else 1])
        for document, unit, is_left in ((comparer.left, shown.left, True), (comparer.right, shown.right, False))
    )
    notes = "".join(f"<li>{escaped(words.note(note))}。</li>" for note in shown.notes)
    return (
        f'{lead}<div class="aw-two">{sides}</div>{f"<ul class=aw-list>{notes}</ul>" if notes else ""}'
        f"{units_html(comparer, words, shown)}{_parts(comparer, words, pair, opened)}"
    )


def _part_head(comparer: Comparer, words: Words, shown: Comparison, at: int) -> str:
    """What is held against each other now, how much of it differs, and the way back."""
    names = pair_names(comparer, shown)
    title = escaped(f"部分内容对应：{words.names[0]} {names[0]} ｜ {words.names[1]} {names[1]}")
    return (
        f'<div class="aw-part-head"><h5>{title}</h5><p class="aw-small">{escaped(_counts(shown, words))}</p>'
        f'<button type="button" class="aw-btn" data-aw="open" data-value="{at}">返回主要对应条款</button></div>'
    )


def _side(document: Document, unit: Unit | None, text: str, name: str) -> str:
    if unit is None:
        empty = '<p class="aw-empty">这份通知没有对应的条款。</p>'
        return f'<section class="aw-side"><h5>{escaped(name)}</h5>{empty}</section>'
    title = clause_title(document, unit, f"{notice_name(document)} {unit.label}")
    return f'<section class="aw-side"><h5>{title}</h5><p class="aw-clause">{text}</p></section>'


def _parts(comparer: Comparer, words: Words, pair: Comparison, opened: str) -> str:
    """Buttons of the other clauses that have a part of these."""
    items = []
    headings = [{unit.label: unit_name(unit) for unit in one.clauses} for one in (comparer.left, comparer.right)]
    for at, link in enumerate(comparer.alignment.links):
        if link.relation is not Relation.PART:
            continue
        if pair.left and link.left == pair.left.label:
            label, side, notice = link.right, 1, comparer.right.notice
        elif pair.right and link.right == pair.right.label:
            label, side, notice = link.left, 0, comparer.left.notice
        else:
            continue
        text = escaped(f"{words.names[side]} {headings[side][label]}")
        items.append(
            f'<li><a href="{escaped(clause_link(notice, label))}">{text}</a> '
            f'<button type="button" class="aw-btn aw-tiny" data-aw="open" data-value="p{at}" '
            f'aria-pressed="{"true" if opened == f"p{at}" else "false"}">并排看'
            f'<span class="aw-sr">{text}</span></button></li>'
        )
    lead = '<p class="aw-also">可能还有部分内容对应（请核对）：</p>'
    return f'{lead}<ul class="aw-list">{"".join(items)}</ul>' if items else ""


def pages_html(count: int, page: int, action: str, extra: str) -> str:
    """Page buttons: 本页 x–y，共 n 条."""
    if count <= PAGE:
        return ""
    buttons = "".join(
        f'<button type="button" class="aw-btn" data-aw="{action}" data-value="{escaped(extra)}{number}"'
        f"{' disabled' if not 1 <= number <= -(-count // PAGE) else ''}>{name}</button>"
        for name, number in (("上一页", page - 1), ("下一页", page + 1))
    )
    first = (page - 1) * PAGE + 1
    return f'<div class="aw-pages">本页 {first}–{min(count, page * PAGE)}，共 {count} 条 {buttons}</div>'
