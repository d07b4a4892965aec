"""Seconds until a long list is on the screen: ``python -m tests.benchmarks.long_list [--lines N] [--rounds N]``.

From the drop until the window's model holds all rows and the table has been painted with them. Beside it, in the same
run, what a bare ``python -c`` takes that reads the file and finds the URLs.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Final

from PySide6.QtCore import QEvent, QObject, Signal

from tests.benchmarks.heartbeat import Heartbeat
from tests.support.real_window import RealWindow, platform, real_window
from tests.support.waiting import wait_for_signal

_REFERENCE: Final = r"import re, sys; print(len(re.findall(r'https?://\S+', open(sys.argv[1]).read())))"
_LIMIT_S: Final = 120.0


class Painted(QObject):
    """Says when a widget is painted.

    Signals:
        happened: nothing; a paint event came.
    """

    happened = Signal()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See Qt."""
        del watched
        if event.type() is QEvent.Type.Paint:
            self.happened.emit()
        return False


def seconds_on_screen(real: RealWindow, list_file: Path, lines: int) -> float:
    """From the drop until all rows are painted."""
    model, viewport = real.window.model, real.window.table.viewport()
    painted = Painted()
    viewport.installEventFilter(painted)
    begun = perf_counter()
    wait_for_signal(
        painted.happened, lambda: real.drop(list_file), lambda: model.rowCount() >= lines, timeout_s=_LIMIT_S
    )
    taken = perf_counter() - begun
    viewport.removeEventFilter(painted)
    return taken


def reference_seconds(list_file: Path) -> float:
    """A bare Python that reads the file and finds the URLs, from start to end."""
    begun = perf_counter()
    subprocess.run([sys.executable, "-c", _REFERENCE, str(list_file)], check=True, capture_output=True)
    return perf_counter() - begun


def clear(real: RealWindow) -> None:
    """Take all rows off the list again."""
    ids = tuple(real.window.model.jobs)
    wait_for_signal(
        real.window.model.rowsRemoved,
        lambda: real.client.remove(ids),
        lambda *_: real.window.model.rowCount() == 0,
        timeout_s=_LIMIT_S,
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.long_list", description=__doc__)
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--screen", action="store_true", help="draw on an Xvfb instead of offscreen")
    options = parser.parse_args()
    ours, theirs = [], []
    with tempfile.TemporaryDirectory(prefix="fetchmill-bench-") as name:
        folder = Path(name)
        list_file = folder / "long.txt"
        list_file.write_text("".join(f"https://example.org/{n:06}/photo.jpg\n" for n in range(options.lines)))
        with (
            platform(folder / "display", on_screen=options.screen),
            real_window(folder / "home", destination=str(folder / "out")) as real,
        ):
            heart = Heartbeat()
            for number in range(options.rounds):
                if number:
                    clear(real)
                heart.begin()
                ours.append(seconds_on_screen(real, list_file, options.lines))
                heart.end()
                theirs.append(reference_seconds(list_file))
                print(
                    f"round {number + 1}: on screen {ours[-1]:.2f} s; python -c {theirs[-1]:.2f} s",
                    flush=True,
                )
    print(f"{options.lines} lines; {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.2f}")
    print(f"median: on screen {statistics.median(ours):.2f} s, python -c {statistics.median(theirs):.2f} s")
    print(f"lateness of a 10 ms heartbeat meanwhile: {heart.summary()}")


if __name__ == "__main__":
    main()
