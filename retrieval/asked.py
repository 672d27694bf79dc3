"""What sort of thing a question asks, by the words that ask it (data/asked.toml)."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files
from typing import Any

from retrieval.model import AskedKind

_ORDER = (
    AskedKind.METADATA, AskedKind.COMPARISON, AskedKind.FREQUENCY, AskedKind.RESPONSIBILITY, AskedKind.QUANTITY,
    AskedKind.DEADLINE, AskedKind.PERMISSION, AskedKind.DEFINITION, AskedKind.PROCEDURE, AskedKind.LIST,
)  # fmt: skip


# Who asks for money, age or tons asks for nothing else, whatever other cues the question holds.
_NEVER_ELSE = frozenset({"元", "岁", "吨"})


@cache
def _table() -> dict[str, Any]:
    return tomllib.loads(files("retrieval").joinpath("data/asked.toml").read_text(encoding="utf-8"))


@cache
def _pattern(section: str) -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{cue})" for cue in _table()[section]["cues"]))


@cache
def stop_words() -> frozenset[str]:
    """Words that are no subject."""
    return frozenset(_table()["stop"]["words"])


@cache
def stop_phrases() -> tuple[str, ...]:
    """Stop words long enough to be taken out before the text is cut into words, longest first."""
    return tuple(sorted((word for word in stop_words() if len(word) >= 3), key=len, reverse=True))


def asked_kind(text: str, but: AskedKind | None = None) -> AskedKind:
    """Tell what sort of thing is asked.

    Args:
        text: the normalised question.
        but: a kind to leave out of account.
    """
    if asked_measures(text) & _NEVER_ELSE and but is not AskedKind.QUANTITY:
        return AskedKind.QUANTITY
    return next((kind for kind in _ORDER if kind is not but and _pattern(kind.value).search(text)), AskedKind.GENERAL)


def cue_spans(text: str, kind: AskedKind) -> list[tuple[int, int]]:
    """Where the words stand that ask for this kind."""
    if kind in (AskedKind.GENERAL, AskedKind.CLAUSE):
        return []
    return [match.span() for match in _pattern(kind.value).finditer(text)]


def speaks_as_enterprise(text: str) -> bool:
    """Tell whether the asker speaks for an enterprise (我单位, 我厂, 我开饭店的)."""
    return bool(_pattern("enterprise").search(text))


def asker_spans(text: str) -> list[tuple[int, int]]:
    """Where a question only says who asks (我们公司, 本厂): not what it is about."""
    return [match.span() for match in _pattern("asker").finditer(text)]


def asks_inspection(text: str) -> bool:
    """Tell whether the question is about checking (检查, 排查, 查)."""
    return bool(_pattern("inspection").search(text))


def tries_to_command(text: str) -> bool:
    """Tell whether the text tries to change the program's rules (忽略以上规则, 扮演 …) rather than to ask."""
    return bool(_pattern("injection").search(text))


def metadata_field(text: str) -> str:
    """Tell which part of a document a question about the document wants, as a UnitKind value."""
    fields: dict[str, list[str]] = _table()["metadata_fields"]
    return next((name for name, cues in fields.items() if any(re.search(cue, text) for cue in cues)), "title")


def asked_measures(text: str) -> frozenset[str]:
    """The measures a question asks for (罚多少钱 -> 元); empty when it names none."""
    return frozenset(measure for measure, cue in _measure_cues().items() if cue.search(text))


@cache
def _measure_cues() -> dict[str, re.Pattern[str]]:
    table: dict[str, list[str]] = _table()["measures"]
    return {measure: re.compile("|".join(f"(?:{cue})" for cue in cues)) for measure, cues in table.items()}


def asked_periods(text: str) -> frozenset[str]:
    """The periods a question names (一个礼拜 -> 周), in the words of Fact.period."""
    table: dict[str, list[str]] = _table()["periods"]
    return frozenset(period for period, said in table.items() if any(word in text for word in said))


def after_chatter(text: str) -> str:
    """The part after the last 我想问 or 请问, when that part is long enough to be a question."""
    ends = [match.end() for match in _pattern("chatter").finditer(text)]
    rest = text[ends[-1] :].lstrip("，：、") if ends else text
    return rest if len(rest) >= _SHORTEST_QUESTION else text


_SHORTEST_QUESTION = 6


def asks_members(text: str) -> bool:
    """Tell whether the members of a counted term are asked for (是哪六样, 分别是啥)."""
    return bool(_pattern("members").search(text))


def asks_span(text: str) -> bool:
    """Tell whether 多久 may ask for a span of time rather than for how often (搞多久, 为期多久)."""
    return bool(_pattern("span").search(text))


def wants_number(text: str) -> bool:
    """Tell whether a number is wanted (几次, 最少, 具体), so that 定期 is no answer."""
    return bool(_pattern("number_wanted").search(text))


def wants_full_list(text: str) -> bool:
    """Tell whether a complete list is asked for."""
    return bool(_pattern("list_full").search(text))
