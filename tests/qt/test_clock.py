"""Clocks that jump and computers that sleep: nothing changes."""

import os
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from core.client import EngineClient
from core.engine import Engine
from core.job import JobState
from core.store import Store
from tests.support.engines import Listener, begin, close, files_in, is_over, quick, run_to_end
from tests.support.pictures import jpeg_bytes
from tests.support.server import Answer, Gate, Server
from tests.support.slow import slow
from tests.support.waiting import wait_for_signal, wait_until

YEAR = 365 * 24 * 3600.0
REAL = time.time


@pytest.mark.parametrize("jump", [-YEAR, *slow(-86_400.0, YEAR)])
def test_the_clock_jumps_during_a_run(
    engine: Engine, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, jump: float
) -> None:
    gate, photo = Gate(), jpeg_bytes()
    urls = [server.serve(f"/{i}.jpg", Answer(photo, gate=gate, gate_after=1000)) for i in range(3)]
    heard = begin(engine, tmp_path, "thumbnail-256", *urls)
    wait_until(gate.reached.is_set)
    monkeypatch.setattr(time, "time", lambda: REAL() + jump)
    gate.open()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert {job.attempts for job in heard.jobs.values()} == {1}


def test_the_clock_is_set_back_between_runs(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate, body, out = Gate(), os.urandom(100_000), tmp_path / "out"
    cut = server.serve("/cut.bin", Answer(body, gate=gate, gate_after=50_000), Answer(body))
    done = server.serve("/done.jpg", jpeg_bytes())
    path = out / ".fetchmill" / "journal.sqlite"  # what the command line has: its list is not kept
    engine = make_engine(store=_locked(path))
    engine.announce()
    heard = begin(engine, out, "thumbnail-256", done, cut)
    wait_until(lambda: JobState.DONE in heard.states(), engine.jobs_changed)
    wait_until(lambda: (heard.job("/cut.bin").received or 0) >= 50_000, engine.jobs_changed)
    close(engine)
    monkeypatch.setattr(time, "time", lambda: REAL() - YEAR)
    engine = make_engine(store=_locked(path))
    engine.announce()
    heard = Listener(engine)
    run_to_end(engine, [done, cut], out, "thumbnail-256")
    assert heard.states() == [JobState.SKIPPED, JobState.DONE]
    assert server.requests("/done.jpg") == 1
    assert server.received("/cut.bin")[1].headers["Range"] == "bytes=50000-"
    assert files_in(out) == ["cut.bin", "done.jpg", "originals/done.jpg"]


def _locked(path: Path) -> Store:
    store = Store(path)
    assert store.lock()
    return store


@pytest.mark.usefixtures("qapp")
@pytest.mark.parametrize("after", [50_000, *slow(None)])
def test_an_engine_that_slept_goes_on_as_if_nothing_had_been(
    server: Server, tmp_path: Path, after: int | None
) -> None:
    """Longer than its timeout, in the headers or in mid-body: no try is used up, no byte is asked for twice."""
    client = EngineClient(quick(timeout=1))
    wait_for_signal(client.ready, client.begin)
    gate, body = Gate(), os.urandom(100_000)
    url = server.serve("/a.bin", Answer(body, gate=gate, gate_after=after))
    heard = begin(client, tmp_path, "as-downloaded", url)
    wait_until(gate.reached.is_set)
    wait_until(lambda: JobState.DOWNLOADING in heard.states(), client.jobs_changed)
    pid = client.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    asleep = time.monotonic() + 2.5
    wait_until(lambda: time.monotonic() > asleep)
    os.kill(pid, signal.SIGCONT)
    gate.open()
    wait_until(lambda: is_over(heard), client.totals_changed)
    client.end()
    assert (tmp_path / "a.bin").read_bytes() == body
    assert server.requests() == 1
    assert heard.job("/a.bin").attempts == 1
