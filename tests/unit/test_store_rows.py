"""Rows of the queue file: what goes in comes out, a changed byte is noticed, and no login gets in."""

import random
import sqlite3
from pathlib import Path

import pytest

from core.errors import BadUrlError
from core.job import BatchId, JobState
from core.ledger import Content, Output, Stamp
from core.store_pages import Pages
from core.store_rows import (
    JOB_COLUMNS,
    BadRowError,
    JobRow,
    content_of,
    content_row,
    is_signed,
    output_of,
    output_row,
    publication_of,
    publication_text,
    restored,
    row_of,
    signed,
    snapshot_of,
    storable,
)
from core.store_schema import connect
from tests.support.queue_files import Desk, job, publication, random_job, random_text
from tests.support.queue_files import restored as jobs_in

IN_CLEAR = "s3cr3t-pa55"
CUT = "http://user:s3cr3t-pa55@host.example/a.jpg"


@pytest.mark.parametrize("seed", range(40))
def test_every_field_comes_back(seed: int) -> None:
    chance = random.Random(seed)
    for number in range(1, 20):
        whole = random_job(chance, number)
        assert snapshot_of(row_of(whole)) == whole


def test_every_field_comes_back_from_a_file(tmp_path: Path) -> None:
    chance = random.Random(1)
    jobs = [random_job(chance, number)._replace(batch=BatchId(1)) for number in range(1, 300)]
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add(jobs, random_text(chance))
    assert jobs_in(tmp_path / "queue.sqlite") == jobs


def test_a_job_is_read_without_sqlite_as_with_it(tmp_path: Path) -> None:
    chance = random.Random(2)
    jobs = [random_job(chance, number)._replace(batch=BatchId(1)) for number in range(1, 300)]
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add(jobs)
    with Pages(tmp_path / "queue.sqlite") as pages:
        found = [(row.number, *row.values[1:]) for row in pages.rows() if len(row.values) == 10]
        assert pages.is_whole
    assert [snapshot_of((*row[:7], float(row[7]), *row[8:])) for row in found] == jobs


def test_a_whole_number_of_seconds_comes_back(tmp_path: Path) -> None:
    jobs = [job(1, added=5), job(2, added=-0.0), job(3, added=True)]
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add(jobs)
    assert [found.added for found in jobs_in(tmp_path / "queue.sqlite")] == [5.0, 0.0, 1.0]


@pytest.mark.parametrize("text", ["", "a", "\0", "\0\0a", "\udce9\ud800", "a\0b", '\0"a"', "\x00[1]", "漢"])
def test_any_text_can_be_stored(text: str) -> None:
    storable(text).encode()
    assert restored(storable(text)) == text


def test_pace_is_not_kept() -> None:
    assert snapshot_of(row_of(job(1, speed=3.0, retry_in=2.0))) == job(1)


def flipped(value: object, chance: random.Random) -> object:
    """The value with one bit changed, as SQLite would give it."""
    if isinstance(value, str):
        at, bit = chance.randrange(len(value)), 1 << chance.randrange(7)
        return value[:at] + chr(ord(value[at]) ^ bit) + value[at + 1 :]
    if isinstance(value, int):
        return value ^ (1 << chance.randrange(31))
    return float(value) + 1 if isinstance(value, float) else "x"


def test_a_changed_bit_in_any_column_is_noticed() -> None:
    chance = random.Random(3)
    for number in range(1, 300):
        row: list[object] = list(
            row_of(job(number, folder="f", notes=("note",), batch=chance.randrange(1, 9)))
        )
        at = chance.randrange(len(row))
        row[at] = flipped(row[at], chance)
        with pytest.raises(BadRowError):
            snapshot_of(tuple(row))  # type: ignore[arg-type]  # a damaged row is none


def test_a_changed_bit_in_the_ledger_is_noticed() -> None:
    chance = random.Random(4)
    content = Content("ab" * 32, 7, '"e"', "yesterday", "a.jpg", True, "/x/a.jpg", Stamp(7, 8))
    output = Output("/x/a.jpg", Stamp(7, 8), "cd" * 32, 3, 4, "JPEG", ("note",), "ab" * 32)
    rows = [
        (content_of, (1, *content_row("key", "/x", "http://h/", content))),
        (output_of, output_row(1, "r", output)),
    ]
    assert content_of(rows[0][1]) == content
    assert output_of(rows[1][1]) == output
    for read, whole in rows:
        for at in range(1, len(whole)):
            row = list(whole)
            row[at] = flipped(row[at], chance)
            with pytest.raises(BadRowError):
                read(tuple(row))


def test_a_row_of_one_table_is_none_of_another() -> None:
    row = signed("batches", 1, "title")
    assert is_signed("batches", row)
    assert not is_signed("intents", row)


def test_an_intent_comes_back(tmp_path: Path) -> None:
    folder = tmp_path / "\udce9"
    whole = publication(job(1, name="\udce9.jpg"), folder)
    assert publication_of(publication_text(whole)) == whole
    bare = whole._replace(outputs=(), moves=(), leftovers=())
    assert publication_of(publication_text(bare)) == bare


@pytest.mark.parametrize("text", ["", "{}", "[]", "[1,2]", "null", '[[],"","","",[],null,[],[]]', "[" * 50])
def test_a_damaged_intent_is_none(text: str) -> None:
    with pytest.raises(BadRowError):
        publication_of(text)


def test_the_ledger_takes_names_that_are_no_utf_8(tmp_path: Path) -> None:
    folder = tmp_path / "\udce9"
    begun = job(1, name="\udce9.jpg")
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add([begun])
        done = publication(begun, folder)
        odd = done.content._replace(etag='"\ud800"', name="\udcff")
        assert desk.publish(done._replace(content=odd)).error is None
        (known,) = desk.known(begun, destination=folder)
    assert known.is_up_to_date
    assert known.outputs[0].path == str(folder / "\udce9.jpg")
    assert known.content is not None
    assert known.content[:5] == odd[:5]


def test_logins_never_reach_the_disk(tmp_path: Path) -> None:
    path, folder = tmp_path / "queue.sqlite", tmp_path / "files"
    jobs = [
        job(1, source=CUT, name=CUT),
        job(2, source=CUT.upper().replace(IN_CLEAR.upper(), IN_CLEAR)),
        job(3, source=CUT + "?a=b@c", state=JobState.FAILED, error=BadUrlError("No.").report()),
        job(4, source=CUT + "4", name="4.jpg"),
    ]
    with Desk(path) as desk:
        desk.add(jobs)
        desk.store.save((jobs[0]._replace(state=JobState.CANCELLED),))
        desk.publish(publication(jobs[3], folder))
        seen = b"".join(found.read_bytes() for found in tmp_path.rglob("*") if found.is_file())
        assert (tmp_path / "queue.sqlite-wal").stat().st_size
    seen += b"".join(found.read_bytes() for found in tmp_path.rglob("*") if found.is_file())
    assert IN_CLEAR.encode() not in seen
    assert b"host.example/a.jpg4" in seen


def test_that_a_login_is_missing_is_said(tmp_path: Path) -> None:
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.add([job(1, source=CUT)])
        desk.store.save((job(1, source=CUT),))
    (found,) = jobs_in(tmp_path / "queue.sqlite")
    assert found.source == "http://host.example/a.jpg"
    assert len(found.notes) == 1
    assert "login" in found.notes[0]
    assert row_of(found) == row_of(snapshot_of(row_of(found)))


def test_columns_are_those_of_the_table() -> None:
    connection: sqlite3.Connection = connect(None)
    names = [row[1] for row in connection.execute("PRAGMA table_info(jobs)")]
    assert names == JOB_COLUMNS.split(", ")
    row: JobRow = row_of(job(1))
    assert len(row) == len(names)
    connection.close()
