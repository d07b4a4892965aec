"""The engine: takes drops, gives finished pictures. All of it in one thread, but for the work itself.

    add ─► Reading (thread) ─► queue ─► ledger ─► downloads (QThreadPool) ─► pictures (processes) ─► last step (store)

What other threads finish comes home through queued signals of this long-lived object, so no lock is needed. A timer
gathers what changed into one signal; it rests when nothing goes on.
"""

import time
from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QTimer, Signal, Slot

from core.again import answered, go_on_with, queue_again
from core.downloads.lane import TransferOutcome
from core.editing import Understood, carry_out, understand
from core.errors import ErrorReport, FetchmillError
from core.images.task import ProcessOutcome
from core.interface import EngineInterface
from core.job import UNENDED, BatchReport, Drop, Edit, JobId, JobState, Order, RunState, Totals
from core.job_list import JobList
from core.job_queue import JobQueue
from core.ledger import Published
from core.live_job import Job, Plan
from core.news import News
from core.planning import failed_so, leave, planned, recipe_titles, sweep_parts, told_of
from core.progress import Tracker
from core.reading import ReadPart
from core.report import Export, Recovery
from core.run_record import RunRecord
from core.settings import Existing, Settings
from core.stages import Stages
from core.store import Store
from core.store_messages import Answer, BatchStored, Found, ManifestWritten, Trouble
from core.trouble import Troubles, room_before
from core.what_if import WhatIf

if TYPE_CHECKING:
    from core.preview import PreviewWish

FLUSH_MS: Final = 100
CLOSING_MS: Final = 2  # lanes that wait for work need less to end
CLOSING_SECONDS: Final = 1.2
_Answer = Answer | TransferOutcome | ProcessOutcome | Understood | BatchReport


class Engine(EngineInterface):
    """Does the work behind the commands and signals of ``EngineInterface``.

    Args:
        settings: To begin with.
        store: Where the queue is kept; in memory for None.
        most_jobs: As ``JobQueue`` has it: what is beyond waits in a file. None: all are here, as a window shows them.
    """

    _part_read = Signal(object)
    _answered = Signal(object)

    def __init__(self, settings: Settings, store: Store | None = None, most_jobs: int | None = None) -> None:
        super().__init__()
        self._settings = settings
        self._store = store or Store()
        self._recovery: Recovery | None = None
        self._queue = JobQueue(most_jobs)
        self._list = JobList(
            self._queue, self._store, self._part_read.emit, self.jobs_added.emit, self.jobs_removed.emit
        )
        self._tracker = Tracker()
        home, count = self._answered.emit, self._tracker.count_bytes
        self._stages = Stages(self._queue, self._store, self._is_held_up, home, home, count)
        self._what_if = WhatIf(self, self._queue, self._list, self._store)
        self._run = RunState.IDLE
        self._record = RunRecord(self._queue, self._store)
        self._news = News(
            self._queue, self._store, self._record, self.jobs_changed.emit, self.totals_changed.emit
        )
        self._order: Order | None = None
        self._plan: Plan | FetchmillError | None = None
        self._troubles = Troubles(self._stages.outage, self._stages.space)
        self._is_held = False
        self._closing_until: float | None = None
        self._connect()
        self.configure(settings)
        if store is None:
            self._open()

    def _connect(self) -> None:
        # Emitted by other threads only, so that Qt queues them by itself; its namespace takes 15 ms to be built.
        self._part_read.connect(self._take_part)
        self._answered.connect(self._take_answer)
        self._timer = QTimer(self, interval=FLUSH_MS)
        self._timer.timeout.connect(self._flush)
        self._turn = QTimer(self, interval=0, singleShot=True)
        self._turn.timeout.connect(self._pump)

    def announce(self) -> None:
        """Bring back the jobs that the queue file holds; say that commands are understood from now on."""
        recovery, (titles, wrong) = self._open(), recipe_titles()
        self._report()
        self.ready.emit(titles)
        self.recovered.emit(told_of(recovery, wrong) if self._store.keeps_jobs else recovery)
        self._wake()

    @property
    def is_quiet(self) -> bool:
        """Whether no lane is at work: the process can end without waiting for one."""
        return self._stages.is_quiet

    def _open(self) -> Recovery:
        if self._recovery is not None:
            return self._recovery
        self._list.load()
        self._recovery, self._order = self._record.recovered()
        self._run = RunState.IDLE if self._order is None else RunState.PAUSED
        self._store.begin(self._answered.emit)
        return self._recovery

    # Commands

    def add(self, drop: Drop) -> None:
        """Read what was dropped, in a thread of its own, and append the jobs."""
        self._list.add(drop)
        self._wake()

    def edit(self, edit: Edit) -> None:
        """Give a job another URL, or jobs other headers, and keep their bytes; answers with edited."""
        if (found := understand(edit, self._answered.emit)) is not None:
            self._take_answer(found)

    def look(self, drop: Drop) -> None:
        """Say what would come of a drop, unless another one is looked at meanwhile; answers with looked."""
        self._list.look(drop, self._answered.emit)

    def start(self, order: Order) -> None:
        """Begin everything that is queued; jobs added from now on join in until all is done."""
        if self._troubles.refuses(order, self._report):
            self._wake()
            return
        if self._run is RunState.IDLE or self._plan is None:
            self._stages.look_afresh()
            self._queue.begin_run(refresh=order.refresh)
            self._record.begin()
        self._tracker.forget()
        self._troubles.forget_destination()
        before = room_before(order, self._plan, is_paused=self._run is RunState.PAUSED)
        self._order, self._queue.refreshes = order, order.refresh
        try:
            self._plan = planned(order, self._settings, self._store, self._list, before)
        except FetchmillError as error:
            if not self._troubles.prevents(order, error, before):
                self._plan = error
        else:
            self._queue.ask_again()
            self._stages.warm_up(self._plan)
        self._go()

    def pause(self) -> None:
        """Stop transfers, keep what they received, begin nothing; pictures in hand are finished."""
        self._troubles.forget_destination()
        self._is_held = False
        if self._run is RunState.RUNNING:
            self._run = RunState.PAUSED
            self._stages.pause()
        self._record.note(self._run, self._order)
        self._wake()

    def resume(self) -> None:
        """Go on after a pause; look at once whether what is waited for is over."""
        self._troubles.try_network()
        if self._run is RunState.PAUSED and self._order is not None:
            self._is_held = self._plan is None and self._troubles.finds_missing(self._order.destination)
            if not self._is_held:  # after a restart nothing is made anew on a disk that happens to be there
                self.start(self._order)
            self._wake()

    def cancel(self, ids: tuple[JobId, ...] | None = None) -> None:
        """Give these jobs up (all that are not ended for None); their part files go."""
        if ids is None:
            self._list.stop_reading()
            self._record.add_ended(self._list.more(is_all=True))
        for job in self._list.chosen(ids, UNENDED):
            if not job.state.is_final and job.publication is None:  # else it is done in a moment
                self._stages.abandon(job)
                self._queue.move(job, JobState.CANCELLED)
        self._go_on()

    def retry(self, ids: tuple[JobId, ...] | None = None) -> None:
        """Queue these ended jobs again (all failed for None); what is done and has not changed is then skipped."""
        self._again(self._list.chosen(ids, (JobState.FAILED,)))

    def retry_failures(self, code: str | None = None, host: str | None = None) -> None:
        """Queue again what failed for this cause at this host; None is any."""
        self._again(job for job in self._queue.in_states(JobState.FAILED) if failed_so(job, code, host))

    def refresh(self, ids: tuple[JobId, ...]) -> None:
        """Queue these ended jobs again and ask their servers whether the files have changed there."""
        self._again(self._list.chosen(ids), refresh=True)

    def remove(self, ids: tuple[JobId, ...]) -> None:
        """Take jobs off the list, cutting them where needed; finished files stay."""
        self._list.take_off(self._stages.let_go(self._list.chosen(ids)))
        self._go_on()

    def clear_finished(self) -> None:
        """Take all done and skipped jobs off the list; files stay."""
        self.remove(tuple(job.id for job in self._queue.in_states(JobState.DONE, JobState.SKIPPED)))

    def undo(self) -> None:
        """Put back what the last remove or clear_finished took off the list."""
        self._list.put_back()
        self._go_on()

    def export(self, wish: Export) -> None:
        """Write jobs to a file; answers with exported."""
        self._list.export(wish, self._queue if wish.ids is None else self._list.chosen(wish.ids))

    def preview(self, wish: "PreviewWish | None") -> None:
        """Try a recipe on one picture; answers with previewed."""
        self._what_if.preview(wish)

    def forecast(self, order: Order | None) -> None:
        """Say what Start would do; answers with forecast_made."""
        self._what_if.forecast(order, self._settings)

    def answer(self, choice: Existing, ids: tuple[JobId, ...] | None = None) -> None:
        """Go on with jobs whose names are taken, in this run also with those to come for None."""
        if ids is None and self._run is not RunState.IDLE and self._order is not None:
            self._order, self._plan = answered(choice, self._order, self._plan, self._queue)
            self._record.note(self._run, self._order)
        go_on_with(choice, self._list.chosen(ids, (JobState.FAILED,)), self._queue)
        self._go_on()

    def configure(self, settings: Settings) -> None:
        """Use these settings from now on."""
        self._settings = settings
        self._stages.configure(settings)
        self._list.configure(settings)
        self._pump()

    def shut_down(self) -> None:
        """End in order within 2 s, whatever runs, keeping all that is needed to go on; answers with closed."""
        if self._closing_until is not None:
            return
        self._closing_until = time.monotonic() + CLOSING_SECONDS
        self._run = RunState.IDLE
        self._list.stop_reading()
        self._stages.close()
        self._timer.start(CLOSING_MS)

    # What comes home

    @Slot(object)
    def _take_part(self, part: ReadPart) -> None:
        self._record.add_ended(self._list.take(part))  # those born failed: nothing will be said of them later
        if part.report is not None:
            self._again(self._list.end_batch(part.report, part.repeated))
        self._go_on()

    @Slot(object)
    def _take_answer(self, answer: _Answer) -> None:
        match answer:
            case TransferOutcome() | ProcessOutcome() | Published() | Found():
                self._stages.home(answer, self._plan if isinstance(self._plan, Plan) else None)
            case Understood():
                self.edited.emit(carry_out(answer, self._list, self._queue, self._stages))
            case BatchReport():
                self.looked.emit(answer)
            case BatchStored(report):
                self.batch_added.emit(report)
            case Trouble(report):
                self._take_store_trouble(report)
            case ManifestWritten(_, path):
                self._summarise(path)
            case _:
                self.exported.emit(answer)
        self._go_on()

    def _go(self) -> None:
        self._run = RunState.RUNNING
        self._is_held = False
        self._record.note(self._run, self._order)
        self._report()  # that it runs is said even if it ends at once
        for job in self._queue.in_states(JobState.PAUSED):
            self._queue.move(job, JobState.QUEUED)
        if self._troubles.is_watching:
            self._hold()
        self._go_on()

    def _pump(self) -> None:
        """Start what may start; notice when nothing is left, during a pause as well."""
        if self._run is RunState.IDLE or self._closing_until is not None:
            return
        self._record.add_ended(self._list.more())
        plan, goes = self._plan, self._run is RunState.RUNNING
        failing = plan.report() if isinstance(plan, FetchmillError) else self._troubles.report
        if goes and isinstance(plan, Plan) and (plan.holds or self._troubles.is_store_well):
            self._stages.pump(plan)
        elif goes and failing:
            self._stages.fail(self._queue.in_states(JobState.QUEUED), failing)
            self._stages.finish()
        if not self._list.is_reading and not self._queue.count(*UNENDED):
            self._end_run()

    def _end_run(self) -> None:
        self._run = RunState.IDLE
        self._record.note(self._run, self._order)
        if isinstance(self._plan, Plan):
            sweep_parts(self._plan.destination, self._store, self._list)
        if isinstance(self._plan, Plan) and self._troubles.is_store_well:
            self._store.write_manifest(self._plan.destination)
        else:
            self._summarise(None)

    def _summarise(self, manifest: str | None) -> None:
        """Say what came of the run, once."""
        self._report()
        if self._record.is_open and self._run is RunState.IDLE:
            self.summarised.emit(self._record.take_summary(self._list.titles, self._order, manifest))

    def _again(self, jobs: Iterable[Job], *, refresh: bool = False) -> None:
        queue_again(jobs, self._list, self._queue, self._stages, refresh=refresh)
        self._go_on()

    def _is_held_up(self, job: Job, error: ErrorReport) -> bool:
        """Whether an error is none of the job's own: then it is back in the queue, where the run may hold for it."""
        if not self._troubles.begins(job, error):
            return False
        self._queue.move(job, JobState.QUEUED)
        if self._troubles.is_watching:
            self._hold()
        return True

    def _hold(self) -> None:
        """Pause, but not for good: what is noted for a restart is that it ran."""
        if self._run is RunState.RUNNING:
            self._run = RunState.PAUSED
            self._is_held = True
            self._stages.pause()
        self._wake()

    def _take_store_trouble(self, report: ErrorReport | None) -> None:
        """The queue file cannot be written, or can be again."""
        self._troubles.note_store(report)
        if report is None:
            if self._is_held and not self._troubles.is_watching:
                self.resume()
        elif isinstance(self._plan, Plan) and not self._plan.holds:
            self._stages.fail(self._queue.in_states(*UNENDED), report)
            self._summarise(None)  # if it has ended: it waits for a manifest that will not come
        else:
            self._hold()

    def _go_on(self) -> None:
        """Start what may start now, once for all that comes home in this turn of the event loop."""
        if not self._turn.isActive():
            self._turn.start()
        self._wake()

    def _wake(self) -> None:
        if not self._timer.isActive():
            self._timer.start()

    @Slot()
    def _flush(self) -> None:
        """Ten times a second while anything goes on."""
        if self._closing_until is not None:
            self._close_when_quiet()
            return
        self._stages.tick()
        if self._troubles.has_ended() and self._is_held:
            self.resume()
        self._record.add_ended(self._list.more_for_idle_hosts())
        self._pump()
        is_awake = self._run is RunState.RUNNING or self._list.is_reading or self._troubles.is_watching
        if not self._report() and not is_awake:
            self._timer.stop()

    def _report(self) -> bool:
        """Say what changed since the last time; whether there was anything."""
        return self._news.tell(self._totals)

    def _totals(self) -> Totals:
        bottleneck = self._queue.bottleneck if self._run is RunState.RUNNING else None
        totals = self._tracker.totals(self._run, self._queue.counts, self._stages.arriving(), bottleneck)
        return totals._replace(trouble=self._troubles.report, undoable=len(self._list.removed))

    def _close_when_quiet(self) -> None:
        is_over = self._closing_until is not None and time.monotonic() >= self._closing_until
        if not ((self._stages.is_quiet and not self._list.is_reading) or is_over):
            return
        self._part_read.disconnect()
        self._timer.stop()
        self._timer.timeout.disconnect()  # what comes home too late may start it again
        self._list.close()
        self._report()
        self._store.close(CLOSING_SECONDS)
        if isinstance(self._plan, Plan):
            leave(self._plan.destination, self._store, is_over=not self._queue.count(*UNENDED))
        self.closed.emit()
