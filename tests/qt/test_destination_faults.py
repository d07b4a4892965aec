"""A destination that goes away in mid-run and comes back; and what is the fault of one job only."""

import os
import shutil
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from core.engine import Engine
from core.job import JobState, RunState
from core.ledger import Publication
from core.store import Store
from tests.support.engines import (
    Listener,
    begin,
    files_in,
    finished_in,
    holds,
    is_over,
    never_failed,
    quick,
    run_to_end,
)
from tests.support.pictures import jpeg_bytes, png_bytes
from tests.support.server import Answer, Gate, Server
from tests.support.slow import slow
from tests.support.small_disk import SmallDisk
from tests.support.waiting import wait_for_signal, wait_until

pytestmark = pytest.mark.usefixtures("impatient")
BODIES = {f"/{i}.bin": bytes([i + 1]) * 50_000 for i in range(4)}


def serve_held(server: Server, gate: Gate, after: int | None) -> list[str]:
    """All bodies, the first answer of each held at the gate."""
    return [
        server.serve(path, Answer(body, gate=gate, gate_after=after), Answer(body))
        for path, body in BODIES.items()
    ]


def is_all_there(folder: Path) -> bool:
    """Whether the bodies are in the folder, and nothing else."""
    return {f"/{name}": (folder / name).read_bytes() for name in files_in(folder)} == BODIES


def all_asked(server: Server) -> bool:
    return server.most_at_once == len(BODIES)


def test_removed_while_downloading(engine: Engine, server: Server, tmp_path: Path) -> None:
    gate, out = Gate(), tmp_path / "out"
    heard = begin(engine, out, "as-downloaded", *serve_held(server, gate, 1000))
    wait_until(lambda: all_asked(server) and gate.reached.is_set())
    shutil.rmtree(out)
    gate.open()
    wait_until(lambda: holds(heard, "destination"), engine.totals_changed)
    assert not out.exists()
    out.mkdir()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert is_all_there(out)


def test_removed_and_made_anew_by_resume(engine: Engine, server: Server, tmp_path: Path) -> None:
    gate, out = Gate(), tmp_path / "deep" / "out"
    heard = begin(engine, out, "as-downloaded", *serve_held(server, gate, 1000))
    wait_until(lambda: all_asked(server))
    shutil.rmtree(tmp_path / "deep")
    gate.open()
    wait_until(lambda: holds(heard, "destination"), engine.totals_changed)
    engine.resume()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert is_all_there(out)


def test_removed_and_back_before_anybody_has_noticed(engine: Engine, server: Server, tmp_path: Path) -> None:
    gate, out = Gate(), tmp_path / "out"
    heard = begin(engine, out, "as-downloaded", *serve_held(server, gate, 1000))
    wait_until(lambda: all_asked(server))
    shutil.rmtree(out)
    out.mkdir()
    gate.open()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert is_all_there(out)


def test_renamed_and_renamed_back_goes_on_from_the_bytes(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    gate, out, aside = Gate(), tmp_path / "out", tmp_path / "aside"
    urls = [server.serve(path, Answer(body, gate=gate, gate_after=40_000)) for path, body in BODIES.items()]
    heard = begin(engine, out, "as-downloaded", *urls)
    wait_until(lambda: all_asked(server))
    out.rename(aside)
    gate.open()
    wait_until(lambda: holds(heard, "destination"), engine.totals_changed)
    aside.rename(out)
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert is_all_there(out)


def test_made_read_only(engine: Engine, server: Server, disk: SmallDisk) -> None:
    gate = Gate()
    heard = begin(engine, disk.folder, "as-downloaded", *serve_held(server, gate, None))
    wait_until(lambda: all_asked(server))
    disk.let_write(allowed=False)
    gate.open()
    wait_until(lambda: holds(heard, "destination"), engine.totals_changed)
    engine.resume()  # too early: it holds again
    wait_until(lambda: holds(heard, "destination"), engine.totals_changed)
    disk.let_write(allowed=True)
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert is_all_there(disk.folder)


@pytest.mark.parametrize("after", [1000, *slow(None, 49_999)])
def test_unmounted(engine: Engine, server: Server, disk: SmallDisk, after: int | None) -> None:
    gate = Gate()
    out = disk.folder / "out"
    heard = begin(engine, out, "as-downloaded", *serve_held(server, gate, after))
    wait_until(lambda: all_asked(server))
    disk.pull_out()
    gate.open()
    wait_until(lambda: holds(heard, "destination"), engine.totals_changed)
    engine.resume()
    wait_until(lambda: holds(heard, "destination"), engine.totals_changed)
    assert list(disk.folder.iterdir()) == []
    disk.plug_in()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert is_all_there(out)


@pytest.mark.parametrize("is_mounted_over", [False, True])
def test_gone_while_a_child_works(
    make_engine: Callable[..., Engine], server: Server, disk: SmallDisk, *, is_mounted_over: bool
) -> None:
    engine = make_engine(quick(workers=1))
    out = disk.folder / "out"
    photos = {f"p{i}.png": png_bytes(320, 240, seed=i) for i in range(3)}
    heard = begin(engine, out, "jpeg", *(server.serve(f"/{name}", photo) for name, photo in photos.items()))
    pool = engine._stages._pictures._pool
    assert pool is not None
    wait_until(pool.pids)
    child = pool.pids()[0]
    os.kill(child, signal.SIGSTOP)
    wait_until(lambda: heard.totals is not None and heard.totals.downloads.done == 3, engine.totals_changed)
    if is_mounted_over:
        disk.pull_out()
    else:
        out.rename(disk.folder / "aside")
    os.kill(child, signal.SIGCONT)
    wait_until(lambda: holds(heard, "destination"), engine.totals_changed)
    if is_mounted_over:
        assert list(disk.folder.iterdir()) == []
        disk.plug_in()
    else:
        (disk.folder / "aside").rename(out)
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert server.requests() == 3
    assert files_in(out) == sorted([f"p{i}.jpg" for i in range(3)] + [f"originals/{name}" for name in photos])


def test_replaced_by_a_file(engine: Engine, server: Server, tmp_path: Path) -> None:
    gate, out = Gate(), tmp_path / "out"
    heard = begin(engine, out, "as-downloaded", *serve_held(server, gate, 1000))
    wait_until(lambda: all_asked(server))
    shutil.rmtree(out)
    out.write_text("in the way")
    gate.open()
    wait_until(lambda: holds(heard, "destination"), engine.totals_changed)
    assert out.read_text() == "in the way"
    out.unlink()
    out.mkdir()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert never_failed(heard)
    assert is_all_there(out)


def test_kept_originals_that_went_with_it_are_downloaded_again(
    engine: Engine, server: Server, tmp_path: Path
) -> None:
    urls = [server.serve(f"/{i}.jpg", jpeg_bytes(seed=i)) for i in range(6)]
    gate, out = Gate(), tmp_path / "out"
    slow = server.serve("/slow.jpg", Answer(jpeg_bytes(seed=9), gate=gate), Answer(jpeg_bytes(seed=9)))
    run_to_end(engine, urls, out, "jpeg")
    heard = begin(engine, out, "webp", slow)
    engine.retry(tuple(range(1, 7)))  # type: ignore[arg-type]  # the numbers that six jobs have
    wait_until(gate.reached.is_set)
    shutil.rmtree(out)
    out.mkdir()
    gate.open()
    wait_until(lambda: is_over(heard), engine.totals_changed)
    assert (out / "slow.webp").exists()


def test_a_folder_that_is_a_file_costs_only_its_rows(engine: Engine, tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / "out"
    for name in ("a.png", "sub/b.png", "sub/c.png", "d.png"):
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_bytes(png_bytes(64, 48))
    out.mkdir()
    (out / "sub").write_text("in the way")
    heard = Listener(engine)
    run_to_end(engine, [str(source)], out, "jpeg")
    states = {Path(job.source).name: job.state for job in heard.jobs.values()}
    wrong, right = JobState.FAILED, JobState.DONE
    assert states == {"a.png": right, "b.png": wrong, "c.png": wrong, "d.png": right}
    assert {job.error.code for job in heard.jobs.values() if job.error} == {"destination"}
    assert files_in(out) == ["a.jpg", "d.jpg", "sub"]


def test_a_name_that_is_too_long_there_costs_only_its_row(engine: Engine, tmp_path: Path) -> None:
    source, out = tmp_path / "in", tmp_path / ("o" * 200) / ("u" * 200) / ("t" * 200)
    deep = source.joinpath(*(["d" * 250] * 14))
    deep.mkdir(parents=True)
    (deep / "long.png").write_bytes(png_bytes(64, 48))
    (source / "short.png").write_bytes(png_bytes(64, 48))
    heard = Listener(engine)
    run_to_end(engine, [str(source)], out, "jpeg")
    states = {Path(job.source).name: job.state for job in heard.jobs.values()}
    assert states == {"short.png": JobState.DONE, "long.png": JobState.FAILED}
    assert files_in(out) == ["short.jpg"]


def test_a_picture_that_has_no_place_is_made_later_without_the_network(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    """An immutable folder (chattr(1)) whose subfolders are not: the original has its place, the picture has none."""
    engine = make_engine(store=Store(tmp_path / "queue.sqlite", keeps_jobs=True))
    engine.announce()
    out = tmp_path / "out"
    run_to_end(engine, [server.serve("/a.jpg", jpeg_bytes(seed=1))], out, "jpeg")
    chattr = shutil.which("chattr")
    if chattr is None or subprocess.run([chattr, "+i", out], check=False).returncode:
        pytest.skip("no folder can be made immutable here")
    try:
        heard = Listener(engine)
        run_to_end(engine, [server.serve("/b.jpg", jpeg_bytes(seed=2))], out, "jpeg")
        assert heard.states() == [JobState.FAILED]
        assert finished_in(out) == ["a.jpg", "originals/a.jpg"]
    finally:
        subprocess.run([chattr, "-i", out], check=True)
    engine.retry()
    wait_for_signal(
        engine.totals_changed,
        lambda: engine.start(engine._order),  # type: ignore[arg-type]  # it has been started before
        lambda totals: totals.run is RunState.IDLE,
    )
    assert heard.states() == [JobState.DONE]
    assert server.requests("/b.jpg") == 1
    assert files_in(out) == ["a.jpg", "b.jpg", "originals/a.jpg", "originals/b.jpg"]


def test_a_name_that_somebody_takes_in_the_last_moment(
    engine: Engine, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the choice of the name and the rename: their file stays, ours gets another name."""
    publish = engine._store.publish
    theirs = tmp_path / "a.jpg"

    def take_first(publication: Publication) -> None:
        if not theirs.exists():
            theirs.write_bytes(b"theirs")
        publish(publication)

    monkeypatch.setattr(engine._store, "publish", take_first)
    heard = Listener(engine)
    run_to_end(engine, [server.serve("/a.jpg", jpeg_bytes())], tmp_path, "thumbnail-256")
    assert heard.states() == [JobState.DONE]
    assert heard.job("/a.jpg").file == str(tmp_path / "a (2).jpg")
    assert theirs.read_bytes() == b"theirs"
    assert files_in(tmp_path) == ["a (2).jpg", "a.jpg", "originals/a.jpg"]
