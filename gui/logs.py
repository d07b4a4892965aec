"""The window's log file, and what Qt has to say in it."""

import logging
from typing import Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

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


def extend_logging() -> None:
    """Have Qt's messages in the log file too; what is worth a warning goes to standard error as well."""
    console = logging.StreamHandler()
    console.setLevel(logging.WARNING)
    logging.getLogger().addHandler(console)
    qInstallMessageHandler(pass_on)
