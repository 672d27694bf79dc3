"""Whether a sentence answers a question: it is about it, decides it, states the figure, names the thing."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.answer.figures import asks_measure, states_figure
from app.answer.mention import asked_work, rules_on
from app.answer.terms import Wanted
from corpus.model import FactKind
from retrieval.actors import actor_of
from retrieval.asked import asks_leave, asks_penalty, must_do
from retrieval.model import AskedKind, Concept, Evidence, Hit, Reading, Tier

# A sentence is about what is asked from this score on, or when it holds this share of the question's words.
_RELEVANT, _NAMES_IT = 0.61, 0.3
# A number must be nearer than that, for a wrong one is worse than none.
_NEAR_ENOUGH = 0.67
# Where no notice has a word of a question but common ones (工人, 老板), likeness must be this clear.
_ONLY_LIKE, _BARELY, _COMMON = 0.72, 0.64, 1.5
# A sentence that names this much of what is asked is about it.
_NAMES_MOST = 0.4
# Likeness is proof enough for a number of the measure asked for, and less for a deadline; a frequency is always of a
# certain act, and leave is given for a certain thing.
_NEAR_MEASURE, _NEAR_DEADLINE, _NEVER_NEAR = 0.68, 0.75, 0.95
# With more concepts than this a question is chatter, and its rarest word may be beside the point.
_CHATTER = 5
# The share of the question's words from which on a thing is what it is about.
_WEIGHTIEST = 0.5
# The share from which on a thing is part of what a question wants decided.
_PART = 0.3
_PROSECUTED = re.compile("违法|违规|非法|打击|查处|杜绝|取缔|纠治")

Support = Callable[[Hit, Evidence], bool]


def make_support(reading: Reading, lost: Concept | None = None) -> Support:
    """Make the test that tells whether a sentence answers a question.

    Args:
        reading: the question; its kind says which fact is needed, its words which term must be named.
        lost: what no notice in force speaks of; only a sentence that names it answers.
    """
    wanted = Wanted(reading)
    work = asked_work(reading)
    decides = reading.kind is AskedKind.PERMISSION or bool(must_do(reading.text)) or asks_leave(reading.text)

    strange, punishes = _is_strange(reading), asks_penalty(reading.text)

    def supports(hit: Hit, evidence: Evidence) -> bool:
        unlike = evidence.score < (_ONLY_LIKE if strange else _BARELY) and _misses_its_point(reading, hit)
        unnamed = lost is not None and not lost.met_by(evidence.text)
        if unlike or unnamed or (punishes and not _names_act(evidence, reading)):
            return False
        if work is not None and not rules_on(work, evidence.text, reading):
            return False
        if not is_relevant(evidence) or not wanted.held_by(evidence.text):
            return False
        if decides and not _decides(evidence) and not _about(hit, evidence, reading):
            return False
        if reading.kind.needed_fact is None:
            return True
        near = evidence.score >= _NEAR_ENOUGH or evidence.coverage >= _NAMES_IT
        return near and _about(hit, evidence, reading) and states_figure(evidence, reading)

    return supports


def _is_strange(reading: Reading) -> bool:
    """No notice has the words that a question turns on."""
    known = sum(one.weight for one in reading.concepts)
    return not known or (known < _COMMON and reading.unknown_weight > known)


def _misses_its_point(reading: Reading, hit: Hit) -> bool:
    """A clause has not the words that a question turns on; what it has of it is said of all and sundry."""
    if not reading.concepts:
        return reading.unknown_weight > 0
    clause = f"{hit.heading} {hit.text}"
    known = sum(one.weight for one in reading.concepts if one.met_by(clause))
    missed = sum(one.weight for one in reading.concepts) - known + reading.unknown_weight
    return reading.kind is AskedKind.PROCEDURE and known < _COMMON and missed > known


def _names_act(evidence: Evidence, reading: Reading) -> bool:
    """A penalty is set for an act, so the sentence must name what it is set for."""
    things = [one for one in reading.concepts if not actor_of("，".join((one.surface, *one.alternatives)))]
    return not things or max(things, key=lambda one: one.weight).met_by(evidence.text)


def lost_thing(hits: Sequence[Hit], reading: Reading) -> Concept | None:
    """A thing of a question that none of the notices in force here speaks of: the weightiest, if it is a term of them.

    Of what is asked to be done of necessity any weighty thing counts (要装报警器吗).

    What else a sentence then has of the question (作业 of 有限空间作业) makes it no answer.

    Args:
        hits: what was found; a clause in scope that speaks of so rare a thing is among it.
        reading: the question.
    """
    top, total = weightiest(reading), sum(one.weight for one in reading.concepts)
    things = [top] if top and top.surface in top.alternatives and top.weight >= _WEIGHTIEST * total else []
    if (act := must_do(reading.text)) and not asks_leave(reading.text):
        things += [one for one in reading.concepts if one.term and one.surface in act and one.weight >= _PART * total]
    said = [f"{hit.heading} {hit.text}" for hit in hits if hit.tier is not Tier.OLDER]
    return next((one for one in things if not any(one.met_by(text) for text in said)), None)


def weightiest(reading: Reading) -> Concept | None:
    """The weightiest thing of a question, when it is a term of the lexicon or of the notices."""
    top = max(reading.concepts, key=lambda one: one.weight, default=None)
    return top if top is not None and top.term else None


def is_relevant(evidence: Evidence) -> bool:
    """Tell whether a sentence is about what is asked at all."""
    return evidence.score >= _RELEVANT or evidence.coverage >= _NAMES_IT


def _near(reading: Reading) -> float:
    """From which score on a sentence is about what is asked, whatever words it has."""
    if reading.kind is AskedKind.QUANTITY and asks_measure(reading):
        return _NEAR_MEASURE
    return _NEAR_DEADLINE if reading.kind is AskedKind.DEADLINE else _NEVER_NEAR


def _decides(evidence: Evidence) -> bool:
    """A near sentence obliges, forbids or allows, or says what is prosecuted."""
    rules = bool(_PROSECUTED.search(evidence.text)) or any(one.kind is FactKind.MODALITY for one in evidence.facts)
    return rules and evidence.score >= _NEAR_ENOUGH


def _about(hit: Hit, evidence: Evidence, reading: Reading) -> bool:
    """A sentence is about the weightiest thing of the question, or near enough to it whatever words it has.

    Else what it says is of something else; who acts is no thing, and a frequency is always of a certain act.
    """
    if actor_of(reading.text) == actor_of(hit.heading) == "enterprise":
        return True
    things = [one for one in reading.concepts if not actor_of("，".join((one.surface, *one.alternatives)))]
    if not things or len(reading.concepts) > _CHATTER:
        return True
    if evidence.score >= _near(reading) or evidence.direct >= _NAMES_MOST:
        return True
    top = max(things, key=lambda one: one.weight)
    return top.met_by(evidence.text) or top.met_by(hit.heading) or (top.heads and top.met_by(hit.text))
