"""A small JSON file, read at the start and written beside the UI thread."""

import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path
from threading import Lock

from PySide6.QtCore import QRunnable, QThreadPool

_log = logging.getLogger(__name__)


class _Write(QRunnable):
    """Writes what the file is to hold at the moment it runs: of many changes in a row only the last counts."""

    def __init__(self, file: "JsonFile") -> None:
        super().__init__()
        self._file = file

    def run(self) -> None:
        """See Qt."""
        self._file.write_now()


class JsonFile:
    """One object in one file; written whole or not at all.

    Attributes:
        path: Where it lies.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = Lock()
        self._pending: Mapping[str, object] | None = None
        self._pool = QThreadPool()
        self._pool.setMaxThreadCount(1)

    def read(self) -> dict[str, object]:
        """What the file holds; nothing where there is none.

        Raises:
            OSError: It cannot be read.
            ValueError: It holds no JSON object.
        """
        try:
            content = json.loads(self.path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        if not isinstance(content, dict):
            raise ValueError(f"{self.path.name} holds no JSON object")  # noqa: TRY004 - the file is at fault, not the caller
        return content

    def write_later(self, content: Mapping[str, object]) -> None:
        """Have this written soon, in another thread."""
        with self._lock:
            waiting, self._pending = self._pending is not None, content
        if not waiting:
            self._pool.start(_Write(self))

    def write_now(self) -> None:
        """Write what waits to be written; a failure is logged."""
        with self._lock:
            content, self._pending = self._pending, None
        if content is None:
            return
        try:
            self._replace(json.dumps(content, indent=2, sort_keys=True) + "\n")
        except OSError as error:
            _log.warning("%s could not be written: %s", self.path, error)

    def finish(self) -> None:
        """Wait until everything is written."""
        self._pool.waitForDone()

    def _replace(self, text: str) -> None:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        part = self.path.with_name(f"{self.path.name}.part")
        with part.open("w", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(self.path)
