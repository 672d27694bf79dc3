"""A question in several parts (由谁查，几天报，罚多少): each is answered, or it is said that nothing sets it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from app.answer.choose import Choice, Verdict
from app.answer.proviso import without_repeats
from corpus.model import Frozen
from retrieval.asked import kinds_of_parts
from retrieval.model import AskedKind, Reading

_CUT = re.compile("[，。；？！]")
_ASIDE = (AskedKind.FREQUENCY, AskedKind.DEADLINE, AskedKind.QUANTITY, AskedKind.RESPONSIBILITY)

#: Tries to answer a question as one of another kind, asked in some of its words alone.
Attempt = Callable[[AskedKind, str], Choice]


class AskedPart(Frozen):
    """One part of a question that asks something."""

    words: str
    kind: AskedKind
    is_sure: bool


@cache
def table() -> dict[str, dict[str, Any]]:
    """The words of parts, data/parts.toml."""
    return tomllib.loads(files("app.answer").joinpath("data/parts.toml").read_text(encoding="utf-8"))


def cut(text: str) -> list[str]:
    """The pieces of a text between its marks."""
    return [piece for piece in _CUT.split(text) if piece]


def read_parts(text: str) -> list[AskedPart]:
    """Cut a question into the parts that ask.

    Args:
        text: the normalised question.
    """
    parts: list[AskedPart] = []
    short: dict[str, str] = table()["short"]
    for words in cut(text):
        sure = kinds_of_parts(words)
        guessed = [AskedKind(kind) for kind, cue in short.items() if re.search(cue, words)]
        parts += [AskedPart(words=words, kind=kind, is_sure=bool(sure)) for kind in (*sure, *guessed)[:1]]
    return parts


def with_parts(choice: Choice, reading: Reading, attempt: Attempt, enterprise: bool) -> Choice:
    """Add to an answer what it leaves out of a question in several parts.

    Args:
        choice: what answers so far.
        reading: the question.
        attempt: tries to answer the question as one of another kind.
        enterprise: the asker is an enterprise, for whom there are general rules.
    """
    parts = [] if reading.override.kind or reading.clause else read_parts(reading.text)
    if len(parts) < 2 or choice.verdict is Verdict.SEE_GENERAL:
        return choice
    if choice.verdict is Verdict.NOT_STIPULATED:
        choice = _answered_otherwise(choice, reading, parts, attempt)
    if choice.verdict is Verdict.NOT_STIPULATED:
        others = [one for one in parts if one.kind is not reading.kind and one.kind in _ASIDE]
        sure = tuple(dict.fromkeys(one.kind for one in others if one.is_sure))
        return choice.model_copy(update={"missing": sure, "unset": _words(others)})
    if enterprise and AskedKind.FREQUENCY in choice.missing:
        choice = _with_general(choice, attempt(AskedKind.FREQUENCY, reading.text))
    told = {choice.kind or reading.kind, reading.kind, *choice.missing, *kinds_of_parts(reading.text)}
    left = [one for one in parts if one.kind not in told and one.kind in _ASIDE]
    return choice.model_copy(update={"unset": _words(left)})


def _words(parts: Sequence[AskedPart]) -> tuple[str, ...]:
    return tuple(one.words for one in parts if not one.is_sure)


def _answered_otherwise(choice: Choice, reading: Reading, parts: Sequence[AskedPart], attempt: Attempt) -> Choice:
    """The parts that are answered, each by its own words; what the others ask is missing."""
    kinds = list(dict.fromkeys(one.kind for one in parts if one.is_sure and one.kind in _ASIDE))
    tried = {kind: attempt(kind, _words_of(kind, parts)) for kind in kinds if len(kinds) > 1}
    held = [one for one in tried.values() if one.verdict is Verdict.ANSWERED and not one.vague]
    if not held:
        return choice
    first = held[0]
    kept = [one for one in held if one.tier is first.tier]
    missing = tuple(kind for kind, one in tried.items() if one not in kept)
    picks = without_repeats([pick for one in kept for pick in one.picks])
    return first.model_copy(update={"picks": picks, "missing": missing})


def _words_of(kind: AskedKind, parts: Sequence[AskedPart]) -> str:
    return "，".join(one.words for one in parts if one.kind is kind)


def _with_general(choice: Choice, other: Choice) -> Choice:
    """The rules for every enterprise, where the subject's own clauses set no frequency."""
    if other.verdict is not Verdict.SEE_GENERAL or not other.picks:
        return choice
    missing = tuple(one for one in choice.missing if one is not AskedKind.FREQUENCY)
    said = {(one.hit.notice, one.hit.label, one.quote) for one in other.picks}
    picks = tuple(one for one in choice.picks if (one.hit.notice, one.hit.label, one.quote) not in said)
    return choice.model_copy(update={"general": without_repeats(other.picks), "picks": picks, "missing": missing})
