"""The wire: https by two settings, and connections that bring no request and are many."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.types import ASGIApp
from uvicorn.server import ServerState

from app.access.access import open_access
from app.access.users import Users
from app.settings import load_settings
from app.web import connections
from app.web.connections import FOR_ADDRESS, Connection, allow_many_files, server_config
from app.web.serve import create_app, listen
from app.web.tls import open_tls
from corpus.errors import SettingsError
from tests.browser import ScriptedService
from tests.conftest import DATA

#: Made for these tests; they open nothing else.
CERT, KEY = DATA / "tls" / "cert.pem", DATA / "tls" / "key.pem"
USER, SECRET = "王芳", "泽州 gas-2024"


@contextlib.contextmanager
def running(app: ASGIApp, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve an application as `anwen serve` does; yields its port."""
    with contextlib.closing(listen("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(server_config(app, tls))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        deadline = time.monotonic() + 30
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.02)
        try:
            yield listener.getsockname()[1]
        finally:
            server.should_exit = True
            thread.join(timeout=20)


# https


def settings_with(cert: Path | None, key: Path | None) -> Any:
    return load_settings(server={"tls_cert": cert, "tls_key": key}).server


def test_https_by_two_settings_makes_the_cookie_secure(tmp_path: Path) -> None:
    Users(tmp_path / "users.json").add(USER, SECRET)
    app = create_app(ScriptedService(), access=open_access(load_settings(data_dir=tmp_path), "0.0.0.0"))
    trusted = ssl.create_default_context(cafile=str(CERT))
    tls = open_tls(settings_with(CERT, KEY))
    assert tls is not None
    assert tls.minimum_version is ssl.TLSVersion.TLSv1_2
    with (
        running(app, tls) as port,
        httpx.Client(base_url=f"https://127.0.0.1:{port}", verify=trusted, trust_env=False) as client,
    ):
        entered = client.post("/login", data={"name": USER, "password": SECRET})
        cookie = entered.headers["set-cookie"]
        assert cookie.startswith("__Host-anwen_session=")
        assert {part.strip().lower() for part in cookie.split(";")[1:]} == {
            "secure", "httponly", "path=/", "samesite=lax",
        }  # fmt: skip
        assert client.get("/config").status_code == 200
        assert "server" not in entered.headers


def test_without_the_settings_it_is_http() -> None:
    assert open_tls(settings_with(None, None)) is None


@pytest.mark.parametrize(
    ("cert", "key", "line"),
    [("cert.pem", "other_key.pem", "不是一对"), ("cert.pem", "locked_key.pem", "有口令"),
     ("key.pem", "key.pem", "tls_cert 的文件“.*不是 PEM 格式的证书"), ("cert.pem", "cert.pem", "不是 PEM 格式的私钥"),
     ("none.pem", "key.pem", "tls_cert 的文件“.*读不出（No such file"),
     ("cert.pem", "none.pem", "tls_key 的文件“.*读不出"),
     ("", "key.pem", "tls_cert 的文件“.*读不出（Is a directory")],
)  # fmt: skip
def test_a_wrong_file_is_said_in_one_line(cert: str, key: str, line: str) -> None:
    with pytest.raises(SettingsError, match=line) as raised:
        open_tls(settings_with(DATA / "tls" / cert, DATA / "tls" / key))
    assert len(str(raised.value).splitlines()) == 1


def test_a_damaged_file_is_said_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text(CERT.read_text(encoding="ascii").replace("M", "!", 3), encoding="ascii")
    with pytest.raises(SettingsError, match="读不懂"):
        open_tls(settings_with(broken, KEY))


def test_one_of_the_two_alone_is_refused() -> None:
    for cert, key in ((CERT, None), (None, KEY)):
        with pytest.raises(SettingsError, match="tls_cert 和 tls_key 须同时写上"):
            settings_with(cert, key)


# connections


async def _slow(request: Request) -> StreamingResponse:
    async def parts() -> Any:
        for _ in range(5):
            yield b"x"
            await asyncio.sleep(0.25)

    return StreamingResponse(parts())


async def _quick(request: Request) -> PlainTextResponse:
    return PlainTextResponse("ok")


def small() -> Starlette:
    app = Starlette()
    app.add_route("/slow", _slow)
    app.add_route("/quick", _quick, methods=["GET", "POST"])
    return app


def closed_within(sock: socket.socket, seconds: float) -> bool:
    """Whether the other side closes the connection in time."""
    sock.settimeout(seconds)
    try:
        while sock.recv(4096):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


def test_a_connection_that_brings_no_request_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.6)
    with running(small()) as port, contextlib.ExitStack() as stack:

        def connected(*sent: bytes) -> socket.socket:
            sock = stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            for one in sent:
                sock.sendall(one)
            return sock

        silent = connected()
        half = connected(b"GET /quick HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ")
        again = connected(b"GET /quick HTTP/1.1\r\nHost: a\r\n\r\n", b"GET /quick HTTP/1.1\r\nHost: ")
        unread = connected(b"POST /quick HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\n", b"x" * 10)
        answer = httpx.get(f"http://127.0.0.1:{port}/slow", trust_env=False)  # longer than patience: it works
        assert answer.text == "x" * 5
        for sock in (silent, half, again, unread):
            assert closed_within(sock, 3)


def test_half_a_request_after_another_does_not_gain_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "PATIENCE", 0.8)
    with running(small()) as port, socket.create_connection(("127.0.0.1", port)) as sock:
        began, gone = time.monotonic(), False
        while not gone and time.monotonic() - began < 5:
            try:
                sock.sendall(b"X")
                time.sleep(0.1)
                sock.setblocking(False)
                gone = sock.recv(1) == b""
            except BlockingIOError:
                sock.setblocking(True)
            except OSError:
                gone = True
        assert gone
        assert time.monotonic() - began < 3


class FakeTransport(asyncio.Transport):
    """A transport of a client with an address."""

    def __init__(self, address: str) -> None:
        super().__init__({"peername": (address, 1), "sockname": ("10.0.0.1", 7860)})
        self.aborted = False

    def abort(self) -> None:
        self.aborted = True


def test_one_address_does_not_take_all_connections() -> None:
    async def crowd() -> tuple[int, bool, int]:
        config, state = uvicorn.Config(small()), ServerState()

        def arrive(address: str) -> FakeTransport:
            transport = FakeTransport(address)
            Connection(config, state, {}).connection_made(transport)
            return transport

        many = [arrive("10.0.0.9").aborted for _ in range(FOR_ADDRESS + 5)]
        other = arrive("10.0.0.10").aborted
        proxied = [arrive("127.0.0.1").aborted for _ in range(FOR_ADDRESS + 5)]
        return sum(many), other, sum(proxied)

    assert asyncio.run(crowd()) == (5, False, 0)


def test_the_process_may_hold_more_than_1024_connections() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    hard = before[1] if before[1] != resource.RLIM_INFINITY else 1 << 20
    try:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(1024, hard), before[1]))
        allow_many_files()
        assert resource.getrlimit(resource.RLIMIT_NOFILE)[0] == min(8192, hard)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
