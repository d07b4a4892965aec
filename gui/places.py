"""Where the window's own files are: Qt's standard locations, or ``FETCHMILL_HOME`` for all of them.

The same folders as the engine's (``core.places``, which the window does not import).
"""

import os
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths

_APPLICATION: Final = "fetchmill"


def _place(location: QStandardPaths.StandardLocation) -> Path:
    if home := os.environ.get("FETCHMILL_HOME"):
        return Path(home)
    return Path(QStandardPaths.writableLocation(location)) / _APPLICATION


def settings_path() -> Path:
    """The settings file."""
    return _place(QStandardPaths.StandardLocation.GenericConfigLocation) / "settings.json"


def window_state_path() -> Path:
    """How the window stood when it was last closed."""
    return _place(QStandardPaths.StandardLocation.GenericConfigLocation) / "window.json"


def log_path() -> Path:
    """The window's log."""
    return _place(QStandardPaths.StandardLocation.GenericDataLocation) / "window.log"
