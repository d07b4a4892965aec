"""Whose file is it? Ours may be replaced by newer ones of the same source; the user's, and what is needed, never."""

import hashlib
import os
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image

from core.engine import Engine
from core.job import Drop, JobState, Order, RunState, Totals
from core.store import Store
from tests.support.engines import Listener, close, finished_in, quick, run_to_end
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Answer, Gate, Server
from tests.support.waiting import wait_for_signal, wait_until

OLD, NEW = jpeg_bytes(400, 300, seed=1), jpeg_bytes(400, 300, seed=2)


def until_the_end(engine: Engine, begin: Callable[[], object]) -> None:
    """Wait until a run that begins now, or runs, has ended."""
    runs: list[RunState] = []

    def has_ended(totals: Totals) -> bool:
        runs.append(totals.run)
        return RunState.RUNNING in runs and totals.run is RunState.IDLE

    wait_for_signal(engine.totals_changed, begin, has_ended, timeout_s=30)


def run_again(engine: Engine, change: Callable[[], object], folder: Path, recipe: str) -> None:
    """Queue jobs again and wait until all is done."""
    change()
    until_the_end(engine, lambda: engine.start(Order(str(folder), recipe)))


def size_of(path: str | Path) -> tuple[int, int]:
    with Image.open(BytesIO(Path(path).read_bytes())) as picture:
        return picture.size


def test_a_picture_is_never_put_over_what_it_is_made_of(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    engine = make_engine(quick(existing="replace"))
    heard = Listener(engine)
    run_to_end(engine, [server.serve("/a.jpg", OLD)], tmp_path)
    for recipe, longest in (("thumbnail-256", 256), ("web-1920", 400)):
        run_again(engine, lambda: engine.retry(tuple(heard.jobs)), tmp_path, recipe)
        assert size_of(heard.job("/a.jpg").file or "")[0] == longest
    assert (tmp_path / "a.jpg").read_bytes() == OLD
    assert server.requests() == 1


def test_what_the_user_edits_while_a_newer_file_arrives_is_the_users(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    gate = Gate()
    url = server.serve("/a.jpg", Answer(OLD), Answer(NEW, gate=gate, gate_after=1000))
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path)

    def edit_meanwhile() -> None:
        engine.refresh(tuple(heard.jobs))
        engine.start(Order(str(tmp_path), "as-downloaded"))
        wait_until(gate.reached.is_set, engine.jobs_changed)
        (tmp_path / "a.jpg").write_bytes(b"mine")
        gate.open()

    until_the_end(engine, edit_meanwhile)
    assert (tmp_path / "a.jpg").read_bytes() == b"mine"
    assert (tmp_path / "a (2).jpg").read_bytes() == NEW
    assert heard.job("/a.jpg").file == str(tmp_path / "a (2).jpg")


def test_a_newer_file_keeps_the_name_in_the_same_run(engine: Engine, server: Server, tmp_path: Path) -> None:
    url = server.serve("/a.jpg", Answer(OLD), Answer(NEW))
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path, "jpeg")
    for _ in range(2):
        run_again(engine, lambda: engine.refresh(tuple(heard.jobs)), tmp_path, "jpeg")
    assert finished_in(tmp_path) == ["a.jpg", "originals/a.jpg"]
    assert (tmp_path / "originals" / "a.jpg").read_bytes() == NEW


def test_a_folder_that_cannot_be_made_fails_the_row_once(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    (tmp_path / "originals").symlink_to(tmp_path / "an-unplugged-disk")
    heard = Listener(engine)
    order = Order(str(tmp_path), "jpeg", holds=False)
    run_to_end(engine, [server.serve("/a.jpg", OLD)], tmp_path)  # names are chosen anew in the next run
    run_again(engine, lambda: engine.retry(tuple(heard.jobs)), tmp_path, "jpeg")
    assert heard.job("/a.jpg").state is JobState.DONE  # what was kept as it came serves as the original
    other = server.serve("/b.jpg", NEW)
    engine.add(Drop(other))
    until_the_end(engine, lambda: engine.start(order))
    assert heard.job("/b.jpg").state is JobState.FAILED


def test_a_broken_part_is_not_preferred_to_a_sound_original(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    url = server.serve("/a.jpg", Answer(OLD), Answer(NEW, cut_after=2000))
    heard = Listener(engine)
    run_to_end(engine, [url], tmp_path, "jpeg")
    run_again(engine, lambda: engine.refresh(tuple(heard.jobs)), tmp_path, "jpeg")
    assert heard.job("/a.jpg").state is JobState.FAILED
    before = server.requests()
    run_again(engine, lambda: engine.retry(tuple(heard.jobs)), tmp_path, "thumbnail-256")
    assert heard.job("/a.jpg").state is JobState.DONE
    assert server.requests() == before


def test_a_local_picture_that_was_edited_has_its_own_hash(engine: Engine, tmp_path: Path) -> None:
    source = tmp_path / "in" / "a.png"
    source.parent.mkdir()
    source.write_bytes(png_bytes(seed=1))
    heard = Listener(engine)
    run_to_end(engine, [str(source)], tmp_path / "out", "jpeg")
    source.write_bytes(png_bytes(seed=2))
    run_again(engine, lambda: engine.retry(tuple(heard.jobs)), tmp_path / "out", "jpeg")
    assert heard.job("a.png").sha256 == hashlib.sha256(source.read_bytes()).hexdigest()
    assert finished_in(tmp_path / "out") == ["a.jpg"]


@pytest.mark.parametrize("nanoseconds", [10**19, -(10**18)])
def test_a_date_that_no_calendar_has_locks_nobody_out(
    make_engine: Callable[..., Engine], tmp_path: Path, nanoseconds: int
) -> None:
    source = tmp_path / "in" / "a.png"
    source.parent.mkdir()
    source.write_bytes(png_bytes())
    try:
        os.utime(source, ns=(nanoseconds, nanoseconds))
    except OSError:
        pytest.skip("this file system has no such dates")
    for state in (JobState.DONE, JobState.SKIPPED):
        engine = make_engine(store=Store(tmp_path / "journal.sqlite"))
        engine.announce()
        heard = Listener(engine)
        run_to_end(engine, [str(source)], tmp_path / "out", "jpeg")
        assert heard.job("a.png").state is state
        close(engine)


def test_pausing_and_starting_elsewhere_at_once(engine: Engine, server: Server, tmp_path: Path) -> None:
    gate = Gate()
    url = server.serve("/a.jpg", Answer(OLD, gate=gate, gate_after=1000), Answer(OLD))
    heard = Listener(engine)
    run = Order(str(tmp_path / "first"), "as-downloaded")
    wait_for_signal(engine.jobs_added, lambda: engine.add(Drop(url)))
    engine.start(run)
    wait_until(
        lambda: heard.job("/a.jpg").state is JobState.DOWNLOADING and gate.reached.is_set(),
        engine.jobs_changed,
    )
    engine.pause()
    until_the_end(engine, lambda: engine.start(Order(str(tmp_path / "second"), "as-downloaded")))
    assert heard.job("/a.jpg").state is JobState.DONE
    assert (tmp_path / "second" / "a.jpg").read_bytes() == OLD
