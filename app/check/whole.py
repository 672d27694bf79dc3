"""What an answer says of whole clauses and notices (只有一方有, 原文一致, 没有提到): held against them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from app.align.terms import essence, place_names, rules_of
from app.check.evidence import Line
from app.model import Citation, clause_name, place_and_year
from corpus.model import Document, Unit, UnitKind

_NAME = "([^、，。；：|「」“”]{2,40})"
_COUNTED = r"(?:（共(\d{1,4})句，列出(\d{1,2})句，其余见“对照”）)?"
_ONLY = re.compile(f"{_NAME}这一条有、{_NAME}的通知没有这样写的话{_COUNTED}：")
_HELD = re.compile(rf"(.+\[\d{{1,3}}\])里的话，{_NAME}的通知都有（标点、地名和机关名称不计）。")
_SAME = re.compile(r".+\[\d{1,3}\]与.+\[\d{1,3}\]的原文一致（标点、地名和机关名称不计）。")
_NAMES = "([^，。；：|「」“”]{2,120})"
_UNSAID = re.compile(f"{_NAMES}的通知没有提到“([^“”]{{2,20}})”；{_NAMES}的通知写过：")


def is_on_whole(text: str) -> bool:
    """Tell whether a line of an answer speaks of whole clauses or notices, which no quote alone can hold.

    Args:
        text: the line.
    """
    return any(one.fullmatch(text.strip()) for one in (_ONLY, _HELD, _SAME, _UNSAID))


def fault_on_whole(line: Line, documents: Iterable[Document]) -> str:
    """Hold such a line against the notices.

    Args:
        line: with the citations that lead or follow it.
        documents: the corpus.

    Returns:
        One Chinese line on what is wrong; empty when the notices bear it out.
    """
    held, text = _by_name(documents), line.text.strip()
    if match := _ONLY.fullmatch(text):
        return _only(match, line.held_by, held)
    if match := _HELD.fullmatch(text):
        return _all_held(match, line.own, held)
    if match := _UNSAID.fullmatch(text):
        return _unsaid(match, line.held_by, held)
    return _same(text, line.own, held)


def unheld(unit: Unit, mine: Document, others: Sequence[Document]) -> list[str]:
    """Find the rules of a clause that no part of other notices has word for word, names of places and organs aside.

    Args:
        unit: the clause.
        mine: its notice.
        others: the other notices.

    Returns:
        The rules verbatim, in order.
    """
    places = place_names(mine, *others)
    there = [_bare(one.text, places) for other in others for one in other.units]
    rules = [unit.text[start:end] for start, end in rules_of(unit)]
    return [rule for rule in rules if not any(_bare(rule, places) in text for text in there)]


def is_said(term: str, document: Document) -> bool:
    """Tell whether a notice has a term anywhere."""
    return any(term in unit.text or term in unit.heading for unit in document.units)


@lru_cache(maxsize=8192)
def _bare(text: str, places: tuple[str, ...]) -> str:
    return essence(text, places)


def _by_name(documents: Iterable[Document]) -> Mapping[str, list[Document]]:
    """Notices by how an answer names their place and year."""
    named: dict[str, list[Document]] = {}
    for one in documents:
        named.setdefault(place_and_year(one.region, one.notice, one.year), []).append(one)
    return named


def _name(citation: Citation) -> str:
    return place_and_year(citation.region, citation.notice, citation.year)


def _marked(citation: Citation) -> str:
    return f"{clause_name(citation.notice, citation.label, citation.heading)}[{citation.n}]"


def _unit_of(citation: Citation, held: Mapping[str, list[Document]]) -> tuple[Unit, Document] | None:
    for document in held.get(_name(citation), ()):
        for unit in document.units if document.notice == citation.notice else ():
            if unit.kind is UnitKind.CLAUSE and (unit.label, unit.text) == (citation.label, citation.clause_text):
                return unit, document
    return None


def _only(match: re.Match[str], cited: Sequence[Citation], held: Mapping[str, list[Document]]) -> str:
    """Each quote below is a rule of the one clause that the other side lacks, and their number is as told."""
    fault = f"“{match[1]}有、{match[2]}没有”与原文不符"
    found = _unit_of(cited[0], held) if cited else None
    others = held.get(match[2], [])
    if found is None or not others or len({(one.notice, one.label) for one in cited}) != 1:
        return fault
    lacking = unheld(*found, others)
    number, shown = (int(match[3]), int(match[4])) if match[3] else (len(cited), len(cited))
    right = all(one.quote in lacking and _name(one) == match[1] for one in cited)
    return "" if right and (number, shown) == (len(lacking), len(cited)) else fault


def _all_held(match: re.Match[str], cited: Sequence[Citation], held: Mapping[str, list[Document]]) -> str:
    """The one clause cited has no rule that the other side lacks."""
    found = _unit_of(cited[0], held) if [_marked(one) for one in cited] == [match[1]] else None
    others = held.get(match[2], [])
    return "" if found and others and not unheld(*found, others) else f"“{match[2]}的通知都有”与原文不符"


def _same(text: str, cited: Sequence[Citation], held: Mapping[str, list[Document]]) -> str:
    """The two clauses cited hold the same words."""
    fault = "所引各方的原文并不一致"
    found = [pair for one in cited if (pair := _unit_of(one, held))]
    if len({_name(one) for one in cited}) != 2 or len(found) != 2:
        return fault
    if not text.startswith("与".join(_marked(one) for one in cited)):
        return fault
    places = place_names(*(document for _, document in found))
    told = {"".join(_bare(unit.text[start:end], places) for start, end in rules_of(unit)) for unit, _ in found}
    return "" if len(told) == 1 else fault


def _unsaid(match: re.Match[str], cited: Sequence[Citation], held: Mapping[str, list[Document]]) -> str:
    """The notices named first have the term nowhere; each quote below has it and is of those named last."""
    term, silent, saying = match[2], match[1].split("、"), match[3].split("、")
    known = all(held.get(name) for name in silent)
    absent = known and not any(is_said(term, one) for name in silent for one in held[name])
    shown = bool(cited) and all(term in one.quote for one in cited) and {_name(one) for one in cited} == set(saying)
    return "" if absent and shown else f"“没有提到“{term}””与原文不符"
