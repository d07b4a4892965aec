"""What came of a run, in numbers that add up."""

from collections import Counter

from core.downloads.inline import is_inline
from core.finished import bytes_written
from core.images.notes import kind_of
from core.images.wanted import general_wish
from core.job import JobSnapshot, JobState, SourceKind
from core.ledger import UP_TO_DATE_NOTES, is_up_to_date
from core.report import FailureCount, NoteCount, Summary

_MOST_NOTES = 50


class Account:
    """Adds jobs up that have ended, each once."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()
        self._failures: Counter[tuple[str, str, str]] = Counter()
        self._notes: Counter[str] = Counter()
        self._formats: Counter[str] = Counter()

    def add(self, job: JobSnapshot) -> None:
        """A job that has ended."""
        counts = self._counts
        counts["all"] += 1
        counts["up-to-date" if is_up_to_date(job) else job.state.value] += 1
        self._notes.update(_general(note) for note in job.notes if note not in UP_TO_DATE_NOTES)
        if job.state is JobState.FAILED and job.error is not None:
            self._failures[job.error.code, job.error.title, host_of(job.source, job.kind)] += 1
        if is_up_to_date(job):
            return
        if job.state is not JobState.SKIPPED:
            counts["bytes-in"] += job.received or 0
        if job.state is JobState.DONE:
            written = bytes_written(job.files, job.bytes_out)
            counts["bytes-out"] += (job.received if written is None else written) or 0
            self._formats.update([job.format] if job.format else [])

    def summary(self, title: str, seconds: float, destination: str) -> Summary:
        """What came of all of them; the manifest is still to be named.

        Args:
            title: What they were.
            seconds: From the run's beginning to its end.
            destination: Absolute path.
        """
        counts = self._counts
        return Summary(
            title,
            seconds,
            counts["all"],
            counts["done"],
            counts["up-to-date"],
            counts["skipped"],
            counts["failed"],
            counts["cancelled"],
            counts["bytes-in"],
            counts["bytes-out"],
            tuple(FailureCount(*cause, count) for cause, count in self._failures.most_common()),
            tuple(NoteCount(*note) for note in self._notes.most_common(_MOST_NOTES)),
            tuple(self._formats.most_common()),
            destination,
        )


def host_of(source: str, kind: SourceKind) -> str:
    """The host with its port, lower case; empty for a local picture or for what is no URL."""
    parts = source.split("/", 3)
    if kind is SourceKind.FILE or is_inline(source) or "://" not in source or len(parts) < 3:
        return ""
    return parts[2].rpartition("@")[2].lower()


def _general(note: str) -> str:
    """A note without what is particular to one job, so that notes of a kind are counted together."""
    if note.startswith("The same content came from "):
        return "The same content came from another source as well."
    if note.endswith((" was in the destination before.", " was there before.")):
        return "A file of that name was in the destination before."
    return general_wish(note) or kind_of(note)
