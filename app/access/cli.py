"""The commands `anwen user …` and `anwen audit`."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import click

from app.settings import load_settings
from corpus.errors import AccessError

if TYPE_CHECKING:
    from app.access.audit import AuditLine
    from app.access.users import Users

_STDIN = click.option("--password-stdin", "from_stdin", is_flag=True, help="从标准输入读密码（一行），供脚本使用")


@click.group()
def user() -> None:
    """登录用户（网页供别的电脑使用时需要登录）。"""


def _users() -> Users:
    from app.access.users import Users

    return Users(load_settings().data_root() / "users.json")


def _password(from_stdin: bool) -> str:
    """A new password, typed twice without being shown, or a line of standard input."""
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        raise AccessError("这里没有终端可输密码；请加 --password-stdin，从标准输入给出密码")
    first: str = click.prompt("密码（不显示，至少 8 个字符）", hide_input=True, err=True)
    again: str = click.prompt("再输一遍", hide_input=True, err=True)
    if first != again:
        raise AccessError("两次输入的密码不一样，没有保存；请再运行一次")
    return first


def _log(what: str, name: str) -> None:
    """Write a change of users into the audit log, unless that is turned off."""
    from app.access.audit import AuditLog
    from app.access.visitor import Visitor

    settings = load_settings()
    if settings.audit.enabled != "off":
        AuditLog(settings.data_root() / "audit").event(Visitor(), what, about=name)


def _local(iso: str) -> str:
    return datetime.fromisoformat(iso).astimezone().strftime("%Y-%m-%d %H:%M:%S")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


@user.command()
@click.argument("name")
@_STDIN
def add(name: str, from_stdin: bool) -> None:
    """添加用户。"""
    from app.access.users import checked_name

    name = checked_name(name)  # before a password is typed for nothing
    _users().add(name, _password(from_stdin))
    _log("user_add", name)
    _say(f"已添加用户 {name}；正在运行的安问随即可用")


@user.command()
@click.argument("name")
def remove(name: str) -> None:
    """删除用户；已登录的随即退出。"""
    _users().remove(name)
    _log("user_remove", name)
    _say(f"已删除用户 {name}")


@user.command()
@click.argument("name")
@_STDIN
def passwd(name: str, from_stdin: bool) -> None:
    """改密码；已登录的须重新登录。"""
    _users().change(name, _password(from_stdin))
    _log("user_passwd", name)
    _say(f"已改 {name} 的密码")


@user.command("list")
def list_users() -> None:
    """列出用户。"""
    users = _users().current()
    if not users:
        _say("还没有用户；用 anwen user add 名字 添加")
    for one in users.values():
        sys.stdout.write(f"{one.name}\t密码设于 {_local(one.changed)}\n")


@click.command()
@click.option("--month", default="", help="月份，例如 2026-11；默认最近有记录的一个月")
@click.option("--since", default="", help="从哪天起，例如 2026-05-01；可跨月")
@click.option("--until", default="", help="到哪天止（含当天），例如 2026-11-22；可跨月")
@click.option("--user", "name", default="", help="只列这个用户的")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON，每行一条")
def audit(month: str, since: str, until: str, name: str, as_json: bool) -> None:
    """查看审计日志：谁在何时问了什么，看到了哪些条款。"""
    from app.access.audit import read_between, read_lines

    folder = load_settings().data_root() / "audit"
    if since or until:
        if month:
            raise AccessError("--month 与 --since、--until 不能同用；请只用一种")
        lines, torn = read_between(folder, _day(since), _day(until, after=1))
    else:
        lines, torn = read_lines(folder, month)
    for one in lines:
        if not name or one.user == name:
            sys.stdout.write((one.model_dump_json() if as_json else _row(one)) + "\n")
    if torn:
        _say(f"提示：有 {torn} 行不完整（写到一半时磁盘已满），没有列出")


def _day(text: str, after: int = 0) -> datetime | None:
    """The first moment of a day here, or of one some days after; None for none."""
    try:
        return (datetime.strptime(text, "%Y-%m-%d") + timedelta(days=after)).astimezone() if text else None
    except (ValueError, OverflowError, OSError) as error:
        shown = "".join(char for char in text if char.isprintable())[:40]
        raise AccessError(f"日期“{shown}”读不懂；请写成例如 2026-11-22") from error


_WHATS = {"ask": "提问", "export": "导出", "login": "登录", "login_failed": "登录失败", "logout": "退出",
          "user_add": "添加用户", "user_remove": "删除用户", "user_passwd": "改密码",
          "start": "启动", "expire": "删除到期日志"}  # fmt: skip


def _row(line: AuditLine) -> str:
    """One event on one line, in local time; control characters would steer the terminal."""
    when = _local(line.time)
    shown = "、".join(f"{notice} {label}" for notice, label in line.shown)
    cells = (when, line.user or "-", line.address, _WHATS.get(line.what, line.what), line.question or line.about, shown)
    return "\t".join("".join(char if char.isprintable() else " " for char in cell) for cell in cells)
