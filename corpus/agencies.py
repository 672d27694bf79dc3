"""Offices (单位): which names mean the same one (县住建局 = 县住房和城乡建设管理局), and at which level.

The names are in corpus/data/agencies.csv (short, full), without the level before them; a name ending in 局 holds for
厅 and 部门 too. Names of groups (有关部门, 成员单位) end as in corpus/data/agency_groups.csv. Two offices are one when
place and canonical name are the same: 县应急局 of one county is not that of the next.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from pydantic import Field

from corpus.model import Frozen
from corpus.responsible import read_bracket

#: How names of offices end; what stands before tells what the office is for.
_ENDING = re.compile("(?:办公室|委员会|部门|大队|支队|总队|办事处|中心|局|厅|委|办|队)$")
_WRITTEN_OUT = {"委": "委员会", "办": "办公室"}
_LEVEL = re.compile("(自治区|自治州|自治县|[省市县区旗州])(?:级|直属|直|本级)?(?=[\u4e00-\u9fff]{2})")
_NATIONAL = re.compile("(国家)(?=[\u4e00-\u9fff]{3})")
#: A bracket in a name that names another office housed with it (工信局（商务局）), not places (县（市、区）).
_HOUSED = re.compile("（([^（）]*(?:局|厅|委|办|处|队|街道|中心|公司|会))）")
#: A branch behind an office: 生态环境局 + 泽州分局, 矿山安监局 + 山西局执法十处.
_BRANCH = re.compile("(.{2,}?[局厅])(.+[局处队所站])")


class Office(Frozen):
    """An office by its canonical name; its place is that of the document that names it."""

    level: str = Field(description="省, 市, 县, 区 … before the name; empty when the name has none")
    body: str = Field(description="full name without level: 应急管理局")
    housed: tuple[str, ...] = Field(default=(), description="other names in brackets, in full, without level")
    is_group: bool = Field(default=False, description="a class of offices (有关部门), none of them named")

    @property
    def name(self) -> str:
        """The canonical name."""
        return self.level + self.body

    @property
    def stem(self) -> str:
        """What it is for, without 局, 厅, 委员会, 部门."""
        return stem_of(self.body)


def canonical(name: str, place: str = "") -> str:
    """Write a name of an office in full, so that two names of one office in one place come out the same.

    Args:
        name: as written, e.g. 县住建局 or 各乡镇人民政府（街道办事处）.
        place: full name of the place that the document is of; 泽州县住建局 is then 县住建局.

    Returns:
        The canonical name with its level, e.g. 县住房和城乡建设局; an unknown name less 各 and brackets.
    """
    return read_office(name, place).name


def read_office(name: str, place: str = "") -> Office:
    """Read level and body from a name of an office.

    Args:
        name: as written.
        place: full name of the place that the document is of.
    """
    bare = name.strip().strip("。，；")
    housed = tuple(_full(part.removeprefix("各")) for one in _HOUSED.findall(bare) for part in one.split("、"))
    bare = _HOUSED.sub("", bare) or bare
    if place and bare.startswith(place) and len(bare) > len(place) + 1:
        bare = _last_of(place) + bare[len(place) :]
    is_every = bare.startswith("各")
    bare = bare.removeprefix("各")
    level = "" if is_every or bare in _table() else _level_of(bare)
    rest = bare[len(level) :]
    rest = re.sub("^(?:级|直属|直|本级)(?=.{2})", "", rest) if level else rest
    is_group = _is_group(rest)
    own = not level and is_group and not is_every
    return Office(
        level=_last_of(place) if own and place else level,
        body=rest.replace("各", "") if is_group else _full(rest.removeprefix("各")),
        housed=housed,
        is_group=is_group,
    )


def only_unit(bracket: str) -> str:
    """The unit that a bracket charges alone: （县应急管理局负责）.

    Args:
        bracket: the bracket verbatim, brackets included; a proviso (以下均需…) counts for later clauses only.

    Returns:
        The unit as written; empty when another is named, 等部门 stands behind it, 各 or a class of offices makes it
        several, or the word is another one than 负责 (牵头, 分工负责, 督促落实).
    """
    inner = bracket.removeprefix("（").removesuffix("）")
    units, lead, role = read_bracket(inner)
    if len(units) != 1 or lead or role != "负责" or units[0].startswith("各") or read_office(units[0]).is_group:
        return ""
    return units[0] if re.match(f"{re.escape(units[0])}负责(?:。|$)", inner) else ""


def stem_of(body: str) -> str:
    """What a body is for: its full name without the word for its form (局, 厅, 委员会, 部门, 大队)."""
    full = _full(body)
    return _ENDING.sub("", full) or full


def everyday_name(name: str, place: str = "") -> str:
    """The other name of an office: the full one of a short name, the everyday one of a full name.

    Args:
        name: as written.
        place: full name of the place that the document is of.

    Returns:
        The name with its level; empty when the table has no other. Of several short names the first of the table.
    """
    office = read_office(name, place)
    if office.is_group:
        return ""
    if len(name) < len(office.name):
        return office.name
    short = next((one for one, full in _rows() if full == office.body), office.body)
    return "" if short == office.body else office.level + short


def short_names(bodies: Iterable[str]) -> tuple[str, ...]:
    """The short names that the table has for some bodies, for finding them in what people write."""
    wanted = set(bodies)
    return tuple(short for short, full in _table().items() if full in wanted and short != full)


def _last_of(place: str) -> str:
    """The level that a place's own offices bear: 泽州县 -> 县."""
    return next((one for one in ("自治区", "自治州", "自治县") if place.endswith(one)), place[-1:])


def _level_of(bare: str) -> str:
    """The level before a name: none in 县区政府, one in 市市场监管局."""
    match = _NATIONAL.match(bare) or _LEVEL.match(bare)
    if match is None or (bare[match.end()] in "省市县区旗" and _full(bare[match.end() :]) not in _table()):
        return ""
    return match[1]


@cache
def _full(body: str) -> str:
    """A body's full name: by the table, whole or less its ending; else a branch behind an office; else as written."""
    if body in _table():
        return _table()[body]
    if match := _ENDING.search(body):
        stem, ending = body[: match.start()], match[0]
        if stem in _stems() and ending in ("局", "厅", "委", "部门"):
            return _stems()[stem] + ("局" if ending == "部门" else _WRITTEN_OUT.get(ending, ending))
    if (match := _BRANCH.fullmatch(body)) and (head := _full(match[1])):
        return head + match[2]
    return body


def _is_group(body: str) -> bool:
    """A class of offices: its name ends so, and is none of a known office (住建部门)."""
    return body.endswith(_group_endings()) and _ENDING.sub("", body) not in _stems()


@cache
def _rows() -> tuple[tuple[str, str], ...]:
    """Other names and full names, in the order of the file; the first of an office is its everyday one."""
    with files("corpus").joinpath("data/agencies.csv").open(encoding="utf-8") as lines:
        return tuple((row["short"].strip(), row["full"].strip()) for row in csv.DictReader(lines))


@cache
def _table() -> dict[str, str]:
    """Full names by other names; a full name is its own."""
    return {full: full for _, full in _rows()} | dict(_rows())


@cache
def _stems() -> dict[str, str]:
    """What holds for 局 holds for 厅 and 部门: the names ending in 局, without it."""
    return {short[:-1]: full[:-1] for short, full in _table().items() if short[-1] == full[-1] == "局"}


@cache
def _group_endings() -> tuple[str, ...]:
    with files("corpus").joinpath("data/agency_groups.csv").open(encoding="utf-8") as lines:
        return tuple(row["ending"].strip() for row in csv.DictReader(lines))
