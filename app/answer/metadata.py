"""Questions about a document itself: 文号, title, 主送, 落款 and date, 抄送, 印发."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.answer.choose import Choice, Pick, Verdict
from corpus.model import Document, Unit, UnitKind
from retrieval.asked import metadata_field
from retrieval.fuse import coverage
from retrieval.model import Found, Hit, Reading, Tier

# A question about the 文号 of another document, which this one answers or rests on.
_CITED = "cited"
_DOCNO = re.compile(r"〔\d{4}〕第?\d+号")
_INSTEAD = {UnitKind.PRINT: UnitKind.SIGNATURE, UnitKind.TITLE: UnitKind.PREAMBLE}


def choose_metadata(found: Found, documents: Sequence[Document], units: Sequence[Unit]) -> Choice:
    """Choose the part of a document that a question about the document wants.

    Args:
        found: the search's result; only its reading and scope are used.
        documents: the corpus.
        units: all units, as Hit.unit counts them.

    Returns:
        One part for each document meant; not stipulated when a document has no such part.
    """
    asked = metadata_field(found.reading.text)
    own = [one for one in documents if found.scope.tiers.get(one.notice) is Tier.OWN]
    if asked == _CITED:
        return _cited(_meant(own, found.reading, found.scope.place_given), found.reading, units)
    field = UnitKind(asked)
    picks: list[Pick] = []
    nearest: list[Pick] = []
    for document in _meant(own, found.reading, found.scope.place_given):
        kinds = {unit.kind: at for at, unit in enumerate(units) if unit.notice == document.notice}
        wanted = field if field in kinds else _INSTEAD.get(field, field)
        if wanted in kinds:
            picks.append(_pick(units, kinds[wanted]))
        elif UnitKind.DOCNO in kinds:
            nearest.append(_pick(units, kinds[UnitKind.DOCNO]))
    if picks:
        return Choice(verdict=Verdict.ANSWERED, picks=tuple(picks))
    return Choice(verdict=Verdict.NOT_STIPULATED, nearest=tuple(nearest))


def _meant(own: Sequence[Document], reading: Reading, place_given: bool) -> list[Document]:
    """Of several documents of one place the one whose title and opening speak of the subject; else the fullest."""
    if reading.notices:
        return list(own)
    best: dict[tuple[str, int | None], tuple[float, int, Document]] = {}
    for document in own:
        opening = document.title + "".join(unit.text for unit in document.units if unit.kind is UnitKind.PREAMBLE)[:200]
        covered = coverage(reading.concepts, opening, "", "")[1]
        rank = (round(covered, 1) if covered > 0.6 else 0.0, len(document.clauses), document)
        key = (document.region, document.year)
        if key not in best or rank[:2] > best[key][:2]:
            best[key] = rank
    named = [] if place_given else [document for covered, _, document in best.values() if covered > 0]
    return named or [document for _, _, document in best.values()]


def _cited(meant: Sequence[Document], reading: Reading, units: Sequence[Unit]) -> Choice:
    """The sentence of each document meant that names another 文号, nearest to the question's words."""
    picks: list[Pick] = []
    for document in meant:
        named = [
            (coverage(reading.concepts, sentence.text, "", "")[1], -at, sentence.text)
            for at, unit in enumerate(units)
            if unit.notice == document.notice and unit.kind in (UnitKind.PREAMBLE, UnitKind.CLAUSE, UnitKind.LEAD)
            for sentence in unit.sentences
            if _DOCNO.search(sentence.text)
        ]
        if named:
            _, at, quote = max(named)
            picks.append(_pick(units, -at).model_copy(update={"quote": quote}))
    return Choice(verdict=Verdict.ANSWERED if picks else Verdict.NOT_STIPULATED, picks=tuple(picks))


def _pick(units: Sequence[Unit], at: int) -> Pick:
    unit = units[at]
    hit = Hit(
        notice=unit.notice,
        label=unit.label,
        heading=unit.heading,
        text=unit.text,
        unit=at,
        tier=Tier.OWN,
        score=1.0,
        parts={},
    )
    return Pick(hit=hit, quote=unit.text)
