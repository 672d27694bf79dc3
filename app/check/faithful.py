"""Faithfulness (忠实于引文): what an answer says in the program's own words must be held by the quotes beside it.

Which quotes those are, for each line, says app.check.evidence.read_lines; what a line claims, app.check.claims; which
words may stand without a quote, app.check.wording.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set

from app.check.claims import HOLE, Claim, ClaimKind, Statement, compared, facts_of, read_statement
from app.check.evidence import (
    Asked,
    Line,
    holds,
    is_of,
    is_same_amount,
    leaders,
    only_units,
    place_of,
    read_lines,
    says_of,
)  # fmt: skip
from app.check.origin import from_nowhere, lost_negations, misquoted
from app.check.stance import disagreement
from app.check.whole import fault_on_whole, is_on_whole
from app.check.wording import COMPARED
from app.model import Citation, clause_name
from corpus.model import Bound, Document, Fact, FactKind

_SILENT = re.compile(
    r"^(?:、[^、：，。；|]{2,12})*[ |]*(?:的|本级)?(?:通知)?(?:中|也|均|都)?(?:没有|未)(?:直接|对企业)?"
    r"规定(?!。相关条款：)"
)
_NEGATION = re.compile("不|未|没有|否")
#: Words for anyone (企业, 有关部门); they pass if their words stand in the quote or the question.
_ANYONE = re.compile("企业|单位|公司|人员|职工|负责人|车间|机构$|部门$")
_COUNTABLE = re.compile("[项条类处个家种点份户款]")
_SHORTEST_NOTE = 6


def unfaithful(
    text: str, citations: Sequence[Citation], asked: Asked, documents: Mapping[str, Document]
) -> Iterator[str]:
    """Find what an answer says that the quotes do not hold.

    Args:
        text: the answer.
        citations: its citations.
        asked: the question and its scope.
        documents: documents by 文号.

    Yields:
        One Chinese line for each fault.
    """
    issued = {(one.region or one.notice, one.year or 0) for one in documents.values()}
    places = {place for place, _ in issued}
    for line in read_lines(text, citations):
        if line.is_question or is_on_whole(line.text):
            yield from _of_its_own(line, asked, documents)
            continue
        if _is_note(line, asked):
            continue
        named = [clause_name(one.notice, one.label, one.heading) for one in line.own]
        said = read_statement(line.text, named, places)
        judge = Judge(line, said, asked, issued)
        held: list[Claim] = []
        for claim in said.claims:
            if fault := judge.fault(claim):
                yield fault
            elif not (claim.fact and claim.fact.kind is FactKind.UNIT) and claim.kind is not ClaimKind.LEADER:
                held.append(claim)
        held += judge.comparisons()
        yield from misquoted(line)
        yield from lost_negations(line, said)
        if words := from_nowhere(line, said, asked, held):
            yield f"“{words[:20]}”没有出处"


def _of_its_own(line: Line, asked: Asked, documents: Mapping[str, Document]) -> list[str]:
    """Faults of a line that no quote beside it could hold: a question repeated, what is said of whole notices."""
    if line.is_question:
        return [] if line.text in asked.question else [f"“{line.text[:20]}”不是所问的话"]
    fault = fault_on_whole(line, documents.values())
    return [fault] if fault else []


def _is_note(line: Line, asked: Asked) -> bool:
    """The program's line on the scope, word for word."""
    words = line.text.strip().removesuffix("。")
    return not line.own and len(words) >= _SHORTEST_NOTE and words in asked.why


class Judge:
    """Holds the claims of one line against its quotes."""

    def __init__(self, line: Line, said: Statement, asked: Asked, issued: Set[tuple[str, int]]) -> None:
        self._held_by = line.held_by
        self._counts = line.counts
        self._said = said
        self._asked = asked
        self._issued = issued
        self._places = [one for one in said.claims if one.kind in (ClaimKind.PLACE, ClaimKind.YEAR)]

    def fault(self, claim: Claim) -> str:
        """Say in one Chinese line why a claim is not held; empty when it is."""
        judge = {
            ClaimKind.PLACE: self._place, ClaimKind.YEAR: self._place, ClaimKind.DATE: self._date,
            ClaimKind.NOTICE: self._notice, ClaimKind.LABEL: self._label, ClaimKind.COUNT: self._count,
            ClaimKind.LEADER: self._leader, ClaimKind.NO_LEADER: self._no_leader,
            ClaimKind.NOT_LEADER: self._not_leader, ClaimKind.SOLE: self._sole,
            ClaimKind.NOT_SOLE: self._not_sole, ClaimKind.SAME: self._same,
            ClaimKind.DECISION: self._decision, ClaimKind.FACT: self._fact,
        }[claim.kind]  # fmt: skip
        return judge(claim)

    def _place(self, claim: Claim) -> str:
        if _SILENT.match(self._said.raw[claim.end :]):
            return self._silence(claim)
        if any(is_of(claim, one) for one in self._held_by) or self._quoted(claim.text):
            return ""
        # （“去年”按资料中最新的通知算作2023年）
        if claim.kind is ClaimKind.YEAR and claim.number in self._asked.years and "“" in self._said.raw[: claim.start]:
            return ""
        return f"“{claim.text}”不是所引条款的地区或年份"

    def _silence(self, claim: Claim) -> str:
        """Who is said to set nothing was asked, and none of the quotes beside is theirs."""
        if any(is_of(claim, one) for one in self._held_by):
            return f"“{claim.text}”有所引的规定，却说没有"
        in_scope = claim.number in self._asked.years
        if claim.kind is ClaimKind.PLACE:
            held = (place_of(claim), claim.number) in self._issued or not claim.number
            in_scope = held and place_of(claim) in self._asked.regions
        return "" if in_scope else f"“{claim.text}”不在所问的地区或年份之内"

    def _speakers(self, claim: Claim) -> list[Sequence[Citation]]:
        """The quotes that must hold a claim: for each of the places named last before it, those of the place."""
        mentioned: list[Claim] = []
        for one in reversed([one for one in self._places if one.end <= claim.start]):
            if mentioned and not re.fullmatch("[、和与及]?", self._said.text[one.end : mentioned[0].start]):
                break
            mentioned.insert(0, one)
        groups = [[one for one in self._held_by if is_of(place, one)] for place in mentioned]
        return [group for group in groups if group] or [self._held_by]

    def _fact(self, claim: Claim) -> str:
        fact = claim.fact
        if fact is None or self._within(claim):
            return ""
        if fact.kind is FactKind.UNIT:
            return self._unit(claim)
        if fact.kind is FactKind.MODALITY:
            return self._modality(claim)
        if all(any(holds(one, fact) for one in group) for group in self._speakers(claim)):
            return self._of_whom(claim, fact)
        if fact.kind is FactKind.QUANTITY and (self._counts_items(fact) or self._is_compared(claim)):
            return ""
        return f"“{claim.text}”不是所引原文的规定"

    def _modality(self, claim: Claim) -> str:
        """A modal word is a quote's if it stands there before the same words."""
        behind = re.match(f"[：“ ]*([^，。；：、！？|{HOLE}]{{0,2}})", self._said.text[claim.end :])
        words = claim.text + (behind[1] if behind else "")
        held = all(any(words in one.quote for one in group) for group in self._speakers(claim))
        return "" if held else f"“{words}”不在所引原文中"

    def _within(self, claim: Claim) -> bool:
        """The words are part of a name, a date or the decision, which is held by itself."""
        own = (ClaimKind.COUNT, ClaimKind.DATE, ClaimKind.LABEL, ClaimKind.NOTICE, ClaimKind.DECISION, ClaimKind.LEADER)
        return any(one.kind in own and one.start <= claim.start < one.end for one in self._said.claims)

    def _of_whom(self, claim: Claim, fact: Fact) -> str:
        """A figure said of a unit is said of that unit by a quote, too."""
        start, end = self._said.part(claim.start)
        for unit in self._said.claims:
            if not (unit.fact and unit.fact.kind is FactKind.UNIT and start <= unit.start < unit.end <= end):
                continue
            if not any(says_of(one.quote, unit.text, fact) for group in self._speakers(claim) for one in group):
                return f"“{claim.text}”不是原文对“{unit.text}”的规定"
        return ""

    def _counts_items(self, fact: Fact) -> bool:
        """三项, said by the program of its own list."""
        counts = bool(_COUNTABLE.fullmatch(fact.measure or "")) and fact.bound is Bound.EXACT
        return counts and fact.number is not None and int(fact.number) in self._counts

    def comparisons(self) -> list[Claim]:
        """Each number of the asker's set rightly against one of the notice's, with the words between, as one claim."""
        numbers = [one for one in self._said.claims if one.fact and one.fact.kind is FactKind.QUANTITY]
        return [
            mine.model_copy(update={"end": other.end, "text": self._said.text[mine.start : other.end]})
            for mine in numbers
            for other in numbers
            if mine.end <= other.start and self._stands(mine, other)
        ]

    def _is_compared(self, claim: Claim) -> bool:
        return any(one.start <= claim.start < claim.end <= one.end for one in self.comparisons())

    def _stands(self, mine: Claim, other: Claim) -> bool:
        word = compared(self._said, mine, other)
        asked, fixed = mine.fact, other.fact
        if not word or asked is None or fixed is None or asked.number is None or fixed.number is None:
            return False
        known = any(is_same_amount(one, asked) for one in facts_of(self._asked.question))
        held = any(is_same_amount(one, fixed) for each in self._held_by for one in facts_of(each.quote))
        one_measure = (asked.measure or "").split("/")[0] == (fixed.measure or "").split("/")[0]
        return known and held and one_measure and _is_true(asked.number, COMPARED[word], fixed.number)

    def _unit(self, claim: Claim) -> str:
        if _ANYONE.search(claim.text):
            return ""
        if all(any(claim.text in one.quote for one in group) for group in self._speakers(claim)):
            return ""
        mentioned = f"“{claim.text}”" in self._said.text and claim.text in self._asked.question
        return "" if mentioned and _NEGATION.search(self._said.text) else f"单位“{claim.text}”不在所引原文中"

    def _quoted(self, words: str) -> bool:
        return any(words in one.quote for one in self._held_by)

    def _date(self, claim: Claim) -> str:
        return "" if self._quoted(claim.text) else f"日期“{claim.text}”不在所引原文中"

    def _notice(self, claim: Claim) -> str:
        held = any(claim.text.endswith(one.notice) for one in self._held_by) or self._quoted(claim.text)
        return "" if held else f"文号“{claim.text}”不是所引的文号"

    def _label(self, claim: Claim) -> str:
        held = any(claim.text in one.label for one in self._held_by) or self._quoted(claim.text)
        return "" if held else f"条款“{claim.text}”不是所引的条款"

    def _count(self, claim: Claim) -> str:
        held = self._quoted(claim.text) or claim.number in self._counts
        return "" if held else f"“{claim.text}”与所列的数目不符"

    def _leader(self, claim: Claim) -> str:
        held = all(any(claim.text in leaders(one.quote) for one in group) for group in self._speakers(claim))
        return "" if held else f"牵头单位“{claim.text}”不在所引原文中"

    def _no_leader(self, claim: Claim) -> str:
        named = {name for group in self._speakers(claim) for one in group for name in leaders(one.quote)}
        return f"所引原文写明由{min(named)}牵头" if named else ""

    def _not_leader(self, claim: Claim) -> str:
        named = {name for one in self._held_by for name in leaders(one.quote) if f"“{name}”" in claim.text}
        return f"所引原文写明由{min(named)}牵头" if named else ""

    def _sole(self, claim: Claim) -> str:
        """Who is named must be alone in each bracket behind the line; where none is, some bracket names one alone."""
        alone = [one for each in self._held_by for one in only_units(each.quote)]
        name = claim.text.removesuffix("独自负责").rpartition("由")[2]
        held = len(alone) == len(self._held_by) and set(alone) == {name} if name else bool(alone)
        return "" if held else f"“{name}独自负责”不是所引原文写明的"

    def _not_sole(self, claim: Claim) -> str:
        named = {name for one in self._held_by for name in only_units(one.quote) if f"“{name}”" in claim.text}
        return f"所引原文写明由{min(named)}独自负责" if named else ""

    def _same(self, claim: Claim) -> str:
        sides: dict[tuple[str, int | None], set[str]] = {}
        for one in self._held_by:
            sides.setdefault((one.region or one.notice, one.year), set()).add(one.quote)
        alike = len(sides) > 1 and len({frozenset(quotes) for quotes in sides.values()}) == 1
        return "" if alike else "所引各方的原文并不一致"

    def _decision(self, claim: Claim) -> str:
        compares = bool(self.comparisons())
        return disagreement(claim.text, self._asked.question, [one.quote for one in self._held_by], compares)


def _is_true(left: float, relation: str, right: float) -> bool:
    return {
        "<": left < right, ">": left > right, ">=": left >= right, "<=": left <= right, "=": left == right,
    }[relation]  # fmt: skip
