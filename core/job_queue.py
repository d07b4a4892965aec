"""All jobs of the engine, and the only place where a job changes its state."""

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import unquote

from core.downloads.part_file import PartFile
from core.errors import ErrorReport
from core.images.recipe import Recipe
from core.images.task import ProcessOutcome
from core.job import TRANSITIONS, BatchId, JobId, JobRequest, JobSnapshot, JobState, SourceKind
from core.scheduler import LOCAL
from core.settings import Existing

_NEVER_READ: Final = frozenset({"bad-url", "unsupported-scheme", "unreadable"})


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to become of the jobs that start now.

    Attributes:
        destination: Absolute path.
        recipe: What to make.
        existing: What to do with names that are taken.
        keep_originals: Whether downloads are kept beside what was made of them.
    """

    destination: str
    recipe: Recipe
    existing: Existing
    keep_originals: bool


@dataclass(slots=True, eq=False)
class Job:
    """A job on its way. Only the engine's thread touches it; only ``JobQueue.move`` changes its state.

    Attributes:
        id: Its number.
        batch: What it was added with.
        request: What it was asked to do.
        added: Seconds since the epoch.
        state: Where it is.
        host: Lower case; ``LOCAL`` for a local picture.
        name: As far as it is known.
        plan: What it was started with.
        ticket: Number of the transfer or picture in hand.
        attempts: Transfers begun.
        failures: Failed transfers since it was last queued by the user.
        retry_at: When to try again, monotonic seconds.
        received: Bytes.
        size: Bytes announced.
        speed: Bytes a second.
        part: The incomplete or unpublished download.
        is_picture: Whether what arrived claims or proves to be a picture; None while it has not arrived.
        sha256: Of the content as it came in.
        original: Where the untouched file is in the end.
        file: The finished file.
        outcome: What the child answered.
        seconds_download: Time in transfers.
        error: Why it failed or waits.
        notes: For the user.
    """

    id: JobId
    batch: BatchId
    request: JobRequest
    added: float
    state: JobState = JobState.QUEUED
    host: str = LOCAL
    name: str = ""
    plan: Plan | None = None
    ticket: int | None = None
    attempts: int = 0
    failures: int = 0
    retry_at: float | None = None
    received: int | None = None
    size: int | None = None
    speed: float | None = None
    part: PartFile | None = None
    is_picture: bool | None = None
    sha256: str | None = None
    original: str | None = None
    file: str | None = None
    outcome: ProcessOutcome | None = None
    seconds_download: float | None = None
    error: ErrorReport | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def is_local(self) -> bool:
        """Whether its source is a file of this computer."""
        return self.request.kind is SourceKind.FILE

    def first_snapshot(self) -> JobSnapshot:
        """The job as a frozen value before anything has happened to it: half as dear, and a long list has many."""
        request = self.request
        first = JobSnapshot(
            self.id,
            self.batch,
            request.source,
            request.kind,
            request.folder,
            self.name,
            self.state,
            self.added,
        )
        return first if self.error is None else first._replace(error=self.error)

    def snapshot(self) -> JobSnapshot:
        """The job as a frozen value."""
        outcome = self.outcome
        return JobSnapshot(
            id=self.id,
            batch=self.batch,
            source=self.request.source,
            kind=self.request.kind,
            folder=self.request.folder,
            name=self.name,
            state=self.state,
            added=self.added,
            received=self.received,
            size=self.size,
            speed=self.speed,
            attempts=self.attempts,
            retry_in=None if self.retry_at is None else max(0.0, self.retry_at - time.monotonic()),
            file=self.file,
            original=self.original,
            bytes_out=outcome.bytes_out if outcome else None,
            sha256=self.sha256,
            width=outcome.width if outcome else None,
            height=outcome.height if outcome else None,
            format=outcome.format if outcome else None,
            seconds_download=self.seconds_download,
            seconds_process=outcome.seconds if outcome else None,
            error=self.error,
            notes=self.notes,
        )


class JobQueue:
    """Jobs by number, by state and by host.

    Attributes:
        counts: Jobs by kind of source and state.
        waiting: Queued jobs by host, in the order of the queue.
        ready: Jobs whose picture waits for a child, in the order of arrival.
        retrying: Jobs that wait for another try.
        changed: Numbers of jobs that changed since this was last emptied.
    """

    def __init__(self) -> None:
        self._jobs: dict[JobId, Job] = {}
        self._last_id = 0
        self._originals: set[tuple[int, int]] = set()
        self._identified = 0
        self.counts: Counter[tuple[SourceKind, JobState]] = Counter()
        self.waiting: dict[str, dict[JobId, None]] = {}
        self.ready: dict[JobId, None] = {}
        self.retrying: dict[JobId, None] = {}
        self.changed: set[JobId] = set()

    def __len__(self) -> int:
        return len(self._jobs)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._jobs.values())

    def get(self, job_id: JobId) -> Job | None:
        """The job of that number, if it is still there."""
        return self._jobs.get(job_id)

    def add(self, requests: Iterable[JobRequest], batch: BatchId) -> tuple[Job, ...]:
        """Append new jobs: queued, or failed at once where the request carries an error.

        They do not count as changed: the caller announces them as added.
        """
        now = time.time()
        jobs = []
        for number, request in enumerate(requests, self._last_id + 1):
            job = Job(
                JobId(number), batch, request, now, JobState.QUEUED, _host(request), display_name(request)
            )
            if request.error is not None:
                job.state, job.error = JobState.FAILED, request.error
            self._jobs[job.id] = job
            self._file(job)
            jobs.append(job)
        self._last_id += len(jobs)
        self.counts.update((job.request.kind, job.state) for job in jobs)
        return tuple(jobs)

    def restore(self, snapshot: JobSnapshot) -> Job:
        """Take a job over from an engine that was lost; what had begun is queued again."""
        never_read = (
            snapshot.error is not None and snapshot.error.code in _NEVER_READ and not snapshot.attempts
        )
        error = snapshot.error if never_read and snapshot.seconds_process is None else None
        request = JobRequest(snapshot.source, snapshot.kind, snapshot.folder, error)
        job = Job(snapshot.id, snapshot.batch, request, snapshot.added, name=snapshot.name)
        job.host = _host(request)
        job.attempts, job.received, job.size = snapshot.attempts, snapshot.received, snapshot.size
        job.file, job.original = snapshot.file, snapshot.original
        job.seconds_download, job.notes, job.sha256 = (
            snapshot.seconds_download,
            snapshot.notes,
            snapshot.sha256,
        )
        if snapshot.state.is_final:
            job.error = snapshot.error
            job.outcome = _outcome_of(snapshot)
        self._last_id = max(self._last_id, snapshot.id)
        self._insert(job, snapshot.state if snapshot.state.is_final else JobState.QUEUED)
        return job

    def move(self, job: Job, state: JobState) -> None:
        """Change a job's state: the only way to do so.

        Raises:
            ValueError: No such move exists; a fault of our own.
        """
        if state not in TRANSITIONS[job.state]:
            raise ValueError(f"job {job.id}: {job.state.name} -> {state.name}")
        self._leave(job)
        job.state = state
        self._enter(job)

    def fail(self, job: Job, error: ErrorReport) -> None:
        """End a job with an error."""
        job.error = error
        self.move(job, JobState.FAILED)

    def touch(self, job: Job) -> None:
        """Something beside its state changed."""
        self.changed.add(job.id)

    def remove(self, job: Job) -> None:
        """Forget a job."""
        self._leave(job)
        del self._jobs[job.id]
        self.changed.discard(job.id)

    def is_source(self, path: str) -> bool:
        """Whether a file is a local original of the queue, by whatever name or link it is reached."""
        for job in reversed(self._jobs.values()):
            if job.id <= self._identified:
                break
            if job.is_local and (identity := _identity(job.request.source)) is not None:
                self._originals.add(identity)
        self._identified = self._last_id
        return _identity(path) in self._originals

    def in_states(self, *states: JobState) -> tuple[Job, ...]:
        """The jobs that are in any of these states, in the order of the queue."""
        if not any(self.counts[kind, state] for kind in SourceKind for state in states):
            return ()
        return tuple(job for job in self._jobs.values() if job.state in states)

    def count(self, *states: JobState) -> int:
        """How many jobs are in any of these states."""
        return sum(self.counts[kind, state] for kind in SourceKind for state in states)

    def _insert(self, job: Job, state: JobState) -> None:
        job.state = state
        self._jobs[job.id] = job
        self._enter(job)

    def _enter(self, job: Job) -> None:
        self.counts[job.request.kind, job.state] += 1
        self._file(job)
        self.changed.add(job.id)

    def _file(self, job: Job) -> None:
        if job.state is JobState.QUEUED:
            self.waiting.setdefault(job.host, {})[job.id] = None
        elif job.state is JobState.DOWNLOADED:
            self.ready[job.id] = None
        elif job.state is JobState.RETRYING:
            self.retrying[job.id] = None

    def _leave(self, job: Job) -> None:
        self.counts[job.request.kind, job.state] -= 1
        if job.state is JobState.QUEUED:
            queued = self.waiting[job.host]
            del queued[job.id]
            if not queued:
                del self.waiting[job.host]
        elif job.state is JobState.DOWNLOADED:
            del self.ready[job.id]
        elif job.state is JobState.RETRYING:
            del self.retrying[job.id]


def display_name(request: JobRequest) -> str:
    """What to call a job before the server has said: the last segment of its path, or the whole source.

    Cut by hand: ``urlsplit`` would cost a list of 100,000 three seconds.
    """
    source = request.source
    if request.kind is SourceKind.FILE:
        return source.replace("\\", "/").rstrip("/").rpartition("/")[2] or source
    if request.error is not None:
        return source
    parts = source.split("#", 1)[0].split("?", 1)[0].rstrip("/").split("/")
    if len(parts) <= 3:  # "https:", "", "host"
        return source.rstrip("/")
    return unquote(parts[-1]) if "%" in parts[-1] else parts[-1]


def _identity(path: str) -> tuple[int, int] | None:
    try:
        found = Path(path).stat()
    except (OSError, ValueError):
        return None
    return found.st_dev, found.st_ino


def _host(request: JobRequest) -> str:
    """The host with its port, lower case: what downloads are limited by."""
    if request.kind is SourceKind.FILE or request.error is not None:
        return LOCAL
    parts = request.source.split("/", 3)
    return parts[2].rpartition("@")[2].lower() if len(parts) > 2 else "?"


def _outcome_of(snapshot: JobSnapshot) -> ProcessOutcome | None:
    if snapshot.seconds_process is None:
        return None
    return ProcessOutcome(
        ticket=0,
        seconds=snapshot.seconds_process,
        format=snapshot.format,
        width=snapshot.width,
        height=snapshot.height,
        bytes_out=snapshot.bytes_out,
    )
