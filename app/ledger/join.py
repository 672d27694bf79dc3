"""Rows of places above that repeat a place's own nearly word for word, joined with them."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from difflib import SequenceMatcher

from app.ledger.model import Basis, Requirement
from corpus.numerals import ARABIC_NUMBER, CHINESE_NUMBER
from corpus.regions import chain, find_region

#: Quotes so alike, their figures the same, say the same.
_ALIKE = 0.85
_FIGURE = re.compile(rf"{ARABIC_NUMBER}|{CHINESE_NUMBER}")


def join_repeats(rows: Sequence[Requirement], region: str) -> tuple[Requirement, ...]:
    """Join a row of a place above with the row of the place itself, or nearest to it, that says the same.

    Args:
        rows: the chosen rows, in their order.
        region: the place that was chosen; without one nothing is joined, for then no row is anybody's own.

    Returns:
        The rows in their order without those joined, which stand in the others' `also`.
    """
    place = find_region(region) if region else None
    if place is None:
        return tuple(rows)
    nearness = {one.name: at for at, one in enumerate(chain(place))}
    order = sorted(range(len(rows)), key=lambda at: (nearness.get(rows[at].region, len(nearness)), at))
    heads: dict[tuple[object, ...], list[int]] = defaultdict(list)
    also: dict[int, list[Basis]] = {}
    for at in order:
        row = rows[at]
        same = heads[(row.who, row.must, row.value, row.side, row.industries)]
        head = max(
            (one for one in same if rows[one].region != row.region and _alike(rows[one].quote, row.quote)),
            key=lambda one: (rows[one].year == row.year, rows[one].year or 0),
            default=None,
        )
        if head is None:
            same.append(at)
            also[at] = []
        else:
            also[head].append(row.basis)
    return tuple(rows[at].model_copy(update={"also": tuple(also[at])}) for at in sorted(also))


def _alike(one: str, other: str) -> bool:
    """Whether two quotes are nearly the same words, with the same figures."""
    if _FIGURE.findall(one) != _FIGURE.findall(other):
        return False
    return one == other or SequenceMatcher(None, one, other, autojunk=False).ratio() >= _ALIKE
