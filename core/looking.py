"""What would come of a drop, found out without adding anything, in a thread of its own."""

import threading
from collections.abc import Callable, Container
from contextlib import suppress

from core.job import BatchId, BatchReport, Drop
from core.sources.drop import read_drop
from core.sources.sieve import Tally


class Looking:
    """Reads one drop and counts.

    Args:
        drop: What to read.
        known: Keys of the sources that are in the queue; others may be added to them meanwhile.
        answer: Called on the reading thread with what came of it, unless it was stopped; the batch is 0.
    """

    def __init__(self, drop: Drop, known: Container[str], answer: Callable[[BatchReport], None]) -> None:
        self._drop = drop
        self._known = known
        self._answer = answer
        self._is_stopped = False
        threading.Thread(target=self._count, name="looking", daemon=True).start()

    def stop(self) -> None:
        """Nobody wants to know any more."""
        self._is_stopped = True

    def _count(self) -> None:
        tally = Tally()
        for _ in read_drop(self._drop, _Beside(self._known), tally, lambda: self._is_stopped):
            pass  # the requests are nobody's
        if self._is_stopped:
            return
        counts = (tally.added, tally.duplicates, tally.invalid, tally.ignored)
        with suppress(RuntimeError):  # the engine has gone meanwhile
            self._answer(BatchReport(BatchId(0), tally.title, *counts, ticket=self._drop.ticket))


class _Beside(set[str]):
    """Keys beside those that are known, which stay as they are."""

    def __init__(self, known: Container[str]) -> None:
        super().__init__()
        self._known = known

    def __contains__(self, key: object) -> bool:
        return key in self._known or super().__contains__(key)
