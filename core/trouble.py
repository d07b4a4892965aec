"""A run that holds because its destination does not take files: until when. And one that does not even begin."""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from core.destination import Room, parts_folder, require, room_at
from core.downloads.space import Space, missing
from core.errors import (
    DestinationGoneError,
    DiskFullError,
    ErrorReport,
    FetchmillError,
    RecipeError,
    StorageError,
)
from core.images.recipe_file import usable_recipe
from core.job import Order
from core.live_job import Job, Plan
from core.outage import Outage
from core.places import recipes_folder
from core.sizes import size_words

TROUBLES: Final = frozenset({"disk-full", "destination"})
_PERHAPS_GONE: Final = frozenset({"destination", "unreadable"})
_MOST_LOSSES: Final = 3
_LEAST_ROOM: Final = 1 << 20
_FIRST_WAIT: Final = 1.0
_LONGEST_WAIT: Final = 60.0
_JUST_NOW: Final = 10.0  # seconds; trouble that is back so soon had not ended


class Hold:
    """Watches for the end of trouble with a destination.

    Args:
        report: What the user is told.
        room: The destination.
        needed: Bytes that must be free, beside the reserve where it was room that was missing.
        space: Knows the reserve.
        waited: Of the hold before this one, where it ended only just now: then this one waits twice as long.
    """

    def __init__(
        self, report: ErrorReport, room: Room, needed: int, space: Space, waited: float = 0.0
    ) -> None:
        self.report = report
        self.wait = min(_LONGEST_WAIT, max(_FIRST_WAIT, 2 * waited))
        self._room = room
        self._needed = max(_LEAST_ROOM, needed)
        self._space = space
        self._look_at = time.monotonic() + self.wait
        self._look: threading.Thread | None = None
        self._is_well = False

    def is_over(self) -> bool:
        """Whether files can be written there again; to be asked again and again.

        The disk is looked at once in a while only, and in a thread of its own: one that is away may take a minute to
        say so.
        """
        if self._is_well:
            return True
        is_looking = self._look is not None and self._look.is_alive()
        if not is_looking and time.monotonic() >= self._look_at:
            self._look_at = time.monotonic() + _FIRST_WAIT
            self._look = threading.Thread(target=self._look_there, daemon=True)
            self._look.start()
        return False

    def _look_there(self) -> None:
        try:
            is_full = self.report.code == DiskFullError.code
            require(self._room, self._needed + (self._space.reserve(self._room.path) if is_full else 0))
            self._is_well = True
        except StorageError:
            self._look_at = time.monotonic() + _FIRST_WAIT


class Troubles:
    """What holds the whole run up at the moment: the destination, the queue file, or the network.

    Args:
        outage: Of the network; the run need not pause for it.
        space: From which downloads take their room.
    """

    def __init__(self, outage: Outage, space: Space) -> None:
        self._outage = outage
        self._space = space
        self._hold: Hold | None = None
        self._store: ErrorReport | None = None
        self._refusal: ErrorReport | None = None
        self._waited = self._resumed = 0.0

    @property
    def report(self) -> ErrorReport | None:
        """What the user is told; None where all is well."""
        if self._hold is not None:
            return self._hold.report
        return self._store or self._refusal or self._outage.report

    @property
    def is_store_well(self) -> bool:
        """Whether the queue file can be written."""
        return self._store is None

    def refuses(self, order: Order, tell: Callable[[], object]) -> bool:
        """Whether nothing is begun: the recipe, or a file that it names, cannot be used, and somebody is there to help.

        Args:
            order: What is to be begun.
            tell: Has the user told of the report as it is: what was refused before is told anew.
        """
        self._refusal = None
        try:
            if order.holds:
                usable_recipe(order.recipe, recipes_folder())
        except RecipeError as error:
            tell()
            self._refusal = error.report()
        return self._refusal is not None

    def begins(self, job: Job, report: ErrorReport) -> bool:
        """Whether an error is none of the job's own: then it is to be tried again.

        Either the whole destination is in trouble, which is watched from now on; or all that the job had there was
        removed, and files can be written there again.
        """
        plan = job.plan
        if plan is None or not plan.holds:
            return False
        needed = 0
        if report.code == DiskFullError.code:
            needed = self._space.needed(str(parts_folder(plan.destination)))
            needed += (
                missing(job.part) if job.part is not None else max(0, (job.size or 0) - (job.received or 0))
            )
        if (found := self._trouble_of_all(report, plan.room, needed)) is None:
            return _has_lost_all(job, report)
        self._watch(found, plan.room, needed)
        return True

    def prevents(self, order: Order, error: FetchmillError, before: Room | None) -> bool:
        """Whether a run cannot go on at the moment; then the destination is watched.

        Args:
            order: What was to be begun.
            error: Why it cannot.
            before: The destination when the run began; None where it begins now, and a destination that is no use is
                to be told at once.
        """
        is_full = isinstance(error, DiskFullError)
        if not order.holds or not (is_full or (before is not None and isinstance(error, StorageError))):
            return False
        self._watch(error.report(), before or room_at(order.destination), 0)
        return True

    def finds_missing(self, destination: str) -> bool:
        """Whether a destination that files went to before is not there; then it is watched, unless it was already."""
        if self._hold is not None or parts_folder(destination).is_dir():
            return False
        report = DestinationGoneError(f"{destination} is not there.").report()
        self._hold = Hold(report, Room(destination, None), 0, self._space)
        return True

    def note_store(self, report: ErrorReport | None) -> None:
        """The queue file cannot be written, or can be again."""
        self._store = report

    def has_ended(self) -> bool:
        """Whether it was the destination, and that takes files again; true once."""
        if self._hold is None or not self._hold.is_over():
            return False
        self._waited, self._resumed, self._hold = self._hold.wait, time.monotonic(), None
        return True

    @property
    def is_watching(self) -> bool:
        """Whether the destination has to be looked at now and then."""
        return self._hold is not None

    def forget_destination(self) -> None:
        """Somebody has decided: it is tried again, or not."""
        self._hold = None

    def try_network(self) -> None:
        """Somebody wants to know now whether it is back."""
        self._outage.look_now(time.monotonic())

    def _watch(self, report: ErrorReport, room: Room, needed: int) -> None:
        if self._hold is None:
            is_back = time.monotonic() - self._resumed < _JUST_NOW
            self._hold = Hold(report, room, needed, self._space, self._waited if is_back else 0.0)

    def _trouble_of_all(self, report: ErrorReport, room: Room, needed: int) -> ErrorReport | None:
        """What is wrong with the whole destination, if an error is that rather than one of a file in it."""
        if report.code == DiskFullError.code:  # it is one file's, and this is about all of them
            kept = self._space.reserve(room.path)
            what = f" for the {size_words(needed)} that are still to come" if needed else " left"
            beside = f", beside the {size_words(kept)} that are to stay free" if kept else ""
            return DiskFullError(f"There is no room{what} in {room.path}{beside}.").report()
        if report.code not in TROUBLES | _PERHAPS_GONE:
            return None
        try:
            require(room)
        except StorageError as error:
            return error.report()
        return None


def room_before(order: Order, was: Plan | FetchmillError | None, *, is_paused: bool) -> Room | None:
    """The destination as it was when the run began that goes on now; None where one begins."""
    if isinstance(was, Plan) and was.destination == order.destination:
        return was.room
    return Room(order.destination, None) if is_paused and was is None else None


def _has_lost_all(job: Job, report: ErrorReport) -> bool:
    """Whether what there was of a download has gone from a destination that is sound: it is to begin anew."""
    if report.code not in _PERHAPS_GONE or job.is_local:
        return False
    has_part = job.part is not None and job.part.received > 0 and job.part.is_there
    if has_part or (job.original is not None and Path(job.original).exists()):
        return False
    job.failures, job.known = job.failures + 1, None
    return job.failures <= _MOST_LOSSES
