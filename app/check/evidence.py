"""Which quotes stand behind which line of an answer, and what it may say without one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import groupby

from pydantic import Field

from app.check.claims import MARK, QUOTED, Claim, ClaimKind, facts_of
from app.model import Answer, Citation
from corpus.agencies import only_unit
from corpus.clean import clean_text
from corpus.facts import read_facts
from corpus.model import Fact, FactKind, Frozen
from corpus.ordinals import parse_numeral
from corpus.responsible import find_brackets, read_bracket

_RULE = re.compile(r"^\|(?: ?-{3,} ?\|)+$")
#: The line over the answer to one of several questions; what is asked is no statement.
_BLOCK = re.compile(r"^\*\*([^*\n]+)：\*\*$", re.MULTILINE)
_LEFT_OUT = re.compile(r"另有 ?([一二三四五六七八九十]{1,3}|\d{1,4}) ?[处条]")
_LEADERS = re.compile(r"([^，。；：（）]*?)牵头")


class Asked(Frozen):
    """What an answer may say without a quote: words of the question, and what the program says of its scope."""

    question: str = Field(description="as asked; normalised as well, where that differs")
    regions: tuple[str, ...] = Field(default=(), description="places the question is asked of")
    years: tuple[int, ...] = ()
    why: str = Field(default="", description="the program's line on the scope, or its refusal")


def asked_in(answer: Answer) -> Asked:
    """What an answer may say without a quote, taken from the answer itself."""
    scope = answer.scope
    question = f"{answer.question} {clean_text(answer.question)}"
    return Asked(question=question, regions=scope.regions, years=scope.years, why=scope.why)


class Line(Frozen):
    """One line of an answer with the quotes it is held against."""

    text: str
    own: tuple[Citation, ...] = Field(description="cited in the line")
    held_by: tuple[Citation, ...] = Field(description="own, or those of the lines it leads or closes")
    is_question: bool = Field(default=False, description="the line over the answer to one of several questions")
    counts: frozenset[int] = Field(default=frozenset(), description="what the line may count: items, quotes, citations")


def read_lines(text: str, citations: Sequence[Citation]) -> list[Line]:
    """Cut an answer into lines, each with the citations that must hold it.

    A line with marks is held by the citations marked in it. A line without marks leads the marked lines that follow
    it, up to the next line without marks; where no marked line follows, it closes those before it. Lines without
    marks that stand together share the same citations; a table row without marks belongs to its table. The answer to
    each of several questions, under that question (**…：**), is read by itself.
    """
    if len(blocks := _BLOCK.split(text)) > 1:
        heads = [Line(text=one, own=(), held_by=(), is_question=True) for one in blocks[1::2]]
        parts = [read_lines(one, citations) for one in blocks[::2]]
        return [*parts[0], *(line for head, part in zip(heads, parts[1:], strict=True) for line in (head, *part))]
    by_number = {one.n: one for one in citations}
    rows = [row for row in text.splitlines() if row.strip() and not _RULE.match(row)]
    own = [tuple(by_number[int(mark)] for mark in MARK.findall(row) if int(mark) in by_number) for row in rows]
    runs = [
        (is_marked, list(group))
        for is_marked, group in groupby(range(len(rows)), key=lambda at: bool(own[at]) or _is_table_row(rows, at))
    ]
    lines: list[Line] = []
    for nth, (is_marked, group) in enumerate(runs):
        near = group if is_marked else runs[nth + 1][1] if nth + 1 < len(runs) else runs[nth - 1][1] if nth else []
        after = group[-1] + 1 if is_marked else near[-1] + 1 if near else 0
        left_out = sum(parse_numeral(one) or 0 for one in _LEFT_OUT.findall("".join(rows[after : after + 1])))
        shared = tuple({one.n: one for at in near for one in own[at]}.values())
        for at in group:
            held_by = own[at] or shared
            quotes = len(QUOTED.findall(rows[at]))
            counts = frozenset({len(near), len(near) + left_out, len(held_by), quotes}) - {0}
            lines.append(Line(text=rows[at], own=own[at], held_by=held_by, counts=counts))
    return lines


def _is_table_row(rows: Sequence[str], at: int) -> bool:
    """A row under the table's head; one that cites nothing (| 高平市2024年 | 未规定 | |) is no lead either."""
    return rows[at].startswith("|") and at > 0 and rows[at - 1].startswith("|")


def is_of(claim: Claim, citation: Citation) -> bool:
    """Tell whether a citation is of the place and year that a claim names."""
    if claim.kind is ClaimKind.YEAR:
        return citation.year == claim.number
    named = citation.region or citation.notice
    return named == place_of(claim) and claim.number in (0, citation.year)


def place_of(claim: Claim) -> str:
    """The place without its year."""
    return claim.text.removesuffix(f"{claim.number}年") if claim.number else claim.text


def holds(citation: Citation, fact: Fact) -> bool:
    """Tell whether a quote says a fact: the same value, or the same words read as a fact."""
    return any(is_same(one, fact) for one in facts_of(citation.quote))


def is_same(one: Fact, other: Fact) -> bool:
    """Tell whether two facts say the same."""
    return one.text == other.text or (one.kind is other.kind and one.value == other.value)


def is_same_amount(one: Fact, other: Fact) -> bool:
    """Tell whether two facts have the same number of the same measure, however it is limited."""
    measures = {(fact.measure or "").split("/")[0] for fact in (one, other)}
    return one.number is not None and one.number == other.number and len(measures) == 1


def says_of(quote: str, unit: str, fact: Fact) -> bool:
    """Tell whether a quote says a fact of a unit: in one part between commas, or that part names no unit at all."""
    for sentence in re.split("[。；]", quote):
        for clause in sentence.split("，"):
            facts = read_facts(clause)
            if any(is_same(one, fact) for one in facts):
                names_another = any(one.kind is FactKind.UNIT for one in facts)
                if unit in clause or (not names_another and unit in sentence):
                    return True
    return False


def only_units(quote: str) -> list[str]:
    """The units that a quote's brackets charge alone (独自负责), a bracket each."""
    brackets = (only_unit(quote[start:end]) for start, end in find_brackets(quote))
    return [one for one in brackets if one]


def leaders(quote: str) -> set[str]:
    """The units that a quote says lead (牵头): of its brackets, and those right before the word."""
    found = {name for start, end in find_brackets(quote) for name in read_bracket(quote[start + 1 : end - 1])[1]}
    for match in _LEADERS.finditer(quote):
        named = match[1].rpartition("由")[2]
        found.update(re.split("、", named))
    return found
