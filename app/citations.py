"""The citation check (引用核对): a pure function that finds what an answer says without support; it fails closed."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from app.compose import Draft
from app.model import Citation, Status, clause_name, place_and_year
from corpus.model import Document, Unit

_MARK = re.compile(r"\[(\d{1,3})\]")
_QUOTED = re.compile(r"「([^「」]*)」")
_NUMBER = re.compile(r"\d+(?:\.\d+)?%?")
_PLACE = re.compile(r"(?:- \*\*([^*]+)\*\*：|\| ([^|]+年) \|)")
_LEADING = re.compile(r"牵头单位为([^「。]+)。「")
_STATED = re.compile(r"[^「]{2,60}年?规定的(?:频次|期限|数量或标准)：(.+)。$")
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
    faults += [fault for line in draft.text.splitlines() for fault in _line_faults(line, draft.citations)]
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


def _line_faults(line: str, citations: Sequence[Citation]) -> list[str]:
    """Each line agrees with the citations marked in it: names before marks, quotes, places and years, leading units."""
    by_number = {one.n: one for one in citations}
    faults: list[str] = []
    for match in _MARK.finditer(line):
        cited = by_number.get(int(match[1]))
        if cited is not None and not line[: match.start()].endswith(
            clause_name(cited.notice, cited.label, cited.heading)
        ):
            faults.append(f"标记[{cited.n}]前写的文号或条款与引用不符")
    marked = [by_number[int(mark)] for mark in _MARK.findall(line) if int(mark) in by_number]
    faults += [
        f"「{quote[:20]}…」不是这一行所引的原文" for quote in _QUOTED.findall(line) if not _quoted_by(quote, marked)
    ]
    if place := _PLACE.match(line):
        said = set((place[1] or place[2]).split("、"))
        if marked and said != {place_and_year(one.region, one.notice, one.year) for one in marked}:
            faults.append(f"“{place[1] or place[2]}”与这一行引用的地区或年份不符")
    if lead := _LEADING.search(line):
        faults += [
            f"牵头单位“{name}”不在所引原文中"
            for name in lead[1].split("、")
            if not any(name in one.quote for one in marked)
        ]
    if stated := _STATED.match(line):
        words = stated[1]
        if not any(words in one.quote for one in citations):
            faults.append(f"“{words}”不是所引原文的话")
    return faults


def _quoted_by(quote: str, marked: Sequence[Citation]) -> bool:
    plain = quote.replace("\\|", "|")
    return any(plain == one.quote for one in marked)
