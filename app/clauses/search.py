"""Full-text search over clauses (全文检索): the words as typed, where they stand, and what else could be tried."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pydantic import Field

from app.clauses.catalogue import Catalogue, Entry, Filters
from app.clauses.sound import Sounds
from corpus.hanzi import simplify
from corpus.masks import merged_spans
from corpus.model import Frozen

LONGEST_QUERY, MOST_TERMS = 100, 8
_MOST_SPANS = 200
_HEADING_HIT, _TEXT_HIT, _MOST_COUNTED = 1000, 10, 20
_QUOTED = re.compile(r"[“”\"「『](.*?)[“”\"」』]|(\S+?)(?=[\s“\"「『]|$)")
_FOLD = str.maketrans(
    {chr(code): chr(code - 0xFEE0).lower() for code in range(0xFF01, 0xFF5F)}
    | {chr(code): chr(code).lower() for code in range(ord("A"), ord("Z") + 1)}
    | dict(zip("“”„‟「」『』‘’（）〔〕［］【】〈〉，。；：！？", '""""""""\'\'()()()()<>,.;:!?', strict=True))
)


class Widened(Frozen):
    """A word that the notices put otherwise."""

    word: str
    meant: tuple[str, ...]


class Hit(Frozen):
    """An entry found."""

    number: int = Field(description="number of the entry")
    spans: tuple[tuple[int, int], ...] = Field(description="where the words stand in its text, without overlaps")


class Found(Frozen):
    """What a search brought, best first, and how the words were taken."""

    hits: tuple[Hit, ...] = ()
    counts: tuple[tuple[str, int], ...] = Field(default=(), description="each word with the clauses that have it")
    widened: tuple[Widened, ...] = Field(default=(), description="words found under other words alone")
    also: tuple[Widened, ...] = Field(default=(), description="words that could be searched besides")
    respelt: tuple[Widened, ...] = Field(default=(), description="words taken for others that sound the same")
    divided: tuple[Widened, ...] = Field(default=(), description="words found in parts alone")
    unknown: tuple[str, ...] = Field(default=(), description="words that no clause has")
    outside: int = Field(default=0, description="clauses found that the filters leave out")
    cut: bool = Field(default=False, description="the query was too long, its end is left out")


class _Term(Frozen):
    """What one word of the query stands for: any of some texts."""

    shown: str
    texts: tuple[str, ...]
    by_sound: bool = False


class _Page(Frozen):
    """An entry's texts, folded; the text keeps its length."""

    text: str
    heading: int = Field(description="length of the heading at the front of the text")
    about: str = Field(description="文号, label, place, year and headings above")


def fold(text: str) -> str:
    """Fold width, case and the forms of quotes and brackets, one character for one."""
    return text.translate(_FOLD)


class Finder:
    """Finds words in the clauses; everything is folded once."""

    def __init__(self, catalogue: Catalogue, lexicon: Mapping[str, tuple[str, ...]]) -> None:
        """Take what is searched.

        Args:
            catalogue: the clauses.
            lexicon: everyday words with their official terms.
        """
        self._catalogue = catalogue
        self._lexicon = {fold(word): tuple(fold(one) for one in terms) for word, terms in lexicon.items()}
        self._pages = tuple(_page(entry) for entry in catalogue.entries)
        self._all = "\n".join(f"{page.text}\n{page.about}" for page in self._pages)
        self._sounds = Sounds(self._all)

    def search(self, query: str, filters: Filters) -> Found:
        """Find the entries that have all words.

        Args:
            query: words with white space between them; “…” holds words that stand together just so.
            filters: what may be found.
        """
        typed, cut = _typed(query)
        terms: list[_Term] = []
        widened, respelt, divided, unknown = [], [], [], []
        for word, exact in typed:
            taken = (_Term(shown=word, texts=(word,)),) if word in self._all else () if exact else self._taken(word)
            terms += taken
            if not taken:
                unknown.append(word)
            elif len(taken) > 1 or (taken[0].texts != (word,) and taken[0].shown != word):
                divided.append(Widened(word=word, meant=tuple(term.shown for term in taken)))
            otherwise = [term for term in taken if term.texts != (term.shown,)]
            widened += [Widened(word=term.shown, meant=term.texts) for term in otherwise if not term.by_sound]
            respelt += [Widened(word=term.shown, meant=term.texts) for term in otherwise if term.by_sound]
        also = tuple(
            Widened(word=word, meant=self._lexicon[word]) for word, exact in typed if self._has_more(word, exact)
        )
        hits, counts, outside = self._hits(() if unknown else terms, filters)
        return Found(
            hits=hits, counts=counts, widened=tuple(widened), also=also, respelt=tuple(respelt), divided=tuple(divided),
            unknown=tuple(unknown), outside=outside, cut=cut,
        )  # fmt: skip

    def _has_more(self, word: str, exact: bool) -> bool:
        other = [one for one in self._lexicon.get(word, ()) if one not in word and word not in one]
        return not exact and word in self._all and any(one in self._all for one in other)

    def _taken(self, word: str) -> tuple[_Term, ...]:
        """Take a word that stands nowhere by its official terms, else part by part; none when no part is known."""
        terms: list[_Term] = []
        at = 0
        while at < len(word):
            part = self._longest_part(word[at:])
            if part is not None:
                terms.append(part)
            at += len(part.shown) if part else 1
        return tuple({term.shown: term for term in terms}.values())

    def _longest_part(self, word: str) -> _Term | None:
        """The longest beginning of a word, of two characters at least, that stands in a clause or has another name;
        or the whole of it by its sound.
        """
        for length in range(len(word), 1, -1):
            part = word[:length]
            if part in self._all:
                return _Term(shown=part, texts=(part,))
            official = tuple(one for one in self._lexicon.get(part, ()) if one in self._all)
            if official:
                return _Term(shown=part, texts=official)
            if part == word and (alike := self._sounds.like(word)):
                return _Term(shown=word, texts=(alike,), by_sound=True)
        return None

    def _hits(
        self, terms: Sequence[_Term], filters: Filters
    ) -> tuple[tuple[Hit, ...], tuple[tuple[str, int], ...], int]:
        """The entries that have all terms, best first; how many have each; how many the filters leave out."""
        scored: list[tuple[float, Hit]] = []
        counts = [0] * len(terms)
        outside = 0
        for entry, page in zip(self._catalogue.entries, self._pages, strict=True) if terms else ():
            has = [any(text in page.text or text in page.about for text in term.texts) for term in terms]
            if not any(has):
                continue
            if not filters.admits(entry):
                outside += all(has)
                continue
            counts = [count + one for count, one in zip(counts, has, strict=True)]
            if all(has):
                spans = [_spans(page.text, term.texts) for term in terms]
                merged = _merged([span for one in spans for span in one])
                score = sum(_score(one, page.heading) for one in spans)
                scored.append((score, Hit(number=entry.number, spans=merged)))
        scored.sort(key=lambda pair: (-pair[0], pair[1].number))
        named = tuple((term.shown, count) for term, count in zip(terms, counts, strict=True))
        return tuple(hit for _, hit in scored), named, outside


def _page(entry: Entry) -> _Page:
    unit, document = entry.unit, entry.document
    year = f"{document.year}年" if document.year else ""
    about = "\n".join((unit.notice, unit.label, document.region, year, *unit.ancestors))
    heading = len(unit.heading) if unit.text.startswith(unit.heading) else 0
    return _Page(text=fold(unit.text), heading=heading, about=fold(about))


def _typed(query: str) -> tuple[list[tuple[str, bool]], bool]:
    """The words of a query, folded, each with whether it stood in quotes; and whether the query was too long."""
    simple = simplify(query.strip()[: LONGEST_QUERY + 1])
    words = {
        (fold(found[1] if found[1] is not None else found[2]).strip(), found[1] is not None): None
        for found in _QUOTED.finditer(simple[:LONGEST_QUERY])
    }
    typed = [(word, exact) for word, exact in words if word.strip("\"'")]
    return typed[:MOST_TERMS], len(simple) > LONGEST_QUERY or len(typed) > MOST_TERMS


def _spans(text: str, wanted: Sequence[str]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for one in wanted:
        at = text.find(one)
        while at >= 0 and len(spans) < _MOST_SPANS:
            spans.append((at, at + len(one)))
            at = text.find(one, at + len(one))
    return spans


def _merged(spans: list[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    return tuple(merged_spans(spans)[:_MOST_SPANS])


def _score(spans: Sequence[tuple[int, int]], heading: int) -> float:
    """A word in the heading first, then how often it stands, then how early."""
    if not spans:
        return 0
    first = min(start for start, _ in spans)
    in_heading = _HEADING_HIT if any(end <= heading for _, end in spans) else 0
    return in_heading + _TEXT_HIT * min(len(spans), _MOST_COUNTED) + 1 / (1 + first)
