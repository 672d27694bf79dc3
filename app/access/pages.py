"""Pages (页面): each open page is its first user's, and no user takes all there is."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import OrderedDict
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

from corpus.errors import AccessError

#: Gradio holds the state of 10,000 pages; of those that still have one, none is to be free for another user.
KEPT, KEPT_FOR_USER = 20_000, 1000
#: At a time, for each user: requests in work, those that wait for their turn, open event streams (two a page).
WORKING, WAITING, STREAMS = 8, 64, 100


class CrowdedError(AccessError):
    """A user asks for more at a time than is his share."""

    def __init__(self) -> None:
        super().__init__("您同时打开的页面或未答完的问题太多；请关掉几个，或稍候再试")


class PageOwners:
    """Which user has which page: the first seen with its session hash, which others may guess or see.

    A page that was closed stays his: Gradio keeps what it held for another hour. What one user opens pushes out pages
    of his own, so that nobody makes another's page free.
    """

    def __init__(self, kept: int = KEPT, kept_for_user: int = KEPT_FOR_USER) -> None:
        """Begin with no page.

        Args:
            kept: how many pages are remembered.
            kept_for_user: and how many of one user.
        """
        self._kept, self._kept_for_user = kept, kept_for_user
        self._owners: OrderedDict[str, str] = OrderedDict()
        self._own: dict[str, OrderedDict[str, None]] = {}
        self._lock = threading.Lock()

    def is_of(self, page: str, user: str) -> bool:
        """Whether a page is a user's; one that nobody had becomes his."""
        with self._lock:
            if self._owners.setdefault(page, user) != user:
                return False
            own = self._own.setdefault(user, OrderedDict())
            own[page] = None
            own.move_to_end(page)
            self._owners.move_to_end(page)
            if len(own) > self._kept_for_user:
                self._forget(next(iter(own)))
            if len(self._owners) > self._kept:
                self._forget(next(iter(self._owners)))
            return True

    def _forget(self, page: str) -> None:
        user = self._owners.pop(page)
        del self._own[user][page]
        if not self._own[user]:
            del self._own[user]

    def __len__(self) -> int:
        return len(self._owners)


@dataclass
class _Share:
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(WORKING))
    asked: int = 0
    streams: int = 0


class Shares:
    """What each user takes at a time; of one event loop."""

    def __init__(self) -> None:
        self._shares: dict[str, _Share] = {}

    @contextlib.asynccontextmanager
    async def working(self, user: str) -> AsyncIterator[None]:
        """Wait for one's turn, and have it until the block ends.

        Raises:
            CrowdedError: too many wait already.
        """
        share = self._shares.setdefault(user, _Share())
        if share.asked >= WORKING + WAITING:
            raise CrowdedError
        share.asked += 1
        try:
            async with share.turns:
                yield
        finally:
            share.asked -= 1
            self._tidy(user)

    @contextlib.contextmanager
    def streaming(self, user: str) -> Iterator[None]:
        """Have an event stream until the block ends.

        Raises:
            CrowdedError: too many are open already.
        """
        share = self._shares.setdefault(user, _Share())
        if share.streams >= STREAMS:
            raise CrowdedError
        share.streams += 1
        try:
            yield
        finally:
            share.streams -= 1
            self._tidy(user)

    def _tidy(self, user: str) -> None:
        share = self._shares[user]
        if not (share.asked or share.streams):
            del self._shares[user]

    def __len__(self) -> int:
        return len(self._shares)
