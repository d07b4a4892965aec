"""Colours that a file describes by numbers: a PNG's cICP, gAMA and cHRM as a profile, and the white of a TIFF in L*a*b*."""

import math
import os
import struct
from collections.abc import Mapping
from typing import Final

from PIL import Image, PngImagePlugin, TiffImagePlugin

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
# By their codes (ITU-T H.273, tables 2 and 3): lights, and exponents of curves; None for sRGB's and its like.
_D65: Final = (0.3127, 0.3290)
_LIGHTS: Final[Mapping[int, tuple[float, ...]]] = {
    1: _SRGB,
    5: (*_D65, 0.640, 0.330, 0.290, 0.600, 0.150, 0.060),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
}
_CURVES: Final[Mapping[int, float | None]] = {
    1: None,
    4: 2.2,
    5: 2.8,
    6: None,
    8: 1.0,
    13: None,
    14: None,
    15: None,
}
_PLAIN: Final = (0, 1)  # RGB as it is, from 0 to the most
_MOST_CHUNKS: Final = 1000
_WHITE_POINT: Final = 318  # TIFF 6.0, section 20
_GREYS: Final = frozenset({"1", "L", "LA", "I", "I;16", "I;16B"})


def heed_description(image: Image.Image) -> tuple[str, ...]:
    """Give a picture in its info what it describes its colours by; what is to be noted comes back.

    A PNG gets the profile that it describes, unless that is sRGB. Of its ways to say so cICP counts most, then a profile
    of its own, its word that it is sRGB, and gAMA with cHRM (PNG 3, section 4.3 and 11.3.2). What makes no sense, or is
    not known here, is left alone and noted.

    Args:
        image: As opened.
    """
    if image.mode == "LAB" and isinstance(image, TiffImagePlugin.TiffImageFile):
        return _heed_white(image)
    if not isinstance(image, PngImagePlugin.PngImageFile):
        return ()
    said = image.info
    codes = _codes(image)
    is_known = codes is not None and codes[0] in _LIGHTS and codes[1] in _CURVES and codes[2:] == _PLAIN
    told = (notes.OTHER_COLOURS,) if codes is not None and not is_known else ()
    try:
        if codes is not None and is_known:
            said.pop("icc_profile", None)
            profile = _profile(image.mode, _CURVES[codes[1]], _LIGHTS[codes[0]])
        elif "icc_profile" in said or "srgb" in said or not said.keys() & {"gamma", "chromaticity"}:
            return told
        else:
            stored = said.get("gamma")
            profile = _profile(
                image.mode, None if stored is None else 1 / stored, said.get("chromaticity", _SRGB)
            )
    except (ValueError, ArithmeticError, struct.error):  # the last for numbers that a profile cannot hold
        return (*told, notes.SENSELESS_COLOURS)
    if profile:
        said["icc_profile"] = profile
    return told


def _codes(image: PngImagePlugin.PngImageFile) -> tuple[int, ...] | None:
    """Lights, curve, matrix and range by a cICP chunk, which Pillow passes over; None where there is none."""
    file = image.fp
    if file is None:
        return None
    before = file.tell()
    try:
        file.seek(8)
        for _ in range(_MOST_CHUNKS):
            length, kind = struct.unpack(">I4s", file.read(8))
            if kind == b"IDAT":
                break
            if kind == b"cICP":
                return struct.unpack("4B", file.read(4))
            file.seek(length + 4, os.SEEK_CUR)
    except (struct.error, OverflowError):  # the file ends
        return None
    finally:
        file.seek(before)
    return None


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


def _profile(mode: str, gamma: float | None, places: tuple[float, ...]) -> bytes:
    """Empty where it would be sRGB's; ``gamma`` is the exponent from values to light, None for sRGB's curve."""
    if len(places) != len(_SRGB):
        raise ValueError("eight numbers are needed")
    if gamma is not None and not _LEAST_GAMMA <= gamma <= _MOST_GAMMA:
        raise ValueError("no such curve")
    is_usual = gamma is None or math.isclose(gamma, _SRGB_GAMMA, rel_tol=_SAME_GAMMA)
    is_grey = mode in _GREYS
    is_there = all(abs(one - other) <= _SAME_PLACE for one, other in zip(places, _SRGB, strict=True))
    if is_usual and (is_there or is_grey):
        return b""
    return profile_of_light("L" if is_grey else "RGB", gamma, places)
