"""What is kept of a run: the note by which it goes on after a restart, and the jobs that ended in it."""

import time
from collections.abc import Iterable, Mapping
from itertools import compress, count

from core.job import BatchId, JobId, JobState, Order, RunState
from core.job_queue import JobQueue
from core.live_job import Job
from core.report import Recovery, Summary
from core.settings import Existing
from core.store import Store
from core.summary import Account

_NOTE = "run"
_UNENDED = tuple(state for state in JobState if not state.is_final)


class RunRecord:
    """Remembers a run, on disk and for its summary.

    Args:
        queue: All jobs.
        store: Where the note is kept.

    Attributes:
        is_open: Whether a run has begun and was not summed up yet.
    """

    def __init__(self, queue: JobQueue, store: Store) -> None:
        self._queue = queue
        self._store = store
        self._began = time.monotonic()
        self._ended = bytearray()  # a byte a number: a set would take 40
        self._account, self._batches = Account(), set[BatchId]()
        self.is_open = False

    def recovered(self) -> tuple[Recovery, Order | None]:
        """What was going on when the last engine ended; to be asked before the store begins."""
        unfinished = self._queue.count(*_UNENDED)
        note = self._store.note(_NOTE)
        was = str(note.get("state", "")) if unfinished else ""
        running, paused = was == RunState.RUNNING.value, was == RunState.PAUSED.value
        recovery = Recovery(len(self._queue), unfinished, running, paused, self._store.messages)
        existing = next((one for one in Existing if one.value == note.get("existing")), None)
        order = Order(str(note.get("destination", "")), str(note.get("recipe", "")), existing=existing)
        return recovery, order if running or paused else None

    def note(self, run: RunState, order: Order | None) -> None:
        """What is to go on after a restart."""
        if self._store.keeps_jobs and order is not None:
            words = {"state": run.value, "destination": order.destination, "recipe": order.recipe}
            if order.existing is not None:
                words["existing"] = order.existing.value
            self._store.keep_note(_NOTE, words)

    def begin(self) -> None:
        """A run begins now."""
        self._began, self.is_open = time.monotonic(), True

    def add_ended(self, jobs: Iterable[Job]) -> None:
        """Those of these jobs that have ended; they may yet be queued again, unless they are not to stay in the queue."""
        for job in jobs:
            if not job.state.is_final:
                continue
            if self._queue.most is not None:
                self._count(job)
                self._queue.forget(job)
                continue
            self._ended.extend(bytes(max(0, job.id + 1 - len(self._ended))))
            self._ended[job.id] = True
            job.rest()

    def _count(self, job: Job) -> None:
        self._account.add(job.snapshot())
        self._batches.add(job.batch)

    def take_summary(
        self, titles: Mapping[BatchId, str], order: Order | None, manifest: str | None
    ) -> Summary:
        """What came of the run; the next one begins with nothing."""
        jobs = map(self._queue.get, compress(map(JobId, count()), self._ended))
        for job in jobs:
            if job is not None and job.state.is_final:
                self._count(job)
        names = {titles.get(batch, "") for batch in self._batches}
        title = names.pop() if len(names) == 1 else f"{len(names):,} batches"
        destination = order.destination if order is not None else ""
        seconds = time.monotonic() - self._began
        summary = self._account.summary(title, seconds, destination)
        self._ended.clear()
        self._account, self._batches = Account(), set()
        self.is_open = False
        return summary._replace(manifest=manifest)
