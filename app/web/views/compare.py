"""The tab 对照: two notices clause by clause, the list of changes, one subject in several notices."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from pydantic import Field

from app.align.compare import Comparer
from app.align.model import Comparison, EntryKind, Link, Relation
from app.web.safe import clause_link, escaped
from app.web.views.compare_text import clause_title, side_text
from app.web.views.compare_words import RELATIONS, Words, notice_name, unit_name
from corpus.agencies import read_office
from corpus.model import Document, Frozen, Unit

PAGE = 50


class Mode(StrEnum):
    """The views of the tab."""

    PAIRS = "pairs"
    LIST = "list"
    MANY = "many"


class Asked(Frozen):
    """What a visitor wants to see; made from checked values."""

    label: str = Field(default="", description="a clause of the left notice; empty for all")
    word: str = Field(default="", description="a word that one of the two clauses must have; empty for all")
    only_changed: bool = False
    page: int = Field(default=1, ge=1)
    opened: str = Field(default="", description="place of the open pair in the comparisons; p and a place: of a part")
    kind: str = Field(default="", description="a kind of change; empty for all")


def chosen(comparer: Comparer, asked: Asked) -> tuple[tuple[int, Comparison], ...]:
    """The pairs of clauses that a visitor wants, with their places in the comparisons."""
    answering = {link.right for link in comparer.alignment.links if link.left == asked.label}
    return tuple(
        (at, pair)
        for at, pair in enumerate(comparer.comparisons)
        if (not asked.only_changed or pair.differs)
        and (not asked.word or any(unit and asked.word in unit.text for unit in (pair.left, pair.right)))
        and (
            not asked.label
            or (pair.left is not None and pair.left.label == asked.label)
            or (pair.left is None and pair.right is not None and pair.right.label in answering)
        )
    )


def presets_html(pairs: Sequence[tuple[Document, Document]], current: tuple[str, str]) -> str:
    """Title of the tab, and buttons of the useful pairs of notices."""
    buttons = "".join(
        f'<button type="button" class="aw-btn" data-aw="preset" data-value="{at}"'
        f' aria-pressed="{"true" if (left.notice, right.notice) == current else "false"}">'
        f"{escaped(_pair_name(left, right))}</button>"
        for at, (left, right) in enumerate(pairs)
    )
    group = f'<div class="aw-presets" role="group" aria-label="常用对照">常用：{buttons}</div>' if buttons else ""
    return f'<div class="aw-compare-top"><h2>对照</h2>{group}</div>'


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
    return f"{head_html(comparer, exports)}{articles or empty}{pages_html(len(rows), page, 'page', '')}"


def head_html(comparer: Comparer, exports: str) -> str:
    """Heading and overview of two notices."""
    alignment = comparer.alignment
    counts = [sum(link.relation is kind for link in alignment.main) for kind in (Relation.SAME, Relation.CHANGED)]
    words = Words(comparer)
    main = {link.left for link in alignment.main}, {link.right for link in alignment.main}
    loose = [
        len({getattr(link, side) for link in alignment.links} - taken)
        for side, taken in zip(("left", "right"), main, strict=True)
    ]
    parts = [
        f"{counts[0]} 条相同",
        f"{counts[1]} 条有改动",
        f"只在{words.names[0]} {len(alignment.only_left)} 条",
        f"只在{words.names[1]} {len(alignment.only_right)} 条",
    ]
    if any(loose):
        parts.append(f"只有部分内容对应：{words.names[0]} {loose[0]} 条、{words.names[1]} {loose[1]} 条")
    return (
        f"<h3>{escaped(notice_name(comparer.left))} 与 {escaped(notice_name(comparer.right))}</h3>"
        f'<div class="aw-bar"><p class="aw-overview">{escaped("，".join(parts))}。</p>{exports}</div>'
        '<p class="aw-small">由程序按字句比对；地名和级别（县、市、省）不同不算改动；'
        "“新增”“未再提”只就这两份通知的文字而言，引用前请核对原文。</p>"
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
    names = [escaped(unit_name(unit)) if unit else "（没有对应条款）" for unit in (pair.left, pair.right)]
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


def _tag_of(comparer: Comparer, words: Words, pair: Comparison, link: Link | None) -> tuple[str, str]:
    if link:
        return RELATIONS[link.relation], link.relation.value
    unit = pair.left or pair.right
    alone = comparer.alignment.only_left if pair.left else comparer.alignment.only_right
    if unit and unit.label in alone:
        return f"只在{escaped(words.names[0 if pair.left else 1])}", "alone"
    return RELATIONS[Relation.PART], "part"


def _counts(pair: Comparison, words: Words) -> str:
    counted = [
        (words.only_right, pair.count(EntryKind.RIGHT)),
        (words.only_left, pair.count(EntryKind.LEFT)),
        ("改写", pair.count(EntryKind.CHANGED)),
        ("相同", pair.count(EntryKind.SAME)),
    ]
    parts = [f"{name} {count} 句" for name, count in counted if count]
    moved = sum(bool(entry.elsewhere) for entry in pair.entries)
    parts += [f"在别的条款 {moved} 句"] if moved else []
    parts += [f"数字或程度 {len(pair.notes)} 处"] if pair.notes else []
    return "，".join(parts)


def _body(comparer: Comparer, words: Words, pair: Comparison, opened: str) -> str:
    """The two texts beside each other, and what is to be said about them."""
    link = _part(comparer, opened) if opened.startswith("p") else None
    shown = comparer.compare(link.left, link.right) if link else pair
    sides = "".join(
        _side(document, unit, side_text(shown, words, is_left), words.names[0 if is_left else 1])
        for document, unit, is_left in ((comparer.left, shown.left, True), (comparer.right, shown.right, False))
    )
    notes = "".join(f"<li>{escaped(words.note(note))}。</li>" for note in shown.notes)
    return (
        f'<div class="aw-two">{sides}</div>{f"<ul class=aw-list>{notes}</ul>" if notes else ""}'
        f"{_units(comparer, words, shown)}{_parts(comparer, words, pair, opened)}"
    )


def _side(document: Document, unit: Unit | None, text: str, name: str) -> str:
    if unit is None:
        empty = '<p class="aw-empty">这份通知没有对应的条款。</p>'
        return f'<section class="aw-side"><h5>{escaped(name)}</h5>{empty}</section>'
    title = clause_title(document, unit, f"{notice_name(document)} {unit.label}")
    return f'<section class="aw-side"><h5>{title}</h5><p class="aw-clause">{text}</p></section>'


def _units(comparer: Comparer, words: Words, pair: Comparison) -> str:
    """The responsible units compared by what they are for, whatever their level: 县应急局 and 省应急厅 are one."""
    offices = [
        {read_office(name, document.region).stem: name for name in (unit.responsible if unit else ())}
        for document, unit in ((comparer.left, pair.left), (comparer.right, pair.right))
    ]
    if not any(offices):
        return ""
    lines = []
    for side in (0, 1):
        if not offices[side]:
            lines.append(f"{words.names[side]}未写责任单位")
            continue
        alone = [name for stem, name in offices[side].items() if stem not in offices[1 - side]]
        if offices[1 - side] and alone:
            lines.append(f"只在{words.names[side]}：{'、'.join(alone)}")
        elif not offices[1 - side]:
            lines.append(f"{words.names[side]}：{'、'.join(offices[side].values())}")
    both = [name for stem, name in offices[0].items() if stem in offices[1]]
    if both:
        lines.append(f"两份都有：{'、'.join(both)}")
    return f'<p class="aw-units"><b>责任单位</b>　{escaped("；".join(lines))}</p>'


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
