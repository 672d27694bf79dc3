"""Passwords (密码): what one may be, its argon2id hash, and the check of a typed one."""

from __future__ import annotations

import unicodedata
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.errors import AccessError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 8, 128


@cache
def _hasher() -> PasswordHasher:
    """One cost for all, stand-in included: names that are known must not take longer than those that are not."""
    from argon2 import PasswordHasher, Type

    return PasswordHasher(time_cost=3, memory_cost=65536, parallelism=4, type=Type.ID)


def _folded(password: str) -> str:
    """The password as meant: an input method may write the same letters full-width."""
    return unicodedata.normalize("NFKC", password)


def check_new(name: str, password: str) -> None:
    """Refuse a password that is too easily guessed.

    Args:
        name: the user's name.
        password: as typed.

    Raises:
        AccessError: it is too short, too long, the name itself, or one character or run repeated.
    """
    folded = _folded(password)
    if not folded.isprintable():
        raise AccessError("密码中有换行或控制字符；请只用看得见的字符和空格")
    if len(folded) < SHORTEST:
        raise AccessError(f"密码只有 {len(folded)} 个字符，至少要 {SHORTEST} 个；请换一个长些的")
    if len(folded) > LONGEST:
        raise AccessError(f"密码有 {len(folded)} 个字符，最多 {LONGEST} 个；请换一个短些的")
    if folded.casefold() == _folded(name).casefold():
        raise AccessError("密码不能与用户名相同；请换一个")
    if len({ord(after) - ord(before) for before, after in pairwise(folded)}) == 1:  # 11111111, 12345678, abcdefgh
        raise AccessError("密码是重复或连续的字符，太容易猜到；请换一个")


def hashed(password: str) -> str:
    """The argon2id hash of a password, salt and cost in it."""
    return _hasher().hash(_folded(password))


def is_hash(text: str) -> bool:
    """Whether a text is an argon2id hash."""
    from argon2 import Type, extract_parameters
    from argon2.exceptions import InvalidHashError

    try:
        return extract_parameters(text).type is Type.ID
    except InvalidHashError:
        return False


@cache
def nobodys_hash() -> str:
    """A hash for names that nobody has, so that they take as long as others; its password is not kept."""
    import secrets

    return hashed(secrets.token_urlsafe(32))


def matches(stored: str, password: str) -> bool:
    """Whether a typed password is the one of a hash; takes about a tenth of a second and 64 MB."""
    from argon2.exceptions import InvalidHashError, VerificationError

    try:
        return _hasher().verify(stored, _folded(password[: 4 * LONGEST]))
    except (VerificationError, InvalidHashError, UnicodeEncodeError):
        return False
