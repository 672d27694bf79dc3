"""The figures of a free sentence (数字、频次、期限): each in the clause, said of the same thing there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from pydantic import Field

from app.check.claims import facts_of
from app.check.evidence import is_same, is_same_amount
from app.check.grounds import content_words, plain_words
from app.check.wording import COMPARED
from corpus.facts import read_facts
from corpus.model import Bound, Fact, FactKind, Frozen
from corpus.numerals import parse_number
from index.lexical import bigrams

_FIGURES = (FactKind.FREQUENCY, FactKind.DEADLINE, FactKind.QUANTITY)
_CACHED = 2048
_SENTENCE = re.compile("[^。；]+")
_NUMERAL = re.compile(
    r"(?<![\d.])(?:\d+(?:\.\d+)?|(?<![零〇一二两三四五六七八九十百千])[零〇一二两三四五六七八九十百千]+)"
)
_GENERAL = frozenset("个项条类种方点样")
_COMPARING = "|".join(sorted(map(re.escape, COMPARED), key=len, reverse=True))
_SHOWN = 12
#: May stand for 书记、董事长、总经理.
_LED_BY = frozenset({"负责人", "领导"})
#: What the writing of a figure itself is made of.
_MEASURES = frozenset("每日天周月季度年次至少不于超过低高零〇一二两三四五六七八九十百千万0123456789")
_LIMITS = {Bound.AT_LEAST: ">=", Bound.AT_MOST: "<=", Bound.MORE_THAN: ">", Bound.LESS_THAN: "<"}


class Figure(Frozen):
    """A figure with the words around it that say whose it is."""

    fact: Fact
    start: int = Field(description="first character, in the whole text")
    end: int
    subject: str = Field(description="the words before it in its part")
    units: tuple[str, ...] = Field(description="units named around it")
    around: frozenset[str] = Field(description="bigrams of the words around it and its own")


@lru_cache(maxsize=_CACHED)
def figures_of(text: str) -> tuple[Figure, ...]:
    """Read the figures of a text; the words around each reach from the figure before it to the next mark or figure."""
    found: list[Figure] = []
    for sentence in _SENTENCE.finditer(text):
        plain = sentence[0].replace("：", "，")
        read = read_facts(plain)
        facts = [one for one in read if one.kind in _FIGURES]
        units = [(one.start, one.text) for one in read if one.kind is FactKind.UNIT]
        begin = stop = 0
        for nth, fact in enumerate(facts):
            begin = begin if nth and fact.start < facts[nth - 1].end else stop
            mark = re.compile("[，。；]").search(plain, fact.end)
            stop = mark.start() if mark else len(plain)
            if nth + 1 < len(facts) and fact.end <= facts[nth + 1].start < stop:
                stop = facts[nth + 1].start
            around = plain[begin:stop]
            if found and begin and not _told(around, fact.text):
                around = plain[:stop]
            head = max(plain.rfind(mark, 0, fact.start) for mark in "，、；（") + 1
            offset = sentence.start()
            found.append(
                Figure(
                    fact=fact,
                    start=offset + fact.start,
                    end=offset + fact.end,
                    units=tuple(unit for at, unit in units if begin <= at < stop),
                    subject=plain[max(begin, head) : fact.start],
                    around=frozenset(bigrams(around)),
                )
            )
    return tuple(found)


def unheld(figure: Figure, rule: str, about: str) -> str:
    """Say why a figure of a sentence is not the clause's; empty when it is.

    Args:
        figure: as the sentence has it.
        rule: the cited clause.
        about: heading and title of the clause.
    """
    text = figure.fact.text
    ruled = figures_of(rule)
    holders = [one for one in ruled if is_same(one.fact, figure.fact) or _is_bare(figure.fact, one.fact)]
    if not holders:
        return "" if any(is_same(one, figure.fact) for one in facts_of(about)) else f"“{text}”不是所引原文的规定"
    others = [one for one in ruled if one not in holders]
    mine = max(_nearness(figure, one) for one in holders)
    nearest = max(others, key=lambda one: _nearness(figure, one), default=None)
    strange = any(not any(_names(one, unit) for one in holders) for unit in figure.units)
    elsewhere = any(_names(one, unit) for one in others for unit in figure.units)
    subject = [word for word in content_words(figure.subject) if word in rule and word[-1] not in "省市县"]
    unnamed = [word for word in subject if not any(_names(one, word) for one in holders)]
    of_act = figure.fact.kind is FactKind.FREQUENCY
    alien = set(unnamed) - _LED_BY if of_act else bool(subject) and len(unnamed) == len(subject)
    if alien:
        return f"“{text}”不是原文对“{figure.subject[:_SHOWN]}”的规定"
    if nearest is not None and (_nearness(figure, nearest) > mine or (strange and elsewhere)):
        return f"“{text}”不是原文对这件事的规定（原文是“{nearest.fact.text[:_SHOWN]}”）"
    return ""


def _is_bare(fact: Fact, ruled: Fact) -> bool:
    """A period or a count alone (每月, 日查, 至少2次) of a figure that says more (每月至少2次, 日检日查)."""
    if fact.kind is FactKind.QUANTITY and ruled.kind is FactKind.FREQUENCY:
        return (fact.number, fact.bound) == (ruled.number, ruled.bound) and fact.measure == ruled.measure == "次"
    return fact.number is None and fact.kind is ruled.kind and fact.text in ruled.text


def _names(figure: Figure, unit: str) -> bool:
    return set(bigrams(unit)) <= figure.around


def _nearness(one: Figure, other: Figure) -> int:
    """How many bigrams around a figure of a sentence, those of the figure left out, stand around another."""
    return len((one.around - _own(one.fact.text)) & other.around)


def _own(text: str) -> frozenset[str]:
    return frozenset(gram for gram in bigrams(text) if _MEASURES & set(gram))


def _told(around: str, text: str) -> bool:
    """Words around a figure say whose it is."""
    return len(set(bigrams(around)) - _own(text) - set(bigrams(text))) > 1


class Comparison(Frozen):
    """A number of the asker's set rightly against one of the clause's (90万吨低于120万吨/年)."""

    start: int
    end: int
    breaks: bool = Field(description="the asker's number is not within the clause's limit")


def comparisons(text: str, question: str, rules: str) -> Iterator[Comparison]:
    """Find the comparisons of a sentence; a wrong one is none."""
    numbers = [one for one in figures_of(text) if one.fact.kind is FactKind.QUANTITY]
    for mine in numbers:
        for other in numbers:
            word = re.fullmatch(
                f"[，]?(?:已|明显|均|也)?({_COMPARING})?(?:规定的|通知规定的|要求的)?", text[mine.end : other.start]
            )
            if mine.end > other.start or word is None:
                continue
            head = re.match(_COMPARING, other.fact.text)
            relation = COMPARED.get(word[1] or (head[0] if head else ""), "")
            known = any(is_same_amount(one.fact, mine.fact) for one in figures_of(question))
            held = [one.fact for one in figures_of(rules) if is_same_amount(one.fact, other.fact)]
            if relation and known and held and _is_true(mine.fact.number, relation, other.fact.number):
                limit = _LIMITS.get(held[0].bound or Bound.EXACT, "")
                breaks = bool(limit) and not _is_true(mine.fact.number, limit, held[0].number)
                yield Comparison(start=mine.start, end=other.end, breaks=breaks)


def beyond(text: str, question: str) -> Iterator[str]:
    """Find limits that the asker's number is not within: a plain yes on 120万吨 or more is no answer on 90万吨."""
    mine = [one.fact for one in figures_of(question) if one.fact.kind is FactKind.QUANTITY]
    for limit in (one.fact for one in figures_of(text)):
        if any(_is_outside(one, limit) for one in mine):
            yield f"问的数量不在“{limit.text[:20]}”之内"


def _is_outside(mine: Fact, limit: Fact) -> bool:
    relation = _LIMITS.get(limit.bound or Bound.EXACT, "")
    measures = {(one.measure or "").split("/")[0] for one in (mine, limit)}
    return bool(relation) and len(measures) == 1 and not _is_true(mine.number, relation, limit.number)


def _is_true(left: float | None, relation: str, right: float | None) -> bool:
    if left is None or right is None:
        return False
    return {
        "<": left < right, ">": left > right, ">=": left >= right, "<=": left <= right, "=": left == right,
    }[relation]  # fmt: skip


def loose_numerals(text: str, sources: tuple[str, ...], taken: frozenset[int]) -> Iterator[tuple[int, int, str]]:
    """Numerals outside the figures: where each stands, and why it is not a source's (empty when it is)."""
    for match in _NUMERAL.finditer(text):
        if match.start() in taken:
            continue
        following = text[match.end() : match.end() + 1]
        if match[0] == "零" or match[0] + following in plain_words():
            continue
        value = parse_number(match[0])
        held = any(
            parse_number(one[0]) == value and (source[one.end() : one.end() + 1] == following or following in _GENERAL)
            for source in sources
            for one in _NUMERAL.finditer(source)
        )
        if not held and value == 1 and match[0] == "一":
            continue
        counted = following in _GENERAL and value == len(re.split("[、，；和]", text))
        yield match.start(), match.end(), "" if held or counted else f"“{match[0]}{following}”不在所引原文中"
