"""The command line `anwen`: serve, index, ask, search, clauses."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer
from pydantic import TypeAdapter, ValidationError

from app.model import Answer, Inquiry, Role, Status, Turn
from app.settings import Settings, load_settings
from corpus.errors import AnwenError, QuestionError

app = typer.Typer(
    name="anwen", help="安问：安全生产通知问答，每条引用均经逐字核对。", no_args_is_help=True, add_completion=False,
    pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip

_STATUS = {Status.ANSWERED: "已依据通知回答", Status.NOT_STIPULATED: "通知未规定", Status.OUT_OF_SCOPE: "不在通知范围"}

JsonFlag = Annotated[bool, typer.Option("--json", help="输出 JSON")]
RegionOption = Annotated[str | None, typer.Option(help="地区，例如 泽州县")]
YearOption = Annotated[int | None, typer.Option(help="年份，例如 2024")]
FolderOption = Annotated[list[Path] | None, typer.Option("--folder", help="另加的通知文件夹，可写多次")]


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")


def _settings(folder: list[Path] | None = None, **options: Any) -> Settings:
    settings = load_settings(**options)
    if folder:
        settings.corpus.folders.extend(folder)
    return settings


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="监听地址，默认只限本机")] = None,
    port: Annotated[int | None, typer.Option(help="端口，默认 7860")] = None,
    folder: FolderOption = None,
) -> None:
    """启动网页问答（首次会先建立索引）。"""
    settings = _settings(folder)
    from app.service import open_service

    service = open_service(settings, _say)
    from app.serve import serve as run

    chosen_host, chosen_port = host or settings.server.host, port or settings.server.port
    _say(f"网页已启动：http://{chosen_host}:{chosen_port}（按 Ctrl+C 停止）")
    run(service, chosen_host, chosen_port)


@app.command()
def index(
    rebuild: Annotated[bool, typer.Option("--rebuild", help="全部重算")] = False, folder: FolderOption = None
) -> None:
    """建立或更新索引；没有变化时什么也不做。"""
    settings = _settings(folder)
    from index.build import ensure_index

    manifest = ensure_index(
        settings.index_root(), settings.corpus.all_folders(), settings.embedding.model, _say,
        threads=settings.embedding.threads, rebuild=rebuild,
    )  # fmt: skip
    _print(
        f"索引可用：{manifest.documents} 份文件，{manifest.passages} 段，模型 {manifest.model}，建于 {manifest.built}"
    )


@app.command()
def ask(
    question: Annotated[str, typer.Argument(help="问题")],
    region: RegionOption = None,
    year: YearOption = None,
    role: Annotated[Role | None, typer.Option(help="提问人身份")] = None,
    history: Annotated[Path | None, typer.Option(help="此前对话的 JSON 文件：[{role, content}, …]")] = None,
    as_json: JsonFlag = False,
    folder: FolderOption = None,
) -> None:
    """提一个问题。"""
    inquiry = Inquiry(question=question, region=region, year=year, role=role, history=_read_history(history))
    settings = _settings(folder)
    from app.service import open_service

    answer = open_service(settings, _say).ask(inquiry)
    _print(answer.model_dump_json() if as_json else _plain(answer))


def _read_history(path: Path | None) -> tuple[Turn, ...]:
    if path is None:
        return ()
    try:
        return TypeAdapter(tuple[Turn, ...]).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise QuestionError(
            f"对话文件“{path}”读不懂；应为 JSON 数组，每项有 role（user/assistant）和 content"
        ) from error


def _plain(answer: Answer) -> str:
    lines = [f"【{_STATUS[answer.status]}】依据原文摘录", "", answer.text]
    for one in answer.citations:
        place = f"{one.region} {one.year or ''}".strip()
        where = f"{one.source.file} 第 {one.source.start}–{one.source.end} 字"
        lines.append(f"\n[{one.n}] {one.notice} {one.label} {one.heading}（{place}）\n    原件：{where}")
    return "\n".join(lines)


@app.command()
def search(
    question: Annotated[str, typer.Argument(help="问题")],
    k: Annotated[int, typer.Option("-k", min=1, max=100, help="返回几条")] = 10,
    region: RegionOption = None,
    year: YearOption = None,
    as_json: JsonFlag = False,
    folder: FolderOption = None,
) -> None:
    """只检索，列出按相关度排列的条款。"""
    settings = _settings(folder)
    from app.service import open_service

    found = open_service(settings, _say).find(Inquiry(question=question, region=region, year=year), k)
    if as_json:
        rows = [
            hit.model_dump(mode="json", include={"notice", "label", "heading", "text", "score", "parts"})
            for hit in found.hits
        ]
        _print(json.dumps(rows, ensure_ascii=False))
        return
    if found.scope.refusal:
        _print(found.scope.refusal)
    for rank, hit in enumerate(found.hits, start=1):
        _print(f"{rank:>2}. {hit.score:.3f}  {hit.notice} {hit.label} {hit.heading}\n      {hit.evidence[0].text[:80]}")


@app.command()
def clauses(
    as_json: JsonFlag = False,
    facts: Annotated[bool, typer.Option("--facts", help="列出每句中读出的频次、期限、数量、情态、单位")] = False,
    report: Annotated[bool, typer.Option("--report", help="解析报告")] = False,
    folder: FolderOption = None,
) -> None:
    """列出解析出的条款。"""
    from corpus.load import load_corpus
    from corpus.report import clause_row, clauses_text, facts_lines, report_lines

    corpus = load_corpus(_settings(folder).corpus.all_folders())
    if report:
        lines = report_lines(corpus)
    elif facts:
        lines = facts_lines(corpus, as_json)
    elif as_json:
        lines = [
            json.dumps(clause_row(one, unit), ensure_ascii=False) for one in corpus.documents for unit in one.clauses
        ]
    else:
        lines = clauses_text(corpus)
    for line in lines:
        _print(line)
    for finding in corpus.findings:
        if not report:
            _say(f"{'未载入' if finding.severity == 'error' else '提示'} {finding.file}：{finding.message}")


def main() -> NoReturn:
    """Run the command line: exit 0 on success, 1 when the work could not be done, 2 for wrong arguments."""
    sys.exit(_run(app))


def _run(command: Callable[..., Any]) -> int:
    """Run a command and turn errors into one Chinese line on stderr and an exit code."""
    import click

    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        command(standalone_mode=False)
    except click.UsageError as error:
        _say(f"参数不对：{error.format_message()}；用 anwen --help 查看用法")
        return 2
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say("已停止")
        return 1
    except AnwenError as error:
        _say(f"错误：{error}")
        return 1
    except BrokenPipeError:
        return 1
    return 0
