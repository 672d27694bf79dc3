"""The requirements of a notice: figures put together to duties, each with its actor, its words and its bracket."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from pydantic import Field

from app.ledger.actors import find_actor, side_of
from app.ledger.figures import Figure, Span, read_figures
from app.ledger.model import Requirement, RequirementKind
from app.ledger.words import any_of, words
from corpus.industries import industries_of
from corpus.model import Document, Frozen, Responsibility, Sentence, SentenceKind, Unit

#: Figures of one duty, its first and its last part.
_Group = tuple[list[Figure], int, int]
_JOINT = re.compile("[、，和]")
_HARD = "；：。！？"
_ORDER = (RequirementKind.FREQUENCY, RequirementKind.DEADLINE, RequirementKind.THRESHOLD)
#: A part that holds little but its figure (年底前，) says when the next one is due.
_LEAST_DUTY = 3


class _Duty(Frozen):
    """Figures of one duty, and the parts of the sentence that it takes."""

    figures: tuple[Figure, ...]
    first: int = Field(description="first part, counted in the parts of the sentence")
    last: int = Field(description="last part")
    span: Span = Field(description="the duty's words, from the first part to the end of the last")


def read_requirements(document: Document) -> tuple[Requirement, ...]:
    """Read the rows of a notice, by rule.

    Args:
        document: a parsed notice.

    Returns:
        Rows in the order of the text; head, tail and brackets of responsible units are not read.
    """
    return tuple(row for unit in document.clauses for row in _of_unit(document, unit))


def _of_unit(document: Document, unit: Unit) -> Iterator[Requirement]:
    industries = None
    for sentence in unit.sentences:
        if sentence.kind is not SentenceKind.BODY or not (figures := read_figures(sentence.text)):
            continue
        if industries is None:
            industries = industries_of(document, unit)
        parts = split_parts(sentence.text)
        for duty in _duties(sentence.text, parts, figures):
            row = _row(document, unit, sentence, parts, duty)
            if row is not None:
                yield row.model_copy(update={"industries": industries})


def split_parts(sentence: str) -> tuple[Span, ...]:
    """Cut a sentence at its commas and semicolons, not within quotes and brackets; marks belong to no part."""
    cuts, depth = [-1], 0
    for index, char in enumerate(sentence):
        depth += (char in "（“《") - (char in "）”》")
        if char in "，" + _HARD and depth <= 0:
            cuts.append(index)
    if cuts[-1] != len(sentence) - 1:
        cuts.append(len(sentence))
    return tuple((left + 1, right) for left, right in pairwise(cuts))


def _duties(sentence: str, parts: Sequence[Span], figures: Sequence[Figure]) -> list[_Duty]:
    """Put figures of one part together; a part that is only scope or time goes with the next one."""
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
) -> _Duty:
    """Take the words of a group; two duties in one part (每季度1次、每月1次) are cut between them."""
    figures, first, last = group
    start, end = parts[first][0], parts[last][1]
    if following and following[0][1] <= last:
        joint = _JOINT.search(sentence, figures[-1].end, following[0][0][0].start)
        end = joint.start() if joint else following[0][0][0].start
    if before is not None and before[2] >= first and (joint := _JOINT.search(sentence, before[0][-1].end, end)):
        start = joint.end()
    return _Duty(figures=tuple(figures), first=first, last=last, span=(start, end))


def _leads_on(sentence: str, part: Span, figures: Sequence[Figure]) -> bool:
    """Whether a part only says for what or when (对停用超过3年的尾矿库，; 年底前，) and the next one says the duty."""
    start, end = part
    if sentence[end : end + 1] in tuple(_HARD) or end >= len(sentence):
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


def _row(document: Document, unit: Unit, sentence: Sentence, parts: Sequence[Span], duty: _Duty) -> Requirement | None:
    """Make the row of a duty; None where its only figure counts those who act (19个专业委员会)."""
    text = sentence.text
    actor, begins = _actor(text, parts, duty)
    figures = duty.figures
    if actor is not None:
        figures = tuple(one for one in figures if not (one.is_exact_count and actor[0] <= one.start < actor[1]))
    if not figures:
        return None
    kind = min((figure.kind for figure in figures), key=_ORDER.index)
    spans = sorted(span for figure in figures for span in figure.pieces)
    start = _with_scope(text, parts, duty, begins)
    end = max(duty.span[1], spans[-1][1])
    bracket = _bracket(unit, sentence.start + spans[0][0])
    who = text[actor[0] : actor[1]] if actor else ""
    return Requirement(
        notice=document.notice, label=unit.label, heading=unit.heading, region=document.region, year=document.year,
        who=who,
        side=side_of(who, bool(actor and actor[2]), kind, text[duty.span[0] : duty.span[1]],
                     bracket.role if bracket else "", unit.heading),
        must=_must(text, parts[duty.last], duty, figures, actor),
        kind=kind,
        value="…".join(text[left:right] for left, right in _joined(spans)),
        vague=all(figure.vague for figure in figures),
        quote=text[start:end],
        start=sentence.start + start,
        responsible=_responsible(unit, bracket),
    )  # fmt: skip


def _actor(text: str, parts: Sequence[Span], duty: _Duty) -> tuple[tuple[int, int, bool] | None, int]:
    """Find the actor in the duty's own parts, else in those before it up to a semicolon; and where the quote begins."""
    # A name may hold a quantity (产能120万吨以上的煤矿), but ends before how often or by when.
    pieces = [span for one in read_figures(text) if one.kind is not RequirementKind.THRESHOLD for span in one.pieces]
    own = [duty.span if duty.first == duty.last else parts[at] for at in range(duty.last, duty.first - 1, -1)]
    for part in own:
        if actor := find_actor(text, part, pieces):
            return (actor.start, actor.end, actor.urged), duty.span[0]
    for at in range(duty.first - 1, -1, -1):
        if text[parts[at][1]] in _HARD:
            break
        if actor := find_actor(text, parts[at], pieces):
            return (actor.start, actor.end, actor.urged), parts[at][0]
    return None, duty.span[0]


def _with_scope(text: str, parts: Sequence[Span], duty: _Duty, begins: int) -> int:
    """Begin the quote a part earlier where that one says for what (针对…, 以…为重点, …后)."""
    at = next(number for number, (_, end) in enumerate(parts) if begins < end)
    if begins != parts[at][0] or at == 0:
        return begins
    before, end = parts[at - 1]
    part = text[before:end]
    own = words().duty
    is_scope = part.startswith(own.scope_starts) or part.endswith(own.scope_ends)
    return before if is_scope and text[end] not in _HARD else begins


def _joined(spans: Sequence[Span]) -> Iterator[Span]:
    """Join the pieces that touch."""
    held: Span | None = None
    for span in spans:
        if held and span[0] <= held[1]:
            held = (held[0], max(held[1], span[1]))
            continue
        if held:
            yield held
        held = span
    if held:
        yield held


def _must(text: str, part: Span, duty: _Duty, figures: Sequence[Figure], actor: tuple[int, int, bool] | None) -> str:
    """Take what is to be done: the last part without actor, modal words, and the figure where it stands at an edge."""
    for figure in figures:
        if figure.is_act:
            return text[figure.start : figure.end]
    start, end = max(part[0], duty.span[0]), min(part[1], duty.span[1])
    if actor and start <= actor[0] < end:
        start = actor[1]
    spans = [span for figure in figures for span in figure.pieces]
    lead, tail = re.compile(f"{any_of(words().duty.adverbs)}+"), re.compile(f"{any_of(words().duty.tails)}$")
    moved = True
    while moved and start < end:
        before = start, end
        start += text[start] == "在" and any(left == start + 1 for left, _ in spans)
        start = next((right for left, right in spans if left <= start < right), start)
        if found := lead.match(text, start, end):
            start = found.end()
        if not any(start < left and right < end for left, right in spans):
            end = next((left for left, right in spans if left < end <= right), end)
        if (found := tail.search(text[start:end])) and end in {left for left, _ in spans}:
            end = start + found.start()
        moved = (start, end) != before
    return text[start:end] or text[figures[0].start : figures[-1].end]


def _bracket(unit: Unit, at: int) -> Responsibility | None:
    """The unit's own bracket that binds the words at a place of its text."""
    own = [one for one in unit.responsibilities if one.inherited_from is None]
    return next((one for one in own if one.whole or one.start <= at < one.end), None)


def _responsible(unit: Unit, bracket: Responsibility | None) -> tuple[str, ...]:
    """Units of the bracket, then those that a proviso charges with every clause."""
    inherited = [name for one in unit.responsibilities if one.inherited_from for name in one.units]
    return tuple(dict.fromkeys((*(bracket.units if bracket else ()), *inherited)))
