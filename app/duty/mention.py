"""Sentences of the clauses that speak of an office (正文提到), outside the brackets that charge it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pydantic import Field

from app.duty.find import names_of
from app.duty.model import OfficeDuties
from corpus.model import Frozen, SentenceKind, Unit, UnitKind

_SHORTEST = 2
_LEVELS = "省市县区旗"


class Mention(Frozen):
    """A sentence that names an office; what it must do, or what others must do with it, is for the reader to see."""

    label: str = Field(description="label of the clause")
    heading: str = Field(description="the clause's heading")
    text: str = Field(description="the sentence, verbatim")
    start: int = Field(ge=0, description="its first character in the clause's text")
    end: int = Field(ge=0, description="one past its last")


def mentions_of(units: Sequence[Unit], office: OfficeDuties, region: str) -> tuple[Mention, ...]:
    """Find the sentences that name an office by any of its names.

    Args:
        units: those of its notice.
        office: the office, or a class of offices.
        region: place of the notice.

    Returns:
        Sentences in the order of the notice; not those that name an office of another level alone (市应急局 for
        县应急局).
    """
    named = _pattern(office, region)
    return tuple(
        Mention(label=unit.label, heading=unit.heading, text=one.text, start=one.start, end=one.end)
        for unit in units
        if unit.kind is UnitKind.CLAUSE
        for one in unit.sentences
        if one.kind is SentenceKind.BODY and named.search(one.text)
    )


def _pattern(office: OfficeDuties, region: str) -> re.Pattern[str]:
    names = sorted({one for one in names_of(office, region) if len(one) >= _SHORTEST}, key=len, reverse=True)
    level = office.key[0] if office.key[0] in _LEVELS else ""
    foreign = _LEVELS.replace(level, "") if level else ""
    before = f"(?<![{foreign}])" if foreign else ""
    return re.compile(f"{before}(?:{'|'.join(map(re.escape, names))})")
