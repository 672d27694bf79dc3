"""Rules that stand in other clauses than their main counterparts: the links of the relation PART."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from app.align.terms import blanked, cues, grams, rules_of
from corpus.model import Unit

#: A part of a rule, cut at commas.
_PART = re.compile("[^，：]+[，：]?")
#: Rules weigh what their words are rare; one below the first weight tells nothing, one of the second weight is sure.
_LEAST, _SURE = 8.0, 25.0
#: So much of a rule must stand in one rule of the other clause, and so much of it is enough to have it at home.
_SHARED, _AT_HOME = 0.35, 0.5
#: A rule of which a main counterpart has more than so much has moved the less, by at most so much.
_MOVED, _HARDLY_MOVED = 0.3, 0.3
#: From this on (share of the rule, lessened for one that weighs little or has hardly moved) two clauses have a rule in
#: common, if the words that they share weigh so much.
_PART_LINK, _LINK_WEIGHT = 0.42, 18.0
#: A clause that would have no link at all keeps its best one from this on.
_ONLY_LINK = 0.34
#: What a clause that names another's subject in its own field scores.
_NAMED = 0.5


@dataclass(frozen=True)
class Rule:
    """One rule of a clause, or a part of one, by its terms."""

    unit: int
    start: int
    end: int
    terms: frozenset[str]


def _rule(unit: int, text: str, start: int, end: int, places: tuple[str, ...]) -> Rule:
    return Rule(unit, start, end, frozenset(grams(blanked(text[start:end], places))))


class Side:
    """One notice, prepared: its clauses, and the rules of each as terms."""

    def __init__(self, units: Sequence[Unit], places: tuple[str, ...]) -> None:
        self.units = units
        self.rules: list[Rule] = []
        self.parts: list[Rule] = []
        passing = re.compile("|".join(cues("passing")))
        for at, unit in enumerate(units):
            for start, end in rules_of(unit):
                self.rules.append(_rule(at, unit.text, start, end, places))
                parts = list(_PART.finditer(unit.text, start, end))
                kept = (part for part in parts if len(parts) > 1 and not passing.search(part[0]))
                self.parts += (_rule(at, unit.text, *part.span(), places) for part in kept)
        bodies: list[set[str]] = [set() for _ in units]
        for rule in self.rules:
            bodies[rule.unit] |= rule.terms
        self.bodies = [frozenset(body) for body in bodies]

    @cached_property
    def holders(self) -> Mapping[str, list[int]]:
        """For each term the rules that hold it, by their place."""
        found: dict[str, list[int]] = {}
        for at, rule in enumerate(self.rules):
            for term in rule.terms:
                found.setdefault(term, []).append(at)
        return found

    def sharing(self, terms: frozenset[str], weights: Mapping[str, float]) -> Mapping[int, float]:
        """Rules that share terms, by their place, with the weight of what they share."""
        found: dict[int, float] = {}
        for term in sorted(terms):
            for at in self.holders.get(term, ()):
                found[at] = found.get(at, 0.0) + weights[term]
        return found


def moved_rules(
    left: Side, right: Side, pairs: frozenset[tuple[int, int]], weights: Mapping[str, float]
) -> Mapping[tuple[int, int], float]:
    """Find the pairs of clauses, no main counterparts, that share a rule which one main counterpart at least lacks.

    Args:
        left: one notice.
        right: the other.
        pairs: the main counterparts, as places in the two.
        weights: what each term weighs.

    Returns:
        For each pair the score of the rule they share best.
    """
    there, back = dict(pairs), {j: i for i, j in pairs}
    sure: dict[tuple[int, int], float] = {}
    likes: dict[tuple[int, int], float] = {}
    ways = ((left, right, there, back), (right, left, back, there))
    for way, (one, other, home, away) in enumerate(ways):
        for mine, theirs, score, like in _shared(one, other, home, away, weights):
            pair = (theirs, mine) if way else (mine, theirs)
            sure[pair], likes[pair] = max(score, sure.get(pair, 0.0)), max(like, likes.get(pair, 0.0))
        for mine, theirs in _named(one, other, home):
            sure[(theirs, mine) if way else (mine, theirs)] = 1.0
    links = {pair: likes.get(pair, _NAMED) for pair, score in sure.items() if score >= _PART_LINK}
    for side in (0, 1):
        linked = {pair[side] for pair in (*pairs, *links)}
        for pair, score in sorted(likes.items(), key=lambda item: (-item[1], sum(item[0]), item[0])):
            if score >= _ONLY_LINK and pair[side] not in linked:
                links[pair] = score
                linked.add(pair[side])
    return links


def _shared(
    one: Side, other: Side, there: Mapping[int, int], back: Mapping[int, int], weights: Mapping[str, float]
) -> Iterator[tuple[int, int, float, float]]:
    """Rules of one notice that a clause of the other holds too, beside the main counterparts.

    Yields:
        The two clauses, how sure it is that the rule has moved from the one to the other (0 where a third clause has
        more of it), and how much of it both have.
    """
    for rule in (*one.rules, *one.parts):
        total = weight_of(rule.terms, weights)
        home = there.get(rule.unit)
        found: dict[int, float] = {}
        for at, weight in other.sharing(rule.terms, weights).items() if total >= _LEAST else ():
            unit = other.rules[at].unit
            if unit != home and weight >= _SHARED * total:
                found[unit] = max(weight, found.get(unit, 0.0))
        mine = weight_of(rule.terms & other.bodies[home], weights) / total if found and home is not None else 0.0
        for unit, weight in found.items():
            place = back.get(unit)
            theirs = weight_of(rule.terms & one.bodies[place], weights) / total if place is not None else 0.0
            if min(mine, theirs) < _AT_HOME:
                like = weight / total * min(1.0, weight / _SURE)
                is_best = weight == max(found.values()) and weight >= _LINK_WEIGHT
                yield rule.unit, unit, like * _moved(max(mine, theirs)) if is_best else 0.0, like


def _moved(at_home: float) -> float:
    """How much a rule counts as moved of which so much stands in a main counterpart: most of it there, the less."""
    return 1.0 - _HARDLY_MOVED * max(0.0, at_home - _MOVED) / (1.0 - _MOVED)


def _named(one: Side, other: Side, there: Mapping[int, int]) -> Iterator[tuple[int, int]]:
    """Clauses without main counterpart whose heading a clause names, of the chapter that answers to their own."""
    for at, unit in enumerate(one.units):
        if at in there or len(unit.heading) < 3:
            continue
        chapters = [other.units[there[near]].path[:-1] for near, sister in enumerate(one.units)
                    if near in there and sister.path[:-1] == unit.path[:-1]]  # fmt: skip
        if chapters:
            answering = max(sorted(set(chapters)), key=chapters.count)
            for place, candidate in enumerate(other.units):
                if candidate.path[:-1] == answering and unit.heading in candidate.text:
                    yield at, place


def weight_of(terms: frozenset[str], weights: Mapping[str, float]) -> float:
    """Sum of the terms' weights."""
    return sum(weights[term] for term in terms)
