"""What stands where the table would be when there is nothing to show."""

from enum import Enum
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from gui import spacing
from gui.action_button import push_button
from gui.appearance import Appearance, scaled_font
from gui.icons import tinted

_CENTRE: Final = Qt.AlignmentFlag.AlignHCenter


class Emptiness(Enum):
    """Why nothing is shown: title and advice.

    Attributes:
        title: Large.
        advice: Below it.
        picture: Name of the drawing.
    """

    NOTHING_YET = (
        "Drop URLs, lists or folders here",
        "Press Start, and the finished pictures arrive in the destination.",
        "drop",
    )
    NOT_READ = ("", "Opening the list…", "")
    NOT_IN_FILTER = ("Nothing here", "No job is in this state at the moment.", "filter")
    NOT_FOUND = ("No match", "No name or address holds what you are searching for.", "search")

    def __init__(self, title: str, advice: str, picture: str) -> None:
        self.title = title
        self.advice = advice
        self.picture = picture


class Illustration(QWidget):
    """A picture frame between two more, with the drawing for the occasion in it."""

    def __init__(self, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._picture = Emptiness.NOTHING_YET.picture
        self.setFixedSize(QSize(220, 132))
        appearance.changed.connect(self.update)

    def show_picture(self, name: str) -> None:
        """Put another drawing into the frame."""
        self._picture = name
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        del event
        colors = self._appearance.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for angle, shift in ((-9.0, -52.0), (9.0, 52.0)):
            painter.save()
            painter.translate(self.width() / 2 + shift, 72)
            painter.rotate(angle)
            self._frame(painter, QRectF(-42, -34, 84, 68), colors.window)
            self._hills(painter)
            painter.restore()
        painter.translate(self.width() / 2, 64)
        self._frame(painter, QRectF(-54, -44, 108, 88), colors.surface)
        picture = tinted(self._picture, colors.link, 40, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(-20, -20), picture)
        painter.end()

    def _frame(self, painter: QPainter, box: QRectF, ground: str) -> None:
        painter.setBrush(QColor(ground))
        painter.setPen(QPen(QColor(self._appearance.colors.border), 1.5))
        painter.drawRoundedRect(box, 10, 10)

    def _hills(self, painter: QPainter) -> None:
        pen = QPen(QColor(self._appearance.colors.faint), 1.5)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setPen(pen)
        painter.drawPolyline(
            [QPointF(-32, 20), QPointF(-14, 0), QPointF(0, 14), QPointF(12, 4), QPointF(30, 20)]
        )
        painter.drawEllipse(QPointF(16, -14), 5, 5)


class EmptyState(QWidget):
    """Illustration, title, advice, and the actions that help."""

    def __init__(self, appearance: Appearance, actions: list[QAction], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("emptyState")
        self._appearance = appearance
        self._illustration = Illustration(appearance)
        self._title = QLabel()
        self._advice = QLabel()
        self._buttons = QWidget()
        self._reason = Emptiness.NOT_READ
        self._build(actions)
        self.explain(self._reason)

    @property
    def reason(self) -> Emptiness:
        """Why nothing is shown."""
        return self._reason

    def explain(self, reason: Emptiness) -> None:
        """Say why nothing is shown."""
        self._reason = reason
        self._title.setText(reason.title)
        self._advice.setText(reason.advice)
        self._title.setVisible(bool(reason.title))
        self._illustration.setVisible(bool(reason.picture))
        if reason.picture:
            self._illustration.show_picture(reason.picture)
        self._buttons.setVisible(reason is Emptiness.NOTHING_YET)

    def _build(self, actions: list[QAction]) -> None:
        self._title.setFont(scaled_font(self.font(), 1.5, QFont.Weight.DemiBold))
        self._advice.setProperty("look", "secondary")
        for label in (self._title, self._advice):
            label.setAlignment(_CENTRE)
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, spacing.LARGE, 0, 0)
        row.setSpacing(spacing.SMALL)
        for action in actions:
            row.addWidget(push_button(action, self._appearance, spacing.ICON))
        column = QVBoxLayout(self)
        column.setContentsMargins(spacing.HUGE, spacing.HUGE, spacing.HUGE, spacing.HUGE)
        column.setSpacing(0)
        column.addStretch(4)
        column.addWidget(self._illustration, 0, _CENTRE)
        column.addSpacing(spacing.LARGE)
        column.addWidget(self._title, 0, _CENTRE)
        column.addSpacing(spacing.SMALL)
        column.addWidget(self._advice, 0, _CENTRE)
        column.addWidget(self._buttons, 0, _CENTRE)
        column.addStretch(5)
