"""The index on disk: a folder for each build, and a file CURRENT that names the one in use.

A build writes a new folder and swaps CURRENT at the end, so that a killed or failed build leaves the old index as it
was; a file lock lets one process build at a time, and the next one finds the finished work.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Sequence
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
    except OSError:
        return None
    folder = root / name
    return folder if name and folder.is_dir() else None


def read_manifest(root: Path) -> Manifest | None:
    """Read the manifest of the index in use; None when there is no index, or an unreadable one."""
    folder = current_folder(root)
    if folder is None:
        return None
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
    folder, manifest = current_folder(root), read_manifest(root)
    if folder is None or manifest is None:
        raise IndexStoreError(f"“{root}”里没有可用的索引；请先运行 anwen index")
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
    folder = root / f"{name}.partial"
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        _write_lines(folder / "documents.jsonl", documents)
        _write_lines(folder / "passages.jsonl", [one for level in levels for one in level.passages])
        for label, level in zip(("units", "sentences"), levels, strict=True):
            level.vectors.save(folder / f"{label}.faiss")
            level.lexical.save(folder / f"{label}.bm25")
        (folder / "manifest.json").write_text(manifest.model_dump_json(indent=1), encoding="utf-8")
        final = root / name
        shutil.rmtree(final, ignore_errors=True)
        folder.rename(final)
        _swap(root, name)
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise IndexStoreError(describe_disk_error(error, root)) from error
    _remove_old(root, name)
    return final


def describe_disk_error(error: OSError, where: Path) -> str:
    """Say in Chinese what a failed write means and what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"“{where}”所在磁盘空间不足，索引没有写完；原索引未动。请清理磁盘后重新运行 anwen index"
    return f"无法写入“{where}”（{error.strerror or error}）；原索引未动。请检查权限，或用 ANWEN_DATA_DIR 另设数据目录"


def _write_lines(path: Path, models: Sequence[BaseModel]) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as lines:
        for model in models:
            lines.write(model.model_dump_json() + "\n")


def _swap(root: Path, name: str) -> None:
    """Point CURRENT at a finished build; os.replace is atomic on every platform."""
    fresh = root / f"{_CURRENT}.{os.getpid()}"
    fresh.write_text(name + "\n", encoding="utf-8")
    fresh.replace(root / _CURRENT)


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
