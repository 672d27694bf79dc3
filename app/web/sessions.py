"""What the server keeps for each open page: its endpoint with the key, and the answer being made."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable

from app.llm.model import LanguageModel
from app.settings import LlmSettings
from app.web.conversation import Conversation
from app.web.running import Running

KEPT_SESSIONS = 256

OpenModel = Callable[[LlmSettings], LanguageModel]


class Session:
    """One open page. It never leaves the server."""

    def __init__(self) -> None:
        #: The endpoint set in the page's drawer (模型设置); it takes the place of the settings file's.
        self.own: LlmSettings | None = None
        self.running: Running | None = None
        #: The conversation that was cleared last, until it is taken back.
        self.cleared: Conversation | None = None
        self._opened: tuple[LlmSettings, LanguageModel] | None = None

    def model(self, settings: LlmSettings, open_model: OpenModel) -> LanguageModel:
        """The model of an endpoint, opened once for as long as the endpoint stays the same."""
        if self._opened is not None and self._opened[0] is settings:
            return self._opened[1]
        model = open_model(settings)
        if self.own is settings:  # else it was cleared meanwhile, and its key is not to stay
            self._opened = settings, model
        return model

    def set_endpoint(self, settings: LlmSettings | None) -> None:
        """Take an endpoint set in the drawer; None goes back to the settings file's, and forgets the key."""
        self.own, self._opened = settings, None


class Sessions:
    """The open pages, the latest used last, and no more of them than a bound."""

    def __init__(self, common: LlmSettings, open_model: OpenModel) -> None:
        """Begin with no page open.

        Args:
            common: the endpoint of the settings file, for every page.
            open_model: opens an endpoint; it may take seconds.
        """
        self.common = common
        self._open_model = open_model
        self._shared = Session()
        self._shared.set_endpoint(common)
        self._kept: OrderedDict[str, Session] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, name: str | None) -> Session:
        """The session of a page by Gradio's session hash; a page without one gets a new one that is not kept."""
        if not name:
            return Session()
        with self._lock:
            session = self._kept.setdefault(name, Session())
            self._kept.move_to_end(name)
            while len(self._kept) > KEPT_SESSIONS:
                self._kept.popitem(last=False)
            return session

    def forget(self, name: str | None) -> None:
        """Forget a page that was closed, its key included."""
        with self._lock:
            session = self._kept.pop(name or "", None)
        if session is not None:
            session.set_endpoint(None)

    def endpoint(self, session: Session) -> LlmSettings | None:
        """The endpoint that writes for a page, or None."""
        settings = session.own or self.common
        return settings if settings.base_url else None

    def open_ahead(self, session: Session, settings: LlmSettings) -> None:
        """Open an endpoint's model in the background: loading its library takes seconds, better before a question."""
        threading.Thread(target=self.model, args=(session, settings), name="anwen-opening", daemon=True).start()

    def model(self, session: Session, settings: LlmSettings) -> LanguageModel:
        """The model of a page's endpoint, opened when first asked."""
        holder = self._shared if settings is self.common else session
        return holder.model(settings, self._open_model)
