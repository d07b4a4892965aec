"""Downloads against curl and aria2: ``python -m tests.benchmarks.downloads [--rounds 5] [--only ROW]``.

Wall clock of whole processes, the journal on, from servers on this computer. Each round runs all programs of a row, in
turn first and last; every file that they make is looked at. ``--learned`` compares the number of connections that is
chosen by itself with fixed ones, ``--memory`` shows what lists of 10 to 100,000 files take.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import Final

from tests.benchmarks.download_rows import (
    ROWS,
    Peer,
    Row,
    Work,
    fetchmill,
    make_files,
    put_away,
    write_lists,
    wrong_files,
)
from tests.benchmarks.downloads_learned import measure_learned
from tests.benchmarks.downloads_memory import measure_memory
from tests.support import nginx
from tests.support.costs import Cost, compiled, cost_of, first_line, must_succeed, stolen_seconds

OURS: Final = Peer(sys.executable, "fetchmill-cli run", fetchmill)
_OTHERS: Final = ("curl", "aria2c", "wget2")
_START_ROUNDS: Final = 3
_SPARE: Final = 1 << 28  # bytes of room beside the files themselves


def seconds_to_start(folder: Path) -> float:
    """From the start of the process until all is imported, as the command does it."""
    command = [sys.executable, "-c", "import core.cli; core.cli.collect_seldom(); import core.cli_run"]
    must_succeed(command, cost_of(command, folder))  # the first one compiles
    return statistics.median(
        must_succeed(command, cost_of(command, folder)).wall for _ in range(_START_ROUNDS)
    )


def measure(row: Row, rounds: int, folder: Path) -> dict[Peer, list[Cost]]:
    """What each program took, round by round."""
    costs: dict[Peer, list[Cost]] = defaultdict(list)
    programs = [OURS, *(peer for peer in row.peers if shutil.which(peer.program))]
    names = make_files(folder / "site", row.files)
    with row.server(folder / "site") as base:
        write_lists(folder / "lists", [f"{base}/{name}" for name in names])
        for number in range(rounds):
            for peer in programs if number % 2 else reversed(programs):
                costs[peer].append(one_round(peer, row, folder))
                print(f"  round {number + 1} {peer.title:30} {costs[peer][-1].wall:7.2f} s", flush=True)
    return costs


def one_round(peer: Peer, row: Row, folder: Path) -> Cost:
    """Run one program once, and look at what it has made."""
    work = Work(folder / "lists", folder / "made")
    command = peer.command(work)
    if peer is OURS:
        command += row.options
    os.sync()  # nobody pays for what another one has left to be written
    cost = must_succeed(command, cost_of(command, folder))
    if wrong := wrong_files([folder / "site"], work.destination):
        sys.exit(f"{peer.title}: {len(wrong)} wrong, such as {wrong[0]}")
    put_away(work)
    return cost


def print_row(row: Row, costs: dict[Peer, list[Cost]], start: float) -> None:
    """Medians, and the ratio to the fastest peer."""
    wall = {peer: statistics.median(cost.wall for cost in found) for peer, found in costs.items()}
    for peer, found in costs.items():
        cpu = statistics.median(cost.cpu for cost in found)
        memory = max(cost.memory for cost in found)
        after = f" ({wall[peer] - start:.2f} s after imports)" if peer is OURS else ""
        print(f"  {peer.title:30} {wall[peer]:7.2f} s, CPU {cpu:6.2f} s, peak {memory / 1e6:4.0f} MB{after}")
    for peer in row.peers:
        if peer not in wall:
            print(f"  {peer.title}: not installed")
    if len(wall) == 1:
        return
    fastest = min((peer for peer in wall if peer is not OURS), key=wall.__getitem__)
    ratio = wall[OURS] / wall[fastest]
    pairs = [ours.wall / theirs.wall for ours, theirs in zip(costs[OURS], costs[fastest], strict=True)]
    word = "best" if ratio <= row.best else "met" if ratio <= row.most else "MISSED"
    print(
        f"  ratio to {fastest.title}: {ratio:.2f} (rounds {min(pairs):.2f} to {max(pairs):.2f}; "
        f"{(wall[OURS] - start) / wall[fastest]:.2f} after imports), "
        f"wanted at most {row.most:g}, at best {row.best:g}: {word}"
    )


def print_versions(folder: Path) -> None:
    """What takes part, and where."""
    for program in _OTHERS:
        print(first_line(program, "--version"))
    print(first_line(str(nginx.PATH), "-v"))
    free = shutil.disk_usage(folder).free / 1e9
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.2f}")
    print(f"files on {first_line('stat', '-f', '-c', '%T', folder)} ({free:.0f} GB free)")


def table(keys: list[str], rounds: int, parent: Path | None) -> None:
    """Measure and print these rows."""
    for key in keys:
        row = ROWS[key]
        print(f"\n{key}: {row.title}", flush=True)
        with tempfile.TemporaryDirectory(prefix="fetchmill-bench-", dir=parent) as name:
            needed = 2 * sum(row.files.sizes) + _SPARE
            if shutil.disk_usage(name).free < needed:
                print(f"  left out: {needed / 1e9:.1f} GB are needed there")
                continue
            start, before = seconds_to_start(Path(name)), stolen_seconds()
            costs = measure(row, rounds, Path(name))
            print_row(row, costs, start)
            print(
                f"  start-up {start:.2f} s; processors taken away by the host for {stolen_seconds() - before:.2f} s"
            )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.downloads", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=ROWS, action="append", help="this row; may be given again")
    parser.add_argument("--folder", type=Path, help="where to put the files (default: the system's for such)")
    parser.add_argument("--learned", action="store_true", help="auto against fixed numbers of connections")
    parser.add_argument("--memory", action="store_true", help="peak memory for 10, 1,000 and 100,000 files")
    options = parser.parse_args()
    if nginx.PATH is None:
        sys.exit(nginx.REASON)
    print_versions(options.folder or Path(tempfile.gettempdir()))
    with compiled():
        if options.learned:
            measure_learned(options.rounds, options.folder)
        elif options.memory:
            measure_memory(options.folder)
        else:
            table(options.only or list(ROWS), options.rounds, options.folder)


if __name__ == "__main__":
    main()
