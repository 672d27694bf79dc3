"""What a reasoning model thinks (思考) before it answers is no part of its answer: <think>…</think> is taken out."""

from __future__ import annotations

_OPEN, _CLOSE = "<think>", "</think>"


class Thoughts:
    """Takes the thoughts out of a text that comes in pieces, wherever these are cut."""

    def __init__(self, *, begins_inside: bool = False) -> None:
        """Start.

        Args:
            begins_inside: the model is known to think before it answers without saying that it begins to; then
                nothing is an answer until the thoughts end, or all is, if they never do.
        """
        self.any = False
        #: The thoughts ended without having begun: what came before them was taken for the answer, or held back.
        self.unopened = False
        self._inside = False
        self._held_back: list[str] | None = [] if begins_inside else None
        self._rest = ""

    def feed(self, piece: str) -> str:
        """Take a piece of the text.

        Returns:
            What is now known to belong to the answer.
        """
        self._rest += piece
        answer: list[str] = []
        while (cut := self._next_tag()) is not None:
            start, tag = cut
            if not self._inside:
                answer.append(self._rest[:start])
            unopened = tag == _CLOSE and not self._inside
            if self._held_back is not None:
                answer, self._held_back = [] if unopened else [*self._held_back, *answer], None
            self.unopened = self.unopened or unopened
            self._inside, self.any = tag == _OPEN, True
            self._rest = self._rest[start + len(tag) :]
        whole = len(self._rest) - _begun(self._rest)
        if not self._inside:
            answer.append(self._rest[:whole])
        self._rest = self._rest[whole:]
        return self._given("".join(answer))

    def end(self) -> str:
        """The text has ended.

        Returns:
            What was kept in case it was part of a tag, or of thoughts that then never ended.
        """
        rest, self._rest = "" if self._inside else self._rest, ""
        held, self._held_back = "".join(self._held_back or ()), None
        return held + rest

    def _next_tag(self) -> tuple[int, str] | None:
        found = [(self._rest.find(tag), tag) for tag in (_OPEN, _CLOSE)]
        return min(((start, tag) for start, tag in found if start >= 0), default=None)

    def _given(self, answer: str) -> str:
        if self._held_back is None:
            return answer
        self._held_back.append(answer)
        return ""


def _begun(text: str) -> int:
    """How many characters at the end may be the beginning of a tag."""
    beginnings = {tag[:size] for tag in (_OPEN, _CLOSE) for size in range(len(tag))}
    return max(len(one) for one in beginnings if text.endswith(one))
