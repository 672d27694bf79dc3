"""The files as received (原件), read again when somebody wants to see them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from corpus.decode import check_size, decode
from corpus.errors import AnwenError

_KEPT_FILES = 8


class Originals:
    """The received files of some folders; the latest read are kept."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._decoded = lru_cache(maxsize=_KEPT_FILES)(_decoded)

    def text_of(self, file: str) -> str | None:
        """The decoded text of a file; None when it is gone or cannot be read.

        Args:
            file: its name inside its folder, as a unit's source gives it.
        """
        for folder in self._folders:
            path = folder / file
            try:
                changed = path.stat().st_mtime_ns
            except OSError:
                continue
            return self._decoded(path, changed)
        return None


def _decoded(path: Path, changed: int) -> str | None:
    """Read a file; a changed one has another time and is read anew."""
    del changed
    try:
        check_size(path.stat().st_size)
        return decode(path.read_bytes())
    except (OSError, AnwenError):
        return None
