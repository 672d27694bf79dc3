"""Administrative divisions (行政区划): names, levels, and which place lies in which.

The table corpus/data/regions.csv holds the six-digit GB/T 2260 codes: two digits each for province, city and county,
so that the place above a code is the code with its last pair set to zero.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib.resources import files

from pydantic import Field

from corpus.model import Frozen, Level

_SUFFIXES = (
    "维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "自治州", "自治县", "自治旗", "林区", "地区",
    "新区", "省", "市", "县", "区", "旗", "盟",
)  # fmt: skip


class Region(Frozen):
    """One administrative division."""

    code: str = Field(description="six digits, GB/T 2260", pattern=r"^\d{6}$")
    name: str = Field(description="full name, e.g. 泽州县")

    @property
    def level(self) -> Level:
        """Province, city or county, read off the code."""
        if self.code.endswith("0000"):
            return Level.PROVINCE
        return Level.CITY if self.code.endswith("00") else Level.COUNTY

    @property
    def short(self) -> str:
        """The name without its suffix (泽州), or the whole name when that would leave one character (古县)."""
        for suffix in _SUFFIXES:
            if self.name.endswith(suffix) and len(self.name) - len(suffix) >= 2:
                return self.name[: -len(suffix)]
        return self.name


@cache
def all_regions() -> tuple[Region, ...]:
    """Load the table, ordered by code (a province before its cities, a city before its counties)."""
    with files("corpus").joinpath("data/regions.csv").open(encoding="utf-8") as table:
        return tuple(Region(**row) for row in csv.DictReader(table))


@cache
def _by_code() -> dict[str, Region]:
    return {region.code: region for region in all_regions()}


@cache
def _by_name() -> dict[str, tuple[Region, ...]]:
    names: dict[str, tuple[Region, ...]] = {}
    for region in all_regions():
        names[region.name] = (*names.get(region.name, ()), region)
    return names


@cache
def ambiguous_names() -> frozenset[str]:
    """Short names that are everyday words (公安, 平安): read as places only with their suffix."""
    text = files("corpus").joinpath("data/ambiguous_places.txt").read_text(encoding="utf-8")
    return frozenset(line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#"))


def find_region(name: str, within: str = "") -> Region | None:
    """Look a place up by its full or short name.

    Args:
        name: e.g. 泽州县 or 泽州.
        within: code of a place to prefer when several bear the name (城区 of 晋城 or of 长治).
    """
    candidates = _by_name().get(name) or tuple(region for region in all_regions() if region.short == name)
    preferred = [region for region in candidates if within and region.code.startswith(within.rstrip("0"))]
    return next(iter(preferred or candidates), None)


def chain(region: Region) -> tuple[Region, ...]:
    """Return the place and those above it, nearest first: 泽州县, 晋城市, 山西省."""
    codes = dict.fromkeys((region.code, region.code[:4] + "00", region.code[:2] + "0000"))
    return tuple(_by_code()[code] for code in codes if code in _by_code())


def region_of_issuer(issuer: str) -> Region | None:
    """Find the place an issuer governs: the longest division name its name starts with (泽州县人民政府 -> 泽州县).

    Args:
        issuer: 发文机关; a province's or city's name may stand before that of the county.
    """
    best: Region | None = None
    rest = issuer
    for _ in range(3):
        match = next((r for r in _longest_first() if rest.startswith(r.name) and _lies_in(r, best)), None)
        if match is None:
            break
        best, rest = match, rest[len(match.name) :]
    return best


@cache
def _longest_first() -> tuple[Region, ...]:
    return tuple(sorted(all_regions(), key=lambda region: -len(region.name)))


def _lies_in(region: Region, outer: Region | None) -> bool:
    return outer is None or any(above.code == outer.code for above in chain(region)[1:])
