"""Where a frame can be taken hold of, and where it is once it was dragged. Pure functions."""

from collections.abc import Sequence
from typing import Final, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt

from core.images.regions import Frame

Size = tuple[int, int]

REACH: Final = 9.0
"""Logical pixels about a corner or an edge from which it is taken."""
_LEAST_DRAWN: Final = 4.0  # logical pixels; less was a click


class Grip(NamedTuple):
    """What of a frame is held.

    Attributes:
        left: Whether its left edge follows the mouse.
        top: Likewise.
        right: Likewise.
        bottom: Likewise; all four of them for the whole frame.
    """

    left: bool = False
    top: bool = False
    right: bool = False
    bottom: bool = False

    @property
    def cursor(self) -> Qt.CursorShape:
        """What the mouse looks like over it."""
        if all(self):
            return Qt.CursorShape.SizeAllCursor
        if not (self.top or self.bottom):
            return Qt.CursorShape.SizeHorCursor
        if not (self.left or self.right):
            return Qt.CursorShape.SizeVerCursor
        is_falling = (self.left and self.top) or (self.right and self.bottom)
        return Qt.CursorShape.SizeFDiagCursor if is_falling else Qt.CursorShape.SizeBDiagCursor


WHOLE: Final = Grip(left=True, top=True, right=True, bottom=True)


class Held(NamedTuple):
    """A frame, and what of it is held.

    Attributes:
        at: Which frame.
        grip: See there.
    """

    at: int
    grip: Grip


def whole_picture(middle: QRectF, image: Size, size: Size) -> QRectF:
    """Where all of a picture would lie of which only the middle is drawn.

    Args:
        middle: Where that is drawn.
        image: Its width and height, pixels.
        size: Of the whole picture, pixels.
    """
    across, down = middle.width() / image[0], middle.height() / image[1]
    left, top = (size[0] - image[0]) // 2, (size[1] - image[1]) // 2  # as a crop to the middle has it
    return QRectF(middle.x() - left * across, middle.y() - top * down, size[0] * across, size[1] * down)


def seen(frame: Frame, whole: QRectF, size: Size) -> QRectF:
    """Where a frame is drawn.

    Args:
        frame: Pixels of the picture.
        whole: Where all of the picture lies.
        size: Of the picture, pixels.
    """
    across, down = whole.width() / size[0], whole.height() / size[1]
    return QRectF(
        whole.x() + frame.left * across,
        whole.y() + frame.top * down,
        frame.width * across,
        frame.height * down,
    )


def spot_in(spot: QPointF, whole: QRectF, size: Size) -> QPointF:
    """The pixel of the picture that is drawn there; one at its edge for what is outside."""
    x = (spot.x() - whole.x()) * size[0] / max(1.0, whole.width())
    y = (spot.y() - whole.y()) * size[1] / max(1.0, whole.height())
    return QPointF(min(max(0.0, x), float(size[0])), min(max(0.0, y), float(size[1])))


def held_at(spot: QPointF, boxes: Sequence[QRectF], chosen: int) -> Held | None:
    """What is taken hold of there: of the chosen frame first, else of the one on top.

    Args:
        spot: Where the mouse is.
        boxes: Where the frames are drawn, the lowest first.
        chosen: Which of them is chosen; -1 for none.
    """
    order = sorted(range(len(boxes)), key=lambda at: (at != chosen, -at))
    for at in order:
        grip = _edges(spot, boxes[at]) if at == chosen else None
        if grip is not None:
            return Held(at, grip)
        if boxes[at].contains(spot):
            return Held(at, WHOLE)
    return None


def dragged(frame: Frame, grip: Grip, by: QPointF, size: Size, least: float) -> Frame:
    """The frame after a drag, inside the picture; an edge stops before the one that is across.

    Args:
        frame: As it was when it was taken hold of.
        grip: By what.
        by: How far, pixels of the picture.
        size: Of the picture, pixels.
        least: How small a frame may get, pixels.
    """
    left, width = _dragged(frame.left, frame.width, (grip.left, grip.right), by.x(), size[0], least)
    top, height = _dragged(frame.top, frame.height, (grip.top, grip.bottom), by.y(), size[1], least)
    return Frame(left, top, width, height)


def in_shape(frame: Frame, there: Frame, grip: Grip, size: Size) -> Frame:
    """The frame after a drag by a corner, with the shape that it had before; a drag by anything else stays as it is.

    Args:
        frame: As it was when it was taken hold of.
        there: As ``dragged`` has it.
        grip: By what.
        size: Of the picture, pixels.
    """
    if grip.left == grip.right or grip.top == grip.bottom:
        return there
    right, bottom = frame.left + frame.width, frame.top + frame.height
    room = (right if grip.left else size[0] - frame.left, bottom if grip.top else size[1] - frame.top)
    wanted = max(there.width / frame.width, there.height / frame.height)
    factor = min(wanted, room[0] / frame.width, room[1] / frame.height)
    width, height = frame.width * factor, frame.height * factor
    return Frame(
        right - width if grip.left else frame.left, bottom - height if grip.top else frame.top, width, height
    )


def drawn(start: QPointF, end: QPointF, scale: float) -> Frame | None:
    """The frame between two corners; None while it is so small that it was but a click.

    Args:
        start: Where it was begun, pixels of the picture.
        end: Where the mouse is, likewise.
        scale: Logical pixels for one of the picture.
    """
    width, height = abs(end.x() - start.x()), abs(end.y() - start.y())
    if min(width, height) * scale < _LEAST_DRAWN:
        return None
    return Frame(min(start.x(), end.x()), min(start.y(), end.y()), width, height)


def corners(box: QRectF) -> tuple[QPointF, ...]:
    """The eight points at which handles are drawn."""
    middle = box.center()
    return (
        box.topLeft(),
        QPointF(middle.x(), box.top()),
        box.topRight(),
        QPointF(box.left(), middle.y()),
        QPointF(box.right(), middle.y()),
        box.bottomLeft(),
        QPointF(middle.x(), box.bottom()),
        box.bottomRight(),
    )


def _edges(spot: QPointF, box: QRectF) -> Grip | None:
    """The edges near there; of a small frame, the middle stays free to be moved by."""
    if not box.adjusted(-REACH, -REACH, REACH, REACH).contains(spot):
        return None
    across, down = min(REACH, box.width() / 4), min(REACH, box.height() / 4)
    grip = Grip(
        left=spot.x() < box.left() + across,
        top=spot.y() < box.top() + down,
        right=spot.x() > box.right() - across,
        bottom=spot.y() > box.bottom() - down,
    )
    return grip if any(grip) else None


def _dragged(
    start: float, length: float, held: tuple[bool, bool], by: float, side: int, least: float
) -> tuple[float, float]:
    """Start and length of one side."""
    first, last = start, start + length
    if all(held):
        return min(max(0.0, start + by), side - length), length
    if held[0]:
        first = min(max(0.0, first + by), last - min(least, length))
    if held[1]:
        last = max(min(float(side), last + by), first + min(least, length))
    return first, last - first
