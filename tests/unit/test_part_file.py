"""Part files: what an earlier run left is gone on with only where it is what was noted."""

import hashlib
import json
import os
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from core.downloads.checkpoint import Whole
from core.downloads.part_file import PartFile
from core.errors import StorageError

SOURCE = "http://host.example/a.jpg"
BODY = bytes(range(256)) * 40
WHOLE = Whole("a.jpg", "image/jpeg", '"tag"', "yesterday")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the part file is."""
    return tmp_path / "1.part"


def sidecar(path: Path) -> Path:
    """Its checkpoint."""
    return Path(f"{path}.json")


def received(
    path: Path, body: bytes = BODY, whole: Whole | None = None, validator: str | None = '"v"'
) -> None:
    """An earlier run has received that."""
    part = PartFile(str(path), SOURCE)
    part.find()
    part.validator, part.size = validator, len(BODY)
    with part:
        part.write(body)
    if whole is not None:
        part.complete(whole)


def found(path: Path, source: str = SOURCE) -> PartFile:
    """What the next run finds."""
    part = PartFile(str(path), source)
    part.find()
    return part


def assert_nothing(path: Path, source: str = SOURCE) -> None:
    """The next run finds nothing, begins anew, and succeeds."""
    part = found(path, source)
    assert part.received == 0
    assert part.whole is None
    assert part.validator is None
    assert list(path.parent.glob("*.part?*")) == []
    with part:
        part.write(BODY)
    assert not path.is_symlink()
    assert path.read_bytes() == BODY


def test_goes_on_from_its_checkpoint(path: Path) -> None:
    received(path, BODY[:5_000])
    part = found(path)
    assert (part.received, part.validator, part.size, part.whole) == (5_000, '"v"', len(BODY), None)
    with part:
        part.write(BODY[5_000:])
    assert path.read_bytes() == BODY
    assert part.sha256() == hashlib.sha256(BODY).hexdigest()


def test_what_came_after_the_checkpoint_is_cut_off(path: Path) -> None:
    received(path, BODY[:5_000])
    with path.open("ab") as file:
        file.write(b"not noted")
    part = found(path)
    assert part.received == 5_000
    assert path.stat().st_size == 5_000


def test_checkpoints_are_made_on_the_way(path: Path) -> None:
    part = PartFile(str(path), SOURCE)
    part.find()
    part.validator = '"v"'
    with part:
        part.write(bytes(1 << 20))
        assert json.loads(sidecar(path).read_bytes())["received"] == 1 << 20
        part.write(b"more")
        assert json.loads(sidecar(path).read_bytes())["received"] == 1 << 20
    assert json.loads(sidecar(path).read_bytes())["received"] == (1 << 20) + 4


def test_without_a_validator_there_is_nothing_to_go_on_from(path: Path) -> None:
    received(path, BODY[:5_000], validator=None)
    assert not sidecar(path).exists()
    assert_nothing(path)


@pytest.mark.parametrize("validator", ['"v"', None])
def test_a_whole_file_is_found_again(path: Path, validator: str | None) -> None:
    received(path, whole=WHOLE, validator=validator)
    part = found(path)
    assert part.whole == WHOLE
    assert part.received == part.size == len(BODY)
    assert part.sha256() == hashlib.sha256(BODY).hexdigest()


def test_names_and_types_that_are_no_utf_8_are_found_again(path: Path) -> None:
    whole = Whole("a.jpg", "\x93\xff", '"\xff\t"', None)
    received(path, whole=whole)
    assert found(path).whole == whole


def test_another_source_is_begun_anew(path: Path) -> None:
    received(path)
    assert_nothing(path, SOURCE + "?other")


@pytest.mark.parametrize("whole", [None, WHOLE])
def test_bytes_of_another_link_are_taken_over_for_comparison(path: Path, whole: Whole | None) -> None:
    received(path, BODY if whole else BODY[:5_000], whole=whole)
    part = PartFile(str(path), SOURCE + "?other", takes_over=True)
    part.find()
    assert part.is_taken_over
    assert (part.received, part.whole) == (len(BODY) - 1 if whole else 5_000, None)
    part.is_taken_over = False
    with part:
        part.write(BODY[part.received :])
    assert not found(path, SOURCE + "?other").is_taken_over, "they are that link's now"
    assert_nothing(path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda body: body[:100] + b"?" + body[101:],
        lambda body: body[:-1],
        lambda _: b"",
        lambda body: b"?" + body,
    ],
)
@pytest.mark.parametrize("whole", [None, WHOLE])
def test_what_somebody_changed_is_begun_anew(
    path: Path, damage: Callable[[bytes], bytes], whole: Whole | None
) -> None:
    received(path, whole=whole)
    path.write_bytes(damage(path.read_bytes()))
    assert_nothing(path)


def test_a_part_file_that_is_gone_is_begun_anew(path: Path) -> None:
    received(path)
    path.unlink()
    assert_nothing(path)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff\xfe\x00",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"9" * 10_000,
        b" " * (1 << 20) + b"{}",
    ],
)
def test_a_checkpoint_that_is_rubbish(path: Path, content: bytes) -> None:
    received(path)
    sidecar(path).write_bytes(content)
    assert_nothing(path)


@pytest.mark.parametrize(
    "changes",
    [
        {"received": "many"},
        {"received": -1},
        {"received": 0},
        {"received": 1e999},
        {"received": len(BODY) + 1},
        {"received": 10**30},
        {"received": None},
        {"sha256": None},
        {"sha256": ""},
        {"source": None},
        {"validator": 5},
        {"validator": 'x"\r\nCookie: a'},
        {"size": "10"},
        {"size": 3},
        {"size": True},
        {"whole": 5},
        {"whole": ["a.jpg"]},
        {"whole": ["a.jpg", 1, None, None]},
        {"whole": ["a.jpg", "x\r\ny", None, None]},
        {"whole": [None] * 5},
        {"whole": {"name": "a"}},
    ],
)
def test_a_checkpoint_with_a_wrong_value(path: Path, changes: dict[str, Any]) -> None:
    received(path, whole=WHOLE)
    noted = json.loads(sidecar(path).read_bytes())
    sidecar(path).write_text(json.dumps(noted | changes), encoding="utf-8")
    assert_nothing(path)


@pytest.mark.parametrize("key", ["source", "validator", "size", "received", "sha256", "whole"])
def test_a_checkpoint_that_lacks_a_value(path: Path, key: str) -> None:
    received(path)
    noted = json.loads(sidecar(path).read_bytes())
    del noted[key]
    sidecar(path).write_text(json.dumps(noted), encoding="utf-8")
    assert_nothing(path)


@pytest.mark.parametrize("name", ["../../evil.jpg", "/etc/evil.jpg", "..\\evil.jpg", "a/evil.jpg"])
def test_a_checkpoint_leads_to_no_other_folder(path: Path, name: str) -> None:
    received(path, whole=WHOLE)
    noted = json.loads(sidecar(path).read_bytes())
    noted["whole"][0] = name
    sidecar(path).write_text(json.dumps(noted), encoding="utf-8")
    whole = found(path).whole
    assert whole is not None
    assert whole.name == "evil.jpg"


@pytest.mark.skipif(os.name != "posix", reason="symbolic links need a privilege there")
class TestLinks:
    """Somebody has put links where our files are to be."""

    @pytest.fixture
    def victim(self, tmp_path: Path) -> Path:
        """A file that must not be touched."""
        victim = tmp_path / "victim"
        victim.write_bytes(BODY)
        return victim

    def test_at_the_part_file_before_anything_was_received(self, path: Path, victim: Path) -> None:
        path.symlink_to(victim)
        assert_nothing(path)
        assert victim.read_bytes() == BODY

    def test_at_the_part_file_later(self, path: Path, victim: Path) -> None:
        received(path, BODY[:5_000])
        victim.write_bytes(path.read_bytes())
        path.unlink()
        path.symlink_to(victim)
        assert_nothing(path)
        assert victim.read_bytes() == BODY[:5_000]

    def test_at_the_checkpoint(self, path: Path, victim: Path) -> None:
        sidecar(path).symlink_to(victim)
        received(path)
        assert victim.read_bytes() == BODY
        assert (
            found(path).received == len(BODY) - 1
        )  # the last byte is asked for again, with what is said of it

    def test_at_the_checkpoint_of_an_earlier_run(self, path: Path, victim: Path) -> None:
        received(path)
        victim.write_bytes(sidecar(path).read_bytes())
        sidecar(path).unlink()
        sidecar(path).symlink_to(victim)
        assert_nothing(path)
        assert victim.exists()

    def test_at_the_checkpoint_that_is_being_written(self, path: Path, victim: Path) -> None:
        Path(f"{sidecar(path)}.new").symlink_to(victim)
        received(path)
        assert victim.read_bytes() == BODY
        assert not sidecar(path).is_symlink()

    def test_a_named_pipe_does_not_hold_us_up(self, path: Path) -> None:
        received(path)
        sidecar(path).unlink()
        os.mkfifo(sidecar(path))
        assert_nothing(path)

    def test_a_named_pipe_for_a_part_file(self, path: Path) -> None:
        received(path)
        path.unlink()
        os.mkfifo(path)
        assert_nothing(path)


def test_a_discarded_part_file_leaves_nothing(path: Path) -> None:
    received(path, whole=WHOLE)
    Path(f"{sidecar(path)}.new").write_bytes(b"cut")
    found(path).discard()
    assert list(path.parent.iterdir()) == []


def test_starting_over(path: Path) -> None:
    received(path, BODY[:5_000])
    part = found(path)
    part.start_over()
    assert part.received == 0
    with part:
        part.write(BODY)
    assert path.read_bytes() == BODY
    assert part.sha256() == hashlib.sha256(BODY).hexdigest()


@pytest.mark.parametrize("cut", [0, 1, 500, 1_500])
def test_the_first_bytes_are_those_of_the_file(path: Path, cut: int) -> None:
    body = bytes(range(256)) * 8
    part = PartFile(str(path), SOURCE)
    part.validator, part.size = '"v"', len(body)
    part.find()
    with part:
        part.write(body[:cut])
    part = PartFile(str(path), SOURCE)
    part.find()
    part.validator, part.size = '"v"', len(body)
    with part:
        part.write(body[part.received : part.received + 300])
        part.write(body[part.received :])
    assert part.head(1024) == body[:1024]
    assert part.head(100) == body[:100]


def test_what_has_its_name_in_a_moment_is_on_the_disk_but_not_noted(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", synced.append)
    part = found(path)
    with part:
        part.size = len(BODY)
        part.write(BODY)
        part.complete(Whole("a.jpg", None, None, None), is_noted=False)
    assert len(synced) == 1
    assert part.leftovers(moved={str(path)}) == ()
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_what_was_noted_before_is_noted_in_any_case(path: Path) -> None:
    received(path, BODY[:5_000])
    part = found(path)
    with part:
        part.write(BODY[5_000:])
        part.complete(Whole("a.jpg", None, None, None), is_noted=False)
    assert found(path).whole is not None
    assert part.leftovers(moved={str(path)}) == (str(sidecar(path)),)


def test_a_note_for_which_there_is_no_room_leaves_nothing_behind(path: Path) -> None:
    part = PartFile(str(path), SOURCE)
    part.find()
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    with part:
        part.write(BODY)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
        try:
            with pytest.raises(StorageError):
                part.complete(WHOLE)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert [file.name for file in path.parent.iterdir()] == [path.name]
