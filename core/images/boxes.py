"""Sizes in files that are made of boxes: AVIF, HEIF, JPEG 2000, JPEG XL. Standard library only.

ISO/IEC 14496-12 (boxes), 23008-12 (HEIF), 15444-1 (JPEG 2000), 18181 (JPEG XL).
"""

from collections.abc import Iterator
from typing import Final

from core.images.head import Head, Measured, MoreNeededError, SenselessError

_TURNED: Final = 6  # by a quarter; which way is all the same for the size
_RATIOS: Final = ((1, 1), (12, 10), (4, 3), (3, 2), (16, 9), (5, 4), (2, 1))
_SIZE_BITS: Final = (9, 13, 18, 30)


def measure_avif(head: Head) -> Measured:
    """Of an AVIF, uncropped as its decoders give it: see ``measure_heif``."""
    return measure_heif(head, crops=False)


def measure_heif(head: Head, *, crops: bool = True) -> Measured:
    """Of a HEIF: the primary item's ``ispe``, cropped by its ``clap``, turned by its ``irot``; else the largest ``ispe``."""
    inside, properties, shared = dict[bytes, bytes](), list[tuple[bytes, bytes]](), b""
    for kind, at, size in _boxes(head):
        if kind == b"meta":
            content = head.take(at, size)
            inside = dict(_inner(content[4:]))
            break
    for kind, content in _inner(inside.get(b"iprp", b"")):
        if kind == b"ipco":
            properties = list(_inner(content))
        elif kind == b"ipma":
            shared = content
    own = _properties_of(inside.get(b"pitm", b""), shared)
    chosen = [properties[number - 1] for number in own if 0 < number <= len(properties)]
    sizes = _sizes(chosen) or _sizes(properties)
    if not sizes:
        raise SenselessError
    clean = [content for kind, content in chosen if kind == b"clap" and len(content) >= 16] if crops else []
    turns = [content[0] & 3 for kind, content in chosen if kind == b"irot" and content]
    width, height = max(sizes, key=lambda size: size[0] * size[1])
    for content in clean:
        wide, wide_of, high, high_of = Head(content).read(">4I", 0)
        if wide_of and high_of:
            width, height = min(width, wide // wide_of), min(height, high // high_of)
    return Measured(width, height, _TURNED if sum(turns) % 2 else 1)


def measure_jpeg2000(head: Head) -> Measured:
    """Of a JPEG 2000, bare or in its boxes."""
    if head.take(0, 4) == b"\xff\x4f\xff\x51":
        right, bottom, left, top = head.read(">4I", 8)
        return Measured(right - left, bottom - top)
    for kind, at, size in _boxes(head):
        if kind == b"jp2h":
            for inner, content in _inner(head.take(at, size)):
                if inner == b"ihdr":
                    height, width = Head(content).read(">2I", 0)
                    return Measured(width, height)
            break
    raise SenselessError


def measure_jxl(head: Head) -> Measured:
    """Of a JPEG XL, bare or in its boxes."""
    at = 0
    if head.take(0, 2) != b"\xff\x0a":
        for kind, begin, _ in _boxes(head):
            if kind in (b"jxlc", b"jxlp"):
                at = begin + (4 if kind == b"jxlp" else 0)
                break
    if head.take(at, 2) != b"\xff\x0a":
        raise SenselessError
    return _measure_codestream(_Bits(head.take(at + 2, 16)))


class _Bits:
    """Bits, the lowest of a byte first."""

    def __init__(self, content: bytes) -> None:
        self._left = int.from_bytes(content, "little")

    def take(self, count: int) -> int:
        found = self._left & ((1 << count) - 1)
        self._left >>= count
        return found


def _measure_codestream(bits: _Bits) -> Measured:
    """ISO/IEC 18181-1, D.2 and D.3."""
    is_small = bits.take(1)

    def side() -> int:
        return (bits.take(5) + 1) * 8 if is_small else bits.take(_SIZE_BITS[bits.take(2)]) + 1

    height = side()
    ratio = bits.take(3)
    width = side() if ratio == 0 else height * _RATIOS[ratio - 1][0] // _RATIOS[ratio - 1][1]
    is_default = bits.take(1)
    has_orientation = not is_default and bits.take(1)
    return Measured(width, height, bits.take(3) + 1 if has_orientation else 1)


def _boxes(head: Head, at: int = 0) -> Iterator[tuple[bytes, int, int]]:
    """Kind, place and size of the content of each box, to the end of what is there.

    Raises:
        MoreNeededError: There is no end: who looks for a box has not found it yet.
        SenselessError: A box is smaller than its own header.
    """
    while True:
        (size,), kind, own = head.read(">I", at), head.take(at + 4, 4), 8
        if size == 1:
            (size,), own = head.read(">Q", at + 8), 16
        elif size == 0:
            raise SenselessError  # to the end of the file, wherever that is
        if size < own:
            raise SenselessError
        yield kind, at + own, size - own
        at += size


def _inner(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Kind and content of each box in a box."""
    head = Head(content)
    try:
        for kind, at, size in _boxes(head):
            yield kind, head.take(at, size)
    except MoreNeededError:
        return  # it is the end: all that the outer box announced is there


def _sizes(properties: list[tuple[bytes, bytes]]) -> list[tuple[int, int]]:
    return [
        (int.from_bytes(content[4:8], "big"), int.from_bytes(content[8:12], "big"))
        for kind, content in properties
        if kind == b"ispe" and len(content) >= 12
    ]


def _properties_of(primary: bytes, shared: bytes) -> list[int]:
    """The numbers, from 1, of the primary item's properties (ISO/IEC 23008-12, 9.3)."""
    if not primary or not shared:
        return []
    wanted = int.from_bytes(primary[4 : 6 if primary[0] == 0 else 8], "big")
    version, flags, head = shared[0], shared[3:4], Head(shared)
    form, wide = ">H" if version == 0 else ">I", 2 if flags == b"\1" else 1
    at = 8
    try:
        while True:
            (item,), at = head.read(form, at), at + (2 if version == 0 else 4)
            (count,), at = head.read("B", at), at + 1
            own, at = head.take(at, count * wide), at + count * wide
            if item == wanted:
                mask = (1 << (8 * wide - 1)) - 1  # the highest bit says that it must be understood
                return [int.from_bytes(own[i : i + wide], "big") & mask for i in range(0, count * wide, wide)]
    except MoreNeededError:
        return []
