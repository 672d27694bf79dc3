"""What a sentence must hold to answer a question of a kind, and which of its facts are meant."""

from __future__ import annotations

import re
from collections.abc import Callable

from app.definition import lists_members, member_count
from corpus.model import Fact, FactKind
from index.lexical import bigrams
from retrieval.asked import asked_measures, asked_periods
from retrieval.model import AskedKind, Concept, Evidence, Hit, Reading

LEAST_COVERAGE = 0.34
# A fact of the period that the question names counts this much more; a lead less clear than this is no lead.
_SAME_PERIOD = 4.0
_NOT_CLEAR = 0.45
_VAGUE_PERIODS = ("定期", "不定期", "常态化", "经常", "实时")
_TIME_MEASURES = ("年", "月", "日", "天", "小时", "周", "季度", "分钟")
# With more concepts than this a question is chatter, and its rarest word may be beside the point.
_CHATTER = 5
# What a number counts stands this near after it (3支专业化综合性应急救援队伍).
_REACH = 16
_COUNTED_NOUN = re.compile(r"(?:几|多少)(?:个|座|处|支|家|项|件|台|辆|所|名)([\u4e00-\u9fff]{2,6})")

Support = Callable[[Hit, Evidence], bool]


def make_support(reading: Reading) -> Support:
    """Make the test that tells whether a sentence answers a question.

    Args:
        reading: the question; its kind says which fact is needed, its words which term must be named.
    """
    needed = reading.kind.needed_fact
    named = _must_name(reading)

    def supports(hit: Hit, evidence: Evidence) -> bool:
        if evidence.coverage < LEAST_COVERAGE and reading.concepts:
            return False
        if not all(one.met_by(evidence.text) for one in named):
            return False
        if reading.members_asked and not any(_says_members(evidence.text, one) for one in reading.concepts):
            return False
        if needed is None:
            return True
        if not _met_somewhere(hit, reading):
            return False
        return any(fact.period not in _VAGUE_PERIODS for fact in _fitting(evidence, reading))

    return supports


def only_vague(evidence: Evidence) -> bool:
    """Tell whether a sentence says how often only as 定期 or 常态化."""
    periods = [fact.period for fact in evidence.facts if fact.kind is FactKind.FREQUENCY]
    return bool(periods) and all(period in _VAGUE_PERIODS for period in periods)


def asked_facts(evidence: Evidence, reading: Reading) -> tuple[Fact, ...]:
    """The facts asked for that stand nearest to what the question speaks of.

    A sentence often holds several rules; the facts whose own part of it (between ，； and the like) meets most of the
    question's concepts are meant.
    """
    needed = reading.kind.needed_fact
    facts = _fitting(evidence, reading)
    exact = [fact for fact in facts if fact.kind is needed] or facts
    periods = asked_periods(reading.text)
    nearness = [_met(_part(evidence.text, fact), reading) + _SAME_PERIOD * (fact.period in periods) for fact in exact]
    best = max(nearness, default=0.0)
    runner_up = sorted(nearness)[-2] if len(nearness) > 1 else 0.0
    if best > runner_up > best * _NOT_CLEAR:
        return tuple(exact)
    return tuple(fact for fact, near in zip(exact, nearness, strict=True) if near == best)


def _must_name(reading: Reading) -> list[Concept]:
    """What an answering sentence must name: terms in quotation marks, and the term whose meaning is asked."""
    quoted = [one for one in reading.concepts if f"“{one.surface}”" in reading.text]
    if reading.kind is AskedKind.DEFINITION and not quoted:
        return sorted(reading.concepts, key=lambda one: -one.weight)[:1]
    return quoted


def _met_somewhere(hit: Hit, reading: Reading) -> bool:
    """The weightiest subject of the question stands in the clause: else its numbers are of something else."""
    subjects = [one for one in reading.concepts if one.heads]
    if not subjects or len(reading.concepts) > _CHATTER:
        return True
    top = max(subjects, key=lambda one: one.weight)
    return top.met_by(hit.text) or top.met_by(hit.heading)


def _says_members(sentence: str, concept: Concept) -> bool:
    return any(member_count(word) and lists_members(sentence, word) for word in concept.alternatives)


def _answers(fact: Fact, needed: FactKind) -> bool:
    """A fact of the kind; a span of time also answers what a deadline is asked for, and a deadline a quantity."""
    if fact.kind is needed:
        return True
    if needed is FactKind.DEADLINE:
        return fact.kind is FactKind.QUANTITY and (fact.measure or "") in _TIME_MEASURES
    return needed is FactKind.QUANTITY and fact.kind is FactKind.DEADLINE and fact.number is not None


def _fitting(evidence: Evidence, reading: Reading) -> list[Fact]:
    """The facts of the kind and the measure asked for, that count the thing whose number is asked for."""
    needed = reading.kind.needed_fact
    if needed is None:
        return []
    facts = [fact for fact in evidence.facts if _answers(fact, needed)]
    if reading.kind is not AskedKind.QUANTITY:
        return facts
    if measures := asked_measures(reading.text):
        facts = [fact for fact in facts if any(measure in (fact.measure or "") for measure in measures)]
    noun = counted_noun(reading)
    if not noun:
        return facts
    things = [fact for fact in facts if (fact.measure or "") not in _TIME_MEASURES]
    return [fact for fact in things if _counts(evidence.text[fact.end : fact.end + _REACH], noun, reading)]


def counted_noun(reading: Reading) -> str:
    """The thing whose number is asked for (几个乡镇 -> 乡镇); empty when no such thing is named."""
    match = _COUNTED_NOUN.search(reading.text) if reading.kind is AskedKind.QUANTITY else None
    return match[1] if match else ""


def _counts(after: str, noun: str, reading: Reading) -> bool:
    """The words after a number name the thing counted, in the asker's words or the official ones."""
    named = [one for one in reading.concepts if one.surface in noun or noun in one.surface]
    return any(one.met_by(after) for one in named) or any(pair in after for pair in bigrams(noun))


def _part(sentence: str, fact: Fact) -> str:
    """The part of a sentence, between its commas and semicolons, that a fact stands in."""
    start = max(sentence.rfind(mark, 0, fact.start) for mark in "，；：") + 1
    ends = [at for mark in "，；" if (at := sentence.find(mark, fact.end)) >= 0]
    return sentence[start : min(ends, default=len(sentence))]


def _met(part: str, reading: Reading) -> float:
    return sum(one.weight for one in reading.concepts if one.met_by(part))
