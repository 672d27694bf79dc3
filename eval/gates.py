"""The gates: what an evaluation must hold against the committed baseline, eval/baselines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from pathlib import Path

from pydantic import Field, ValidationError

from corpus.errors import QuestionError
from corpus.model import Frozen
from eval.model import Summary
from eval.summary import dump_summary

TOLERANCE = 0.02


class History(Frozen):
    """One line of eval/baselines/history.jsonl: what a run that became the baseline had reached."""

    date: str = Field(description="ISO date")
    note: str = Field(description="what had changed, in a few words")
    test: dict[str, float] = Field(description="measures of the test split by name")
    dev: dict[str, float] = Field(description="measures of the dev split by name")


def baselines_folder() -> Path:
    """Where the committed summaries, the subset and the history lie."""
    return Path(str(files("eval").joinpath("baselines")))


def load_summary(path: Path) -> Summary:
    """Read a summary as `anwen eval` wrote it.

    Raises:
        QuestionError: the file is missing or is no summary.
    """
    try:
        return Summary.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise QuestionError(f"评测结果“{path}”缺失或不完整；请重新运行 anwen eval，或检查路径") from error


def load_baselines(folder: Path) -> dict[str, Summary]:
    """The baseline of each split: FOLDER/SPLIT.json.

    Raises:
        QuestionError: there is none, or one cannot be read.
    """
    found = {path.stem: load_summary(path) for path in sorted(folder.glob("*.json"))}
    if not found:
        raise QuestionError(f"目录“{folder}”里没有基线（test.json、dev.json）；请检查 --baseline")
    return found


def load_history(folder: Path) -> tuple[History, ...]:
    """The history that lies beside the baselines, oldest first; empty when there is none.

    Raises:
        QuestionError: it cannot be read.
    """
    path = folder / "history.jsonl"
    if not path.exists():
        return ()
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        return tuple(History.model_validate_json(line) for line in lines if line.strip())
    except (OSError, UnicodeDecodeError, ValidationError) as error:
        raise QuestionError(f"基线历史“{path}”不完整；请从版本库恢复") from error


def accept(folder: Path, summaries: Mapping[str, Summary], date: str, note: str) -> None:
    """Make a run the baseline, and add a line to the history.

    Args:
        folder: eval/baselines.
        summaries: of the splits test and dev.
        date: ISO date of the run.
        note: what had changed.

    Raises:
        QuestionError: a split is missing, or the folder cannot be written.
    """
    if missing := {"test", "dev"} - summaries.keys():
        raise QuestionError(f"评测结果缺少 {'、'.join(sorted(missing))}；请先用项目自己的全部用例运行 anwen eval")
    values = {
        split: {name: measure["value"] for name, measure in summaries[split].measures.items()}
        for split in ("test", "dev")
    }
    line = History(date=date, note=note, test=values["test"], dev=values["dev"]).model_dump_json()
    try:
        for split in ("test", "dev"):
            (folder / f"{split}.json").write_text(dump_summary(summaries[split]), encoding="utf-8")
        with (folder / "history.jsonl").open("a", encoding="utf-8") as history:
            history.write(line + "\n")
    except OSError as error:
        raise QuestionError(f"基线无法写入“{folder}”（{error.strerror}）；请检查权限和磁盘空间") from error


def subset_ids() -> tuple[str, ...]:
    """Ids of the fixed subset of dev cases that `make test` asks."""
    text = baselines_folder().joinpath("subset.txt").read_text(encoding="utf-8")
    return tuple(text.split())


def breaches(now: Summary, baseline: Summary) -> list[str]:
    """What of a run does not hold against a baseline, over the cases that both have; empty when all does.

    Citation validity must be 100%, nothing may be stated from outside the asked place and year, no case may fail by
    an error, and neither correctness nor recall@5 may fall by more than two points. A run without a case of the
    baseline has nothing to be held against, which is a breach too: a gate over nothing would always be open.

    Args:
        now: the run; its cases may be a part of the baseline's.
        baseline: the committed run.
    """
    found: list[str] = []
    if now.invalid:
        found.append(f"引用核对未通过：{_listed(now.invalid)}")
    if now.outside:
        found.append(f"引用了其他地区或年份：{_listed(now.outside)}")
    if now.errors:
        found.append(f"程序出错：{_listed(now.errors)}")
    common = [(one, now.outcomes[name], name) for name, one in baseline.outcomes.items() if name in now.outcomes]
    if not common:
        return [*found, "与基线没有共同的用例；请检查用例，或用 anwen eval-accept 更新基线"]
    correct = [(name, was.correct, one.correct) for was, one, name in common]
    recalled = [(name, bool(was.recalled), bool(one.recalled)) for was, one, name in common if one.recalled is not None]
    return found + _fallen("回答正确率", correct) + _fallen("recall@5", recalled)


def _fallen(measure: str, outcomes: Sequence[tuple[str, bool, bool]]) -> list[str]:
    """One line when a share has fallen by more than the tolerance; outcomes are (id, was good, is good)."""
    lost = sum(was - now for _, was, now in outcomes) / max(len(outcomes), 1)
    if lost <= TOLERANCE + 1e-9:
        return []
    fell = [name for name, was, now in outcomes if was and not now]
    return [f"{measure}比基线低 {lost * 100:.1f} 个百分点（{len(outcomes)} 例）；新出错：{_listed(fell)}"]


def _listed(ids: Sequence[str]) -> str:
    return "、".join(ids[:20]) + (f" 等 {len(ids)} 个" if len(ids) > 20 else "")
