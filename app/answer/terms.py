"""What a sentence must name or explain to answer a question: terms, their members, the names of things."""

from __future__ import annotations

import re

from app.answer.definition import is_explained
from retrieval.asked import asks_existence, asks_meaning, asks_names, holds_thing
from retrieval.model import AskedKind, Concept, Reading

# A term that counts what it stands for, and the share of the question that it must be.
_SHORT_TERM = re.compile(r"^(?:双[\u4e00-\u9fff]|[两三四五六七八九十][\u4e00-\u9fff]{2})|[、，]")
_MAIN = 0.35
_NEVER_MEANING = frozenset({AskedKind.FREQUENCY, AskedKind.DEADLINE, AskedKind.COMPARISON, AskedKind.METADATA})
_COUNTED_THING = re.compile(r"(?<![第\d])((?:\d{1,2}|[三四五六七八九十]{1,2})[个条项类种]“?[\u4e00-\u9fff]{2})")
# A quoted date (“11·24”) names an accident, not a term.
_HAN = re.compile("[\u4e00-\u9fff]")


class Wanted:
    """What one question wants named or explained."""

    def __init__(self, reading: Reading) -> None:
        self._text = reading.text
        self._named = _must_name(reading)
        self._names = asks_names(reading.text)
        self._terms = _short_terms(reading)
        self._counted = _counted_terms(reading)

    def held_by(self, sentence: str) -> bool:
        """Tell whether a sentence names and explains it all."""
        if not all(one.met_by(sentence) for one in self._named) or not holds_thing(self._text, sentence):
            return False
        if self._names and not _gives_names(sentence, self._names):
            return False
        if self._terms and not any(is_explained(sentence, term) for term in self._terms):
            return False
        return all(term not in sentence or is_explained(sentence, term) for term in self._counted)


def _gives_names(sentence: str, thing: str) -> bool:
    """A sentence names some of the things whose names are asked for: it has the word, and not only their number."""
    return bool(re.search(rf"(?<![0-9一二三四五六七八九十个]){re.escape(thing)}", sentence))


def _must_name(reading: Reading) -> list[Concept]:
    """What an answering sentence must name: the term whose meaning, members or mention is asked."""
    quoted = [one for one in reading.concepts if f"“{one.surface}”" in reading.text and _HAN.search(one.surface)]
    if (reading.kind is AskedKind.DEFINITION and not quoted) or asks_existence(reading.text):
        return sorted(reading.concepts, key=lambda one: -one.weight)[:1]
    return quoted


def _short_terms(reading: Reading) -> tuple[str, ...]:
    """The short terms (双报告, 五到位) whose meaning is asked, in the notices' words; a sentence must explain one."""
    total = sum(one.weight for one in reading.concepts)
    if not asks_meaning(reading.text) or reading.kind in _NEVER_MEANING:
        return ()
    return tuple(
        one.surface
        for one in reading.concepts
        if _SHORT_TERM.search(one.surface) and one.surface in one.alternatives and one.weight >= _MAIN * total
    )


def _counted_terms(reading: Reading) -> tuple[str, ...]:
    """What a question whose members it asks for counts (五个“不允许”, 5个责任人): from its first two characters on."""
    if not asks_meaning(reading.text) or reading.kind in _NEVER_MEANING:
        return ()
    found = (match[1] for match in _COUNTED_THING.finditer(reading.text))
    return tuple(dict.fromkeys(found))
