"""A job while the engine works on it, and the plan it is worked on by."""

import os
import time
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, Generic, NamedTuple, TypeVar
from urllib.parse import unquote

from core.commons import Common, host_in
from core.destination import Room
from core.downloads.extensions import with_extension
from core.downloads.inline import is_inline, media_type
from core.downloads.part_file import PartFile
from core.downloads.template import Picture, Place
from core.errors import ErrorReport
from core.finished import FinishedFile
from core.images.task import ProcessOutcome
from core.images.whole_recipe import Recipe
from core.job import BatchId, JobId, JobRequest, JobSnapshot, JobState, SourceKind, bounded
from core.ledger import Known, Publication, Stamp
from core.naming import Naming
from core.remains import Remains, packed, unpacked
from core.settings import Existing
from core.sources.keys import keys_of, source_key

_FIRST_OF_REQUEST: Final = 3


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to become of the jobs that start now.

    Attributes:
        destination: Absolute path.
        recipe: What to make.
        existing: What to do with names that are taken.
        keep_originals: Whether downloads are kept beside what was made of them.
        fingerprint: Of the recipe.
        holds: Whether trouble with the destination or the network is waited for instead of failing jobs.
        room: The destination as it was at the beginning.
        naming: Where files go below the destination, and what they are called.
        keeps_dates: Whether files get the dates of their originals.
    """

    destination: str
    recipe: Recipe
    existing: Existing
    keep_originals: bool
    fingerprint: str
    holds: bool
    room: Room
    naming: Naming
    keeps_dates: bool = True

    def of(self, job: "Job") -> "Plan":
        """The plan by which a job is worked on: where the user has said what is to happen to its names, by that."""
        answer = job.answer
        return self if answer is None or not answer.holds(self) else replace(self, existing=answer.choice)

    def place(self, job: "Job", name: str, picture: Picture | None = None) -> Place:
        """Where below the destination a job's file goes that has this name; what is known of it if it was made."""
        return self.naming.place(name, job.request, job.id, job.batch, picture)

    def expected(self, job: "Job") -> tuple[Place | None, ...]:
        """Where a job's finished files will go; None where the name is known only once the picture is made."""
        return self.naming.expected(job.name, self.recipe, job.request, job.id, job.batch)


class NameAnswer(NamedTuple):
    """What the user wants done where a job's name is taken. It is said of one file, and of no other that is in the way.

    Attributes:
        choice: What is to be done.
        about: The sentence in which the user was told of that file.
        plan: By which the job was worked on; None after a restart.
    """

    choice: Existing
    about: str
    plan: Plan | None

    def holds(self, plan: Plan) -> bool:
        """Whether it was said of what this plan makes: in another place, or made otherwise, other files are in the way."""
        if self.plan is None:
            return self.about.startswith(os.path.join(plan.destination, ""))  # noqa: PTH118  # it ends with a separator
        return _files_of(self.plan) == _files_of(plan)


def _files_of(plan: Plan) -> tuple[object, ...]:
    """What decides where a job's files go and what they are called."""
    return plan.destination, plan.recipe.name, plan.fingerprint, plan.naming.template


@dataclass(slots=True, eq=False)
class Begun:
    """What a job has only once something was done for it; see ``Job``, whose attributes these are. First the fields of ``Remains``, in their order."""

    attempts: int = 0
    received: int | None = None
    size: int | None = None
    sha256: str | None = None
    original: str | None = None
    file: str | None = None
    outcome: ProcessOutcome | None = None
    seconds_download: float | None = None
    notes: tuple[str, ...] = ()
    files: tuple[FinishedFile, ...] = ()
    plan: Plan | None = None
    refresh: bool = False
    publication: Publication | None = None
    ticket: int | None = None
    failures: int = 0
    mirror: int = 0
    deaths: int = 0
    retry_at: float | None = None
    speed: float | None = None
    part: PartFile | None = None
    is_picture: bool | None = None
    stamp: Stamp | None = None
    error: ErrorReport | None = None
    answer: NameAnswer | None = None


_T = TypeVar("_T")
_NOTHING_BEGUN: Final = Begun()


class _Later(Generic[_T]):
    """A field of ``Begun``, which is made when the first of them gets a value.

    Most jobs of a long list wait, or have ended (``Job.rest``): without this each would take 200 bytes more.
    """

    def __init__(self, default: _T) -> None:
        self._default = default

    def __set_name__(self, owner: type["Job"], name: str) -> None:
        self._name = name

    def __get__(self, job: "Job", owner: type["Job"]) -> _T:
        begun = job._begun  # noqa: SLF001  # the job's own
        if begun is None:
            return self._default
        if isinstance(begun, bytes):
            begun = Begun(*unpacked(begun))
        value: _T = getattr(begun, self._name)
        return value

    def __set__(self, job: "Job", value: _T) -> None:
        begun = job._begun  # noqa: SLF001  # the job's own
        if not isinstance(begun, Begun):
            if value == self.__get__(job, type(job)):
                return  # nothing new: it goes on waiting, or resting
            begun = job.begun
        setattr(begun, self._name, value)


class Job:
    """A job on its way. Only the engine's thread touches it; only ``JobQueue.move`` changes its state.

    Attributes:
        id: Its number.
        source: Its request's.
        common: What it has in common with others.
        state: Where it is.
        name: As far as it is known.
        plan: What it was started with.
        known: What the ledger knows of its source for that plan; None while nobody has looked.
        refresh: Whether its server is to be asked if it has changed there.
        publication: Its last step, while that is being done: it can no longer be stopped.
        ticket: Number of the transfer or picture in hand.
        attempts: Transfers begun.
        failures: Failed transfers since it was last queued by the user, or turned to a mirror.
        mirror: From which of its mirrors it is fetched, from 1; 0 for its source.
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
        files: All finished files of a recipe that names its outputs.
        stamp: Of a local picture when it was given to a child.
        outcome: What the child answered.
        seconds_download: Time in transfers.
        error: Why it failed or waits.
        notes: For the user.
        answer: What the user wants done, where its name is taken; None where nobody was asked.
    """

    __slots__ = ("_begun", "_name", "common", "id", "known", "source", "state")

    plan = _Later[Plan | None](None)
    refresh = _Later[bool](default=False)
    publication = _Later[Publication | None](None)
    ticket = _Later[int | None](None)
    attempts = _Later[int](0)
    failures = _Later[int](0)
    mirror = _Later[int](0)
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
    files = _Later[tuple[FinishedFile, ...]](())
    answer = _Later[NameAnswer | None](None)

    def __init__(self, job_id: JobId, source: str, common: Common) -> None:
        self.id = job_id
        self.source = source
        self.common = common
        self.state = JobState.QUEUED
        self.known: Known | None = None
        self._name: str | None = None
        self._begun: Begun | bytes | None = None

    @property
    def batch(self) -> BatchId:
        """What it was added with."""
        return self.common.batch

    @property
    def host(self) -> str:
        """What its downloads are limited by: the host that it is fetched from."""
        return host_in(self.url) if self.mirror else self.common.host

    @property
    def kind(self) -> SourceKind:
        """What its source is."""
        return self.common.kind

    @property
    def request(self) -> JobRequest:
        """What it was asked to do."""
        return JobRequest(self.source, *self.common[_FIRST_OF_REQUEST:])

    @property
    def name(self) -> str:
        """As far as it is known; worked out from the source until something better is."""
        return self._first_name() if self._name is None else self._name

    @name.setter
    def name(self, name: str) -> None:
        """Something better is known."""
        self._name = None if name == self._first_name() else name

    def _first_name(self) -> str:
        return _name_from(self.source, self.common.kind, self.common.error)

    @property
    def key(self) -> str:
        """By what its source is recognised."""
        return source_key(self.source, self.common.kind)

    @property
    def mirrors(self) -> tuple[str, ...]:
        """Other URLs of its file."""
        return () if self.common.asked is None else self.common.asked.mirrors

    @property
    def url(self) -> str:
        """Where it is fetched from: its source, or the mirror in its place."""
        return self.mirrors[self.mirror - 1] if self.mirror else self.source

    @property
    def keys(self) -> tuple[str, ...]:
        """By what it is recognised where something is added; its part file lies under the first."""
        return keys_of(self.source, self.common.added_as, self.common.kind)

    @property
    def has_begun(self) -> bool:
        """Whether there is more to be said of it than ``first_snapshot`` does."""
        return self._begun is not None

    @property
    def begun(self) -> Begun:
        """All that it has only once something is done for it, to be read and set at a quarter of the price."""
        begun = self._begun
        if not isinstance(begun, Begun):
            begun = self._begun = Begun() if begun is None else Begun(*unpacked(begun))
        return begun

    @property
    def is_local(self) -> bool:
        """Whether its source is a file of this computer."""
        return self.common.kind is SourceKind.FILE

    def take_over(self, remains: Remains, error: ErrorReport | None) -> None:
        """Begin with what came of it in an earlier engine."""
        self._begun = packed(remains)
        if error is not None:
            self.error = error

    def rest(self) -> None:
        """Forget how a job that has ended well was worked on, and keep what came of it in few bytes.

        Whatever is asked of it is as before, and what is set is set.
        """
        begun = self._begun
        if begun is None or isinstance(begun, bytes) or begun.error is not None:
            return
        if begun.part is None and begun.ticket is None and begun.publication is None:
            self._begun = packed(Remains(*[getattr(begun, name) for name in Remains._fields]))

    def first_snapshot(self) -> JobSnapshot:
        """The job as a frozen value before anything has happened to it: half as dear, and a long list has many."""
        batch, added, _, kind, folder, error, asked, added_as = self.common
        name = _name_from(self.source, kind, error) if self._name is None else self._name
        first = JobSnapshot(self.id, batch, self.source, kind, folder, name, self.state, added)
        if self._begun is None and asked is None and not added_as:
            return first
        return first._replace(error=self.error, asked=asked, added_as=added_as)

    def snapshot(self) -> JobSnapshot:
        """The job as a frozen value."""
        batch, added, _, kind, folder, _, asked, added_as = self.common
        begun = self._begun or _NOTHING_BEGUN
        if isinstance(begun, bytes):
            begun = Begun(*unpacked(begun))
        outcome = begun.outcome
        return JobSnapshot(
            id=self.id,
            batch=batch,
            source=self.source,
            kind=kind,
            folder=folder,
            name=self.name,
            state=self.state,
            added=added,
            received=begun.received,
            size=begun.size,
            speed=begun.speed,
            attempts=begun.attempts,
            retry_in=None if begun.retry_at is None else max(0.0, begun.retry_at - time.monotonic()),
            file=begun.file,
            original=begun.original,
            bytes_out=outcome.bytes_out if outcome else None,
            sha256=begun.sha256,
            width=outcome.width if outcome else None,
            height=outcome.height if outcome else None,
            format=outcome.format if outcome else None,
            seconds_download=begun.seconds_download,
            seconds_process=outcome.seconds if outcome else None,
            error=begun.error,
            notes=begun.notes,
            asked=asked,
            added_as=added_as,
            mirror=begun.mirror,
            files=begun.files,
        )


def display_name(request: JobRequest) -> str:
    """What to call a job before the server has said: the last segment of its path, or the whole source."""
    return _name_from(request.source, request.kind, request.error)


@lru_cache(maxsize=256)  # a job under way is called by it a dozen times
def _name_from(source: str, kind: SourceKind, error: ErrorReport | None) -> str:
    """Cut by hand: ``urlsplit`` would cost a list of 100,000 three seconds."""
    if kind is SourceKind.FILE:
        return source.replace("\\", "/").rstrip("/").rpartition("/")[2] or source
    if is_inline(source):
        return with_extension("", media_type(source), None)
    if error is not None:
        return bounded(source)
    parts = source.split("#", 1)[0].split("?", 1)[0].rstrip("/").split("/")
    if len(parts) <= 3:  # "https:", "", "host"
        return bounded(source.rstrip("/"))
    return unquote(parts[-1]) if "%" in parts[-1] else parts[-1]
