"""Killed at every step: what is found afterwards is the state before or the state after, and can be gone on with."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.job import BatchId, JobState
from core.store import Store
from tests.support.cut_store import BATCH, BODY, OLD, ORIGINAL, SEVERAL
from tests.support.queue_files import Desk, job, opened, publication, query, restored
from tests.support.watching import Expectations

ROOT = Path(__file__).parents[2]


def cut(work: str, folder: Path) -> list[Path]:
    """The folders of that work, cut at each step; the last one was not cut."""
    folder.mkdir(exist_ok=True)
    ended = subprocess.run(
        [sys.executable, "-m", "tests.support.cut_store", work, str(folder)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert ended.stdout.strip().isdigit(), ended.stdout + ended.stderr
    return [folder / str(step) for step in range(1, int(ended.stdout) + 1)]


def finished(folder: Path) -> dict[str, bytes]:
    """The files that have their final names."""
    files = folder / "files"
    return {
        str(path.relative_to(files)): path.read_bytes()
        for path in files.rglob("*")
        if path.is_file() and ".fetchmill" not in path.parts
    }


def parts(folder: Path) -> list[bytes]:
    """The part files."""
    return sorted(path.read_bytes() for path in (folder / "files").rglob("*.part"))


def states(folders: list[Path]) -> Iterator[tuple[Path, JobState]]:
    """What the job of each folder is found in."""
    for folder in folders:
        (found,) = restored(folder / "queue.sqlite")
        yield folder, found.state


def go_on(folder: Path, *, replaces: bool = False) -> None:
    """Do again what was not done."""
    with Desk(folder / "queue.sqlite") as desk:
        (part,) = (folder / "files").rglob("1.part")
        assert part.read_bytes() == BODY
        wish = publication(job(1, name="a.jpg"), folder / "files", BODY, replaces=replaces)
        published = desk.publish(wish)
        assert published.error is None
        assert not published.taken
    (found,) = restored(folder / "queue.sqlite")
    assert found.state is JobState.DONE


@pytest.mark.parametrize("work", ["publish", "publish_without_links"])
def test_a_last_step_is_done_or_not(work: str, tmp_path: Path) -> None:
    seen = set()
    for folder, state in states(cut(work, tmp_path)):
        seen.add(state)
        if state is not JobState.DONE:
            assert finished(folder) == {}
            go_on(folder)
        assert finished(folder) == {"a.jpg": BODY}
        assert parts(folder) == []
        assert query(folder / "queue.sqlite", "SELECT * FROM intents") == []
    assert seen == {JobState.QUEUED, JobState.DONE}


def test_an_older_file_is_replaced_or_not(tmp_path: Path) -> None:
    seen = set()
    for folder, state in states(cut("publish_over", tmp_path)):
        seen.add(state)
        if state is not JobState.DONE:
            assert finished(folder) == {"a.jpg": OLD}
            go_on(folder, replaces=True)
        assert finished(folder) == {"a.jpg": BODY}
    assert seen == {JobState.QUEUED, JobState.DONE}


def test_a_name_that_was_taken_is_never_overwritten(tmp_path: Path, expect: Expectations) -> None:
    expect.log("its last step was cut and is done again")
    for folder, state in states(cut("publish_beside", tmp_path)):
        assert state is JobState.QUEUED
        assert finished(folder) == {"a.jpg": OLD}
        assert parts(folder) == [BODY]


def test_original_and_picture_are_both_there_or_neither(tmp_path: Path) -> None:
    both = {"a.jpg": BODY, "originals/a.png": ORIGINAL}
    seen = set()
    for folder, state in states(cut("publish_both", tmp_path)):
        seen.add(state)
        is_done = state is JobState.DONE
        assert finished(folder) == (both if is_done else {})
        assert parts(folder) == ([] if is_done else sorted([BODY, ORIGINAL]))
    assert seen == {JobState.QUEUED, JobState.DONE}


def test_all_outputs_and_the_original_are_there_or_none(tmp_path: Path) -> None:
    seen = set()
    for folder, state in states(cut("publish_several", tmp_path)):
        seen.add(state)
        is_done = state is JobState.DONE
        assert finished(folder) == (SEVERAL if is_done else {})
        assert parts(folder) == ([] if is_done else sorted(SEVERAL.values()))
        with Desk(folder / "queue.sqlite") as desk:
            (known,) = desk.known(job(1, name="a.jpg"), destination=folder / "files", outputs=("", "thumb"))
        assert known.is_up_to_date == is_done
    assert seen == {JobState.QUEUED, JobState.DONE}


def test_a_batch_is_there_as_a_whole_or_not_at_all(tmp_path: Path) -> None:
    counts = []
    for folder in cut("add_batch", tmp_path):
        store = Store(folder / "queue.sqlite", keeps_jobs=True)
        jobs = [found for jobs in store.open() for found in jobs]
        counts.append(len(jobs))
        assert store.titles() == ({BatchId(1): "a list"} if jobs else {})
        assert jobs == ([job(n) for n in range(1, BATCH + 1)] if jobs else [])
        assert store.messages == ()
        store.close()
    assert set(counts) == {0, BATCH}
    assert counts == sorted(counts)


def test_a_migration_is_done_or_not(tmp_path: Path) -> None:
    versions = []
    for folder in cut("migrate", tmp_path):
        path = folder / "queue.sqlite"
        ((version,),) = query(path, "PRAGMA user_version")
        columns = {row[1] for row in query(path, "PRAGMA table_info(jobs)")}
        tables = {row[0] for row in query(path, "SELECT name FROM sqlite_master")}
        assert (version == 2) == ("colour" in columns) == ("colours" in tables)
        assert query(path, "SELECT count(*) FROM jobs") == [(BATCH - 1,)]
        if version == 1:
            assert len(restored(path)) == BATCH - 1
        versions.append(version)
    assert set(versions) == {1, 2}


def test_a_rescue_that_is_cut_is_begun_again(tmp_path: Path, expect: Expectations) -> None:
    expect.log("is damaged")
    for folder in cut("rescue", tmp_path):
        jobs, _ = opened(folder / "queue.sqlite")
        assert jobs == [job(n) for n in range(1, BATCH + 1)]
        assert list(folder.glob("*.damaged-*"))
