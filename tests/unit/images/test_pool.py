"""The process pool: one dead, hanging or cancelled child costs exactly one picture."""

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest

from core.images.pool import ProcessPool
from core.images.recipe_file import find_recipe
from core.images.task import ProcessOutcome, ProcessTask
from tests.support.pictures import png_bytes
from tests.support.processes import process_table

WAIT_S = 30.0
T = TypeVar("T")


class Bench:
    """A pool, pictures for it, and its answers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.answers: dict[int, ProcessOutcome] = {}
        self._news = threading.Condition()
        self.picture = folder / "a.png"
        self.picture.write_bytes(png_bytes(400, 300))

    def deliver(self, outcome: ProcessOutcome) -> None:
        with self._news:
            assert outcome.ticket not in self.answers, "answered twice"
            self.answers[outcome.ticket] = outcome
            self._news.notify_all()

    def wait_for(self, count: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.answers) >= count, WAIT_S), self.answers

    def task(self, ticket: int) -> ProcessTask:
        part = str(self.folder / f"{ticket}.part")
        return ProcessTask(ticket, str(self.picture), (part,), find_recipe("jpeg"))

    def errors(self) -> dict[int, str]:
        return {ticket: answer.error.code for ticket, answer in self.answers.items() if answer.error}


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def pool(bench: Bench) -> Iterator[ProcessPool]:
    pool = ProcessPool(2, bench.deliver)
    yield pool
    pool.close()


def eventually(find: Callable[[], T | None]) -> T:
    """What is found as soon as there is something."""
    for _ in range(3000):
        found = find()
        if found is not None:
            return found
        threading.Event().wait(0.01)
    raise AssertionError("it never was")


def hang(pool: ProcessPool, task: ProcessTask, children: int = 2) -> int:
    """Have a child take the task and never come back; its process id."""

    def warm() -> list[int] | None:
        found = [child.process.pid or 0 for child in list(pool._children) if child.is_warm]
        return found if len(found) == children else None

    def taken() -> int | None:
        found = [child for child in list(pool._children) if child.task is not None]
        return found[0].process.pid if found else None

    pids = eventually(warm)
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    pool.submit(task)
    victim = eventually(taken)
    for pid in pids:
        if pid != victim:
            os.kill(pid, signal.SIGCONT)
    return victim


def test_every_task_is_answered_once(pool: ProcessPool, bench: Bench) -> None:
    for ticket in range(30):
        pool.submit(bench.task(ticket))
    bench.wait_for(30)
    assert not bench.errors()
    assert len(list(bench.folder.glob("*.part"))) == 30


def test_a_killed_child_fails_its_own_picture_only(pool: ProcessPool, bench: Bench) -> None:
    victim = hang(pool, bench.task(0))
    for ticket in range(1, 10):
        pool.submit(bench.task(ticket))
    os.kill(victim, signal.SIGKILL)
    bench.wait_for(10)
    assert bench.errors() == {0: "worker-died"}
    assert victim not in pool.pids()


def test_an_idle_child_that_is_killed_costs_nothing(pool: ProcessPool, bench: Bench) -> None:
    pool.submit(bench.task(0))
    bench.wait_for(1)
    old = set(pool.pids())
    for pid in old:
        os.kill(pid, signal.SIGKILL)
    eventually(lambda: True if old.isdisjoint(pool.pids()) and len(pool.pids()) == 2 else None)
    for ticket in range(1, 5):
        pool.submit(bench.task(ticket))
    bench.wait_for(5)
    assert not bench.errors()


def test_newborn_children_that_are_killed_cost_nothing(pool: ProcessPool, bench: Bench) -> None:
    for ticket in range(4):
        pool.submit(bench.task(ticket))
    for _ in range(8):
        for child in list(pool._children):
            if not child.is_warm and child.process.pid is not None:
                with suppress(ProcessLookupError):  # the pool may have noticed already
                    os.kill(child.process.pid, signal.SIGKILL)
    bench.wait_for(4)
    assert not bench.errors()


def test_dropping_a_task_ends_its_child_and_nobody_elses(pool: ProcessPool, bench: Bench) -> None:
    victim = hang(pool, bench.task(0))
    pool.drop(0)
    for ticket in range(1, 6):
        pool.submit(bench.task(ticket))
    bench.wait_for(5)
    assert 0 not in bench.answers
    assert not bench.errors()
    assert victim not in process_table()


def test_dropping_what_waits(bench: Bench) -> None:
    pool = ProcessPool(1, bench.deliver)
    hang(pool, bench.task(0), children=1)
    pool.submit(bench.task(1))
    pool.drop(1)
    pool.drop(0)
    pool.submit(bench.task(2))
    bench.wait_for(1)
    pool.close()
    assert list(bench.answers) == [2]


def test_a_picture_that_takes_too_long(bench: Bench) -> None:
    pool = ProcessPool(1, bench.deliver, time_limit=0.5)
    hang(pool, bench.task(0), children=1)
    bench.wait_for(1)
    pool.close()
    assert bench.errors() == {0: "processing-timeout"}


def test_resizing(pool: ProcessPool, bench: Bench) -> None:
    pool.resize(3)
    for ticket in range(6):
        pool.submit(bench.task(ticket))
    bench.wait_for(6)
    assert len(pool.pids()) == 3
    pool.resize(1)
    pool.submit(bench.task(6))
    bench.wait_for(7)
    pool.submit(bench.task(7))
    bench.wait_for(8)
    assert len(pool.pids()) == 1


def test_closing_leaves_nobody_and_may_be_done_twice(bench: Bench) -> None:
    pool = ProcessPool(2, bench.deliver)
    hang(pool, bench.task(0))
    pids = pool.pids()
    pool.close()
    pool.close()
    pool.submit(bench.task(1))
    assert not set(pids) & set(process_table())
    assert not bench.answers
