"""The number of connections that is learned against the best fixed one, on six kinds of server."""

import os
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, NamedTuple

from tests.benchmarks.download_rows import (
    KIB,
    LATENCY,
    MEGABYTE_A_SECOND,
    Files,
    Server,
    Work,
    fetchmill,
    make_files,
    put_away,
    write_lists,
    wrong_files,
)
from tests.support.costs import Cost, cost_of
from tests.support.nginx import nginx_serving
from tests.support.slow_server import slow_server

_FIXED: Final = (
    16,
    8,
    32,
    64,
    4,
    2,
    1,
)  # the likely ones first: what takes twice as long as the best is ended
_HOPELESS: Final = 2.0
_CLOSE: Final = 1.1  # fixed numbers that are within this of the best are measured again, beside auto
_WANTED: Final = 1.05
_AUTO: Final = "auto"


class _Part(NamedTuple):
    """Some files from one server.

    Attributes:
        files: How many, how large.
        server: From where.
    """

    files: Files
    server: Server


_FEW: Final = Files(3_000, 4 * KIB, 20 * KIB)
_SERVERS: Final = {
    "plain fast server": (_Part(_FEW, nginx_serving),),
    "50 ms latency": (_Part(_FEW, lambda folder: slow_server(folder, delay=LATENCY)),),
    "1 MB/s a connection": (
        _Part(
            Files(400, 500 * KIB, 1_500 * KIB), lambda folder: nginx_serving(folder, rate=MEGABYTE_A_SECOND)
        ),
    ),
    "429 above 8 connections": (
        _Part(Files(800, 4 * KIB, 20 * KIB), lambda folder: slow_server(folder, delay=LATENCY, most=8)),
    ),
    "host that answers 20 a second beside fast ones": (
        _Part(Files(60, 4 * KIB, 20 * KIB), lambda folder: slow_server(folder, service=0.05)),
        _Part(Files(1_500, 4 * KIB, 20 * KIB), nginx_serving),
        _Part(Files(1_500, 4 * KIB, 20 * KIB), nginx_serving),
    ),
    "host that takes a second, for any number at once, beside fast ones": (
        _Part(Files(60, 4 * KIB, 20 * KIB), lambda folder: slow_server(folder, delay=1.0)),
        _Part(Files(1_500, 4 * KIB, 20 * KIB), nginx_serving),
        _Part(Files(1_500, 4 * KIB, 20 * KIB), nginx_serving),
    ),
}


def measure_learned(rounds: int, parent: Path | None) -> None:
    """Measure and print all."""
    for title, parts in _SERVERS.items():
        print(f"\n{title}", flush=True)
        with (
            tempfile.TemporaryDirectory(prefix="fetchmill-bench-", dir=parent) as name,
            _serving(parts, Path(name)),
        ):
            _compare(Path(name), rounds)


@contextmanager
def _serving(parts: tuple[_Part, ...], folder: Path) -> Iterator[None]:
    """Start the servers, and write the list of what they have, host after host."""
    if not parts:
        yield
        return
    first, rest = parts[0], parts[1:]
    site = folder / f"site-{len(rest)}"
    make_files(site, first.files)
    for path in list(site.iterdir()):
        path.rename(site / f"{len(rest)}-{path.name}")
    with first.server(site) as base:
        listed = folder / "lists" / "urls.txt"
        before = listed.read_text().split() if listed.exists() else []
        write_lists(folder / "lists", [*before, *(f"{base}/{path.name}" for path in sorted(site.iterdir()))])
        with _serving(rest, folder):
            yield


def _compare(folder: Path, rounds: int) -> None:
    """Each fixed number once, then auto and the best of them in turn."""
    seconds: dict[str, list[float]] = defaultdict(list)
    for connections in map(str, _FIXED):
        best = min((found[0] for found in seconds.values()), default=None)
        cost = _run(folder, connections, None if best is None else _HOPELESS * best)
        print(f"  {connections:>4}: {_told(cost)}", flush=True)
        if cost.status == 0:
            seconds[connections].append(cost.wall)
    limit = _CLOSE * min(found[0] for found in seconds.values())
    contestants = [_AUTO, *(number for number, found in seconds.items() if found[0] <= limit)]
    for number in contestants:
        seconds[number].clear()
    for turn in range(rounds):
        for connections in contestants if turn % 2 else reversed(contestants):
            cost = _run(folder, connections, None)
            seconds[connections].append(cost.wall)
            print(f"  round {turn + 1} {connections:>4}: {_told(cost)}", flush=True)
    wall = {number: statistics.median(seconds[number]) for number in contestants}
    fixed = min(contestants[1:], key=wall.__getitem__)
    ratio = wall[_AUTO] / wall[fixed]
    print(
        f"  auto {wall[_AUTO]:.2f} s, best fixed {wall[fixed]:.2f} s ({fixed} connections): ratio {ratio:.2f}, "
        f"wanted at most {_WANTED}: {'met' if ratio <= _WANTED else 'MISSED'}",
        flush=True,
    )


def _run(folder: Path, connections: str, limit_s: float | None) -> Cost:
    work = Work(folder / "lists", folder / "made")
    command = fetchmill(work, "--connections", connections, "--per-host", connections)
    os.sync()
    cost = cost_of(command, folder, limit_s)
    if cost.status == 0:
        sites = tuple(folder.glob("site-*"))
        if wrong := wrong_files(sites, work.destination):
            sys.exit(f"{len(wrong)} wrong, such as {wrong[0]}")
    if work.destination.exists():
        put_away(work)
    return cost


def _told(cost: Cost) -> str:
    """How a run ended."""
    if cost.status is None:
        return f"more than {cost.wall:.2f} s"
    ending = "" if cost.status == 0 else f", exit status {cost.status}: {cost.errors.strip()[-200:]}"
    return f"{cost.wall:7.2f} s, CPU {cost.cpu:6.2f} s{ending}"
