"""How many tokens a prompt takes (词元估算), estimated on the high side without any model's vocabulary."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.llm.model import Message

#: What a chat template puts around a message, and more.
_AROUND_MESSAGE = 8

_WHOLE = re.compile(r"[\u2010-\u2027\u3000-\u30ff\u4e00-\u9fff\uff00-\uffef]+")
_HALF = re.compile(r"[A-Za-z ]+")


def estimate_tokens(text: str) -> int:
    """Estimate, on the high side, how many tokens a model takes a text for.

    A prompt that turns out longer than the context is cut by the server without a word, often from the front, where
    the rules stand; one estimated too long loses its last passage at worst. So each Chinese character and each of its
    punctuation marks counts one token, a Latin letter or a space one half, and anything else as many as it has bytes
    in UTF-8, the most that a byte-level vocabulary can make of it. Qwen's vocabulary takes 0.58 tokens for a
    character over all units of the bundled notices, and 1.0 in the unit where it takes most.

    Returns:
        A count that is 0 for the empty text alone, and never falls when text is added.
    """
    rest, whole = _without(_WHOLE, text)
    rest, half = _without(_HALF, rest)
    return whole + (half + 1) // 2 + len(rest.encode("utf-8", "replace"))


def estimate_messages(messages: Sequence[Message]) -> int:
    """Estimate the tokens of a whole prompt, with what a chat template puts around each message."""
    return sum(estimate_tokens(one.content) + _AROUND_MESSAGE for one in messages)


def beginning(text: str, most: int) -> str:
    """The beginning of a text, whole when it takes no more than so many tokens, else as much as takes no more."""
    low, high = 0, len(text)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if estimate_tokens(text[:middle]) <= most else (low, middle - 1)
    return text[:low]


def _without(kind: re.Pattern[str], text: str) -> tuple[str, int]:
    """The text less the characters of a kind, and how many those are."""
    rest = kind.sub("", text)
    return rest, len(text) - len(rest)
