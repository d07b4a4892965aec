"""The engine: takes drops, gives finished pictures. All of it in one thread, but for the work itself.

    add ─► Reading (thread) ─► queue ─► DownloadStage (QThreadPool) ─► PictureStage (processes) ─► finished file

What other threads finish comes home through three queued signals of this long-lived object, so no lock is needed.
A 100 ms timer gathers what changed into one signal; it rests when nothing goes on.
"""

import logging
import os
import secrets
import time
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Qt, QThreadPool, QTimer, Signal, Slot

from core.download_stage import DownloadStage, discard_part
from core.downloads.lane import TransferOutcome
from core.downloads.names import NameBook
from core.errors import FetchmillError
from core.images.recipe_file import built_in_recipes, find_recipe
from core.images.task import ProcessOutcome
from core.interface import EngineInterface
from core.job import (
    BatchId,
    Drop,
    JobId,
    JobSnapshot,
    JobState,
    Order,
    RecipeTitle,
    RunState,
    Totals,
)
from core.job_queue import Job, JobQueue, Plan
from core.picture_stage import PictureStage
from core.progress import Tracker
from core.publishing import prepare, tidy
from core.reading import Reading, ReadPart
from core.scheduler import Limits
from core.settings import Settings
from core.sources.keys import source_key

log = logging.getLogger(__name__)

FLUSH_MS: Final = 100
CHUNK: Final = 500  # snapshots a signal: unpickling more in one go would hold the window up
CLOSING_SECONDS: Final = 1.2
_AGAIN: Final = frozenset({JobState.FAILED, JobState.SKIPPED, JobState.CANCELLED})
_UNENDED: Final = tuple(state for state in JobState if not state.is_final)


class Engine(EngineInterface):
    """Does the work behind the commands and signals of ``EngineInterface``.

    Args:
        settings: To begin with.
        parent: As Qt has it.
    """

    _part_read = Signal(object)
    _transferred = Signal(object)
    _processed = Signal(object)

    def __init__(self, settings: Settings, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._settings = settings
        self._queue = JobQueue()
        self._seen: set[str] = set()
        self._names = NameBook(self._queue.is_source)
        self._tracker = Tracker()
        prefix = f"{os.getpid()}-{secrets.token_hex(3)}"
        self._downloads = DownloadStage(
            self._queue, self._names, prefix, self._transferred.emit, self._tracker.count_bytes
        )
        self._pictures = PictureStage(self._queue, self._names, prefix, self._processed.emit)
        self._readers = QThreadPool()
        self._readers.setMaxThreadCount(1)
        self._readings: dict[BatchId, Reading] = {}
        self._last_batch = 0
        self._run = RunState.IDLE
        self._plan: Plan | FetchmillError | None = None
        self._totals: Totals | None = None
        self._closing_until: float | None = None
        self._part_read.connect(self._take_part, Qt.ConnectionType.QueuedConnection)
        self._transferred.connect(self._take_transfer, Qt.ConnectionType.QueuedConnection)
        self._processed.connect(self._take_picture, Qt.ConnectionType.QueuedConnection)
        self._timer = QTimer(self)
        self._timer.setInterval(FLUSH_MS)
        self._timer.timeout.connect(self._flush)
        self.configure(settings)

    def announce(self) -> None:
        """Say that commands are understood from now on."""
        self.ready.emit(tuple(RecipeTitle(r.name, r.title, r.summary) for r in built_in_recipes()))
        self._wake()

    @property
    def is_quiet(self) -> bool:
        """Whether no lane is at work: the process can end without waiting for one."""
        return self._downloads.is_quiet

    # Commands

    def add(self, drop: Drop) -> None:
        """Read what was dropped, in a thread of its own, and append the jobs."""
        self._last_batch += 1
        batch = BatchId(self._last_batch)
        reading = Reading(batch, drop, self._seen, self._part_read.emit)
        self._readings[batch] = reading
        self._readers.start(reading)
        self._wake()

    def start(self, order: Order) -> None:
        """Begin everything that is queued; jobs added from now on join in until all is done."""
        if self._run is RunState.IDLE:
            self._names.forget()
            self._tracker.forget()
        try:
            self._plan = self._planned(order)
        except FetchmillError as error:
            self._plan = error
        else:
            self._pictures.warm_up()
        self._go()

    def pause(self) -> None:
        """Stop transfers, keep what they received, begin nothing; pictures in hand are finished."""
        if self._run is RunState.RUNNING:
            self._run = RunState.PAUSED
            self._downloads.pause()
            self._wake()

    def resume(self) -> None:
        """Go on after a pause."""
        if self._run is RunState.PAUSED:
            self._tracker.forget()
            self._go()

    def cancel(self, ids: tuple[JobId, ...] | None = None) -> None:
        """Give these jobs up (all that are not ended for None); their part files go."""
        if ids is None:
            for reading in self._readings.values():
                reading.stop()
        for job in self._chosen(ids, _UNENDED):
            if not job.state.is_final:
                self._abandon(job)
                self._queue.move(job, JobState.CANCELLED)
        self._pump()
        self._wake()

    def retry(self, ids: tuple[JobId, ...] | None = None) -> None:
        """Queue these failed, skipped or cancelled jobs again (all failed for None)."""
        unread = []
        for job in self._chosen(ids, (JobState.FAILED,)):
            if job.request.error is not None:
                unread.append(job)
            elif job.state in _AGAIN:
                job.error, job.failures, job.notes, job.outcome, job.file = None, 0, (), None, None
                self._queue.move(job, JobState.QUEUED)
        if unread:  # what could not be read before is read again
            self.remove(tuple(job.id for job in unread))
            self.add(Drop(sources=tuple(job.request.source for job in unread)))
        self._pump()
        self._wake()

    def remove(self, ids: tuple[JobId, ...]) -> None:
        """Take jobs off the list, cancelling them where needed; finished files stay."""
        removed = []
        for job in self._chosen(ids, ()):
            self._abandon(job)
            self._queue.remove(job)
            self._seen.discard(source_key(job.request.source, job.request.kind))
            removed.append(job.id)
        for begin in range(0, len(removed), CHUNK):
            self.jobs_removed.emit(tuple(removed[begin : begin + CHUNK]))
        self._pump()
        self._wake()

    def clear_finished(self) -> None:
        """Take all done and skipped jobs off the list; files stay."""
        self.remove(tuple(job.id for job in self._queue.in_states(JobState.DONE, JobState.SKIPPED)))

    def configure(self, settings: Settings) -> None:
        """Use these settings from now on."""
        self._settings = settings
        limits = Limits.of(settings)
        self._downloads.configure(settings, limits)
        self._pictures.configure(limits)
        self._pump()

    def restore(self, jobs: tuple[JobSnapshot, ...]) -> None:
        """Take over jobs from an engine that was lost, under their ids; what was active is queued again."""
        for snapshot in jobs:
            job = self._queue.restore(snapshot)
            self._seen.add(source_key(job.request.source, job.request.kind))
            self._last_batch = max(self._last_batch, snapshot.batch)
        self._wake()

    def shut_down(self) -> None:
        """End in order within 2 s, whatever runs; answers with closed."""
        if self._closing_until is not None:
            return
        self._closing_until = time.monotonic() + CLOSING_SECONDS
        self._run = RunState.IDLE
        for reading in self._readings.values():
            reading.stop()
        self._downloads.close()
        self._pictures.close()
        self._timer.start(FLUSH_MS // 5)

    # What comes home

    @Slot(object)
    def _take_part(self, part: ReadPart) -> None:
        if self._closing_until is not None:
            return
        if part.requests:
            jobs = self._queue.add(part.requests, part.batch)
            for begin in range(0, len(jobs), CHUNK):
                self.jobs_added.emit(tuple(job.first_snapshot() for job in jobs[begin : begin + CHUNK]))
        if part.report is not None:
            del self._readings[part.batch]
            self.batch_added.emit(part.report)
        self._pump()
        self._wake()

    @Slot(object)
    def _take_transfer(self, outcome: TransferOutcome) -> None:
        self._downloads.home(outcome)
        self._pump()
        self._wake()

    @Slot(object)
    def _take_picture(self, outcome: ProcessOutcome) -> None:
        self._pictures.home(outcome)
        self._pump()
        self._wake()

    # Going on

    def _planned(self, order: Order) -> Plan:
        """The order, made concrete.

        Raises:
            RecipeError: There is no such recipe.
            StorageError: The destination cannot be written.
        """
        recipe = find_recipe(order.recipe)
        destination = str(Path(order.destination).absolute())
        prepare(destination)
        return Plan(destination, recipe, self._settings.existing, self._settings.keep_originals)

    def _go(self) -> None:
        self._run = RunState.RUNNING
        self._report()  # that it runs is said even if it ends at once
        for job in self._queue.in_states(JobState.PAUSED):
            self._queue.move(job, JobState.QUEUED)
        self._pump()
        self._wake()

    def _pump(self) -> None:
        """Start what may start; notice when nothing is left."""
        if self._run is not RunState.RUNNING or self._closing_until is not None:
            return
        if isinstance(self._plan, Plan):
            self._downloads.pump(self._plan)
            self._pictures.pump()
        elif self._plan is not None:
            report = self._plan.report()
            for job in self._queue.in_states(JobState.QUEUED):
                self._queue.fail(job, report)
        if not self._readings and not self._queue.count(*_UNENDED):
            self._run = RunState.IDLE
            if isinstance(self._plan, Plan):
                tidy(self._plan.destination)

    def _chosen(self, ids: tuple[JobId, ...] | None, otherwise: tuple[JobState, ...]) -> tuple[Job, ...]:
        if ids is None:
            return self._queue.in_states(*otherwise)
        return tuple(job for job_id in ids if (job := self._queue.get(job_id)) is not None)

    def _abandon(self, job: Job) -> None:
        self._pictures.abandon(job)
        self._downloads.abandon(job)

    def _wake(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _flush(self) -> None:
        """Ten times a second while anything goes on."""
        if self._closing_until is not None:
            self._close_when_quiet()
            return
        self._downloads.tick()
        self._downloads.queue_due(time.monotonic())
        self._pump()
        has_news = self._report()
        if self._run is not RunState.RUNNING and not self._readings and not has_news:
            self._timer.stop()

    def _report(self) -> bool:
        """Emit what changed since the last time; whether there was anything."""
        ids = sorted(self._queue.changed)
        self._queue.changed.clear()
        jobs = [job for job_id in ids if (job := self._queue.get(job_id)) is not None]
        for begin in range(0, len(jobs), CHUNK):
            self.jobs_changed.emit(tuple(job.snapshot() for job in jobs[begin : begin + CHUNK]))
        totals = self._tracker.totals(
            self._run, self._queue.counts, self._downloads.shares(), self._bottleneck()
        )
        if totals != self._totals:
            self._totals = totals
            self.totals_changed.emit(totals)
            return True
        return bool(jobs)

    def _bottleneck(self) -> str | None:
        if self._run is not RunState.RUNNING:
            return None
        if self._queue.waiting and not self._queue.count(JobState.DOWNLOADING):
            return "processing"
        return "network" if not self._queue.ready and self._queue.count(JobState.DOWNLOADING) else None

    def _close_when_quiet(self) -> None:
        is_over = self._closing_until is not None and time.monotonic() >= self._closing_until
        if not (self._downloads.is_quiet or is_over):
            return
        self._timer.stop()
        for part in self._downloads.parts():
            part.discard()
        for job in self._queue:
            discard_part(job)
        if isinstance(self._plan, Plan):
            tidy(self._plan.destination)
        self._report()
        self.closed.emit()
