"""The one step that crops, scales and turns, whatever the plan says. What takes the pixels themselves is in ``steps``."""

from typing import Final

from PIL import Image

from core.errors import PictureTooLargeError
from core.images.geometry import Plan, Size
from core.images.reading import most_pixels

# Two stages while shrinking: within 1 dB of none, in a third of the time.
_REDUCING_GAP: Final = 2.0

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def carry_out(image: Image.Image, planned: Plan) -> Image.Image:
    """Crop and shrink in one go.

    Args:
        image: Of a mode that can be resampled: see :func:`core.images.colour.resizable`.
        planned: Made for this picture's size.

    Raises:
        PictureTooLargeError: The result would have too many pixels.
    """
    require_pixels(planned.size)
    if planned.is_identity(image.size):
        return image
    if planned.is_crop_only:
        x, y = int(planned.box[0]), int(planned.box[1])
        return image.crop((x, y, x + planned.size[0], y + planned.size[1]))
    left, top, right, bottom = planned.box
    box = (left, top, min(right, float(image.width)), min(bottom, float(image.height)))
    gap = None if image.mode == "I;16" else _REDUCING_GAP  # Pillow cannot reduce those
    return image.resize(planned.size, Image.Resampling.LANCZOS, box, gap)


def upright(image: Image.Image, orientation: int) -> Image.Image:
    """Turn a stored picture as its orientation says."""
    turn = _TURNS.get(orientation)
    return image if turn is None else image.transpose(turn)


def require_pixels(size: Size) -> None:
    """Refuse to make a picture that is too large to be worked on.

    Raises:
        PictureTooLargeError: It has more than :func:`~core.images.reading.most_pixels`.
    """
    if size[0] * size[1] > most_pixels():
        raise PictureTooLargeError(
            f"It would become {size[0]} x {size[1]} pixels, more than {most_pixels() / 1_000_000:g} megapixels."
        )
