"""Hang up (停止): a thread that waits for the endpoint cannot be told to stop, so its connection is ended under it."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Generator, Iterator
from contextvars import ContextVar
from typing import TypeVar

T = TypeVar("T")
_here: ContextVar[HangUp | None] = ContextVar("hangup", default=None)


class HangUp:
    """Ends the calls of one thread, from another."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lines: list[socket.socket] = []
        self._done = False

    @property
    def done(self) -> bool:
        """Whether it was hung up."""
        return self._done

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """Have the calls that this thread makes in the block heed it."""
        token = _here.set(self)
        try:
            yield
        finally:
            _here.reset(token)

    def now(self) -> None:
        """End the call that is going on, and every later one as soon as it begins."""
        with self._lock:
            self._done = True
            lines, self._lines = self._lines, []
        for line in lines:
            _cut(line)

    def watch(self, line: socket.socket) -> None:
        """Take note of a connection."""
        with self._lock:
            if not self._done:
                self._lines.append(line)
                return
        _cut(line)


def watched(line: socket.socket) -> None:
    """Let a connection just made be ended by whoever may hang up on this thread."""
    if (hangup := _here.get()) is not None:
        hangup.watch(line)


def _cut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it has ended already
        # The plain socket's own shutdown: that of TLS would take its state from under the thread that reads.
        socket.socket.shutdown(line, socket.SHUT_RDWR)


def closable(items: Iterator[T]) -> Generator[T, None, None]:
    """An iterator as something that can be closed, which closes it too.

    Args:
        items: a model's pieces, or the steps of an answer.
    """
    try:
        yield from items
    finally:
        if isinstance(items, Generator):
            items.close()
