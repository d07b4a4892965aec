"""The window's log file, and what Qt has to say in it."""

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_FORMAT: Final = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_MOST_BYTES: Final = 1_000_000
_OLD_FILES: Final = 3
_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}

_qt_log = logging.getLogger("qt")


def pass_on(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    """Give one of Qt's messages to logging."""
    category = getattr(context, "category", None)
    _qt_log.log(_LEVELS.get(kind, logging.WARNING), "%s: %s", category or "default", message)


def set_up_logging(path: Path) -> None:
    """Write warnings and worse to a file that never grows beyond a few megabytes, and to standard error.

    A folder that cannot be written costs the file, not the program.
    """
    root = logging.getLogger()
    root.setLevel(logging.INFO)
    console = logging.StreamHandler()
    console.setLevel(logging.WARNING)
    root.addHandler(console)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = RotatingFileHandler(
            path, maxBytes=_MOST_BYTES, backupCount=_OLD_FILES, encoding="utf-8", delay=True
        )
    except OSError as error:
        root.warning("no log file: %s", error)
    else:
        file.setFormatter(logging.Formatter(_FORMAT))
        root.addHandler(file)
    qInstallMessageHandler(pass_on)
