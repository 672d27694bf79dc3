"""The parsed corpus for reading: rows of `anwen clauses --json`, facts, and the parse report (解析报告)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from corpus.facts import read_facts
from corpus.model import Corpus, Document, FactKind, SentenceKind, Unit, UnitKind

_LATIN = re.compile(r"[A-Za-z]+")
_SHORT, _LONG = 25, 1200
_FACT_NAMES = {
    FactKind.FREQUENCY: "频次", FactKind.DEADLINE: "期限", FactKind.QUANTITY: "数量", FactKind.MODALITY: "情态",
    FactKind.UNIT: "单位",
}  # fmt: skip


def clause_row(document: Document, unit: Unit) -> dict[str, Any]:
    """The object of `anwen clauses --json` for a unit; outside scripts rely on its keys."""
    return {
        "notice": unit.notice,
        "title": document.title,
        "issuer": document.issuer,
        "region": document.region,
        "date": document.date,
        "path": list(unit.path),
        "label": unit.label,
        "heading": unit.heading,
        "text": unit.text,
        "responsible": list(unit.responsible),
        "source": unit.source.model_dump(),
    }


def clauses_text(corpus: Corpus) -> list[str]:
    """A readable listing of all clauses."""
    lines: list[str] = []
    for document in corpus.documents:
        lines.append(f"\n{document.notice} {document.title or document.issuer}（{document.region} {document.date}）")
        lines += [f"  {unit.label}{unit.heading}：{unit.text[:60]}…" for unit in document.clauses]
    return lines


def facts_lines(corpus: Corpus, as_json: bool) -> list[str]:
    """One line for each fact read off a sentence."""
    return [
        json.dumps(row, ensure_ascii=False)
        if as_json
        else f"{row['notice']} {row['label']} [{row['kind']}] {row['value']} ← {row['sentence']}"
        for row in _fact_rows(corpus)
    ]


def _fact_rows(corpus: Corpus) -> Iterator[dict[str, str]]:
    for document in corpus.documents:
        for unit in document.units:
            for sentence in unit.sentences:
                if sentence.kind is SentenceKind.RESPONSIBLE:
                    continue
                for fact in read_facts(sentence.text):
                    yield {
                        "notice": unit.notice,
                        "label": unit.label,
                        "kind": _FACT_NAMES[fact.kind],
                        "text": fact.text,
                        "value": fact.value,
                        "sentence": sentence.text,
                    }


def report_lines(corpus: Corpus) -> list[str]:
    """The parse report: documents, clauses, gaps in numbering, and suspicious residue."""
    lines = [
        "解析报告",
        f"共 {len(corpus.documents)} 份文件，{sum(len(one.clauses) for one in corpus.documents)} 个条款单元。",
    ]
    for document in corpus.documents:
        lines += ["", f"■ {document.notice}  {document.title or '（原件无标题）'}"]
        lines.append(
            f"  发文机关 {document.issuer or '未知'}；地区 {document.region or '未知'}（{document.level.value}）；"
            f"成文日期 {document.date or '未知'}；来源文件 {document.file}"
        )
        lines.append(
            f"  章 {len(document.chapters)}；条款单元 {len(document.clauses)}；带责任单位 {_charged(document)}"
        )
        lines += [f"  ? {remark}" for unit in document.units for remark in _remarks(unit)]
    lines += ["", "发现："] if corpus.findings else ["", "发现：无（编号连续，没有未载入的文件）"]
    lines += [
        f"  {'✗ 未载入' if one.severity == 'error' else '! 提示'} {one.file} {one.notice}：{one.message}"
        for one in corpus.findings
    ]
    return lines


def _charged(document: Document) -> int:
    return sum(any(one.text for one in unit.responsibilities) for unit in document.clauses)


def _remarks(unit: Unit) -> list[str]:
    """What a reader should look at: Latin letters, unclosed brackets, very long or very short clauses."""
    remarks: list[str] = []
    if latin := _LATIN.findall(unit.text):
        remarks.append(f"{unit.label} 含拉丁字母：{'、'.join(dict.fromkeys(latin))}")
    for opening, closing in ("（）", "“”", "《》"):
        if unit.text.count(opening) != unit.text.count(closing):
            remarks.append(f"{unit.label} 的{opening}{closing}不成对")
    if unit.kind is UnitKind.CLAUSE and len(unit.text) > _LONG:
        remarks.append(f"{unit.label} 很长（{len(unit.text)} 字），可能漏分条")
    if unit.kind is UnitKind.CLAUSE and len(unit.text) < _SHORT:
        remarks.append(f"{unit.label} 很短（{len(unit.text)} 字），可能缺页：{unit.text}")
    return remarks
