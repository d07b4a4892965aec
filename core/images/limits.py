"""How large a picture each format can hold, asked before anything is encoded. Standard library only."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from core.errors import PictureTooLargeError
from core.images.geometry import Size

PDF_POINTS: Final = 14_400
"""The longest side of a page, points of 1/72 inch (ISO 32000-1, annex C)."""

# Formats that are not named here hold more than any picture that we open.
_LONGEST_SIDE: Final[Mapping[str, int]] = MappingProxyType(
    {
        "JPEG": 65_500,  # libjpeg's JPEG_MAX_DIMENSION; the format itself counts to 65,535
        "PDF": 65_500,  # a JPEG lies in it
        "WEBP": 16_383,  # 14 bits (RFC 9649, section 2.6)
        "GIF": 65_535,  # 16 bits (GIF89a, section 18)
        "AVIF": 32_768,  # what libavif, and browsers with it, are willing to read; it writes up to 65,536
        "HEIF": 16_888,  # HEVC's largest level, 6.2 (ITU-T H.265, section A.4.1)
        "JXL": 262_144,  # level 5, which every decoder reads (ISO/IEC 18181-1, annex M)
        "ICO": 256,  # one byte, in which 0 is 256
    }
)


def require_sides(size: Size, name: str) -> None:
    """See that a format can hold a picture of that size.

    Args:
        size: Width and height, pixels.
        name: A key of ``FORMATS``.

    Raises:
        PictureTooLargeError: A side is longer than the format allows.
    """
    longest = _LONGEST_SIDE.get(name)
    if longest is not None and max(size) > longest:
        article = "An" if name in {"AVIF", "HEIF", "ICO"} else "A"
        raise PictureTooLargeError(
            f"{article} {name} can be {longest} pixels wide and high; this picture is {size[0]} x {size[1]}.",
            "Choose a recipe that scales it down, or another format.",
        )
