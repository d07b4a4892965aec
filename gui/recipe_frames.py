"""Frames over a picture, for regions and crops: drawn, moved and resized with the mouse or the keys."""

from collections.abc import Callable
from typing import Final, NamedTuple

from PySide6.QtCore import QObject, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPainterPath, QPen

from core.images.recipe import Operation, Redact
from core.images.regions import Frame, Framed, frames, nudged, with_frame, without_frame
from gui.appearance import Appearance
from gui.frame_grips import (
    Held,
    Size,
    corners,
    dragged,
    drawn,
    held_at,
    in_shape,
    seen,
    spot_in,
)

_STEP: Final = 0.01
_FINE: Final = 0.001
_DIM: Final = QColor(0, 0, 0, 150)
_SHADE: Final = QColor(0, 0, 0, 160)
_LINE: Final = QColor("#ffffff")
_THIRDS: Final = QColor(255, 255, 255, 90)
_HANDLE: Final = 4.5
_LEAST: Final = 6.0  # logical pixels
_KEYS: Final = "The arrows move it, with Shift they resize it, with Ctrl by less."
_KEYS_OF_REGIONS: Final = "Delete removes it, Insert adds one, Page Down goes to the next."
_KEYS_ELSEWHERE: Final = "No region is chosen. Insert adds one, Page Down goes to the next."
_ARROWS: Final = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class _Stroke(NamedTuple):
    """A drag that is under way.

    Attributes:
        start: Where it began, pixels of the picture.
        operation: As it was then.
        held: What was taken hold of; None where a new frame is drawn.
        frame: As it was then.
    """

    start: QPointF
    operation: Framed
    held: Held | None
    frame: Frame


class FrameLayer(QObject):
    """The frames of one operation. Coordinates of the mouse come with the place where the whole picture lies.

    Attributes:
        size: Of the picture below, pixels; None while that is not the one that comes to the operation.
        current: The number of the frame that is chosen; -1 for none.

    Signals:
        edited: The operation as it is now, and a word that is another one for each drag.
        chosen: The number of another frame; -1 for none.
        changed: nothing; it has to be painted anew.
    """

    edited = Signal(object, str)
    chosen = Signal(int)
    changed = Signal()

    def __init__(self, appearance: Appearance, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._appearance = appearance
        self._operation: Framed | None = None
        self.size: Size | None = None
        self._stroke: _Stroke | None = None
        self._strokes = 0
        self.current = -1

    @property
    def is_shown(self) -> bool:
        """Whether there is anything to be dragged or drawn."""
        return self._operation is not None and self.size is not None

    @property
    def is_held(self) -> bool:
        """Whether a drag is under way."""
        return self._stroke is not None

    @property
    def words(self) -> str:
        """What can be done here; empty where nothing can."""
        if not self.is_shown:
            return ""
        return "Draw regions here" if isinstance(self._operation, Redact) else "Drag the frame"

    @property
    def description(self) -> str:
        """For those who listen: where the chosen frame is, and what the keys do."""
        if self.size is None or not 0 <= self.current < len(self._frames()):
            return _KEYS_ELSEWHERE if isinstance(self._operation, Redact) else ""
        frame, (width, height) = self._frames()[self.current], self.size
        left, top = round(frame.left / width * 100), round(frame.top / height * 100)
        wide, high = round(frame.width / width * 100), round(frame.height / height * 100)
        which = (
            f"Region {self.current + 1} of {len(self._frames())}"
            if isinstance(self._operation, Redact)
            else "Frame"
        )
        place = f"{which}: {left} % from the left, {top} % from the top, {wide} % wide, {high} % high."
        more = _KEYS_OF_REGIONS if isinstance(self._operation, Redact) else ""
        return f"{place} {_KEYS} {more}".strip()

    def show(self, operation: Operation | None) -> None:
        """Show the frames of this one; None for none."""
        framed = operation if isinstance(operation, Framed) else None
        if type(framed) is not type(self._operation):
            self.current, self._stroke = 0, None
        self._operation = framed
        self._keep_current()
        self.changed.emit()

    def show_size(self, size: Size | None) -> None:
        """The picture below is this large, pixels; None while it is not the one that comes to the operation."""
        if size != self.size:
            self.size, self._stroke = size, None
            self.changed.emit()

    def choose(self, at: int) -> None:
        """Choose another frame; it is told to nobody."""
        if at != self.current:
            self.current = at
            self._keep_current()
            self.changed.emit()

    # Mouse

    def press(self, spot: QPointF, whole: QRectF) -> None:
        """Take hold of what is there, or begin a new frame."""
        if self._operation is None or self.size is None:
            return
        self._strokes += 1
        held = held_at(spot, self._seen(whole), self.current)
        if held is not None:
            self._choose(held.at)
        frame = self._frames()[held.at] if held is not None else Frame(0, 0, 0, 0)
        self._stroke = _Stroke(spot_in(spot, whole, self.size), self._operation, held, frame)

    def move(self, spot: QPointF, whole: QRectF, *, keeps_shape: bool = False) -> None:
        """Follow the mouse; a frame that is held by a corner may keep its shape."""
        stroke, size = self._stroke, self.size
        if stroke is None or size is None:
            return
        scale, now = whole.width() / size[0], spot_in(spot, whole, size)
        if stroke.held is not None:
            by = now - stroke.start
            frame: Frame | None = dragged(stroke.frame, stroke.held.grip, by, size, _LEAST / scale)
            if keeps_shape and frame is not None:
                frame = in_shape(stroke.frame, frame, stroke.held.grip, size)
            at = stroke.held.at
        else:
            frame = drawn(stroke.start, now, scale)
            at = len(frames(stroke.operation, size)) if isinstance(stroke.operation, Redact) else 0
        if frame is not None:
            self._put(with_frame(stroke.operation, size, at, frame), f"frame {self._strokes}")
            self._choose(at)

    def release(self) -> None:
        """Let go; a click beside all frames chooses none of several."""
        stroke, self._stroke = self._stroke, None
        if stroke is not None and stroke.held is None and self._operation == stroke.operation:
            self._choose(-1)

    def cursor(self, spot: QPointF, whole: QRectF) -> Qt.CursorShape:
        """What the mouse looks like there."""
        held = held_at(spot, self._seen(whole), self.current)
        return Qt.CursorShape.CrossCursor if held is None else held.grip.cursor

    # Keys

    def press_key(self, event: QKeyEvent) -> bool:
        """Do what the key is for; whether it was for anything here."""
        if self._operation is None or self.size is None:
            return False
        key, keys = Qt.Key(event.key()), event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if key in _ARROWS and self.current >= 0:
            self._nudge(_ARROWS[key], keys)
            return True
        do = self._do_of(key)
        if do is not None:
            do()
        return do is not None

    def _do_of(self, key: Qt.Key) -> Callable[[], None] | None:
        if key is Qt.Key.Key_Escape and self._stroke is not None:
            return self._cancel
        if not isinstance(self._operation, Redact):
            return None
        if key is Qt.Key.Key_Escape and self.current >= 0:
            return lambda: self._choose(-1)
        return {
            Qt.Key.Key_Delete: self._remove,
            Qt.Key.Key_Backspace: self._remove,
            Qt.Key.Key_Insert: self._add,
            Qt.Key.Key_PageDown: lambda: self._step(1),
            Qt.Key.Key_PageUp: lambda: self._step(-1),
        }.get(key)

    def _nudge(self, way: tuple[int, int], keys: Qt.KeyboardModifier) -> None:
        if self._operation is None or self.size is None:
            return
        step = _FINE if keys & Qt.KeyboardModifier.ControlModifier else _STEP
        grows = bool(keys & Qt.KeyboardModifier.ShiftModifier)
        by = (way[0] * step, way[1] * step)
        operation = nudged(self._operation, self.size, self.current, by, grows=grows)
        self._put(operation, f"frame {self._strokes} keys {self.current}")

    def _remove(self) -> None:
        if self._operation is not None and self.current >= 0:
            self._strokes += 1
            self._put(without_frame(self._operation, self.current), f"frame {self._strokes}")
            self._choose(min(self.current, len(self._frames()) - 1))

    def _add(self) -> None:
        if self._operation is not None and self.size is not None:
            self._strokes += 1
            width, height = self.size
            at = len(self._frames())
            middle = Frame(width * 0.4, height * 0.4, width * 0.2, height * 0.2)
            self._put(with_frame(self._operation, self.size, at, middle), f"frame {self._strokes}")
            self._choose(at)

    def _step(self, way: int) -> None:
        count = len(self._frames())
        if count:
            self._choose((self.current + way) % count if self.current >= 0 else 0)

    def _cancel(self) -> None:
        stroke, self._stroke = self._stroke, None
        if stroke is not None:
            self._put(stroke.operation, f"frame {self._strokes}")

    # Painting

    def paint(self, painter: QPainter, whole: QRectF, shown: QRectF) -> None:
        """Draw the frames.

        Args:
            painter: Clipped to where the picture is to be seen.
            whole: Where the whole picture lies.
            shown: The part of that which is drawn.
        """
        boxes = self._seen(whole)
        if not isinstance(self._operation, Redact) and boxes:
            self._dim(painter, shown, boxes[0])
        for at, box in enumerate(boxes):
            if at != self.current:
                _outline(painter, box, _LINE)
        if 0 <= self.current < len(boxes):
            box = boxes[self.current]
            _outline(painter, box, QColor(self._appearance.colors.accent), thick=True)
            self._draw_handles(painter, box)

    def _dim(self, painter: QPainter, shown: QRectF, box: QRectF) -> None:
        outside = QPainterPath()
        outside.addRect(shown)
        outside.addRect(box.intersected(shown))
        painter.fillPath(outside, _DIM)
        painter.setPen(QPen(_THIRDS, 1))
        for part in (1 / 3, 2 / 3):
            x, y = box.x() + part * box.width(), box.y() + part * box.height()
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))

    def _draw_handles(self, painter: QPainter, box: QRectF) -> None:
        painter.setPen(QPen(QColor(self._appearance.colors.accent), 1.5))
        painter.setBrush(_LINE)
        room = 4 * _HANDLE
        for at, corner in enumerate(corners(box)):
            is_middle = at in (1, 3, 4, 6)
            if is_middle and (box.width() if at in (1, 6) else box.height()) < room:
                continue
            painter.drawRect(QRectF(corner.x() - _HANDLE, corner.y() - _HANDLE, 2 * _HANDLE, 2 * _HANDLE))
        painter.setBrush(Qt.BrushStyle.NoBrush)

    # Inside

    def _frames(self) -> tuple[Frame, ...]:
        if self._operation is None or self.size is None:
            return ()
        return frames(self._operation, self.size)

    def _seen(self, whole: QRectF) -> list[QRectF]:
        size = self.size
        return [] if size is None else [seen(frame, whole, size) for frame in self._frames()]

    def _put(self, operation: Framed, key: str) -> None:
        if operation != self._operation:
            self._operation = operation
            self.changed.emit()
            self.edited.emit(operation, key)

    def _choose(self, at: int) -> None:
        at = at if isinstance(self._operation, Redact) else 0
        if at != self.current:
            self.current = at
            self.chosen.emit(at)
            self.changed.emit()

    def _keep_current(self) -> None:
        operation = self._operation
        self.current = min(self.current, len(operation.regions) - 1) if isinstance(operation, Redact) else 0


def _outline(painter: QPainter, box: QRectF, color: QColor, *, thick: bool = False) -> None:
    """Seen on any picture: a line, and a dark one about it."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(_SHADE, 4 if thick else 3))
    painter.drawRect(box)
    painter.setPen(QPen(color, 2 if thick else 1.5))
    painter.drawRect(box)
