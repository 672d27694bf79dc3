"""Duties of a sentence: figures of one duty put together, with the parts of the sentence that it takes."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from pydantic import Field

from app.ledger.figures import Figure, Span
from app.ledger.words import any_of, words
from corpus.model import Frozen

#: Marks at which the actor of a sentence's part no longer acts.
HARD = "；：。！？"
#: A part that holds little but its figure (年底前，) says when the next one is due.
_LEAST_DUTY = 3
_JOINT = re.compile("[、，和]")

#: Figures of one duty, its first and its last part.
_Group = tuple[list[Figure], int, int]


class Duty(Frozen):
    """Figures of one duty, and where its words stand."""

    figures: tuple[Figure, ...]
    first: int = Field(description="its first part, counted in the parts of the sentence")
    last: int = Field(description="its last part")
    span: Span = Field(description="its words, from the first part to the end of the last")


def read_duties(sentence: str, figures: Sequence[Figure]) -> list[Duty]:
    """Put figures of one part together; a part that is only scope or time goes with the next one.

    Args:
        sentence: a clean sentence.
        figures: its figures, in order.
    """
    parts = split_parts(sentence)
    groups: list[_Group] = []
    for figure in figures:
        first = next(at for at, (_, end) in enumerate(parts) if figure.start < end)
        last = max(first, next(at for at, (_, end) in enumerate(parts) if figure.end <= end))
        while last + 1 < len(parts) and _leads_on(sentence, parts[last], figures):
            last += 1
        together = bool(groups) and groups[-1][2] >= first
        if together and not _begins_another(sentence, groups[-1][0], figure):
            held = groups.pop()
            groups.append(([*held[0], figure], held[1], max(held[2], last)))
        else:
            groups.append(([figure], first, last))
    return [
        _cut(sentence, parts, group, groups[at - 1] if at else None, groups[at + 1 :][:1])
        for at, group in enumerate(groups)
    ]


def only_names(sentence: str, duty: Duty, figure: Figure) -> bool:
    """Whether a bare count stands in a part without any verb, so that it names who acts (各行业19个专业委员会，要…).

    Args:
        sentence: the sentence.
        duty: the duty it is of.
        figure: one of its figures.
    """
    words_left = sentence[slice(*duty.span)]
    return figure.is_exact_count and duty.first == duty.last and not re.search(any_of(words().actors.verbs), words_left)


def split_parts(sentence: str) -> tuple[Span, ...]:
    """Cut a sentence at its commas and semicolons, not within quotes and brackets; marks belong to no part."""
    cuts, depth = [-1], 0
    for index, char in enumerate(sentence):
        depth += (char in "（“《") - (char in "）”》")
        if char in "，" + HARD and depth <= 0:
            cuts.append(index)
    if cuts[-1] != len(sentence) - 1:
        cuts.append(len(sentence))
    return tuple((left + 1, right) for left, right in pairwise(cuts))


def _begins_another(sentence: str, before: Sequence[Figure], figure: Figure) -> bool:
    """Tell 每日巡查、每周调度, two duties, from 每旬、每月、每季分析 and 每日16时前报送, one."""
    earlier = [one for one in before if one.counted]
    if not figure.counted or not earlier:
        return False
    between = sentence[earlier[-1].end : figure.start]
    return "，" in between or bool(_JOINT.search(between, 2))


def _cut(
    sentence: str,
    parts: Sequence[Span],
    group: _Group,
    before: _Group | None,
    following: Sequence[_Group],
) -> Duty:
    """Take the words of a group; two duties in one part (每季度1次、每月1次) are cut between them."""
    figures, first, last = group
    start, end = parts[first][0], parts[last][1]
    if following and following[0][1] <= last:
        joint = _JOINT.search(sentence, figures[-1].end, following[0][0][0].start)
        end = joint.start() if joint else following[0][0][0].start
    if before is not None and before[2] >= first and (joint := _JOINT.search(sentence, before[0][-1].end, end)):
        start = joint.end()
    return Duty(figures=tuple(figures), first=first, last=last, span=(start, end))


def _leads_on(sentence: str, part: Span, figures: Sequence[Figure]) -> bool:
    """Whether a part only says for what or when (对停用超过3年的尾矿库，; 年底前，) and the next one says the duty."""
    start, end = part
    if sentence[end : end + 1] in tuple(HARD) or end >= len(sentence):
        return False
    text = sentence[start:end]
    held_figures = [figure for figure in figures if start <= figure.start < end]
    spans = [span for figure in held_figures for span in figure.pieces]
    held = sum(right - left for left, right in spans)
    if any(figure.is_act for figure in held_figures):
        return False
    if end - start - held < _LEAST_DUTY or any(text.endswith(one) for one in words().duty.scope_ends):
        return True
    last = spans[-1][1] if spans else start
    is_counted = any(figure.counted for figure in held_figures)
    if last == end and not is_counted and not re.search(any_of(words().actors.verbs), text):
        return True
    starts = any(text.startswith(one) for one in words().duty.scope_starts)
    tail = sentence[last:end].rpartition("的")[2]
    verbs = [verb for verb in words().actors.opening_verbs if len(verb) > 1]
    return starts and not re.search(any_of(verbs), tail)
