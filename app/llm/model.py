"""What passes between the steps of an answer written by an LLM (模型整理)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal, Protocol

from pydantic import Field

from app.model import Answer, Citation
from corpus.model import Frozen


class Message(Frozen):
    """One message to the model."""

    role: Literal["system", "user", "assistant"]
    content: str


class Material(Frozen):
    """A passage given to the model (材料): a whole unit, known to it by a short number."""

    n: int = Field(ge=1, description="what the model is to write as [n]")
    citation: Citation = Field(description="the clause with its place and year; the quote is the whole clause")
    own: bool = Field(description="of the place and year asked for, not of a level above or an older year")


class Spent(Frozen):
    """What a call cost."""

    prompt_tokens: int = Field(default=0, ge=0)
    completion_tokens: int = Field(default=0, ge=0)
    estimated: bool = Field(default=True, description="counted by us, the endpoint said nothing")
    first_token_ms: float | None = Field(default=None, description="from the call to its first piece of text")


class LanguageModel(Protocol):
    """An endpoint that writes text."""

    @property
    def name(self) -> str:
        """The model's name, as shown on its answers."""
        ...

    @property
    def context(self) -> int:
        """Tokens that prompt and answer may take together."""
        ...

    @property
    def limit(self) -> int:
        """Most tokens of an answer."""
        ...

    def stream(self, messages: Sequence[Message], limit: int) -> Iterator[str]:
        """Write an answer piece by piece; closing the iterator ends the call.

        Args:
            messages: the prompt.
            limit: most tokens of the answer.

        Raises:
            EndpointError: the endpoint cannot be reached, is too slow, refuses, or answers with garbage.
        """
        ...

    def spent(self) -> Spent:
        """What the last call that ran to its end in this thread cost."""
        ...


class Struck(Frozen):
    """A sentence of the model's that is not shown as an answer (已划去)."""

    text: str
    reasons: tuple[str, ...] = Field(min_length=1, description="Chinese, one for each fault")


class Written(Frozen):
    """What the model added to an answer, for the page, the command line and the reports; no part of the contract."""

    model: str = Field(default="", description="name of the model that was asked; empty when none was")
    struck: tuple[Struck, ...] = Field(default=(), description="of the first attempt and of the repair")
    sentences: int = Field(default=0, ge=0, description="judged in all attempts, without lead-ins")
    marked: int = Field(default=0, ge=0, description="sentences whose mark the check found, of the answer that stands")
    repaired: bool = Field(default=False, description="the repair was asked for")
    fallback: str = Field(default="", description="one Chinese line: why the extractive answer stands instead")
    dropped: int = Field(default=0, ge=0, description="passages that the context size left no room for")
    understood: str = Field(default="", description="the question as it was taken (理解为), when that differs")
    spent: tuple[Spent, ...] = Field(default=(), description="of each call")

    @property
    def closing(self) -> str:
        """The line that ends an extractive answer which stands instead of the model's; empty when it does not."""
        return f"（{self.fallback}，以上为原文摘录。）" if self.fallback else ""


class Judged(Frozen):
    """A sentence of the model's with what the check says of it."""

    text: str = Field(description="without marks")
    marks: tuple[int, ...] = Field(default=(), description="numbers of the materials it cites")
    layout: bool = Field(default=False, description="a lead-in or a table's head, which states nothing")
    marked_by_check: bool = Field(default=False, description="it had no mark: the check found the one that holds it")
    opens_line: bool = Field(default=False, description="it begins a line of the model's text")
    reasons: tuple[str, ...] = Field(default=(), description="why it is struck, in Chinese; empty when it is held")


class Extracted(Frozen):
    """The extractive answer, which stands unless the model's passes."""

    answer: Answer


class Writing(Frozen):
    """How far the model has come: its whole sentences, each checked, and the one that it is at, which is not."""

    judged: tuple[Judged, ...] = ()
    tail: str = Field(default="", description="not checked yet")
    repairing: bool = Field(default=False, description="this is the second attempt")


class Done(Frozen):
    """The answer that stands."""

    answer: Answer
    written: Written


Event = Extracted | Writing | Done
