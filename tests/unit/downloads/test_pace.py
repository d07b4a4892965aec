"""The learned pace, against simulated servers: never much slower than the best fixed number of connections.

The servers are models in virtual time; the real ones are those of ``tests.benchmarks.downloads --learned``.
"""

from collections.abc import Callable
from heapq import heappop, heappush

import pytest

from core.downloads.lane import TransferOutcome
from core.downloads.pace import FIRST, Pace, Paces
from core.downloads.part_file import PartFile
from core.errors import HttpStatusError

FIXED = (1, 2, 4, 8, 16, 32, 64)
_TICK = 0.1


class Server:
    """One host.

    Args:
        latency: Seconds to an answer's headers when nobody else asks.
        service: Seconds of its processors for an answer; it has two.
        body: Seconds that the body takes on each connection.
        size: Bytes of a body.
        most: Connections that it bears; it refuses those beyond.
    """

    def __init__(
        self,
        latency: float,
        service: float = 0.0,
        body: float = 0.0,
        size: int = 10_000,
        most: int | None = None,
    ) -> None:
        self.latency = latency
        self.service = service
        self.body = body
        self.size = size
        self.most = most
        self.free_at = [0.0, 0.0]
        self.busy = 0

    def answer(self, now: float) -> tuple[float, float | None]:
        """When the headers come, and when the body has; None for a refusal."""
        if self.busy == self.most:
            return now + self.latency / 10, None
        self.busy += 1
        begun = max(now, heappop(self.free_at))
        heappush(self.free_at, begun + self.service)
        headers = begun + self.service + self.latency
        return headers, headers + self.body


def seconds(server: Server, files: int, fixed: int | None) -> float:
    """How long it takes to get all files; learned for None."""
    pace, now, running, left = Pace(0.0), 0.0, 0, files
    events: list[tuple[float, int, str, float]] = [(_TICK, 0, "tick", 0.0)]
    number, kept, flowed, waiting = 1, 0, 0, 0
    while left or running or waiting:
        while left and running < (fixed or pace.limit):
            running, left, number = running + 1, left - 1, number + 1
            headers, end = server.answer(now)
            waited = headers - now if kept else -1.0
            kept = max(0, kept - 1)
            heappush(
                events,
                (headers if end is None else end, number, "refused" if end is None else "done", waited),
            )
        now, _, what, waited = heappop(events)
        if what == "tick":
            pace.flowed(
                flowed + int(running * server.size * _TICK / server.body) if server.body else flowed,
                running,
                now,
            )
            flowed, number = 0, number + 1
            heappush(events, (now + _TICK, number, "tick", 0.0))
        elif what == "again":
            left, waiting = left + 1, waiting - 1
        else:
            running -= 1
            if what == "refused":
                number, waiting = number + 1, waiting + 1
                heappush(events, (now + 0.25, number, "again", 0.0))
                pace.refused(running, now)
            else:
                server.busy -= 1
                kept += 1
                flowed += 0 if server.body else server.size
                if waited >= 0:
                    pace.answered(waited, running + 1, now)
    return now


SERVERS: dict[str, tuple[Callable[[], Server], int]] = {
    "plain and fast": (lambda: Server(0.0003, service=0.0008), 5_000),
    "50 ms": (lambda: Server(0.050), 10_000),
    "1 MB/s a connection": (lambda: Server(0.001, body=2.0, size=2_000_000), 1_000),
    "refuses above 8": (lambda: Server(0.050, most=8), 2_000),
}


@pytest.mark.parametrize("name", SERVERS)
def test_it_is_as_fast_as_the_best_fixed_number(name: str) -> None:
    make, files = SERVERS[name]
    best = min(seconds(make(), files, fixed) for fixed in FIXED)
    assert seconds(make(), files, None) <= 1.05 * best


def test_it_starts_low_and_a_slow_answer_ends_the_growth() -> None:
    pace = Pace(0.0)
    assert pace.limit == FIRST
    for number in range(8):
        pace.answered(0.05, pace.limit, number / 10)
    assert pace.limit == 2 * FIRST
    for _ in range(200):
        pace.answered(0.5, pace.limit, 1.0)
    assert pace.limit < FIRST


def test_what_is_not_made_use_of_does_not_grow() -> None:
    pace = Pace(0.0)
    for _ in range(100):
        pace.answered(0.05, 3, 1.0)
    assert pace.limit == FIRST


def test_after_a_refusal_one_more_is_tried_now_and_then() -> None:
    pace = Pace(0.0)
    pace.refused(5, 10.0)
    for _ in range(100):
        pace.answered(0.05, 5, 11.0)
    assert pace.limit == 5
    for _ in range(100):
        pace.answered(0.05, pace.limit, 41.0)
    assert pace.limit == 6
    for running in range(6, -1, -1):
        pace.refused(running, 42.0)
    assert pace.limit == 1


def test_an_overload_counts_once_for_all_that_were_under_way() -> None:
    pace = Pace(0.0)
    for _ in range(8):
        pace.overloaded(5.0)
    assert pace.limit == 5
    pace.overloaded(7.0)
    assert pace.limit == 3


def test_a_line_that_is_full_is_not_crowded() -> None:
    pace, limits = Pace(0.0), set[int]()
    for tick in range(1, 100):
        pace.flowed(1_000_000, pace.limit, tick / 10)  # the same for any number of connections
        limits.add(pace.limit)
    assert max(limits) <= 2 * FIRST
    assert pace.limit == FIRST


def outcome(status: int | None, waited: float | None = None) -> TransferOutcome:
    error = None if status is None else HttpStatusError(status, "no").report()
    return TransferOutcome(1, 1.0, PartFile("/x"), error=error, is_passing=status == 503, waited=waited)


@pytest.mark.parametrize(("status", "limit"), [(None, FIRST + 1), (404, FIRST), (429, 7), (503, 5)])
def test_what_is_learned_from_how_a_transfer_ends(status: int | None, limit: int) -> None:
    paces = Paces()
    paces["other"].refused(1, 0.0)
    monotonic = 1e9  # long after any rest
    paces["host"] = Pace(-monotonic)
    paces.learn("host", outcome(status, 0.1), 7)
    assert paces["host"].limit == limit
    assert paces["other"].limit == 1
