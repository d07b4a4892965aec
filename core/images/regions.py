"""Where the frames of an operation lie on the picture that comes to it, and the operation that has one elsewhere.

For an editor in which they are drawn and dragged. A frame is what stays of a crop, or a region of a redaction. What the
operation says of a side that is left as it was stays as it is: a crop wider than the picture, or a region told in
thousandths. Standard library only.
"""

from dataclasses import replace
from typing import Final, NamedTuple

from core.images.geometry import Size, folded, placed
from core.images.parameters import Box
from core.images.recipe import Crop, CropRatio, Gravity, Operation, Redact

Framed = Crop | CropRatio | Redact

_PERCENT: Final = 100.0
_DECIMALS: Final = 2
_LEAST: Final = 0.1  # percent, of a region's side
_MOST_RATIO: Final = 1000.0
_FUZZ: Final = 1e-6  # pixels that come of calculating
_NEAR_END: Final = 0.25  # of the room beside a part
_AT: Final = {placed(1.0, gravity): gravity for gravity in Gravity}


class Frame(NamedTuple):
    """A part of a picture, in its pixels and parts of them.

    Attributes:
        left: From the picture's left.
        top: From the picture's top.
        width: More than 0.
        height: More than 0.
    """

    left: float
    top: float
    width: float
    height: float


def frames(operation: Operation, size: Size) -> tuple[Frame, ...]:
    """All frames of an operation; none of one that has no such thing.

    Args:
        operation: Any.
        size: Of the picture that comes to it, pixels as shown.
    """
    if isinstance(operation, Redact):
        return tuple(_of_box(box, size) for box in operation.regions)
    if isinstance(operation, Crop | CropRatio):
        left, top, right, bottom = folded(size, (operation,))[0].box
        return (Frame(left, top, right - left, bottom - top),)
    return ()


def with_frame(operation: Framed, size: Size, at: int, frame: Frame) -> Framed:
    """The operation with one of its frames there, as near as it can say that.

    Args:
        operation: What it is now.
        size: Of the picture that comes to it, pixels as shown.
        at: Which frame, from 0; of a redaction, one behind the last is a new one.
        frame: Inside the picture.
    """
    match operation:
        case Redact():
            those = operation.regions
            old = those[at] if at < len(those) else (0.0, 0.0, 0.0, 0.0)
            return replace(operation, regions=(*those[:at], _box_of(frame, old, size), *those[at + 1 :]))
        case Crop():
            return _cropped(operation, size, frame)
        case CropRatio():
            return _in_ratio(operation, size, frame)


def without_frame(operation: Framed, at: int) -> Framed:
    """The operation without one of its frames; a crop always has its one."""
    if not isinstance(operation, Redact):
        return operation
    return replace(operation, regions=(*operation.regions[:at], *operation.regions[at + 1 :]))


def nudged(operation: Framed, size: Size, at: int, by: tuple[float, float], *, grows: bool = False) -> Framed:
    """The operation with one of its frames moved a little, or its right and lower sides.

    Args:
        operation: What it is now.
        size: Of the picture that comes to it, pixels as shown.
        at: Which frame.
        by: Across and down, in parts of the picture. Where an operation knows but a few places, it is the next one.
        grows: Whether it is the size that changes.
    """
    now = frames(operation, size)[at]
    if isinstance(operation, CropRatio) and not grows:
        return replace(operation, gravity=_next_to(operation.gravity, by))
    across, down = (share * side for share, side in zip(by, size, strict=True))
    if isinstance(operation, Crop):  # at least a pixel of a small picture
        across, down = _away_from_zero(across), _away_from_zero(down)
    if grows:
        width = min(max(now.width + across, _least(size[0])), size[0] - now.left)
        height = min(max(now.height + down, _least(size[1])), size[1] - now.top)
        return with_frame(operation, size, at, now._replace(width=width, height=height))
    left = min(max(0.0, now.left + across), size[0] - now.width)
    top = min(max(0.0, now.top + down), size[1] - now.height)
    return with_frame(operation, size, at, now._replace(left=left, top=top))


def _of_box(box: Box, size: Size) -> Frame:
    across, down = size[0] / _PERCENT, size[1] / _PERCENT
    return Frame(box[0] * across, box[1] * down, box[2] * across, box[3] * down)


def _box_of(frame: Frame, old: Box, size: Size) -> Box:
    left, width = _shares(frame.left, frame.width, old[0], old[2], size[0])
    top, height = _shares(frame.top, frame.height, old[1], old[3], size[1])
    return left, top, width, height


def _shares(
    start: float, length: float, old_start: float, old_length: float, side: int
) -> tuple[float, float]:
    """Where one side of a region begins, and how long it is, in percent: together never more than there is."""
    share = _share(length, old_length, side)
    share = min(max(share, _LEAST), _PERCENT)
    first = _share(start, old_start, side)
    return max(0.0, min(first, round(_PERCENT - share, 9))), share


def _share(pixels: float, old: float, side: int) -> float:
    return old if abs(pixels - old * side / _PERCENT) < _FUZZ else round(pixels * _PERCENT / side, _DECIMALS)


def _cropped(operation: Crop, size: Size, frame: Frame) -> Crop:
    (now,) = frames(operation, size)
    across = _pixels(frame.left, frame.width, size[0])
    down = _pixels(frame.top, frame.height, size[1])
    room = (size[0] - across[1], size[1] - down[1])
    if across != (now.left, now.width):
        from_left = int(placed(room[0], operation.gravity)[0] // 1)
        width = operation.width if across[1] == now.width else across[1]
        operation = replace(operation, width=width, x=across[0] - from_left)
    if down != (now.top, now.height):
        from_top = int(placed(room[1], operation.gravity)[1] // 1)
        height = operation.height if down[1] == now.height else down[1]
        operation = replace(operation, height=height, y=down[0] - from_top)
    return operation


def _pixels(start: float, length: float, side: int) -> tuple[int, int]:
    """Start and length of one side in whole pixels inside the picture."""
    first = min(max(0, round(start)), side - 1)
    return first, min(max(1, round(length)), side - first)


def _in_ratio(operation: CropRatio, size: Size, frame: Frame) -> CropRatio:
    (now,) = frames(operation, size)
    across, down = frame.width - now.width, frame.height - now.height
    if max(abs(across), abs(down)) < _FUZZ:
        return replace(operation, gravity=_place_of(frame, size, operation.gravity))
    at = placed(1.0, operation.gravity)
    # What keeps its middle grows at both ends, so that the one that is dragged stays with the mouse.
    width = max(1.0, now.width + across * (2 if at[0] == 0.5 else 1))
    height = max(1.0, now.height + down * (2 if at[1] == 0.5 else 1))
    ratio = min(max(width / height, 1 / _MOST_RATIO), _MOST_RATIO)
    one, other = (round(ratio, _DECIMALS), 1.0) if ratio >= 1 else (1.0, round(1 / ratio, _DECIMALS))
    return replace(operation, width=one, height=other)


def _place_of(frame: Frame, size: Size, gravity: Gravity) -> Gravity:
    """Which of the places a part lies nearest to; along a side that it fills, it stays what it was."""
    old = placed(1.0, gravity)
    across = _nearest(frame.left, size[0] - frame.width, old[0])
    return _AT[across, _nearest(frame.top, size[1] - frame.height, old[1])]


def _nearest(start: float, room: float, old: float) -> float:
    if room < 1:
        return old
    share = start / room
    return 0.0 if share < _NEAR_END else 1.0 if share > 1 - _NEAR_END else 0.5


def _next_to(gravity: Gravity, by: tuple[float, float]) -> Gravity:
    across, down = placed(1.0, gravity)
    steps = [0.5 if way > 0 else -0.5 if way < 0 else 0.0 for way in by]
    return _AT[min(1.0, max(0.0, across + steps[0])), min(1.0, max(0.0, down + steps[1]))]


def _away_from_zero(pixels: float) -> float:
    return pixels if pixels == 0 or abs(pixels) >= 1 else 1.0 if pixels > 0 else -1.0


def _least(side: int) -> float:
    return max(1.0, side * _LEAST / _PERCENT)
