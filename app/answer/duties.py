"""What an office is charged with (县应急局负责哪些事): answered from the brackets of 责任单位, a clause a line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from functools import cache, cached_property
from importlib.resources import files

from pydantic import Field

from app.answer.choose import Pick
from app.answer.compose import Composer
from app.duty.find import OfficeNames, find_offices, names_of
from app.duty.mention import mentions_of
from app.duty.model import Charge, Duties, NoticeDuties, OfficeDuties, Part
from app.duty.read import read_duties
from app.model import Draft, DutyList, Status, clause_name, place_and_year
from corpus.agencies import read_office, short_names
from corpus.model import Document, Frozen, Unit, UnitKind
from retrieval.model import Reading, Scope, Tier
from retrieval.rank import make_hit
from retrieval.references import blank, find_notices, find_places, find_relative_place
from retrieval.years import find_years

#: How many clauses an answer lists, and how many at least for each of several places.
_MOST, _FEWEST = 12, 3
_MOST_MENTIONS = 5
#: A sentence on an office names it among its first characters (县安委会、乡镇政府坚持…).
_BEGINS = 12
_WHICH = "请写明是哪个单位，再问一次；也可以在“责任清单”中选择单位查看。"


class DutyQuestion(Frozen):
    """A question for the duties of one or more offices."""

    offices: tuple[str, ...] = Field(
        description="the offices as asked, without place; none where it is the asker's own"
    )
    part: Part | None = Field(description="only where they lead (牵头), or answer alone (独自负责)")
    does: bool = Field(default=False, description="what they must do is asked: the sentences on them are wanted, too")


class DutyAnswerer:
    """Answers questions for the duties of an office over one corpus."""

    def __init__(self, documents: Sequence[Document], units: Sequence[Unit]) -> None:
        """Take the corpus; brackets are read when first asked for.

        Args:
            documents: the corpus.
            units: all units, as Hit.unit counts them.
        """
        self._documents = tuple(documents)
        self._units = units

    def asked(self, reading: Reading) -> DutyQuestion | None:
        """Read a question that asks for the duties of an office and for nothing else; None for any other.

        Args:
            reading: the question.
        """
        if reading.clause is not None or not _cues("charged").search(reading.text) or not _asks(reading.text):
            return None
        spans = self._names.find(reading.text)
        own = [] if spans else [match.span() for match in _cues("own").finditer(reading.text)]
        beside = blank(reading.text, [*spans, *own])
        if not (spans or own) or _rest(beside, self._documents):
            return None
        if not (_cues("charged").search(beside) and _asks(beside)):
            return None
        names = [reading.text[slice(*span)] for span in spans]
        does = bool(_cues("does").search(beside))
        return DutyQuestion(offices=_distinct(names), part=_part_asked(beside), does=does)

    def draft(self, asked: DutyQuestion, scope: Scope, composer: DutyComposer) -> Draft:
        """Answer it for each notice of the place asked for; of a level above, where only that has such an office.

        Args:
            asked: the question.
            scope: the notices asked.
            composer: writes the answer.
        """
        if not asked.offices:
            return composer.which_office()
        for tier in (Tier.OWN, Tier.ABOVE):
            notices = [one for one in self._duties.notices if scope.tiers.get(one.notice) is tier]
            if held := [pair for name in asked.offices for pair in find_offices(notices, name)]:
                return composer.duties(held, asked.part, asked.does)
        own = [one for one in self._duties.notices if scope.tiers.get(one.notice) is Tier.OWN]
        named = [one for one in own if one.has_brackets]
        if named:
            return composer.no_duties(named, asked.offices)
        mentions = [pick for name in asked.offices for pick in self._mentions(own, name)]
        return composer.no_brackets(own, mentions[:_MOST_MENTIONS])

    @cached_property
    def _duties(self) -> Duties:
        return read_duties(self._documents)

    @cached_property
    def _names(self) -> OfficeNames:
        return OfficeNames(self._duties)

    def _mentions(self, notices: Sequence[NoticeDuties], name: str) -> Iterator[Pick]:
        """The sentences that name an office, of notices that say in no bracket who is responsible."""
        places = {one.notice: one.region for one in notices}
        for at, unit in enumerate(self._units):
            if unit.notice not in places or unit.kind is not UnitKind.CLAUSE:
                continue
            office = read_office(name, places[unit.notice])
            names = {name.removeprefix(office.level), office.body, *short_names([office.body])}
            for sentence in unit.sentences:
                if any(one in sentence.text for one in names):
                    yield Pick(hit=make_hit(unit, at, Tier.OWN, 1.0, {}, ()), quote=sentence.text)
                    break


class DutyComposer(Composer):
    """Writes the answers on the duties of an office."""

    def duties(self, held: Sequence[tuple[NoticeDuties, OfficeDuties]], part: Part | None, does: bool = False) -> Draft:
        """List the clauses of each office, place by place.

        Args:
            held: the offices meant, each with its notice.
            part: only the clauses in which they have this part, where they have it in any.
            does: list the sentences on them as well.
        """
        most = max(_FEWEST, _MOST // len(held))
        lines = [f"{self._scope.note}。" if self._scope.note else ""]
        for notice, office in held:
            lines += self._told_of(notice, office) if does else []
            lines += self._of_office(notice, office, part, most)
        if any(notice.groups for notice, _ in held) and not all(office.is_group for _, office in held):
            lines.append("写给“有关部门”一类、没有点名的条款未计入。")
        if not self._scope.place_given and len({notice.region for notice, _ in held}) > 1:
            lines.append("各地表述不尽相同；选择或说明所在地区后，只列出适用的规定。")
        draft = self._draft(Status.ANSWERED, lines)
        lists = tuple(DutyList(notice=one.notice, office=office.key, name=_listed(one, office)) for one, office in held)
        return draft.model_copy(update={"lists": lists})

    def which_office(self) -> Draft:
        """Ask back which office 我局 is."""
        return self._draft(Status.NOT_STIPULATED, [_WHICH])

    def no_duties(self, notices: Sequence[NoticeDuties], names: Sequence[str]) -> Draft:
        """Say that no bracket of these notices names the offices."""
        places = "、".join(dict.fromkeys(_place(one) for one in notices))
        return self._draft(
            Status.NOT_STIPULATED, [f"{places}的通知没有规定由{'、'.join(f'“{name}”' for name in names)}负责的条款。"]
        )

    def no_brackets(self, notices: Sequence[NoticeDuties], mentions: Sequence[Pick]) -> Draft:
        """Say that these notices name no responsible units, and show where they speak of the office."""
        cited = {pick.hit.notice for pick in mentions}
        silent = [one for one in notices if not cited or one.notice in cited]
        places = "、".join(dict.fromkeys(_place(one) for one in silent))
        if not mentions:
            return self._draft(Status.NOT_STIPULATED, [f"{places}的通知没有规定责任单位。"])
        lead = f"{places}的通知没有逐条写明责任单位；以下是提到该单位的规定："
        return self._draft(Status.NOT_STIPULATED, [lead, *self._bullets(mentions)])

    def _of_office(self, notice: NoticeDuties, office: OfficeDuties, part: Part | None, most: int) -> Iterator[str]:
        provisos = office.of(Part.PROVISO)
        asked = office.of(part) if part else ()
        clauses = _by_clause(asked or office.named)
        yield _head(notice, office, part, bool(asked), 0 if provisos else len(clauses))
        bullets = [self._bullet(notice, mine) for mine in clauses[:most]]
        if provisos and all(provisos[0].source != one.label for mine in clauses[:most] for one in mine):
            source = provisos[0].model_copy(update={"label": provisos[0].source, "heading": ""})
            bullets.append(self._bullet(notice, [source]))
        if over := len(clauses) - most if len(clauses) > most else 0:
            bullets.append(f"- 另有{over}条未列出，完整清单见“责任清单”。")
        yield "\n".join(bullets)
        if provisos:
            yield "按所引“以下均需”一句，其后各条也都由该单位负责，不再一一列出；完整清单见“责任清单”。"

    def _told_of(self, notice: NoticeDuties, office: OfficeDuties) -> list[str]:
        """The sentences that begin with the office: what it must do, in the notice's own words."""
        units = self._document_of(notice.notice).units
        names = [name for name in names_of(office, notice.region) if len(name) > 1]
        bullets = [
            f"- 「{one.text}」——{clause_name(unit.notice, unit.label, unit.heading)}{self._cite_unit(unit, one.text)}"
            for one in mentions_of(units, office, notice.region)
            for unit in units
            if unit.label == one.label and unit.text[one.start : one.end] == one.text
            if any(name in one.text[:_BEGINS] for name in names)
        ]
        lead = f"{_place(notice)}的通知正文写到该单位的规定："
        return [lead, "\n".join(bullets)] if bullets else []

    def _bullet(self, notice: NoticeDuties, charges: Sequence[Charge]) -> str:
        """One clause: what the office has in it, by each of its brackets."""
        said = []
        for one in charges:
            unit = next(
                unit
                for unit in self._document_of(notice.notice).units
                if unit.label == one.label and one.bracket in unit.text
            )
            where = f"{clause_name(unit.notice, unit.label, unit.heading)}{self._cite_unit(unit, one.bracket)}"
            partly = "（限本条的一部分）" if one.bound else ""
            quoted = f"「{one.bracket}」——" if one.part is Part.PROVISO or "以下均" in one.bracket else ""
            word = one.part.value if one.part in (Part.SOLE, Part.JOINT) else one.role or "点名"
            said.append(f"{word}：{quoted}{where}{partly}")
        return f"- {'；'.join(said)}"


def _head(notice: NoticeDuties, office: OfficeDuties, part: Part | None, has_any: bool, count: int) -> str:
    number = f"，共{count}条" if count else ""
    place, name = _place(notice), office.name
    if part and has_any:
        return f"{place}的通知写明由{name}{part.value}的条款{number}："
    if part is Part.SOLE:
        return f"{place}的通知：没有条款写明由“{name}”独自负责；以下是把该单位列为责任单位的条款{number}："
    if part:
        return f"{place}的通知：没有条款写明由“{name}”牵头；以下是把该单位列为责任单位的条款{number}："
    return f"{place}的通知把{name}列为责任单位的条款{number}："


def _listed(notice: NoticeDuties, office: OfficeDuties) -> str:
    return f"{_place(notice)} {office.name}"


def _part_asked(text: str) -> Part | None:
    asked = (part for cue, part in (("alone", Part.SOLE), ("leads", Part.LEADS)) if _cues(cue).search(text))
    return next(asked, None)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    """Each office once; 临汾市住建局和泽州县住建局 is 住建局, asked of each place."""
    levels: dict[str, set[str]] = {}
    for name in names:
        levels.setdefault(read_office(name).stem, set()).add(read_office(name).level)
    plain = [name if len(levels[(one := read_office(name)).stem]) == 1 else name[len(one.level) :] for name in names]
    return tuple(dict.fromkeys(plain))


def _by_clause(charges: Sequence[Charge]) -> list[list[Charge]]:
    """Charges by their clause, in order; the same bracket once."""
    grouped: dict[str, list[Charge]] = {}
    for one in charges:
        mine = grouped.setdefault(one.label, [])
        if all(one.bracket != other.bracket for other in mine):
            mine.append(one)
    return list(grouped.values())


def _place(notice: NoticeDuties) -> str:
    return place_and_year(notice.region, notice.notice, notice.year)


def _rest(text: str, documents: Sequence[Document]) -> str:
    """What a question speaks of beside office, place, year and the words that ask for duties."""
    for spans in (find_notices(text, documents)[1], find_places(text, [one.region for one in documents])[1]):
        text = blank(text, spans)
    text = blank(text, find_relative_place(text)[1])
    text = blank(text, find_years(text, max((one.year for one in documents if one.year), default=None))[2])
    return re.sub(r"[\W\d_]", "", _cues("filler").sub("", text))


def _asks(text: str) -> bool:
    return bool(_cues("asks").search(text))


@cache
def _cues(section: str) -> re.Pattern[str]:
    """The words of a section, longest first."""
    table: dict[str, list[str]] = _table()
    return re.compile("|".join(f"(?:{cue})" for cue in sorted(table[section], key=len, reverse=True)))


@cache
def _table() -> dict[str, list[str]]:
    return tomllib.loads(files("app").joinpath("answer/data/duties.toml").read_text(encoding="utf-8"))
