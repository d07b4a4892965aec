"""Tries a recipe on a few pictures of the list, to say how many bytes all of them will come to.

It is done by one child of its own, a picture at a time, while nothing else has anything to do: a run beside it hardly
notices.
"""

import os
import shutil
import threading
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from core.estimate import BatchEstimate, Tried, estimated, spread
from core.images.formats import is_picture_name
from core.images.recipe import Recipe
from core.images.task import PoolLimits, ProcessOutcome, ProcessTask, Terms
from core.job import JobState
from core.job_queue import JobQueue
from core.live_job import Job
from core.places import state_folder

if TYPE_CHECKING:
    from core.images.pool import ProcessPool

_FOLDER: Final = "estimate"
_REST_MS: Final = 800  # the preview itself comes first
_MOST_LOOKED_AT: Final = 2_000
# Beside a run it may have to wait long for its turn.
_LIMITS: Final = PoolLimits(1, 600.0, Terms(is_idle=True))
_NOT_COMING: Final = frozenset({JobState.FAILED, JobState.CANCELLED})
_COMING: Final = tuple(state for state in JobState if state not in _NOT_COMING)


class _Place(NamedTuple):
    """A picture of the list.

    Attributes:
        path: Where it lies as it came; None where it has not come.
        size: Bytes; None where that is unknown.
    """

    path: str | None
    size: int | None


class _Looked(NamedTuple):
    """Pictures of the list, after a look at the disk.

    Attributes:
        turn: By which it is known whether that is still wanted.
        places: Those that were looked at.
        pictures: How many there are of which these are some.
    """

    turn: int
    places: tuple[_Place, ...]
    pictures: int


class EstimateStage(QObject):
    """At most one estimate at a time.

    Args:
        queue: The list.
        tell: Called with each ``BatchEstimate``, and with None when there is none for the recipe yet.
        parent: As Qt has it.
    """

    _looked = Signal(object)
    _came_home = Signal(object)

    def __init__(
        self, queue: JobQueue, tell: Callable[[BatchEstimate | None], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._queue = queue
        self._tell = tell
        self._pool: ProcessPool | None = None
        self._recipe: Recipe | None = None
        self._key: object = None
        self._is_unsure = False
        self._turn = self._ticket = 0
        self._at: _Looked | None = None
        self._waiting: list[_Place] = []
        self._in_hand: _Place | None = None
        self._tried: list[Tried] = []
        self._rest = QTimer(self, interval=_REST_MS, singleShot=True)
        self._rest.timeout.connect(self._look)
        self._looked.connect(self._take_looked)
        self._came_home.connect(self._take_home)

    def want(self, recipe: Recipe) -> None:
        """Estimate what this one makes, forgetting another; what it is called changes nothing."""
        made = recipe._replace(name="", title="", summary="", outputs=recipe.made)
        key = (made, len(self._queue))
        if key == self._key and not self._is_unsure:
            return
        if key != self._key:
            self._tell(None)
        self._cut()
        self._recipe, self._key = made, key
        if made.outputs and self._queue.count(*_COMING):
            self._rest.start()

    def close(self) -> None:
        """Kill the child and remove its files; returns when they are gone."""
        self._cut()
        if self._pool is not None:
            self._pool.close()
            self._pool = None
            shutil.rmtree(state_folder() / _FOLDER, ignore_errors=True)

    # On the way

    def _look(self) -> None:
        """See which pictures there are; of a long list, of each part as many. The disk is asked in another thread."""
        step = max(1, len(self._queue) // _MOST_LOOKED_AT)
        jobs = tuple(islice(self._queue, 0, None, step))
        places = tuple(place for job in jobs if (place := _place_of(job)) is not None)
        coming = sum(job.state not in _NOT_COMING for job in jobs)
        pictures = round(self._queue.count(*_COMING) * len(places) / coming) if coming else 0
        looked = _Looked(self._turn, places, pictures)
        threading.Thread(target=self._measure, args=(looked,), name="estimate", daemon=True).start()

    def _measure(self, looked: _Looked) -> None:
        seen = looked._replace(places=tuple(_measured(place) for place in looked.places))
        with suppress(RuntimeError):  # the engine has gone meanwhile
            self._looked.emit(seen)

    @Slot(object)
    def _take_looked(self, looked: _Looked) -> None:
        if looked.turn != self._turn or not looked.pictures:
            return
        self._at = looked
        there = [place for place in looked.places if place.path is not None and place.size]
        self._waiting = [there[at] for at in spread([place.size or 0 for place in there])]
        self._go_on()

    def _go_on(self) -> None:
        """Try the next one, or say what came of all."""
        if self._waiting and self._recipe is not None:
            self._give(self._waiting.pop(), self._recipe)
        elif self._at is not None:
            self._is_unsure = not self._tried  # some may have come the next time
            self._tell(_told(self._at, self._tried))

    def _give(self, place: _Place, recipe: Recipe) -> None:
        folder = state_folder() / _FOLDER
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError:
            return  # the preview says what is wrong with the disk
        if self._pool is None:
            from core.images.pool import ProcessPool  # noqa: PLC0415  # with Pillow: most runs begin without

            self._pool = ProcessPool(_LIMITS, self._came_home.emit)
        self._ticket += 1
        self._in_hand = place
        parts = tuple(str(folder / f"{self._ticket}-{at}") for at in range(len(recipe.outputs)))
        self._pool.submit(ProcessTask(self._ticket, place.path or "", parts, recipe))

    @Slot(object)
    def _take_home(self, outcome: ProcessOutcome) -> None:
        if self._in_hand is None or outcome.ticket != self._ticket:
            return
        self._sweep()
        if outcome.error is None:  # a damaged one says nothing of the others
            count = (outcome.bytes_out or 0) + sum(one.bytes_out for one in outcome.others)
            self._tried.append(Tried(self._in_hand.size or 1, count))
        self._in_hand = None
        self._go_on()

    def _cut(self) -> None:
        """Stop whatever is under way."""
        self._turn += 1
        self._rest.stop()
        if self._in_hand is not None and self._pool is not None:
            self._pool.drop(self._ticket)
            self._sweep()
        self._in_hand = self._at = self._key = None
        self._is_unsure = False
        self._waiting, self._tried = [], []

    def _sweep(self) -> None:
        for path in (state_folder() / _FOLDER).glob("*"):
            path.unlink(missing_ok=True)


def _place_of(job: Job) -> _Place | None:
    """Where a job's picture lies as it came; None where no picture will come of the job."""
    if job.state in _NOT_COMING or job.is_picture is False:
        return None
    if job.is_local:
        return _Place(job.source, job.size)
    if job.state is not JobState.DONE:
        return _Place(None, job.size) if job.state is not JobState.SKIPPED else None
    if not is_picture_name(job.name):
        return None
    outcome = job.outcome
    is_as_it_came = outcome is None or outcome.bytes_out == job.received
    return _Place(job.original or (job.file if is_as_it_came else None), job.received)


def _measured(place: _Place) -> _Place:
    if place.path is None:
        return place
    try:
        return place._replace(size=os.stat(place.path).st_size)  # noqa: PTH116  # thousands of them
    except OSError:
        return _Place(None, place.size)


def _told(looked: _Looked, tried: list[Tried]) -> BatchEstimate:
    sizes = [place.size for place in looked.places if place.size]
    scale = looked.pictures / len(looked.places)
    is_all_known = len(sizes) == len(looked.places)
    bytes_in = round(sum(sizes) * scale) if is_all_known else None
    if not tried:
        return BatchEstimate(looked.pictures, bytes_in)
    # What has not come yet is taken to be as large as what has.
    bytes_out = estimated(sizes, tried) * len(looked.places) / len(sizes) * scale
    return BatchEstimate(looked.pictures, bytes_in, round(bytes_out), len(tried))
