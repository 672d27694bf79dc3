"""Scores from several sources into one: pure functions over numbers and strings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from corpus.model import Frozen
from retrieval.model import Concept


class Features(NamedTuple):
    """What speaks for a sentence, each 0 to 1."""

    dense_sentence: float
    dense_unit: float
    lexical_sentence: float
    lexical_unit: float
    coverage: float
    direct: float
    fact: float


# Up to so many units words count in full, and never less than this share of it.
_FEW_UNITS, _LEAST_WORDS = 1000, 0.4
_OF_WORDS = ("lexical_sentence", "lexical_unit", "coverage", "direct")


class Weights(Frozen):
    """How much each feature counts; together 1.

    Fitted to the project's own question–sentence pairs by softmax over the sentences of a notice (eval/ranking.py),
    with the embedding model of each pair tuned without its notice; then words were let count half as much and units
    nearly twice, which lifts recall on dev and nearly holds on statutes, where vectors alone are best (eval/README.md).
    """

    dense_sentence: float = 0.5
    dense_unit: float = 0.34
    lexical_sentence: float = 0.03
    lexical_unit: float = 0.01
    coverage: float = 0.05
    direct: float = 0.03
    fact: float = 0.04

    def among(self, units: int) -> Weights:
        """The weights when so many units compete.

        In a few hundred clauses that say nearly the same, a shared word tells them apart; of tens of thousands, many
        share words by chance. The bounds are read off lay questions about statutes (eval/README.md).

        Args:
            units: of the notices in scope; at least 1.
        """
        share = min(1.0, max(_LEAST_WORDS, (_FEW_UNITS / units) ** 0.5))
        if share == 1.0:
            return self
        words = {name: getattr(self, name) * share for name in _OF_WORDS}
        taken = sum(getattr(self, name) for name in _OF_WORDS) * (1 - share)
        dense = self.dense_sentence + self.dense_unit
        more = (
            {name: getattr(self, name) * (1 + taken / dense) for name in ("dense_sentence", "dense_unit")}
            if dense
            else {}
        )
        return self.model_copy(update={**words, **more})

    def score(self, features: Features) -> float:
        """The weighted sum of a sentence's features, 0 to 1."""
        return (
            self.dense_sentence * features.dense_sentence
            + self.dense_unit * features.dense_unit
            + self.lexical_sentence * features.lexical_sentence
            + self.lexical_unit * features.lexical_unit
            + self.coverage * features.coverage
            + self.direct * features.direct
            + self.fact * features.fact
        )


def scale_lexical(score: float, best: float) -> float:
    """Bring a BM25 score to 0…1 relative to the best of the same search."""
    return score / best if best > 0 else 0.0


def coverage(
    concepts: Sequence[Concept], sentence: str, heading: str, unit: str, unknown: float = 0.0
) -> tuple[float, float]:
    """Weighted shares of the question's concepts that a sentence satisfies.

    Args:
        concepts: what the question speaks of.
        sentence: the sentence.
        heading: the headings above it.
        unit: the whole unit.
        unknown: weight of the words of the question that no notice has, which nothing satisfies.

    Returns:
        (coverage, direct): coverage counts a concept fully in the sentence, by four fifths in a heading and by a third
        elsewhere in the unit; direct counts the sentence alone. Both 0 to 1, and 0 without concepts.
    """
    total = sum(concept.weight for concept in concepts)
    if not total:
        return 0.0, 0.0
    total += unknown
    covered = direct = 0.0
    for concept in concepts:
        if concept.met_by(sentence):
            covered += concept.weight
            direct += concept.weight
        elif concept.met_by(heading):
            covered += concept.weight * 0.8
        elif concept.met_by(unit):
            covered += concept.weight / 3
    return covered / total, direct / total
