"""The citation check (引用核对): a pure function that finds what an answer says without support; it fails closed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.compose import Draft
from app.model import Citation, Status
from corpus.model import Document, Unit

_MARK = re.compile(r"\[(\d{1,3})\]")
_QUOTED = re.compile(r"「([^「」]*)」")
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_SHORTEST_QUOTE = 2


def check(
    draft: Draft, question: str, units: Mapping[tuple[str, str], Sequence[Unit]], documents: Mapping[str, Document]
) -> list[str]:
    """Check every citation and every quoted or numeric statement of an answer.

    Args:
        draft: the answer.
        question: as asked; its own words and numbers may be repeated.
        units: units by (文号, label).
        documents: documents by 文号.

    Returns:
        One Chinese line for each fault; empty when the answer may be shown.
    """
    faults = [fault for citation in draft.citations for fault in _citation_faults(citation, units, documents)]
    faults += _mark_faults(draft)
    faults += _text_faults(draft, question)
    return faults


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
    marks = {int(mark) for mark in _MARK.findall(draft.text)}
    faults = [f"标记[{mark}]没有对应的引用" for mark in sorted(marks - set(numbers))]
    faults += [f"引用[{n}]没有在答案中出现" for n in sorted(set(numbers) - marks)]
    if numbers != list(range(1, len(numbers) + 1)):
        faults.append("引用编号不连续")
    if draft.status is Status.ANSWERED and not numbers:
        faults.append("答案没有任何引用")
    return faults


def _text_faults(draft: Draft, question: str) -> list[str]:
    """Words in 「」 are verbatim; numbers outside them are of the cited clauses, their names, or the question."""
    clauses = [citation.clause_text for citation in draft.citations]
    sources = "\n".join(
        [question, *clauses, *(f"{one.notice} {one.label} {one.heading} {one.year}" for one in draft.citations)]
    )
    faults = []
    for quoted in _QUOTED.findall(draft.text):
        plain = quoted.replace("\\|", "|")
        if not any(plain in clause for clause in clauses):
            faults.append(f"「{plain[:20]}…」不是任何所引条款的原文")
    unquoted = _MARK.sub("", _QUOTED.sub("", draft.text))
    known = set(_NUMBER.findall(sources))
    faults += [f"数字{number}没有出处" for number in dict.fromkeys(_NUMBER.findall(unquoted)) if number not in known]
    return faults
