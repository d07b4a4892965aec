"""The manifest of a destination says what lies there, and keeps what other queues said."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from core.ledger import Output
from core.manifest import manifest_path
from core.store_messages import ManifestWritten
from tests.support.queue_files import Desk, job, publication
from tests.support.watching import Expectations


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The destination."""
    return tmp_path / "files"


def manifest(folder: Path) -> Path:
    """Where its manifest is."""
    return folder / ".fetchmill" / "manifest.jsonl"


def written(desk: Desk, folder: Path) -> list[dict[str, Any]]:
    """What is in it, after it was written."""
    desk.store.write_manifest(str(folder))
    path = desk.answer(ManifestWritten).path
    assert path == str(manifest(folder))
    return [json.loads(line) for line in manifest(folder).read_bytes().splitlines()]


def test_each_finished_file_is_a_line(tmp_path: Path, folder: Path) -> None:
    with Desk(tmp_path / "queue.sqlite") as desk:
        for number in range(1, 4):
            begun = job(number, source=f"http://user:s3cr3t@h.example/{number}", name=f"a/{number}\udce9.jpg")
            desk.publish(publication(begun, folder, b"%d" % number))
        first, *others = written(desk, folder)
    assert first == {
        "source": "http://h.example/1",
        "source_sha256": first["file_sha256"],
        "original": None,
        "file": "a/1\udce9.jpg",
        "file_sha256": "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
        "bytes": 1,
        "width": 3,
        "height": 4,
        "format": "JPEG",
        "notes": ["a note"],
    }
    assert len(others) == 2
    assert b"s3cr3t" not in manifest(folder).read_bytes()


def test_files_that_are_gone_are_left_out(tmp_path: Path, folder: Path) -> None:
    with Desk(tmp_path / "queue.sqlite") as desk:
        for number in (1, 2):
            desk.publish(publication(job(number), folder, b"%d" % number))
        (folder / "000001.jpg").unlink()
        assert [line["file"] for line in written(desk, folder)] == ["000002.jpg"]


def test_what_another_queue_noted_stays(tmp_path: Path, folder: Path) -> None:
    with Desk(tmp_path / "one.sqlite") as desk:
        desk.publish(publication(job(1), folder))
        assert len(written(desk, folder)) == 1
    with manifest(folder).open("ab") as file:
        file.write(
            b'rubbish\n[1]\n{"file": "gone.jpg"}\n{"file": "a\\u0000b"}\n' + b"[" * 100_000 + b"\n{\xff"
        )
        (folder / "caf\udce9.jpg").write_bytes(b"")
        file.write(b'\n{"file": "caf\xe9.jpg"}')  # and no line break at the end
    with Desk(tmp_path / "two.sqlite") as desk:
        desk.publish(publication(job(2), folder))
        desk.store.write_manifest(str(folder))
        desk.answer(ManifestWritten)
    files = [line.split(b'"file": ')[1].split(b'"')[1] for line in manifest(folder).read_bytes().splitlines()]
    assert sorted(files) == [b"000001.jpg", b"000002.jpg", b"caf\xe9.jpg"]


def test_a_file_that_was_made_again_has_one_line(tmp_path: Path, folder: Path) -> None:
    with Desk(tmp_path / "one.sqlite") as desk:
        desk.publish(publication(job(1), folder, b"old"))
        written(desk, folder)
    with Desk(tmp_path / "two.sqlite") as desk:
        desk.publish(publication(job(1), folder, b"newer", replaces=True))
        (line,) = written(desk, folder)
    assert line["bytes"] == 5


def test_of_two_lines_about_a_file_the_last_stays(tmp_path: Path, folder: Path) -> None:
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.publish(publication(job(1), folder))
        (folder / "theirs.jpg").write_bytes(b"")
        manifest(folder).write_text(
            "".join(json.dumps({"file": "theirs.jpg", "bytes": size}) + "\n" for size in (1, 2))
        )
        assert [line["bytes"] for line in written(desk, folder) if line["file"] == "theirs.jpg"] == [2]


def test_it_is_not_written_where_we_have_no_folder(tmp_path: Path, folder: Path) -> None:
    folder.mkdir()
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.store.write_manifest(str(folder))
        assert desk.answer(ManifestWritten).path is None
    assert list(folder.iterdir()) == []
    assert manifest_path(str(folder)) is None


def test_one_that_cannot_be_written_is_told(tmp_path: Path, folder: Path, expect: Expectations) -> None:
    expect.log("manifest")
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.publish(publication(job(1), folder))
        manifest(folder).mkdir()
        desk.store.write_manifest(str(folder))
        assert desk.answer(ManifestWritten).path is None
        desk.add([job(2)])


def test_a_named_pipe_does_not_hold_us_up(tmp_path: Path, folder: Path) -> None:
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.publish(publication(job(1), folder))
        os.mkfifo(manifest(folder))
        assert len(written(desk, folder)) == 1


def test_a_link_is_replaced_and_not_followed(tmp_path: Path, folder: Path) -> None:
    (tmp_path / "victim").write_bytes(b"theirs")
    with Desk(tmp_path / "queue.sqlite") as desk:
        desk.publish(publication(job(1), folder))
        manifest(folder).symlink_to(tmp_path / "victim")
        assert len(written(desk, folder)) == 1
    assert (tmp_path / "victim").read_bytes() == b"theirs"


def test_a_damaged_row_is_left_out(tmp_path: Path, folder: Path) -> None:
    path = tmp_path / "queue.sqlite"
    with Desk(path) as desk:
        for number in (1, 2, 3):
            desk.publish(publication(job(number), folder, b"%d" % number))
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE outputs SET path = CAST(x'ff' AS TEXT) WHERE content = 1")
        connection.execute("UPDATE contents SET source = 'http://other.example/' WHERE id = 2")
    with Desk(path) as desk:
        assert [line["file"] for line in written(desk, folder)] == ["000003.jpg"]


def test_ten_thousand_of_one_source_each_are_in_order(tmp_path: Path, folder: Path) -> None:
    folder.mkdir()
    with Desk(None) as desk:
        wishes = [publication(job(number), folder, b"x") for number in range(1, 200)]
        for wish in wishes:
            desk.publish(wish)
        assert [line["file"] for line in written(desk, folder)] == [f"{n:06}.jpg" for n in range(1, 200)]
    assert isinstance(wishes[0].outputs[0], Output)
    assert tmp_path.exists()
