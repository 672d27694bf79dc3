"""The guard (门卫): no request reaches the page without a session, from another site, or under a foreign host name."""

from __future__ import annotations

import json
import sys
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.access import Access, Login, is_wider
from corpus.errors import AccessError

LOGIN, LOGOUT = "/login", "/logout"
OPEN = (LOGIN, LOGOUT)  # these exactly; app/web/login.py
STATIC = ("/assets/", "/static/")  # the same for everybody, and may be kept by the browser
_EVENTS = "/gradio_api/queue/data"
#: Opened by the page itself, for as long as it stands open: no sign that anybody is there.
HEARTBEAT = "/gradio_api/heartbeat/"
_SAFE = ("GET", "HEAD")
_FORM = (*_SAFE, "POST")  # what the login page answers; other methods would reach the page's own routes
ENDED = "登录已失效（退出、到期或密码已改）；请重新登录"


class Guard:
    """ASGI middleware in front of the whole application."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        self._app, self._access = app, access
        self._fault = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with the user's name in scope["anwen_user"], or refuse it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        try:
            refusal = self._refusal(scope)
        except AccessError as error:
            refusal = self._closed(str(error))
        if refusal is None:
            login = self._access.login
            watched = _Watched(scope, send, login) if login and scope["type"] == "http" else send
            await self._app(scope, receive, watched)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1008})
        else:
            await refusal(scope, receive, send)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, method = Headers(scope=scope), scope.get("method", "GET")
        login = self._access.login
        if login is None and (fault := _host_fault(headers)):
            return PlainTextResponse(fault, status_code=421)
        if _is_foreign(headers, method, scope["type"] == "websocket"):
            return PlainTextResponse("请求来自别的网站，已拒绝；请直接在浏览器中打开安问。", status_code=403)
        if login is None or (scope["type"] == "http" and scope["path"] in OPEN and method in _FORM):
            return None
        user = login.user_of(session_token(scope), use=not scope["path"].startswith(HEARTBEAT))
        self._fault = ""
        if user is None:
            return _to_login(scope["path"], method, headers)
        scope["anwen_user"] = user
        return None

    def _closed(self, fault: str) -> Response:
        """What is wrong with the users file is for the one who runs the server, not for whoever calls."""
        if fault != self._fault:
            sys.stderr.write(f"错误：{fault}\n")
            self._fault = fault
        line = "用户文件读不懂，暂时不能使用；请管理员查看运行窗口中的提示。"
        return PlainTextResponse(line, status_code=503, headers={"Cache-Control": "no-store"})


class _Watched:
    """Sends a response for as long as its session holds; an event stream may outlive it by hours."""

    def __init__(self, scope: Scope, send: Send, login: Login) -> None:
        self._path, self._send, self._login = scope["path"], send, login
        self._token = session_token(scope) if scope.get("anwen_user") else ""
        self._streams = self._over = False

    async def __call__(self, message: Message) -> None:
        if self._over:
            return
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            self._streams = bool(self._token) and "event-stream" in headers.get("content-type", "")
            if not self._path.startswith(STATIC):
                headers.setdefault("Cache-Control", "no-store")  # else 后退 shows it after 退出
        elif self._streams and not self._holds():
            self._over = True
            message = {"type": "http.response.body", "body": self._last_words(), "more_body": False}
        await self._send(message)

    def _holds(self) -> bool:
        try:
            return self._login.user_of(self._token, use=False) is not None
        except AccessError:
            return False

    def _last_words(self) -> bytes:
        """To the queue's stream, the message by which Gradio's page ends all that it waits for."""
        if self._path.rstrip("/") != _EVENTS:
            return b""
        fault = {"msg": "unexpected_error", "message": ENDED, "success": False, "session_not_found": False}
        return f"data: {json.dumps(fault)}\n\n".encode()


def cookie_name(scope: Scope) -> str:
    """The name of the session's cookie; under https one that no other site of the host can set."""
    return "__Host-anwen_session" if scope.get("scheme") in ("https", "wss") else "anwen_session"


def session_token(scope: Scope) -> str:
    """The session's token as the browser sent it; empty without one."""
    cookies = "; ".join(Headers(scope=scope).getlist("cookie"))
    return cookie_parser(cookies).get(cookie_name(scope), "")


def _to_login(path: str, method: str, headers: Headers) -> Response:
    """A page goes to the login; what a script asked for is told in a way that it understands."""
    if method in _SAFE and (path == "/" or "text/html" in headers.get("accept", "")):
        return RedirectResponse(LOGIN, status_code=303, headers={"Cache-Control": "no-store"})
    fault = {"error": "Not authenticated", "detail": ENDED}
    return JSONResponse(fault, status_code=401, headers={"Cache-Control": "no-store"})


def _host_fault(headers: Headers) -> str:
    """Why a request to a server without login is not from this machine's own browser, or nothing.

    A foreign name that leads to this machine is how another site's script would reach it (DNS rebinding); a proxy's
    header shows that others reach it.
    """
    try:
        host = urlsplit(f"//{headers.get('host', '')}").hostname or ""
    except ValueError:
        host = ""
    if is_wider(host):
        return "安问只限本机使用；请用 http://127.0.0.1 加端口打开，供别的电脑使用请按说明设置登录。"
    if any(name in headers for name in ("x-forwarded-for", "x-forwarded-host", "x-real-ip", "forwarded")):
        return '经代理使用须先登录；请在设置 [server] 中写 login = "always"，并用 anwen user add 添加用户。'
    return ""


def _is_foreign(headers: Headers, method: str, always_named: bool) -> bool:
    """Whether another site's page makes the request; its links to a page of ours are no such thing."""
    site, origin = headers.get("sec-fetch-site"), headers.get("origin")
    if site == "same-origin":  # the browser's own word, which no script can change
        return False
    if site in ("cross-site", "same-site") and (method not in _SAFE or origin is not None):
        return True
    if origin is None:
        return always_named
    return _place(origin.partition("://")[2]) != _place(headers.get("host", ""))


def _place(netloc: str) -> str:
    return netloc.lower().removesuffix(":80").removesuffix(":443")
