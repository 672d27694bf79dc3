"""The comparison of two notices as files: a table for Excel, a paper for Word."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from app.align.changes import Change, ChangeKind, by_rule, gaps
from app.align.compare import Comparer
from app.align.model import PieceKind, Relation
from app.export.sheet import Column, Sheet
from app.export.word import Paper, Paragraph, Run, Section
from app.web.views.compare_words import Words, notice_name

_CAUTION = "由程序按字句比对生成，地名和级别不同不算改动；引用前请核对原文。"
Mark = Literal["", "added", "removed", "bold"]
_NUMBERS = "一二三四五六七八九"


def title_of(comparer: Comparer) -> str:
    """What the comparison is called: 泽州县2024年对照2023年, 泽州县对照山西省."""
    words = Words(comparer)
    old, new = words.names if words.standing.base != "right" else words.names[::-1]
    region = comparer.left.region if words.standing.kind == "year" else ""
    return f"安全生产通知对照：{region}{new}对照{old}"


def about_of(comparer: Comparer) -> tuple[str, ...]:
    """The lines under the title: which notices, how many clauses answer to each other."""
    links = comparer.alignment.main
    same = sum(link.relation is Relation.SAME for link in links)
    words = Words(comparer)
    return (
        f"{notice_name(comparer.left)}《{comparer.left.title}》",
        f"{notice_name(comparer.right)}《{comparer.right.title}》",
        f"条款对应：{same} 条相同，{len(links) - same} 条有改动，"
        f"只在{words.names[0]} {len(comparer.alignment.only_left)} 条，"
        f"只在{words.names[1]} {len(comparer.alignment.only_right)} 条。",
        _CAUTION,
    )


def sheet_of(comparer: Comparer, found: Sequence[Change]) -> Sheet:
    """Write the changes as a table, one a row."""
    words = Words(comparer)
    names = (f"{words.names[0]}条款", f"{words.names[0]}原文", f"{words.names[1]}条款", f"{words.names[1]}原文")
    widths = (8.0, 12.0, 18.0, 48.0, 18.0, 48.0, 32.0)
    rows = tuple(
        (at, words.kind(one.kind), one.left, one.left_text, one.right, one.right_text, words.remark(one))
        for at, one in enumerate(found, 1)
    )
    headings = ("序号", "类别", *names, "说明")
    columns = tuple(Column(name=name, width=width) for name, width in zip(headings, widths, strict=True))
    return Sheet(title=title_of(comparer), about=about_of(comparer), columns=columns, rows=rows)


def paper_of(comparer: Comparer, found: Sequence[Change]) -> Paper:
    """Write the changes as a paper, a section for each kind, figures and degrees once more at the end."""
    words = Words(comparer)
    parts = [
        (words.kind(kind), tuple(_paragraphs(one, words))) for kind in words.kinds for one in found if one.kind is kind
    ]
    grouped: dict[str, list[Paragraph]] = {}
    for name, paragraphs in parts:
        grouped.setdefault(name, []).extend(paragraphs)
    counted = {words.kind(kind): sum(one.kind is kind for one in found) for kind in words.kinds}
    noted = [one for one in found if one.notes]
    if noted:
        grouped["数字和要求程度"] = [_noted(one, words) for one in noted]
        counted["数字和要求程度"] = len(noted)
    sections = tuple(
        Section(heading=f"{_NUMBERS[at]}、{name}（{counted[name]} 处）", paragraphs=tuple(paragraphs))
        for at, (name, paragraphs) in enumerate(grouped.items())
    )
    return Paper(title=title_of(comparer), about=about_of(comparer), sections=sections)


def _paragraphs(change: Change, words: Words) -> list[Paragraph]:
    remark = words.remark(change)
    said = [Paragraph(runs=(Run(text=remark),), style="small")] if remark else []
    if change.kind is not ChangeKind.ALTERED:
        side = 0 if change.left_text else 1
        label = change.left or change.right if side == 0 else change.right
        place = Run(text=f"{words.names[side]} {label}：", mark="bold")
        return [Paragraph(runs=(place, Run(text=change.left_text or change.right_text))), *said]
    return [_altered(change, words, side) for side in (0, 1)] + said


def _altered(change: Change, words: Words, side: int) -> Paragraph:
    """One side of an altered rule, its own words marked."""
    own = PieceKind.RIGHT if side else PieceKind.LEFT
    is_added = words.added(is_left=not side)
    label = change.right if side else change.left
    runs = [Run(text=f"{words.names[side]} {label}：", mark="bold")]
    spans = change.right_spans if side else change.left_spans
    for gap, rule in zip(gaps(spans), by_rule(change.pieces, spans, is_left=not side), strict=True):
        runs += [Run(text=gap)] if gap else []
        for text, kind in rule:
            mark: Mark = "" if kind is not own else "removed" if is_added is False else "added"
            runs.append(Run(text=text, mark=mark))
    return Paragraph(runs=tuple(runs))


def _noted(change: Change, words: Words) -> Paragraph:
    place = Run(text=f"{change.left or '—'} ／ {change.right or '—'}：", mark="bold")
    return Paragraph(runs=(place, Run(text="；".join(words.note(note) for note in change.notes))))
