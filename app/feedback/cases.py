"""Verdicts as cases of the evaluation: what was useful is a case as it stands, all else is to be completed by hand."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Sequence

from pydantic import Field

from app.feedback.model import Feedback, Verdict, latest
from app.model import Role, Status, Turn
from corpus.model import Frozen

_TYPE = "feedback"


class Evidence(Frozen):
    """Words of a notice that an answer needs."""

    notice: str
    quote: str


class Given(Frozen):
    """What was answered; for whoever completes a case, and no evidence of anything."""

    status: Status
    text: str
    citations: tuple[Evidence, ...]


class FeedbackCase(Frozen):
    """A line of a case file; the evaluation passes over the keys after must_not_include."""

    id: str
    type: str = _TYPE
    question: str
    history: tuple[Turn, ...] = ()
    answerable: bool
    status: Status | None = Field(default=None, description="the exact status; None while a case is incomplete")
    evidence: tuple[tuple[Evidence, ...], ...] = ()
    must_include: tuple[tuple[str, ...], ...] = ()
    must_not_include: tuple[str, ...] = ()
    todo: bool = Field(description="to be completed by hand before anything is scored by it")
    verdict: Verdict
    comment: str
    typed: str = Field(description="the question as typed, without the place and year set beside it")
    role: Role | None
    corrected: tuple[str, ...] = Field(description="what the asker had set right in the reading")
    given: Given | None = Field(description="what was answered, where that is in doubt")
    index: str


def cases_of(kept: Sequence[Feedback], verdicts: Collection[Verdict]) -> tuple[FeedbackCase, ...]:
    """Make cases of verdicts, one for each question and answer.

    A useful answer's citations become evidence. A wrong answer's never do: its case has none, and is marked todo; so
    is one of an answer that others found wrong, which is among the cases only when the others' verdicts are wanted, and
    one of a question whose reading was set right, which a case cannot say.

    Args:
        kept: all verdicts, oldest first.
        verdicts: which of them are wanted.
    """
    answers: dict[str, list[Feedback]] = {}
    for one in latest(tuple(kept)):
        answers.setdefault(_identity(one), []).append(one)
    made = []
    for identity, judged in answers.items():
        doubted = [one for one in judged if one.verdict is not Verdict.USEFUL]
        chosen = (doubted or judged)[-1]
        if any(one.verdict in verdicts for one in (doubted or judged)):
            comment = "\n".join(one.comment for one in judged if one.comment)
            made.append(_case(identity, chosen, bool(doubted or chosen.corrected), comment))
    return tuple(made)


def write_cases(cases: Sequence[FeedbackCase]) -> str:
    """Write cases as JSON lines."""
    return "".join(case.model_dump_json() + "\n" for case in cases)


def _identity(one: Feedback) -> str:
    """The same question, asked in the same way, with the same answer."""
    kept = one.model_dump_json(
        include={"question", "region", "year", "role", "corrected", "history", "text", "citations"}
    )
    return f"{_TYPE}-{hashlib.sha256(kept.encode()).hexdigest()[:12]}"


def _case(identity: str, one: Feedback, incomplete: bool, comment: str) -> FeedbackCase:
    cited = tuple(dict.fromkeys(Evidence(notice=each.notice, quote=each.quote) for each in one.citations))
    answered = one.status is Status.ANSWERED
    return FeedbackCase(
        id=identity,
        question=_asked(one),
        history=one.history,
        answerable=incomplete or answered,
        status=None if incomplete else one.status,
        evidence=tuple((each,) for each in cited) if answered and not incomplete else (),
        todo=incomplete,
        verdict=one.verdict,
        comment=comment,
        typed=one.question,
        role=one.role,
        corrected=one.corrected,
        given=Given(status=one.status, text=one.text, citations=cited) if incomplete else None,
        index=one.index,
    )


def _asked(one: Feedback) -> str:
    """The question with the place and year that were set beside it, which a case has no keys for."""
    year = f"{one.year}年" if one.year else ""
    set_beside = "".join(word for word in (one.region or "", year) if word and word not in one.question)
    return f"{set_beside}：{one.question}" if set_beside else one.question
