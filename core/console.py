"""What people read on standard error: a bar on a terminal, a line now and then where there is none."""

import shutil
import sys
import time
from contextlib import suppress
from typing import Final

from core.job import BatchReport, JobSnapshot, JobState, RunState, Totals, bounded
from core.report import Summary
from core.sizes import size_words

_BAR: Final = 24
_LINE_SECONDS: Final = 5.0
_MOST_LINES: Final = 10
_LONGEST_SOURCE: Final = 120


class Console:
    """Progress and messages on standard error.

    Args:
        quiet: No progress and no summary; failures are still said.
    """

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._is_terminal = sys.stderr.isatty()
        self._last_line = time.monotonic()
        self._has_bar = False

    def progress(self, totals: Totals) -> None:
        """Show how far the run is."""
        if self._quiet or totals.run is not RunState.RUNNING:
            return
        if self._is_terminal:
            width = shutil.get_terminal_size().columns - 1
            _write(f"\r\x1b[2K{_line(totals, bar=True)[:width]}")
            self._has_bar = True
        elif time.monotonic() - self._last_line >= _LINE_SECONDS:
            self._last_line = time.monotonic()
            self.say(_line(totals, bar=False))

    def say(self, text: str) -> None:
        """Write a line, above the bar where there is one."""
        self.clear()
        _write(f"{printable(text)}\n")

    def clear(self) -> None:
        """Remove the bar: something else is about to be written."""
        if self._has_bar:
            _write("\r\x1b[2K")
            self._has_bar = False

    def batch(self, report: BatchReport) -> None:
        """Say what came of the sources, where it is not simply that all were taken."""
        odd = (
            (report.duplicates, "duplicate left out", "duplicates left out"),
            (report.invalid, "invalid", "invalid"),
            (report.ignored, "ignored (neither URL nor picture)", "ignored (neither URLs nor pictures)"),
        )
        parts = [f"{n:,} {one if n == 1 else many}" for n, one, many in odd if n]
        if not self._quiet and (parts or not report.added):
            self.say(f"{report.title}: " + ", ".join([f"{report.added:,} added", *parts]))

    def failure(self, job: JobSnapshot) -> None:
        """Say why a job failed and what can be done."""
        if job.error is not None:
            self.say(
                f"failed: {bounded(job.source, _LONGEST_SOURCE)}: {job.error.title}. {job.error.message} {job.error.hint}"
            )

    def summary(self, summary: Summary) -> None:
        """Say how it all ended: totals that add up, what failed where, what was converted or lost."""
        if self._quiet:
            return
        odd = (
            (summary.up_to_date, "up to date"),
            (summary.skipped, "skipped"),
            (summary.cancelled, "cancelled"),
        )
        parts = [
            f"{summary.done:,} done",
            *(f"{n:,} {word}" for n, word in odd if n),
            f"{summary.failed:,} failed",
        ]
        sizes = (
            f"{size_words(summary.bytes_in)} in, {size_words(summary.bytes_out)} out, {summary.seconds:.1f} s"
        )
        self.say(f"{', '.join(parts)}; {sizes}")
        for failure in summary.failures[:_MOST_LINES]:
            self.say(
                f"  failed {failure.jobs:,} x {failure.title}{f' at {failure.host}' if failure.host else ''}"
            )
        for note in summary.notes[:_MOST_LINES]:
            self.say(f"  noted {note.jobs:,} x {note.note}")


def _line(totals: Totals, *, bar: bool) -> str:
    ended = totals.processing
    parts = [f"{ended.done:,} of {ended.all:,}", f"{size_words(totals.speed)}/s"]
    if failed := totals.count(JobState.FAILED):
        parts.append(f"{failed:,} failed")
    if totals.seconds_left is not None:
        minutes, seconds = divmod(round(totals.seconds_left), 60)
        parts.append(f"{minutes}:{seconds:02} left")
    text = "  ".join(parts)
    if not bar:
        return text
    filled = round(_BAR * (totals.overall.share or 0.0))
    return f"[{'#' * filled}{'.' * (_BAR - filled)}]  {text}"


def _write(text: str) -> None:
    with suppress(OSError):  # nobody reads it, or its disk is full: the work goes on all the same
        sys.stderr.write(text)
        sys.stderr.flush()


def printable(text: str) -> str:
    """Without what would drive a terminal."""
    return "".join(c if c.isprintable() else "?" for c in text)
