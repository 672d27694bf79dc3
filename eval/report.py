"""One self-contained HTML page of a run: headline figures, plots, trend, and every case with what went wrong.

The page loads nothing: style, script and plots are inside it. Everything in it is text put through Jinja2's escaping
(https://jinja.palletsprojects.com/en/stable/api/#autoescaping), for questions and answers are untrusted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from corpus.errors import QuestionError
from eval.compare import compare
from eval.gates import History
from eval.llm import figures
from eval.metrics import group_ranks, is_evidence
from eval.model import Case, Cause, LlmSummary, Row, Summary

#: The measures on top of the page, with their names.
HEADLINE = {
    "correct": "回答正确",
    "status_right": "状态正确",
    "recall@1": "证据召回@1",
    "recall@3": "证据召回@3",
    "recall@5": "证据召回@5",
    "recall@10": "证据召回@10",
    "mrr": "MRR",
    "ndcg@10": "nDCG@10",
    "citation_precision": "引用准确率（专注）",
    "citation_recall": "引用召回率（完整）",
    "citation_validity": "引用有效",
    "inside_place_and_year": "不越地区与年份",
    "abstention_precision": "拒答准确率",
    "abstention_recall": "拒答召回率",
    "abstention_f1": "拒答 F1",
    "characters": "回答字数",
}
STATUS = {"answered": "已回答", "not_stipulated": "通知未规定", "out_of_scope": "不在范围"}
SPLIT = {"test": "测试集", "dev": "开发集"}


def build_report(
    cases: Sequence[Case],
    rows: Sequence[Row],
    summaries: Mapping[str, Summary],
    baselines: Mapping[str, Summary],
    faults: Sequence[str] | None = None,
    history: Sequence[History] = (),
) -> str:
    """Write the page.

    Args:
        cases: the cases that were run.
        rows: one for each case, in the same order.
        summaries: of each split; for cases without splits one, named "".
        baselines: committed summaries by split, for the trend; may be empty.
        faults: what the gates found; None when there were none to hold the run against.
        history: earlier baselines, oldest first.
    """
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(files("eval").joinpath("report.html.j2").read_text(encoding="utf-8"))
    flips = {name: compare(baselines[name], one) for name, one in summaries.items() if name in baselines}
    first = next(iter(summaries.values()))
    return template.render(
        total=len(rows),
        mode=_mode(first),
        fingerprint=first.fingerprint,
        splits=[(name, _split_name(name), one.cases) for name, one in summaries.items()],
        headline=_headline(summaries, baselines),
        models=[
            (_split_name(name), _beside(one, one.llm), figures(one.llm)) for name, one in summaries.items() if one.llm
        ],
        plots=[_plot(title, key, summaries) for title, key in (("按类型", "by_type"), ("按通知", "by_notice"))],
        causes=_causes(rows),
        history=history,
        flips=[(_split_name(name), one) for name, one in flips.items()],
        faults=faults,
        cost=[(_split_name(name), one.cost) for name, one in summaries.items()],
        cards=[_card(case, row) for case, row in zip(cases, rows, strict=True)],
        types=sorted({case.type for case in cases}),
        all_causes=[cause.value for cause in Cause if any(cause in row.scores.faults for row in rows)],
        notices=sorted({quote.notice for case in cases for group in case.evidence for quote in group}),
    )


def write_report(folder: Path, page: str) -> Path:
    """Write report.html into a folder that is there.

    Raises:
        QuestionError: the file cannot be written.
    """
    path = folder / "report.html"
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise QuestionError(f"报告无法写入“{path}”（{error.strerror}）；请检查 --out 的路径和磁盘空间") from error
    return path


def _split_name(split: str) -> str:
    return SPLIT.get(split, split or "全部用例")


def _mode(summary: Summary) -> str:
    """Who wrote the answers, and what part of the cases was asked."""
    name = {"llm": "模型整理", "extractive": "依据原文摘录"}.get(summary.mode, summary.mode)
    model = f"（{summary.llm.model}）" if summary.llm else ""
    return f"{name}{model}{f' · 每类前 {summary.limit} 个' if summary.limit else ''}"


def _beside(summary: Summary, llm: LlmSummary) -> list[dict[str, Any]]:
    """One line a measure: without the model, and with it."""
    return [
        {"name": HEADLINE[key], "share": key != "characters", "cells": [plain, summary.measures[key]]}
        for key, plain in llm.extractive.items()
    ]


def _headline(summaries: Mapping[str, Summary], baselines: Mapping[str, Summary]) -> list[dict[str, Any]]:
    """One line a measure, with a cell a split: value, interval, denominator, and change against the baseline."""
    lines = []
    for key, name in HEADLINE.items():
        cells = []
        for split, summary in summaries.items():
            measure = summary.measures.get(key)
            before = baselines[split].measures.get(key) if split in baselines else None
            change = measure["value"] - before["value"] if measure and before else None
            cells.append({"measure": measure, "change": change, "better": (change or 0) > 0})
        if any(cell["measure"] for cell in cells):
            lines.append({"name": name, "share": key != "characters", "cells": cells})
    return lines


def _plot(title: str, key: str, summaries: Mapping[str, Summary]) -> dict[str, Any]:
    """Bars of correctness and recall@5: a group for each type or notice, a bar for each split."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for split, summary in summaries.items():
        for name, measures in getattr(summary, key).items():
            bar = {"split": split, "correct": measures["correct"], "recall": measures.get("recall@5")}
            groups.setdefault(name, []).append(bar)
    return {"title": title, "groups": dict(sorted(groups.items()))}


def _causes(rows: Sequence[Row]) -> list[tuple[str, int]]:
    """How many answers failed, by their chief cause."""
    chief = [row.scores.faults[0] for row in rows if row.scores.faults]
    return [(cause.value, chief.count(cause)) for cause in Cause if cause in chief]


def _card(case: Case, row: Row) -> dict[str, Any]:
    """What the page shows of one case."""
    answer = row.answer
    quotes = [quote for group in case.evidence for quote in group]
    return {
        "case": case,
        "row": row,
        "wanted": STATUS[case.status or ("answered" if case.answerable else "not_stipulated")],
        "got": STATUS[answer.status.value] if answer else "—",
        "notices": sorted({quote.notice for quote in quotes}),
        "causes": [cause.value for cause in row.scores.faults],
        "groups": list(zip(case.evidence, group_ranks(case.evidence, row.retrieved), strict=True)),
        "citations": [(one, any(is_evidence(one, quote) for quote in quotes)) for one in answer.citations]
        if answer
        else [],
        "searchable": " ".join([case.id, case.question, answer.text if answer else row.error]).lower(),
    }
