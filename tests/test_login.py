"""The login before the real page on a real server: what is closed, who gets in, and when a session ends."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from app.access.access import Access, open_access
from app.access.users import Users
from app.settings import load_settings
from app.web.guard import ENDED
from app.web.serve import HEADERS
from tests.browser import ScriptedService, running_app

USER, SECRET = "王芳", "泽州 gas-2024"
WRONG = "用户名或密码不对，请重新输入。"
CLOSED_GET = (
    "/", "/?__theme=dark", "/config", "/theme.css", "/robots.txt", "/manifest.json", "/favicon.ico", "/monitoring",
    "/monitoring/summary", "/assets/index.js", "/static/img/logo.svg", "/svelte/index.js", "/no-such-page", "/docs",
    "/openapi.json", "/export/ledger.xlsx", "/export/", "/login/", "/logout/", "/login/../config", "//login", "/Login",
    "/login;/config", "/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/theme.css", "/gradio_api/user",
    "/gradio_api/token", "/gradio_api/app_id", "/gradio_api/login_check", "/gradio_api/startup-events",
    "/gradio_api/heartbeat/abc", "/gradio_api/queue/data?session_hash=abc", "/gradio_api/queue/status",
    "/gradio_api/file=/etc/passwd", "/gradio_api/file/etc/passwd", "/gradio_api/proxy=http://127.0.0.1/",
    "/gradio_api/upload_progress?upload_id=1", "/gradio_api/call/x/y", "/gradio_api/runs", "/gradio_api/dev/reload",
    "/gradio_api/stream/a/1/2/playlist.m3u8", "/gradio_api/custom_component/a/client/component/index.js",
)  # fmt: skip
CLOSED_POST = (
    "/", "/login/", "/logout/", "/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/api/predict",
    "/gradio_api/call/predict", "/gradio_api/upload", "/gradio_api/cancel", "/gradio_api/reset",
    "/gradio_api/component_server", "/gradio_api/process_recording", "/gradio_api/stream/abc", "/gradio_api/vibe-edit",
    "/gradio_api/vibe-code", "/gradio_api/queue/join/", "/export/ledger.xlsx",
)  # fmt: skip


class Clock:
    """A clock that stands still until it is set on."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@dataclass
class Door:
    """A running server with a login."""

    url: str
    folder: Path
    users: Users
    clock: Clock
    access: Access

    def client(self) -> httpx.Client:
        """A browser of its own."""
        return httpx.Client(base_url=self.url, trust_env=False)

    def enter(self, client: httpx.Client, name: str = USER, password: str = SECRET, **headers: str) -> httpx.Response:
        """Send the form."""
        return client.post("/login", data={"name": name, "password": password}, headers=headers)

    def lines(self, what: str) -> list[dict[str, object]]:
        """Lines of the audit log of a kind."""
        files = (self.folder / "audit").glob("*.jsonl")
        lines = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
        return [line for line in lines if line["what"] == what]


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder, clock = tmp_path_factory.mktemp("data"), Clock()
    users = Users(folder / "users.json")
    users.add(USER, SECRET)
    users.add("李四", SECRET)
    access = open_access(load_settings(data_dir=folder), "0.0.0.0", clock=clock)
    with running_app(ScriptedService(), access=access) as url:
        yield Door(url, folder, users, clock, access)


@pytest.fixture(autouse=True)
def _later(request: pytest.FixtureRequest) -> None:
    """Each test begins when the failures of the one before are forgotten."""
    if "door" in request.fixturenames:
        opened: Door = request.getfixturevalue("door")
        opened.clock.now += 100 * 3600


def shut(response: httpx.Response) -> bool:
    """Whether nothing but the way to the login was given."""
    to_login = response.status_code == 303 and response.headers["location"] == "/login" and not response.content
    told = response.status_code == 401 and response.json() == {"error": "Not authenticated", "detail": ENDED}
    return to_login or told


@pytest.mark.parametrize("headers", [{}, {"cookie": "anwen_session=" + "A" * 43}, {"cookie": "access-token=x"}])
def test_everything_is_closed_without_a_session(door: Door, headers: dict[str, str]) -> None:
    with door.client() as client:
        for path in CLOSED_GET:
            for accept in ("text/html", "*/*"):
                response = client.get(path, headers={"accept": accept, **headers})
                assert shut(response), path
                assert {name: response.headers.get(name) for name in HEADERS} == HEADERS, path
                assert response.headers["cache-control"] == "no-store"
        for path in CLOSED_POST:
            assert shut(client.post(path, headers=headers, json={"session_hash": "a", "data": [], "fn_index": 0})), path
        assert client.head("/config", headers=headers).status_code == 401
        for method in ("PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"):
            for path in ("/config", "/login", "/logout"):
                assert shut(client.request(method, path, headers=headers)), (method, path)
        socket = {"connection": "Upgrade", "upgrade": "websocket", "sec-websocket-version": "13",
                  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ=="}  # fmt: skip
        assert client.get("/gradio_api/queue/join", headers={**socket, **headers}).status_code in (401, 403)


def test_the_two_kinds_of_answer(door: Door) -> None:
    with door.client() as client:
        assert client.get("/").status_code == 303
        assert client.get("/export/ledger.xlsx", headers={"accept": "text/html"}).status_code == 303
        assert client.get("/config").status_code == 401
        assert client.post("/gradio_api/queue/join", headers={"accept": "text/html"}, json={}).status_code == 401


def test_the_login_page(door: Door) -> None:
    with door.client() as client:
        page = client.get("/login")
    assert page.status_code == 200
    for part in ('<html lang="zh-CN">', '<label for="name">用户名</label>', '<label for="password">密码</label>',
                 'autocomplete="username"', 'autocomplete="current-password"', 'method="post"',
                 "本系统记录提问人、问题和所示条款，供审计。"):  # fmt: skip
        assert part in page.text
    assert "role=" not in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "unsafe" not in policy
    assert page.headers["x-content-type-options"] == "nosniff"
    assert "set-cookie" not in page.headers


def test_logging_in_and_out(door: Door) -> None:
    with door.client() as client:
        entered = door.enter(client)
        assert (entered.status_code, entered.headers["location"]) == (303, "/")
        cookie = entered.headers["set-cookie"]
        assert cookie.startswith("anwen_session=")
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert parts == {"httponly", "path=/", "samesite=lax"}
        page = client.get("/")
        assert page.status_code == 200
        assert json.loads(client.get("/config").text)["username"] == USER
        assert page.headers["cache-control"] == "no-store"
        token = client.cookies["anwen_session"]
        assert client.get("/logout").status_code == 303
        assert client.get("/config").status_code == 200  # a mere link does not end it
        left = client.post("/logout")
        assert (left.status_code, left.headers["location"]) == (303, "/login")
        assert 'anwen_session=""' in left.headers["set-cookie"]
        assert "max-age=0" in left.headers["set-cookie"].lower()
        assert shut(client.get("/config", headers={"cookie": f"anwen_session={token}"}))
    assert [line["user"] for line in door.lines("login")][-1] == USER
    assert [(line["user"], line["address"]) for line in door.lines("logout")][-1] == (USER, "127.0.0.1")


def test_under_https_the_cookie_is_secure_and_bound_to_the_host(door: Door) -> None:
    # uvicorn takes these from a proxy on this machine alone.
    proxied = {"x-forwarded-proto": "https", "x-forwarded-for": "10.1.2.3"}
    with door.client() as client:
        cookie = door.enter(client, **proxied).headers["set-cookie"]
        assert cookie.startswith("__Host-anwen_session=")
        assert "Secure" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie
        token = cookie.partition("=")[2].partition(";")[0]
        ours = {"cookie": f"__Host-anwen_session={token}"}
        assert client.get("/config", headers={**proxied, **ours}).status_code == 200
        planted = {"cookie": f"anwen_session={token}"}  # which another port of the host might set
        assert client.get("/config", headers={**proxied, **planted}).status_code == 401
    assert door.lines("login")[-1]["address"] == "10.1.2.3"


def test_a_session_that_somebody_planted_is_not_taken_over(door: Door) -> None:
    with door.client() as client:
        client.cookies.set("anwen_session", "planted" * 6, domain="127.0.0.1")
        cookie = door.enter(client).headers["set-cookie"]
        assert "planted" not in cookie
        assert shut(client.get("/config", headers={"cookie": "anwen_session=" + "planted" * 6}))
    with door.client() as thief, door.client() as victim:
        door.enter(thief, "李四")
        token = thief.cookies["anwen_session"]
        entered = victim.post(
            "/login", data={"name": USER, "password": SECRET}, headers={"cookie": f"anwen_session={token}"}
        )
        assert token not in entered.headers["set-cookie"]
        assert shut(thief.get("/config"))  # and what it stood for has ended


@pytest.mark.parametrize("name", [USER, "nobody", "", "' or 1=1 --", '"><script>alert(1)</script>', "\x00", "王" * 400])
def test_a_wrong_name_and_a_wrong_password_look_alike(door: Door, name: str) -> None:
    with door.client() as client:
        response = door.enter(client, name, "wrong password")
    assert response.status_code == 401
    assert f'role="alert" id="fault">{WRONG}</p>' in response.text
    assert "set-cookie" not in response.headers
    assert "<script>alert" not in response.text
    last = door.lines("login_failed")[-1]
    assert (last["user"], last["question"], last["about"]) == (USER if name == USER else "", "", "")


def test_an_unknown_name_takes_as_long(door: Door) -> None:
    login = door.access.login
    assert login is not None

    def least(name: str) -> float:
        times = []
        for n in range(4):
            began = time.process_time()  # other work on the machine does not count
            login.sign_in(name, f"wrong {n}", f"10.0.{len(name)}.{n}")
            times.append(time.process_time() - began)
        return min(times)

    known, unknown = least(USER), least("nobody")
    assert unknown > known / 3  # without the stand-in's check it is a thousand times faster
    assert known > 0.005


def test_after_five_failures_even_the_right_password_has_to_wait(door: Door) -> None:
    with door.client() as client:
        for _ in range(5):
            assert door.enter(client, USER, "wrong password").status_code == 401
        blocked = door.enter(client)
        assert blocked.status_code == 429
        assert blocked.headers["retry-after"] == "30"
        assert "登录失败次数过多，请等 30 秒再试。" in blocked.text
        for _ in range(5):
            assert door.enter(client, "nobody", "wrong password").status_code == 401
        assert door.enter(client, "nobody").text.replace("nobody", USER) == blocked.text
        door.clock.now += 31
        assert door.enter(client).status_code == 303


FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"name=a&password=" + b"b" * 5000, FORM), (b"name=a", FORM), (b"name=a&password=b", "text/plain"), (b"", FORM),
     (b'{"name":"a","password":"b"}', "application/json"), (b"\xff\xfe", FORM), (b"a=1&" * 50, FORM)],
)  # fmt: skip
def test_a_body_that_is_no_small_form_is_refused(door: Door, content: bytes, kind: str) -> None:
    with door.client() as client:
        response = client.post("/login", content=content, headers={"content-type": kind})
    assert response.status_code == 400
    assert "没有收到用户名和密码" in response.text


@pytest.mark.parametrize(
    "headers",
    [{"origin": "http://evil.example"}, {"origin": "null"}, {"sec-fetch-site": "cross-site"},
     {"sec-fetch-site": "same-site"}, {"origin": "http://127.0.0.1:1"}, {"origin": "http://127.0.0.1.evil.example"},
     {"origin": "http://[evil"}, {"origin": ""}],
)  # fmt: skip
def test_another_site_s_requests_are_refused(door: Door, headers: dict[str, str]) -> None:
    with door.client() as client:
        assert door.enter(client, **headers).status_code == 403
        assert door.enter(client).status_code == 303
        for path in ("/logout", "/gradio_api/queue/join", "/gradio_api/upload", "/gradio_api/cancel"):
            response = client.post(path, headers=headers, json={})
            assert response.status_code == 403, path
            assert response.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]
            assert "access-control-allow-origin" not in response.headers
        reading = client.get("/config", headers=headers)  # Gradio would allow any site to read it
        assert reading.status_code == (403 if "origin" in headers else 200)
        assert "access-control-allow-origin" not in reading.headers
        assert (
            client.get("/", headers={"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}).status_code == 200
        )
        assert client.get("/config").status_code == 200  # still logged in


def test_our_own_page_s_requests_are_let_through(door: Door) -> None:
    with door.client() as client:
        assert door.enter(client, origin=door.url).status_code == 303
        # A proxy that sets another Host; the browser vouches for the page.
        own = {"origin": "https://anwen.example", "sec-fetch-site": "same-origin"}
        assert door.enter(client, **own).status_code == 303


def test_sessions_end_by_time(door: Door) -> None:
    with door.client() as client:
        door.enter(client)
        door.clock.now += 8 * 3600 - 1
        assert client.get("/config").status_code == 200
        door.clock.now += 8 * 3600
        assert shut(client.get("/config"))
        door.enter(client)
        for _ in range(3):
            door.clock.now += 7 * 3600
            assert client.get("/config").status_code == 200
        door.clock.now += 3 * 3600 + 1
        assert shut(client.get("/config"))
        door.enter(client)
        door.clock.now += 7 * 3600
        with client.stream("GET", "/gradio_api/heartbeat/abc") as page_left_open:
            assert page_left_open.status_code == 200
        door.clock.now += 2 * 3600
        assert shut(client.get("/config"))


def stream_of(door: Door, client: httpx.Client, change: Callable[[], object]) -> list[str]:
    """What an open page's event stream says before it ends, when something changes meanwhile."""
    lines: list[str] = []

    def read() -> None:
        with client.stream("GET", "/gradio_api/heartbeat/abcdefgh", timeout=120) as response:
            lines.append(str(response.status_code))
            lines.extend(response.iter_lines())

    reader = threading.Thread(target=read)
    reader.start()
    deadline = time.monotonic() + 60
    while "data: ALIVE" not in lines and time.monotonic() < deadline:
        time.sleep(0.05)
    change()
    reader.join(timeout=60)
    assert not reader.is_alive(), "the stream went on"
    return lines


def test_a_removed_user_s_requests_and_streams_end(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    import gradio.utils

    monkeypatch.setattr(gradio.utils, "get_heartbeat_rate", lambda: 0.3)
    door.users.add("赵六", SECRET)
    with door.client() as client, door.client() as other:
        door.enter(client, "赵六")
        door.enter(other)
        assert client.get("/config").status_code == 200
        lines = stream_of(door, client, lambda: door.users.remove("赵六"))
        assert lines[0] == "200"
        assert shut(client.get("/config"))
        assert other.get("/config").status_code == 200


def test_a_changed_password_ends_that_user_s_sessions_alone(door: Door) -> None:
    door.users.add("孙七", SECRET)
    with door.client() as client, door.client() as other:
        door.enter(client, "孙七")
        door.enter(other)
        door.users.change("孙七", "another one")
        assert shut(client.get("/config"))
        assert other.get("/config").status_code == 200
        assert door.enter(client, "孙七").status_code == 401
        assert door.enter(client, "孙七", "another one").status_code == 303


def test_a_broken_users_file_closes_everything_and_opens_again(door: Door, capfd: pytest.CaptureFixture[str]) -> None:
    whole = door.users.path.read_bytes()
    with door.client() as client:
        door.enter(client)
        door.users.path.write_bytes(whole[:-20])
        try:
            for response in (client.get("/"), client.get("/config"), client.post("/gradio_api/queue/join", json={})):
                assert response.status_code == 503
                assert response.text == "用户文件读不懂，暂时不能使用；请管理员查看运行窗口中的提示。"
            assert door.enter(client).status_code == 503
        finally:
            door.users.path.write_bytes(whole)
        assert client.get("/config").status_code == 200
    said = [line for line in capfd.readouterr().err.splitlines() if "读不懂" in line]
    assert len(said) == 1
    assert str(door.users.path) in said[0]


def test_a_user_cannot_read_the_server_s_own_files(door: Door) -> None:
    (audit,) = list((door.folder / "audit").glob("*.jsonl"))[:1]
    with door.client() as client:
        door.enter(client)
        for path in (door.users.path, audit, Path("/etc/passwd"), Path(__file__)):
            response = client.get(f"/gradio_api/file={path}")
            assert response.status_code in (403, 404), path
        assert client.get("/monitoring/summary").status_code == 403
        assert client.post("/gradio_api/upload", files={"files": ("a.txt", b"x")}).status_code == 404


# without a login


@pytest.fixture(scope="module")
def local(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    access = open_access(load_settings(data_dir=tmp_path_factory.mktemp("data")), "127.0.0.1")
    with running_app(ScriptedService(), access=access) as url:
        yield url


def test_on_loopback_there_is_no_login(local: str) -> None:
    with httpx.Client(base_url=local, trust_env=False) as client:
        assert client.get("/config").status_code == 200
        assert client.get("/config").json().get("username") is None
        for method in ("GET", "POST"):
            for path in ("/login", "/logout"):
                assert client.request(method, path).headers["location"] == "/"


@pytest.mark.parametrize(
    "host", ["localhost", "localhost:7860", "127.0.0.1:80", "127.9.9.9", "[::1]:7860", "LOCALHOST"]
)
def test_on_loopback_this_machine_s_names_are_served(local: str, host: str) -> None:
    with httpx.Client(base_url=local, trust_env=False) as client:
        assert client.get("/config", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:7860", "127.0.0.1.evil.example", "10.0.0.5", "localhost.evil.example",
             "[", "", "127.0.0.1@evil.example", "0.0.0.0", "2130706433"]
)  # fmt: skip
def test_on_loopback_other_names_are_refused(local: str, host: str) -> None:
    with httpx.Client(base_url=local, trust_env=False) as client:
        for method, path in (("GET", "/"), ("GET", "/config"), ("POST", "/gradio_api/queue/join")):
            response = client.request(method, path, headers={"host": host})
            assert response.status_code == 421, path
            assert len(response.text.splitlines()) == 1
            assert response.headers["content-security-policy"] == HEADERS["Content-Security-Policy"]


def test_on_loopback_a_proxy_or_another_site_is_refused(local: str) -> None:
    with httpx.Client(base_url=local, trust_env=False) as client:
        for name in ("x-forwarded-for", "x-real-ip", "forwarded"):
            response = client.get("/", headers={name: "10.0.0.5"})
            assert response.status_code == 421
            assert 'login = "always"' in response.text
        other = {"origin": "http://evil.example"}
        assert client.post("/gradio_api/queue/join", headers=other, json={}).status_code == 403
