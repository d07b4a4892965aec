"""A disk that is full, and is not any more: the run holds, loses nothing, and goes on by itself."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from core.engine import Engine
from core.job import Drop, JobState, Order, RunState
from core.store import Store
from tests.support.command_line import cli, records
from tests.support.engines import (
    Listener,
    begin,
    close,
    files_in,
    finished_in,
    holds,
    is_over,
    never_failed,
    quick,
)
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Answer, Gate, Server
from tests.support.slow import slow
from tests.support.small_disk import SmallDisk
from tests.support.waiting import wait_until
from tests.support.watching import Expectations

MB = 1 << 20
pytestmark = pytest.mark.usefixtures("impatient")


@pytest.mark.parametrize("leave", [0, 300_000, *slow(4096, 100_000, 700_001)])
def test_full_while_downloading(engine: Engine, server: Server, disk: SmallDisk, leave: int) -> None:
    bodies = {f"/{i}.bin": bytes([i]) * 400_003 for i in range(6)}
    gate = Gate()
    urls = [
        server.serve(path, Answer(body, gate=gate, gate_after=1), Answer(body))
        for path, body in bodies.items()
    ]
    heard = begin(engine, disk.folder, "as-downloaded", *urls)
    wait_until(lambda: server.most_at_once == len(urls))
    disk.fill(leave)
    gate.open()
    wait_until(lambda: holds(heard, "disk-full"), engine.totals_changed)
    for name in finished_in(disk.folder):
        if name != "plug":
            assert (disk.folder / name).read_bytes() == bodies[f"/{name}"]
    disk.make_room()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert {f"/{name}": (disk.folder / name).read_bytes() for name in files_in(disk.folder)} == bodies


def test_what_a_full_disk_took_of_a_chunk_does_not_count(
    engine: Engine, server: Server, disk: SmallDisk
) -> None:
    body = os.urandom(2 * MB)
    gate = Gate()
    url = server.serve("/a.bin", Answer(body, gate=gate, gate_after=10_000), Answer(body))
    heard = begin(engine, disk.folder, "as-downloaded", url)
    wait_until(lambda: any((job.received or 0) > 0 for job in heard.jobs.values()), engine.jobs_changed)
    disk.fill(leave=MB)
    gate.open()
    wait_until(lambda: holds(heard, "disk-full"), engine.totals_changed)
    disk.make_room()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (disk.folder / "a.bin").read_bytes() == body
    assert server.received("/a.bin")[1].headers["Range"] is not None


@pytest.mark.parametrize("leave", [0, *slow(8192, 60_000)])
def test_full_while_a_child_writes(
    make_engine: Callable[..., Engine], server: Server, disk: SmallDisk, leave: int
) -> None:
    engine = make_engine(quick(workers=1))
    photos = {f"p{i}.png": png_bytes(640, 480, seed=i) for i in range(3)}
    urls = [server.serve(f"/{name}", photo) for name, photo in photos.items()]
    heard = begin(engine, disk.folder, "jpeg", *urls)
    pool = engine._stages._pictures._pool
    assert pool is not None
    wait_until(pool.pids)
    child = pool.pids()[0]
    os.kill(child, signal.SIGSTOP)  # it may be at work already, or get its first picture now
    wait_until(lambda: heard.totals is not None and heard.totals.downloads.done == 3, engine.totals_changed)
    disk.fill(leave)
    os.kill(child, signal.SIGCONT)
    wait_until(lambda: holds(heard, "disk-full") or JobState.DONE in heard.states(), engine.totals_changed)
    if leave == 0:
        assert holds(heard, "disk-full")
    disk.make_room()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert server.requests() == 3
    wanted = sorted([f"p{i}.jpg" for i in range(3)] + [f"originals/{name}" for name in photos])
    assert files_in(disk.folder) == wanted
    for name, photo in photos.items():
        assert (disk.folder / "originals" / name).read_bytes() == photo


@pytest.mark.parametrize("leave", [0, *slow(12_000, 40_000)])
def test_full_while_the_queue_file_is_written(
    make_engine: Callable[..., Engine],
    server: Server,
    disk: SmallDisk,
    tmp_path: Path,
    expect: Expectations,
    leave: int,
) -> None:
    expect.log("core.store: .*(disk is full|disk I/O error)")
    bodies = {f"/{i}.bin": bytes([i]) * 5000 for i in range(60)}
    room = "x" * 8000  # so that the list is longer than what SQLite has claimed already
    urls = [server.serve(f"{path}?{room}", body) for path, body in bodies.items()]
    path, out = disk.folder / "state" / "queue.sqlite", tmp_path / "out"
    engine = make_engine(store=_opened(path))
    engine.announce()
    disk.fill(leave)
    heard = begin(engine, out, "as-downloaded", *urls)
    wait_until(lambda: heard.totals is not None and heard.totals.trouble is not None, engine.totals_changed)
    assert holds(heard, "disk-full")
    disk.make_room()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert {f"/{name}": (out / name).read_bytes() for name in files_in(out)} == bodies
    close(engine)
    again = make_engine(store=_opened(path))
    told = Listener(again)
    again.announce()
    assert told.states() == [JobState.DONE] * len(urls)
    close(again)


def _opened(path: Path) -> Store:
    store = Store(path, keeps_jobs=True)
    assert store.lock()
    return store


def test_full_at_the_start_of_the_engine(
    make_engine: Callable[..., Engine],
    server: Server,
    disk: SmallDisk,
    tmp_path: Path,
    expect: Expectations,
) -> None:
    expect.log("core.store: ")  # it has no room for a backup
    path, out = disk.folder / "state" / "queue.sqlite", tmp_path / "out"
    engine = make_engine(store=_opened(path))
    engine.announce()
    urls = [server.serve(f"/{i}.bin", bytes([i]) * 5000) for i in range(10)]
    heard = Listener(engine)
    engine.add(Drop("\n".join(urls)))
    wait_until(lambda: heard.reports, engine.batch_added)
    close(engine)
    disk.fill()
    second = make_engine(store=_opened(path))
    told = Listener(second)
    messages: list[object] = []
    second.recovered.connect(lambda recovery: messages.extend(recovery.messages))
    second.announce()
    assert told.states() == [JobState.QUEUED] * 10 or messages
    close(second)
    disk.make_room()
    third = make_engine(store=_opened(path))
    told = Listener(third)
    third.announce()
    assert told.states() == [JobState.QUEUED] * 10
    third.start(Order(str(out), "as-downloaded"))
    wait_until(lambda: is_over(told), third.totals_changed)
    close(third)


def test_full_when_it_is_started(engine: Engine, server: Server, disk: SmallDisk) -> None:
    disk.fill()
    heard = begin(engine, disk.folder / "out", "jpeg", server.serve("/a.jpg", jpeg_bytes()))
    wait_until(lambda: holds(heard, "disk-full"), engine.totals_changed)
    engine.resume()
    wait_until(lambda: holds(heard, "disk-full"), engine.totals_changed)
    disk.make_room()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert files_in(disk.folder / "out") == ["a.jpg", "originals/a.jpg"]


def test_a_pause_by_the_user_is_not_ended_by_room(engine: Engine, server: Server, disk: SmallDisk) -> None:
    gate = Gate()
    body = bytes(MB)
    url = server.serve("/a.bin", Answer(body, gate=gate, gate_after=1), Answer(body))
    heard = begin(engine, disk.folder, "as-downloaded", url)
    wait_until(gate.reached.is_set)
    disk.fill()
    gate.open()
    wait_until(lambda: holds(heard, "disk-full"), engine.totals_changed)
    engine.pause()
    disk.make_room()
    wait_until(lambda: heard.totals is not None and heard.totals.trouble is None, engine.totals_changed)
    wait_until(lambda: not engine._timer.isActive())
    assert heard.totals is not None
    assert heard.totals.run is RunState.PAUSED
    engine.resume()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert files_in(disk.folder) == ["a.bin"]


@pytest.mark.parametrize("leave", [600_000, *slow(0, 150_000)])
def test_the_command_line_fails_what_does_not_fit_and_does_the_rest_next_time(
    server: Server, disk: SmallDisk, leave: int
) -> None:
    bodies = {f"/{i}.bin": bytes([i]) * 200_000 for i in range(8)}
    urls = [server.serve(path, body) for path, body in bodies.items()]
    arguments = ["run", *urls, "--to", str(disk.folder / "out"), "--json"]
    disk.fill(leave)
    ended = cli(*arguments)
    assert ended.returncode == 1, ended.stderr
    assert b"Traceback" not in ended.stderr
    found = records(ended.stdout)
    assert set(found) == set(urls)
    failed = {line["error"]["code"] for line in found.values() if line["state"] == "failed"}
    assert failed == {"disk-full"}
    disk.make_room()
    again = cli(*arguments)
    assert again.returncode == 0, again.stderr
    out = disk.folder / "out"
    assert {f"/{name}": (out / name).read_bytes() for name in files_in(out)} == bodies
