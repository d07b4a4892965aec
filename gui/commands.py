"""What each action does: a few lines each."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QObject, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from core.interface import EngineInterface
from core.job import Drop, RunState, SourceKind, Totals
from gui.add_dialog import AddDialog
from gui.banner import Notice, Tone
from gui.drop import drop_of, is_welcome
from gui.job_model import JobModel
from gui.job_table import JobTable
from gui.setup_row import SetupRow

_MOST_COPIED: Final = 10_000


class Commands(QObject):
    """The slots of ``actions.ACTIONS``.

    Signals:
        told: ``Notice`` for the banner.
        settings_wanted: nothing; the settings are to be shown.
        search_wanted: nothing; the search field is to have the focus.
        details_wanted: Whether details are to be shown.
        leave_wanted: nothing; the window is to be closed.
    """

    told = Signal(object)
    settings_wanted = Signal()
    search_wanted = Signal()
    details_wanted = Signal(bool)
    leave_wanted = Signal()

    def __init__(
        self,
        engine: EngineInterface,
        model: JobModel,
        table: JobTable,
        setup: SetupRow,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._engine = engine
        self._model = model
        self._table = table
        self._setup = setup
        self._window = window
        self._add_dialog: AddDialog | None = None
        self._unsent: list[Drop] | None = []
        self._totals = Totals(RunState.IDLE, {})
        engine.ready.connect(self._send_unsent)
        engine.totals_changed.connect(self._note_totals)

    # Adding

    def submit(self, drop: Drop) -> None:
        """Give a drop to the engine, or keep it until the engine is ready."""
        if not drop.text.strip() and not drop.sources:
            return
        if self._unsent is None:
            self._engine.add(drop)
        else:
            self._unsent.append(drop)

    def submit_mime(self, mime: QMimeData) -> None:
        """Give what was dropped or copied to the engine."""
        if is_welcome(mime):
            self.submit(drop_of(mime))

    def add(self) -> None:
        """Open the field for links."""
        if self._add_dialog is None:
            self._add_dialog = AddDialog(self._window)
            self._add_dialog.text_added.connect(lambda text: self.submit(Drop(text=text)))
        self._add_dialog.show()
        self._add_dialog.raise_()
        self._add_dialog.activateWindow()

    def paste_links(self) -> None:
        """Open the field for links."""
        self.add()

    def add_clipboard(self) -> None:
        """Add what was copied."""
        mime = QGuiApplication.clipboard().mimeData()
        if mime is not None and is_welcome(mime):
            self.submit_mime(mime)
        else:
            self._tell(Notice("Nothing to add", "The clipboard holds no text, links or files.", seconds=6))

    def add_files(self) -> None:
        """Ask for files in the system's own dialog."""
        dialog = QFileDialog(self._window, "Add files")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        self._ask(dialog)

    def add_folder(self) -> None:
        """Ask for a folder in the system's own dialog."""
        dialog = QFileDialog(self._window, "Add folder")
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        self._ask(dialog)

    # Running

    def start(self) -> None:
        """Begin, or go on after a pause."""
        if self._totals.run is RunState.PAUSED:
            self._engine.resume()
            return
        order = self._setup.order()
        if order.destination:
            self._engine.start(order)
            return
        hint = "Choose where finished files go, then press Start."
        self._tell(Notice("No destination", hint=hint, tone=Tone.WARNING, topic="destination", seconds=10))
        self._setup.destination.setFocus()

    def pause(self) -> None:
        """Pause, or go on after a pause."""
        if self._totals.run is RunState.PAUSED:
            self._engine.resume()
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
        self._engine.cancel(self._table.selected_ids() or None)

    def retry_failed(self) -> None:
        """Try all that failed again."""
        self._engine.retry()
        self._begin_if_idle()

    def retry(self) -> None:
        """Try the selected jobs again."""
        if ids := self._table.selected_ids():
            self._engine.retry(ids)
            self._begin_if_idle()

    def remove(self) -> None:
        """Take the selected jobs off the list."""
        if ids := self._table.selected_ids():
            self._engine.remove(ids)

    def clear_finished(self) -> None:
        """Take what is done or skipped off the list."""
        self._engine.clear_finished()

    # Looking

    def open_file(self) -> None:
        """Open the current job's file with the program that the system has for it."""
        if path := self.current_file():
            self._open(path)

    def show_in_folder(self) -> None:
        """Open the folder of the current job's file."""
        if path := self.current_file():
            self._open(str(Path(path).parent))

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

    def toggle_details(self, shown: bool) -> None:  # noqa: FBT001 - as QAction.triggered calls it
        """Show or hide the details."""
        self.details_wanted.emit(shown)

    def find(self) -> None:
        """Go to the search field."""
        self.search_wanted.emit()

    def settings(self) -> None:
        """Open the settings."""
        self.settings_wanted.emit()

    def leave(self) -> None:
        """Close the window."""
        self.leave_wanted.emit()

    def current_file(self) -> str | None:
        """The finished file of the current job; the picture itself for a local one that is not done."""
        job = self._table.current_job()
        if job is None:
            return None
        return job.file or job.original or (job.source if job.kind is SourceKind.FILE else None)

    # Inside

    def _begin_if_idle(self) -> None:
        if self._totals.run is RunState.IDLE:
            self.start()

    def _ask(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda paths: self.submit(Drop(sources=tuple(paths))))
        dialog.open()

    def _open(self, path: str) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(path)):
            message = f"No program is known for {path}."
            self._tell(Notice("Cannot be opened", message, tone=Tone.WARNING, topic="open", seconds=10))

    def _tell(self, notice: Notice) -> None:
        self.told.emit(notice)

    def _send_unsent(self) -> None:
        unsent, self._unsent = self._unsent or [], None
        for drop in unsent:
            self._engine.add(drop)

    def _note_totals(self, totals: Totals) -> None:
        self._totals = totals
