"""A run that holds because its destination does not take files: until when."""

import time
from typing import Final

from core.destination import Room, require
from core.errors import DiskFullError, ErrorReport, StorageError

TROUBLES: Final = frozenset({"disk-full", "destination"})
_LEAST_ROOM: Final = 1 << 20
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 60.0
_JUST_NOW: Final = 10.0  # seconds; trouble that is back so soon had not ended


class Hold:
    """Watches for the end of trouble with a destination.

    Args:
        report: What the user is told.
        room: The destination.
        needed: Bytes that must be free.
        waited: Of the hold before this one, where it ended only just now: then this one waits twice as long.
    """

    def __init__(self, report: ErrorReport, room: Room, needed: int, waited: float = 0.0) -> None:
        self.report = report
        self.wait = min(_LONGEST_WAIT, max(_FIRST_WAIT, 2 * waited))
        self._room = room
        self._needed = max(_LEAST_ROOM, needed)
        self._look_at = time.monotonic() + self.wait

    def is_over(self) -> bool:
        """Whether files can be written there again; looks at the disk once in a while only."""
        if time.monotonic() < self._look_at:
            return False
        self._look_at = time.monotonic() + _FIRST_WAIT
        try:
            require(self._room, self._needed)
        except StorageError:
            return False
        return True


class Troubles:
    """What holds the whole run up at the moment: the destination, or the queue file."""

    def __init__(self) -> None:
        self._hold: Hold | None = None
        self._store: ErrorReport | None = None
        self._waited = self._resumed = 0.0

    @property
    def report(self) -> ErrorReport | None:
        """What the user is told; None where all is well."""
        return self._hold.report if self._hold is not None else self._store

    @property
    def is_store_well(self) -> bool:
        """Whether the queue file can be written."""
        return self._store is None

    def begins(self, report: ErrorReport, room: Room, needed: int) -> bool:
        """Whether an error is that of the whole destination rather than of one file in it; then it is watched.

        Args:
            report: The error.
            room: The destination.
            needed: Bytes that the file still needs.
        """
        if not _is_of_all(report, room):
            return False
        if self._hold is None:
            is_back = time.monotonic() - self._resumed < _JUST_NOW
            self._hold = Hold(report, room, needed, self._waited if is_back else 0.0)
        return True

    def note_store(self, report: ErrorReport | None) -> None:
        """The queue file cannot be written, or can be again."""
        self._store = report

    def has_ended(self) -> bool:
        """Whether it was the destination, and that takes files again."""
        if self._hold is None or not self._hold.is_over():
            return False
        self._waited, self._resumed = self._hold.wait, time.monotonic()
        return True

    @property
    def is_watching(self) -> bool:
        """Whether the destination has to be looked at now and then."""
        return self._hold is not None

    def forget_destination(self) -> None:
        """Somebody has decided: it is tried again, or not."""
        self._hold = None


def _is_of_all(report: ErrorReport, room: Room) -> bool:
    if report.code == DiskFullError.code:
        return True
    if report.code not in TROUBLES:
        return False
    try:
        require(room)
    except StorageError:
        return True
    return False
