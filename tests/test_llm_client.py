"""The LLM client against a scripted server: what comes through, and what is said when nothing does."""

from __future__ import annotations

import json
import logging
import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.llm.client import open_model
from app.llm.faults import Faults
from app.llm.model import Message
from app.llm.thoughts import Thoughts
from app.settings import LlmSettings, llm_settings
from corpus.errors import EndpointError, SettingsError
from tests.llm_server import Reply, ScriptedServer, scripted_server

KEY = "sk-Geheim-0123456789abcdef"
PIECES = ("企业主要负责人", "每周至少", "开展1次", "排查[1]。")
ANSWER = "".join(PIECES)
ASK = (Message(role="system", content="只依据材料回答。"), Message(role="user", content="多久排查一次？"))
#: A failure is said at once, or when the short timeouts below are over; never may a test wait longer.
HANGS = 25.0


@pytest.fixture(scope="module", autouse=True)
def _loaded() -> None:
    """The libraries take seconds to import; not in the time that a test measures."""
    open_model(LlmSettings(base_url="http://127.0.0.1:9/v1", model="m"))


def at(server: ScriptedServer, **more: Any) -> LlmSettings:
    """Settings for the scripted server."""
    return LlmSettings(**{"base_url": server.url, "model": "假模型", "api_key": KEY, **more})


def fault(reply: Reply, **more: Any) -> str:
    """The line that is said over a reply; it holds no key, is one line of Chinese, and comes in time."""
    with scripted_server(reply) as server:
        start = time.monotonic()
        with pytest.raises(EndpointError) as caught:
            list(open_model(at(server, **more)).stream(ASK, 100))
    assert time.monotonic() - start < HANGS
    line = str(caught.value)
    assert KEY not in line
    assert "\n" not in line
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
    assert sum("一" <= sign <= "鿿" for sign in line) >= 8
    return line


def test_streams_piece_by_piece() -> None:
    """The pieces come as they were sent, each when it is sent; the request is as the contract says."""
    reply = Reply(PIECES, delay=0.1, hold_after=1, usage=(321, 45))
    with scripted_server(reply) as server:
        model = open_model(at(server, temperature=0))
        assert (model.name, model.context, model.limit) == ("假模型", 8192, 600)
        came = []
        for piece in model.stream(ASK, 77):
            came.append(piece)
            reply.release.set()  # the second piece is not sent before the first is here
        spent = model.spent()
    assert tuple(came) == PIECES
    (asked,) = server.requests
    assert asked.path == "/v1/chat/completions"
    assert asked.messages == [{"role": one.role, "content": one.content} for one in ASK]
    assert (asked.body["max_tokens"], asked.body["temperature"], asked.body["model"]) == (77, 0, "假模型")
    assert set(asked.body) == {"messages", "model", "temperature", "max_tokens", "stream", "stream_options"}
    assert (spent.prompt_tokens, spent.completion_tokens, spent.estimated) == (321, 45, False)
    assert spent.first_token_ms is not None
    assert 100 <= spent.first_token_ms < 20_000


def test_only_our_headers_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of the environment goes out with a request: no other key, organisation, proxy or machine."""
    for name in ("OPENAI_API_KEY", "OPENAI_ORG_ID", "OPENAI_PROJECT_ID"):
        monkeypatch.setenv(name, "sk-another")
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", "X-Leak: sk-another\nAuthorization: sk-another")
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with scripted_server(ANSWER) as server:
        assert "".join(open_model(at(server)).stream(ASK, 100)) == ANSWER
        assert "".join(open_model(at(server, api_key=None)).stream(ASK, 100)) == ANSWER
    keyed, keyless = ({name.lower(): value for name, value in asked.headers.items()} for asked in server.requests)
    known = {"host", "content-type", "content-length", "accept", "accept-encoding", "user-agent", "connection"}
    assert set(keyless) <= known
    assert set(keyed) <= known | {"authorization"}
    assert keyed["authorization"] == f"Bearer {KEY}"
    assert "sk-another" not in str(keyed) + str(keyless)


FAULTS = [
    (Reply(status=401, body=json.dumps({"error": {"message": f"wrong key {KEY}"}})), "不认这个密钥（401）"),
    (Reply(status=403), "不认这个密钥（403）"),
    (
        Reply(status=404, body='{"error": {"message": "model not found"}}'),
        "没有这个地址或模型“假模型”（404）：model not",
    ),
    (Reply(status=404, body="<html>404</html>"), "一般以 /v1 结尾"),
    (Reply(status=429), "正忙或额度已用完（429）"),
    (Reply(status=400, body='{"detail": "context length exceeded"}'), "不接受这个请求（400）：context length exceeded"),
    (Reply(status=500, body='{"error": "CUDA out of memory"}'), "内部出错（500）：CUDA out of memory"),
    (Reply(status=503, body=""), "内部出错（503）"),
    (Reply(status=302), "转到别的地址（302）"),
    (Reply(body="<html><body>欢迎登录</body></html>"), "不是 OpenAI 格式：欢迎登录"),
    (Reply(body='{"status": "ok"}', content_type="application/json"), "不是 OpenAI 格式"),
    (Reply(body="data: {坏的\n\n", content_type="text/event-stream"), "不是 OpenAI 格式"),
    (Reply(body="data: [1, 2]\n\n", content_type="text/event-stream"), "不是 OpenAI 格式"),
    (Reply(body='data: {"choices": 7}\n\n', content_type="text/event-stream"), "不是 OpenAI 格式"),
    (Reply(body='data: {"error": {"message": "模型崩溃"}}\n\n', content_type="text/event-stream"), "报错：模型崩溃"),
    (Reply(body="data: [DONE]\n\n", content_type="text/event-stream"), "回答是空的"),
    (Reply(body="", content_type="text/event-stream"), "回答是空的"),
    (Reply(PIECES, cut_after=2), "中途断开"),
    (Reply(PIECES, cut_after=0), "中途断开"),
    (Reply(PIECES, unfinished=True), "中途断开"),
    (Reply(PIECES, finish="content_filter"), "内容审查"),
    (Reply(("  ", "\n")), "回答是空的"),
    (Reply((), reasoning=("先看材料", "再想")), "只写了思考过程"),
    (Reply(("<think>想了", "很久"), finish="length"), "只写了思考过程"),
]


@pytest.mark.parametrize(("reply", "said"), FAULTS)
def test_failures_are_said_in_one_line(reply: Reply, said: str) -> None:
    """Every failure is one Chinese line that says what happened."""
    assert said in fault(reply, timeout=5)


def test_slowness() -> None:
    """Silence before the first piece, silence between two, and an answer that never ends."""
    assert "超过 0.3 秒没有回应" in fault(Reply(PIECES, wait=30), timeout=0.3)
    # Long enough that a loaded machine has the first pieces by then.
    assert "超过 1.5 秒写到一半停住了" in fault(Reply(PIECES, stall_after=2), timeout=1.5)
    assert "超过 0.5 秒还没有写完" in fault(Reply(("字",) * 500, delay=0.05), longest=0.5)
    # Signs of life that are no answer do not hold us longer than the whole may take.
    assert "超过 0.5 秒还没有写完" in fault(Reply((), reasoning=("嗯",) * 500, delay=0.05), longest=0.5)
    assert "超过 0.5 秒还没有写完" in fault(Reply(PIECES, wait=30, streams=False), longest=0.5, timeout=20)


def test_endless_answer() -> None:
    """A server that does not mind the limit is stopped, before the memory is full."""
    assert "没完没了" in fault(Reply(("字" * 200_000,) * 20))


def test_unreachable() -> None:
    """Nobody listens there."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/v1"
        with pytest.raises(EndpointError, match="连不上大模型接口 http://127"):
            list(open_model(LlmSettings(base_url=address, model="m", api_key=KEY)).stream(ASK, 9))


def test_no_endpoint() -> None:
    """Without an address there is nothing to open."""
    with pytest.raises(SettingsError, match="ANWEN_LLM__BASE_URL"):
        open_model(LlmSettings())


def test_wrong_path_names_v1() -> None:
    """The address without /v1: the real 404 of a path that is not there."""
    with scripted_server(ANSWER) as server, pytest.raises(EndpointError, match="一般以 /v1 结尾"):
        list(open_model(at(server, base_url=server.url.removesuffix("/v1"))).stream(ASK, 9))


@pytest.mark.parametrize(
    "said",
    [
        f"key {KEY} is wrong",
        f"{'x' * 60} {KEY}",
        f"{KEY[:9]}\x00{KEY[9:]}",
        f"\x1b[31m{KEY}\u202e\n",
        KEY * 9,
        {"detail": [KEY]},
    ],
)
@pytest.mark.parametrize("status", [302, 400, 401, 404, 413, 429, 500])
def test_errors_never_hold_the_key(status: int, said: object) -> None:
    """Whatever the server says: no key, no control signs, not much of it."""
    faults = Faults(LlmSettings(base_url="http://127.0.0.1/v1", model="m", api_key=KEY))
    for line in map(str, (faults.refused(status, said), faults.failed(said), faults.foreign(str(said).encode()))):
        assert KEY not in line.replace(" ", "")
        assert KEY[:20] not in line
        assert line.isprintable()
        assert len(line) < 170


def test_the_key_is_in_no_log_and_no_repr(caplog: pytest.LogCaptureFixture) -> None:
    """At the most talkative level of every library, over answers good and bad; and nowhere in the model."""
    caplog.set_level(logging.DEBUG)
    replies = iter(
        [Reply(PIECES), Reply(status=401, body=KEY), Reply(PIECES, cut_after=1), Reply(status=500, body=KEY)]
    )
    with scripted_server(lambda _: next(replies)) as server:
        model = open_model(at(server))
        assert list(model.stream(ASK, 9)) == list(PIECES)
        for _ in range(3):
            with pytest.raises(EndpointError) as caught:
                list(model.stream(ASK, 9))
            logging.getLogger("anwen").error("failed", exc_info=caught.value)
    assert len(server.requests) == 4
    assert any(record.name.startswith("openai") for record in caplog.records)
    assert KEY not in caplog.text
    assert KEY not in repr(model) + repr(vars(model)) + repr(at(server)) + at(server).model_dump_json()


def test_the_key_goes_to_one_address(monkeypatch: pytest.MonkeyPatch) -> None:
    """A redirect is not followed, and the libraries below us, with their events and logs, are not given the key."""
    import llama_index.llms.openai_like

    told: list[dict[str, Any]] = []
    real = llama_index.llms.openai_like.OpenAILike

    def noted(**more: Any) -> Any:
        told.append(more)
        return real(**more)

    monkeypatch.setattr(llama_index.llms.openai_like, "OpenAILike", noted)
    with scripted_server(ANSWER) as other:
        assert "转到别的地址（307）" in fault(Reply(status=307, location=f"{other.url}/chat/completions"))
    assert other.requests == []
    assert len(told) == 1
    assert KEY not in str(told)


def test_older_servers() -> None:
    """A server that does not know stream_options is asked without, and from then on at once."""
    with scripted_server(Reply(PIECES, rejects_stream_options=True, usage=(1, 2))) as server:
        model = open_model(at(server))
        for _ in range(2):
            assert tuple(model.stream(ASK, 9)) == PIECES
        spent = model.spent()
    assert ["stream_options" in asked.body for asked in server.requests] == [True, False, False]
    assert spent.estimated
    assert 5 <= spent.completion_tokens <= 30
    assert 5 <= spent.prompt_tokens <= 60


def test_without_streaming() -> None:
    """A server that answers in one piece, or refuses to stream: the answer comes at once, and is counted."""
    with scripted_server(Reply(PIECES, streams=False, usage=(7, 8))) as server:
        model = open_model(at(server))
        for _ in range(2):
            assert list(model.stream(ASK, 9)) == [ANSWER]
        assert (model.spent().prompt_tokens, model.spent().estimated) == (7, False)
    assert [asked.body.get("stream") for asked in server.requests] == [True, False, False]

    def refuses(body: dict[str, Any]) -> Reply:
        refused = Reply(status=400, body='{"error": {"message": "stream is not supported"}}')
        return refused if body.get("stream") else Reply(PIECES)

    with scripted_server(refuses) as server:
        assert "".join(open_model(at(server)).stream(ASK, 9)) == "".join(PIECES)


def test_a_refusal_is_not_asked_for_ever() -> None:
    """A request refused for another reason is sent twice, no more; nothing else is ever sent again."""
    with scripted_server(Reply(status=400)) as server, pytest.raises(EndpointError):
        list(open_model(at(server)).stream(ASK, 9))
    assert len(server.requests) == 2
    with scripted_server(Reply(status=503)) as server, pytest.raises(EndpointError):
        list(open_model(at(server)).stream(ASK, 9))
    assert len(server.requests) == 1


def test_failed_calls_cost_nothing_known() -> None:
    """After a failure the cost of the call before is not told a second time."""
    replies = iter([Reply(PIECES, usage=(5, 6)), Reply(status=500)])
    with scripted_server(lambda _: next(replies)) as server:
        model = open_model(at(server))
        list(model.stream(ASK, 9))
        assert model.spent().completion_tokens == 6
        with pytest.raises(EndpointError):
            list(model.stream(ASK, 9))
        assert (model.spent().completion_tokens, model.spent().first_token_ms) == (0, None)


def test_closing_ends_the_call() -> None:
    """The reader goes away after one piece: the server sees it at once, and the next question works."""
    with scripted_server(Reply(("一", *PIECES), hold_after=2)) as server:
        model = open_model(at(server))
        stream = model.stream(ASK, 100)
        assert next(stream) == "一"
        assert not server.left.is_set()
        stream.close()  # type: ignore[attr-defined]
        assert server.left.wait(20)
        assert next(model.stream(ASK, 100)) == "一"


def test_parallel_calls_do_not_mix() -> None:
    """Many threads at one model: each gets its own answer, and its own cost."""

    def script(body: dict[str, Any]) -> Reply:
        asked = body["messages"][-1]["content"]
        return Reply(tuple(f"{asked}之{part}；" for part in range(10)), delay=0.01, usage=(int(asked), 10))

    with scripted_server(script) as server, ThreadPoolExecutor(8) as pool:
        model = open_model(at(server))
        together = threading.Barrier(8, timeout=60)

        def ask(number: int) -> tuple[str, int]:
            together.wait()
            text = "".join(model.stream((Message(role="user", content=str(number)),), 9))
            together.wait()
            return text, model.spent().prompt_tokens

        answers = list(pool.map(ask, range(100, 124)))
    wanted = [("".join(f"{number}之{part}；" for part in range(10)), number) for number in range(100, 124)]
    assert answers == wanted


THINKING = [
    (("<think>材料一说每周</think>每周1次[1]。",), "每周1次[1]。"),
    (("<th", "ink>材料", "一说</thi", "nk>\n\n", "每周1次", "[1]。"), "每周1次[1]。"),
    (("每周<", "b>1次<", "/b>"), "每周<b>1次</b>"),
    (("<think></think>", "甲"), "甲"),
    (("甲<think>乙</think>丙<think>丁</think>",), "甲丙"),
    (("小于号<",), "小于号<"),
]


@pytest.mark.parametrize(("pieces", "answer"), THINKING)
def test_thoughts_are_no_answer(pieces: tuple[str, ...], answer: str) -> None:
    """<think>…</think> is dropped, wherever it is cut; reasoning_content never counts."""
    with scripted_server(Reply(pieces, reasoning=("先想：", "每月2次"))) as server:
        assert "".join(open_model(at(server)).stream(ASK, 9)) == answer


def test_thoughts_that_only_end() -> None:
    """A model whose thoughts only end (the server wrote the beginning): learned at the first answer, then held back."""
    with scripted_server(Reply(("先想想", "每月2次", "</think>", "每周", "1次"))) as server:
        model = open_model(at(server))
        assert "".join(model.stream(ASK, 9)) == "先想想每月2次每周1次"
        assert list(model.stream(ASK, 9)) == ["每周", "1次"]


@given(
    st.lists(st.sampled_from(["<think>", "</think>", "<", "think", ">", "/", "字", "1"]), max_size=9),
    st.booleans(),
    st.data(),
)
def test_thoughts_do_not_depend_on_the_pieces(parts: list[str], inside: bool, data: st.DataObject) -> None:
    """However a text is cut, the answer in it is the same."""
    text = "".join(parts)
    cuts = sorted(data.draw(st.sets(st.integers(0, len(text)))))

    def answer(pieces: list[str]) -> str:
        thoughts = Thoughts(begins_inside=inside)
        return "".join([*map(thoughts.feed, pieces), thoughts.end()])

    split = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    assert answer(split) == answer([text])
    assert "<think>" not in answer([text]) or "<think>" not in text


def test_control_signs_are_dropped() -> None:
    """Signs that no text holds do not get through; lines and tabs do."""
    with scripted_server(Reply(("甲\x00\x1b[1m", "\t乙\n\x7f"))) as server:
        assert "".join(open_model(at(server)).stream(ASK, 9)) == "甲[1m\t乙\n"


def test_nothing_is_downloaded_or_reported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A whole call connects to the endpoint alone, looks up no other name, and leaves no file behind."""
    looked_up: list[object] = []
    real = socket.getaddrinfo

    def look_up(host: Any, *rest: Any, **more: Any) -> Any:
        looked_up.append(host)
        return real(host, *rest, **more)

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    for name in ("HOME", "XDG_CACHE_HOME", "TIKTOKEN_CACHE_DIR", "TMPDIR"):
        monkeypatch.setenv(name, str(tmp_path))
    with scripted_server(ANSWER) as server:
        assert "".join(open_model(at(server)).stream(ASK, 9)) == ANSWER
    assert set(looked_up) == {"127.0.0.1"}
    assert list(tmp_path.iterdir()) == []


def test_session_settings_are_checked() -> None:
    """What the page sets is checked like the file, and the key in it is not shown."""
    with pytest.raises(SettingsError) as caught:
        llm_settings(base_url="ftp://x", model="m", api_key=KEY)
    assert "llm.base_url" in str(caught.value)
    assert KEY not in str(caught.value)
