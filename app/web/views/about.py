"""The tab 资料: what the corpus holds, and what the program runs on."""

from __future__ import annotations

from collections.abc import Sequence

from app.inventory import Holding, Inventory, Named
from app.web.safe import clause_link, escaped
from corpus.model import Finding

_SEVERITY = {"error": "未载入", "warning": "提示"}
_OFFLINE = "离线运行：程序只在本机工作，问题和条款不会发往其他电脑。"
_ONLINE = "设有不在本机的大模型接口：由模型整理时，问题和所查到的条款会发给该接口。"


def about_html(inventory: Inventory, audit: str, extra: str = "") -> str:
    """Write the tab.

    Args:
        inventory: what is to be told.
        audit: state of the audit log (审计日志), one Chinese sentence.
        extra: further HTML, already safe, at the end of the first part.
    """
    clauses = sum(one.clauses for one in inventory.holdings)
    state = f"{_OFFLINE if inventory.offline else _ONLINE} {audit}".strip()
    return (
        f'<div class="aw-doc"><h2>资料</h2><p class="aw-lead-line">{escaped(state)}</p>{extra}'
        f"<h3>已收录的通知（{len(inventory.holdings)} 份文件，{clauses} 条）</h3>{_holdings(inventory.holdings)}"
        f"<h3>解析发现</h3>{_findings(inventory.findings)}"
        f"<h3>索引</h3>{_pairs(inventory.index)}"
        f"<h3>现行设置</h3>{_pairs(inventory.settings)}"
        f"<h3>版本</h3>{_pairs(inventory.versions)}"
        f'<h3>许可</h3><pre tabindex="0" aria-label="许可声明">{escaped(inventory.licences)}</pre></div>'
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


def _pairs(pairs: Sequence[Named]) -> str:
    rows = "".join(f'<tr><th scope="row">{escaped(one.name)}</th><td>{escaped(one.value)}</td></tr>' for one in pairs)
    return f'<table class="aw-pairs"><tbody>{rows}</tbody></table>'
