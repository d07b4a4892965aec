"""What 0.1.0 has written is read: settings, window, list and journal. What a later version writes is left alone."""

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from core.engine import Engine
from core.job import JobState, Order, RunState, Totals
from core.settings import Settings
from core.store import Store
from gui.settings_file import SettingsFile
from tests.support.command_line import cli, records
from tests.support.engines import Listener, quick
from tests.support.pictures import jpeg_bytes
from tests.support.queue_files import opened
from tests.support.samples import FOLDER, keep_stamps, moved, unpacked
from tests.support.server import Server, failure
from tests.support.waiting import wait_for_signal, wait_until
from tests.support.watching import Expectations

STATES = {
    **dict.fromkeys(("0.jpg", "1.jpg"), JobState.DONE),
    "gone.jpg": JobState.FAILED,
    **dict.fromkeys(("2.jpg", "3.jpg", "4.jpg"), JobState.QUEUED),
}


def served(server: Server) -> list[str]:
    server.serve("/gone.jpg", failure(404))
    return [server.serve(f"/{n}.jpg", jpeg_bytes(64, 48, seed=n)) for n in range(5)]


def test_settings_with_every_value(tmp_path: Path) -> None:
    shutil.copy(FOLDER / "settings.json", tmp_path)
    written = json.loads((FOLDER / "settings.json").read_text())
    settings, notice = SettingsFile(tmp_path / "settings.json").load()
    assert notice is None
    assert settings.to_mapping() == written
    assert all(getattr(settings, name) != getattr(Settings(), name) for name in written)
    assert len(written) > 15


def test_settings_that_only_a_later_version_knows_stay(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"retries": 7, "of-later": ["x"]}')
    file = SettingsFile(path)
    settings, notice = file.load()
    assert notice is not None
    file.save_later(replace(settings, retries=8))
    file.finish()
    assert json.loads(path.read_text()) == {"retries": 8, "of-later": ["x"]}


def test_the_window_as_it_stood() -> None:
    state = json.loads((FOLDER / "window.json").read_text())
    assert set(state) >= {"geometry", "header"}


def test_the_list_with_its_states(tmp_path: Path) -> None:
    jobs, messages = opened(unpacked("queue.sqlite", tmp_path / "queue.sqlite"))
    assert {job.source.rpartition("/")[2]: job.state for job in jobs} == STATES
    assert messages == ()


def test_the_list_of_the_first_days(tmp_path: Path, expect: Expectations) -> None:
    """Its rows bear fewer check sums: it is brought over whole, and the file as it was is kept."""
    expect.log("queue.sqlite is damaged: its tables are not ours")
    path = unpacked("first/queue.sqlite", tmp_path / "queue.sqlite")
    before = path.read_bytes()
    jobs, messages = opened(path)
    assert {job.source.rpartition("/")[2]: job.state for job in jobs} == STATES
    assert "6 jobs were brought back" in messages[0].message
    assert [kept.read_bytes() for kept in tmp_path.glob("queue.damaged-*.sqlite")] == [before]


def test_what_waited_is_finished_and_what_was_done_is_left_alone(
    make_engine: Callable[..., Engine], server: Server, tmp_path: Path
) -> None:
    served(server)
    shutil.copytree(FOLDER / "out", tmp_path / "out")
    path = unpacked("queue.sqlite", tmp_path / "home" / "queue.sqlite")
    moved(path, tmp_path, server.port)
    keep_stamps(path)
    before = {file: file.read_bytes() for file in (tmp_path / "out").glob("*.jpg")}
    engine = make_engine(quick(), Store(path, keeps_jobs=True))
    heard = Listener(engine)
    engine.announce()
    wait_until(lambda: len(heard.jobs) == len(STATES))
    runs: list[RunState] = []

    def is_over(totals: Totals) -> bool:
        runs.append(totals.run)
        return RunState.RUNNING in runs and totals.run is RunState.IDLE

    wait_for_signal(
        engine.totals_changed,
        lambda: engine.start(Order(str(tmp_path / "out"), "thumbnail-256")),
        is_over,
    )
    states = {job.source.rpartition("/")[2]: job.state for job in heard.jobs.values()}
    assert states == dict.fromkeys(STATES, JobState.DONE) | {"gone.jpg": JobState.FAILED}
    assert {received.path for received in server.received()} == {"/2.jpg", "/3.jpg", "/4.jpg"}
    assert {file: file.read_bytes() for file in before} == before


def test_the_same_command_again_costs_nothing(server: Server, tmp_path: Path) -> None:
    urls = served(server)[:2]
    shutil.copytree(FOLDER / "out", tmp_path / "run")
    path = unpacked("journal.sqlite", tmp_path / "run" / ".fetchmill" / "journal.sqlite")
    moved(path, tmp_path, server.port)
    keep_stamps(path)
    run = cli("run", *urls, "--to", tmp_path / "run", "--recipe", "thumbnail-256", "--json", "--quiet")
    assert (run.returncode, run.stderr) == (0, b"")
    assert {found["state"] for found in records(run.stdout).values()} == {"skipped"}
    assert server.requests() == 0


def test_a_list_of_a_later_version_is_left_alone(tmp_path: Path) -> None:
    path = unpacked("queue.sqlite", tmp_path / "queue.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=2")
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.read_bytes()
    jobs, messages = opened(path)
    assert jobs == []
    assert "was written by a newer version and is left alone" in messages[0].message
    assert path.read_bytes() == before
    assert opened(path)[0] == []
