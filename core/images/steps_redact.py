"""Making regions unreadable so that nothing can be calculated back.

Blurring by a Gauss can be undone nearly, and a fine mosaic be guessed letter by letter. So of a region only a few cells
are kept, six along its longer side at most, each in 16 tones; the blur shows the same cells with smooth transitions.
"""

import math
from typing import Final

from PIL import Image

from core.images.paint import able_to_hold, premultiplied, solid, straight
from core.images.recipe import Redact, RedactMode

_PERCENT: Final = 100.0
_MOST_CELLS: Final = 6
_LEAST_CELL: Final = 8  # pixels; smaller regions are one cell
_LEAST_MIXED: Final = 16  # pixels; an average of fewer says too much of each
_FUZZ: Final = 9  # decimals; what is less than a billionth of a pixel comes of calculating
_COARSE: Final = [min(255, value // 16 * 17) for value in range(256)]

PixelBox = tuple[int, int, int, int]


def redacted(image: Image.Image, operation: Redact) -> Image.Image:
    """The picture without what was in the regions, alpha and colours behind it included.

    Regions of fewer than 16 pixels are filled, however the rest is done: their average would tell them.
    """
    result = able_to_hold(image, operation.color).copy()
    for region in operation.regions:
        box = pixels_of(region, image.size)
        if box is not None:
            result.paste(_cover(result.crop(box), operation), box)
    return result


def pixels_of(region: tuple[float, float, float, float], size: tuple[int, int]) -> PixelBox | None:
    """Left, top, right and bottom of all pixels that a region touches; None where that is outside.

    Args:
        region: Left, top, width and height in percent.
        size: Of the picture, pixels.
    """
    left, right = _outwards(region[0], region[2], size[0])
    top, bottom = _outwards(region[1], region[3], size[1])
    return (left, top, right, bottom) if left < right and top < bottom else None


def _outwards(start: float, length: float, side: int) -> tuple[int, int]:
    first = math.floor(round(start * side / _PERCENT, _FUZZ))
    last = math.ceil(round((start + length) * side / _PERCENT, _FUZZ))
    return max(0, first), min(side, max(last, first + 1))


def _cover(part: Image.Image, operation: Redact) -> Image.Image:
    """What comes over a region."""
    width, height = part.size
    if operation.mode is RedactMode.FILL or width * height < _LEAST_MIXED:
        return solid(part.mode, part.size, operation.color)
    cell = max(_LEAST_CELL, math.ceil(max(part.size) / _MOST_CELLS))
    # Averages of one rounding each; those of resize() in two would tell something of the order of the pixels.
    mosaic = premultiplied(part).reduce((_even(width, cell), _even(height, cell)))
    mosaic = mosaic.point(_COARSE * len(mosaic.getbands()))
    smooth = operation.mode is RedactMode.BLUR
    return straight(
        mosaic.resize(part.size, Image.Resampling.BILINEAR if smooth else Image.Resampling.NEAREST)
    )


def _even(length: int, cell: int) -> int:
    """Pixels a cell so that the last one is not much smaller than the others, which are no smaller than told."""
    return math.ceil(length / max(1, length // cell))
