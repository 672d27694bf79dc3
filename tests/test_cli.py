"""The command line from outside: JSON alone on stdout, exit codes 0/1/2, one Chinese line on stderr for an error."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from app.service import Service
from eval.cli import main
from tests.conftest import INDEX_HOME

ROOT = Path(__file__).parent.parent
_HAN = range(0x4E00, 0xA000)


def anwen(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run `anwen` in a process of its own, over the index that the tests keep."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ANWEN_")}
    return subprocess.run(
        [sys.executable, "-c", "from eval.cli import main; main()", *arguments],
        cwd=ROOT,
        env={**kept, "ANWEN_DATA_DIR": str(INDEX_HOME), "PYTHONUTF8": "1", **variables},
        capture_output=True,
        encoding="utf-8",
        timeout=240,
        check=False,
    )


def here(arguments: Sequence[str], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Outcome:
    """Run `anwen` in this process, where the heavy libraries are loaded once for all tests."""
    monkeypatch.setattr(sys, "argv", ["anwen", *arguments])
    with pytest.raises(SystemExit) as stop:
        main()
    shown = capsys.readouterr()
    return stop.value.code, shown.out, shown.err


Outcome = tuple[object, str, str]


def assert_one_chinese_line(text: str) -> None:
    """One line, in Chinese, without a traceback."""
    assert len(text.splitlines()) == 1, text
    assert sum(ord(char) in _HAN for char in text) >= 8, text
    assert "Traceback" not in text


@pytest.fixture(scope="session")
def history(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A conversation so far, as a file."""
    turns = [
        {"role": "user", "content": "泽州县我单位燃气检查频次要求？"},
        {"role": "assistant", "content": "日检日查。"},
    ]
    path = tmp_path_factory.mktemp("cli") / "历史.json"
    path.write_text(json.dumps(turns, ensure_ascii=False), encoding="utf-8")
    return path


@pytest.fixture
def kept_index(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """`anwen` in this process uses the index that the tests keep; what is heavy has been loaded with the service."""
    monkeypatch.setenv("ANWEN_DATA_DIR", str(INDEX_HOME))


def test_ask_json(history: Path) -> None:
    """With --json stdout is one JSON object with the contract's keys; the history is used; exit 0."""
    done = anwen("ask", "那高平呢？", "--json", "--role", "企业", "--history", str(history))
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert list(answer) == ["question", "status", "text", "citations", "scope", "mode", "timings_ms"]
    assert answer["question"] == "那高平呢？"
    assert answer["status"] == "answered"
    assert {one["notice"] for one in answer["citations"]} == {"高政发〔2024〕1号"}
    assert {one["label"] for one in answer["citations"]} == {"三、（十七）", "一、（四）"}
    keys = ["n", "notice", "label", "heading", "quote", "clause_text", "region", "year", "source"]
    assert all(list(one) == keys for one in answer["citations"])
    assert "Traceback" not in done.stderr


def test_search_json() -> None:
    """The ranked passages as one JSON array, best first, as many as asked for, with the keys of DESIGN.md."""
    done = anwen("search", "燃气检查频次", "--json", "-k", "3", "--region", "泽州县", "--year", "2024")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert len(rows) == 3
    assert all(list(row) == ["notice", "label", "heading", "text", "score", "parts"] for row in rows)
    assert (rows[0]["notice"], rows[0]["label"]) == ("泽政发〔2024〕1号", "三、（十七）")
    assert [row["score"] for row in rows] == sorted((row["score"] for row in rows), reverse=True)
    assert all(isinstance(value, float) for row in rows for value in row["parts"].values())
    assert {row["notice"] for row in rows} <= {"泽政发〔2024〕1号", "晋政发〔2024〕1号"}


def test_search_explained(
    kept_index: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """--explain says first how the question was read, which notices were asked and what the scores are made of."""
    asked = ["search", "老板多久检查一次", "--explain", "-k", "2", "--region", "泽州县"]
    code, out, err = here(asked, monkeypatch, capsys)
    assert code == 0, err
    why, found = out.split("\n\n")
    lines = why.splitlines()
    assert lines[0] == "【为什么这样答】"
    for line in (
        "地区：泽州县 → 晋城市 → 山西省（提问时选定）",
        "所问通知：泽州县2024年 泽政发〔2024〕1号",
        "上级通知：山西省2024年 晋政发〔2024〕1号",
    ):
        assert line in lines
    assert any(line.startswith("换成公文用语：老板 → 主要负责人") for line in lines)
    assert any(line.startswith("得分第 1：泽政发〔2024〕1号 一、（四）") for line in lines)
    assert found.splitlines()[0] == "【检索结果】"
    assert found.splitlines()[1].startswith(" 1. ")


def test_search_explained_json(
    kept_index: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """With --json too, the same passages stand beside the explanation in one object."""
    asked = ["search", "燃气检查频次", "--json", "--explain", "-k", "2", "--region", "泽州县", "--year", "2024"]
    code, out, err = here(asked, monkeypatch, capsys)
    assert code == 0, err
    shown = json.loads(out)
    assert list(shown) == ["passages", "explain"]
    assert [list(row) for row in shown["passages"]] == [["notice", "label", "heading", "text", "score", "parts"]] * 2
    assert list(shown["explain"]) == ["reading", "notices", "notices_left_out", "passages"]
    assert {"label": "年份", "value": "问句未写明，查2024年"} in shown["explain"]["reading"]
    assert shown["explain"]["notices"][0] == {
        "notice": "泽政发〔2024〕1号", "tier": "所问通知", "region": "泽州县", "year": 2024,
    }  # fmt: skip
    assert shown["explain"]["passages"][0]["score"] == shown["passages"][0]["score"]


def test_ask_plain(kept_index: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json a person reads the status, the quotes, and where each clause stands; not stipulated exits 0."""
    code, out, err = here(["ask", "我单位燃气检查频次要求？", "--region", "临汾市"], monkeypatch, capsys)
    assert code == 0, err
    assert out.startswith("【通知未规定】")
    assert "[1] 临政发〔2024〕1号 二、（一）9." in out
    assert "004_52a272d02e943534.txt" in out


def test_index_says_what_is_there(
    kept_index: None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """An index that is up to date is left alone and described in one line."""
    code, out, err = here(["index"], monkeypatch, capsys)
    assert code == 0, err
    assert_one_chinese_line(out)
    assert "9 份文件" in out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["ask", "燃气谁管", "--region", "太原市", "--json"], "泽州县"), (["ask", "  ", "--json"], "问题是空的")],
)
def test_question_that_cannot_be_taken(
    arguments: list[str],
    said: str,
    kept_index: None,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """An unknown region or an empty question: exit 1, nothing on stdout, one line that says what to do."""
    code, out, err = here(arguments, monkeypatch, capsys)
    assert (code, out) == (1, "")
    assert_one_chinese_line(err)
    assert said in err


BAD_HISTORY = ["", "不是 JSON", "{}", '[{"role": "system", "content": "x"}]', '[{"role": "user"}]', '["燃气"]']


@pytest.mark.parametrize("text", BAD_HISTORY, ids=range(len(BAD_HISTORY)))
def test_bad_history_file(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A history file of another form: exit 1 and a line that names the file and the form."""
    path = tmp_path / "历史.json"
    path.write_text(text, encoding="utf-8")
    code, out, err = here(["ask", "燃气谁管", "--json", "--history", str(path)], monkeypatch, capsys)
    assert (code, out) == (1, "")
    assert_one_chinese_line(err)
    assert "历史.json" in err
    assert "role" in err


def test_missing_history_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A history file that is not there, or is a folder, is named."""
    for path in (tmp_path / "没有.json", tmp_path):
        code, _, err = here(["ask", "燃气谁管", "--history", str(path)], monkeypatch, capsys)
        assert code == 1
        assert_one_chinese_line(err)
        assert str(path) in err


WRONG = [
    (["ask", "燃气", "--colour"], "没有选项 --colour"),
    (["ask"], "缺少参数"),
    (["search"], "缺少参数"),
    (["frobnicate"], "没有命令 frobnicate"),
    (["ask", "燃气", "--year", "去年"], "--year 的值不对"),
    (["ask", "燃气", "--role", "记者"], "企业、政府"),
    (["search", "燃气", "-k", "0"], "-k 的值不对（应为 1 到 100 的整数）"),
    (["search", "燃气", "-k", "很多"], "-k 的值不对"),
    (["serve", "--port", "99999"], "--port 的值不对"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_wrong_arguments(
    arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Wrong arguments: exit 2, nothing on stdout, one Chinese line that names the argument and leads to --help."""
    code, out, err = here(arguments, monkeypatch, capsys)
    assert (code, out) == (2, "")
    assert_one_chinese_line(err)
    assert said in err
    assert "--help" in err


SETTINGS = [
    ({"ANWEN_SERVER__PORT": "七千"}, "server.port"),
    ({"ANWEN_SERVER__PORT": "70000"}, "server.port"),
    ({"ANWEN_EMBEDDING__THREADS": "0"}, "embedding.threads"),
    ({"ANWEN_EMBEDDING__MODEL": ""}, "embedding.model"),
    ({"ANWEN_CORPUS__FOLDERS": "不是列表"}, "anwen.toml"),
    ({"ANWEN_CORPUS__FOLDERS": '["/没有/这个/文件夹"]'}, "/没有/这个/文件夹"),
    ({"ANWEN_CONFIG": "/没有/anwen.toml"}, "ANWEN_CONFIG"),
]


@pytest.mark.parametrize(("variables", "said"), SETTINGS)
def test_wrong_settings(
    variables: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong ANWEN_ setting: exit 1 and one line that names it."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    code, out, err = here(["clauses"], monkeypatch, capsys)
    assert (code, out) == (1, "")
    assert_one_chinese_line(err)
    assert said in err


def test_help_is_chinese(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """--help exits 0, and says what every command does; no command at all shows the same and exits 2."""
    code, out, _ = here(["--help"], monkeypatch, capsys)
    assert code == 0
    for words in ("提一个问题", "只检索", "建立或更新索引", "启动网页问答", "列出解析出的条款", "评测"):
        assert words in out
    assert here([], monkeypatch, capsys)[0] == 2


def test_clauses_json(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """One JSON object a line, with the keys of DESIGN.md."""
    code, out, _ = here(["clauses", "--json"], monkeypatch, capsys)
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert len(rows) > 180
    keys = {"notice", "title", "issuer", "region", "date", "path", "label", "heading", "text", "responsible", "source"}
    assert all(set(row) == keys for row in rows)
    gas = next(row for row in rows if (row["notice"], row["label"]) == ("泽政发〔2024〕1号", "三、（十七）"))
    assert gas["path"] == ["三、", "（十七）"]
    assert gas["heading"] == "燃气领域专项整治"
