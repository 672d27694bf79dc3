"""A scripted OpenAI-compatible server for tests: a real HTTP server on 127.0.0.1 whose answers a test writes.

def script(body):                       # the request: model, messages, max_tokens, stream…
    asked = body["messages"][-1]["content"]
    return "每周至少1次[1]。" if "几次" in asked else Reply(status=429)

with scripted_server(script) as server:
    settings = LlmSettings(base_url=server.url, model="假模型", api_key="k")
    …
    assert server.requests[0].messages[0]["role"] == "system"
"""

from __future__ import annotations

import contextlib
import json
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

_STEP = 0.02


@dataclass(frozen=True)
class Reply:
    """What the server does with one request."""

    #: Pieces of the answer, one event each (or, with streams=False, one JSON answer in a single body).
    pieces: tuple[str, ...] = ()
    #: Sent as reasoning_content before the pieces, as reasoning models do.
    reasoning: tuple[str, ...] = ()
    #: Seconds before the status line, and before each piece.
    wait: float = 0.0
    delay: float = 0.0
    status: int = 200
    #: Sent as it is in place of any answer, with this content type.
    body: str | None = None
    content_type: str = "text/html; charset=utf-8"
    #: With an HTTP error: where the client is to go instead.
    location: str = ""
    #: Break the connection after so many pieces (0: right after the headers), without ending the stream.
    cut_after: int | None = None
    #: Send nothing more after so many pieces, with the connection open.
    stall_after: int | None = None
    #: Send no more after so many pieces until this is set, so that a test can look at what there is so far.
    hold_after: int | None = None
    release: threading.Event = field(default_factory=threading.Event)
    #: End the stream in good order, but with neither finish_reason nor [DONE].
    unfinished: bool = False
    #: prompt_tokens and completion_tokens, told only when the request asks for them.
    usage: tuple[int, int] | None = None
    #: Refuse the field stream_options with status 400, as older servers do.
    rejects_stream_options: bool = False
    streams: bool = True
    finish: str = "stop"


@dataclass(frozen=True)
class Asked:
    """A request that came in."""

    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def messages(self) -> list[dict[str, str]]:
        """The prompt."""
        return list(self.body.get("messages", []))


@dataclass
class ScriptedServer:
    """The running server."""

    url: str
    requests: list[Asked] = field(default_factory=list)
    #: Set when a client went away before the answer had ended.
    left: threading.Event = field(default_factory=threading.Event)
    #: TCP connections that were opened.
    connections: int = 0


#: The answer to a request; a text is streamed two characters at a time.
Script = Callable[[dict[str, Any]], Reply | str]


@contextlib.contextmanager
def scripted_server(script: Script | Reply | str) -> Iterator[ScriptedServer]:
    """Serve /v1/chat/completions by a script until the block ends.

    Args:
        script: called with each request, from a thread of its own; or one reply for all requests.
    """
    stop = threading.Event()
    listening = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    listening.daemon_threads, listening.block_on_close = True, False
    server = ScriptedServer(f"http://127.0.0.1:{listening.server_port}/v1")
    listening.told = (server, script if callable(script) else lambda _: script, stop)  # type: ignore[attr-defined]
    thread = threading.Thread(target=listening.serve_forever, args=(_STEP,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        listening.shutdown()
        listening.server_close()
        thread.join(5)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def setup(self) -> None:
        self.log, self.script, self.stop = self.server.told  # type: ignore[attr-defined]
        self.log.connections += 1
        super().setup()

    def handle(self) -> None:
        with contextlib.suppress(ConnectionError):  # a client that goes away between two requests
            super().handle()

    def log_message(self, format: str, *args: Any) -> None:
        pass

    def do_GET(self) -> None:
        self._send(404, '{"error": {"message": "no such path"}}', "application/json")

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.log.requests.append(Asked(self.path, dict(self.headers.items()), body))
        if self.path != "/v1/chat/completions":
            return self.do_GET()
        written = self.script(body)
        reply = written if isinstance(written, Reply) else Reply(_by_two(written))
        try:
            self._answer(reply, body)
        except (BrokenPipeError, ConnectionResetError):
            self.log.left.set()
            self.close_connection = True

    def _answer(self, reply: Reply, body: dict[str, Any]) -> None:
        self._pause(reply.wait)
        if reply.rejects_stream_options and "stream_options" in body:
            return self._send(400, '{"error": {"message": "unknown field stream_options"}}', "application/json")
        if reply.body is not None or reply.status != 200:
            fault = json.dumps({"error": {"message": f"scripted {reply.status}"}})
            kind = "application/json" if reply.body is None else reply.content_type
            return self._send(reply.status, fault if reply.body is None else reply.body, kind, reply.location)
        if not (reply.streams and body.get("stream")):
            self._pause(reply.delay)
            return self._send(200, json.dumps(_whole(reply, body)), "application/json")
        return self._stream(reply, body)

    def _stream(self, reply: Reply, body: dict[str, Any]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        deltas = [{"reasoning_content": text} for text in reply.reasoning] + [
            {"content": text} for text in reply.pieces
        ]
        for sent, delta in enumerate(deltas):
            if sent == reply.cut_after:
                break
            if sent == reply.hold_after:
                self._pause(3600, reply.release)
            self._pause(3600 if sent == reply.stall_after else reply.delay)
            self._event(_chunk(body, delta, None))
        if reply.cut_after is not None:
            self.close_connection = True
            return self.connection.shutdown(socket.SHUT_RDWR)
        if not reply.unfinished:
            self._event(_chunk(body, {}, reply.finish))
            if reply.usage and body.get("stream_options", {}).get("include_usage"):
                self._event({**_chunk(body, {}, None), "choices": [], "usage": _usage(reply.usage)})
            self._chunk(b"data: [DONE]\n\n")
        return self._chunk(b"")

    def _pause(self, seconds: float, release: threading.Event | None = None) -> None:
        """Wait, and notice at once when the client goes away, the test ends, or lets the answer go on."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0 and not self.stop.is_set() and not (release and release.is_set()):
            readable, _, _ = select.select([self.connection], [], [], min(left, _STEP))
            if readable and not self.connection.recv(1, socket.MSG_PEEK):
                raise BrokenPipeError

    def _event(self, event: dict[str, Any]) -> None:
        self._chunk(b"data: " + json.dumps(event, ensure_ascii=False).encode() + b"\n\n")

    def _chunk(self, data: bytes) -> None:
        self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

    def _send(self, status: int, text: str, content_type: str, location: str = "") -> None:
        data = text.encode()
        self.send_response(status)
        if location:
            self.send_header("Location", location)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _by_two(text: str) -> tuple[str, ...]:
    return tuple(text[start : start + 2] for start in range(0, len(text), 2))


def _usage(usage: tuple[int, int]) -> dict[str, int]:
    return {"prompt_tokens": usage[0], "completion_tokens": usage[1], "total_tokens": sum(usage)}


def _head(body: dict[str, Any], kind: str) -> dict[str, Any]:
    return {"id": "scripted", "object": kind, "created": 0, "model": body.get("model", "")}


def _chunk(body: dict[str, Any], delta: dict[str, str], finish: str | None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"role": "assistant", **delta}, "finish_reason": finish}
    return {**_head(body, "chat.completion.chunk"), "choices": [choice]}


def _whole(reply: Reply, body: dict[str, Any]) -> dict[str, Any]:
    message = {"role": "assistant", "content": "".join(reply.pieces)}
    if reply.reasoning:
        message["reasoning_content"] = "".join(reply.reasoning)
    usage = {"usage": _usage(reply.usage)} if reply.usage else {}
    choice = {"index": 0, "message": message, "finish_reason": reply.finish}
    return {**_head(body, "chat.completion"), "choices": [choice], **usage}
