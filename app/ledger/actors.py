"""Who has to do it (责任主体), and on whose side he stands, read off the part of a sentence that holds the duty."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from pydantic import Field

from app.ledger.figures import Span
from app.ledger.model import RequirementKind, Side
from app.ledger.words import any_of, words
from corpus.addressees import read_units
from corpus.masks import cover, quoted_mask, touches
from corpus.model import Frozen

_LONGEST_NAME = 40


class Actor(Frozen):
    """The one who does it, as a part of the sentence names him."""

    start: int = Field(ge=0, description="first character of the name")
    end: int = Field(ge=0, description="one past its last character")
    urged: bool = Field(description="another urges him to do it (督促企业…)")


def find_actor(sentence: str, part: Span, figures: Sequence[Span]) -> Actor | None:
    """Find the subject of a part of a sentence (between two commas).

    Args:
        sentence: the sentence.
        part: where the part stands in it.
        figures: where the words of figures stand; a name ends where one begins.

    Returns:
        The one urged if somebody is urged, else the subject; None where the part names neither.
    """
    start, end = part
    marked = bytearray(len(sentence))
    for span in figures:
        cover(marked, *span)
    for found in _urging().finditer(sentence, start, end):
        name = _name_at(sentence, found.end(), end, marked)
        if name and not quoted_mask(sentence)[found.start()]:
            return Actor(start=found.end(), end=name, urged=True)
    at = _after_openers(sentence, start, end, marked)
    name = _name_at(sentence, at, end, marked)
    return Actor(start=at, end=name, urged=False) if name else None


def _after_openers(sentence: str, start: int, end: int, marked: bytearray) -> int:
    """Skip 并, 确保 and a figure that opens the part (年内各级政府至少…)."""
    at = start
    while at < end:
        opener = _openers().match(sentence, at, end)
        if opener and opener.end() > at:
            at = opener.end()
        elif marked[at]:
            at = next((one for one in range(at, end) if not marked[one]), end)
        else:
            break
    return at


def _name_at(sentence: str, at: int, end: int, marked: bytearray) -> int | None:
    """Find where a name that begins here ends: after the head of a body or person, before a verb or a figure."""
    if _opening_verb().match(sentence, at, end):
        return None
    for head in _heads_from(sentence, at, min(end, at + _LONGEST_NAME)):
        if touches(marked, at, head):
            return None
        if head < end and (marked[head] or _stop().match(sentence, head, end)):
            return head
    return None


def _heads_from(sentence: str, at: int, end: int) -> Iterator[int]:
    """Yield the places where an actor's head ends, in order; a bracket after it belongs to it."""
    for one in range(at + 1, end + 1):
        if _head_end().search(sentence[max(at, one - 12) : one]):
            yield one
            if bracket := re.compile("（[^（）]{1,12}）").match(sentence, one, end):
                yield bracket.end()


def side_of(who: str, urged: bool, kind: RequirementKind, duty: str, bracket_role: str, heading: str) -> Side:
    """Say whose duty it is, by the first rule that fits (eval/ledger/README.md).

    Args:
        who: the actor's words; "" when none is named.
        urged: whether another urges him.
        kind: kind of the figure.
        duty: the part of the sentence that holds the duty.
        bracket_role: role in the bracket that binds it (督促企业落实).
        heading: heading of the clause, for a bare 主要负责人.
    """
    if urged:
        return Side.BOTH
    if who:
        return _side_of_name(who, heading)
    if any(role in bracket_role for role in words().actors.bracket_urges):
        return Side.BOTH
    if kind is RequirementKind.THRESHOLD and _belongs_to_enterprises(duty):
        return Side.BOTH
    return Side.GOVERNMENT


def _belongs_to_enterprises(duty: str) -> bool:
    """矿山安全管理层级压减至三级以内; but 对…企业开展重点巡查 is what an office does to them."""
    rest = duty
    for body in read_units(duty):  # 市矿山救护队 is no mine
        if _side_of_name(body.text, "") is Side.GOVERNMENT:
            rest = rest.replace(body.text, "")
    return not duty.startswith(("对", "针对")) and bool(re.search(any_of(words().actors.belongings), rest))


def _side_of_name(who: str, heading: str) -> Side:
    """Decide by the last head that is of one side; roles that both have (负责人) are looked through."""
    own = words().actors
    rest = re.sub("（[^）]*）$", "", who)
    while rest:
        enterprise = _longest_end(rest, own.enterprise)
        government = _longest_end(rest, own.government)
        if enterprise or government:
            return Side.ENTERPRISE if enterprise > government else Side.GOVERNMENT
        role = _longest_end(rest, own.roles)
        rest = rest[: -role if role else -1].rstrip("、和及")
    return Side.ENTERPRISE if re.search(any_of(own.belongings), heading) else Side.GOVERNMENT


def _longest_end(name: str, ends: Sequence[str]) -> int:
    return max((len(one) for one in ends if name.endswith(one)), default=0)


@cache
def _urging() -> re.Pattern[str]:
    return re.compile(any_of(words().actors.urging))


@cache
def _openers() -> re.Pattern[str]:
    return re.compile(f"(?:(?!要求){any_of(words().duty.openers)})*")


@cache
def _opening_verb() -> re.Pattern[str]:
    return re.compile(any_of(words().actors.opening_verbs))


@cache
def _head_end() -> re.Pattern[str]:
    own = words().actors
    return re.compile(f"{any_of((*own.enterprise, *own.government, *own.roles))}$")


@cache
def _stop() -> re.Pattern[str]:
    own = words().actors
    # 要 in 主要负责人 and 应 in 应急局 are no modal words.
    return re.compile(f"(?!要[负领求点素害]|应[急用对知]){any_of((*own.modals, *own.verbs))}")
