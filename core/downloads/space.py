"""Room on the disk: what downloads may still take, all of them together, so that a reserve stays free.

Each says what it needs before it writes. What a file has taken is looked up, not counted, as room may have been set
aside for all of it at once.
"""

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final, NamedTuple

from core.errors import DiskFullError
from core.sizes import size_words

if TYPE_CHECKING:  # it imports the session, whose rules tell of this module
    from core.downloads.part_file import PartFile

_SHARE: Final = 100  # of a disk; a hundredth is kept free where nobody has said how much
_MOST_KEPT: Final = 200_000_000
_LOOK_AGAIN: Final = 1.0  # seconds; others write to the disk, too
_MARGIN: Final = 16_384  # bytes that a download takes beside its own: its last block, its checkpoint
_BLOCK: Final = 512  # what stat(2) counts in, whatever the file system does


class _Disk(NamedTuple):
    total: int
    free: int


class _Books:
    """What is known of the room for the downloads to one folder."""

    def __init__(self) -> None:
        self.claims: set[PartFile] = set()
        self.spare = 0
        self.taken = 0  # in all
        self.look_at = 0.0


class Space:
    """Gives room to downloads as long as there is some beside the reserve. All lanes use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._books: dict[str, _Books] = {}
        self._kept: int | None = 0

    def keep_free(self, count: int | None) -> None:
        """Bytes to be left free from now on; None is a hundredth of the disk, but no more than 200 MB."""
        with self._lock:
            self._kept = count
            for books in self._books.values():
                books.look_at = 0.0

    def reserve(self, folder: str) -> int:
        """Bytes to be left free on the disk that a folder is on."""
        disk = _disk_of(folder)
        return 0 if disk is None else self._reserve_of(disk)

    def needed(self, folder: str) -> int:
        """Bytes that the downloads to a folder that are under way still need."""
        with self._lock:
            claims = tuple(self._books.get(folder, _Books()).claims)
        return sum(map(missing, claims))

    @contextmanager
    def claimed(self, part: "PartFile") -> Iterator[None]:
        """While a part file is written: the room for what it lacks is its own.

        Raises:
            DiskFullError: There is not that much, beside the reserve and what others have claimed.
        """
        folder = os.path.dirname(part.path)  # noqa: PTH120  # there are many
        need = missing(part)
        self._take(folder, part, need + _MARGIN if need or part.size is None else None)
        try:
            yield
        finally:
            with self._lock:
                self._books[folder].claims.discard(part)

    def grow(self, part: "PartFile", count: int) -> None:
        """Before more is written to a part file that has a claim.

        Args:
            part: Its claim holds room for all of it, where its size is known.
            count: Bytes.

        Raises:
            DiskFullError: Somebody else has taken the room; or its size is not known, and there is no more.
        """
        folder = os.path.dirname(part.path)  # noqa: PTH120  # as above
        self._take(folder, part, count if part.size is None else 0)

    def _take(self, folder: str, part: "PartFile", count: int | None) -> None:
        """Take bytes from what is spare, and note the claim; looks at the disk once in a while, and before it says no.

        Nobody waits for the lock while somebody looks: a disk that is far away may take its time.

        Args:
            folder: Where the part file is.
            part: Who takes them.
            count: None where it needs none, which no disk can refuse.

        Raises:
            DiskFullError: There are not so many.
        """
        now = time.monotonic()
        with self._lock:
            books = self._books.setdefault(folder, _Books())
            if count is None or (now < books.look_at and count <= books.spare):
                _give(books, part, count or 0)
                return
            books.look_at = now + _LOOK_AGAIN
            claims, before = tuple(books.claims), books.taken
        disk = _disk_of(folder)
        needs = {claim: missing(claim) + _MARGIN for claim in claims}
        with self._lock:
            if disk is None:
                books.spare = count
            else:
                kept = self._reserve_of(disk)
                books.spare = disk.free - kept - sum(needs.values()) - (books.taken - before)
                if count > books.spare:
                    own = count + needs.pop(part, 0)
                    raise DiskFullError(_words(own, sum(needs.values()), disk.free, kept))
            _give(books, part, count)

    def _reserve_of(self, disk: _Disk) -> int:
        return min(disk.total // _SHARE, _MOST_KEPT) if self._kept is None else self._kept


def _give(books: _Books, part: "PartFile", count: int) -> None:
    books.claims.add(part)
    books.spare -= count
    books.taken += count


def missing(part: "PartFile") -> int:
    """Bytes of the disk that a part file does not have yet; none where its size is not known."""
    if part.size is None:
        return 0
    taken = part.total
    if taken or part.runs is not None:
        with suppress(OSError, AttributeError):  # Windows counts no blocks
            taken = max(taken, os.stat(part.path).st_blocks * _BLOCK)  # noqa: PTH116  # as above
    return max(0, part.size - taken)


def _disk_of(folder: str) -> _Disk | None:
    """None where the file system does not say; writing will tell."""
    with suppress(OSError):
        found = shutil.disk_usage(folder)
        return _Disk(found.total, found.free) if found.total > 0 else None
    return None


def _words(count: int, others: int, free: int, reserve: int) -> str:
    beside = f", other downloads {size_words(others)}" if others else ""
    kept = f", of which {size_words(reserve)} are to stay free" if reserve else ""
    return f"It needs {size_words(count)} more{beside}; there are {size_words(free)}{kept}."
