"""Reads a list from standard input beside the UI thread."""

import logging
import os
import sys
from threading import Lock, Thread
from typing import Final

from PySide6.QtCore import QObject, Signal

_CHUNK: Final = 1 << 16

_log = logging.getLogger(__name__)


class StandardInput(QObject):
    """Reads to the end, in a thread that the program's end does not wait for: standard input may stay open for ever.

    Signals:
        text_read: ``str``; undecodable bytes are replaced. Not emitted after ``stop``.
    """

    text_read = Signal(str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = Lock()
        self._stopped = False

    def start(self) -> None:
        """Begin to read, where there is a standard input at all."""
        if sys.stdin is not None:
            Thread(target=self._read, args=(sys.stdin.fileno(),), name="standard-input", daemon=True).start()

    def stop(self) -> None:
        """Say nothing from now on; this object may be destroyed."""
        with self._lock:
            self._stopped = True

    def _read(self, descriptor: int) -> None:
        # Not sys.stdin.read: it would hold a lock that the interpreter wants at its end, and die for it.
        text = bytearray()
        try:
            while chunk := os.read(descriptor, _CHUNK):
                text += chunk
        except OSError as error:
            _log.warning("standard input: %s", error)
        with self._lock:
            if not self._stopped:
                self.text_read.emit(text.decode("utf-8", "replace"))
