"""The gate before the real page: a page is its first user's, nobody takes all, and no other route of Gradio is open."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access.access import open_access
from app.access.pages import STREAMS, WAITING, WORKING, CrowdedError, PageOwners, Shares
from app.access.users import Users
from app.settings import load_settings
from app.web.gate import LONGEST_BODY, PENDING, Gate
from tests.browser import SlowService, running_app

ANN, BOB, SECRET = "王芳", "李四", "泽州 gas-2024"
NOT_YOURS = "这个页面不是您登录后打开的；请刷新网页。"
CROWDED = "您同时打开的页面或未答完的问题太多；请关掉几个，或稍候再试。"


@dataclass
class Door:
    """A running server with two users."""

    url: str
    service: SlowService
    respond: int
    cookies: dict[str, dict[str, str]] = field(default_factory=dict)

    def client(self, name: str) -> httpx.Client:
        """The browser of one who has logged in."""
        if name not in self.cookies:
            entered = httpx.post(f"{self.url}/login", data={"name": name, "password": SECRET}, trust_env=False)
            self.cookies[name] = dict(entered.cookies)
        return httpx.Client(base_url=self.url, trust_env=False, timeout=60, cookies=self.cookies[name])

    def ask(self, client: httpx.Client, page: str, question: str) -> httpx.Response:
        """Put a question as the page's script does."""
        data = [question, "", "", "", "extractive", None]
        body = {"session_hash": page, "fn_index": self.respond, "trigger_id": None, "data": data, "event_data": None}
        return client.post("/gradio_api/queue/join", json=body)


@pytest.fixture(scope="module")
def door(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    folder, service = tmp_path_factory.mktemp("data"), SlowService()
    for name in (ANN, BOB):
        Users(folder / "users.json").add(name, SECRET)
    with running_app(service, access=open_access(load_settings(data_dir=folder), "0.0.0.0")) as url:
        door = Door(url, service, -1)
        with door.client(ANN) as client:
            events = client.get("/config").json()["dependencies"]
        door.respond = next(one["id"] for one in events if one["api_name"] == "respond")
        yield door
        service.may_answer.set()


def told(response: httpx.Response) -> tuple[int, str]:
    """The status and the line that Gradio's script shows."""
    return response.status_code, response.json()["detail"]


def test_another_user_can_neither_read_nor_stop_nor_use_a_page(door: Door) -> None:
    door.service.may_answer.clear()
    with door.client(ANN) as ann, door.client(BOB) as bob:
        event = door.ask(ann, "annspage", "慢 我单位燃气检查频次要求？").json()["event_id"]
        for method, path, body in (
            ("GET", "/gradio_api/queue/data?session_hash=annspage", None),
            ("GET", "/gradio_api/heartbeat/annspage", None),
            ("POST", "/gradio_api/queue/join", {"session_hash": "annspage", "fn_index": door.respond, "data": []}),
            ("POST", "/gradio_api/run/predict", {"session_hash": "annspage", "fn_index": 0, "data": ["a"]}),
            ("POST", "/gradio_api/cancel",
             {"session_hash": "annspage", "fn_index": door.respond, "event_id": event}),
            ("POST", "/gradio_api/cancel",
             {"session_hash": "bobspage", "fn_index": door.respond, "event_id": event}),
        ):  # fmt: skip
            assert told(bob.request(method, path, json=body)) == (403, NOT_YOURS), path
        door.service.may_answer.set()
        with ann.stream("GET", "/gradio_api/queue/data?session_hash=annspage") as stream:
            text = "".join(stream.iter_text())
    messages = [json.loads(line.removeprefix("data: ")) for line in text.split("\n\n") if line]
    done = next(one for one in messages if one["msg"] == "process_completed")
    assert (done["event_id"], done["success"]) == (event, True)
    assert "通知未规定" in text


def test_its_own_user_may_stop_an_answer(door: Door) -> None:
    door.service.may_answer.clear()
    with door.client(BOB) as bob:
        event = door.ask(bob, "bobstops", "慢").json()["event_id"]
        body = {"session_hash": "bobstops", "fn_index": door.respond, "event_id": event}
        assert bob.post("/gradio_api/cancel", json=body).json() == {"success": True}
    door.service.may_answer.set()


def test_one_user_s_questions_do_not_fill_the_queue(door: Door) -> None:
    door.service.may_answer.clear()
    with door.client(ANN) as ann, door.client(BOB) as bob:
        asked = [door.ask(ann, f"flood{n}", "慢") for n in range(PENDING + 5)]
        assert [one.status_code for one in asked] == [200] * PENDING + [429] * 5
        assert told(asked[-1]) == (429, CROWDED)
        assert door.ask(bob, "bobwaits", "燃气").status_code == 200
        door.service.may_answer.set()
        with bob.stream("GET", "/gradio_api/queue/data?session_hash=bobwaits") as stream:
            assert "通知未规定" in "".join(stream.iter_text())
        deadline = time.monotonic() + 30
        while (again := door.ask(ann, "flood0", "燃气").status_code) == 429 and time.monotonic() < deadline:
            time.sleep(0.1)
        assert again == 200


@pytest.mark.parametrize(
    "path",
    ["/gradio_api/info", "/gradio_api/openapi.json", "/gradio_api/upload", "/gradio_api/upload_progress?upload_id=1",
     "/gradio_api/call/respond", "/gradio_api/call/v2/respond", "/gradio_api/call/respond/abc",
     "/gradio_api/api/predict", "/gradio_api/run/respond", "/gradio_api/component_server", "/gradio_api/stream/abc",
     "/gradio_api/stream/abc/close", "/gradio_api/process_recording", "/gradio_api/proxy=http://127.0.0.1:1/",
     "/gradio_api/file=/etc/passwd", "/gradio_api/file=http://127.0.0.1:1/", "/gradio_api/file/etc/passwd",
     "/gradio_api/custom_component/a/client/component/index.js", "/gradio_api/queue/status", "/gradio_api/user",
     "/gradio_api/token", "/gradio_api/app_id", "/gradio_api/runs", "/gradio_api/vibe-code", "/gradio_api/dev/reload",
     "/gradio_api/deep_link?session_hash=a", "/gradio_api/startup-events", "/gradio_api/mcp/", "/gradio_api/mcp/sse",
     "/gradio_api/queue/join/", "/gradio_api/", "/gradio_api", "/gradio_apix"],
)  # fmt: skip
def test_the_routes_that_the_page_does_not_use_are_shut(door: Door, path: str) -> None:
    with door.client(ANN) as ann:
        for method in ("GET", "POST", "PUT", "DELETE"):
            response = ann.request(method, path, json={"session_hash": "a", "data": [], "fn_index": 0})
            assert told(response) == (404, "没有这个地址；请直接在浏览器中打开安问。"), method
        for other in ("/mcp", "/gradio_mcp/", "/queue/status", "/upload", "/run/predict"):
            assert ann.post(other, json={}).status_code in (404, 405), other


@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 400), (b"[]", 400), (b"{", 400), (b"\xff", 400), (b"[" * 100_000, 400), (b'{"session_hash": 5}', 400),
     (b'{"session_hash": null, "data": [], "fn_index": 0}', 400), (b'{"session_hash": "../x"}', 400),
     (b'{"session_hash": "' + b"a" * 65 + b'"}', 400), (b" " * (LONGEST_BODY + 1), 413)],
)  # fmt: skip
def test_a_body_that_names_no_page_or_is_too_long_is_refused(door: Door, content: bytes, status: int) -> None:
    with door.client(ANN) as ann:
        for path in ("/gradio_api/queue/join", "/gradio_api/run/predict", "/gradio_api/cancel"):
            response = ann.post(path, content=content, headers={"content-type": "application/json"})
            assert response.status_code == status, path
            assert len(response.json()["detail"].splitlines()) == 1


def test_an_event_stream_names_one_page(door: Door) -> None:
    with door.client(ANN) as ann:
        for query in ("", "?session_hash=", "?session_hash=a&session_hash=b", "?session_hash=%00"):
            assert ann.get(f"/gradio_api/queue/data{query}").status_code in (400, 404), query
        assert ann.get("/gradio_api/heartbeat/a/b").status_code == 400


def test_a_question_past_the_queue_is_refused(door: Door) -> None:
    with door.client(ANN) as ann:
        body = {"session_hash": "past", "fn_index": door.respond, "data": ["燃气", "", "", "", "extractive", None]}
        assert ann.post("/gradio_api/run/predict", json=body).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/export/../users.json", "/export/..%2fusers.json", "/export/%2e%2e/users.json", "/export/ledger.xlsx/..",
     "/export//etc/passwd", "/static/../../../../etc/passwd", "/static/..%2f..%2f..%2fetc/passwd",
     "/assets/%2e%2e/%2e%2e/routes.py", "/assets/..%5c..%5croutes.py", "/static//etc/passwd"],
)  # fmt: skip
def test_no_path_leads_out(door: Door, path: str) -> None:
    with door.client(ANN) as ann:
        response = ann.get(httpx.URL(door.url).copy_with(raw_path=path.encode()))
        assert response.status_code in (403, 404), path
        assert "root:" not in response.text


# owners and shares by themselves


def test_the_memory_of_owners_is_bounded_and_nobody_pushes_out_another_s() -> None:
    owners = PageOwners(kept=50, kept_for_user=20)
    assert owners.is_of("hers", ANN)
    for n in range(200):
        assert owners.is_of(f"his{n}", BOB)
    assert len(owners) == 21
    assert not owners.is_of("hers", BOB)
    assert not owners.is_of("his199", ANN)
    assert owners.is_of("his0", ANN)  # forgotten, by what he opened himself
    for n in range(100):
        assert owners.is_of(f"other{n}", f"user{n}")
    assert len(owners) == 50


@given(st.lists(st.tuples(st.sampled_from("abcdef"), st.sampled_from("XYZ")), max_size=60))
def test_a_page_that_is_remembered_never_changes_its_owner(seen: list[tuple[str, str]]) -> None:
    owners, first = PageOwners(kept=100, kept_for_user=100), dict[str, str]()
    for page, user in seen:
        assert owners.is_of(page, user) == (first.setdefault(page, user) == user)


def test_a_user_waits_for_himself_alone() -> None:
    async def crowd() -> tuple[int, int, int]:
        shares, leave, most, inside, refused = Shares(), asyncio.Event(), 0, 0, 0

        async def work() -> None:
            nonlocal most, inside, refused
            try:
                async with shares.working(ANN):
                    inside += 1
                    most = max(most, inside)
                    await leave.wait()
                    inside -= 1
            except CrowdedError:
                refused += 1

        tasks = [asyncio.create_task(work()) for _ in range(WORKING + WAITING + 3)]
        await asyncio.sleep(0)
        async with asyncio.timeout(5), shares.working(BOB):
            leave.set()
        await asyncio.gather(*tasks)
        return most, refused, len(shares)

    assert asyncio.run(crowd()) == (WORKING, 3, 0)


def test_a_user_s_streams_are_bounded() -> None:
    shares = Shares()
    held = [shares.streaming(ANN) for _ in range(STREAMS)]
    for one in held:
        one.__enter__()
    with pytest.raises(CrowdedError), shares.streaming(ANN):
        pass
    with shares.streaming(BOB):
        pass
    held.pop().__exit__(None, None, None)
    with shares.streaming(ANN):
        pass


def test_a_body_that_does_not_come_is_waited_for_a_while_only(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.web.gate.BODY_SECONDS", 0.05)
    sent: list[dict[str, Any]] = []

    async def slow() -> Any:
        await asyncio.sleep(30)

    async def send(message: Any) -> None:
        sent.append(message)

    async def never(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("passed on")

    scope = {"type": "http", "method": "POST", "path": "/gradio_api/queue/join", "headers": [], "anwen_user": ANN}
    asyncio.run(Gate(never, dict)(scope, slow, send))
    assert sent[0]["status"] == 408
