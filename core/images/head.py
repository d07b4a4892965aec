"""A file's first bytes, read without trusting what they say of themselves. Standard library only."""

import re
import struct
from typing import Final, NamedTuple

_ORIENTATION: Final = 274
_NUMBERS: Final = {1: "B", 3: "H", 4: "I"}  # TIFF 6.0, section 2: BYTE, SHORT, LONG
_MOST_TAGS: Final = 4096
_XMP: Final = re.compile(rb"""tiff:Orientation(?:=["']|>)([0-9])""")


class MoreNeededError(Exception):
    """The head ends before what is to be read.

    Args:
        count: As many first bytes of the file are needed.
    """

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class SenselessError(Exception):
    """What is there cannot be: nothing is known of the picture."""


class Measured(NamedTuple):
    """What a header says.

    Attributes:
        width: Pixels, as stored.
        height: Pixels, as stored.
        orientation: How they lie (Exif 2.32, tag 274); None where that stands elsewhere.
    """

    width: int
    height: int
    orientation: int | None = 1


class Head:
    """The first bytes of a file, or a piece of them.

    Args:
        content: The bytes.
        start: Where in the file they begin.
    """

    def __init__(self, content: bytes, start: int = 0) -> None:
        self._content = content
        self._start = start

    def take(self, at: int, count: int) -> bytes:
        """So many bytes from a place on.

        Raises:
            MoreNeededError: They are not all there.
        """
        if at + count > len(self._content):
            raise MoreNeededError(self._start + at + count)
        return self._content[at : at + count]

    def read(self, form: str, at: int) -> tuple[int, ...]:
        """Whole numbers from a place on, as ``struct`` forms them.

        Raises:
            MoreNeededError: They are not all there.
        """
        found: tuple[int, ...] = struct.unpack(form, self.take(at, struct.calcsize(form)))
        return found


def orientation_in(exif: bytes | None, xmp: bytes | None) -> int | None:
    """How a picture lies, by its EXIF (a TIFF), else its XMP; 1 where neither says, None where it cannot be told."""
    if exif:
        try:
            tags = tiff_tags(Head(exif))
        except (MoreNeededError, SenselessError):
            return None
        if _ORIENTATION in tags:
            return upright_or(tags[_ORIENTATION])
    found = _XMP.search(xmp) if xmp else None
    return upright_or(int(found[1])) if found else 1


def upright_or(value: int) -> int:
    """An orientation; 1 for what is none."""
    return value if value in range(1, 9) else 1


def tiff_tags(head: Head) -> dict[int, int]:
    """The tags of a TIFF's first directory that are one whole number each (TIFF 6.0, section 2; BigTIFF).

    Raises:
        MoreNeededError: The directory is not all there.
        SenselessError: It is no TIFF.
    """
    order = {b"II": "<", b"MM": ">"}.get(head.take(0, 2))
    if order is None:
        raise SenselessError
    (version,) = head.read(f"{order}H", 2)
    if version == 43:
        wide, at, size = "Q", head.read(f"{order}Q", 8)[0], 20
        (count,), at = head.read(f"{order}Q", at), at + 8
    elif version == 42:
        wide, at, size = "I", head.read(f"{order}I", 4)[0], 12
        (count,), at = head.read(f"{order}H", at), at + 2
    else:
        raise SenselessError
    if count > _MOST_TAGS:
        raise SenselessError
    directory, found = Head(head.take(at, count * size)), {}
    for begin in range(0, count * size, size):
        tag, kind, values = directory.read(f"{order}HH{wide}", begin)
        if kind in _NUMBERS and values == 1:
            (found[tag],) = directory.read(f"{order}{_NUMBERS[kind]}", begin + size - struct.calcsize(wide))
        elif tag == _ORIENTATION:
            raise SenselessError
    return found
