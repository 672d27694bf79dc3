"""The clauses nearest to a question that nothing answers (相关条款): only those that speak of the thing asked about."""

from __future__ import annotations

from collections.abc import Sequence

from app.answer.support import weightiest
from retrieval.model import Concept, Evidence, Hit, Reading, Tier

# A clause of another notice stands beside the best one from this share of its score on.
_ALONGSIDE = 0.8
# A sentence this like the question is shown whatever words it has.
_CLEAR = 0.69
# What weighs this much beside the weightiest thing, as a share of it, is asked about too.
_AS_WEIGHTY = 0.9
# A clause that names less of the question than this shares but a common word with it.
_SHARED = 0.4
# A word this rare says by itself what is asked about.
_RARE = 2.0


def nearest_to(hits: Sequence[Hit], reading: Reading) -> list[tuple[Hit, Evidence]]:
    """The best sentence of each notice that is about as near as the best of all; none where all speak of other things.

    Args:
        hits: what was found, best first.
        reading: the question.

    Returns:
        Sentences of the notices in force, or of earlier ones where only they speak of what is asked.
    """
    likely = alike(hits)
    thing = weightiest(reading)
    if thing is not None and likely and not _names(*likely[0], reading):
        floor = likely[0][0].score * _ALONGSIDE
        said = [hit for hit in hits if hit.score >= floor and thing.met_by(hit.evidence[0].text)]
        likely = alike([hit for hit in said if hit.tier is Tier.OWN]) or likely
    if likely and (likely[0][1].score >= _CLEAR or _names(*likely[0], reading)):
        return likely
    for tier in Tier:
        named = [pair for hit in hits if hit.tier is tier and (pair := _naming(hit, reading)) is not None]
        if named:
            return _by_notice(named)
    return []


def alike(hits: Sequence[Hit]) -> list[tuple[Hit, Evidence]]:
    """The best sentence of each notice that is about as near as the best of all, whatever it speaks of.

    Args:
        hits: what was found, best first.
    """
    own = [hit for hit in hits if hit.tier is Tier.OWN] or list(hits)
    return _by_notice([(hit, hit.evidence[0]) for hit in own])


def _by_notice(named: Sequence[tuple[Hit, Evidence]]) -> list[tuple[Hit, Evidence]]:
    best = max((hit.score for hit, _ in named), default=0.0)
    kept: dict[str, tuple[Hit, Evidence]] = {}
    for hit, one in named:
        if hit.score >= best * _ALONGSIDE:
            kept.setdefault(hit.notice, (hit, one))
    return list(kept.values())


def _naming(hit: Hit, reading: Reading) -> tuple[Hit, Evidence] | None:
    """The best sentence of a clause that names what is asked about, itself or by its heading."""
    return next(((hit, one) for one in hit.evidence if _names(hit, one, reading)), None)


def _names(hit: Hit, one: Evidence, reading: Reading) -> bool:
    things = main_things(reading)
    said = any(thing.met_by(one.text) or thing.met_by(hit.heading) for thing in things)
    return said and (things[0].weight >= _RARE or one.coverage >= _SHARED)


def main_things(reading: Reading) -> list[Concept]:
    """The weightiest things of a question, the weightiest first.

    Args:
        reading: the question.
    """
    ordered = sorted(reading.concepts, key=lambda one: -one.weight)
    return [one for one in ordered if one.weight >= ordered[0].weight * _AS_WEIGHTY]
