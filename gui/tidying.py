"""What the actions do that take jobs off the list, bring them back or write them to a file: a few lines each."""

from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from core.interface import EngineInterface
from core.job import JobId
from core.report import Export, ExportForm
from gui.formatting import counted
from gui.job_table import JobTable
from gui.undoing import Undoing

_FILTERS: Final = {
    ExportForm.STATE: ("jsonl", "Job lists (*.jsonl)"),
    ExportForm.URLS: ("txt", "Text files (*.txt)"),
}


class Tidying(QObject):
    """Slots of ``actions.ACTIONS``.

    Args:
        engine: What does it.
        table: Whose selection counts.
        undoing: Is told of removals.
        window: Above which dialogs open.
    """

    def __init__(self, engine: EngineInterface, table: JobTable, undoing: Undoing, window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._table = table
        self._undoing = undoing
        self._window = window
        self._folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)

    def remove(self) -> None:
        """Take the selected jobs off the list."""
        if ids := self._table.selected_ids():
            self._undoing.expect()
            self._engine.remove(ids)

    def clear_finished(self) -> None:
        """Take what is done or skipped off the list."""
        self._undoing.expect()
        self._engine.clear_finished()

    def undo(self) -> None:
        """Put back what was taken off last."""
        self._undoing.undo()

    def export_list(self) -> None:
        """Write the jobs with all that is known of them."""
        self._ask("jobs", ExportForm.STATE, "Export {}")

    def export_links(self) -> None:
        """Write where the jobs come from, a line each."""
        self._ask("urls", ExportForm.URLS, "Export the URLs of {}")

    def export_failed(self) -> None:
        """Write where the failed jobs come from, a line each."""
        self._ask("failed", ExportForm.URLS, "Export the failed URLs of {}", failed_only=True)

    def _ask(self, name: str, form: ExportForm, title: str, *, failed_only: bool = False) -> None:
        ids = self._chosen()
        of_what = counted(len(ids), "selected job") if ids is not None else "all jobs"
        suffix, name_filter = _FILTERS[form]
        dialog = QFileDialog(self._window, title.format(of_what), self._folder)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilter(name_filter)
        dialog.setDefaultSuffix(suffix)
        dialog.selectFile(f"fetchmill-{name}.{suffix}")
        dialog.fileSelected.connect(lambda path: self._export(Export(path, form, ids, failed_only)))
        dialog.open()

    def _export(self, wish: Export) -> None:
        self._folder = str(Path(wish.path).parent)
        self._engine.export(wish)

    def _chosen(self) -> tuple[JobId, ...] | None:
        """The selected jobs where there are several; None for all."""
        ids = self._table.selected_ids()
        return ids if 1 < len(ids) < self._table.model().rowCount() else None
