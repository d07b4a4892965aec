"""Limits while downloads run: speed, by the hour too, simultaneous files, pausing all."""

import os
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from core.downloads.throttle import READ_SIZE
from core.engine import Engine
from core.job import JobState, Order, RunState
from tests.support.engines import Listener, begin, finished_in, is_over, quick, run_to_end
from tests.support.pictures import png_bytes
from tests.support.server import Answer, Gate, Server
from tests.support.waiting import wait_until

NOON = datetime(2024, 1, 3, 12).timestamp()  # noqa: DTZ001  # on the wall
HOUR = 3600.0
BODY = os.urandom(300_000)


def received(heard: Listener) -> int:
    return sum(job.received or 0 for job in heard.jobs.values())


def count(heard: Listener, state: JobState) -> int:
    return heard.states().count(state)


def test_the_limit_of_the_hour_holds_and_ends_while_downloads_run(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, hours = time.time, [0.0]
    begun = real()
    monkeypatch.setattr("core.download_stage._LOOK_AT_CLOCK", 0.05)
    monkeypatch.setattr("time.time", lambda: NOON + hours[0] * HOUR + real() - begun)
    engine = make_engine(quick(speed_schedule=["every-day 11:00-13:00 1024"]))
    heard = begin(engine, tmp_path, "as-downloaded", server.serve("/a.bin", BODY))
    wait_until(lambda: received(heard) >= 1024, engine.jobs_changed)
    assert received(heard) < 100_000, "which would take a minute and a half"
    hours[0] = 1.5
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (tmp_path / "a.bin").read_bytes() == BODY


@pytest.mark.parametrize("connections", [1, 32])
def test_a_limit_is_set_and_lifted_while_downloads_run(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path, connections: int
) -> None:
    gate, body = Gate(), BODY * 4
    few = {"connections": connections, "per_host": connections}
    urls = [server.serve(f"/{i}.bin", Answer(body, gate=gate, gate_after=1000)) for i in range(connections)]
    engine = make_engine(quick(**few))
    heard = begin(engine, tmp_path, "as-downloaded", *urls)
    wait_until(lambda: received(heard) == 1000 * connections, engine.jobs_changed)
    engine.configure(quick(**few, limit_rate=2048))
    gate.open()
    wait_until(lambda: received(heard) > 1000 * connections, engine.jobs_changed)
    asked_for = READ_SIZE * connections  # before, and it may come yet
    assert received(heard) <= 1000 * connections + asked_for + 50 * 2048
    assert JobState.DONE not in heard.states()
    engine.configure(quick(**few))
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert all((tmp_path / f"{i}.bin").read_bytes() == body for i in range(connections))


def test_pausing_all_ends_what_a_limit_holds_and_begins_nothing(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    few = {"connections": 16, "per_host": 16}
    urls = [server.serve(f"/{i}.bin", BODY) for i in range(40)]
    engine = make_engine(quick(**few, limit_rate=1024))
    heard = begin(engine, tmp_path, "as-downloaded", *urls)
    wait_until(lambda: count(heard, JobState.DOWNLOADING) == 16, engine.jobs_changed)
    engine.pause()
    wait_until(lambda: not engine._stages._downloads._jobs)
    wait_until(lambda: not engine._timer.isActive())
    assert heard.totals is not None
    assert heard.totals.run is RunState.PAUSED
    assert heard.states() == [JobState.PAUSED] * 16 + [JobState.QUEUED] * 24
    assert server.requests() <= 16
    engine.configure(quick(**few))
    assert server.requests() <= 16, "settings start nothing"
    engine.resume()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert all((tmp_path / f"{i}.bin").read_bytes() == BODY for i in range(40))


def test_more_files_at_once_while_downloads_run(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    gate = Gate()
    urls = [server.serve(f"/{i}.bin", Answer(BODY, gate=gate, gate_after=1000)) for i in range(20)]
    engine = make_engine(quick(connections=2, per_host=2))
    heard = begin(engine, tmp_path, "as-downloaded", *urls)
    wait_until(lambda: server.most_at_once == 2)
    engine.configure(quick(connections=7, per_host=7))
    wait_until(lambda: server.most_at_once == 7)
    assert server.requests() == 7, "those that ran have gone on"
    gate.open()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert server.most_at_once == 7
    assert {job.attempts for job in heard.jobs.values()} == {1}


def test_fewer_files_at_once_while_downloads_run(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    first, later = Gate(), Gate()
    urls = [server.serve(f"/{i}.bin", Answer(BODY, gate=first, gate_after=1000)) for i in range(8)]
    urls += [server.serve(f"/{i}.bin", Answer(BODY, gate=later, gate_after=1000)) for i in range(8, 16)]
    engine = make_engine(quick(connections=8, per_host=8))
    heard = begin(engine, tmp_path, "as-downloaded", *urls)
    wait_until(lambda: received(heard) >= 8000, engine.jobs_changed)
    engine.configure(quick(connections=3, per_host=3))
    assert count(heard, JobState.DOWNLOADING) == 8, "what runs is let go on"
    first.open()
    wait_until(lambda: count(heard, JobState.DONE) == 8 and server.requests() == 11, engine.jobs_changed)
    wait_until(lambda: count(heard, JobState.DOWNLOADING) == 3, engine.jobs_changed)
    assert engine._stages._downloads._lanes.count == 3
    later.open()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert len(finished_in(tmp_path)) == 16
    assert {job.attempts for job in heard.jobs.values()} == {1}


def test_types_that_are_not_wanted_are_skipped_and_come_when_they_are(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    paper = server.serve("/a.pdf", Answer(b"%PDF", "application/pdf"))
    photo = server.serve("/a.png", png_bytes(20, 20))
    engine = make_engine(quick(only_types=["image/*"], retries=5))
    heard = Listener(engine)
    run_to_end(engine, [paper, photo], tmp_path)
    job = heard.job("/a.pdf")
    assert (job.state, job.notes) == (
        JobState.SKIPPED,
        ("It is application/pdf; only image/* is wanted.",),
    )
    assert finished_in(tmp_path) == ["a.png"]
    assert server.requests("/a.pdf") == 1, "asking again would not help"
    engine.configure(quick())
    engine.retry((job.id,))
    engine.start(Order(str(tmp_path), "as-downloaded"))
    wait_until(lambda: finished_in(tmp_path) == ["a.pdf", "a.png"])
