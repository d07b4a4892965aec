"""Whether a host that fails for everything is asked at all: a circuit breaker (M. Nygard, "Release It!", 2007).

What trips it is the token bucket of gRPC's retry throttling (proposal A6): a failure takes a token, a success brings one.
While it is open, one transfer at a time finds out whether the host is back, after the pauses of one row's own tries. One
row whose tries are used up has tried for all of them: the others then get one try each, until the host answers. So a
host that is down costs some tries and one for each row, and no row fails sooner than if it had been alone. A host that
was back whenever somebody looked, as one that refuses each row once, trips it less and less easily.
"""

from typing import Final

_PATIENCE: Final = 10  # tokens, as in gRPC's examples
_MOST_PATIENCE: Final = 1280
_FORGOTTEN: Final = 120.0  # seconds without a failure, twice the longest pause, after which all begins anew


class Breaker:
    """Of one host. All times are monotonic seconds.

    Attributes:
        look_at: When a host that fails for everything may be asked again.
    """

    __slots__ = ("_failed_at", "_is_proven", "_patience", "_tokens", "look_at")

    def __init__(self) -> None:
        self._tokens = self._patience = _PATIENCE
        self._failed_at = self.look_at = 0.0
        self._is_proven = False

    @property
    def is_open(self) -> bool:
        """Whether it fails for everything, and is asked for one thing at a time."""
        return self._tokens == 0 and not self._is_proven

    @property
    def allows_tries(self) -> bool:
        """Whether a failed row may be tried again."""
        return not self._is_proven

    def failed(self, now: float) -> None:
        """A transfer has failed in a way that may pass."""
        if now - max(self._failed_at, self.look_at) > _FORGOTTEN:
            self._tokens = self._patience = _PATIENCE
            self._is_proven = False
        self._failed_at = now
        self._tokens = max(0, self._tokens - 1)

    def rest(self, until: float) -> None:
        """Ask nothing before that time, if it fails for everything; what was under way before the pause counts for nothing."""
        if self.is_open and self._failed_at >= self.look_at:
            self.look_at = until

    def answered(self) -> None:
        """It has sent something that is of use."""
        if self._tokens == 0:
            self._patience = self._tokens = min(_MOST_PATIENCE, 2 * self._patience)
        self._tokens = min(self._patience, self._tokens + 1)
        self._is_proven, self.look_at = False, 0.0

    def used_up(self) -> None:
        """A row has had all its tries."""
        self._is_proven = self._tokens == 0
