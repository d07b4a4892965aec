"""Covers the window while something is dragged over it and says what would be added."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui import spacing
from gui.appearance import Appearance, scaled_font
from gui.icons import tinted

_ICON = 44
_CARD_WIDTH = 380.0
_CARD_HEIGHT = 176.0


class DropOverlay(QWidget):
    """As large as its parent; the mouse and drags pass through it."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._window = parent
        self._appearance = appearance
        self._sentence = ""
        self.setObjectName("dropOverlay")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        parent.installEventFilter(self)
        self.hide()

    @property
    def sentence(self) -> str:
        """What it says at the moment."""
        return self._sentence

    def announce(self, sentence: str) -> None:
        """Cover the window and say this."""
        self._sentence = sentence
        self.setAccessibleName(sentence)
        self.setGeometry(self._window.rect())
        self.raise_()
        self.show()
        self.update()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See Qt; keeps the overlay as large as the window."""
        if event.type() is QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._window.rect())
        return super().eventFilter(watched, event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        del event
        colors = self._appearance.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        veil = QColor(colors.window)
        veil.setAlphaF(0.88)
        painter.fillRect(self.rect(), veil)
        frame = QRectF(self.rect()).adjusted(12, 12, -12, -12)
        tint = QColor(colors.accent)
        tint.setAlphaF(0.07)
        painter.setBrush(tint)
        painter.setPen(QPen(QColor(colors.accent), 2, Qt.PenStyle.DashLine, Qt.PenCapStyle.RoundCap))
        painter.drawRoundedRect(frame, 14, 14)
        self._card(painter)
        painter.end()

    def _card(self, painter: QPainter) -> None:
        colors, middle = self._appearance.colors, QRectF(self.rect()).center()
        card = QRectF(0, 0, _CARD_WIDTH, _CARD_HEIGHT)
        card.moveCenter(middle)
        painter.setBrush(QColor(colors.raised))
        painter.setPen(QColor(colors.border))
        painter.drawRoundedRect(card, 16, 16)
        picture = tinted("drop", colors.link, _ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(middle.x() - _ICON / 2, card.top() + 30), picture)
        centre = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop
        painter.setPen(QColor(colors.text))
        painter.setFont(scaled_font(self.font(), 1.35, painter.font().Weight.DemiBold))
        line = QRectF(card.left() + spacing.LARGE, card.top() + 90, card.width() - 2 * spacing.LARGE, 30)
        painter.drawText(line, int(centre), self._sentence)
        painter.setPen(QColor(colors.secondary))
        painter.setFont(self.font())
        painter.drawText(line.translated(0, 34), int(centre), "Nothing is downloaded before you press Start")
