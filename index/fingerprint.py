"""What an index depends on, in one hash: files, the code that cuts them, and the embedding model."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache
from importlib.resources import files

from corpus.load import ReceivedFile
from index.embed import model_identity

FORMAT = 1


def fingerprint(received: Iterable[ReceivedFile], model: str) -> str:
    """Hash everything that changes an index.

    Args:
        received: the files of the corpus.
        model: the setting embedding.model.

    Returns:
        64 hex digits; equal when a build would give the same index.
    """
    parts = {
        "format": FORMAT,
        "files": sorted((one.path.name, one.sha256) for one in received),
        "code": code_digest(),
        "model": model_identity(model),
    }
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


@cache
def code_digest() -> str:
    """Hash the parser and the chunking as they are, so that no version number can be forgotten."""
    digest = hashlib.sha256()
    for package in ("corpus", "index"):
        for entry in sorted(files(package).iterdir(), key=lambda one: one.name):
            if entry.is_file() and entry.name.endswith(".py"):
                digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    for entry in sorted(files("corpus").joinpath("data").iterdir(), key=lambda one: one.name):
        digest.update(entry.name.encode() + b"\0" + entry.read_bytes())
    return digest.hexdigest()
