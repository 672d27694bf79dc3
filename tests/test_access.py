"""Users, passwords, sessions, attempts and the audit log: the parts behind the login."""

from __future__ import annotations

import json
import os
import stat
import threading
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app.access.access import Login, Refused, SignedIn, is_wider, open_access
from app.access.attempts import FREE, FREE_FROM_ADDRESS, KEPT, Attempts
from app.access.audit import AuditLog, read_lines
from app.access.passwords import check_new, hashed, matches
from app.access.sessions import KEPT_FOR_USER, LoginSessions
from app.access.users import Users, checked_name
from app.access.visitor import Visitor
from app.model import Answer, Inquiry, Mode, Role, Status
from app.settings import Settings, load_settings
from corpus.errors import AccessError, SettingsError
from tests.browser import PROVISIONS, citation

SECRET = "泽州 gas-2024"


class Clock:
    """A clock that stands still until it is set on."""

    def __init__(self) -> None:
        self.now = 1_700_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def users(tmp_path: Path) -> Users:
    return Users(tmp_path / "data" / "users.json")


def settings_in(folder: Path, **sections: dict[str, object]) -> Settings:
    return load_settings(data_dir=folder, **sections)


# users and passwords


def test_users_are_kept_hashed_in_a_file_of_the_owner_alone(users: Users) -> None:
    users.add("王芳", SECRET)
    users.add("li.si-2", "another one")
    text = users.path.read_text(encoding="utf-8")
    assert SECRET not in text
    assert text.count("$argon2id$v=19$m=65536,t=3,p=4$") == 2
    assert stat.S_IMODE(users.path.stat().st_mode) == 0o600
    assert list(Users(users.path).current()) == ["王芳", "li.si-2"]
    assert sorted(path.name for path in users.path.parent.iterdir()) == ["users.json", "users.json.lock"]
    assert SECRET not in repr(users.current()["王芳"])
    assert "argon2" not in repr(users.current()["王芳"])


def test_another_process_s_changes_are_noticed(users: Users) -> None:
    other = Users(users.path)
    users.add("王芳", SECRET)
    first = other.current()["王芳"].hash
    users.change("王芳", "another one")
    assert other.current()["王芳"].hash != first
    users.remove("王芳")
    assert other.current() == {}
    users.path.unlink()
    assert other.current() == {}


@pytest.mark.parametrize(
    ("name", "line"),
    [("王芳", "已经有了"), ("WANGWU", "已经有了"), ("ＷａｎｇＷｕ", "已经有了"), ("a" * 33, "最多 32 个"),
     ("", "不能用"), ("../etc", "不能用"), ("a b", "不能用"), ("a\nb", "不能用"), ("<b>", "不能用"), ("-x", "不能用"),
     ("аdmin", "不能用")],
)  # fmt: skip
def test_names_that_cannot_be_taken(users: Users, name: str, line: str) -> None:
    users.add("王芳", SECRET)
    users.add("wangwu", SECRET)
    with pytest.raises(AccessError, match=line):
        users.add(name, SECRET)
    assert list(users.current()) == ["王芳", "wangwu"]


@pytest.mark.parametrize(
    ("password", "line"),
    [("1234567", "至少要 8 个"), ("ｗａｎｇｗｕ－１", "与用户名相同"), ("WANGWU-1", "与用户名相同"),
     ("11111111", "重复或连续"), ("12345678", "重复或连续"), ("hgfedcba", "重复或连续"),
     ("x" * 64 + "y" * 65, "最多 128 个"), ("line\nbreak", "控制字符")],
)  # fmt: skip
def test_passwords_that_cannot_be_taken(password: str, line: str) -> None:
    with pytest.raises(AccessError, match=line):
        check_new("wangwu-1", password)


def test_a_password_typed_full_width_is_the_same() -> None:
    stored = hashed("gas-2024!")
    assert matches(stored, "ｇａｓ－２０２４！")
    assert not matches(stored, "gas-2024")
    assert not matches(stored, "\ud800")
    assert not matches("no hash", "gas-2024!")


def test_changing_or_removing_who_is_not_there(users: Users) -> None:
    for change in (lambda: users.remove("王芳"), lambda: users.change("王芳", SECRET)):
        with pytest.raises(AccessError, match="没有用户“王芳”；用 anwen user list"):
            change()


@pytest.mark.parametrize(
    "broken",
    ["", "{", "[]", "null", '{"version":2,"users":[]}', '{"version":1,"users":[{"name":"a","hash":"x","changed":""}]}',
     '{"version":1,"users":[],"more":1}'],
)  # fmt: skip
def test_a_broken_file_lets_nobody_in_and_is_not_overwritten(users: Users, broken: str) -> None:
    users.add("王芳", SECRET)
    assert users.current()
    users.path.write_text(broken, encoding="utf-8")
    for use in (users.current, lambda: users.add("李四", SECRET)):
        with pytest.raises(AccessError, match="读不懂"):
            use()
    assert users.path.read_text(encoding="utf-8") == broken


def test_a_name_twice_in_the_file_is_broken(users: Users) -> None:
    users.add("王芳", SECRET)
    file = json.loads(users.path.read_text(encoding="utf-8"))
    users.path.write_text(json.dumps({"version": 1, "users": file["users"] * 2}), encoding="utf-8")
    with pytest.raises(AccessError, match="读不懂"):
        users.current()


def test_two_that_add_at_once_both_stay(users: Users) -> None:
    threads = [threading.Thread(target=Users(users.path).add, args=(name, SECRET)) for name in ("甲", "乙", "丙")]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert set(users.current()) == {"甲", "乙", "丙"}


@given(st.text(max_size=40))
@example("王芳")
def test_a_name_that_is_taken_is_inert_everywhere(name: str) -> None:
    line, taken = "", ""
    try:
        taken = checked_name(name)
    except AccessError as error:
        line = str(error)
    if not taken:
        assert len(line.splitlines()) == 1
        return
    assert len(taken) <= 32
    assert not set(taken) & set("<>&\"'/\\ =@+;,:\n\r\t\0")
    assert taken[0] not in "-_."
    assert checked_name(taken) == taken


# sessions and attempts


def test_a_session_ends_when_idle_and_at_last() -> None:
    clock = Clock()
    sessions = LoginSessions(8, 24, clock)
    token = sessions.open("王芳", "stamp")
    assert len(token) >= 43  # 256 bits
    clock.now += 8 * 3600 - 1
    assert sessions.find(token, use=False) == ("王芳", "stamp")
    assert sessions.find(token) == ("王芳", "stamp")
    clock.now += 8 * 3600 - 1
    assert sessions.find(token) == ("王芳", "stamp")  # used meanwhile
    clock.now += 8 * 3600 - 1
    assert sessions.find(token) == ("王芳", "stamp")
    clock.now += 4
    assert sessions.find(token) is None  # 24 hours after the login
    idle = sessions.open("王芳", "stamp")
    clock.now += 8 * 3600
    assert sessions.find(idle) is None
    early = sessions.open("王芳", "stamp")
    clock.now -= 1
    assert sessions.find(early) is None
    assert len(sessions) == 0


def test_sessions_are_bounded_for_each_user_and_hold_no_token() -> None:
    sessions = LoginSessions(8, 24, Clock())
    other = sessions.open("李四", "stamp")
    tokens = [sessions.open("王芳", "stamp") for _ in range(KEPT_FOR_USER + 3)]
    assert len(set(tokens)) == KEPT_FOR_USER + 3
    assert [sessions.find(token) is None for token in tokens] == [True] * 3 + [False] * KEPT_FOR_USER
    assert sessions.find(other) is not None
    assert not any(token in repr(vars(sessions)) for token in tokens)


def test_failures_wait_longer_each_time_up_to_a_quarter_of_an_hour() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    assert [attempts.take("王芳", f"10.0.0.{n}") for n in range(FREE)] == [0.0] * FREE
    waits = []
    for n in range(7):
        wait = attempts.take("王芳", f"10.0.1.{n}")
        waits.append(wait)
        assert attempts.take("王芳", "10.9.9.9") == wait  # asking again makes it no longer
        clock.now += wait
        assert attempts.take("王芳", f"10.0.2.{n}") == 0
    assert waits == [30, 60, 120, 240, 480, 900, 900]
    assert attempts.take("李四", "10.0.3.1") == 0
    clock.now += 5 * 3600
    assert [attempts.take("王芳", f"10.0.4.{n}") for n in range(FREE)] == [0.0] * FREE


def test_who_mistypes_now_and_then_never_waits_and_who_guesses_gets_four_an_hour() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    for _ in range(50):
        assert attempts.take("王芳", "10.0.0.1") == 0
        clock.now += 1800
    guesses, end = 0, clock.now + 24 * 3600
    while clock.now < end:
        wait = attempts.take("王芳", "10.0.0.1")
        guesses += not wait
        clock.now += wait
    assert guesses <= 4 * 24 + 10


def test_an_address_waits_whatever_names_it_tries_and_its_own_login_does_not_free_it() -> None:
    attempts = Attempts(Clock())
    for n in range(FREE_FROM_ADDRESS - 1):
        assert attempts.take(f"name{n}", "10.0.0.1") == 0
        assert attempts.take("own", "10.0.0.1") in (0, 30)
        attempts.succeeded("own", "10.0.0.1")
    assert attempts.take("one more", "10.0.0.1") == 0
    assert attempts.take("own", "10.0.0.1") == 30
    assert attempts.take("own", "10.0.0.2") == 0


def test_addresses_of_one_network_and_forms_of_one_name_count_together() -> None:
    attempts = Attempts(Clock())
    for n in range(FREE_FROM_ADDRESS):
        assert attempts.take(f"name{n}", f"2001:db8::{n}") == 0
    assert attempts.take("other", "2001:db8::ffff:1") == 30
    assert attempts.take("other", "2001:db8:0:1::1") == 0
    for n, name in enumerate(("Admin", "admin ", "ＡＤＭＩＮ", "ADMIN", "admin")):
        assert attempts.take(name, f"10.0.0.{n}") == 0
    assert attempts.take("aDMIN", "10.0.1.1") == 30
    mapped = Attempts(Clock())
    assert [mapped.take(f"n{n}", "::ffff:10.0.0.1") for n in range(FREE_FROM_ADDRESS)] == [0.0] * FREE_FROM_ADDRESS
    assert mapped.take("n", "10.0.0.1") == 30


def test_who_guesses_at_a_name_does_not_lock_out_its_owner_at_his_own_desk() -> None:
    clock = Clock()
    attempts = Attempts(clock)
    assert attempts.take("王芳", "10.0.0.1") == 0
    attempts.succeeded("王芳", "10.0.0.1")
    for n in range(FREE):
        assert attempts.take("王芳", f"10.9.0.{n}") == 0
    assert attempts.take("王芳", "10.9.1.1") == 30  # nor may he come from where he never was
    assert attempts.take("王芳", "10.0.0.1") == 0
    attempts.succeeded("王芳", "10.0.0.1")
    assert attempts.take("王芳", "10.9.1.1") == 30  # and his coming frees nobody who guesses
    for _ in range(FREE):
        assert attempts.take("王芳", "10.0.0.1") == 0
    assert attempts.take("王芳", "10.0.0.1") == 30  # his own desk may be another's too
    clock.now += 5 * 3600
    assert attempts.take("王芳", "10.9.1.1") == 0


def test_an_office_behind_one_address_may_mistype() -> None:
    attempts = Attempts(Clock())
    for n in range(FREE_FROM_ADDRESS):
        assert attempts.take(f"officer{n}", "10.0.0.1") == 0
    assert attempts.take("officer", "10.0.0.1") == 30
    for n in range(FREE_FROM_ADDRESS // 2):
        attempts.succeeded(f"officer{n}", "10.0.0.1")
    assert attempts.take("officer", "10.0.0.1") == 0


def test_what_is_remembered_of_failures_is_bounded() -> None:
    attempts = Attempts(Clock())
    for n in range(KEPT + 50):
        attempts.take(f"name{n}" + "x" * 5000, f"10.{n // 65536}.{n // 256 % 256}.{n % 256}")
    assert attempts.kept() == (KEPT, KEPT)


def test_many_guesses_at_once_are_not_free(users: Users) -> None:
    users.add("王芳", SECRET)
    login = Login(users, LoginSessions(8, 24, Clock()), Attempts(Clock()), AuditLog(None))
    outcomes: list[SignedIn | Refused] = []

    def guess(n: int) -> None:
        outcomes.append(login.sign_in("王芳", f"guess {n}", f"10.0.0.{n}"))

    threads = [threading.Thread(target=guess, args=(n,)) for n in range(20)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert outcomes.count(Refused()) == FREE
    assert outcomes.count(Refused(30.0)) == 20 - FREE
    assert login.sign_in("王芳", SECRET, "10.0.1.1") == Refused(30.0)


# the whole


def test_a_login_is_required_when_bound_wider(tmp_path: Path) -> None:
    assert [is_wider(host) for host in ("127.0.0.1", "127.3.2.1", "::1", "[::1]", "localhost")] == [False] * 5
    wider = ("0.0.0.0", "::", "10.0.0.5", "example.org", "", "localhost.evil.example", "127.0.0.1.evil.example")
    assert [is_wider(host) for host in wider] == [True] * 7
    settings = settings_in(tmp_path)
    assert open_access(settings, "127.0.0.1").login is None
    assert open_access(settings, "127.0.0.1").audit.state == "审计日志：未开启"
    with pytest.raises(AccessError, match=r"在 0\.0\.0\.0 上启动需要登录，而还没有用户；请先运行 anwen user add 名字"):
        open_access(settings, "0.0.0.0")
    always = settings_in(tmp_path, server={"login": "always"})
    with pytest.raises(AccessError, match="先运行 anwen user add 名字"):
        open_access(always, "127.0.0.1")
    Users(tmp_path / "users.json").add("王芳", SECRET)
    for access in (open_access(settings, "0.0.0.0"), open_access(always, "127.0.0.1")):
        assert access.login is not None
        assert access.audit.state == "审计日志：已开启，记录提问人、问题和所示条款，长期保存，不自动删除"
    off = settings_in(tmp_path, audit={"enabled": "off"})
    assert open_access(off, "0.0.0.0").audit.on is False
    on = settings_in(tmp_path, audit={"enabled": "on"})
    assert open_access(on, "127.0.0.1").audit.on is True
    with pytest.raises(SettingsError, match=r"server\.login"):
        settings_in(tmp_path, server={"login": "off"})


def test_a_session_ends_with_its_user_or_password(tmp_path: Path) -> None:
    users = Users(tmp_path / "users.json")
    users.add("王芳", SECRET)
    login = open_access(settings_in(tmp_path), "0.0.0.0", clock=Clock()).login
    assert login is not None

    def signed_in(password: str) -> str:
        outcome = login.sign_in(" 王芳", password, "10.0.0.1")
        assert isinstance(outcome, SignedIn)
        assert login.user_of(outcome.token) == "王芳"
        return outcome.token

    first = signed_in(SECRET)
    users.change("王芳", "another one")
    assert login.user_of(first) is None
    second = signed_in("another one")
    users.remove("王芳")
    assert login.user_of(second) is None
    users.add("王芳", "another one")
    assert login.user_of(second) is None
    assert login.user_of("") is None
    third = signed_in("another one")
    login.sign_out(third, "10.0.0.1")
    assert login.user_of(third) is None


# the audit log


def answer(question: str) -> Answer:
    cited = tuple(citation(n, PROVISIONS[at], PROVISIONS[at].unit.text[:9]) for n, at in enumerate((0, 1, 0), start=1))
    return Answer(question=question, status=Status.ANSWERED, text="…", citations=cited)


def logged(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for file in sorted(folder.iterdir()) for line in file.read_bytes().split(b"\n") if line]


def test_the_log_keeps_who_asked_what_and_was_shown_which_clauses(tmp_path: Path) -> None:
    times = iter([datetime(2026, 1, 31, 23, 59, 59, tzinfo=UTC), datetime(2026, 2, 1, tzinfo=UTC)])
    log = AuditLog(tmp_path / "audit", now=lambda: next(times))
    who = Visitor.of("王芳", ("10.0.0.7", 5))
    log.asked(who, Inquiry(question="燃气？", region="泽州县", year=2024, role=Role.ENTERPRISE), answer("燃气？"))
    log.event(who, "export", about="ledger.xlsx")
    assert sorted(path.name for path in (tmp_path / "audit").iterdir()) == ["2026-01.jsonl", "2026-02.jsonl"]
    asked, exported = logged(tmp_path / "audit")
    assert asked == {
        "time": "2026-01-31T23:59:59.000+00:00", "user": "王芳", "address": "10.0.0.7", "what": "ask", "about": "",
        "question": "燃气？", "region": "泽州县", "year": 2024, "role": "企业", "mode": Mode.EXTRACTIVE.value,
        "status": "answered", "shown": [["泽政发〔2024〕1号", "三、（十七）"], ["泽政发〔2024〕1号", "一、（四）"]],
    }  # fmt: skip
    assert (exported["what"], exported["about"], exported["question"]) == ("export", "ledger.xlsx", "")
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "audit", *(tmp_path / "audit").iterdir())]
    assert modes == [0o700, 0o600, 0o600]


@given(st.text(max_size=60))
@example('问\n{"time":"x","user":"李四","what":"login"}\r\n\u2028\u0085\x00\ud800')
def test_a_question_forges_no_line(tmp_path_factory: pytest.TempPathFactory, question: str) -> None:
    folder = tmp_path_factory.mktemp("audit")
    log = AuditLog(folder)
    log.asked(Visitor(), Inquiry(question=question), answer("问"))
    log.event(Visitor(user=question, address=question), "login_failed", about=question, question=question)
    whole = [json.loads(line) for line in next(folder.iterdir()).read_bytes().splitlines()]
    assert [line["what"] for line in whole] == ["ask", "login_failed"]
    assert whole[0]["question"] == Inquiry(question=question).question


def test_a_log_that_cannot_be_written_is_said_once_and_recovers(tmp_path: Path) -> None:
    said: list[str] = []
    folder = tmp_path / "audit"
    folder.write_text("a file in the way", encoding="utf-8")
    log = AuditLog(folder, say=said.append)
    for _ in range(3):
        log.event(Visitor(), "login")
    assert len(said) == 1
    assert "写不进去" in said[0]
    assert "答复不受影响" in said[0]
    assert log.state.startswith("审计日志：写不进去（")
    assert "已有 3 条未记下" in log.state
    folder.unlink()
    log.event(Visitor(), "login")
    assert log.state == "审计日志：已开启，记录提问人、问题和所示条款，长期保存，不自动删除（曾有 3 条未记下）"
    assert len(logged(folder)) == 1


def test_a_full_disk_tears_one_line_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    log = AuditLog(tmp_path, say=said.append)
    log.event(Visitor(), "login", about="first")
    real = os.write
    with monkeypatch.context() as patch:
        patch.setattr(os, "write", lambda handle, data: real(handle, data[:20]))
        log.event(Visitor(), "login", about="torn")
    assert "磁盘已满" in said[0]
    log.event(Visitor(), "login", about="third")
    lines = next(tmp_path.iterdir()).read_text(encoding="utf-8").splitlines()
    assert [json.loads(lines[n])["about"] for n in (0, 2)] == ["first", "third"]
    assert len(lines) == 3
    assert len(lines[1]) == 20


@pytest.mark.parametrize("days", [1, 30, 179])
def test_a_log_kept_for_less_than_the_law_asks_is_refused(tmp_path: Path, days: int) -> None:
    with pytest.raises(
        SettingsError, match=r"audit\.keep_days.*网络安全法.*不少于六个月；请写 0（不删除）或不小于 180"
    ):
        settings_in(tmp_path, audit={"keep_days": days})
    with pytest.raises(SettingsError, match=r"audit\.keep_days"):
        settings_in(tmp_path, audit={"keep_days": -1})


def test_files_are_deleted_whole_and_only_when_every_line_is_too_old(tmp_path: Path) -> None:
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)
    log = AuditLog(tmp_path, now=lambda: now, keep_days=180)
    for month in (3, 4, 5, 6, 7, 8):
        log.event(Visitor(), "login", about=f"of {month}")
        now = now.replace(month=month + 1) if month < 8 else now
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert len(before) == 6
    for name in ("notes.jsonl", "2020-13.jsonl", "2020-1.jsonl", "2020-01.jsonl.bak", "2020-01.txt"):
        (tmp_path / name).write_text("not ours", encoding="utf-8")
    now = datetime(2026, 9, 27, 12, tzinfo=UTC)  # 180 days after 31 March
    log.event(Visitor(), "login")
    assert {name for name in before if not (tmp_path / name).exists()} == set()
    now = datetime(2026, 9, 28, 12, tzinfo=UTC)
    log.event(Visitor(), "login")
    assert {name for name in before if not (tmp_path / name).exists()} == {"2026-03.jsonl"}
    assert all((tmp_path / name).read_bytes() == kept for name, kept in before.items() if name > "2026-04")
    assert read_lines(tmp_path, "2026-09")[0][-1].model_dump(include={"what", "about"}) == {
        "what": "expire", "about": "2026-03",
    }  # fmt: skip
    assert len([path for path in tmp_path.iterdir() if not path.name.startswith("2026")]) == 5
    assert log.state == "审计日志：已开启，记录提问人、问题和所示条款，保存 180 天，到期按月删除"


@given(st.integers(180, 2000), st.dates(date(2001, 1, 1), date(2090, 1, 1)), st.integers(0, 3000))
def test_no_line_is_deleted_before_its_time(
    tmp_path_factory: pytest.TempPathFactory, days: int, written: date, later: int
) -> None:
    folder = tmp_path_factory.mktemp("audit")
    now = datetime(written.year, written.month, written.day, tzinfo=UTC)
    log = AuditLog(folder, now=lambda: now, keep_days=days)
    log.event(Visitor(), "login")
    now += timedelta(days=later)
    log.event(Visitor(), "logout")
    kept = any(line["what"] == "login" for line in logged(folder))
    assert kept or later > days
    assert not kept or later < days + 31


def test_a_log_without_a_bound_is_never_deleted(tmp_path: Path) -> None:
    now = datetime(2001, 1, 1, tzinfo=UTC)
    log = AuditLog(tmp_path, now=lambda: now)
    log.event(Visitor(), "login")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    log.event(Visitor(), "login")
    assert len(list(tmp_path.iterdir())) == 2


def test_a_log_that_cannot_be_deleted_is_said_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    now = datetime(2001, 1, 1, tzinfo=UTC)
    log = AuditLog(tmp_path, now=lambda: now, say=said.append, keep_days=180)
    log.event(Visitor(), "login")
    now = datetime(2026, 1, 1, tzinfo=UTC)

    def refuse(self: Path, missing_ok: bool = False) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "unlink", refuse)
    log.event(Visitor(), "login")
    log.event(Visitor(), "login")
    assert len(said) == 1
    assert "2001-01.jsonl”删不掉" in said[0]
    assert len(logged(tmp_path)) == 3


def test_a_log_that_is_off_writes_nothing(tmp_path: Path) -> None:
    log = AuditLog(None)
    log.asked(Visitor(), Inquiry(question="燃气？"), answer("燃气？"))
    assert log.on is False
    assert list(tmp_path.iterdir()) == []


def test_lines_of_many_threads_stay_whole(tmp_path: Path) -> None:
    logs = [AuditLog(tmp_path), AuditLog(tmp_path)]  # as two processes would

    def write(n: int) -> None:
        for _ in range(25):
            logs[n % 2].event(Visitor(user=f"u{n}"), "export", question="问" * 700)

    threads = [threading.Thread(target=write, args=(n,)) for n in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert len(logged(tmp_path)) == 100
