"""Scoring of made answers, each wrong in one way; sums over made rows; and five cases through the real service."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from app.model import Answer, Citation, Inquiry, Mode, Status
from app.service import Service
from corpus.errors import QuestionError
from corpus.model import Document, Source, Unit
from eval.cases import own_cases
from eval.model import Case, Quote, Retrieved, Row, Scores, Summary
from eval.run import run_cases, score, summarise, write_results
from retrieval.model import Found

ZEZHOU, GAOPING = "泽政发〔2024〕1号", "高政发〔2024〕1号"
CHECKS, FUNDS = "企业厂矿（车间）要日检日查、立查立改", "足额提取使用安全生产费用"
CASE = Case(
    id="made",
    type="frequency",
    question="泽州的厂子多久自查一回",
    answerable=True,
    status="answered",
    evidence=((Quote(notice=ZEZHOU, quote=CHECKS),),),
    must_include=(("日检日查", "每天"),),
    must_not_include=("每月两次",),
    needs=("place", "year"),
    split="dev",
)
TWO = CASE.model_copy(update={"evidence": (*CASE.evidence, (Quote(notice=ZEZHOU, quote=FUNDS),))})
REFUSE = CASE.model_copy(update={"answerable": False, "status": "not_stipulated", "must_include": ()})
TYPES = ("frequency", "responsibility", "not_stipulated", "out_of_scope", "multi_turn")
ANSWER = {"question", "status", "text", "citations", "scope", "mode", "timings_ms"}
NOTHING = "状态为 not_stipulated；检索未命中；缺少应有的内容"
Units = dict[tuple[str, str], list[Unit]]
Cite = Callable[..., Citation]
Scored = Callable[[Case, Answer | None, Sequence[Retrieved]], Scores]


@pytest.fixture(scope="module")
def units(documents: dict[str, Document]) -> Units:
    """Units by 文号 and label."""
    held: Units = {}
    for unit in (unit for document in documents.values() for unit in document.units):
        held.setdefault((unit.notice, unit.label), []).append(unit)
    return held


@pytest.fixture(scope="module")
def cite(units: Units, documents: dict[str, Document]) -> Cite:
    """Makes a citation of the clause that holds a quote."""

    def make(held: str, notice: str = ZEZHOU, **values: Any) -> Citation:
        unit = next(one for (of, _), found in units.items() for one in found if of == notice and held in one.text)
        document = documents[notice]
        made: dict[str, Any] = {
            "n": 1, "notice": notice, "label": unit.label, "heading": unit.heading, "quote": held,
            "clause_text": unit.text, "region": document.region, "year": document.year,
            "source": Source(file=document.file, start=0, end=1),
        }  # fmt: skip
        return Citation(**(made | values))

    return make


@pytest.fixture(scope="module")
def scored(units: Units, documents: dict[str, Document]) -> Scored:
    """Scores an answer over the real corpus."""
    return lambda case, answer, hits: score(case, answer, hits, units, documents)


def made(*citations: Citation, status: str = "answered", text: str = "每天：日检日查。[1]") -> Answer:
    """An answer."""
    return Answer(question="问", status=Status(status), text=text, citations=citations)


HIT = Retrieved(notice=ZEZHOU, label="一、（四）", text=f"{CHECKS}。")


def test_a_right_answer(cite: Cite, scored: Scored) -> None:
    """Every score by hand: the evidence at rank 2, cited once among two quotes."""
    hits = [HIT.model_copy(update={"text": "无"}), HIT]
    scores = scored(CASE, made(cite(CHECKS), cite(FUNDS)), hits)
    assert scores == Scores(
        recall={1: False, 3: True, 5: True, 10: True},
        reciprocal_rank=0.5,
        ndcg=1 / math.log2(3),
        citation_precision=0.5,
        citation_recall=1.0,
        citation_valid=True,
        status_right=True,
        included=True,
        excluded=True,
        inside=True,
        correct=True,
        characters=len("每天：日检日查。[1]"),
        fault="",
    )


@pytest.mark.parametrize(
    ("case", "quotes", "values", "hits", "fault"),
    [
        (CASE, [CHECKS], {"status": "not_stipulated"}, [HIT], "状态为 not_stipulated"),
        (CASE, [CHECKS], {"status": "out_of_scope"}, [HIT], "状态为 out_of_scope"),
        (CASE, [FUNDS], {}, [HIT], "检索到但没有选用"),
        (CASE, [], {}, [HIT], "检索到但没有选用"),
        (CASE, [FUNDS], {}, [], "检索未命中"),
        (TWO, [CHECKS], {}, [HIT], "检索未命中"),
        (CASE, [CHECKS], {"text": "要经常查。[1]"}, [HIT], "缺少应有的内容"),
        (CASE, [CHECKS], {"text": "每天，或每月两次。[1]"}, [HIT], "出现不应有的内容"),
        (CASE, [CHECKS, (CHECKS, GAOPING)], {}, [HIT], "引用了其他地区或年份"),
        (
            CASE,
            [],
            {"status": "not_stipulated", "text": "未规定"},
            [],
            NOTHING,
        ),
        (REFUSE, [CHECKS], {}, [HIT], "应拒答却回答"),
        (REFUSE, [], {"status": "out_of_scope"}, [HIT], "状态为 out_of_scope"),
        (REFUSE, [CHECKS], {"status": "not_stipulated"}, [HIT], ""),
        (REFUSE, [], {"status": "not_stipulated"}, [], ""),
        (TWO, [CHECKS, FUNDS], {}, [], ""),
    ],
)
def test_each_way_to_be_wrong(
    case: Case,
    quotes: list[Any],
    values: dict[str, str],
    hits: list[Retrieved],
    fault: str,
    cite: Cite,
    scored: Scored,
) -> None:
    """What is wrong is named, and only that; correct is having no fault."""
    citations = [cite(*one) if isinstance(one, tuple) else cite(one) for one in quotes]
    scores = scored(case, made(*citations, **values), hits)
    assert scores.fault == fault
    assert scores.correct == (not fault)


def test_other_year_is_outside(cite: Cite, scored: Scored) -> None:
    """Last year's notice of the same place."""
    scores = scored(CASE, made(cite(CHECKS), cite("日检日查", "泽政发〔2023〕1号")), [HIT])
    assert (scores.inside, scores.fault) == (False, "引用了其他地区或年份")


def test_invalid_citation_is_told(cite: Cite, scored: Scored) -> None:
    """Words that the clause does not have."""
    assert not scored(CASE, made(cite(CHECKS, quote=f"{CHECKS}嘛")), [HIT]).citation_valid


def test_unanswerable_has_no_shares(scored: Scored) -> None:
    """Retrieval and citations are not scored where no answer is wanted, nor where no evidence is given."""
    free = CASE.model_copy(update={"evidence": ()})
    for case, answer in ((REFUSE, made(status="not_stipulated")), (free, made())):
        scores = scored(case, answer, [HIT])
        assert scores.correct
        assert scores.recall is scores.reciprocal_rank is scores.ndcg is None
        assert scores.citation_precision is scores.citation_recall is None


def test_no_answer_is_wrong(scored: Scored) -> None:
    """A case that the program failed at is wrong, answerable or not, and nothing else is said of it."""
    for case in (CASE, REFUSE):
        scores = scored(case, None, [HIT])
        assert (scores.correct, scores.status_right, scores.included) == (False, False, False)
        assert (scores.fault, scores.characters) == ("程序出错", 0)


class Broken:
    """A service that fails at some questions."""

    def __init__(self, units: Units, documents: dict[str, Document], right: Answer) -> None:
        self.units, self.documents, self._right = units, documents, right

    def embed(self, question: str) -> None:
        """Fail with the rest."""
        self.find(Inquiry(question=question))

    def ask(self, inquiry: Inquiry) -> Answer:
        """Fail, or give the right answer."""
        self.find(inquiry)
        return self._right

    def find(self, inquiry: Inquiry, k: int = 10) -> Found | None:
        """Fail, or find nothing."""
        if "空" in inquiry.question:
            raise QuestionError("问题是空的")
        if "虫" in inquiry.question:
            raise KeyError("虫")
        return None


def test_errors_count(cite: Cite, units: Units, documents: dict[str, Document], tmp_path: Path) -> None:
    """No case is dropped: errors of the program and mistakes in it are wrong answers, in every denominator."""
    service = cast("Service", Broken(units, documents, made(cite(CHECKS))))
    changes = ({}, {"id": "b", "question": "空"}, {"id": "c", "question": "虫"})
    cases = [CASE.model_copy(update=one) for one in changes]
    cases.append(REFUSE.model_copy(update={"id": "d", "question": "虫", "type": "not_stipulated"}))
    cases.append(REFUSE.model_copy(update={"id": "e"}))
    told: list[tuple[int, int]] = []
    rows = run_cases(cases, service, lambda *one: told.append(one))
    assert told == [(number, 5) for number in range(1, 6)]
    assert [row.scores.correct for row in rows] == [True, False, False, False, False]
    assert [row.error for row in rows] == ["", "问题是空的", "KeyError: '虫'", "KeyError: '虫'", ""]
    summary = summarise(cases, rows)
    assert summary.cases == 5
    assert summary.errors == ["b", "c", "d"]
    assert (summary.false_answers, summary.false_refusals) == (["e"], [])
    assert summary.measures["correct"]["value"] == 0.2
    denominators = {name: measure["denominator"] for name, measure in summary.measures.items()}
    assert denominators == {
        "recall@1": 3, "recall@3": 3, "recall@5": 3, "recall@10": 3, "mrr": 3, "ndcg@10": 3,
        "citation_precision": 1, "citation_recall": 3, "citation_validity": 2, "inside_place_and_year": 5,
        "status_right": 5, "correct": 5, "characters": 5,
        "abstention_precision": 0, "abstention_recall": 2, "abstention_f1": 2,
    }  # fmt: skip
    assert summary.by_type["not_stipulated"]["correct"] == {"value": 0.0, "denominator": 1}
    assert summary.by_notice[ZEZHOU]["correct"] == {"value": 0.2, "denominator": 5}
    write_results(tmp_path, rows, summary)
    assert [json.loads(line)["answer"] is None for line in (tmp_path / "results.jsonl").open()] == [
        False, True, True, True, False,
    ]  # fmt: skip


def row(case: Case, answer: Answer | None, milliseconds: float = 4.0) -> Row:
    """A row with nothing retrieved."""
    return Row(
        id=case.id, type=case.type, answer=answer, milliseconds=milliseconds, embedding_milliseconds=2.0,
        scores=score(case, answer, [], {}, {}),
    )  # fmt: skip


def test_summary_of_refusals() -> None:
    """Abstention, the two lists, cost and mode, by hand; the same id twice (as outside files have) is two cases."""
    refused, answered = made(status="not_stipulated", text=""), made()
    cases = [CASE, CASE, REFUSE, REFUSE, REFUSE.model_copy(update={"evidence": ()})]
    answers = [refused, answered, answered, refused, refused]
    rows = [row(case, one, float(time)) for time, (case, one) in enumerate(zip(cases, answers, strict=True), 1)]
    summary = summarise(cases, rows, "print")
    got = {name: summary.measures[f"abstention_{name}"] for name in ("precision", "recall", "f1")}
    assert got == {name: {"value": 0.6667, "denominator": 3 if name != "f1" else 4} for name in got}
    assert (summary.false_answers, summary.false_refusals) == (["made"], ["made"])
    assert summary.by_notice[ZEZHOU]["correct"]["denominator"] == 4
    assert summary.cost == {"median_ms": 3.0, "p95_ms": 5.0, "median_embedding_ms": 2.0, "median_ratio": 1.5}
    assert (summary.fingerprint, summary.mode) == ("print", "extractive")
    written = summarise(cases[:1], [row(CASE, answered.model_copy(update={"mode": Mode.LLM}))])
    assert written.mode == "llm"
    assert summarise([], []).cases == 0


def test_results_that_cannot_be_written(tmp_path: Path) -> None:
    """A file where the folder should be."""
    (tmp_path / "out").write_text("")
    with pytest.raises(QuestionError, match="--out"):
        write_results(tmp_path / "out", [], summarise([], []))


def test_five_cases_through_the_service(service: Service, tmp_path: Path) -> None:
    """The files that outside scripts read: their keys, the top ten, the denominators."""
    cases = [next(case for case in own_cases("dev") if case.type == kind) for kind in TYPES]
    rows = run_cases(cases, service)
    write_results(tmp_path / "a" / "b", rows, summarise(cases, rows, service.fingerprint))
    lines = (tmp_path / "a" / "b" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    for case, line in zip(cases, map(json.loads, lines), strict=True):
        assert set(line) == set(Row.model_fields)
        assert (line["id"], line["type"], line["error"]) == (case.id, case.type, "")
        assert set(line["answer"]) == ANSWER
        assert set(line["answer"]["scope"]) == {"regions", "years", "why"}
        for citation in line["answer"]["citations"]:
            assert set(citation) == set(Citation.model_fields)
            assert citation["quote"] in citation["clause_text"]
        assert len(line["retrieved"]) <= 10
        assert all(set(one) == {"notice", "label", "text"} for one in line["retrieved"])
        assert len(line["retrieved"]) == 10 or case.type == "out_of_scope"
        assert set(line["scores"]) == set(Scores.model_fields)
        assert line["scores"]["recall"] is None or set(line["scores"]["recall"]) == {"1", "3", "5", "10"}
        assert line["scores"]["citation_valid"]
        assert line["milliseconds"] > 0
        assert line["embedding_milliseconds"] > 0
    written = json.loads((tmp_path / "a" / "b" / "summary.json").read_text(encoding="utf-8"))
    assert set(written) == set(Summary.model_fields)
    assert (written["cases"], written["errors"], written["fingerprint"]) == (5, [], service.fingerprint)
    assert set(written["by_type"]) == set(TYPES)
    assert {written["measures"][name]["denominator"] for name in ("correct", "status_right", "characters")} == {5}
    assert {written["measures"][name]["denominator"] for name in ("recall@1", "mrr", "citation_recall")} == {3}
    assert set(written["measures"]["correct"]) == {"value", "denominator", "low", "high"}
    assert set(written["cost"]) == {"median_ms", "p95_ms", "median_embedding_ms", "median_ratio"}
    asked = {quote.notice for case in cases for group in case.evidence for quote in group}
    assert set(written["by_notice"]) == asked
