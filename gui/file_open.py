"""Files that the desktop asks the running program to open: macOS sends them as events, never as arguments."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from core.job import Drop
from gui.drop import source_of


class Application(QApplication):
    """The application object, which is told of such files.

    Not an event filter: that would be asked about every event of every widget.

    Signals:
        opened: A Drop with all that was opened in one go; the desktop sends an event for each of the selected files.
    """

    opened = Signal(object)

    def __init__(self, arguments: Sequence[str]) -> None:
        super().__init__(arguments)
        self._sources: list[str] = []

    def event(self, event: QEvent) -> bool:
        """Keep what is to be opened; all else goes its way."""
        if not isinstance(event, QFileOpenEvent):
            return super().event(event)
        if source := source_of(event.url()):
            if not self._sources:
                QTimer.singleShot(0, self, self._tell)
            self._sources.append(source)
        return True

    def _tell(self) -> None:
        sources, self._sources = tuple(self._sources), []
        self.opened.emit(Drop(sources=sources))
