"""The tab 对照: the list of changes, and one subject in several notices."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from app.align.changes import Change, ChangeKind, changes
from app.align.compare import Comparer
from app.align.model import Faced, Facing, Relation, Span
from app.align.terms import rules_of
from app.web.safe import clause_link, escaped
from app.web.views.compare import PAGE, head_html, pages_html
from app.web.views.compare_asked import NOTED, Asked, chosen, missing
from app.web.views.compare_text import change_text, clause_title
from app.web.views.compare_words import Words, notice_name, unit_name
from corpus.model import Document, Unit


def listed(comparer: Comparer, asked: Asked) -> tuple[Change, ...]:
    """The changes that a visitor wants: what is new first, each kind in the order of the clauses."""
    order = {kind: at for at, kind in enumerate(Words(comparer).kinds)}
    found = changes(comparer, (pair for _, pair in chosen(comparer, asked)))
    kept = (one for one in found if not asked.word or asked.word in one.left_text + one.right_text)
    return tuple(sorted(kept, key=lambda one: order[one.kind]))


def of_kind(found: Sequence[Change], kind: str) -> tuple[Change, ...]:
    """The changes of a kind; all of them for an empty or unknown one."""
    if kind == NOTED:
        return tuple(one for one in found if one.notes)
    return tuple(one for one in found if one.kind == kind) if kind in set(ChangeKind) else tuple(found)


def list_html(comparer: Comparer, asked: Asked, exports: str) -> str:
    """The view 变化清单.

    Args:
        comparer: the two notices.
        asked: what is wanted of them.
        exports: links to the files of the same, as safe HTML.
    """
    words, found = Words(comparer), listed(comparer, asked)
    rows = of_kind(found, asked.kind)
    page = min(asked.page, max(1, -(-len(rows) // PAGE)))
    shown = rows[(page - 1) * PAGE : page * PAGE]
    names = ("类别", words.names[0], words.names[1], "说明")
    head = "".join(f'<th scope="col">{escaped(name)}</th>' for name in names)
    body = "".join(_row(comparer, one, words, names) for one in shown)
    table = f'<table class="aw-table"><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>'
    empty = '<p class="aw-empty">没有符合条件的变化。</p>'
    return (
        f"{head_html(comparer, asked, exports)}{_kinds(found, words, asked.kind)}"
        f"{f'<div class=aw-cards>{table}</div>' if shown else empty}"
        f"{pages_html(len(rows), page, 'list', f'{asked.kind}/')}"
    )


def _kinds(found: Sequence[Change], words: Words, current: str) -> str:
    counts = Counter(one.kind for one in found)
    noted = sum(len(one.notes) for one in found)
    choices = [
        ("", f"全部 {len(found)}"),
        *((kind.value, f"{words.kind(kind)} {counts[kind]}") for kind in words.kinds),
    ]
    choices.append((NOTED, f"数字或程度 {noted} 处"))
    buttons = "".join(
        f'<button type="button" class="aw-btn" data-aw="list" data-value="{value}/1" '
        f'aria-pressed="{"true" if value == current else "false"}">{escaped(name)}</button>'
        for value, name in choices
    )
    return f'<div class="aw-presets" role="group" aria-label="变化的类别">{buttons}</div>'


def _row(comparer: Comparer, change: Change, words: Words, names: Sequence[str]) -> str:
    cells = (
        escaped(words.kind(change.kind)),
        _cell(comparer, change, words, is_left=True),
        _cell(comparer, change, words, is_left=False),
        escaped(words.remark(change)),
    )
    return "<tr>" + "".join(
        f'<td data-name="{escaped(name)}">{cell}</td>' for name, cell in zip(names, cells, strict=True)
    ) + "</tr>"  # fmt: skip


def _cell(comparer: Comparer, change: Change, words: Words, *, is_left: bool) -> str:
    document = words.left if is_left else words.right
    label = change.left if is_left else change.right
    if not label:
        return escaped(missing(comparer, change.right if is_left else change.left, is_left=not is_left))
    spans = change.left_spans if is_left else change.right_spans
    place = (spans[0].start, spans[-1].end) if spans else (None, None)
    link = f'<a href="{escaped(clause_link(document.notice, label, *place))}">{escaped(label)}</a>'
    text = change_text(change, words, is_left)
    return f"{link}<br>{text}" if text else f"{link}<br><span class=aw-small>（没有）</span>"


def many_html(facing: Sequence[Facing], asked: Asked, clauses: Sequence[Unit], others: int = 0) -> str:
    """The view 一个事项，多份通知.

    Args:
        facing: what each notice says.
        asked: the clause or word that was asked for.
        clauses: the left notice's clauses, to choose from when nothing is asked for.
        others: how many notices there are beside those.
    """
    if not asked.label and not asked.word:
        buttons = "".join(
            f'<li><button type="button" class="aw-btn aw-tiny" data-aw="clause" data-value="{escaped(unit.label)}">'
            f"{escaped(unit_name(unit))}</button></li>"
            for unit in clauses[:PAGE]
        )
        return (
            "<h3>一个事项，多份通知</h3><p>请选一个事项，或在“含有的词”里输入一个词（如：燃气），看各份通知怎么说。</p>"
            f'<ul class="aw-choices">{buttons}</ul>'
        )
    subject = asked.word or next((unit_name(one.unit) for place in facing for one in place.clauses), asked.label)
    holders = sum(bool(one.clauses) for one in facing)
    return (
        f"<h3>{escaped(subject)}：{len(facing)} 份通知中有 {holders} 份提到</h3>"
        f'<p class="aw-small">{_selection(len(facing), others)}'
        "带“只此一份”标记的字句，在所列其他几份通知里没有找到相近的字句。</p>"
        f'<div class="aw-many">{"".join(_facing(one, asked.word, holders > 1) for one in facing)}</div>'
    )


def _selection(shown: int, others: int) -> str:
    """Say which notices are shown where that is not all of them."""
    return f"可以对照的通知共 {shown + others} 份，这里只列与左边通知最相关的 {shown} 份。" if others else ""


def _facing(one: Facing, word: str, marks: bool) -> str:
    name = f"<h4>{escaped(notice_name(one.document))}</h4>"
    if not one.clauses:
        return f'<section class="aw-side">{name}<p class="aw-empty">没有对应的条款。</p></section>'
    clauses = "".join(_faced(one.document, each, word, marks) for each in one.clauses)
    return f'<section class="aw-side">{name}{clauses}</section>'


def _faced(document: Document, faced: Faced, word: str, marks: bool) -> str:
    title = clause_title(document, faced.unit, unit_name(faced.unit))
    if faced.relation is Relation.PART:
        return f"<p>另有部分内容：{title}</p>"
    only = faced.only if marks else ()
    text = _with_word(faced.unit, only, word) if word else "".join(_stretches(faced.unit.text, only))
    duty = "、".join(faced.unit.responsible)
    units = f'<p class="aw-units"><b>责任单位</b>　{escaped(duty)}</p>' if duty else ""
    return f'<h5>{title}</h5><p class="aw-clause">{text}</p>{units}'


def _stretches(text: str, only: Sequence[Span]) -> Iterator[str]:
    """The whole text, what no other notice has marked."""
    at = 0
    for span in only:
        yield escaped(text[at : span.start])
        yield _alone(escaped(text[span.start : span.end]))
        at = span.end
    yield escaped(text[at:])


def _alone(html: str) -> str:
    return f'<span class="aw-only"><span class="aw-chip">只此一份</span>{html}</span>'


def _with_word(unit: Unit, only: Sequence[Span], word: str) -> str:
    """The rules that have the word, or the heading that has it; what no other notice has marked."""
    kept = [
        "".join(_parted(unit.text, start, end, only, word))
        for start, end in rules_of(unit)
        if word in unit.text[start:end]
    ]
    return "……".join(kept) or _marked(unit.text, word)


def _parted(text: str, start: int, end: int, only: Sequence[Span], word: str) -> Iterator[str]:
    """One rule; a word that runs over the end of a marked part stays unmarked."""
    at = start
    for span in only:
        if start <= span.start and span.end <= end:
            yield _marked(text[at : span.start], word)
            yield _alone(_marked(text[span.start : span.end], word))
            at = span.end
    yield _marked(text[at:end], word)


def _marked(text: str, word: str) -> str:
    return f"<mark>{escaped(word)}</mark>".join(escaped(part) for part in text.split(word))
