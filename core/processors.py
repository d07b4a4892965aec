"""On which processors this process runs. Linux only; elsewhere nothing happens.

Python's threads take turns at the interpreter, and each system call ends a turn. On one processor the thread that made
the call mostly goes on by itself; on several another one takes the turn at once, and the first has to be woken again
across processors. For thousands of small files that was two fifths of the time and half of the processor time. Where
many bytes are hashed and copied, which needs no turns, several processors do more.
"""

import os
import sys
import time
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path
from typing import Final

_FEW: Final = 1
_MANY_BYTES: Final = 64_000_000  # a second; from here on hashing and copying want a processor of their own
_TOGETHER_SECONDS: Final = 2.0  # after which the system may find a better place for all
_STAT_PROCESSOR: Final = 36  # proc(5), /proc/pid/stat: field 39, counted behind the name

ALL: Final = frozenset(os.sched_getaffinity(0) if sys.platform == "linux" else ())


class Processors:
    """Keeps this process's threads together while many small transfers go on, and lets them spread otherwise."""

    def __init__(self) -> None:
        self._since: float | None = None

    def suit(self, running: int, rate: float) -> None:
        """To be called some times a second.

        Args:
            running: Transfers under way.
            rate: Bytes a second, of all together.
        """
        wants = len(ALL) > 1 and running > _FEW and rate < _MANY_BYTES
        now = time.monotonic()
        if self._since is None and wants:
            self._since = now
            _keep_to({_processor()})
        elif self._since is not None and (not wants or now - self._since > _TOGETHER_SECONDS):
            self._since = None
            _keep_to(ALL)


def spread() -> None:
    """Let the calling thread, and the processes that it starts, run anywhere."""
    if ALL:
        os.sched_setaffinity(0, ALL)


def _processor() -> int:
    """The one that the calling thread is on."""
    fields = Path("/proc/thread-self/stat").read_text().rpartition(")")[2].split()
    return int(fields[_STAT_PROCESSOR])


def _keep_to(processors: Collection[int]) -> None:
    for thread in os.listdir("/proc/self/task"):  # noqa: PTH208  # their numbers
        with suppress(OSError):  # it has ended
            os.sched_setaffinity(int(thread), processors)
