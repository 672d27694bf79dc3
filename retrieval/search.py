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
from index.vectors import top
from retrieval.asked import asks_inspection
from retrieval.fuse import Features, Weights, coverage
from retrieval.lexicon import Entry
from retrieval.model import ClauseNumber, Concept, Evidence, Found, Hit, Override, Reading, Scope
from retrieval.question import QuestionReader
from retrieval.rank import Ranker, Signals, make_hit
from retrieval.scope import decide_scope

_CANDIDATES = 40
_AS_READ = Override()

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
        self.lexicon = lexicon
        self.reader = QuestionReader(index.documents, lexicon, self._term_weight, index.units.lexical)
        codes = {document.notice: code for code, document in enumerate(index.documents)}
        self._notice_codes = codes
        self._places = frozenset(document.region for document in index.documents)
        self._unit_notice = np.array([codes[unit.notice] for unit in index.all_units], dtype=np.int32)
        self._sentence_unit = np.array([one.unit for one in index.sentences.passages], dtype=np.int64)
        # Sentences lie in the order of their units: those of unit i are rows bounds[i] to bounds[i + 1].
        self._sentence_bounds = np.searchsorted(self._sentence_unit, np.arange(len(index.all_units) + 1))
        self._general = _general_rows(index)

    def search(
        self,
        question: str,
        region: str | None = None,
        year: int | None = None,
        k: int = 10,
        scope: Scope | None = None,
        override: Override = _AS_READ,
    ) -> Found:
        """Find the passages that a question is about.

        Args:
            question: as asked.
            region: the selected place, or None.
            year: the selected year, or None.
            k: how many passages to return, at least 1.
            scope: the notices to search, where they are not to be read off question, place and year.
            override: what the asker set right in the reading.

        Returns:
            Passages of the notices in scope, best first: none at all when nothing is in scope.
        """
        clock = _Clock()
        reading = self._without_subject_places(self.reader.read(question, override))
        clock.mark("read")
        scope = scope or decide_scope(self._index.documents, reading, region, year)
        allowed = self._allowed_units(reading, scope)
        if not allowed.any():
            return Found(reading=reading, scope=scope, timings_ms=clock.marks)
        query = self._embedder.encode_query(reading.text)
        clock.mark("embed")
        candidates, signals = self._signals(query, reading, allowed, max(k, _CANDIDATES))
        clock.mark("search")
        hits = self._ranker.rank(candidates, reading, scope, signals, k)
        clock.mark("rank")
        return Found(reading=reading, scope=scope, hits=hits, timings_ms=clock.marks)

    def rate(self, question: str, scope: Scope) -> list[tuple[str, Features]]:
        """Every sentence of the notices in scope with what speaks for it, to fit the weights of the ranking."""
        reading = self.reader.read(question)
        query = self._embedder.encode_query(reading.text)
        units, signals = self._signals(query, reading, self._allowed_units(reading, scope), len(self._unit_notice))
        return self._ranker.rate(units, reading, signals)

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
        rows = sorted(row for notice in scope.tiers for row in self._general.get((needed, notice), ()))
        return tuple(self._general_hit(row, scope) for row in rows)

    def _general_hit(self, row: int, scope: Scope) -> Hit:
        passage = self._index.sentences.passages[row]
        unit = self._index.all_units[passage.unit]
        start = unit.sentences[passage.sentence or 0].start
        evidence = Evidence(text=passage.text, start=start, facts=passage.facts, score=1.0, coverage=1.0, direct=1.0)
        return make_hit(unit, passage.unit, scope.tiers[unit.notice], 1.0, {"general": 1.0}, (evidence,))

    def _term_weight(self, word: str) -> float:
        """Inverse document frequency of a word: its own, or that of its rarest bigram when all of them occur."""
        store = self._index.units.lexical
        weights = [store.weight(term) for term in terms(word) if len(term) == 2 or term.isascii()] or [
            store.weight(word)
        ]
        return max(weights) if min(weights) > 0 else 0.0

    def _without_subject_places(self, reading: Reading) -> Reading:
        """A foreign place that a sentence names together with what is asked is the subject, not the scope."""
        subjects = [
            place for place in reading.places if place not in self._places and self._is_subject(place, reading.concepts)
        ]
        if not subjects:
            return reading
        return reading.model_copy(update={"places": tuple(one for one in reading.places if one not in subjects)})

    def _is_subject(self, place: str, concepts: Sequence[Concept]) -> bool:
        region = find_region(place)
        short = region.short if region else place
        if len(concepts) < 2:
            return False
        level = self._index.sentences
        texts = (level.passages[int(row)].text for row in level.lexical.holding(short))
        return any(short in text and coverage(concepts, text, "", "")[1] >= 0.6 for text in texts)

    def _allowed_units(self, reading: Reading, scope: Scope) -> Mask:
        """Units of the notices in scope; only those with the clause number, when one is asked for."""
        inside = np.zeros(len(self._index.documents), dtype=np.bool_)
        inside[[self._notice_codes[notice] for notice in scope.tiers]] = True
        mask: Mask = inside[self._unit_notice]
        if reading.clause is not None:
            for at in np.flatnonzero(mask):
                mask[at] = _has_number(self._index.all_units[at], reading.clause)
        return mask

    def _signals(self, query: Scores, reading: Reading, allowed: Mask, count: int) -> tuple[list[int], Signals]:
        """The units that any of the four rankings puts among its first, and what the stores say of them.

        Dense scores are looked up for these units and their sentences alone; lexical ones are there for all allowed.
        """
        wanted = _search_terms(reading)
        units, sentences = self._index.units, self._index.sentences
        # None, where all are allowed, spares the stores a mask.
        within = None if allowed.all() else allowed
        spoken = None if within is None else allowed[self._sentence_unit]
        lexical_units = units.lexical.scores(wanted, within)
        lexical_sentences = sentences.lexical.scores(wanted, spoken)
        near = [*_positive(*units.vectors.search(query, count, within)), *_top(lexical_units, count)]
        said = [*_positive(*sentences.vectors.search(query, count, spoken)), *_top(lexical_sentences, count)]
        chosen = sorted({*map(int, near), *(int(at) for at in self._sentence_unit[said])})
        rows = [row for at in chosen for row in range(self._sentence_bounds[at], self._sentence_bounds[at + 1])]
        signals = Signals(
            dense_units=_looked_up(units, query, chosen),
            dense_sentences=_looked_up(sentences, query, rows),
            lexical_units=lexical_units,
            lexical_sentences=lexical_sentences,
        )
        return chosen, signals


def _search_terms(reading: Reading) -> list[str]:
    """Terms of the concepts; of the whole question when it has none."""
    if not reading.concepts:
        return terms(reading.text)
    found = [term for one in reading.concepts for word in one.alternatives for term in terms(word)]
    return list(dict.fromkeys(found))


def _looked_up(level: Level, query: Scores, rows: Sequence[int]) -> Scores:
    """The similarities of some rows, in an array of all; -1 elsewhere."""
    scores = np.full(len(level.passages), -1, dtype=np.float32)
    scores[rows] = level.vectors.similarities(query, np.array(rows, dtype=np.int64))
    return scores


def _positive(rows: NDArray[np.int64], scores: Scores) -> NDArray[np.int64]:
    return rows[scores > 0]


def _top(scores: Scores, count: int) -> NDArray[np.int64]:
    """Rows of the highest scores above zero."""
    rows = np.flatnonzero(scores > 0)
    return rows[top(scores[rows], count)]


def _general_rows(index: Index) -> dict[tuple[FactKind, str], list[int]]:
    """The sentences that are rules for every enterprise, by the fact they hold and their notice."""
    rows: dict[tuple[FactKind, str], list[int]] = {}
    for row, passage in enumerate(index.sentences.passages):
        kinds = {fact.kind for fact in passage.facts if fact.number is not None}
        if not kinds or "企业" not in passage.text or "企业" not in index.all_units[passage.unit].heading:
            continue
        if asks_inspection(passage.text):
            for kind in kinds:
                rows.setdefault((kind, passage.notice), []).append(row)
    return rows


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
