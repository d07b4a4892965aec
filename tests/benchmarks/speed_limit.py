"""How exact the speed limit is: ``python -m tests.benchmarks.speed_limit [--seconds 10] [--lanes 1 8 32]``.

The engine in its own process, as the window has it, downloads from an nginx that could send hundreds of times as fast.
What is counted is what lies on the disk, from the first byte of a run on and from the moment of each change.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Final

from PySide6.QtCore import QCoreApplication, QEventLoop, QTimer

from core.client import EngineClient
from core.destination import parts_folder
from core.job import Drop, Order
from core.settings import Settings
from tests.support import nginx

_KB: Final = 1000
_MB: Final = 1_000_000
_RATES: Final = (50 * _KB, 500 * _KB, 5 * _MB, 50 * _MB)
_CHANGES: Final = (5 * _MB, 200 * _KB, 2 * _MB)
_SETTLED: Final = 0.25  # seconds from a command to its effect: the pipe, and a read that was under way
_FILES: Final = (
    1 << 34
)  # bytes of all lanes together; nobody gets to their end, but there must be room for them
_ALLOWED: Final = 0.05


def wait(seconds: float) -> None:
    """Let the event loop run that long."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop.quit)
    loop.exec()


class Run:
    """Downloads under way.

    Args:
        base: The server.
        folder: Where the files go.
        lanes: How many at once.
        rate: The limit at first.
    """

    def __init__(self, base: str, folder: Path, lanes: int, rate: int | None) -> None:
        self.settings = Settings(connections=lanes, per_host=lanes, limit_rate=rate)
        self._folder = parts_folder(str(folder))
        self.engine = EngineClient(self.settings)
        self.engine.begin()
        links = "\n".join(f"{base}/{lanes}.bin?{number}" for number in range(lanes))
        self.engine.add(Drop(links))
        self.engine.start(Order(str(folder), "as-downloaded"))

    @property
    def received(self) -> int:
        """Bytes on the disk."""
        return sum(path.stat().st_size for path in self._folder.glob("*-????????????????????????.part"))

    def wait_for_bytes(self) -> float:
        """When the first came."""
        while not self.received:
            wait(0.001)
        return monotonic()

    def rate_over(self, seconds: float, begun: float, before: int) -> float:
        """Bytes a second from a moment on at which there were so many."""
        wait(seconds - (monotonic() - begun))
        return (self.received - before) / (monotonic() - begun)

    def change(self, rate: int | None) -> None:
        """Set another limit."""
        self.settings = replace(self.settings, limit_rate=rate)
        self.engine.configure(self.settings)
        wait(_SETTLED)


@contextmanager
def running(base: str, lanes: int, rate: int, parent: Path | None) -> Iterator[Run]:
    """A run that is ended, and whose files are removed."""
    with tempfile.TemporaryDirectory(prefix="fetchmill-bench-", dir=parent) as name:
        os.environ["FETCHMILL_HOME"] = str(Path(name, "home"))
        run = Run(base, Path(name, "made"), lanes, rate)
        try:
            yield run
        finally:
            run.engine.shut_down()
            wait(1.0)
            run.engine.end()


def words(rate: float) -> str:
    """``500 KB/s``."""
    return f"{rate / _MB:,.4g} MB/s" if rate >= _MB else f"{rate / _KB:,.4g} KB/s"


def show(lanes: int, what: str, wanted: int, found: float) -> bool:
    """Print a row; whether it is as it should be."""
    off = found / wanted - 1
    is_right = abs(off) <= _ALLOWED
    verdict = "met" if is_right else "MISSED"
    print(
        f"{lanes:>5}  {what:24} {words(wanted):>10}  {words(found):>12}  {off:+7.2%}  {verdict}", flush=True
    )
    return is_right


def measure(base: str, lanes: int, seconds: float, parent: Path | None) -> list[bool]:
    """All rows for that many lanes."""
    verdicts = []
    for rate in _RATES:
        with running(base, lanes, rate, parent) as run:
            found = run.rate_over(seconds, run.wait_for_bytes(), 0)
        verdicts.append(show(lanes, "from the first byte on", rate, found))
    with running(base, lanes, _MB, parent) as run:
        run.wait_for_bytes()
        wait(2.0)
        last = _MB
        for rate in _CHANGES:
            run.change(rate)
            found = run.rate_over(seconds, monotonic(), run.received)
            verdicts.append(show(lanes, f"{'up' if rate > last else 'down'} from {words(last)}", rate, found))
            last = rate
        run.change(None)
        found = run.rate_over(1.0, monotonic(), run.received)
        print(f"{lanes:>5}  {'lifted':24} {'':>10}  {words(found):>12}")
        run.change(50 * _KB)
        found = run.rate_over(seconds, monotonic(), run.received)
        verdicts.append(show(lanes, "down from no limit", 50 * _KB, found))
    return verdicts


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.speed_limit", description=__doc__)
    parser.add_argument("--seconds", type=float, default=10.0)
    parser.add_argument("--lanes", type=int, nargs="+", default=[1, 8, 32])
    parser.add_argument("--folder", type=Path, help="where to put the files (default: the system's for such)")
    options = parser.parse_args()
    if nginx.PATH is None:
        sys.exit(nginx.REASON)
    application = QCoreApplication(sys.argv[:1])
    print(f"lanes  what{'':20} {'limit':>10}  {'found':>12}  {'off':>7}  at most {_ALLOWED:.0%}")
    with tempfile.TemporaryDirectory(prefix="fetchmill-site-", dir=options.folder) as site:
        for lanes in options.lanes:
            with Path(site, f"{lanes}.bin").open("wb") as file:
                file.truncate(_FILES // lanes)
        with nginx.nginx_serving(
            Path(site), ranges=False
        ) as base:  # parts would make files as long as they will be
            verdicts = [
                verdict
                for lanes in options.lanes
                for verdict in measure(base, lanes, options.seconds, options.folder)
            ]
    print(f"{verdicts.count(True)} of {len(verdicts)} within {_ALLOWED:.0%}")
    application.quit()
    sys.exit(0 if all(verdicts) else 1)


if __name__ == "__main__":
    main()
