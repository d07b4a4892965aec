"""A window to drag from, as a file manager or a browser is.

``python -m tests.support.drag_source KIND X Y VALUE...``

KIND is ``files`` (text/uri-list of the paths) or ``text`` (text/plain of the lines). It prints ``shown``, then, for a
drag with the real mouse, ``dragging``, ``accepted`` as soon as the window below would take it, ``dropped ACTION`` when
the mouse is let go, and ``finished`` when that window has what it wants: the program has to live until then.
"""

import sys
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDrag, QGuiApplication, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget


class DragSource(QWidget):
    """A window without a frame that starts a drag when it is pulled at."""

    def __init__(self, mime: QMimeData) -> None:
        above_all = Qt.WindowType.FramelessWindowHint | Qt.WindowType.WindowStaysOnTopHint
        super().__init__(None, above_all)
        self._is_shown = False
        self._mime = mime
        self._pressed_at: QPoint | None = None
        self.setWindowTitle("Drag source")

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Remember where."""
        self._pressed_at = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Start the drag once the mouse is far enough from where it was pressed."""
        if self._pressed_at is None:
            return
        way = (event.position().toPoint() - self._pressed_at).manhattanLength()
        if way >= QGuiApplication.styleHints().startDragDistance():
            self._pressed_at = None
            self._drag()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Say what it is."""
        painter = QPainter(self)
        painter.drawText(event.rect(), Qt.AlignmentFlag.AlignCenter, "Drag me")
        if not self._is_shown:  # the screen has asked for it: now it is there
            self._is_shown = True
            say("shown")

    def _drag(self) -> None:
        drag = QDrag(self)
        drag.setMimeData(self._mime)
        # exec() returns when the mouse is let go; only then the window below asks for the data, and Qt's X11 part
        # deletes the drag when that window has said that it is through (XdndFinished)
        drag.destroyed.connect(lambda: say("finished"))
        drag.actionChanged.connect(
            lambda a: say("accepted" if a != Qt.DropAction.IgnoreAction else "refused")
        )
        say("dragging")
        action = drag.exec(Qt.DropAction.CopyAction | Qt.DropAction.LinkAction, Qt.DropAction.CopyAction)
        say(f"dropped {action.name}")


def say(line: str) -> None:
    """Tell the test."""
    print(line, flush=True)


def mime_of(kind: str, values: list[str]) -> QMimeData:
    """What is dragged."""
    mime = QMimeData()
    if kind == "files":
        mime.setUrls([QUrl.fromLocalFile(str(Path(value).absolute())) for value in values])
    else:
        mime.setText("\n".join(values))
    return mime


def main(arguments: list[str]) -> int:
    """Show the window at X, Y until it is closed."""
    kind, x, y, *values = arguments
    application = QApplication(["drag-source"])
    source = DragSource(mime_of(kind, values))
    source.setGeometry(int(x), int(y), 120, 80)
    source.show()
    return application.exec()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
