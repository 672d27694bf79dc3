"""The retrieval pipeline: read the question, decide its scope, search, fuse, return cited passages."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from corpus.model import FactKind, Unit, UnitKind
from corpus.ordinals import parse_numeral
from corpus.regions import find_region
from index.embed import Embedder
from index.lexical import terms
from index.store import Index, Level
from retrieval.asked import asks_inspection
from retrieval.fuse import Weights, coverage
from retrieval.lexicon import Entry
from retrieval.model import ClauseNumber, Concept, Evidence, Found, Hit, Reading, Scope
from retrieval.question import QuestionReader
from retrieval.rank import Ranker, Signals, make_hit
from retrieval.scope import decide_scope

_CANDIDATES = 40

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
        self._ranker = Ranker(index, weights or Weights())
        self.reader = QuestionReader(index.documents, lexicon, self._term_weight)
        codes = {document.notice: code for code, document in enumerate(index.documents)}
        self._notice_codes = codes
        self._unit_notice = np.array([codes[unit.notice] for unit in index.all_units], dtype=np.int64)
        self._sentence_unit = np.array([one.unit for one in index.sentences.passages], dtype=np.int64)

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
        signals = self._signals(query, reading, allowed)
        clock.mark("search")
        hits = self._ranker.rank(self._candidates(signals, allowed), reading, scope, signals, k)
        clock.mark("rank")
        return Found(reading=reading, scope=scope, hits=hits, timings_ms=clock.marks)

    def embed(self, question: str) -> Scores:
        """Embed a question, shape (dimension,), as every search does."""
        return self._embedder.encode_query(question)

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
            hits.append(make_hit(unit, passage.unit, tier, 1.0, {"general": 1.0}, (evidence,)))
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
        mask: Mask = np.isin(self._unit_notice, [self._notice_codes[notice] for notice in scope.tiers])
        if reading.clause is not None:
            for at in np.flatnonzero(mask):
                mask[at] = _has_number(self._index.all_units[at], reading.clause)
        return mask

    def _signals(self, query: Scores, reading: Reading, allowed: Mask) -> Signals:
        """All four rankings; -1 or 0 where not allowed."""
        wanted = _search_terms(reading)
        units, sentences = self._index.units, self._index.sentences
        spoken = allowed[self._sentence_unit]
        return Signals(
            dense_units=_spread(units, query, allowed),
            dense_sentences=_spread(sentences, query, spoken),
            lexical_units=np.where(allowed, units.lexical.scores(wanted), 0),
            lexical_sentences=np.where(spoken, sentences.lexical.scores(wanted), 0),
        )

    def _candidates(self, signals: Signals, allowed: Mask) -> list[int]:
        """The units that any of the four rankings puts on top."""
        chosen = {
            int(at) for scores in (signals.dense_units, signals.lexical_units) for at in _top(scores, _CANDIDATES)
        }
        for scores in (signals.dense_sentences, signals.lexical_sentences):
            chosen.update(int(at) for at in self._sentence_unit[_top(scores, _CANDIDATES)])
        return sorted(at for at in chosen if allowed[at])


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
