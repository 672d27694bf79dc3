"""From brackets to duties: each bracket of 责任单位 charges the offices that it names with the text that it binds.

Offices that a sentence names as actors (县应急局要…) are no duties here: only brackets, and the proviso 以下均需…负责,
say who answers for a clause. Who comes first in a bracket without 牵头 does not lead.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from app.duty.model import Charge, ClauseHead, Duties, NoticeDuties, OfficeDuties, Part
from corpus.agencies import Office, everyday_name, only_unit, read_office
from corpus.model import Document, Responsibility, Unit, UnitKind

_URGING = ("督促落实", "督促企业落实")


def read_duties(documents: Sequence[Document]) -> Duties:
    """Read who is charged with what.

    Args:
        documents: the parsed corpus.

    Returns:
        A matrix for each document, also for one without brackets (its offices are none).
    """
    return Duties(notices=tuple(_read(document) for document in documents))


def _read(document: Document) -> NoticeDuties:
    units = [one for one in document.units if one.kind is UnitKind.CLAUSE or one.responsibilities]
    provisos = _provisos(units)
    charges: dict[str, list[Charge]] = {}
    offices: dict[str, Office] = {}
    for unit in units:
        for written, charge in _charges(unit, provisos):
            office = read_office(written, document.region)
            offices.setdefault(office.name, office)
            charges.setdefault(office.name, []).append(charge)
    listed = [_office(offices[key], mine, document.region) for key, mine in charges.items()]
    listed.sort(key=lambda one: (-one.count(), one.key))
    return NoticeDuties(
        notice=document.notice,
        region=document.region,
        year=document.year,
        clauses=tuple(_head(one) for one in units),
        offices=tuple(one for one in listed if not one.is_group),
        groups=tuple(one for one in listed if one.is_group),
    )


def _head(unit: Unit) -> ClauseHead:
    return ClauseHead(
        label=unit.label,
        heading=unit.heading,
        chapter=unit.ancestors[0] if unit.ancestors else unit.heading,
        has_bracket=any(one.text for one in unit.responsibilities),
    )


def _provisos(units: Sequence[Unit]) -> dict[str, str]:
    """The brackets with a proviso, by the label of their clause."""
    wanted = {one.inherited_from for unit in units for one in unit.responsibilities if one.inherited_from}
    return {unit.label: one.text for unit in units if unit.label in wanted for one in unit.responsibilities if one.text}


def _charges(unit: Unit, provisos: dict[str, str]) -> Iterator[tuple[str, Charge]]:
    """Each unit that a bracket names, as written, with its charge."""
    for bracket in unit.responsibilities:
        for written in dict.fromkeys(bracket.units):
            yield written, _charge(unit, bracket, written, provisos)


def _charge(unit: Unit, bracket: Responsibility, written: str, provisos: dict[str, str]) -> Charge:
    leads = written in bracket.lead
    return Charge(
        label=unit.label,
        heading=unit.heading,
        part=_part(bracket, written),
        role=Part.LEADS.value if leads else _shared_role(bracket),
        written=written,
        others=tuple(one for one in bracket.units if one != written),
        lead=bracket.lead,
        bracket=bracket.text or provisos.get(bracket.inherited_from or "", ""),
        text=unit.text,
        start=bracket.start,
        end=bracket.end,
        bound="" if bracket.whole or bracket.inherited_from else unit.text[bracket.start : bracket.end],
        also=() if bracket.inherited_from else _by_proviso(unit, bracket),
        source=bracket.inherited_from or "",
    )


def _by_proviso(unit: Unit, bracket: Responsibility) -> tuple[str, ...]:
    """Who is charged with the clause by a proviso and not by the bracket."""
    named = (one for other in unit.responsibilities if other.inherited_from for one in other.units)
    return tuple(dict.fromkeys(one for one in named if one not in bracket.units))


def _part(bracket: Responsibility, written: str) -> Part:
    """What the bracket's words give the unit: 负责 is alone only where nobody else is meant, and never 牵头."""
    if bracket.inherited_from:
        return Part.PROVISO
    if written in bracket.lead:
        return Part.LEADS
    if only_unit(bracket.text) == written:
        return Part.SOLE
    if bracket.role == "负责" or f"负责并{bracket.role}" in bracket.text:
        return Part.JOINT
    if bracket.role == Part.DIVIDED.value:
        return Part.DIVIDED
    return Part.URGES if bracket.role in _URGING else Part.SHARES


def _shared_role(bracket: Responsibility) -> str:
    """The word for those that do not lead; a bracket may have one for the leader only."""
    if bracket.role != Part.LEADS.value:
        both = f"负责并{bracket.role}"
        return both if both in bracket.text else bracket.role
    return next((word for word in ("配合", "协助") if word in bracket.text), "")


def _office(office: Office, charges: Sequence[Charge], place: str) -> OfficeDuties:
    """Name an office as its notice does most often; its other names behind that."""
    counts = Counter(one.written for one in charges)
    name = max(counts, key=lambda one: counts[one])
    others = [one for one in counts if one != name and one.removeprefix("各") != name.removeprefix("各")]
    everyday = everyday_name(name, place)
    aliases = dict.fromkeys([*others, *([everyday] if everyday and everyday not in counts else [])])
    return OfficeDuties(
        key=office.name, name=name, aliases=tuple(aliases), is_group=office.is_group, charges=tuple(charges)
    )
