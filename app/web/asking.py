"""Asking (提问): the steps of an answer, taken in a thread of its own so that the page can stop waiting at any time."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncGenerator, Callable, Generator, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Protocol, TypeVar

from app.desk import Desk
from app.llm.hangup import HangUp, closable
from app.llm.model import Done, Event, Extracted, LanguageModel, Writing, Written
from app.model import Answer, Inquiry, Overview, Provision
from app.web.conversation import Held
from corpus.errors import AnwenError

_EXTRACTING = threading.Semaphore(2)  # the embedding engine is slowed down by more threads than cores

T = TypeVar("T")
Opener = Callable[[], LanguageModel]


class Service(Protocol):
    """What the page asks of the program behind it."""

    @property
    def desk(self) -> Desk:
        """The parsed clauses, for the tabs beside the chat."""
        ...

    def ask(self, inquiry: Inquiry) -> Answer:
        """Answer a question, or raise an AnwenError whose message is shown to the user."""
        ...

    def write(self, inquiry: Inquiry, model: LanguageModel) -> Iterator[Event]:
        """Extract the answer, then have a model write over it; closing the iterator ends its call."""
        ...

    def overview(self) -> Overview:
        """Tell what the open index holds."""
        ...

    def provision(self, notice: str, label: str) -> Provision | None:
        """Find a cited unit with its document, or None when there is no such unit."""
        ...


@dataclass(frozen=True)
class Base:
    """The extractive answer, which stands unless a model's passes."""

    held: Held


@dataclass(frozen=True)
class Final:
    """The answer that stands."""

    held: Held
    written: Written


Step = Base | Writing | Final


def steps(service: Service, inquiry: Inquiry, opener: Opener | None) -> Generator[Step, None, None]:
    """Answer a question step by step.

    Args:
        service: the program.
        inquiry: the question.
        opener: opens the model that is to write; None for the excerpt alone.

    Yields:
        Final alone without a model; with one Base first, then Writing while it writes, and Final.

    Raises:
        AnwenError: the question, or the endpoint's settings, cannot be taken.
    """
    if opener is None:
        yield Final(_extracted(service, inquiry), Written())
        return
    try:
        model = opener()
    except AnwenError:
        yield Base(_extracted(service, inquiry))
        raise
    with contextlib.closing(closable(service.write(inquiry, model))) as events:
        with _EXTRACTING:
            first = next(events)
        for event in chain((first,), events):
            if isinstance(event, Extracted):
                yield Base(_held(service, event.answer))
            elif isinstance(event, Done):
                yield Final(_held(service, event.answer), event.written)
            else:
                yield event


async def in_thread(make: Callable[[], Iterator[T]], beat: float) -> AsyncGenerator[list[T], None]:
    """Run an iterator in a thread of its own; leaving this one hangs up on whatever it waits for.

    Args:
        make: makes the iterator.
        beat: seconds after which an empty list is yielded when nothing new came.

    Yields:
        What has come since the last time, in order.

    Raises:
        AnwenError: as the iterator. Any other error is written to the log by the thread, and the items end.
    """
    arrived: asyncio.Queue[tuple[T] | AnwenError | None] = asyncio.Queue()
    hangup = HangUp()
    run = partial(_run, make, hangup, partial(_put, asyncio.get_running_loop(), arrived))
    # A daemon, so that an endpoint that is silent does not keep the program from ending.
    threading.Thread(target=run, name="anwen-asking", daemon=True).start()
    try:
        while True:
            batch, ended = await _batch(arrived, beat)
            if batch or not ended:
                yield batch
            if isinstance(ended, AnwenError):
                raise ended
            if ended:
                return
    finally:
        hangup.now()


def _run(make: Callable[[], Iterator[T]], hangup: HangUp, put: Callable[[tuple[T] | AnwenError | None], None]) -> None:
    """Run the iterator, and say when it has ended."""
    try:
        with hangup.heeded(), contextlib.closing(closable(make())) as items:
            for item in items:
                if hangup.done:
                    break
                put((item,))
    except AnwenError as error:
        put(error)
    finally:
        put(None)


def _put(loop: asyncio.AbstractEventLoop, arrived: asyncio.Queue[T], item: T) -> None:
    with contextlib.suppress(RuntimeError):  # the server has ended
        loop.call_soon_threadsafe(arrived.put_nowait, item)


async def _batch(
    arrived: asyncio.Queue[tuple[T] | AnwenError | None], beat: float
) -> tuple[list[T], AnwenError | bool]:
    """All that is there, after waiting for the first of it; and whether that is the end, or what it ended with."""
    batch: list[T] = []
    try:
        arrival = await asyncio.wait_for(arrived.get(), beat)
    except TimeoutError:
        return batch, False
    while isinstance(arrival, tuple):
        batch.append(arrival[0])
        if arrived.empty():
            return batch, False
        arrival = arrived.get_nowait()
    return batch, arrival or True


def _extracted(service: Service, inquiry: Inquiry) -> Held:
    with _EXTRACTING:
        return _held(service, service.ask(inquiry))


def _held(service: Service, answer: Answer) -> Held:
    provisions = tuple(service.provision(one.notice, one.label) for one in answer.citations)
    return Held(answer, provisions)
