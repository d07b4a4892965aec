"""How picture files are laid out, as far as it shows whether one was cut short and how many frames it has.

Decoders stop at the first frame's last pixel and name their troubles differently; these walks see the whole file.
Standard library only. Every walk reads a file once, keeps nothing of it and ends on any content.
"""

import os
import struct
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import BinaryIO, Final, NamedTuple

_MOST_PAGES: Final = 100_000
_TAIL: Final = 64 * 1024
_END_OF_JPEG: Final = b"\xff\xd9"
_START_OF_SCAN: Final = b"\xff\xda"
_PROGRESSIVE: Final = 0xC2
_PIXELS_OF_PNG: Final = frozenset({b"IDAT", b"fdAT"})
_BLOCK: Final = 1024 * 1024
_TIFF_SIZES: Final = (0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8)

# Raw data of cameras in a TIFF's clothes: its first picture is a thumbnail, or lacks the maker's colours.
_SUBFILE_TYPE: Final = 254
_DNG_VERSION: Final = 50706


class Layout(NamedTuple):
    """What a walk through a file found.

    Attributes:
        frames: Pictures in it, as far as they are counted here.
        is_whole: Whether the file reaches to its own end.
        is_raw: Whether it is a camera's raw data.
        scans: Of a progressive JPEG, as far as they are counted.
        is_sound: Whether its pixels agree with the checksums that the file has for them.
    """

    frames: int = 1
    is_whole: bool = True
    is_raw: bool = False
    scans: int = 1
    is_sound: bool = True


def layout(file: BinaryIO, name: str) -> Layout:
    """Walk through a picture file; the position in it is kept.

    Args:
        file: The picture.
        name: Its format, as :func:`core.images.formats.sniff` names it.

    Raises:
        OSError: The file cannot be read.
    """
    walk = _WALKS.get(name)
    if walk is None:
        return Layout()
    before = file.tell()
    file.seek(0)
    try:
        return walk(file)
    except (struct.error, IndexError, OverflowError):  # a number was to be read where there is nothing more
        return Layout(is_whole=False)
    finally:
        file.seek(before)


def _length(file: BinaryIO) -> int:
    return os.fstat(file.fileno()).st_size


def _numbers(file: BinaryIO, layout_: str) -> tuple[int, ...]:
    """Read whole numbers; ``struct.error`` at the end of the file."""
    return struct.unpack(layout_, file.read(struct.calcsize(layout_)))


def _jpeg(file: BinaryIO) -> Layout:
    """Markers up to the first scan, then an end marker anywhere after it (ITU-T T.81, annex B)."""
    file.seek(2)
    marker, is_progressive = 0, False
    while marker != 0xDA:
        (lead,) = _numbers(file, ">B")
        if lead != 0xFF:
            continue
        marker = 0xFF
        while marker == 0xFF:
            (marker,) = _numbers(file, ">B")
        is_progressive = is_progressive or marker == _PROGRESSIVE
        if marker not in {0, 1, *range(0xD0, 0xDA)}:
            file.seek(max(0, _numbers(file, ">H")[0] - 2), os.SEEK_CUR)
    start = file.tell()
    scans = _scans(file) if is_progressive else 1
    return Layout(is_whole=_holds_end(file, start), scans=scans)


def _scans(file: BinaryIO) -> int:
    """How many scans there are from here to the end marker, which no scan contains."""
    found, last = 1, b""
    while block := file.read(_BLOCK):
        block = last + block
        picture, end, _ = block.partition(_END_OF_JPEG)
        found += picture.count(_START_OF_SCAN)
        if end:
            break
        last = block[-1:]
    return found


def _holds_end(file: BinaryIO, start: int) -> bool:
    file.seek(max(start, _length(file) - _TAIL))
    if _END_OF_JPEG in file.read():
        return True
    file.seek(start)  # phones hang whole films on
    return _END_OF_JPEG in file.read()


def _png(file: BinaryIO) -> Layout:
    """Chunks up to IEND, and the checksums of those with pixels, which no decoder of ours asks (PNG 3, section 5.3)."""
    file.seek(8)
    kind, size, is_sound = b"", _length(file), True
    while kind != b"IEND":
        length, kind = struct.unpack(">I4s", file.read(8))
        end = file.tell() + length + 4
        if end > size:
            return Layout(is_whole=False)
        if kind in _PIXELS_OF_PNG and is_sound:
            is_sound = _checksum(file, kind, length) == _numbers(file, ">I")[0]
        file.seek(end)
    return Layout(is_sound=is_sound)


def _checksum(file: BinaryIO, kind: bytes, length: int) -> int:
    """Of a chunk's kind and its bytes, which are read."""
    sum_ = zlib.crc32(kind)
    while length > 0:
        block = file.read(min(length, _BLOCK))
        sum_, length = zlib.crc32(block, sum_), length - len(block)
    return sum_


def _gif(file: BinaryIO) -> Layout:
    """Blocks up to the trailer, which many writers leave out (GIF89a, sections 15 to 27)."""
    frames = 0
    file.seek(10)
    flags, _, _ = _numbers(file, "BBB")
    file.seek(_colours(flags), os.SEEK_CUR)
    while (lead := file.read(1)) not in {b"", b";"}:
        try:
            if lead == b"!":
                _numbers(file, "B")
                _sub_blocks(file)
            elif lead == b",":
                file.seek(8, os.SEEK_CUR)
                (flags,) = _numbers(file, "B")
                file.seek(_colours(flags) + 1, os.SEEK_CUR)
                frames += 1
                _sub_blocks(file)
        except struct.error:
            return Layout(max(1, frames), is_whole=False)
    return Layout(max(1, frames))


def _colours(flags: int) -> int:
    """Bytes that a GIF's colour table takes."""
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _sub_blocks(file: BinaryIO) -> None:
    while length := _numbers(file, "B")[0]:
        if len(file.read(length)) < length:
            raise struct.error


def _riff(file: BinaryIO) -> Layout:
    """The length in its header (RFC 9649, section 2.4)."""
    file.seek(4)
    return Layout(is_whole=_numbers(file, "<I")[0] + 8 <= _length(file))


def _boxes(file: BinaryIO) -> Layout:
    """Boxes one after another to the end (ISO/IEC 14496-12, section 4.2)."""
    size = _length(file)
    at = 0
    while at < size:
        file.seek(at)
        length, _ = _numbers(file, ">II")
        if length == 1:
            (length,) = _numbers(file, ">Q")
        if length == 0:  # to the end of the file
            return Layout()
        at += max(8, length)
    return Layout(is_whole=at == size)


def _tiff(file: BinaryIO) -> Layout:
    """Directories in their chain, and what those point to (TIFF 6, section 2); BigTIFF is left to libtiff."""
    order = "<" if file.read(2) == b"II" else ">"
    if _numbers(file, order + "H")[0] == 43:
        return Layout()
    (at,) = _numbers(file, order + "I")
    seen: set[int] = set()
    tags: dict[int, int] = {}
    while at and at not in seen and len(seen) < _MOST_PAGES:
        seen.add(at)
        file.seek(at)
        more, reach = _directory(file, order)
        tags = tags or more
        if reach > _length(file):
            return Layout(len(seen), is_whole=False)
        (at,) = _numbers(file, order + "I")
    is_raw = bool(tags.get(_SUBFILE_TYPE, 0) & 1) or _DNG_VERSION in tags
    return Layout(max(1, len(seen)), bool(seen), is_raw)


def _directory(file: BinaryIO, order: str) -> tuple[dict[int, int], int]:
    """The tags of one directory with their values or offsets, and how far into the file they reach."""
    tags: dict[int, int] = {}
    reach = 0
    for _ in range(_numbers(file, order + "H")[0]):
        tag, kind, count, value = _numbers(file, order + "HHII")
        length = _TIFF_SIZES[kind] * count if kind < len(_TIFF_SIZES) else 0
        tags[tag] = value
        reach = max(reach, value + length if length > 4 else 0)
    return tags, reach


def _any_jpeg2000(file: BinaryIO) -> Layout:
    """Boxes, or a bare codestream that ends as JPEG does (ISO/IEC 15444-1, annexes A and I)."""
    if file.read(4) == b"\0\0\0\x0c":
        file.seek(0)
        return _boxes(file)
    return Layout(is_whole=_holds_end(file, 0))


def _any_jxl(file: BinaryIO) -> Layout:
    """Boxes; a bare codestream does not tell its length (ISO/IEC 18181-2)."""
    return _boxes(file) if file.read(4) == b"\0\0\0\x0c" else Layout()


_WALKS: Final[Mapping[str, Callable[[BinaryIO], Layout]]] = MappingProxyType(
    {
        "JPEG": _jpeg,
        "PNG": _png,
        "GIF": _gif,
        "WEBP": _riff,
        "AVIF": _boxes,
        "HEIF": _boxes,
        "JXL": _any_jxl,
        "JPEG2000": _any_jpeg2000,
        "TIFF": _tiff,
    }
)
