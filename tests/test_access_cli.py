"""`anwen user …` and the door of `anwen serve`."""

from __future__ import annotations

import io
import json
import os
import pty
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from app.access.access import Access, open_access
from app.access.audit import AuditLog, read_lines
from app.access.passwords import matches
from app.access.users import Users
from app.access.visitor import Visitor
from app.feedback.store import FeedbackStore
from app.settings import LlmSettings, load_settings
from app.web.serve import listen, serve
from corpus.errors import SettingsError
from tests.browser import ScriptedService
from tests.test_cli import assert_one_chinese_line, here

SECRET = "泽州 gas-2024"


@pytest.fixture
def users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Users:
    monkeypatch.setenv("ANWEN_DATA_DIR", str(tmp_path))
    return Users(tmp_path / "users.json")


def typed(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(text))


def test_add_list_passwd_remove(
    users: Users, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    typed(monkeypatch, SECRET + "\r\n" + "second line\n")
    assert here(["user", "add", "王芳", "--password-stdin"], monkeypatch, capsys)[0] == 0
    assert matches(users.current()["王芳"].hash, SECRET)
    code, out, err = here(["user", "list"], monkeypatch, capsys)
    assert (code, err) == (0, "")
    assert out.startswith("王芳\t密码设于 20")
    assert "argon2" not in out
    typed(monkeypatch, "another one")
    assert here(["user", "passwd", "王芳", "--password-stdin"], monkeypatch, capsys)[0] == 0
    assert matches(users.current()["王芳"].hash, "another one")
    assert here(["user", "remove", "王芳"], monkeypatch, capsys) == (0, "", "已删除用户 王芳\n")
    assert here(["user", "list"], monkeypatch, capsys) == (0, "", "还没有用户；用 anwen user add 名字 添加\n")
    code, out, _ = here(["audit"], monkeypatch, capsys)
    assert [line.split("\t")[3:5] for line in out.splitlines()] == [
        ["添加用户", "王芳"], ["改密码", "王芳"], ["删除用户", "王芳"],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "password", "line"),
    [(["add", "王芳", "--password-stdin"], "", "至少要 8 个"), (["add", "a b", "--password-stdin"], SECRET, "不能用"),
     (["add", "王芳"], SECRET, "请加 --password-stdin"), (["remove", "王芳\n李四"], "", "没有用户“王芳李四”"),
     (["passwd", "王芳", "--password-stdin"], SECRET, "没有用户")],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_line(
    users: Users, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], arguments: list[str],
    password: str, line: str,
) -> None:  # fmt: skip
    typed(monkeypatch, password)
    code, out, err = here(["user", *arguments], monkeypatch, capsys)
    assert (code, out) == (1, "")
    assert_one_chinese_line(err)
    assert line in err
    assert not users.path.exists()


def typed_at_a_terminal(folder: Path, *lines: str) -> tuple[int, str]:
    """Run `anwen user add 王芳` at a terminal, and return its exit code and all that the terminal showed."""
    master, slave = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-c", "from app.cli import main; main()", "user", "add", "王芳"],
        stdin=slave, stdout=slave, stderr=slave, start_new_session=True,
        env={**os.environ, "ANWEN_DATA_DIR": str(folder), "PYTHONUTF8": "1"},
    )  # fmt: skip
    os.close(slave)
    shown = b""
    for line in lines:
        while not shown.endswith(b": "):
            shown += os.read(master, 1024)
        os.write(master, f"{line}\n".encode())
        shown += os.read(master, 1)
    try:
        while more := os.read(master, 1024):
            shown += more
    except OSError:  # the other end is closed
        pass
    os.close(master)
    return process.wait(timeout=120), shown.decode("utf-8")


def test_a_password_typed_at_a_terminal_is_not_shown(users: Users) -> None:
    code, shown = typed_at_a_terminal(users.path.parent, "gas-2024-a", "gas-2024-b")
    assert code == 1
    assert "两次输入的密码不一样" in shown
    assert users.current() == {}
    code, shown = typed_at_a_terminal(users.path.parent, "gas-2024-a", "gas-2024-a")
    assert code == 0
    assert "已添加用户 王芳" in shown
    assert "gas-2024" not in shown
    assert matches(users.current()["王芳"].hash, "gas-2024-a")


@pytest.mark.parametrize("variables", [{}, {"ANWEN_SERVER__HOST": "0.0.0.0"}, {"ANWEN_SERVER__LOGIN": "always"}])
def test_serve_refuses_before_anything_is_built(
    users: Users, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variables: dict[str, str]
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with listen("127.0.0.1", 0) as free:
        port = free.getsockname()[1]
    host = [] if variables else ["--host", "0.0.0.0"]
    code, out, err = here(["serve", "--port", str(port), *host], monkeypatch, capsys)
    assert (code, out) == (1, "")
    assert_one_chinese_line(err)
    assert "先运行 anwen user add 名字" in err
    assert not (users.path.parent / "index").exists()


def test_serve_refuses_a_certificate_that_is_not_there(
    users: Users, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("CERT", "KEY"):
        monkeypatch.setenv(f"ANWEN_SERVER__TLS_{name}", str(users.path.parent / f"{name}.pem"))
    code, out, err = here(["serve"], monkeypatch, capsys)
    assert (code, out) == (1, "")
    assert_one_chinese_line(err)
    assert "CERT.pem”读不出" in err
    assert not (users.path.parent / "index").exists()


def test_a_page_without_login_is_not_served_to_others() -> None:
    with pytest.raises(SettingsError, match="需要登录"):
        serve(ScriptedService(), listen("0.0.0.0", 0), LlmSettings(), Access(), FeedbackStore(Path()))


def test_what_is_said_at_the_start(
    users: Users, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import uvicorn

    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: None)
    users.add("王芳", SECRET)
    users.add("李四", SECRET)

    def start(host: str) -> list[str]:
        access = open_access(load_settings(), host)
        serve(ScriptedService(), listen(host, 0), LlmSettings(), access, FeedbackStore(users.path.parent))
        return capsys.readouterr().err.splitlines()

    _, login, plain = start("0.0.0.0")
    assert login == "登录：已开启，2 位用户。审计日志：已开启，记录提问人、问题和所示条款，长期保存，不自动删除"
    assert plain == (
        "注意：网络上传送的内容（密码在内）没有加密（http）；"
        "请在设置 [server] 中写 tls_cert 和 tls_key 启用 https，或放在有 https 的反向代理之后"
    )
    assert [line.what for line in read_lines(users.path.parent / "audit")[0]] == ["start"]
    assert len(start("127.0.0.1")) == 1
    shutil.rmtree(users.path.parent / "audit")
    (users.path.parent / "audit").write_text("in the way", encoding="utf-8")
    lines = start("0.0.0.0")
    assert "写不进去" in lines[0]
    assert "审计日志：写不进去（" in lines[2]


def test_the_audit_log_is_shown_in_lines_that_steer_no_terminal(
    users: Users, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, err = here(["audit"], monkeypatch, capsys)
    assert (code, out) == (1, "")
    assert_one_chinese_line(err)
    folder = users.path.parent / "audit"
    months = iter([datetime(2026, 1, 9, tzinfo=UTC), *[datetime(2026, 2, 9, 4, tzinfo=UTC)] * 2])
    log = AuditLog(folder, now=lambda: next(months))
    log.event(Visitor(user="王芳", address="10.0.0.7"), "login")
    log.event(Visitor(user="王芳", address="10.0.0.7"), "export", about="ledger.xlsx", shown=(("文1", "一、（一）"),))
    log.event(Visitor(), "ask", question="\x1b[2J燃气\t\n\u202e？")
    with (folder / "2026-02.jsonl").open("ab") as file:
        file.write(b'{"time":"20')
    code, out, err = here(["audit"], monkeypatch, capsys)
    assert code == 0
    assert err == "提示：有 1 行不完整（写到一半时磁盘已满），没有列出\n"
    assert [line.split("\t")[1:] for line in out.splitlines()] == [
        ["王芳", "10.0.0.7", "导出", "ledger.xlsx", "文1 一、（一）"],
        ["-", "", "提问", " [2J燃气   ？", ""],
    ]

    def listed(options: list[str]) -> list[str]:
        code, out, _ = here(["audit", "--json", *options], monkeypatch, capsys)
        assert code == 0
        return [json.loads(line)["what"] for line in out.splitlines()]

    code, out, _ = here(["audit", "--json", "--month", "2026-01"], monkeypatch, capsys)
    assert (code, [json.loads(line)["what"] for line in out.splitlines()]) == (0, ["login"])
    assert listed(["--since", "2026-01-01"]) == ["login", "export", "ask"]
    assert listed(["--since", "2026-01-01", "--until", "2026-01-31"]) == ["login"]
    assert listed(["--until", "2026-02-09"]) == ["login", "export", "ask"]
    assert listed(["--since", "2026-02-11"]) == []
    assert listed(["--since", "2026-01-01", "--user", "王芳"]) == ["login", "export"]
    for options, line in (
        (["--since", "昨\n天"], "日期“昨天”读不懂"), (["--until", "2026-02-30"], "读不懂"),
        (["--since", "2026-01-01", "--month", "2026-01"], "不能同用"),
    ):  # fmt: skip
        code, out, err = here(["audit", *options], monkeypatch, capsys)
        assert (code, out) == (1, "")
        assert_one_chinese_line(err)
        assert line in err
    for month in ("2026-03", "../users", "2026-0?"):
        code, out, err = here(["audit", "--month", month], monkeypatch, capsys)
        assert (code, out) == (1, "")
        assert "有记录的月份：2026-01、2026-02" in err
