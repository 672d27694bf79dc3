"""The commands `anwen feedback …`."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from app.feedback.cases import cases_of, write_cases
from app.feedback.model import Feedback, Verdict, readable
from app.feedback.store import FeedbackStore, Kept
from app.settings import load_settings
from corpus.errors import FeedbackError

_LONGEST_SHOWN = 60


@click.group()
def feedback() -> None:
    """使用者对答复的意见（只存在本机）。"""


@feedback.command("list")
@click.option(
    "--verdict", type=click.Choice([one.value for one in Verdict]), multiple=True, help="只列这一种，可写多次"
)
def list_verdicts(verdict: tuple[str, ...]) -> None:
    """列出收到的意见。"""
    store = FeedbackStore(load_settings().data_root())
    kept = _read(store)
    shown = [one for one in kept.verdicts if not verdict or one.verdict.value in verdict]
    for one in shown:
        _print(_row(one))
    if not shown:
        _say(f"没有意见；网页上每条答复下面的“有用、有误、引用有误”会记在 {store.path}")


@feedback.command()
@click.option("--out", type=click.Path(path_type=Path), required=True, help="写到哪个文件，例如 cases.jsonl")
@click.option(
    "--verdict",
    type=click.Choice([one.value for one in Verdict]),
    multiple=True,
    default=(Verdict.USEFUL.value,),
    show_default=True,
    help="导出哪一种，可写多次；有误、引用有误的用例须人工补全",
)
def export(out: Path, verdict: tuple[str, ...]) -> None:
    """导出为 anwen eval 的用例文件。"""
    kept = _read(FeedbackStore(load_settings().data_root()))
    wanted = {Verdict(one) for one in verdict}
    cases = cases_of(kept.verdicts, wanted)
    if not cases:
        raise FeedbackError(f"没有可导出的意见（{'、'.join(verdict)}）；用 anwen feedback list 查看收到了哪些")
    try:
        out.write_text(write_cases(cases), encoding="utf-8", newline="\n")
    except OSError as error:
        raise FeedbackError(f"文件“{out}”无法写入（{error.strerror}）；请用 --out 换一个位置") from error
    todo = sum(case.todo for case in cases)
    _print(f"已导出 {len(cases)} 条用例到 {out}")
    if todo:
        _say(f"其中 {todo} 条须人工补全（todo 为 true）：写好 evidence 和 answerable 之前，不要拿来计分")


def _read(store: FeedbackStore) -> Kept:
    kept = store.read()
    if kept.unread:
        lines = "、".join(map(str, kept.unread[:10]))
        _say(f"提示 {store.path} 有 {len(kept.unread)} 行读不懂（第 {lines} 行等），已跳过")
    return kept


def _row(one: Feedback) -> str:
    place = f"（{one.region or ''}{one.year or ''}）" if one.region or one.year else ""
    comment = f"  意见：{_short(one.comment)}" if one.comment else ""
    return f"{one.time.astimezone():%Y-%m-%d %H:%M}  {one.verdict.value}  {_short(one.question)}{place}{comment}"


def _short(text: str) -> str:
    line = " ".join(readable(text).split())
    return line if len(line) <= _LONGEST_SHOWN else line[: _LONGEST_SHOWN - 1] + "…"


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
