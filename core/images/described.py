"""Colours that a file describes by numbers: a PNG's gAMA and cHRM as a profile, and the white of a TIFF in L*a*b*."""

import math
import struct
from typing import Final

from PIL import Image, TiffImagePlugin

from core.images import notes
from core.images.lab import WHITE
from core.images.profiles import bright, profile_of_light

# White, red, green and blue of sRGB (IEC 61966-2-1), which is meant where nothing is said.
_SRGB: Final = (0.3127, 0.3290, 0.6400, 0.3300, 0.3000, 0.6000, 0.1500, 0.0600)
_SRGB_GAMMA: Final = 2.2
# By less than these nobody sees a difference; the gamma's is libpng's.
_SAME_PLACE: Final = 0.005
_SAME_GAMMA: Final = 0.05
_LEAST_GAMMA, _MOST_GAMMA = 0.2, 5.0
_WHITE_POINT: Final = 318  # TIFF 6.0, section 20
_GREYS: Final = frozenset({"1", "L", "LA", "I", "I;16", "I;16B"})


def heed_description(image: Image.Image) -> tuple[str, ...]:
    """Give a picture in its info what it describes its colours by; what is to be noted comes back.

    A PNG without a profile (PNG 3, sections 11.3.2.1 and 11.3.2.2) gets the one that it describes, unless that is sRGB;
    its word that it is sRGB counts more (section 4.3). A description that makes no sense is left alone, and noted.

    Args:
        image: As opened.
    """
    if image.mode == "LAB" and isinstance(image, TiffImagePlugin.TiffImageFile):
        return _heed_white(image)
    said = image.info
    if (
        image.format != "PNG"
        or "icc_profile" in said
        or "srgb" in said
        or not said.keys() & {"gamma", "chromaticity"}
    ):
        return ()
    try:
        profile = _profile(image.mode, said.get("gamma"), said.get("chromaticity", _SRGB))
    except (ValueError, ArithmeticError, struct.error):  # the last for numbers that a profile cannot hold
        return (notes.SENSELESS_COLOURS,)
    if profile:
        said["icc_profile"] = profile
    return ()


def _heed_white(image: TiffImagePlugin.TiffImageFile) -> tuple[str, ...]:
    told = image.tag_v2.get(_WHITE_POINT)
    if told is None:
        return ()
    try:
        x, y = map(float, told)
        bright(x, y)
    except (ValueError, TypeError, ArithmeticError):
        return (notes.SENSELESS_COLOURS,)
    image.info[WHITE] = (x, y)
    return ()


def _profile(mode: str, stored: float | None, places: tuple[float, ...]) -> bytes:
    """Empty where it would be sRGB's; ``stored`` is the exponent from light to values."""
    if len(places) != len(_SRGB):
        raise ValueError("eight numbers are needed")
    gamma = None if stored is None else 1 / stored
    if gamma is not None and not _LEAST_GAMMA <= gamma <= _MOST_GAMMA:
        raise ValueError("no such curve")
    is_usual = gamma is None or math.isclose(gamma, _SRGB_GAMMA, rel_tol=_SAME_GAMMA)
    is_grey = mode in _GREYS
    is_there = all(abs(one - other) <= _SAME_PLACE for one, other in zip(places, _SRGB, strict=True))
    if is_usual and (is_there or is_grey):
        return b""
    return profile_of_light("L" if is_grey else "RGB", gamma, places)
