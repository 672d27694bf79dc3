"""The login page (登录): a page of its own that needs no script, and the way out."""

from __future__ import annotations

import asyncio
import base64
import hashlib
from math import ceil
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from app.access.access import Access, Refused, SignedIn
from app.web.guard import LOGIN, LOGOUT, cookie_name, session_token
from app.web.safe import escaped
from corpus.errors import AccessError

if TYPE_CHECKING:
    from fastapi import FastAPI

_FOLDER = Path(__file__).with_name("static") / "login"
_LONGEST_BODY, _BODY_SECONDS = 4096, 15
#: Checks at a time, each of which takes 64 MB, and those that may wait for one.
_CHECKING, _WAITING = 2, 20
_WRONG = "用户名或密码不对，请重新输入。"
_BUSY = "现在登录的人太多，请过一会儿再试。"
_UNREADABLE = "用户文件读不懂，暂时不能登录；请管理员查看运行窗口中的提示。"
_NO_FORM = "没有收到用户名和密码，请重新输入。"


def _asset(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8").strip()


def _hash_source(text: str) -> str:
    """How a content policy allows this script or style alone."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}'"


class LoginPage:
    """Answers /login and /logout."""

    def __init__(self, access: Access) -> None:
        self._access = access
        self._template = Template(_asset("login.html"))
        self._css, self._js = _asset("login.css"), _asset("login.js")
        icon = (_FOLDER.parent / "favicon.svg").read_text(encoding="utf-8")
        self._icon = f"data:image/svg+xml,{quote(icon)}"
        self._policy = "; ".join(
            (
                "default-src 'none'",
                f"style-src {_hash_source(self._css)}",
                f"script-src {_hash_source(self._js)}",
                "img-src data:",
                "form-action 'self'",
                "base-uri 'none'",
                "frame-ancestors 'none'",
            )
        )
        self._checking = asyncio.Semaphore(_CHECKING)
        self._pending = 0

    def mount(self, app: FastAPI) -> None:
        """Add the two routes; they come before the page's own, which has others of these names."""
        app.add_route(LOGIN, self.login, methods=["GET", "HEAD", "POST"])
        app.add_route(LOGOUT, self.logout, methods=["GET", "HEAD", "POST"])

    async def login(self, request: Request) -> Response:
        """Show the form, or check what was sent with it."""
        login = self._access.login
        if login is None:
            return RedirectResponse("/", status_code=303)
        if request.method != "POST":
            return self._page()
        form = await _form(request)
        if form is None:
            return self._page(_NO_FORM, status=400)
        name, password = form
        if self._pending >= _CHECKING + _WAITING:
            return self._page(_BUSY, name, status=503)
        self._pending += 1
        try:
            async with self._checking:
                outcome = await asyncio.to_thread(login.sign_in, name, password, _address(request))
        except AccessError:
            return self._page(_UNREADABLE, status=503)
        finally:
            self._pending -= 1
        return self._let_in(request, outcome) if isinstance(outcome, SignedIn) else self._refused(name, outcome)

    async def logout(self, request: Request) -> Response:
        """End the session; a mere link does not."""
        login = self._access.login
        if request.method != "POST" or login is None:
            return RedirectResponse("/", status_code=303)
        login.sign_out(session_token(request.scope), _address(request))
        response = RedirectResponse(LOGIN, status_code=303)
        self._set_cookie(request, response, "")
        return response

    def _let_in(self, request: Request, signed_in: SignedIn) -> Response:
        """Go to the page with a session that is new, whatever token the browser had before."""
        if self._access.login:
            self._access.login.sessions.close(session_token(request.scope))
        response = RedirectResponse("/", status_code=303)
        self._set_cookie(request, response, signed_in.token)
        return response

    def _refused(self, name: str, refused: Refused) -> Response:
        if not refused.wait:
            return self._page(_WRONG, name, status=401)
        minutes, seconds = ceil(refused.wait / 60), ceil(refused.wait)
        wait = f"{seconds} 秒" if seconds <= 60 else f"{minutes} 分钟"
        page = self._page(f"登录失败次数过多，请等 {wait}再试。", name, status=429)
        page.headers["Retry-After"] = str(seconds)
        return page

    def _set_cookie(self, request: Request, response: Response, token: str) -> None:
        """Set the session's cookie; an empty one is taken away. The browser forgets it when it is closed."""
        response.set_cookie(
            cookie_name(request.scope), token, max_age=None if token else 0, path="/",
            secure=request.url.scheme == "https", httponly=True, samesite="lax",
        )  # fmt: skip

    def _page(self, fault: str = "", name: str = "", status: int = 200) -> HTMLResponse:
        audit = "本系统记录提问人、问题和所示条款，供审计。" if self._access.audit.on else ""
        html = self._template.substitute(
            css=self._css, js=self._js, icon=self._icon, audit=audit, name=escaped(name[:64]),
            name_focus="" if name else " autofocus", password_focus=" autofocus" if name else "",
            fault=f'<p class="fault" role="alert" id="fault">{escaped(fault)}</p>' if fault else "",
            described=' aria-describedby="fault" aria-invalid="true"' if fault else "",
        )  # fmt: skip
        headers = {"Content-Security-Policy": self._policy, "Cache-Control": "no-store"}
        return HTMLResponse(html, status_code=status, headers=headers)


def _address(request: Request) -> str:
    return request.client.host if request.client else ""


async def _form(request: Request) -> tuple[str, str] | None:
    """The name and password of a small form; None when it is none, too large, or does not come."""
    if request.headers.get("content-type", "").partition(";")[0].strip() != "application/x-www-form-urlencoded":
        return None
    body = b""
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            async for chunk in request.stream():
                body += chunk
                if len(body) > _LONGEST_BODY:
                    return None
        fields = parse_qs(body.decode("utf-8"), keep_blank_values=True, max_num_fields=4)
        return fields["name"][0], fields["password"][0]
    except (TimeoutError, ClientDisconnect, ValueError, KeyError):
        return None
