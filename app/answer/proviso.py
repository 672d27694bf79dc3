"""The proviso of a notice (以下均需各乡镇人民政府负责，不再一一列出), by which levels below answer for each clause."""

from __future__ import annotations

from collections.abc import Sequence, Set

from app.answer.choose import Choice, Pick, Verdict
from corpus.model import Unit
from retrieval.model import Scope, Tier
from retrieval.rank import make_hit

#: How a proviso begins.
_OPENING = "以下均需"


def with_provisos(choice: Choice, scope: Scope, units: Sequence[Unit]) -> Choice:
    """Add to an answer on who is responsible the proviso of each notice it cites, or of those of the place asked for.

    Args:
        choice: what answers so far.
        scope: the notices asked.
        units: all units, as Hit.unit counts them.
    """
    cited = {pick.hit.notice for pick in choice.picks} if choice.verdict is Verdict.ANSWERED else set()
    wanted = cited or {notice for notice, tier in scope.tiers.items() if tier is Tier.OWN}
    sources = {
        (one.notice, part.inherited_from) for one in units if one.notice in wanted for part in one.responsibilities
    }
    provisos = _provisos_of(sources, units)
    picks = without_repeats((*choice.picks, *provisos)) if cited else provisos
    return choice.model_copy(update={"verdict": Verdict.ANSWERED, "picks": picks}) if provisos else choice


def with_inherited(choice: Choice, units: Sequence[Unit]) -> Choice:
    """Add to a bracket that names one unit alone the proviso that charges others with the same clause.

    One unit looks like the only one that answers for a clause; a list of them does not.

    Args:
        choice: what answers.
        units: all units, as Hit.unit counts them.
    """
    sources = {
        (pick.hit.notice, part.inherited_from)
        for pick in choice.picks
        for part in units[pick.hit.unit].responsibilities
        if part.inherited_from and _names_one(units[pick.hit.unit], pick.quote)
    }
    if not sources:
        return choice
    return choice.model_copy(update={"picks": without_repeats((*choice.picks, *_provisos_of(sources, units)))})


def _provisos_of(sources: Set[tuple[str, str | None]], units: Sequence[Unit]) -> tuple[Pick, ...]:
    """The brackets of some clauses, by 文号 and label, as picks."""
    return tuple(
        _proviso(at, unit)
        for at, unit in enumerate(units)
        if (unit.notice, unit.label) in sources and any(one.text for one in unit.responsibilities)
    )


def _names_one(unit: Unit, quote: str) -> bool:
    return any(one.text == quote and len(one.units) <= 1 for one in unit.responsibilities)


def without_repeats(picks: Sequence[Pick]) -> tuple[Pick, ...]:
    """The picks, each quote of a clause once."""
    return tuple({(pick.hit.notice, pick.hit.label, pick.quote): pick for pick in picks}.values())


def _proviso(at: int, unit: Unit) -> Pick:
    bracket = next(one for one in reversed(unit.responsibilities) if one.text)
    return Pick(hit=make_hit(unit, at, Tier.OWN, 1.0, {}, ()), quote=bracket.text)


def has_proviso(picks: Sequence[Pick]) -> bool:
    """Whether a proviso stands beside other quotes."""
    return len(picks) > 1 and any(_OPENING in pick.quote for pick in picks)
