"""Which clause of one notice answers to which of another, told from the two texts alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.align.acts import Acts
from app.align.model import Alignment, Link, Relation
from app.align.phrases import Phrases
from app.align.rules import Side, moved_rules
from app.align.terms import essence, grams, place_names, rarity
from corpus.model import Document, SentenceKind, Unit

#: How much the heading tells beside the body, and the place in the order, which only decides between likes.
_HEADING, _ORDER = 0.5, 0.04
#: Two clauses share a main subject from this likeness of their bodies on; a like heading makes up for a fifth of it.
_ENOUGH, _HEADING_HELPS = 0.12, 0.2


def align(left: Document, right: Document) -> Alignment:
    """Link the clauses of two notices that ask the same, whatever their numbers and headings.

    Args:
        left: a notice.
        right: another; exchanging the two changes no link.

    Returns:
        The links in the left notice's order, and the clauses that have none.
    """
    return align_sides(Prepared(left, right))


class Prepared:
    """Two notices, prepared: the rules and headings of both as terms, and what each term weighs between the two."""

    def __init__(self, left: Document, right: Document) -> None:
        """Read the terms of both; the work is proportional to their length."""
        self.places = place_names(left, right)
        self.documents = (left, right)
        self.sides = (Side(left.clauses, self.places), Side(right.clauses, self.places))
        self.weights = rarity([*self.sides[0].bodies, *self.sides[1].bodies])
        self.phrases = Phrases(self.sides, self.weights)
        self.acts = Acts(self.sides, self.phrases.scale)


def align_sides(notices: Prepared) -> Alignment:
    """Link the clauses of two prepared notices; see align."""
    places, sides, (left, right) = notices.places, notices.sides, notices.documents
    main = _main_links(notices)
    links = [_main_link(sides[0].units[i], sides[1].units[j], score, places) for (i, j), score in main.items()]
    parts = moved_rules(*sides, frozenset(main), notices.weights)
    links += [
        Link(left=sides[0].units[i].label, right=sides[1].units[j].label, relation=Relation.PART, score=round(score, 4))
        for (i, j), score in parts.items()
    ]
    order = [{unit.label: at for at, unit in enumerate(side.units)} for side in sides]
    links.sort(key=lambda link: (order[0][link.left], link.relation is Relation.PART, order[1][link.right]))
    return Alignment(
        left=left.notice,
        right=right.notice,
        links=tuple(links),
        only_left=_unlinked(sides[0].units, {link.left for link in links}),
        only_right=_unlinked(sides[1].units, {link.right for link in links}),
    )


def _unlinked(units: Sequence[Unit], linked: set[str]) -> tuple[str, ...]:
    return tuple(unit.label for unit in units if unit.label not in linked)


def _main_links(notices: Prepared) -> dict[tuple[int, int], float]:
    """Pair the clauses one to one, the likest first."""
    left, right = notices.sides
    headings = [[frozenset(grams(unit.heading)) for unit in side.units] for side in notices.sides]
    weights = rarity([*headings[0], *headings[1]])
    scores: list[tuple[float, float, int, int]] = []
    for i in range(len(left.units)):
        for j in range(len(right.units)):
            body = likeness(left.bodies[i], right.bodies[j], notices.weights)
            heading = likeness(headings[0][i], headings[1][j], weights)
            both = headings[0][i] and headings[1][j]
            score = (1 - _HEADING) * body + _HEADING * heading if both else body
            if body + _HEADING_HELPS * heading >= _ENOUGH:
                scores.append((score - _ORDER * _distance(i, len(left.units), j, len(right.units)), score, i, j))
    pairs: dict[tuple[int, int], float] = {}
    free = [set(range(len(left.units))), set(range(len(right.units)))]
    for _, score, i, j in sorted(scores, key=lambda one: (-one[0], one[2] + one[3], abs(one[2] - one[3]))):
        if i in free[0] and j in free[1]:
            pairs[i, j] = min(score, 1.0)
            free[0].remove(i)
            free[1].remove(j)
    return pairs


def _distance(i: int, rows: int, j: int, columns: int) -> float:
    """How far apart two clauses stand in the order of their notices, from 0 to 1."""
    return abs((i + 0.5) / rows - (j + 0.5) / columns)


def likeness(one: frozenset[str], other: frozenset[str], weights: Mapping[str, float]) -> float:
    """Cosine of two sets of terms, each weighted by its rarity."""
    shared = sum(weights[term] for term in one & other)
    size = (sum(weights[term] for term in one) * sum(weights[term] for term in other)) ** 0.5
    return shared / size if size else 0.0


def _main_link(left: Unit, right: Unit, score: float, places: tuple[str, ...]) -> Link:
    same = _wording(left, places) == _wording(right, places)
    relation = Relation.SAME if same else Relation.CHANGED
    return Link(left=left.label, right=right.label, relation=relation, score=1.0 if same else round(score, 4))


def _wording(unit: Unit, places: tuple[str, ...]) -> str:
    body = "".join(one.text for one in unit.sentences if one.kind is SentenceKind.BODY)
    return essence(body, places)
