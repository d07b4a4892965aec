"""EXIF and XMP on their way from one picture to the next.

What no longer is true of the finished picture goes: its orientation (baked in), its thumbnail, its old size.
"""

import re
from collections.abc import Sequence
from typing import Final, NamedTuple

from PIL import ExifTags, Image

from core.images.geometry import Size
from core.images.reading import DAMAGE
from core.images.recipe import Keeping, Output

BROKEN_NOTE: Final = "Its EXIF metadata is damaged and was left out."
_XMP_GPS_NOTE: Final = (
    "Its XMP metadata held places in a form that cannot be taken out; it was left out whole."
)
_XMP_CODING_NOTE: Final = (
    "Its XMP metadata is in a coding that cannot be checked for places; it was left out."
)

# A TIFF's first directory is mostly about where its pixels lie. These tags speak of the picture.
_ABOUT_THE_PICTURE: Final = frozenset(
    {
        270,
        271,
        272,
        282,
        283,
        296,
        305,
        306,
        315,
        316,
        18246,
        18249,
        33432,
        34665,
        34853,
        *range(40091, 40096),
    }
)

_IPTC: Final = 0x0404

_ORIENTATION: Final = re.compile(rb"""(tiff:Orientation(?:\s*=\s*["']|>\s*))[0-9]""")
_GPS_ATTRIBUTE: Final = re.compile(rb"""\s+[\w-]+:GPS\w*\s*=\s*(?:"[^"]*"|'[^']*')""", re.IGNORECASE)
_GPS_ELEMENT: Final = re.compile(rb"<([\w-]+:GPS\w*)\b[^>]*?(?:/>|>.*?</\1\s*>)", re.IGNORECASE | re.DOTALL)
_THUMBNAILS: Final = re.compile(rb"<xmp:Thumbnails\b.*?</xmp:Thumbnails\s*>", re.DOTALL)
_PLACE: Final = re.compile(rb"gps|latitude|longitude|geo:l", re.IGNORECASE)


class Carried(NamedTuple):
    r"""Metadata for the finished picture.

    Attributes:
        exif: As it stands in a file, ``Exif\0\0`` in front; empty for none.
        xmp: An XMP packet; empty for none.
        iptc: A JPEG's captions (IPTC-IIM 4.2), as Photoshop packs them; empty for none.
        icc: The colour profile that the pixels are meant by (ICC.1:2022); empty for sRGB.
        notes: What was left out that should have been kept, a sentence each.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    icc: bytes = b""
    notes: tuple[str, ...] = ()


def orientation_of(image: Image.Image) -> int:
    """How a picture lies, 1 to 8 (Exif 2.32, tag 274); 1 where that is unknown or nonsense.

    Pillow turns TIFFs itself while it loads them, and gives their size as shown; so does the plugin for JPEG XL, but
    for a JPEG that was packed as one.
    """
    if image.format == "TIFF" or (image.format == "JXL" and not getattr(image, "jpeg", False)):
        return 1
    try:
        value = image.getexif().get(ExifTags.Base.Orientation, 1)
    except DAMAGE:
        return 1
    return int(value) if value in range(1, 9) else 1


def carried(image: Image.Image, wanted: Output, size: Size, *, recoloured: bool) -> Carried:
    """Gather a picture's metadata.

    Args:
        image: As opened.
        wanted: What is to be kept.
        size: Of the finished picture, pixels.
        recoloured: Whether its colours were brought to sRGB from elsewhere.
    """
    if wanted.exif is wanted.xmp is wanted.iptc is Keeping.STRIP:
        return Carried()
    without_gps = wanted.gps is Keeping.STRIP
    notes: list[str] = []
    try:
        exif = _exif(image, size, without_gps=without_gps, recoloured=recoloured)
    except DAMAGE:
        exif = b""
        notes.append(BROKEN_NOTE)
    xmp = _xmp(image.info.get("xmp"))
    if without_gps:
        xmp, lost = _xmp_without_gps(xmp)
        notes += lost
    return Carried(exif, xmp, _iptc(image.info.get("photoshop")), notes=tuple(notes))


def _exif(image: Image.Image, size: Size, *, without_gps: bool, recoloured: bool) -> bytes:
    exif = image.getexif()
    unwanted = {int(ExifTags.Base.Orientation)}
    if without_gps:
        unwanted.add(int(ExifTags.IFD.GPSInfo))
    if image.format == "TIFF":
        unwanted |= set(exif) - _ABOUT_THE_PICTURE
    details = exif.get_ifd(ExifTags.IFD.Exif) if ExifTags.IFD.Exif in exif else {}
    _correct(details, size, recoloured=recoloured)
    for tag in unwanted:
        # pop, not del: a directory that Pillow has read is written even when its tag is gone, unless popped.
        exif.pop(tag, None)
    return exif.tobytes() if len(exif) else b""


def _correct(details: dict[int, object], size: Size, *, recoloured: bool) -> None:
    for tag, side in zip((ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight), size, strict=True):
        if tag in details:
            details[tag] = side
    if recoloured:
        details.pop(ExifTags.IFD.Interop, None)  # it says "Adobe RGB"
        if ExifTags.Base.ColorSpace in details:
            details[ExifTags.Base.ColorSpace] = 1


def _xmp(value: object) -> bytes:
    packet = value.encode() if isinstance(value, str) else value
    if not isinstance(packet, bytes):
        return b""
    return _THUMBNAILS.sub(b"", _ORIENTATION.sub(rb"\g<1>1", packet))


def _iptc(resources: object) -> bytes:
    """The one of Photoshop's resources that is about the picture; the others hold its old thumbnail and size."""
    captions = resources.get(_IPTC) if isinstance(resources, dict) else None
    return captions if isinstance(captions, bytes) else b""


def _xmp_without_gps(xmp: bytes) -> tuple[bytes, Sequence[str]]:
    """Take places out by name; where any trace is left, rather all of it than a place."""
    if b"\0" in xmp.rstrip(b"\0"):
        return b"", (_XMP_CODING_NOTE,)
    bare = _GPS_ELEMENT.sub(b"", _GPS_ATTRIBUTE.sub(b"", xmp))
    return (b"", (_XMP_GPS_NOTE,)) if _PLACE.search(bare) else (bare, ())
