"""A clause in the tab 对照: its text verbatim, with what is in it alone marked, by words and not by colour only."""

from __future__ import annotations

from collections.abc import Iterator

from app.align.changes import Change, ChangeKind, by_rule, gaps
from app.align.model import Comparison, Entry, EntryKind, PieceKind, Place, Span
from app.web.safe import clause_link, escaped
from app.web.views.compare_words import NEAR, Words
from corpus.model import Document, Unit

#: A stretch of a clause's text: its end, and the HTML of it.
_Stretch = tuple[int, int, str]


def side_text(comparison: Comparison, words: Words, is_left: bool) -> str:
    """Write the text of one side, the whole of it.

    Args:
        comparison: two clauses beside each other.
        words: what things are called.
        is_left: which side.
    """
    unit = comparison.left if is_left else comparison.right
    if unit is None:
        return ""
    stretches = sorted(one for entry in comparison.entries for one in _stretches(entry, unit, words, is_left))
    html, at = [], 0
    for start, end, written in stretches:
        html += [_quiet(unit.text[at:start]), written]
        at = end
    return "".join((*html, _quiet(unit.text[at:])))


def _quiet(text: str) -> str:
    """Heading and brackets: not compared, so less prominent."""
    return f'<span class="aw-quiet">{escaped(text)}</span>' if text else ""


def _stretches(entry: Entry, unit: Unit, words: Words, is_left: bool) -> Iterator[_Stretch]:
    spans = entry.left if is_left else entry.right
    if entry.kind in (EntryKind.LEFT, EntryKind.RIGHT) and not entry.near:
        for span in spans:
            yield span.start, span.end, _alone(entry, unit, span, words, is_left)
        return
    chip = _near_chip(entry.near[0], words, is_left) if entry.near else ""
    for span, rule in zip(spans, by_rule(entry.pieces, spans, is_left), strict=True):
        yield span.start, span.end, chip + "".join(_word(text, kind, words, is_left) for text, kind in rule)


def change_text(change: Change, words: Words, is_left: bool) -> str:
    """Write the words of one side of a change, what is in it alone marked; what is quoted beside it is not."""
    text, spans = (change.left_text, change.left_spans) if is_left else (change.right_text, change.right_spans)
    if change.of_left is (not is_left):
        return f'<span class="aw-small">相近字句：</span>{escaped(text)}'
    if change.kind in (ChangeKind.ONLY_LEFT, ChangeKind.ONLY_RIGHT):
        return escaped(text)
    rules = by_rule(change.pieces, spans, is_left)
    return "".join(
        gap + "".join(_word(text, kind, words, is_left) for text, kind in rule)
        for gap, rule in zip(gaps(spans), rules, strict=True)
    )


def _word(text: str, kind: PieceKind, words: Words, is_left: bool) -> str:
    if not text or kind not in (PieceKind.LEFT, PieceKind.RIGHT):
        return escaped(text)
    label = escaped(words.only_left if is_left else words.only_right)
    tag, end = _tag(words, is_left), '<span class="aw-sr">〕</span>'
    return f'<{tag} class="aw-word"><span class="aw-sr">〔{label}：</span>{escaped(text)}{end}</{tag}>'


def _near_chip(place: Place, words: Words, is_left: bool) -> str:
    """A link to the rule of the other notice that has phrases of one that stands alone."""
    other = words.right if is_left else words.left
    link = escaped(clause_link(other.notice, place.label, place.span.start, place.span.end))
    name = escaped(f"{NEAR}：{words.names[1 if is_left else 0]}{place.label}")
    return f'<a class="aw-chip" href="{link}">{name}</a>'


def _alone(entry: Entry, unit: Unit, span: Span, words: Words, is_left: bool) -> str:
    """A whole rule that the other clause has not."""
    text = escaped(unit.text[span.start : span.end])
    if entry.elsewhere:
        other = words.right if is_left else words.left
        place = entry.elsewhere
        link = escaped(clause_link(other.notice, place.label, place.span.start, place.span.end))
        name = escaped(f"{words.names[1 if is_left else 0]}在{place.label}")
        return f'<span class="aw-moved">{text}<a class="aw-chip" href="{link}">{name}</a></span>'
    tag = _tag(words, is_left)
    label = escaped(words.only_left if is_left else words.only_right)
    return f'<{tag} class="aw-rule"><span class="aw-chip">{label}</span>{text}</{tag}>'


def _tag(words: Words, is_left: bool) -> str:
    added = words.added(is_left)
    return "mark" if added is None else "ins" if added else "del"


def clause_title(document: Document, unit: Unit, name: str) -> str:
    """Name of a clause as a link to it in the tab 条款."""
    link = escaped(clause_link(document.notice, unit.label))
    return f'<a href="{link}">{escaped(name)}</a>'
