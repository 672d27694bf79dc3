"""Scores from several sources into one: pure functions over numbers and strings."""

from __future__ import annotations

from collections.abc import Sequence

from corpus.model import Frozen
from retrieval.model import Concept


class Weights(Frozen):
    """How much each source counts; fitted by random search on the dev split of eval/cases."""

    dense_sentence: float = 0.42
    dense_unit: float = 0.20
    lexical_sentence: float = 0.03
    lexical_unit: float = 0.07
    coverage: float = 0.14
    direct: float = 0.10
    heading: float = 0.04


def scale_lexical(score: float, best: float) -> float:
    """Bring a BM25 score to 0…1 relative to the best of the same search."""
    return score / best if best > 0 else 0.0


def coverage(concepts: Sequence[Concept], sentence: str, heading: str, unit: str) -> tuple[float, float]:
    """Weighted shares of the question's concepts that a sentence satisfies.

    Args:
        concepts: what the question speaks of.
        sentence: the sentence.
        heading: the headings above it.
        unit: the whole unit.

    Returns:
        (coverage, direct): coverage counts a concept fully in the sentence, by four fifths in a heading and by a third
        elsewhere in the unit; direct counts the sentence alone. Both 0 to 1, and 0 without concepts.
    """
    total = sum(concept.weight for concept in concepts)
    if not total:
        return 0.0, 0.0
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


def heading_match(concepts: Sequence[Concept], heading: str) -> float:
    """Weighted share of the concepts that a unit's own heading satisfies, 0 to 1."""
    total = sum(concept.weight for concept in concepts)
    return sum(one.weight for one in concepts if one.met_by(heading)) / total if total else 0.0
