"""Fixtures for all tests; whatever goes wrong beside a test fails it (tests/support/watching.py)."""

import gc
import os
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
    folder = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("FETCHMILL_HOME", str(folder))
    return folder


def pytest_configure() -> None:
    """Collect garbage in the main thread only: elsewhere a forgotten QObject would die in the wrong thread."""
    gc.disable()


def pytest_collection_finish() -> None:
    """All modules and tests are there, and stay."""
    gc.freeze()


@pytest.fixture(autouse=True)
def watch(home: Path, request: pytest.FixtureRequest) -> Iterator[Watch]:
    """Listens while the test and its other fixtures live, and fails the test for what it hears."""
    watch = Watch(str(home))
    watch.begin()
    yield watch
    if QCoreApplication.instance() is not None:
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if "qapp" in request.fixturenames or gc.get_count()[0] > _MUCH_GARBAGE:
        gc.collect()
        gc.freeze()  # what is left stays, and is not looked at again after each of thousands of tests
    complaints = watch.end()
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
