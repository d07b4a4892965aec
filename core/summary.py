"""What came of a run, in numbers that add up."""

import re
from collections import Counter
from collections.abc import Iterable

from core.downloads.inline import is_inline
from core.job import JobSnapshot, JobState, SourceKind
from core.ledger import UP_TO_DATE_NOTES, is_up_to_date
from core.report import FailureCount, NoteCount, Summary

_MOST_NOTES = 50
_COUNTED_FRAMES = re.compile(r"\b[0-9]+ (?=(?:of its )?frames\b)")


def summary_of(jobs: Iterable[JobSnapshot], title: str, seconds: float, destination: str) -> Summary:
    """The summary of jobs that have ended; the manifest is still to be named.

    Args:
        jobs: Each once.
        title: What they were.
        seconds: From the run's beginning to its end.
        destination: Absolute path.
    """
    counts: Counter[str] = Counter()
    failures: Counter[tuple[str, str, str]] = Counter()
    notes: Counter[str] = Counter()
    formats: Counter[str] = Counter()
    for job in jobs:
        counts["all"] += 1
        counts["up-to-date" if is_up_to_date(job) else job.state.value] += 1
        notes.update(_general(note) for note in job.notes if note not in UP_TO_DATE_NOTES)
        if job.state is JobState.FAILED and job.error is not None:
            failures[job.error.code, job.error.title, host_of(job.source, job.kind)] += 1
        if is_up_to_date(job):
            continue
        if job.state is not JobState.SKIPPED:
            counts["bytes-in"] += job.received or 0
        if job.state is JobState.DONE:
            counts["bytes-out"] += (job.bytes_out if job.bytes_out is not None else job.received) or 0
            formats.update([job.format] if job.format else [])
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
        tuple(FailureCount(*cause, count) for cause, count in failures.most_common()),
        tuple(NoteCount(*note) for note in notes.most_common(_MOST_NOTES)),
        tuple(formats.most_common()),
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
    return _COUNTED_FRAMES.sub("several ", note)
