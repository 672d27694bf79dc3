"""Two notices beside each other: clause by clause, and within a pair of clauses rule by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from threading import Lock

from app.align.difference import difference
from app.align.engine import Prepared, align_sides
from app.align.figures import notes_of
from app.align.model import Alignment, Comparison, Entry, EntryKind, Piece, PieceKind, Span
from app.align.rules import Rule, weight_of
from corpus.model import Document, Unit

#: Two rules of a pair of clauses answer to each other when they share so much of the smaller and of both together.
_OF_SMALLER, _OF_BOTH, _WEIGHT = 0.5, 0.3, 5.0
#: A rule stands in another clause when so much of it does, of at least so much weight.
_ELSEWHERE, _ELSEWHERE_WEIGHT = 0.6, 12.0
#: The counterpart has words much like a rule's when so much of it stands anywhere in it.
_NEAR = 0.35


class Comparer:
    """Two notices, prepared once; safe to use from several threads."""

    def __init__(self, left: Document, right: Document) -> None:
        """Take two notices; the alignment and each comparison are made when first asked for."""
        self.left, self.right = left, right
        self._notices = Prepared(left, right)
        self._at = tuple({unit.label: at for at, unit in enumerate(side.units)} for side in self._notices.sides)
        self._made: dict[tuple[str | None, str | None], Comparison] = {}

    @cached_property
    def alignment(self) -> Alignment:
        """Which clause answers to which."""
        return align_sides(self._notices)

    @cached_property
    def comparisons(self) -> tuple[Comparison, ...]:
        """Each clause of the left with its main counterpart, or alone; then those of the right that are no one's."""
        main = {link.left: link.right for link in self.alignment.main}
        taken = set(main.values())
        return (
            *(self.compare(unit.label, main.get(unit.label)) for unit in self._notices.sides[0].units),
            *(self.compare(None, unit.label) for unit in self._notices.sides[1].units if unit.label not in taken),
        )

    def compare(self, left: str | None, right: str | None) -> Comparison:
        """Hold two clauses against each other.

        Args:
            left: label of a clause of the left notice; None to look at the right one alone.
            right: label of one of the right notice; None to look at the left one alone.

        Raises:
            KeyError: a notice has no clause of that label.
        """
        if (left, right) not in self._made:
            self._made[left, right] = self._compare(left, right)
        return self._made[left, right]

    def _compare(self, left: str | None, right: str | None) -> Comparison:
        places = [self._at[0][left] if left is not None else None, self._at[1][right] if right is not None else None]
        sides = self._notices.sides
        units = [side.units[at] if at is not None else None for side, at in zip(sides, places, strict=True)]
        rules = [[one for one in side.rules if one.unit == at] for side, at in zip(sides, places, strict=True)]
        entries = [
            self._entry(units, [rules[0][i] for i in mine], [rules[1][j] for j in theirs], places)
            for mine, theirs in self._groups(rules[0], rules[1])
        ]
        return Comparison(left=units[0], right=units[1], entries=tuple(entries))

    def _groups(self, left: Sequence[Rule], right: Sequence[Rule]) -> list[tuple[list[int], list[int]]]:
        """Put rules that answer to each other together: usually one and one, but a rule may be cut in two."""
        weights = self._notices.weights
        likes = {
            (i, j): score
            for i, one in enumerate(left)
            for j, other in enumerate(right)
            if (score := _likeness(one, other, weights))
        }
        best = {max((pair for pair in likes if pair[0] == i), key=lambda pair: likes[pair]) for i, _ in likes}
        best |= {max((pair for pair in likes if pair[1] == j), key=lambda pair: likes[pair]) for _, j in likes}
        groups: list[tuple[list[int], list[int]]] = []
        open_left, open_right = set(range(len(left))), set(range(len(right)))
        for i in range(len(left)):
            if i in open_left:
                mine, theirs = _connected(i, best)
                open_left -= mine
                open_right -= theirs
                groups.append((sorted(mine), sorted(theirs)))
        return [*groups, *(([], [j]) for j in sorted(open_right))]

    def _entry(
        self, units: Sequence[Unit | None], left: list[Rule], right: list[Rule], places: Sequence[int | None]
    ) -> Entry:
        mine, theirs = (
            [unit.text[rule.start : rule.end] for rule in rules] if unit else []
            for unit, rules in zip(units, (left, right), strict=True)
        )
        pieces = difference("".join(mine), "".join(theirs), self._notices.places)
        alone = None if left and right else (left or right)[0]
        side = 0 if left else 1
        elsewhere = self._elsewhere(alone, side, places) if alone else ""
        around = (units[0].text if units[0] else "", units[1].text if units[1] else "")
        return Entry(
            kind=_kind(left, right, pieces),
            left=tuple(Span(start=rule.start, end=rule.end) for rule in left),
            right=tuple(Span(start=rule.start, end=rule.end) for rule in right),
            pieces=pieces,
            notes=() if elsewhere else notes_of(mine, theirs, pieces, around),
            elsewhere=elsewhere,
            is_near=alone is not None and self._is_near(alone, side, places),
        )

    def _is_near(self, rule: Rule, side: int, places: Sequence[int | None]) -> bool:
        counterpart = places[1 - side]
        if counterpart is None:
            return False
        shared = weight_of(rule.terms & self._notices.sides[1 - side].bodies[counterpart], self._notices.weights)
        return shared >= _NEAR * weight_of(rule.terms, self._notices.weights)

    def _elsewhere(self, rule: Rule, side: int, places: Sequence[int | None]) -> str:
        """Label of the clause of the other notice, beside the counterpart, that has a rule; empty when none has."""
        other = self._notices.sides[1 - side]
        total = weight_of(rule.terms, self._notices.weights)
        found = other.sharing(rule.terms, self._notices.weights)
        fit = {at: weight for at, weight in found.items() if other.rules[at].unit != places[1 - side]}
        best = max(fit, key=lambda at: (fit[at], -at), default=None)
        if best is None or fit[best] < max(_ELSEWHERE_WEIGHT, _ELSEWHERE * total):
            return ""
        return other.units[other.rules[best].unit].label


def _likeness(one: Rule, other: Rule, weights: Mapping[str, float]) -> float:
    """How much two rules share, 0 when too little for one to answer to the other."""
    shared = weight_of(one.terms & other.terms, weights)
    sizes = sorted((weight_of(one.terms, weights), weight_of(other.terms, weights)))
    if shared < _WEIGHT or not sizes[0]:
        return 0.0
    of_both = shared / (sizes[0] * sizes[1]) ** 0.5
    return of_both if of_both >= _OF_BOTH or shared >= _OF_SMALLER * sizes[0] else 0.0


def _connected(start: int, links: set[tuple[int, int]]) -> tuple[set[int], set[int]]:
    """The rules of both sides that links lead to from one of the left."""
    mine, theirs = {start}, set[int]()
    while True:
        more = {j for i, j in links if i in mine} - theirs
        theirs |= more
        back = {i for i, j in links if j in theirs} - mine
        mine |= back
        if not more and not back:
            return mine, theirs


def _kind(left: list[Rule], right: list[Rule], pieces: Sequence[Piece]) -> EntryKind:
    if not right:
        return EntryKind.LEFT
    if not left:
        return EntryKind.RIGHT
    changed = any(piece.kind in (PieceKind.LEFT, PieceKind.RIGHT) for piece in pieces)
    return EntryKind.CHANGED if changed else EntryKind.SAME


class Comparers:
    """The pairs of notices that have been asked for, the last of them kept."""

    def __init__(self, most: int = 32) -> None:
        """Keep so many pairs at most."""
        self._most = most
        self._made: dict[tuple[str, str], Comparer] = {}
        self._lock = Lock()

    def of(self, left: Document, right: Document) -> Comparer:
        """Give the two notices beside each other."""
        with self._lock:
            made = self._made.pop((left.notice, right.notice), None) or Comparer(left, right)
            self._made[left.notice, right.notice] = made
            while len(self._made) > self._most:
                del self._made[next(iter(self._made))]
            return made
