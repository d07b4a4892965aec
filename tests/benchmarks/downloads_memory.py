"""What lists of different lengths take: peak memory and time, a process each."""

import tempfile
from pathlib import Path
from typing import Final

from tests.benchmarks.download_rows import KIB, Files, Work, fetchmill, make_files, write_lists
from tests.support.costs import cost_of, must_succeed
from tests.support.nginx import nginx_serving

_COUNTS: Final = (10, 1_000, 100_000)
_SIZE: Final = 4 * KIB


def measure_memory(parent: Path | None) -> None:
    """Download that many files of 4 KB; print the peak of each run, and what each job adds to that of the shortest list."""
    least = 0
    for count in _COUNTS:
        with tempfile.TemporaryDirectory(prefix="fetchmill-bench-", dir=parent) as name:
            folder = Path(name)
            names = make_files(folder / "site", Files(count, _SIZE, _SIZE))
            with nginx_serving(folder / "site") as base:
                write_lists(folder / "lists", [f"{base}/{name}" for name in names])
                command = fetchmill(Work(folder / "lists", folder / "made"))
                cost = must_succeed(command, cost_of(command, folder))
            made = sum(path.suffix == ".bin" for path in (folder / "made").iterdir())
            least = least or cost.memory
            print(
                f"{count:7,} files: peak {cost.memory / 1e6:5.0f} MB, {(cost.memory - least) / count:5.0f} bytes a job more, "
                f"{cost.wall:6.1f} s, CPU {cost.cpu:6.1f} s, {made:,} made",
                flush=True,
            )
