"""A model whose answers a test writes: the LLM's side of the protocol, without HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from app.llm.model import Done, Message, Spent, Writing, Written
from app.model import Answer, Inquiry
from app.service import Service
from corpus.errors import EndpointError

Script = Callable[[Sequence[Message]], str]


class ScriptedModel:
    """Answers by a script, three characters a piece; remembers what it was asked."""

    def __init__(self, *script: str | Script | EndpointError, context: int = 8192) -> None:
        """Set what is answered.

        Args:
            script: the answer to each call in turn, the last one for all later calls; an error is raised.
            context: tokens of prompt and answer.
        """
        self.name, self.context, self.limit = "剧本", context, 600
        self.asked: list[Sequence[Message]] = []
        self.closed = 0
        self._script = script

    def stream(self, messages: Sequence[Message], limit: int) -> Iterator[str]:
        """Give the answer piece by piece; count calls that are ended early."""
        self.asked.append(messages)
        answer = self._script[min(len(self.asked), len(self._script)) - 1]
        if isinstance(answer, EndpointError):
            raise answer
        text = answer if isinstance(answer, str) else answer(messages)
        try:
            for at in range(0, len(text), 3):
                yield text[at : at + 3]
        except GeneratorExit:
            self.closed += 1
            raise

    def spent(self) -> Spent:
        """A made count."""
        return Spent(prompt_tokens=100, completion_tokens=10, estimated=False, first_token_ms=5.0)


def written(service: Service, model: ScriptedModel, inquiry: Inquiry) -> tuple[list[Writing], Answer, Written]:
    """Let a model write: what was to be seen while it did, the answer, and how it came about."""
    events = list(service.write(inquiry, model))
    done = events[-1]
    assert isinstance(done, Done)
    return [one for one in events if isinstance(one, Writing)], done.answer, done.written
