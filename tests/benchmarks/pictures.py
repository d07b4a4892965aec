"""Pictures against vipsthumbnail, aria2 and img2dataset: ``python -m tests.benchmarks.pictures [--rounds 5] [--only ROW]``.

Wall clock of whole processes on real photographs, two workers on each side, in turn first and last. Then what speed has
cost: PSNR and SSIM of both against a lossless resize of the whole picture. FETCHMILL_PHOTOS names the photographs.

vipsthumbnail is started by ``xargs -P2`` with one thread each: for one picture at a time, against which the wanted ratios
stand, and for 25, which was its fastest here. img2dataset is left out where IMG2DATASET names no such program.
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

from tests.benchmarks.picture_quality import print_memory, print_quality
from tests.benchmarks.picture_rows import IMG2DATASET, ROWS, Row, Work, prepared
from tests.support import photographs
from tests.support.costs import Cost, compiled, cost_of, first_line, must_succeed, stolen_seconds

OURS: Final = "fetchmill-cli run"


def measure(row: Row, rounds: int, work: Work) -> dict[str, list[Cost]]:
    """What each program took, round by round."""
    costs: dict[str, list[Cost]] = defaultdict(list)
    for number in range(rounds):
        contestants = list(row.commands.items())
        for title, command in contestants if number % 2 else reversed(contestants):
            if work.made.exists():
                shutil.rmtree(work.made)
            work.made.mkdir()
            words = command(work)
            os.sync()  # nobody pays for what another one has left to be written
            cost = must_succeed(words, cost_of(words, work.folder))
            made = row.count(work.made)
            if made < work.pictures:
                sys.exit(f"{title} made {made} of {work.pictures} pictures")
            costs[title].append(cost)
            print(f"  round {number + 1} {title:38} {cost.wall:7.2f} s", flush=True)
    return costs


def print_row(row: Row, costs: dict[str, list[Cost]]) -> None:
    """Medians, and the ratio to each of the others."""
    wall = {title: statistics.median(cost.wall for cost in found) for title, found in costs.items()}
    for title, found in costs.items():
        cpu = statistics.median(cost.cpu for cost in found)
        memory = max(cost.memory for cost in found)
        print(f"  {title:38} {wall[title]:7.2f} s, CPU {cpu:6.2f} s, largest process {memory / 1e6:4.0f} MB")
    for title, theirs in wall.items():
        if title == OURS:
            continue
        ratio = wall[OURS] / theirs
        pairs = [a.wall / b.wall for a, b in zip(costs[OURS], costs[title], strict=True)]
        words = f"  ratio to {title}: {ratio:.2f} (rounds {min(pairs):.2f} to {max(pairs):.2f})"
        if title in row.wanted:
            most, best = row.wanted[title]
            word = "best" if ratio <= best else "met" if ratio <= most else "MISSED"
            words += f", wanted at most {most:g}, at best {best:g}: {word}"
        print(words)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.pictures", description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", choices=ROWS, action="append", help="this row; may be given again")
    parser.add_argument("--folder", type=Path, help="where to put the files (default: the system's for such)")
    parser.add_argument("--quality", action="store_true", help="quality and memory only")
    options = parser.parse_args()
    absent = [name for name in ("vipsthumbnail", "xargs", "aria2c") if shutil.which(name) is None]
    if photographs.FOLDER is None or absent:
        sys.exit(f"{photographs.REASON}; not installed: {' '.join(absent) or 'nothing else'}")
    print(first_line("vipsthumbnail", "--version"))
    print(first_line("aria2c", "--version"))
    print(f"img2dataset: {IMG2DATASET or 'left out'}")
    print(f"Python {sys.version.split()[0]}, {os.cpu_count()} CPUs, load {os.getloadavg()[0]:.2f}")
    with compiled():
        for key in () if options.quality else options.only or ROWS:
            row = ROWS[key]
            print(f"\n{key}: {row.title}", flush=True)
            with (
                tempfile.TemporaryDirectory(prefix="fetchmill-bench-", dir=options.folder) as name,
                prepared(row, photographs.FOLDER, Path(name)) as work,
            ):
                before = stolen_seconds()
                print_row(row, measure(row, options.rounds, work))
                print(f"  processors taken away by the host for {stolen_seconds() - before:.2f} s")
        if options.quality or not options.only:
            with tempfile.TemporaryDirectory(prefix="fetchmill-bench-", dir=options.folder) as name:
                print_quality(photographs.FOLDER, Path(name))
                print_memory(Path(name))


if __name__ == "__main__":
    main()
