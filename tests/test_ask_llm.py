"""`anwen ask` with a model: who wrote the answer is said, --mode chooses, stdout is as the contract has it."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Callable

import pytest

from app.llm.model import Done, Event, Judged, Struck, Writing, Written
from app.model import Answer, Inquiry, Mode, Status, Turn
from app.service import Service
from app.terminal import answer_text, follow
from corpus.errors import EndpointError
from eval.cli import main
from tests.llm_models import faithful, lying
from tests.llm_server import ScriptedServer, scripted_server

QUESTION = "泽州的厂子多久自查一回"
CONTRACT = ["question", "status", "text", "citations", "scope", "mode", "timings_ms"]
ANSWER = Answer(question="问", status=Status.ANSWERED, text="每日检查。[1]", mode=Mode.LLM)
STRUCK = Struck(text="每月五次", reasons=("无据",))
Anwen = Callable[..., tuple[object, str, str]]


@pytest.fixture
def anwen(service: Service, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Anwen:
    """`anwen ask` in this process over the tests' own service: what it ends with, prints and says."""
    monkeypatch.setattr("app.service.open_service", lambda settings, say: service)

    def run(*arguments: str) -> tuple[object, str, str]:
        monkeypatch.setattr(sys, "argv", ["anwen", "ask", QUESTION, *arguments])
        with pytest.raises(SystemExit) as stop:
            main()
        shown = capsys.readouterr()
        return stop.value.code, shown.out, shown.err

    return run


def use(server: ScriptedServer, monkeypatch: pytest.MonkeyPatch, **more: str) -> None:
    """Set the scripted server as the endpoint."""
    for name, value in {"base_url": server.url, "model": "假模型", **more}.items():
        monkeypatch.setenv(f"ANWEN_LLM__{name.upper()}", value)


def test_a_model_writes_where_one_is_set(anwen: Anwen, monkeypatch: pytest.MonkeyPatch) -> None:
    """Auto asks the endpoint; the head names the model, and nothing is said on a stderr that is no terminal."""
    with scripted_server(faithful) as server:
        use(server, monkeypatch)
        code, out, err = anwen()
        asked = len(server.requests)
    assert (code, err, asked) == (0, "", 1)
    assert out.splitlines()[:2] == ["【已依据通知回答】模型整理（假模型）", ""]
    assert "依据：" in out
    assert (
        "[1] 泽政发〔2024〕1号 一、（四） 依法落实企业主体责任（泽州县 2024）\n    原件：000_985837cca4013152.txt 第"
        in out
    )


def test_json_has_the_keys_of_the_contract(anwen: Anwen, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same keys in the same order, and llm for the mode; stdout is JSON alone."""
    with scripted_server(faithful) as server:
        use(server, monkeypatch)
        code, out, err = anwen("--json", "--mode", "llm")
    answer = json.loads(out)
    assert (code, err, list(answer), answer["mode"]) == (0, "", CONTRACT, "llm")
    assert answer["question"] == QUESTION


@pytest.mark.parametrize(("setting", "option"), [("auto", "extractive"), ("extractive", "auto")])
def test_extractive_though_a_model_is_set(
    setting: str, option: str, anwen: Anwen, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the option, or by the setting: the endpoint is not asked, and the answer is as without one."""
    plain = anwen()
    with scripted_server(faithful) as server:
        use(server, monkeypatch, mode=setting)
        assert anwen("--mode", option) == plain
        assert server.requests == []
        assert anwen("--mode", "llm")[1].startswith("【已依据通知回答】模型整理（假模型）")
        assert len(server.requests) == 1
    assert plain[0] == 0
    assert plain[1].startswith("【已依据通知回答】依据原文摘录\n\n")


def test_a_lying_model(anwen: Anwen, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extract stands, under its own name, with the reason, and how much was struck."""
    plain = anwen()[1]
    with scripted_server(lying) as server:
        use(server, monkeypatch)
        code, out, _ = anwen()
    assert code == 0
    assert out.startswith("【已依据通知回答】依据原文摘录\n\n")
    assert "（模型的答复有 1 句未通过引用核对，以上为原文摘录。）\n\n（模型的话有 2 句未通过核对，已划去。）\n" in out
    assert "47" not in out
    assert out.splitlines()[-2:] == plain.splitlines()[-2:]


def test_a_model_that_is_down(anwen: Anwen, monkeypatch: pytest.MonkeyPatch) -> None:
    """The extractive answer with one line that says why, and exit 0."""
    with scripted_server("") as server:
        use(server, monkeypatch)
    code, out, err = anwen("--json")
    answer = json.loads(out)
    assert (code, err, answer["mode"], answer["status"]) == (0, "", "extractive", "answered")
    assert "连不上大模型接口" in answer["text"]


def test_no_endpoint(anwen: Anwen, monkeypatch: pytest.MonkeyPatch) -> None:
    """--mode llm without one: exit 1 and one line that says how to set it, before anything is loaded."""

    def opened(settings: object, say: object) -> Service:
        raise AssertionError("the index was opened")

    monkeypatch.setattr("app.service.open_service", opened)
    code, out, err = anwen("--mode", "llm", "--json")
    assert (code, out) == (1, "")
    assert len(err.splitlines()) == 1
    assert "ANWEN_LLM__BASE_URL" in err


def test_a_mode_that_there_is_not(anwen: Anwen) -> None:
    """Wrong arguments exit 2 and name the modes."""
    code, out, err = anwen("--mode", "gpt")
    assert (code, out) == (2, "")
    assert "auto、extractive、llm" in err


@pytest.mark.parametrize(
    ("written", "head"),
    [
        (None, ["【已依据通知回答】模型整理", ""]),
        (Written(model="甲"), ["【已依据通知回答】模型整理（甲）", ""]),
        (Written(model="甲", understood="高平燃气"), ["【已依据通知回答】模型整理（甲）", "理解为：高平燃气", ""]),
    ],
)
def test_head(written: Written | None, head: list[str]) -> None:
    """Who wrote it, and the question as it was taken when that is the model's wording."""
    assert answer_text(ANSWER, written).splitlines() == [*head, "每日检查。[1]"]


def test_a_follow_up_says_what_it_was_taken_for(service: Service) -> None:
    """By rule too: the question made whole from the turn before stands over the answer; a whole question does not."""
    history = (Turn(role="user", content="泽州县燃气由谁负责"), Turn(role="assistant", content="县住建局。"))
    taken = answer_text(service.ask(Inquiry(question="那高平呢？", history=history))).splitlines()
    assert taken[1].startswith("理解为：高平")
    assert "燃气由谁负责" in taken[1]
    assert answer_text(service.ask(Inquiry(question="泽州县燃气由谁负责"))).splitlines()[1] == ""


def test_struck_sentences_are_counted() -> None:
    """Under the text, before the sources."""
    lines = answer_text(ANSWER, Written(model="甲", struck=(STRUCK, STRUCK))).splitlines()
    assert lines[-1] == "（模型的话有 2 句未通过核对，已划去。）"


def test_progress() -> None:
    """One line that grows and is wiped at the end; it counts what the model wrote, and says when it writes again."""
    done = Done(answer=ANSWER, written=Written())
    events: list[Event] = [
        Writing(tail="每日"),
        Writing(judged=(Judged(text="每日检查。"),), tail="每"),
        Writing(judged=(Judged(text="每月检查。"),), repairing=True),
        done,
        Writing(tail="too late"),
    ]
    shown = io.StringIO()
    assert follow(iter(events), shown) is done
    said = [line.strip() for line in shown.getvalue().split("\r") if line.strip()]
    assert said == [
        "模型正在整理……",
        "模型正在整理，已写 2 字",
        "模型正在整理，已写 6 字",
        "模型正在重写未通过核对的句子，已写 5 字",
    ]
    assert shown.getvalue().endswith(" " * 70 + "\r")
    assert "\n" not in shown.getvalue()
    assert follow(iter(events), None) is done


def test_events_without_an_end() -> None:
    """No answer is an error of its own, and the line is wiped."""
    shown = io.StringIO()
    with pytest.raises(EndpointError, match="--mode extractive"):
        follow(iter([Writing(tail="每日")]), shown)
    assert shown.getvalue().endswith(" " * 70 + "\r")
