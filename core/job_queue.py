"""All jobs of the engine, and the only place where a job changes its state."""

import time
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final

from core.asked import LOST
from core.commons import Commons
from core.errors import ErrorReport
from core.images.task import ProcessOutcome
from core.job import TRANSITIONS, BatchId, JobId, JobRequest, JobSnapshot, JobState, SourceKind
from core.ledger import Known
from core.live_job import Job
from core.originals import Originals
from core.remains import Remains

_FIRST_DETAIL: Final = JobSnapshot._fields.index("received")
_NO_DETAILS: Final = tuple(JobSnapshot._field_defaults.values())
_KINDS: Final = tuple(SourceKind)
_NEVER_READ: Final = frozenset({"bad-url", "unsupported-scheme", "unusable-request", "unreadable"})


class JobQueue:
    """Jobs by number, by state and by host.

    Args:
        most: How many that have not ended are to be here at a time. Those that ended are then to be forgotten, and others
            may be expected, which are somewhere else. None: all jobs are here.

    Attributes:
        most: As above.
        refreshes: Whether the servers of new jobs are asked if something has changed there.
        counts: Jobs by kind of source and state, those among them that are expected or forgotten.
        unasked: Queued jobs of which nobody has asked the ledger yet, in the order of the queue.
        asked: Queued jobs of which the ledger is being asked.
        waiting: Other queued jobs by host, in the order of the queue.
        ready: Jobs whose picture waits for a child, in the order of arrival.
        retrying: Jobs that wait for another try.
        changed: Numbers of jobs that changed since ``take_changed``.
        unsaved: Numbers of jobs whose end, or whose return to the queue, is not written yet.
    """

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.refreshes = False
        self._jobs: dict[JobId, Job] = {}
        self._last_id = 0
        self._commons = Commons()
        self._originals = Originals()
        self.counts: Counter[tuple[SourceKind, JobState]] = Counter()
        self.unasked: dict[JobId, None] = {}
        self.asked: dict[JobId, None] = {}
        self.waiting: dict[str, dict[JobId, None]] = {}
        self.ready: dict[JobId, None] = {}
        self.retrying: dict[JobId, None] = {}
        self.changed: set[JobId] = set()
        self.unsaved: set[JobId] = set()

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def get(self, job_id: JobId) -> Job | None:
        """The job of that number, if it is still there."""
        return self._jobs.get(job_id)

    def expect(self, requests: Collection[JobRequest]) -> JobId:
        """Jobs will be added later: they count as queued, and their numbers are theirs; returns the first of these."""
        first = JobId(self._last_id + 1)
        self._last_id += len(requests)
        self.counts.update((request.kind, JobState.QUEUED) for request in requests)
        self._originals.expect(request.source for request in requests if request.kind is SourceKind.FILE)
        return first

    def add_expected(self, requests: Iterable[JobRequest], batch: BatchId, first: JobId) -> tuple[Job, ...]:
        """Append new jobs that were expected: queued, or failed at once where the request carries an error.

        They do not count as changed: the caller announces them as added.
        """
        now = time.time()
        jobs = []
        for number, request in enumerate(requests, first):
            job = Job(JobId(number), request.source, self._commons.of(request, batch, now))
            if request.error is not None:
                job.state, job.error = JobState.FAILED, request.error
                self.counts[request.kind, JobState.QUEUED] -= 1
                self.counts[request.kind, JobState.FAILED] += 1
            if self.refreshes:
                job.refresh = True
            self._jobs[job.id] = job
            self._file(job)
            jobs.append(job)
        return tuple(jobs)

    def add(self, requests: Collection[JobRequest], batch: BatchId) -> tuple[Job, ...]:
        """Append new jobs that nobody expected."""
        return self.add_expected(requests, batch, self.expect(requests))

    def restore(self, snapshot: JobSnapshot) -> Job:
        """Take a job over from an earlier engine; what had begun is queued again. It does not count as changed."""
        has_ended = snapshot.state.is_final
        request = JobRequest(
            snapshot.source,
            snapshot.kind,
            snapshot.folder,
            _unread(snapshot),
            snapshot.asked,
            snapshot.added_as,
        )
        job = Job(snapshot.id, snapshot.source, self._commons.of(request, snapshot.batch, snapshot.added))
        job.name = snapshot.name
        job.state = snapshot.state if has_ended else JobState.QUEUED
        if snapshot[_FIRST_DETAIL:] != _NO_DETAILS:
            job.take_over(_remains_of(snapshot), snapshot.error if has_ended else None)
        if not has_ended and 0 < snapshot.mirror <= len(job.mirrors):
            job.mirror = snapshot.mirror
        self._last_id = max(self._last_id, snapshot.id)
        self._jobs[job.id] = job
        self.counts[request.kind, job.state] += 1
        if job.is_local:
            self._originals.expect([job.source])
        self._file(job)
        return job

    def next_id(self) -> JobId:
        """A number that no job has had."""
        self._last_id += 1
        return JobId(self._last_id)

    def ask(self, job: Job) -> None:
        """The ledger is being asked of a queued job."""
        del self.unasked[job.id]
        self.asked[job.id] = None

    def admit(self, job: Job, known: Known) -> None:
        """The ledger has answered, and there is something to do."""
        del self.asked[job.id]
        job.known = known
        self._file(job)

    def ask_again(self) -> None:
        """What is to be made has changed: what is known of queued jobs no longer counts."""
        queued = [*self.asked, *(job for jobs in self.waiting.values() for job in jobs), *self.unasked]
        self.waiting.clear()
        self.asked.clear()
        self.unasked = dict.fromkeys(sorted(queued))
        for job_id in queued:
            self._jobs[job_id].known = None

    def move(self, job: Job, state: JobState) -> None:
        """Change a job's state: the only way to do so.

        Raises:
            ValueError: No such move exists; a fault of our own.
        """
        if state not in TRANSITIONS[job.state]:
            raise ValueError(f"job {job.id}: {job.state.name} -> {state.name}")
        self._leave(job)
        if state.is_final or job.state.is_final:
            self.unsaved.add(job.id)
        if state.is_final:
            job.known = None
        job.state = state
        self._enter(job)

    def queue_again(self, job: Job, *, refresh: bool) -> None:
        """Forget how a job ended; it is to be done again, or looked at again."""
        job.error, job.failures, job.deaths, job.outcome, job.answer = None, 0, 0, None, None
        job.notes = tuple(note for note in job.notes if note in LOST)
        job.known, job.refresh = None, refresh
        job.mirror = 0
        self.move(job, JobState.QUEUED)

    def begin_run(self, *, refresh: bool) -> None:
        """A run begins; whether the servers of all that is queued are to be asked if something has changed there."""
        for job in self.in_states(JobState.QUEUED) if refresh else ():
            job.refresh = True

    def turn_to_mirror(self, job: Job) -> None:
        """The next one is asked for the job's file; after a restart, too, as what comes of it is no other's."""
        job.mirror, job.failures = job.mirror + 1, 0
        self.unsaved.add(job.id)
        self.move(job, JobState.QUEUED)

    def change(self, job: Job, request: JobRequest) -> None:
        """Have a job ask for something else, or otherwise; of another source nothing is known."""
        self._leave(job)
        if request.source != job.request.source:
            job.known, job.mirror = (
                None,
                0,
            )  # else what has come of a mirror, or is coming, stays that mirror's
            job.answer = None
        job.source, job.common = request.source, self._commons.of(request, job.batch, job.common.added)
        self.unsaved.add(job.id)
        self._enter(job)

    @property
    def bottleneck(self) -> str | None:
        """Which stage holds the other up while all is running."""
        if self.waiting and not self.count(JobState.DOWNLOADING):  # hosts may rest, and then neither does
            return "processing" if self.count(JobState.DOWNLOADED, JobState.PROCESSING) else None
        return "network" if not self.ready and self.count(JobState.DOWNLOADING) else None

    def fail(self, job: Job, error: ErrorReport) -> None:
        """End a job with an error."""
        job.error = error
        self.move(job, JobState.FAILED)

    def touch(self, job: Job) -> None:
        """Something beside its state changed."""
        self.changed.add(job.id)

    def take_changed(self) -> tuple[tuple[Job, ...], frozenset[JobId]]:
        """Jobs that changed since this was last asked, in order, and the numbers of those that are to be written."""
        found = tuple(job for job_id in sorted(self.changed) if (job := self.get(job_id)) is not None)
        unsaved = frozenset(self.unsaved)
        self.changed.clear()
        self.unsaved.clear()
        return found, unsaved

    def remove(self, job: Job) -> None:
        """Forget a job that is no longer counted either."""
        self._leave(job)
        self.forget(job)

    def forget(self, job: Job) -> None:
        """Let go of a job that has ended; it goes on being counted."""
        del self._jobs[job.id]
        self.changed.discard(job.id)
        self.unsaved.discard(job.id)

    def is_source(self, path: str) -> bool:
        """Whether a file is a local original of the queue, by whatever name or link it is reached."""
        return self._originals.include(path)

    def in_states(self, *states: JobState) -> tuple[Job, ...]:
        """The jobs that are in any of these states, in the order of the queue."""
        if not self.count(*states):
            return ()
        return tuple(job for job in self._jobs.values() if job.state in states)

    def count(self, *states: JobState) -> int:
        """How many jobs are in any of these states."""
        counts, found = self.counts, 0
        for state in states:
            for kind in _KINDS:
                found += counts.get((kind, state), 0)  # of a Counter, [] is dear for what is not there
        return found

    def _enter(self, job: Job) -> None:
        self.counts[job.kind, job.state] += 1
        self._file(job)
        self.changed.add(job.id)

    def _file(self, job: Job) -> None:
        if job.state is JobState.QUEUED and job.known is None:
            self.unasked[job.id] = None
        elif job.state is JobState.QUEUED:
            self.waiting.setdefault(job.host, {})[job.id] = None
        elif job.state is JobState.DOWNLOADED:
            self.ready[job.id] = None
        elif job.state is JobState.RETRYING:
            self.retrying[job.id] = None

    def _leave(self, job: Job) -> None:
        self.counts[job.kind, job.state] -= 1
        if job.state is JobState.QUEUED and job.known is None:
            if job.id in self.unasked:
                del self.unasked[job.id]
            else:
                del self.asked[job.id]
        elif job.state is JobState.QUEUED:
            queued = self.waiting[job.host]
            del queued[job.id]
            if not queued:
                del self.waiting[job.host]
        elif job.state is JobState.DOWNLOADED:
            del self.ready[job.id]
        elif job.state is JobState.RETRYING:
            del self.retrying[job.id]


def _unread(snapshot: JobSnapshot) -> ErrorReport | None:
    """Why the job was born failed, if it was."""
    error = snapshot.error
    if error is None or error.code not in _NEVER_READ or snapshot.attempts:
        return None
    return error if snapshot.seconds_process is None else None


def _remains_of(snapshot: JobSnapshot) -> Remains:
    outcome = None
    if snapshot.seconds_process is not None and snapshot.state.is_final:
        outcome = ProcessOutcome(
            ticket=0,
            seconds=snapshot.seconds_process,
            format=snapshot.format,
            width=snapshot.width,
            height=snapshot.height,
            bytes_out=snapshot.bytes_out,
        )
    return Remains(
        snapshot.attempts,
        snapshot.received,
        snapshot.size,
        snapshot.sha256,
        snapshot.original,
        snapshot.file,
        outcome,
        snapshot.seconds_download,
        snapshot.notes,
        snapshot.files,
    )
