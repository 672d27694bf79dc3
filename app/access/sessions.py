"""Sessions (登录会话): random tokens, kept as hashes alone, that end by themselves."""

from __future__ import annotations

import hashlib
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

KEPT, KEPT_FOR_USER = 2000, 20

Clock = Callable[[], float]


@dataclass
class _Session:
    user: str
    stamp: str
    begun: float
    used: float


class LoginSessions:
    """The open sessions, the latest used last, and no more of them than a bound."""

    def __init__(self, idle_hours: float, longest_hours: float, clock: Clock) -> None:
        """Begin with nobody logged in.

        Args:
            idle_hours: a session ends when it was not used for so long.
            longest_hours: and so long after the login in any case.
            clock: the time in seconds.
        """
        self._idle, self._longest = idle_hours * 3600, longest_hours * 3600
        self._clock = clock
        self._kept: OrderedDict[bytes, _Session] = OrderedDict()
        self._lock = threading.Lock()

    def open(self, user: str, stamp: str) -> str:
        """Begin a session, and return its token, which is kept nowhere here.

        Args:
            user: the name.
            stamp: what must still hold of the user for the session to go on (his password's hash).
        """
        token, now = secrets.token_urlsafe(32), self._clock()
        with self._lock:
            own = [key for key, one in self._kept.items() if one.user == user]
            for key in own[: max(0, len(own) - KEPT_FOR_USER + 1)]:
                del self._kept[key]
            while len(self._kept) >= KEPT:
                self._kept.popitem(last=False)
            self._kept[_key(token)] = _Session(user, stamp, now, now)
        return token

    def find(self, token: str, use: bool = True) -> tuple[str, str] | None:
        """The user and stamp of a token; None when there is no such session any more.

        Args:
            token: as the browser sent it.
            use: whether this counts as use of the session.
        """
        key, now = _key(token), self._clock()
        with self._lock:
            session = self._kept.get(key)
            if session is None:
                return None
            # A clock set back ends it too: how long it was idle is no longer known.
            if not (0 <= now - session.used < self._idle and now - session.begun < self._longest):
                del self._kept[key]
                return None
            if use:
                session.used = now
                self._kept.move_to_end(key)
            return session.user, session.stamp

    def close(self, token: str) -> None:
        """End a session."""
        with self._lock:
            self._kept.pop(_key(token), None)

    def __len__(self) -> int:
        return len(self._kept)


def _key(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()
