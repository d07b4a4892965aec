"""Messages in the window itself: nothing has to be clicked away before work goes on."""

from enum import Enum
from typing import Final, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from gui import spacing
from gui.appearance import Appearance
from gui.icons import tinted

_MOST: Final = 5
_ICON: Final = 20


class Tone(Enum):
    """How serious a message is; the value is its look."""

    NEUTRAL = "neutral"
    DONE = "done"
    WARNING = "warning"
    FAILED = "failed"


class Notice(NamedTuple):
    """One message.

    Attributes:
        title: A few words.
        message: A sentence, or nothing.
        hint: What to do next, or nothing.
        tone: How serious it is.
        topic: A newer notice of the same topic takes its place.
        seconds: How long it stays; None until it is closed.
    """

    title: str
    message: str = ""
    hint: str = ""
    tone: Tone = Tone.NEUTRAL
    topic: str = ""
    seconds: float | None = None


class Banner(QWidget):
    """Shows the newest notice; closing it brings back the one before.

    Signals:
        closed: ``Notice`` that was put away.
    """

    closed = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Message")
        self._card = QFrame()
        self._card.setObjectName("banner")
        self._appearance = appearance
        self._notices: list[Notice] = []
        self._icon = QLabel()
        self._title = QLabel()
        self._body = QLabel()
        self._close = QToolButton()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.close_notice)
        self._build()
        appearance.changed.connect(self._show_newest)
        self.hide()

    @property
    def notice(self) -> Notice | None:
        """What is shown."""
        return self._notices[-1] if self._notices else None

    def tell(self, notice: Notice) -> None:
        """Show a message above the others."""
        kept = [old for old in self._notices if not (notice.topic and old.topic == notice.topic)]
        self._notices = [*kept, notice][-_MOST:]
        self._show_newest()
        self._announce(notice)

    def close_notice(self) -> None:
        """Put away the message that is shown."""
        if self._notices:
            gone = self._notices.pop()
            self._show_newest()
            self.closed.emit(gone)

    def forget(self, topic: str) -> None:
        """Put away what is no longer true."""
        self._notices = [old for old in self._notices if old.topic != topic]
        self._show_newest()

    def _build(self) -> None:
        self._title.setStyleSheet("font-weight: 600")
        for label in (self._title, self._body):
            label.setTextFormat(Qt.TextFormat.PlainText)  # it quotes file names and servers
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._close.setProperty("look", "small")
        self._close.setToolTip("Close this message")
        self._close.setAccessibleName("Close message")
        self._close.clicked.connect(self.close_notice)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._body)
        row = QHBoxLayout(self._card)
        row.setContentsMargins(spacing.MEDIUM, spacing.SMALL, spacing.SMALL, spacing.SMALL)
        row.setSpacing(spacing.MEDIUM)
        top = Qt.AlignmentFlag.AlignTop
        row.addWidget(self._icon, 0, top)
        row.addLayout(words, 1)
        row.addWidget(self._close, 0, top)
        around = QVBoxLayout(self)
        around.setContentsMargins(spacing.MEDIUM, spacing.MEDIUM, spacing.MEDIUM, spacing.TINY)
        around.addWidget(self._card)

    def _show_newest(self) -> None:
        self._timer.stop()
        notice = self.notice
        self.setVisible(notice is not None)
        if notice is None:
            return
        colors = self._appearance.colors
        color = {"neutral": colors.link}.get(notice.tone.value) or getattr(colors, notice.tone.value)
        self._icon.setPixmap(tinted(notice.tone.value, color, _ICON, self.devicePixelRatioF()))
        self._close.setIcon(self._appearance.icon("close", color=colors.secondary))
        self._title.setText(notice.title)
        body = " ".join(part for part in (notice.message, notice.hint) if part)
        self._body.setText(body)
        self._body.setVisible(bool(body))
        self.setAccessibleDescription(f"{notice.title}. {body}")
        self._card.setProperty("tone", notice.tone.value)
        self._card.style().polish(self._card)
        if notice.seconds is not None:
            self._timer.start(int(notice.seconds * 1000))

    def _announce(self, notice: Notice) -> None:
        if QAccessible.isActive():
            text = " ".join(part for part in (notice.title, notice.message, notice.hint) if part)
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
