"""The store: what was told to it is found again, in order, whatever happened in between."""

import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from core.job import BatchId, BatchReport, JobId, JobState
from core.ledger import Published
from core.report import Export, Exported, ExportForm
from core.store import Store
from core.store_messages import Adding, BatchStored, EndBatch, Removing, Saving, Trouble
from core.store_rescue import BACKUPS, back_up, backups_of
from tests.support.queue_files import Desk, job, opened, publication, query, restored
from tests.support.watching import Expectations


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the queue file will be."""
    return tmp_path / "state" / "queue.sqlite"


def report(batch: int, title: str = "a list") -> BatchReport:
    """What came of a batch."""
    return BatchReport(BatchId(batch), title, 1, 0, 0, 0)


def test_jobs_come_back_in_the_order_of_the_queue(path: Path) -> None:
    jobs = [job(number, batch=number % 3 + 1) for number in range(1, 5_000)]
    with Desk(path) as desk:
        for batch in (3, 1, 2):
            desk.add([one for one in jobs if one.batch == batch], f"list {batch}")
    store = Store(path, keeps_jobs=True)
    assert [one for found in store.open() for one in found] == jobs
    assert store.titles() == {BatchId(n): f"list {n}" for n in (1, 2, 3)}
    assert store.close()


def test_a_batch_that_is_still_read_is_not_there(path: Path) -> None:
    with Desk(path) as desk:
        desk.add([job(1)])
        desk.store.add(BatchId(2), (job(2, batch=2),))
    assert restored(path) == [job(1)]


def test_what_changes_while_a_batch_is_read_is_written_with_it(path: Path) -> None:
    with Desk(path) as desk:
        desk.store.add(BatchId(1), (job(1), job(2), job(3)))
        desk.store.save((job(2, state=JobState.CANCELLED),))
        desk.store.remove((JobId(3),))
        desk.store.end_batch(report(1))
        desk.answer(BatchStored)
    assert restored(path) == [job(1), job(2, state=JobState.CANCELLED)]


def test_what_changes_right_after_a_batch_is_not_lost(path: Path, tmp_path: Path) -> None:
    """All of it in one transaction, as it comes when the thread was busy."""
    done = publication(job(3), tmp_path / "files")
    with Desk(path) as desk:
        pass
    store = Store(path, keeps_jobs=True)
    assert list(store.open()) == []
    store._carry_out(
        [
            Adding(BatchId(1), (job(1), job(2), job(3), job(4)), lambda: None),
            EndBatch(report(1)),
            Saving((job(2, state=JobState.CANCELLED),)),
            done,
            Removing((JobId(4),)),
        ]
    )
    assert store.close()
    assert desk.jobs == []
    assert [(one.id, one.state) for one in restored(path)] == [
        (1, JobState.QUEUED),
        (2, JobState.CANCELLED),
        (3, JobState.DONE),
    ]


def test_order_of_saving_removing_and_publishing(path: Path, tmp_path: Path) -> None:
    with Desk(path) as desk:
        desk.add([job(number) for number in range(1, 6)])
        desk.store.save((job(1, state=JobState.FAILED),))
        desk.store.save((job(1, state=JobState.QUEUED, attempts=1),))
        desk.store.save((job(2, state=JobState.FAILED),))
        desk.store.remove((JobId(2),))
        desk.store.remove((JobId(3),))
        desk.store.save((job(3, state=JobState.FAILED),))  # put back
        desk.publish(publication(job(4), tmp_path / "files"))
        desk.store.save((job(4, state=JobState.QUEUED),))  # once more
        desk.store.publish(publication(job(5), tmp_path / "files"))
        desk.store.remove((JobId(5),))
        desk.answer(Published)
    assert restored(path) == [
        job(1, attempts=1),
        job(3, state=JobState.FAILED),
        job(4, state=JobState.QUEUED),
    ]
    assert {found.name for found in (tmp_path / "files").glob("*.jpg")} == {"000004.jpg", "000005.jpg"}


def test_a_job_that_is_put_back_before_its_batch_is_written(path: Path) -> None:
    with Desk(path) as desk:
        desk.store.add(BatchId(1), (job(1), job(2)))
        desk.store.remove((JobId(1),))
        desk.store.save((job(1, state=JobState.CANCELLED),))
        desk.store.end_batch(report(1, "title"))
        desk.answer(BatchStored)
    store = Store(path, keeps_jobs=True)
    assert [one for found in store.open() for one in found] == [job(1, state=JobState.CANCELLED), job(2)]
    assert store.titles() == {BatchId(1): "title"}
    assert store.close()


def test_twenty_threads_tell_one_store(path: Path) -> None:
    with Desk(path) as desk:
        desk.add([job(number) for number in range(1, 1_001)])
        with ThreadPoolExecutor(20) as threads:
            list(
                threads.map(
                    lambda n: desk.store.save((job(n, state=JobState.FAILED, attempts=n),)), range(1, 1_001)
                )
            )
    assert [one.attempts for one in restored(path)] == list(range(1, 1_001))


def test_notes_are_kept(path: Path) -> None:
    with Desk(path) as desk:
        desk.store.keep_note("run", {"state": "paused", "destination": "/\udce9"})
        desk.store.keep_note("run", {"state": "running", "destination": "/\udce9"})
    store = Store(path, keeps_jobs=True)
    list(store.open())
    assert store.note("run") == {"state": "running", "destination": "/\udce9"}
    assert store.note("walk") == {}
    assert store.close()


@pytest.mark.parametrize("value", ["[]", "", "null", '{"state": "running"}'])
def test_a_note_that_was_changed_is_none(value: str, path: Path) -> None:
    with Desk(path) as desk:
        desk.store.keep_note("run", {"state": "paused"})
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE meta SET value = ?", (value,))
    store = Store(path, keeps_jobs=True)
    list(store.open())
    assert store.note("run") == {}
    assert store.close()


def test_one_in_memory_keeps_nothing_and_answers_all_the_same(tmp_path: Path) -> None:
    with Desk(None) as desk:
        desk.add([job(1)])
        assert desk.publish(publication(job(1), tmp_path)).error is None
        (known,) = desk.known(job(1), destination=tmp_path)
        assert known.is_up_to_date
    assert not desk.store.is_kept


def test_one_that_keeps_no_jobs_keeps_what_was_made(path: Path, tmp_path: Path) -> None:
    with Desk(path, keeps_jobs=False) as desk:
        desk.add([job(1)])
        desk.publish(publication(job(1), tmp_path))
    assert query(path, "SELECT count(*) FROM jobs") == [(0,)]
    with Desk(path, keeps_jobs=False) as desk:
        assert desk.known(job(1), destination=tmp_path)[0].is_up_to_date


def test_a_name_that_somebody_took_meanwhile(path: Path, tmp_path: Path) -> None:
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / "000001.jpg").write_bytes(b"theirs")
    with Desk(path) as desk:
        desk.add([job(1)])
        wish = publication(job(1), tmp_path / "files", b"ours")
        assert desk.publish(wish) == Published(JobId(1), taken=True)
        (move,) = wish.moves
        renamed = wish._replace(moves=(move._replace(path=str(tmp_path / "files" / "b.jpg")),))
        assert desk.publish(renamed) == Published(JobId(1), renamed.moves)
    assert (tmp_path / "files" / "000001.jpg").read_bytes() == b"theirs"
    assert (tmp_path / "files" / "b.jpg").read_bytes() == b"ours"
    assert query(path, "SELECT * FROM intents") == []


def test_one_last_step_that_fails_does_not_hold_up_the_others(path: Path, tmp_path: Path) -> None:
    wishes = [publication(job(number), tmp_path / "files") for number in range(1, 40)]
    Path(wishes[7].moves[0].part).unlink()
    with Desk(path) as desk:
        desk.add([job(number) for number in range(1, 40)])
        for wish in wishes:
            desk.store.publish(wish)
        answers = {found.job: found for found in (desk.answer(Published) for _ in wishes)}
    assert [number for number, found in answers.items() if found.error] == [8]
    assert [one.id for one in restored(path) if one.state is not JobState.DONE] == [8]


def test_a_row_that_cannot_be_written_is_tried_again(path: Path, expect: Expectations) -> None:
    expect.log("cannot be written")
    with Desk(path) as desk:
        desk.store._connection.execute("PRAGMA query_only=ON")
        desk.store.save((job(1),))
        assert desk.answer(Trouble).report is not None
        desk.store._connection.execute("PRAGMA query_only=OFF")
        assert desk.answer(Trouble).report is None
    assert restored(path) == [job(1)]


def test_what_was_cut_is_done_though_it_cannot_be_noted_yet(
    path: Path, tmp_path: Path, expect: Expectations
) -> None:
    expect.log("what was cut")
    expect.log("cannot be written")
    wish = publication(job(1), tmp_path / "files")
    with Desk(path) as desk:
        desk.add([job(1), job(2)])
        desk.store._transaction(lambda books: books.intend([wish]))
        desk.store._connection.execute(
            "CREATE TRIGGER full BEFORE DELETE ON intents BEGIN SELECT RAISE(ABORT, 'no room'); END"
        )
    later = Desk(path)
    assert [one.state for one in later.jobs] == [JobState.DONE, JobState.QUEUED]
    with later as desk:
        assert desk.answer(Trouble).report is not None
        desk.store._connection.execute("DROP TRIGGER full")
        assert desk.answer(Trouble).report is None
        assert desk.known(job(1), destination=tmp_path / "files")[0].is_up_to_date
    assert [one.state for one in restored(path)] == [JobState.DONE, JobState.QUEUED]


def test_names_that_are_no_utf_8_can_be_exported(path: Path, tmp_path: Path) -> None:
    odd = job(1, source="/a/\udce9\ud800.jpg")
    with Desk(path) as desk:
        for form in ExportForm:
            desk.store.export(Export(str(tmp_path / f"{form.value}.list"), form), (odd,))
            assert desk.answer(Exported).jobs == 1
        desk.add([job(2)])
    assert (tmp_path / "urls.list").read_bytes() == b"/a/\xe9\xef\xbf\xbd.jpg\n"


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "state").write_bytes(b"a file")
    store = Store(tmp_path / "state" / "queue.sqlite", keeps_jobs=True)
    assert store.lock()
    assert list(store.open()) == []
    (message,) = store.messages
    assert "in memory only" in message.message
    assert store.close()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_is_read_only(path: Path) -> None:
    with Desk(path) as desk:
        desk.add([job(1)])
    path.parent.chmod(0o500)
    try:
        found, messages = opened(path)
    finally:
        path.parent.chmod(0o700)
    assert found in ([], [job(1)])
    assert messages


def test_a_file_that_another_program_has_open(path: Path) -> None:
    with Desk(path) as desk:
        desk.add([job(1)])
        _, messages = opened(path)
        assert "in memory only" in messages[0].message
    assert restored(path) == [job(1)]


def test_backups_are_made_once_a_day_and_three_are_kept(path: Path) -> None:
    def start() -> None:
        with Desk(path) as desk:
            desk.add([job(len(desk.jobs) + 1)])

    start()
    assert not any(backup.exists() for backup in backups_of(path))  # there was nothing to be kept
    for day in range(1, 6):
        start()
        start()
        kept = [len(restored(backup)) for backup in backups_of(path) if backup.exists()]
        assert kept == [2 * d - 1 for d in range(day, max(0, day - BACKUPS), -1)]
        for backup in backups_of(path):
            if backup.exists():
                os.utime(backup, (backup.stat().st_mtime - 86_400,) * 2)
    os.utime(backups_of(path)[0], (4e9, 4e9))  # the clock was set back
    start()
    assert len(restored(backups_of(path)[0])) == 11


def test_a_backup_that_cannot_be_made_is_done_without(path: Path, expect: Expectations) -> None:
    expect.log("no backup")
    with Desk(path) as desk:
        desk.add([job(1)])
    (path.parent / "queue.backup-new.sqlite").mkdir()
    with Desk(path) as desk:
        desk.add([job(2)])
    assert len(restored(path)) == 2


def test_a_backup_opens_by_itself(path: Path) -> None:
    with Desk(path) as desk:
        desk.add([job(1)])
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        back_up(connection, path)
    assert restored(backups_of(path)[0]) == [job(1)]


def test_a_lock_is_for_one(path: Path) -> None:
    first, second = Store(path), Store(path)
    assert first.lock()
    assert not second.lock()
    assert first.close()
    assert second.lock()
    assert second.close()
