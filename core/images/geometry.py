"""What the first operations of a recipe come to in pixels, before anything is decoded. Standard library only.

Those that only choose a part, a size and a turn become one plan, which the decoder knows (JPEGs are then decoded at a
fraction) and one resampling carries out. Plans mean the picture as it is stored; people mean it as it is shown.
"""

from collections.abc import Sequence
from typing import Final, NamedTuple

from core.images.recipe import (
    Axis,
    Crop,
    CropRatio,
    Flip,
    Gravity,
    Operation,
    Resize,
    ResizeMode,
    Rotate,
    Turn,
)

Size = tuple[int, int]
Box = tuple[float, float, float, float]

UPRIGHT: Final = 1
# Decoding at the target itself saves next to nothing more and costs 1.3 dB.
_DRAFT_MARGIN: Final = 2
_PERCENT: Final = 100.0
_PIXELS: Final = 1_000_000
_TURNED: Final = 5  # orientations from here on have their sides exchanged

# Where a point of the shown picture lies in the stored one, by orientation (Exif 2.32, section 4.6.4, tag 274): which
# of its two coordinates across and down are, and whether they are counted from the other end.
_STORED: Final = {
    1: (0, False, 1, False),
    2: (0, True, 1, False),
    3: (0, True, 1, True),
    4: (0, False, 1, True),
    5: (1, False, 0, False),
    6: (1, False, 0, True),
    7: (1, True, 0, True),
    8: (1, True, 0, False),
}
_OF_TURN: Final = {Turn.RIGHT: 6, Turn.HALF: 3, Turn.LEFT: 8}
_OF_FLIP: Final = {Axis.HORIZONTAL: 2, Axis.VERTICAL: 4}
_ACROSS: Final = {
    **dict.fromkeys((Gravity.LEFT, Gravity.TOP_LEFT, Gravity.BOTTOM_LEFT), 0.0),
    **dict.fromkeys((Gravity.RIGHT, Gravity.TOP_RIGHT, Gravity.BOTTOM_RIGHT), 1.0),
}
_DOWN: Final = {
    **dict.fromkeys((Gravity.TOP, Gravity.TOP_LEFT, Gravity.TOP_RIGHT), 0.0),
    **dict.fromkeys((Gravity.BOTTOM, Gravity.BOTTOM_LEFT, Gravity.BOTTOM_RIGHT), 1.0),
}


class Plan(NamedTuple):
    """Which part of the stored picture becomes how large a picture, and how it is turned then.

    Attributes:
        box: Left, top, right and bottom of the part that stays, pixels of the stored picture.
        size: Width and height that it becomes, pixels, before it is turned.
        orientation: 1 to 8, as Exif has it: how it is turned.
    """

    box: Box
    size: Size
    orientation: int = UPRIGHT

    @property
    def shown(self) -> Size:
        """Its size once it is turned, pixels."""
        return self.size[::-1] if self.orientation >= _TURNED else self.size

    @property
    def is_crop_only(self) -> bool:
        """Whether every pixel that stays keeps its value."""
        left, top, right, bottom = self.box
        width, height = self.size
        return right - left == width and bottom - top == height and left.is_integer() and top.is_integer()

    def is_identity(self, size: Size) -> bool:
        """Whether a picture of that size stays as it is, but for being turned."""
        return self.size == size and self.box == (0, 0, *size)


def folded(
    size: Size, operations: Sequence[Operation], orientation: int = UPRIGHT
) -> tuple[Plan, tuple[Operation, ...]]:
    """The plan that the first operations come to, and the operations that are left to be done afterwards.

    Args:
        size: Of the stored picture, pixels.
        operations: In their order.
        orientation: How it is stored, 1 to 8.
    """
    plan = Plan((0.0, 0.0, float(size[0]), float(size[1])), size, orientation)
    for at, operation in enumerate(operations):
        following = _after(plan, operation)
        if following is None:
            return plan, tuple(operations[at:])
        plan = following
        if isinstance(operation, Resize) and operation.mode is ResizeMode.PAD:
            return plan, tuple(operations[at:])  # its margins are still to come
    return plan, ()


def draft_size(size: Size, plan: Plan) -> Size:
    """How large the whole picture must at least be decoded, pixels, for the plan to lose nothing visible."""
    left, top, right, bottom = plan.box
    return (
        max(1, round(size[0] * plan.size[0] * _DRAFT_MARGIN / (right - left))),
        max(1, round(size[1] * plan.size[1] * _DRAFT_MARGIN / (bottom - top))),
    )


def scaled(plan: Plan, across: float, down: float) -> Plan:
    """The same plan for a picture that was decoded smaller by these factors (0 to 1)."""
    left, top, right, bottom = plan.box
    return plan._replace(box=(left * across, top * down, right * across, bottom * down))


def resized(size: Size, operation: Resize) -> tuple[Size, Size]:
    """What part of a picture a Resize takes, and how large that becomes.

    Args:
        size: Of the picture, pixels.
        operation: Of PAD, what comes before the margins.

    Returns:
        Width and height of the part, and of the result, pixels.
    """
    width, height = size
    across = (operation.width or width) / width
    down = (operation.height or height) / height
    match operation.mode:
        case ResizeMode.FILL:
            return _filled(size, (operation.width or width, operation.height or height), operation)
        case ResizeMode.STRETCH:
            wanted = (operation.width or width, operation.height or height)
            return size, wanted if operation.enlarge else (min(width, wanted[0]), min(height, wanted[1]))
        case ResizeMode.LONG_EDGE:
            scale = (operation.edge or max(size)) / max(size)
        case ResizeMode.SHORT_EDGE:
            scale = (operation.edge or min(size)) / min(size)
        case ResizeMode.WIDTH:
            scale = across
        case ResizeMode.HEIGHT:
            scale = down
        case ResizeMode.PERCENT:
            scale = operation.percent / _PERCENT
        case ResizeMode.MEGAPIXELS:
            scale = (operation.megapixels * _PIXELS / (width * height)) ** 0.5
        case ResizeMode.FIT | ResizeMode.PAD:
            scale = min(across, down)
    scale = scale if operation.enlarge else min(scale, 1.0)
    return size, (max(1, round(width * scale)), max(1, round(height * scale)))


def placed(room: float, gravity: Gravity) -> tuple[float, float]:
    """How much of the room beside something lies left of it and above it, 0 to ``room`` each."""
    return room * _ACROSS.get(gravity, 0.5), room * _DOWN.get(gravity, 0.5)


def turned(first: int, then: int) -> int:
    """The orientation that is one after the other."""
    point = _stored_point(_stored_point((0.1, 0.3), then), first)
    return next(o for o in _STORED if _is_near(_stored_point((0.1, 0.3), o), point))


def _after(plan: Plan, operation: Operation) -> Plan | None:
    """The plan with an operation more; None where that takes the pixels themselves."""
    width, height = plan.shown
    match operation:
        case Rotate():
            return plan._replace(orientation=turned(plan.orientation, _OF_TURN[operation.turn]))
        case Flip():
            return plan._replace(orientation=turned(plan.orientation, _OF_FLIP[operation.axis]))
        case CropRatio():
            part = _of_ratio(plan.shown, operation.width / operation.height)
            return _cut(plan, part, part, operation.gravity)
        case Crop():
            part = (min(width, operation.width), min(height, operation.height))
            return _cut(plan, part, part, operation.gravity, (operation.x, operation.y))
        case Resize() if not operation.accurate:
            part, size = resized(plan.shown, operation)
            return _cut(plan, part, size, operation.gravity)
    return None


def _filled(size: Size, wanted: Size, operation: Resize) -> tuple[Size, Size]:
    part = _of_ratio(size, wanted[0] / wanted[1])
    return part, wanted if operation.enlarge else (min(part[0], wanted[0]), min(part[1], wanted[1]))


def _of_ratio(size: Size, ratio: float) -> Size:
    """The largest part of that aspect ratio, width by height."""
    width, height = size
    return min(width, max(1, round(height * ratio))), min(height, max(1, round(width / ratio)))


def _cut(plan: Plan, part: Size, size: Size, gravity: Gravity, offset: tuple[int, int] = (0, 0)) -> Plan:
    """The plan that takes only a part of what it had, as shown, and makes it that large."""
    width, height = plan.shown
    # Where nothing is scaled, half a pixel off the middle is better than blurring every pixel.
    step = 1.0 if size == part else 0.5
    left = placed(width - part[0], gravity)[0] // step * step + offset[0]
    top = placed(height - part[1], gravity)[1] // step * step + offset[1]
    left, top = min(max(0.0, left), width - part[0]), min(max(0.0, top), height - part[1])
    first = _stored_point((left / width, top / height), plan.orientation)
    last = _stored_point(((left + part[0]) / width, (top + part[1]) / height), plan.orientation)
    across, down = plan.box[2] - plan.box[0], plan.box[3] - plan.box[1]
    xs = sorted((plan.box[0] + across * first[0], plan.box[0] + across * last[0]))
    ys = sorted((plan.box[1] + down * first[1], plan.box[1] + down * last[1]))
    box = (_whole(xs[0]), _whole(ys[0]), _whole(xs[1]), _whole(ys[1]))
    return plan._replace(box=box, size=size[::-1] if plan.orientation >= _TURNED else size)


def _stored_point(point: tuple[float, float], orientation: int) -> tuple[float, float]:
    """Where a point of the shown picture lies in the stored one; both in parts of its width and height, 0 to 1."""
    across, is_from_right, down, is_from_bottom = _STORED[orientation]
    x, y = point[across], point[down]
    return (1.0 - x if is_from_right else x, 1.0 - y if is_from_bottom else y)


def _whole(value: float) -> float:
    """The number without what dividing and multiplying have added to a whole pixel, or to half of one."""
    near = round(value * 2) / 2
    return near if abs(near - value) < 1e-6 else value  # a millionth of a pixel


def _is_near(one: tuple[float, float], other: tuple[float, float]) -> bool:
    return abs(one[0] - other[0]) + abs(one[1] - other[1]) < 1e-9  # rounding
