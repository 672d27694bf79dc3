"""Two runs side by side: hand-made summaries, and the command `anwen eval-compare`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.compare import Comparison, Flip, Moved, as_lines, compare
from eval.model import Cause, Outcome, Summary
from eval.summary import dump_summary
from tests.test_cli import assert_one_chinese_line, here

MISSED, MUTE = Cause.NOT_RETRIEVED, Cause.FALSE_REFUSAL
Causes = dict[str, str]


def run_of(causes: Causes, measures: dict[str, float] | None = None) -> Summary:
    """A run: the chief cause of failing by id, empty where the case was answered rightly; its measures by name."""
    held: dict[str, dict[str, Any]] = {
        name: {"value": value, "denominator": len(causes)} for name, value in (measures or {}).items()
    }
    return Summary(
        cases=len(causes), measures=held, by_type={}, by_notice={}, false_answers=[], false_refusals=[], errors=[],
        cost={}, outcomes={name: Outcome(correct=not one, recalled=None, cause=one) for name, one in causes.items()},
    )  # fmt: skip


BEFORE = run_of(
    {"gone": "", "same": "", "still": MISSED, "mended": MISSED, "lost": "", "turned": MISSED, "left": MUTE},
    {"correct": 0.4286, "mrr": 0.5, "citation_precision": 0.25},
)
AFTER = run_of(
    {"lost": MUTE, "turned": MUTE, "mended": "", "still": MISSED, "same": "", "new": MISSED},
    {"correct": 0.3333, "mrr": 0.5125, "abstention_f1": 1.0},
)
NOTHING = Comparison(common=0, only_before=(), only_after=(), moved=(), fixed=(), broken=(), shifted=())


def test_what_changed() -> None:
    """Mended, lost, wrong for another cause; a case that stays as it was is in no list; measures of both runs alone."""
    assert compare(BEFORE, AFTER) == Comparison(
        common=5,
        only_before=("gone", "left"),
        only_after=("new",),
        moved=(Moved(name="correct", before=0.4286, after=0.3333), Moved(name="mrr", before=0.5, after=0.5125)),
        fixed=(Flip(id="mended", before="检索未命中", after=""),),
        broken=(Flip(id="lost", before="", after="应回答却拒答"),),
        shifted=(Flip(id="turned", before="检索未命中", after="应回答却拒答"),),
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (run_of({}), run_of({}), NOTHING),
        (BEFORE.model_copy(update={"measures": {}}), run_of({}), NOTHING.model_copy(update={
            "only_before": ("gone", "same", "still", "mended", "lost", "turned", "left")})),
        (run_of({"a": ""}), run_of({"b": MISSED}), NOTHING.model_copy(update={
            "only_before": ("a",), "only_after": ("b",)})),
    ],
    ids=["both empty", "new run empty", "nothing in common"],
)  # fmt: skip
def test_nothing_to_compare(before: Summary, after: Summary, expected: Comparison) -> None:
    """Without common cases nothing has flipped."""
    assert compare(before, after) == expected


outcomes = st.dictionaries(st.sampled_from("abcdefgh"), st.sampled_from(["", MISSED, MUTE, Cause.ERROR]))


@given(outcomes, outcomes)
def test_every_case_is_in_its_place(before: Causes, after: Causes) -> None:
    """Each common case is in at most one list, and in one just when its cause changed; order is that of the runs."""
    got = compare(run_of(before), run_of(after))
    common = [name for name in before if name in after]
    assert got.common == len(common)
    assert [one.id for one in got.fixed] == [name for name in common if before[name] and not after[name]]
    assert [one.id for one in got.broken] == [name for name in common if after[name] and not before[name]]
    assert [one.id for one in got.shifted] == [
        name for name in common if before[name] and after[name] and before[name] != after[name]
    ]
    assert got.only_before == tuple(name for name in before if name not in after)
    assert got.only_after == tuple(name for name in after if name not in before)
    flips = (*got.fixed, *got.broken, *got.shifted)
    assert all((one.before, one.after) == (before[one.id], after[one.id]) for one in flips)


@given(outcomes, outcomes)
def test_the_other_way_round(before: Causes, after: Causes) -> None:
    """Seen from the new run, what was mended is lost."""
    there, back = compare(run_of(before), run_of(after)), compare(run_of(after), run_of(before))
    assert (there.common, there.only_before, there.only_after) == (back.common, back.only_after, back.only_before)
    for one, other in ((there.fixed, back.broken), (there.broken, back.fixed), (there.shifted, back.shifted)):
        turned = [Flip(id=flip.id, before=flip.after, after=flip.before) for flip in other]
        assert sorted(one, key=lambda flip: flip.id) == sorted(turned, key=lambda flip: flip.id)


LINES = [
    "共同用例 5 个",
    "只在旧结果中：gone、left",
    "只在新结果中：new",
    "correct\t0.4286 → 0.3333（-0.0953）",
    "mrr\t0.5000 → 0.5125（+0.0125）",
    "变好 1 个",
    "+ mended（原：检索未命中）",
    "变差 1 个",
    "- lost（现：应回答却拒答）",
    "仍错而原因改变 1 个",
    "~ turned（检索未命中 → 应回答却拒答）",
]


def test_lines() -> None:
    """Measures first, then each flipped case with its cause; counts of nothing are said, empty lists of ids are not."""
    assert as_lines(compare(BEFORE, AFTER)) == LINES
    assert as_lines(NOTHING) == ["共同用例 0 个", "变好 0 个", "变差 0 个", "仍错而原因改变 0 个"]


def written(folder: Path, summary: Summary) -> Path:
    """A folder of results as `anwen eval` leaves it, as far as a comparison reads it."""
    folder.mkdir()
    (folder / "summary.json").write_text(dump_summary(summary), encoding="utf-8")
    return folder


def test_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    """Folders or the files in them, in the order old, new; the comparison alone on stdout."""
    old, new = written(tmp_path / "旧", BEFORE), written(tmp_path / "新", AFTER)
    for pair in ((old, new), (old / "summary.json", new), (old, new / "summary.json")):
        code, out, err = here(["eval-compare", *map(str, pair)], monkeypatch, capsys)
        assert (code, err) == (0, "")
        assert out == "\n".join(LINES) + "\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [("没有", None), ("空的", ""), ("坏的", "{不是 JSON"), ("别的", '{"cases": 3}'), ("乱码", b"\xff\xfe\x00\xd8")],
)
def test_a_run_that_cannot_be_read(
    name: str,
    content: str | bytes | None,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A folder or file that is missing, empty, no JSON, no summary, not UTF-8: exit 1 and one line that names it."""
    good, bad = written(tmp_path / "好的", AFTER), tmp_path / name
    if content is not None:
        written(bad, AFTER)
        (bad / "summary.json").write_bytes(content if isinstance(content, bytes) else content.encode())
    for pair in ((bad, good), (good, bad)):
        code, out, err = here(["eval-compare", *map(str, pair)], monkeypatch, capsys)
        assert (code, out) == (1, "")
        assert_one_chinese_line(err)
        assert str(bad) in err


def test_folder_without_a_summary(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A folder that holds no results is named by the file that is missing in it."""
    code, out, err = here(["eval-compare", str(tmp_path), str(tmp_path)], monkeypatch, capsys)
    assert (code, out) == (1, "")
    assert_one_chinese_line(err)
    assert str(tmp_path / "summary.json") in err
