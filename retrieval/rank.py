"""Rank candidate units by their best sentence: dense, lexical and concept evidence in one weighted score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from corpus.facts import read_facts
from corpus.model import Fact, Unit, UnitKind
from index.store import Index
from retrieval.fuse import Features, Weights, coverage, scale_lexical
from retrieval.model import AskedKind, Evidence, Hit, Reading, Scope, Tier

_EVIDENCE = 6
_TIER_FACTOR = {Tier.OWN: 1.0, Tier.ABOVE: 0.92, Tier.OLDER: 0.88}
_SIDE_FACTOR = 0.6
_LEAD_FACTOR = 0.9
_SIDE_KINDS = frozenset(UnitKind) - {UnitKind.CLAUSE, UnitKind.LEAD, UnitKind.PREAMBLE}

Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Signals:
    """What the stores say of every unit and sentence; row i is unit or sentence i of the index."""

    dense_units: Scores
    dense_sentences: Scores
    lexical_units: Scores
    lexical_sentences: Scores


@dataclass(frozen=True, slots=True)
class ScoredSentence:
    """A sentence's score; row is None for a unit that has no sentences (title, 抄送 …)."""

    row: int | None
    score: float
    features: Features


@dataclass(frozen=True, slots=True)
class ScoredUnit:
    """A unit's score with its sentences, best first; models are only made for the units that are returned."""

    at: int
    tier: Tier
    score: float
    parts: dict[str, float]
    sentences: list[ScoredSentence]


class Ranker:
    """Ranks the units of one index."""

    def __init__(self, index: Index, weights: Weights) -> None:
        self._index = index
        self._weights = weights
        self._alike = index.manifest.similarity
        self._rows: list[list[int]] = [[] for _ in index.all_units]
        for row, passage in enumerate(index.sentences.passages):
            self._rows[passage.unit].append(row)
        self._sizes = Counter(unit.notice for unit in index.all_units)
        self._headings = [" ".join((*unit.ancestors, unit.heading)) for unit in index.all_units]

    def rank(
        self, candidates: Iterable[int], reading: Reading, scope: Scope, signals: Signals, k: int
    ) -> tuple[Hit, ...]:
        """Score the candidates and return the best.

        Args:
            candidates: units, by their position in the index.
            reading: the question.
            scope: the tiers of the notices.
            signals: the stores' scores.
            k: how many hits to return.
        """
        best = _best_lexical(signals)
        weights = self._weights.among(sum(self._sizes[notice] for notice in scope.tiers) or 1)
        scored = [self._score(at, reading, scope, signals, best, weights) for at in candidates]
        scored.sort(key=lambda one: -one.score)
        return tuple(self._hit(one) for one in scored[:k])

    def rate(self, candidates: Iterable[int], reading: Reading, signals: Signals) -> list[tuple[str, Features]]:
        """The sentences of the candidates with what speaks for each."""
        best = _best_lexical(signals)
        return [
            (self._index.sentences.passages[row].text, self.features(at, row, reading, signals, best))
            for at in candidates
            for row in self._rows[at]
        ]

    def features(
        self, at: int, row: int | None, reading: Reading, signals: Signals, best: tuple[float, float]
    ) -> Features:
        """What speaks for a sentence of a unit.

        Args:
            at: the unit, by its position in the index.
            row: the sentence, by its row; None for a unit that has no sentences.
            reading: the question.
            signals: the stores' scores.
            best: the highest lexical score of any unit, and of any sentence.
        """
        unit, needed = self._index.all_units[at], reading.kind.needed_fact
        dense_unit = self._alike.share(float(signals.dense_units[at]))
        lexical_unit = scale_lexical(float(signals.lexical_units[at]), best[0])
        if row is None:
            covered, direct = coverage(reading.concepts, unit.text, "", unit.text, reading.unknown_weight)
            return Features(dense_unit, dense_unit, 0.0, lexical_unit, covered, direct, 0.0)
        passage = self._index.sentences.passages[row]
        covered, direct = coverage(
            reading.concepts, passage.text, self._headings[at], unit.text, reading.unknown_weight
        )
        return Features(
            dense_sentence=self._alike.share(float(signals.dense_sentences[row])),
            dense_unit=dense_unit,
            lexical_sentence=scale_lexical(float(signals.lexical_sentences[row]), best[1]),
            lexical_unit=lexical_unit,
            coverage=covered,
            direct=direct,
            fact=float(needed is not None and any(fact.kind is needed for fact in passage.facts)),
        )

    def _score(
        self,
        at: int,
        reading: Reading,
        scope: Scope,
        signals: Signals,
        best_lexical: tuple[float, float],
        weights: Weights,
    ) -> ScoredUnit:
        unit = self._index.all_units[at]
        factor = _kind_factor(unit, reading)
        sentences: list[ScoredSentence] = []
        for row in self._rows[at] or (None,):
            features = self.features(at, row, reading, signals, best_lexical)
            score = weights.score(features) * factor
            sentences.append(ScoredSentence(row, score, features))
        sentences.sort(key=lambda one: -one.score)
        best, tier = sentences[0], scope.tiers[unit.notice]
        return ScoredUnit(at, tier, best.score * _TIER_FACTOR[tier], best.features._asdict(), sentences)

    def _hit(self, scored: ScoredUnit) -> Hit:
        unit = self._index.all_units[scored.at]
        evidence = tuple(self._evidence(unit, one) for one in scored.sentences[:_EVIDENCE])
        return make_hit(unit, scored.at, scored.tier, scored.score, scored.parts, evidence)

    def _evidence(self, unit: Unit, scored: ScoredSentence) -> Evidence:
        text, start, facts = unit.text, 0, tuple[Fact, ...]()
        if scored.row is None:
            facts = read_facts(unit.text)
        else:
            passage = self._index.sentences.passages[scored.row]
            text, facts = passage.text, passage.facts
            start = unit.sentences[passage.sentence or 0].start
        return Evidence(
            text=text,
            start=start,
            facts=facts,
            score=scored.score,
            coverage=scored.features.coverage,
            direct=scored.features.direct,
        )


def _best_lexical(signals: Signals) -> tuple[float, float]:
    """The highest lexical score of any unit, and of any sentence."""
    return float(signals.lexical_units.max(initial=0.0)), float(signals.lexical_sentences.max(initial=0.0))


def make_hit(
    unit: Unit, at: int, tier: Tier, score: float, parts: dict[str, float], evidence: Sequence[Evidence]
) -> Hit:
    """Make the hit of a unit; numbers are rounded for reading."""
    return Hit(
        notice=unit.notice,
        label=unit.label,
        heading=unit.heading,
        text=unit.text,
        unit=at,
        tier=tier,
        score=round(score, 6),
        parts={name: round(value, 4) for name, value in parts.items()},
        evidence=tuple(evidence),
    )


def _kind_factor(unit: Unit, reading: Reading) -> float:
    """Title, 文号, 抄送 and the like answer questions about the document; other questions want clauses."""
    if unit.kind in _SIDE_KINDS:
        return 1.0 if reading.kind is AskedKind.METADATA else _SIDE_FACTOR
    return 1.0 if unit.kind is UnitKind.CLAUSE else _LEAD_FACTOR
