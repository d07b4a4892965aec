"""What the actions do that run jobs and look at them: a few lines each."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication

from core.interface import EngineInterface
from core.job import Order, RunState, SourceKind, Totals
from gui.banner import Notice, Tone
from gui.job_model import JobModel
from gui.job_table import JobTable
from gui.job_text import authority
from gui.restarting import Restarting
from gui.setup_row import SetupRow

_MOST_COPIED: Final = 10_000


class Commands(QObject):
    """Slots of ``actions.ACTIONS``; ``Adding`` and ``Tidying`` have the others.

    Signals:
        told: ``Notice`` for the banner.
        settings_wanted: nothing; the settings are to be shown.
        search_wanted: nothing; the search field is to have the focus.
        details_wanted: Whether details are to be shown.
        report_wanted: nothing; the report on the last run is to be shown.
        leave_wanted: nothing; the window is to be closed.
    """

    told = Signal(object)
    settings_wanted = Signal()
    search_wanted = Signal()
    details_wanted = Signal(bool)
    report_wanted = Signal()
    leave_wanted = Signal()

    def __init__(
        self,
        engine: EngineInterface,
        model: JobModel,
        table: JobTable,
        setup: SetupRow,
        restarting: Restarting,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._model = model
        self._table = table
        self._setup = setup
        self._restarting = restarting
        self._totals = Totals(RunState.IDLE, {})
        self._order: Order | None = None  # of the run; None where there is none
        engine.totals_changed.connect(self._note_totals)

    # Running

    def start(self) -> None:
        """Begin, or go on after a pause."""
        self._restarting.stop()
        order = self._setup.order()
        if self._totals.run is RunState.PAUSED and not self._is_other(order):
            self._engine.resume()
            return
        if order.destination:
            self._order = order
            self._engine.start(order)
            return
        hint = "Choose where finished files go, then press Start."
        self._tell(Notice("No destination", hint=hint, tone=Tone.WARNING, topic="destination", seconds=10))
        self._setup.destination.setFocus()

    def pause(self) -> None:
        """Pause, or go on after a pause; ends the countdown to going on."""
        if self._restarting.counts_down:
            self._restarting.stop()
        elif self._totals.run is RunState.PAUSED:
            self.start()
        else:
            self._engine.pause()

    def start_or_pause(self) -> None:
        """Whichever makes sense."""
        if self._totals.run is RunState.IDLE:
            self.start()
        else:
            self.pause()

    def cancel(self) -> None:
        """Give up the selected jobs, or all."""
        self._restarting.stop()
        self._engine.cancel(self._table.selected_ids() or None)

    def retry_failed(self) -> None:
        """Try all that failed again."""
        self._engine.retry()
        self.begin_if_idle()

    def retry(self) -> None:
        """Try the selected jobs again; make again what is done."""
        if ids := self._table.selected_ids():
            self._engine.retry(ids)
            self.begin_if_idle()

    def refresh(self) -> None:
        """Ask the servers of the selected jobs whether the files have changed there."""
        if ids := self._table.selected_ids():
            self._engine.refresh(ids)
            self.begin_if_idle()

    def retry_cause(self) -> None:
        """Try all again that failed for the same cause as the current job."""
        job = self._table.current_job()
        if job is not None and job.error is not None:
            self.retry_failures(job.error.code, None)

    def retry_host(self) -> None:
        """Try all again that failed at the same host as the current job."""
        job = self._table.current_job()
        if job is not None:
            self.retry_failures(None, authority(job))

    def retry_failures(self, code: str | None, host: str | None) -> None:
        """Try all again that failed for this cause at this host; None is any."""
        self._engine.retry_failures(code, host)
        self.begin_if_idle()

    # Looking

    def open_file(self) -> None:
        """Open the current job's file with the program that the system has for it."""
        if path := self.current_file():
            self._open(path)

    def show_in_folder(self) -> None:
        """Open the folder of the current job's file."""
        if path := self.current_file():
            self._open(str(Path(path).parent))

    def open_folder(self, path: str) -> None:
        """Open a folder with the program that the system has for it."""
        self._open(path)

    def copy_source(self) -> None:
        """Copy where the selected jobs come from, a line each."""
        ids = self._table.selected_ids()
        sources = [self._model.jobs[i].source for i in ids[:_MOST_COPIED]]
        QGuiApplication.clipboard().setText("\n".join(sources))
        if len(ids) > len(sources):
            title = f"The first {len(sources):,} of {len(ids):,} were copied"
            hint = "Select fewer rows to copy the others."
            self._tell(Notice(title, hint=hint, tone=Tone.WARNING, topic="copy", seconds=10))

    def invert_selection(self) -> None:
        """Select what is not selected."""
        self._table.invert_selection()

    def select_batch(self) -> None:
        """Select all that was added together with the current job."""
        self._table.select_batch()

    def toggle_details(self, shown: bool) -> None:  # noqa: FBT001 - as QAction.triggered calls it
        """Show or hide the details."""
        self.details_wanted.emit(shown)

    def find(self) -> None:
        """Go to the search field."""
        self.search_wanted.emit()

    def settings(self) -> None:
        """Open the settings."""
        self.settings_wanted.emit()

    def report(self) -> None:
        """Show the report on the last run."""
        self.report_wanted.emit()

    def leave(self) -> None:
        """Close the window."""
        self.leave_wanted.emit()

    def current_file(self) -> str | None:
        """The finished file of the current job; the picture itself for a local one that is not done."""
        job = self._table.current_job()
        if job is None:
            return None
        return job.file or job.original or (job.source if job.kind is SourceKind.FILE else None)

    def begin_if_idle(self) -> None:
        """Start, unless something is going on or was paused."""
        if self._totals.run is RunState.IDLE:
            self.start()

    # Inside

    def _is_other(self, order: Order) -> bool:
        """Whether the user has chosen otherwise since the run began."""
        run = self._order
        return run is not None and (run.destination, run.recipe) != (order.destination, order.recipe)

    def _open(self, path: str) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(path)):
            message = f"No program is known for {path}."
            self._tell(Notice("Cannot be opened", message, tone=Tone.WARNING, topic="open", seconds=10))

    def _tell(self, notice: Notice) -> None:
        self.told.emit(notice)

    def _note_totals(self, totals: Totals) -> None:
        self._totals = totals
        if totals.run is RunState.IDLE:
            self._order = None
        elif self._order is None:  # it began before this window: with what that found in the settings
            self._order = self._setup.order()
