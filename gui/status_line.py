"""The whole queue in one sentence. Pure functions."""

from typing import Final

from core.job import JobState, Progress, RunState, Totals
from gui.formatting import count_text, in_sentence, left_text, speed_text

_WAITING = (JobState.QUEUED, JobState.PAUSED)
_LEFT = (
    JobState.QUEUED,
    JobState.PAUSED,
    JobState.RETRYING,
    JobState.DOWNLOADING,
    JobState.DOWNLOADED,
    JobState.PROCESSING,
)
_HELD_UP: Final = {RunState.IDLE: "Not started", RunState.RUNNING: "Waiting", RunState.PAUSED: "Paused"}


def unfinished(totals: Totals) -> int:
    """Jobs that have not ended."""
    return totals.count(*_LEFT)


def status_line(totals: Totals, unanswered: int = 0) -> str:
    """Ends with ``N done, M failed`` when nothing is left to do.

    Args:
        totals: Of the queue.
        unanswered: How many of those that failed wait for an answer.
    """
    if not sum(totals.counts.values()):
        return "Ready"
    if not unfinished(totals):
        return " · ".join([*_asides(totals, unanswered), _ending(totals)])
    if totals.trouble is not None:
        word = _HELD_UP[totals.run]
        return f"{word}: {in_sentence(totals.trouble.title)} · {_finished(totals)}"
    if totals.run is RunState.RUNNING:
        return _running(totals)
    if totals.run is RunState.PAUSED:
        return f"Paused · {_finished(totals)}"
    return f"{count_text(totals.count(*_WAITING))} waiting · press Start"


def bottleneck_text(totals: Totals) -> str:
    """What holds the rest up, for the end of the footer."""
    if totals.run is not RunState.RUNNING or totals.bottleneck is None:
        return ""
    return (
        f"Limited by the {totals.bottleneck}" if totals.bottleneck == "network" else "Limited by processing"
    )


def _finished(totals: Totals) -> str:
    """In jobs: ``Totals.overall`` counts phases, two a job."""
    whole = sum(totals.counts.values())
    return f"{count_text(whole - unfinished(totals))} of {count_text(whole)} finished"


def _running(totals: Totals) -> str:
    downloads, processing = totals.downloads, totals.processing
    if downloads.done < downloads.all:
        parts = [f"Downloading {_share(downloads)}", speed_text(totals.speed)]
    else:
        parts = [f"Processing {_share(processing)}"]
    return " · ".join(part for part in (*parts, left_text(totals.seconds_left)) if part)


def _share(progress: Progress) -> str:
    return f"{count_text(progress.done)} of {count_text(progress.all)}"


def _asides(totals: Totals, unanswered: int) -> list[str]:
    asides = ((totals.count(JobState.SKIPPED), "skipped"), (totals.count(JobState.CANCELLED), "cancelled"))
    verb = "needs" if unanswered == 1 else "need"
    first = f"{count_text(unanswered)} {verb} an answer" if unanswered else "Finished"
    return [first, *(f"{count_text(count)} {word}" for count, word in asides if count)]


def _ending(totals: Totals) -> str:
    return f"{totals.count(JobState.DONE)} done, {totals.count(JobState.FAILED)} failed"
