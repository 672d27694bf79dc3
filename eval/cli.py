"""The whole command line: the program's commands and `anwen eval`, which stands above them all."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import NoReturn

import click

from app.cli import app, run, say
from app.settings import load_settings


@app.command("eval")
@click.argument("cases", type=click.Path(path_type=Path))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="结果目录")
def evaluate(cases: Path, out: Path) -> None:
    """用一份用例文件（JSONL）评测，写出 results.jsonl 和 summary.json。"""
    from app.service import open_service
    from eval.cases import load_cases
    from eval.run import run_cases, summarise, write_results

    loaded = load_cases(cases)
    service = open_service(load_settings(), say)

    def step(done: int, total: int) -> None:
        if done % 20 == 0 or done == total:
            say(f"已评测 {done}/{total}")

    rows = run_cases(loaded, service, step)
    summary = summarise(loaded, rows, service.fingerprint)
    write_results(out, rows, summary)
    shown = {name: measure["value"] for name, measure in summary.measures.items()}
    sys.stdout.write(json.dumps({"cases": summary.cases, **shown, **summary.cost}, ensure_ascii=False) + "\n")


def main() -> NoReturn:
    """Run the command line: exit 0 on success, 1 when the work could not be done, 2 for wrong arguments."""
    sys.exit(run())
