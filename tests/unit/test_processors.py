"""On which processors threads and children run: really asked of the system."""

import os
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from queue import SimpleQueue

import pytest

from core.images.pool import ProcessPool
from core.images.recipe_file import find_recipe
from core.images.task import PoolLimits, ProcessOutcome, ProcessTask
from core.processors import ALL, Processors

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets threads be placed"),
    pytest.mark.skipif(len(ALL) < 2, reason="there is one processor only"),
]
MANY, FEW = 16, 1
SLOW, FAST = 1e6, 1e9


@pytest.fixture
def processors() -> Iterator[Processors]:
    """Whatever the test does, the others may run anywhere again."""
    processors = Processors()
    yield processors
    processors.suit(0, 0.0)


def places() -> set[frozenset[int]]:
    """Where this process's threads may run."""
    return {frozenset(os.sched_getaffinity(int(thread))) for thread in os.listdir("/proc/self/task")}  # noqa: PTH208  # their numbers


def test_many_small_transfers_share_one_processor(processors: Processors) -> None:
    ended = threading.Event()
    thread = threading.Thread(target=ended.wait)
    thread.start()
    processors.suit(MANY, SLOW)
    (place,) = places()
    assert len(place) == 1
    assert place < ALL
    ended.set()
    thread.join()


@pytest.mark.parametrize(("running", "rate"), [(FEW, SLOW), (MANY, FAST), (0, 0.0)])
def test_few_or_large_ones_spread(processors: Processors, running: int, rate: float) -> None:
    processors.suit(MANY, SLOW)
    processors.suit(running, rate)
    assert places() == {ALL}


def test_now_and_then_all_may_move(processors: Processors, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("core.processors.time.monotonic", lambda: now)
    processors.suit(MANY, SLOW)
    now += 1.9
    processors.suit(MANY, SLOW)
    assert places() != {ALL}
    now += 0.2
    processors.suit(MANY, SLOW)
    assert places() == {ALL}
    processors.suit(MANY, SLOW)
    assert places() != {ALL}


def test_a_child_runs_anywhere(processors: Processors, tmp_path: Path) -> None:
    processors.suit(MANY, SLOW)
    answers: SimpleQueue[ProcessOutcome] = SimpleQueue()
    pool = ProcessPool(PoolLimits(1), answers.put)
    pool.submit(
        ProcessTask(1, str(tmp_path / "none.png"), (str(tmp_path / "made.part"),), find_recipe("jpeg"))
    )
    assert answers.get(timeout=60).error is not None
    assert [frozenset(os.sched_getaffinity(child)) for child in pool.pids()] == [ALL]
    pool.close()
