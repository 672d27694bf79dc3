"""Two notices beside each other: clause by clause, and within a pair of clauses rule by rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from threading import Lock

from app.align.difference import difference, with_held
from app.align.engine import Prepared, align_sides
from app.align.figures import notes_of
from app.align.model import Alignment, Comparison, Entry, EntryKind, Piece, PieceKind, Place, Span
from app.align.rules import Rule, weight_of
from corpus.model import Document, Unit

#: Two rules of a pair of clauses answer to each other when they share so much of the smaller and of both together.
_OF_SMALLER, _OF_BOTH, _WEIGHT = 0.5, 0.3, 5.0
#: A rule stands in another clause when so much of it does, of at least so much weight.
_ELSEWHERE, _ELSEWHERE_WEIGHT = 0.6, 12.0
#: The counterpart has words much like a rule's when so much of it stands anywhere in it.
_NEAR = 0.35
#: Two rules that are left over are one altered rule when so much of the shorter stands in phrases they share; so much
#: where one of them stands in another clause too. So many characters are always enough, and so much in the words of
#: an act that both ask.
_JOINED, _JOINED_MOVED, _JOINED_LENGTH, _JOINED_ASKED = 0.2, 0.5, 8, 0.12
#: So many rules with like words are named at most.
_MOST_NEAR = 2

_Group = tuple[list[int], list[int]]
_Places = Sequence[int | None]


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

    def unit(self, label: str, *, is_left: bool) -> Unit:
        """Find a clause of the left or of the right notice.

        Raises:
            KeyError: the notice has no clause of that label.
        """
        side = 0 if is_left else 1
        return self._notices.sides[side].units[self._at[side][label]]

    def difference(self, left: str, right: str) -> tuple[Piece, ...]:
        """Hold two texts of the two notices against each other, word by word."""
        return difference(left, right, self._notices.places)

    def _compare(self, left: str | None, right: str | None) -> Comparison:
        places = [self._at[0][left] if left is not None else None, self._at[1][right] if right is not None else None]
        sides = self._notices.sides
        units = [side.units[at] if at is not None else None for side, at in zip(sides, places, strict=True)]
        mine, theirs = (
            [number for number, rule in enumerate(side.rules) if rule.unit == at]
            for side, at in zip(sides, places, strict=True)
        )
        found = (mine, theirs)
        groups = self._joined(self._groups(*found), places)
        entries = [self._entry(units, group, found, places) for group in groups]
        return Comparison(left=units[0], right=units[1], entries=tuple(entries))

    def _groups(self, left: Sequence[int], right: Sequence[int]) -> list[_Group]:
        """Put rules that answer to each other together: usually one and one, but a rule may be cut in two."""
        weights, sides = self._notices.weights, self._notices.sides
        likes = {
            (i, j): score
            for i in left
            for j in right
            if (score := _likeness(sides[0].rules[i], sides[1].rules[j], weights))
        }
        best = {max((pair for pair in likes if pair[0] == i), key=lambda pair: likes[pair]) for i, _ in likes}
        best |= {max((pair for pair in likes if pair[1] == j), key=lambda pair: likes[pair]) for _, j in likes}
        groups: list[_Group] = []
        open_left, open_right = set(left), set(right)
        for i in left:
            if i in open_left:
                mine, theirs = _connected(i, best)
                open_left -= mine
                open_right -= theirs
                groups.append((sorted(mine), sorted(theirs)))
        return [*groups, *(([], [j]) for j in sorted(open_right))]

    def _joined(self, groups: list[_Group], places: _Places) -> list[_Group]:
        """Put two rules together that answer to nothing else, but share a phrase that is a good part of one of them."""
        lone = [[one for mine, theirs in groups for one in (mine, theirs)[side] if not (mine, theirs)[1 - side]]
                for side in (0, 1)]  # fmt: skip
        scores = {(i, j): share for i in lone[0] for j in lone[1] if (share := self._share(i, j)) >= _JOINED}
        moved = [{one for one in lone[side] if self._elsewhere(one, side, places)} for side in (0, 1)]
        joined: dict[int, int] = {}
        for (i, j), share in sorted(scores.items(), key=lambda one: (-one[1], one[0])):
            is_moved = i in moved[0] or j in moved[1]
            if i not in joined and j not in joined.values() and (share >= _JOINED_MOVED or not is_moved):
                joined[i] = j
        merged = [
            (mine, [joined[mine[0]]]) if not theirs and mine[0] in joined else (mine, theirs) for mine, theirs in groups
        ]
        return [(mine, theirs) for mine, theirs in merged if mine or theirs[0] not in joined.values()]

    def _share(self, i: int, j: int) -> float:
        """How much of the shorter of two rules stands in phrases that they share; enough where both ask the same."""
        phrases = self._notices.phrases
        lengths = [len(phrases.of(*one).letters) for one in ((0, i), (1, j))]
        shared = len(phrases.shared(0, i, [j], 1)) if lengths[0] <= lengths[1] else len(phrases.shared(1, j, [i], 0))
        shorter = max(1, min(lengths))
        asked = len(self._notices.acts.beside(0, i, j, 1)) >= _JOINED_ASKED * shorter
        return max(shared / shorter, _JOINED if asked or shared >= _JOINED_LENGTH else 0.0)

    def _entry(
        self, units: Sequence[Unit | None], group: _Group, clauses: tuple[list[int], list[int]], places: _Places
    ) -> Entry:
        rules = [[side.rules[at] for at in numbers] for side, numbers in zip(self._notices.sides, group, strict=True)]
        texts = [
            [unit.text[rule.start : rule.end] for rule in some] if unit else []
            for unit, some in zip(units, rules, strict=True)
        ]
        pieces = difference("".join(texts[0]), "".join(texts[1]), self._notices.places)
        side = 0 if group[0] else 1
        alone = None if all(group) else group[side][0]
        elsewhere = self._elsewhere(alone, side, places) if alone is not None else None
        near = self._near(alone, side, clauses[1 - side]) if alone is not None and elsewhere is None else ()
        against, like = list(clauses), list(group)
        against[1 - side], like[1 - side] = [*against[1 - side], *near], [*group[1 - side], *near]
        around = (units[0].text if units[0] else "", units[1].text if units[1] else "")
        return Entry(
            kind=_kind(rules[0], rules[1], pieces),
            left=tuple(Span(start=rule.start, end=rule.end) for rule in rules[0]),
            right=tuple(Span(start=rule.start, end=rule.end) for rule in rules[1]),
            pieces=tuple(
                with_held(pieces, *(self._held(at, group[at], against[1 - at], like[1 - at]) for at in (0, 1)))
            ),
            notes=() if elsewhere is not None else notes_of(texts[0], texts[1], pieces, around),
            elsewhere=self._place(elsewhere, 1 - side) if elsewhere is not None else None,
            near=tuple(self._place(one, 1 - side) for one in near),
        )

    def _held(self, side: int, numbers: Sequence[int], others: Sequence[int], like: Sequence[int]) -> list[bool]:
        """For each character of some rules whether the other notice has it too.

        Args:
            side: place of the rules' notice.
            numbers: the rules.
            others: rules of the other notice that may have phrases of theirs.
            like: those among them that answer to the rules, which may ask the same in other words.
        """
        phrases, acts = self._notices.phrases, self._notices.acts
        held: list[bool] = []
        for number in numbers:
            rule = self._notices.sides[side].rules[number]
            shared = phrases.shared(side, number, others, 1 - side).union(
                *(
                    acts.beside(side, number, one, 1 - side) | acts.far(side, number, 1 - side).get(one, frozenset())
                    for one in like
                )
            )
            held += [at in shared for at in range(rule.start, rule.end)]
        return held

    def _place(self, number: int, side: int) -> Place:
        rule = self._notices.sides[side].rules[number]
        label = self._notices.sides[side].units[rule.unit].label
        return Place(label=label, span=Span(start=rule.start, end=rule.end))

    def _near(self, number: int, side: int, counterpart: Sequence[int]) -> tuple[int, ...]:
        """Rules that have phrases of one that stands alone: of the clause that answers to its own, else of another."""
        phrases, acts, other = self._notices.phrases, self._notices.acts, self._notices.sides[1 - side]
        rule = self._notices.sides[side].rules[number]
        shared: Mapping[int, float] = {one: len(phrases.shared(side, number, [one], 1 - side)) for one in counterpart}
        if not any(shared.values()):
            shared = {one: len(acts.beside(side, number, one, 1 - side)) for one in counterpart}
        if not any(shared.values()):
            body = frozenset(term for one in counterpart for term in other.rules[one].terms)
            weights = self._notices.weights
            if weight_of(rule.terms & body, weights) >= _NEAR * weight_of(rule.terms, weights):
                shared = {one: weight_of(rule.terms & other.rules[one].terms, weights) for one in counterpart}
            else:
                asked = {one: len(places) for one, places in acts.far(side, number, 1 - side).items()}
                shared = asked or phrases.far(side, number, 1 - side)
        return tuple(sorted((one for one in shared if shared[one]), key=lambda one: (-shared[one], one))[:_MOST_NEAR])

    def _elsewhere(self, number: int, side: int, places: _Places) -> int | None:
        """The rule of another clause of the other notice, beside the counterpart, that has most of a rule."""
        other, terms = self._notices.sides[1 - side], self._notices.sides[side].rules[number].terms
        found = other.sharing(terms, self._notices.weights)
        fit = {at: weight for at, weight in found.items() if other.rules[at].unit != places[1 - side]}
        best = max(fit, key=lambda at: (fit[at], -at), default=None)
        enough = max(_ELSEWHERE_WEIGHT, _ELSEWHERE * weight_of(terms, self._notices.weights))
        return best if best is not None and fit[best] >= enough else None


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
