"""The pieces that a row is painted from: pens and fonts made once, texts elided once."""

from functools import lru_cache
from math import ceil
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QFontMetricsF, QPainter, QStaticText, QTransform

from core.job import JobSnapshot, JobState
from gui.appearance import scaled_font, tabular
from gui.colors import Colors
from gui.icons import tinted
from gui.job_text import download_share, waits_for_answer

BAR_HEIGHT: Final = 5.0
_DOWNLOAD_PART: Final = 0.62
_GAP: Final = 3.0
_AT_END: Final = Qt.TextElideMode.ElideRight
_IN_MIDDLE: Final = Qt.TextElideMode.ElideMiddle

_STATE_COLORS: Final = {
    JobState.RETRYING: "warning",
    JobState.DONE: "done",
    JobState.FAILED: "failed",
}


def state_color(job: JobSnapshot) -> str:
    """The name in ``Colors`` of the colour in which a job's state is drawn."""
    return "warning" if waits_for_answer(job) else _STATE_COLORS.get(job.state, "secondary")


Spot = tuple[int, int, int]


class Line(NamedTuple):
    """A line of text that is ready to be drawn.

    Attributes:
        text: Laid out once.
        width: In pixels.
        half: Of its height, in pixels.
    """

    text: QStaticText
    width: int
    half: int


class RowPaint:
    """Fonts, colours and drawing of a row, for one scheme and font.

    Attributes:
        colors: The scheme.
        font: Of names.
        small: Of second lines.
        figures: Of numbers in columns.
    """

    def __init__(self, colors: Colors, font: QFont) -> None:
        self.colors = colors
        self.font = font
        self.small = scaled_font(font, 0.9)
        self.figures = tabular(scaled_font(font, 0.95))
        self._colors = {name: QColor(getattr(colors, name)) for name in Colors.__slots__}
        self._soft = {name: _faded(self._colors[name]) for name in ("download", "process")}
        self._fonts = {id(f): f for f in (self.font, self.small, self.figures)}
        self._metrics = {key: QFontMetricsF(f) for key, f in self._fonts.items()}
        # Laying text out is most of the work of painting a row, and most texts stay as they are.
        self._line = lru_cache(maxsize=4096)(self._laid_out)

    def color(self, name: str) -> QColor:
        """A colour of the scheme by its name in ``Colors``."""
        return self._colors[name]

    def text_width(self, text: str) -> int:
        """Width of a text in the font of names, rounded up."""
        return int(self._metrics[id(self.font)].horizontalAdvance(text)) + 2

    def text(
        self,
        painter: QPainter,
        spot: Spot,
        text: str,
        font: QFont,
        color: str,
        *,
        right: bool = False,
        prose: bool = False,
    ) -> None:
        """Write one line, elided where it is too long.

        Args:
            painter: Of the table.
            spot: Left edge, middle of the line's height, and width.
            text: To be written.
            font: One of this object's.
            color: Name in ``Colors``.
            right: Whether the text is set flush right.
            prose: Whether it is a sentence, which loses its end; names and places lose their middle.
        """
        left, middle, room = spot
        line = self._line(text, id(font), room, prose)
        painter.setFont(font)
        painter.setPen(self._colors[color])
        if right:
            left += room - line.width
        painter.drawStaticText(QPointF(left, middle - line.half), line.text)

    def icon(self, painter: QPainter, name: str, color: str, spot: tuple[int, int], size: int) -> None:
        """Draw an icon with its top left corner there, in a colour of ``Colors``."""
        scale = painter.device().devicePixelRatio()
        painter.drawPixmap(*spot, tinted(name, getattr(self.colors, color), size, scale))

    def bar(self, painter: QPainter, box: QRectF, job: JobSnapshot) -> None:
        """The bar in two parts: download, then processing."""
        split = (box.width() - _GAP) * _DOWNLOAD_PART
        first = QRectF(box.left(), box.top(), split, box.height())
        second = QRectF(first.right() + _GAP, box.top(), box.right() - first.right() - _GAP, box.height())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._part(painter, first, download_share(job), "download")
        # A child does not say how far it is with a picture: half full says "in work".
        self._part(painter, second, 0.5 if job.state is JobState.PROCESSING else 0.0, "process")
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)

    def _part(self, painter: QPainter, box: QRectF, share: float | None, color: str) -> None:
        radius = box.height() / 2
        if share != 1.0:
            painter.setBrush(self._colors["track"])
            painter.drawRoundedRect(box, radius, radius)
        if share == 0.0:
            return
        painter.setBrush(self._soft[color] if share is None else self._colors[color])
        width = max(box.height(), box.width() * (1.0 if share is None else share))
        painter.drawRoundedRect(QRectF(box.left(), box.top(), width, box.height()), radius, radius)

    def _laid_out(self, text: str, font_key: int, room: int, prose: bool) -> Line:  # noqa: FBT001 - as lru_cache calls it
        metrics = self._metrics[font_key]
        width = metrics.horizontalAdvance(text)
        if width > room:
            text = metrics.elidedText(text, _AT_END if prose else _IN_MIDDLE, room)
            width = metrics.horizontalAdvance(text)
        laid_out = QStaticText(text)
        laid_out.setTextFormat(Qt.TextFormat.PlainText)
        laid_out.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        laid_out.prepare(QTransform(), self._fonts[font_key])
        return Line(laid_out, ceil(width), round(metrics.height() / 2))


def _faded(color: QColor) -> QColor:
    faded = QColor(color)
    faded.setAlphaF(0.35)
    return faded
