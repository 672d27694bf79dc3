"""`anwen llm check` against scripted endpoints, good and bad."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from app.cli import run
from app.llm.client import open_model
from app.llm.probe import ProbeReport, probe, probe_questions, read_marks
from app.settings import LlmSettings
from tests.llm_server import Reply, Script, scripted_server

KEY = "sk-Geheim-0123456789abcdef"


def cites(right: bool = True, **more: Any) -> Script:
    """A model that copies the passage asked for, and marks it, or another one."""

    def script(body: dict[str, Any]) -> Reply:
        prompt = body["messages"][-1]["content"]
        (question,) = [one for one in probe_questions() if one.question in prompt]
        held = sorted(question.held_by) if right else [n for n in range(1, 4) if n not in question.held_by][:1]
        return Reply(tuple(f"{question.materials[n - 1][:-1]}[{n}]。" for n in held for _ in range(4)), **more)

    return script


def report(script: Script | Reply | str, **more: Any) -> ProbeReport:
    """The report on a scripted endpoint."""
    with scripted_server(script) as server:
        return probe(open_model(LlmSettings(base_url=server.url, model="假模型", **more)))


def test_fixed_questions() -> None:
    """Three, each with passages that hold its answer and passages that do not."""
    questions = probe_questions()
    assert len(questions) == 3
    for one in questions:
        assert one.held_by < set(range(1, len(one.materials) + 1))


@pytest.mark.parametrize(
    ("text", "marks"),
    [
        ("甲[1]。乙[2]。", (1, 2)),
        ("甲[2][1][2]", (2, 1)),
        ("【３】", (3,)),
        ("[1, 2、3]", (1, 2, 3)),
        ("［ 2 ］(1)", (2,)),
        ("", ()),
    ],
)
def test_marks(text: str, marks: tuple[int, ...]) -> None:
    """Marks in the forms that models write."""
    assert read_marks(text) == marks


def test_a_good_endpoint() -> None:
    """Nothing to complain of."""
    good = report(cites(delay=0.05, usage=(100, 60)))
    assert (good.model, good.answered, good.marked, good.right) == ("假模型", 3, 3, 3)
    assert (good.streams, good.estimated, good.degraded) == (True, False, ())
    assert good.first_token_ms is not None
    assert 50 <= good.first_token_ms < 10_000
    # 60 tokens in what is left of half a second or less, after the first of them.
    assert good.tokens_per_second is not None
    assert 8 < good.tokens_per_second < 1500
    assert [one.marks for one in good.tried] == [(2,), (3,), (1, 3)]


def test_what_is_degraded() -> None:
    """Each defect is seen, counted and said."""
    unmarked, uncounted = report("不知道，没有标记。").degraded
    assert unmarked == "引用标记不合要求（3 问没有写）：多数回答通不过核对，会退回原文摘录"
    assert uncounted == "接口不报用量：token 数是估计的"
    wrong = report(cites(right=False, usage=(1, 60)))
    assert (wrong.marked, wrong.right) == (3, 0)
    assert wrong.degraded == ("引用标记不合要求（3 问指错材料）：多数回答通不过核对，会退回原文摘录",)
    whole = report(cites(streams=False, usage=(1, 60)))
    assert (whole.streams, whole.right) == (False, 3)
    assert whole.degraded == ("不能逐字输出：回答写完才一次显示",)
    slow = report(cites(delay=0.1, usage=(1, 1)))
    assert len(slow.degraded) == 1
    assert slow.degraded[0].startswith("写得慢（每秒 ")
    assert any("不是中文" in line for line in report("The water is tested every 3 hours [2].").degraded)


def test_a_failure_after_the_first_question() -> None:
    """A later question without an answer is reported; the endpoint can still be used."""
    good = cites(usage=(1, 60))
    left = iter([good, Reply(status=429), good])

    def script(body: dict[str, Any]) -> Reply | str:
        following = next(left)
        return following(body) if callable(following) else following

    found = report(script)
    assert (found.answered, found.right) == (2, 2)
    assert "正忙" in found.tried[1].fault
    assert found.degraded[0].startswith("3 问中有 1 问没有答出（大模型接口正忙")


def here(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, str, str]:
    """Run the command in this process."""
    monkeypatch.setattr(sys, "argv", ["anwen", *arguments])
    code = run()
    out, err = capsys.readouterr()
    return code, out, err


def test_the_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One screen in Chinese, or JSON; exit 0; the key is in neither."""
    with scripted_server(cites(usage=(100, 60))) as server:
        monkeypatch.setenv("ANWEN_LLM__BASE_URL", server.url)
        monkeypatch.setenv("ANWEN_LLM__MODEL", "假模型")
        monkeypatch.setenv("ANWEN_LLM__API_KEY", KEY)
        code, out, err = here(["llm", "check"], monkeypatch, capsys)
        assert (code, err) == (0, "")
        assert len(out.splitlines()) <= 24
        for words in (server.url, "假模型", "3/3 问", "逐字输出  是", "token/秒", "没有发现不足", "[1][3]"):
            assert words in out
        code, printed, err = here(["llm", "check", "--json"], monkeypatch, capsys)
    assert (code, err) == (0, "")
    assert json.loads(printed)["right"] == 3
    assert KEY not in out + printed
    assert server.requests[0].headers["authorization"] == f"Bearer {KEY}"


def test_the_command_without_an_endpoint(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 1 and one line that says how to set one."""
    code, out, err = here(["llm", "check"], monkeypatch, capsys)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert "ANWEN_LLM__BASE_URL" in err


@pytest.mark.parametrize(
    ("reply", "said"), [(Reply(status=401, body=KEY), "不认这个密钥"), (Reply(body="<html>"), "不是 OpenAI 格式")]
)
def test_the_command_at_a_bad_endpoint(
    reply: Reply, said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit 1, nothing on stdout, one line, no key; asked once, not three times."""
    with scripted_server(reply) as server:
        monkeypatch.setenv("ANWEN_LLM__BASE_URL", server.url)
        monkeypatch.setenv("ANWEN_LLM__MODEL", "m")
        monkeypatch.setenv("ANWEN_LLM__API_KEY", KEY)
        code, out, err = here(["llm", "check", "--json"], monkeypatch, capsys)
    assert (code, out) == (1, "")
    assert err.count("\n") == 1
    assert said in err
    assert KEY not in err
    assert len(server.requests) == 1


def test_nothing_is_loaded_without_an_endpoint() -> None:
    """The command line without an endpoint loads neither llama-index nor openai, not even to say so."""
    code = (
        "import sys; from app.cli import run; sys.argv = ['anwen', 'llm', 'check']; code = run();"
        "print(code, [name for name in ('openai', 'llama_index', 'httpx', 'tiktoken') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.strip() == "1 []", done.stderr
