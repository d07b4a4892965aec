"""How many connections a host gets: learned from how it answers, one pace for each host.

Growth is that of TCP Vegas (Brakmo and Peterson, 1995) with the logarithmic bounds of Netflix's concurrency-limits: from
the shortest time to an answer follows how many requests wait in a queue; while hardly any do, more are sent. A refusal
(429) takes its connection away for good, for a while; an overload halves less than TCP does (AIMD, RFC 5681).
"""

import time
from math import log10
from typing import Final

from core.downloads.lane import TransferOutcome

MOST: Final = 64
FIRST: Final = 8
_LEAST: Final = 4
_TOO_MANY: Final = 429  # RFC 6585, section 4
_SMOOTHING: Final = 0.125  # of the time to an answer, as RFC 6298 has it
_NOISE: Final = 0.02  # seconds that an answer may wait for its turn on this computer
_WINDOW: Final = 10.0  # seconds for which the shortest time holds, as in BBR
_DECREASE: Final = 0.7
_REST: Final = 30.0  # seconds after a refusal before one connection more is tried
_EPOCH: Final = 0.4  # seconds between two looks at the rate
_STEADY: Final = 0.8  # of its rate that a connection must keep when others join it
_GROWTH: Final = 2.0


class Pace:
    """What is known of one host.

    Args:
        now: Monotonic seconds, as everywhere here.
    """

    def __init__(self, now: float) -> None:
        self._limit = float(FIRST)
        self._before = float(FIRST)
        self._ceiling = MOST
        self._rests_until = now
        self._shortest = self._last_shortest = float("inf")
        self._window_ends = now + _WINDOW
        self._smoothed: float | None = None
        self._epoch_ends = now + _EPOCH
        self._received = 0
        self._rate_of_one = 0.0

    @property
    def limit(self) -> int:
        """How many connections it gets."""
        return max(1, min(int(self._limit), self._ceiling))

    def answered(self, waited: float, running: int, now: float) -> None:
        """It has answered.

        Args:
            waited: Seconds from the request to the answer's headers.
            running: Connections under way, this one among them.
            now: Monotonic seconds.
        """
        self._rest_is_over(now)
        self._remember(waited, now)
        assert self._smoothed is not None, "just remembered"  # noqa: S101  # the line above
        queued = running * (1.0 - (min(self._shortest, self._last_shortest) + _NOISE) / self._smoothed)
        step = log10(max(10.0, self._limit))
        if queued > 6 * step:
            self._set(max(_LEAST, self._limit - step / max(1, running)))
        elif 2 * running >= self._limit:  # else the limit is not what holds it back
            self._set(
                self._limit + (1.0 if queued <= step else step / max(1, running))
            )  # doubled by each round

    def flowed(self, count: int, running: int, now: float) -> None:
        """Bytes have come in a tick: while a connection keeps its rate when others join it, more are tried.

        Args:
            count: Bytes of all its connections.
            running: Connections under way.
            now: Monotonic seconds.
        """
        self._received += count
        if now < self._epoch_ends:
            return
        seconds = now - self._epoch_ends + _EPOCH
        rate_of_one = self._received / seconds / max(1, running)
        self._epoch_ends, self._received = now + _EPOCH, 0
        if running < self.limit or not rate_of_one:
            return
        self._rest_is_over(now)
        if rate_of_one >= _STEADY * self._rate_of_one:
            self._rate_of_one = max(rate_of_one, self._rate_of_one * _STEADY)
            self._before = self._limit
            self._set(self._limit * _GROWTH)
        else:
            self._limit = max(_LEAST, min(self._limit, self._before))

    def refused(self, running: int, now: float) -> None:
        """It has had too many requests (429): those that are left are what it bears.

        Args:
            running: Connections that go on.
            now: Monotonic seconds.
        """
        self._ceiling = max(1, min(self._ceiling - 1, running))
        self._limit = self._before = float(self._ceiling)
        self._rests_until = now + _REST

    def overloaded(self, now: float) -> None:
        """It is overloaded (503), does not answer, or has hung up."""
        if now >= self._rests_until:  # those that were under way together count once
            self._limit = self._before = max(1.0, self._limit * _DECREASE)
            self._rests_until = now + 1.0

    def _set(self, limit: float) -> None:
        self._limit = min(limit, float(self._ceiling))

    def _rest_is_over(self, now: float) -> None:
        if self._ceiling < MOST and now >= self._rests_until:
            self._ceiling += 1
            self._rests_until = now + _REST

    def _remember(self, waited: float, now: float) -> None:
        if now >= self._window_ends:
            self._last_shortest, self._shortest = self._shortest, waited
            self._window_ends = now + _WINDOW
        self._shortest = min(self._shortest, waited)
        before = waited if self._smoothed is None else self._smoothed
        self._smoothed = max(1e-9, before + _SMOOTHING * (waited - before))


class Paces(dict[str, Pace]):
    """The paces of all hosts that were asked for something, made when one is."""

    def __missing__(self, host: str) -> Pace:
        """A host that is new."""
        return self.setdefault(host, Pace(time.monotonic()))

    def learn(self, host: str, outcome: TransferOutcome, running: int) -> None:
        """A transfer has ended.

        Args:
            host: Whose it was.
            outcome: How.
            running: Its connections that go on.
        """
        now, error = time.monotonic(), outcome.error
        if error is None:
            if outcome.waited is not None:
                self[host].answered(outcome.waited, running + 1, now)
        elif error.status == _TOO_MANY:
            self[host].refused(running, now)
        elif outcome.is_passing:
            self[host].overloaded(now)
