"""The connection of one call to the endpoint: what is sent is chosen here, and what comes is watched."""

from __future__ import annotations

import functools
import ssl
import time
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from app.llm.hangup import watched
from app.settings import LlmSettings

#: All that is sent of what the client library would send: nothing about this machine, nothing from its environment.
_SENT = {"host", "content-type", "content-length", "accept", "connection"}
_CONNECT = 10.0
#: Bytes that an answer may take: the limit in tokens with the wrapping of each in an event, and a fixed part.
_BYTES_A_TOKEN, _BYTES = 4096, 1 << 20
_HEAD = 400


class TooLongError(Exception):
    """The answer takes longer than the setting allows."""


class TooMuchError(Exception):
    """The answer goes on far beyond the number of tokens asked for."""


class Wire(httpx.BaseTransport):
    """One connection for one call; closing it ends the answer at once, whoever still reads it.

    The key is known to this class alone: the client library is given a blank, so that no log or event of its can
    show it. Proxies named in the environment are not used: an endpoint is on this machine or in the same network.
    """

    def __init__(self, settings: LlmSettings, limit: int, patience: float, deadline: float) -> None:
        """Open nothing yet.

        Args:
            settings: the endpoint.
            limit: tokens asked for.
            patience: seconds to wait for the next bytes.
            deadline: when the answer must have ended, by time.monotonic().
        """
        self.head, self.done, self.patience = b"", False, patience
        self._key = settings.api_key
        self._deadline, self._left = deadline, limit * _BYTES_A_TOKEN + _BYTES
        self._tail = b""
        self._inner = httpx.HTTPTransport(verify=_certificates(), trust_env=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send a request with our headers, and watch its answer."""
        kept = {name: value for name, value in request.headers.items() if name in _SENT}
        if self._key:
            kept["authorization"] = f"Bearer {self._key.get_secret_value()}"
        kept |= {"user-agent": "anwen", "accept-encoding": "identity"}
        request.headers = httpx.Headers(kept)
        wait = httpx.Timeout(self.patience, connect=min(self.patience, _CONNECT))
        request.extensions = {**request.extensions, "timeout": wait.as_dict(), "trace": _noted}
        answer = self._inner.handle_request(request)
        assert isinstance(answer.stream, httpx.SyncByteStream)
        return httpx.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_Watched(answer.stream, self),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close the connection."""
        self._inner.close()

    def note(self, data: bytes) -> None:
        """Look at bytes that came.

        Raises:
            TooLongError: the time is up.
            TooMuchError: too many bytes came.
        """
        self.head += data[: _HEAD - len(self.head)]
        # Only the mark that ends a stream is looked for, and may be cut in two.
        self.done = self.done or b"data: [DONE]" in self._tail + data or b"data:[DONE]" in self._tail + data
        self._tail = (self._tail + data)[-16:]
        self._left -= len(data)
        if self._left < 0:
            raise TooMuchError
        if time.monotonic() > self._deadline:
            raise TooLongError


def _noted(event: str, told: Mapping[str, Any]) -> None:
    """Let the connection be ended by whoever may hang up on this thread; see app/llm/hangup.py."""
    if event in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
        watched(told["return_value"].get_extra_info("socket"))


class _Watched(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, wire: Wire) -> None:
        self._inner, self._wire = inner, wire

    def __iter__(self) -> Iterator[bytes]:
        for data in self._inner:
            self._wire.note(data)
            yield data

    def close(self) -> None:
        self._inner.close()


def open_client(wire: Wire) -> httpx.Client:
    """The HTTP client of one call, over its connection."""
    # An answer that sends us elsewhere is not followed: the key is for this address alone.
    return httpx.Client(transport=wire, trust_env=False, follow_redirects=False)


def failures() -> tuple[type[Exception], ...]:
    """What the libraries raise over an endpoint: their own errors, and those of reading what is not of the protocol."""
    import openai

    garbled = (AttributeError, LookupError, RecursionError, TypeError, ValueError)
    return (openai.OpenAIError, httpx.HTTPError, httpx.StreamError, TooLongError, TooMuchError, *garbled)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """The usual authorities, and those that this machine trusts (an intranet's own; SSL_CERT_FILE names more)."""
    context = httpx.create_ssl_context(trust_env=False)
    context.load_default_certs()
    return context
