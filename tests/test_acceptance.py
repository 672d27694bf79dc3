"""Acceptance: the whole question set, asked once; dev questions may be tuned to, test questions may not."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from typing import Any

import pytest

from app.check.citations import check
from app.check.evidence import asked_in
from app.model import Answer, Draft, Inquiry, Role
from app.service import Service
from corpus.clean import clean_text
from corpus.model import Unit
from corpus.regions import chain, find_region
from index.store import Index
from tests.conftest import DATA

CASES: list[dict[str, Any]] = [
    json.loads(line) for line in (DATA / "questions.jsonl").read_text(encoding="utf-8").splitlines()
]
STATUS_AT_LEAST = {"dev": 0.95, "test": 0.76}
CORRECT_AT_LEAST = {"dev": 0.93, "test": 0.72}


@pytest.fixture(scope="session")
def answered(service: Service) -> list[tuple[dict[str, Any], Answer]]:
    """Every case with its answer."""
    return [(case, service.ask(_inquiry(case))) for case in CASES]


def _inquiry(case: dict[str, Any]) -> Inquiry:
    role = Role(case["role"]) if case["role"] else None
    return Inquiry(question=case["question"], region=case["region"], year=case["year"], role=role)


@cache
def _plain(text: str) -> str:
    """Text as quotes are compared: simplified, full width, no white space."""
    return "".join(clean_text(text).split())


def _cites(answer: Answer, alternatives: list[dict[str, str]]) -> bool:
    """One of the alternatives is cited: the quote holds, or is held by, a cited quote of that notice."""
    return any(
        _plain(wanted["quote"]) in _plain(one.quote) or _plain(one.quote) in _plain(wanted["quote"])
        for wanted in alternatives
        for one in answer.citations
        if one.notice == wanted["notice"]
    )


def is_status_right(case: dict[str, Any], answer: Answer) -> bool:
    """The status is the one the case expects."""
    return bool(answer.status.value == case["status"])


def is_correct(case: dict[str, Any], answer: Answer) -> bool:
    """Status right, every evidence group cited, all that must be said is said, and nothing that must not be."""
    text = _plain(answer.text)
    return (
        is_status_right(case, answer)
        and all(_cites(answer, group) for group in case["evidence"])
        and all(any(_plain(words) in text for words in group) for group in case["must_include"])
        and not any(_plain(words) in text for words in case["must_not_include"])
    )


def _table(answered: list[tuple[dict[str, Any], Answer]], split: str) -> str:
    """Figures by type; names of failing questions for dev alone."""
    rows: dict[str, list[tuple[str, bool, bool]]] = defaultdict(list)
    for case, answer in answered:
        if case["split"] == split:
            rows[case["type"]].append((case["id"], is_status_right(case, answer), is_correct(case, answer)))
    lines = [f"{'type':<16}{'n':>4}{'status':>8}{'correct':>9}  wrong ({split})"]
    for kind, mine in sorted(rows.items()):
        wrong = " ".join(name for name, _, correct in mine if not correct) if split == "dev" else ""
        status, correct = sum(one[1] for one in mine), sum(one[2] for one in mine)
        lines.append(f"{kind:<16}{len(mine):>4}{status:>8}{correct:>9}  {wrong}")
    return "\n".join(lines)


@pytest.mark.parametrize("split", ["dev", "test"])
def test_status_and_correctness(split: str, answered: list[tuple[dict[str, Any], Answer]]) -> None:
    """Enough questions get the right status, and enough the right answer with the right evidence."""
    mine = [(case, answer) for case, answer in answered if case["split"] == split]
    status = sum(is_status_right(*one) for one in mine) / len(mine)
    correct = sum(is_correct(*one) for one in mine) / len(mine)
    figures = f"{split}: status {status:.3f}, correct {correct:.3f} of {len(mine)}"
    print(figures)  # noqa: T201
    assert status >= STATUS_AT_LEAST[split], f"{figures}\n{_table(answered, split)}"
    assert correct >= CORRECT_AT_LEAST[split], f"{figures}\n{_table(answered, split)}"


def test_every_citation_is_valid(answered: list[tuple[dict[str, Any], Answer]], index: Index) -> None:
    """Not one citation of any answer is faulty, and no answer was held back."""
    units: dict[tuple[str, str], list[Unit]] = {}
    for unit in index.all_units:
        units.setdefault((unit.notice, unit.label), []).append(unit)
    faulty = {}
    for case, answer in answered:
        draft = Draft(status=answer.status, text=answer.text, citations=answer.citations)
        if faults := check(draft, asked_in(answer), units, index.document_of):
            faulty[case["id"]] = faults
        assert "引用核对" not in answer.text, case["id"]
    assert faulty == {}
    assert sum(len(answer.citations) for _, answer in answered) > 150


def test_no_citation_from_elsewhere(answered: list[tuple[dict[str, Any], Answer]], service: Service) -> None:
    """No citation is from outside the chain of the place asked for, nor from another year than the one asked for."""
    placed = 0
    for case, answer in answered:
        reading = service.find(_inquiry(case), k=1).reading
        places = list(reading.places) or ([case["region"]] if case["region"] else [])
        regions = [find_region(place) for place in places]
        held = {one.name for region in regions if region for one in chain(region)}
        years = set(reading.years) or ({case["year"]} if case["year"] else set())
        for one in answer.citations:
            if held and not reading.notices:
                placed += 1
                assert one.region in held, case["id"]
            if years and not reading.notices:
                assert one.year in years, case["id"]
    assert placed > 60


def test_set_is_whole() -> None:
    """The set keeps its size, its split, and every type in both parts."""
    types = {split: {case["type"] for case in CASES if case["split"] == split} for split in ("dev", "test")}
    assert len(CASES) == len({case["id"] for case in CASES}) == 130
    assert types["dev"] == types["test"]
    assert all(case["answerable"] == (case["status"] == "answered") for case in CASES)
    assert all(case["evidence"] for case in CASES if case["answerable"])
    assert not any(case["evidence"] for case in CASES if case["status"] == "out_of_scope")


def test_scoring_can_fail(answered: list[tuple[dict[str, Any], Answer]]) -> None:
    """An answer without citations, with other words, or with forbidden words is not correct."""
    case, answer = next(one for one in answered if one[0]["id"] == "q001" and is_correct(*one))
    assert not is_correct(case, answer.model_copy(update={"citations": ()}))
    assert not is_correct(case, answer.model_copy(update={"text": "见通知。"}))
    assert not is_correct({**case, "must_not_include": ["每周"]}, answer)
    assert not is_correct({**case, "status": "not_stipulated"}, answer)
