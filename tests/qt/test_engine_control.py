"""The engine under command and under load: pause, cancel, retry, remove, dead children, limits, shutting down."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer

from core.engine import FLUSH_MS, Engine
from core.job import Drop, JobState, Order, RunState
from tests.support.engines import Listener, close, files_in, finished_in, quick, run_to_end
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Answer, Gate, Server, failure
from tests.support.waiting import wait_for_signal, wait_until


def test_pause_keeps_the_bytes_and_resume_goes_on_from_them(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    photo, gate = jpeg_bytes(1200, 900), Gate()
    url = server.serve("/a.jpg", Answer(photo, gate=gate, gate_after=4096), Answer(photo))
    heard = Listener(engine)
    engine.add(Drop(url))
    engine.start(Order(str(tmp_path), "as-downloaded"))
    wait_until(lambda: any((j.received or 0) >= 4096 for j in heard.jobs.values()), engine.jobs_changed)
    engine.pause()
    wait_until(lambda: heard.states() == [JobState.PAUSED], engine.jobs_changed)
    wait_until(
        lambda: heard.totals is not None and heard.totals.run is RunState.PAUSED, engine.totals_changed
    )
    wait_until(lambda: not engine._stages._downloads._jobs)
    wait_for_signal(engine.totals_changed, engine.resume, lambda totals: totals.run is RunState.IDLE)
    assert (tmp_path / "a.jpg").read_bytes() == photo
    assert server.received("/a.jpg")[1].headers["Range"] == "bytes=4096-"
    assert files_in(tmp_path) == ["a.jpg"]


def test_pause_and_resume_a_hundred_times(engine: Engine, server: Server, tmp_path: Path) -> None:
    photos = {f"/{i}.jpg": jpeg_bytes(800, 600, seed=i) for i in range(6)}
    urls = [server.serve(path, photo) for path, photo in photos.items()]
    heard = Listener(engine)
    engine.add(Drop("\n".join(urls)))
    engine.start(Order(str(tmp_path), "as-downloaded"))
    for _ in range(100):
        engine.pause()
        engine.resume()
    wait_until(
        lambda: heard.states() == [JobState.DONE] * 6,
        engine.jobs_changed,
        engine.totals_changed,
        timeout_s=60,
    )
    for path, photo in photos.items():
        assert (tmp_path / path[1:]).read_bytes() == photo
    wait_until(lambda: files_in(tmp_path) == sorted(path[1:] for path in photos))


@pytest.mark.parametrize(
    "give_up", [Engine.cancel, lambda engine: engine.remove(tuple(j.id for j in engine._queue))]
)
def test_a_pause_with_nothing_left_is_the_end_of_the_run(
    engine: Engine, server: Server, tmp_path: Path, give_up: Callable[[Engine], None]
) -> None:
    gate = Gate()
    url = server.serve("/a.jpg", Answer(jpeg_bytes(), gate=gate, gate_after=2000))
    heard = Listener(engine)
    engine.add(Drop(url))
    engine.start(Order(str(tmp_path), "jpeg"))
    wait_until(lambda: heard.states() == [JobState.DOWNLOADING], engine.jobs_changed)
    wait_for_signal(engine.totals_changed, engine.pause, lambda totals: totals.run is RunState.PAUSED)
    wait_for_signal(
        engine.totals_changed, lambda: give_up(engine), lambda totals: totals.run is RunState.IDLE
    )


def test_cancel_ends_what_runs_and_leaves_no_part(engine: Engine, server: Server, tmp_path: Path) -> None:
    gate = Gate()
    urls = [server.serve(f"/{i}.jpg", Answer(jpeg_bytes(), gate=gate, gate_after=2000)) for i in range(30)]
    heard = Listener(engine)
    engine.add(Drop("\n".join(urls)))
    engine.start(Order(str(tmp_path), "jpeg"))
    wait_until(lambda: JobState.DOWNLOADING in heard.states(), engine.jobs_changed)
    gate.reached.wait(10)
    wait_for_signal(engine.totals_changed, engine.cancel, lambda totals: totals.run is RunState.IDLE)
    assert heard.states() == [JobState.CANCELLED] * 30
    wait_until(lambda: files_in(tmp_path) == [])


def test_cancel_then_retry_at_once(engine: Engine, server: Server, tmp_path: Path) -> None:
    gate = Gate()
    url = server.serve("/a.jpg", Answer(jpeg_bytes(), gate=gate, gate_after=2000), Answer(jpeg_bytes()))
    heard = Listener(engine)
    engine.add(Drop(url))
    engine.start(Order(str(tmp_path), "as-downloaded"))
    wait_until(lambda: any((j.received or 0) >= 2000 for j in heard.jobs.values()), engine.jobs_changed)
    (job_id,) = heard.jobs
    engine.cancel((job_id,))
    engine.cancel((job_id,))
    engine.retry((job_id,))
    engine.start(Order(str(tmp_path), "as-downloaded"))
    wait_until(lambda: heard.states() == [JobState.DONE], engine.jobs_changed)
    assert (tmp_path / "a.jpg").read_bytes() == jpeg_bytes()
    wait_until(lambda: files_in(tmp_path) == ["a.jpg"])


def test_retry_failed_does_only_what_failed(engine: Engine, server: Server, tmp_path: Path) -> None:
    good = server.serve("/good.jpg", jpeg_bytes(seed=1))
    bad = server.serve("/bad.jpg", failure(500), Answer(jpeg_bytes(seed=2)))
    heard = Listener(engine)
    run_to_end(engine, [good, bad], tmp_path, "thumbnail-256")
    assert heard.states() == [JobState.DONE, JobState.FAILED]
    engine.retry()
    wait_for_signal(
        engine.totals_changed,
        lambda: engine.start(Order(str(tmp_path), "thumbnail-256")),
        lambda totals: totals.run is RunState.IDLE,
    )
    assert heard.states() == [JobState.DONE, JobState.DONE]
    assert server.requests("/good.jpg") == 1


def test_a_sound_download_that_could_not_be_processed_is_kept_and_not_fetched_again(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    svg = b'<svg xmlns="http://www.w3.org/2000/svg"/>'
    heard = Listener(engine)
    run_to_end(engine, [server.serve("/a.svg", svg)], tmp_path, "jpeg")
    job = heard.job("/a.svg")
    assert job.error is not None
    assert job.error.code == "unsupported-image"
    assert (tmp_path / "originals" / "a.svg").read_bytes() == svg
    engine.retry()
    wait_for_signal(
        engine.totals_changed,
        lambda: engine.start(Order(str(tmp_path), "jpeg")),
        lambda totals: totals.run is RunState.IDLE,
    )
    assert server.requests("/a.svg") == 1


def test_remove_takes_a_running_job_away_and_its_url_may_come_back(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    gate = Gate()
    url = server.serve("/a.jpg", Answer(jpeg_bytes(), gate=gate, gate_after=2000), Answer(jpeg_bytes()))
    heard = Listener(engine)
    engine.add(Drop(url))
    engine.start(Order(str(tmp_path), "as-downloaded"))
    wait_until(lambda: any((j.received or 0) >= 2000 for j in heard.jobs.values()), engine.jobs_changed)
    engine.remove(tuple(heard.jobs))
    assert not heard.jobs
    run_to_end(engine, [url], tmp_path)
    assert heard.states() == [JobState.DONE]
    assert heard.reports[-1].duplicates == 0


def test_clear_finished_keeps_what_failed(engine: Engine, server: Server, tmp_path: Path) -> None:
    urls = [server.serve("/a.jpg", jpeg_bytes()), server.serve("/b.jpg", failure(404))]
    heard = Listener(engine)
    run_to_end(engine, urls, tmp_path)
    engine.clear_finished()
    assert heard.states() == [JobState.FAILED]
    assert (tmp_path / "a.jpg").exists()


@pytest.mark.parametrize("times", [1, 3])
def test_a_killed_child_costs_nothing_unless_its_picture_kills_it_again_and_again(
    engine: Engine, tmp_path: Path, times: int
) -> None:
    for i in range(40):
        (tmp_path / f"p{i:02}.png").write_bytes(png_bytes(800, 600, seed=i % 4))
    heard = Listener(engine)
    killed: set[int] = set()

    def kill_one() -> bool:
        pool = engine._stages._pictures._pool
        for child in pool._children if pool is not None else ():
            of_victim = child.task is not None and child.task.source.endswith("p05.png")
            if of_victim and child.process.pid not in killed and len(killed) < times:
                killed.add(child.process.pid or 0)
                os.kill(child.process.pid or 0, signal.SIGKILL)
        return heard.totals is not None and heard.totals.run is RunState.IDLE and bool(killed)

    engine.add(Drop(sources=(str(tmp_path),)))
    engine.start(Order(str(tmp_path / "out"), "jpeg"))
    wait_until(kill_one, engine.jobs_changed, engine.totals_changed, timeout_s=60)
    failed = [job for job in heard.jobs.values() if job.state is not JobState.DONE]
    assert [job.error.code for job in failed if job.error] == ["worker-died"] * (len(killed) == 3)
    assert len(files_in(tmp_path / "out")) == 40 - len(failed)


def test_downloads_wait_when_processing_falls_behind(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(workers=1, connections=2))
    urls = [server.serve(f"/{i}.png", png_bytes(800, 600, seed=i % 4)) for i in range(30)]
    heard = Listener(engine)
    most = []

    def watch() -> bool:
        counts = heard.totals.counts if heard.totals else {}
        most.append(counts.get(JobState.DOWNLOADED, 0) + counts.get(JobState.PROCESSING, 0))
        return heard.totals is not None and heard.totals.run is RunState.IDLE

    engine.add(Drop("\n".join(urls)))
    engine.start(Order(str(tmp_path), "jpeg"))
    wait_until(watch, engine.totals_changed, timeout_s=60)
    assert heard.states() == [JobState.DONE] * 30
    assert max(most) <= 2 + 4
    assert server.most_at_once <= 2


def test_connections_are_reused_and_hosts_are_limited(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(connections=8, per_host=3))
    urls = [server.serve(f"/{i}.bin", b"x" * 1000) for i in range(60)]
    run_to_end(engine, urls, tmp_path)
    assert server.most_at_once <= 3
    assert server.connections() <= 8


def test_a_stalled_transfer_ends_within_its_time(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    gates = [Gate(), Gate()]
    urls = [
        server.serve("/headers.jpg", Answer(jpeg_bytes(), gate=gates[0])),
        server.serve("/body.jpg", Answer(jpeg_bytes(), gate=gates[1], gate_after=5000)),
    ]
    engine = make_engine(quick(timeout=1))
    heard = Listener(engine)
    run_to_end(engine, urls, tmp_path)
    assert [job.error.code for job in heard.jobs.values() if job.error] == ["timeout", "timeout"]
    assert finished_in(tmp_path) == []


def test_shutting_down_ends_within_its_time_whatever_runs(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    gate = Gate()
    urls = [server.serve(f"/{i}.jpg", Answer(jpeg_bytes(), gate=gate)) for i in range(8)]
    (tmp_path / "in").mkdir()
    for i in range(6):
        (tmp_path / "in" / f"p{i}.png").write_bytes(png_bytes(1600, 1200, seed=i % 4))
    engine = make_engine()
    heard = Listener(engine)
    engine.add(Drop("\n".join(urls), (str(tmp_path / "in"),)))
    engine.start(Order(str(tmp_path / "out"), "webp"))
    wait_until(lambda: JobState.PROCESSING in heard.states(), engine.jobs_changed)
    gate.reached.wait(10)
    close(engine, timeout_s=4.0)  # twice what is promised, for a computer that does other things too
    assert not list((tmp_path / "out").rglob("*.part"))
    assert engine.is_quiet


def test_a_long_list_of_failures_floods_nobody(engine: Engine, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    text = "\n".join(f"http://127.0.0.1:1/{i}.jpg" for i in range(20_000))
    heard = Listener(engine)
    engine.add(Drop(text))
    engine.start(Order(str(tmp_path / "file"), "jpeg"))
    wait_until(
        lambda: heard.totals is not None and heard.totals.count(JobState.FAILED) == 20_000,
        engine.totals_changed,
        timeout_s=60,
    )
    assert set(heard.states()) == {JobState.FAILED}


def test_what_comes_after_the_end_wakes_nobody(engine: Engine) -> None:
    close(engine)
    later = QTimer(singleShot=True, interval=2 * FLUSH_MS)  # the engine's own would have fired before
    engine.retry()
    wait_for_signal(later.timeout, later.start)
