"""The audit log (审计日志): append-only lines of who asked what, and which clauses were shown."""

from __future__ import annotations

import os
import re
import sys
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import Field

from app.access.visitor import Visitor
from app.model import Answer, Inquiry, Typed
from corpus.errors import AccessError
from corpus.model import Frozen

_LONGEST = 2000  # characters of what was typed
_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_LAST = "9999-99"


class AuditLine(Frozen):
    """One line of the log."""

    time: str = Field(description="UTC, ISO 8601")
    user: Typed = Field(default="", description="empty where no login is required")
    address: Typed = ""
    what: str = Field(description="ask, export, login, login_failed, logout, …")
    about: Typed = Field(default="", description="of an event that is no question: its object, e.g. the file exported")
    question: Typed = ""
    region: str | None = None
    year: int | None = None
    role: str | None = None
    mode: str = Field(default="", description="extractive or llm, as the answer came out")
    status: str = ""
    shown: tuple[tuple[str, str], ...] = Field(default=(), description="文号 and label of each clause shown")


def _utc() -> datetime:
    return datetime.now(UTC)


def _to_stderr(line: str) -> None:
    sys.stderr.write(line + "\n")


class AuditLog:
    """Appends a line for each event, to a file a month; a file of which every line is too old is deleted as a whole.

    A log that cannot be written is said once, and on the page for as long as it lasts; it never stops an answer.
    """

    def __init__(
        self,
        folder: Path | None,
        now: Callable[[], datetime] = _utc,
        say: Callable[[str], None] = _to_stderr,
        keep_days: int = 0,
    ) -> None:
        """Begin to log, or not.

        Args:
            folder: holds a file a month; None keeps no log.
            now: the time, UTC.
            say: takes the line that tells of a failure.
            keep_days: for how long a line is kept at least; 0 for ever.
        """
        self._folder, self._now, self._say, self._keep_days = folder, now, say, keep_days
        self._swept = ""
        self._fault = ""
        self._missed = 0
        self._lock = threading.Lock()

    @property
    def on(self) -> bool:
        """Whether a log is kept."""
        return self._folder is not None

    @property
    def state(self) -> str:
        """One line for the page."""
        if self._folder is None:
            return "审计日志：未开启"
        if self._fault:
            return f"审计日志：写不进去（{self._fault}），已有 {self._missed} 条未记下；答复不受影响，请管理员处理"
        missed = f"（曾有 {self._missed} 条未记下）" if self._missed else ""
        kept = f"保存 {self._keep_days} 天，到期按月删除" if self._keep_days else "长期保存，不自动删除"
        return f"审计日志：已开启，记录提问人、问题和所示条款，{kept}{missed}"

    def asked(self, who: Visitor, inquiry: Inquiry, answer: Answer) -> None:
        """Log a question and the clauses that its answer cites."""
        shown = dict.fromkeys((one.notice, one.label) for one in answer.citations)
        self._append(
            AuditLine(
                time=self._time(), user=who.user, address=who.address, what="ask",
                question=inquiry.question[:_LONGEST], region=inquiry.region, year=inquiry.year,
                role=inquiry.role.value if inquiry.role else None,
                mode=answer.mode.value, status=answer.status.value, shown=tuple(shown),
            )
        )  # fmt: skip

    def event(
        self, who: Visitor, what: str, about: str = "", question: str = "", shown: tuple[tuple[str, str], ...] = ()
    ) -> None:
        """Log anything else.

        Args:
            who: the visitor.
            what: a short English word, e.g. export.
            about: its object, e.g. the file's name.
            question: a question that got no answer.
            shown: 文号 and label of the clauses shown.
        """
        self._append(
            AuditLine(
                time=self._time(), user=who.user, address=who.address, what=what, about=about[:_LONGEST],
                question=question[:_LONGEST], shown=shown,
            )
        )  # fmt: skip

    def _time(self) -> str:
        return self._now().isoformat(timespec="milliseconds")

    def _append(self, line: AuditLine) -> None:
        if self._folder is None:
            return
        text = line.model_dump_json().encode("utf-8")  # JSON escapes line breaks: no line can be forged
        with self._lock:
            try:
                _write_line(self._folder / f"{line.time[:7]}.jsonl", text)
                self._fault = ""
            except OSError as error:
                self._missed += 1
                told, self._fault = self._fault, error.strerror or str(error)
                if not told:
                    self._say(f"审计日志“{self._folder}”写不进去（{self._fault}）；答复不受影响，请检查磁盘空间和权限")
        self._sweep(line.time[:10])

    def _sweep(self, day: str) -> None:
        """Delete what is too old, looking once a day; the log says what was deleted."""
        with self._lock:
            if self._folder is None or not self._keep_days or day == self._swept:
                return
            self._swept = day
            old = _expired(self._folder, self._now() - timedelta(days=self._keep_days))
        for path in old:
            try:
                path.unlink(missing_ok=True)
            except OSError as error:
                self._say(f"到期的审计日志“{path}”删不掉（{error.strerror}）；请检查权限")
            else:
                self.event(Visitor(), "expire", about=path.stem)


def read_lines(folder: Path, month: str = "") -> tuple[list[AuditLine], int]:
    """Read the log of a month.

    Args:
        folder: holds a file a month.
        month: YYYY-MM; empty for the newest there is.

    Returns:
        The lines, oldest first, and how many could not be read (torn by a full disk).

    Raises:
        AccessError: there is no log of that month, or it cannot be read.
    """
    held = _months(folder)
    if not held or (month and month not in held):
        there = f"有记录的月份：{'、'.join(held)}" if held else "还没有任何记录；审计日志在需要登录时自动开启"
        raise AccessError(f"没有{month or '审计'}的审计记录；{there}")
    return _read(folder, [month or held[-1]])


def read_between(folder: Path, since: datetime | None, until: datetime | None) -> tuple[list[AuditLine], int]:
    """Read the log of all months that a time reaches over.

    Args:
        folder: holds a file a month.
        since: the first moment, with its time zone; None for the beginning.
        until: the first moment that is no longer wanted; None for the end.

    Returns:
        The lines, oldest first, and how many in the files read were torn.

    Raises:
        AccessError: there is no log, or it cannot be read.
    """
    held = _months(folder)
    if not held:
        return read_lines(folder)
    first, last = (one.astimezone(UTC).isoformat(timespec="milliseconds") if one else "" for one in (since, until))
    last = last or _LAST
    lines, torn = _read(folder, [month for month in held if first[:7] <= month <= last[:7]])
    return [line for line in lines if first <= line.time < last], torn


def _months(folder: Path) -> list[str]:
    """The months of which there is a log, oldest first."""
    return sorted(path.stem for path in folder.glob("*.jsonl") if _MONTH.fullmatch(path.stem))


def _read(folder: Path, months: Sequence[str]) -> tuple[list[AuditLine], int]:
    lines, torn = [], 0
    for month in months:
        try:
            content = (folder / f"{month}.jsonl").read_bytes()
        except OSError as error:
            raise AccessError(f"审计日志“{folder}”读不出（{error.strerror}）；请以启动安问的用户运行") from error
        for line in content.split(b"\n"):
            try:
                if line:
                    lines.append(AuditLine.model_validate_json(line))
            except ValueError:
                torn += 1
    return lines, torn


def _expired(folder: Path, before: datetime) -> list[Path]:
    """The files that hold no line of this time or later; files that are not ours are left alone."""
    this = before.strftime("%Y-%m")
    return [folder / f"{month}.jsonl" for month in _months(folder) if month < this]


def _write_line(path: Path, text: bytes) -> None:
    """Append a line in one write; after one that was cut short by a full disk, on a line of its own."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        size = os.lseek(handle, 0, os.SEEK_END)
        os.lseek(handle, max(0, size - 1), os.SEEK_SET)
        torn = size > 0 and os.read(handle, 1) != b"\n"
        whole = (b"\n" if torn else b"") + text + b"\n"
        if os.write(handle, whole) != len(whole):
            raise OSError("磁盘已满")
    finally:
        os.close(handle)
