"""The requirements of a notice: each duty with its actor, its words and the bracket that binds it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from app.ledger.actors import Actor, find_actor, side_of
from app.ledger.duties import HARD, Duty, only_names, read_duties, split_parts
from app.ledger.figures import Figure, Span, read_figures
from app.ledger.model import Requirement, RequirementKind, Side
from app.ledger.words import any_of, words
from corpus.industries import industries_named, industries_of
from corpus.model import Document, Responsibility, Sentence, SentenceKind, Unit

_ORDER = (RequirementKind.FREQUENCY, RequirementKind.DEADLINE, RequirementKind.THRESHOLD)


def read_requirements(document: Document) -> tuple[Requirement, ...]:
    """Read the rows of a notice, by rule.

    Args:
        document: a parsed notice.

    Returns:
        Rows in the order of the text; head, tail and brackets of responsible units are not read.
    """
    return tuple(row for unit in document.clauses for row in _of_unit(document, unit))


def _of_unit(document: Document, unit: Unit) -> Iterator[Requirement]:
    rows = [
        row
        for sentence in unit.sentences
        if sentence.kind is SentenceKind.BODY
        for row in _of_sentence(document, unit, sentence)
    ]
    industries = industries_of(document, unit) if rows else ()
    for row in rows:
        yield row.model_copy(update={"industries": industries or _of_some(row)})


def _of_some(row: Requirement) -> tuple[str, ...]:
    """Industries of a row that speaks of some alone, in a clause to everybody (矿山企业主要负责人的集中培训).

    What an office does with its own people is not an industry's, though their names may hold its word (矿山救护队).
    """
    if row.side is Side.GOVERNMENT:
        return ()
    named, common = industries_named(row.quote), words().choice.everybody
    return tuple(name for name in named if name not in common) or named


def _of_sentence(document: Document, unit: Unit, sentence: Sentence) -> Iterator[Requirement]:
    figures = read_figures(sentence.text)
    # A name may hold a quantity (产能120万吨以上的煤矿), but ends before how often or by when.
    times = [span for one in figures if one.kind is not RequirementKind.THRESHOLD for span in one.pieces]
    for duty in read_duties(sentence.text, figures):
        actor, start = _actor(sentence.text, duty, times)
        own = tuple(
            one
            for one in duty.figures
            if not (one.is_exact_count and actor and _within(one, actor)) and not only_names(sentence.text, duty, one)
        )
        if own:  # else its only figure counts those who act (19个专业委员会)
            yield _row(document, unit, sentence, duty.model_copy(update={"figures": own}), actor, start)


def _within(figure: Figure, actor: Actor) -> bool:
    return actor.start <= figure.start < actor.end


def _row(
    document: Document, unit: Unit, sentence: Sentence, duty: Duty, actor: Actor | None, begins: int
) -> Requirement:
    text = sentence.text
    kind = min((figure.kind for figure in duty.figures), key=_ORDER.index)
    spans = sorted(span for figure in duty.figures for span in figure.pieces)
    start, end = _with_scope(text, begins), max(duty.span[1], spans[-1][1])
    bracket = _bracket(unit, sentence.start + spans[0][0])
    who = text[actor.start : actor.end] if actor else ""
    side = side_of(
        who, bool(actor and actor.urged), kind, text[slice(*duty.span)], bracket.role if bracket else "", unit.heading
    )
    return Requirement(
        notice=document.notice,
        label=unit.label,
        heading=unit.heading,
        region=document.region,
        year=document.year,
        who=who,
        side=side,
        must=_must(text, duty, actor),
        kind=kind,
        value="…".join(text[left:right] for left, right in _joined(spans)),
        vague=all(figure.vague for figure in duty.figures),
        quote=text[start:end],
        start=sentence.start + start,
        responsible=_responsible(unit, bracket),
    )


def _actor(text: str, duty: Duty, times: Sequence[Span]) -> tuple[Actor | None, int]:
    """Find the actor in the duty's own parts, else in those before it up to a semicolon; and where the quote begins."""
    parts = split_parts(text)
    own = [duty.span] if duty.first == duty.last else [parts[at] for at in range(duty.last, duty.first - 1, -1)]
    for part in own:
        if actor := find_actor(text, part, times):
            return actor, duty.span[0]
    # The second duty of a part (企业每日巡查、每周调度) has the actor of the first.
    earlier = (parts[duty.first][0], duty.span[0])
    for start, end in (earlier, *reversed(parts[: duty.first])):
        if text[end] in HARD:
            break
        if actor := find_actor(text, (start, end), times):
            return actor, start
    return None, duty.span[0]


def _with_scope(text: str, begins: int) -> int:
    """Begin the quote a part earlier where that one says for what (针对…, 以…为重点, …后)."""
    before = next((part for part in split_parts(text) if part[1] + 1 == begins), None)
    if before is None or text[before[1]] in HARD:
        return begins
    own = words().duty
    part = text[slice(*before)]
    return before[0] if part.startswith(own.scope_starts) or part.endswith(own.scope_ends) else begins


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Join the pieces that touch."""
    joined: list[Span] = []
    for start, end in spans:
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined


def _must(text: str, duty: Duty, actor: Actor | None) -> str:
    """Take what is to be done: the last part without actor, modal words, and the figure where it stands at an edge."""
    for figure in duty.figures:
        if figure.is_act:
            return text[figure.start : figure.end]
    part = split_parts(text)[duty.last]
    start, end = max(part[0], duty.span[0]), min(part[1], duty.span[1])
    if actor and start <= actor.start < end:
        start = actor.end
    spans = [span for figure in duty.figures for span in figure.pieces]
    return _bare(text, start, end, spans) or text[duty.figures[0].start : duty.figures[-1].end]


def _bare(text: str, start: int, end: int, spans: Sequence[Span]) -> str:
    """Strip modal words and figures off the edges until nothing moves; a figure inside keeps the one at the end."""
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
    return text[start:end]


def _bracket(unit: Unit, at: int) -> Responsibility | None:
    """The unit's own bracket that binds the words at a place of its text."""
    own = [one for one in unit.responsibilities if one.inherited_from is None]
    return next((one for one in own if one.whole or one.start <= at < one.end), None)


def _responsible(unit: Unit, bracket: Responsibility | None) -> tuple[str, ...]:
    """Units of the bracket, then those that a proviso charges with every clause."""
    inherited = [name for one in unit.responsibilities if one.inherited_from for name in one.units]
    return tuple(dict.fromkeys((*(bracket.units if bracket else ()), *inherited)))
