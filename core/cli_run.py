"""``fetchmill-cli run``: the engine in this very process, its progress on standard error, results on standard output."""

import argparse
import os
import signal
import sys
from collections.abc import Iterable
from pathlib import Path
from types import FrameType
from typing import Final

from PySide6.QtCore import QCoreApplication, QObject, Slot

from core.allocation import collect_seldom, give_back_large_blocks
from core.cli import DONE, INTERRUPTED, SIGNALS, SOME_FAILED, close_stdout
from core.cli_settings import settings_from
from core.cli_sources import absolute_folder, asked_in, drop_from
from core.console import Console
from core.crashes import CrashWatch
from core.destination import PRIVATE
from core.engine import Engine
from core.errors import ErrorReport
from core.images.recipe_file import usable_recipe
from core.job import BatchReport, Drop, JobSnapshot, JobState, Order, Totals
from core.json_line import json_line
from core.ledger import is_up_to_date
from core.naming import naming
from core.places import JOURNAL_FILE, recipes_folder
from core.report import Summary
from core.store import Store

MOST_JOBS: Final = 5_000  # at a time: twice what the ledger is asked of, so that nothing runs dry


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
        engine.jobs_added.connect(self._take_jobs)
        engine.jobs_changed.connect(self._take_jobs)
        engine.batch_added.connect(self._take_report)
        engine.totals_changed.connect(self._take_totals)
        engine.summarised.connect(self._take_summary)

    def interrupt(self, _signal: int, _frame: FrameType | None) -> None:
        """Ctrl-C: end in order; the second time, at once."""
        if self.status == INTERRUPTED:
            os._exit(INTERRUPTED)
        self.status = INTERRUPTED
        self._console.say("interrupted; the same command goes on from here")
        self._engine.shut_down()

    def tell(self, messages: Iterable[ErrorReport]) -> None:
        """Say what was wrong with the journal."""
        for message in messages:
            self._console.say(f"{message.title}. {message.message} {message.hint}")

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
        if self._json:
            sys.stdout.write(f"{json_line(job)}\n")
        elif self._lists_files and (job.state is JobState.DONE or is_up_to_date(job)):
            sys.stdout.write("".join(f"{file}\n" for file in job.finished))
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
        self._console.progress(totals)

    @Slot(object)
    def _take_summary(self, summary: Summary) -> None:
        if self.status != INTERRUPTED:
            self._console.summary(summary)
        self._engine.shut_down()


def run(options: argparse.Namespace) -> int:
    """Carry the command out; returns the exit status.

    Raises:
        FetchmillError: The arguments cannot be used: no such recipe, names that it cannot give, no such header, standard
            input not readable.
    """
    naming(
        options.name_template, {}, usable_recipe(options.recipe, recipes_folder())
    )  # or it is said at once
    give_back_large_blocks()
    collect_seldom()
    drop = drop_from(options.source, asked_in(options))
    app = QCoreApplication.instance() or QCoreApplication(sys.argv[:1])
    crashes = CrashWatch("cli")
    crashes.begin()
    store = _journal(absolute_folder(options.to))
    engine = Engine(settings_from(options), store, MOST_JOBS)
    try:
        batch = _carried_out(engine, app, options, drop)
    finally:
        if not engine.is_quiet:  # else the thread pool would wait for its lanes for ever
            engine.shut_down()
    store.close()
    crashes.close()
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
    engine.closed.connect(app.quit)
    engine.recovered.connect(lambda recovery: batch.tell(recovery.messages))
    engine.announce()
    engine.add(drop)
    engine.start(Order(absolute_folder(options.to), options.recipe, options.refresh, holds=False))
    app.exec()
    return batch


def _journal(destination: str) -> Store:
    """What was made in the destination; waits while another run works there."""
    store = Store(Path(destination, PRIVATE, JOURNAL_FILE))
    if not store.lock():
        Console(quiet=False).say(
            f"another fetchmill-cli is at work in {destination}; waiting until it has ended"
        )
        store.lock(None)
    return store
