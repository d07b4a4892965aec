"""The folder that finished files go to: whether it can be written, what of ours is in it, and whether it is still there."""

import os
import shutil
import time
from collections.abc import Collection
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Final, NamedTuple

from core.downloads.translation import storage_error
from core.errors import DestinationError, DestinationGoneError, DiskFullError

PRIVATE: Final = ".fetchmill"
MANIFEST: Final = "manifest.jsonl"
_PARTS: Final = "parts"
_PROBE: Final = "-probe.part"
_OLD: Final = 7 * 24 * 3600.0  # seconds; a part file of a list that nobody has run again since


def parts_folder(destination: str) -> Path:
    """Where incomplete files lie: below the destination, so that the last step is a rename."""
    return Path(destination, PRIVATE, _PARTS)


def part_prefix(queue_file: Path | None, *, keeps_jobs: bool) -> str:
    """What the part files of a queue begin with: the same after a restart, and another queue has another.

    Args:
        queue_file: None for a queue in memory, whose part files nobody will ever find again.
        keeps_jobs: Whether it is the window's; a journal lies in the folder that it is about.
    """
    if queue_file is None:
        return os.urandom(5).hex()
    if not keeps_jobs:
        return "run"
    return blake2b(str(queue_file.absolute()).encode("utf-8", "surrogatepass"), digest_size=5).hexdigest()


def download_part(destination: str, prefix: str, key: str) -> str:
    """The part file of a source: the same after a restart, so that it is found again.

    Args:
        destination: Absolute path.
        prefix: Of the queue, among all that write to the folder.
        key: Of the source.
    """
    name = blake2b(key.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
    return os.path.join(destination, PRIVATE, _PARTS, f"{prefix}-{name}.part")  # noqa: PTH118  # a string, of many


def picture_part(destination: str, prefix: str, token: str, number: int) -> str:
    """A file that a child writes: never the same again, as a child of a dead engine may still be writing."""
    return str(parts_folder(destination) / f"{prefix}~{token}-{number}.part")


class Room(NamedTuple):
    """A destination at the beginning of a run.

    Attributes:
        path: Absolute.
        mount: Where the file system it is on is mounted; None where nobody has looked yet.
    """

    path: str
    mount: str | None


def room_at(destination: str) -> Room:
    """A destination as it is now; need not be there yet."""
    return Room(destination, _mount_of(destination))


def prepare(destination: str, before: Room | None = None) -> Room:
    """Make the destination and find out whether files can be written there.

    Args:
        destination: Absolute path.
        before: As it was: a folder that was removed is made anew, but not where its disk is not mounted.

    Raises:
        StorageError: They cannot.
    """
    try:
        if before is not None and before.path == destination:
            _require_mount(before)
        parts_folder(destination).mkdir(parents=True, exist_ok=True)
        _probe(destination)
        return room_at(destination)
    except OSError as error:
        raise storage_error(destination, error) from error
    except ValueError as error:  # this file system cannot spell it
        raise DestinationError(f"No folder can be called {destination!r}.") from error


def require(room: Room, needed: int = 0) -> None:
    """Find out whether a destination is still there, on the same file system, writable, and has room.

    Args:
        room: As it was.
        needed: Bytes that must be free.

    Raises:
        StorageError: It is not.
    """
    try:
        Path(room.path).stat()
        _require_mount(room)
        if room.mount is not None:  # else nobody knows yet whether it is the right disk that is there
            parts_folder(room.path).mkdir(parents=True, exist_ok=True)
        _probe(room.path)
        free = shutil.disk_usage(room.path).free
    except OSError as error:
        raise storage_error(room.path, error) from error
    if free < needed:
        raise DiskFullError(f"There is no room left for {room.path}.")


def sweep(destination: str, prefix: str, token: str, wanted: Collection[str] | None) -> None:
    """Remove what earlier engines of this queue left and nobody needs.

    Args:
        destination: Absolute path.
        prefix: Of the queue.
        token: Of this engine, whose pictures are in hand.
        wanted: Part files that jobs will go on with; None where the jobs of this queue are not known yet, so that
            only old ones go.
    """
    folder = parts_folder(destination)
    for probe in folder.glob(f"*{_PROBE}"):
        with suppress(OSError):
            probe.unlink()
    for file in folder.glob(f"{prefix}[-~]*.part*"):
        is_download = file.name.startswith(f"{prefix}-")
        if is_download:
            part = str(file).removesuffix(".json").removesuffix(".new")
            keep = _is_recent(file) if wanted is None else part.removesuffix(".json") in wanted
        else:
            keep = file.name.startswith(f"{prefix}~{token}-")
        if not keep:
            with suppress(OSError):
                file.unlink()


def tidy(destination: str) -> None:
    """Remove our own folders where nothing was ever left in them."""
    folder = Path(destination, PRIVATE)
    with suppress(OSError):
        if [entry.name for entry in folder.iterdir()] == [_PARTS]:
            parts_folder(destination).rmdir()
            folder.rmdir()


def _probe(destination: str) -> None:
    probe = parts_folder(destination) / f"{os.getpid()}{_PROBE}"
    try:
        probe.write_bytes(b"\0")
    finally:
        with suppress(OSError):  # what made the writing fail says more
            probe.unlink()


def _require_mount(room: Room) -> None:
    """Find out whether the destination's disk is mounted.

    Raises:
        DestinationGoneError: It is not.
    """
    if room.mount is not None and _mount_of(room.path) != room.mount:
        raise DestinationGoneError(f"The disk that {room.path} is on is not there.")


def _mount_of(destination: str) -> str:
    """Where the file system of a folder, or of what there is above it, is mounted.

    Its device number would not do: a disk that is plugged in again may get another one.
    """
    folder = os.path.realpath(destination)
    while not os.path.ismount(folder):
        folder = os.path.dirname(folder)  # noqa: PTH120  # beside realpath and ismount, which Path has not
    return folder


def _is_recent(file: Path) -> bool:
    with suppress(OSError):  # what the clock puts into the future was written before it was set back
        return time.time() - file.stat().st_mtime < _OLD
    return True
