"""A lock between processes that the kernel takes back when its holder dies, however it dies.

``flock`` on POSIX, ``msvcrt.locking`` on Windows. The file stays where it is for ever: were it deleted, one process
could lock the file that was and another the file that is. Standard library only.

Where the file system knows no locks (some network and FUSE mounts), the lock is granted without being one:
``is_enforced`` is then False and the log says so. The choice is between two programs that their user starts side by
side on purpose and a program that does not start at all for somebody whose home lies there; SQLite still has its own
guards then.
"""

import errno
import logging
import os
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import Final, Self
from weakref import WeakSet

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_RECHECK: Final = 0.02  # seconds
_TAKEN: Final = frozenset({errno.EWOULDBLOCK, errno.EACCES, errno.EDEADLK})
_UNKNOWN_HERE: Final = frozenset({errno.ENOLCK, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS})
_FAR_BYTE: Final = 1 << 30  # what Windows locks cannot be read by others: not where the pid stands
_PID_BYTES: Final = 24
_FLAGS: Final = (
    os.O_RDWR
    | os.O_CREAT
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_CLOEXEC", getattr(os, "O_NOINHERIT", 0))
)

_log = logging.getLogger(__name__)


class FolderLock:
    """One process's hold on a folder. For one thread at a time; two locks on one path exclude each other.

    Programs that the holder starts do not hold it, nor do processes that it forks.

    Args:
        path: Of the lock's file; its folder is made if it is not there.

    Attributes:
        path: Of the lock's file.
        is_enforced: False when it was granted by a file system that knows no locks.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.is_enforced = True
        self._file: int | None = None
        _all.add(self)

    @property
    def is_held(self) -> bool:
        """Whether this object holds it."""
        return self._file is not None

    def acquire(self, timeout: float | None = 0.0, cancelled: Callable[[], bool] = lambda: False) -> bool:
        """Take it, and say whether that was possible; True at once where it is held already.

        Args:
            timeout: Seconds to wait for another holder; None for ever.
            cancelled: Asked every 20 ms while waiting; True gives up.

        Raises:
            OSError: The file cannot be made or opened, or is a symbolic link.
        """
        deadline = None if timeout is None else monotonic() + timeout
        pause = threading.Event()
        while not self.is_held and not self._try():
            if cancelled() or (deadline is not None and monotonic() >= deadline):
                return False
            pause.wait(_RECHECK)
        return True

    def release(self) -> None:
        """Give it back; nothing happens where it is not held."""
        if self._file is not None:
            with suppress(OSError):  # the name of one who holds nothing misleads, but does no harm
                os.ftruncate(self._file, 0)
            with suppress(
                OSError
            ):  # closing does it too, but not while a child that was just forked has it open
                _unlock_file(self._file)
            self._close()

    def holder(self) -> int | None:
        """The process that took it last and has not given it back; it may have died since. None when there is none."""
        try:
            return int(self.path.read_bytes()[:_PID_BYTES])
        except (OSError, ValueError):
            return None

    def __enter__(self) -> Self:
        """Wait for it, for ever, unless it is held already.

        Raises:
            OSError: As for ``acquire``.
        """
        self.acquire(None)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Give it back."""
        self.release()

    def _try(self) -> bool:
        """One attempt. The file is opened anew each time: somebody may have put another in its place."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self.path, _FLAGS, 0o600)
        with ExitStack() as unless_taken:
            unless_taken.callback(os.close, file)
            if not (self._lock(file) and self._is_in_place(file)):
                return False
            _write_pid(file)
            unless_taken.pop_all()
        self._file = file
        return True

    def _lock(self, file: int) -> bool:
        self.is_enforced = True
        try:
            _lock_file(file)
        except OSError as error:
            if error.errno in _TAKEN:
                return False
            if error.errno not in _UNKNOWN_HERE:
                raise
            self.is_enforced = False
            _log.warning("%s: no locks on this file system (%s)", self.path, error.strerror)
        return True

    def _is_in_place(self, file: int) -> bool:
        """Whether the file that is locked is the one that others will open."""
        try:
            return os.path.samestat(os.fstat(file), self.path.stat(follow_symlinks=False))
        except FileNotFoundError:
            return False

    def _close(self) -> None:
        """Let go of the file: the kernel gives the lock back with its last holder, and a forked child is none."""
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):
                os.close(file)


def _write_pid(file: int) -> None:
    with suppress(OSError):  # a full disk: the lock holds, it only bears no name
        os.ftruncate(file, 0)
        os.write(file, b"%d\n" % os.getpid())


def _lock_file(file: int) -> None:
    """Lock it or raise OSError at once."""
    if sys.platform == "win32":
        os.lseek(file, _FAR_BYTE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        os.lseek(file, 0, os.SEEK_SET)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _unlock_file(file: int) -> None:
    if sys.platform == "win32":
        os.lseek(file, _FAR_BYTE, os.SEEK_SET)
        msvcrt.locking(file, msvcrt.LK_UNLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_UN)


_all: Final[WeakSet[FolderLock]] = WeakSet()


def _forget_all() -> None:
    """In a forked child: its copies of the files would keep locks alive that their holder has given back."""
    for lock in _all:
        lock._close()  # noqa: SLF001 - this module's own


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)
