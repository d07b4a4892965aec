"""What goes wrong beside a test fails it: Qt's messages, log records, lost exceptions, processes and threads left over."""

import logging
import multiprocessing
import multiprocessing.forkserver
import multiprocessing.resource_tracker
import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable
from types import TracebackType
from typing import Any, Final, Literal, NamedTuple

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from tests.support.processes import ProcessEntry, end_process, running_now, strangers, wait_for_end

# The offscreen platform says these of itself; there is no window system that could do it.
OFFSCREEN_COMPLAINTS: Final = (
    r"This plugin does not support propagateSizeHints\(\)",
    r"This plugin does not support raise\(\)",
    r"This plugin supports grabbing the mouse only for popup windows",
)
GRACE_S: Final = 5.0  # as long as an orphan may live
_LOUD: Final = {QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg, QtMsgType.QtFatalMsg}

Kind = Literal["log", "qt", "error"]


class Trouble(NamedTuple):
    """Something that nobody expected.

    Attributes:
        kind: Where it came from.
        text: What it said.
        detail: More, for the report.
    """

    kind: Kind
    text: str
    detail: str = ""


class Expectations:
    """What a test provokes on purpose: each pattern (re.search) has to come up, and then does not fail the test."""

    def __init__(self) -> None:
        self._patterns: list[tuple[Kind, str]] = []

    def log(self, pattern: str) -> None:
        """A log record of WARNING or above: ``name: message``."""
        self._patterns.append(("log", pattern))

    def qt(self, pattern: str) -> None:
        """A message of Qt, of warning or above: ``category: message``."""
        self._patterns.append(("qt", pattern))

    def error(self, pattern: str) -> None:
        """An exception that reaches sys.excepthook, such as one from a slot: ``Type: message``."""
        self._patterns.append(("error", pattern))

    def unmet(self, troubles: list[Trouble]) -> list[str]:
        """Complaints: troubles that no pattern covers, patterns that nothing has met."""
        strangers = [trouble for trouble in troubles if not any(_meets(trouble, p) for p in self._patterns)]
        absent = [p for p in self._patterns if not any(_meets(trouble, p) for trouble in troubles)]
        return [f"unexpected {t.kind}: {t.text}\n{t.detail}".rstrip() for t in strangers] + [
            f"expected {kind} did not come: {pattern}" for kind, pattern in absent
        ]


def _meets(trouble: Trouble, pattern: tuple[Kind, str]) -> bool:
    return trouble.kind == pattern[0] and re.search(pattern[1], trouble.text) is not None


class Watch:
    """Listens from ``begin`` to ``end``; ``complaints`` says what was wrong."""

    def __init__(self, home: str) -> None:
        self.expect = Expectations()
        self._home = home
        self._troubles: list[Trouble] = []
        self._before: set[int] = set()
        self._threads: set[threading.Thread] = set()
        self._undo: list[Callable[[], object]] = []

    def begin(self) -> None:
        """Install everything."""
        self._before = running_now()
        self._threads = set(threading.enumerate())
        hook = sys.excepthook
        sys.excepthook = self._take_exception
        self._undo.append(lambda: setattr(sys, "excepthook", hook))
        before = qInstallMessageHandler(self._take_qt)
        self._undo.append(lambda: qInstallMessageHandler(before))
        factory = logging.getLogRecordFactory()  # sees all records, whatever a program does to the handlers

        def note(*args: Any, **kwargs: Any) -> logging.LogRecord:
            record = factory(*args, **kwargs)
            self._take_record(record)
            return record

        logging.setLogRecordFactory(note)
        self._undo.append(lambda: logging.setLogRecordFactory(factory))
        self._undo.append(_keep_root_logger())

    def end(self) -> list[str]:
        """Take everything down; the complaints. Processes left over are ended."""
        leftovers = self._threads_left() + self._processes_left()
        while self._undo:
            self._undo.pop()()
        return self.expect.unmet(self._troubles) + leftovers

    def _take_record(self, record: logging.LogRecord) -> None:
        if record.levelno < logging.WARNING:
            return
        text = f"{record.name}: {record.getMessage()}"
        detail = "".join(traceback.format_exception(*record.exc_info)) if record.exc_info else ""
        self._troubles.append(Trouble("log", text, detail))

    def _take_qt(self, kind: QtMsgType, context: QMessageLogContext, message: str) -> None:
        if kind in _LOUD and not any(re.search(known, message) for known in OFFSCREEN_COMPLAINTS):
            category = getattr(context, "category", None) or "default"
            self._troubles.append(Trouble("qt", f"{category}: {message}"))

    def _take_exception(
        self, kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        detail = "".join(traceback.format_exception(kind, error, trace))
        self._troubles.append(Trouble("error", f"{kind.__name__}: {error}", detail))

    def _threads_left(self) -> list[str]:
        deadline = time.monotonic() + GRACE_S
        strangers = [t for t in threading.enumerate() if t not in self._threads and not t.daemon]
        for thread in strangers:
            thread.join(max(0.0, deadline - time.monotonic()))
        return [f"a thread is left: {thread.name}" for thread in strangers if thread.is_alive()]

    def _processes_left(self) -> list[str]:
        deadline = time.monotonic() + GRACE_S
        pause = threading.Event()
        while (left := self._strangers()) and time.monotonic() < deadline:
            running = [entry for entry in left if not entry.is_zombie]
            if running:
                wait_for_end(running[0].pid, deadline - time.monotonic())
            else:
                pause.wait(0.02)  # somebody is about to collect it
        for entry in left:
            if not entry.is_zombie:
                end_process(entry.pid)
        return [f"a process is left{' uncollected' * e.is_zombie}: {e.pid} {e.command}" for e in left]

    def _strangers(self) -> list[ProcessEntry]:
        """Processes that came with this test: our descendants, and those that bear its FETCHMILL_HOME."""
        multiprocessing.active_children()  # collects those that have ended
        known = self._before | _multiprocessing_servants()
        return strangers(os.getpid(), known, "FETCHMILL_HOME", self._home)


def _keep_root_logger() -> Callable[[], None]:
    """What gives the root logger its present level and handlers back; pytest's are among them."""
    root = logging.getLogger()
    level, handlers = root.level, list(root.handlers)

    def restore() -> None:
        for handler in set(root.handlers) - set(handlers):
            root.removeHandler(handler)
            handler.close()
        for handler in handlers:
            root.addHandler(handler)
        root.setLevel(level)

    return restore


def _multiprocessing_servants() -> set[int]:
    """The resource tracker and the fork server stay by design; they end with this process."""
    tracker = getattr(multiprocessing.resource_tracker._resource_tracker, "_pid", None)
    forker = getattr(multiprocessing.forkserver._forkserver, "_forkserver_pid", None)
    return {pid for pid in (tracker, forker) if isinstance(pid, int)}
