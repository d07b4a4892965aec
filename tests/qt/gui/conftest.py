"""Fixtures for tests of the window."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication, QWidget

from core.settings import Settings, Theme
from gui.appearance import Appearance
from gui.main_window import MainWindow
from tests.qt.gui.scripted_engine import ScriptedEngine
from tests.support.waiting import wait_until


@pytest.fixture
def appearance(qapp: QApplication) -> Iterator[Appearance]:
    """Light."""
    look = Appearance(qapp, Theme.LIGHT)
    yield look
    qapp.styleHints().colorSchemeChanged.disconnect(look.follow_system)
    look.deleteLater()


@pytest.fixture
def scripted(qapp: QApplication) -> ScriptedEngine:  # noqa: ARG001 - needs an application
    """An engine that does as it is told."""
    return ScriptedEngine()


@pytest.fixture
def keep(qapp: QApplication) -> Iterator[Callable[[QWidget], None]]:  # noqa: ARG001 - needs an application
    """Takes widgets that are to be destroyed after the test."""
    widgets: list[QWidget] = []
    yield widgets.append
    for widget in widgets:
        widget.hide()
        widget.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def open_window(
    scripted: ScriptedEngine, appearance: Appearance, keep: Callable[[QWidget], None]
) -> Callable[[Settings], MainWindow]:
    """Shows a window with these settings; its engine is not ready."""

    def opened(settings: Settings) -> MainWindow:
        window = MainWindow(scripted, settings, appearance)
        keep(window)
        window.resize(1200, 760)
        window.show()
        window.activateWindow()
        # Shortcuts and the focus are only there once the platform has made the window the active one, and places
        # of rows once the layout's posted events are through: a test that clicks at once would depend on luck.
        wait_until(window.isActiveWindow)
        QApplication.processEvents()
        return window

    return opened


@pytest.fixture
def window(scripted: ScriptedEngine, open_window: Callable[[Settings], MainWindow]) -> MainWindow:
    """The window, shown, with an engine that is ready."""
    window = open_window(Settings(destination="/tmp/out", theme=Theme.LIGHT))  # noqa: S108 - never written
    scripted.be_ready()
    return window
