"""Before and after, one over the other, with a line between them that can be dragged."""

from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui import spacing
from gui.appearance import Appearance, scaled_font
from gui.frame_grips import whole_picture
from gui.recipe_frames import FrameLayer

_GRIP: Final = 13.0
_NEAR: Final = 14.0
_STEP: Final = 0.05
_SQUARE: Final = 8
_SAME_SHAPE: Final = 1.02
_ROOM_FOR_FRAMES: Final = 0.62  # of the width, for the picture that they are drawn on
_SMALLEST: Final = QSize(280, 180)


class CompareView(QWidget):
    """Two pictures in one place.

    Attributes:
        frames: What is drawn over the picture before, and dragged there; the pictures then lie side by side.

    Signals:
        resized: nothing; there is another room for pictures.
    """

    resized = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._before: QImage | None = None
        self._after: QImage | None = None
        self._is_full_size = False
        self._words = ""
        self._shares = {False: 0.5, True: _ROOM_FOR_FRAMES}  # by whether there are frames
        self._shift = QPointF()
        self._grabbed: QPointF | None = None
        self._drags_line = False
        self.frames = FrameLayer(appearance, self)
        self.frames.changed.connect(self._take_frames)
        self.setAccessibleName("Before and after")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)  # painted anew as the mouse comes and goes
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        appearance.changed.connect(self.update)
        self._describe()

    def show_pictures(self, before: QImage | None, after: QImage | None, *, is_full_size: bool) -> None:
        """Show these; None for what is not there."""
        if is_full_size != self._is_full_size:
            self._shift = QPointF()
        self._before, self._after, self._is_full_size = before, after, is_full_size
        self.update()

    def show_words(self, words: str) -> None:
        """Say this in the middle, over what is shown; nothing where it is empty."""
        self._words = words
        self._describe()
        self.update()

    def room(self) -> tuple[int, int]:
        """Width and height for a picture, device pixels."""
        ratio = self.devicePixelRatioF()
        return max(16, round(self.width() * ratio)), max(16, round(self.height() * ratio))

    def sizeHint(self) -> QSize:
        """See Qt."""
        return QSize(560, 420)

    def minimumSizeHint(self) -> QSize:
        """See Qt."""
        return _SMALLEST

    @property
    def share(self) -> float:
        """Where the line is: 0 at the left, 1 at the right."""
        return self._shares[self._has_frames]

    # Keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """See Qt; what is no key of the frames moves the line: Left and Right, Home and End show one picture alone."""
        if self._has_frames and self.frames.press_key(event):
            return
        to = {
            Qt.Key.Key_Left: self.share - _STEP,
            Qt.Key.Key_Right: self.share + _STEP,
            Qt.Key.Key_Home: 0.0,
            Qt.Key.Key_End: 1.0,
        }.get(Qt.Key(event.key()))
        if to is None:
            super().keyPressEvent(event)
        else:
            self._move_line(to)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """See Qt; the middle button moves a picture that is larger than the view, whatever is below it."""
        spot, is_left = event.position(), event.button() == Qt.MouseButton.LeftButton
        is_line = is_left and (self._is_near_line(spot) or not (self._is_full_size or self._has_frames))
        if is_left and not is_line and self._is_on_frames(spot):
            self.frames.press(spot, self._whole())
        elif is_line or event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drags_line = is_line
            self._grabbed = spot
            if is_line:
                self._move_line(spot.x() / max(1, self.width()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """See Qt; near the line it is dragged, elsewhere a frame or a picture that is larger than the view."""
        spot = event.position()
        if self.frames.is_held:
            shift = Qt.KeyboardModifier.ShiftModifier
            self.frames.move(spot, self._whole(), keeps_shape=bool(event.modifiers() & shift))
        elif self._grabbed is None:
            self.setCursor(self._cursor(spot))
        elif self._drags_line:
            self._move_line(spot.x() / max(1, self.width()))
        else:
            self._move_pictures(spot - self._grabbed)
            self._grabbed = spot

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """See Qt."""
        del event
        self._grabbed = None
        self.frames.release()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """See Qt; it moves a picture that is larger than the view."""
        if self._is_full_size:
            self._move_pictures(QPointF(event.pixelDelta() or event.angleDelta() / 2))
        else:
            super().wheelEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """See Qt."""
        super().resizeEvent(event)
        self.resized.emit()

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """See Qt."""
        del event
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colors = self._appearance.colors
        painter.fillRect(self.rect(), QColor(colors.track))
        line = self.share * self.width()
        before, after = self._before, self._after
        if before is not None:
            self._draw(
                painter, before, QRectF(0, 0, line if after is not None else self.width(), self.height())
            )
        if after is not None:
            left = line if before is not None else 0.0
            self._draw(painter, after, QRectF(left, 0, self.width() - left, self.height()))
        if before is not None and self._has_frames:
            self._draw_frames(painter)
        if before is not None and after is not None:
            self._draw_line(painter, line)
            if not self._has_frames:
                self._draw_tag(painter, "Before", is_left=True)
            elif not (self.underMouse() or self.hasFocus()):  # then it would only be in the way
                self._draw_tag(painter, self.frames.words, is_left=True)
            self._draw_tag(painter, "After", is_left=False)
        if self._words:
            self._draw_words(painter)
        if self.hasFocus():
            painter.setPen(QPen(QColor(colors.accent), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(1, 1, -1, -1))

    def _draw(self, painter: QPainter, image: QImage, clip: QRectF) -> None:
        box = self._box(image, clip if self._is_side_by_side() else QRectF(self.rect()))
        painter.save()
        painter.setClipRect(clip)
        if image.hasAlphaChannel():
            self._draw_squares(painter, box)
        painter.drawImage(box, image)
        painter.restore()

    def _draw_frames(self, painter: QPainter) -> None:
        painter.save()
        painter.setClipRect(self._room_before())
        if self._before is not None:
            self.frames.paint(painter, self._whole(), self._box(self._before, self._room_before()))
        painter.restore()

    @property
    def _has_frames(self) -> bool:
        return self._before is not None and self.frames.is_shown

    def _room_before(self) -> QRectF:
        """Where the picture before may be seen while there are frames on it."""
        share = self.share if self._after is not None else 1.0
        return QRectF(0, 0, share * self.width(), self.height())

    def _whole(self) -> QRectF:
        """Where all of the picture before lies; of a large one at full size, only the middle is drawn."""
        size = self.frames.size
        if self._before is None or size is None:
            return QRectF()
        box = self._box(self._before, self._room_before())
        image = (self._before.width(), self._before.height())
        return whole_picture(box, image, size) if self._is_full_size else box

    def _is_on_frames(self, spot: QPointF) -> bool:
        return self._has_frames and self._room_before().contains(spot)

    def _cursor(self, spot: QPointF) -> Qt.CursorShape:
        if self._is_near_line(spot):
            return Qt.CursorShape.SplitHCursor
        if self._is_on_frames(spot):
            return self.frames.cursor(spot, self._whole())
        is_large = self._is_full_size and self._after is not None
        return Qt.CursorShape.OpenHandCursor if is_large else Qt.CursorShape.ArrowCursor

    def _is_side_by_side(self) -> bool:
        """Whether they are of other shapes, so that one over the other would compare nothing; or one is drawn on."""
        if self._before is None or self._after is None:
            return False
        if self._is_full_size or self._has_frames:
            return self._has_frames
        shapes = [image.width() / image.height() for image in (self._before, self._after)]
        return max(shapes) / min(shapes) > _SAME_SHAPE

    def _box(self, image: QImage, room: QRectF) -> QRectF:
        """Where a picture lies: its pixels on those of the screen, or as large as there is room."""
        ratio = self.devicePixelRatioF()
        width, height = image.width() / ratio, image.height() / ratio
        if not self._is_full_size:
            factor = min(room.width() / width, room.height() / height)
            width, height = width * factor, height * factor
        spare = QPointF(room.width() - width, room.height() - height)
        shift = QPointF(_within(self._shift.x(), spare.x()), _within(self._shift.y(), spare.y()))
        left, top = room.x() + spare.x() / 2 + shift.x(), room.y() + spare.y() / 2 + shift.y()
        return QRectF(round(left), round(top), round(width), round(height))

    def _draw_squares(self, painter: QPainter, box: QRectF) -> None:
        painter.fillRect(box, QColor("#ffffff"))
        for row in range(int(box.height()) // _SQUARE + 1):
            for column in range(row % 2, int(box.width()) // _SQUARE + 1, 2):
                spot = QRectF(box.x() + column * _SQUARE, box.y() + row * _SQUARE, _SQUARE, _SQUARE)
                painter.fillRect(spot.intersected(box), QColor("#d4d7dc"))

    def _draw_line(self, painter: QPainter, x: float) -> None:
        middle = QPointF(x, self.height() / 2)
        painter.setPen(QPen(QColor(0, 0, 0, 90), 4))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setPen(QPen(QColor("#ffffff"), 2))
        painter.drawLine(QPointF(x, 0), QPointF(x, self.height()))
        painter.setPen(QPen(QColor(0, 0, 0, 90), 1))
        painter.setBrush(QColor("#ffffff"))
        painter.drawEllipse(middle, _GRIP, _GRIP)
        painter.setPen(QPen(QColor("#1a1d23"), 2))
        for side in (-1, 1):
            tip = middle + QPointF(side * 7, 0)
            painter.drawPolyline([tip + QPointF(-side * 4, -4), tip, tip + QPointF(-side * 4, 4)])

    def _draw_tag(self, painter: QPainter, text: str, *, is_left: bool) -> None:
        painter.setFont(scaled_font(self.font(), 0.9, QFont.Weight.DemiBold))
        box = QRectF(painter.fontMetrics().boundingRect(text)).adjusted(-8, -4, 8, 4)
        box.moveTopLeft(QPointF(spacing.SMALL, spacing.SMALL))
        if not is_left:
            box.moveRight(self.width() - spacing.SMALL)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(0, 0, 0, 150))
        painter.drawRoundedRect(box, 5, 5)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(box, Qt.AlignmentFlag.AlignCenter, text)

    def _draw_words(self, painter: QPainter) -> None:
        painter.setFont(self.font())
        flags = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        room = QRectF(self.rect()).adjusted(spacing.HUGE, 0, -spacing.HUGE, 0)
        text = painter.boundingRect(room, int(flags), self._words)
        if self._before is not None or self._after is not None:
            text.moveBottom(self.height() - spacing.LARGE)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(self._appearance.colors.raised))
        painter.drawRoundedRect(text.adjusted(-12, -8, 12, 8), 8, 8)
        painter.setPen(QColor(self._appearance.colors.text))
        painter.drawText(text, int(flags), self._words)

    def _is_near_line(self, spot: QPointF) -> bool:
        both = self._before is not None and self._after is not None
        return both and abs(spot.x() - self.share * self.width()) < _NEAR

    def _move_line(self, share: float) -> None:
        self._shares[self._has_frames] = min(1.0, max(0.0, share))
        self._describe()
        self.update()

    def _move_pictures(self, by: QPointF) -> None:
        """As far as the larger of them goes."""
        room = self._room_before() if self._has_frames else QRectF(self.rect())
        images = [image for image in (self._before, self._after) if image is not None]
        ratio = self.devicePixelRatioF()
        most_x = max((image.width() / ratio - room.width() for image in images), default=0.0) / 2
        most_y = max((image.height() / ratio - room.height() for image in images), default=0.0) / 2
        shift = self._shift + by
        self._shift = QPointF(_within(shift.x(), -2 * most_x), _within(shift.y(), -2 * most_y))
        self.update()

    def _take_frames(self) -> None:
        self._describe()
        self.update()

    def _describe(self) -> None:
        place = f"The line is at {round(self.share * 100)} %. Left and Right move it."
        said = self.frames.description if self._has_frames else place
        self.setAccessibleDescription(f"{self._words} {said}".strip())


def _within(shift: float, spare: float) -> float:
    """No further than to the picture's edge; a picture that has room stays in the middle."""
    most = max(0.0, -spare / 2)
    return min(most, max(-most, shift))
