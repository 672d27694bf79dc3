"""Weave the model's sentences and the extractive answer into one (成文): each mark leads to a verbatim quote."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from app.check.citations import check
from app.check.paraphrase import unsupported
from app.llm.case import Case
from app.llm.model import Judged
from app.llm.relevance import narrowed
from app.model import Citation, Draft, clause_name, place_and_year

_BASIS = "依据："
_MORE = "相关条款："
_ENDS = "。！？；"


def weave(case: Case, judged: Sequence[Judged]) -> Draft | None:
    """Put the model's sentences over the extractive answer, their marks leading to quotes.

    Args:
        case: the question with its extractive answer.
        judged: the model's sentences, all of them held.

    Returns:
        The draft; None when nothing is stated, or the whole does not pass the check once more.
    """
    stated = [one for one in judged if not one.layout]
    if not stated:
        return None
    citations = list(case.base.citations)
    whole = {one.n: one.citation for one in case.materials}
    prose = ""
    for one in judged:
        cited = tuple(dict.fromkeys(_cited(one.text, whole[n], citations, case) for n in one.marks))
        if not one.layout and unsupported(one.text, [narrowed(each) for each in cited], case.asked, case.documents):
            return None
        prose += ("\n\n" if one.opens_line and prose else "") + _with_marks(one, cited, case)
    basis = "\n\n".join([case.base.text, *_added(citations[len(case.base.citations) :])])
    draft = Draft(status=case.base.status, text=basis, citations=tuple(citations))
    if check(draft, case.asked, case.units, case.documents):
        return None
    return draft.model_copy(update={"text": f"{prose}\n\n{_BASIS}\n\n{basis}"})


def _cited(sentence: str, clause: Citation, citations: list[Citation], case: Case) -> Citation:
    """The citation that a sentence's mark leads to: one that is there if it holds the sentence, else a new one."""
    mine = [one for one in citations if (one.notice, one.label, one.clause_text) == _name(clause)]
    for one in mine:
        if not unsupported(sentence, [narrowed(one)], case.asked, case.documents):
            return one
    quote = next(
        (
            quote
            for quote in _quotes(sentence, clause, case)
            if not unsupported(sentence, [clause.model_copy(update={"clause_text": quote})], case.asked, case.documents)
        ),
        clause.clause_text,
    )
    same = next((one for one in mine if one.quote == quote), None)
    if same is None:
        same = clause.model_copy(update={"n": len(citations) + 1, "quote": quote})
        citations.append(same)
    return same


def _name(clause: Citation) -> tuple[str, str, str]:
    return clause.notice, clause.label, clause.clause_text


def _quotes(sentence: str, clause: Citation, case: Case) -> Iterator[str]:
    """Parts of a clause that may stand for a sentence: its sentences, the likest first, then runs of two and three."""
    unit = next(one for one in case.units[clause.notice, clause.label] if one.text == clause.clause_text)
    parts = unit.sentences
    pairs = {sentence[at : at + 2] for at in range(len(sentence) - 1)}

    def likeness(start: int, end: int) -> float:
        text = unit.text[parts[start].start : parts[end].end]
        return sum(pair in text for pair in pairs) / (len(text) + 20)

    for length in (1, 2, 3):
        runs = [(start, start + length - 1) for start in range(len(parts) - length + 1)]
        for start, end in sorted(runs, key=lambda run: -likeness(*run)):
            yield unit.text[parts[start].start : parts[end].end]


def _with_marks(one: Judged, cited: Sequence[Citation], case: Case) -> str:
    """The sentence with its marks before its last stop, and its place where more than one is in question."""
    if one.layout:
        return one.text
    body = one.text.rstrip(_ENDS)
    places = list(dict.fromkeys(place_and_year(each.region, each.notice, each.year) for each in cited))
    single = {each.citation.notice for each in case.materials if each.own}
    named = all(each.region and each.region in one.text for each in cited)
    own = case.found.scope.place_given and len(single) == 1 and all(each.notice in single for each in cited)
    tag = "" if named or own else f"（{'、'.join(places)}）"
    return f"{body}{tag}{''.join(f'[{each.n}]' for each in cited)}{one.text[len(body) :][:1] or '。'}"


def _added(citations: Sequence[Citation]) -> list[str]:
    """The quotes that the extractive answer had not."""
    if not citations:
        return []
    bullets = [
        f"- **{place_and_year(one.region, one.notice, one.year)}**：「{one.quote}」"
        f"——{clause_name(one.notice, one.label, one.heading)}[{one.n}]"
        for one in citations
    ]
    return [_MORE, "\n".join(bullets)]
