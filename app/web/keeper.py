"""What is kept for a page so that it is there again after a reload: the conversation and the chosen filters."""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from dataclasses import dataclass, field, replace
from typing import Any

from app.web.conversation import Conversation

KEPT_PAGES, KEPT_FOR_USER = 256, 32
#: The page's script makes it from 128 random bits; whoever knows it may read the conversation.
_TOKEN = re.compile(r"[0-9a-f]{32}")
_LONGEST_TEXT = 500


@dataclass(frozen=True)
class Kept:
    """What one page had."""

    talk: Conversation = field(default_factory=Conversation)
    #: Values of the filters by their key; see Keeper.keep_values.
    values: tuple[Any, ...] = ()


_NOTHING = Kept()


class Keeper:
    """The pages' memory, the latest used last, and no more of them than a bound; it ends with the program.

    What one user opens pushes out pages of his own.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[str, str], Kept] = OrderedDict()
        self._lock = threading.Lock()

    def recall(self, user: str | None, token: str) -> Kept:
        """What was kept for a page; nothing when it is not known.

        Args:
            user: who is logged in; a page is never given to another user.
            token: the page's own secret, from the browser.
        """
        with self._lock:
            return self._kept.get((user or "", token), _NOTHING)

    def keep_talk(self, user: str | None, token: str, talk: Conversation) -> None:
        """Keep a page's conversation."""
        self._keep(user, token, talk=talk)

    def keep_values(self, user: str | None, token: str, values: tuple[Any, ...]) -> None:
        """Keep the values of a page's filters, in the order of its components; long text is cut."""
        self._keep(user, token, values=tuple(one[:_LONGEST_TEXT] if isinstance(one, str) else one for one in values))

    def _keep(self, user: str | None, token: str, **changed: Any) -> None:
        if not _TOKEN.fullmatch(token or ""):
            return
        key = (user or "", token)
        with self._lock:
            self._kept[key] = replace(self._kept.get(key, _NOTHING), **changed)
            self._kept.move_to_end(key)
            own = [one for one in self._kept if user and one[0] == user]
            if len(own) > KEPT_FOR_USER:
                del self._kept[own[0]]
            while len(self._kept) > KEPT_PAGES:
                self._kept.popitem(last=False)
