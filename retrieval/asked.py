"""What sort of thing a question asks, by the words that ask it (data/asked.toml)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import count
from typing import Any

from retrieval.model import AskedKind

_ORDER = (
    AskedKind.METADATA, AskedKind.COMPARISON, AskedKind.FREQUENCY, AskedKind.RESPONSIBILITY, AskedKind.QUANTITY,
    AskedKind.DEADLINE, AskedKind.PERMISSION, AskedKind.DEFINITION, AskedKind.PROCEDURE, AskedKind.LIST,
)  # fmt: skip


# Asked by any part of a question, for their words mean nothing else.
_WHOLE = (AskedKind.METADATA, AskedKind.COMPARISON)
_PARTS = re.compile("[，。；？！]")
# A gap in a cue, which may hold the subject of the question.
_PASSED = re.compile(r"\.\{\d+,\d+\}\??")
# Who asks for money, age, tons or a share asks for nothing else, whatever other cues the question holds.
_NEVER_ELSE = frozenset({"元", "岁", "吨", "%"})


@cache
def asked_table() -> dict[str, Any]:
    """The table of cues, data/asked.toml."""
    return tomllib.loads(files("retrieval").joinpath("data/asked.toml").read_text(encoding="utf-8"))


@cache
def cues_of(section: str) -> re.Pattern[str]:
    """The cues of a section of the table, any one of them."""
    return re.compile("|".join(f"(?:{cue})" for cue in asked_table()[section]["cues"]))


@cache
def stop_words() -> frozenset[str]:
    """Words that are no subject."""
    return frozenset(asked_table()["stop"]["words"])


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
    if asks_nothing_else(text) and but is not AskedKind.QUANTITY:
        return AskedKind.QUANTITY
    for kind in _WHOLE:
        if kind is not but and cues_of(kind.value).search(text):
            return kind
    # What comes last is asked; what comes before tells the story.
    for part in reversed(_PARTS.split(text)):
        found = next((kind for kind in _ORDER if kind is not but and cues_of(kind.value).search(part)), None)
        if found is not None:
            return found
    return next((kind for kind in _ORDER if kind is not but and cues_of(kind.value).search(text)), AskedKind.GENERAL)


def asks_nothing_else(text: str) -> bool:
    """Tell whether a question names a measure (money, age, tons) that nothing else can answer."""
    return bool(asked_measures(text) & _NEVER_ELSE)


def other_kinds(text: str, kind: AskedKind) -> tuple[AskedKind, ...]:
    """Other kinds whose words a question holds, in the order in which they are tried."""
    return tuple(one for one in _ORDER if one is not kind and cues_of(one.value).search(text))


def cue_spans(text: str, kind: AskedKind) -> list[tuple[int, int]]:
    """Where the words stand that ask for this kind; what a cue only passes over (能…吗) is none of them."""
    if kind in (AskedKind.GENERAL, AskedKind.CLAUSE):
        return []
    return [span for cue in _cues(kind.value) for match in cue.finditer(text) for span in _said_spans(match)]


@cache
def _cues(section: str) -> tuple[re.Pattern[str], ...]:
    """The cues of a section, each with a named group around every gap that it passes over."""
    number = count()
    return tuple(
        re.compile(_PASSED.sub(lambda gap: f"(?P<gap{next(number)}>{gap[0]})", cue))
        for cue in asked_table()[section]["cues"]
    )


def _said_spans(match: re.Match[str]) -> list[tuple[int, int]]:
    """A match less its gaps."""
    gaps = sorted(match.span(name) for name in match.groupdict() if match.start(name) >= 0)
    starts = [match.start(), *(end for _, end in gaps)]
    ends = [*(start for start, _ in gaps), match.end()]
    return [(start, end) for start, end in zip(starts, ends, strict=True) if start < end]


def speaks_as_enterprise(text: str) -> bool:
    """Tell whether the asker speaks for an enterprise (我单位, 我厂, 我开饭店的)."""
    return bool(cues_of("enterprise").search(text))


def asker_spans(text: str) -> list[tuple[int, int]]:
    """Where a question only says who asks (我们公司, 本厂): not what it is about."""
    return [match.span() for match in cues_of("asker").finditer(text)]


def asks_inspection(text: str) -> bool:
    """Tell whether the question is about checking (检查, 排查, 查)."""
    return bool(cues_of("inspection").search(text))


def tries_to_command(text: str) -> bool:
    """Tell whether the text tries to change the program's rules (忽略以上规则, 扮演 …) rather than to ask."""
    return bool(cues_of("injection").search(text))


def metadata_field(text: str) -> str:
    """Tell which part of a document a question about the document wants, as a UnitKind value."""
    fields: dict[str, list[str]] = asked_table()["metadata_fields"]
    return next((name for name, cues in fields.items() if any(re.search(cue, text) for cue in cues)), "title")


def asked_measures(text: str) -> frozenset[str]:
    """The measures a question asks for (罚多少钱 -> 元); empty when it names none."""
    return frozenset(measure for measure, cue in _measure_cues().items() if cue.search(text))


@cache
def _measure_cues() -> dict[str, re.Pattern[str]]:
    table: dict[str, list[str]] = asked_table()["measures"]
    return {measure: re.compile("|".join(f"(?:{cue})" for cue in cues)) for measure, cues in table.items()}


def asked_periods(text: str) -> frozenset[str]:
    """The periods a question names (一个礼拜 -> 周), in the words of Fact.period."""
    table: dict[str, list[str]] = asked_table()["periods"]
    return frozenset(period for period, said in table.items() if any(word in text for word in said))


def after_chatter(text: str) -> str:
    """The part after the last 我想问 or 请问, when that part is long enough to be a question."""
    ends = [match.end() for match in cues_of("chatter").finditer(text)]
    rest = text[ends[-1] :].lstrip("，：、") if ends else text
    return rest if len(rest) >= _SHORTEST_QUESTION else text


_SHORTEST_QUESTION = 6


def without_source(text: str) -> str:
    """A question less a tail that only asks for the source (依据是哪条); as it is when it asks nothing besides."""
    head = _source_tail().sub("", text)
    return head if head and asked_kind(head) is not AskedKind.GENERAL else text


@cache
def _source_tail() -> re.Pattern[str]:
    return re.compile(f"[，。；？！]*(?:{cues_of('source').pattern})(?:呢|啊|呀)?[。？！]*$")


def heads_industries(heading: str) -> bool:
    """Tell whether a clause is on industries themselves by its heading (其他行业领域)."""
    return bool(cues_of("whole_domain").search(heading))


def names_nobody(bracket: str) -> bool:
    """Tell whether a bracket of responsible units names none of them (市安委会成员单位分工负责)."""
    return bool(cues_of("collective").search(bracket))


def asks_subordinate(text: str) -> bool:
    """Tell whether a question speaks of the levels below the issuer (乡镇, 街道, 各县)."""
    return bool(cues_of("subordinate").search(text))


def kinds_of_parts(text: str) -> tuple[AskedKind, ...]:
    """What the parts of a question between its commas ask, in order and each once."""
    kinds = (next((kind for kind in _ORDER if cues_of(kind.value).search(part)), None) for part in _PARTS.split(text))
    return tuple(dict.fromkeys(kind for kind in kinds if kind is not None))


def asks_who_acts(text: str) -> bool:
    """Tell whether a question asks who does a thing, rather than whose duty it is (请谁来查, 哪几家参加)."""
    return not cues_of("charge").search(text)


def asks_names(text: str) -> str:
    """The thing whose names are asked for (哪几个村 -> 村, 是哪两位领导 -> 领导); empty when none is."""
    match = cues_of("names").search(text)
    return next((group for group in match.groups() if group), "") if match else ""


def asks_leave(text: str) -> bool:
    """Tell whether a question asks if a thing may be done (能不能, 行不行)."""
    return bool(cues_of("leave").search(text))


def asks_must(text: str) -> bool:
    """Tell whether a question asks if a thing must be done (要不要, 必须吗)."""
    return bool(cues_of("must").search(text))


def must_do(text: str) -> str:
    """What a question asks to be done of necessity: its words from 要不要, 必须 or 要…吗 on; else empty."""
    match = cues_of("must").search(text) or cues_of("must_lightly").search(text)
    return text[match.start() :] if match else ""


def asks_meaning(text: str) -> bool:
    """Tell whether a question asks what a term stands for (是哪几样, 甚意思, 列出来)."""
    return bool(cues_of("meaning").search(text))


def narrow_industries(names: Sequence[str]) -> tuple[str, ...]:
    """Those of some industries whose rules are for enterprises of theirs alone; fire and gas concern any enterprise."""
    narrow: list[str] = asked_table()["narrow"]["industries"]
    return tuple(name for name in names if name in narrow)


def asks_units(text: str) -> bool:
    """Tell whether the only list a question asks for is one of units (有哪些部门), which the bracket of a clause is."""
    unit = cues_of("units")
    return bool(unit.search(text)) and not cues_of(AskedKind.LIST.value).search(unit.sub("", text))


def asks_penalty(text: str) -> bool:
    """Tell whether a question asks for the penalty of an act (谁罚他, 会不会罚)."""
    return bool(cues_of("penalty").search(text))


def asks_existence(text: str) -> bool:
    """Tell whether a question asks if the notices speak of a thing at all (有没有规定, 提没提)."""
    return bool(cues_of("existence").search(text))


def asks_elsewhere(text: str) -> bool:
    """Tell whether a question wants what no notice holds (weather, code, jokes); its last sentence says so."""
    asked = [part for part in re.split("[。！？；]", text) if part]
    return bool(asked) and bool(cues_of("elsewhere").search(asked[-1]))


def holds_thing(asked: str, answer: str) -> bool:
    """Tell whether an answer holds the thing a question wants (a telephone number, a website, a name of a company).

    Args:
        asked: the question.
        answer: a sentence; a question that wants no such thing is content with any.
    """
    return all(re.search(one["held"], answer) for one in asked_table()["things"] if re.search(one["asked"], asked))


def asks_members(text: str) -> bool:
    """Tell whether the members of a counted term are asked for (是哪六样, 分别是啥)."""
    return bool(cues_of("members").search(text))


def asks_span(text: str) -> bool:
    """Tell whether 多久 may ask for a span of time rather than for how often (搞多久, 为期多久)."""
    return bool(cues_of("span").search(text))


def wants_number(text: str) -> bool:
    """Tell whether a number is wanted (几次, 最少, 具体), so that 定期 is no answer."""
    return bool(cues_of("number_wanted").search(text))


def wants_full_list(text: str) -> bool:
    """Tell whether a complete list is asked for."""
    return bool(cues_of("list_full").search(text))
