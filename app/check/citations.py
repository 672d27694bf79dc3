"""The citation check (引用核对): a pure function that finds what an answer says without support; it fails closed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.check.claims import MARK
from app.check.evidence import Asked
from app.check.faithful import unfaithful
from app.model import Citation, Draft, Status, clause_name, place_and_year
from corpus.model import Document, Unit

#: The places that a bullet or a table row begins with.
_PLACE = re.compile(r"(?:- \*\*([^*]+)\*\*：|\| ([^|]+) \| (?:未规定。相关条款：)?「)")
_SHORTEST_QUOTE = 2


def check(
    draft: Draft, asked: Asked, units: Mapping[tuple[str, str], Sequence[Unit]], documents: Mapping[str, Document]
) -> list[str]:
    """Check every citation of an answer, and every word of it against its citations.

    Args:
        draft: the answer.
        asked: the question and its scope; see app.check.evidence.
        units: units by (文号, label).
        documents: documents by 文号.

    Returns:
        One Chinese line for each fault; empty when the answer may be shown.
    """
    faults = [fault for citation in draft.citations for fault in _citation_faults(citation, units, documents)]
    faults += _mark_faults(draft)
    faults += [fault for line in draft.text.splitlines() for fault in _line_faults(line, draft.citations)]
    return [*faults, *unfaithful(draft.text, draft.citations, asked, documents)]


def _citation_faults(
    citation: Citation, units: Mapping[tuple[str, str], Sequence[Unit]], documents: Mapping[str, Document]
) -> list[str]:
    """文号 and label exist, the clause is that clause, the quote is verbatim in it, place and year are right."""
    document = documents.get(citation.notice)
    if document is None:
        return [f"引用[{citation.n}]的文号{citation.notice}不存在"]
    same = units.get((citation.notice, citation.label), ())
    if not same:
        return [f"引用[{citation.n}]的条款{citation.label}在{citation.notice}中不存在"]
    faults: list[str] = []
    unit = next((one for one in same if one.text == citation.clause_text), None)
    if unit is None:
        faults.append(f"引用[{citation.n}]的条款全文与原文不符")
    if len(citation.quote) < _SHORTEST_QUOTE or citation.quote not in citation.clause_text:
        faults.append(f"引用[{citation.n}]的引文不是条款原文")
    if unit is not None and (citation.heading != unit.heading or citation.source != unit.source):
        faults.append(f"引用[{citation.n}]的条标题或出处位置不符")
    if (citation.region, citation.year) != (document.region, document.year):
        faults.append(f"引用[{citation.n}]的地区或年份与文件不符")
    return faults


def _mark_faults(draft: Draft) -> list[str]:
    """Marks and citations belong together one to one, numbered from 1."""
    numbers = [citation.n for citation in draft.citations]
    marks = {int(mark) for mark in MARK.findall(draft.text)}
    faults = [f"标记[{mark}]没有对应的引用" for mark in sorted(marks - set(numbers))]
    faults += [f"引用[{n}]没有在答案中出现" for n in sorted(set(numbers) - marks)]
    if numbers != list(range(1, len(numbers) + 1)):
        faults.append("引用编号不连续")
    if draft.status is Status.ANSWERED and not numbers:
        faults.append("答案没有任何引用")
    return faults


def _line_faults(line: str, citations: Sequence[Citation]) -> list[str]:
    """Before each mark stands the clause it cites; the places at the head of a line are those of its citations."""
    by_number = {one.n: one for one in citations}
    faults: list[str] = []
    for match in MARK.finditer(line):
        cited = by_number.get(int(match[1]))
        if cited is not None and not line[: match.start()].endswith(
            clause_name(cited.notice, cited.label, cited.heading)
        ):
            faults.append(f"标记[{cited.n}]前写的文号或条款与引用不符")
    marked = [by_number[int(mark)] for mark in MARK.findall(line) if int(mark) in by_number]
    if place := _PLACE.match(line):
        said = set((place[1] or place[2]).split("、"))
        if said != {place_and_year(one.region, one.notice, one.year) for one in marked}:
            faults.append(f"“{place[1] or place[2]}”与这一行引用的地区或年份不符")
    return faults
