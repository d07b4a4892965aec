"""A speed limit shared by all lanes: each books its turn before it reads, so that nothing is ever had in advance."""

import math
import threading
import time
from collections.abc import Callable
from typing import Final, NamedTuple

from core.downloads.session import Wire

READ_SIZE: Final = 262144
_LEAST_READ: Final = 512
_TURNS_A_SECOND: Final = 128  # lanes take turns often, so that none waits long for the others
_MOST_CREDIT: Final = 2.0  # seconds; what so short a standstill has left is had later, else it is gone
_MOST_IDLE: Final = 0.25  # seconds between two files; what longer idle time has left is gone
_LOOK_AGAIN: Final = 0.1


class Turn(NamedTuple):
    """Leave to take bytes.

    Attributes:
        size: How many.
        due: From when on, by the throttle's clock.
        rate: Bytes a second that it was booked at; None where there was no limit.
    """

    size: int
    due: float = 0.0
    rate: int | None = None


_FREE: Final = Turn(READ_SIZE)


class Throttle:
    """Holds back who takes bytes faster than the limit.

    Args:
        clock: Seconds that only ever grow.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._rate: int | None = None
        self._booked_until = 0.0
        self._users = 0
        self._idle_since = -math.inf

    def set_rate(self, rate: int | None) -> None:
        """Bytes a second from now on; None lifts the limit. Holds for those that wait already, too."""
        with self._lock:
            if rate != self._rate:
                self._rate, self._booked_until = rate, self._clock()

    def begin(self) -> None:
        """Somebody is going to take bytes."""
        with self._lock:
            now = self._clock()
            if not self._users and now - self._idle_since > _MOST_IDLE:
                self._booked_until = max(self._booked_until, now)
            self._users += 1

    def end(self) -> None:
        """They have taken all that they wanted."""
        with self._lock:
            self._users -= 1
            self._idle_since = self._clock()

    def wait(self, wire: Wire) -> Turn:
        """Wait until bytes may be taken; returns early where the wire is cut."""
        turn = self.book()
        while turn.rate is not None and (seconds := turn.due - self._clock()) > 0:
            if wire.wait_for_cut(min(seconds, _LOOK_AGAIN)):
                break
            if turn.rate != self._rate:
                turn = self.book()
        return turn

    def book(self) -> Turn:
        """The next turn that is free."""
        with self._lock:
            rate, now = self._rate, self._clock()
            if rate is None:
                return _FREE
            if now - self._booked_until > _MOST_CREDIT:
                self._booked_until = now
            due = self._booked_until
            size = max(_LEAST_READ, min(READ_SIZE, rate // _TURNS_A_SECOND))
            self._booked_until += size / rate
            return Turn(size, due, rate)

    def settle(self, turn: Turn, received: int) -> None:
        """Give back what was not needed of a turn, or book what came beyond it."""
        if turn.rate is None or received == turn.size:
            return
        with self._lock:
            if turn.rate == self._rate:
                self._booked_until -= (turn.size - received) / turn.rate
