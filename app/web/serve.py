"""The web server: the page under a strict content policy, on one address, with no way out."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn
from fastapi import FastAPI
from starlette.datastructures import MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.settings import LlmSettings
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
}
_MAX_UPLOAD = "1kb"  # the page takes no files; Gradio's upload route stays open all the same
_CLOSED = "/deep_link"  # Gradio's route that writes what a visitor typed into a file, a key too
_NO_MODEL = LlmSettings()


class SecurityHeaders:
    """ASGI middleware that adds the security headers to every response, streams included, and closes one route."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and write the headers when its response starts."""

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        closed = scope["type"] == "http" and scope["path"].rstrip("/").endswith(_CLOSED)
        app = PlainTextResponse("", status_code=404) if closed else self._app
        await app(scope, receive, send_guarded if scope["type"] == "http" else send)


def create_app(service: Service, llm: LlmSettings = _NO_MODEL, editable: bool = False) -> FastAPI:
    """Build the web application over a service.

    Args:
        service: answers the questions.
        llm: the endpoint of the settings file, which may be none.
        editable: whether a visitor may set another for his page.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # Gradio reads it while it is imported and built
    from gradio import mount_gradio_app

    from app.web.downloads import mount_downloads
    from app.web.page import STATIC, build_page, page_options

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)  # FastAPI's own pages load from outside
    app.add_middleware(SecurityHeaders)
    workbench = build_page(service, llm, editable)
    mount_downloads(app, workbench.downloads)
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
        max_file_size=_MAX_UPLOAD,
        favicon_path=str(STATIC / "favicon.svg"),
        **page_options(),
    )
    return app


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


def serve(service: Service, listener: socket.socket, llm: LlmSettings = _NO_MODEL) -> None:
    """Serve the page until interrupted.

    Args:
        service: answers the questions.
        listener: the address, taken by listen().
        llm: the LLM endpoint, which may be none.
    """
    with contextlib.closing(listener):
        host, port = listener.getsockname()[:2]
        app = create_app(service, llm, editable=llm.may_be_set(host))
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning"))
        shown = f"[{host}]" if ":" in host else host
        sys.stderr.write(f"安问已启动，请用浏览器打开 http://{shown}:{port}（按 Ctrl+C 退出）\n")
        with contextlib.suppress(KeyboardInterrupt):
            server.run(sockets=[listener])
