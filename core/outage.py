"""The network is away: what is known of that in the engine's thread, and when to look for it."""

from typing import Final
from urllib.parse import urlsplit

from core.downloads.network import NetworkAwayError, has_route
from core.downloads.proxies import is_this_computer
from core.errors import ErrorReport
from core.scheduler import NOWHERE

_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 10.0
_BLINDLY: Final = (
    60.0  # seconds after which a transfer tries without a route: a host that has a name may be near
)
_LOCAL: Final = ("127.", "[", "localhost")
_REPORT: Final = NetworkAwayError("This computer has no connection to the network.").report()


class Outage:
    """From the first transfer that finds no network to the first that hears from a server. Times are monotonic seconds.

    Attributes:
        look_at: When one transfer looks whether the network is back.
        is_due: Whether that may begin now.
    """

    def __init__(self) -> None:
        self.look_at = 0.0
        self.is_due = False
        self._host: str | None = None
        self._wait = _FIRST_WAIT
        self._had_route = False
        self._tried = 0.0

    @property
    def report(self) -> ErrorReport | None:
        """What the user is told; None where all is well."""
        return None if self._host is None else _REPORT

    def concerns(self, host: str) -> bool:
        """Whether it is of no use to ask a host (with its port) for anything."""
        return self._host is not None and host != NOWHERE and not is_local(host)

    def begins(self, host: str, now: float) -> None:
        """A transfer from a host has found no network."""
        if self._host is None:
            self._wait, self._had_route = _FIRST_WAIT, has_route(_name(host))
            self.look_at, self._tried = now + self._wait, now
        self._host = host

    def ends(self) -> None:
        """Somebody has answered; or nobody wants to know any more."""
        self._host, self.is_due = None, False

    def look(self, now: float) -> None:
        """See whether a transfer has any chance; it has one at once where a route has just come back."""
        if self._host is None:
            return
        route = has_route(_name(self._host))
        if route and not self._had_route:
            self.look_now(now)
        self._had_route = route
        self.is_due = now >= self.look_at and (route or now - self._tried >= _BLINDLY)
        if now >= self.look_at and not self.is_due:
            self._wait_longer(now)

    def look_now(self, now: float) -> None:
        """Wait no longer."""
        self.look_at, self._wait = now, _FIRST_WAIT

    def tried(self, now: float) -> None:
        """A transfer that is to find out has begun: the next one later."""
        self._tried, self.is_due = now, False
        self._wait_longer(now)

    def _wait_longer(self, now: float) -> None:
        self.look_at = now + self._wait
        self._wait = min(_LONGEST_WAIT, 2 * self._wait)


def is_local(host: str) -> bool:
    """Whether a host (with its port) is this computer."""
    may_be = (
        host.startswith(_LOCAL) or ".localhost" in host
    )  # a quick look, as there may be thousands of hosts
    return may_be and is_this_computer(_name(host))


def _name(host: str) -> str:
    try:
        return urlsplit(f"//{host}").hostname or ""
    except ValueError:  # an address that is none
        return ""
