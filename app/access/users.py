"""Users (用户): a file of names and hashes, changed by `anwen user`, noticed by a running server."""

from __future__ import annotations

import contextlib
import os
import re
import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout
from pydantic import Field

from app.access.passwords import check_new, hashed, is_hash
from corpus.errors import AccessError
from corpus.model import Frozen

#: Latin letters alone beside Chinese ones: names that look alike should be alike.
_NAME = re.compile(r"[A-Za-z0-9㐀-鿿\U00020000-\U0003ffff][A-Za-z0-9㐀-鿿\U00020000-\U0003ffff._-]{0,31}")
_WAIT_SECONDS = 10


class User(Frozen):
    """One who may log in."""

    name: str = Field(description="as shown")
    hash: str = Field(description="argon2id hash of the password", repr=False)
    changed: str = Field(description="when the password was set, UTC")


class _File(Frozen):
    """The file as it is written."""

    version: int = Field(ge=1, le=1)
    users: tuple[User, ...]


def checked_name(name: str) -> str:
    """The name as it is kept.

    Raises:
        AccessError: it holds other characters than letters, digits, Chinese, - _ . or is too long.
    """
    name = unicodedata.normalize("NFKC", name).strip()
    if not _NAME.fullmatch(name):
        raise AccessError(f"用户名“{_shown(name)}”不能用；只可用汉字、字母、数字和 - _ .，以前三种开头，最多 32 个")
    return name


def _shown(name: str) -> str:
    """A name that may be anything, on the one line of an error."""
    return "".join(char for char in name if char.isprintable())[:40]


class Users:
    """The users file; one that cannot be read lets nobody in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._seen: tuple[int, int, int] | None = None
        self._held: dict[str, User] = {}

    def current(self) -> dict[str, User]:
        """The users by name; the file is read again when it has changed.

        Raises:
            AccessError: it cannot be read, or is not as `anwen user` writes it.
        """
        try:
            state = self.path.stat()
            seen = (state.st_mtime_ns, state.st_size, state.st_ino)
            if seen != self._seen:
                self._held, self._seen = _parsed(self.path.read_bytes()), seen
        except FileNotFoundError:
            self._held, self._seen = {}, None
        except (OSError, ValueError) as error:
            self._seen = None
            raise AccessError(
                f"用户文件“{self.path}”读不懂，暂不能登录；请改正它，或删除后用 anwen user add 重新添加用户"
            ) from error
        return self._held

    def add(self, name: str, password: str) -> User:
        """Add a user.

        Raises:
            AccessError: the name or password cannot be taken, or the name is there, if only in other case.
        """
        name = checked_name(name)
        check_new(name, password)
        with self._changing() as users:
            if any(name.casefold() == other.casefold() for other in users):
                raise AccessError(f"用户“{name}”已经有了；改密码请用 anwen user passwd {name}")
            users[name] = _user(name, password)
        return users[name]

    def remove(self, name: str) -> None:
        """Remove a user.

        Raises:
            AccessError: there is none of that name.
        """
        with self._changing() as users:
            del users[self._known(users, name)]

    def change(self, name: str, password: str) -> None:
        """Set another password.

        Raises:
            AccessError: there is none of that name, or the password cannot be taken.
        """
        with self._changing() as users:
            name = self._known(users, name)
            check_new(name, password)
            users[name] = _user(name, password)

    @staticmethod
    def _known(users: dict[str, User], name: str) -> str:
        name = unicodedata.normalize("NFKC", name).strip()
        if name not in users:
            raise AccessError(f"没有用户“{_shown(name)}”；用 anwen user list 查看现有用户")
        return name

    @contextlib.contextmanager
    def _changing(self) -> Iterator[dict[str, User]]:
        """The users, to be changed while no other process does, and written when the block ends well."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with FileLock(self.path.with_name(f"{self.path.name}.lock"), timeout=_WAIT_SECONDS):
                users = dict(self.current())
                yield users
                _replace(self.path, _File(version=1, users=tuple(users.values())).model_dump_json(indent=1))
        except Timeout as error:
            raise AccessError(f"用户文件“{self.path}”正由另一个程序修改；请稍候再试") from error
        except OSError as error:
            raise AccessError(f"用户文件“{self.path}”写不进去（{error.strerror}）；请检查磁盘空间和权限") from error


def _user(name: str, password: str) -> User:
    return User(name=name, hash=hashed(password), changed=datetime.now(UTC).isoformat(timespec="seconds"))


def _parsed(content: bytes) -> dict[str, User]:
    """The users of the file's content; ValueError, pydantic's included, when it is not as we write it."""
    file = _File.model_validate_json(content)
    users = {user.name: user for user in file.users}
    if len(users) != len(file.users) or not all(_NAME.fullmatch(one.name) and is_hash(one.hash) for one in file.users):
        raise ValueError("a name twice, or no name, or no hash")
    return users


def _replace(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f"{path.name}.new")
    draft.unlink(missing_ok=True)  # left by a process that was killed; we hold the lock
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
