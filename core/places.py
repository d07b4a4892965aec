"""Where Fetchmill keeps files of its own: Qt's standard locations, or all below ``FETCHMILL_HOME``."""

import logging
import os
import sys
import threading
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Final

from PySide6.QtCore import QStandardPaths

APPLICATION: Final = "fetchmill"
QUEUE_FILE: Final = "queue.sqlite"
JOURNAL_FILE: Final = "journal.sqlite"
RECIPES: Final = "recipes"
_LOG_BYTES: Final = 1_000_000
_LOG_COUNT: Final = 3
_FORMAT: Final = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


def state_folder() -> Path:
    """For the queue and the logs; need not be there yet."""
    return _place(QStandardPaths.StandardLocation.GenericDataLocation)


def config_folder() -> Path:
    """For the settings; need not be there yet."""
    return _place(QStandardPaths.StandardLocation.GenericConfigLocation)


def recipes_folder() -> Path:
    """For the user's own recipes, beside the settings; need not be there."""
    return config_folder() / RECIPES


def pictures_folder() -> Path:
    """Where finished pictures go unless the user says otherwise."""
    standard = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
    return (Path(standard) if standard else Path.home()) / "Fetchmill"


def log_to_file(process: str) -> None:
    """Send this process's log, and exceptions that nobody catches, to a rotating file of its own.

    To nowhere when the folder cannot be written.

    Args:
        process: ``window``, ``engine`` or ``cli``; several processes must not rotate one file.
    """
    handler: logging.Handler
    try:
        state_folder().mkdir(parents=True, exist_ok=True)
        path = state_folder() / f"{process}.log"
        handler = RotatingFileHandler(
            path, maxBytes=_LOG_BYTES, backupCount=_LOG_COUNT, encoding="utf-8", delay=True
        )
        path.touch()
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    sys.excepthook = _log_uncaught
    threading.excepthook = lambda found: _log_uncaught(found.exc_type, found.exc_value, found.exc_traceback)


def _log_uncaught(
    kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
) -> None:
    """A fault of our own: a traceback is for the log, not for the user's terminal."""
    logging.getLogger(__name__).error("uncaught", exc_info=(kind, error or kind(), trace))


def _place(location: QStandardPaths.StandardLocation) -> Path:
    if home := os.environ.get("FETCHMILL_HOME"):
        return Path(home)
    return Path(QStandardPaths.writableLocation(location)) / APPLICATION
