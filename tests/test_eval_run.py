"""Cases through the program: nothing is dropped, and the files that outside scripts read."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import cast

import pytest

from app.model import Answer, Citation, Inquiry, Status
from app.service import Service
from corpus.errors import QuestionError
from corpus.model import Document, Source, Unit
from eval.cases import own_cases
from eval.model import Case, Cause, Quote, Row, Scores, Summary
from eval.run import run_cases, write_results
from eval.summary import by_split, dump_summary, summarise
from retrieval.model import Found

ZEZHOU, CLAUSE = "泽政发〔2024〕1号", "一、（四）"
CHECKS = "企业厂矿（车间）要日检日查、立查立改"
CASE = Case(
    id="made",
    type="frequency",
    question="泽州的厂子多久自查一回",
    answerable=True,
    status="answered",
    evidence=((Quote(notice=ZEZHOU, quote=CHECKS),),),
    must_include=(("日检日查", "每天"),),
    needs=("place", "year"),
    split="dev",
)
REFUSE = CASE.model_copy(update={"answerable": False, "status": "not_stipulated", "must_include": ()})
TYPES = ("frequency", "responsibility", "not_stipulated", "out_of_scope", "multi_turn")
ANSWER = {"question", "status", "text", "citations", "scope", "mode", "timings_ms"}
NOTHING = Found.model_construct(hits=())
Units = Mapping[tuple[str, str], Sequence[Unit]]


@pytest.fixture(scope="module")
def right(documents: dict[str, Document]) -> Answer:
    """The right answer to the made case."""
    document = documents[ZEZHOU]
    unit = next(one for one in document.units if one.label == CLAUSE)
    citation = Citation(
        n=1, notice=ZEZHOU, label=CLAUSE, heading=unit.heading, quote=CHECKS, clause_text=unit.text,
        region=document.region, year=document.year, source=Source(file=document.file, start=0, end=1),
    )  # fmt: skip
    return Answer(question="问", status=Status.ANSWERED, text="每天：日检日查。[1]", citations=(citation,))


class Broken:
    """A service that fails at some questions."""

    def __init__(self, units: Units, documents: Mapping[str, Document], right: Answer) -> None:
        self.units, self.documents, self._right = units, documents, right

    def embed(self, question: str) -> None:
        """Fail with the rest."""
        self.find(Inquiry(question=question))

    def ask(self, inquiry: Inquiry) -> Answer:
        """Fail, or give the right answer."""
        self.find(inquiry)
        return self._right

    def find(self, inquiry: Inquiry, k: int = 10) -> Found:
        """Fail, or find nothing."""
        if "空" in inquiry.question:
            raise QuestionError("问题是空的")
        if "虫" in inquiry.question:
            raise KeyError("虫")
        return NOTHING


@pytest.fixture(scope="module")
def broken(service: Service, right: Answer) -> Service:
    """The failing service, over the clauses and documents of the real one."""
    return cast("Service", Broken(service.units, service.documents, right))


def test_errors_count(broken: Service) -> None:
    """No case is dropped: errors of the program and mistakes in it are wrong answers, in every denominator."""
    changes: tuple[dict[str, str], ...] = ({}, {"id": "b", "question": "空"}, {"id": "c", "question": "虫"})
    cases = [CASE.model_copy(update=one) for one in changes]
    cases.append(REFUSE.model_copy(update={"id": "d", "question": "虫", "type": "not_stipulated"}))
    cases.append(REFUSE.model_copy(update={"id": "e"}))
    told: list[tuple[int, int]] = []
    rows = run_cases(cases, broken, lambda *one: told.append(one))
    assert told == [(number, 5) for number in range(1, 6)]
    assert [row.scores.correct for row in rows] == [True, False, False, False, False]
    assert [row.scores.faults for row in rows] == [
        (), (Cause.ERROR,), (Cause.ERROR,), (Cause.ERROR,), (Cause.FALSE_ANSWER,),
    ]  # fmt: skip
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
    assert list(summary.outcomes) == ["made", "b", "c", "d", "e"]


def test_search_that_fails(service: Service, right: Answer) -> None:
    """An answer came, but the search for the top ten did not: nothing is retrieved, and the row says why."""

    class Blind(Broken):
        """Answers, and finds nothing but trouble."""

        def ask(self, inquiry: Inquiry) -> Answer:
            """Give the right answer."""
            return self._right

    blind = cast("Service", Blind(service.units, service.documents, right))
    (row,) = run_cases([CASE.model_copy(update={"question": "空"})], blind)
    assert (row.answer, row.error, row.retrieved) == (right, "问题是空的", ())
    assert row.scores.recall == {1: False, 3: False, 5: False, 10: False}
    assert row.scores.correct


def test_no_cases_ask_nothing(right: Answer) -> None:
    """Without cases the program is not even warmed up."""

    asked: list[str] = []

    class Listening(Broken):
        """Keeps what it is asked."""

        def find(self, inquiry: Inquiry, k: int = 10) -> Found:
            """Find nothing."""
            asked.append(inquiry.question)
            return None

    assert run_cases([], cast("Service", Listening({}, {}, right))) == []
    assert asked == []


def test_what_is_written(broken: Service, tmp_path: Path) -> None:
    """A row a line in the order of the cases, the summary of all, and one file for each split."""
    cases = [CASE, CASE.model_copy(update={"id": "b", "question": "空", "split": "test"})]
    cases.append(CASE.model_copy(update={"id": "c", "question": "虫\u2028", "split": ""}))
    rows = run_cases(cases, broken)
    summary, splits = summarise(cases, rows), by_split(cases, rows)
    write_results(tmp_path, rows, summary, splits)
    assert {path.name for path in tmp_path.iterdir()} == {"results.jsonl", "summary.json", "test.json", "dev.json"}
    lines = (tmp_path / "results.jsonl").read_text(encoding="utf-8").split("\n")
    assert lines.pop() == ""
    assert [Row.model_validate_json(line) for line in lines] == rows
    assert [json.loads(line)["answer"] is None for line in lines] == [False, True, True]
    assert json.loads(lines[1])["scores"]["faults"] == ["程序出错"]
    assert (tmp_path / "summary.json").read_text(encoding="utf-8") == dump_summary(summary)
    assert (tmp_path / "test.json").read_text(encoding="utf-8") == dump_summary(splits["test"])
    assert (tmp_path / "dev.json").read_text(encoding="utf-8") == dump_summary(splits["dev"])
    assert list(json.loads((tmp_path / "dev.json").read_text(encoding="utf-8"))["outcomes"]) == ["made"]
    write_results(tmp_path, rows[:1], summarise(cases[:1], rows[:1]), {})
    assert len((tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()) == 1


@pytest.mark.parametrize("taken", ["", "results.jsonl", "summary.json", "dev.json"])
def test_results_that_cannot_be_written(taken: str, tmp_path: Path) -> None:
    """A file where the folder should be, or a folder where one of the files should be: one line that names --out."""
    if taken:
        (tmp_path / "out" / taken).mkdir(parents=True)
    else:
        (tmp_path / "out").write_text("")
    empty = summarise([], [])
    with pytest.raises(QuestionError, match="--out") as error:
        write_results(tmp_path / "out", [], empty, {"dev": empty})
    assert str(tmp_path / "out") in str(error.value)
    assert "\n" not in str(error.value)


def test_five_cases_through_the_service(service: Service, tmp_path: Path) -> None:
    """The files that outside scripts read: their keys, the top ten, the denominators."""
    cases = [next(case for case in own_cases("dev") if case.type == kind) for kind in TYPES]
    rows = run_cases(cases, service)
    splits = by_split(cases, rows, service.fingerprint)
    write_results(tmp_path / "a" / "b", rows, summarise(cases, rows, service.fingerprint), splits)
    lines = (tmp_path / "a" / "b" / "results.jsonl").read_text(encoding="utf-8").splitlines()
    for case, line in zip(cases, map(json.loads, lines), strict=True):
        assert set(line) == set(Row.model_fields) - {"llm"}
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
    assert set(written) == set(Summary.model_fields) - {"limit", "llm"}
    assert (written["cases"], written["errors"], written["fingerprint"]) == (5, [], service.fingerprint)
    assert set(written["by_type"]) == set(TYPES)
    assert {written["measures"][name]["denominator"] for name in ("correct", "status_right", "characters")} == {5}
    assert {written["measures"][name]["denominator"] for name in ("recall@1", "mrr", "citation_recall")} == {3}
    assert set(written["measures"]["correct"]) == {"value", "denominator", "low", "high"}
    assert set(written["cost"]) == {"median_ms", "p95_ms", "median_embedding_ms", "median_ratio"}
    assert list(written["outcomes"]) == [case.id for case in cases]
    assert all(set(one) == {"correct", "recalled", "cause"} for one in written["outcomes"].values())
    dev = json.loads((tmp_path / "a" / "b" / "dev.json").read_text(encoding="utf-8"))
    assert dev == written  # all five are of the dev split
    asked = {quote.notice for case in cases for group in case.evidence for quote in group}
    assert set(written["by_notice"]) == asked
