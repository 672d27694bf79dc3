"""Connections (连接): one that asks for nothing is closed in time, and one address does not take them all."""

from __future__ import annotations

import asyncio
import ipaddress
import ssl
import sys

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

#: Seconds in which a request must have come, line and headers; uvicorn itself would wait for ever.
PATIENCE = 20.0
#: Connections of one address at a time. A browser opens six; behind one address may be an office.
FOR_ADDRESS = 400
_FILES = 8192


class Connection(H11Protocol):
    """uvicorn's own protocol with a deadline for requests and a bound for each address."""

    _deadline: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Take a connection, or close it at once; a proxy on this machine brings those of everybody."""
        super().connection_made(transport)
        address = self.client[0] if self.client else ""
        if not _is_here(address) and self._of(address) > FOR_ADDRESS:
            transport.abort()
            return
        self._wait()

    def _of(self, address: str) -> int:
        """How many connections an address has."""
        clients = (getattr(one, "client", None) for one in self.connections)
        return sum(client is not None and client[0] == address for client in clients)

    def data_received(self, data: bytes) -> None:
        """Take what came; a deadline that runs is not moved by half a request."""
        super().data_received(data)
        if self._works():
            self._stop_waiting()
        elif self._deadline is None:
            self._wait()

    def on_response_complete(self) -> None:
        """Wait for the next request."""
        super().on_response_complete()
        self._stop_waiting()
        if not self.transport.is_closing():
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_waiting()
        super().connection_lost(exc)

    def _works(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _wait(self) -> None:
        self._deadline = self.loop.call_later(PATIENCE, self._give_up)

    def _stop_waiting(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _give_up(self) -> None:
        self._deadline = None
        if not self._works():
            self.transport.abort()


def _is_here(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def server_config(app: ASGIApp, tls: ssl.SSLContext | None = None) -> uvicorn.Config:
    """How the server takes connections.

    Args:
        app: the application.
        tls: certificate and key; None for plain http.
    """
    factory = (lambda config, default: tls) if tls else None
    return uvicorn.Config(
        app, http=Connection, ws="none", log_level="warning", server_header=False, ssl_context_factory=factory
    )


def allow_many_files() -> None:
    """Let the process hold as many connections as the system allows; many systems begin with 1,024."""
    if sys.platform != "win32":
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = _FILES if hard == resource.RLIM_INFINITY else min(_FILES, hard)
        if soft != resource.RLIM_INFINITY and soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
