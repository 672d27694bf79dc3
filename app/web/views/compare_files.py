"""The comparison of two notices as files: a table for Excel, a paper for Word; what they leave out they say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Literal

from app.align.changes import Change, ChangeKind, by_rule, gaps
from app.align.compare import Comparer
from app.align.model import PieceKind
from app.export.sheet import Column, Sheet
from app.export.word import Paper, Paragraph, Run, Section
from app.web.views.compare import pair_names
from app.web.views.compare_asked import Asked, missing, narrowed, tally
from app.web.views.compare_words import Words, titled, unit_name
from corpus.model import Document

_CAUTION = "由程序按字句比对生成，地名和级别不同不算改动；引用前请核对原文。"
Mark = Literal["", "added", "removed", "bold"]
_NOT_IN_FILE_NAMES = frozenset('\\/:*?"<>|')
_LONGEST_PART = 40


def title_of(comparer: Comparer, asked: Asked) -> str:
    """What the comparison is called: 泽州县2024年对照2023年, 泽州县对照山西省; and what it is narrowed down to."""
    words = Words(comparer)
    old, new = words.names if words.standing.base != "right" else words.names[::-1]
    region = comparer.left.region if words.standing.kind == "year" else ""
    only = narrowed(comparer, asked)
    return f"安全生产通知对照：{region}{new}对照{old}" + (f"（{only}）" if only else "")


def file_name(left: Document, right: Document, asked: Asked, ending: str) -> str:
    """Name of the file: 对照-泽州县2023-泽州县2024-煤矿.docx.

    Args:
        left: a notice.
        right: another.
        asked: what of them is wanted.
        ending: docx or xlsx.
    """
    names = [f"{one.region}{one.year or ''}" or one.notice for one in (left, right)]
    if names[0] == names[1]:
        names = [left.notice, right.notice]
    subject = next((unit.heading or unit.label for unit in left.clauses if unit.label == asked.label), "")
    parts = ["对照", *names, subject, asked.word]
    kept = ("".join(one for one in part if one.isprintable() and one not in _NOT_IN_FILE_NAMES) for part in parts)
    return "-".join(part[:_LONGEST_PART].strip() for part in kept if part.strip()) + f".{ending}"


def about_of(comparer: Comparer, asked: Asked, found: Sequence[Change]) -> tuple[str, ...]:
    """The lines under the title: which notices, what is left out, what the file holds, how the clauses answer."""
    words = Words(comparer)
    subjects = {one.subject for one in found}
    pairs = (
        pair
        for pair in comparer.comparisons
        if (pair.left.label if pair.left else "", pair.right.label if pair.right else "") in subjects
    )
    only = narrowed(comparer, asked)
    whole = tally(comparer, comparer.comparisons)
    lines = [f"左：{titled(comparer.left)}", f"右：{titled(comparer.right)}"]
    if only:
        lines += [f"{only}。其余没有列入。", f"列入的 {len(subjects)} 组条款：{tally(comparer, pairs)}。"]
    else:
        lines.append(f"条款对应：{whole}。")
    return (*lines, f"共 {len(found)} 处：{_counted(found, words)}。", _CAUTION)


def _counted(found: Sequence[Change], words: Words) -> str:
    counts = [(words.kind(kind), sum(one.kind is kind for one in found)) for kind in words.kinds]
    said = [f"{count} {name}" for name, count in counts if count]
    noted = sum(len(one.notes) for one in found)
    return "，".join(said) + (f"；其中数字或程度不同 {noted} 处" if noted else "")


def sheet_of(comparer: Comparer, asked: Asked, found: Sequence[Change]) -> Sheet:
    """Write the changes as a table, one a row."""
    words = Words(comparer)
    names = (f"{words.names[0]}条款", f"{words.names[0]}原文", f"{words.names[1]}条款", f"{words.names[1]}原文")
    widths = (8.0, 13.0, 22.0, 48.0, 22.0, 48.0, 32.0)
    titles = _titles(comparer)
    rows = tuple(
        (
            at,
            words.kind(one.kind),
            titles[0].get(one.left) or missing(comparer, one.right, is_left=False),
            one.left_text,
            titles[1].get(one.right) or missing(comparer, one.left, is_left=True),
            one.right_text,
            words.remark(one),
        )
        for at, one in enumerate(found, 1)
    )
    headings = ("序号", "类别", *names, "说明")
    columns = tuple(Column(name=name, width=width) for name, width in zip(headings, widths, strict=True))
    return Sheet(
        title=title_of(comparer, asked), about=about_of(comparer, asked, found), columns=columns, rows=rows
    )  # fmt: skip


def _titles(comparer: Comparer) -> tuple[Mapping[str, str], Mapping[str, str]]:
    left, right = ({unit.label: unit_name(unit) for unit in one.clauses} for one in (comparer.left, comparer.right))
    return left, right


def paper_of(comparer: Comparer, asked: Asked, found: Sequence[Change]) -> Paper:
    """Write the changes as a paper, in the left notice's order.

    First what differs in a figure or a degree, for who reads one page; then how many changes each subject has, and a
    section for each.
    """
    words = Words(comparer)
    order = {kind: at for at, kind in enumerate(words.kinds)}
    headings = _headings(comparer)
    places = {subject: at for at, subject in enumerate(headings)}
    by_subject = sorted(found, key=lambda one: (places[one.subject], order[one.kind]))
    groups = [(subject, list(some)) for subject, some in groupby(by_subject, key=lambda one: one.subject)]
    summary = tuple(
        Paragraph(runs=(Run(text=f"{headings[subject]}：", mark="bold"), Run(text=_counted(some, words))), style="item")
        for subject, some in groups
    )
    sections = (
        Section(heading=headings[subject], paragraphs=tuple(p for one in some for p in _paragraphs(one, words)))
        for subject, some in groups
    )
    return Paper(
        title=title_of(comparer, asked),
        about=about_of(comparer, asked, found),
        sections=(
            *_figures(by_subject, headings, words),
            Section(heading="各事项变化一览", paragraphs=summary),
            *sections,
        ),
    )


def _figures(found: Sequence[Change], headings: Mapping[tuple[str, str], str], words: Words) -> tuple[Section, ...]:
    """The section of what differs in a figure, a frequency, a deadline or a degree; none where nothing does."""
    items = tuple(
        Paragraph(
            runs=(
                Run(text=f"{headings[one.subject]}：", mark="bold"),
                Run(text=f"{words.remark(one)}。{_figured(one, words)}"),
            ),
            style="item",
        )
        for one in found
        if one.notes
    )
    return (Section(heading="数字、频次、期限或程度不同的", paragraphs=items),) if items else ()


def _figured(change: Change, words: Words) -> str:
    """The rules that the figures stand in, verbatim."""
    sides = (
        (change.left_text, any(one.left for one in change.notes)),
        (change.right_text, any(one.right for one in change.notes)),
    )
    said = [f"{name}原文：{text}" for name, (text, has) in zip(words.names, sides, strict=True) if has and text]
    return "　".join(said)


def _headings(comparer: Comparer) -> dict[tuple[str, str], str]:
    """What each pair of clauses is called: 四、（十）煤矿 → 三、（十一）煤矿领域专项整治."""
    pairs = comparer.comparisons
    subjects = ((one.left.label if one.left else "", one.right.label if one.right else "") for one in pairs)
    return {
        subject: " → ".join(pair_names(comparer, pair)) for subject, pair in zip(subjects, pairs, strict=True)
    }  # fmt: skip


def _paragraphs(change: Change, words: Words) -> list[Paragraph]:
    remark = words.remark(change)
    said = [Paragraph(runs=(Run(text=remark),), style="small")] if remark else []
    kind = Run(text=f"【{words.kind(change.kind)}】", mark="bold")
    if change.kind in (ChangeKind.ONLY_LEFT, ChangeKind.ONLY_RIGHT):
        side = 0 if change.left_text else 1
        whole = Run(text=change.left_text or change.right_text, mark=_mark(words, side))
        return [Paragraph(runs=(kind, _place(change, words, side), whole)), *said]
    sides = (0, 1) if change.of_left is not False else (1, 0)
    first, second = (_side(change, words, side) for side in sides)
    return [Paragraph(runs=(kind, *first)), Paragraph(runs=second), *said]


def _place(change: Change, words: Words, side: int) -> Run:
    return Run(text=f"{words.names[side]}{change.right if side else change.left}：", mark="bold")


def _mark(words: Words, side: int) -> Mark:
    return "removed" if words.added(is_left=not side) is False else "added"


def _side(change: Change, words: Words, side: int) -> tuple[Run, ...]:
    """One side of a change, its own words marked; what is only quoted beside it is not."""
    text, spans = (
        (change.right_text, change.right_spans) if side else (change.left_text, change.left_spans)
    )  # fmt: skip
    place = _place(change, words, side)
    if change.of_left is not None and change.of_left == bool(side):
        return (place, Run(text=text))
    own = PieceKind.RIGHT if side else PieceKind.LEFT
    runs = [place]
    for gap, rule in zip(gaps(spans), by_rule(change.pieces, spans, is_left=not side), strict=True):
        runs += [Run(text=gap)] if gap else []
        runs += [Run(text=piece, mark=_mark(words, side) if kind is own else "") for piece, kind in rule]
    return tuple(runs)
