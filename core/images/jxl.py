"""A JPEG XL's size from its header: its plugin decodes all of a file at once, whatever that takes. Standard library only."""

import struct
from typing import BinaryIO, Final

from core.images.geometry import Size

_HEAD: Final = 16
_CODESTREAM: Final = b"\xff\x0a"
# Width by height where the header names it so (ISO/IEC 18181-1, annex D.2).
_RATIOS: Final = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_LENGTHS: Final = (9, 13, 18, 30)


class _Bits:
    """Bits from the lowest of each byte on."""

    def __init__(self, content: bytes) -> None:
        self._rest = int.from_bytes(content, "little")

    def take(self, count: int) -> int:
        """A whole number of so many bits."""
        value = self._rest & ((1 << count) - 1)
        self._rest >>= count
        return value

    def side(self, *, is_small: bool) -> int:
        """Pixels of one side."""
        if is_small:
            return (self.take(5) + 1) * 8
        return self.take(_LENGTHS[self.take(2)]) + 1


def jxl_size(file: BinaryIO) -> Size | None:
    """Width and height as stored, pixels; None where the header cannot be found. The position in the file is kept.

    Raises:
        OSError: The file cannot be read.
    """
    before = file.tell()
    file.seek(0)
    try:
        head = _head(file)
    except (struct.error, OverflowError):
        return None
    finally:
        file.seek(before)
    if not head.startswith(_CODESTREAM):
        return None
    bits = _Bits(head[len(_CODESTREAM) :])
    is_small = bool(bits.take(1))
    height = bits.side(is_small=is_small)
    ratio = bits.take(3)
    if not ratio:
        return bits.side(is_small=is_small), height
    across, down = _RATIOS[ratio - 1]
    return height * across // down, height


def _head(file: BinaryIO) -> bytes:
    """The beginning of the codestream, bare or in the first box that holds some (ISO/IEC 18181-2)."""
    head = file.read(_HEAD)
    if head.startswith(_CODESTREAM):
        return head
    at = 0
    while True:
        file.seek(at)
        length, kind = struct.unpack(">I4s", file.read(8))
        start = at + 8
        if length == 1:
            (length,) = struct.unpack(">Q", file.read(8))
            start += 8
        if kind in {b"jxlc", b"jxlp"}:
            file.seek(start + 4 * (kind == b"jxlp"))  # a part is numbered
            return file.read(_HEAD)
        if length < 8:  # to the end of the file, or nonsense
            return b""
        at += length
