"""What an index depends on, in one hash: files, the code that cuts them, and the embedding model."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

from corpus.load import ReceivedFile
from index.embed import model_identity

FORMAT = 3
# What they do to a text changes passages and terms.
_LIBRARIES = ("bm25s", "jieba", "opencc", "pypinyin")


def fingerprint(received: Iterable[ReceivedFile], model: str) -> str:
    """Hash everything that changes an index.

    Args:
        received: the files of the corpus.
        model: the setting embedding.model.

    Returns:
        64 hex digits; equal when a build would give the same index.
    """
    parts = {
        # In order: of two files with the same 文号 the first one is taken.
        "files": [(one.path.name, one.sha256) for one in received],
        "program": program_version(),
        "model": model_identity(model),
    }
    return _digest(parts)


def program_version() -> str:
    """Hash what the program itself does to a corpus: layout of the index, code, and the libraries that cut text."""
    libraries = {name: importlib.metadata.version(name) for name in _LIBRARIES}
    return _digest({"format": FORMAT, "code": code_digest(), "libraries": libraries})


def _digest(parts: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@cache
def code_digest() -> str:
    """Hash the parser and the chunking as they are, so that no version number can be forgotten."""
    digest = hashlib.sha256()
    for package in ("corpus", "index"):
        for entry in sorted(files(package).iterdir(), key=lambda one: one.name):
            if entry.is_file() and entry.name.endswith(".py"):
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
        for entry in sorted(files(package).joinpath("data").iterdir(), key=lambda one: one.name):
            if entry.is_file():
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()
