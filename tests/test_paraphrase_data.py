"""The check of free sentences over the written sets: faithful ones pass, altered ones are caught, on each split.

Rows of split `held` were first measured before anything was tuned on them (five lots, one after the other); their
first figures stand in the report of the issue. Since then they, too, have been looked at.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from app.check.evidence import Asked
from app.check.paraphrase import unsupported
from app.model import Citation
from corpus.model import Document
from tests.conftest import DATA

FAITHFUL = [json.loads(line) for line in (DATA / "paraphrases.jsonl").read_text(encoding="utf-8").splitlines()]
ALTERED = [json.loads(line) for line in (DATA / "altered_paraphrases.jsonl").read_text(encoding="utf-8").splitlines()]
SPLITS = ("dev", "held")
KINDS = {
    "number changed", "unit of measure changed", "frequency word changed", "lead moved", "unit swapped",
    "neighbour's rule", "last year's rule", "negation dropped", "negation added", "modality raised",
    "modality lowered", "citation shifted", "invented notice number", "invented content", "quote altered",
    "condition dropped", "actor swapped", "place or year added", "scope widened", "false denial",
    "bound changed", "deadline changed", "date changed", "wrong label", "question quoted", "joint exchanged",
    "qualifier dropped", "qualifier added", "act changed", "time or order changed", "rank added", "empty claim",
    "wrong decision",
}  # fmt: skip
#: A sentence in milliseconds with warm caches; five are meant, the rest is for a busy machine.
BUSY_MS = 40

Row = Mapping[str, Any]
Documents = Mapping[str, Document]


def cited(row: Row, documents: Documents) -> list[Citation]:
    """The citations of a row, made of the real units."""
    found: list[Citation] = []
    for n, one in enumerate(row["cited"], 1):
        document = documents[one["notice"]]
        unit = next(unit for unit in document.units if unit.label == one["label"])
        found.append(
            Citation(
                n=n, notice=unit.notice, label=unit.label, heading=unit.heading, quote=unit.text,
                clause_text=unit.text, region=document.region, year=document.year, source=unit.source,
            )
        )  # fmt: skip
    return found


def faults(row: Row, documents: Documents) -> list[str]:
    """What the check says of a row."""
    return unsupported(row["sentence"], cited(row, documents), Asked(question=row["question"]), documents)


def told(rows: Sequence[Row]) -> str:
    """The rows that came out wrong, to be read."""
    return "\n".join(f"{row['id']} {row['kind']}: {row['sentence']}" for row in rows)


@pytest.mark.parametrize("split", SPLITS)
def test_faithful_sentences_pass(split: str, documents: Documents) -> None:
    """At most 2% of the faithful sentences are struck."""
    rows = [row for row in FAITHFUL if row["split"] == split]
    struck = [row for row in rows if faults(row, documents)]
    sys.stdout.write(f"{split}: {len(struck)} of {len(rows)} faithful sentences struck\n{told(struck)}")
    assert len(struck) <= len(rows) * 0.02, told(struck)


@pytest.mark.parametrize("split", SPLITS)
def test_altered_sentences_are_caught(split: str, documents: Documents) -> None:
    """At least 99% of the altered sentences are caught."""
    rows = [row for row in ALTERED if row["split"] == split]
    missed = [row for row in rows if not faults(row, documents)]
    sys.stdout.write(f"{split}: {len(missed)} of {len(rows)} altered sentences missed\n{told(missed)}")
    assert len(missed) <= len(rows) * 0.01, told(missed)


def test_reasons_are_chinese_and_said_once(documents: Documents) -> None:
    """Each reason is one short Chinese line, and none is given twice."""
    for row in ALTERED:
        reasons = faults(row, documents)
        assert len(set(reasons)) == len(reasons)
        assert all("\n" not in one and len(one) < 120 and any("一" <= char <= "鿿" for char in one) for one in reasons)


def test_sets_are_large_and_even() -> None:
    """The sets have the size asked for, all kinds, all nine documents, and no row twice."""
    assert len(FAITHFUL) >= 120
    assert len(ALTERED) >= 220
    assert {row["kind"] for row in ALTERED} == KINDS
    assert len({one["notice"] for row in FAITHFUL for one in row["cited"]}) == 9
    for rows in (FAITHFUL, ALTERED):
        assert len({row["id"] for row in rows}) == len(rows)
        assert {row["split"] for row in rows} == set(SPLITS)
        said = Counter((row["sentence"], json.dumps(row["cited"]), row["question"]) for row in rows)
        assert [one for one, count in said.items() if count > 1] == []


def test_an_altered_row_is_no_faithful_one() -> None:
    """No altered sentence stands, with the same citations, among the faithful."""
    faithful = {(row["sentence"], json.dumps(row["cited"])) for row in FAITHFUL}
    assert [row["id"] for row in ALTERED if (row["sentence"], json.dumps(row["cited"])) in faithful] == []


def test_a_sentence_takes_milliseconds(documents: Documents) -> None:
    """A sentence is judged in a few milliseconds once the clauses have been read."""
    rows = [row for row in FAITHFUL if row["split"] == "dev"]
    known = [(row, cited(row, documents)) for row in rows]
    for row, citations in known:
        unsupported(row["sentence"], citations, Asked(question=row["question"]), documents)
    started = time.process_time()
    for row, citations in known:
        unsupported(row["sentence"], citations, Asked(question=row["question"]), documents)
    assert (time.process_time() - started) / len(known) * 1000 < BUSY_MS
