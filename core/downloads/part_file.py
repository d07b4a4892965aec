"""The incomplete download on disk: written, hashed, continued after a restart, and made durable when it is whole.

Beside ``NAME.part`` lies ``NAME.part.json``, its checkpoint: source, validator, size, and the SHA-256 of the first so
many bytes. What a crash, a power cut or another program made of the bytes since is found out by that hash, so that
nothing has to be fsynced on the way.
"""

import hashlib
import json
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, NamedTuple, Self

from core.downloads.filename import safe_name
from core.downloads.translation import storage_error

SIDECAR: Final = ".json"
_FRESH: Final = ".new"
_LONGEST_NOTE: Final = 1 << 20  # bytes
_READ_ONLY: Final = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)  # a named pipe in the file's place must not hold us up
    | getattr(os, "O_BINARY", 0)
)
_EVERY_BYTES: Final = 1 << 20
_EVERY_SECONDS: Final = 1.0
_BLOCK: Final = 1 << 20
_NO_HEADER: Final = frozenset("\r\n\0")


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


class PartFile:
    """Bytes of a download that is not complete yet. One thread at a time uses it.

    Args:
        path: Absolute path.
        source: What it is a part of; a checkpoint of another source is none.

    Attributes:
        path: Absolute path.
        received: Bytes in it.
        validator: The strong ETag or the Last-Modified that the bytes belong to (RFC 9110, section 8.8); None when
            the server gave none, so that the download cannot be continued.
        size: Of the whole file, where the server said it.
        whole: What the server said, once all has arrived.
    """

    def __init__(self, path: str, source: str = "") -> None:
        self.path = path
        self._source = source
        self._is_looked_for = False
        self._file: IO[bytes] | None = None
        self._forget()

    def _forget(self) -> None:
        self.received = 0
        self.validator: str | None = None
        self.size: int | None = None
        self.whole: Whole | None = None
        self._hash = hashlib.sha256()
        self._noted = 0
        self._noted_at = time.monotonic()

    def find(self) -> None:
        """Before each transfer: go on from what an earlier run left, where it is what was noted, or from what we have.

        What has gone meanwhile is begun again.
        """
        try:
            if not self._is_looked_for:
                self._is_looked_for = True
                self._restore(json.loads(_noted_in(self.sidecar)))
            elif not self.is_there:
                raise FileNotFoundError(self.path)
            if self.received == self.size and self.whole is None:
                self._step_back()
        except (OSError, ValueError, TypeError, KeyError, OverflowError, RecursionError):
            self.discard()
            self._forget()

    @property
    def is_there(self) -> bool:
        """Whether the bytes that were received are still on the disk; somebody may have removed the folder."""
        try:
            return os.stat(self.path, follow_symlinks=False).st_size >= self.received  # noqa: PTH116  # as it came
        except OSError:
            return self.received == 0 and self.whole is None

    @property
    def sidecar(self) -> str:
        """Where the checkpoint is."""
        return self.path + SIDECAR

    def __enter__(self) -> Self:
        """Open for writing behind what is there; never through a link, never over a file that is not ours.

        Raises:
            StorageError: It cannot be opened.
        """
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        flags |= 0 if self.received else os.O_CREAT | os.O_EXCL
        try:
            self._file = os.fdopen(os.open(self.path, flags, 0o666), "wb", buffering=0)
            if (
                os.fstat(self._file.fileno()).st_size > self.received
            ):  # a full disk may have taken half of a chunk
                self._file.truncate(self.received)
        except OSError as error:
            raise storage_error(self.path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, and note how far it is."""
        if self._file is not None:
            self._file.close()
            self._file = None
        if self.validator is not None and self.received > self._noted:
            with suppress(OSError):  # the last checkpoint still holds
                self._note()

    def start_over(self) -> None:
        """Forget what is there: the server sends the whole file.

        Raises:
            StorageError: The old bytes cannot be removed.
        """
        self.discard()
        self._forget()

    def write(self, chunk: bytes) -> None:
        """Append bytes.

        Raises:
            StorageError: They could not be written.
        """
        assert self._file is not None, "a part file is written inside its with block"  # noqa: S101  # our own order
        try:
            view = memoryview(chunk)
            while view:
                view = view[self._file.write(view) :]
            self._hash.update(chunk)
            self.received += len(chunk)
            if self.validator is not None and self._is_note_due():
                self._note()
        except OSError as error:
            raise storage_error(self.path, error) from error

    def complete(self, whole: Whole) -> None:
        """All has arrived: wait until the disk has it, and note that.

        A name given later must never lead to a hole.

        Raises:
            StorageError: The disk refused.
        """
        try:
            with Path(self.path).open("rb") as file:
                os.fsync(file.fileno())
            self.whole, self.size = whole, self.received
            self._note()
        except OSError as error:
            raise storage_error(self.path, error) from error

    def sha256(self) -> str:
        """Of the bytes received, hexadecimal."""
        return self._hash.hexdigest()

    def head(self, count: int) -> bytes:
        """The first bytes.

        Raises:
            StorageError: It cannot be read.
        """
        try:
            with Path(self.path).open("rb") as file:
                return file.read(count)
        except OSError as error:
            raise storage_error(self.path, error) from error

    def discard(self) -> None:
        """Remove it from the disk; what cannot be removed is gone already or will fail where it matters."""
        for path in (self.sidecar + _FRESH, self.sidecar, self.path):
            with suppress(OSError):
                Path(path).unlink(missing_ok=True)

    def _is_note_due(self) -> bool:
        return (
            self.received - self._noted >= _EVERY_BYTES or time.monotonic() - self._noted_at >= _EVERY_SECONDS
        )

    def _note(self) -> None:
        noted = {
            "source": self._source,
            "validator": self.validator,
            "size": self.size,
            "received": self.received,
            "sha256": self._hash.hexdigest(),
            "whole": self.whole,
        }
        fresh = Path(self.sidecar + _FRESH)
        fresh.unlink(missing_ok=True)
        with fresh.open("x", encoding="utf-8") as file:  # never through a link that somebody has put there
            json.dump(noted, file)
        fresh.replace(self.sidecar)
        self._noted, self._noted_at = self.received, time.monotonic()

    def _restore(self, noted: dict[str, Any]) -> None:
        """Take over a checkpoint.

        Raises:
            ValueError: The bytes are not those that were noted, or of another source.
            OSError: They cannot be read.
        """
        received = int(noted["received"])
        if noted["source"] != self._source or received <= 0:
            raise ValueError(noted["source"])
        validator, size = _text(noted["validator"]), noted["size"]
        if size is not None and (type(size) is not int or size < received):
            raise ValueError(size)
        whole = _whole_of(noted["whole"])
        read = _hash_of(self.path, received)
        if read.hexdigest() != noted["sha256"]:
            raise ValueError(self.path)
        os.truncate(self.path, received)
        self._hash = read
        self.received = self._noted = received
        self.validator, self.size, self.whole = validator, size, whole

    def _step_back(self) -> None:
        """All bytes are there, but not what the server said of them: it says that again with the last one.

        Raises:
            ValueError: There are fewer.
            OSError: They cannot be read.
        """
        self._hash = _hash_of(self.path, self.received - 1)
        self.received -= 1


def _hash_of(path: str, count: int) -> "hashlib._Hash":
    """Of the first so many bytes.

    Raises:
        ValueError: There are fewer, or it is a link.
        OSError: They cannot be read.
    """
    read = hashlib.sha256()
    number = os.open(path, _READ_ONLY)
    with os.fdopen(number, "rb", buffering=0) as file:
        while count and (block := file.read(min(count, _BLOCK))):
            read.update(block)
            count -= len(block)
    if count:
        raise ValueError(path)
    return read


def _noted_in(path: str) -> bytes:
    """What a checkpoint's file holds.

    Raises:
        ValueError: It is none.
        OSError: It cannot be read, or is a link.
    """
    with os.fdopen(os.open(path, _READ_ONLY), "rb") as file:
        if (
            not stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            or os.fstat(file.fileno()).st_size > _LONGEST_NOTE
        ):
            raise ValueError(path)
        return file.read()


def _whole_of(noted: list[Any] | None) -> Whole | None:
    """What a checkpoint says of the whole file; somebody else may have written it."""
    if not noted:
        return None
    name, *said = noted
    return Whole(safe_name(str(name)), *map(_text, said))


def _text(value: object) -> str | None:
    """A header's value.

    Raises:
        ValueError: It cannot be one.
    """
    if value is not None and (not isinstance(value, str) or not _NO_HEADER.isdisjoint(value)):
        raise ValueError(value)
    return value
