"""The incomplete download on disk: written, hashed, continued after a restart, and made durable when it is whole.

Beside ``NAME.part`` lies ``NAME.part.json``, its checkpoint: source, validator, size, and the SHA-256 of the first so
many bytes. What a crash, a power cut or another program made of the bytes since is found out by that hash, so that
nothing has to be fsynced on the way.
"""

import hashlib
import json
import os
import time
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from core.downloads.checkpoint import (
    Whole,
    hash_of,
    header_of,
    made,
    noted_in,
    opened,
    read_on,
    reserve_room,
    runs_in,
    whole_of,
    write_all,
    write_out,
)
from core.downloads.runs import Run, Runs
from core.downloads.translation import storage_error
from core.errors import StorageError

SIDECAR: Final = ".json"
_FRESH: Final = ".new"
_EVERY_BYTES: Final = 1 << 20
_EVERY_SECONDS: Final = 1.0
_HEAD: Final = 1024  # bytes that are kept at hand: by them the type is told
_SELDOM_SECONDS: Final = 0.25  # however fast it comes


class PartFile:
    """Bytes of a download that is not complete yet. One thread at a time uses it.

    Args:
        path: Absolute path.
        source: What it is a part of; a checkpoint of another source is none.
        takes_over: Unless this is said: then the bytes of another URL are taken over, for comparison.

    Attributes:
        path: Absolute path.
        received: Bytes in it from its beginning on.
        runs: What is there behind those, once several connections fill it.
        validator: The strong ETag or the Last-Modified that the bytes belong to (RFC 9110, section 8.8); None when
            the server gave none, so that the download cannot be continued.
        size: Of the whole file, where the server said it.
        whole: What the server said, once all has arrived.
        is_taken_over: Whether the bytes came from another URL and nobody has compared them yet.
    """

    def __init__(self, path: str, source: str = "", *, takes_over: bool = False) -> None:
        self.path = path
        self._source, self._takes_over = source, takes_over
        self._is_looked_for = self._is_clean = False
        self._file: int | None = None  # its descriptor
        self._forget()

    def _forget(self) -> None:
        self.received = 0
        self.validator: str | None = None
        self.size: int | None = None
        self.whole: Whole | None = None
        self.runs: Runs | None = None
        self.is_taken_over = False
        self._hash = hashlib.sha256()
        self._head = b""
        self._noted = 0
        self._has_note = False
        self._noted_at = time.monotonic()

    @property
    def total(self) -> int:
        """All bytes in it."""
        runs = self.runs
        return self.received if runs is None else runs.total

    def find(self) -> None:
        """Before each transfer: go on from what an earlier run left, where it is what was noted, or from what we have.

        What has gone meanwhile is begun again.
        """
        try:
            if not self._is_looked_for:
                self._is_looked_for = True
                if (noted := noted_in(self.sidecar)) is None:
                    self._is_clean = (
                        True  # what lies there all the same, nobody knows what it is: ``made`` removes it
                    )
                    return
                self._restore(json.loads(noted))
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
            reach = self.received if self.runs is None else self.runs.reach
            return os.stat(self.path, follow_symlinks=False).st_size >= reach  # noqa: PTH116  # as it came
        except OSError:
            return self.total == 0 and self.whole is None

    @property
    def sidecar(self) -> str:
        """Where the checkpoint is."""
        return self.path + SIDECAR

    def __enter__(self) -> Self:
        """Open for writing behind what is there; never through a link, never over a file that is not ours.

        Raises:
            StorageError: It cannot be opened.
        """
        is_new = not self.received and self.runs is None
        self._is_clean = False
        try:
            self._file = made(self.path) if is_new else opened(self.path, self.received)
            if not is_new and self.runs is None and os.fstat(self._file).st_size > self.received:
                os.truncate(self._file, self.received)  # a full disk may have taken half of a chunk
        except OSError as error:
            raise storage_error(self.path, error) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close it, and note how far it is."""
        if self._file is not None:
            os.close(self._file)
            self._file = None
        if self.whole is None and self.validator is not None and self.total > self._noted:
            with suppress(OSError):  # the last checkpoint still holds
                self._note()

    def start_over(self) -> None:
        """Forget what is there: the server sends the whole file.

        Raises:
            StorageError: The old bytes cannot be removed.
        """
        if not self._is_clean:
            self.discard()
        self._forget()

    def write(self, chunk: bytes | memoryview) -> bool:
        """Append bytes; whether there is more to come: another connection may have the rest.

        Raises:
            StorageError: They could not be written.
        """
        assert self._file is not None, "a part file is written inside its with block"  # noqa: S101  # our own order
        view, runs = memoryview(chunk), self.runs
        if runs is not None:
            view = view[: runs.reserve(runs.prefix, len(view))]
        try:
            write_all(self._file, view)
            self._hash.update(view)
            if self.received == len(self._head) < _HEAD:
                self._head = (self._head + bytes(view[:_HEAD]))[:_HEAD]
            self.received += len(view)
            write_out(self._file, self.received - len(view), self.received)
            if runs is not None:
                runs.wrote(runs.prefix, view)
            if self.received != self.size:  # else it is complete in a moment, and noted then
                self.note_if_due()
        except OSError as error:
            raise storage_error(self.path, error) from error
        return len(view) == len(chunk) and (runs is None or runs.prefix.position < runs.prefix.end)

    def share(self) -> Runs:
        """From now on other connections may fill it too, from the end that is known.

        Raises:
            StorageError: There is no room for all of it.
        """
        assert self.size is not None, "only a file of known size is shared"  # noqa: S101  # our own order
        if self.runs is None:
            try:
                reserve_room(self.path, self.size)
            except OSError as error:
                raise storage_error(self.path, error) from error
            self.runs = Runs(self.received, self.size)
        self.runs.go_on()
        return self.runs

    @contextmanager
    def filling(self, runs: Runs, run: Run) -> Iterator[Callable[[bytes | memoryview], bool]]:
        """For another connection: a function that writes the next bytes of a run; whether there is more to come.

        Args:
            runs: Those that it was taken from; they may have been stopped since, and then nothing is written.
            run: To be filled.

        Raises:
            StorageError: It cannot be written.
        """
        try:
            file = opened(self.path, run.position)
        except OSError as error:
            raise storage_error(self.path, error) from error

        def write(chunk: bytes | memoryview) -> bool:
            view = memoryview(chunk)[: runs.reserve(run, len(chunk))]
            try:
                write_all(file, view)
            except OSError as error:
                raise storage_error(self.path, error) from error
            runs.wrote(run, view)
            write_out(file, run.position - len(view), run.position)
            return len(view) == len(chunk) and run.position < run.end

        try:
            yield write
        finally:
            os.close(file)

    def join(self) -> None:
        """What the other connections have brought is part of the whole now, if nothing is missing.

        Raises:
            StorageError: It cannot be read.
        """
        if self.runs is None or not self.runs.is_complete:
            return
        assert self.size is not None, "only a file of known size is shared"  # noqa: S101  # our own order
        try:
            read = self._hash.copy()
            read_on(self.path, self.received, self.size, read)
        except (OSError, ValueError) as error:
            raise StorageError(f"{self.path} has been changed by another program.") from error
        self._hash, self.received, self.runs = read, self.size, None

    def note_if_due(self) -> None:
        """A checkpoint now and then.

        Raises:
            StorageError: It cannot be written.
        """
        if self.validator is not None and self._is_note_due():
            try:
                self._note()
            except OSError as error:
                raise storage_error(self.path, error) from error

    def complete(self, whole: Whole, *, is_noted: bool = True) -> None:
        """All has arrived: wait until the disk has it, and note that.

        A name given later must never lead to a hole.

        Args:
            whole: What the server said of it.
            is_noted: Whether it is to be found whole after a crash; what has its name in a moment needs no note.

        Raises:
            StorageError: The disk refused.
        """
        try:
            if self._file is not None:
                os.fsync(self._file)
            else:
                with Path(self.path).open("rb") as file:
                    os.fsync(file.fileno())
            self.whole, self.size = whole, self.received
            if is_noted or self._has_note:
                self._note()
        except OSError as error:
            raise storage_error(self.path, error) from error

    def keep(self) -> None:
        """Note what is whole, for a later run to find; where that cannot be noted, it is fetched again."""
        with suppress(OSError):
            self._note()

    def leftovers(self, moved: Collection[str]) -> tuple[str, ...]:
        """What is on the disk for it that nobody needs once these files have got their names."""
        rest = () if self.path in moved else (self.path,)
        return (self.sidecar, *rest) if self._has_note else rest

    def sha256(self) -> str:
        """Of the bytes received, hexadecimal."""
        return self._hash.hexdigest()

    def head(self, count: int) -> bytes:
        """The first bytes.

        Raises:
            StorageError: It cannot be read.
        """
        if len(self._head) == min(count, self.received):
            return self._head
        try:
            with Path(self.path).open("rb") as file:
                return file.read(count)
        except OSError as error:
            raise storage_error(self.path, error) from error

    def discard(self) -> None:
        """Remove it from the disk; what cannot be removed is gone already or will fail where it matters."""
        self._remove(self.sidecar + _FRESH, self.sidecar, self.path)
        self._is_clean = True

    @staticmethod
    def _remove(*paths: str) -> None:
        for path in paths:
            with suppress(OSError):
                os.unlink(path)  # noqa: PTH108  # as it came, and there are many

    def _is_note_due(self) -> bool:
        seconds = time.monotonic() - self._noted_at
        is_seldom = not self._noted or seconds >= _SELDOM_SECONDS
        return seconds >= _EVERY_SECONDS or (is_seldom and self.total - self._noted >= _EVERY_BYTES)

    def _note(self) -> None:
        noted = {
            "source": self._source,
            "validator": self.validator,
            "size": self.size,
            "received": self.received,
            "sha256": self._hash.hexdigest(),
            "whole": self.whole,
            "runs": self.runs.notes() if self.runs is not None else [],
        }
        fresh = Path(self.sidecar + _FRESH)
        self._is_clean = False
        try:
            file = fresh.open("x", encoding="utf-8")  # never through a link that somebody has put there
        except FileExistsError:
            fresh.unlink()
            file = fresh.open("x", encoding="utf-8")
        try:
            with file:
                json.dump(noted, file)
            fresh.replace(self.sidecar)
        except OSError:
            self._remove(str(fresh))  # a full disk has taken none of it, or half
            raise
        self._noted, self._noted_at, self._has_note = self.total, time.monotonic(), True

    def _restore(self, noted: dict[str, Any]) -> None:
        """Take over a checkpoint.

        Raises:
            ValueError: The bytes are not those that were noted, or of another source.
            OSError: They cannot be read.
        """
        received = int(noted["received"])
        is_other = noted["source"] != self._source
        if (is_other and not self._takes_over) or received < 0 or not (received or noted.get("runs")):
            raise ValueError(noted["source"])
        validator, size = header_of(noted["validator"]), noted["size"]
        if size is not None and (type(size) is not int or size < received):
            raise ValueError(size)
        whole = whole_of(noted["whole"])
        if whole is not None and received != size:
            raise ValueError(received)
        read = hash_of(self.path, received)
        if read.hexdigest() != noted["sha256"]:
            raise ValueError(self.path)
        runs = runs_in(self.path, noted.get("runs", []), received, size)
        if not received and not runs:
            raise ValueError(self.path)
        if not runs:
            os.truncate(self.path, received)
        self._hash = read
        self.received, self._noted, self._has_note = received, received, True
        self.validator, self.size, self.whole = validator, size, None if is_other else whole
        self.is_taken_over = is_other
        if size is not None and runs:
            self.runs = Runs(received, size, runs)
            self._noted = self.total
            self.join()

    def _step_back(self) -> None:
        """All bytes are there, but not what the server said of them: it says that again with the last one.

        Raises:
            ValueError: There are fewer.
            OSError: They cannot be read.
        """
        self._hash = hash_of(self.path, self.received - 1)
        self.received -= 1
