"""A bar that is divided as a whole is: how many jobs ended in which way."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui import spacing
from gui.appearance import Appearance, tabular
from gui.formatting import count_text, counted
from gui.report_text import Part

_HEIGHT: Final = 12
_GAP: Final = 2.0
_LEAST: Final = 4.0
_DOT: Final = 10


class ShareBar(QWidget):
    """The parts of a whole side by side; even a single job among many is seen."""

    def __init__(
        self, parts: tuple[Part, ...], appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._parts = [part for part in parts if part.jobs]
        self._appearance = appearance
        self.setFixedHeight(_HEIGHT)
        self.setAccessibleName(", ".join(f"{count_text(part.jobs)} {part.word}" for part in self._parts))
        appearance.changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """See Qt."""
        return QSize(320, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        del event
        colors = self._appearance.colors
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), _HEIGHT / 2, _HEIGHT / 2)
        painter.setClipPath(outline)
        painter.fillRect(self.rect(), QColor(colors.surface if self._parts else colors.track))
        left = 0.0
        for part, width in zip(self._parts, self.widths(self.width()), strict=True):
            painter.fillRect(QRectF(left, 0, width, _HEIGHT), QColor(getattr(colors, part.color)))
            left += width + _GAP
        painter.end()

    def widths(self, whole: float) -> list[float]:
        """How wide each part is; with the gaps between them they fill the whole.

        Args:
            whole: In device-independent pixels.
        """
        room = whole - _GAP * (len(self._parts) - 1)
        count = sum(part.jobs for part in self._parts)
        widths = [max(_LEAST, room * part.jobs / count) for part in self._parts]
        if widths:
            widths[widths.index(max(widths))] -= sum(widths) - room
        return widths


class Dot(QWidget):
    """A spot of colour that explains a part of the bar."""

    def __init__(self, color: str, appearance: Appearance, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._color = color
        self._appearance = appearance
        self.setFixedSize(_DOT, _DOT)
        appearance.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(getattr(self._appearance.colors, self._color)))
        painter.drawEllipse(QPointF(_DOT / 2, _DOT / 2), _DOT / 2 - 0.5, _DOT / 2 - 0.5)
        painter.end()


class Legend(QWidget):
    """What the parts of the bar are, and what they add up to."""

    def __init__(
        self, parts: tuple[Part, ...], appearance: Appearance, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(spacing.SMALL)
        for part in parts:
            if part.jobs:
                row.addWidget(Dot(part.color, appearance))
                row.addWidget(_label(f"{count_text(part.jobs)} {part.word}"))
                row.addSpacing(spacing.SMALL)
        row.addStretch(1)
        whole = _label(counted(sum(part.jobs for part in parts), "job") + " in all")
        whole.setProperty("look", "secondary")
        row.addWidget(whole)


def _label(text: str) -> QLabel:
    label = QLabel(text)
    label.setFont(tabular(label.font()))
    label.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
    return label
