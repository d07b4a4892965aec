"""The whole queue in numbers: shares done, speed, one honest time left."""

import math
import time
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

from core.job import JobState, Progress, RunState, SourceKind, Totals

_WINDOW: Final = 20.0
_SPEED_WINDOW: Final = 3.0
_LEAST_GROUND: Final = 4.0  # seconds; what begins says little of what comes
_STEADY: Final = 4.0  # seconds, in which what is told comes near to what is found now
_SPEED_WEIGHT: Final = 0.3

_ARRIVED: Final = frozenset(JobState) - {
    JobState.QUEUED,
    JobState.DOWNLOADING,
    JobState.RETRYING,
    JobState.PAUSED,
}
_ENDED: Final = frozenset(state for state in JobState if state.is_final)


class _Sample(NamedTuple):
    moment: float
    received: int
    units: float


class Arriving(NamedTuple):
    """How far a running download is.

    Attributes:
        received: Bytes.
        size: Bytes in all, one at least.
    """

    received: int
    size: int


class Tracker:
    """Watches the queue's progress over time. A unit is one phase (download or processing) of one job."""

    def __init__(self) -> None:
        self._samples: deque[_Sample] = deque()
        self._received = 0
        self._told: tuple[float, float] | None = None  # when, and the seconds that were left then

    def count_bytes(self, count: int) -> None:
        """Bytes that arrived since the last call."""
        self._received += max(0, count)

    def forget(self) -> None:
        """Begin afresh: what was before says nothing of what comes."""
        self._samples.clear()
        self._told = None

    def totals(
        self,
        run: RunState,
        counts: Mapping[tuple[SourceKind, JobState], int],
        arriving: Iterable[Arriving],
        bottleneck: str | None,
    ) -> Totals:
        """The numbers at this moment.

        Args:
            run: What the engine is doing.
            counts: Jobs by kind and state.
            arriving: The running downloads whose size is known.
            bottleneck: Which stage holds the other up.
        """
        arriving = tuple(arriving)
        downloads = Progress(
            sum(n for (kind, state), n in counts.items() if kind is SourceKind.URL and state in _ARRIVED),
            sum(n for (kind, _), n in counts.items() if kind is SourceKind.URL),
            sum(min(1.0, one.received / one.size) for one in arriving),
        )
        processing = Progress(
            sum(n for (_, state), n in counts.items() if state in _ENDED), sum(counts.values())
        )
        self._sample(downloads.units + processing.units)
        running = run is RunState.RUNNING
        return Totals(
            run=run,
            counts=_by_state(counts),
            downloads=downloads,
            processing=processing,
            overall=Progress(
                downloads.done + processing.done, downloads.all + processing.all, downloads.partly
            ),
            speed=self._speed() if running else 0.0,
            seconds_left=self._steadied(
                self._seconds_left(downloads, processing, arriving) if running else None
            ),
            bottleneck=bottleneck,
        )

    def _sample(self, units: float) -> None:
        now = time.monotonic()
        self._samples.append(_Sample(now, self._received, units))
        while now - self._samples[0].moment > _WINDOW:
            self._samples.popleft()

    def _steadied(self, left: float | None) -> float | None:
        """As a clock runs down: from what was told before, turned to what is found now little by little."""
        now = self._samples[-1].moment
        if left is not None and self._told is not None:
            passed = now - self._told[0]
            expected = max(0.0, self._told[1] - passed)
            left = expected + (left - expected) * -math.expm1(-passed / _STEADY)
        self._told = None if left is None else (now, left)
        return left

    def _speed(self) -> float:
        """Bytes a second over the last seconds."""
        last = self._samples[-1]
        first = next(s for s in self._samples if last.moment - s.moment <= _SPEED_WINDOW)
        seconds = last.moment - first.moment
        return (last.received - first.received) / seconds if seconds else 0.0

    def _seconds_left(
        self, downloads: Progress, processing: Progress, arriving: tuple[Arriving, ...]
    ) -> float | None:
        """What is left at the pace of the last seconds; None while there is no ground for it.

        Many small files that were done say little of a large one that is still coming: it is never less than
        what the running downloads have yet to bring takes at the present speed; for the last ones just that.
        """
        first, last = self._samples[0], self._samples[-1]
        seconds, units = last.moment - first.moment, last.units - first.units
        if seconds < _LEAST_GROUND or units <= 0:
            return None
        left = downloads.all + processing.all - downloads.units - processing.units
        by_phases = left * seconds / units
        speed = self._speed()
        bytes_left = sum(max(0, one.size - one.received) for one in arriving)
        if not speed:
            return by_phases
        is_last = downloads.left == processing.left == len(arriving)  # nothing but bytes is to come
        return bytes_left / speed if is_last else max(by_phases, bytes_left / speed)


def smoothed(speed: float | None, count: int, seconds: float) -> float | None:
    """A job's speed after another interval: an exponential moving average, bytes a second."""
    if seconds <= 0:
        return speed
    now = count / seconds
    return now if speed is None else speed + _SPEED_WEIGHT * (now - speed)


def _by_state(counts: Mapping[tuple[SourceKind, JobState], int]) -> dict[JobState, int]:
    found: dict[JobState, int] = {}
    for (_, state), n in counts.items():
        if n:
            found[state] = found.get(state, 0) + n
    return found
