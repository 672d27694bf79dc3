"""The extractive answer (原文摘录): from what was found to a draft, without an LLM."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answer.choose import Choice, Verdict, choose
from app.answer.compared import ComparisonComposer
from app.answer.compose import Composer
from app.answer.duties import DutyAnswerer, DutyComposer
from app.answer.mention import is_of_safety
from app.answer.metadata import choose_metadata
from app.answer.own_duty import with_own_duty
from app.answer.parts import with_parts
from app.answer.proviso import with_inherited, with_provisos
from app.answer.several import joined_drafts, own_questions
from app.answer.unsaid import UnsaidComposer, find_unsaid
from app.answer.whose import with_limits
from app.model import Draft, Role, Status, place_and_year
from corpus.model import Document, FactKind
from index.store import Index
from retrieval.asked import asks_elsewhere, asks_subordinate, heads_industries, names_nobody
from retrieval.model import AskedKind, Found, Hit, Tier
from retrieval.search import Searcher

# The bounds are read off the dev cases: of questions on other subjects none is nearer than _ALIKE to any clause.
_ALIKE, _LEAST_SHARE = 0.63, 0.1


_HAN = re.compile("[\u4e00-\u9fff]")


class Extractor:
    """Makes drafts over one index."""

    def __init__(self, index: Index, searcher: Searcher) -> None:
        self._index = index
        self._searcher = searcher
        self._duties = DutyAnswerer(index.documents, index.all_units)

    def draft(self, found: Found, role: Role | None, plain: bool = False) -> Draft:
        """Choose what answers and compose it.

        Args:
            found: the search's result.
            role: who asks.
            plain: without any sentence that draws a conclusion from the quotes.
        """
        unit_at, document_of = self._index.all_units.__getitem__, self._index.document_of.__getitem__
        if asked := self._duties.asked(found.reading):
            return self._duties.draft(asked, found.scope, DutyComposer(found, unit_at, document_of, plain))
        composer = Composer(found, unit_at, document_of, plain)
        if questions := own_questions(found.reading, self._searcher.reader.read):
            return joined_drafts(questions, [self._part(one, found, role, plain) for one in questions])
        if told := find_unsaid(found, self._index.documents, self._index.all_units):
            return UnsaidComposer(found, unit_at, document_of, plain).unsaid(told)
        if _is_comparison(found) and len(sides := self._sides(found, role)) > 1:
            comparison = ComparisonComposer(found, unit_at, document_of, plain)
            return comparison.compare(sides, self._index.documents)
        if found.reading.kind is AskedKind.METADATA:
            return composer.compose(choose_metadata(found, self._index.documents, self._index.all_units))
        return composer.compose(self._choose(found, role))

    def _part(self, question: str, whole: Found, role: Role | None, plain: bool) -> Draft:
        """The answer to one of several questions, asked of the notices that all of them are asked of."""
        found = self._searcher.search(question, k=max(len(whole.hits), 1), scope=whole.scope)
        if is_off_topic(found):
            return Draft(status=Status.NOT_STIPULATED, text=f"通知没有写明“{question}”。")
        return self.draft(found, role, plain)

    def asks_duties(self, found: Found) -> bool:
        """Tell whether a question asks for the duties of an office that some notice names, which no clause need say."""
        return self._duties.asked(found.reading) is not None

    def is_unsaid(self, found: Found) -> bool:
        """Tell whether a question is about a term that only other notices of its place, or of one above, have."""
        return find_unsaid(found, self._index.documents, self._index.all_units) is not None

    def _choose(self, found: Found, role: Role | None) -> Choice:
        enterprise = role is Role.ENTERPRISE or (role is None and found.reading.by_enterprise)

        def general_rules(needed: FactKind) -> Sequence[Hit]:
            return self._searcher.general_rules(found.scope, needed)

        def attempt(kind: AskedKind, words: str) -> Choice:
            reading = found.reading.model_copy(update={"kind": kind, "also": (), "text": words})
            part = found.model_copy(update={"reading": reading})
            return choose(part, self._index.all_units.__getitem__, general_rules, enterprise)

        if not found.hits:
            return Choice(verdict=Verdict.NOT_STIPULATED)
        choice = choose(found, self._index.all_units.__getitem__, general_rules, enterprise)
        reading = found.reading
        choice = with_parts(choice, reading, attempt, enterprise)
        nobody = choice.verdict is Verdict.ANSWERED and any(
            names_nobody(pick.quote) and heads_industries(pick.hit.heading) for pick in choice.picks
        )
        if reading.kind is AskedKind.RESPONSIBILITY and (asks_subordinate(reading.text) or nobody):
            return with_provisos(choice, found.scope, self._index.all_units)
        charged = choice.verdict is Verdict.ANSWERED and choice.kind is AskedKind.RESPONSIBILITY and not enterprise
        if charged and found.scope.place_given and "牵头" not in reading.text:
            return with_inherited(choice, self._index.all_units)
        if not enterprise:
            return choice
        return with_limits(with_own_duty(choice, reading, self._index.all_units.__getitem__), reading)

    def _sides(self, found: Found, role: Role | None) -> list[tuple[str, Choice]]:
        """A choice for each place and year that the comparison is between."""
        documents = [one for one in self._index.documents if one.notice in found.scope.tiers]
        if len(found.scope.regions) < 2 and len(found.scope.years) < 2:
            documents = [one for one in documents if found.scope.tiers[one.notice] is not Tier.ABOVE]
        else:
            documents = [one for one in documents if found.scope.tiers[one.notice] is Tier.OWN]
        sides: dict[str, list[Document]] = {}
        for one in documents:
            sides.setdefault(place_and_year(one.region, one.notice, one.year), []).append(one)
        reading = found.reading.model_copy(update={"kind": found.reading.detail})
        return [
            (name, self._side(found.model_copy(update={"reading": reading}), mine, role))
            for name, mine in sides.items()
        ]

    def _side(self, found: Found, mine: Sequence[Document], role: Role | None) -> Choice:
        """What one side of a comparison says: the thing compared, else its nearest sentence."""
        notices = {one.notice for one in mine}
        hits = tuple(hit.model_copy(update={"tier": Tier.OWN}) for hit in found.hits if hit.notice in notices)
        tiers = {notice: tier for notice, tier in found.scope.tiers.items() if notice in notices}
        scope = found.scope.model_copy(update={"tiers": tiers})
        part = found.model_copy(update={"hits": hits, "scope": scope})
        if found.reading.kind is AskedKind.METADATA:
            return choose_metadata(part, self._index.documents, self._index.all_units)
        choice = self._choose(part, role)
        if choice.verdict is Verdict.ANSWERED or found.reading.kind.needed_fact:
            return choice
        general = found.reading.model_copy(update={"kind": AskedKind.GENERAL})
        return self._choose(part.model_copy(update={"reading": general}), role)


def asks_nothing(found: Found) -> bool:
    """No matter is asked about: not one Chinese character, or only words that are no subject (你好, 通知讲了啥)."""
    reading = found.reading
    if reading.clause or reading.notices or reading.missing_notices:
        return False
    bare = reading.kind is AskedKind.GENERAL and not (reading.concepts or reading.unknown)
    return bare or not _HAN.search(reading.text)


def is_off_topic(found: Found) -> bool:
    """Nothing that the question speaks of is in the notices: no concept is met by any sentence found."""
    reading = found.reading
    if reading.clause or reading.notices or reading.kind is AskedKind.METADATA:
        return False
    if asks_elsewhere(reading.text):
        return True
    if is_of_safety(reading):
        return False
    best = max((one for hit in found.hits for one in hit.evidence), key=lambda one: one.score, default=None)
    return best is None or (best.score < _ALIKE and best.coverage < _LEAST_SHARE)


def _is_comparison(found: Found) -> bool:
    """A comparison is asked for, or several places or years are named."""
    reading = found.reading
    places = len(reading.places) > 1 or (bool(reading.relative_place) and len(found.scope.regions) > 1)
    return reading.kind is AskedKind.COMPARISON or places or len(reading.years) > 1
