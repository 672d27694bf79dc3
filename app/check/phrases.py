"""Whether a free sentence keeps the nouns of its clause with what narrows them (限定词): 重大事故隐患, 新建煤矿."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache

from app.check.grounds import PART, bounds, content_words, places_of, run_length, same_words, word_lists

_CACHED = 2048
#: A noun with what is said of it; shorter words stand anywhere.
SHORTEST_RUN = 4
#: Words that belong together stand no farther apart.
GAP = 8
WITHIN = "[^，。；：、和及与或且并（）“”]{0,8}"
#: A numeral is judged with its figure.
COUNTED = re.compile("[0-9零〇一二两三四五六七八九十百千万]")
#: Of one character, and yet a qualifier.
_NARROW = frozenset("强重特大小新老旧非专兼")
#: 和县 in 县能源局和县公安局.
_FUSED = re.compile("^[和与及](?=[省市县]$)")


@cache
def harmless() -> frozenset[str]:
    """Words that may stand before a noun and limit nothing (加强, 全县)."""
    return frozenset(word_lists("harmless")["words"])


@cache
def _domains() -> frozenset[str]:
    """Names of a field (煤矿, 企业) that may be left out before a noun, as the heading says them, not added."""
    return frozenset(word_lists("harmless")["dropped"])


@lru_cache(maxsize=_CACHED)
def _ends(text: str) -> tuple[int, ...]:
    return tuple(sorted(bounds(text)))


def word_before(text: str, at: int) -> str:
    """The word that ends at a place; empty where none does."""
    start = max((one for one in _ends(text) if one < at), default=at)
    return text[start:at]


def _word_at(text: str, at: int) -> str:
    stop = min((one for one in _ends(text) if one > at), default=at)
    return text[at:stop]


def limits(word: str) -> bool:
    """A word right before a noun narrows what it means."""
    if word in harmless() or any(word.endswith(act) for act in harmless() if len(act) > 1) or COUNTED.match(word):
        return False
    return bool(content_words(word)) or word in _NARROW


def requalified(sentence: str, start: int, end: int, rule: str, known: str) -> Iterator[str]:
    """Find nouns that lost, or were given, a word right before them that narrows what they mean (重大, 新建).

    Args:
        sentence: the whole sentence.
        start: where the part judged begins.
        end: where it ends.
        rule: the cited clause.
        known: what is known of the clause (heading, place, title).

    Yields:
        One Chinese line for each fault.
    """
    cuts = bounds(sentence)
    for at in sorted(one for one in cuts if start <= one < end):
        noun = _word_at(sentence, at)
        if not content_words(noun) or noun in harmless() or COUNTED.match(noun):
            continue
        length = run_length(sentence, at, rule)
        length = next((one for one in range(length, 1, -1) if at + one in cuts), 0)
        run = sentence[at : at + length].rstrip("，。；：")
        length = len(run)
        if length < SHORTEST_RUN or length <= len(noun):
            continue
        before = _FUSED.sub("", word_before(sentence, at)) if at > start else ""
        places = places_of(run, rule)
        ruled = [word_before(rule, place) for place in places if place in bounds(rule)]
        if not ruled or any(before and rule.endswith(before, 0, place) for place in places) or before in ruled:
            continue
        if limits(before):
            if not _is_topic(before, noun, known) and not any(
                _is_near(before, rule, place, length) for place in places
            ):
                yield f"“{before}{noun}”不是原文的说法"
        elif before != "等" and all(
            limits(one) and not _is_kept(one, sentence.replace(one + noun, "")) for one in ruled
        ):
            yield f"漏掉了原文“{ruled[0]}{noun}”的“{ruled[0]}”"


def _is_kept(word: str, sentence: str) -> bool:
    return word in _domains() or holds_word(word, sentence)


def holds_word(word: str, text: str) -> bool:
    """Tell whether a word, or one that means the same, stands in a text."""
    return word in text or any(other in text for other in same_words().get(word, ()))


def thinned(sentence: str, start: int, end: int, rule: str) -> Iterator[str]:
    """Find a qualifier left out between words that a sentence joins (对发生的较大以上事故: 对发生的事故)."""
    for at in sorted(one for one in bounds(sentence) if start + 2 <= one < end):
        noun, before = _word_at(sentence, at), sentence[max(start, at - 3) : at]
        if not content_words(noun) or noun in harmless() or before + noun in rule or before not in rule:
            continue
        found = re.finditer(f"{re.escape(before)}({WITHIN}){re.escape(noun)}", rule)
        gaps = [match[1] for match in found if match.end() in bounds(rule)]
        kept = sentence.replace(noun, "")
        lost = [[one for one in content_words(gap) if limits(one) and not _is_kept(one, kept)] for gap in gaps]
        if gaps and all(lost):
            yield f"漏掉了原文“{gaps[0]}{noun}”的“{lost[0][0]}”"


def _is_topic(word: str, noun: str, known: str) -> bool:
    """A place, the heading, or words of the title stand before a noun to say what the clause is about."""
    place = word in known and word[-1] in "省市县区"
    return place or known.startswith(word) or re.search(f"{re.escape(word)}[^；]*{re.escape(noun)}", known) is not None


def _is_near(word: str, rule: str, place: int, length: int) -> bool:
    """A word stands in the clause by a place, with little between, or with the other items of a list."""
    back = rule[max(rule.rfind(mark, 0, place) for mark in "。；") + 1 : place]
    behind = PART.match(rule, place + length)
    between = back[back.rindex(word) + len(word) :] if word in back else None
    listed = between is not None and ("、" in between or "的" in between) and "，" not in between
    return listed or (between is not None and len(between) <= GAP) or word in (behind[0] if behind else "")


def cut_words(sentence: str, start: int, end: int, rule: str) -> Iterator[str]:
    """Find words that are only part of a word of the clause (强降雨: 降雨; 事故隐患: 事故)."""
    cuts, ruled = bounds(sentence), bounds(rule)
    for at in sorted(one for one in cuts if start <= one < end):
        length = run_length(sentence, at, rule)
        length = next((one for one in range(length, 1, -1) if at + one in cuts), 0)
        run = sentence[at : at + length]
        places = places_of(run, rule)
        if not places or not content_words(run):
            continue
        first, last = _word_at(sentence, at), word_before(sentence, at + length)
        if content_words(first) and length >= SHORTEST_RUN and not any(place in ruled for place in places):
            whole = _around(rule, places[0])
            lost = rule[max(one for one in ruled if one <= places[0]) : places[0]]
            if first in whole and limits(lost) and not _is_kept(lost, sentence):
                yield f"“{first}”在原文中只是“{whole}”的一部分"
        closed = not sentence[at + length : at + length + 1].isalnum()
        split = not any(place + length in ruled for place in places)
        if closed and split and content_words(last) and length >= SHORTEST_RUN:
            yield f"“{last}”在原文中只是“{_around(rule, places[0] + length - 1)}”的一部分"


def _around(text: str, at: int) -> str:
    """The word that holds a character."""
    start = max(one for one in bounds(text) if one <= at)
    return _word_at(text, start)


def inserted(sentence: str, start: int, end: int, sources: tuple[str, ...]) -> Iterator[str]:
    """Find a word that no clause has put between two that stand together there (厂矿的燃气要日检日查)."""
    rule = sources[0]
    for at in sorted(one for one in bounds(sentence) if start < one < end):
        word = _word_at(sentence, at)
        if not content_words(word) or any(word in source for source in sources):
            continue
        before = sentence[start:at].removesuffix("的")[-2:]
        after = sentence[at + len(word) : end].removeprefix("的")[:2]
        if len(before + after) > 3 and before + after in rule:
            yield f"“{word}”不是原文的说法"
