"""The practice cases (eval/practice): sound against the corpus, and none of them a case that answers are scored on."""

from __future__ import annotations

from collections import Counter
from importlib.resources import files
from pathlib import Path

import pytest

from corpus.model import Corpus
from eval.cases import check_cases, load_cases, normalise, own_cases
from eval.model import Case

FOLDER = Path(str(files("eval").joinpath("practice")))


@pytest.fixture(scope="module")
def practice() -> tuple[Case, ...]:
    """All practice cases."""
    return tuple(case for path in sorted(FOLDER.glob("*.jsonl")) for case in load_cases(path))


def test_there_are_enough(practice: tuple[Case, ...]) -> None:
    """Enough to practise on, of every status, answered and not."""
    assert len(practice) >= 390
    statuses = Counter(case.status for case in practice)
    assert min(statuses[status] for status in ("answered", "not_stipulated", "out_of_scope")) >= 20


def test_they_are_sound(practice: tuple[Case, ...], corpus: Corpus) -> None:
    """Quotes stand in one unit each, must_include is in them, no question copies its evidence."""
    assert check_cases(practice, corpus.documents) == []


def test_ids_are_unique(practice: tuple[Case, ...]) -> None:
    """No id stands twice, nor in the cases that are scored."""
    ids = [case.id for case in practice]
    assert len(set(ids)) == len(ids)
    assert not set(ids) & {case.id for case in own_cases()}


def test_none_is_scored(practice: tuple[Case, ...]) -> None:
    """A question that one may look at is none that the answers are measured by."""

    def asked(case: Case) -> tuple[str, ...]:
        return (*(normalise(turn.content) for turn in case.history), normalise(case.question))

    scored = {asked(case) for case in own_cases()}
    assert scored
    assert [case.id for case in practice if asked(case) in scored] == []
