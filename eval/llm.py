"""What a run with an LLM adds: its own figures, and the extractive run of the same cases beside it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from app.model import Mode
from eval.metrics import percentile
from eval.model import LlmSummary, Row

#: The measures that a model can change, as they stand side by side; what the search finds is the same both ways.
COMPARED = (
    "correct",
    "status_right",
    "citation_validity",
    "inside_place_and_year",
    "citation_precision",
    "citation_recall",
    "abstention_precision",
    "abstention_recall",
    "characters",
)
_COUNTED = re.compile(r"\s*\d+\s*句")


def summarise_llm(
    rows: Sequence[Row], measures: Mapping[str, dict[str, Any]], extractive: Mapping[str, dict[str, Any]]
) -> LlmSummary:
    """Sum up what the model did.

    Args:
        rows: of a run with a model.
        measures: of these rows.
        extractive: the measures of the extractive run of the same cases.
    """
    told = [(row, row.llm) for row in rows if row.llm]
    asked = [(row, one) for row, one in told if one.spent]
    sentences, struck = sum(one.sentences for _, one in told), sum(len(one.struck) for _, one in told)
    first = [one.first_token_ms for _, one in asked if one.first_token_ms is not None]
    calls = [call for _, one in asked for call in one.spent if call.prompt_tokens or call.completion_tokens]
    return LlmSummary(
        model=next((one.model for _, one in told if one.model), ""),
        asked=len(asked),
        written=sum(_is_written(row) for row in rows),
        struck={"number": struck, "sentences": sentences, "share": round(struck / max(sentences, 1), 4)},
        repairs={
            "asked": sum(one.repaired for _, one in told),
            "held": sum(one.repaired and _is_written(row) for row, one in told),
        },
        fallbacks=dict(Counter(_reason(one.fallback) for _, one in told if one.fallback).most_common()),
        dropped=sum(one.dropped > 0 for _, one in told),
        understood=sum(bool(one.understood) for _, one in told),
        first_token_ms=_percentiles(first),
        tokens={
            "in": round(sum(call.prompt_tokens for call in calls) / max(len(asked), 1), 1),
            "out": round(sum(call.completion_tokens for call in calls) / max(len(asked), 1), 1),
            "estimated": any(call.estimated for call in calls),
        },
        seconds=_percentiles([row.milliseconds / 1000 for row, _ in asked]),
        extractive={name: extractive[name] for name in COMPARED if name in extractive.keys() & measures.keys()},
        better=tuple(row.id for row, one in told if row.scores.correct and not one.extractive.correct),
        worse=tuple(row.id for row, one in told if one.extractive.correct and not row.scores.correct),
    )


def _is_written(row: Row) -> bool:
    return row.answer is not None and row.answer.mode is Mode.LLM


def _reason(fallback: str) -> str:
    """A reason without what differs from case to case: the count of sentences, and what to do about it."""
    return _COUNTED.sub("几句", fallback.split("；", maxsplit=1)[0])


def _percentiles(values: Sequence[float]) -> dict[str, float]:
    """The median and the 95th percentile; nothing of nothing."""
    return {name: round(percentile(values, at), 2) for name, at in (("p50", 0.5), ("p95", 0.95))} if values else {}


def figures(llm: LlmSummary) -> list[tuple[str, str]]:
    """The model's own figures as lines of a name and a text, in Chinese."""
    reasons = "，".join(f"{reason} {count}" for reason, count in llm.fallbacks.items())
    lines = [
        ("模型", llm.model),
        ("请模型写", f"{llm.asked} 问，写成 {llm.written} 问"),
        ("改用原文摘录", f"{sum(llm.fallbacks.values())} 问{f'（{reasons}）' if reasons else ''}"),
        ("划去", f"{llm.struck['number']} 句，共 {llm.struck['sentences']} 句（{llm.struck['share']:.1%}）"),
        ("请模型重写", f"{llm.repairs['asked']} 问，写成 {llm.repairs['held']} 问"),
        ("换一种问法", f"{llm.understood} 问" if llm.understood else ""),
        ("上下文放不下全部材料", f"{llm.dropped} 问" if llm.dropped else ""),
        ("首字", _spread(llm.first_token_ms, "毫秒", 0)),
        ("每问用时", _spread(llm.seconds, "秒", 1)),
        (
            "每问 token",
            f"读入 {llm.tokens['in']:.0f}，写出 {llm.tokens['out']:.0f}{_counted(llm)}" if llm.asked else "",
        ),
        ("比原文摘录变好", f"{len(llm.better)} 问{_ids(llm.better)}"),
        ("比原文摘录变差", f"{len(llm.worse)} 问{_ids(llm.worse)}"),
    ]
    return [(name, text) for name, text in lines if text]


def _spread(values: Mapping[str, float], unit: str, digits: int) -> str:
    return f"中位 {values['p50']:.{digits}f} {unit}，95% 分位 {values['p95']:.{digits}f} {unit}" if values else ""


def _counted(llm: LlmSummary) -> str:
    return "（部分为估计）" if llm.tokens["estimated"] else ""


def _ids(ids: Sequence[str]) -> str:
    return f"：{'、'.join(ids)}" if ids else ""
