"""Let a model put a question otherwise (换一种问法) that the notices seem silent on, or that is in strange words.

The model's wording is only searched with. It must ask the same thing: same places, years, numbers, kind, and every word
that the notices know; only words that they do not know may be replaced. What comes back is judged as any question is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from app.llm.guard import unusable
from app.llm.model import LanguageModel, Message, Spent
from app.llm.plain import plain
from app.llm.prompt import condense_messages, query_messages, says_not_stipulated
from app.model import Inquiry
from corpus.clean import clean_text
from corpus.errors import EndpointError, SettingsError
from retrieval.model import Found, Reading

_LONGEST = 100
_TOKENS = 160
_MOST = 3
_HEAD = re.compile(r"^(?:[-*•]|\d{1,2}[.、．)]|（\d{1,2}）|查询[:：]|问题[:：]|独立问题[:：])\s*")
_FIGURES = re.compile(r"\d+(?:\.\d+)?")
#: Of the pairs of characters of a condensed question, so many must stand in the conversation.
_LEAST_SAID = 0.7

Search = Callable[[str], Found]


class Rescue:
    """Asks a model for other wordings of one question, and counts what that costs."""

    def __init__(self, model: LanguageModel) -> None:
        self._model = model
        self.spent: list[Spent] = []

    def wordings(self, found: Found, inquiry: Inquiry, search: Search) -> Iterator[str]:
        """Yield other wordings that ask the same, likeliest first; none when the model is of no use.

        Args:
            found: what the search found for the question as it was understood.
            inquiry: the question as typed, with its history.
            search: reads and searches a wording in the scope of the inquiry.
        """
        context, asked = self._model.context, found.reading
        if inquiry.history:
            for line in self._lines(lambda: condense_messages(inquiry.question, inquiry.history, context, _TOKENS)):
                if _is_said(line, inquiry):
                    yield line
                    break
        # Of a question of which no word is known, nothing tells whether another wording asks the same.
        if not asked.unknown or not asked.concepts:
            return
        for line in self._lines(lambda: query_messages(asked.question, context, _TOKENS)):
            if asks_the_same(asked, search(line).reading):
                yield line

    def _lines(self, ask: Callable[[], Sequence[Message]]) -> list[str]:
        """The lines of a short answer, less their list marks; empty when it is none, or there is no room to ask."""
        try:
            messages = ask()
            text = plain("".join(self._model.stream(messages, _TOKENS)))
        except (EndpointError, SettingsError):
            return []
        self.spent.append(self._model.spent())
        if unusable(text, messages[0].content):
            return []
        lines = [_HEAD.sub("", line.strip()).strip(' “”"') for line in text.splitlines()]
        return [line for line in lines if 2 <= len(line) <= _LONGEST and not says_not_stipulated(line)][:_MOST]


def is_unclear(reading: Reading) -> bool:
    """Tell whether the words that no notice knows weigh more than those that they know.

    Args:
        reading: the question as it was understood.
    """
    return reading.unknown_weight > sum(one.weight for one in reading.concepts)


def asks_the_same(asked: Reading, other: Reading) -> bool:
    """Tell whether another wording asks the same thing, as far as the notices know its words.

    Args:
        asked: the question as it was understood.
        other: the reading of the other wording.
    """
    scope = ("places", "relative_place", "years", "notices", "missing_notices", "clause", "kind")
    if any(getattr(asked, name) != getattr(other, name) for name in scope):
        return False
    if set(_FIGURES.findall(other.text)) != set(_FIGURES.findall(asked.text)):
        return False
    return all(concept.met_by(other.text) for concept in asked.concepts)


def _is_said(line: str, inquiry: Inquiry) -> bool:
    """A condensed question holds no figure and few words that the conversation has not."""
    turns = [turn.content for turn in inquiry.history if turn.role == "user"]
    said, text = clean_text(" ".join([*turns, inquiry.question])), clean_text(line)
    if not set(_FIGURES.findall(text)) <= set(_FIGURES.findall(said)):
        return False
    pairs = [text[at : at + 2] for at in range(len(text) - 1)]
    return bool(pairs) and sum(pair in said for pair in pairs) / len(pairs) >= _LEAST_SAID
