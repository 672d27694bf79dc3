"""The visitor (访问者): who asks, as the audit log names him."""

from __future__ import annotations

from pydantic import Field

from corpus.model import Frozen

_LONGEST_ADDRESS = 64  # a proxy's header may name anything


class Visitor(Frozen):
    """Who asks."""

    user: str = Field(default="", description="the name logged in with; empty where no login is required")
    address: str = Field(default="", description="the network address")

    @classmethod
    def of(cls, user: str | None, client: tuple[str, int] | None) -> Visitor:
        """The visitor of a request.

        Args:
            user: gr.Request.username, or scope["anwen_user"].
            client: the request's client, host and port.
        """
        return cls(user=user or "", address=client[0][:_LONGEST_ADDRESS] if client else "")
