"""Yes or no (是/否, 可以/不可以): whether an answer's first word agrees with what its quotes oblige or forbid."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from app.check.claims import facts_of
from app.check.wording import DECISIONS
from corpus.model import FactKind

FORBIDS = frozenset({"不得", "严禁", "禁止", "不允许", "不准", "不许", "不应", "不应当", "不可以"})
OBLIGES = frozenset({"必须", "务必", "应当", "应", "要"})
#: Conditions (取得许可方可开工) say what is allowed and what is not.
_CONDITION = frozenset({"方可", "方能", "才可", "才可以", "才能"})
#: 未经培训合格不得上岗 obliges to train.
_UNLESS = re.compile("(?:未|没有|不(?=[办经取具符]))[^，。；]{1,14}?(?:不得|严禁|禁止|不准|不允许)")
_ENDED = re.compile("杜绝|取缔|一律停|不予|责令停|停产|关闭|淘汰|清退|不再")

_ASKS_PERMISSION = re.compile(
    "能不能|可不可以|可以|允许|准许|准不准|让不让|行不行|(?<![不才方只可功职性技节智产])能(?![源力耗效够源量])|(?:行|准)[吗么不]"
)
_ASKS_DUTY = re.compile(
    "必须|需要|应当|应该|该不该|要不要|用不用|非得|一定要|(?<![不重主需])要(?!求|点|素)|得.{1,12}[吗么]"
)
_ASKS_BAN = re.compile("禁止|严禁|不得|违规|违法|犯法")
_WITHOUT = re.compile("(?:可以|能|允许|准)(?:不(?!能|可)|免|少)|不(?:办|取得|经|用|做|设|配|戴|带|培训|报|装)")


class Sense(StrEnum):
    """What a first word says of the thing asked about."""

    ALLOWED = "allowed"
    BARRED = "barred"
    DUE = "due"
    NOT_DUE = "not_due"
    OPEN = "open"


def disagreement(word: str, question: str, quotes: Sequence[str], compares: bool) -> str:
    """Say how a first word goes against the quotes.

    Args:
        word: one of DECISIONS.
        question: as asked; 是 and 否 mean what it makes of them.
        quotes: the cited quotes.
        compares: the line sets a number of the asker's against one of the quotes', which may lift the rule.

    Returns:
        One Chinese line; empty when the word agrees with them, or says nothing that they could hold.
    """
    words = {fact.value for quote in quotes for fact in facts_of(quote) if fact.kind is FactKind.MODALITY}
    ended = any(_ENDED.search(quote) for quote in quotes)
    unless = any(_UNLESS.search(quote) for quote in quotes)
    sense = sense_of(word, question)
    forbids, obliges, conditions = words & FORBIDS, words & OBLIGES, words & _CONDITION
    if sense is Sense.ALLOWED and forbids:
        return f"“{word}”与所引原文的“{min(forbids)}”不符"
    if sense is Sense.ALLOWED and not compares and not words - OBLIGES:
        return f"“{word}”在所引原文中没有依据"
    if sense is Sense.BARRED and not (forbids or conditions or ended):
        return f"“{word}”与所引原文不符：原文没有禁止"
    if sense is Sense.DUE and forbids and not (obliges or unless):
        return f"“{word}”与所引原文的“{min(forbids)}”不符"
    if sense is Sense.NOT_DUE and obliges | forbids and not compares:
        return f"“{word}”与所引原文的“{min(obliges | forbids)}”不符"
    return ""


def sense_of(word: str, question: str) -> Sense:
    """What a first word means as an answer to a question (能不能…：否 is barred; 要不要…：否 is not due)."""
    plain = {
        "可以": Sense.ALLOWED,
        "能": Sense.ALLOWED,
        "允许": Sense.ALLOWED,
        "不可以": Sense.BARRED,
        "不能": Sense.BARRED,
        "不允许": Sense.BARRED,
        "不得": Sense.BARRED,
        "必须": Sense.DUE,
        "应当": Sense.DUE,
        "需要": Sense.DUE,
        "不需要": Sense.NOT_DUE,
        "不必": Sense.NOT_DUE,
    }
    says_yes = DECISIONS[word]
    if word in plain:
        return plain[word]
    if _ASKS_PERMISSION.search(question):
        if _WITHOUT.search(question):
            return Sense.NOT_DUE if says_yes else Sense.OPEN
        return Sense.ALLOWED if says_yes else Sense.BARRED
    if _ASKS_BAN.search(question):
        return Sense.BARRED if says_yes else Sense.ALLOWED
    if _ASKS_DUTY.search(question):
        return Sense.DUE if says_yes else Sense.NOT_DUE
    return Sense.OPEN
