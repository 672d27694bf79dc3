"""The gate (闸门) before Gradio: the routes that the page itself uses and no others, each page for its user alone."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.pages import CrowdedError, PageOwners, Shares
from app.web.guard import HEARTBEAT, OPEN, STATIC
from corpus.errors import AccessError

_API = "/gradio_api"
_EVENTS = f"{_API}/queue/data"
_JOIN, _CANCEL = f"{_API}/queue/join", f"{_API}/cancel"
#: Of Gradio's routes those with a body that the page's script calls; each names the page. The rest (upload, call,
#: file=, proxy=, component_server, deep_link, info …) stays shut: the page has no use for it, others would.
_CALLS = (_JOIN, _CANCEL, f"{_API}/run/predict")
_RESET = f"{_API}/reset"  # which does nothing, and names no page
_PAGE = re.compile(r"[0-9A-Za-z_-]{1,64}")
#: A question of 300,000 characters is still told that it is too long; larger bodies the page never sends.
LONGEST_BODY, BODY_SECONDS = 1_000_000, 20
#: Questions of one user that wait or are being answered; the queue holds 64.
PENDING = 16

_SHUT = "没有这个地址；请直接在浏览器中打开安问。"
_NOT_YOURS = "这个页面不是您登录后打开的；请刷新网页。"
_UNREADABLE = "请求读不懂；请刷新网页后再试。"
_TOO_LONG = "发送的内容太长；请缩短后再试。"


class Queued(Protocol):
    """An event that Gradio holds until it is over."""

    username: str | None


Pending = Callable[[], Mapping[str, Queued]]


class _RefusedError(AccessError):
    """A request that is not passed on."""

    def __init__(self, status: int, line: str) -> None:
        super().__init__(line)
        self.status = status


class Gate:
    """ASGI middleware between the guard and the application; without a login it keeps to routes and sizes alone."""

    def __init__(self, app: ASGIApp, pending: Pending) -> None:
        """Stand before an application.

        Args:
            app: the application.
            pending: Gradio's unfinished events by their id.
        """
        self._app, self._pending = app, pending
        self._owners, self._shares = PageOwners(), Shares()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it in words that Gradio's script shows."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        try:
            await self._pass(scope, receive, send)
        except _RefusedError as refused:
            await _answer(refused.status, str(refused))(scope, receive, send)
        except CrowdedError as crowded:
            await _answer(429, f"{crowded}。")(scope, receive, send)

    async def _pass(self, scope: Scope, receive: Receive, send: Send) -> None:
        user, path = scope.get("anwen_user"), scope["path"]
        if page := _streamed(scope):
            self._check(page, user)
            with self._shares.streaming(user or ""):
                await self._app(scope, receive, send)
            return
        if path.startswith(_API):
            receive = await self._called(scope, receive)
        if user is None or path in OPEN or path.startswith(STATIC):
            await self._app(scope, receive, send)
            return
        async with self._shares.working(user):
            await self._app(scope, receive, send)

    async def _called(self, scope: Scope, receive: Receive) -> Receive:
        """What the application receives of a call whose body was read and found to be the user's own."""
        path, user = scope["path"], scope.get("anwen_user")
        if scope["method"] != "POST" or path not in (*_CALLS, _RESET):
            raise _RefusedError(404, _SHUT)
        body = await _body(receive)
        if path != _RESET:
            fields = _fields(body)
            self._check(fields.get("session_hash"), user)
            if user is not None:
                self._check_events(path, fields.get("event_id"), user)
        return _again(body, receive)

    def _check(self, page: object, user: str | None) -> None:
        if not (isinstance(page, str) and _PAGE.fullmatch(page)):
            raise _RefusedError(400, _UNREADABLE)
        if user is not None and not self._owners.is_of(page, user):
            raise _RefusedError(403, _NOT_YOURS)

    def _check_events(self, path: str, event: object, user: str) -> None:
        """One user's questions do not fill the queue, and nobody cancels another's."""
        events = self._pending()
        if path == _JOIN and sum(one.username == user for one in events.values()) >= PENDING:
            raise CrowdedError
        if path == _CANCEL and isinstance(event, str) and event in events and events[event].username != user:
            raise _RefusedError(403, _NOT_YOURS)


def _answer(status: int, line: str) -> JSONResponse:
    return JSONResponse({"error": line, "detail": line}, status, {"Cache-Control": "no-store"})


def _streamed(scope: Scope) -> str:
    """The page of an event stream; empty for what is none."""
    path: str = scope["path"]
    if scope["method"] != "GET":
        return ""
    if path.startswith(HEARTBEAT):
        return path.removeprefix(HEARTBEAT)
    if path == _EVENTS:
        named = parse_qs(scope["query_string"].decode("latin-1")).get("session_hash", [])
        return named[0] if len(named) == 1 else "?"
    return ""


async def _body(receive: Receive) -> bytes:
    """The body, if it is not too long and comes in time."""
    body = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            more = True
            while more:
                message = await receive()
                if message["type"] == "http.disconnect":
                    raise ClientDisconnect
                body += message.get("body", b"")
                more = message.get("more_body", False)
                if len(body) > LONGEST_BODY:
                    raise _RefusedError(413, _TOO_LONG)
    except (TimeoutError, ClientDisconnect) as error:
        raise _RefusedError(408, _UNREADABLE) from error
    return body


def _fields(body: bytes) -> dict[str, object]:
    """A JSON object, read as the application will read it."""
    try:
        fields = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise _RefusedError(400, _UNREADABLE) from error
    if not isinstance(fields, dict):
        raise _RefusedError(400, _UNREADABLE)
    return fields


def _again(body: bytes, receive: Receive) -> Receive:
    """Receive a body that was read already, and then whatever comes after it."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
