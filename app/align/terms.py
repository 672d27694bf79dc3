"""The words of a clause that tell what it asks: no heading, no closing bracket, no names of places and levels."""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from corpus.addressees import read_units
from corpus.masks import merged_spans
from corpus.model import Document, SentenceKind, Unit
from corpus.regions import chain, region_of_issuer

_RULE_END = re.compile(r"[^。；！？]*[。；！？]?”?")
_NO_WORD = re.compile(r"[^\u3007\u3400-\u4dbf\u4e00-\u9fffA-Za-z0-9]+")


@cache
def cues(name: str) -> tuple[str, ...]:
    """Regular expressions of one list of data/neutral.toml."""
    table = tomllib.loads(files("app.align").joinpath("data/neutral.toml").read_text(encoding="utf-8"))
    return tuple(table[name])


def kindred(stem: str) -> str:
    """What an office of another level is called that answers to this one, both without 局, 厅, 委; else as given.

    Args:
        stem: what an office is for (see corpus.agencies.stem_of).
    """
    return dict(line.split("=", 1) for line in cues("kindred")).get(stem, stem)


def place_names(*documents: Document) -> tuple[str, ...]:
    """Names of the places that documents govern and of those above these, with and without 省, 市 or 县."""
    regions = [region_of_issuer(document.region or document.issuer) for document in documents]
    names = {name for region in regions if region for one in chain(region) for name in (one.name, one.short)}
    return tuple(sorted(names, key=lambda name: (-len(name), name)))


@cache
def _neutral_pattern(places: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join((*(re.escape(place) for place in places), *cues("levels"), *cues("organs"))))


def neutral_spans(text: str, places: tuple[str, ...]) -> list[tuple[int, int]]:
    """Where a text names a place, a level or an organ, in order and without overlap.

    Args:
        text: clean text.
        places: names of places, longest first (see place_names).
    """
    spans = [match.span() for match in _neutral_pattern(places).finditer(text)]
    spans += [(fact.start, fact.end) for fact in read_units(text) if text[fact.end - 1] in "局厅委办会府队"]
    return merged_spans(spans)


def blanked(text: str, places: tuple[str, ...], blank: str = " ") -> str:
    """Put a blank where a text names a place, a level or an organ."""
    kept, at = [], 0
    for start, end in neutral_spans(text, places):
        kept.append(text[at:start])
        at = end
    return blank.join((*kept, text[at:]))


def rules_of(unit: Unit) -> tuple[tuple[int, int], ...]:
    """Spans of a clause's rules in its text: its body sentences, cut at ； too."""
    spans = []
    for sentence in unit.sentences:
        if sentence.kind is SentenceKind.BODY:
            for match in _RULE_END.finditer(sentence.text):
                if _NO_WORD.sub("", match[0]):
                    spans.append((sentence.start + match.start(), sentence.start + match.end()))
    return tuple(spans)


def essence(text: str, places: tuple[str, ...]) -> str:
    """A text without names of places and levels and without marks: what must be equal for two rules to be the same."""
    return _NO_WORD.sub("", blanked(text, places, ""))


def grams(text: str) -> list[str]:
    """Character bigrams of each stretch between marks."""
    return [run[at : at + 2] for run in _NO_WORD.split(text) for at in range(len(run) - 1)]


def rarity(bags: Iterable[Iterable[str]]) -> Mapping[str, float]:
    """Weight of each term by the number of bags that hold it: what all of them hold weighs nothing."""
    held = [set(bag) for bag in bags]
    counts = Counter(term for bag in held for term in bag)
    return {term: math.log((len(held) + 1) / count) for term, count in counts.items()}
