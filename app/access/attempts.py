"""Attempts (登录次数限制): after some failures a name, or an address, has to wait, longer each time."""

from __future__ import annotations

import ipaddress
import threading
import unicodedata
from collections import OrderedDict
from dataclasses import dataclass

from app.access.sessions import Clock

#: Failures before the first wait: of a name, and of an address, behind which may be an office.
FREE, FREE_FROM_ADDRESS = 5, 20
_FIRST_WAIT, _LONGEST_WAIT = 30.0, 900.0
#: For so long without a failure one is forgiven: who mistypes now and then never has to wait.
_FORGIVEN_EACH = 900.0
KEPT = 10_000


@dataclass
class _Failures:
    count: int
    last: float

    def wait(self, now: float, free: int) -> float:
        """Seconds until the next attempt may be made."""
        if self.count < free:
            return 0.0
        pause = min(_FIRST_WAIT * 2.0 ** min(self.count - free, 16), _LONGEST_WAIT)
        return min(max(0.0, self.last + pause - now), pause)


class _Counters:
    """Failures by key, the latest last, and no more of them than a bound."""

    def __init__(self, free: int) -> None:
        self._free = free
        self._kept: OrderedDict[str, _Failures] = OrderedDict()

    def wait(self, key: str, now: float) -> float:
        one = self._kept.get(key)
        return one.wait(now, self._free) if one else 0.0

    def add(self, key: str, now: float) -> None:
        one = self._kept.setdefault(key, _Failures(0, now))
        forgiven = max(0, int((now - one.last) // _FORGIVEN_EACH))
        one.count, one.last = max(0, one.count - forgiven) + 1, now
        self._kept.move_to_end(key)
        while len(self._kept) > KEPT:
            self._kept.popitem(last=False)

    def take_back(self, key: str) -> None:
        if one := self._kept.get(key):
            one.count -= 1
            if one.count <= 0:
                del self._kept[key]

    def clear(self, key: str) -> None:
        self._kept.pop(key, None)

    def __len__(self) -> int:
        return len(self._kept)


class Attempts:
    """Counts failed logins by name and by address; each has its own memory, so that neither pushes out the other.

    From an address where a name has logged in before, its failures count apart: whoever guesses at it from elsewhere
    does not lock out its owner at his own desk.
    """

    def __init__(self, clock: Clock) -> None:
        """Begin with no failure.

        Args:
            clock: the time in seconds.
        """
        self._clock = clock
        self._names, self._addresses = _Counters(FREE), _Counters(FREE_FROM_ADDRESS)
        self._at_home: OrderedDict[tuple[str, str], None] = OrderedDict()
        self._lock = threading.Lock()

    def take(self, name: str, address: str) -> float:
        """Take an attempt, which counts as failed until it succeeds, so that many at once are not free.

        Args:
            name: as typed; whether anybody has it makes no difference.
            address: where it comes from.

        Returns:
            0, or the seconds to wait; then the attempt is not to be made, and is not counted.
        """
        address, now = _network(address), self._clock()
        with self._lock:
            name = self._key(_name(name), address)
            wait = max(self._names.wait(name, now), self._addresses.wait(address, now))
            if not wait:
                self._names.add(name, now)
                self._addresses.add(address, now)
        return wait

    def succeeded(self, name: str, address: str) -> None:
        """Forget the name's failures. Those of the address stay: else who has a password himself could guess on."""
        name, address = _name(name), _network(address)
        with self._lock:
            self._names.clear(self._key(name, address))
            self._addresses.take_back(address)
            self._at_home[name, address] = None
            self._at_home.move_to_end((name, address))
            while len(self._at_home) > KEPT:
                self._at_home.popitem(last=False)

    def _key(self, name: str, address: str) -> str:
        """What a name's failures are counted under."""
        return f"{name}\n{address}" if (name, address) in self._at_home else name

    def kept(self) -> tuple[int, int]:
        """How many names and addresses are remembered."""
        return len(self._names), len(self._addresses)


def _name(name: str) -> str:
    return unicodedata.normalize("NFKC", name[:64]).strip().casefold()


def _network(address: str) -> str:
    """The address; of version 6 its network, for whoever has one has billions."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(ip, ipaddress.IPv6Address):
        return str(ip.ipv4_mapped or ipaddress.ip_network((ip, 64), strict=False))
    return str(ip)
