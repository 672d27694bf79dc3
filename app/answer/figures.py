"""Which numbers, periods and deadlines of a sentence are the ones asked for (所问的频次、期限、数量)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from corpus.model import Fact, FactKind
from index.lexical import bigrams, words
from retrieval.actors import actor_of, actor_of_unit, acts_in, is_other_post, may_be, names_post
from retrieval.asked import asked_measures, asked_periods
from retrieval.model import AskedKind, Concept, Evidence, Reading

# A fact of the period that the question names counts this much more; a lead less clear than this is no lead.
_SAME_PERIOD = 4.0
_NOT_CLEAR = 0.45
_SEVERAL = 2
_VAGUE_PERIODS = ("定期", "不定期", "常态化", "经常", "实时")
_TIME_MEASURES = ("年", "月", "日", "天", "小时", "周", "季度", "分钟")
# 实时 is no number, but it does say by when.
_AT_ONCE = "实时"
# What a number counts stands this near after it (3支专业化综合性应急救援队伍).
_REACH = 16
_COUNTED_NOUN = re.compile(r"(?:几|多少)(?:个|座|处|支|家|项|件|台|辆|所|名)([\u4e00-\u9fff]{2,6})")


def states_figure(evidence: Evidence, reading: Reading) -> bool:
    """Tell whether a sentence states what is asked for; 定期 is no frequency."""
    vague = () if reading.kind is AskedKind.DEADLINE else _VAGUE_PERIODS
    return any(fact.period not in vague for fact in _fitting(evidence, reading))


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
    if posts := asked_posts(reading):
        mine = [fact for fact in exact if _is_meant(doer_of(evidence.text, fact), posts, reading)]
        if not mine and any(names_post(doer_of(evidence.text, fact)) for fact in evidence.facts):
            return ()
        exact = mine or exact
    periods = asked_periods(reading.text)
    nearness = [_met(_part(evidence.text, fact), reading) + _SAME_PERIOD * (fact.period in periods) for fact in exact]
    if not _one_actor(evidence, exact, reading):
        return tuple(exact)
    best = max(nearness, default=0.0)
    runner_up = sorted(nearness)[-2] if len(nearness) > 1 else 0.0
    if best > runner_up > best * _NOT_CLEAR:
        return tuple(exact)
    return tuple(fact for fact, near in zip(exact, nearness, strict=True) if near == best)


def _one_actor(evidence: Evidence, facts: Sequence[Fact], reading: Reading) -> bool:
    """One actor is meant by a question how often: the only one of the sentence, or the one that the question names."""
    if reading.kind is not AskedKind.FREQUENCY:
        return True
    actors = dict.fromkeys(doer_of(evidence.text, fact) for fact in facts)
    if sum(bool(one) for one in actors) < _SEVERAL:
        return True
    named = [one for one in actors if _met(one, reading)]
    return len(named) == 1


def asked_posts(reading: Reading) -> tuple[Concept, ...]:
    """The holders of posts that a question how often asks about (老板 -> 主要负责人), known to the notices or not."""
    if reading.kind is not AskedKind.FREQUENCY:
        return ()
    known = [one for one in reading.concepts if one.term and any(names_post(word) for word in one.alternatives)]
    other = [Concept(surface=one, alternatives=(one,), weight=0.0) for one in reading.unknown if is_other_post(one)]
    return (*known, *other)


def _is_meant(doer: str, posts: Sequence[Concept], reading: Reading) -> bool:
    """The holder of the post asked about acts, or one of the house asked about (集团的头头)."""
    return any(one.met_by(doer) for one in (*posts, *(reading.concepts if names_post(doer) else ())))


def doer_of(sentence: str, fact: Fact) -> str:
    """What stands before a fact in its own part of a sentence: who is to do it."""
    return sentence[max(sentence.rfind(mark, 0, fact.start) for mark in "，；：。") + 1 : fact.start]


def _answers(fact: Fact, needed: FactKind) -> bool:
    """A fact of the kind; a span of time also answers what a deadline is asked for, and a deadline a quantity."""
    if fact.kind is needed:
        return True
    if needed is FactKind.DEADLINE:
        if fact.period == _AT_ONCE:
            return True
        return fact.kind is FactKind.QUANTITY and (fact.measure or "") in _TIME_MEASURES
    return needed is FactKind.QUANTITY and fact.kind is FactKind.DEADLINE and fact.number is not None


def _fitting(evidence: Evidence, reading: Reading) -> list[Fact]:
    """The facts of the kind and the measure asked for, that count the thing whose number is asked for."""
    needed = reading.kind.needed_fact
    if needed is None:
        return []
    facts = [fact for fact in evidence.facts if _answers(fact, needed)]
    if actor := actor_of(reading.text):
        facts = [fact for fact in facts if may_be(actor, _actor(evidence, fact))]
    if posts := asked_posts(reading):
        doers = [(fact, doer_of(evidence.text, fact)) for fact in facts]
        facts = [fact for fact, doer in doers if not names_post(doer) or _is_meant(doer, posts, reading)]
    if reading.kind is AskedKind.FREQUENCY and (acts := acts_in(reading.text)):
        facts = [fact for fact in facts if not (said := acts_in(_part(evidence.text, fact))) or acts & said]
    if reading.kind is not AskedKind.QUANTITY:
        return facts
    if measures := asked_measures(reading.text):
        facts = [fact for fact in facts if any(measure in (fact.measure or "") for measure in measures)]
    noun = counted_noun(reading)
    if not noun:
        return facts
    things = [fact for fact in facts if (fact.measure or "") not in _TIME_MEASURES]
    return [fact for fact in things if _counts(evidence.text[fact.end : fact.end + _REACH], noun, reading)]


def _actor(evidence: Evidence, fact: Fact) -> str:
    """Who must do what a fact limits: the unit named last before it in its own part of the sentence."""
    start = max(evidence.text.rfind(mark, 0, fact.start) for mark in "；。") + 1
    named = [one for one in evidence.facts if one.kind is FactKind.UNIT and start <= one.start < fact.start]
    return actor_of_unit(named[-1].text) if named else ""


def asks_measure(reading: Reading) -> bool:
    """Tell whether a question names the measure, or the thing counted, of the number it asks for."""
    return bool(asked_measures(reading.text) or counted_noun(reading))


def counted_noun(reading: Reading) -> str:
    """The thing whose number is asked for (几个乡镇 -> 乡镇); empty when no such thing is named."""
    match = _COUNTED_NOUN.search(reading.text) if reading.kind is AskedKind.QUANTITY else None
    first = next(iter(words(match[1])), "") if match else ""
    return match[1] if match and any(one.surface.startswith(first) for one in reading.concepts) else ""


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
