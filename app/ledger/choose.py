"""Choosing rows of the ledger: by side, place, year, industry, kind and words."""

from __future__ import annotations

import hashlib
import re
from base64 import urlsafe_b64encode
from collections.abc import Sequence

from pydantic import Field

from app.ledger.model import Requirement, RequirementKind, Side
from app.ledger.words import words
from corpus.clean import clean_text
from corpus.model import Frozen
from corpus.regions import chain, find_region

#: Characters of a row's key; few enough for a link that leaves out dozens of rows.
KEY_LENGTH = 6
#: What a row that no industry is written over is called.
GENERAL = "通用"
_ONE_OF = re.compile("[、，,；;|]")


class Choice(Frozen):
    """What is wanted; an empty field leaves everything in."""

    side: Side | None = Field(default=None, description="企业 or 政府; rows of both count for each")
    region: str = ""
    with_above: bool = Field(default=True, description="also rows of the places above the region")
    latest: bool = Field(default=False, description="of each place, only the latest year's")
    year: int | None = None
    industry: str = Field(default="", description="rows of no industry count for every one")
    kind: RequirementKind | None = None
    text: str = Field(default="", description="words that a row has to hold: all of 煤矿 演练, one of 演练、预案")
    countable: bool = Field(default=False, description="leave out rows without anything to be counted")


def choose(rows: Sequence[Requirement], choice: Choice) -> tuple[Requirement, ...]:
    """Pick the rows that fit, in their order; a place that is not known fits none.

    Args:
        rows: all rows.
        choice: what is wanted.
    """
    places = _places(choice)
    newest = _newest(rows) if choice.latest else {}
    wanted = [[clean_text(one) for one in _ONE_OF.split(word) if one] for word in choice.text.split()]
    return tuple(
        row
        for row in rows
        if (choice.side is None or row.side in (choice.side, Side.BOTH))
        and (not choice.region or row.region in places)
        and (not choice.latest or row.year == newest.get(row.region))
        and (choice.year is None or row.year == choice.year)
        and (not choice.industry or concerns(row, choice.industry))
        and (choice.kind is None or row.kind is choice.kind)
        and not (choice.countable and row.vague)
        and all(any(word in text for word in either for text in _texts(row)) for either in wanted if either)
    )


def key_of(row: Requirement) -> str:
    """Name a row by its words and clause, in letters, digits, - and _."""
    parts = (row.notice, row.label, str(row.start), row.quote, row.value, row.must)
    return urlsafe_b64encode(hashlib.sha256(chr(0).join(parts).encode()).digest()).decode()[:KEY_LENGTH]


def leave_out(rows: Sequence[Requirement], keys: str) -> tuple[Requirement, ...]:
    """Leave out the rows that somebody ticked off.

    Args:
        rows: the chosen rows.
        keys: their keys one after another; what is no key of a row is passed over.
    """
    gone = set(re.findall(f"[-_0-9A-Za-z]{{{KEY_LENGTH}}}", keys))
    return tuple(row for row in rows if key_of(row) not in gone)


def concerns(row: Requirement, industry: str) -> bool:
    """Whether a row concerns an industry: it is written over it, over no industry, or over one that is everybody's."""
    return (
        not row.industries or industry in row.industries or not set(words().choice.everybody).isdisjoint(row.industries)
    )


def _texts(row: Requirement) -> tuple[str, ...]:
    return (row.quote, row.heading, row.notice, row.label, *row.industries, *row.responsible)


def _places(choice: Choice) -> set[str]:
    """The region, and those above it when they are wanted."""
    region = find_region(choice.region) if choice.region and choice.with_above else None
    return {choice.region, *(one.name for one in chain(region) if region)} if region else {choice.region}


def _newest(rows: Sequence[Requirement]) -> dict[str, int | None]:
    """The latest year of each place; None where no row of it has one."""
    newest: dict[str, int | None] = {}
    for row in rows:
        newest[row.region] = max((year for year in (newest.get(row.region), row.year) if year), default=None)
    return newest
