"""Load every notice of the given folders; a file that cannot be read is a finding, never a failure of the others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

from pydantic import Field

from corpus.decode import check_size, decode
from corpus.errors import CorpusError
from corpus.model import Corpus, Document, Finding, Frozen
from corpus.parse import parse_file

_SUFFIXES = {".txt", ".text", ".md"}


class ReceivedFile(Frozen):
    """A file in a folder of notices, as it is on disk."""

    path: Path
    sha256: str = Field(description="hex digest of its bytes", pattern=r"^[0-9a-f]{64}$")


def bundled_folder() -> Path:
    """The folder of the notices that come with the program."""
    return Path(str(files("corpus").joinpath("notices")))


def list_files(folders: Iterable[Path]) -> tuple[ReceivedFile, ...]:
    """List the files of the folders by name, hidden files and manifest.json left out.

    A file that cannot be read is left out too: load_corpus has a finding about it.

    Raises:
        CorpusError: a folder does not exist or cannot be read.
    """
    return tuple(
        ReceivedFile(path=path, sha256=digest)
        for folder in folders
        for path in _paths(folder)
        if (digest := _digest(path))
    )


def _digest(path: Path) -> str:
    """The file's sha256, empty when it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def _paths(folder: Path) -> Iterator[Path]:
    try:
        is_folder = folder.is_dir()
        entries = sorted(folder.iterdir(), key=lambda path: path.name) if is_folder else []
        paths = [path for path in entries if path.is_file()]
    except OSError as error:
        raise CorpusError(f"通知文件夹“{folder}”无法读取（{error.strerror}）；请检查权限") from error
    if not is_folder:
        raise CorpusError(f"通知文件夹“{folder}”不存在或不是文件夹；请在设置 corpus.folders 中改为正确的路径")
    return (path for path in paths if not path.name.startswith(".") and path.name != "manifest.json")


def _read(path: Path) -> bytes:
    try:
        check_size(path.stat().st_size)
        return path.read_bytes()
    except OSError as error:
        raise CorpusError(f"文件“{path.name}”无法读取（{error.strerror}）；请检查权限或磁盘") from error


def load_corpus(folders: Iterable[Path]) -> Corpus:
    """Parse all files of the folders.

    Args:
        folders: where notices lie; each file holds one or more of them.

    Returns:
        The documents that could be read, and one finding for each file or part that could not.

    Raises:
        CorpusError: a folder does not exist or cannot be read.
    """
    documents: dict[str, Document] = {}
    findings: list[Finding] = []
    for path in [path for folder in folders for path in _paths(folder)]:
        for outcome in _load_file(path):
            if isinstance(outcome, Finding):
                findings.append(outcome)
            elif (first := documents.get(outcome.notice)) is not None:
                message = f"文号与“{first.file}”中的文件重复，未载入；请删去其中一份，或更正文号"
                findings.append(Finding(file=path.name, notice=outcome.notice, severity="error", message=message))
            else:
                documents[outcome.notice] = outcome
    return Corpus(documents=tuple(documents.values()), findings=tuple(findings))


def _load_file(path: Path) -> list[Document | Finding]:
    if path.suffix.lower() not in _SUFFIXES:
        message = f"暂不支持“{path.suffix or '无后缀'}”文件，未载入；请另存为 .txt 文本后放入"
        return [Finding(file=path.name, severity="error", message=message)]
    try:
        received = decode(_read(path))
    except CorpusError as error:
        return [Finding(file=path.name, severity="error", message=str(error))]
    documents, findings = parse_file(received, path.name)
    if broken := received.count("\ufffd"):
        message = f"有 {broken} 处字符已损坏（显示为�）；请核对原件，重新导出为 UTF-8 后放入"
        findings = (*findings, Finding(file=path.name, message=message))
    kept = [document for document in documents if document.clauses]
    severity = {document.notice: "warning" if document.clauses else "error" for document in documents}
    graded = [finding.model_copy(update={"severity": severity.get(finding.notice, "warning")}) for finding in findings]
    return [*kept, *graded]
