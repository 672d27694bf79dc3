"""The audit log behind the real page: every question, with the clauses that were shown, and every file taken."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from app.access.access import Access
from app.access.audit import AuditLine, AuditLog, read_lines
from tests.browser import ScriptedService, running_app, visiting

pytestmark = pytest.mark.browser
GAS = "我单位燃气检查频次要求？"


def lines_of(folder: Path) -> list[AuditLine]:
    """The log, no line of it torn."""
    lines, torn = read_lines(folder)
    assert torn == 0
    return lines


def test_questions_and_files_are_logged(browser: Browser, tmp_path: Path) -> None:
    audit = AuditLog(tmp_path)
    with running_app(ScriptedService(), access=Access(audit=audit)) as url, visiting(browser, url) as visit:
        visit.ask(GAS)
        visit.ask('出错 {"what": "login"}')
        visit.page.goto(f"{url}/#/about")
        visit.page.locator("#aw-about", has_text="审计日志：已开启").wait_for()
        visit.settled()
        taken = visit.page.request.get(f"{url}/export/ledger.xlsx?region=x")
        assert taken.status == 200
    asked, failed, exported = lines_of(tmp_path)
    assert (asked.what, asked.question, asked.status, asked.address) == ("ask", GAS, "not_stipulated", "127.0.0.1")
    assert [notice for notice, _ in asked.shown] == ["泽政发〔2024〕1号", "泽政发〔2024〕1号", "晋政发〔2024〕1号"]
    assert (failed.what, failed.shown) == ("ask", ())
    assert failed.question.startswith("出错")
    assert (exported.what, exported.about) == ("export", "ledger.xlsx")


def test_nothing_is_logged_when_it_is_off(browser: Browser, tmp_path: Path) -> None:
    with running_app(ScriptedService()) as url, visiting(browser, url) as visit:
        visit.ask(GAS)
        visit.page.goto(f"{url}/#/about")
        visit.page.locator("#aw-about", has_text="审计日志：未开启").wait_for()
    assert list(tmp_path.iterdir()) == []


def test_a_log_that_cannot_be_written_is_said_on_the_page_and_stops_no_answer(browser: Browser, tmp_path: Path) -> None:
    folder, said = tmp_path / "audit", list[str]()
    folder.write_text("in the way", encoding="utf-8")
    audit = AuditLog(folder, say=said.append, keep_days=365)
    with running_app(ScriptedService(), access=Access(audit=audit)) as url, visiting(browser, url) as visit:
        visit.ask(GAS)
        assert visit.page.request.get(f"{url}/export/ledger.xlsx?region=x").status == 200
        visit.page.goto(f"{url}/#/about")
        visit.page.reload()
        about = visit.page.locator("#aw-about")
        about.get_by_text("已有 2 条未记下；答复不受影响，请管理员处理").wait_for()
        assert len(said) == 1
        folder.unlink()
        visit.page.request.get(f"{url}/export/ledger.xlsx?region=x")
        visit.page.reload()
        about.get_by_text("保存 365 天，到期按月删除（曾有 2 条未记下）").wait_for()
    assert [line.what for line in lines_of(folder)] == ["export"]
