"""A run's report in words. Pure functions."""

from typing import Final, NamedTuple

from core.report import FailureCount, Summary
from gui.formatting import count_text, counted, duration_text, size_text
from gui.job_text import TAKEN

_BRIEF: Final = 1.0


class Part(NamedTuple):
    """One of the parts that a run's jobs add up from.

    Attributes:
        word: What became of them.
        jobs: How many.
        color: Name of the colour that stands for it.
    """

    word: str
    jobs: int
    color: str


def parts_of(summary: Summary) -> tuple[Part, ...]:
    """What became of the jobs; the counts add up to ``summary.all``."""
    return (
        Part("done", summary.done, "done"),
        Part("up to date", summary.up_to_date, "download"),
        Part("skipped", summary.skipped, "faint"),
        Part("failed", summary.failed, "failed"),
        Part("cancelled", summary.cancelled, "warning"),
    )


def summary_line(summary: Summary) -> str:
    """``300 done, 2 failed, 10 up to date · 421 MB in, 12 MB out · 35 s``."""
    asides = (
        (summary.failed, "failed"),
        (summary.up_to_date, "up to date"),
        (summary.skipped, "skipped"),
        (summary.cancelled, "cancelled"),
    )
    counts = [f"{count_text(summary.done)} done"]
    counts += [f"{count_text(count)} {word}" for count, word in asides if count]
    moved = bytes_text(summary) if summary.bytes_in or summary.bytes_out else ""
    return " · ".join(part for part in (", ".join(counts), moved, seconds_text(summary)) if part)


def bytes_text(summary: Summary) -> str:
    """``421 MB in, 12 MB out``."""
    return f"{size_text(summary.bytes_in)} in, {size_text(summary.bytes_out)} out"


def seconds_text(summary: Summary) -> str:
    """How long it took; honest about what was too short to measure in seconds."""
    return duration_text(summary.seconds) if summary.seconds >= _BRIEF else "less than 1 s"


def headline(summary: Summary) -> str:
    """The outcome in a few words."""
    unanswered = sum(failure.jobs for failure in summary.failures if failure.code == TAKEN)
    verb = "needs" if unanswered == 1 else "need"
    if unanswered and unanswered == summary.failed:
        return f"{counted(unanswered, 'job')} of {count_text(summary.all)} {verb} an answer"
    if summary.failed:
        more = f", {count_text(unanswered)} {verb} an answer" if unanswered else ""
        return f"{counted(summary.failed - unanswered, 'job')} of {count_text(summary.all)} failed{more}"
    if summary.done:
        return f"{counted(summary.done, 'file')} made, nothing failed"
    if summary.up_to_date:
        return "Everything was up to date"
    return "Nothing failed"


def ratio_text(summary: Summary) -> str:
    """What the finished files take of what came in: ``3 % of what came in``; empty where that says nothing."""
    if not summary.bytes_in or not summary.bytes_out:
        return ""
    share = summary.bytes_out / summary.bytes_in
    percent = round(share * 100)
    return f"{percent} % of what came in" if percent else "less than 1 % of what came in"


def place_text(failure: FailureCount) -> str:
    """Where it failed."""
    return failure.host or "local files"


def report_as_text(summary: Summary) -> str:
    """All of the report as plain text, for the clipboard."""
    lines = [summary.title, summary_line(summary)] if summary.title else [summary_line(summary)]
    lines += [f"{f.jobs} failed: {f.title} ({f.code}), {place_text(f)}" for f in summary.failures]
    lines += [f"{n.jobs} noted: {n.note}" for n in summary.notes]
    lines += [f"{count} {name}" for name, count in summary.formats]
    lines += [f"Manifest: {summary.manifest}"] if summary.manifest else []
    return "\n".join(lines)
