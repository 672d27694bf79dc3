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
#: From this on (share of the rule, lessened for one that weighs little) two clauses have a rule in common.
_PART_LINK = 0.45
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
    scores: dict[tuple[int, int], float] = {}
    for i, j, score in _shared(left, right, there, back, weights):
        scores[i, j] = max(score, scores.get((i, j), 0.0))
    for j, i, score in _shared(right, left, back, there, weights):
        scores[i, j] = max(score, scores.get((i, j), 0.0))
    for i, j in _named(left, right, there):
        scores[i, j] = max(_NAMED, scores.get((i, j), 0.0))
    for j, i in _named(right, left, back):
        scores[i, j] = max(_NAMED, scores.get((i, j), 0.0))
    links = {pair: score for pair, score in scores.items() if score >= _PART_LINK}
    for side in (0, 1):
        linked = {pair[side] for pair in (*pairs, *links)}
        for pair, score in sorted(scores.items(), key=lambda item: (-item[1], sum(item[0]), item[0])):
            if score >= _ONLY_LINK and pair[side] not in linked:
                links[pair] = score
                linked.add(pair[side])
    return links


def _shared(
    one: Side, other: Side, there: Mapping[int, int], back: Mapping[int, int], weights: Mapping[str, float]
) -> Iterator[tuple[int, int, float]]:
    """Rules of one notice that clauses of the other hold too, beside the main counterparts, with their scores."""
    for rule in (*one.rules, *one.parts):
        total = weight_of(rule.terms, weights)
        if total < _LEAST:
            continue
        found = other.sharing(rule.terms, weights)
        home = there.get(rule.unit)
        at_home = home is not None and weight_of(rule.terms & other.bodies[home], weights) >= _AT_HOME * total
        for at, weight in found.items():
            unit = other.rules[at].unit
            if unit == home or weight < _SHARED * total:
                continue
            theirs = back.get(unit)
            at_theirs = theirs is not None and weight_of(rule.terms & one.bodies[theirs], weights) >= _AT_HOME * total
            if not (at_home and at_theirs):
                yield rule.unit, unit, weight / total * min(1.0, weight / _SURE)


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
