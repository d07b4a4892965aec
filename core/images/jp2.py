"""A colour profile for a JPEG 2000 file, which its writer cannot be told of. Standard library only."""

import struct
from collections.abc import Iterator
from typing import Final

_HEADER: Final = b"jp2h"
_COLOURS: Final = b"colr"
_RESTRICTED: Final = b"\2\0\0"  # a profile follows (ISO/IEC 15444-1, annex I.5.3.3)


def with_profile(content: bytes, profile: bytes) -> bytes:
    """The file with its colours told by an ICC profile in place of a number.

    Args:
        content: A file of boxes, as OpenJPEG writes it.
        profile: ICC.1:2022.
    """
    return b"".join(
        _box(kind, b"".join(_recoloured(*inner, profile) for inner in _boxes(body)))
        if kind == _HEADER
        else _box(kind, body)
        for kind, body in _boxes(content)
    )


def _recoloured(kind: bytes, body: bytes, profile: bytes) -> bytes:
    return _box(kind, _RESTRICTED + profile if kind == _COLOURS else body)


def _box(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I4s", len(body) + 8, kind) + body


def _boxes(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 0
    while at < len(content):
        length, kind = struct.unpack_from(">I4s", content, at)
        length = length or len(content) - at  # the last may reach to the end
        yield kind, content[at + 8 : at + length]
        at += max(8, length)
