"""What the notices only mention (只是提到): a dangerous work named among others, or by its class, and no rule on it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from app.check.whole import is_said
from corpus.model import Document
from retrieval.actors import acts_in, is_work, only_lists
from retrieval.model import AskedKind, Concept, Evidence, Hit, Reading, Tier

# The share of the question's words from which on a work is what it is about.
_MAIN = 0.5
# Something else of the question that weighs this much, as a share, makes a sentence that has it more than a mention.
_BESIDE = 0.25
# A term this rare is one of safety (护栏, 有限空间), and no word of everyday.
_TERM = 3.0
_ORDER = {tier: nth for nth, tier in enumerate((Tier.OWN, Tier.ABOVE, Tier.OLDER))}


def asked_work(reading: Reading) -> Concept | None:
    """The dangerous work (有限空间作业, 动火) that a question is about, unless it asks who is in charge of it.

    Args:
        reading: the question.
    """
    return None if reading.kind is AskedKind.RESPONSIBILITY else _main_work(reading)


def is_of_safety(reading: Reading) -> bool:
    """Tell whether what a question turns on is a term of safety, be it in the notices asked or not.

    Args:
        reading: the question.
    """
    top = max(reading.concepts, key=lambda one: one.weight, default=None)
    return top is not None and top.term and top.weight >= _TERM and top.weight >= reading.unknown_weight * _BESIDE


def of_work(hits: Sequence[Hit], reading: Reading) -> list[Hit]:
    """Keep of the hits that may say who is in charge of a dangerous work those that speak of it, where any does.

    Args:
        hits: of one tier.
        reading: the question.
    """
    work = _main_work(reading)
    return [hit for hit in hits if work is not None and work.met_by(hit.text)] or list(hits)


def _main_work(reading: Reading) -> Concept | None:
    top = max(reading.concepts, key=lambda one: one.weight, default=None)
    if top is None or not is_work(top.surface):
        return None
    return top if top.weight >= _MAIN * sum(one.weight for one in reading.concepts) else None


def rules_on(work: Concept, sentence: str, reading: Reading) -> bool:
    """Tell whether a sentence sets something for a work, rather than mentioning it in passing.

    Args:
        work: what the question is about.
        sentence: of a notice.
        reading: the question; a sentence that has more of it than the work may answer it all the same.
    """
    total = sum(one.weight for one in reading.concepts)
    beside = [one for one in reading.concepts if one.term and one is not work and one.weight >= _BESIDE * total]
    same_act = acts_in(reading.text) & acts_in(sentence)
    if work.met_by(sentence) and (same_act or any(one.met_by(sentence) for one in beside)):
        return True
    return not only_lists(sentence, work.alternatives)


def mentions_of(work: Concept, hits: Sequence[Hit]) -> list[tuple[Hit, Evidence]]:
    """The sentences that mention a work: of the place asked for first, then of those above it, then of earlier years.

    Args:
        work: what the question is about.
        hits: what was found; a clause in scope that speaks of so rare a thing is among it.
    """
    found = [(hit, one) for hit in hits for one in hit.evidence if work.met_by(one.text)]
    return sorted(found, key=lambda pair: (_ORDER[pair[0].tier], pair[0].unit, pair[1].start))


def told_of_nothing(reading: Reading, documents: Iterable[Document]) -> str:
    """Say that the notices asked do not have the weightiest thing of a question; nothing where one has.

    Args:
        reading: the question.
        documents: those asked.
    """
    top = max(reading.concepts, key=lambda one: one.weight, default=None)
    if top is None or any(is_said(word, one) for one in documents for word in (*top.alternatives, top.surface)):
        return ""
    return f"所查的通知没有提到“{top.surface}”。"


def told_of(work: Concept, quotes: Sequence[str], wanted: str) -> tuple[str, str]:
    """Say that the notices set nothing for a work, and lead the quotes that mention it.

    Args:
        work: what the question is about.
        quotes: what mentions it, or its class; none when nothing does.
        wanted: what is asked for (内容, 办理要求).

    Returns:
        The first line of the answer, and the line before the quotes.
    """
    asked = f"“{work.surface}”"
    said = [word for word in work.alternatives if any(word in quote for quote in quotes)]
    named = "、".join(f"“{word}”" for word in said)
    head = f"通知未规定所问的{wanted}（涉及{asked}）。"
    nowhere = "" if said else f"所查的通知没有提到{asked}。"
    return head + nowhere, f"以下条款提到{named}，没有对{'它' if named == asked else asked}作出规定："
