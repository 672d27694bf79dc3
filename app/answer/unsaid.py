"""A term that the notices asked do not have, and others of the same place, or of one above it, do (一票否决)."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import Field

from app.answer.choose import Pick
from app.answer.compose import Composer
from app.answer.parts import table
from app.check.whole import is_said
from app.model import Draft, Status, place_and_year
from corpus.model import Document, Frozen, SentenceKind, Unit, UnitKind
from corpus.regions import chain, find_region
from retrieval.asked import asks_existence
from retrieval.model import AskedKind, Concept, Found, Scope, Tier
from retrieval.rank import make_hit

_SHOWN, _OF_ONE = 3, 1
#: So much of the question must be the term: else it is asked of something else, too.
_MAIN = 0.5


#: Who asks for a figure, or for the members of a term, is not helped by those of another year.
_OF_A_TERM = (AskedKind.GENERAL, AskedKind.PERMISSION, AskedKind.PROCEDURE)


class Unsaid(Frozen):
    """A term, who has it not, and where it stands instead."""

    term: str = Field(description="in the words of the notices that have it")
    silent: tuple[str, ...] = Field(description="places and years of the notices asked")
    picks: tuple[Pick, ...] = Field(description="sentences of other notices that have it")


def find_unsaid(found: Found, documents: Sequence[Document], units: Sequence[Unit]) -> Unsaid | None:
    """Find the term that a question is about, when the notices asked lack it and others of the place do not.

    Args:
        found: the search's result.
        documents: the corpus.
        units: all units, as Hit.unit counts them.

    Returns:
        None when the notices asked have the term, none has it, or no place is asked.
    """
    term, scope = _main_term(found), found.scope
    if term is None or not scope.place_given or found.reading.kind not in _OF_A_TERM:
        return None
    asked = [one for one in documents if scope.tiers.get(one.notice) in (Tier.OWN, Tier.ABOVE)]
    if not asked or any(is_said(word, one) for word in term.alternatives for one in asked):
        return None
    near = _of_places(documents, scope)
    others = {one.notice for one in near if one not in asked and any(is_said(word, one) for word in term.alternatives)}
    if not others:
        return None
    if any(scope.tiers.get(one) is Tier.OLDER for one in others) and not _asks_if_still(found.reading.text):
        return None
    word = term.surface
    picks: list[Pick] = []
    for at, unit in enumerate(units):
        if unit.notice not in others or unit.kind is not UnitKind.CLAUSE:
            continue
        said = [one.text for one in unit.sentences if one.kind is SentenceKind.BODY and word in one.text]
        hit = make_hit(unit, at, Tier.OLDER, 1.0, {}, ())
        picks += [Pick(hit=hit, quote=quote) for quote in said[:_OF_ONE]]
    own = [one for one in asked if scope.tiers[one.notice] is Tier.OWN]
    silent = tuple(dict.fromkeys(place_and_year(one.region, one.notice, one.year) for one in own))
    return Unsaid(term=word, silent=silent, picks=tuple(picks[:_SHOWN])) if picks and silent else None


def _asks_if_still(text: str) -> bool:
    return asks_existence(text) or bool(re.search("|".join(table()["still"]["words"]), text))


def _main_term(found: Found) -> Concept | None:
    """The weightiest thing of the question, where it is a term and most of the question."""
    concepts = found.reading.concepts
    top = max(concepts, key=lambda one: one.weight, default=None)
    if (
        top is None
        or not top.term
        or top.surface not in top.alternatives
        or top.weight < _MAIN * sum(one.weight for one in concepts)
    ):
        return None
    return top


def _of_places(documents: Sequence[Document], scope: Scope) -> list[Document]:
    """The notices of the places asked and of those above them, of any year."""
    names = set(scope.regions)
    names |= {one.name for name in scope.regions if (place := find_region(name)) for one in chain(place)}
    return [one for one in documents if one.region in names]


class UnsaidComposer(Composer):
    """Writes that a notice does not have a term, and who has it."""

    def unsaid(self, told: Unsaid) -> Draft:
        """Say so, and quote who has it.

        Args:
            told: the term and where it stands.
        """
        saying = "、".join(dict.fromkeys(self._place(pick) for pick in told.picks))
        lead = f"{'、'.join(told.silent)}的通知没有提到“{told.term}”；{saying}的通知写过："
        return self._draft(Status.NOT_STIPULATED, [lead, *self._bullets(told.picks)])
