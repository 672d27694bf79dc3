"""The command line `anwen`: serve, index, ask, search, clauses."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
from pydantic import TypeAdapter, ValidationError

from app.access.cli import audit, user
from app.explain import Explanation, explain
from app.feedback.cli import feedback
from app.llm.cli import llm
from app.model import Inquiry, Role, Turn
from app.options import FOLDER, JSON, correction_options, place_options
from app.settings import Settings, load_settings
from app.terminal import answer_text, follow
from corpus.errors import AnwenError, EmptyCorpusError, QuestionError
from retrieval.model import Found

if TYPE_CHECKING:
    from app.llm.model import LanguageModel
    from app.web.asking import Service as PageService


def _print(text: str) -> None:
    sys.stdout.write(text + "\n")


def say(line: str) -> None:
    """Write one line for the user to stderr; stdout is for results alone."""
    sys.stderr.write(line + "\n")


def _settings(folder: tuple[Path, ...]) -> Settings:
    settings = load_settings()
    settings.corpus.folders.extend(folder)
    return settings


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def app() -> None:
    """安问：安全生产通知问答，每条引用均经逐字核对。"""


app.add_command(llm)
app.add_command(feedback)
app.add_command(user)
app.add_command(audit)


@app.command()
@click.option("--host", help="监听地址，默认只限本机")
@click.option("--port", type=click.IntRange(1, 65535), help="端口，默认 7860")
@FOLDER
def serve(host: str | None, port: int | None, folder: tuple[Path, ...]) -> None:
    """启动网页问答（首次会先建立索引）。"""
    settings = _settings(folder)
    from app.access.access import open_access
    from app.empty import EmptyService
    from app.feedback.store import FeedbackStore
    from app.service import open_service
    from app.web.serve import listen
    from app.web.serve import serve as serve_page
    from app.web.tls import open_tls

    tls = open_tls(settings.server)
    # The address first: a port in use should be said at once, not after the index is built.
    listener = listen(host or settings.server.host, port or settings.server.port)
    access = open_access(settings, listener.getsockname()[0], say)
    service: PageService
    fingerprint = ""
    try:
        service = opened = open_service(settings, say)
        fingerprint = opened.fingerprint
    except EmptyCorpusError as error:
        say(f"提示：{error}")
        service = EmptyService(settings.corpus.all_folders(), settings)
    serve_page(service, listener, settings.llm, access, FeedbackStore(settings.data_root(), fingerprint), tls)


@app.command()
@click.option("--rebuild", is_flag=True, help="全部重算")
@FOLDER
def index(rebuild: bool, folder: tuple[Path, ...]) -> None:
    """建立或更新索引；没有变化时什么也不做。"""
    settings = _settings(folder)
    from index.build import ensure_index

    manifest = ensure_index(
        settings.index_root(),
        settings.corpus.all_folders(),
        settings.embedding.model,
        say,
        threads=settings.embedding.threads,
        rebuild=rebuild,
    )
    _print(
        f"索引可用：{manifest.documents} 份文件，{manifest.passages} 段，模型 {manifest.model}，建于 {manifest.built}"
    )


@app.command()
@click.argument("question")
@place_options
@click.option("--role", type=click.Choice([role.value for role in Role]), help="提问人身份")
@correction_options
@click.option("--history", type=click.Path(path_type=Path), help="此前对话的 JSON 文件：[{role, content}, …]")
@click.option(
    "--mode",
    type=click.Choice(["auto", "extractive", "llm"]),
    default="auto",
    help="extractive：原文摘录；llm：由模型整理；auto（默认）：设置了大模型接口即由模型整理",
)
@JSON
@FOLDER
def ask(
    question: str,
    region: str | None,
    year: int | None,
    role: str | None,
    correct: Callable[[Inquiry], Inquiry],
    history: Path | None,
    mode: str,
    as_json: bool,
    folder: tuple[Path, ...],
) -> None:
    """提一个问题。"""
    inquiry = Inquiry(
        question=question,
        region=region,
        year=year,
        role=Role(role) if role else None,
        history=_read_history(history),
    )
    inquiry = correct(inquiry)
    settings = _settings(folder)
    # The endpoint first: that none is set should be said at once.
    model = _open_model(settings, mode)
    from app.service import open_service

    service = open_service(settings, say)
    if model is None:
        answer, written = service.ask(inquiry), None
    else:
        done = follow(service.write(inquiry, model), sys.stderr if sys.stderr.isatty() else None)
        answer, written = done.answer, done.written
    _print(answer.model_dump_json() if as_json else answer_text(answer, written))


def _read_history(path: Path | None) -> tuple[Turn, ...]:
    if path is None:
        return ()
    try:
        return TypeAdapter(tuple[Turn, ...]).validate_json(path.read_bytes())
    except (OSError, ValidationError) as error:
        raise QuestionError(
            f"对话文件“{path}”读不懂；应为 JSON 数组，每项有 role（user/assistant）和 content"
        ) from error


def _open_model(settings: Settings, mode: str) -> LanguageModel | None:
    """The model that is to write the answer; None for the extractive way."""
    if mode == "extractive" or (mode == "auto" and not settings.llm.writes):
        return None
    from app.llm.client import open_model

    return open_model(settings.llm)


@app.command()
@click.argument("question")
@click.option("-k", type=click.IntRange(1, 100), default=10, help="返回几条")
@place_options
@click.option("--explain", "explained", is_flag=True, help="说明问句是怎样读的、查了哪些通知、得分从何而来")
@JSON
@FOLDER
def search(
    question: str,
    k: int,
    region: str | None,
    year: int | None,
    explained: bool,
    as_json: bool,
    folder: tuple[Path, ...],
) -> None:
    """只检索，列出按相关度排列的条款。"""
    settings = _settings(folder)
    from app.service import open_service

    service = open_service(settings, say)
    found = service.find(Inquiry(question=question, region=region, year=year), k)
    why = explain(found, service.documents) if explained else None
    _print(_found_json(found, why) if as_json else _found_text(found, why))


def _found_json(found: Found, why: Explanation | None) -> str:
    """The passages as an array; with the explanation asked for, an object that holds both."""
    keys = {"notice", "label", "heading", "text", "score", "parts"}
    rows = [hit.model_dump(mode="json", include=keys) for hit in found.hits]
    shown = rows if why is None else {"passages": rows, "explain": why.model_dump(mode="json")}
    return json.dumps(shown, ensure_ascii=False)


def _found_text(found: Found, why: Explanation | None) -> str:
    lines = [f"{line.label}：{line.value}" for line in why.lines()] if why else []
    if why:
        lines = ["【为什么这样答】", *lines, "", "【检索结果】"]
    if not found.hits:
        lines.append(found.scope.refusal or "没有找到条款")
    for rank, hit in enumerate(found.hits, start=1):
        lines.append(f"{rank:>2}. {hit.score:.3f}  {hit.notice} {hit.label} {hit.heading}")
        lines.append(f"      {hit.evidence[0].text[:80]}")
    return "\n".join(lines)


@app.command()
@JSON
@click.option("--facts", is_flag=True, help="列出每句中读出的频次、期限、数量、情态、单位")
@click.option("--report", is_flag=True, help="解析报告")
@FOLDER
def clauses(as_json: bool, facts: bool, report: bool, folder: tuple[Path, ...]) -> None:
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
            say(f"{'未载入' if finding.severity == 'error' else '提示'} {finding.file}：{finding.message}")


def main() -> NoReturn:
    """Run the command line: exit 0 on success, 1 when the work could not be done, 2 for wrong arguments."""
    sys.exit(run())


def run() -> int:
    """Run a command and turn errors into one Chinese line on stderr and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        outcome = app(standalone_mode=False)
    except click.exceptions.NoArgsIsHelpError as error:
        _print(error.format_message())
        return 2
    except click.UsageError as error:
        say(f"参数不对：{_explain(error)}；用 anwen --help 查看用法")
        return 2
    except (KeyboardInterrupt, click.Abort):
        say("已停止")
        return 1
    except AnwenError as error:
        say(f"错误：{error}")
        return 1
    except BrokenPipeError:
        return 1
    return outcome if isinstance(outcome, int) else 0


def _explain(error: click.UsageError) -> str:
    """Say in Chinese what is wrong with the arguments."""
    if isinstance(error, click.MissingParameter):
        return f"缺少参数 {error.param.human_readable_name if error.param else ''}".rstrip()
    if isinstance(error, click.NoSuchOption):
        return f"没有选项 {error.option_name}"
    if isinstance(error, click.BadParameter) and error.param is not None:
        wanted = _wanted(error.param.type)
        return f"{error.param.opts[0]} 的值不对（{wanted or error.message}）"
    if isinstance(error, click.exceptions.NoSuchCommand):
        return f"没有命令 {error.command_name}"
    return error.format_message()


def _wanted(kind: click.ParamType[Any]) -> str:
    if isinstance(kind, click.IntRange):
        return f"应为 {kind.min} 到 {kind.max} 的整数"
    if isinstance(kind, click.Choice):
        return f"只能是 {'、'.join(map(str, kind.choices))}"
    return "应为整数" if kind is click.INT else ""
