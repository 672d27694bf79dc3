"""Whether what a model writes answers the question (切题): true words of another matter are no answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.check.claims import facts_of
from app.check.paraphrase import unsupported
from app.llm.case import Case
from app.llm.model import Judged
from app.model import Citation
from corpus.model import FactKind
from retrieval.fuse import coverage
from retrieval.model import AskedKind

#: A sentence from a clause that the extractive answer does not rest on holds at least this share of the question's
#: words that the answer's own quotes hold.
_LEAST_SHARE = 0.6
_LEAST_SAID = 4
_EMPTY = re.compile("(?:19|20)\\d{2}年?|不得|必须|应当|可以|严禁|禁止|[^\u4e00-\u9fff\\d]")
_NAMES = {
    FactKind.FREQUENCY: "频次", FactKind.DEADLINE: "期限", FactKind.QUANTITY: "数量或标准",
    FactKind.UNIT: "责任单位",
}  # fmt: skip


def is_near(case: Case, sentence: str, cited: Sequence[Citation]) -> bool:
    """Tell whether a sentence is about what is asked.

    Args:
        case: the question with its extractive answer.
        sentence: what the model wrote.
        cited: the passages that it cites.
    """
    grounds = {(one.notice, one.label) for one in case.base.citations}
    if any((one.notice, one.label) in grounds for one in cited):
        return True
    return max(_covered(case, sentence, one) for one in cited) >= _LEAST_SHARE * max(
        (_covered(case, one.quote, one) for one in case.base.citations), default=0.0
    )


def says_nothing(sentence: str, cited: Sequence[Citation]) -> bool:
    """Tell whether a sentence is but a place, a year, a name of its clause, or a modal word.

    Args:
        sentence: what the model wrote.
        cited: the passages that it cites.
    """
    names = {name for one in cited for name in (one.region, one.notice, one.label, one.heading) if name}
    for name in sorted(names, key=len, reverse=True):
        sentence = sentence.replace(name, "")
    return len(_EMPTY.sub("", sentence)) < _LEAST_SAID


def _covered(case: Case, words: str, clause: Citation) -> float:
    return coverage(case.found.reading.concepts, words, clause.heading, words)[0]


def off_question(case: Case, judged: Sequence[Judged]) -> str:
    """Say in one Chinese line why sentences that are all held do not answer the question; empty when they do.

    Args:
        case: the question with its extractive answer.
        judged: what the model wrote.
    """
    stated = [one for one in judged if not one.layout]
    kind = case.found.reading.kind
    needed = FactKind.UNIT if kind is AskedKind.RESPONSIBILITY else kind.needed_fact
    due = stated and needed in _NAMES and _has(needed, [one.quote for one in case.base.citations])
    if due and needed and not _has(needed, [one.text for one in stated]):
        return f"模型的答复没有写出所问的{_NAMES[needed]}"
    if stated and not any(_rests_on(case, one) for one in stated):
        return "模型没有依据查到的原文作答"
    return ""


def _rests_on(case: Case, sentence: Judged) -> bool:
    """A sentence says what the extractive answer quotes of the clauses that it cites: one quote, or all of them."""
    clauses = {one.citation.clause_text for one in case.materials if one.n in sentence.marks}
    quotes = [narrowed(one) for one in case.base.citations if one.clause_text in clauses]
    ways = [[one] for one in quotes] + ([quotes] if len(quotes) > 1 else [])
    return any(not unsupported(sentence.text, way, case.asked, case.documents) for way in ways)


def narrowed(citation: Citation) -> Citation:
    """The citation as if its clause were the quote alone: a sentence must be held by what is shown for it."""
    return citation.model_copy(update={"clause_text": citation.quote})


def _has(kind: FactKind, texts: Sequence[str]) -> bool:
    return any(fact.kind is kind for text in texts for fact in facts_of(text))
