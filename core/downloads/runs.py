"""Who fetches which bytes of one file: several connections fill runs of it, and what is left is split where most is.

The prefix is the run of the first connection. A run ends where the next begins, so there are no gaps to keep account of.
"""

import threading
import time
import zlib
from collections.abc import Iterable
from typing import Final, NamedTuple

from core.downloads.session import Stop, Wire

LEAST: Final = 1 << 18  # bytes; what is left of a run is not split into less
_LOOK_AGAIN: Final = 0.1
_STUCK: Final = 2.0  # seconds without a byte, after which a connection may lose the whole rest of its run


class RunNote(NamedTuple):
    """A run as a checkpoint has it.

    Attributes:
        begin: Offset of its first byte.
        position: Offset behind its last byte that is there.
        check_sum: CRC-32 of those between.
    """

    begin: int
    position: int
    check_sum: int


class Run:
    """A run of bytes that one connection at a time fills from its beginning on. Only ``Runs`` changes it.

    Attributes:
        begin: Offset of its first byte.
        position: Offset of the next byte to be written.
        end: Offset behind its last byte.
        reserved: Offset up to which its connection is about to write.
        check_sum: CRC-32 of what is there; not kept for the prefix, which has a better one.
        is_taken: Whether a connection fills it.
        since: Monotonic seconds of its last byte, or when it was taken.
    """

    __slots__ = ("begin", "check_sum", "end", "is_taken", "position", "reserved", "since")

    def __init__(self, note: RunNote, end: int, *, is_taken: bool) -> None:
        self.begin = note.begin
        self.position = self.reserved = note.position
        self.end = end
        self.check_sum = note.check_sum
        self.is_taken = is_taken
        self.since = time.monotonic()


class Runs:
    """The runs of one file. Any thread may call.

    Args:
        prefix: Bytes that are there from the beginning on; its run is taken.
        size: Of the whole file.
        found: Runs that are there since earlier.

    Attributes:
        prefix: The run of the first connection.
        is_whole_only: Whether the server no longer gives parts.
    """

    def __init__(self, prefix: int, size: int, found: Iterable[RunNote] = ()) -> None:
        self._lock = threading.Lock()
        self._given_back = threading.Condition(self._lock)
        self._wires: dict[Run, Wire] = {}
        self._first: Wire | None = None
        self._is_stopped = False
        self.is_whole_only = False
        notes = sorted(found)
        ends = [*(note.begin for note in notes), size]
        self.prefix = Run(RunNote(0, prefix, 0), ends[0], is_taken=True)
        self._runs = [
            self.prefix,
            *(Run(note, end, is_taken=False) for note, end in zip(notes, ends[1:], strict=True)),
        ]

    @property
    def total(self) -> int:
        """Bytes that are there."""
        with self._lock:
            return sum(run.position - run.begin for run in self._runs)

    @property
    def reach(self) -> int:
        """Offset behind the last byte that is there."""
        with self._lock:
            return max(run.position for run in self._runs if run.position > run.begin or run is self.prefix)

    @property
    def is_complete(self) -> bool:
        """Whether all are there."""
        with self._lock:
            return all(run.position == run.end for run in self._runs)

    def begin(self, first: Wire) -> None:
        """The first connection fills the prefix over this wire; it is woken where another one takes what it does not bring."""
        with self._lock:
            self._first = first
            self.prefix.since = time.monotonic()

    def leave_prefix(self) -> None:
        """The first connection has broken off: what it has not brought is a run like the others."""
        with self._given_back:
            self._cut_off(self.prefix, self.prefix.position, is_taken=False)

    def take(self, wire: Wire) -> Run | None:
        """A run to be filled over this wire; None where there is nothing worth a request."""
        with self._lock:
            if self._is_stopped or self.is_whole_only:
                return None
            run = next((run for run in self._runs if not run.is_taken and run.position < run.end), None)
            if run is None:
                run = self._split()
            if run is not None:
                run.is_taken, run.since = True, time.monotonic()
                self._wires[run] = wire
            return run

    def reserve(self, run: Run, count: int) -> int:
        """How many of the next bytes of a run are still its own: from now on nobody else gets them."""
        with self._lock:
            count = 0 if self._is_stopped else min(count, run.end - run.position)
            run.reserved = run.position + count
            return count

    def wrote(self, run: Run, chunk: memoryview) -> None:
        """These bytes, which were reserved, are in the file."""
        check_sum = zlib.crc32(chunk, run.check_sum) if run is not self.prefix else 0
        with self._lock:
            run.position += len(chunk)
            run.since = time.monotonic()
            run.check_sum = check_sum

    def give_back(self, run: Run, *, is_refused: bool = False) -> None:
        """Its connection has ended.

        Args:
            run: One that was taken.
            is_refused: Whether the server no longer gives parts: then nothing more is split off.
        """
        with self._given_back:
            run.is_taken = False
            run.reserved = run.position
            self._wires.pop(run, None)
            self.is_whole_only = self.is_whole_only or is_refused
            if run.position == run.begin:
                self._unite(run)
            self._given_back.notify_all()

    def wait(self) -> bool:
        """Wait a moment for the other connections; whether any is still at work."""
        with self._given_back:
            if self._wires:
                self._given_back.wait(_LOOK_AGAIN)
            return bool(self._wires)

    def stop(self) -> None:
        """Cut the other connections, and wait until none writes any more; one that still waits never will."""
        with self._given_back:
            self._is_stopped = True
            for wire in self._wires.values():
                wire.cut(Stop.PAUSE)
            while any(run.reserved > run.position for run in self._wires):
                self._given_back.wait(_LOOK_AGAIN)

    def go_on(self) -> None:
        """The first connection begins anew, with the first run that is not there."""
        with self._lock:
            self._is_stopped = self.is_whole_only = False
            for run in self._runs[1:]:
                if run.begin == run.position == self.prefix.end:  # as it was left behind
                    self.prefix.end = run.end
                    self._runs.remove(run)

    def notes(self) -> list[RunNote]:
        """What is there behind the prefix."""
        with self._lock:
            rest = sorted(self._runs[1:], key=lambda run: run.begin)
            return [
                RunNote(run.begin, run.position, run.check_sum) for run in rest if run.position > run.begin
            ]

    def missing(self, begin: int, end: int) -> list[Run]:
        """The runs that nobody fills whose next byte lies in a range; for a server that sends the whole file."""
        with self._lock:
            idle = [run for run in self._runs if not run.is_taken]
            return [run for run in idle if begin <= run.position < min(end, run.end)]

    def _unite(self, run: Run) -> None:
        """Nothing has come of it: whoever fills what is before it goes on, unless that one is ending already."""
        before = next((one for one in self._runs if one.end == run.begin and one is not run), None)
        if before is not None and max(before.position, before.reserved) < before.end:
            before.end = run.end
            self._runs.remove(run)

    def _split(self) -> Run | None:
        """The second half of what is left where most is."""
        largest = max((run for run in self._runs if run.is_taken), key=_left, default=None)
        if largest is None:
            return None
        middle = largest.end - _left(largest) // 2
        if _left(largest) < 2 * LEAST:
            stuck = time.monotonic() - _STUCK
            mostly = [*self._wires, self.prefix] if self._first is not None else self._wires
            waiting = (run for run in mostly if run.since <= stuck and run.reserved == run.position)
            largest = max(waiting, key=_left, default=None)
            if largest is None or not _left(largest):
                return None
            middle = largest.position
            if largest is self.prefix and self._first is not None:
                self._first.wake()
        return self._cut_off(largest, middle, is_taken=True)

    def _cut_off(self, run: Run, middle: int, *, is_taken: bool) -> Run:
        """The end of a run, which is one of its own from now on."""
        rest = Run(RunNote(middle, middle, 0), run.end, is_taken=is_taken)
        run.end = middle
        self._runs.append(rest)
        return rest


def _left(run: Run) -> int:
    return run.end - max(run.position, run.reserved)
