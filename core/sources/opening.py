"""The bytes of a list file, gzipped or not, in blocks."""

import gzip
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, Final

from core.errors import UnreadableSourceError
from core.sources.wording import shown

BLOCK: Final = 1 << 20  # bytes
LARGEST_UNPACKED: Final = 1 << 30  # bytes: a gzip file of 1 MB can hold a thousand times as much
_GZIP_MAGIC: Final = b"\x1f\x8b"  # RFC 1952, section 2.3.1


def read_blocks(path: str) -> Iterator[bytes]:
    """The content of a regular file, unpacked if it is gzipped.

    Raises:
        UnreadableSourceError: It cannot be read, or unpacked, any further; what came before is sound.
    """
    try:
        with Path(path).open("rb") as file:
            yield from unpacked(file)
    except OSError as error:
        raise unreadable(path, error) from error


def unpacked(file: BinaryIO) -> Iterator[bytes]:
    """The content of a seekable stream at its beginning, unpacked if it is gzipped.

    Raises:
        UnreadableSourceError: It cannot be unpacked any further.
        OSError: It cannot be read.
    """
    magic = file.read(len(_GZIP_MAGIC))
    file.seek(0)
    if magic == _GZIP_MAGIC:
        yield from _gunzipped(file)
        return
    while block := file.read(BLOCK):
        yield block


def _gunzipped(file: BinaryIO) -> Iterator[bytes]:
    """The content of a gzip stream (RFC 1952), up to the limit."""
    total = 0
    try:
        with gzip.GzipFile(fileobj=file) as packed:
            while block := packed.read1(BLOCK):  # read1: what was unpacked before a fault is not lost
                total += len(block)
                if total > LARGEST_UNPACKED:
                    raise UnreadableSourceError(
                        f"The gzipped list unpacks to more than {LARGEST_UNPACKED >> 20:,} MiB; the rest is left out.",
                        "Unpack it and split it into smaller lists.",
                    )
                yield block
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise UnreadableSourceError(
            "The gzipped list is damaged or cut short; the URLs before that place are kept.",
            "Download or pack the list again.",
        ) from error


def unreadable(path: str, error: OSError) -> UnreadableSourceError:
    """The error for a file or folder that the system does not let us read."""
    return UnreadableSourceError(f"{shown(path)} cannot be read: {error.strerror or 'unknown reason'}.")
