"""The LLM endpoint (大模型接口): llama-index's OpenAILike, held to deadlines, failing with one Chinese line."""

from __future__ import annotations

import contextlib
import itertools
import threading
import time
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from app.llm.faults import Faults
from app.llm.model import LanguageModel, Message, Spent
from app.llm.secret import Keyless
from app.llm.thoughts import Thoughts
from app.llm.tokens import estimate_messages, estimate_tokens
from app.settings import LlmSettings
from corpus.errors import EndpointError, SettingsError

if TYPE_CHECKING:
    import httpx

    from app.llm.wire import Wire

#: Signs that have no place in a text, but for line breaks and tabs.
_UNPRINTED = {code: None for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


class _Way(Enum):
    """How an endpoint is asked; each is tried when the one before is refused."""

    COUNTED = "streamed, with the tokens counted at the end"
    STREAMED = "streamed"
    WHOLE = "in one piece"


@dataclass(frozen=True)
class _Part:
    """A piece of the answer as it came, with what came along."""

    text: str
    thought: bool
    finish: str | None
    usage: Any


class _OtherWayError(Exception):
    """The endpoint is to be asked another way."""

    def __init__(self, way: _Way) -> None:
        super().__init__(way.value)
        self.way = way


def open_model(settings: LlmSettings) -> LanguageModel:
    """Open an endpoint; nothing is sent before the first question.

    Args:
        settings: the section llm.

    Raises:
        SettingsError: no address is set.
    """
    if not settings.base_url:
        raise SettingsError("没有设置大模型接口；请设置 llm.base_url 和 llm.model，或环境变量 ANWEN_LLM__BASE_URL")
    return _Endpoint(settings)


class _Endpoint:
    """One endpoint for all threads; each call has a connection of its own."""

    def __init__(self, settings: LlmSettings) -> None:
        # Seconds of imports, to be spent before the first question.
        import llama_index.llms.openai_like  # noqa: F401
        import openai.resources  # noqa: F401

        self._settings = settings
        self._faults = Faults(settings)
        self._here = threading.local()
        # Learned from its answers: how it wants to be asked, and that its thoughts end without having begun.
        self._way = _Way.COUNTED
        self._thinks_first = False

    @property
    def name(self) -> str:
        return self._settings.model

    @property
    def context(self) -> int:
        return self._settings.context

    @property
    def limit(self) -> int:
        return self._settings.limit

    def spent(self) -> Spent:
        return getattr(self._here, "spent", Spent())

    def stream(self, messages: Sequence[Message], limit: int) -> Iterator[str]:
        start, first = time.monotonic(), None
        self._here.spent = Spent()
        thoughts, usage, written = Thoughts(begins_inside=self._thinks_first), None, list[str]()
        key = self._settings.api_key
        keyless = Keyless(key.get_secret_value() if key else "")
        with contextlib.closing(self._parts(messages, limit, start)) as parts:
            for part in itertools.chain(parts, (None,)):
                usage = (part and part.usage) or usage
                thoughts.any = thoughts.any or bool(part and part.thought)
                piece = (thoughts.feed(part.text) if part else thoughts.end()).translate(_UNPRINTED)
                piece = keyless.feed(piece) + ("" if part else keyless.end())
                # Until there is text, blanks are those between the thoughts and the answer.
                piece = piece if written else piece.lstrip()
                if piece:
                    if first is None:
                        first = time.monotonic() - start
                        self._here.spent = Spent(first_token_ms=round(first * 1000, 2))
                    written.append(piece)
                    yield piece
        self._thinks_first = self._thinks_first or thoughts.unopened
        if first is None:
            raise self._faults.empty(thoughts.any)
        self._here.spent = _spent(usage, messages, "".join(written), first)

    def _parts(self, messages: Sequence[Message], limit: int, start: float) -> Generator[_Part, None, None]:
        """The answer, asked for in the way that this endpoint takes."""
        way = self._way
        while True:
            try:
                with contextlib.closing(self._ask(way, messages, limit, start)) as parts:
                    yield from parts
            except _OtherWayError as other:
                way = other.way
            else:
                self._way = way
                return

    def _ask(self, way: _Way, messages: Sequence[Message], limit: int, start: float) -> Generator[_Part, None, None]:
        """One request over a connection of its own, that is closed however this ends."""
        from app.llm.wire import Wire, failures, open_client

        left = start + self._settings.longest - time.monotonic()
        if left <= 0:
            raise self._faults.too_long()
        # An answer in one piece says nothing until it has ended.
        patience = left if way is _Way.WHOLE else min(self._settings.timeout, left)
        wire = Wire(self._settings, limit, patience, start + self._settings.longest)
        finish, came, begun = None, False, False
        with open_client(wire) as client:
            try:
                for part in _call(self._settings, client, way, messages, limit):
                    came, begun, finish = True, begun or part.thought or bool(part.text), part.finish or finish
                    yield part
            except failures() as error:
                # Not "from error": a server may repeat the key, and a traceback would show it.
                raise self._understood(error, way, wire, begun, limit) from None
        if not came and way is not _Way.WHOLE and wire.head.lstrip().startswith(b"{"):
            raise _OtherWayError(_Way.WHOLE)
        if not came and not wire.done:
            raise self._faults.foreign(wire.head) if wire.head.strip() else self._faults.empty(False)
        if finish == "content_filter":
            raise self._faults.withheld()
        if not finish and not wire.done:
            raise self._faults.cut()

    def _understood(self, error: Exception, way: _Way, wire: Wire, begun: bool, limit: int) -> Exception:
        """What a failure of the libraries below means: an error of ours, or that it is to be tried another way."""
        import httpx
        import openai

        from app.llm.wire import TooLongError, TooMuchError

        if isinstance(error, openai.APIStatusError):
            return self._refused(error.status_code, error.body, way)
        root = error.__cause__ if isinstance(error, openai.APIConnectionError) and error.__cause__ else error
        slow = way is not _Way.WHOLE and wire.patience >= self._settings.timeout
        meanings: tuple[tuple[tuple[type[BaseException], ...], EndpointError], ...] = (
            ((TooMuchError,), self._faults.too_much(limit)),
            ((TooLongError,), self._faults.too_long()),
            ((httpx.ConnectError, httpx.ConnectTimeout), self._faults.unreachable()),
            ((httpx.TimeoutException,), self._faults.silent(begun) if slow else self._faults.too_long()),
            ((httpx.HTTPError,), self._faults.cut()),
            ((openai.APIError,), self._faults.failed(getattr(root, "body", None) or str(root))),
        )
        return next((said for kinds, said in meanings if isinstance(root, kinds)), self._faults.foreign(wire.head))

    def _refused(self, status: int, said: object, way: _Way) -> Exception:
        """An older server refuses a field that it does not know, or to stream at all."""
        if status in (400, 422) and way is _Way.COUNTED:
            return _OtherWayError(_Way.STREAMED)
        if status in (400, 422) and way is _Way.STREAMED and "stream" in str(said).lower():
            return _OtherWayError(_Way.WHOLE)
        return self._faults.refused(status, said)


def _call(
    settings: LlmSettings, client: httpx.Client, way: _Way, messages: Sequence[Message], limit: int
) -> Iterator[_Part]:
    """Ask the endpoint once, by llama-index."""
    from llama_index.core.llms import ChatMessage
    from llama_index.llms.openai_like import OpenAILike

    model = OpenAILike(
        model=settings.model,
        api_base=settings.base_url,
        api_key="-",  # the wire holds the key
        temperature=settings.temperature,
        context_window=settings.context,
        is_chat_model=True,
        max_retries=0,
        http_client=client,
    )
    asked = [ChatMessage(role=one.role, content=one.content) for one in messages]
    if way is _Way.WHOLE:
        answer = model.chat(asked, max_tokens=limit)
        yield _Part(
            answer.message.content or "", False, answer.raw.choices[0].finish_reason or "stop", answer.raw.usage
        )
        return
    counted = {"stream_options": {"include_usage": True}} if way is _Way.COUNTED else {}
    for piece in model.stream_chat(asked, max_tokens=limit, **counted):
        finish = piece.raw.choices[0].finish_reason if piece.raw.choices else None
        thought = bool(piece.additional_kwargs.get("thinking_delta"))
        yield _Part(piece.delta or "", thought, finish, piece.raw.usage)


def _spent(usage: Any, messages: Sequence[Message], written: str, first: float) -> Spent:
    """The endpoint's own count, where it is one; else ours."""
    counts = [getattr(usage, name, None) for name in ("prompt_tokens", "completion_tokens")]
    told = all(isinstance(count, int) and count >= 0 for count in counts) and any(counts)
    prompt, completion = counts if told else (estimate_messages(messages), estimate_tokens(written))
    return Spent(
        prompt_tokens=prompt,
        completion_tokens=completion,
        estimated=not told,
        first_token_ms=round(first * 1000, 1),
    )
