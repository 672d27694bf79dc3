"""Choose the sentences that answer: by what is asked, tier by tier; or say that nothing sets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from pydantic import Field

from app.definition import lists_members, member_count
from corpus.model import Fact, FactKind, Frozen, Responsibility, Unit
from retrieval.asked import asked_measures, asked_periods, wants_number
from retrieval.model import AskedKind, Concept, Evidence, Found, Hit, Reading, Tier

# A hit answers along with the best one when it scores at least this share of it.
_ALONGSIDE = 0.84
# A sentence with the fact asked for answers when it is at least this relevant, as a share of the most relevant one.
_FACT_RATIO = 0.78
_LEAST_COVERAGE = 0.34
# How many sentences of one notice an answer may take, for kinds that want more than one.
_MORE = {AskedKind.LIST: 3, AskedKind.GENERAL: 2, AskedKind.PROCEDURE: 2, AskedKind.PERMISSION: 2}
_AS_GOOD = 0.95
# A fact of the period that the question names counts this much more; a lead less clear than this is no lead.
_SAME_PERIOD = 4.0
_NOT_CLEAR = 0.7
_VAGUE_PERIODS = ("定期", "不定期", "常态化", "经常", "实时")
_TIME_MEASURES = ("年", "月", "日", "天", "小时", "周", "季度", "分钟")


class Verdict(StrEnum):
    """What the choice came to; SEE_GENERAL is answered by a rule for every enterprise."""

    ANSWERED = "answered"
    NOT_STIPULATED = "not_stipulated"
    SEE_GENERAL = "see_general"


class Pick(Frozen):
    """A verbatim part of a unit that goes into the answer."""

    hit: Hit
    quote: str = Field(description="verbatim part of hit.text")
    facts: tuple[Fact, ...] = ()


class Choice(Frozen):
    """The verdict, the parts that carry it, and what else must be said."""

    verdict: Verdict
    picks: tuple[Pick, ...] = ()
    nearest: tuple[Pick, ...] = Field(
        default=(), description="the clauses on the subject that do not set what is asked"
    )
    tier: Tier = Tier.OWN
    vague: bool = Field(default=False, description="the notices only say 定期 or 常态化")


GeneralRules = Callable[[FactKind], Sequence[Hit]]
UnitAt = Callable[[int], Unit]


def choose(found: Found, unit_at: UnitAt, general_rules: GeneralRules, enterprise: bool) -> Choice:
    """Choose what answers a question.

    Args:
        found: the search's result, with at least one hit.
        unit_at: gives a unit by its position in the index.
        general_rules: gives the rules that hold for every enterprise.
        enterprise: the asker is an enterprise, by role or by words.

    Returns:
        The choice; every quote in it is verbatim.
    """
    reading = found.reading
    if reading.kind is AskedKind.CLAUSE:
        return _whole_clauses(found.hits)
    if reading.kind is AskedKind.RESPONSIBILITY:
        return _responsible(found.hits, reading, unit_at)
    supports = _support(reading)
    for tier in (Tier.OWN, Tier.ABOVE, Tier.OLDER):
        picks = _alongside(found.hits, tier, supports, reading)
        if picks:
            return Choice(verdict=Verdict.ANSWERED, picks=picks, tier=tier)
    nearest = _nearest(found.hits, reading)
    needed = reading.kind.needed_fact
    vague = tuple(pick for pick in nearest if needed is FactKind.FREQUENCY and _facts(pick.facts, needed))
    if vague and not wants_number(reading.text):
        return Choice(verdict=Verdict.ANSWERED, picks=vague, vague=True)
    if needed is not None and reading.inspection:
        general = tuple(_pick(hit, hit.evidence[0], reading) for hit in general_rules(needed) if hit.tier is Tier.OWN)
        if general:
            verdict = Verdict.SEE_GENERAL if enterprise else Verdict.NOT_STIPULATED
            return Choice(verdict=verdict, picks=general, nearest=nearest, vague=bool(vague))
    return Choice(verdict=Verdict.NOT_STIPULATED, nearest=nearest, vague=bool(vague))


Support = Callable[[Evidence], bool]


def _support(reading: Reading) -> Support:
    """What a sentence must hold to answer this kind of question."""
    needed = reading.kind.needed_fact
    named = _named(reading)

    def supports(evidence: Evidence) -> bool:
        if evidence.coverage < _LEAST_COVERAGE and reading.concepts:
            return False
        if not all(any(word in evidence.text for word in one.alternatives) for one in named):
            return False
        if reading.members_asked and not any(_says_members(evidence.text, one) for one in reading.concepts):
            return False
        if needed is None:
            return True
        facts = _of_measure(_facts(evidence.facts, needed), reading)
        return any(fact.period not in _VAGUE_PERIODS for fact in facts)

    return supports


def _says_members(sentence: str, concept: Concept) -> bool:
    return any(member_count(word) and lists_members(sentence, word) for word in concept.alternatives)


def _of_measure(facts: Sequence[Fact], reading: Reading) -> list[Fact]:
    """The facts of the measure that is asked for: a fine is no number of times."""
    measures = asked_measures(reading.text)
    if not measures or reading.kind is not AskedKind.QUANTITY:
        return list(facts)
    return [fact for fact in facts if any(measure in (fact.measure or "") for measure in measures)]


def _named(reading: Reading) -> list[Concept]:
    """What an answering sentence must name: terms in quotation marks, and the term whose meaning is asked."""
    quoted = [one for one in reading.concepts if f"“{one.surface}”" in reading.text]
    if reading.kind is AskedKind.DEFINITION and not quoted:
        return sorted(reading.concepts, key=lambda one: -one.weight)[:1]
    return quoted


def _facts(facts: Sequence[Fact], needed: FactKind) -> list[Fact]:
    """The facts of a kind; a span of time also answers what a deadline is asked for."""
    return [
        fact
        for fact in facts
        if fact.kind is needed
        or (needed is FactKind.DEADLINE and fact.kind is FactKind.QUANTITY and (fact.measure or "") in _TIME_MEASURES)
        or (
            needed is FactKind.QUANTITY
            and fact.kind in (FactKind.FREQUENCY, FactKind.DEADLINE)
            and fact.number is not None
        )
    ]


def _alongside(hits: Sequence[Hit], tier: Tier, supports: Support, reading: Reading) -> tuple[Pick, ...]:
    """The supporting sentences of a tier that are near the best one: one or two for each notice."""
    floor = max((hit.score for hit in hits), default=0.0) * _FACT_RATIO
    scored = [
        (hit, evidence)
        for hit in hits
        if hit.tier is tier
        for evidence in hit.evidence
        if supports(evidence) and evidence.score >= floor
    ]
    if not scored:
        return ()
    best = max(evidence.score for _, evidence in scored)
    kept = [(hit, one) for hit, one in scored if one.score >= best * _ALONGSIDE]
    kept.sort(key=lambda pair: -pair[1].score)
    taken: dict[str, list[tuple[Hit, Evidence]]] = {}
    for hit, one in kept:
        mine = taken.setdefault(hit.notice, [])
        if not mine or (len(mine) < _MORE.get(reading.kind, 1) and one.score >= mine[0][1].score * _AS_GOOD):
            mine.append((hit, one))
    return tuple(_pick(hit, one, reading) for mine in taken.values() for hit, one in mine)


def _pick(hit: Hit, evidence: Evidence, reading: Reading) -> Pick:
    needed = reading.kind.needed_fact
    facts = asked_facts(evidence, reading) if needed else ()
    return Pick(hit=hit, quote=evidence.text, facts=facts)


def asked_facts(evidence: Evidence, reading: Reading) -> tuple[Fact, ...]:
    """The facts asked for that stand nearest to what the question speaks of.

    A sentence often holds several rules; the facts whose own part of it (between ，； and the like) meets most of the
    question's concepts are meant.
    """
    needed = reading.kind.needed_fact
    if needed is None:
        return ()
    facts = _of_measure(_facts(evidence.facts, needed), reading)
    exact = [fact for fact in facts if fact.kind is needed] or facts
    periods = asked_periods(reading.text)
    nearness = [_met(_part(evidence.text, fact), reading) + _SAME_PERIOD * (fact.period in periods) for fact in exact]
    best = max(nearness, default=0.0)
    clear = sorted(nearness)[-2:]
    if len(clear) > 1 and clear[0] > best * _NOT_CLEAR and best > 0 and len(set(nearness)) > 1:
        return tuple(exact)
    return tuple(fact for fact, near in zip(exact, nearness, strict=True) if near == best)


def _part(sentence: str, fact: Fact) -> str:
    """The part of a sentence, between its commas and semicolons, that a fact stands in."""
    start = max(sentence.rfind(mark, 0, fact.start) for mark in "，；：") + 1
    ends = [at for mark in "，；" if (at := sentence.find(mark, fact.end)) >= 0]
    return sentence[start : min(ends, default=len(sentence))]


def _met(part: str, reading: Reading) -> float:
    return sum(one.weight for one in reading.concepts if any(word in part for word in one.alternatives))


def _nearest(hits: Sequence[Hit], reading: Reading) -> tuple[Pick, ...]:
    """The clauses nearest to the question: the best one of each notice that is about as near."""
    own = [hit for hit in hits if hit.tier is Tier.OWN] or list(hits)
    if not own or own[0].evidence[0].coverage <= 0:
        return tuple(_pick(hit, hit.evidence[0], reading) for hit in own[:1])
    best = own[0].score
    nearest: dict[str, Pick] = {}
    for hit in own:
        if hit.score >= best * 0.8 and hit.notice not in nearest:
            nearest[hit.notice] = _pick(hit, hit.evidence[0], reading)
    return tuple(nearest.values())


def _whole_clauses(hits: Sequence[Hit]) -> Choice:
    """A clause asked for by number: its text, whole."""
    picks = tuple(
        Pick(hit=hit, quote=hit.text) for hit in sorted(hits, key=lambda hit: hit.unit) if hit.tier is not Tier.OLDER
    )
    own = tuple(pick for pick in picks if pick.hit.tier is Tier.OWN) or picks
    return Choice(verdict=Verdict.ANSWERED if own else Verdict.NOT_STIPULATED, picks=own)


def _responsible(hits: Sequence[Hit], reading: Reading, unit_at: UnitAt) -> Choice:
    """The bracket of responsible units that binds the best sentence, for each notice."""
    for tier in (Tier.OWN, Tier.ABOVE, Tier.OLDER):
        least = _LEAST_COVERAGE if reading.concepts else 0.0
        mine = [hit for hit in hits if hit.tier is tier and hit.evidence[0].coverage >= least]
        if not mine or mine[0].evidence[0].score < hits[0].score * _FACT_RATIO:
            continue
        picks: dict[str, Pick] = {}
        for hit in mine:
            if hit.notice in picks or hit.score < mine[0].score * _ALONGSIDE:
                continue
            pick = _bracket(hit, unit_at(hit.unit)) or _charging(hit, reading)
            if pick:
                picks[hit.notice] = pick
        if picks:
            return Choice(verdict=Verdict.ANSWERED, picks=tuple(picks.values()), tier=tier)
    return Choice(verdict=Verdict.NOT_STIPULATED, nearest=_nearest(hits, reading))


def _bracket(hit: Hit, unit: Unit) -> Pick | None:
    own = [one for one in unit.responsibilities if one.text]
    if not own:
        return None
    binding = next((one for one in own if one.start <= hit.evidence[0].start < one.end), own[-1])
    return Pick(hit=hit, quote=binding.text)


def _charging(hit: Hit, reading: Reading) -> Pick | None:
    """A sentence that itself charges someone (由你局牵头…)."""
    best = next((one for one in hit.evidence if "牵头" in one.text or "负责" in one.text), None)
    return _pick(hit, best, reading) if best and best.score >= hit.evidence[0].score * 0.8 else None


def binding_of(unit: Unit, quote: str) -> Responsibility | None:
    """The responsibility whose bracket a quote is."""
    return next((one for one in unit.responsibilities if one.text and one.text == quote), None)
