"""Figures as Markdown: the committed ones for README and eval/README, and those of a model beside the extract."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from eval.llm import figures
from eval.model import LlmSummary, Summary
from eval.report import HEADLINE

_ROWS = {
    "correct": "answers correct",
    "status_right": "status right",
    "recall@1": "evidence recall@1 (all groups)",
    "recall@5": "evidence recall@5",
    "mrr": "MRR",
    "ndcg@10": "nDCG@10",
    "citation_precision": "citation precision",
    "citation_recall": "citation recall",
    "citation_validity": "citation validity",
    "inside_place_and_year": "inside the asked place and year",
    "abstention_precision": "abstention precision",
    "abstention_recall": "abstention recall",
    "abstention_f1": "abstention F1",
}


def headline_table(test: Summary, dev: Summary) -> list[str]:
    """The measures of both splits, the test split with its 95% intervals.

    Args:
        test: the summary of the test split.
        dev: the summary of the dev split.
    """
    lines = ["| measure | test (95% interval) | of | dev | of |", "| --- | --- | --- | --- | --- |"]
    for key, name in _ROWS.items():
        mine, other = test.measures[key], dev.measures[key]
        span = f" ({mine['low']:.3f}–{mine['high']:.3f})" if "low" in mine else ""
        shown = (f"{mine['value']:.3f}{span}", mine["denominator"], f"{other['value']:.3f}", other["denominator"])
        lines.append(f"| {name} | {' | '.join(map(str, shown))} |")
    return lines


def type_table(test: Summary, dev: Summary) -> list[str]:
    """Correct answers of each type in both splits.

    Args:
        test: the summary of the test split.
        dev: the summary of the dev split.
    """
    lines = ["| type | test: correct of | dev: correct of |", "| --- | --- | --- |"]
    for name in sorted(test.by_type.keys() | dev.by_type.keys()):
        lines.append(f"| {name} | {_correct(test.by_type, name)} | {_correct(dev.by_type, name)} |")
    return lines


def _correct(by_type: Mapping[str, Mapping[str, Any]], name: str) -> str:
    measure = by_type[name]["correct"] if name in by_type else {"value": 0.0, "denominator": 0}
    return f"{round(measure['value'] * measure['denominator'])} of {measure['denominator']}"


def model_table(summary: Summary, llm: LlmSummary) -> list[str]:
    """What a model reached beside the extractive run of the same cases, and what it cost; in Chinese.

    Args:
        summary: of the run with the model.
        llm: its figures of the model.
    """
    lines = [f"| 指标（分母） | 原文摘录 | 模型整理（{llm.model}） |", "| --- | --- | --- |"]
    for key, plain in llm.extractive.items():
        digits = 0 if key == "characters" else 3
        cells = (f"{one['value']:.{digits}f}（{one['denominator']}）" for one in (plain, summary.measures[key]))
        lines.append(f"| {HEADLINE[key]} | {' | '.join(cells)} |")
    return [*lines, "", *(f"{name}：{text}" for name, text in figures(llm))]
