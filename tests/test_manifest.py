"""The manifest of the bundled notices against the files on disk."""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from corpus.load import bundled_folder, list_files, load_corpus
from corpus.model import Corpus

FOLDER = bundled_folder()
KEYS = ["file", "sha256", "bytes", "documents", "what", "source", "received"]


@pytest.fixture(scope="module")
def entries() -> list[dict[str, Any]]:
    """The entries of the manifest, one a file."""
    entries: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))["files"]
    return entries


def test_five_files_nine_documents(entries: list[dict[str, Any]]) -> None:
    assert len(entries) == 5
    assert sum(len(entry["documents"]) for entry in entries) == 9


def test_bytes_on_disk(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        data = (FOLDER / entry["file"]).read_bytes()
        assert hashlib.sha256(data).hexdigest() == entry["sha256"], entry["file"]
        assert len(data) == entry["bytes"], entry["file"]


def test_says_what_and_where_from(entries: list[dict[str, Any]]) -> None:
    for entry in entries:
        assert list(entry) == KEYS
        assert entry["source"] == "公开的政府通知（政府网站公开发布）"
        assert entry["received"].startswith("原样")
        assert "通知" in entry["what"]


def test_documents_are_those_parsed(entries: list[dict[str, Any]], corpus: Corpus) -> None:
    for entry in entries:
        parsed = [document.notice for document in corpus.documents if document.file == entry["file"]]
        assert parsed == entry["documents"], entry["file"]


def test_listed_files_are_those_of_the_manifest(entries: list[dict[str, Any]]) -> None:
    listed = [(file.path.name, file.sha256) for file in list_files([FOLDER])]
    assert listed == [(entry["file"], entry["sha256"]) for entry in entries]


def test_manifest_is_no_notice(tmp_path: Path, corpus: Corpus) -> None:
    assert all("manifest" not in finding.file for finding in corpus.findings)
    shutil.copy(FOLDER / "manifest.json", tmp_path)
    shutil.copy(FOLDER / "manifest.json", tmp_path / "another.json")
    assert [file.path.name for file in list_files([tmp_path])] == ["another.json"]
    assert [finding.file for finding in load_corpus([tmp_path]).findings] == ["another.json"]
