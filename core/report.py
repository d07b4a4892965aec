"""What the engine says of the queue as a whole, and what it is asked to write of it: frozen values."""

from enum import Enum
from typing import NamedTuple

from core.errors import ErrorReport
from core.job import JobId


class Recovery(NamedTuple):
    """What the engine found on disk when it began.

    Attributes:
        jobs: How many jobs are on the list again.
        unfinished: How many of them have not ended.
        was_running: Whether they were being worked on when the last engine ended: ``resume`` goes on with them.
        was_paused: Whether the user had paused them: they stay so.
        messages: What was wrong with the queue file and what became of it; empty when all was well.
    """

    jobs: int
    unfinished: int
    was_running: bool = False
    was_paused: bool = False
    messages: tuple[ErrorReport, ...] = ()


class FailureCount(NamedTuple):
    """How many jobs failed for one cause at one host.

    Attributes:
        code: The error's stable word.
        title: The error's title, for people.
        host: With its port; empty for local pictures.
        jobs: How many.
    """

    code: str
    title: str
    host: str
    jobs: int


class NoteCount(NamedTuple):
    """How often a note was made: what could not be carried into the finished picture, or why it was skipped.

    Attributes:
        note: A sentence.
        jobs: How many.
    """

    note: str
    jobs: int


class Summary(NamedTuple):
    """What came of a run: the jobs that ended since it began. ``all`` is the sum of the five counts after it.

    Attributes:
        title: The batch's, or how many batches took part.
        seconds: From its beginning to its end.
        all: Jobs that ended.
        done: Files made.
        up_to_date: Skipped because the finished file was there already, made by the same recipe from the same source.
        skipped: Skipped for other reasons.
        failed: Failed.
        cancelled: Given up by the user.
        bytes_in: Received by downloads, and read from local pictures.
        bytes_out: Written into finished files.
        failures: By cause and host, the most frequent first.
        notes: The most frequent first.
        formats: How many pictures became which format: ``("JPEG", 12)``, the most frequent first.
        destination: Absolute path.
        manifest: Absolute path of the manifest; None where none was written.
    """

    title: str
    seconds: float
    all: int
    done: int
    up_to_date: int
    skipped: int
    failed: int
    cancelled: int
    bytes_in: int
    bytes_out: int
    failures: tuple[FailureCount, ...] = ()
    notes: tuple[NoteCount, ...] = ()
    formats: tuple[tuple[str, int], ...] = ()
    destination: str = ""
    manifest: str | None = None


class ExportForm(Enum):
    """How jobs are written to a file."""

    STATE = "state"  # JSON Lines with all that is known; adding such a file brings the jobs back as they were
    URLS = "urls"  # plain sources, one a line


class Export(NamedTuple):
    """Which jobs are to be written where.

    Attributes:
        path: Absolute; a file that is there is replaced once the new one is whole.
        form: How.
        ids: Which jobs; None for all.
        failed_only: Whether only failed ones of them.
    """

    path: str
    form: ExportForm
    ids: tuple[JobId, ...] | None = None
    failed_only: bool = False


class Exported(NamedTuple):
    """What came of an export.

    Attributes:
        path: The file.
        jobs: How many are in it.
        error: Why there is none.
    """

    path: str
    jobs: int
    error: ErrorReport | None = None
