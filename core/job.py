"""Jobs as values: what crosses threads and pipes. Standard library only.

The values are named tuples, not dataclasses, because 100,000 of them cross a pipe when a long list is added:
a named tuple is pickled in C, a frozen dataclass in Python.
"""

import re
from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import Final, NamedTuple, NewType
from urllib.parse import urlsplit

from core.asked import Asked
from core.errors import ErrorReport
from core.finished import FinishedFile
from core.settings import Existing

JobId = NewType("JobId", int)
BatchId = NewType("BatchId", int)


class JobState(Enum):
    """Where a job is on its way."""

    QUEUED = "queued"
    DOWNLOADING = "downloading"
    RETRYING = "retrying"
    PAUSED = "paused"
    DOWNLOADED = "downloaded"
    PROCESSING = "processing"
    DONE = "done"
    SKIPPED = "skipped"
    FAILED = "failed"
    CANCELLED = "cancelled"

    __hash__ = object.__hash__  # Enum's is written in Python, and every count and move needs one

    @property
    def is_final(self) -> bool:
        """Whether nothing more happens to the job on its own."""
        return self in FINAL_STATES


FINAL_STATES: Final = frozenset({JobState.DONE, JobState.SKIPPED, JobState.FAILED, JobState.CANCELLED})
UNENDED: Final = tuple(state for state in JobState if state not in FINAL_STATES)

_AGAIN: Final = frozenset({JobState.QUEUED})
_PASSWORD: Final = re.compile(r"(?<=://)([^/?#@:]*:)[^/?#]*(?=@)")

TRANSITIONS: Final[Mapping[JobState, frozenset[JobState]]] = MappingProxyType(
    {
        JobState.QUEUED: frozenset(
            {
                JobState.DOWNLOADING,
                JobState.DOWNLOADED,  # a local picture, or one whose original is kept: there is nothing to fetch
                JobState.DONE,  # it was done before, and nothing has changed since
                JobState.SKIPPED,
                JobState.FAILED,
                JobState.CANCELLED,
            }
        ),
        JobState.DOWNLOADING: frozenset(
            {
                JobState.DOWNLOADED,
                JobState.RETRYING,
                JobState.PAUSED,
                JobState.QUEUED,  # the disk is full, or has gone: it goes on when that is over; or another URL
                JobState.SKIPPED,
                JobState.DONE,  # it was done before, and the server says that it has not changed
                JobState.FAILED,
                JobState.CANCELLED,
            }
        ),
        JobState.RETRYING: frozenset({JobState.QUEUED, JobState.PAUSED, JobState.FAILED, JobState.CANCELLED}),
        JobState.PAUSED: frozenset({JobState.QUEUED, JobState.CANCELLED}),
        JobState.DOWNLOADED: frozenset(
            {
                JobState.PROCESSING,
                JobState.QUEUED,  # it has another URL now
                JobState.FAILED,
                JobState.CANCELLED,
            }
        ),
        JobState.PROCESSING: frozenset(
            {
                JobState.DONE,
                JobState.DOWNLOADED,  # the child died: another one tries
                JobState.QUEUED,  # the disk is full, or has gone
                JobState.SKIPPED,
                JobState.FAILED,
                JobState.CANCELLED,
            }
        ),
        JobState.DONE: _AGAIN,
        JobState.SKIPPED: _AGAIN,
        JobState.FAILED: _AGAIN,
        JobState.CANCELLED: _AGAIN,
    }
)


class SourceKind(Enum):
    """What a job comes from."""

    URL = "url"
    FILE = "file"

    __hash__ = object.__hash__  # as above


def bounded(source: str, longest: int = 2_000) -> str:
    """A source as reports have it: exact, but for a password in a URL, and a ``data:`` URL of more characters, which is cut.

    The user's name stays, so that who made the list finds the line again. User information ends at the last ``@``
    before the path, query or fragment (RFC 3986, section 3.2).
    """
    if source[:5].lower() == "data:":
        return source if len(source) <= longest else source[: longest - 1] + "…"
    return _PASSWORD.sub(r"\1***", source, count=1) if "@" in source else source


class JobRequest(NamedTuple):
    """One thing to do, before it is a job.

    Attributes:
        source: The URL (http, https or data), or the absolute path of a local picture.
        kind: What the source is.
        folder: Where below the destination the finished file goes, ``/``-separated; empty for the top.
        error: Why it cannot be done at all, found while reading: the job is born failed.
        asked: What it is asked with, where that was said.
        added_as: The source that it was added with, where it was given another one since: by that it is recognised as
            well, and under that its part file lies.
    """

    source: str
    kind: SourceKind
    folder: str = ""
    error: ErrorReport | None = None
    asked: Asked | None = None
    added_as: str = ""


class Drop(NamedTuple):
    """What was dropped, pasted or named, as it came: nothing is read or parsed yet.

    Attributes:
        text: Text with URLs anywhere in it.
        sources: URLs and paths, each for itself.
        ticket: By which whoever dropped it recognises its report; 0 where nobody waits for one.
        asked: Headers and a cookie file that all its links are asked with, unless one says something else.
        columns: Of tables, which are to be kept with the links of their rows.
    """

    text: str = ""
    sources: tuple[str, ...] = ()
    ticket: int = 0
    asked: Asked | None = None
    columns: tuple[str, ...] = ()


class BatchReport(NamedTuple):
    """What came of one drop, when all of it is read.

    Attributes:
        batch: Its number; batches count from 1.
        title: A short name for people: the list's or folder's name, or the number of links.
        added: New jobs.
        duplicates: URLs and files that the queue or the batch held already.
        invalid: Lines and files that are no source; the first 1,000 became failed rows.
        ignored: Lines of plain words, and files in folders that are neither pictures nor lists.
        again: Sources that were done already and are queued again, to be skipped where nothing has changed.
        ticket: The drop's.
    """

    batch: BatchId
    title: str
    added: int
    duplicates: int
    invalid: int
    ignored: int
    again: int = 0
    ticket: int = 0


class Edit(NamedTuple):
    """What jobs are to be asked for by and with from now on.

    Attributes:
        ids: The jobs; what is done or a local picture among them is left alone. Empty where headers are only looked at.
        source: The URL, or a curl command for it, whose headers then count; None leaves the URLs as they are.
        asked: Headers and cookie file, in place of those before; None leaves them as they are.
        applies: Whether it is done, or only looked at.
        ticket: By which whoever wanted it recognises the answer.
    """

    ids: tuple[JobId, ...]
    source: str | None = None
    asked: Asked | None = None
    applies: bool = True
    ticket: int = 0


class Edited(NamedTuple):
    """What came, or would come, of an edit.

    Attributes:
        ticket: The edit's.
        jobs: How many jobs it is about.
        error: Why it cannot be done.
        source: The URL as it is understood.
        asked: What the curl command asks with; None where it was none.
    """

    ticket: int
    jobs: int = 0
    error: ErrorReport | None = None
    source: str | None = None
    asked: Asked | None = None


class Order(NamedTuple):
    """What Start was told: where to, and what to make.

    Attributes:
        destination: Absolute path of the folder for finished files.
        recipe: Name of a built-in recipe, or the path of a recipe file.
        refresh: Whether servers are asked if what was done already has changed there.
        holds: Whether a full disk, a destination that has gone or a network that is away is waited for; else what
            meets it fails, after its tries, as nobody is there to help.
        existing: What happens in this run to names that are taken; None for what the settings say.
    """

    destination: str
    recipe: str
    refresh: bool = False
    holds: bool = True
    existing: Existing | None = None


class JobSnapshot(NamedTuple):
    """A job at one moment, for the window and for reports. ``None`` is unknown.

    Attributes:
        id: The job's number.
        batch: The batch it was added with.
        source: The URL or absolute path.
        kind: What the source is.
        folder: Where below the destination its file goes.
        name: What people call it: the file's name as far as it is known.
        state: Where it is on its way.
        added: When it was added, seconds since the epoch.
        received: Bytes downloaded so far (the file's size for a local source).
        size: Bytes that the server announced.
        speed: Bytes a second, while downloading.
        attempts: Transfers begun.
        retry_in: Seconds until the next attempt, while retrying.
        file: Absolute path of the finished file.
        original: Absolute path of the download as it came, where it was kept apart; of the local picture.
        bytes_out: Size of the finished file.
        sha256: Of the content as it came in, hexadecimal.
        width: Of the finished picture, pixels.
        height: Of the finished picture, pixels.
        format: Of the finished picture: ``JPEG``, ``PNG`` ...
        seconds_download: Time spent in transfers.
        seconds_process: Time spent on the picture.
        error: Why it failed, or is waiting for another try.
        notes: What could not be carried into the finished picture, or why it was skipped; a sentence each.
        asked: What it is asked with, where that was said.
        added_as: The source that it was added with, where it was given another one since; else empty.
        mirror: From which of its mirrors it is fetched, from 1; 0 for its source.
        files: What became of each output of a recipe that gives its outputs names; else empty.
    """

    id: JobId
    batch: BatchId
    source: str
    kind: SourceKind
    folder: str
    name: str
    state: JobState
    added: float
    received: int | None = None
    size: int | None = None
    speed: float | None = None
    attempts: int = 0
    retry_in: float | None = None
    file: str | None = None
    original: str | None = None
    bytes_out: int | None = None
    sha256: str | None = None
    width: int | None = None
    height: int | None = None
    format: str | None = None
    seconds_download: float | None = None
    seconds_process: float | None = None
    error: ErrorReport | None = None
    notes: tuple[str, ...] = ()
    asked: Asked | None = None
    added_as: str = ""
    mirror: int = 0
    files: tuple[FinishedFile, ...] = ()

    @property
    def finished(self) -> tuple[str, ...]:
        """The paths of all finished files."""
        return tuple(one.file for one in self.files if one.file) or ((self.file,) if self.file else ())

    @property
    def host(self) -> str:
        """The host of a URL; empty for a local picture, and for a URL that carries its file."""
        has_host = self.kind is SourceKind.URL and self.source[:5].lower() != "data:"
        return (urlsplit(self.source).hostname or "") if has_host else ""


class RunState(Enum):
    """What the engine is doing as a whole."""

    IDLE = "idle"
    RUNNING = "running"
    PAUSED = "paused"


class Progress(NamedTuple):
    """How far a phase is.

    Attributes:
        done: Jobs that are through it.
        all: Jobs that go through it.
        partly: What the jobs in the middle of it amount to, in jobs.
    """

    done: int = 0
    all: int = 0
    partly: float = 0.0

    @property
    def units(self) -> float:
        """What is done, in jobs and parts of them."""
        return self.done + self.partly

    @property
    def left(self) -> int:
        """Jobs that are not through it."""
        return self.all - self.done

    @property
    def share(self) -> float | None:
        """From 0 to 1; None when there is nothing to do."""
        return min(1.0, self.units / self.all) if self.all else None


class Totals(NamedTuple):
    """The whole queue in numbers, ten times a second at the most.

    Attributes:
        run: What the engine is doing.
        counts: Jobs in each state; states without a job are left out.
        downloads: How far the downloads are; a local picture is none.
        processing: How far the processing is; a job that ended in any way is through it.
        overall: Both phases together.
        speed: Bytes a second over the last seconds.
        seconds_left: An estimate; None when there is no ground for one.
        bottleneck: ``"network"`` or ``"processing"``, whichever holds the other up; None when neither does.
        trouble: Why the engine has paused by itself (disk full, destination gone, queue not writable), or runs and
            yet waits (network away); it goes on by itself when that is over, or when it is told to resume.
        undoable: How many jobs ``undo`` would bring back to the list.
    """

    run: RunState
    counts: Mapping[JobState, int]
    downloads: Progress = Progress()
    processing: Progress = Progress()
    overall: Progress = Progress()
    speed: float = 0.0
    seconds_left: float | None = None
    bottleneck: str | None = None
    trouble: ErrorReport | None = None
    undoable: int = 0

    def count(self, *states: JobState) -> int:
        """How many jobs are in any of these states."""
        return sum(self.counts.get(state, 0) for state in states)


class RecipeTitle(NamedTuple):
    """A recipe as people choose it.

    Attributes:
        name: Its stable name.
        title: For the screen.
        summary: What it does, one sentence.
        is_own: Whether it is one of the user's own.
    """

    name: str
    title: str
    summary: str
    is_own: bool = False
