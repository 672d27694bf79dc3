"""The commands `anwen llm …`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from app.settings import load_settings

if TYPE_CHECKING:
    from app.llm.probe import ProbeReport, Tried


@click.group()
def llm() -> None:
    """大模型接口（可以不用）。"""


@llm.command()
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
def check(as_json: bool) -> None:
    """检查接口能不能用：是否应答、逐字输出、按格式写引用，快慢如何。"""
    settings = load_settings().llm
    from app.llm.client import open_model
    from app.llm.probe import probe

    report = probe(open_model(settings))
    text = report.model_dump_json() if as_json else _page(report, settings.base_url or "")
    sys.stdout.write(text + "\n")


def _page(report: ProbeReport, address: str) -> str:
    """The report as one screen."""
    total = len(report.tried)
    about = "约 " if report.estimated else ""
    first, rate = report.first_token_ms, report.tokens_per_second
    lines = [
        f"接口      {address}",
        f"模型      {report.model}",
        f"应答      {report.answered}/{total} 问",
        f"逐字输出  {'是' if report.streams else '否'}",
        f"引用格式  {report.marked}/{total} 问写了标记，{report.right}/{total} 问都指对了材料",
        f"首字      {'不详' if first is None else f'{first / 1000:.2f} 秒（最慢的一问）'}",
        f"速度      {'不详' if rate is None else f'{about}{rate:g} token/秒'}",
        "",
        *(line for one in report.tried for line in _asked(one)),
        "",
        "不足：" if report.degraded else "没有发现不足。",
        *(f"- {line}" for line in report.degraded),
        "",
        "可以使用。每句话仍逐句核对引用，通不过核对的不显示。",
    ]
    return "\n".join(lines)


def _asked(one: Tried) -> tuple[str, str]:
    if one.fault:
        return f"问 {one.question}", f"  没有答出：{one.fault}"
    answer = " ".join(one.answer.split())
    shown = answer if len(answer) <= 80 else answer[:79] + "…"
    verdict = "标记指对" if one.right else "标记指错" if one.marks else "没有标记"
    wanted = "".join(f"[{n}]" for n in one.held_by)
    return f"问 {one.question}", f"  {shown}（{verdict}，应为 {wanted}，{one.seconds:.1f} 秒）"
