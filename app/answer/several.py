"""Several questions in one (安全费用提多少，灭火器几年一换，电工证谁考): each is answered by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from app.answer.parts import cut, read_parts, table
from app.check.claims import MARK
from app.model import Citation, Draft, Status
from retrieval.model import AskedKind, Concept, Reading

_MOST = 4
_MARK_OR_QUOTE = re.compile(rf"「[^「」]*」|{MARK.pattern}")
_WHOLE = (AskedKind.COMPARISON, AskedKind.METADATA, AskedKind.CLAUSE)


def own_questions(reading: Reading, read: Callable[[str], Reading]) -> tuple[str, ...]:
    """Cut a question into questions on different things.

    Args:
        reading: the question.
        read: reads a question.

    Returns:
        The questions; none when it is but one, or all its parts are on one thing.
    """
    pieces = cut(reading.text)
    if not 2 <= len(pieces) <= _MOST or reading.kind in _WHOLE or reading.clause or reading.override.kind:
        return ()
    asks = re.compile("|".join(table()["asks"]["words"]))
    subjects = [_subject(piece, read(piece)) for piece in pieces if asks.search(piece) and read_parts(piece)]
    named = [one for one in subjects if one is not None]
    words = [set(one.alternatives) for one in named]
    alike = any(one & other for at, one in enumerate(words) for other in words[:at])
    return () if len(named) < len(pieces) or alike else tuple(pieces)


def _subject(piece: str, reading: Reading) -> Concept | None:
    """The thing that a part begins with and turns on, when that is a subject of its own."""
    top = max(reading.concepts, key=lambda one: one.weight, default=None)
    of_it = re.compile("|".join(table()["of_it"]["words"]))
    if top is None or not top.term or of_it.fullmatch(top.surface) or reading.kind in _WHOLE:
        return None
    before = piece[: piece.find(top.surface)] if top.surface in piece else piece
    bare = re.sub("|".join(map(re.escape, (*reading.places, "年", "的", "县", "市"))), "", re.sub(r"\d", "", before))
    return top if len(bare) <= 2 else None


def joined_drafts(asked: Sequence[str], drafts: Sequence[Draft]) -> Draft:
    """Put the answers one after another, each under its question, the citations numbered through.

    Args:
        asked: the questions.
        drafts: their answers.
    """
    citations: list[Citation] = []
    blocks: list[str] = []
    for question, draft in zip(asked, drafts, strict=True):
        numbers = {one.n: _number(one, citations) for one in draft.citations}

        def renumbered(match: re.Match[str], numbers: dict[int, int] = numbers) -> str:
            return f"[{numbers[int(match[1])]}]" if match[1] and int(match[1]) in numbers else match[0]

        blocks.append(f"**{question}：**\n\n{_MARK_OR_QUOTE.sub(renumbered, draft.text)}")
    answered = any(draft.status is Status.ANSWERED for draft in drafts)
    return Draft(
        status=Status.ANSWERED if answered else Status.NOT_STIPULATED,
        text="\n\n".join(blocks),
        citations=tuple(citations),
        lists=tuple(one for draft in drafts for one in draft.lists),
    )


def _number(citation: Citation, citations: list[Citation]) -> int:
    """The number of a citation among all; one that is there already keeps its own."""
    for one in citations:
        if (one.notice, one.label, one.quote) == (citation.notice, citation.label, citation.quote):
            return one.n
    citations.append(citation.model_copy(update={"n": len(citations) + 1}))
    return len(citations)
