"""How much memory pictures may take together, and which of those that wait may start. Standard library only.

A picture's need is known when a child has read its header. Until then each may take an equal share of the budget; a
child that needs more says so instead of decoding, and the picture waits until there is as much.
"""

import ctypes
import os
import sys
from bisect import insort
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from core.images.task import ProcessTask

_LEAST: Final = 64 << 20  # bytes; with less than that a picture is not even looked at
_MOST_PASSED: Final = 8
_LOOKED_AT: Final = 64
_PART_OF_COMPUTER: Final = 2
_CGROUPS: Final = Path("/sys/fs/cgroup")


class Admitted(NamedTuple):
    """A picture that may start.

    Attributes:
        task: With its allowance.
        reserved: Bytes that are set aside for it until it is done.
    """

    task: ProcessTask
    reserved: int


class _Picture(NamedTuple):
    """One that waits: its place in the order of arrival, and what it needs, bytes, where that is known."""

    place: int
    task: ProcessTask
    need: int | None = None


class Waiting:
    """Pictures that wait. They start in their order; while one waits for memory, a few that need less may pass it."""

    def __init__(self) -> None:
        self._pictures: list[_Picture] = []
        self._arrived = 0
        self._places: dict[int, int] = {}
        self._passed = 0

    def __len__(self) -> int:
        return len(self._pictures)

    def add(self, task: ProcessTask) -> None:
        """Have it wait behind all others."""
        self._arrived += 1
        self._pictures.append(_Picture(self._arrived, task))

    def put_back(self, task: ProcessTask, need: int) -> None:
        """Have it wait where it was: it has turned out to need that many bytes."""
        place = self._places.pop(task.ticket, self._arrived)
        insort(self._pictures, _Picture(place, task, need), key=lambda picture: picture.place)

    def forget(self, ticket: int) -> None:
        """It is not wanted any more."""
        self._places.pop(ticket, None)
        self._pictures = [picture for picture in self._pictures if picture.task.ticket != ticket]

    def take(self, taken: int, budget: int | None, workers: int) -> Admitted | None:
        """The next that may start, which does not wait any more.

        One that needs more than the whole budget starts when nothing else runs.

        Args:
            taken: Bytes that are set aside for those that run.
            budget: Bytes for all; None for any.
            workers: How many may run.
        """
        for at, picture in enumerate(islice(self._pictures, _LOOKED_AT)):
            if at and self._passed >= _MOST_PASSED:
                return None
            reserved = _reserved(picture.need, taken, budget, workers)
            if reserved is not None:
                del self._pictures[at]
                self._passed = self._passed + 1 if at else 0
                self._places[picture.task.ticket] = picture.place
                allowance = None if budget is None else reserved
                return Admitted(picture.task._replace(allowance=allowance), reserved)
        return None

    def clear(self) -> Iterator[ProcessTask]:
        """All that wait, none of which waits any more."""
        pictures, self._pictures = self._pictures, []
        self._places.clear()
        return (picture.task for picture in pictures)

    def done(self, ticket: int) -> None:
        """One that has started is not going to be put back."""
        self._places.pop(ticket, None)


def _reserved(need: int | None, taken: int, budget: int | None, workers: int) -> int | None:
    """Bytes to set aside for a picture; None where it has to wait."""
    if budget is None:
        return 0
    free = budget - taken
    if need is not None:
        return need if need <= free or taken == 0 else None
    share = min(max(budget // workers, _LEAST), free)
    return share if share >= _LEAST or taken == 0 else None


def default_budget() -> int | None:
    """Half of the memory that there is for this process, bytes; None where the system does not say."""
    found = [amount for amount in (_of_computer(), _of_group()) if amount is not None]
    return min(found) // _PART_OF_COMPUTER if found else None


def _of_computer() -> int | None:
    if sys.platform == "win32":
        kilobytes = ctypes.c_ulonglong()
        told = ctypes.windll.kernel32.GetPhysicallyInstalledSystemMemory(ctypes.byref(kilobytes))
        return kilobytes.value * 1024 if told else None
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError):
        return None


def _of_group(groups: Path = _CGROUPS, own: Path = Path("/proc/self/cgroup")) -> int | None:
    """The least limit of the control groups that this process is in (cgroups(7): version 2, then version 1)."""
    found = []
    for line in _text(own).splitlines():
        _, controllers, path = line.split(":", 2)
        if controllers not in {"", "memory"}:
            continue
        root, name = (groups / "memory", "memory.limit_in_bytes") if controllers else (groups, "memory.max")
        folder = root / path.lstrip("/")
        for group in (folder, *folder.parents):
            if not group.is_relative_to(root):
                break
            if (limit := _text(group / name).strip()).isdigit():
                found.append(int(limit))
    return min(found, default=None)


def _text(path: Path) -> str:
    try:
        return path.read_text()
    except OSError:
        return ""
