"""Read a question: place, year, 文号, clause number, what is asked, and the things it speaks of."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from corpus.clean import clean_text
from corpus.model import Document, Unit, UnitKind
from index.lexical import EVERYDAY_WORDS, LexicalStore, word_count, words
from retrieval.asked import (
    after_chatter,
    asked_kind,
    asker_spans,
    asks_inspection,
    asks_members,
    cue_spans,
    other_kinds,
    speaks_as_enterprise,
    stop_phrases,
    stop_words,
    without_source,
)
from retrieval.lexicon import Entry, TermMatcher
from retrieval.model import AskedKind, Concept, Correction, Override, Reading
from retrieval.references import (
    GAP,
    blank,
    find_clause,
    find_missing_notices,
    find_notices,
    find_places,
    find_relative_place,
)
from retrieval.spelling import Speller
from retrieval.years import find_years

# A word that no notice has weighs as much as the rarest word that one has.
_UNKNOWN_WEIGHT = 4.6
# Information in nats: of words like 工作 and 问题, and from where on a word counts in full (煤矿, 考核).
_COMMONEST, _RARE, _LEAST_SPECIFIC = 7.0, 11.5, 0.15
_AS_READ = Override()
_QUOTED = re.compile(r"“([^“”。；]{2,14})”")
_COUNTED = re.compile(r"[三四五六七八九十][\u4e00-\u9fff]{2,}")
_COUNTED_TERM = re.compile(r"(?<![\u4e00-\u9fff])?[三四五六七八九十](?:大(?=[^于概会力])|条(?=[^件例款]))")
_LISTED = re.compile(r"(?<=、)[\u4e00-\u9fff]{3,8}(?=[、等])")


def corpus_terms(units: Sequence[Unit]) -> frozenset[str]:
    """Terms that the notices themselves mark: quoted ones (双报告), members of lists (安全生产月), short headings."""
    quoted = {match.strip("，、") for unit in units for match in _QUOTED.findall(unit.text)}
    headings = {heading for unit in units for heading in (unit.heading,) if 2 <= len(heading) <= 8}
    listed = {term for unit in units if unit.kind is UnitKind.CLAUSE for term in _LISTED.findall(unit.text)}
    counted = {term for unit in units for term in _counted_terms(unit.text)}
    return frozenset(quoted | headings | listed | counted)


def _counted_terms(text: str) -> Iterator[str]:
    """八大特殊作业, 九条硬措施: a count, 大 or 条, and the two words after it."""
    for match in _COUNTED_TERM.finditer(text):
        after = words(text[match.end() : match.end() + 8])[:2]
        yield match[0] + "".join(after)


class QuestionReader:
    """Reads questions asked of one corpus."""

    def __init__(
        self,
        documents: Sequence[Document],
        lexicon: Sequence[Entry],
        weight: Callable[[str], float],
        texts: LexicalStore,
    ) -> None:
        """Prepare the dictionaries.

        Args:
            documents: the corpus.
            lexicon: everyday words and official terms.
            weight: inverse document frequency of a word, 0.0 when the corpus has it not.
            texts: the units of the corpus by their terms, for spelling.
        """
        self._documents = documents
        self._weight = weight
        self._official = {entry.everyday: entry.official for entry in lexicon}
        terms = corpus_terms([unit for document in documents for unit in document.units])
        official = {term for entry in lexicon for term in entry.official}
        named = {*self._official, *terms, *official}
        self._matcher = TermMatcher(named)
        self._headings = {unit.heading for document in documents for unit in document.units if unit.heading}
        self._known_places = tuple(dict.fromkeys(document.region for document in documents if document.region))
        self._speller = Speller(named, self._known_places, texts)
        self._years = frozenset(document.year for document in documents if document.year)
        self._newest = max((document.year for document in documents if document.year), default=None)

    def read(self, question: str, override: Override = _AS_READ) -> Reading:
        """Read one question.

        Args:
            question: as typed, any script, at most a few thousand characters.
            override: what the asker set right in the reading.
        """
        text, corrections, kept = self._spelt(question, override)
        text = without_source(text)
        notices, notice_spans = find_notices(text, self._documents)
        bare = blank(text, notice_spans)
        # What the asker set is what is asked about, whatever else it looks like.
        rest = blank(bare, kept.find(bare))
        places, place_spans = find_places(rest, self._known_places)
        relative, relative_spans = find_relative_place(blank(rest, place_spans))
        years, year_note, year_spans = find_years(rest, self._newest, self._years)
        clause, clause_spans = find_clause(rest)
        core = after_chatter(text)
        read = AskedKind.CLAUSE if clause else asked_kind(core)
        kind = override.kind or read
        rest = blank(bare, asker_spans(bare))
        rest = blank(rest, [*place_spans, *relative_spans, *year_spans, *clause_spans])
        concepts, unknown = self._concepts(rest[len(text) - len(core) :], kept, {read, kind})
        return Reading(
            question=question,
            text=text,
            corrections=corrections,
            kind=kind,
            detail=asked_kind(core, but=AskedKind.COMPARISON),
            also=() if override.kind else other_kinds(core, kind),
            places=() if override.place_set else tuple(places),
            relative_place="" if override.place_set else relative,
            years=() if override.year_set else tuple(years),
            year_note="" if override.year_set else year_note,
            notices=tuple(notices),
            missing_notices=tuple(find_missing_notices(blank(text, notice_spans), self._documents)),
            clause=clause,
            concepts=concepts,
            members_asked=asks_members(core) and any(_counted(one) for one in concepts),
            unknown=unknown,
            unknown_weight=sum(_UNKNOWN_WEIGHT * specificity(word) for word in unknown),
            by_enterprise=speaks_as_enterprise(text),
            inspection=asks_inspection(rest),
            override=override,
        )

    def _spelt(self, question: str, override: Override) -> tuple[str, tuple[Correction, ...], TermMatcher]:
        """The question in the words that it is read in, what was misspelt, and the words to be taken as they stand."""
        text = clean_text(question)
        if not (override.as_typed or override.meant):
            return *self._speller.correct(text), TermMatcher(())
        meant = {clean_text(one.word): clean_text(one.meant) for one in override.meant}
        kept = frozenset(filter(None, (*meant.values(), *map(clean_text, override.as_typed))))
        text, corrections = self._speller.correct(_replaced(text, meant), kept)
        # A word may be known to the asker as it was put right.
        later = {word: term for word, term in meant.items() if any(word in one.meant for one in corrections)}
        told = (one.model_copy(update={"meant": _replaced(one.meant, later)}) for one in corrections)
        return _replaced(text, later), tuple(told), TermMatcher(kept)

    def _concepts(
        self, rest: str, kept: TermMatcher, kinds: set[AskedKind]
    ) -> tuple[tuple[Concept, ...], tuple[str, ...]]:
        """Find what the question speaks of: words set, dictionary terms, then jieba's words of what is left."""
        found: dict[str, Concept] = {}
        unknown: list[str] = []
        set_spans = kept.find(rest)
        for start, end in set_spans:
            literal = self._literal(rest[start:end])
            found.update({one.surface: one for one in literal})
            unknown += [] if literal else [rest[start:end]]
        rest = blank(rest, set_spans)
        spans = self._matcher.find(rest)
        for start, end in spans:
            surface = rest[start:end]
            if surface not in stop_words():
                found.setdefault(surface, self._concept(surface).model_copy(update={"term": True}))
        rest = blank(rest, spans)
        rest = blank(rest, [span for kind in kinds for span in cue_spans(rest, kind)])
        for phrase in stop_phrases():
            rest = rest.replace(phrase, GAP)
        for word in _content_words(rest):
            if word in found:
                continue
            concept = self._concept(word)
            if concept.weight > 0:
                found[word] = concept
            elif len(word) > 1:
                unknown.append(word)
        return tuple(one for one in found.values() if one.weight > 0), tuple(dict.fromkeys(unknown))

    def _literal(self, word: str) -> list[Concept]:
        """A word that the asker set, as it stands; where no notice has it, those of its words that one has."""
        whole = self._concept(word, literal=True)
        parts = [whole] if whole.weight > 0 else [self._concept(one, literal=True) for one in _content_words(word)]
        return [one for one in parts if one.weight > 0]

    def _concept(self, surface: str, literal: bool = False) -> Concept:
        official = () if literal else self._official.get(surface, ())
        alternatives = tuple(dict.fromkeys(one for one in (*official, surface) if self._weight(one) > 0))
        weight = min((self._weight(one) for one in alternatives), default=0.0) * specificity(surface)
        heads = any(word in heading for word in alternatives for heading in self._headings)
        return Concept(surface=surface, alternatives=alternatives, weight=weight, heads=heads)


def _replaced(text: str, meant: Mapping[str, str]) -> str:
    """The text with each word in the place of which another is meant, longest first."""
    spans = TermMatcher(word for word, term in meant.items() if word and term).find(text)
    for start, end in reversed(spans):
        text = text[:start] + meant[text[start:end]] + text[end:]
    return text


def specificity(word: str) -> float:
    """How much a word says: 1 for a rare one, less for one that everyday texts are full of (特别, 有人).

    Args:
        word: a word of the question; one that the dictionary has not is rare.

    Returns:
        0.15 to 1, linear in the word's information (minus the logarithm of its share of a dictionary's counts).
    """
    information = math.log(EVERYDAY_WORDS / max(word_count(word), 1))
    return min(1.0, max(_LEAST_SPECIFIC, (information - _COMMONEST) / (_RARE - _COMMONEST)))


def _counted(concept: Concept) -> bool:
    """A term that counts its members, as the notices write it (五到位, 六清行动, 八大特殊作业)."""
    return bool(_COUNTED.match(concept.surface))


def _content_words(rest: str) -> list[str]:
    """Words that may be a subject; single characters in a row (a name that no dictionary has) count as one word."""
    content: list[str] = []
    run = ""
    for word in [*words(rest.replace(GAP, " ")), ""]:
        if len(word) == 1 and word not in stop_words():
            run += word
            continue
        if len(run) > 1:
            content.append(run)
        run = ""
        if len(word) > 1 and word not in stop_words():
            content.append(word)
    return content
