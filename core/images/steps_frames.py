"""Operations on what is around and behind a picture."""

from typing import Final

from PIL import Image, ImageChops, ImageDraw

from core.images.operations import require_pixels
from core.images.paint import able_to_hold, has_alpha, on_top, opaque, solid
from core.images.recipe import Background, Border, RoundedCorners

_PERCENT: Final = 100.0
# Corners are drawn so many times larger, for smooth edges; large ones need it less.
_FINENESS: Final = 4
_FINEST: Final = 4096


def bordered(image: Image.Image, operation: Border) -> Image.Image:
    """The picture in the middle of one that is larger by the border on each side.

    Raises:
        PictureTooLargeError: It would have too many pixels.
    """
    if not operation.width:
        return image
    width = max(1, round(min(image.size) * operation.width / _PERCENT))
    size = (image.width + 2 * width, image.height + 2 * width)
    return framed(image, size, (width, width), operation.color)


def framed(image: Image.Image, size: tuple[int, int], at: tuple[int, int], color: str) -> Image.Image:
    """A picture at a place of a larger one of one colour.

    Raises:
        PictureTooLargeError: It would have too many pixels.
    """
    require_pixels(size)
    fitting = able_to_hold(image, color)
    result = solid(fitting.mode, size, color)
    result.paste(fitting, at)
    return result


def backed(image: Image.Image, operation: Background) -> Image.Image:
    """What is transparent laid on a colour; no alpha is left unless the colour has some."""
    if not has_alpha(image):
        return image
    fitting = able_to_hold(image, operation.color)
    background = solid(fitting.mode, image.size, operation.color)
    result = on_top(background, fitting)
    return opaque(result) if background.getchannel("A").getextrema() == (255, 255) else result


def rounded(image: Image.Image, operation: RoundedCorners) -> Image.Image:
    """The picture with transparent corners; LA or RGBA."""
    radius = round(min(image.size) * operation.radius / _PERCENT)
    if not radius:
        return image
    result = image.convert({"L": "LA", "RGB": "RGBA"}.get(image.mode, image.mode))
    result.putalpha(ImageChops.multiply(result.getchannel("A"), _mask(image.size, radius)))
    return result


def _mask(size: tuple[int, int], radius: int) -> Image.Image:
    """White with black corners."""
    fineness = max(1, min(_FINENESS, _FINEST // radius))
    side = radius * fineness
    corner = Image.new("L", (side, side), 0)
    ImageDraw.Draw(corner).ellipse((0, 0, 2 * side - 1, 2 * side - 1), fill=255)
    corner = corner.reduce(fineness)
    mask = Image.new("L", size, 255)
    right, bottom = size[0] - radius, size[1] - radius
    mask.paste(corner, (0, 0))
    mask.paste(corner.transpose(Image.Transpose.FLIP_LEFT_RIGHT), (right, 0))
    mask.paste(corner.transpose(Image.Transpose.FLIP_TOP_BOTTOM), (0, bottom))
    mask.paste(corner.transpose(Image.Transpose.ROTATE_180), (right, bottom))
    return mask
