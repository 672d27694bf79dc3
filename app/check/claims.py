"""What a line of an answer claims (陈述) in the program's own words: places, years, numbers, units, modality."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache, lru_cache

from pydantic import Field

from app.check.wording import COMPARED, DECISIONS, program_sentences
from corpus.facts import read_facts
from corpus.model import Fact, FactKind, Frozen
from corpus.ordinals import parse_numeral
from corpus.regions import all_regions

#: Stands for a quote, a clause named with its mark, or a sentence of the program, already accounted for.
HOLE = "\ue000"
MARK = re.compile(r"\[(\d{1,3})\]")
QUOTED = re.compile(r"「([^「」]*)」")

_DATE = re.compile(
    r"(?:\d{4}年)?\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月|[〇零一二三四五六七八九]{4}年[一二三四五六七八九十]{1,3}月[一二三四五六七八九十]{1,3}日"
)
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})年?(?=的|年|规定|、|，|：|\*|$)")
_NOTICE = re.compile(r"[\u4e00-\u9fff]{2,8}[〔\[（(]\d{4}[〕\]）)]\d{1,4}号")
_HAN_NUMERAL = "[一二三四五六七八九十]{1,4}"
_LABEL = re.compile(
    rf"(?:{_HAN_NUMERAL}、)?（{_HAN_NUMERAL}）(?:\d{{1,2}}\.)?|第(?:{_HAN_NUMERAL}|\d{{1,3}})[章条款项]"
)
_COUNT = re.compile(
    rf"(?:共有?|分|以下|如下|下列|有|各) ?({_HAN_NUMERAL}|\d{{1,4}}) ?(?:项|条|类|处|个|家|种|点|份|户|款)"
)
_LEADS = re.compile(r"(?:^|(?<=[，。；：\ue000]))([^，。；：\ue000]*?)牵头(?!单位)|牵头单位[为是]([^。；，\ue000]+)")
_NO_LEADER = re.compile("(?:没有|未)(?:写明|明确)牵头单位")
_SOLE = re.compile("([^，。；：\ue000]*?)独自负责")
_NOT_SOLE = re.compile("没有条款写明由“([^”]*)”独自负责")
_NOT_LEADER = re.compile("没有条款写明由“([^”]*)”牵头")
#: What stands before the leading units in their part of a line: 泽州县2024年由.
_BEFORE_LEADERS = re.compile(r".*(?:由|\d{4}年(?:规定)?)")
_DECISION = re.compile(rf"^({'|'.join(sorted(map(re.escape, DECISIONS), key=len, reverse=True))})(?=[。：，；！]|$)")
_COMPARING = "|".join(sorted(map(re.escape, COMPARED), key=len, reverse=True))
_LAYOUT = re.compile(r"^(?:> ?)*(?:- |\d{1,2}\. )?")
_PART = re.compile(r"[^，。；：！？|\ue000]+")
_PLACE_ENDS = "省市县区州旗盟"


class ClaimKind(StrEnum):
    """What is claimed; FACT carries its own kind."""

    FACT = "fact"
    PLACE = "place"
    YEAR = "year"
    DATE = "date"
    NOTICE = "notice"
    LABEL = "label"
    COUNT = "count"
    LEADER = "leader"
    NO_LEADER = "no_leader"
    NOT_LEADER = "not_leader"
    SOLE = "sole"
    NOT_SOLE = "not_sole"
    SAME = "same"
    DECISION = "decision"


class Claim(Frozen):
    """One thing that a line says."""

    kind: ClaimKind
    text: str
    start: int = Field(ge=0, description="first character, in the statement's text")
    end: int = Field(gt=0, description="one past the last character")
    fact: Fact | None = Field(default=None, description="of a FACT, what was read")
    number: int = Field(default=0, description="the year of a PLACE (0: none) or YEAR, the number of a COUNT")


class Statement(Frozen):
    """A line in the program's own words: quotes and named clauses are holes, layout is taken off."""

    raw: str = Field(description="the program's words, its fixed sentences too")
    text: str = Field(description="the same, the fixed sentences blanked; characters keep their places")
    claims: tuple[Claim, ...]

    def part(self, at: int) -> tuple[int, int]:
        """Where the part between ，；：。 stands that holds a character."""
        return next((one.span() for one in _PART.finditer(self.text) if one.start() <= at < one.end()), (at, at))


def read_statement(line: str, named: Iterable[str], places: Iterable[str]) -> Statement:
    """Read the claims of a line.

    Args:
        line: one line of an answer.
        named: the clauses cited in the line, as they are named before their marks.
        places: the places of the corpus; the 文号 of documents whose place is not known.

    Returns:
        The line without what is quoted, with its claims in order.
    """
    text = QUOTED.sub(HOLE, line)
    for name in sorted(set(named), key=len, reverse=True):
        text = re.sub(re.escape(name) + r"\[\d{1,3}\]", HOLE, text)
    text = _LAYOUT.sub("", MARK.sub(HOLE, text)).replace("**", "")
    where = list(_read_places(text, sorted(set(places), key=len, reverse=True)))
    bare = program_sentences().sub(lambda match: HOLE * len(match[0]), text)
    silent = (_claim(ClaimKind.NO_LEADER, match) for match in _NO_LEADER.finditer(text))
    never = (_claim(ClaimKind.NOT_LEADER, match) for match in _NOT_LEADER.finditer(text))
    shared = (_claim(ClaimKind.NOT_SOLE, match) for match in _NOT_SOLE.finditer(text))
    same = (_claim(ClaimKind.SAME, match) for match in re.finditer("所引的话一致|原文一致", text))
    fixed = [*silent, *never, *shared, *same]
    found = [*where, *fixed, *_read_years(text, where), *_read_names(bare), *_read_typed(bare, where)]
    return Statement(raw=text, text=bare, claims=tuple(sorted(found, key=lambda one: (one.start, -one.end))))


@lru_cache(maxsize=4096)
def facts_of(text: str) -> tuple[Fact, ...]:
    """The facts of a text of any length, sentence by sentence; a fact's place counts in its own sentence."""
    return tuple(fact for part in re.split(r"(?<=[。；])|[\ue000|]", text) for fact in read_facts(_plain(part)))


def _plain(part: str) -> str:
    """Numbers right behind a colon may be parts of a code to read_facts; behind a comma they never are."""
    return part.replace("：", "，")


def _claim(kind: ClaimKind, match: re.Match[str], number: int = 0) -> Claim:
    return Claim(kind=kind, text=match[0], start=match.start(), end=match.end(), number=number)


def _read_places(text: str, places: Sequence[str]) -> Iterator[Claim]:
    """Places of the corpus with the year behind them (泽州县2024年), and any other place by its full name."""
    taken: set[int] = set()
    if places:
        for match in re.finditer(f"(?:{'|'.join(map(re.escape, places))})(?:(\\d{{4}})年)?", text):
            taken.update(range(*match.span()))
            yield _claim(ClaimKind.PLACE, match, int(match[1] or 0))
    names = _names_by_end()
    for at, char in enumerate(text):
        if char not in _PLACE_ENDS or at in taken:
            continue
        name = next((one for one in names.get(text[max(0, at - 1) : at + 1], ()) if text.endswith(one, 0, at + 1)), "")
        if name:
            yield Claim(kind=ClaimKind.PLACE, text=name, start=at + 1 - len(name), end=at + 1)


@cache
def _names_by_end() -> dict[str, tuple[str, ...]]:
    """Full names of places by their last two characters, longest first; not 和县, nearly always 和 and 县."""
    names: dict[str, list[str]] = {}
    for name in sorted({region.name for region in all_regions()} - {"和县"}, key=len, reverse=True):
        if len(name) > 1 and name[-1] in _PLACE_ENDS:
            names.setdefault(name[-2:], []).append(name)
    return {tail: tuple(found) for tail, found in names.items()}


def _read_years(text: str, places: Sequence[Claim]) -> Iterator[Claim]:
    dated = {at for match in _DATE.finditer(text) for at in range(*match.span())}
    dated |= {at for one in places for at in range(one.start, one.end)}
    for match in _YEAR.finditer(text):
        if match.start() not in dated:
            yield Claim(
                kind=ClaimKind.YEAR, text=f"{match[1]}年", start=match.start(), end=match.end(), number=int(match[1])
            )


def _read_names(text: str) -> Iterator[Claim]:
    """Dates, 文号, labels, counts, leading units and the decision at the head."""
    for kind, pattern in ((ClaimKind.DATE, _DATE), (ClaimKind.NOTICE, _NOTICE), (ClaimKind.LABEL, _LABEL)):
        yield from (_claim(kind, match) for match in pattern.finditer(text))
    for match in _COUNT.finditer(text):
        yield _claim(ClaimKind.COUNT, match, parse_numeral(match[1]) or 0)
    for match in _LEADS.finditer(text):
        group = 1 if match[1] is not None else 2
        opening = _BEFORE_LEADERS.match(match[group]) if group == 1 else None
        begin = match.start(group) + (opening.end() if opening else 0)
        for name in re.finditer(r"[^、 ]+", text[begin : match.end(group)]):
            start = begin + name.start()
            yield Claim(kind=ClaimKind.LEADER, text=name[0], start=start, end=start + len(name[0]))
    yield from (_claim(ClaimKind.SOLE, match) for match in _SOLE.finditer(text))
    if head := _DECISION.match(text):
        yield _claim(ClaimKind.DECISION, head)


def _read_typed(text: str, places: Sequence[Claim]) -> Iterator[Claim]:
    """Frequencies, deadlines, quantities, modal words and units, of one part of the line after another."""
    placed = {at for one in places for at in range(one.start, one.end)}
    for part in re.finditer(r"[^。；|\ue000]+", text):
        for fact in read_facts(_plain(part[0])):
            start = part.start() + fact.start
            if fact.kind is FactKind.UNIT and start in placed and fact.end - fact.start <= 4:
                continue
            yield Claim(kind=ClaimKind.FACT, text=fact.text, start=start, end=part.start() + fact.end, fact=fact)


def compared(statement: Statement, mine: Claim, other: Claim) -> str:
    """The word that sets one number against another right behind it (90万吨 低于 120万吨/年); empty when none does."""
    between = re.fullmatch(f"({_COMPARING})?(?:规定的)?", statement.text[mine.end : other.start])
    head = re.match(f"(?:{_COMPARING})", other.text)
    if between is None or bool(between[1]) == bool(head):
        return ""
    return between[1] or (head[0] if head else "")
