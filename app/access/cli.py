"""The commands `anwen user …`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from app.settings import load_settings
from corpus.errors import AccessError

if TYPE_CHECKING:
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
    _say(f"已添加用户 {name}；正在运行的安问随即可用")


@user.command()
@click.argument("name")
def remove(name: str) -> None:
    """删除用户；已登录的随即退出。"""
    _users().remove(name)
    _say(f"已删除用户 {name}")


@user.command()
@click.argument("name")
@_STDIN
def passwd(name: str, from_stdin: bool) -> None:
    """改密码；已登录的须重新登录。"""
    _users().change(name, _password(from_stdin))
    _say(f"已改 {name} 的密码")


@user.command("list")
def list_users() -> None:
    """列出用户。"""
    users = _users().current()
    if not users:
        _say("还没有用户；用 anwen user add 名字 添加")
    for one in users.values():
        sys.stdout.write(f"{one.name}\t密码设于 {one.changed}\n")
