"""The list as the user sees it: what is added, taken off and put back, and what of it is on disk. In the engine's thread."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

from PySide6.QtCore import QThreadPool

from core.ahead import Ahead, Part
from core.job import (
    UNENDED,
    BatchId,
    BatchReport,
    Drop,
    JobId,
    JobRequest,
    JobSnapshot,
    JobState,
    SourceKind,
)
from core.job_queue import JobQueue
from core.key_set import Keys, KeySet
from core.live_job import Job
from core.looking import Looking
from core.naming import Batch, batch_note, batch_of, noted_batch, wanted_columns
from core.reading import Reading, ReadPart
from core.report import Export
from core.settings import Settings
from core.sources.keys import source_key
from core.store import Store

CHUNK: Final = 500  # snapshots a signal: unpickling more in one go would hold the window up
_T = TypeVar("_T")
_MAY_GO_ON: Final = frozenset(JobState) - {JobState.DONE, JobState.SKIPPED, JobState.CANCELLED}


class JobList:
    """Fills and empties the queue, and has the store follow.

    Args:
        queue: All jobs.
        store: Where they are kept.
        read: Takes what is read on the reading thread and brings it to ``take`` on the engine's.
        added: Told of new jobs, ``CHUNK`` at a time.
        gone: Told of jobs that were taken off, ``CHUNK`` at a time.

    Attributes:
        titles: Of the batches.
        batches: What files may be named by.
        removed: What was taken off last, as it was: ``put_back`` brings it back.
    """

    def __init__(
        self,
        queue: JobQueue,
        store: Store,
        read: Callable[[ReadPart], None],
        added: Callable[[tuple[JobSnapshot, ...]], None],
        gone: Callable[[tuple[JobId, ...]], None],
    ) -> None:
        self._queue = queue
        self._store = store
        self._read = read
        self._added = added
        self._gone = gone
        assert queue.most is None or not store.keeps_jobs, "what is ahead is not stored"  # noqa: S101  # the engine's own order
        self._seen: Keys = set() if queue.most is None else KeySet()
        self._ahead = Ahead()
        self._few = max(1, (queue.most or 0) // 10)
        self._readers = QThreadPool()
        self._readers.setMaxThreadCount(1)
        self._readings: dict[BatchId, Reading] = {}
        self._replaced: dict[BatchId, tuple[JobId, ...]] = {}
        self._looking: Looking | None = None
        self._last_batch = 0
        self._columns: tuple[str, ...] = ()
        self.titles: dict[BatchId, str] = {}
        self.batches: dict[BatchId, Batch] = {}
        self.removed: tuple[Job, ...] = ()

    def load(self) -> None:
        """Bring back what the store holds."""
        for jobs in self._store.open():
            self._restore(jobs)
        self.titles = self._store.titles()
        for batch, title in self.titles.items():
            self.batches[batch] = noted_batch(self._store.note(batch_note(batch)), title)
        self._last_batch = max(self.titles, default=0)

    def configure(self, settings: Settings) -> None:
        """Read from lists what the template for names asks for."""
        self._columns = wanted_columns(settings.name_template)

    # Adding

    @property
    def is_reading(self) -> bool:
        """Whether something that was dropped is still being read."""
        return bool(self._readings)

    def add(self, drop: Drop, instead_of: Iterable[Job] = ()) -> None:
        """Read what was dropped, in a thread of its own.

        Args:
            drop: What it was.
            instead_of: Jobs that go. On disk they stay until the new ones are there.
        """
        self._last_batch += 1
        batch = BatchId(self._last_batch)
        self._replaced[batch] = tuple(job.id for job in self._forget(instead_of))
        self.batches[batch] = batch_of(drop, batch, time.time())
        reading = Reading(batch, drop._replace(columns=self._columns), self._seen, self._read)
        self._readings[batch] = reading
        self._readers.start(reading)

    def look(self, drop: Drop, answer: Callable[[BatchReport], None]) -> None:
        """Find out what would come of a drop, and of no other any more.

        Args:
            drop: What it is.
            answer: Called on a thread of its own.
        """
        if self._looking is not None:
            self._looking.stop()
        self._looking = Looking(drop, self._seen, answer)

    def read_again(self, jobs: tuple[Job, ...]) -> None:
        """Read once more what could not be read before, in place of what it was."""
        self.add(Drop(sources=tuple(job.request.source for job in jobs)), instead_of=jobs)

    def close(self) -> None:
        """Give up what had no room."""
        self._ahead.close()

    def stop_reading(self) -> None:
        """End early what is being read; what was read so far stays."""
        if self._looking is not None:
            self._looking.stop()
        for reading in self._readings.values():
            reading.stop()

    def take(self, part: ReadPart) -> tuple[Job, ...]:
        """Append what was read; the new jobs."""
        make_room = self._readings[part.batch].make_room
        if part.jobs:
            numbered = [job._replace(id=self._queue.next_id(), batch=part.batch) for job in part.jobs]
            self._note_first(part.batch, numbered[0].id)
            self._store.add(part.batch, tuple(numbered), make_room)
            self._restore(numbered)
        first = self._queue.expect(part.requests)
        new = Part(first, part.batch, part.requests)
        if part.requests:
            self._note_first(part.batch, first)
            if self._ahead or not self._has_room():
                self._set_aside(new)
                make_room()
                return ()
        elif not part.jobs:
            make_room()
        return self._append(new, make_room)

    def more(self, *, is_all: bool = False) -> tuple[Job, ...]:
        """Append what had no room when it was read, and has some now, or all of it; the new jobs."""
        added: list[Job] = []
        while self._ahead and (is_all or self._has_room()):
            added += self._append(self._ahead.take())
        return tuple(added)

    def more_for_idle_hosts(self) -> tuple[Job, ...]:
        """Append what comes from hosts of which little waits, as much again as there is room for; the new jobs.

        A host that is slow, or that makes all wait, may be named ten thousand times before the next one.
        """
        if self._queue.unasked or self._queue.asked:
            return ()
        added: list[Job] = []
        waiting = self._queue.waiting
        idle = {host for host in self._ahead.hosts if len(waiting.get(host, ())) < self._few}
        while idle and self._has_room(twice=True):
            found = self._append(self._ahead.take(idle))
            idle.difference_update(job.host for job in found)
            added += found
        return tuple(added)

    def _has_room(self, *, twice: bool = False) -> bool:
        """Whether more jobs may be in the queue."""
        most = self._queue.most
        return most is None or self._queue.count(*UNENDED) - len(self._ahead) < most * (1 + twice)

    def _set_aside(self, part: Part) -> None:
        """Keep what was read until there is room for it."""
        for begin in range(0, len(part.requests), self._few):
            requests = part.requests[begin : begin + self._few]
            self._ahead.put(Part(JobId(part.first + begin), part.batch, requests))

    def _append(self, part: Part, taken: Callable[[], None] = lambda: None) -> tuple[Job, ...]:
        added = self._queue.add_expected(part.requests, part.batch, part.first)
        if added:
            snapshots = [job.first_snapshot() for job in added]
            self._store.add(part.batch, tuple(snapshots), taken)
            self._tell(snapshots)
        return added

    def _note_first(self, batch: BatchId, job: JobId) -> None:
        """Its jobs have been numbered one after the other since its first: by that they are counted, whatever is removed."""
        if self.batches[batch].first:
            return
        self.batches[batch] = self.batches[batch]._replace(first=job)
        if self._store.keeps_jobs:
            self._store.keep_note(batch_note(batch), self.batches[batch]._asdict())

    def end_batch(self, report: BatchReport, repeated: frozenset[str]) -> tuple[Job, ...]:
        """All of a batch is read; of its duplicates, which have these keys, those that are done: to be looked at again."""
        done = self._ended_of(repeated)
        report = report._replace(again=len(done), duplicates=report.duplicates - len(done))
        del self._readings[report.batch]
        self.titles[report.batch] = report.title
        self._store.end_batch(report)
        self._store.remove(self._replaced.pop(report.batch))
        return done

    def _ended_of(self, keys: frozenset[str]) -> tuple[Job, ...]:
        """The jobs with these sources that are done or skipped."""
        if not keys:
            return ()
        ended = self._queue.in_states(JobState.DONE, JobState.SKIPPED)
        going = self._queue.changed if self._queue.most is not None else ()  # they are forgotten in a moment
        return tuple(job for job in ended if job.id not in going and not keys.isdisjoint(job.keys))

    def holds(self, source: str, besides: Job) -> bool:
        """Whether another job of the list is recognised by this URL."""
        key = source_key(source, SourceKind.URL)
        return key in self._seen and key not in besides.keys

    def change(self, job: Job, request: JobRequest) -> None:
        """Give a job another request; it is recognised by that from now on."""
        if request.source == job.request.source:
            self._queue.change(job, request)
            return
        self._seen.difference_update(job.keys)
        self._queue.change(job, request)
        self._seen.update(job.keys)

    def chosen(self, ids: tuple[JobId, ...] | None, otherwise: tuple[JobState, ...] = ()) -> tuple[Job, ...]:
        """The jobs of these numbers that are still there; for None all in these states."""
        if ids is None:
            return self._queue.in_states(*otherwise)
        return tuple(job for job_id in ids if (job := self._queue.get(job_id)) is not None)

    def export(self, wish: Export, jobs: Iterable[Job]) -> None:
        """Have these jobs written to a file."""
        states = {JobState.FAILED} if wish.failed_only else set(JobState)
        self._store.export(wish, tuple(job.snapshot() for job in jobs if job.state in states))

    # Taking off

    def take_off(self, jobs: Iterable[Job]) -> None:
        """Forget jobs that nobody works on any more so that they can be put back, in place of those before."""
        gone = self._forget(jobs)
        self._store.remove(tuple(job.id for job in gone))
        self.removed = gone or self.removed

    def _forget(self, jobs: Iterable[Job]) -> tuple[Job, ...]:
        """The same jobs: nothing happens to them any more."""
        gone = tuple(jobs)
        for job in gone:
            self._queue.remove(job)
            self._seen.difference_update(job.keys)
        for chunk in _chunks(tuple(job.id for job in gone)):
            self._gone(chunk)
        return gone

    def put_back(self) -> None:
        """Bring back what was taken off last, but for what has been added anew since."""
        gone = sorted(self.removed, key=lambda job: job.id)
        back = tuple(job.snapshot() for job in gone if self._seen.isdisjoint(job.keys))
        self.removed = ()
        self._restore(back)
        self._store.save(back)

    def keys_to_go_on(self) -> list[str]:
        """Of all jobs that may go on with a part file, those that may be put back among them."""
        keys = [job.keys[0] for job in self._queue if job.state in _MAY_GO_ON]
        return keys + [job.keys[0] for job in self.removed]

    def _restore(self, jobs: Iterable[JobSnapshot]) -> None:
        restored = [self._queue.restore(job) for job in jobs]
        self._seen.update(key for job in restored for key in job.keys)
        self._tell([job.snapshot() if job.has_begun else job.first_snapshot() for job in restored])

    def _tell(self, jobs: list[JobSnapshot]) -> None:
        for chunk in _chunks(tuple(jobs)):
            self._added(chunk)


def _chunks(values: tuple[_T, ...]) -> Iterator[tuple[_T, ...]]:
    for begin in range(0, len(values), CHUNK):
        yield values[begin : begin + CHUNK]
