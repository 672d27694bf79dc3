"""Whether a free sentence keeps the acts of its clause (行为): who does what, when, how far, and in which order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from app.check.figures import Figure, figures_of
from app.check.grounds import PART, content_words, is_shortened, places_of, run_length, same_words, word_lists
from app.check.phrases import (
    COUNTED,
    GAP,
    SHORTEST_RUN,
    WITHIN,
    cut_words,
    harmless,
    holds_word,
    inserted,
    limits,
    requalified,
    thinned,
    word_before,
)
from corpus.model import FactKind

_SUM, _BOTH, _OR = "sum", "both", "or"
_JOINTS = {
    "和": {_SUM}, "及": {_SUM}, "以及": {_SUM}, "与": {_SUM}, "、": {_SUM}, "并": {_SUM, _BOTH}, "且": {_BOTH},
    "并且": {_BOTH}, "而且": {_BOTH}, "或": {_OR}, "或者": {_OR},
}  # fmt: skip
_JOINT = re.compile("|".join(sorted(_JOINTS, key=len, reverse=True)))
_NEGATIVE = re.compile("[不未非无]")
#: 经培训合格后方可上岗 sets a condition, not a time.
_ORDER = re.compile("([一-鿿]{2})((?:之|以)?[后前])(?=[，]|$|再|[^方才续台置果备期提往述者款文])(?!，?(?:方|才))")
#: What happens or is found is then no time, but a case.
_EVENT = re.compile("发生|发现|出现|遇|接到|收到")
_ORDER_GAP = 4
_LONG_RUN = 6
_RULES = re.compile("未经|不得|必须|严禁|应当")
_WHEN = re.compile("(?:年|月|季度|汛期)(?:初|底|末|内)(?:之前|以前|前)?")
_TO = re.compile("(?:应当|必须|要|应|须|需)?(?:立即|及时|实时)?向")


@cache
def _exchanges() -> dict[str, frozenset[str]]:
    """For a word, those that mean another time or another stage of the same work (实时: 及时)."""
    groups = word_lists("exchanged").values()
    return {word: frozenset(group) - {word} for group in groups for word in group}


def rejoined(text: str, rule: str) -> Iterator[str]:
    """Find 和, 或, 且 put for one another between two words of a clause."""
    for match in _JOINT.finditer(text):
        before, after = text[max(0, match.start() - 2) : match.start()], text[match.end() : match.end() + 2]
        if len(before) < 2 or len(after) < 2 or not (before + after).isalnum():
            continue
        joint = "|".join(sorted(_JOINTS, key=len, reverse=True))
        pattern = f"{re.escape(before)}{WITHIN}，?({joint}){WITHIN}{re.escape(after)}"
        there = [one[1] for one in re.finditer(pattern, rule)]
        if there and not any(_JOINTS[match[0]] & _JOINTS[one] for one in there):
            yield f"“{before}{match[0]}{after}”原文是“{before}{there[0]}{after}”"


def exchanged(sentence: str, start: int, end: int, rule: str) -> Iterator[str]:
    """Find a word of time or of the stage of work where the clause has another (实时: 及时; 开工: 完成)."""
    for match in re.finditer("|".join(sorted(_exchanges(), key=len, reverse=True)), sentence[start:end]):
        at, stop = start + match.start(), start + match.end()
        before, after = sentence[max(start, at - 2) : at], sentence[stop : stop + 2]
        for other in _exchanges()[match[0]]:
            near = [
                (rule[max(0, place - 2) : place], rule[place + len(other) : place + len(other) + 2])
                for place in places_of(other, rule)
            ]
            swapped = any((before == one and len(one) > 1) or (after == two and len(two) > 1) for one, two in near)
            if swapped and not _stands(before, match[0], after, rule):
                yield f"“{match[0]}”原文是“{other}”"
                break


def _stands(before: str, word: str, after: str, rule: str) -> bool:
    return before + word in rule or word + after in rule


def subjected(sentence: str, start: int, end: int, rule: str, known: str) -> Iterator[str]:
    """Find a rule said of someone whom no sentence that holds it names (责任人未经培训合格不得上岗)."""
    for match in _RULES.finditer(sentence, start, end):
        length = run_length(sentence, match.start(), rule)
        doer = word_before(sentence, match.start()) if match.start() > start else ""
        places = places_of(sentence[match.start() : match.start() + length], rule)
        if length < _LONG_RUN or doer in harmless() or not content_words(doer) or doer in known:
            continue
        if places and not any(holds_word(doer, _sentence_at(rule, place)) for place in places):
            yield f"“{doer}”不是原文这项规定的对象"


def _sentence_at(rule: str, place: int) -> str:
    """The sentence of a clause that holds a character."""
    start = max(rule.rfind(mark, 0, place) for mark in "。；") + 1
    return re.split("[。；]", rule[start:])[0]


def deadlines(sentence: str, start: int, end: int, rule: str) -> Iterator[str]:
    """Find a deadline set before a part that the clause sets in another sentence (年底前，…)."""
    part = sentence[start:end]
    following = PART.match(sentence, end + 1)
    for match in _WHEN.finditer(part):
        if following is None or content_words(part.replace(match[0], "")):
            continue
        said = [word for word in content_words(following[0]) if word in rule]
        sentences = [one for one in re.split("[。；]", rule) if match[0] in one]
        if sentences and said and not any(sum(word in one for word in said) * 2 > len(said) for one in sentences):
            yield f"“{match[0]}”是原文对另一件事的规定"


def negated(sentence: str, start: int, end: int, rule: str) -> Iterator[str]:
    """Find 不 or 未 put between two words that stand together in the clause (培训不合格)."""
    for match in _NEGATIVE.finditer(sentence, start, end):
        before, after = sentence[max(start, match.start() - 2) : match.start()], sentence[match.end() : match.end() + 2]
        if len(before + after) > 3 and before + after in rule and before + match[0] + after not in rule:
            yield f"“{before}{match[0]}{after}”原文是“{before}{after}”"


def figured(sentence: str, start: int, end: int, rule: str) -> Iterator[str]:
    """Find another act or thing right behind a figure than the clause has there (150座煤矿)."""
    for figure in figures_of(sentence):
        if not start <= figure.start < end:
            continue
        holders = [one for one in figures_of(rule) if one.fact.value == figure.fact.value]
        if not holders:
            continue
        if figure.fact.kind is FactKind.QUANTITY:
            mark = PART.match(sentence, figure.end)
            said = (mark[0] if mark else "").removeprefix("的")
            noun = next(iter(content_words(said)), "")
            yield from _one_of_several(figure, sentence[start : figure.start], [rule[: one.start] for one in holders])
            if noun and said.startswith(noun):
                yield from _behind(noun, sentence, [_part_behind(rule, one.end) for one in holders])
        if figure.fact.kind is FactKind.FREQUENCY:
            parts = "".join(_part_around(rule, one.start, one.end) for one in holders)
            inner = [
                word for word in content_words(figure.fact.text)
                if word not in harmless() and not COUNTED.match(word) and not _is_done(word, parts)
            ]  # fmt: skip
            if inner:
                yield f"“{inner[0]}”不是原文这一频次的做法"


def _one_of_several(figure: Figure, before: str, ruled: list[str]) -> Iterator[str]:
    """3支 that count a list are not said of one of them."""
    for text in ruled:
        listed = re.split("[，。；（）]", text)[-1].split("、")
        told = [one for one in listed if one and one[-SHORTEST_RUN:] in before]
        if len(listed) > 1 and len(listed) == figure.fact.number and 0 < len(told) < len(listed):
            yield f"“{figure.fact.text}”在原文中是{len(listed)}者合计，不是“{told[0][-GAP:]}”一者的"


def _is_done(act: str, parts: str) -> bool:
    words = (act, *(one for one in same_words().get(act, ()) if len(one) > 1))
    return any(one in parts for one in words) or is_shortened(act, (parts,))


def _behind(noun: str, sentence: str, behind: list[str]) -> Iterator[str]:
    """The words between a figure and a noun in the clause are kept."""
    gaps = [text[: text.index(noun)] for text in behind if noun in text[: GAP + len(noun)]]
    lost = [[word for word in content_words(gap) if word not in sentence and limits(word)] for gap in gaps]
    if gaps and all(lost):
        yield f"漏掉了原文“{gaps[0]}{noun}”的“{lost[0][0]}”"


def _part_behind(rule: str, at: int) -> str:
    mark = PART.match(rule, at)
    return (mark[0] if mark else "").removeprefix("的")[:20]


def _part_around(rule: str, start: int, end: int) -> str:
    return next((one[0] for one in PART.finditer(rule) if one.start() <= start and end <= one.end()), rule)


def reordered(part: str, rule: str) -> Iterator[str]:
    """Find 后 or 前 behind words that the clause does not say it of."""
    for match in _ORDER.finditer(part):
        words, order = match[1], match[2]
        near = [rule[place : place + len(words) + _ORDER_GAP] for place in places_of(words, rule)]
        if near and not _EVENT.search(part[: match.start()]) and not any(order[-1] in one for one in near):
            yield f"原文没有说在“{words}”之{order[-1]}"


def turned_round(part: str, rule: str) -> Iterator[str]:
    """Find who reports to whom turned round: the doer of a sentence is only a receiver in the clause."""
    for match in _TO.finditer(part):
        doer = word_before(part, match.start())
        heard = part[match.end() : match.end() + SHORTEST_RUN]
        for place in (one for one in places_of(heard, rule) if content_words(doer) and content_words(heard)):
            mark = max(rule.rfind(one, 0, place) for one in "，。；") + 1
            stop = PART.match(rule, place)
            if doer not in rule[mark:place] and doer in (stop[0] if stop else ""):
                yield f"“{doer}”在原文中是接受的一方"


def kept(sentence: str, start: int, end: int, sources: tuple[str, ...]) -> Iterator[str]:
    """Find where a part of a sentence changes a phrase of its clause.

    Args:
        sentence: the whole sentence.
        start: where the part judged begins.
        end: where it ends.
        sources: the cited clause, then what is known of it (heading, place, title).

    Yields:
        One Chinese line for each fault.
    """
    rule, known = sources
    part = sentence[start:end]
    yield from requalified(sentence, start, end, rule, known)
    yield from thinned(sentence, start, end, rule)
    yield from cut_words(sentence, start, end, rule)
    yield from inserted(sentence, start, end, sources)
    yield from rejoined(part, rule)
    yield from exchanged(sentence, start, end, rule)
    yield from subjected(sentence, start, end, rule, known)
    yield from deadlines(sentence, start, end, rule)
    yield from negated(sentence, start, end, rule)
    yield from figured(sentence, start, end, rule)
    yield from reordered(part, rule)
    yield from turned_round(part, rule)
