"""Whole files get their final names: never over somebody else's, never twice."""

import errno
import hashlib
import os
from pathlib import Path

import pytest

from core import renaming
from core.errors import DestinationGoneError, StorageError
from core.ledger import Move
from core.moves import TakenError, carry_out, carry_out_all, discard, settle, sync_folder
from tests.support.queue_files import job, publication
from tests.support.watching import Expectations

BODY = b"a finished file"


def move(folder: Path, name: str = "a.jpg", *, replaces: bool = False) -> Move:
    """A part file that is to get a name."""
    part = folder / "parts" / "move.part"
    part.parent.mkdir(exist_ok=True)
    part.write_bytes(BODY)
    sha256 = hashlib.sha256(BODY).hexdigest()
    return Move(str(part), str(folder / name), len(BODY), sha256, replaces)


@pytest.fixture(params=["renames", "links", "no links"])
def folder(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder on a file system that can rename without replacing, or only knows second names, or not even those."""

    def refuse(*_: object) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    if request.param != "renames":
        monkeypatch.setattr(renaming, "_RENAME", None)
    if request.param == "no links":
        monkeypatch.setattr(os, "link", refuse)
    return tmp_path


def test_a_name_that_is_free(folder: Path) -> None:
    wish = move(folder, "deep/below/a.jpg")
    carry_out(wish)
    assert Path(wish.path).read_bytes() == BODY
    assert not Path(wish.part).exists()
    assert Path(wish.path).stat().st_nlink == 1


@pytest.mark.parametrize("kind", ["file", "folder", "link", "dead link"])
def test_a_name_that_is_taken(folder: Path, kind: str) -> None:
    wish = move(folder)
    there = Path(wish.path)
    (folder / "other").write_bytes(b"theirs")
    if kind == "file":
        there.write_bytes(b"theirs")
    elif kind == "folder":
        there.mkdir()
    else:
        there.symlink_to(folder / ("other" if kind == "link" else "nowhere"))
    with pytest.raises(TakenError):
        carry_out(wish)
    assert Path(wish.part).read_bytes() == BODY
    assert (folder / "other").read_bytes() == b"theirs"
    assert not (folder / "nowhere").exists()


def test_what_may_be_replaced_is(folder: Path) -> None:
    wish = move(folder, replaces=True)
    (folder / "other").write_bytes(b"theirs")
    Path(wish.path).symlink_to(folder / "other")
    carry_out(wish)
    assert Path(wish.path).read_bytes() == BODY
    assert not Path(wish.path).is_symlink()
    assert (folder / "other").read_bytes() == b"theirs"


def test_a_folder_is_not_replaced(folder: Path) -> None:
    wish = move(folder, replaces=True)
    Path(wish.path).mkdir()
    with pytest.raises(StorageError):
        carry_out(wish)
    assert Path(wish.part).exists()


def test_a_part_that_is_gone(folder: Path) -> None:
    wish = move(folder, "new/a.jpg")
    Path(wish.part).unlink()
    with pytest.raises(DestinationGoneError):
        carry_out(wish)
    assert not (folder / "new").exists()


@pytest.mark.parametrize("name", ["a\0.jpg", "\ud800.jpg", "x" * 300])
def test_a_name_that_cannot_be(folder: Path, name: str) -> None:
    wish = move(folder, name)
    with pytest.raises(StorageError):
        carry_out(wish)
    assert Path(wish.part).exists()


def test_others_are_done_when_one_is_not(folder: Path) -> None:
    wishes = [publication(job(number), folder) for number in range(1, 6)]
    Path(wishes[2].moves[0].path).write_bytes(b"theirs")
    Path(wishes[3].moves[0].part).unlink()
    answers, done = carry_out_all(wishes)
    assert [found.job.id for found in done] == [1, 2, 5]
    assert [(found.job, found.done, found.taken) for found in answers] == [(3, (), True), (4, (), False)]
    assert answers[1].error is not None


@pytest.mark.parametrize("replaces", [True, False])
def test_what_fails_is_taken_back_and_nothing_else(folder: Path, replaces: bool) -> None:
    wish = publication(job(1), folder)
    first = move(folder, "original.jpg")
    (second,) = wish.moves
    Path(second.path).write_bytes(b"theirs")
    Path(second.part).unlink()  # so that it fails
    answers, done = carry_out_all([wish._replace(moves=(first, second._replace(replaces=replaces)))])
    assert done == []
    assert answers[0].error is not None
    assert answers[0].done == ()
    assert Path(second.path).read_bytes() == b"theirs"
    assert not Path(second.part).exists()
    assert Path(first.part).read_bytes() == BODY
    assert not Path(first.path).exists()


def test_what_the_disk_refuses_is_told_of_its_own_folder_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wishes = [publication(job(number, name=f"{number}/a.jpg"), tmp_path) for number in range(1, 4)]
    (tmp_path / "2").mkdir()
    bad, fsync = (tmp_path / "2").stat().st_ino, os.fsync

    def refuse(number: int) -> None:
        if os.fstat(number).st_ino == bad:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        fsync(number)

    monkeypatch.setattr(os, "fsync", refuse)
    answers, done = carry_out_all(wishes)
    assert [found.job.id for found in done] == [1, 3]
    assert [(found.job, found.done) for found in answers] == [(2, ())]
    assert Path(wishes[1].moves[0].part).exists()


def test_new_folders_on_the_way_are_made_durable_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    monkeypatch.setattr("core.moves.sync_folder", synced.append)
    carry_out_all([publication(job(1, name="a/b/c.jpg"), tmp_path)])
    assert sorted(synced) == sorted([str(tmp_path), str(tmp_path / "a"), str(tmp_path / "a" / "b")])


def test_a_folder_that_is_gone_cannot_be_made_durable(tmp_path: Path) -> None:
    with pytest.raises(DestinationGoneError):
        sync_folder(str(tmp_path / "nowhere"))


class TestAfterACut:
    """What is made of a last step that was begun."""

    def test_not_begun(self, folder: Path) -> None:
        wish = publication(job(1), folder, BODY)
        assert settle(wish)
        assert Path(wish.moves[0].path).read_bytes() == BODY
        assert not Path(wish.moves[0].part).exists()

    def test_done(self, folder: Path) -> None:
        wish = publication(job(1), folder, BODY)
        carry_out(wish.moves[0])
        assert settle(wish)

    def test_in_the_middle(self, folder: Path) -> None:
        wish = publication(job(1), folder, BODY)
        Path(wish.moves[0].path).write_bytes(BODY)
        assert settle(wish)
        assert not Path(wish.moves[0].part).exists()

    @pytest.mark.parametrize("content", [BODY[:-1], BODY[:-1] + b"?", b""])
    def test_the_part_is_not_what_it_was(self, folder: Path, content: bytes) -> None:
        wish = publication(job(1), folder, BODY)
        Path(wish.moves[0].part).write_bytes(content)
        assert not settle(wish)
        assert not Path(wish.moves[0].path).exists()

    def test_the_name_was_taken(self, folder: Path, expect: Expectations) -> None:
        expect.log("its last step was cut")
        wish = publication(job(1), folder, BODY)
        Path(wish.moves[0].path).write_bytes(b"theirs")
        assert not settle(wish)
        assert Path(wish.moves[0].path).read_bytes() == b"theirs"
        assert Path(wish.moves[0].part).exists()

    def test_nothing_is_there(self, folder: Path) -> None:
        wish = publication(job(1), folder, BODY)
        Path(wish.moves[0].part).unlink()
        assert not settle(wish)

    def test_a_link_is_not_the_file(self, folder: Path) -> None:
        wish = publication(job(1), folder, BODY)
        (folder / "victim").write_bytes(BODY)
        Path(wish.moves[0].part).unlink()
        Path(wish.moves[0].path).symlink_to(folder / "victim")
        assert not settle(wish)


def test_discarding(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"")
    (tmp_path / "b").mkdir()
    discard([str(tmp_path / name) for name in "abc"])
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
