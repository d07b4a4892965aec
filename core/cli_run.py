"""``fetchmill-cli run``: the engine in this very process, its progress on standard error, results on standard output."""

import argparse
import os
import signal
import sys
import time
from collections.abc import Iterable
from types import FrameType

from PySide6.QtCore import QCoreApplication, QObject, Qt, Slot

from core.cli import DONE, INTERRUPTED, SIGNALS, SOME_FAILED, close_stdout, settings_from
from core.cli_sources import absolute_folder, drop_from
from core.console import Console
from core.engine import Engine
from core.images.recipe_file import find_recipe
from core.job import BatchReport, Drop, JobSnapshot, JobState, Order, RunState, Totals
from core.json_line import json_line
from core.places import log_to_file


class Run(QObject):
    """One run from its sources to its exit status.

    Args:
        engine: In this process.
        options: As the parser read them.

    Attributes:
        status: The exit status so far.
    """

    def __init__(self, engine: Engine, options: argparse.Namespace) -> None:
        super().__init__()
        self.status = DONE
        self._engine = engine
        self._json: bool = options.json
        self._lists_files = not options.json and not options.quiet
        self._console = Console(quiet=options.quiet)
        self._begun = time.monotonic()
        self._bytes_in = 0
        self._totals: Totals | None = None
        engine.jobs_added.connect(self._take_jobs)
        engine.jobs_changed.connect(self._take_jobs)
        engine.batch_added.connect(self._take_report)
        engine.totals_changed.connect(self._take_totals)

    def interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        """Ctrl-C: end in order; the second time, at once."""
        if self.status == INTERRUPTED:
            os._exit(INTERRUPTED)
        self.status = INTERRUPTED
        self._console.say("interrupted; what is finished stays")
        self._engine.shut_down()

    def finish(self) -> None:
        """Say how it ended."""
        if self._totals is not None and self.status != INTERRUPTED:
            self._console.summary(self._totals, time.monotonic() - self._begun, self._bytes_in)

    @Slot(object)
    def _take_jobs(self, jobs: Iterable[JobSnapshot]) -> None:
        ended = [job for job in jobs if job.state.is_final]
        if not ended:
            return
        self._console.clear()
        try:
            for job in ended:
                self._end(job)
            sys.stdout.flush()
        except OSError as error:  # whoever read our output has seen enough, or it cannot be written
            if not isinstance(error, BrokenPipeError):
                self._console.say(f"the results cannot be written: {error.strerror}")
            self.status = max(self.status, SOME_FAILED)
            close_stdout()
            self._engine.shut_down()

    def _end(self, job: JobSnapshot) -> None:
        self._bytes_in += job.received or 0
        if self._json:
            sys.stdout.write(f"{json_line(job)}\n")
        elif self._lists_files and job.state is JobState.DONE:
            sys.stdout.write(f"{job.file}\n")
        if job.state is JobState.FAILED:
            self.status = max(self.status, SOME_FAILED)
            if not self._json:
                self._console.failure(job)

    @Slot(object)
    def _take_report(self, report: BatchReport) -> None:
        self._console.batch(report)
        if report.invalid:
            self.status = max(self.status, SOME_FAILED)

    @Slot(object)
    def _take_totals(self, totals: Totals) -> None:
        self._totals = totals
        self._console.progress(totals)
        if totals.run is RunState.IDLE:
            self._engine.shut_down()


def run(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit status.

    Raises:
        FetchmillError: The arguments cannot be used: no such recipe, standard input not readable.
    """
    find_recipe(options.recipe)
    drop = drop_from(options.source)
    app = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
    log_to_file("cli")
    engine = Engine(settings_from(options))
    try:
        batch = _carried_out(engine, app, options, drop)
    finally:
        if not engine.is_quiet:  # else the thread pool would wait for its lanes for ever
            engine.shut_down()
    batch.finish()
    sys.stdout.flush()
    if not engine.is_quiet:
        os._exit(batch.status)  # a lane waits for a name server; nobody waits for it any more
    return batch.status


def _carried_out(engine: Engine, app: QCoreApplication, options: argparse.Namespace, drop: Drop) -> Run:
    batch = Run(engine, options)
    for name in SIGNALS:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, batch.interrupt)
    engine.closed.connect(app.quit, Qt.ConnectionType.QueuedConnection)
    engine.add(drop)
    engine.start(Order(absolute_folder(options.to), options.recipe))
    app.exec()
    return batch
