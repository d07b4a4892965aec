"""Reading back what a checkpoint says of a part file, and trusting none of it; the part file's own system calls."""

import errno
import hashlib
import os
import stat
import zlib
from collections.abc import Iterator
from typing import IO, Any, Final

from core.downloads.runs import RunNote

_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
WRITE_ONLY: Final = os.O_WRONLY | _NO_LINK
_READ_ONLY: Final = (
    os.O_RDONLY
    | _NO_LINK
    | getattr(os, "O_NONBLOCK", 0)  # a named pipe in the file's place must not hold us up
)
_LONGEST_NOTE: Final = 1 << 20  # bytes
_BLOCK: Final = 1 << 20
_NO_HEADER: Final = frozenset("\r\n\0")
_NO_SUCH_CALL: Final = frozenset({errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS})


def hash_of(path: str, count: int) -> "hashlib._Hash":
    """SHA-256 of the first so many bytes.

    Raises:
        ValueError: There are fewer, or it is a link.
        OSError: They cannot be read.
    """
    read = hashlib.sha256()
    read_on(path, 0, count, read)
    return read


def read_on(path: str, begin: int, end: int, read: "hashlib._Hash") -> None:
    """Add the bytes of a range to a hash.

    Raises:
        ValueError: There are fewer, or it is a link.
        OSError: They cannot be read.
    """
    for block in _blocks(path, begin, end):
        read.update(block)


def runs_in(path: str, noted: Any, received: int, size: int | None) -> list[RunNote]:
    """What a checkpoint says of the bytes behind the first ones, as far as they are still those.

    Raises:
        ValueError: It says what cannot be.
        OSError: They cannot be read.
    """
    found, last = [], received
    for note in sorted(RunNote(*map(int, note)) for note in noted):
        if size is None or not last <= note.begin < note.position <= size:
            raise ValueError(note)
        last, read = note.position, 0
        for block in _blocks(path, note.begin, note.position):
            read = zlib.crc32(block, read)
        if read == note.check_sum:
            found.append(note)
    return found


def noted_in(path: str) -> bytes:
    """What a checkpoint's file holds.

    Raises:
        ValueError: It is none.
        OSError: It cannot be read, or is a link.
    """
    with os.fdopen(os.open(path, _READ_ONLY), "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode) or found.st_size > _LONGEST_NOTE:
            raise ValueError(path)
        return file.read()


def header_of(value: object) -> str | None:
    """A header's value, as it was noted.

    Raises:
        ValueError: It cannot be one.
    """
    if value is not None and (not isinstance(value, str) or not _NO_HEADER.isdisjoint(value)):
        raise ValueError(value)
    return value


def write_all(file: IO[bytes], view: memoryview) -> None:
    """Write all of it.

    Raises:
        OSError: It cannot be written.
    """
    while view:
        view = view[file.write(view) :]


def reserve_room(path: str, size: int) -> None:
    """Have the file system set the room aside, where it can: a full disk is then told at the beginning.

    Raises:
        OSError: There is none.
    """
    if not hasattr(os, "posix_fallocate"):
        return
    number = os.open(path, WRITE_ONLY)
    try:
        os.posix_fallocate(number, 0, size)
    except OSError as error:
        if error.errno not in _NO_SUCH_CALL:
            raise
    finally:
        os.close(number)


def _blocks(path: str, begin: int, end: int) -> Iterator[bytes]:
    with os.fdopen(os.open(path, _READ_ONLY), "rb", buffering=0) as file:
        file.seek(begin)
        while begin < end and (block := file.read(min(end - begin, _BLOCK))):
            yield block
            begin += len(block)
    if begin < end:
        raise ValueError(path)
