"""Reading back what a checkpoint says of a part file, and trusting none of it; the part file's own system calls."""

import ctypes
import errno
import hashlib
import os
import stat
import sys
import zlib
from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from core.downloads.filename import safe_name
from core.downloads.runs import RunNote

_NO_LINK: Final = getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
WRITE_ONLY: Final = os.O_WRONLY | _NO_LINK
_NEW: Final = WRITE_ONLY | os.O_CREAT | os.O_EXCL
_READ_ONLY: Final = (
    os.O_RDONLY
    | _NO_LINK
    | getattr(os, "O_NONBLOCK", 0)  # a named pipe in the file's place must not hold us up
)
_LONGEST_NOTE: Final = 1 << 20  # bytes
_BLOCK: Final = 1 << 20
_WRITTEN_OUT: Final = 8 << 20  # bytes at once
_BEGIN_ONLY: Final = 2  # SYNC_FILE_RANGE_WRITE of fcntl.h
_SYNC_FILE_RANGE: Final = (
    getattr(ctypes.CDLL(None), "sync_file_range", None) if sys.platform == "linux" else None
)
_NO_HEADER: Final = frozenset("\r\n\0")
_NO_SUCH_CALL: Final = frozenset({errno.EOPNOTSUPP, errno.EINVAL, errno.ENOSYS})


class Whole(NamedTuple):
    """What the server said of a file that has arrived.

    Attributes:
        name: By the server or the URL; safe; may be empty.
        content_type: As the server said.
        etag: As it was sent, weak ones too.
        modified: The header Last-Modified as it was sent.
    """

    name: str
    content_type: str | None
    etag: str | None
    modified: str | None


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


def noted_in(path: str) -> bytes | None:
    """What a checkpoint's file holds; None where there is none.

    Raises:
        ValueError: It is none.
        OSError: It cannot be read, or is a link.
    """
    try:
        number = os.open(path, _READ_ONLY)
    except FileNotFoundError:
        return None
    with os.fdopen(number, "rb") as file:
        found = os.fstat(number)
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


def made(path: str) -> int:
    """The descriptor of a new part file; what somebody has put there goes.

    Raises:
        OSError: It cannot be made.
    """
    try:
        return os.open(path, _NEW, 0o666)
    except FileExistsError:
        os.unlink(path)  # noqa: PTH108  # as it came
        return os.open(path, _NEW, 0o666)


def opened(path: str, position: int) -> int:
    """The descriptor of a part file that is there, for writing from there on; never through a link.

    Raises:
        OSError: It cannot be opened.
    """
    file = os.open(path, WRITE_ONLY)
    os.lseek(file, position, os.SEEK_SET)
    return file


def write_all(file: int, view: memoryview) -> None:
    """Write all of it.

    Args:
        file: Its descriptor.
        view: Bytes.

    Raises:
        OSError: It cannot be written.
    """
    while view:
        view = view[os.write(file, view) :]


def write_out(file: int, begin: int, end: int) -> None:
    """Have the disk begin to write what lies before a range that was just written, now and then.

    Else most of a large file is written only when it is waited for, at its end (sync_file_range(2), Linux only).

    Args:
        file: Its descriptor.
        begin: Where the range begins.
        end: Where it ends.
    """
    step = end // _WRITTEN_OUT
    if step != begin // _WRITTEN_OUT and _SYNC_FILE_RANGE is not None:
        first, count = ctypes.c_longlong((step - 1) * _WRITTEN_OUT), ctypes.c_longlong(_WRITTEN_OUT)
        _SYNC_FILE_RANGE(file, first, count, _BEGIN_ONLY)  # what fails here is told when it is waited for


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


def whole_of(noted: list[Any] | None) -> Whole | None:
    """What a checkpoint says of the whole file; somebody else may have written it."""
    if not noted:
        return None
    name, *said = noted
    return Whole(safe_name(str(name)), *map(header_of, said))
