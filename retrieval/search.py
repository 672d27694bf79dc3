"""The retrieval pipeline: read the question, decide its scope, search, fuse, return cited passages."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.facts import read_facts
from corpus.model import FactKind, Unit, UnitKind
from corpus.ordinals import parse_numeral
from corpus.regions import find_region
from index.embed import Embedder
from index.lexical import terms
from index.store import Index, Level
from retrieval.asked import asks_inspection
from retrieval.fuse import Weights, coverage, heading_match, scale_dense, scale_lexical
from retrieval.lexicon import Entry
from retrieval.model import AskedKind, ClauseNumber, Concept, Evidence, Found, Hit, Reading, Scope, Tier
from retrieval.question import QuestionReader
from retrieval.scope import decide_scope

_CANDIDATES = 40
_EVIDENCE = 6
_TIER_FACTOR = {Tier.OWN: 1.0, Tier.ABOVE: 0.92, Tier.OLDER: 0.88}
_SIDE_KINDS = {
    UnitKind.TITLE,
    UnitKind.DOCNO,
    UnitKind.ADDRESSEE,
    UnitKind.SIGNATURE,
    UnitKind.COPY,
    UnitKind.PRINT,
    UnitKind.PUBLICITY,
}

Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]


class Searcher:
    """Searches one open index."""

    def __init__(
        self, index: Index, embedder: Embedder, lexicon: Sequence[Entry], weights: Weights | None = None
    ) -> None:
        """Prepare what does not depend on the question.

        Args:
            index: the open index.
            embedder: the model the index was built with.
            lexicon: everyday words and official terms.
            weights: of the score's parts; None for the fitted ones.
        """
        self._index = index
        self._embedder = embedder
        self._weights = weights or Weights()
        self.reader = QuestionReader(index.documents, lexicon, self._term_weight)
        self._sentence_rows: list[list[int]] = [[] for _ in index.all_units]
        for row, passage in enumerate(index.sentences.passages):
            self._sentence_rows[passage.unit].append(row)

    def search(self, question: str, region: str | None = None, year: int | None = None, k: int = 10) -> Found:
        """Find the passages that a question is about.

        Args:
            question: as asked.
            region: the selected place, or None.
            year: the selected year, or None.
            k: how many passages to return, at least 1.

        Returns:
            Passages of the notices in scope, best first: none at all when nothing is in scope.
        """
        clock = _Clock()
        reading = self._without_subject_places(self.reader.read(question))
        clock.mark("read")
        scope = decide_scope(self._index.documents, reading, region, year)
        allowed = self._allowed_units(reading, scope)
        if not allowed.any():
            return Found(reading=reading, scope=scope, timings_ms=clock.marks)
        query = self._embedder.encode_query(reading.text)
        clock.mark("embed")
        dense = self._dense(query, allowed)
        lexical = self._lexical(reading, allowed)
        clock.mark("search")
        candidates = self._candidates(dense, lexical, allowed)
        hits = [self._hit(unit, reading, scope, dense, lexical) for unit in candidates]
        hits.sort(key=lambda hit: -hit.score)
        clock.mark("rank")
        return Found(reading=reading, scope=scope, hits=tuple(hits[:k]), timings_ms=clock.marks)

    def general_rules(self, scope: Scope, needed: FactKind) -> tuple[Hit, ...]:
        """Find what the notices in scope set for every enterprise, whatever its industry.

        A general rule stands in a clause on the enterprise's own duties, has the enterprise as its subject, is about
        checking, and holds the fact that is asked for.

        Args:
            scope: the notices that may answer.
            needed: the fact, e.g. a frequency.
        """
        hits: list[Hit] = []
        for passage in self._index.sentences.passages:
            unit = self._index.all_units[passage.unit]
            tier = scope.tiers.get(unit.notice)
            facts = [fact for fact in passage.facts if fact.kind is needed and fact.number is not None]
            if tier is None or not facts or "企业" not in unit.heading or "企业" not in passage.text:
                continue
            if not asks_inspection(passage.text):
                continue
            start = unit.sentences[passage.sentence or 0].start
            evidence = Evidence(
                text=passage.text, start=start, facts=passage.facts, score=1.0, coverage=1.0, direct=1.0
            )
            hits.append(_make_hit(unit, passage.unit, tier, 1.0, {"general": 1.0}, (evidence,)))
        return tuple(hits)

    def _term_weight(self, word: str) -> float:
        """Inverse document frequency of a word: its own, or that of its rarest bigram when all of them occur."""
        store = self._index.units.lexical
        weights = [store.weight(term) for term in terms(word) if len(term) == 2 or term.isascii()] or [
            store.weight(word)
        ]
        return max(weights) if min(weights) > 0 else 0.0

    def _without_subject_places(self, reading: Reading) -> Reading:
        """A foreign place that a sentence names together with what is asked is the subject, not the scope."""
        held = {document.region for document in self._index.documents}
        subjects = [
            place for place in reading.places if place not in held and self._is_subject(place, reading.concepts)
        ]
        if not subjects:
            return reading
        return reading.model_copy(update={"places": tuple(one for one in reading.places if one not in subjects)})

    def _is_subject(self, place: str, concepts: Sequence[Concept]) -> bool:
        region = find_region(place)
        short = region.short if region else place
        return len(concepts) > 1 and any(
            short in passage.text and coverage(concepts, passage.text, "", "")[1] >= 0.6
            for passage in self._index.sentences.passages
        )

    def _allowed_units(self, reading: Reading, scope: Scope) -> Mask:
        """Units of the notices in scope; only those with the clause number, when one is asked for."""
        mask = np.array([unit.notice in scope.tiers for unit in self._index.all_units], dtype=np.bool_)
        if reading.clause is not None:
            for at in np.flatnonzero(mask):
                mask[at] = _has_number(self._index.all_units[at], reading.clause)
        return mask

    def _dense(self, query: Scores, allowed: Mask) -> tuple[Scores, Scores]:
        """Similarities of all units and sentences, -1 where not allowed."""
        return _spread(self._index.units, query, allowed), _spread(
            self._index.sentences, query, self._sentence_mask(allowed)
        )

    def _lexical(self, reading: Reading, allowed: Mask) -> tuple[Scores, Scores]:
        wanted = _search_terms(reading)
        units = np.where(allowed, self._index.units.lexical.scores(wanted), 0)
        sentences = np.where(self._sentence_mask(allowed), self._index.sentences.lexical.scores(wanted), 0)
        return units, sentences

    def _sentence_mask(self, allowed: Mask) -> Mask:
        return allowed[np.array([passage.unit for passage in self._index.sentences.passages], dtype=np.int64)]

    def _candidates(self, dense: tuple[Scores, Scores], lexical: tuple[Scores, Scores], allowed: Mask) -> list[int]:
        """The units that any of the four rankings puts on top."""
        chosen: set[int] = set()
        for units, sentences in (dense, lexical):
            chosen.update(int(at) for at in _top(units, _CANDIDATES))
            chosen.update(self._index.sentences.passages[row].unit for row in _top(sentences, _CANDIDATES))
        return sorted(at for at in chosen if allowed[at])

    def _hit(
        self, at: int, reading: Reading, scope: Scope, dense: tuple[Scores, Scores], lexical: tuple[Scores, Scores]
    ) -> Hit:
        unit = self._index.all_units[at]
        tier = scope.tiers[unit.notice]
        heading = " ".join((*unit.ancestors, unit.heading))
        own_heading = heading_match(reading.concepts, unit.heading)
        unit_dense = scale_dense(float(dense[0][at]))
        unit_lexical = scale_lexical(float(lexical[0][at]), float(lexical[0].max()))
        best_lexical = float(lexical[1].max())
        weights = self._weights
        base = weights.dense_unit * unit_dense + weights.lexical_unit * unit_lexical + weights.heading * own_heading
        evidence: list[Evidence] = []
        for row in self._sentence_rows[at]:
            passage = self._index.sentences.passages[row]
            covered, direct = coverage(reading.concepts, passage.text, heading, unit.text)
            score = (
                base
                + weights.dense_sentence * scale_dense(float(dense[1][row]))
                + weights.lexical_sentence * scale_lexical(float(lexical[1][row]), best_lexical)
                + weights.coverage * covered
                + weights.direct * direct
            )
            start = unit.sentences[passage.sentence or 0].start
            evidence.append(
                Evidence(
                    text=passage.text, start=start, facts=passage.facts, score=score, coverage=covered, direct=direct
                )
            )
        if not evidence:
            evidence = [_whole(unit, reading, unit_dense, base, weights)]
        evidence.sort(key=lambda one: -one.score)
        best = evidence[0]
        parts = {
            "dense_unit": unit_dense,
            "lexical_unit": unit_lexical,
            "heading": own_heading,
            "coverage": best.coverage,
            "direct": best.direct,
            "sentence": best.score,
        }
        score = best.score * _TIER_FACTOR[tier] * _kind_factor(unit, reading)
        return _make_hit(unit, at, tier, score, parts, tuple(evidence[:_EVIDENCE]))


def _make_hit(
    unit: Unit, at: int, tier: Tier, score: float, parts: dict[str, float], evidence: tuple[Evidence, ...]
) -> Hit:
    return Hit(
        notice=unit.notice,
        label=unit.label,
        heading=unit.heading,
        text=unit.text,
        unit=at,
        tier=tier,
        score=round(score, 6),
        parts={name: round(value, 4) for name, value in parts.items()},
        evidence=evidence,
    )


def _whole(unit: Unit, reading: Reading, unit_dense: float, base: float, weights: Weights) -> Evidence:
    """The evidence of a unit without sentences of its own (title, 抄送 …): its whole text."""
    covered, direct = coverage(reading.concepts, unit.text, "", unit.text)
    score = base + weights.dense_sentence * unit_dense + weights.coverage * covered + weights.direct * direct
    return Evidence(text=unit.text, start=0, facts=read_facts(unit.text), score=score, coverage=covered, direct=direct)


def _kind_factor(unit: Unit, reading: Reading) -> float:
    """Title, 文号, 抄送 and the like answer questions about the document; other questions want clauses."""
    if unit.kind in _SIDE_KINDS:
        return 1.0 if reading.kind is AskedKind.METADATA else 0.6
    return 1.0 if unit.kind is UnitKind.CLAUSE else 0.9


def _search_terms(reading: Reading) -> list[str]:
    """Terms of the concepts; of the whole question when it has none."""
    if not reading.concepts:
        return terms(reading.text)
    found = [term for one in reading.concepts for word in one.alternatives for term in terms(word)]
    return list(dict.fromkeys(found))


def _spread(level: Level, query: Scores, allowed: Mask) -> Scores:
    """All similarities of a level as one array."""
    scores = np.full(len(level.passages), -1, dtype=np.float32)
    rows, similarities = level.vectors.search(query, max(1, int(allowed.sum())), allowed)
    scores[rows] = similarities
    return scores


def _top(scores: Scores, count: int) -> NDArray[np.int64]:
    """Rows of the highest scores above zero."""
    order = np.argsort(-scores, kind="stable")[:count]
    return order[scores[order] > 0]


def _has_number(unit: Unit, wanted: ClauseNumber) -> bool:
    """Tell whether a unit lies in the clause asked for by number."""
    numbers = [parse_numeral(label.strip("第条章节编、（）.．")) for label in unit.path]
    if unit.kind not in (UnitKind.CLAUSE, UnitKind.LEAD):
        return False
    if wanted.chapter is not None and numbers[:1] != [wanted.chapter]:
        return False
    depth = 1 if len(unit.path) > 1 else 0
    if wanted.clause is not None and (len(numbers) <= depth or numbers[depth] != wanted.clause):
        return False
    return wanted.item is None or (len(numbers) > 1 and wanted.item in numbers[depth + (wanted.clause is not None) :])


class _Clock:
    """Milliseconds by step."""

    def __init__(self) -> None:
        self.marks: dict[str, float] = {}
        self._last = time.perf_counter()

    def mark(self, name: str) -> None:
        """Note the time since the last mark under a name."""
        now = time.perf_counter()
        self.marks[name] = round((now - self._last) * 1000, 2)
        self._last = now
