"""How large a picture is and what it is, told by the file's first kilobytes. Standard library only: downloads use it.

No length in a file is trusted, and every step leads further into it: whatever the bytes are, this ends.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from core.images.boxes import measure_avif, measure_heif, measure_jpeg2000, measure_jxl
from core.images.formats import sniff
from core.images.head import (
    Head,
    Measured,
    MoreNeededError,
    SenselessError,
    orientation_in,
    tiff_tags,
    upright_or,
)

MOST_BYTES: Final = 256 << 10
"""More of a file's beginning is never asked for."""

_LEAST_BYTES: Final = 64
_LARGEST: Final = 1 << 31
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})
_MOST_STEPS: Final = 4096  # a file may be all fill bytes
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
_START_OF_SCAN, _APP1 = 0xDA, 0xE1
_EXIF, _XMP = b"Exif\0\0", b"http://ns.adobe.com/xap/1.0/\0"
_PPM: Final = re.compile(rb"P[1-6](?:\s|#[^\r\n]*+[\r\n])++(\d{1,9})(?:\s|#[^\r\n]*+[\r\n])++(\d{1,9})\s")


class Facts(NamedTuple):
    """What is known of a file.

    Attributes:
        format: A key of ``FORMATS``; None for what is no picture.
        width: Pixels, as shown (orientation applied); None where it cannot be told from the beginning.
        height: Likewise.
        may_be_turned: Whether width and height may be the other way round.
        needs: As many first bytes would tell more; None where no more would.
    """

    format: str | None = None
    width: int | None = None
    height: int | None = None
    may_be_turned: bool = False
    needs: int | None = None


def facts(head: bytes, *, claims: bool = True) -> Facts:
    """What a file's first bytes tell.

    Args:
        head: As many of them as are there.
        claims: Whether the file says that it is a picture: see ``sniff``.
    """
    if len(head) < _LEAST_BYTES:
        return Facts(needs=_LEAST_BYTES)
    name = sniff(head, claims=claims)
    measure = _MEASURES.get(name or "")
    if measure is None:
        return Facts(name)
    try:
        width, height, orientation = measure(Head(head))
    except SenselessError:
        return Facts(name)
    except MoreNeededError as more:
        is_there = (
            len(head) < more.count <= MOST_BYTES
        )  # else a box is larger than what it lies in, or too far
        return Facts(name, needs=more.count if is_there else None)
    if not (0 < width < _LARGEST and 0 < height < _LARGEST):
        return Facts(name)
    if orientation is not None and orientation >= 5:
        width, height = height, width
    return Facts(name, width, height, orientation is None and width != height)


def _jpeg(head: Head) -> Measured:
    """ISO/IEC 10918-1, annex B; to the scan, as EXIF may stand behind the frame header too."""
    size, exif, xmp = None, None, None
    for code, at, length in _segments(head):
        if code in _FRAMES:
            size = head.read(">HH", at + 1)
        elif code == _APP1:
            content = head.take(at, length)
            if content.startswith(_EXIF) and exif is None:
                exif = content[len(_EXIF) :]
            elif content.startswith(_XMP):
                xmp = content[len(_XMP) :]
    if size is None:
        raise SenselessError
    return Measured(size[1], size[0], orientation_in(exif, xmp))


def _segments(head: Head) -> Iterator[tuple[int, int, int]]:
    """Marker, place and size of the content of each segment before the scan."""
    at = 2
    for _ in range(_MOST_STEPS):
        mark, code = head.take(at, 2)
        if mark != 0xFF:
            raise SenselessError
        if code == _START_OF_SCAN:
            return
        if code == 0xFF or code in _WITHOUT_LENGTH:
            at += 1 if code == 0xFF else 2
            continue
        (length,) = head.read(">H", at + 2)
        if length < 2:
            raise SenselessError
        yield code, at + 4, length - 2
        at += 2 + length
    raise SenselessError


def _png(head: Head) -> Measured:
    if head.take(12, 4) != b"IHDR":
        raise SenselessError
    width, height = head.read(">II", 16)
    try:
        orientation = _png_orientation(head)
    except MoreNeededError as more:
        if more.count <= MOST_BYTES:
            raise
        orientation = None
    return Measured(width, height, orientation)


def _png_orientation(head: Head) -> int | None:
    """PNG (third edition), 11.3.4.5 and 11.3.2: EXIF and XMP count where they stand before the pixels."""
    at, exif, xmp = 8, None, None
    while True:
        (length,), kind = head.read(">I", at), head.take(at + 4, 4)
        if kind in (b"IDAT", b"IEND"):
            return orientation_in(exif, xmp)
        if kind == b"eXIf":
            exif = head.take(at + 8, length)
        elif kind == b"iTXt":
            text = head.take(at + 8, length)
            if text.startswith(b"XML:com.adobe.xmp\0\1"):
                return None  # packed
            xmp = text if text.startswith(b"XML:com.adobe.xmp\0") else xmp
        elif kind in (b"tEXt", b"zTXt") and head.take(at + 8, min(length, 16)) == b"Raw profile type":
            return None  # EXIF as ImageMagick once wrote it
        at += 12 + length


def _gif(head: Head) -> Measured:
    """GIF89a, sections 18 to 26; a first frame that is larger than the screen makes that larger."""
    width, height, packed = head.read("<HHB", 6)
    at = 13 + (3 << (packed % 8 + 1) if packed & 0x80 else 0)
    while (kind := head.take(at, 1)) != b",":
        if kind == b"!":
            at += 2
            while length := head.take(at, 1)[0]:
                at += 1 + length
        elif kind == b";":
            raise SenselessError
        at += 1
    left, top, own_width, own_height = head.read("<4H", at + 1)
    return Measured(max(width, left + own_width), max(height, top + own_height))


def _webp(head: Head) -> Measured:
    """RFC 9649, sections 2.4 to 2.7; RFC 6386, section 9.1."""
    kind = head.take(12, 4)
    if kind == b"VP8 " and head.take(23, 3) == b"\x9d\x01\x2a":
        width, height = head.read("<HH", 26)
        return Measured(width & 0x3FFF, height & 0x3FFF)
    if kind == b"VP8L" and head.take(20, 1) == b"\x2f":
        (bits,) = head.read("<I", 21)
        return Measured((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if kind == b"VP8X":
        has_metadata = head.take(20, 1)[0] & 0x0C  # at the file's end, unknown what they say
        width, height = (int.from_bytes(head.take(at, 3), "little") + 1 for at in (24, 27))
        return Measured(width, height, None if has_metadata else 1)
    raise SenselessError


def _bmp(head: Head) -> Measured:
    if head.read("<I", 14) == (12,):
        return Measured(*head.read("<HH", 18))
    width, height = head.read("<ii", 18)
    return Measured(width, abs(height))  # a negative one is stored from the top down


def _tiff(head: Head) -> Measured:
    """TIFF 6.0; a first page that is a preview, or has others below it, says nothing of the picture."""
    tags = tiff_tags(head)
    if tags.get(254, 0) & 1 or 330 in tags or 50706 in tags or not {256, 257} <= tags.keys():
        raise SenselessError
    return Measured(tags[256], tags[257], upright_or(tags.get(274, 1)))


def _ico(head: Head) -> Measured:
    """The largest of its pictures, as large as that says itself."""
    (count,) = head.read("<H", 4)
    found = []
    for at in range(6, 6 + 16 * count, 16):
        width, height = head.read("BB", at)
        found.append((width or 256, height or 256, head.read("<I", at + 12)[0]))
    width, height, place = max(found, key=lambda one: one[0] * one[1])
    if head.take(place, 8) == b"\x89PNG\r\n\x1a\n":
        return Measured(*head.read(">II", place + 16))
    if head.read("<I", place) == (40,):
        width, height = head.read("<ii", place + 4)
        return Measured(width, abs(height) // 2)  # its mask lies above it
    return Measured(width, height)


def _ppm(head: Head) -> Measured:
    found = _PPM.match(head.take(0, _LEAST_BYTES))
    if found is None:
        raise SenselessError  # or it has a long comment
    return Measured(int(found[1]), int(found[2]))


def _psd(head: Head) -> Measured:
    height, width = head.read(">II", 14)
    return Measured(width, height)


def _qoi(head: Head) -> Measured:
    return Measured(*head.read(">II", 4))


_MEASURES: Final[Mapping[str, Callable[[Head], Measured]]] = MappingProxyType(
    {
        "JPEG": _jpeg,
        "PNG": _png,
        "GIF": _gif,
        "WEBP": _webp,
        "BMP": _bmp,
        "TIFF": _tiff,
        "AVIF": measure_avif,
        "HEIF": measure_heif,
        "ICO": _ico,
        "JPEG2000": measure_jpeg2000,
        "JXL": measure_jxl,
        "PPM": _ppm,
        "PSD": _psd,
        "PSB": _psd,
        "QOI": _qoi,
    }
)
