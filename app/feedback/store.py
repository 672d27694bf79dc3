"""The store of verdicts: a file of JSON lines to which lines are only ever added, readable by its owner alone."""

from __future__ import annotations

import errno
import os
import threading
from pathlib import Path

from pydantic import ValidationError

from app.feedback.model import Feedback
from corpus.errors import FeedbackError
from corpus.model import Frozen

#: Beyond this somebody is filling the disk.
LARGEST = 64 * 1024 * 1024
_ADDING = threading.Lock()
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Kept(Frozen):
    """What a store holds."""

    verdicts: tuple[Feedback, ...] = ()
    unread: tuple[int, ...] = ()  # numbers of the lines that cannot be read


class FeedbackStore:
    """The file; safe to use from several threads, and by several programs at a time."""

    def __init__(self, data_root: Path, index: str = "") -> None:
        """Take the place of the file; nothing is made until there is something to keep.

        Args:
            data_root: the data directory.
            index: fingerprint of the index that answers, for those who add.
        """
        self.path = data_root / "feedback" / "feedback.jsonl"
        self.index = index

    def add(self, feedback: Feedback) -> None:
        """Add a line, by one write.

        Raises:
            FeedbackError: it cannot be kept; nothing of it is.
        """
        line = feedback.model_dump_json().encode() + b"\n"
        try:
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with _ADDING:
                _append(self.path, line)
        except OSError as error:
            why = "磁盘已满" if error.errno in _FULL else error.strerror or "无法写入"
            raise FeedbackError(f"意见没有存下（{why}）：{self.path}；请检查磁盘空间和文件夹权限后再提交") from error

    def read(self) -> Kept:
        """Read all lines, oldest first; a line that cannot be read is passed over and numbered.

        Raises:
            FeedbackError: the file is there and cannot be read.
        """
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return Kept()
        except OSError as error:
            raise FeedbackError(f"反馈文件“{self.path}”无法读取（{error.strerror}）；请检查权限") from error
        verdicts, unread = [], []
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                verdicts.append(Feedback.model_validate_json(line))
            except ValidationError:
                unread.append(number)
        return Kept(verdicts=tuple(verdicts), unread=tuple(unread))


def _append(path: Path, line: bytes) -> None:
    """Write a line at the end of a file; a line left torn by a full disk is closed before, and ours taken back."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags, 0o600)
    try:
        size = os.fstat(handle).st_size
        if size + len(line) > LARGEST:
            raise OSError(errno.EFBIG, f"反馈文件已满 {LARGEST // 1024 // 1024} MB")
        if size and _last_byte(handle, size) != b"\n":
            line = b"\n" + line
        if os.write(handle, line) != len(line):
            os.ftruncate(handle, size)
            raise OSError(errno.ENOSPC, "磁盘已满")
    finally:
        os.close(handle)


def _last_byte(handle: int, size: int) -> bytes:
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1)
