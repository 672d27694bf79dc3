"""The key (密钥) is no part of an answer: where a model repeats it, it is taken out."""

from __future__ import annotations

_GONE = "***"
#: Shorter ones, such as EMPTY or ollama, are no secrets, and may be words of an answer.
_SHORTEST = 12


class Keyless:
    """Takes a key out of a text that comes in pieces, wherever these are cut."""

    def __init__(self, key: str) -> None:
        self._key = key if len(key) >= _SHORTEST else ""
        self._rest = ""

    def feed(self, piece: str) -> str:
        """Take a piece of the text, and return what is known not to be the beginning of the key."""
        text = (self._rest + piece).replace(self._key, _GONE) if self._key else piece
        begun = max((size for size in range(len(self._key)) if text.endswith(self._key[:size])), default=0)
        self._rest = text[len(text) - begun :]
        return text[: len(text) - begun]

    def end(self) -> str:
        """The text has ended: return what was kept."""
        rest, self._rest = self._rest, ""
        return rest
