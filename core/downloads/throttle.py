"""A speed limit shared by all lanes: a token bucket."""

import threading
import time
from typing import Final

from core.downloads.session import Wire

READ_SIZE: Final = 262144
_LEAST_READ: Final = 1024
_READS_A_SECOND: Final = 32  # lanes take turns often, so that none waits long for the others
_BURST_SECONDS: Final = 0.25
_LOOK_AGAIN: Final = 0.1


class Throttle:
    """Holds back who takes bytes faster than the limit."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._rate: int | None = None
        self._debt_until = 0.0

    def set_rate(self, rate: int | None) -> None:
        """Bytes a second from now on; None lifts the limit, for those that wait already too."""
        with self._lock:
            self._rate = rate
            self._debt_until = time.monotonic()

    def read_size(self) -> int:
        """Bytes to read at once: few where there is a limit, so that no lane runs up a debt for all."""
        rate = self._rate
        return READ_SIZE if rate is None else max(_LEAST_READ, min(READ_SIZE, rate // _READS_A_SECOND))

    def take(self, count: int, wire: Wire) -> None:
        """Account for bytes received, waiting until they were due or the wire is cut."""
        with self._lock:
            if self._rate is None:
                return
            self._debt_until = max(self._debt_until, time.monotonic() - _BURST_SECONDS) + count / self._rate
            due = self._debt_until
        while (seconds := min(due, self._debt_until) - time.monotonic()) > 0:
            if wire.wait_for_cut(min(seconds, _LOOK_AGAIN)):
                return
