"""The index on disk: a folder for each build, and a file CURRENT that names the one in use.

A build writes a new folder and swaps CURRENT at the end, so that a killed or failed build leaves the old index as it
was; a file lock lets one process build at a time, and the next one finds the finished work. Each folder holds the
checksums of its files, so that damage is found before anything is read from them.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from corpus.errors import IndexStoreError
from corpus.model import Document, Unit
from index.lexical import LexicalStore
from index.model import Manifest, Passage
from index.vectors import VectorStore

_CURRENT = "CURRENT"
_CHECKSUMS = "checksums.json"
_PARTIAL = ".partial"
_KEPT_BUILDS = 2
_Model = TypeVar("_Model", bound=BaseModel)


@dataclass(frozen=True)
class Level:
    """Passages of one level (units, or sentences) with their two stores; row i of each is passage i."""

    passages: tuple[Passage, ...]
    vectors: VectorStore
    lexical: LexicalStore


@dataclass(frozen=True)
class Index:
    """An open index."""

    manifest: Manifest
    documents: tuple[Document, ...]
    units: Level
    sentences: Level
    folder: Path = field(compare=False)

    @cached_property
    def all_units(self) -> tuple[Unit, ...]:
        """The units of all documents, as Passage.unit counts them."""
        return tuple(unit for document in self.documents for unit in document.units)

    @cached_property
    def document_of(self) -> dict[str, Document]:
        """Documents by 文号."""
        return {document.notice: document for document in self.documents}


def current_folder(root: Path) -> Path | None:
    """Return the folder of the index in use, or None when there is none."""
    try:
        name = (root / _CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    folder = root / name
    return folder if name and folder.is_dir() else None


def has_build(root: Path) -> bool:
    """Tell whether an index was ever finished here, be it readable now or not."""
    return (root / _CURRENT).exists()


def damaged_file(folder: Path) -> str | None:
    """Name the first file of a build that is missing or not as it was written; None when the build is whole."""
    try:
        written = json.loads((folder / _CHECKSUMS).read_bytes())
        names = sorted(written)
    except (OSError, ValueError, TypeError):
        return _CHECKSUMS
    for name in names:
        try:
            if _checksum(folder / name) != written[name]:
                return str(name)
        except (OSError, TypeError):
            return str(name)
    return None


def read_manifest(root: Path) -> Manifest | None:
    """Read the manifest of the index in use; None when there is no index, or an unreadable one."""
    folder = current_folder(root)
    return _manifest_of(folder) if folder else None


def _manifest_of(folder: Path) -> Manifest | None:
    try:
        return Manifest.model_validate_json((folder / "manifest.json").read_text(encoding="utf-8"))
    except (OSError, ValidationError, UnicodeDecodeError):
        return None


def open_index(root: Path) -> Index:
    """Open the index in use.

    Args:
        root: the folder of all builds.

    Raises:
        IndexStoreError: there is none, or a file of it is missing or damaged.
    """
    folder = current_folder(root)
    if folder is None:
        raise IndexStoreError(f"“{root}”里没有可用的索引；请先运行 anwen index")
    damaged = damaged_file(folder)
    manifest = _manifest_of(folder)
    if damaged or manifest is None:
        raise IndexStoreError(f"索引文件“{damaged or 'manifest.json'}”损坏或缺失；请运行 anwen index --rebuild 重建")
    documents = _read_lines(folder / "documents.jsonl", Document)
    passages = _read_lines(folder / "passages.jsonl", Passage)
    units = tuple(one for one in passages if one.level == "unit")
    sentences = tuple(one for one in passages if one.level == "sentence")
    index = Index(
        manifest=manifest,
        documents=documents,
        units=_open_level(folder, "units", units),
        sentences=_open_level(folder, "sentences", sentences),
        folder=folder,
    )
    if len(passages) != manifest.passages or len(index.all_units) != len(units):
        raise IndexStoreError("索引内容与其清单不符；请运行 anwen index --rebuild 重建")
    return index


def _open_level(folder: Path, name: str, passages: tuple[Passage, ...]) -> Level:
    level = Level(passages, VectorStore.open(folder / f"{name}.faiss"), LexicalStore.open(folder / f"{name}.bm25"))
    if not len(level.vectors) == len(level.lexical) == len(passages):
        raise IndexStoreError(f"索引“{name}”的向量、词项与段落数不一致；请运行 anwen index --rebuild 重建")
    return level


def _read_lines(path: Path, model: type[_Model]) -> tuple[_Model, ...]:
    try:
        with path.open("rb") as lines:
            return tuple(model.model_validate_json(line) for line in lines)
    except (OSError, ValidationError) as error:
        raise IndexStoreError(f"索引文件“{path.name}”损坏或缺失；请运行 anwen index --rebuild 重建") from error


def write_index(
    root: Path, name: str, manifest: Manifest, documents: Sequence[Document], levels: Sequence[Level]
) -> Path:
    """Write a build into a new folder and make it the one in use.

    Args:
        root: the folder of all builds.
        name: the new folder's name.
        manifest: describes the build.
        documents: the parsed corpus.
        levels: units, then sentences.

    Raises:
        IndexStoreError: the disk is full or not writable; the old index stays in use.
    """
    folder, final = root / f"{name}{_PARTIAL}", root / name
    try:
        _remove_partial(root)
        folder.mkdir(parents=True)
        _write_lines(folder / "documents.jsonl", documents)
        _write_lines(folder / "passages.jsonl", [one for level in levels for one in level.passages])
        for label, level in zip(("units", "sentences"), levels, strict=True):
            level.vectors.save(folder / f"{label}.faiss")
            level.lexical.save(folder / f"{label}.bm25")
        (folder / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        checksums = {path.relative_to(folder).as_posix(): _checksum(path) for path in _files(folder)}
        (folder / _CHECKSUMS).write_text(json.dumps(checksums, indent=1), encoding="utf-8")
        _flush(folder)
        shutil.rmtree(final, ignore_errors=True)
        folder.rename(final)
        _swap(root, name)
    except OSError as error:
        _remove_partial(root)
        shutil.rmtree(final, ignore_errors=True)
        raise IndexStoreError(describe_disk_error(error, root)) from error
    _remove_old(root, name)
    return final


def describe_disk_error(error: OSError, where: Path) -> str:
    """Say in Chinese what a failed write means and what to do."""
    # No number at all: numpy's report of an array that was not written to its end.
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, None):
        return f"“{where}”所在磁盘空间不足，索引没有写完；原索引未动。请清理磁盘后重新运行 anwen index"
    return f"无法写入“{where}”（{error.strerror or error}）；原索引未动。请检查权限，或用 ANWEN_DATA_DIR 另设数据目录"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in sorted(folder.rglob("*")) if path.is_file())


def _checksum(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _flush(folder: Path) -> None:
    """Have the files on the disk before CURRENT names them, lest a power cut leave an index of empty files."""
    for path in _files(folder):
        with path.open("rb+") as content:
            os.fsync(content.fileno())


def _write_lines(path: Path, models: Sequence[BaseModel]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        for model in models:
            lines.write(model.model_dump_json() + "\n")


def _swap(root: Path, name: str) -> None:
    """Point CURRENT at a finished build; os.replace is atomic on every platform."""
    fresh = root / f"{_CURRENT}.{os.getpid()}"
    with fresh.open("w", encoding="utf-8", newline="\n") as line:
        line.write(name + "\n")
        line.flush()
        os.fsync(line.fileno())
    fresh.replace(root / _CURRENT)


def _remove_partial(root: Path) -> None:
    """Remove what a killed or failed build left; the caller holds the lock, so no other build is under way."""
    for path in root.glob(f"*{_PARTIAL}"):
        shutil.rmtree(path, ignore_errors=True)
    for path in root.glob(f"{_CURRENT}.*"):
        with suppress(OSError):
            path.unlink()


def _remove_old(root: Path, name: str) -> None:
    """Remove all builds but the newest ones: another process may still be opening the one before."""
    builds = sorted((one for one in root.iterdir() if one.is_dir() and one.name != name), key=_modified, reverse=True)
    for old in builds[_KEPT_BUILDS - 1 :]:
        shutil.rmtree(old, ignore_errors=True)


def _modified(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
