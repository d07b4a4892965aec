"""CIE L*a*b* of 8 bits, as TIFFs have it, brought to sRGB (TIFF 6.0, section 23; CIE 15, section 8.2.1)."""

import math
from functools import lru_cache
from typing import Final

from PIL import Image, ImageCms, ImageFilter

from core.images.profiles import D50, Triple, adapted, bright

WHITE: Final = "white"
"""Where a picture's info has x and y of the white that its colours are measured by; none for D50."""

# TIFF 6.0 gives no default; Adobe's technical notes and libtiff do.
_USUAL_WHITE: Final = (0.3457, 0.3585)
_SAME_PLACE: Final = 0.002
_FINENESS: Final = 17  # steps a side; from white to white colours move a little, and evenly
_KNEE: Final = 6 / 29


def lab_to_srgb(image: Image.Image, white: tuple[float, float] | None) -> Image.Image:
    """The picture in RGB.

    Args:
        image: In mode LAB.
        white: What its colours are measured by (TIFF 6.0, tag 318): x and y; None and what makes no sense is D50.
    """
    if white is not None and not all(map(_is_same, white, _USUAL_WHITE)):
        image = Image.merge("RGB", image.split()).filter(_to_d50(white))
        image = Image.merge("LAB", image.split())
    return _to_srgb().apply(image)


def _is_same(one: float, other: float) -> bool:
    return abs(one - other) <= _SAME_PLACE


@lru_cache(maxsize=1)
def _to_srgb() -> ImageCms.ImageCmsTransform:
    lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
    # Without the table that littleCMS would make of it: coarse by a dE of 2.9 at the edge of sRGB.
    flags = ImageCms.Flags.BLACKPOINTCOMPENSATION | ImageCms.Flags.NOOPTIMIZE
    return ImageCms.buildTransform(lab, srgb, "LAB", "RGB", ImageCms.Intent.RELATIVE_COLORIMETRIC, flags)


@lru_cache(maxsize=4)
def _to_d50(place: tuple[float, float]) -> ImageFilter.Color3DLUT:
    """A table from colours under another white to those under D50, 0 to 1 for the bytes that they are."""
    white = bright(*place)

    def moved(lightness: float, a: float, b: float) -> Triple:
        y = (100 * lightness + 16) / 116
        x, z = y + (255 * a - 128) / 500, y - (255 * b - 128) / 200
        seen = adapted((_light(x) * white[0], _light(y) * white[1], _light(z) * white[2]), white)
        x, y, z = (_root(part / most) for part, most in zip(seen, D50, strict=True))
        return (116 * y - 16) / 100, (500 * (x - y) + 128) / 255, (200 * (y - z) + 128) / 255

    return ImageFilter.Color3DLUT.generate(_FINENESS, moved)


def _light(root: float) -> float:
    return root**3 if root > _KNEE else 3 * _KNEE**2 * (root - 4 / 29)


def _root(light: float) -> float:
    return math.cbrt(light) if light > _KNEE**3 else light / (3 * _KNEE**2) + 4 / 29
