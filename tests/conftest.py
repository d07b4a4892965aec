"""Fixtures for all tests; whatever goes wrong beside a test fails it (tests/support/watching.py)."""

import gc
import itertools
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from tests.support.server import Server
from tests.support.watching import Expectations, Watch

# For this process. Tests of the real window start it as a program of its own, on a display of its own.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
    os.environ.pop(name, None)  # no test talks to the outside

_MUCH_GARBAGE = 100_000  # objects made and not yet looked at
_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def qapp() -> QApplication:
    """The application object: for everything that needs an event loop."""
    application = QApplication.instance() or QApplication(["tests"])
    assert isinstance(application, QApplication)
    application.setQuitOnLastWindowClosed(False)
    return application


@pytest.fixture
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where this test's Fetchmill keeps its own files: FETCHMILL_HOME."""
    # not mktemp, which for each of thousands looks through all that the tests before have left there
    folder = tmp_path_factory.getbasetemp() / "homes" / str(next(_NUMBERS))
    folder.mkdir(mode=0o700, parents=True)
    monkeypatch.setenv("FETCHMILL_HOME", str(folder))
    return folder


def pytest_configure() -> None:
    """Collect garbage in the main thread only: elsewhere a forgotten QObject would die in the wrong thread.

    A shell that starts a run in the background has it ignore SIGINT, and so would all the programs that tests interrupt.
    """
    gc.disable()
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """All modules and tests are there, and stay."""
    gc.freeze()


def _engines_left() -> list[str]:
    """An engine holds all its jobs, stages and threads: hundreds of them would be most of a run's memory."""
    if getattr(sys, "last_value", None) is not None:
        return []  # a test that failed: its frames are kept for whoever asks
    names = (type(thing).__name__ for thing in gc.get_objects())  # not what is frozen
    return ["an engine is left: something still refers to it" for name in names if name == "Engine"]


@pytest.fixture(autouse=True)
def watch(home: Path, request: pytest.FixtureRequest) -> Iterator[Watch]:
    """Listens while the test and its other fixtures live, and fails the test for what it hears."""
    watch = Watch(str(home))
    watch.begin()
    yield watch
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    # The other fixtures are through. What they gave would live on here until after this one, and then, with all that
    # it is in a cycle with (an engine, a window and its pictures), be frozen and stay to the end of the run.
    request.node.funcargs.clear()
    complaints = []
    if "qapp" in request.fixturenames or gc.get_count()[0] > _MUCH_GARBAGE:
        gc.collect()
        complaints = _engines_left()
        gc.freeze()  # what is left stays, and is not looked at again after each of thousands of tests
    complaints += watch.end()
    if complaints:
        pytest.fail("\n".join(complaints), pytrace=False)


@pytest.fixture
def expect(watch: Watch) -> Expectations:
    """Says which log records, Qt messages and exceptions the test provokes: ``expect.log("worker .* died")``."""
    return watch.expect


@pytest.fixture
def server() -> Iterator[Server]:
    """A local HTTP server that does as it is told."""
    with Server() as server:
        yield server
