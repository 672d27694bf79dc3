"""The web server: the page under a strict content policy, on one address, with no way out."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import ssl
import sys
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI, Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.access.access import Access, is_wider
from app.access.visitor import Visitor
from app.feedback.store import FeedbackStore
from app.settings import LlmSettings
from app.web.connections import allow_many_files, server_config
from app.web.gate import Gate, Pending
from app.web.guard import Guard
from app.web.login import LoginPage
from corpus.errors import SettingsError

if TYPE_CHECKING:
    from app.web.asking import Service

# Gradio runs inline scripts and compiles templates in the browser, hence the two unsafe- words.
POLICY = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "media-src 'self' blob: data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "object-src 'none'",
        "form-action 'self'",
        "base-uri 'self'",
        "frame-ancestors 'none'",
    )
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",  # for browsers of old, which know no frame-ancestors
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}
_MAX_UPLOAD = "1kb"  # the page takes no files, and the gate shuts Gradio's upload route
_NO_MODEL = LlmSettings()
_ON_LOOPBACK = Access()


class SecurityHeaders:
    """ASGI middleware that adds the security headers to every response, streams included."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and write the headers when its response starts."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)  # the login page has a stricter policy
            await send(message)

        await self._app(scope, receive, send_guarded if scope["type"] == "http" else send)


def create_app(
    service: Service,
    llm: LlmSettings = _NO_MODEL,
    editable: bool = False,
    access: Access = _ON_LOOPBACK,
    feedback: FeedbackStore | None = None,
) -> FastAPI:
    """Build the web application over a service.

    Args:
        service: answers the questions.
        llm: the endpoint of the settings file, which may be none.
        editable: whether a visitor may set another for his page.
        access: who may use it; by default whoever sits at this machine.
        feedback: keeps what visitors say of answers; None when they are not asked.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # Gradio reads it while it is imported and built
    from gradio import mount_gradio_app

    from app.web.downloads import mount_downloads
    from app.web.page import STATIC, build_page, page_options

    workbench = build_page(service, llm, editable, access.audit, feedback, shared=access.login is not None)
    queue = workbench.page._queue  # Gradio has no public way to ask whose events wait
    app = _guarded(access, lambda: queue.event_ids_to_events)
    mount_downloads(app, workbench.downloads, access.audit)
    mount_gradio_app(
        app,
        workbench.page,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        ssr_mode=False,
        mcp_server=False,
        pwa=False,
        enable_monitoring=False,
        auth_dependency=_user if access.login else None,
        max_file_size=_MAX_UPLOAD,
        favicon_path=str(STATIC / "favicon.svg"),
        **page_options(),
    )
    return app


def _guarded(access: Access, pending: Pending) -> FastAPI:
    """An application with the login and what stands before every request."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)  # FastAPI's own pages load from outside
    app.add_middleware(Gate, pending=pending)
    app.add_middleware(Guard, access=access)
    app.add_middleware(SecurityHeaders)  # the last one added is the outermost
    LoginPage(access).mount(app)
    return app


def _user(request: Request) -> str | None:
    """Gradio's view of who is logged in: what the guard found out; gr.Request.username in a handler."""
    user = request.scope.get("anwen_user")
    return user if isinstance(user, str) else None


def listen(host: str, port: int) -> socket.socket:
    """Take the address.

    Raises:
        SettingsError: the port is in use or not allowed, or the host is not one of this machine.
    """
    if not 0 <= port <= 65535:
        raise SettingsError(f"端口 {port} 不在 0–65535 之间；请用 --port 改为例如 7860")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            message = f"端口 {port} 已被占用；请关闭占用它的程序，或用 --port 换一个端口，例如 --port {port + 1}"
        elif error.errno == errno.EACCES:
            message = f"没有权限使用端口 {port}；请用 --port 换成 1024 以上的端口，例如 --port 7860"
        else:
            message = f"无法在地址 {host}:{port} 上启动（{error.strerror}）；请用 --host 改为本机地址，例如 127.0.0.1"
        raise SettingsError(message) from error


def serve(
    service: Service,
    listener: socket.socket,
    llm: LlmSettings,
    access: Access,
    feedback: FeedbackStore,
    tls: ssl.SSLContext | None = None,
) -> None:
    """Serve the page until interrupted.

    Args:
        service: answers the questions.
        listener: the address, taken by listen().
        llm: the LLM endpoint, which may be none.
        access: who may use it, by open_access() for the same address.
        feedback: keeps what visitors say of answers.
        tls: certificate and key, by open_tls(); None for plain http.

    Raises:
        SettingsError: the address is reached from other machines, and access asks for no login.
    """
    with contextlib.closing(listener):
        host, port = listener.getsockname()[:2]
        if is_wider(host) and access.login is None:
            raise SettingsError(f"在 {host} 上启动需要登录；请用 anwen serve 启动")
        app = create_app(service, llm, llm.may_be_set(host), access, feedback)
        allow_many_files()
        server = uvicorn.Server(server_config(app, tls))
        access.audit.event(Visitor(), "start")  # a log that cannot be written is told of now, not at the first question
        sys.stderr.write("\n".join(_greeting(host, port, access, tls is not None)) + "\n")
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])


def _greeting(host: str, port: int, access: Access, tls: bool) -> list[str]:
    """What is said when the server starts."""
    scheme, shown = "https" if tls else "http", f"[{host}]" if ":" in host else host
    where = f"{scheme}://{'本机的地址' if host in ('0.0.0.0', '::') else shown}:{port}"
    lines = [f"安问已启动，请用浏览器打开 {where}（按 Ctrl+C 退出）"]
    if access.login:
        lines.append(f"登录：已开启，{len(access.login.users.current())} 位用户。{access.audit.state}")
    if is_wider(host) and not tls:
        lines.append(
            "注意：网络上传送的内容（密码在内）没有加密（http）；"
            "请在设置 [server] 中写 tls_cert 和 tls_key 启用 https，或放在有 https 的反向代理之后"
        )
    return lines
