"""What a file holds beside its picture and no other format takes along: gain maps, films, further pictures.

Told from the bytes: a few reads where the header gives no hint of such things, and bounded ones where it does.
"""

import os
import struct
from typing import BinaryIO, Final

from PIL import Image, JpegImagePlugin

from core.images import notes

_MOST_PICTURES: Final = 16
_HEAD: Final = 64 * 1024
_META: Final = 1024 * 1024
_MOST_BOXES: Final = 1000
_TAIL: Final = 4096

# Ultra HDR (Android, ISO 21496-1) and Apple's way.
_GAIN_MAP: Final = (
    b"ns.adobe.com/hdr-gain-map/", b"urn:iso:std:iso:ts:21496:-1", b"HDRGainMap", b"aux:hdrgainmap",
)  # fmt: skip
_MOVING: Final = (b'MotionPhoto="1"', b"MotionPhoto>1<", b'MicroVideo="1"', b"MicroVideo>1<")
# Samsung's trailer, and in its directory the kind that is a film.
_TRAILER: Final = b"SEFT"
_FILM_IN_TRAILER: Final = b"\0\0\x30\x0a"
# EXIF, XMP and captions have boxes by their numbers, others are XML (ISO/IEC 15444-1, annexes I.7.1 and I.7.2).
_METADATA_OF_JPEG2000: Final = frozenset({b"uuid", b"xml "})
_XMP_OF_GIF: Final = b"XMP DataXMP"
# Multi-Picture Format (CIPA DC-007, section 5.2.3): the list of pictures, and those of its kinds that are previews.
_MP_ENTRIES: Final = 0xB002
_MP_ENTRY: Final = 16
_KIND: Final = 0xFF0000
_PREVIEW: Final = 0x010000


def extras_of(file: BinaryIO, name: str, image: Image.Image) -> tuple[str, ...]:
    """What is lost when only the picture is taken, a note each.

    Args:
        file: The source; the position in it is kept.
        name: Its format.
        image: Its header, as opened.
    """
    before = file.tell()
    try:
        if name == "JPEG":
            return _of_jpeg(file, image)
        if name == "GIF":
            has_xmp = image.info.get("extension", (b"",))[0] == _XMP_OF_GIF
            return (notes.XMP_OF_GIF,) if has_xmp else ()
        return _of_boxes(file, name) if name in {"HEIF", "AVIF", "JXL", "JPEG2000"} else ()
    except (struct.error, LookupError):  # a list of pictures that makes no sense: there are none, then
        return ()
    finally:
        file.seek(before)


def _of_jpeg(file: BinaryIO, image: Image.Image) -> tuple[str, ...]:
    packet = image.info.get("xmp", b"")
    found = dict.fromkeys([notes.GAIN_MAP] if _holds(packet, _GAIN_MAP) else [])
    if not image.info.get("icc_profile") and _has_profile(image):  # Pillow takes all of its pieces or none
        found[notes.BROKEN_PROFILE] = None
    for start in _further_pictures(image):
        file.seek(start)
        found[notes.GAIN_MAP if _holds(file.read(_HEAD), _GAIN_MAP) else notes.SECOND_PICTURES] = None
    if _holds(packet, _MOVING) or _has_film_in_trailer(file):
        found[notes.MOVING_PART] = None
    if notes.GAIN_MAP in found or notes.MOVING_PART in found:
        found.pop(notes.SECOND_PICTURES, None)  # the list counts those as well
    return tuple(found)


def _has_profile(image: Image.Image) -> bool:
    """Whether a JPEG has pieces of a profile (ICC.1:2022, annex B.4)."""
    markers = image.applist if isinstance(image, JpegImagePlugin.JpegImageFile) else []
    return any(name == "APP2" and content.startswith(b"ICC_PROFILE\0") for name, content in markers)


def _holds(content: bytes, words: tuple[bytes, ...]) -> bool:
    return any(word in content for word in words)


def _further_pictures(image: Image.Image) -> list[int]:
    """Where in the file a JPEG's other pictures begin, its previews left out."""
    listed, base = image.info.get("mp"), image.info.get("mpoffset")
    if not isinstance(listed, bytes) or not isinstance(base, int):
        return []
    order = "<" if listed[:2] == b"II" else ">"
    (at,) = struct.unpack_from(order + "I", listed, 4)
    (tags,) = struct.unpack_from(order + "H", listed, at)
    for tag_at in range(at + 2, at + 2 + 12 * min(tags, _MOST_PICTURES), 12):
        tag, _, length, start = struct.unpack_from(order + "HHII", listed, tag_at)
        if tag == _MP_ENTRIES:
            ends = range(start, start + min(length, _MOST_PICTURES * _MP_ENTRY), _MP_ENTRY)
            entries = [struct.unpack_from(order + "III", listed, end) for end in ends]
            return [base + offset for kind, _, offset in entries if offset and kind & _KIND != _PREVIEW]
    return []


def _has_film_in_trailer(file: BinaryIO) -> bool:
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - len(_TRAILER)))
    if file.read() != _TRAILER:
        return False
    file.seek(max(0, end - _TAIL))
    return _FILM_IN_TRAILER in file.read()


def _of_boxes(file: BinaryIO, name: str) -> tuple[str, ...]:
    """By the kinds of boxes, and what the description of all pictures names (ISO/IEC 23008-12)."""
    end, at = file.seek(0, os.SEEK_END), 0
    found: dict[str, None] = {}
    for _ in range(_MOST_BOXES):
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        body = 8
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
            body = 16
        content = file.read(min(_META, max(0, length - body))) if kind == b"meta" else b""
        if kind == b"jhgm" or _holds(content, (*_GAIN_MAP, b"tmap")):
            found[notes.GAIN_MAP] = None
        if kind in _METADATA_OF_JPEG2000 and name == "JPEG2000":
            found[notes.METADATA_OF_JPEG2000] = None
        if kind == b"mpvd":
            found[notes.MOVING_PART] = None
        if kind == b"meta" and _is_deep(content):
            found[notes.HIGH_DEPTH] = None
        at += max(8, length)
        if length == 0 or at >= end:
            break
    return tuple(found)


def _is_deep(content: bytes) -> bool:
    """Whether AVIF's configuration says more than 8 bits a channel (AV1 in ISOBMFF, section 2.3.3)."""
    at = content.find(b"av1C")
    return 0 <= at < len(content) - 6 and bool(content[at + 6] & 0x40)
