"""What the actions do that add to the list: a few lines each."""

from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QMimeData, QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from core.asked import Asked
from core.interface import EngineInterface
from core.job import Drop, Edit, Edited
from gui.appearance import Appearance
from gui.banner import Notice, Tone
from gui.drop import drop_of, is_welcome

if TYPE_CHECKING:
    from gui.add_dialog import AddDialog

_OWN_TICKET: Final = Edit(()).ticket  # the dialog for editing counts from the next one


class Adding(QObject):
    """Slots of ``actions.ACTIONS``.

    Args:
        engine: What reads and adds.
        appearance: Gives the icons.
        window: Above which dialogs open.

    Signals:
        told: ``Notice`` for the banner.
    """

    told = Signal(object)

    def __init__(self, engine: EngineInterface, appearance: Appearance, window: QWidget) -> None:
        super().__init__(window)
        self._engine = engine
        self._appearance = appearance
        self._window = window
        self._add_dialog: AddDialog | None = None
        self._unsent: list[Drop] | None = []
        engine.ready.connect(self._send_unsent)
        engine.edited.connect(self._take_answer)

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
        """Open the field for URLs."""
        if self._add_dialog is None:
            from gui.add_dialog import AddDialog  # noqa: PLC0415  # the window is there sooner without it

            self._add_dialog = AddDialog(self._appearance, self._window)
            self._add_dialog.text_added.connect(self._take_text)
            self._add_dialog.looked_for.connect(self._engine.look)
            self._engine.looked.connect(self._add_dialog.show_report)
        self._add_dialog.show()
        self._add_dialog.raise_()
        self._add_dialog.activateWindow()

    def paste_links(self) -> None:
        """Open the field for URLs."""
        self.add()

    def add_clipboard(self) -> None:
        """Add what was copied."""
        mime = QGuiApplication.clipboard().mimeData()
        if mime is not None and is_welcome(mime):
            self.submit_mime(mime)
        else:
            self.told.emit(Notice("Nothing to add", "The clipboard holds no text, URLs or files.", seconds=6))

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

    def import_list(self) -> None:
        """Ask for a list that was exported; its jobs come back as they were."""
        dialog = QFileDialog(self._window, "Import list")
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Exported lists (*.jsonl *.jsonl.gz)", "All files (*)"])
        self._ask(dialog)

    # Inside

    def _take_text(self, text: str, asked: Asked | None) -> None:
        if asked is not None and asked.cookies_file:
            self._engine.edit(Edit((), asked=asked, applies=False))  # finds out whether it can be read
        self.submit(Drop(text=text, asked=asked))

    def _take_answer(self, answer: Edited) -> None:
        if answer.ticket == _OWN_TICKET and (error := answer.error) is not None:
            hint = "Select the batch and use Edit headers to give another one."
            self.told.emit(
                Notice("Cookie file not usable", error.message, hint, Tone.WARNING, seconds=20, urgent=True)
            )

    def _ask(self, dialog: QFileDialog) -> None:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.filesSelected.connect(lambda paths: self.submit(Drop(sources=tuple(paths))))
        dialog.open()

    def _send_unsent(self) -> None:
        unsent, self._unsent = self._unsent or [], None
        for drop in unsent:
            self._engine.add(drop)
        if self._add_dialog is not None and self._add_dialog.isVisible():
            self._add_dialog.look()  # whom it had asked may be gone
