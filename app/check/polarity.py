"""Whether a free sentence forbids, obliges and allows what its clause forbids, obliges and allows (情态与否定)."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from itertools import pairwise

from app.check.claims import facts_of
from app.check.grounds import PART, bounds, content_words, places_of, plain_words, run_length
from corpus.masks import quoted_mask, title_mask
from corpus.model import Bound, FactKind

_CACHED = 2048
_SHORTEST_RUN, _TELLING_RUN = 2, 4
_PART_OR_END = re.compile("[^，。；：！？（）]+")


#: What ends a part whose modal word stands behind what it is about (加盖是被禁止的).
_TRAILING = re.compile("(?:的|之列|行为|的行为|的事项)?")


#: A quote this long is a sentence of its own, no catchword (“严禁违规加层加盖”).
_LONG_QUOTE = re.compile("“[^“”]{8,}”")


#: What ends a thing denied in a list (不按方案施工等行为).
_ITEM_ENDS = re.compile("、|等(?=违|非法|行为|问题|情形)")


class Force(StrEnum):
    """What is said of the words behind a modal word."""

    PLAIN = "plain"
    DUTY = "duty"
    MUST = "must"
    FORBID = "forbid"
    DENY = "deny"
    MAY = "may"
    ENCOURAGE = "encourage"
    UNLESS = "unless"
    VOLUNTARY = "voluntary"
    #: 未经培训合格不得上岗: the first is what must be done, the second what is barred without it.
    CONDITION = "condition"
    BARRED_UNLESS = "barred_unless"


_SAYS = {
    Force.PLAIN: {Force.PLAIN, Force.DUTY},
    Force.DUTY: {Force.PLAIN, Force.DUTY, Force.MUST},
    Force.MUST: {Force.PLAIN, Force.DUTY, Force.MUST},
    Force.FORBID: {Force.FORBID, Force.DENY},
    Force.DENY: {Force.FORBID, Force.DENY, Force.CONDITION},
    Force.MAY: {Force.MAY},
    Force.ENCOURAGE: {Force.ENCOURAGE, Force.VOLUNTARY},
    Force.UNLESS: {Force.UNLESS, Force.BARRED_UNLESS},
    Force.VOLUNTARY: {Force.VOLUNTARY},
    Force.CONDITION: {Force.CONDITION, Force.DENY, Force.MUST},
    Force.BARRED_UNLESS: {Force.BARRED_UNLESS, Force.UNLESS, Force.FORBID},
}
#: What a condition may also be, in a sentence that says 方可 or 才能.
_MET = {Force.PLAIN, Force.DUTY}


_WEIGHTY = frozenset({Force.FORBID, Force.DENY, Force.MAY, Force.MUST, Force.UNLESS, Force.VOLUNTARY, Force.ENCOURAGE})


@cache
def _table() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads(files("app.check").joinpath("data/polarity.toml").read_text(encoding="utf-8"))


@cache
def _pattern(*sections: str) -> re.Pattern[str]:
    """The words of one section or more, each section a named group."""
    return re.compile("|".join(f"(?P<{name}>{'|'.join(_table()[name]['words'])})" for name in sections))


def _modal() -> re.Pattern[str]:
    return _pattern("voluntary", "unless", "forbid", "deny", "must", "encourage", "may", "duty")


@cache
def _conditional() -> re.Pattern[str]:
    forbid = "|".join(_table()["forbid"]["words"])
    return re.compile(
        f"(?:未|没有|不)(?!得|能|可|准|许|允)([^，。；：]{{1,20}}?)(?:的，?|，[^，。；：]{{0,8}}?)?((?:一律)?(?:{forbid})[^，。；：]*)"
    )


@lru_cache(maxsize=_CACHED)
def forces(text: str) -> tuple[Force, ...]:
    """What is said of each character: of those behind a modal word, up to the next one or the end of their part."""
    found = [Force.PLAIN] * len(text)
    short = _LONG_QUOTE.sub(lambda match: " " * len(match[0]), text)
    hidden = [one or other for one, other in zip(quoted_mask(short), title_mask(text), strict=True)]
    for part in PART.finditer(text):
        modals = [one for one in _modal().finditer(text, part.start(), part.end()) if not hidden[one.start()]]
        for nth, modal in enumerate(modals):
            end = modals[nth + 1].start() if nth + 1 < len(modals) else part.end()
            force = Force(modal.lastgroup or Force.PLAIN)
            if force is Force.DENY and (item := _ITEM_ENDS.search(text, modal.start(), end)):
                end = item.start()
            found[modal.start() : end] = [force] * (end - modal.start())
        if modals and _TRAILING.fullmatch(text, modals[-1].end(), part.end()):
            found[part.start() : part.end()] = [found[part.end() - 1]] * (part.end() - part.start())
    for match in _conditional().finditer(text):
        found[match.start() : match.end(1)] = [Force.CONDITION] * (match.end(1) - match.start())
        found[match.start(2) : match.end(2)] = [Force.BARRED_UNLESS] * (match.end(2) - match.start(2))
    return tuple(found)


def turned(sentence: str, start: int, end: int, rule: str) -> Iterator[str]:
    """Find words that a sentence forbids, obliges, allows or denies otherwise than the clause does.

    Args:
        sentence: the whole sentence.
        start: where the part judged begins.
        end: where it ends.
        rule: the cited clause.

    Yields:
        One Chinese line for each fault.
    """
    said, ruled = forces(sentence), forces(rule)
    for at, length in _runs(sentence, start, end, rule):
        run = sentence[at : at + length]
        places = places_of(run, rule)
        if places and not any(
            all(_agree(said[at + one], ruled[place + one], sentence, rule, place) for one in (0, length - 1))
            and (ruled[place] is Force.CONDITION or _prefixed(rule, place) is _prefixed(sentence, at))
            for place in places
        ):
            one = 0 if not _agree(said[at], ruled[places[0]], sentence, rule, places[0]) else length - 1
            yield _line(said[at + one], ruled[places[0] + one], run)


def _runs(sentence: str, start: int, end: int, rule: str) -> Iterator[tuple[int, int]]:
    """Where telling words taken over from a clause in one piece begin, and how long they are."""
    at = start
    while at < end:
        length = min(run_length(sentence, at, rule), end - at)
        # A run ends with a word, so that the next begins with one.
        length = next((one for one in range(length, 1, -1) if at + one in bounds(sentence)), length)
        run = sentence[at : at + length]
        short = length < _SHORTEST_RUN or run in plain_words()
        if not short and (length >= _TELLING_RUN or content_words(run)):
            yield at, length
        at += max(length, 1)


def left_out(sentence: str, start: int, end: int, rule: str) -> Iterator[str]:
    """Find limits left out between words that stand together in a sentence: of a ban any, else those with a figure."""
    runs = list(_runs(sentence, start, end, rule))
    for (one, length), (two, other) in pairwise(runs):
        if sentence[one + length : two] not in ("", "的"):
            continue
        first, second = sentence[one : one + length], sentence[two : two + other]
        gaps = [
            between.strip("的") for place in places_of(first, rule)
            if (between := _until(second, rule, place + length)) is not None
        ]  # fmt: skip
        banned = forces(sentence)[two] is Force.FORBID
        lost = [gap for gap in gaps if _is_limit(gap, sentence, banned)]
        if gaps and len(lost) == len(gaps):
            yield f"漏掉了原文的“{lost[0][:20]}”"


def _until(words: str, text: str, start: int) -> str | None:
    """What stands from a place on before some words of the same part."""
    mark = PART.match(text, start)
    rest = mark[0] if mark else ""
    return rest[: rest.index(words)] if words in rest else None


def _is_limit(gap: str, sentence: str, banned: bool) -> bool:
    kept = {one.value for one in facts_of(sentence)}
    limits = [one for one in facts_of(gap) if one.kind is FactKind.QUANTITY and one.bound is not Bound.EXACT]
    bounded = any(one.value not in kept for one in limits)
    return bounded or (banned and any(word not in sentence for word in content_words(gap)))


def _prefixed(text: str, at: int) -> bool:
    """A 不 or 未 stands right before (不定时)."""
    return text[at - 1 : at] in ("不", "未", "无", "非") and not text.startswith("超过", at)


def _agree(said: Force, ruled: Force, sentence: str, rule: str, place: int) -> bool:
    if said in _SAYS[ruled]:
        return True
    if ruled is Force.CONDITION:
        return said in _MET and Force.UNLESS in forces(sentence)
    if said is Force.CONDITION:
        return Force.UNLESS in forces(rule)
    if said is Force.MUST and ruled is Force.PLAIN:
        return _pattern("soft").search(part_at(rule, place)) is None
    return said is Force.MAY and ruled is Force.PLAIN and permits(part_at(rule, place))


def permits(text: str) -> bool:
    """Tell whether a text grants something (同意, 公开发布)."""
    return _pattern("grant").search(text) is not None


def punishes(text: str) -> bool:
    """Tell whether a text says that something is prosecuted (查处, 打击)."""
    return _pattern("punished").search(text) is not None


def _line(said: Force, ruled: Force, run: str) -> str:
    names = {
        Force.PLAIN: "直接要求", Force.DUTY: "要求", Force.MUST: "强制要求", Force.FORBID: "禁止", Force.DENY: "否定",
        Force.MAY: "允许", Force.ENCOURAGE: "鼓励", Force.UNLESS: "有条件地允许", Force.VOLUNTARY: "不强制",
        Force.CONDITION: "前提", Force.BARRED_UNLESS: "有条件地禁止",
    }  # fmt: skip
    return f"“{run[:20]}”原文是{names[ruled]}，句子写成{names[said]}"


def part_at(text: str, place: int) -> str:
    """The part between marks that holds a character."""
    return next((one[0] for one in _PART_OR_END.finditer(text) if one.start() <= place < one.end()), "")


def added(text: str, sources: tuple[str, ...]) -> Iterator[str]:
    """Find words that soften, widen or narrow, and force, that no source has."""
    for match in _pattern("weak", "scope", "rank", "claim", "when").finditer(text):
        joined = text[match.start() : match.end() + 1], text[max(0, match.start() - 1) : match.end()]
        if not any(words in source for source in sources for words in joined):
            yield f"“{match[0]}”不在所引原文中"


def lost_limits(text: str, rule: str) -> Iterator[str]:
    """Find limiting words (擅自, 有条件的, 除外) before words that the sentence takes over without them."""
    for match in _pattern("binding").finditer(rule):
        if match[0] in text:
            continue
        part = next(one for one in PART.finditer(rule) if one.start() <= match.start() < one.end())
        behind = rule[match.end() : part.end()]
        near = behind if len(behind) > _SHORTEST_RUN else part[0]
        taken = content_words(near)[:3]
        if taken and sum(word in text for word in taken) * 2 > len(taken):
            yield f"漏掉了原文的“{match[0]}”"


def lost_condition(text: str, rule: str) -> Iterator[str]:
    """Find a ban taken over without the condition (未经培训合格) that it hangs on."""
    said = forces(text)
    for match in _conditional().finditer(rule):
        barred = [word for word in content_words(match[2]) if word in text]
        if not barred or not all(word in text for word in content_words(match[2])[:1]):
            continue
        at = text.rfind(barred[0])
        told = any(word in text for word in content_words(match[1])) or Force.CONDITION in said or Force.DENY in said
        if not told and said[at] in (Force.FORBID, Force.UNLESS, Force.MAY, Force.PLAIN):
            yield f"漏掉了“{match[1]}”这一前提"


def baseless(sentence: str, start: int, end: int, rule: str) -> Iterator[str]:
    """Find a permission, ban or denial with no words of the clause behind it (可以不做)."""
    said = forces(sentence)
    runs = list(_runs(sentence, start, end, rule))
    at = start
    while at < end:
        force, begin = said[at], at
        while at < end and said[at] is force:
            at += 1
        words = sentence[begin:at]
        if force not in _WEIGHTY or any(begin <= one < at or one <= begin < one + length for one, length in runs):
            continue
        meant = Force.ENCOURAGE if force is Force.VOLUNTARY else force
        bare = not content_words(sentence[start:end]) or force is Force.VOLUNTARY
        if words not in rule and not (bare and meant in forces(rule)):
            yield f"“{words[:20]}”在所引原文中没有依据"
