"""Access as a whole: whether a login is required, who is logged in, and the audit log."""

from __future__ import annotations

import ipaddress
import time
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field

from app.access.attempts import Attempts
from app.access.audit import AuditLog
from app.access.passwords import matches, nobodys_hash
from app.access.sessions import Clock, LoginSessions
from app.access.users import Users
from app.access.visitor import Visitor
from app.settings import Settings
from corpus.errors import AccessError


@dataclass(frozen=True)
class SignedIn:
    """The login succeeded."""

    token: str = field(repr=False)
    user: str


@dataclass(frozen=True)
class Refused:
    """The login failed: wait is 0 for a wrong name or password, else the seconds until the next attempt."""

    wait: float = 0.0


class Login:
    """The login of a server that others can reach."""

    def __init__(self, users: Users, sessions: LoginSessions, attempts: Attempts, audit: AuditLog) -> None:
        self.users, self.sessions = users, sessions
        self._attempts, self._audit = attempts, audit
        nobodys_hash()  # made now, else the first unknown name takes twice as long

    def sign_in(self, name: str, password: str, address: str) -> SignedIn | Refused:
        """Check a name and password; takes about a tenth of a second, whether or not there is such a name.

        Raises:
            AccessError: the users file cannot be read.
        """
        wait = self._attempts.take(name, address)
        if wait:
            return Refused(wait)
        users = self.users.current()
        name = unicodedata.normalize("NFKC", name[:64]).strip()
        user = users.get(name)
        right = matches(user.hash if user else nobodys_hash(), password)
        # A name that nobody has is not logged: it may be a password typed into the wrong box.
        who = Visitor(user=user.name if user else "", address=address)
        if user is None or not right:
            self._audit.event(who, "login_failed")
            return Refused()
        self._attempts.succeeded(name, address)
        self._audit.event(who, "login")
        return SignedIn(self.sessions.open(user.name, user.hash), user.name)

    def user_of(self, token: str, use: bool = True) -> str | None:
        """The user of a session; None when it has ended, or the user is gone or has another password.

        Args:
            token: as the browser sent it.
            use: whether this counts as use of the session.

        Raises:
            AccessError: the users file cannot be read.
        """
        found = self.sessions.find(token, use) if token else None
        if found is None:
            return None
        name, stamp = found
        user = self.users.current().get(name)
        if user is None or user.hash != stamp:
            self.sessions.close(token)
            return None
        return name

    def sign_out(self, token: str, address: str) -> None:
        """End a session."""
        found = self.sessions.find(token, use=False)
        self.sessions.close(token)
        if found:
            self._audit.event(Visitor(user=found[0], address=address), "logout")


@dataclass(frozen=True)
class Access:
    """How the page is guarded."""

    login: Login | None = None
    audit: AuditLog = field(default_factory=lambda: AuditLog(None))


def is_wider(host: str) -> bool:
    """Whether an address is reached from other machines; what is no loopback address for certain counts as such."""
    try:
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host != "localhost"


def open_access(
    settings: Settings, host: str, say: Callable[[str], None] | None = None, clock: Clock = time.time
) -> Access:
    """Set up the guard of a server.

    Args:
        settings: of the program.
        host: the address that the server is bound to.
        say: takes the line that tells of a log that cannot be written.
        clock: the time in seconds.

    Raises:
        AccessError: a login is required and there are no users, or their file cannot be read.
    """
    server = settings.server
    required = is_wider(host) or server.login == "always"
    audit = _audit(settings, required, say)
    if not required:
        return Access(audit=audit)
    users = Users(settings.data_root() / "users.json")
    if not users.current():
        raise AccessError(f"在 {host} 上启动需要登录，而还没有用户；请先运行 anwen user add 名字")
    sessions = LoginSessions(server.idle_hours, server.session_hours, clock)
    return Access(Login(users, sessions, Attempts(clock), audit), audit)


def _audit(settings: Settings, login: bool, say: Callable[[str], None] | None) -> AuditLog:
    wanted, days = settings.audit.enabled, settings.audit.keep_days
    folder = settings.data_root() / "audit" if wanted == "on" or (wanted == "auto" and login) else None
    return AuditLog(folder, say=say, keep_days=days) if say else AuditLog(folder, keep_days=days)
