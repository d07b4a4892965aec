"""The process pool: one dead, hanging or cancelled child costs exactly one picture."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image

from core.crashes import reports
from core.images.pool import ProcessPool
from core.images.recipe import Animation
from core.images.recipe_file import find_recipe
from core.images.task import PoolLimits, ProcessOutcome, ProcessTask, Terms
from core.settings import Settings
from tests.support.pictures import png_bytes
from tests.support.processes import process_table
from tests.unit.images.pictures import recipe

WAIT_S = 120.0
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
    pool = ProcessPool(PoolLimits(2), bench.deliver)
    yield pool
    pool.close()


def eventually(find: Callable[[], T | None]) -> T:
    """What is found as soon as there is something."""
    for _ in range(12_000):
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


def test_a_child_that_crashes_says_where(pool: ProcessPool, bench: Bench) -> None:
    victim = hang(pool, bench.task(0))
    os.kill(victim, signal.SIGSEGV)
    os.kill(victim, signal.SIGCONT)
    bench.wait_for(1)
    assert bench.errors() == {0: "worker-died"}
    (report,) = reports()
    text = report.read_text()
    for words in ("Process: picture ", "Pillow ", "Picture: ", "Fatal Python error: Segmentation fault"):
        assert words in text


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
    pool = ProcessPool(PoolLimits(1), bench.deliver)
    hang(pool, bench.task(0), children=1)
    pool.submit(bench.task(1))
    pool.drop(1)
    pool.drop(0)
    pool.submit(bench.task(2))
    bench.wait_for(1)
    pool.close()
    assert list(bench.answers) == [2]


def test_a_picture_that_takes_too_long(bench: Bench) -> None:
    pool = ProcessPool(PoolLimits(1, seconds=0.5), bench.deliver)
    hang(pool, bench.task(0), children=1)
    bench.wait_for(1)
    pool.close()
    assert bench.errors() == {0: "processing-timeout"}


def test_a_child_that_never_gets_ready_is_not_waited_for(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.images.pool._START_SECONDS", 0.0)
    pool = ProcessPool(PoolLimits(1), bench.deliver)
    pool.submit(bench.task(0))
    bench.wait_for(1)
    pool.close()
    assert bench.errors() == {0: "worker-died"}


def test_dropping_a_task_ends_its_child_inside_an_encoder(pool: ProcessPool, bench: Bench) -> None:
    Image.effect_noise((3000, 2000), 90).convert("RGB").save(bench.picture, "PNG", compress_level=0)
    part = str(bench.folder / "slow.part")
    pool.submit(ProcessTask(0, str(bench.picture), (part,), recipe(format="avif", effort=10, quality=95)))

    def encoding() -> int | None:
        """The child, once it takes more memory than the decoder does."""
        for child in list(pool._children):
            size = child._size() if child.task is not None else None
            if size is not None and size > (40 << 20) + 4 * 3000 * 2000 * 3:
                return child.process.pid
        return None

    victim = eventually(encoding)
    pool.drop(0)
    bench.picture.write_bytes(png_bytes(40, 30))
    pool.submit(bench.task(1))
    bench.wait_for(1)
    assert list(bench.answers) == [1]
    assert victim not in pool.pids()
    assert victim not in process_table()


def test_one_that_eats_memory_fails_alone(bench: Bench) -> None:
    huge = bench.folder / "huge.png"
    Image.new("RGBA", (9_000, 8_000)).save(huge, compress_level=1)
    pool = ProcessPool(PoolLimits(2, terms=Terms(memory=128 << 20)), bench.deliver)
    pool.submit(bench.task(0)._replace(source=str(huge)))
    for ticket in range(1, 8):
        pool.submit(bench.task(ticket))
    bench.wait_for(8)
    pids = pool.pids()
    pool.close()
    assert bench.errors() == {0: "too-large"}
    assert len(pids) == 2


@pytest.mark.skipif(sys.platform != "linux", reason="there alone memory is limited")
def test_an_animation_that_is_too_much_is_refused_with_a_way_out(bench: Bench) -> None:
    frames = [Image.new("L", (1000, 1000), at) for at in range(120)]
    film = bench.folder / "film.gif"
    frames[0].save(film, save_all=True, append_images=frames[1:], duration=40)
    pool = ProcessPool(PoolLimits(1, terms=Terms(memory=128 << 20)), bench.deliver)
    task = bench.task(0)._replace(source=str(film))
    pool.submit(task._replace(recipe=recipe(format="webp")))
    pool.submit(task._replace(ticket=1, recipe=recipe(format="webp", animation=Animation.FIRST)))
    bench.wait_for(2)
    pool.close()
    assert bench.errors() == {0: "too-large"}
    error = bench.answers[0].error
    assert error is not None
    assert "first frame" in error.hint


@pytest.mark.slow  # three pictures of 20 megapixels
def test_one_that_ends_in_an_encoder_for_want_of_memory_says_so(bench: Bench) -> None:
    """The encoder of AVIF crashes where it gets no memory, OpenJPEG calls it a broken stream: no fault of the picture's."""
    large = bench.folder / "large.jpg"
    Image.new("RGB", (5000, 4000), "teal").save(large, progressive=True)
    pool = ProcessPool(PoolLimits(1, terms=Terms(memory=32 << 20)), bench.deliver)
    for ticket, name in enumerate(("png", "jpeg2000", "avif")):
        what = recipe(format=name, effort=0)
        pool.submit(bench.task(ticket)._replace(source=str(large), recipe=what))
    bench.wait_for(3)
    pool.close()
    assert bench.errors() == {1: "too-large", 2: "too-large"}


def test_large_ones_take_turns_and_all_are_answered(bench: Bench) -> None:
    most = []

    class Watched(ProcessPool):
        def _hand_out(self) -> None:
            super()._hand_out()
            most.append(sum(child.reserved for child in self._children))

    large = bench.folder / "large.png"
    Image.new("RGB", (3000, 2500), "teal").save(large, compress_level=1)
    budget = 160 << 20
    pool = Watched(PoolLimits(3, terms=Terms(memory=budget)), bench.deliver)
    for ticket in range(12):
        task = bench.task(ticket)
        pool.submit(task._replace(source=str(large)) if ticket % 3 == 0 else task)
    bench.wait_for(12)
    pool.close()
    assert not bench.errors()
    assert budget // 2 < max(most) <= budget


def test_a_limit_for_pixels_reaches_the_children(bench: Bench) -> None:
    pool = ProcessPool(PoolLimits(1, terms=Terms(most_pixels=100_000)), bench.deliver)
    pool.submit(bench.task(0))
    bench.wait_for(1)
    before = set(pool.pids())
    pool.configure(PoolLimits(1))
    eventually(lambda: True if before.isdisjoint(pool.pids()) else None)
    pool.submit(bench.task(1))
    bench.wait_for(2)
    pool.close()
    assert bench.errors() == {0: "too-large"}
    error = bench.answers[0].error
    assert error is not None
    assert error.message == "The picture has more than 0.1 megapixels."
    assert Settings.trait("most_megapixels").title in error.hint


def test_children_are_replaced_and_nothing_is_lost(bench: Bench) -> None:
    served: list[int] = []
    fewest: list[int] = []

    class Watched(ProcessPool):
        def _hand_out(self) -> None:
            super()._hand_out()
            fewest.append(sum(child.is_warm for child in self._children))
            served.extend(pid for pid in self.pids() if pid not in served)

    bench.picture.write_bytes(png_bytes(40, 30))
    pool = Watched(PoolLimits(2, pictures=20), bench.deliver)
    eventually(lambda: True if fewest and fewest[-1] == 2 else None)
    del fewest[:]
    for ticket in range(500):
        pool.submit(bench.task(ticket))
    bench.wait_for(500)
    left = pool.pids()
    pool.close()
    assert sorted(bench.answers) == list(range(500))
    assert not bench.errors()
    assert min(fewest) == 2, "nobody left before there was another"
    assert len(served) > 2
    assert len(left) <= 3


def test_a_child_that_stays_large_is_replaced(bench: Bench) -> None:
    pool = ProcessPool(PoolLimits(1, growth=-(1 << 30)), bench.deliver)
    first = eventually(lambda: pool.pids() or None)
    for ticket in range(20):
        pool.submit(bench.task(ticket))
    bench.wait_for(20)
    eventually(lambda: True if not set(first) & set(pool.pids()) else None)
    pool.close()
    assert not bench.errors()


def test_resizing(pool: ProcessPool, bench: Bench) -> None:
    pool.configure(PoolLimits(3))
    for ticket in range(6):
        pool.submit(bench.task(ticket))
    bench.wait_for(6)
    assert len(pool.pids()) == 3
    pool.configure(PoolLimits(1))
    pool.submit(bench.task(6))
    bench.wait_for(7)
    pool.submit(bench.task(7))
    bench.wait_for(8)
    assert len(pool.pids()) == 1


def test_closing_leaves_nobody_and_may_be_done_twice(bench: Bench) -> None:
    pool = ProcessPool(PoolLimits(2), bench.deliver)
    hang(pool, bench.task(0))
    pids = pool.pids()
    pool.close()
    pool.close()
    pool.submit(bench.task(1))
    assert not set(pids) & set(process_table())
    assert not bench.answers
