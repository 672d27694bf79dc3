"""How notices stand to each other by place and year, and which pairs are worth holding against each other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import combinations

from app.align.model import Standing
from corpus.model import Document
from corpus.regions import Region, chain, region_of_issuer

#: Two documents with clauses so unlike in number are no two notices of one kind (a reply of three points).
_FEWEST_SHARE = 0.25


def place_of(document: Document) -> Region | None:
    """The place that a document's issuer governs."""
    return _place_named(document.region or document.issuer)


@lru_cache(maxsize=4096)
def _place_named(name: str) -> Region | None:
    return region_of_issuer(name)


def standing(left: Document, right: Document) -> Standing:
    """Tell which of two notices is the older of one place, or of the place above."""
    places = place_of(left), place_of(right)
    if places[0] is None or places[1] is None:
        return Standing(kind="", base="")
    if places[0] == places[1]:
        dates = (left.year or 0, left.date), (right.year or 0, right.date)
        if dates[0][0] == dates[1][0]:
            return Standing(kind="", base="")
        return Standing(kind="year", base="left" if dates[0] < dates[1] else "right")
    for base, inner, outer in (("left", places[1], places[0]), ("right", places[0], places[1])):
        if outer in chain(inner)[1:]:
            return Standing(kind="level", base=base)
    return Standing(kind="", base="")


def useful_pairs(documents: Sequence[Document], most: int = 10) -> tuple[tuple[Document, Document], ...]:
    """Pairs that people hold against each other: one place's two last years, a place and the one above, neighbours.

    Args:
        documents: the corpus.
        most: how many pairs at most.

    Returns:
        Pairs with the older one, or that of the place above, on the left; years first, then levels, then neighbours.
    """
    rows: list[tuple[int, float, int, Document, Document]] = []
    newest: dict[str, int] = {}
    for one in documents:
        newest[one.region] = max(newest.get(one.region, 0), one.year or 0)
    for at, (one, other) in enumerate(combinations(documents, 2)):
        found = standing(one, other)
        pair = (other, one) if found.base == "right" else (one, other)
        is_newest = all((each.year or 0) == newest[each.region] for each in pair)
        if not _are_alike(one, other) or (not is_newest and found.kind != "year"):
            continue
        if found.kind == "year":
            rows.append((0, -(pair[1].year or 0), at, *pair))
        elif found.kind == "level":
            rows.append((1, _steps(*pair), at, *pair))
        elif _are_neighbours(one, other):
            rows.append((2, 0, at, *pair))
    return tuple((row[3], row[4]) for row in sorted(rows, key=lambda row: row[:3])[:most])


def nearest(document: Document, documents: Sequence[Document], most: int) -> tuple[Document, ...]:
    """A notice and those next to it: of its own place, of the places above and below, of its neighbours, others."""

    def rank(other: Document) -> tuple[int, int]:
        kinds = ("year", "level")
        kind = standing(document, other).kind
        near = kinds.index(kind) if kind in kinds else 2 if _are_neighbours(document, other) else 3
        return near, -(other.year or 0)

    others = [one for one in documents if one.notice != document.notice and _are_alike(document, one)]
    return (document, *sorted(others, key=rank)[: most - 1])


def _are_alike(one: Document, other: Document) -> bool:
    sizes = sorted((len(one.clauses), len(other.clauses)))
    return sizes[0] >= _FEWEST_SHARE * sizes[1] and sizes[0] > 0


def _steps(upper: Document, lower: Document) -> int:
    """How many levels lie between two places of which one lies in the other."""
    places = place_of(upper), place_of(lower)
    return chain(places[1]).index(places[0]) if places[0] and places[1] else 0


def _are_neighbours(one: Document, other: Document) -> bool:
    """Tell two places of one level within one place."""
    chains = [chain(place)[1:] for place in (place_of(one), place_of(other)) if place]
    return len(chains) == 2 and chains[0] == chains[1] and bool(chains[0]) and one.region != other.region
