"""The window's log file, and what Qt has to say in it."""

import logging
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}
_SCREENS: Final = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY", "DISPLAY")

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


@contextmanager
def looking_for_screen() -> Iterator[None]:
    """While Qt does: what it tries in vain is for the log file alone.

    Where all was in vain, Qt would abort, which leaves a core and a report of a crash; the program says so in one line
    instead, and ends with status 1.
    """
    qInstallMessageHandler(_note_trial)
    try:
        yield
    finally:
        qInstallMessageHandler(pass_on)


def _note_trial(kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
    del context
    _qt_log.info("while looking for a screen: %s", message)
    if kind is QtMsgType.QtFatalMsg:
        asked = (f"{name}={value}" for name in _SCREENS if (value := os.environ.get(name)))
        words = (
            f"fetchmill: Qt can open no window here ({', '.join(asked)}); use fetchmill-cli without a screen"
        )
        if sys.stderr is not None:  # started without one
            sys.stderr.write(f"{words}\n")
            sys.stderr.flush()
        os._exit(1)  # nothing can be raised through Qt, which aborts as soon as this returns
