"""The whole command line: the program's commands, and those of the evaluation, which stands above them all."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from app.cli import app, run, say
from app.settings import load_settings
from corpus.errors import QuestionError

if TYPE_CHECKING:
    from app.llm.model import LanguageModel
    from app.service import Service
    from eval.model import Case, Row, Summary

_FILE = click.Path(path_type=Path)


@app.command("eval")
@click.argument("cases", type=_FILE)
@click.option("--out", type=_FILE, required=True, help="结果目录")
@click.option("--baseline", type=_FILE, help="基线目录；给出时与之比较，未达门槛则以 1 退出")
@click.option(
    "--mode",
    type=click.Choice(["extractive", "llm"]),
    default="extractive",
    help="llm：每个用例由大模型再答一遍，与原文摘录并列",
)
@click.option("--limit", type=click.IntRange(1), help="每类用例只取前几个")
def evaluate(cases: Path, out: Path, baseline: Path | None, mode: str, limit: int | None) -> None:
    """用一份用例文件（JSONL）评测，写出 results.jsonl、summary.json 和 report.html。"""
    from app.llm.client import open_model
    from app.service import open_service
    from eval.cases import load_cases
    from eval.gates import breaches, load_baselines, load_history
    from eval.report import build_report, write_report
    from eval.run import first_of_each_type, write_results
    from eval.summary import by_split, summarise

    settings = load_settings()
    model = open_model(settings.llm) if mode == "llm" else None
    loaded = first_of_each_type(load_cases(cases), limit)
    baselines = load_baselines(baseline) if baseline else {}
    service = open_service(settings, say)
    rows, beside = _run(loaded, service, model)
    summary = summarise(loaded, rows, service.fingerprint, beside, limit)
    splits = by_split(loaded, rows, service.fingerprint, beside, limit)
    write_results(out, rows, summary, splits)
    faults = [
        f"{split}：{fault}"
        for split, before in baselines.items()
        for fault in (breaches(splits[split], before) if split in splits else ["没有这一部分的用例"])
    ]
    history = load_history(baseline) if baseline else ()
    page = build_report(loaded, rows, splits or {"": summary}, baselines, faults if baseline else None, history)
    say(f"报告：{write_report(out, page)}")
    _print_headline(summary)
    if faults:
        raise QuestionError(f"评测未达门槛：{'；'.join(faults)}")


def _run(cases: Sequence[Case], service: Service, model: LanguageModel | None) -> tuple[Sequence[Row], Sequence[Row]]:
    """The rows, and where a model wrote them the extractive rows beside them."""
    from eval.run import run_both, run_cases

    if model is None:
        return run_cases(cases, service, lambda done, total: _say_step(done, total, 20)), ()
    return run_both(cases, service, model, lambda done, total: _say_step(done, total, 5))


def _say_step(done: int, total: int, every: int) -> None:
    if done % every == 0 or done == total:
        say(f"已评测 {done}/{total}")


def _print_headline(summary: Summary) -> None:
    """The headline values as JSON for scripts; what a model did beside the extract as a table on stderr."""
    from eval.table import model_table

    shown = {name: measure["value"] for name, measure in summary.measures.items()}
    headline = {"cases": summary.cases, **shown, **summary.cost}
    if summary.limit:
        headline["limit"] = summary.limit
    if summary.llm:
        headline["llm"] = summary.llm.model_dump()
        for line in model_table(summary, summary.llm):
            say(line)
    sys.stdout.write(json.dumps(headline, ensure_ascii=False) + "\n")


@app.command("eval-compare")
@click.argument("before", type=_FILE)
@click.argument("after", type=_FILE)
def compare_runs(before: Path, after: Path) -> None:
    """比较两次评测（结果目录或其中的 summary.json），列出各项指标的变化和结果翻转的用例。"""
    from eval.compare import as_lines, compare
    from eval.gates import load_summary

    old, new = (load_summary(path / "summary.json" if path.is_dir() else path) for path in (before, after))
    sys.stdout.write("\n".join(as_lines(compare(old, new))) + "\n")


@app.command("eval-accept")
@click.argument("out", type=_FILE)
@click.option("--note", required=True, help="这次有什么改变，写入基线历史")
@click.option("--folder", type=_FILE, help="基线目录；默认是项目自己的 eval/baselines")
def accept_run(out: Path, note: str, folder: Path | None) -> None:
    """把一次评测（用项目自己的全部用例）定为新的基线，并打印 README 用的表格。"""
    from eval.gates import accept, baselines_folder, load_summary
    from eval.table import headline_table, type_table

    summaries: Mapping[str, Summary] = {split: load_summary(out / f"{split}.json") for split in ("test", "dev")}
    if any(one.llm or one.limit for one in summaries.values()):
        raise QuestionError(
            f"“{out}”是用大模型或只取部分用例评测的；请用全部用例、不加 --mode 和 --limit 重新运行 anwen eval"
        )
    accept(folder or baselines_folder(), summaries, date.today().isoformat(), note)
    for table in (headline_table, type_table):
        sys.stdout.write("\n".join(table(summaries["test"], summaries["dev"])) + "\n\n")
    say("已更新基线；请把上面的表格贴入 README.md 和 eval/README.md，连同代码一起提交")


@app.command("eval-baselines")
@click.argument("cases", type=_FILE)
def measure_peers(cases: Path) -> None:
    """在同样的通知、同样的向量模型上，与常见做法比较检索效果，打印一张表。"""
    from app.service import open_service
    from eval.cases import load_cases
    from eval.peers import compare_with_peers
    from index.embed import load_embedder

    loaded = load_cases(cases)
    settings = load_settings()
    service = open_service(settings, say)
    embedder = load_embedder(settings.embedding.model, settings.embedding.threads)
    for line in compare_with_peers(loaded, service, settings.corpus.all_folders(), embedder, say):
        sys.stdout.write(line + "\n")


def main() -> NoReturn:
    """Run the command line: exit 0 on success, 1 when the work could not be done, 2 for wrong arguments."""
    sys.exit(run())
