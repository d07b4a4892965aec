"""Reports of crashes: an exception that nobody caught, or a signal that ended the process, leaves a file.

    crashes/window-20261127-014500-4711.open    of a process that lives, or of one that was ended by force
    crashes/window-20261127-014500-4711.txt     of one that has crashed

Each process has a file from its start, as there is no making one in the middle of a crash (faulthandler); at an
orderly end it goes, unless something is in it. Whoever starts next finds those of the fallen and keeps the newest.
"""

import atexit
import faulthandler
import logging
import os
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Final

from core import __version__
from core.about import parts
from core.masked import masked
from core.places import crashes_folder, log_to_file

if sys.platform != "win32":
    import fcntl

log = logging.getLogger(__name__)

PICTURE: Final = "picture"
MOST_REPORTS: Final = 10
MOST_OF_PICTURES: Final = 5  # a list of hostile pictures drives out no other report
_MOST_FAULTS: Final = 20  # in one process; the log has them all, and rotates
_MOST_CHARACTERS: Final = 100_000  # of a fault: to mask millions takes seconds
_OPEN: Final = ".open"
_KEPT: Final = ".txt"
_MARK: Final = "\n----\n"


class CrashWatch:
    """From ``begin`` to ``close``, what goes wrong in this process is logged and leaves a report.

    Args:
        process: ``window``, ``engine`` or ``cli``.

    Attributes:
        fallen: Reports of processes of this kind that have crashed since the last start of one.
    """

    def __init__(self, process: str) -> None:
        self.fallen: tuple[Path, ...] = ()
        self._process = process
        self._path = crashes_folder() / f"{_name(process)}{_OPEN}"
        self._file: IO[bytes] | None = None
        self._lock = threading.Lock()
        self._faults = 0

    def begin(self) -> None:
        """Log to this process's file, and listen. Without a folder that can be written, there is the log or nothing."""
        log_to_file(self._process)
        sys.excepthook = self.note
        threading.excepthook = lambda found: self.note(found.exc_type, found.exc_value, found.exc_traceback)
        sys.unraisablehook = lambda found: self.note(found.exc_type, found.exc_value, found.exc_traceback)
        try:
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.fallen = _gathered(self._path.parent, self._process)
            self._open()
        except OSError as error:
            log.info("no report of a crash can be kept: %s", error)
        atexit.register(self._leave)

    def note(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """A fault of our own: a traceback is for the log and the report, not for the user's terminal."""
        if issubclass(kind, KeyboardInterrupt | SystemExit):
            return
        found = (kind, error or kind(), trace)
        log.error("uncaught", exc_info=found)
        with self._lock, suppress(OSError):
            if self._file is not None and self._faults < _MOST_FAULTS:
                self._faults += 1
                self._file.write(_fault(*found).encode("utf-8", "replace"))

    def close(self) -> None:
        """The process ends in order: nothing stays of it but faults."""
        with self._lock, suppress(OSError):
            if self._file is not None:
                self._leave()
                if self._faults:
                    self._path.replace(self._path.with_suffix(_KEPT))
                    _forget_oldest(self._path.parent)

    def _open(self) -> None:
        file = self._path.open("xb", buffering=0)
        self._file = file
        file.write(_head(self._process).encode())
        if sys.platform != "win32":  # where an open file cannot be taken away anyhow
            with suppress(OSError):  # a file system without locks
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        faulthandler.enable(file)

    def _leave(self) -> None:
        """Let go of the file; where an exception has ended the process, the next one finds it."""
        if self._file is not None:
            faulthandler.disable()
            self._file.close()
            self._file = None
            if not self._faults:
                with suppress(OSError):  # somebody has tidied up
                    self._path.unlink()


def keep_picture_report(words: str, source: str) -> None:
    """Keep what a child of the process pool has said of its crash: that costs a picture, and is nothing to be told of.

    Args:
        words: As faulthandler writes them.
        source: Path of the picture that it had in hand.
    """
    from core.images.codecs import pillow_version  # noqa: PLC0415  # whoever calls has loaded it already

    folder = crashes_folder()
    text = f"{_head(PICTURE, f'Pillow {pillow_version()}')}Picture: {source}\n{words}"
    log.info("a crash in a picture process: %s\n%s", source, words)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # "replace", as a file's name may be bytes that are no text
        (folder / f"{_name(PICTURE)}{_KEPT}").write_bytes(masked(text).encode("utf-8", "replace"))
        _forget_oldest(folder)
    except OSError as error:
        log.info("no report of a crash can be kept: %s", error)


def reports(folder: Path | None = None) -> tuple[Path, ...]:
    """The reports that are kept, the newest first."""
    found = [(_age(path), path) for path in (folder or crashes_folder()).glob(f"*{_KEPT}")]
    return tuple(path for _, path in sorted(found, reverse=True))


def _name(process: str) -> str:
    """Of a report; the last part keeps apart what the same process reports within a second."""
    return f"{process}-{time.strftime('%Y%m%d-%H%M%S')}-{os.getpid()}-{time.monotonic_ns() % 1_000_000:06}"


def _head(process: str, *more: str) -> str:
    """What stands above a report. No codec and no library is loaded for it."""
    lines = (
        f"Fetchmill {__version__}",
        f"Process: {process} {os.getpid()}",
        f"Since: {time.strftime('%Y-%m-%d %H:%M:%S %z')}",
        *parts(),
        *more,
    )
    return "\n".join(lines) + _MARK


def _fault(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> str:
    import traceback  # noqa: PLC0415  # a run without faults loads one module less

    when = f"{time.strftime('%Y-%m-%d %H:%M:%S %z')} in {threading.current_thread().name}"
    text = "".join(traceback.format_exception(kind, error, trace))
    if len(text) > _MOST_CHARACTERS:
        text = text[:_MOST_CHARACTERS].rpartition(" ")[0]  # half a login would not be seen to be one
    return f"{when}\n{masked(text)}\n"


def _gathered(folder: Path, process: str) -> tuple[Path, ...]:
    """Take away what processes of this kind have left that are no more: reports become kept ones."""
    kept = [
        found for path in sorted(folder.glob(f"{process}-*{_OPEN}")) if (found := _taken(path)) is not None
    ]
    if kept:
        _forget_oldest(folder)
    return tuple(path for path in kept if path.exists())


def _taken(path: Path) -> Path | None:
    """The report that has become of a file that was left open; None where its process lives or never crashed."""
    with suppress(OSError), path.open("r+b") as file:  # another has taken it, or its process lives
        if sys.platform != "win32":
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        text = file.read().decode("utf-8", "replace")
        if sys.platform == "win32":
            file.close()  # from here on it is its process that has it open, or nobody
        if not text.partition(_MARK)[2].strip():
            path.unlink()
            return None
        when = path.stat()
        kept = path.replace(path.with_suffix(_KEPT))
        kept.write_text(masked(text), encoding="utf-8")
        os.utime(kept, ns=(when.st_atime_ns, when.st_mtime_ns))
        return kept
    return None


def _forget_oldest(folder: Path) -> None:
    found = reports(folder)
    of_pictures = [path for path in found if path.name.startswith(f"{PICTURE}-")]
    others = [path for path in found if not path.name.startswith(f"{PICTURE}-")]
    for path in (*of_pictures[MOST_OF_PICTURES:], *others[MOST_REPORTS:]):
        path.unlink(missing_ok=True)


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process has just forgotten it
        return 0.0
