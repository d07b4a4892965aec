"""What a restart brings back: after an orderly end, and after the engine was killed."""

import json
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
from PySide6.QtWidgets import QApplication

from core.client import EngineClient
from core.engine import Engine
from core.job import Drop, JobId, JobState, Order, RunState
from core.report import Export, Exported, ExportForm, Recovery
from core.store import Store
from tests.support.engines import Listener, begin, close, files_in, holds, is_over, quick, run_to_end
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.processes import descendants, wait_for_end
from tests.support.server import Answer, Gate, Server, failure
from tests.support.small_disk import SmallDisk
from tests.support.waiting import wait_for_signal, wait_until

MakeEngine = Callable[..., Engine]
BODY: Final = os.urandom(300_000)


@pytest.fixture
def restart(make_engine: MakeEngine, tmp_path: Path) -> Callable[[], tuple[Engine, Listener, Recovery]]:
    """Ends the engine, if there is one, and begins the next on the same queue file; what it said at first."""
    running: list[Engine] = []

    def begin_next() -> tuple[Engine, Listener, Recovery]:
        while running:
            close(running.pop())
        store = Store(tmp_path / "state" / "queue.sqlite", keeps_jobs=True)
        assert store.lock()
        engine = make_engine(store=store)
        running.append(engine)
        heard = Listener(engine)
        (recovery,) = wait_for_signal(engine.recovered, engine.announce)
        assert isinstance(recovery, Recovery)
        return engine, heard, recovery

    return begin_next


Restart = Callable[[], tuple[Engine, Listener, Recovery]]


@pytest.fixture
def client(qapp: QApplication) -> Iterator[EngineClient]:  # noqa: ARG001 - a client needs an event loop
    """A client whose engine runs and keeps its list in FETCHMILL_HOME."""
    client = EngineClient(quick())
    wait_for_signal(client.recovered, client.begin)
    yield client
    client.end()


def kill_engine(client: EngineClient) -> Recovery:
    """SIGKILL its process; what the next engine found."""
    pid = client.pid
    assert pid is not None
    children = [entry.pid for entry in descendants(pid)]
    (recovery,) = wait_for_signal(client.recovered, lambda: os.kill(pid, signal.SIGKILL))
    assert isinstance(recovery, Recovery)
    for child in children:  # one that was stopped cannot see that its parent has gone
        with suppress(ProcessLookupError):
            os.kill(child, signal.SIGCONT)
    assert all(wait_for_end(child) for child in children)
    return recovery


def received(heard: Listener) -> int:
    return max((job.received or 0 for job in heard.jobs.values()), default=0)


def test_every_state_comes_back(restart: Restart, server: Server, tmp_path: Path) -> None:
    engine, heard, recovery = restart()
    assert recovery == Recovery(0, 0)
    gate = Gate()
    done = server.serve("/done.bin", b"done")
    failed = server.serve("/failed.bin", failure(404))
    run_to_end(engine, [done, failed, "no link at all"], tmp_path / "out")
    running = server.serve("/running.bin", Answer(BODY, gate=gate, gate_after=200_000), Answer(BODY))
    cancelled = server.serve("/cancelled.bin", Answer(BODY, gate=gate), Answer(BODY))
    engine.add(Drop(sources=(running, cancelled)))
    engine.start(Order(str(tmp_path / "out"), "as-downloaded"))
    wait_until(lambda: received(heard) >= 200_000, engine.jobs_changed)
    engine.cancel((heard.job("/cancelled.bin").id,))
    before = dict(heard.jobs)
    engine, heard, recovery = restart()
    assert (recovery.jobs, recovery.unfinished, recovery.was_running) == (5, 1, True)
    assert [state.value for state in heard.states()] == ["done", "failed", "failed", "queued", "cancelled"]
    job, was = heard.job("/done.bin"), before[heard.job("/done.bin").id]
    assert (job.file, job.sha256, job.bytes_out, job.added) == (
        was.file,
        was.sha256,
        was.bytes_out,
        was.added,
    )
    assert heard.job("/failed.bin").error == before[heard.job("/failed.bin").id].error
    assert heard.totals is not None
    assert heard.totals.run is RunState.PAUSED
    wait_for_signal(engine.totals_changed, engine.resume, lambda totals: totals.run is RunState.IDLE)
    assert heard.job("/running.bin").state is JobState.DONE
    assert (tmp_path / "out" / "running.bin").read_bytes() == BODY
    assert server.received("/running.bin")[1].headers["Range"] == "bytes=200000-"
    assert server.requests("/done.bin") == 1
    _, _, recovery = restart()
    assert (recovery.jobs, recovery.unfinished, recovery.was_running) == (5, 0, False)


def test_it_goes_on_though_nothing_had_arrived(restart: Restart, server: Server, tmp_path: Path) -> None:
    engine, heard, _ = restart()
    gate = Gate()
    url = server.serve("/a.bin", Answer(BODY, gate=gate), Answer(BODY))
    heard = begin(engine, tmp_path / "out", "as-downloaded", url)
    wait_until(lambda: server.requests("/a.bin") == 1, engine.totals_changed)
    engine, heard, recovery = restart()
    assert recovery.was_running
    engine.resume()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert heard.totals is not None
    assert heard.totals.trouble is None
    assert (tmp_path / "out" / "a.bin").read_bytes() == BODY


def test_paused_stays_paused(restart: Restart, server: Server, tmp_path: Path) -> None:
    engine, heard, _ = restart()
    gate = Gate()
    url = server.serve("/a.bin", Answer(BODY, gate=gate, gate_after=200_000), Answer(BODY))
    heard = begin(engine, tmp_path / "out", "as-downloaded", url)
    wait_until(lambda: received(heard) >= 200_000, engine.jobs_changed)
    wait_for_signal(engine.totals_changed, engine.pause, lambda totals: totals.run is RunState.PAUSED)
    for _ in range(2):
        engine, heard, recovery = restart()
        assert (recovery.was_running, recovery.was_paused) == (False, True)
        assert heard.totals is not None
        assert heard.totals.run is RunState.PAUSED
    assert server.requests() == 1
    engine.resume()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert server.received("/a.bin")[1].headers["Range"] == "bytes=200000-"
    assert files_in(tmp_path / "out") == ["a.bin"]


def test_a_killed_engine_goes_on_with_the_mirror_that_it_was_at(
    client: EngineClient, server: Server, tmp_path: Path, home: Path
) -> None:
    heard, gate, out, body = Listener(client), Gate(), tmp_path / "out", os.urandom(2_500_000)
    server.serve("/a.bin", failure(404))
    mirror = Answer(body, gate=gate, gate_after=2_400_000)
    third = server.serve("/third.bin", body)
    urls = (server.url("/a.bin"), server.serve("/mirror.bin", mirror, Answer(body)), third)
    (tmp_path / "list.txt").write_text("\t".join(urls) + "\n  out=a.bin\n")
    client.add(Drop(sources=(str(tmp_path / "list.txt"),)))
    client.start(Order(str(out), "as-downloaded"))
    wait_until(lambda: received(heard) >= 2_400_000, client.jobs_changed)
    wait_until(lambda: b'"mirror":1' in b"".join(file.read_bytes() for file in home.glob("queue.sqlite*")))
    assert kill_engine(client).was_running
    client.resume()
    wait_until(lambda: heard.states() == [JobState.DONE], client.jobs_changed)
    assert (out / "a.bin").read_bytes() == body
    assert [server.requests(path) for path in ("/a.bin", "/mirror.bin", "/third.bin")] == [1, 2, 0]
    assert server.received("/mirror.bin")[1].headers["Range"] is not None


def test_a_restart_before_its_disk_is_there_waits_for_it(
    restart: Restart, server: Server, disk: SmallDisk
) -> None:
    engine, heard, _ = restart()
    gate = Gate()
    url = server.serve("/a.bin", Answer(BODY, gate=gate, gate_after=200_000), Answer(BODY))
    heard = begin(engine, disk.folder / "out", "as-downloaded", url)
    wait_until(lambda: received(heard) >= 200_000, engine.jobs_changed)
    engine, heard, recovery = restart()
    assert recovery.was_running
    disk.pull_out()
    engine.resume()
    wait_until(lambda: holds(heard, "destination"), engine.totals_changed)
    assert list(disk.folder.iterdir()) == []
    disk.plug_in()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert server.received("/a.bin")[1].headers["Range"] == "bytes=200000-"
    assert files_in(disk.folder / "out") == ["a.bin"]


def test_a_killed_engine_goes_on_from_the_bytes(client: EngineClient, server: Server, tmp_path: Path) -> None:
    gate = Gate()
    body = os.urandom(2_500_000)
    url = server.serve("/a.bin", Answer(body, gate=gate, gate_after=2_400_000), Answer(body))
    heard = begin(client, tmp_path / "out", "as-downloaded", url)
    wait_until(lambda: received(heard) >= 2_400_000, client.jobs_changed)
    recovery = kill_engine(client)
    assert (recovery.jobs, recovery.unfinished, recovery.was_running) == (1, 1, True)
    client.resume()
    wait_until(lambda: is_over(heard), client.totals_changed)
    assert (tmp_path / "out" / "a.bin").read_bytes() == body
    begins = server.received("/a.bin")[1].headers["Range"]
    assert int(begins.removeprefix("bytes=").rstrip("-")) >= 1 << 20
    assert files_in(tmp_path / "out") == ["a.bin"]


def test_a_download_whose_processing_was_cut_is_not_fetched_again(
    client: EngineClient, server: Server, tmp_path: Path
) -> None:
    photos = {f"{i}.png": png_bytes(1600, 1200, seed=i) for i in range(2)}
    urls = [server.serve(f"/{name}", photo) for name, photo in photos.items()]
    pid = client.pid
    assert pid is not None
    client.start(Order(str(tmp_path / "out"), "webp"))
    wait_until(lambda: len(_picture_children(pid)) == 2)
    for child in _picture_children(pid):
        os.kill(child, signal.SIGSTOP)
    heard = begin(client, tmp_path / "out", "webp", *urls)
    wait_until(lambda: heard.totals is not None and heard.totals.downloads.done == 2, client.totals_changed)
    recovery = kill_engine(client)
    assert recovery.unfinished == 2
    client.resume()
    wait_until(lambda: is_over(heard), client.totals_changed)
    assert server.requests() == 2
    out = tmp_path / "out"
    assert files_in(out) == sorted([f"{i}.webp" for i in range(2)] + [f"originals/{name}" for name in photos])
    for name, photo in photos.items():
        assert (out / "originals" / name).read_bytes() == photo


def _picture_children(engine: int) -> list[int]:
    return [entry.pid for entry in descendants(engine) if "spawn_main" in entry.command]


def test_a_drop_that_nobody_confirmed_is_given_to_the_next_engine(client: EngineClient) -> None:
    pid = client.pid
    assert pid is not None
    heard = Listener(client)
    wait_until(lambda: client._channel is not None)
    os.kill(pid, signal.SIGSTOP)
    client.add(Drop("http://127.0.0.1:1/a.jpg http://127.0.0.1:1/b.jpg"))
    wait_for_signal(client.batch_added, lambda: os.kill(pid, signal.SIGKILL))
    assert heard.states() == [JobState.QUEUED] * 2
    recovery = kill_engine(client)
    assert recovery.jobs == 2


def test_removed_stays_removed_and_undone_stays_undone(
    restart: Restart, server: Server, tmp_path: Path
) -> None:
    engine, heard, _ = restart()
    urls = [server.serve(f"/{i}.bin", bytes([i])) for i in range(4)]
    run_to_end(engine, urls, tmp_path / "out")
    first, second, *rest = sorted(heard.jobs)
    engine.remove((first,))
    engine, heard, _ = restart()
    assert sorted(heard.jobs) == [second, *rest]
    engine.undo()  # there is nothing any more that could be undone
    engine.remove((second,))
    engine.undo()
    engine, heard, _ = restart()
    assert sorted(heard.jobs) == [second, *rest]
    assert set(heard.states()) == {JobState.DONE}
    engine.clear_finished()
    engine, heard, recovery = restart()
    assert recovery.jobs == 0
    assert len(files_in(tmp_path / "out")) == 4


def test_a_failure_is_tried_again_by_cause_and_host(restart: Restart, server: Server, tmp_path: Path) -> None:
    engine, heard, _ = restart()
    gone = server.serve("/gone.bin", failure(404))
    other = server.url("/other.bin", host="localhost")
    server.serve("/other.bin", failure(404))
    refused = "http://127.0.0.1:1/refused.bin"
    run_to_end(engine, [gone, other, refused, "ftp://h/x"], tmp_path / "out")
    engine, heard, _ = restart()
    failed, queued = JobState.FAILED, JobState.QUEUED
    engine.retry_failures("http-status", f"localhost:{server.port}")
    wait_until(lambda: heard.states() == [failed, queued, failed, failed], engine.jobs_changed)
    engine.retry_failures("connection-refused")
    wait_until(lambda: heard.states() == [failed, queued, queued, failed], engine.jobs_changed)
    engine.retry_failures(host=f"127.0.0.1:{server.port}")
    wait_until(lambda: heard.states() == [queued, queued, queued, failed], engine.jobs_changed)
    _, heard, recovery = restart()
    assert recovery.unfinished == 3
    assert heard.states() == [queued, queued, queued, failed]


def test_a_list_goes_out_and_comes_in_as_it_was(
    restart: Restart, make_engine: MakeEngine, server: Server, tmp_path: Path
) -> None:
    engine, heard, _ = restart()
    urls = [server.serve("/a.jpg", jpeg_bytes()), server.serve("/b.jpg", failure(404))]
    run_to_end(engine, urls, tmp_path / "out", "thumbnail-256")
    waiting = server.serve("/c.jpg", jpeg_bytes(seed=2))
    wait_for_signal(engine.batch_added, lambda: engine.add(Drop(waiting)))
    full, plain, bad = (tmp_path / name for name in ("list.jsonl", "list.txt", "failed.jsonl"))
    assert exported(engine, Export(str(full), ExportForm.STATE)).jobs == 3
    assert exported(engine, Export(str(plain), ExportForm.URLS)).jobs == 3
    assert exported(engine, Export(str(bad), ExportForm.STATE, failed_only=True)).jobs == 1
    assert exported(engine, Export(str(bad), ExportForm.URLS, ids=(JobId(1),))).jobs == 1
    assert exported(engine, Export(str(tmp_path), ExportForm.URLS)).error is not None
    assert plain.read_text().split() == [*urls, waiting]
    lines = [json.loads(line) for line in full.read_text().splitlines()]
    assert [line.get("state") for line in lines] == [None, "done", "failed", "queued"]
    another = make_engine()
    told = Listener(another)
    wait_for_signal(another.batch_added, lambda: another.add(Drop(sources=(str(full),))))
    assert [state.value for state in told.states()] == ["done", "failed", "queued"]
    before, after = heard.job("/a.jpg"), told.job("/a.jpg")
    assert after._replace(id=before.id, batch=before.batch) == before._replace(speed=None)
    wait_for_signal(another.batch_added, lambda: another.add(Drop(sources=(str(full), str(plain)))))
    assert len(told.jobs) == 3


def exported(engine: Engine, wish: Export) -> Exported:
    """What came of an export."""
    (answer,) = wait_for_signal(engine.exported, lambda: engine.export(wish))
    assert isinstance(answer, Exported)
    return answer
