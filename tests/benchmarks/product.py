"""The packaged program in figures: ``python -m tests.benchmarks.product [--rounds N]``.

Sizes of what is in ``dist/``; start to the first window, frozen and from source by turns on one display of their own;
how long children take to be ready, and what of Qt they have loaded. Run ``python -m resources.packaging tar deb`` first.
"""

import argparse
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from resources.packaging.layout import APP, DIST, program
from tests.support.pictures import jpeg_bytes
from tests.support.processes import Program, descendants, end_process
from tests.support.screen import Screen

_SOURCE: Final = (sys.executable, "-m", "gui")
_PICTURES: Final = 12
_MB: Final = 1_000_000
_READY: Final = re.compile(r"picture process \d+ ready after ([\d.]+) s")
_WINDOWS: Final = r"_NET_CLIENT_LIST\(WINDOW\): window id #"
_FILE: Final = re.compile(r"/\S.*")


def sizes() -> dict[str, float]:
    """MB of the frozen folder, and of each file that is made of it."""
    files = [path for path in APP.rglob("*") if path.is_file() and not path.is_symlink()]
    packed = {
        path.name: path.stat().st_size / _MB for path in sorted(DIST.glob("fetchmill*")) if path.is_file()
    }
    return {f"{APP.name}/ ({len(files)} files)": sum(path.stat().st_size for path in files) / _MB} | packed


def seconds_to_window(screen: Screen, watcher: Program, command: Sequence[str | Path], home: Path) -> float:
    """From the start of the command until the window manager shows the first window."""
    begun = time.perf_counter()
    started = screen.start(*command, environment={"FETCHMILL_HOME": str(home)})
    watcher.wait_for_line(f"{_WINDOWS} 0x")
    taken = time.perf_counter() - begun
    started.end()
    watcher.wait_for_line(f"{_WINDOWS} *$")
    return taken


def starts(rounds: int, folder: Path) -> dict[str, list[float]]:
    """Seconds to the first window, by turns; the first of each only warms the disk's cache."""
    commands: dict[str, Sequence[str | Path]] = {"frozen": (program("fetchmill"),), "from source": _SOURCE}
    taken: dict[str, list[float]] = {name: [] for name in commands}
    screen_folder = folder / "screen"
    screen_folder.mkdir()
    with Screen(screen_folder) as screen:
        watcher = screen.start("stdbuf", "-oL", "xprop", "-root", "-spy")
        watcher.wait_for_line(f"{_WINDOWS} *$")
        for _ in range(rounds + 1):
            for name, command in commands.items():
                taken[name].append(seconds_to_window(screen, watcher, command, folder / "home"))
    return {name: each[1:] for name, each in taken.items()}


class Children(NamedTuple):
    """What was seen of the children of one run.

    Attributes:
        seconds: Until each of them was ready.
        files: What any of them had loaded (proc_pid_maps(5)).
    """

    seconds: tuple[float, ...]
    files: frozenset[str]


def children(command: Sequence[str | Path], folder: Path) -> Children:
    """Process pictures, and look at those who do it."""
    pictures, home = folder / "pictures", folder / "cli"
    pictures.mkdir(exist_ok=True)
    for number in range(_PICTURES):
        (pictures / f"{number}.jpg").write_bytes(jpeg_bytes(4000, 3000, number))
    shutil.rmtree(home, ignore_errors=True)
    words = [
        *command,
        "run",
        pictures,
        "--to",
        folder / "out",
        "--recipe",
        "web-1920",
        "--quiet",
        "--refresh",
    ]
    environment = {**os.environ, "FETCHMILL_HOME": str(home)}
    running = subprocess.Popen([str(word) for word in words], env=environment, stdout=subprocess.DEVNULL)
    loaded: set[str] = set()
    try:
        while running.poll() is None:
            for child in descendants(running.pid):
                loaded |= _loaded(child.pid)
    finally:
        end_process(running.pid)
    shutil.rmtree(folder / "out", ignore_errors=True)
    seconds = _READY.findall((home / "cli.log").read_text())
    return Children(tuple(float(each) for each in seconds), frozenset(loaded))


def _loaded(pid: int) -> set[str]:
    try:
        return set(_FILE.findall(Path(f"/proc/{pid}/maps").read_text()))
    except OSError:  # it has ended
        return set()


def report(rounds: int, folder: Path) -> None:
    """Print all tables."""
    for name, size in sizes().items():
        print(f"{size:8.1f} MB  {name}")
    taken = starts(rounds, folder)
    for name, each in taken.items():
        low, middle, high = min(each), statistics.median(each), max(each)
        print(f"start to the first window, {name}: {middle:.3f} s ({low:.3f} to {high:.3f}, {rounds} rounds)")
    ratio = statistics.median(taken["frozen"]) / statistics.median(taken["from source"])
    print(f"frozen / from source: {ratio:.2f}")
    commands: dict[str, Sequence[str | Path]] = {
        "frozen": (program("fetchmill-cli"),),
        "from source": (sys.executable, "-m", "core.cli"),
    }
    for name, command in commands.items():
        seconds, files = children(command, folder)
        qt = sorted(file for file in files if "Qt" in file)
        print(
            f"children, {name}: ready after {', '.join(f'{each:.3f}' for each in seconds)} s; of Qt loaded: {qt or 'nothing'}"
        )


def main() -> None:
    """See the module."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    if not program("fetchmill").exists():
        raise SystemExit("no frozen folder: python -m resources.packaging app")
    with tempfile.TemporaryDirectory() as folder:
        report(rounds, Path(folder))


if __name__ == "__main__":
    main()
