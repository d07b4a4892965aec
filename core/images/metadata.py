"""EXIF, XMP and IPTC on their way from one picture to the next.

What no longer is true of the finished picture goes: its orientation (baked in), its thumbnail (it may show what was cut
off), its old size. Where something was made unreadable, nothing stays that could show it. Author and copyright stay where everything else is stripped, unless they are not wanted either.
"""

from typing import Final, NamedTuple

from PIL import ExifTags, Image, PngImagePlugin, TiffImagePlugin

from core.images import iptc, notes, xmp
from core.images.geometry import Size
from core.images.reading import DAMAGE
from core.images.recipe import Keeping, Output

# A TIFF's first directory is mostly about where its pixels lie. These tags speak of the picture.
_ABOUT_THE_PICTURE: Final = frozenset(
    {
        270, 271, 272, 282, 283, 296, 305, 306, 315, 316, 18246, 18249, 33432, *range(40091, 40096),
    }
)  # fmt: skip
# What Exif 2.32, section 4.6.5 describes, without its maker's notes: those hold previews in some cameras' files.
_OF_THE_MAKING: Final = frozenset(
    {
        33434, 33437, 34850, 34852, 34855, 37510, *range(34864, 34870), *range(36864, 37500), *range(37520, 37523),
        *range(37888, 37894), *range(40960, 40965), *range(41483, 42241),
    }
)  # fmt: skip
_XP_AUTHOR: Final = 40093
_RIGHTS: Final = frozenset({int(ExifTags.Base.Artist), int(ExifTags.Base.Copyright), _XP_AUTHOR})

_IPTC_RESOURCE: Final = 0x0404
_IPTC_TAG: Final = 33723
# XMP, captions and Photoshop's own as a TIFF has them: elsewhere nobody looks for them there, nor takes places out.
_OF_TIFFS: Final = frozenset({700, _IPTC_TAG, 34377})
_NEVER: Final = _OF_TIFFS | {
    int(ExifTags.Base.Orientation),
    int(ExifTags.IFD.Exif),
    int(ExifTags.IFD.GPSInfo),
}
_IPTC_TEXT: Final = "Raw profile type iptc"
_YEAR_DIGITS: Final = 4
# Pixels an inch: 1 is what is written where nothing is known, and JFIF has 16 bits for it.
_LEAST_DENSITY: Final = 2
_MOST_DENSITY: Final = 65_535
# Bytes of one that says nothing: its name, the byte order, an empty directory and no other.
_EMPTY_EXIF: Final = 20

# What people say of a picture (PNG 3, section 11.3.3.1).
_WORDS_OF_PNG: Final = frozenset(
    {
        "Title",
        "Author",
        "Description",
        "Copyright",
        "Creation Time",
        "Disclaimer",
        "Warning",
        "Source",
        *(
            f"Raw profile type {name}" for name in ("xmp", "APP1", "app1", "8bim")
        ),  # ImageMagick's, which is not read
    }
)


class Carried(NamedTuple):
    r"""Metadata for the finished picture.

    Attributes:
        exif: As it stands in a file, ``Exif\0\0`` in front; empty for none.
        xmp: An XMP packet; empty for none.
        iptc: A JPEG's captions (IPTC-IIM 4.2), as Photoshop packs them; empty for none.
        icc: The colour profile that the pixels are meant by (ICC.1:2022); empty for sRGB.
        comment: What somebody has written into the file itself, as a JPEG or GIF has it; empty for none.
        density: Pixels an inch across and down, for who prints it; None for unknown.
        notes: What was left out, a sentence each.
    """

    exif: bytes = b""
    xmp: bytes = b""
    iptc: bytes = b""
    icc: bytes = b""
    comment: bytes = b""
    density: tuple[float, float] | None = None
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


def year_of(image: Image.Image) -> str:
    """When it was taken, or else made, four digits (Exif 2.32, tags 36867 and 306); empty where that is unknown."""
    try:
        exif = image.getexif()
        dates = (
            exif.get_ifd(ExifTags.IFD.Exif).get(ExifTags.Base.DateTimeOriginal),
            exif.get(ExifTags.Base.DateTime),
        )
    except DAMAGE:
        return ""
    years = (str(date)[:_YEAR_DIGITS] for date in dates)
    return next((year for year in years if year.isascii() and year.isdigit() and year > "0000"), "")


def carried(
    image: Image.Image, wanted: Output, size: Size, *, recoloured: bool, hides: bool = False
) -> Carried:
    """Gather a picture's metadata.

    Args:
        image: As opened; it is not changed, because other outputs may want other parts.
        wanted: What is to be kept.
        size: Of the finished picture, pixels.
        recoloured: Whether its colours were brought to sRGB from elsewhere.
        hides: Whether something of the picture is not to be seen any more.
    """
    rights, places = wanted.copyright is Keeping.KEEP, wanted.gps is Keeping.KEEP
    told: list[str] = []
    try:
        exif, lost = _exif(image, wanted, size, recoloured=recoloured, hides=hides)
    except DAMAGE:
        exif, lost = b"", (notes.BROKEN_EXIF,) if wanted.exif is Keeping.KEEP else ()
    told += lost
    packet = xmp.chosen(_xmp(image), others=wanted.xmp is Keeping.KEEP, rights=rights, places=places)
    told += packet.notes
    captions, lost_place = iptc.chosen(
        _iptc(image), others=wanted.iptc is Keeping.KEEP, rights=rights, places=places
    )
    told += [notes.PLACE_REMOVED] if lost_place else []
    comment = b""
    if wanted.exif is Keeping.KEEP and not hides:
        comment = _comment(image)
        told += [notes.TEXTS] if _has_texts(image) else []
    return Carried(
        exif,
        packet.packet,
        captions,
        comment=comment,
        density=density_of(image),
        notes=tuple(dict.fromkeys(told)),
    )


def _comment(image: Image.Image) -> bytes:
    if image.format == "JPEG2000":  # what its writer is called
        return b""
    found = image.info.get("comment") or image.info.get("Comment") or b""
    found = found.encode("utf-8", "replace") if isinstance(found, str) else found
    return found.strip(b"\0 \r\n\t") if isinstance(found, bytes) else b""


def _has_texts(image: Image.Image) -> bool:
    """Whether a PNG has words of people beside its comment; those that programs leave for each other do not count."""
    texts = image.text if isinstance(image, PngImagePlugin.PngImageFile) else {}
    return not _WORDS_OF_PNG.isdisjoint(texts)


def density_of(image: Image.Image) -> tuple[float, float] | None:
    """Pixels an inch across and down; None where that is not told, or nonsense."""
    try:
        across, down = (float(one) for one in image.info.get("dpi", ()))
    except (TypeError, ValueError, ArithmeticError):
        return None
    is_sensible = all(_LEAST_DENSITY <= one <= _MOST_DENSITY for one in (across, down))
    return (across, down) if is_sensible else None


def _exif(
    image: Image.Image, wanted: Output, size: Size, *, recoloured: bool, hides: bool
) -> tuple[bytes, tuple[str, ...]]:
    """EXIF as wanted, written anew: that leaves out its thumbnail, and what another output wants stays in ``image``."""
    old, new = image.getexif(), Image.Exif()
    if not old and len(image.info.get("exif") or b"") > _EMPTY_EXIF:
        raise ValueError("there is something in it, but nothing that can be read")
    new.endian = old.endian  # makers' notes are in the picture's byte order
    places = dict(old.get_ifd(ExifTags.IFD.GPSInfo)) if ExifTags.IFD.GPSInfo in old else {}
    details: dict[int, object] = {}
    has_notes = False
    tags = set(old) - _NEVER
    if wanted.exif is Keeping.KEEP:
        details = _details(old, size, recoloured=recoloured)
        if hides or wanted.gps is Keeping.STRIP:
            # Nobody sees through a maker's notes: previews and coordinates stand in them, cities in Panasonic's.
            has_notes = details.pop(ExifTags.Base.MakerNote, None) is not None
        tags = tags & _ABOUT_THE_PICTURE if image.format == "TIFF" or hides else tags
        details = {tag: details[tag] for tag in details.keys() & _OF_THE_MAKING} if hides else details
    else:
        tags &= _RIGHTS
    if wanted.copyright is Keeping.STRIP:
        tags -= _RIGHTS
    for tag in tags:
        new[tag] = old[tag]
    if details:
        new.get_ifd(ExifTags.IFD.Exif).update(details)
    if places and wanted.exif is wanted.gps is Keeping.KEEP:
        new.get_ifd(ExifTags.IFD.GPSInfo).update(places)
    is_empty = not tags and not details and not new.get_ifd(ExifTags.IFD.GPSInfo)
    lost = [notes.PLACE_REMOVED] if places and wanted.gps is Keeping.STRIP else []
    lost += [notes.MAKERS_NOTES] if has_notes else []
    return b"" if is_empty else new.tobytes(), tuple(lost)


def _details(exif: Image.Exif, size: Size, *, recoloured: bool) -> dict[int, object]:
    """The directory of the picture's making, true of the new one."""
    if ExifTags.IFD.Exif not in exif:
        return {}
    details: dict[int, object] = dict(exif.get_ifd(ExifTags.IFD.Exif))
    for tag, side in zip((ExifTags.Base.ExifImageWidth, ExifTags.Base.ExifImageHeight), size, strict=True):
        if tag in details:
            details[tag] = side
    has_more = details.pop(ExifTags.IFD.Interop, None) is not None
    if recoloured and ExifTags.Base.ColorSpace in details:
        details[ExifTags.Base.ColorSpace] = 1
    if has_more and not recoloured:  # it may say "Adobe RGB"
        details[ExifTags.IFD.Interop] = dict(exif.get_ifd(ExifTags.IFD.Interop))
    return details


def _xmp(image: Image.Image) -> bytes:
    value = image.info.get("xmp")
    packet = value.encode() if isinstance(value, str) else value
    return packet if isinstance(packet, bytes) else b""


def _iptc(image: Image.Image) -> bytes:
    """Captions as JPEG, TIFF and (ImageMagick's way) PNG have them, without Photoshop's other resources."""
    resources = image.info.get("photoshop")
    captions = resources.get(_IPTC_RESOURCE) if isinstance(resources, dict) else None
    if captions is None and isinstance(image, TiffImagePlugin.TiffImageFile):
        captions = _of_tiff(image.tag_v2)
    if captions is None and isinstance(text := image.info.get(_IPTC_TEXT), str):
        captions = _unpacked(text)
    return captions if isinstance(captions, bytes) else b""


def _of_tiff(tags: TiffImagePlugin.ImageFileDirectory_v2) -> bytes:
    """As they stand in the file: many writers call their bytes numbers of 32 bits, of which Pillow hands out the first."""
    raw = tags._tagdata.get(_IPTC_TAG, b"")  # noqa: SLF001  # there is no other way to all of them
    return raw if isinstance(raw, bytes) else b""


def _unpacked(text: str) -> bytes:
    """Captions out of a text of hexadecimal digits: a name, a length, then lines of them."""
    try:
        raw = bytes.fromhex("".join(text.split()[2:]))
    except ValueError:
        return b""
    head = b"8BIM\x04\x04\0\0"
    start = raw.find(head)
    if start < 0:
        return raw
    body = start + len(head) + 4
    return raw[body : body + int.from_bytes(raw[body - 4 : body], "big")]
