"""Reading what was dropped, in a thread of its own: lists may be long and folders deep."""

import logging
from collections.abc import Callable
from typing import NamedTuple

from PySide6.QtCore import QRunnable

from core.errors import InternalError
from core.job import BatchId, BatchReport, Drop, JobRequest, SourceKind
from core.sources.drop import read_drop
from core.sources.sieve import Tally

log = logging.getLogger(__name__)


class ReadPart(NamedTuple):
    """A part of a batch.

    Attributes:
        batch: Its number.
        requests: The next jobs.
        report: What came of it; with the last part only.
    """

    batch: BatchId
    requests: tuple[JobRequest, ...] = ()
    report: BatchReport | None = None


class Reading(QRunnable):
    """Reads one drop.

    Args:
        batch: The number its jobs get.
        drop: What to read.
        seen: Keys of the sources that are in the queue; those found are added.
        deliver: Called on the reading thread with each part; the last carries the report.
    """

    def __init__(
        self, batch: BatchId, drop: Drop, seen: set[str], deliver: Callable[[ReadPart], None]
    ) -> None:
        super().__init__()
        self.setAutoDelete(False)  # its Python side must outlive run()
        self._batch = batch
        self._drop = drop
        self._seen = seen
        self._deliver = deliver
        self._is_stopped = False

    def stop(self) -> None:
        """End early; what was read so far stays."""
        self._is_stopped = True

    def run(self) -> None:
        """Called by the thread pool."""
        tally = Tally()
        try:
            for requests in read_drop(self._drop, self._seen, tally, lambda: self._is_stopped):
                self._deliver(ReadPart(self._batch, requests))
        except (
            Exception
        ) as error:  # else the batch would stay half read for ever: Qt only prints what escapes
            log.exception("Batch %d", self._batch)
            report = InternalError(f"{type(error).__name__} while reading.").report()
            tally.invalid += 1
            request = JobRequest(tally.title or "What was dropped", SourceKind.FILE, error=report)
            self._deliver(ReadPart(self._batch, (request,)))
        report_of_all = BatchReport(
            self._batch, tally.title, tally.added, tally.duplicates, tally.invalid, tally.ignored
        )
        self._deliver(ReadPart(self._batch, report=report_of_all))
