"""What a long list costs on disk and in memory: ``python -m tests.benchmarks.queue_file [--jobs N ...]``.

Each figure comes from a process of its own. *store*: the queue file alone; *engine*: with the engine around it, from
the drop of a list file until its batch is on disk, and from a new start until ``ready``. Memory is what the process
grew by (RSS), and its peak.
"""

import argparse
import json
import resource
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import SimpleQueue
from time import perf_counter
from typing import Final

from PySide6.QtCore import QCoreApplication

from core.allocation import give_back_large_blocks
from core.engine import Engine
from core.job import BatchId, BatchReport, Drop, JobId, JobRequest, SourceKind
from core.job_queue import JobQueue
from core.settings import Settings
from core.store import Store
from core.store_messages import Answer
from tests.support.engines import close
from tests.support.waiting import wait_for_signal

_CHUNK: Final = 500
_LIMIT_S: Final = 600.0
_PAGE: Final = resource.getpagesize()
Figures = dict[str, float]


def url(number: int) -> str:
    """A line of the list; as long as most are."""
    return f"https://images-{number % 50}.example.org/photos/2024/{number % 1_000:03}/picture-{number:07}.jpg"


def memory() -> int:
    """Bytes that this process has in RAM (proc(5))."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE


@contextmanager
def measured(figures: Figures, name: str, jobs: int) -> Iterator[None]:
    """Seconds, and bytes of RAM a job."""
    before, begun = memory(), perf_counter()
    yield
    figures[f"{name}_s"] = perf_counter() - begun
    figures[f"{name}_bytes_per_job"] = (memory() - before) / jobs
    figures["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def store_adds(folder: Path, jobs: int) -> Figures:
    """Add a batch, until it is on disk."""
    figures: Figures = {}
    store = Store(folder / "queue.sqlite", keeps_jobs=True)
    answers: SimpleQueue[Answer] = SimpleQueue()
    list(store.open())
    store.begin(answers.put)
    queue = JobQueue()
    requests = [JobRequest(url(number), SourceKind.URL) for number in range(jobs)]
    snapshots = [job.first_snapshot() for job in queue.add(requests, BatchId(1))]
    with measured(figures, "added", jobs):
        for begin in range(0, jobs, _CHUNK):
            store.add(BatchId(1), tuple(snapshots[begin : begin + _CHUNK]))
        store.end_batch(BatchReport(BatchId(1), "a list", jobs, 0, 0, 0))
        answers.get(timeout=_LIMIT_S)
    store.close(_LIMIT_S)
    figures["disk_bytes_per_job"] = (folder / "queue.sqlite").stat().st_size / jobs
    return figures


def store_loads(folder: Path, jobs: int) -> Figures:
    """Read all of it, and keep nothing."""
    figures: Figures = {}
    store = Store(folder / "queue.sqlite", keeps_jobs=True)
    last = JobId(0)
    with measured(figures, "loaded", jobs):
        for found in store.open():
            last = found[-1].id
    assert last == jobs, last
    store.close()
    return figures


def engine_adds(folder: Path, jobs: int) -> Figures:
    """Drop a list file, until its batch is on disk."""
    figures: Figures = {}
    listing = folder / "list.txt"
    listing.write_text("\n".join(map(url, range(jobs))), encoding="utf-8")
    _application = QCoreApplication([])
    engine = Engine(Settings(), Store(folder / "engine.sqlite", keeps_jobs=True))
    wait_for_signal(engine.ready, engine.announce)
    with measured(figures, "added", jobs):
        drop = Drop(sources=(str(listing),))
        wait_for_signal(engine.batch_added, lambda: engine.add(drop), timeout_s=_LIMIT_S)
    close(engine, _LIMIT_S)
    return figures


def engine_loads(folder: Path, jobs: int) -> Figures:
    """Start again, until it is ready."""
    figures: Figures = {}
    _application = QCoreApplication([])
    engine = Engine(Settings(), Store(folder / "engine.sqlite", keeps_jobs=True))
    with measured(figures, "loaded", jobs):
        wait_for_signal(engine.ready, engine.announce, timeout_s=_LIMIT_S)
    close(engine, _LIMIT_S)
    return figures


STEPS: Final[dict[str, Callable[[Path, int], Figures]]] = {
    step.__name__: step for step in (store_adds, store_loads, engine_adds, engine_loads)
}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.queue_file", description=__doc__)
    parser.add_argument("--jobs", type=int, nargs="+", default=[100_000, 1_000_000])
    parser.add_argument("--step", choices=STEPS, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.step:
        give_back_large_blocks()  # as the processes do that have an engine
        print(json.dumps(STEPS[options.step](options.folder, options.jobs[0])))
        return
    for jobs in options.jobs:
        print(f"{jobs:,} jobs")
        with tempfile.TemporaryDirectory() as folder:
            for step in STEPS:
                command = [sys.executable, "-m", "tests.benchmarks.queue_file"]
                command += ["--step", step, "--folder", folder, "--jobs", str(jobs)]
                ended = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
                figures: Figures = json.loads(ended.stdout)
                print(f"  {step:13}", ", ".join(f"{name} {value:,.2f}" for name, value in figures.items()))


if __name__ == "__main__":
    main()
