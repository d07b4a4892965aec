"""A host that is down costs some tries and one for each row, and the rows of one that comes back do not fail."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core import patience
from core.downloads.breaker import Breaker
from core.engine import Engine
from core.job import JobState
from tests.support.engines import begin, is_over, quick
from tests.support.server import Answer, Received, Server, failure
from tests.support.waiting import wait_until

MakeEngine = Callable[..., Engine]
ROWS = 300
TRIES = 5


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pauses grow from 20 ms."""
    monkeypatch.setattr(patience, "backoff", lambda attempt, _chance: 0.01 * 2**attempt)


class Host:
    """A server that can be down: then it answers 503 to everything.

    Attributes:
        failures: What it answers so many times first; None for ever.
    """

    def __init__(self, server: Server, failures: int | None) -> None:
        self.failures = failures
        self.urls = [server.serve_by(f"/{number}.bin", self._choose) for number in range(ROWS)]
        self._asked = 0

    def _choose(self, _request: Received) -> Answer:
        self._asked += 1
        is_down = self.failures is None or self._asked <= self.failures
        return failure(503) if is_down else Answer(b"file")


def test_a_host_that_is_down_is_asked_once_for_each_row(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(retries=TRIES))
    heard = begin(engine, tmp_path, "as-downloaded", *Host(server, None).urls)
    wait_until(lambda: heard.states() == [JobState.FAILED] * ROWS, engine.jobs_changed, timeout_s=60)
    attempts = sorted(job.attempts for job in heard.jobs.values())
    assert attempts[0] == 1, "none has failed untried"
    assert attempts[-1] == 1 + TRIES, "one has had all its tries"
    assert server.requests() <= ROWS + 10 + 2 * TRIES


def test_no_row_fails_of_a_host_that_comes_back_within_one_row_s_tries(
    make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    """The host is down for the first 10 requests, and for the next tries of the one row that looks after it."""
    engine = make_engine(quick(retries=TRIES, connections=1))
    heard = begin(engine, tmp_path, "as-downloaded", *Host(server, 10 + TRIES - 1).urls)
    wait_until(lambda: is_over(heard), engine.totals_changed, timeout_s=60)
    assert server.requests() == ROWS + 10 + TRIES - 1
    assert max(job.attempts for job in heard.jobs.values()) == 1 + TRIES


def test_a_host_that_refuses_each_row_once_is_soon_let_be(
    make_engine: MakeEngine, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each pause is followed by twice as many rows, so there are few of them."""
    engine = make_engine(quick(retries=1, connections=1))
    urls = [server.serve(f"/{number}.bin", failure(503), b"file") for number in range(ROWS)]
    rests: list[bool] = []
    really = Breaker.rest

    def rest(breaker: Breaker, until: float) -> None:
        rests.append(breaker.is_open)
        really(breaker, until)

    monkeypatch.setattr(Breaker, "rest", rest)
    heard = begin(engine, tmp_path, "as-downloaded", *urls)
    wait_until(lambda: is_over(heard), engine.totals_changed, timeout_s=60)
    assert server.requests() == 2 * ROWS
    assert 1 <= rests.count(True) <= 6


def test_others_are_not_kept_waiting(make_engine: MakeEngine, server: Server, tmp_path: Path) -> None:
    engine = make_engine(quick(retries=TRIES, connections=4))
    down = Host(server, None)
    with Server() as other:
        urls = [other.serve(f"/{number}.bin", b"file") for number in range(50)]
        heard = begin(engine, tmp_path, "as-downloaded", *down.urls, *urls)
        wait_until(
            lambda: (
                len(heard.jobs) == ROWS + 50 and all(heard.job(url).state is JobState.DONE for url in urls)
            ),
            engine.jobs_changed,
        )
    assert sum(job.state is JobState.FAILED for job in heard.jobs.values()) < ROWS


def test_a_host_is_asked_again_when_those_who_waited_for_it_are_gone(
    make_engine: MakeEngine, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patience, "backoff", lambda _attempt, _chance: 3600.0)
    engine = make_engine(quick(retries=TRIES, connections=1))
    heard = begin(engine, tmp_path, "as-downloaded", *Host(server, 10).urls)
    retrying = {JobState.RETRYING, JobState.QUEUED}
    wait_until(lambda: heard.states().count(JobState.RETRYING) == 10 and set(heard.states()) == retrying)
    gone = tuple(job.id for job in heard.jobs.values() if job.state is JobState.RETRYING)
    engine.cancel(gone)
    wait_until(lambda: heard.states().count(JobState.DONE) == ROWS - 10, engine.jobs_changed)
