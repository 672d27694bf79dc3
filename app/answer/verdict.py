"""The first words of an answer to a yes-or-no question (是否): by the rule that decides it, numbers compared."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.check.stance import FORBIDS, OBLIGES
from corpus.facts import read_facts
from corpus.model import Bound, Fact, FactKind
from retrieval.asked import asks_leave, asks_must
from retrieval.model import Concept, Reading

_LIMITS = frozenset({Bound.AT_LEAST, Bound.AT_MOST, Bound.MORE_THAN, Bound.LESS_THAN})
# A ban decides only on what it names: this share of the question's words must stand in its own part of the sentence.
_NAMED = 0.3
# A ban on doing a thing in a certain way is no ban on the thing, unless the asker would do it so.
_CONDITION = re.compile("擅自|违规|违法|未经|未取得|未按")
_WITHOUT = re.compile(
    "擅自|违规|违法|未|没|(?<!能)(?<!可)(?<!行)(?<!让)(?<!准)(?<!许)(?<!中)不(?!能|可|行|让|准|允|中)"
)
# A condition that a duty hangs on: a number, a kind of thing without an owner or a licence.
_LIMITED = re.compile(
    r"(?:超过|不足|低于|达到|高于)[0-9一二三四五六七八九十]+|[0-9]+[^，。；]{0,4}以[上下]|没有[^，。；]{2,6}"
)
_PLAIN = re.compile(r"\d[\d.]*|[一二三四五六七八九十百千万两]+")


def first_words(reading: Reading, quote: str) -> str:
    """Say yes or no, or how the asker's number stands to the rule's; empty when the quote does not decide it.

    Args:
        reading: the question.
        quote: the cited words, verbatim.
    """
    compared = _compared(reading, quote)
    if compared:
        return compared
    leave, must = asks_leave(reading.text), asks_must(reading.text)
    if leave == must:
        return ""
    for fact in read_facts(quote):
        part = _part(quote, fact)
        if fact.kind is not FactKind.MODALITY or not _decides(reading.concepts, part):
            continue
        if leave and fact.value in FORBIDS and _bans(reading, part):
            return "不可以。"
        if must and fact.value in OBLIGES and not _is_conditional(reading.text, quote, fact):
            return "需要。"
    return ""


def _is_conditional(question: str, quote: str, fact: Fact) -> bool:
    """The duty is of those alone who meet a condition (对停用超过3年的…，必须) that the question does not name."""
    start = max(quote.rfind(mark, 0, fact.start) for mark in "；。") + 1
    return any(match[0] not in question for match in _LIMITED.finditer(quote[start : fact.start]))


def _bans(reading: Reading, part: str) -> bool:
    """The act asked about is banned outright, or as the asker would do it (未经…不得): not 擅自 or 违规 doing it."""
    after = part[max(part.rfind(word) + len(word) for word in FORBIDS if word in part) :]
    if not any(one.met_by(after) for one in reading.concepts):
        return False
    return not _CONDITION.search(part) or bool(_WITHOUT.search(reading.text))


def _decides(concepts: Sequence[Concept], part: str) -> bool:
    total = sum(one.weight for one in concepts)
    return bool(total) and sum(one.weight for one in concepts if one.met_by(part)) >= _NAMED * total


def _part(text: str, fact: Fact) -> str:
    start = max(text.rfind(mark, 0, fact.start) for mark in "，；。") + 1
    ends = [at for mark in "，；。" if (at := text.find(mark, fact.end)) >= 0]
    return text[start : min(ends, default=len(text))]


def _compared(reading: Reading, quote: str) -> str:
    """年产90万吨 against 120万吨/年及以上: one number of the asker's and one limit of the same measure in the quote."""
    mine = [fact for fact in read_facts(reading.text) if _is_amount(fact)]
    limits = [fact for fact in read_facts(quote) if _is_amount(fact) and fact.bound in _LIMITS]
    pairs = [(one, limit) for one in mine for limit in limits if _measure(one) == _measure(limit)]
    if len(pairs) != 1:
        return ""
    one, limit = pairs[0]
    if one.number is None or limit.number is None:
        return ""
    word = "低于" if one.number < limit.number else "高于" if one.number > limit.number else "等于"
    return f"您说的{_amount(one)}{word}规定的{_amount(limit)}。"


def _is_amount(fact: Fact) -> bool:
    return fact.kind is FactKind.QUANTITY and fact.number is not None and bool(fact.measure)


def _measure(fact: Fact) -> str:
    return (fact.measure or "").split("/")[0]


def _amount(fact: Fact) -> str:
    """The number with its measure, without the words that limit it."""
    match = _PLAIN.search(fact.text)
    end = fact.text.find(_measure(fact)) + len(_measure(fact))
    return fact.text[match.start() : end] if match and end > match.start() else fact.text
