"""Reads a list from standard input beside the UI thread."""

import sys

from PySide6.QtCore import QThread, Signal


class StandardInput(QThread):
    """Reads to the end and stops.

    Signals:
        text_read: ``str``; undecodable bytes are replaced.
    """

    text_read = Signal(str)

    def run(self) -> None:
        """See Qt."""
        self.text_read.emit(sys.stdin.buffer.read().decode("utf-8", "replace"))
