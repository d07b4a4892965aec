"""A job while the engine works on it, and the plan it is worked on by."""

import time
from dataclasses import dataclass
from typing import Generic, TypeVar
from urllib.parse import unquote

from core.destination import Room
from core.downloads.part_file import PartFile
from core.errors import ErrorReport
from core.images.recipe import Recipe
from core.images.task import ProcessOutcome
from core.job import BatchId, JobId, JobRequest, JobSnapshot, JobState, SourceKind
from core.ledger import Known, Publication, Stamp
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
        keeps_dates: Whether downloads get the dates that servers say they have.
    """

    destination: str
    recipe: Recipe
    existing: Existing
    keep_originals: bool
    fingerprint: str
    holds: bool
    room: Room
    keeps_dates: bool = True


@dataclass(slots=True, eq=False)
class _Begun:
    """What a job has only once something was done for it; see ``Job``."""

    plan: Plan | None = None
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
    notes: tuple[str, ...] = ()


_T = TypeVar("_T")


class _Later(Generic[_T]):
    """A field of ``_Begun``, which is made when the first of them gets a value.

    Most jobs of a long list wait or have not changed for long: without this each would take 200 bytes more.
    """

    def __init__(self, default: _T) -> None:
        self._default = default

    def __set_name__(self, owner: type["Job"], name: str) -> None:
        self._name = name

    def __get__(self, job: "Job", owner: type["Job"]) -> _T:
        begun = job._begun  # noqa: SLF001  # the job's own
        if begun is None:
            return self._default
        value: _T = getattr(begun, self._name)
        return value

    def __set__(self, job: "Job", value: _T) -> None:
        if job._begun is None:  # noqa: SLF001  # the job's own
            if value == self._default:
                return
            job._begun = _Begun()  # noqa: SLF001  # the job's own
        setattr(job._begun, self._name, value)  # noqa: SLF001  # the job's own


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

    __slots__ = ("_begun", "_name", "added", "batch", "host", "id", "known", "request", "state")

    plan = _Later[Plan | None](None)
    refresh = _Later[bool](default=False)
    publication = _Later[Publication | None](None)
    ticket = _Later[int | None](None)
    attempts = _Later[int](0)
    failures = _Later[int](0)
    deaths = _Later[int](0)
    retry_at = _Later[float | None](None)
    received = _Later[int | None](None)
    size = _Later[int | None](None)
    speed = _Later[float | None](None)
    part = _Later[PartFile | None](None)
    is_picture = _Later[bool | None](None)
    sha256 = _Later[str | None](None)
    original = _Later[str | None](None)
    file = _Later[str | None](None)
    stamp = _Later[Stamp | None](None)
    outcome = _Later[ProcessOutcome | None](None)
    seconds_download = _Later[float | None](None)
    error = _Later[ErrorReport | None](None)
    notes = _Later[tuple[str, ...]](())

    def __init__(self, job_id: JobId, batch: BatchId, request: JobRequest, added: float, host: str) -> None:
        self.id = job_id
        self.batch = batch
        self.request = request
        self.added = added
        self.host = host
        self.state = JobState.QUEUED
        self.known: Known | None = None
        self._name: str | None = None
        self._begun: _Begun | None = None

    @property
    def name(self) -> str:
        """As far as it is known; worked out from the source until something better is."""
        return display_name(self.request) if self._name is None else self._name

    @name.setter
    def name(self, name: str) -> None:
        """Something better is known."""
        self._name = None if name == display_name(self.request) else name

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
        if self.error is None and request.asked is None:
            return first
        return first._replace(error=self.error, asked=request.asked)

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
            asked=self.request.asked,
        )


def failed_so(job: Job, code: str | None, host: str | None) -> bool:
    """Whether the job failed for this cause (an error's code) at this host; None is any."""
    is_cause = code is None or (job.error is not None and job.error.code == code)
    return is_cause and host in (None, host_of(job.request.source, job.request.kind))


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
