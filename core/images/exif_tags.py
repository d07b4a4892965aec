"""EXIF tags that names may speak of (Exif 2.32, section 4.6). Standard library only; pictures are given in."""

import struct
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from PIL import Image

TAGS: Final[Mapping[str, int]] = {
    "ImageDescription": 0x010E,
    "Make": 0x010F,
    "Model": 0x0110,
    "Software": 0x0131,
    "DateTime": 0x0132,
    "Artist": 0x013B,
    "Copyright": 0x8298,
    "ExposureTime": 0x829A,
    "FNumber": 0x829D,
    "ISO": 0x8827,
    "DateTimeOriginal": 0x9003,
    "DateTimeDigitized": 0x9004,
    "FocalLength": 0x920A,
    "FocalLengthIn35mmFilm": 0xA405,
    "BodySerialNumber": 0xA431,
    "LensMake": 0xA433,
    "LensModel": 0xA434,
}
"""The number of each."""

DATES: Final = frozenset({"DateTime", "DateTimeOriginal", "DateTimeDigitized"})
"""Those that are dates: ``2024:05:31 18:30:00``."""

# As in ``reading``, which takes Pillow: this is for names as well.
_DAMAGE: Final = (
    OSError, SyntaxError, ValueError, TypeError, LookupError, ArithmeticError, AttributeError, AssertionError, RuntimeError,
    struct.error,
)  # fmt: skip
_EXIF_IFD: Final = 0x8769
_LONGEST: Final = 100  # characters


def tag_values(image: "Image.Image", names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Those of the tags that the picture has, with their values; EXIF that cannot be read has none.

    Args:
        image: As it was opened.
        names: Keys of :data:`TAGS`.
    """
    if not names:
        return ()
    try:
        exif = image.getexif()
        found = {**exif.get_ifd(_EXIF_IFD), **exif}
    except _DAMAGE:
        return ()  # what is damaged in it is noted by what carries it over
    words = ((name, _words(found.get(TAGS[name]))) for name in names)
    return tuple((name, value) for name, value in words if value)


def _words(value: object) -> str:
    """A value as text: of several, the first; fractions as numbers."""
    if isinstance(value, tuple):
        value = value[0] if value else None
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    if value is None:
        return ""
    if isinstance(value, str):
        return value.replace("\0", " ").strip()[:_LONGEST]
    try:
        return f"{float(value):.6g}"  # type: ignore[arg-type]  # Pillow's fractions are numbers
    except (TypeError, ValueError, ArithmeticError):
        return ""
