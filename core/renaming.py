"""A file gets another name, and never takes one that is taken."""

import ctypes
import errno
import os
import sys
from pathlib import Path
from typing import Final

_RENAME: Final = (
    getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None) if sys.platform == "linux" else None
)
_HERE: Final = -100  # AT_FDCWD of fcntl.h
_NO_REPLACE: Final = 1  # RENAME_NOREPLACE of stdio.h
_NO_SUCH_CALL: Final = frozenset({errno.EINVAL, errno.ENOSYS})


def rename_beside(old: str, new: str) -> None:
    """Rename without ever replacing (renameat2(2)); where that is not known: a second name, then the first one goes.

    Args:
        old: Absolute path of a file.
        new: Absolute path on the same file system.

    Raises:
        FileExistsError: There is something of that name.
        OSError: The file system refuses.
        ValueError: It cannot spell the name.
    """
    if _has_renamed(old, new):
        return
    try:
        os.link(old, new)
    except (FileExistsError, FileNotFoundError):
        raise
    except OSError:  # no second names on this file system
        if os.path.lexists(new):
            raise FileExistsError(new) from None
        Path(old).replace(new)
        return
    os.unlink(old)  # noqa: PTH108  # as it came


def _has_renamed(old: str, new: str) -> bool:
    """Whether it is done; False where the system or the file system does not know how.

    Raises:
        OSError: It cannot be done.
        ValueError: It cannot be spelled.
    """
    if _RENAME is None:
        return False
    if "\0" in new:  # where C's text ends
        raise ValueError(new)
    if _RENAME(_HERE, os.fsencode(old), _HERE, os.fsencode(new), _NO_REPLACE) == 0:
        return True
    number = ctypes.get_errno()
    if number in _NO_SUCH_CALL:
        return False
    raise OSError(number, os.strerror(number), new)
