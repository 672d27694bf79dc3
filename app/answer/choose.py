"""Choose the sentences that answer: by what is asked, tier by tier; or say that nothing sets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum

from pydantic import Field

from app.answer.doers import of_another, of_asker
from app.answer.figures import asked_facts, counted_noun, only_vague
from app.answer.mention import asked_work, mentions_of, of_work
from app.answer.nearest import alike, nearest_to
from app.answer.support import Support, is_relevant, lost_thing, make_support
from corpus.model import Fact, FactKind, Frozen, Responsibility, Unit
from retrieval.actors import actor_of
from retrieval.asked import (
    asks_nothing_else,
    asks_span,
    asks_units,
    asks_who_acts,
    heads_industries,
    holds_thing,
    kinds_of_parts,
    names_nobody,
    wants_number,
)
from retrieval.model import AskedKind, Concept, Evidence, Found, Hit, Reading, Tier

# A hit answers along with the best one when it scores at least this share of it.
_ALONGSIDE = 0.90
_FACT_ALONGSIDE = 0.84
# A sentence with the fact asked for answers when it is at least this relevant, as a share of the most relevant one.
_FACT_RATIO = 0.88
# How many sentences of one notice an answer may take, for kinds that want more than one.
_MORE = {AskedKind.LIST: 3, AskedKind.GENERAL: 2, AskedKind.PROCEDURE: 2, AskedKind.PERMISSION: 2}
_AS_GOOD = 0.95
# A clause on industries themselves may be this much less near than one that only mentions the industry asked about.
_NEAR_BY = 0.8
# A sentence with this many 、 lists industries, and only mentions the one asked about.
_LISTED = 3
# Kinds that a question, or a part of it, may ask for by the way; the others are asked outright or not at all.
_BY_THE_WAY = frozenset({AskedKind.FREQUENCY, AskedKind.DEADLINE, AskedKind.QUANTITY, AskedKind.RESPONSIBILITY})
# Asked for together with who, these want the sentence itself too.
_MORE_THAN_WHO = {AskedKind.PROCEDURE, AskedKind.DEFINITION, AskedKind.LIST}


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
    kind: AskedKind | None = Field(default=None, description="the kind it answers, when not the one first read")
    vague: bool = Field(default=False, description="the notices only say 定期 or 常态化")
    work: Concept | None = Field(default=None, description="a dangerous work asked about, which nearest only mention")
    remarks: tuple[str, ...] = Field(default=(), description="what must be said of the quotes, e.g. for whom they are")
    missing: tuple[AskedKind, ...] = Field(default=(), description="what else is asked and not set")
    unset: tuple[str, ...] = Field(default=(), description="parts of the question that nothing sets, as asked")
    general: tuple[Pick, ...] = Field(default=(), description="rules for every enterprise on a part of the question")


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
    reading = found.reading.model_copy(update={"by_enterprise": enterprise})
    if reading.kind is AskedKind.CLAUSE:
        return _whole_clauses(found.hits)
    for attempt in (reading, *_otherwise(reading)):
        choice = _attempt(found.hits, attempt, unit_at)
        if choice is not None:
            return _with_other_parts(choice, found.hits, reading, unit_at)
    return _unsupported(found.hits, reading, general_rules, enterprise)


def _attempt(hits: Sequence[Hit], reading: Reading, unit_at: UnitAt) -> Choice | None:
    if reading.kind is AskedKind.RESPONSIBILITY:
        return _responsible(hits, reading, unit_at)
    return _supported(hits, reading)


def _with_other_parts(choice: Choice, hits: Sequence[Hit], reading: Reading, unit_at: UnitAt) -> Choice:
    """A question in several parts (由谁牵头，多久一次): what answers the others, or that nothing does."""
    picks, missing = choice.picks, choice.missing
    kinds = _part_kinds(reading)
    for kind in kinds if len(kinds) > 1 else ():
        if kind is (choice.kind or reading.kind):
            continue
        other = _attempt(hits, reading.model_copy(update={"kind": kind, "also": ()}), unit_at)
        if other is None or other.tier is not choice.tier:
            missing = (*missing, kind)
            continue
        said = {(pick.hit.notice, pick.quote) for pick in picks}
        picks = (*picks, *(pick for pick in other.picks if (pick.hit.notice, pick.quote) not in said))
    return choice.model_copy(update={"picks": picks, "missing": missing})


def _part_kinds(reading: Reading) -> list[AskedKind]:
    parts = () if reading.override.kind else kinds_of_parts(reading.text)
    return [kind for kind in parts if kind in _BY_THE_WAY]


def _otherwise(reading: Reading) -> tuple[Reading, ...]:
    """Other ways to take a question that nothing answers: 多久 may ask for a span of time, 是什么 for any statement."""
    alone = asks_nothing_else(reading.text) and len(_part_kinds(reading)) <= 1
    kinds = [] if alone else [one for one in reading.also if one in _BY_THE_WAY]
    if reading.kind is AskedKind.FREQUENCY and asks_span(reading.text) and not reading.override.kind:
        kinds.insert(0, AskedKind.DEADLINE)
    if reading.kind is AskedKind.DEFINITION and not reading.members_asked:
        kinds.append(AskedKind.GENERAL)
    return tuple(reading.model_copy(update={"kind": kind}) for kind in kinds)


def _supported(hits: Sequence[Hit], reading: Reading) -> Choice | None:
    """The supporting sentences of the nearest tier that has any."""
    supports = make_support(reading, lost_thing(hits, reading))
    # How many of a thing a place has is no requirement that a level above could set for it.
    tiers = (Tier.OWN, Tier.OLDER) if counted_noun(reading) else (Tier.OWN, Tier.ABOVE, Tier.OLDER)
    for tier in tiers:
        picks = _alongside(hits, tier, supports, reading)
        if picks:
            return Choice(verdict=Verdict.ANSWERED, picks=picks, tier=tier, kind=reading.kind)
    return None


def _unsupported(hits: Sequence[Hit], reading: Reading, general_rules: GeneralRules, enterprise: bool) -> Choice:
    """Nothing sets what is asked: 定期 at best, a rule for every enterprise, or the nearest clauses."""
    if (work := asked_work(reading)) and reading.kind.needed_fact is None:
        mentions = tuple(_pick(hit, one, reading) for hit, one in mentions_of(work, hits))
        return Choice(verdict=Verdict.NOT_STIPULATED, nearest=mentions, work=work)
    nearest = tuple(_pick(hit, one, reading) for hit, one in nearest_to(hits, reading))
    needed = reading.kind.needed_fact
    often = needed is FactKind.FREQUENCY
    vague = tuple(_pick(hit, one, reading) for hit, one in alike(hits) if often and only_vague(one))
    nearest = vague or nearest
    if vague and not wants_number(reading.text):
        return Choice(verdict=Verdict.ANSWERED, picks=vague, vague=True)
    general: tuple[Pick, ...] = ()
    if needed is not None and reading.inspection:
        general = tuple(_pick(hit, hit.evidence[0], reading) for hit in general_rules(needed) if hit.tier is Tier.OWN)
    # A clause that sets the general rule is no clause that is silent on it.
    silent = tuple(pick for pick in nearest if pick.hit.unit not in {rule.hit.unit for rule in general})
    nearest = silent if enterprise else silent or nearest
    if general and enterprise:
        return Choice(verdict=Verdict.SEE_GENERAL, picks=general, nearest=nearest, vague=bool(vague))
    return Choice(verdict=Verdict.NOT_STIPULATED, nearest=nearest, vague=bool(vague))


def _alongside(hits: Sequence[Hit], tier: Tier, supports: Support, reading: Reading) -> tuple[Pick, ...]:
    """The supporting sentences of a tier that are near the best one: one or two for each notice."""
    floor = max((hit.score for hit in hits), default=0.0) * _FACT_RATIO
    scored = [
        (hit, evidence)
        for hit in hits
        if hit.tier is tier
        for evidence in hit.evidence
        if supports(hit, evidence) and evidence.score * _tier_share(hit) >= floor
    ]
    if not scored:
        return ()
    best = max(evidence.score for _, evidence in scored)
    kept = [(hit, one) for hit, one in scored if one.score >= best * _alongside_share(reading)]
    kept.sort(key=lambda pair: -pair[1].score)
    kept = of_asker(kept, reading)
    taken: dict[str, list[tuple[Hit, Evidence]]] = {}
    for hit, one in kept:
        mine = taken.setdefault(hit.notice, [])
        more = len(mine) < _MORE.get(reading.kind, 1) or of_another(one, [other for _, other in mine], reading)
        if not mine or (more and one.score >= mine[0][1].score * _AS_GOOD):
            mine.append((hit, one))
    if reading.kind is AskedKind.LIST:
        # A list stands in the notice's order.
        taken = {notice: sorted(mine, key=lambda pair: (pair[0].unit, pair[1].start)) for notice, mine in taken.items()}
    return tuple(_pick(hit, one, reading) for mine in taken.values() for hit, one in mine)


def _tier_share(hit: Hit) -> float:
    """What the tier of a hit leaves of its sentences' scores."""
    return hit.score / hit.evidence[0].score if hit.evidence[0].score else 1.0


def _alongside_share(reading: Reading) -> float:
    """A fact is stricter evidence than likeness, so with one a lower score is enough to stand beside the best."""
    return _FACT_ALONGSIDE if reading.kind.needed_fact else _ALONGSIDE


def _pick(hit: Hit, evidence: Evidence, reading: Reading) -> Pick:
    return Pick(hit=hit, quote=evidence.text, facts=asked_facts(evidence, reading))


def _whole_clauses(hits: Sequence[Hit]) -> Choice:
    """A clause asked for by number: its text, whole."""
    picks = tuple(
        Pick(hit=hit, quote=hit.text) for hit in sorted(hits, key=lambda hit: hit.unit) if hit.tier is not Tier.OLDER
    )
    own = tuple(pick for pick in picks if pick.hit.tier is Tier.OWN) or picks
    return Choice(verdict=Verdict.ANSWERED if own else Verdict.NOT_STIPULATED, picks=own)


def _responsible(hits: Sequence[Hit], reading: Reading, unit_at: UnitAt) -> Choice | None:
    """The bracket of responsible units that binds the best sentence, for each notice; or a sentence that charges one.

    When the question asks for more than who (由谁考、怎么考), the sentence itself comes first.
    """
    lost = lost_thing(hits, reading)
    lost = None if lost and actor_of(lost.surface) else lost
    about = [hit for hit in hits if is_relevant(hit.evidence[0]) and (lost is None or lost.met_by(hit.text))]
    more = _MORE_THAN_WHO.intersection(reading.also) - ({AskedKind.LIST} if asks_units(reading.text) else set())
    for tier in (Tier.OWN, Tier.ABOVE, Tier.OLDER):
        mine = of_work([hit for hit in about if hit.tier is tier], reading)
        if not mine or mine[0].evidence[0].score < hits[0].score * _FACT_RATIO:
            continue
        picks: dict[str, tuple[Pick, ...]] = {}
        for hit in _of_industry([hit for hit in mine if hit.score >= mine[0].score * _NEAR_BY], reading):
            if hit.notice in picks:
                continue
            bracket = _bracket(hit, unit_at(hit.unit))
            acting = _acting(hit, reading) if reading.also or bracket is None else None
            if acting is None and bracket and more:
                acting = _pick(hit, hit.evidence[0], reading)
            found = tuple(pick for pick in (acting, bracket) if pick)
            if acting is None and bracket and names_nobody(bracket.quote) and heads_industries(hit.heading):
                found = (bracket, _pick(hit, hit.evidence[0], reading))
            if found and holds_thing(reading.text, hit.text):
                picks[hit.notice] = found
        if picks:
            chosen = tuple(pick for one in picks.values() for pick in one)
            return Choice(verdict=Verdict.ANSWERED, picks=chosen, tier=tier, kind=AskedKind.RESPONSIBILITY)
    return None


def _of_industry(hits: Sequence[Hit], reading: Reading) -> list[Hit]:
    """The hits that may say who is responsible: first the clause on an industry itself, when only that is named."""
    near = [hit for hit in hits if hit.score >= hits[0].score * _ALONGSIDE]
    if len(reading.concepts) != 1 or asks_who_acts(reading.text):
        return near
    thing = reading.concepts[0]
    if thing.met_by(hits[0].heading) or hits[0].evidence[0].text.count("、") < _LISTED:
        return near
    first = [hit for hit in hits if thing.met_by(hit.evidence[0].text) and heads_industries(hit.heading)]
    return [*first, *(hit for hit in near if hit not in first)]


def _bracket(hit: Hit, unit: Unit) -> Pick | None:
    own = [one for one in unit.responsibilities if one.text]
    if not own:
        return None
    binding = next((one for one in own if one.start <= hit.evidence[0].start < one.end), own[-1])
    return Pick(hit=hit, quote=binding.text)


def _acting(hit: Hit, reading: Reading) -> Pick | None:
    """A sentence that itself says who: by a word for charging (由你局牵头…), or by a unit when asked who acts."""
    charging = next((one for one in hit.evidence if "牵头" in one.text or "负责" in one.text), None)
    if charging and charging.score >= hit.evidence[0].score * 0.8:
        return _pick(hit, charging, reading)
    best = hit.evidence[0]
    named = any(fact.kind is FactKind.UNIT for fact in best.facts) or "部门" in best.text
    return _pick(hit, best, reading) if named and asks_who_acts(reading.text) else None


def binding_of(unit: Unit, quote: str) -> Responsibility | None:
    """The responsibility whose bracket a quote is."""
    return next((one for one in unit.responsibilities if one.text and one.text == quote), None)
