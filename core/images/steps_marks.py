"""Watermarks: a text or a picture laid on the picture, once or all over it."""

import os
from functools import lru_cache
from typing import Final, NamedTuple

from PIL import Image, ImageDraw, ImageFont

from core.errors import FetchmillError, RecipeError
from core.images.colour import resizable, to_srgb
from core.images.described import heed_description
from core.images.fonts import font_for
from core.images.geometry import placed
from core.images.metadata import orientation_of
from core.images.operations import upright
from core.images.paint import on_top, rgba, solid
from core.images.reading import explained, format_of, open_picture, source_file
from core.images.recipe import Gravity, PictureWatermark, TextWatermark
from core.images.structure import layout

_PERCENT: Final = 100.0
_TILT: Final = 30  # degrees counter-clockwise, of what is all over the picture
_ALIGNMENT: Final = ("left", "center", "right")
_LARGEST_KEPT: Final = 4096  # pixels a side: 64 MB of a picture that is kept for the next ones
_DRAWING_FAILS: Final = (OSError, RuntimeError, ValueError)


class _Stamp(NamedTuple):
    """A picture's file as it is now; a changed one is another."""

    path: str
    modified: int
    bytes: int


def text_marked(image: Image.Image, operation: TextWatermark, text: str) -> Image.Image:
    """Write on the picture; a text that is larger than it is written smaller.

    Args:
        image: Any.
        operation: How.
        text: With its fields filled in.

    Raises:
        RecipeError: The font cannot be used, or has not all letters.
    """
    if not text:
        return image
    letters = _lettering(text, operation, image.size)
    red, green, blue, alpha = rgba(operation.color)
    mark = solid("LA" if red == green == blue else "RGBA", letters.size, operation.color)
    mark.putalpha(_faded(letters, alpha / 255))
    return _marked(image, mark, operation)


def picture_marked(image: Image.Image, operation: PictureWatermark) -> Image.Image:
    """Lay a picture on the picture, as wide as told, but not higher than the picture is.

    Raises:
        RecipeError: The picture cannot be used.
    """
    stamp = _stamp(operation.picture)
    width, height = _opened(stamp).size
    scale = min(image.width * operation.size / _PERCENT / width, image.height / height)
    return _marked(
        image, _sized(stamp, max(1, round(width * scale)), max(1, round(height * scale))), operation
    )


def require_mark(path: str) -> None:
    """See that a picture can be laid on others.

    Raises:
        RecipeError: It cannot.
    """
    _opened(_stamp(path))


# The text


def _lettering(text: str, operation: TextWatermark, size: tuple[int, int]) -> Image.Image:
    """White letters on black, no larger than the picture unless that is too small for any."""
    wanted = min(size) * operation.size / _PERCENT
    align = _ALIGNMENT[int(2 * placed(1.0, operation.gravity)[0])]
    draw = ImageDraw.Draw(Image.new("L", (1, 1)))
    try:
        font = font_for(text, operation.font, wanted)
        left, top, right, bottom = draw.multiline_textbbox((0, 0), text, font, align=align)
        scale = min(size[0] / max(1, right - left), size[1] / max(1, bottom - top))
        if scale < 1:
            font = font_for(text, operation.font, font.size * scale)
            left, top, right, bottom = draw.multiline_textbbox((0, 0), text, font, align=align)
        return _drawn(text, font, (left, top, right, bottom), align)
    except _DRAWING_FAILS as error:
        raise RecipeError(f"The text {text!r} cannot be drawn: {error}.", "Try another font.") from error


def _drawn(
    text: str, font: ImageFont.FreeTypeFont, box: tuple[float, float, float, float], align: str
) -> Image.Image:
    left, top, right, bottom = box
    letters = Image.new("L", (max(1, round(right - left)), max(1, round(bottom - top))), 0)
    ImageDraw.Draw(letters).multiline_text((-left, -top), text, 255, font, align=align)
    return letters.crop(
        letters.getbbox() or (0, 0, 1, 1)
    )  # margins count from the ink, not from its bearings


# The picture


def _stamp(path: str) -> _Stamp:
    try:
        status = os.stat(path)  # noqa: PTH116  # a string path as it came
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise _unusable(path, f"{reason}.") from error
    return _Stamp(path, status.st_mtime_ns, status.st_size)


@lru_cache(maxsize=2)
def _opened(stamp: _Stamp) -> Image.Image:
    """LA or RGBA, in sRGB, upright."""
    try:
        with source_file(stamp.path) as file:
            name = format_of(file)
            found = layout(file, name)
            with explained(name, found):
                picture = open_picture(file, name, found)
                heed_description(picture)
                orientation = orientation_of(picture)
                picture.thumbnail((_LARGEST_KEPT, _LARGEST_KEPT), Image.Resampling.LANCZOS)
                picture.load()
                fitting = resizable(picture).image
                colored = to_srgb(fitting, fitting.info.get("icc_profile")).image
                mode = "LA" if colored.mode in {"L", "LA"} else "RGBA"
                return upright(colored.convert(mode), orientation)
    except FetchmillError as error:
        raise _unusable(stamp.path, error.message) from error


@lru_cache(maxsize=4)
def _sized(stamp: _Stamp, width: int, height: int) -> Image.Image:
    return _opened(stamp).resize((width, height), Image.Resampling.LANCZOS, reducing_gap=2.0)


def _unusable(path: str, reason: str) -> RecipeError:
    return RecipeError(
        f"The watermark {path!r} cannot be used: {reason}", "Name a picture's file in the recipe's picture."
    )


# Laying on


def _marked(
    image: Image.Image, mark: Image.Image, operation: TextWatermark | PictureWatermark
) -> Image.Image:
    faint = mark.copy()
    faint.putalpha(_faded(mark.getchannel("A"), operation.opacity / _PERCENT))
    result = on_top(image.crop((0, 0, 1, 1)), faint.crop((0, 0, 1, 1)))
    result = image.convert(result.mode)
    margin = min(image.size) * operation.margin / _PERCENT
    if operation.tiled:
        _lay_all_over(result, faint, round(margin))
    else:
        _lay(result, faint, _place(image.size, faint.size, operation.gravity, margin))
    return result


def _place(size: tuple[int, int], mark: tuple[int, int], gravity: Gravity, margin: float) -> tuple[int, int]:
    """Left and top of a mark; where there is too little room, the margin is smaller."""
    rooms = (size[0] - mark[0], size[1] - mark[1])
    margins = [min(margin, max(0.0, room / 2)) for room in rooms]
    left = margins[0] + placed(rooms[0] - 2 * margins[0], gravity)[0]
    top = margins[1] + placed(rooms[1] - 2 * margins[1], gravity)[1]
    return round(left), round(top)


def _lay(result: Image.Image, layer: Image.Image, at: tuple[int, int]) -> None:
    """Lay what of a layer is inside on a picture of ours."""
    left, top = max(0, at[0]), max(0, at[1])
    right, bottom = min(result.width, at[0] + layer.width), min(result.height, at[1] + layer.height)
    if left >= right or top >= bottom:
        return
    part = layer.crop((left - at[0], top - at[1], right - at[0], bottom - at[1]))
    result.paste(on_top(result.crop((left, top, right, bottom)), part), (left, top))


def _lay_all_over(result: Image.Image, mark: Image.Image, gap: int) -> None:
    """Rows of tilted marks, every other one moved by half of one."""
    tilted = mark.rotate(_TILT, Image.Resampling.BICUBIC, expand=True)
    step = tilted.width + max(1, gap)
    row = Image.new(mark.mode, (result.width + step, tilted.height))
    row.paste(tilted, (0, 0))
    filled = step
    while filled < row.width:  # what is there already, once more: a few pastes for thousands of marks
        row.paste(row.crop((0, 0, filled, row.height)), (filled, 0))
        filled *= 2
    rows = range(0, result.height, tilted.height + max(1, gap))
    for number, top in enumerate(rows):
        start = number % 2 * (step // 2)
        _lay(result, row.crop((start, 0, start + result.width, row.height)), (0, top))


def _faded(alpha: Image.Image, share: float) -> Image.Image:
    return alpha.point([round(value * share) for value in range(256)])
