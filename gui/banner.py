"""Messages in the window itself: nothing has to be clicked away before work goes on."""

from collections.abc import Callable
from enum import Enum
from typing import Final, NamedTuple

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui import spacing
from gui.appearance import Appearance
from gui.icons import tinted

_MOST: Final = 5
_ICON: Final = 20
_MOST_CHOICES: Final = 3


class Tone(Enum):
    """How serious a message is; the value is its look."""

    NEUTRAL = "neutral"
    DONE = "done"
    WARNING = "warning"
    FAILED = "failed"


class Choice(NamedTuple):
    """What the user can do about a message: a button beside it.

    Attributes:
        text: On the button.
        do: What happens; the message is put away first.
        stays: Whether the message is left to whoever told it instead.
    """

    text: str
    do: Callable[[], object]
    stays: bool = False


class Notice(NamedTuple):
    """One message.

    Attributes:
        title: A few words.
        message: A sentence, or nothing.
        hint: What to do next, or nothing.
        tone: How serious it is.
        topic: A newer notice of the same topic takes its place.
        seconds: How long it stays; None until it is closed.
        choices: What can be done about it, three at the most, the likelier one first.
        urgent: Whether it stays above those that are told later.
    """

    title: str
    message: str = ""
    hint: str = ""
    tone: Tone = Tone.NEUTRAL
    topic: str = ""
    seconds: float | None = None
    choices: tuple[Choice, ...] = ()
    urgent: bool = False

    @property
    def body(self) -> str:
        """What stands below the title."""
        return " ".join(part for part in (self.message, self.hint) if part)


class Banner(QWidget):
    """Shows the newest notice; closing it brings back the one before.

    Signals:
        closed: ``Notice`` that the user put away, or whose time was over.
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
        self._choices = [QPushButton() for _ in range(_MOST_CHOICES)]
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
        """Show a message above the others, but for urgent ones."""
        kept = [old for old in self._notices if not (notice.topic and old.topic == notice.topic)]
        self._notices = sorted([*kept, notice], key=lambda each: each.urgent)[-_MOST:]
        self._show_newest()
        self._announce(notice)

    def renew(self, notice: Notice) -> None:
        """Put other words into the message of that topic, silently; nothing where it was put away."""
        self._notices = [notice if old.topic == notice.topic else old for old in self._notices]
        self._show_newest()

    def notice_of(self, topic: str) -> Notice | None:
        """The message of that topic, shown or below another."""
        return next((notice for notice in self._notices if notice.topic == topic), None)

    def close_notice(self) -> None:
        """Put away the message that is shown."""
        if self._notices:
            gone = self._notices.pop()
            self._show_newest()
            self.closed.emit(gone)

    def forget(self, topic: str) -> None:
        """Put away what is no longer true."""
        if self.notice_of(topic) is not None:
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
        words.addStretch(1)
        words.addWidget(self._title)
        words.addWidget(self._body)
        words.addStretch(1)
        row = self._row = QHBoxLayout(self._card)
        row.setContentsMargins(spacing.MEDIUM, spacing.SMALL, spacing.SMALL, spacing.SMALL)
        row.setSpacing(spacing.MEDIUM)
        middle = Qt.AlignmentFlag.AlignVCenter
        row.addWidget(self._icon)
        row.addLayout(words, 1)
        for number, button in enumerate(self._choices):
            button.setProperty("look", "notice")
            button.clicked.connect(lambda _=False, n=number: self._choose(n))
            row.addWidget(button, 0, middle)
        row.addWidget(self._close, 0, middle)
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
        self._body.setText(notice.body)
        self._body.setVisible(bool(notice.body))
        align = Qt.AlignmentFlag
        self._row.setAlignment(self._icon, align.AlignTop if notice.body else align.AlignVCenter)
        self.setAccessibleDescription(f"{notice.title}. {notice.body}")
        self._offer(notice.choices)
        if self._card.property("tone") != notice.tone.value:
            self._card.setProperty("tone", notice.tone.value)
            self._card.style().polish(self._card)
        if notice.seconds is not None:
            self._timer.start(int(notice.seconds * 1000))

    def _offer(self, choices: tuple[Choice, ...]) -> None:
        for number, button in enumerate(self._choices):
            offered = number < len(choices)
            if offered and button.text() != choices[number].text:
                button.setText(choices[number].text)
            button.setVisible(offered)

    def _choose(self, number: int) -> None:
        notice = self.notice
        if notice is None or number >= len(notice.choices):
            return
        choice = notice.choices[number]
        if not choice.stays:
            self._notices.pop()
            self._show_newest()
        choice.do()

    def _announce(self, notice: Notice) -> None:
        if QAccessible.isActive():
            text = f"{notice.title}. {notice.body}" if notice.body else notice.title
            QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self, text))
