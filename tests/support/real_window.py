"""The program's own window, engine process and all, in this process; for benchmarks. A QApplication is made here."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

from core.client import EngineClient
from gui.app import App, make_application
from gui.main_window import MainWindow
from tests.support.screen import Screen
from tests.support.waiting import wait_for_signal

_NOT_MEASURED = ("QT_LINUX_ACCESSIBILITY_ALWAYS_ON", "QT_ACCESSIBILITY")


class RealWindow(NamedTuple):
    """What is running.

    Attributes:
        window: The window.
        client: Its engine, as it sees it.
    """

    window: MainWindow
    client: EngineClient

    def drop(self, path: Path) -> None:
        """Drop a file on the window, as Qt would tell it."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        place = self.window.rect().center()
        left, plain, copy = (
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.DropAction.CopyAction,
        )
        QApplication.sendEvent(self.window, QDragEnterEvent(QPoint(place), copy, mime, left, plain))
        QApplication.sendEvent(self.window, QDropEvent(place.toPointF(), copy, mime, left, plain))


@contextmanager
def platform(folder: Path, *, on_screen: bool) -> Iterator[None]:
    """Choose where the QApplication to come will draw: offscreen, or an Xvfb that lives as long as this."""
    if not on_screen:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        yield
        return
    folder.mkdir()
    with Screen(folder) as screen:
        os.environ.update(screen.environment)
        for name in _NOT_MEASURED:
            os.environ.pop(name, None)
        yield


@contextmanager
def real_window(home: Path, **settings: str) -> Iterator[RealWindow]:
    """Fetchmill with these settings, its engine ready."""
    home.mkdir(exist_ok=True)
    (home / "settings.json").write_text(json.dumps(settings))
    os.environ["FETCHMILL_HOME"] = str(home)
    app = App(make_application(), ())
    client = app.findChild(EngineClient)
    assert isinstance(client, EngineClient)
    wait_for_signal(client.ready, app.begin)
    try:
        yield RealWindow(app.window, client)
    finally:
        wait_for_signal(app.window.closed, app.window.leave)
