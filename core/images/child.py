"""A child of the process pool, as its parent sees it."""

import multiprocessing
import os
import sys
import time
from contextlib import suppress
from multiprocessing.context import SpawnProcess
from pathlib import Path
from typing import Final

from core.images.budget import Admitted
from core.images.task import ProcessTask, Terms
from core.images.worker import serve
from core.processors import spread

_JOIN_SECONDS: Final = 1.0
_PAGE: Final = 4096
_MOST_WORDS: Final = 1 << 16  # bytes: what a pipe holds
_STAYS: Final = 3  # answers after each of which a child was large


class Child:
    """A process, the pipe to it, and the one task it has in hand.

    Args:
        terms: What holds for it as long as it lives.

    Attributes:
        pipe: Ours of its two ends.
        process: The process.
        terms: As given.
        is_warm: Whether it has told that it is ready.
        task: What it works on.
        reserved: Bytes that are set aside for that.
        since: When it began with that, or was started; seconds of the monotonic clock.
    """

    def __init__(self, terms: Terms) -> None:
        context = multiprocessing.get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self._ear, mouth = context.Pipe(duplex=False)
        # Where standard error is closed, its number is that of something else: perhaps of the pipe.
        kwargs = {"is_silent": sys.__stderr__ is not None, "mouth": mouth}
        self.process: SpawnProcess = context.Process(
            target=serve, args=(theirs, terms), kwargs=kwargs, name="fetchmill-picture", daemon=True
        )
        spread()  # the engine's threads may be kept together, a child's are not
        self.process.start()
        theirs.close()
        mouth.close()
        self.terms = terms
        self.is_warm = False
        self.task: ProcessTask | None = None
        self.reserved = 0
        self.since = time.monotonic()
        self._size_at_first: int | None = None
        self._done = 0
        self._large = 0

    @property
    def is_busy(self) -> bool:
        """Whether it owes us something: an answer, or to be ready."""
        return self.task is not None or not self.is_warm

    def give(self, admitted: Admitted) -> bool:
        """Hand a task over; False when the child is dead already and never saw it."""
        try:
            self.pipe.send(admitted.task)
        except OSError:
            return False
        self.task, self.reserved, self.since = admitted.task, admitted.reserved, time.monotonic()
        return True

    def greet(self) -> float:
        """It is ready: seconds that it took to start."""
        self.is_warm = True
        self._size_at_first = self._size()
        return time.monotonic() - self.since

    def release(self) -> None:
        """It has answered, and has nothing in hand any more."""
        self.task, self.reserved = None, 0

    def note(self, growth: int) -> None:
        """It has done a picture; see how large it is now."""
        self._done += 1
        size = self._size()
        is_large = (
            size is not None and self._size_at_first is not None and size > self._size_at_first + growth
        )
        self._large = self._large + 1 if is_large else 0

    def is_worn(self, pictures: int) -> bool:
        """Whether it is time for another one: it has done that many, or stays large."""
        return self._done >= pictures or self._large >= _STAYS

    def end(self) -> None:
        """Kill the process and wait for its end."""
        self.process.kill()
        self.process.join(_JOIN_SECONDS)
        self.pipe.close()
        self._ear.close()

    def last_words(self) -> str:
        """Where it was when it crashed, in Python's own words; empty where it did not crash, or could not say it."""
        words = b""
        with suppress(OSError, EOFError):
            while self._ear.poll() and len(words) < _MOST_WORDS:
                # What was written without a length before it: Windows keeps the pieces apart by itself.
                more = (
                    self._ear.recv_bytes()
                    if sys.platform == "win32"
                    else os.read(self._ear.fileno(), _MOST_WORDS)
                )
                if not more:
                    break
                words += more
        return words.decode("utf-8", "replace")

    def _size(self) -> int | None:
        """Bytes of memory that it takes now (proc(5)); None where the system does not say."""
        if sys.platform != "linux":
            return None
        try:
            return int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]) * _PAGE
        except OSError:  # it has just ended
            return None
