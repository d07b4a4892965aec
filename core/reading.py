"""Reading what was dropped, in a thread of its own: lists may be long and folders deep."""

import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QRunnable

from core.errors import InternalError, UnreadableSourceError
from core.export import is_export, read_export
from core.job import BatchId, BatchReport, Drop, JobRequest, JobSnapshot, SourceKind
from core.key_set import Keys
from core.sources.drop import read_drop
from core.sources.keys import keys_of
from core.sources.sieve import Tally

log = logging.getLogger(__name__)

_CHUNK: Final = 500
# Parts on their way. Were there as many as there is room for, what is short-lived of a million jobs would lie among
# what stays, and half as much memory again would never be given back.
_MOST_PARTS: Final = 4


class ReadPart(NamedTuple):
    """A part of a batch.

    Attributes:
        batch: Its number.
        requests: The next jobs.
        jobs: Or jobs of an exported list, as they were; without numbers of their own.
        repeated: Keys of sources that the queue held already; with the last part only.
        report: What came of it; with the last part only.
    """

    batch: BatchId
    requests: tuple[JobRequest, ...] = ()
    jobs: tuple[JobSnapshot, ...] = ()
    repeated: frozenset[str] = frozenset()
    report: BatchReport | None = None


class Reading(QRunnable):
    """Reads one drop.

    Args:
        batch: The number its jobs get.
        drop: What to read.
        seen: Keys of the sources that are in the queue; those found are added.
        deliver: Called on the reading thread with each part; the last carries the report.
    """

    def __init__(self, batch: BatchId, drop: Drop, seen: Keys, deliver: Callable[[ReadPart], None]) -> None:
        super().__init__()
        self.setAutoDelete(False)  # its Python side must outlive run()
        self._batch = batch
        self._drop = drop
        self._seen = seen
        self._deliver = deliver
        self._room = threading.Semaphore(_MOST_PARTS)
        self._is_stopped = False

    def stop(self) -> None:
        """End early; what was read so far stays."""
        self._is_stopped = True
        self._room.release()

    def make_room(self) -> None:
        """A part with jobs has got where it was to go: the next one may come."""
        self._room.release()

    def _hand_on(self, part: ReadPart) -> None:
        if not self._is_stopped:
            self._room.acquire()
        self._deliver(part)

    def run(self) -> None:
        """Called by the thread pool."""
        tally = Tally()
        try:
            exported = tuple(source for source in self._drop.sources if is_export(source))
            for path in exported:
                self._read_export(path, tally)
            rest = self._drop._replace(sources=tuple(s for s in self._drop.sources if s not in exported))
            titled = tally.title
            for requests in read_drop(rest, self._seen, tally, lambda: self._is_stopped):
                self._hand_on(ReadPart(self._batch, requests))
            tally.title = titled or tally.title
        except (
            Exception
        ) as error:  # else the batch would stay half read for ever: Qt only prints what escapes
            log.exception("Batch %d", self._batch)
            report = InternalError(f"{type(error).__name__} while reading.").report()
            tally.invalid += 1
            request = JobRequest(tally.title or "What was dropped", SourceKind.FILE, error=report)
            self._deliver(ReadPart(self._batch, (request,)))
        report_of_all = BatchReport(
            self._batch,
            tally.title,
            tally.added,
            tally.duplicates,
            tally.invalid,
            tally.ignored,
            ticket=self._drop.ticket,
        )
        self._deliver(ReadPart(self._batch, repeated=frozenset(tally.repeated), report=report_of_all))

    def _read_export(self, path: str, tally: Tally) -> None:
        """An exported list: its jobs come back as they were, but for those that are on the list already."""
        tally.title = tally.title or Path(path).name
        jobs: list[JobSnapshot] = []
        try:
            for job in read_export(path):
                if job is None:
                    tally.invalid += 1
                elif not self._seen.isdisjoint(keys := keys_of(job.source, job.added_as, job.kind)):
                    tally.duplicates += 1
                    tally.repeated.update(keys)
                else:
                    self._seen.update(keys)
                    tally.added += 1
                    jobs.append(job)
                if len(jobs) >= _CHUNK:
                    self._hand_on(ReadPart(self._batch, jobs=tuple(jobs)))
                    jobs.clear()
                if self._is_stopped:
                    break
        except (OSError, EOFError) as error:
            tally.invalid += 1
            report = UnreadableSourceError(f"{path} cannot be read to its end: {error}.").report()
            self._hand_on(ReadPart(self._batch, (JobRequest(path, SourceKind.FILE, error=report),)))
        self._hand_on(ReadPart(self._batch, jobs=tuple(jobs)))
