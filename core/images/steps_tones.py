"""Operations on tones and colours; sizes stay as they are, and so does what is transparent (but for a blur)."""

import math
from collections.abc import Iterable
from itertools import accumulate
from typing import Final

from PIL import Image, ImageFilter

from core.images.colour import is_transparent
from core.images.paint import has_alpha, opaque, premultiplied, straight, with_alpha_of
from core.images.recipe import Adjust, AutoContrast, Blur, Greyscale, Sepia, Sharpen

_PERCENT: Final = 100.0
_WHITE: Final = 255
# Nothing but black and white is left from here on; the tangent is infinite at 1.
_MOST_CONTRAST: Final = 0.998
# W3C Filter Effects Module Level 1, section 13.1: sepia(100 %), a row for each of red, green and blue.
_SEPIA: Final = ((0.393, 0.769, 0.189), (0.349, 0.686, 0.168), (0.272, 0.534, 0.131))


def sharpened(image: Image.Image, operation: Sharpen) -> Image.Image:
    """Unsharp mask: differences from the blurred picture above the threshold are increased."""
    mask = ImageFilter.UnsharpMask(operation.radius, round(operation.amount), operation.threshold)
    return with_alpha_of(_bled(image, operation.radius).filter(mask), image)


def blurred(image: Image.Image, operation: Blur) -> Image.Image:
    """Gauss, of that standard deviation."""
    return straight(premultiplied(image).filter(ImageFilter.GaussianBlur(operation.radius)))


def adjusted(image: Image.Image, operation: Adjust) -> Image.Image:
    """Saturation, then brightness, contrast and gamma in one table, so that there is one rounding."""
    colors = opaque(image)
    if operation.saturation and colors.mode == "RGB":
        grey = colors.convert("L").convert("RGB")
        colors = Image.blend(grey, colors, 1 + operation.saturation / _PERCENT)
    table = [_adjusted_value(value / _WHITE, operation) for value in range(_WHITE + 1)]
    return with_alpha_of(colors.point(table * len(colors.getbands())), image)


def contrasted(image: Image.Image, operation: AutoContrast) -> Image.Image:
    """From black to white, all channels alike, so that no colour is cast; what is transparent does not count."""
    return toned(image, contrast_of([image], operation))


def contrast_of(frames: Iterable[Image.Image], operation: AutoContrast) -> list[int]:
    """What each of the 256 tones becomes, so that those of all frames together reach from black to white."""
    counts = [0] * (_WHITE + 1)
    for frame in frames:
        mask = frame.getchannel("A") if has_alpha(frame) else None
        counts = [a + b for a, b in zip(counts, opaque(frame).convert("L").histogram(mask), strict=True)]
    ignored = int(sum(counts) * operation.cutoff // _PERCENT)
    low, high = _first_above(counts, ignored), _WHITE - _first_above(counts[::-1], ignored)
    if high <= low:
        return list(range(_WHITE + 1))
    scale = _WHITE / (high - low)
    return [min(max(int(tone * scale - low * scale), 0), _WHITE) for tone in range(_WHITE + 1)]


def toned(image: Image.Image, table: list[int]) -> Image.Image:
    """Each tone made what the table says, in all channels."""
    colors = opaque(image)
    return with_alpha_of(colors.point(table * len(colors.getbands())), image)


def grey(image: Image.Image, operation: Greyscale) -> Image.Image:
    """Luma alone: L or LA."""
    del operation
    return with_alpha_of(opaque(image).convert("L"), image)


def sepia(image: Image.Image, operation: Sepia) -> Image.Image:
    """Brown tones as browsers make them, mixed with the colours as far as the strength is below all: RGB or RGBA."""
    share = operation.strength / _PERCENT
    matrix: list[float] = []
    for at, row in enumerate(_SEPIA):
        matrix += (share * tone + (1 - share) * (at == column) for column, tone in enumerate(row))
        matrix.append(0.0)
    return with_alpha_of(opaque(image).convert("RGB").convert("RGB", tuple(matrix)), image)


def _first_above(counts: list[int], ignored: int) -> int:
    """The first tone that more pixels have, with those before it, than are to be ignored; the last where none has."""
    return next((tone for tone, sum_ in enumerate(accumulate(counts)) if sum_ > ignored), len(counts) - 1)


def _adjusted_value(value: float, operation: Adjust) -> int:
    """One tone, 0 to 1 in, 0 to 255 out. Contrast as GIMP has it: the slope in the middle, from flat to upright."""
    value *= 1 + operation.brightness / _PERCENT
    contrast = min(operation.contrast / _PERCENT, _MOST_CONTRAST)
    value = (value - 0.5) * math.tan((contrast + 1) * math.pi / 4) + 0.5
    value = min(max(value, 0.0), 1.0) ** (1 / operation.gamma)
    return round(value * _WHITE)


def _bled(image: Image.Image, radius: float) -> Image.Image:
    """Colours alone, where transparent parts have those of what is near: sharpening makes no rim of what is hidden."""
    if not is_transparent(image):
        return opaque(image)
    near = straight(premultiplied(image).filter(ImageFilter.GaussianBlur(radius)))
    return Image.composite(opaque(image), opaque(near), image.getchannel("A"))
