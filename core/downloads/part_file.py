"""The incomplete download on disk: written, hashed, continued, and made durable when it is whole."""

import hashlib
import os
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from core.downloads.translation import storage_error


class PartFile:
    """Bytes of a download that is not complete yet. One thread at a time uses it.

    Attributes:
        path: Absolute path.
        received: Bytes in it.
        validator: The strong ETag or the Last-Modified that the bytes belong to (RFC 9110, section 8.8); None when
            the server gave none, so that the download cannot be continued.
        size: Of the whole file, where the server said it.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.received = 0
        self.validator: str | None = None
        self.size: int | None = None
        self._hash = hashlib.sha256()
        self._file: IO[bytes] | None = None

    def __enter__(self) -> Self:
        """Open for writing behind what is there; never through a link, never over a file that is not ours.

        Raises:
            StorageError: It cannot be opened.
        """
        flags = os.O_WRONLY | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        flags |= 0 if self.received else os.O_CREAT | os.O_EXCL
        try:
            Path(self.path).parent.mkdir(parents=True, exist_ok=True)
            self._file = os.fdopen(os.open(self.path, flags, 0o666), "wb", buffering=0)
        except OSError as error:
            raise storage_error(self.path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def start_over(self) -> None:
        """Forget what is there: the server sends the whole file.

        Raises:
            StorageError: The old bytes cannot be removed.
        """
        self.discard()
        self.received, self.validator, self.size = 0, None, None
        self._hash = hashlib.sha256()

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
        except OSError as error:
            raise storage_error(self.path, error) from error
        self._hash.update(chunk)
        self.received += len(chunk)

    def make_durable(self) -> None:
        """Wait until the disk has it: a name given later must never lead to a hole.

        Raises:
            StorageError: The disk refused.
        """
        try:
            with Path(self.path).open("rb") as file:
                os.fsync(file.fileno())
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
        with suppress(OSError):
            Path(self.path).unlink(missing_ok=True)
