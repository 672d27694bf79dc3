"""The tab 资料: what the corpus holds, and what the program runs on."""

from __future__ import annotations

from collections.abc import Sequence

from app.inventory import Holding, Inventory, Named
from app.web.safe import clause_link, escaped
from corpus.model import Finding

_NAMED = ("标题", "发文机关", "成文日期")
_SEVERITY = {"error": "未载入", "warning": "提示"}
_OFFLINE = "离线运行：程序不连接外网，问题和条款只在运行本程序的电脑与打开本页的电脑之间传送。"
_ONLINE = "设有不在本机的大模型接口：由模型整理时，问题和所查到的条款会发给该接口。"


def about_html(inventory: Inventory, audit: str, extra: str = "") -> str:
    """Write the tab.

    Args:
        inventory: what is to be told.
        audit: state of the audit log (审计日志), one Chinese sentence.
        extra: what was said of answers (使用者的意见), as safe HTML; empty where it is not told.
    """
    clauses = sum(one.clauses for one in inventory.holdings)
    files = len({one.file for one in inventory.holdings})
    state = f"{_OFFLINE if inventory.offline else _ONLINE} {audit}".strip()
    return (
        f'<div class="aw-doc"><h2>资料</h2><p class="aw-lead-line">{escaped(state)}</p>'
        f"<h3>已收录的通知（{len(inventory.holdings)} 份文件，{clauses} 条，来自 {files} 个文本文件）</h3>"
        f"{_holdings(inventory.holdings)}"
        f"<h3>有没有读错、读漏</h3>{_findings(inventory.findings)}{_missing(inventory.holdings)}"
        f"<h3>给管理员看的</h3>"
        f"{_folded('使用者的意见', extra) if extra else ''}"
        f"{_folded('索引', _pairs(inventory.index))}{_folded('现行设置', _pairs(inventory.settings))}"
        f"{_folded('版本', _pairs(inventory.versions))}"
        f"{_folded('许可', _licences(inventory.licences))}</div>"
    )


def _holdings(holdings: Sequence[Holding]) -> str:
    if not holdings:
        return '<p class="aw-empty">还没有收录任何通知；请把通知的 .txt 文本放入通知文件夹，再重新启动安问。</p>'
    names = ("文号", "标题", "发文机关", "地区", "成文日期", "条款", "写明责任单位", "文件")
    head = "".join(f'<th scope="col">{name}</th>' for name in names)
    rows = "".join(_holding(one, names) for one in holdings)
    table = f'<table class="aw-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'
    return f'<div class="aw-scroll aw-cards">{table}</div>'


def _holding(one: Holding, names: Sequence[str]) -> str:
    notice = escaped(one.notice)
    if one.first:
        notice = f'<a href="{escaped(clause_link(one.notice, one.first))}">{notice}</a>'
    place = f"{one.region}（{one.level}级）" if one.region else "不详"
    cells = (
        notice, escaped(one.title or "原件未载"), escaped(one.issuer or "不详"), escaped(place),
        escaped(one.date or "原件未载"), f"{one.clauses} 条", f"{one.charged} 条" if one.charged else "未写",
        escaped(one.file),
    )  # fmt: skip
    return "<tr>" + "".join(
        f'<td data-name="{name}">{cell}</td>' for name, cell in zip(names, cells, strict=True)
    ) + "</tr>"  # fmt: skip


def _findings(findings: Sequence[Finding]) -> str:
    if not findings:
        return "<p>编号连续，没有未载入的文件。</p>"
    lines = "".join(
        f"<li><b>{_SEVERITY.get(one.severity, '提示')}</b> {escaped(one.file)}：{escaped(one.message)}</li>"
        for one in findings
    )
    return f'<ul class="aw-list">{lines}</ul>'


def _missing(holdings: Sequence[Holding]) -> str:
    """Say what the files themselves do not have, which is no fault of the reading."""
    rows = [
        (one.notice, [name for name, held in zip(_NAMED, (one.title, one.issuer, one.date), strict=True) if not held])
        for one in holdings
    ]
    lines = "".join(f"<li>{escaped(notice)}：原件未载{'、'.join(lacks)}</li>" for notice, lacks in rows if lacks)
    return f'<ul class="aw-list">{lines}</ul>' if lines else ""


def _folded(title: str, inner: str) -> str:
    return f'<details class="aw-fold"><summary>{title}</summary>{inner}</details>'


def _licences(text: str) -> str:
    return f'<pre tabindex="0" aria-label="许可声明">{escaped(text)}</pre>'


def _pairs(pairs: Sequence[Named]) -> str:
    rows = "".join(f'<tr><th scope="row">{escaped(one.name)}</th><td>{escaped(one.value)}</td></tr>' for one in pairs)
    return f'<table class="aw-pairs"><tbody>{rows}</tbody></table>'
