"""A damaged queue file: what the damage did not hit comes back, nothing wrong does, and it is told and kept."""

import random
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from core.errors import ErrorReport
from core.job import JobSnapshot, JobState
from core.ledger import Known
from core.store_pages import PAGE
from core.store_schema import VERSION
from tests.support.queue_files import Desk, job, opened, publication, query
from tests.support.slow import slow
from tests.support.watching import Expectations

JOBS = 2_000
DONE = 60
LONG = "x" * 9_000  # does not fit into a page
SEEDS = 64


def listed() -> list[JobSnapshot]:
    """The list that is damaged: its jobs are of several kinds."""
    jobs = [job(number) for number in range(1, JOBS + 1)]
    jobs[100] = jobs[100]._replace(source=f"http://host.example/{LONG}")
    for number in range(200, 400):
        jobs[number] = jobs[number]._replace(state=JobState.FAILED, attempts=3, notes=("Lost: its colours.",))
    return jobs


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The list as it was closed in order, with some done and some removed."""
    folder = tmp_path_factory.mktemp("sound")
    path = folder / "queue.sqlite"
    with Desk(path) as desk:
        desk.add([*listed(), *(job(number) for number in range(JOBS + 1, JOBS + 500))], "the list")
        desk.store.remove(tuple(job(number).id for number in range(JOBS + 1, JOBS + 500)))
        for number in range(1, DONE + 1):
            desk.publish(publication(job(number), folder / "files", b"%d" % number, recipe=""))
        desk.store.keep_note("run", {"state": "running", "destination": "/pictures"})
    assert not query(path, "SELECT * FROM intents")
    return path


@pytest.fixture(scope="module")
def jobs(sound: Path) -> dict[int, JobSnapshot]:
    """What is in it."""
    return {found.id: found for found in opened(sound)[0]}


@pytest.fixture
def path(sound: Path, tmp_path: Path) -> Path:
    """A copy to damage."""
    return Path(shutil.copy(sound, tmp_path / "queue.sqlite"))


def check(
    path: Path, jobs: dict[int, JobSnapshot], most_lost: int
) -> tuple[int, tuple[ErrorReport, ...], bytes]:
    """Open it: how many jobs are lost, what was told, and the bytes that were damaged."""
    bytes_before = path.read_bytes()
    found, messages = opened(path)
    assert len({one.id for one in found}) == len(found)
    wrong = [one for one in found if jobs.get(one.id) != one]
    assert wrong == []
    lost = len(jobs) - len(found)
    assert lost <= most_lost
    if lost:
        assert messages
    if messages:
        assert any(kept.read_bytes() == bytes_before for kept in path.parent.glob("*.damaged-*.sqlite"))
    return lost, messages, bytes_before


def ledger(path: Path, folder: Path) -> list[Known]:
    """What is known of the done jobs."""
    with Desk(path) as desk:
        return desk.known(*(job(number) for number in range(1, DONE + 1)), destination=folder)


def without_output(known: Known) -> Known:
    """What is left of it where the output's row is damaged: the original need not be downloaded again."""
    return known._replace(outputs=(), own_outputs=())


def damaged(path: Path, damage: Callable[[bytearray], None]) -> Path:
    """The file, damaged."""
    content = bytearray(path.read_bytes())
    damage(content)
    path.write_bytes(content)
    return path


def pages_of_the_ledger(path: Path, destination: Path) -> list[int]:
    """Where each page begins that has something of the ledger on it."""
    content = path.read_bytes()
    name = str(destination).encode()
    return [at for at in range(0, len(content), PAGE) if name in content[at : at + PAGE]]


@pytest.mark.parametrize("where", ["anywhere", "in the ledger"])
@pytest.mark.parametrize("seed", [0, *slow(1, 2, 3)])
def test_one_flipped_byte(
    seed: int, where: str, sound: Path, jobs: dict[int, JobSnapshot], tmp_path: Path, expect: Expectations
) -> None:
    expect.log("damaged")
    chance = random.Random(seed)
    whole = ledger(Path(shutil.copy(sound, tmp_path / "whole.sqlite")), sound.parent / "files")
    pages = list(range(0, sound.stat().st_size, PAGE))
    if where != "anywhere":
        pages = pages_of_the_ledger(sound, sound.parent / "files")
    told = 0
    for number in range(SEEDS // 4):
        (folder := tmp_path / str(number)).mkdir()
        path = Path(shutil.copy(sound, folder / "queue.sqlite"))
        at, bit = chance.choice(pages) + chance.randrange(PAGE), 1 << chance.randrange(8)

        def flip(content: bytearray, at: int = at, bit: int = bit) -> None:
            content[at] ^= bit

        _, messages, _ = check(damaged(path, flip), jobs, most_lost=1)
        told += bool(messages)
        known = ledger(path, sound.parent / "files")
        for before, found in zip(whole, known, strict=True):
            assert found in (before, without_output(before), Known())
        assert sum(found != before for before, found in zip(whole, known, strict=True)) <= 1
    assert told


@pytest.mark.parametrize(
    "at", [0, 18, 28, 47, 100, 105, *slow(16, 19, 20, 22, 32, 35, 36, 44, 56, 60, 103, 108)]
)
def test_the_header_of_the_file(
    at: int, path: Path, jobs: dict[int, JobSnapshot], expect: Expectations
) -> None:
    expect.log("damaged")

    def flip(content: bytearray) -> None:
        content[at] ^= 0xFF

    check(damaged(path, flip), jobs, most_lost=0)
    with Desk(path) as desk:
        desk.add([job(JOBS + 1, batch=2)])  # it can be written


@pytest.mark.parametrize("seed", range(6))
def test_a_page_of_zeros(seed: int, path: Path, jobs: dict[int, JobSnapshot], expect: Expectations) -> None:
    expect.log("damaged")
    page = random.Random(seed).randrange(path.stat().st_size // PAGE) if seed else 0

    def wipe(content: bytearray) -> None:
        content[page * PAGE : (page + 1) * PAGE] = bytes(PAGE)

    check(damaged(path, wipe), jobs, most_lost=60)


def test_the_inner_page_of_the_list_alone_loses_nothing(
    path: Path, jobs: dict[int, JobSnapshot], expect: Expectations
) -> None:
    expect.log("damaged")
    ((root,),) = query(path, "SELECT rootpage FROM sqlite_master WHERE name = 'jobs'")

    def wipe(content: bytearray) -> None:
        content[(root - 1) * PAGE : root * PAGE] = bytes(PAGE)

    check(damaged(path, wipe), jobs, most_lost=0)


@pytest.mark.parametrize(("old", "new"), [(b"TABLE jobs", b"TABLE jabs"), (b"folder TEXT", b"foldor TEXT")])
def test_something_that_is_called_by_another_name(
    old: bytes, new: bytes, path: Path, jobs: dict[int, JobSnapshot], expect: Expectations
) -> None:
    expect.log("damaged")

    def rename(content: bytearray) -> None:
        at = content.index(old)
        content[at : at + len(new)] = new

    assert check(damaged(path, rename), jobs, most_lost=0)[1]


def test_half_a_file(path: Path, jobs: dict[int, JobSnapshot], expect: Expectations) -> None:
    expect.log("damaged")
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.truncate(size // 2 + 77)
    lost, messages, _ = check(path, jobs, most_lost=JOBS * 3 // 5)
    assert lost
    assert messages


@pytest.mark.parametrize("content", [b"", b"not a database at all", b"\0" * 3 * PAGE])
def test_nothing_that_can_be_used(
    content: bytes, path: Path, jobs: dict[int, JobSnapshot], expect: Expectations
) -> None:
    expect.log("damaged")
    path.write_bytes(content)
    lost, messages, _ = check(path, jobs, most_lost=JOBS)
    assert lost == JOBS
    assert "0 jobs" in messages[0].message


def test_a_database_of_somebody_else(tmp_path: Path, expect: Expectations) -> None:
    expect.log("damaged")
    path = tmp_path / "queue.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE jobs (id INTEGER PRIMARY KEY, boss TEXT)")
        connection.execute(f"PRAGMA user_version={VERSION}")
    found, messages = opened(path)
    assert found == []
    assert messages
    (kept,) = tmp_path.glob("*.damaged-*.sqlite")
    assert query(kept, "SELECT count(*) FROM jobs") == [(0,)]


def test_damaged_twice(path: Path, jobs: dict[int, JobSnapshot], expect: Expectations) -> None:
    expect.log("damaged")

    def flip(content: bytearray) -> None:
        content[100] ^= 0xFF

    for _ in range(2):
        check(damaged(path, flip), jobs, most_lost=0)
        assert opened(path)[1] == ()  # it is mended
    assert len(list(path.parent.glob("*.damaged-*.sqlite"))) == 2


def test_a_damaged_file_that_cannot_be_replaced_stays(path: Path, expect: Expectations) -> None:
    expect.log("damaged")
    path.write_bytes(b"rubbish")
    (path.parent / "queue.fresh.sqlite" / "in the way").mkdir(parents=True)
    found, messages = opened(path)
    assert found == []
    assert "in memory only" in messages[0].message
    assert path.read_bytes() == b"rubbish"
    assert len(list(path.parent.iterdir())) == 2


def test_what_was_lost_comes_from_the_newest_backup(
    path: Path, jobs: dict[int, JobSnapshot], expect: Expectations
) -> None:
    expect.log("damaged")
    shutil.copy(path, path.with_name("queue.backup-2.sqlite"))
    Desk(path).store.close()
    with Desk(path) as desk:
        desk.store.save((jobs[500]._replace(state=JobState.FAILED),))
    assert path.with_name("queue.backup-1.sqlite").exists()
    path.write_bytes(b"")
    newest = check(path, jobs, most_lost=0)
    assert newest[1]


def test_what_was_removed_does_not_come_back_from_a_sound_page(
    path: Path, jobs: dict[int, JobSnapshot], expect: Expectations
) -> None:
    expect.log("damaged")
    with Desk(path) as desk:
        desk.store.remove(tuple(jobs[number].id for number in range(700, 900)))
    assert path.with_name("queue.backup-1.sqlite").exists()

    def flip(content: bytearray) -> None:
        content[20] ^= 0xFF  # the header is wrong, and all rows are there

    damaged(path, flip)
    found, _ = opened(path)
    assert {one.id for one in found} == set(jobs) - set(range(700, 900))


@pytest.mark.parametrize("at", range(32, 40))
def test_what_was_removed_does_not_come_back_from_a_free_page(
    at: int, path: Path, jobs: dict[int, JobSnapshot], tmp_path: Path, expect: Expectations
) -> None:
    expect.log("damaged")
    with Desk(path) as desk:
        desk.store.remove(tuple(jobs[number].id for number in range(300, 1_800)))
    assert query(path, "PRAGMA freelist_count")[0][0] > 10
    (alone := tmp_path / "alone").mkdir()  # without its backup
    copy = Path(shutil.copy(path, alone / path.name))

    def flip(content: bytearray) -> None:
        content[at] ^= 0xFF  # which pages are free, and how many

    found, _ = opened(damaged(copy, flip))
    assert {one.id for one in found} == set(jobs) - set(range(300, 1_800))


def test_a_newer_file_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version={VERSION + 1}")
    before = path.read_bytes()
    with Desk(path) as desk:
        assert desk.jobs == []
        (message,) = desk.store.messages
        assert "newer version" in message.message
        desk.add([job(1)])
    assert path.read_bytes() == before
    assert {found.name for found in path.parent.iterdir()} == {"queue.sqlite", f"queue-{VERSION}.sqlite"}
    assert opened(path)[0] == [job(1)]


def copied_while_open(desk: Desk, path: Path, folder: Path) -> Path:
    """The file with its log, as a kill would leave them."""
    assert desk.store.is_kept
    shutil.copy(path, folder / path.name)
    shutil.copy(f"{path}-wal", folder / f"{path.name}-wal")
    return folder / path.name


def test_a_newer_file_with_a_log_is_left_alone(tmp_path: Path) -> None:
    (cut := tmp_path / "cut").mkdir()
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add([job(1)])
        desk.store._connection.execute(f"PRAGMA user_version={VERSION + 1}")
        path = copied_while_open(desk, tmp_path / "queue.sqlite", cut)
    before = {found.name: found.read_bytes() for found in cut.iterdir()}
    found, messages = opened(path)
    assert found == []
    assert messages
    after = {found.name: found.read_bytes() for found in cut.iterdir() if "-1" not in found.name}
    assert after == before


def test_a_log_that_was_deleted_loses_no_more_than_it_held(tmp_path: Path) -> None:
    (cut := tmp_path / "cut").mkdir()
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add([job(n) for n in range(1, 100)])
        desk.store._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        desk.add([job(n, batch=2) for n in range(100, 200)])
        path = copied_while_open(desk, tmp_path / "queue.sqlite", cut)
    Path(f"{path}-wal").unlink()
    assert opened(path) == ([job(n) for n in range(1, 100)], ())


def test_a_log_without_its_file(tmp_path: Path, expect: Expectations) -> None:
    expect.log("damaged")
    (cut := tmp_path / "cut").mkdir()
    wanted = [job(n) for n in range(1, 100)]
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add(wanted)
        path = copied_while_open(desk, tmp_path / "queue.sqlite", cut)
    path.unlink()
    found, messages = opened(path)
    assert found == wanted
    assert messages


def test_a_log_that_is_damaged_in_the_middle(tmp_path: Path, expect: Expectations) -> None:
    expect.log("damaged")
    (cut := tmp_path / "cut").mkdir()
    wanted = [job(n, batch=n) for n in range(1, 40)]
    with Desk(tmp_path / "queue.sqlite") as desk:
        for one in wanted:
            desk.add([one])
        path = copied_while_open(desk, tmp_path / "queue.sqlite", cut)

    def flip(content: bytearray) -> None:
        content[len(content) // 2] ^= 0xFF

    damaged(Path(f"{path}-wal"), flip)
    found, messages = opened(path)
    assert found == wanted
    assert messages
