"""Where Fetchmill keeps files of its own: Qt's standard locations, or all below ``FETCHMILL_HOME``."""

import logging
import os
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths

APPLICATION: Final = "fetchmill"
QUEUE_FILE: Final = "queue.sqlite"
JOURNAL_FILE: Final = "journal.sqlite"
RECIPES: Final = "recipes"
CRASHES: Final = "crashes"
_LOG_BYTES: Final = 1_000_000
_LOG_COUNT: Final = 3
_FORMAT: Final = "%(asctime)s %(process)d %(levelname)s %(name)s: %(message)s"


def state_folder() -> Path:
    """For the queue and the logs; need not be there yet."""
    return _place(QStandardPaths.StandardLocation.GenericDataLocation)


def make_state_folder() -> None:
    """Make it where it is not there; for its user alone, as URLs stand in the logs.

    Raises:
        OSError: It cannot be made.
    """
    state_folder().mkdir(mode=0o700, parents=True, exist_ok=True)


def crashes_folder() -> Path:
    """For reports of crashes; need not be there yet."""
    return state_folder() / CRASHES


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
    """Send this process's log to a rotating file of its own; to nowhere when the folder cannot be written.

    Args:
        process: ``window``, ``engine`` or ``cli``; several processes must not rotate one file.
    """
    handler: logging.Handler
    try:
        make_state_folder()
        path = state_folder() / f"{process}.log"
        handler = RotatingFileHandler(
            path,
            maxBytes=_LOG_BYTES,
            backupCount=_LOG_COUNT,
            encoding="utf-8",
            delay=True,
            errors="backslashreplace",  # a file's name may be bytes that are no text
        )
        path.touch()
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter(_FORMAT))
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)


def _place(location: QStandardPaths.StandardLocation) -> Path:
    if home := os.environ.get("FETCHMILL_HOME"):
        return Path(home)
    return Path(QStandardPaths.writableLocation(location)) / APPLICATION
