"""The gates: sixty cases in every test run, and the gates' own failing."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from app.service import Service
from app.settings import load_settings
from corpus.errors import QuestionError
from eval.cases import own_cases
from eval.gates import (
    accept,
    baselines_folder,
    breaches,
    load_baselines,
    load_history,
    load_summary,
    subset_ids,
)
from eval.model import Case, Outcome, Row, Summary
from eval.run import run_cases
from eval.scores import score
from eval.summary import dump_summary, summarise
from index.embed import Embedder, Vectors
from index.store import Index
from retrieval.lexicon import load_lexicon
from retrieval.search import Searcher


def made(good: int, bad: int, missed: int = 0, **values: Any) -> Summary:
    """A run of so many cases right and wrong, the wrong ones last; the first ones miss recall@5."""
    outcomes = {
        f"c{at}": Outcome(correct=at < good, recalled=at >= missed, cause="" if at < good else "检索未命中")
        for at in range(good + bad)
    }
    empty: dict[str, Any] = {
        "cases": good + bad, "measures": {}, "by_type": {}, "by_notice": {}, "false_answers": [],
        "false_refusals": [], "errors": [], "cost": {}, "outcomes": outcomes,
    }  # fmt: skip
    return Summary(**(empty | values))


BASELINE = made(80, 20)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (BASELINE, []),
        (made(90, 10), []),
        (made(78, 22), []),
        (made(77, 23), ["回答正确率比基线低 3.0 个百分点（100 例）；新出错：c77、c78、c79"]),
        (made(80, 20, missed=2), []),
        (made(80, 20, missed=3), ["recall@5比基线低 3.0 个百分点（100 例）；新出错：c0、c1、c2"]),
        (made(80, 20, invalid=["c4"]), ["引用核对未通过：c4"]),
        (made(80, 20, outside=["c4", "c9"]), ["引用了其他地区或年份：c4、c9"]),
        (made(80, 20, errors=["c1"]), ["程序出错：c1"]),
        (made(0, 0), ["与基线没有共同的用例；请检查用例，或用 anwen eval-accept 更新基线"]),
    ],
)
def test_breaches(now: Summary, said: list[str]) -> None:
    """Two points down is let through, more is not; one bad citation or one rule from outside is not."""
    assert breaches(now, BASELINE) == said


def test_a_part_is_held_against_the_same_part() -> None:
    """The subset's share is compared with the baseline's over the same cases, not over all."""
    part = [f"c{at}" for at in range(70, 90)]

    def cut(summary: Summary) -> Summary:
        return summary.model_copy(update={"outcomes": {one: summary.outcomes[one] for one in part}})

    assert breaches(cut(BASELINE), BASELINE) == []
    assert breaches(cut(made(79, 21)), BASELINE) == ["回答正确率比基线低 5.0 个百分点（20 例）；新出错：c79"]


def test_cases_without_evidence_are_not_in_recall() -> None:
    """Where nothing is to be retrieved, nothing can be missed."""
    outcomes = {name: one.model_copy(update={"recalled": None}) for name, one in BASELINE.outcomes.items()}
    unanswerable = BASELINE.model_copy(update={"outcomes": outcomes})
    assert breaches(unanswerable, unanswerable) == []
    one_left = outcomes | {"c0": Outcome(correct=True, recalled=False)}
    fallen = breaches(BASELINE.model_copy(update={"outcomes": one_left}), BASELINE)
    assert fallen == ["recall@5比基线低 100.0 个百分点（1 例）；新出错：c0"]


def test_long_lists_are_cut() -> None:
    """A run that lost everything says so in one line that can be read."""
    (line,) = breaches(made(0, 100), BASELINE)
    assert line.endswith("c19 等 80 个")


@pytest.fixture(scope="module")
def subset() -> tuple[Case, ...]:
    """The sixty cases."""
    wanted = set(subset_ids())
    return tuple(case for case in own_cases("dev") if case.id in wanted)


@pytest.fixture(scope="module")
def run(subset: tuple[Case, ...], service: Service) -> tuple[list[Row], float]:
    """The sixty cases asked, and the seconds it took."""
    started = time.perf_counter()
    return run_cases(subset, service), time.perf_counter() - started


def test_subset_is_fixed(subset: tuple[Case, ...]) -> None:
    """Sixty different cases of the dev split, of every type."""
    assert len(subset) == len(subset_ids()) == len(set(subset_ids())) == 60
    assert {case.type for case in subset} == {case.type for case in own_cases()}


def test_the_gate(subset: tuple[Case, ...], run: tuple[list[Row], float]) -> None:
    """Every citation valid, nothing from outside, no more than two points below the committed baseline; in a minute."""
    rows, seconds = run
    assert breaches(summarise(subset, rows), load_baselines(baselines_folder())["dev"]) == []
    assert seconds < 60


def rescored(case: Case, row: Row, service: Service, **change: Any) -> Row:
    """The row with its citations changed, scored anew."""
    assert row.answer is not None
    citations = tuple(one.model_copy(update=change) for one in row.answer.citations)
    answer = row.answer.model_copy(update={"citations": citations})
    scores = score(case, answer, row.retrieved, service.units, service.documents)
    return row.model_copy(update={"answer": answer, "scores": scores})


@pytest.mark.parametrize(
    ("change", "said"),
    [({"quote": "每日检查一百次"}, "引用核对未通过"), ({"region": "河南省", "year": 1999}, "引用了其他地区或年份")],
)
def test_the_gate_fails_on_one_bad_citation(
    change: dict[str, Any], said: str, subset: tuple[Case, ...], run: tuple[list[Row], float], service: Service
) -> None:
    """One altered quote, or one rule of a place that nobody asked about, in sixty answers."""
    pairs = list(zip(subset, run[0], strict=True))
    at, (case, row) = next(
        (at, (case, row))
        for at, (case, row) in enumerate(pairs)
        if row.answer and row.answer.citations and row.scores.correct and case.needs and case.answerable
    )
    rows = [*run[0][:at], rescored(case, row, service, **change), *run[0][at + 1 :]]
    faults = breaches(summarise(subset, rows), load_baselines(baselines_folder())["dev"])
    assert any(fault.startswith(said) and row.id in fault for fault in faults)


class Blind:
    """An embedding that sees the same in every question."""

    def __init__(self, real: Embedder) -> None:
        self.name, self.dimension = real.name, real.dimension

    def encode_query(self, text: str) -> Vectors:
        """The same vector for any text."""
        return np.full(self.dimension, self.dimension**-0.5, dtype=np.float32)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same vector for each."""
        return np.stack([self.encode_query(text) for text in texts])

    def encode_passages(self, texts: Sequence[str]) -> Any:
        """Never wanted here."""
        raise AssertionError(texts)


def test_the_gate_fails_on_a_worse_search(subset: tuple[Case, ...], index: Index, service: Service) -> None:
    """A search that has lost its embedding is caught."""
    settings = load_settings()
    searcher = Searcher(index, Blind(service._searcher._embedder), load_lexicon(None))
    blind = Service(index, searcher, settings.corpus.all_folders())
    faults = breaches(summarise(subset, run_cases(subset, blind)), load_baselines(baselines_folder())["dev"])
    assert [fault.split("比")[0] for fault in faults if "比基线低" in fault] == ["回答正确率", "recall@5"]


def test_committed_baselines_are_of_these_cases() -> None:
    """Each split's baseline covers exactly that split, with nothing invalid and nothing from outside."""
    baselines = load_baselines(baselines_folder())
    assert set(baselines) == {"test", "dev"}
    for split, baseline in baselines.items():
        assert list(baseline.outcomes) == [case.id for case in own_cases(split)]
        assert (baseline.invalid, baseline.outside, baseline.errors) == ([], [], [])
        right = sum(one.correct for one in baseline.outcomes.values())
        assert baseline.measures["correct"]["value"] == pytest.approx(right / baseline.cases, abs=1e-4)
        last = load_history(baselines_folder())[-1].model_dump()[split]
        assert last["correct"] == baseline.measures["correct"]["value"]


def test_accept(tmp_path: Path) -> None:
    """A run becomes the baseline, and the history grows by a line."""
    measured = made(8, 2, measures={"correct": {"value": 0.8, "denominator": 10}})
    better = made(9, 1, measures={"correct": {"value": 0.9, "denominator": 10}})
    assert load_history(tmp_path) == ()
    accept(tmp_path, {"test": measured, "dev": measured}, "2026-11-22", "第一次")
    accept(tmp_path, {"test": better, "dev": measured}, "2026-11-23", "第二次")
    assert load_baselines(tmp_path) == {"test": better, "dev": measured}
    assert [(one.date, one.note, one.test, one.dev) for one in load_history(tmp_path)] == [
        ("2026-11-22", "第一次", {"correct": 0.8}, {"correct": 0.8}),
        ("2026-11-23", "第二次", {"correct": 0.9}, {"correct": 0.8}),
    ]


def test_accept_wants_both_splits(tmp_path: Path) -> None:
    """A run of one split is no baseline, and changes nothing."""
    with pytest.raises(QuestionError, match="缺少 dev"):
        accept(tmp_path, {"test": BASELINE}, "2026-11-22", "半份")
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(QuestionError, match="无法写入"):
        accept(tmp_path / "no", {"test": BASELINE, "dev": BASELINE}, "2026-11-22", "没有目录")


@pytest.mark.parametrize("content", [None, "", "{", '{"cases": 3}', "[]"])
def test_a_broken_summary_is_named(content: str | None, tmp_path: Path) -> None:
    """One line that names the file."""
    path = tmp_path / "test.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(QuestionError, match=r"test\.json"):
        load_summary(path)


def test_broken_baselines(tmp_path: Path) -> None:
    """A folder without baselines is no gate that is open; a broken history is named."""
    with pytest.raises(QuestionError, match="没有基线"):
        load_baselines(tmp_path)
    (tmp_path / "history.jsonl").write_text("{}\n", encoding="utf-8")
    with pytest.raises(QuestionError, match="基线历史"):
        load_history(tmp_path)
    (tmp_path / "dev.json").write_text(dump_summary(BASELINE), encoding="utf-8")
    assert load_baselines(tmp_path) == {"dev": BASELINE}
