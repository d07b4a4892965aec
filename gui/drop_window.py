"""A window that takes whatever is dropped on it."""

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow

from gui.appearance import Appearance
from gui.drop import is_welcome, preview_of
from gui.drop_overlay import DropOverlay


class DropWindow(QMainWindow):
    """Says what is about to be dropped, and passes on what was.

    Signals:
        dropped: ``QMimeData`` that holds something to add; it lives no longer than the call.
    """

    dropped = Signal(QMimeData)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.overlay = DropOverlay(appearance, self)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """See Qt."""
        if is_welcome(event.mimeData()):
            event.acceptProposedAction()
            self.overlay.announce(preview_of(event.mimeData()).sentence())

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:
        """See Qt."""
        if self.overlay.isVisible():
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """See Qt."""
        del event
        self.overlay.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """See Qt."""
        self.overlay.hide()
        if is_welcome(event.mimeData()):
            event.acceptProposedAction()
            self.dropped.emit(event.mimeData())
