"""A speed limit shared by all lanes: a token bucket."""

import threading
import time
from collections.abc import Callable
from typing import Final

_BURST_SECONDS: Final = 0.25


class Throttle:
    """Holds back who takes bytes faster than the limit.

    Args:
        wait: How to wait a number of seconds: an event's ``wait``, so that it can be ended early.
    """

    def __init__(self, wait: Callable[[float], object]) -> None:
        self._wait = wait
        self._lock = threading.Lock()
        self._rate: int | None = None
        self._debt_until = 0.0

    def set_rate(self, rate: int | None) -> None:
        """Bytes a second from now on; None lifts the limit."""
        with self._lock:
            self._rate = rate
            self._debt_until = time.monotonic()

    def take(self, count: int) -> None:
        """Account for bytes received, waiting until they were due."""
        with self._lock:
            if self._rate is None:
                return
            now = time.monotonic()
            self._debt_until = max(self._debt_until, now - _BURST_SECONDS) + count / self._rate
            seconds = self._debt_until - now
        if seconds > 0:
            self._wait(seconds)
