"""A job while the engine works on it, and the plan it is worked on by."""

import time
from dataclasses import dataclass, field

from core.destination import Room
from core.downloads.part_file import PartFile
from core.errors import ErrorReport
from core.images.recipe import Recipe
from core.images.task import ProcessOutcome
from core.job import BatchId, JobId, JobRequest, JobSnapshot, JobState, SourceKind
from core.ledger import Known, Publication, Stamp
from core.scheduler import LOCAL
from core.settings import Existing
from core.sources.keys import source_key
from core.summary import host_of


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to become of the jobs that start now.

    Attributes:
        destination: Absolute path.
        recipe: What to make.
        existing: What to do with names that are taken.
        keep_originals: Whether downloads are kept beside what was made of them.
        fingerprint: Of the recipe.
        holds: Whether trouble with the destination pauses the run instead of failing jobs.
        room: The destination as it was at the beginning.
    """

    destination: str
    recipe: Recipe
    existing: Existing
    keep_originals: bool
    fingerprint: str
    holds: bool
    room: Room


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
        known: What the ledger knows of its source for that plan; None while nobody has looked.
        refresh: Whether its server is to be asked if it has changed there.
        publication: Its last step, while that is being done: it can no longer be stopped.
        ticket: Number of the transfer or picture in hand.
        attempts: Transfers begun.
        failures: Failed transfers since it was last queued by the user.
        deaths: Children that died over its picture.
        retry_at: When to try again, monotonic seconds.
        received: Bytes.
        size: Bytes announced.
        speed: Bytes a second.
        part: The incomplete or unpublished download.
        is_picture: Whether what arrived claims or proves to be a picture; None while it has not arrived.
        sha256: Of the content as it came in.
        original: Where the untouched file is in the end.
        file: The finished file.
        stamp: Of a local picture when it was given to a child.
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
    known: Known | None = None
    refresh: bool = False
    publication: Publication | None = None
    ticket: int | None = None
    attempts: int = 0
    failures: int = 0
    deaths: int = 0
    retry_at: float | None = None
    received: int | None = None
    size: int | None = None
    speed: float | None = None
    part: PartFile | None = None
    is_picture: bool | None = None
    sha256: str | None = None
    original: str | None = None
    file: str | None = None
    stamp: Stamp | None = None
    outcome: ProcessOutcome | None = None
    seconds_download: float | None = None
    error: ErrorReport | None = None
    notes: tuple[str, ...] = field(default=())

    @property
    def key(self) -> str:
        """By what its source is recognised."""
        return source_key(self.request.source, self.request.kind)

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


def failed_so(job: Job, code: str | None, host: str | None) -> bool:
    """Whether the job failed for this cause (an error's code) at this host; None is any."""
    is_cause = code is None or (job.error is not None and job.error.code == code)
    return is_cause and host in (None, host_of(job.request.source, job.request.kind))
