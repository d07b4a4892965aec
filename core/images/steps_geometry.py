"""Operations on size, part and angle that need the pixels, or that come after one which does."""

import math
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import Final

from PIL import Image, ImageChops, ImageMath

from core.images.geometry import Plan, Size, folded, placed
from core.images.operations import carry_out, require_pixels, upright
from core.images.paint import able_to_hold, has_alpha, opaque, premultiplied, solid, straight
from core.images.recipe import Crop, CropRatio, Flip, Resize, ResizeMode, Rotate, Straighten, Trim
from core.images.steps_frames import framed

_WHITE: Final = 255
_SCALE: Final = 65535  # of linear light: the darkest step of 255 is 20 steps of it
_QUARTER: Final = 90.0
_TURNS: Final = {1: 6, 2: 3, 3: 8}  # orientations by quarters clockwise
_EDGE: Final = 3  # bicubic reaches two pixels far
_FUZZ: Final = 1e-6


def planned(image: Image.Image, operation: Crop | CropRatio | Flip | Rotate) -> Image.Image:
    """What would be a part of the decoder's plan if it came first."""
    plan, _ = folded(image.size, (operation,))
    return upright(carry_out(image, plan), plan.orientation)


def scaled(image: Image.Image, operation: Resize) -> Image.Image:
    """Any Resize, its margins with it.

    Raises:
        PictureTooLargeError: It would have too many pixels.
    """
    plan, _ = folded(image.size, (replace(operation, accurate=False),))
    result = _in_linear_light(image, plan) if operation.accurate else carry_out(image, plan)
    if operation.mode is not ResizeMode.PAD:
        return result
    size = (operation.width or result.width, operation.height or result.height)
    left = placed(size[0] - result.width, operation.gravity)[0]
    top = placed(size[1] - result.height, operation.gravity)[1]
    return result if size == result.size else framed(result, size, (int(left), int(top)), operation.color)


def trimmed(image: Image.Image, operation: Trim) -> Image.Image:
    """Cut off what has the colour of most corners; a picture that has no other colour stays as it is."""
    mixed = premultiplied(image)
    right, bottom = image.width - 1, image.height - 1
    corners = [mixed.getpixel(at) for at in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    color, _ = Counter(corners).most_common(1)[0]
    differences = ImageChops.difference(mixed, Image.new(mixed.mode, image.size, color)).split()
    most = differences[0]
    for band in differences[1:]:
        most = ImageChops.lighter(most, band)
    limit = operation.tolerance / 100 * _WHITE
    box = most.point([_WHITE if value > limit else 0 for value in range(_WHITE + 1)]).getbbox()
    return image if box is None else image.crop(box)


def straightened(image: Image.Image, operation: Straighten) -> Image.Image:
    """Turn clockwise about the middle; either all stays and the corners are filled, or the largest upright part stays.

    Raises:
        PictureTooLargeError: It would have too many pixels.
    """
    quarters, rest = divmod(operation.degrees, _QUARTER)
    if not rest:
        return upright(image, _TURNS.get(int(quarters) % 4, 1))
    angle = math.radians(operation.degrees)
    if operation.cut:
        return straight(_turned(premultiplied(_with_edges(image)), _inner(image.size, angle), angle))
    size = _outer(image.size, angle)
    require_pixels(size)
    fitting = able_to_hold(image, operation.color)
    turned = _turned(premultiplied(_with_edges(fitting)), size, angle)
    # Where the picture is: with smooth edges, for which its own were continued.
    inside = Image.new("L", (image.width + 2, image.height + 2), 0)
    inside.paste(_WHITE, (1, 1, image.width + 1, image.height + 1))
    mask = _turned(inside, size, angle, Image.Resampling.BILINEAR)
    return straight(Image.composite(turned, premultiplied(solid(fitting.mode, size, operation.color)), mask))


# Turning


def _turned(
    image: Image.Image, size: Size, angle: float, resample: Image.Resampling = Image.Resampling.BICUBIC
) -> Image.Image:
    """Turn clockwise by radians, middle on middle of a picture of that size."""
    cos, sin = math.cos(angle), math.sin(angle)
    x, y = size[0] / 2, size[1] / 2
    across = (cos, sin, image.width / 2 - cos * x - sin * y)
    down = (-sin, cos, image.height / 2 + sin * x - cos * y)
    return image.transform(size, Image.Transform.AFFINE, (*across, *down), resample)


def _with_edges(image: Image.Image) -> Image.Image:
    """The picture with its outermost pixels repeated outwards."""
    width, height = image.size
    wide = Image.new(image.mode, (width + 2 * _EDGE, height))
    wide.paste(image.crop((0, 0, 1, height)).resize((_EDGE, height)), (0, 0))
    wide.paste(image, (_EDGE, 0))
    wide.paste(image.crop((width - 1, 0, width, height)).resize((_EDGE, height)), (width + _EDGE, 0))
    result = Image.new(image.mode, (wide.width, height + 2 * _EDGE))
    result.paste(wide.crop((0, 0, wide.width, 1)).resize((wide.width, _EDGE)), (0, 0))
    result.paste(wide, (0, _EDGE))
    result.paste(
        wide.crop((0, height - 1, wide.width, height)).resize((wide.width, _EDGE)), (0, height + _EDGE)
    )
    return result


def _outer(size: Size, angle: float) -> Size:
    """What holds the whole turned picture, pixels."""
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    width, height = size
    return math.ceil(width * cos + height * sin - _FUZZ), math.ceil(width * sin + height * cos - _FUZZ)


def _inner(size: Size, angle: float) -> Size:
    """The largest upright rectangle inside the turned picture, pixels.

    Either two of its corners touch the long sides, halfway along, or all four touch one side each.
    """
    cos, sin = abs(math.cos(angle)), abs(math.sin(angle))
    width, height = size
    long, short = max(size), min(size)
    if short <= 2 * sin * cos * long or abs(sin - cos) < _FUZZ:
        half = short / 2
        across, down = (half / sin, half / cos) if width >= height else (half / cos, half / sin)
    else:
        both = cos * cos - sin * sin
        across, down = (width * cos - height * sin) / both, (height * cos - width * sin) / both
    return max(1, math.floor(across + _FUZZ)), max(1, math.floor(down + _FUZZ))


# Linear light


def _in_linear_light(image: Image.Image, plan: Plan) -> Image.Image:
    """Crop and scale where twice the number is twice the light, one channel at a time to spare memory.

    Fine patterns keep their brightness so: black and white by turns become the grey of half the light, 188.
    """
    if plan.is_crop_only:
        return carry_out(image, plan)
    require_pixels(plan.size)
    if not has_alpha(image):
        return Image.merge(image.mode, _from_light([carry_out(_light(band), plan) for band in image.split()]))
    alpha = image.getchannel("A").convert("F")
    small = carry_out(alpha, plan)
    lights = [
        _quotient(carry_out(_product(_light(band), alpha), plan), small) for band in opaque(image).split()
    ]
    return Image.merge(image.mode, (*_from_light(lights), carry_out(image.getchannel("A"), plan)))


def _product(light: Image.Image, alpha: Image.Image) -> Image.Image:
    return ImageMath.lambda_eval(lambda of: of["light"] * of["alpha"], light=light, alpha=alpha)  # type: ignore[no-any-return]  # a picture of mode F


def _quotient(light: Image.Image, alpha: Image.Image) -> Image.Image:
    """Where there is no alpha, 0: ImageMath divides so."""
    return ImageMath.lambda_eval(lambda of: of["light"] / of["alpha"], light=light, alpha=alpha)  # type: ignore[no-any-return]  # a picture of mode F


def _light(band: Image.Image) -> Image.Image:
    return band.point(_to_linear(), "F")


def _from_light(lights: list[Image.Image]) -> list[Image.Image]:
    """Channels as they are stored; all in one go, as Pillow takes longer for the table than for a small picture."""
    width, height = lights[0].size
    stack = Image.new("I", (width, height * len(lights)))
    for at, light in enumerate(lights):
        stack.paste(light.convert("I"), (0, height * at))
    stored = stack.point(_from_linear(), "L")
    return [stored.crop((0, height * at, width, height * (at + 1))) for at in range(len(lights))]


@lru_cache(maxsize=1)
def _to_linear() -> list[float]:
    """IEC 61966-2-1, section 5.2."""
    shares = (value / _WHITE for value in range(_WHITE + 1))
    return [_SCALE * (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4) for v in shares]


@lru_cache(maxsize=1)
def _from_linear() -> list[int]:
    """IEC 61966-2-1, section 5.2, the other way; in the middle of each step, as real numbers are cut off."""
    shares = (min(1.0, (value + 0.5) / _SCALE) for value in range(_SCALE + 1))
    return [round(_WHITE * (12.92 * v if v <= 0.0031308 else 1.055 * v ** (1 / 2.4) - 0.055)) for v in shares]
