"""Sums over made rows, every figure by hand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import pytest

from app.model import Answer, Citation, Mode, Status
from corpus.model import Source
from eval.model import Case, Cause, Outcome, Quote, Row, Scores, Summary
from eval.summary import by_split, dump_summary, summarise

ZEZHOU, GAOPING = "泽政发〔2024〕1号", "高政发〔2024〕1号"
CITATION = Citation(
    n=1, notice=ZEZHOU, label="一、", heading="", quote="甲", clause_text="甲乙", region="泽州县", year=2024,
    source=Source(file="made.txt", start=0, end=1),
)  # fmt: skip


def case(name: str, answerable: bool = True, notices: Sequence[str] = (ZEZHOU,), **values: Any) -> Case:
    """A case with a group of evidence for each of some notices."""
    evidence = tuple((Quote(notice=notice, quote="甲"),) for notice in notices)
    return Case(id=name, question="问", answerable=answerable, evidence=evidence, **values)


def answer(status: str = "answered", mode: Mode = Mode.EXTRACTIVE, cited: bool = False) -> Answer:
    """An answer."""
    return Answer(
        question="问", status=Status(status), text="答", mode=mode, citations=(CITATION,) if cited else ()
    )  # fmt: skip


def row(
    of: Case, given: Answer | None, *faults: Cause, milliseconds: float = 4.0, error: str = "", **values: Any
) -> Row:
    """A row whose scores are these; nothing is scored of retrieval and citations but what is said."""
    plain: dict[str, Any] = {
        "recall": None, "reciprocal_rank": None, "ndcg": None, "citation_precision": None, "citation_recall": None,
        "citation_valid": True, "status_right": not faults, "included": True, "excluded": True, "inside": True,
        "correct": not faults, "characters": 1, "faults": faults,
    }  # fmt: skip
    return Row(
        id=of.id, type=of.type, split=of.split, answer=given, error=error, milliseconds=milliseconds,
        embedding_milliseconds=2.0, scores=Scores(**(plain | values)),
    )  # fmt: skip


def found(at: int | None) -> dict[str, Any]:
    """Scores of retrieval for one group at a rank."""
    return {"recall": {k: at is not None and at <= k for k in (1, 3, 5, 10)}, "reciprocal_rank": 1 / at if at else 0.0}


def test_means_and_denominators() -> None:
    """A value that is None is in no denominator; a measure that nothing has a value for is absent."""
    cases = [case("a"), case("b"), case("c", answerable=False), case("d")]
    rows = [
        row(cases[0], answer(cited=True), ndcg=1.0, citation_precision=0.5, citation_recall=1.0, **found(1)),
        row(cases[1], answer(cited=True), Cause.NOT_CITED, ndcg=0.0, citation_valid=False, inside=False, **found(4)),
        row(cases[2], answer("not_stipulated"), characters=21),
        row(cases[3], None, Cause.ERROR, status_right=False, characters=0, **found(None)),
    ]
    measures = summarise(cases, rows).measures
    assert {name: (one["value"], one["denominator"]) for name, one in measures.items()} == {
        "recall@1": (0.3333, 3), "recall@3": (0.3333, 3), "recall@5": (0.6667, 3), "recall@10": (0.6667, 3),
        "mrr": (0.4167, 3), "ndcg@10": (0.5, 2), "citation_precision": (0.5, 1), "citation_recall": (1.0, 1),
        "citation_validity": (0.5, 2), "inside_place_and_year": (0.75, 4), "status_right": (0.5, 4),
        "correct": (0.5, 4), "characters": (5.75, 4),
        "abstention_precision": (1.0, 1), "abstention_recall": (1.0, 1), "abstention_f1": (1.0, 1),
    }  # fmt: skip
    assert (measures["citation_recall"]["low"], measures["citation_recall"]["high"]) == (1.0, 1.0)
    assert measures["correct"]["low"] < 0.5 < measures["correct"]["high"]
    assert {name for name, one in measures.items() if "low" not in one} == {
        "abstention_precision", "abstention_recall", "abstention_f1",
    }  # fmt: skip
    bare = summarise([cases[2]], [rows[2]]).measures
    assert not {"recall@1", "mrr", "ndcg@10", "citation_precision", "citation_validity"} & bare.keys()


def test_lists_of_ids() -> None:
    """What the gates look at: rules from outside, invalid citations, errors, answers and refusals that are wrong."""
    cases = [case("a"), case("b"), case("c", answerable=False), case("d"), case("e"), case("f", answerable=False)]
    rows = [
        row(cases[0], answer(cited=True), Cause.OUTSIDE, inside=False),
        row(cases[1], answer(cited=True), citation_valid=False),
        row(cases[2], answer(), Cause.FALSE_ANSWER),
        row(cases[3], answer("out_of_scope"), Cause.FALSE_REFUSAL, inside=False, citation_valid=False),
        row(cases[4], answer(), error="搜索出错"),
        row(cases[5], None, Cause.ERROR, error="KeyError: '虫'"),
    ]
    summary = summarise(cases, rows)
    assert (summary.outside, summary.invalid) == (["a", "d"], ["b", "d"])
    assert (summary.false_answers, summary.false_refusals) == (["c"], ["d"])
    assert summary.errors == ["e", "f"]


def test_outcomes() -> None:
    """By id in the order of the cases: right or not, recall@5, and the chief of several causes."""
    cases = [case("b"), case("a"), case("c", answerable=False), case("d")]
    rows = [
        row(cases[0], answer(), Cause.NOT_CITED, Cause.MISSING, **found(5)),
        row(cases[1], answer(), **found(6)),
        row(cases[2], answer("not_stipulated")),
        row(cases[3], None, Cause.ERROR, **found(1)),
    ]
    outcomes = summarise(cases, rows).outcomes
    assert list(outcomes.items()) == [
        ("b", Outcome(correct=False, recalled=True, cause="检索到但没有引用")),
        ("a", Outcome(correct=True, recalled=False, cause="")),
        ("c", Outcome(correct=True, recalled=None, cause="")),
        ("d", Outcome(correct=False, recalled=True, cause="程序出错")),
    ]


def test_by_type_and_by_notice() -> None:
    """A case counts once under each notice of its evidence, and under one type; names are sorted, without intervals."""
    cases = [
        case("a", type="list", notices=[ZEZHOU, GAOPING, ZEZHOU]),
        case("b", type="list", notices=[GAOPING]),
        case("c", type="definition", notices=[]),
    ]
    rows = [row(cases[0], answer()), row(cases[1], answer(), Cause.MISSING), row(cases[2], answer())]
    summary = summarise(cases, rows)
    assert list(summary.by_type) == ["definition", "list"]
    assert list(summary.by_notice) == [ZEZHOU, GAOPING]
    assert summary.by_type["list"]["correct"] == {"value": 0.5, "denominator": 2}
    assert summary.by_type["definition"]["correct"] == {"value": 1.0, "denominator": 1}
    assert summary.by_notice[ZEZHOU]["correct"] == {"value": 1.0, "denominator": 1}
    assert summary.by_notice[GAOPING]["correct"] == {"value": 0.5, "denominator": 2}
    assert "abstention_f1" not in summary.by_type["list"]


def test_refusals_cost_and_mode() -> None:
    """Abstention by hand over two refusals of three that should be, cost by nearest rank, and who wrote the prose."""
    no = case("n", answerable=False)
    cases = [case("a"), case("b"), no, no, no]
    given = ["not_stipulated", "answered", "answered", "out_of_scope", "not_stipulated"]
    rows = [
        row(of, answer(one), milliseconds=float(at)) for at, (of, one) in enumerate(zip(cases, given, strict=True), 1)
    ]
    summary = summarise(cases, rows, "print")
    got = {name: summary.measures[f"abstention_{name}"] for name in ("precision", "recall", "f1")}
    assert got == {name: {"value": 0.6667, "denominator": 3 if name != "f1" else 4} for name in got}
    assert summary.cost == {"median_ms": 3.0, "p95_ms": 5.0, "median_embedding_ms": 2.0, "median_ratio": 1.5}
    assert (summary.cases, summary.fingerprint, summary.mode) == (5, "print", "extractive")
    assert summarise(cases[:2], [rows[0], row(cases[1], answer(mode=Mode.LLM))]).mode == "llm"


def test_nothing_at_all() -> None:
    """No cases: no measures of rows, no division by nothing."""
    summary = summarise([], [])
    assert (summary.cases, summary.outcomes, summary.mode) == (0, {}, "extractive")
    assert set(summary.measures) == {"abstention_precision", "abstention_recall", "abstention_f1"}
    assert by_split([], []) == {}


def test_cases_and_rows_belong_together() -> None:
    """A row short is a mistake of the caller, not a case dropped in silence."""
    with pytest.raises(ValueError, match="shorter"):
        summarise([case("a"), case("b")], [row(case("a"), answer())])
    with pytest.raises(ValueError, match="shorter"):
        by_split([case("a", split="dev"), case("b")], [row(case("a"), answer())])


def test_by_split() -> None:
    """Test first, each split over its own cases alone; cases without a split are in none."""
    cases = [case("a", split="dev"), case("b"), case("c", split="test"), case("d", split="dev")]
    rows = [
        row(cases[0], answer(), Cause.MISSING),
        row(cases[1], answer(), Cause.MISSING),
        row(cases[2], answer()),
        row(cases[3], answer(), milliseconds=9.0),
    ]
    splits = by_split(cases, rows, "print")
    assert list(splits) == ["test", "dev"]
    assert splits["test"] == summarise([cases[2]], [rows[2]], "print")
    assert splits["dev"] == summarise([cases[0], cases[3]], [rows[0], rows[3]], "print")
    assert list(splits["dev"].outcomes) == ["a", "d"]
    assert [one.measures["correct"]["value"] for one in splits.values()] == [1.0, 0.5]
    assert splits["dev"].fingerprint == "print"
    assert by_split([cases[1]], [rows[1]]) == {}
    assert list(by_split([cases[0]], [rows[0]])) == ["dev"]


def test_dump() -> None:
    """Text that reads back as the same summary, in Chinese characters as they are, ending in a line end."""
    cases = [case("甲", type="list", split="dev"), case("乙", answerable=False)]
    summary = summarise(
        cases, [row(cases[0], answer(), Cause.MISSING, **found(3)), row(cases[1], None, error="错")], "p"
    )
    text = dump_summary(summary)
    assert Summary.model_validate_json(text) == summary
    assert set(json.loads(text)) == set(Summary.model_fields) - {"limit", "llm"}
    assert list(json.loads(text)["outcomes"]) == ["甲", "乙"]
    assert '"cause": "缺少应有的内容"' in text
    assert text.endswith("}\n")
