"""The children of the process pool in a whole run: there in time, and what one picture takes is its own row's."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from core.engine import Engine
from core.images.pool import ProcessPool
from core.job import JobState, RunState
from tests.support.engines import Listener, begin, files_in, quick, run_to_end
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Answer, Gate, Server
from tests.support.waiting import wait_until

MB = 1 << 20


def pool_of(engine: Engine) -> ProcessPool | None:
    return engine._stages._pictures._pool


def folder_with(tmp_path: Path, count: int = 6) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    for number in range(count):
        (folder / f"p{number}.png").write_bytes(png_bytes(200, 150, seed=number))
    return folder


def codes(heard: Listener) -> dict[str, str]:
    """Of what failed, by name."""
    return {Path(job.source).name: job.error.code for job in heard.jobs.values() if job.error is not None}


def test_children_are_warm_before_the_first_picture_and_stay(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    gate = Gate()
    urls = [server.serve(f"/{number}.jpg", Answer(jpeg_bytes(seed=number), gate=gate)) for number in range(6)]
    heard = begin(engine, tmp_path, "thumbnail-256", *urls)

    def are_warm() -> bool:
        pool = pool_of(engine)
        return pool is not None and [child.is_warm for child in pool._children] == [True, True]

    wait_until(are_warm, timeout_s=60)
    pool = pool_of(engine)
    assert pool is not None
    assert not any(child.task for child in pool._children)
    before = pool.pids()
    gate.open()
    wait_until(
        lambda: heard.totals is not None and heard.totals.run is RunState.IDLE,
        engine.totals_changed,
        timeout_s=60,
    )
    assert heard.states() == [JobState.DONE] * 6
    assert pool.pids() == before


def test_one_that_needs_too_much_memory_is_one_failed_row(
    make_engine: Callable[..., Engine], tmp_path: Path
) -> None:
    folder = folder_with(tmp_path)
    Image.new("RGBA", (9_000, 8_000)).save(folder / "large.png", compress_level=1)
    engine = make_engine(quick(picture_memory=128 * MB))
    heard = Listener(engine)
    run_to_end(engine, [str(folder)], tmp_path / "out", "jpeg")
    assert codes(heard) == {"large.png": "too-large"}
    error = heard.job("large.png").error
    assert error is not None
    assert "Memory for pictures" in error.hint
    assert len(files_in(tmp_path / "out")) == 6


def test_one_that_takes_too_long_is_one_failed_row(
    make_engine: Callable[..., Engine], tmp_path: Path
) -> None:
    folder = folder_with(tmp_path)
    Image.effect_noise((3000, 2000), 60).convert("RGB").save(
        folder / "p2.png", compress_level=1
    )  # not done at once
    engine = make_engine(quick(picture_seconds=20.0))
    heard = begin(engine, tmp_path / "out", "jpeg", str(folder))
    stopped: list[int] = []

    def is_over() -> bool:
        pool = pool_of(engine)
        for child in list(pool._children) if pool is not None else ():
            of_victim = child.task is not None and child.task.source.endswith("p2.png")
            if of_victim and not stopped and pool is not None:
                stopped.append(child.process.pid or 0)
                os.kill(stopped[0], signal.SIGSTOP)
                engine.configure(quick(picture_seconds=1.0))
        return bool(stopped) and heard.totals is not None and heard.totals.run is RunState.IDLE

    wait_until(is_over, engine.jobs_changed, timeout_s=60)
    assert codes(heard) == {"p2.png": "processing-timeout"}
    assert len(files_in(tmp_path / "out")) == 5


def test_more_pixels_than_are_allowed_is_one_failed_row(
    make_engine: Callable[..., Engine], tmp_path: Path
) -> None:
    folder = folder_with(tmp_path, 2)
    Image.new("1", (1200, 1000)).save(folder / "large.png")
    engine = make_engine(quick(most_megapixels=1))
    heard = Listener(engine)
    run_to_end(engine, [str(folder)], tmp_path / "out", "jpeg")
    assert codes(heard) == {"large.png": "too-large"}
    assert len(files_in(tmp_path / "out")) == 2
