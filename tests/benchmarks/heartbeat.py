"""How late the window's thread is while 300 photographs are on their way: ``python -m tests.benchmarks.heartbeat``.

The real window with its engine process; a precise 10 ms timer on the UI thread notes how late each beat is. Wanted:
never more than 50 ms, 99th percentile under 8 ms.
"""

import argparse
import os
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Final

from PySide6.QtCore import QObject, Qt, QTimer

from core.job import JobState, Totals
from tests.support import nginx, photographs
from tests.support.costs import stolen_seconds
from tests.support.main_job import COUNT, site_of_photographs
from tests.support.real_window import RealWindow, platform, real_window
from tests.support.waiting import wait_for_signal

_BEAT_MS: Final = 10
_LIMIT_S: Final = 600.0


class Heartbeat(QObject):
    """Notes how late beats are.

    Attributes:
        lateness: Milliseconds beyond the 10 from one beat to the next, a beat each.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lateness: list[float] = []
        self._last = perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)

    def begin(self) -> None:
        """Beat from now on."""
        self._last = perf_counter()
        self._timer.start(_BEAT_MS)

    def end(self) -> None:
        """No more."""
        self._timer.stop()

    def summary(self) -> str:
        """Maximum and percentiles."""
        late = sorted(self.lateness)
        parts = [
            f"p{part:g} {late[min(len(late) - 1, int(len(late) * part / 100))]:.2f} ms" for part in (99, 50)
        ]
        return f"max {late[-1]:.2f} ms, {', '.join(parts)}, {len(late)} beats"

    def _beat(self) -> None:
        now = perf_counter()
        self.lateness.append(max(0.0, (now - self._last) * 1000 - _BEAT_MS))
        self._last = now


def measure(real: RealWindow, list_file: Path) -> tuple[Heartbeat, Totals, float]:
    """The beats from Start until all has ended, the last totals, and seconds."""
    wait_for_signal(real.client.batch_added, lambda: real.drop(list_file))
    heart = Heartbeat()
    heart.begin()
    begun = perf_counter()

    def is_over(totals: Totals) -> bool:
        return totals.count(JobState.DONE, JobState.FAILED, JobState.SKIPPED, JobState.CANCELLED) == COUNT

    (totals,) = wait_for_signal(real.client.totals_changed, real.window.commands.start, is_over, _LIMIT_S)
    heart.end()
    assert isinstance(totals, Totals)
    return heart, totals, perf_counter() - begun


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.heartbeat", description=__doc__)
    parser.add_argument("--photos", type=Path, default=photographs.FOLDER, help="default: FETCHMILL_PHOTOS")
    parser.add_argument("--screen", action="store_true", help="draw on an Xvfb instead of offscreen")
    options = parser.parse_args()
    if options.photos is None or nginx.PATH is None:
        sys.exit(f"{photographs.REASON}; nginx: {nginx.PATH}")
    with tempfile.TemporaryDirectory(prefix="fetchmill-bench-") as name:
        folder = Path(name)
        out = str(folder / "out")
        with (
            site_of_photographs(options.photos, folder) as site,
            platform(folder / "display", on_screen=options.screen),
            real_window(folder / "home", destination=out, recipe="thumbnail-256") as real,
        ):
            before = stolen_seconds()
            heart, totals, seconds = measure(real, site.list_file)
            stolen = stolen_seconds() - before
    done, failed = totals.count(JobState.DONE), totals.count(JobState.FAILED)
    place = "Xvfb" if options.screen else "offscreen"
    print(
        f"{done} done, {failed} failed in {seconds:.1f} s; {place}; {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.2f}"
    )
    print(f"lateness of a {_BEAT_MS} ms heartbeat: {heart.summary()}")
    print(
        f"of that time, the computer was taken away by its host for {stolen:.2f} s (a virtual machine's steal)"
    )


if __name__ == "__main__":
    main()
