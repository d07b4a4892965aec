"""The speed limit, by a clock that only moves when somebody waits."""

import heapq
import threading
from collections.abc import Callable

import pytest

from core.downloads.session import Stop, Wire
from core.downloads.throttle import READ_SIZE, Throttle

KB, MB = 1000, 1_000_000


class Clock:
    """Stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


class Sleeper(Wire):
    """Lets the clock move instead of waiting."""

    def __init__(self, clock: Clock, meanwhile: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._clock = clock
        self._meanwhile = meanwhile

    def wait_for_cut(self, seconds: float) -> bool:
        self._clock.now += seconds
        self._meanwhile()
        return False


class Crowd:
    """Lanes that read as soon as it is their turn, from servers that send as fast as they are said to."""

    def __init__(self, lanes: int, server: float = 1e9) -> None:
        self.clock = Clock()
        self.throttle = Throttle(self.clock)
        self.taken = 0
        self._server = server
        self._lanes: list[tuple[float, int]] = []
        self._count = lanes
        self.begin()

    def begin(self) -> None:
        """All lanes have something to read."""
        self._lanes = [(self.clock.now, number) for number in range(self._count)]
        for _ in self._lanes:
            self.throttle.begin()

    def rest(self, seconds: float) -> None:
        """Nobody has, for so long."""
        for _ in self._lanes:
            self.throttle.end()
        self.clock.now += seconds
        self.begin()

    def run(self, seconds: float) -> int:
        """How many bytes are taken in that time."""
        end, before = self.clock.now + seconds, self.taken
        while self._lanes[0][0] < end:
            at, number = heapq.heappop(self._lanes)
            self.clock.now = max(self.clock.now, at)
            turn = self.throttle.book()
            at = max(self.clock.now, turn.due)
            if at < end:
                self.taken += turn.size
                heapq.heappush(self._lanes, (at + turn.size / self._server, number))
            else:  # as in wait: what is not due yet is booked again where the limit changes
                self.throttle.settle(turn, 0)
                heapq.heappush(self._lanes, (end, number))
        self.clock.now = end
        return self.taken - before


@pytest.mark.parametrize("lanes", [1, 8, 32, 64])
@pytest.mark.parametrize("rate", [1024, 50 * KB, MB, 50 * MB])
def test_from_the_first_byte_on_it_is_the_limit(rate: int, lanes: int) -> None:
    crowd = Crowd(lanes)
    crowd.throttle.set_rate(rate)
    assert crowd.run(10) == pytest.approx(10 * rate, rel=0.06 if rate == 1024 else 0.03)
    assert crowd.run(10) == pytest.approx(10 * rate, rel=0.06 if rate == 1024 else 0.03)


@pytest.mark.parametrize("lanes", [1, 8, 32])
def test_a_change_holds_at_once(lanes: int) -> None:
    crowd = Crowd(lanes)
    crowd.throttle.set_rate(MB)
    crowd.run(3)
    for rate in (5 * MB, 50 * KB, 2 * MB):
        crowd.throttle.set_rate(rate)
        assert crowd.run(10) == pytest.approx(10 * rate, rel=0.03), rate
    crowd.throttle.set_rate(None)
    assert crowd.run(1) > 500 * MB


@pytest.mark.parametrize("seconds", [0.5, 1.9, 3600])
def test_what_idle_time_has_left_is_gone(seconds: float) -> None:
    crowd = Crowd(8)
    crowd.throttle.set_rate(MB)
    crowd.rest(seconds)
    assert crowd.run(10) == pytest.approx(10 * MB, rel=0.03)
    crowd.rest(seconds)
    assert crowd.run(10) == pytest.approx(10 * MB, rel=0.03)


def test_what_is_left_between_two_files_is_had_later() -> None:
    crowd = Crowd(1)
    crowd.throttle.set_rate(MB)
    begun = crowd.clock.now
    while crowd.clock.now < begun + 10:
        crowd.run(0.02)
        crowd.rest(0.05)
    assert crowd.taken == pytest.approx(10 * MB, rel=0.03)


@pytest.mark.parametrize("share", [0.01, 0.5, 3.0], ids=["slow server", "ends of files", "compressed"])
def test_what_comes_counts_and_not_what_was_booked(share: float) -> None:
    clock = Clock()
    throttle, taken = Throttle(clock), 0
    throttle.set_rate(MB)
    wire, end = Sleeper(clock), clock.now + 10
    while clock.now < end:
        turn = throttle.wait(wire)
        received = round(turn.size * share)
        throttle.settle(turn, received)
        taken += received
    assert taken == pytest.approx(10 * MB, rel=0.03)


def test_what_a_moment_has_left_is_had_later() -> None:
    clock = Clock()
    throttle, taken = Throttle(clock), 0
    throttle.set_rate(MB)
    wire, end, turns = Sleeper(clock), clock.now + 10, 0
    while clock.now < end:
        taken += throttle.wait(wire).size
        turns += 1
        clock.now += 1.5 if turns % 450 == 0 else 0.001  # the disk takes its time, now and then much of it
    assert taken == pytest.approx(10 * MB, rel=0.03)


def test_lanes_with_slow_servers_do_not_hold_up_the_others() -> None:
    crowd = Crowd(1)
    crowd.throttle.set_rate(100 * KB)
    for _ in range(31):
        crowd.throttle.book()  # and nothing ever comes
    assert crowd.run(10) == pytest.approx(MB, rel=0.05)


def test_without_a_limit_nobody_waits() -> None:
    clock = Clock()
    assert Throttle(clock).wait(Sleeper(clock)).size == READ_SIZE
    assert clock.now == 1000.0


def test_who_waits_hears_of_another_limit() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    throttle.set_rate(1024)
    for _ in range(1000):
        throttle.book()
    wire = Sleeper(clock, lambda: throttle.set_rate(100 * MB))
    assert throttle.wait(wire).rate == 100 * MB
    assert clock.now <= 1000.2


def test_the_same_limit_again_forgets_nothing() -> None:
    crowd = Crowd(4)
    taken = 0
    for _ in range(100):
        crowd.throttle.set_rate(MB)
        taken += crowd.run(0.1)
    assert taken == pytest.approx(10 * MB, rel=0.03)


def test_a_held_transfer_can_be_cut_and_the_limit_lifted() -> None:
    throttle = Throttle()
    throttle.set_rate(1024)
    for _ in range(1000):
        throttle.book()
    cut, free = Wire(), Wire()
    holding = [threading.Thread(target=throttle.wait, args=(wire,)) for wire in (cut, free)]
    for thread in holding:
        thread.start()
    cut.cut(Stop.DISCARD)
    holding[0].join(10)
    assert not holding[0].is_alive()
    throttle.set_rate(None)
    holding[1].join(10)
    assert not holding[1].is_alive()
