"""What goes to the store's thread and what it answers: frozen values."""

from collections.abc import Callable
from typing import NamedTuple

from core.errors import ErrorReport
from core.job import BatchId, BatchReport, JobId, JobSnapshot
from core.ledger import Inquiry, Known, Publication, Published
from core.report import Export, Exported
from core.store_books import Books

Write = Callable[[Books], None]


class Found(NamedTuple):
    """The answer to an inquiry."""

    inquiry: Inquiry
    known: tuple[tuple[JobId, Known], ...]


class BatchStored(NamedTuple):
    """A batch is on the disk, all of it."""

    report: BatchReport


class Trouble(NamedTuple):
    """The queue file cannot be written at the moment, for this reason; None when it can be again."""

    report: ErrorReport | None


class ManifestWritten(NamedTuple):
    """The manifest of a destination is up to date; no path where it could not be written."""

    destination: str
    path: str | None


Answer = Found | Published | BatchStored | Trouble | Exported | ManifestWritten


class Inquiring(NamedTuple):
    """Something is to be found out for somebody beside the run, who is called with the answer on the store's thread."""

    inquiry: Inquiry
    take: Callable[[tuple[tuple[JobId, Known], ...]], None]


class EndBatch(NamedTuple):
    """All of a batch is read."""

    report: BatchReport


class Writing(NamedTuple):
    """Something to be done in a transaction."""

    write: Write


class WriteManifest(NamedTuple):
    """The manifest of a destination is to be written."""

    destination: str


class ExportJobs(NamedTuple):
    """Jobs are to be written to a file."""

    wish: Export
    jobs: tuple[JobSnapshot, ...]


class Adding(NamedTuple):
    """Jobs of a batch that is still being read."""

    batch: BatchId
    jobs: tuple[JobSnapshot, ...]
    taken: Callable[[], None]


class Saving(NamedTuple):
    """Jobs as they stand now."""

    jobs: tuple[JobSnapshot, ...]


class Removing(NamedTuple):
    """Jobs to be forgotten."""

    ids: tuple[JobId, ...]


Work = (
    Adding
    | Saving
    | Removing
    | EndBatch
    | Writing
    | WriteManifest
    | ExportJobs
    | Inquiry
    | Inquiring
    | Publication
    | None
)


def changes_file(one: Work) -> bool:
    """Whether it needs a transaction."""
    return not isinstance(one, Inquiry | Inquiring | ExportJobs | WriteManifest | None)
