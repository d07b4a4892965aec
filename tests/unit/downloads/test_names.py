"""Who may write which name."""

import contextlib
import os
import socket
from pathlib import Path

import pytest

from core.downloads.names import NameBook
from core.errors import DestinationError, FileExistsAlreadyError, UnusableNameError
from core.settings import Existing


@pytest.fixture
def names() -> NameBook:
    return NameBook(lambda path: path.endswith("original.jpg"))


def claim(names: NameBook, folder: Path, name: str, existing: Existing = Existing.RENAME) -> str:
    return Path(names.claim(str(folder), name, existing)).name


def test_a_name_is_given_once_whatever_its_case_or_form(names: NameBook, tmp_path: Path) -> None:
    assert claim(names, tmp_path, "café.jpg") == "café.jpg"
    assert claim(names, tmp_path, "CAFÉ.JPG") == "CAFÉ (2).JPG"
    assert claim(names, tmp_path, "cafe\u0301.jpg") == "cafe\u0301 (3).jpg"
    assert claim(names, tmp_path, "café (2).jpg") == "café (2) (2).jpg"


def test_a_thousand_of_one_name(names: NameBook, tmp_path: Path) -> None:
    assert len({claim(names, tmp_path, "a.jpg") for _ in range(1000)}) == 1000


def test_it_writes_nothing_and_needs_no_folder(names: NameBook, tmp_path: Path) -> None:
    assert claim(names, tmp_path / "new" / "er", "a.jpg") == "a.jpg"
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("kind", ["file", "folder", "dead link"])
def test_what_was_there_is_not_overwritten(names: NameBook, tmp_path: Path, kind: str) -> None:
    there = tmp_path / "A.jpg"
    if kind == "file":
        there.touch()
    elif kind == "folder":
        there.mkdir()
    else:
        there.symlink_to("nowhere")
    assert claim(names, tmp_path, "a.jpg") == "a (2).jpg"
    assert names.was_there(str(tmp_path), "a.JPG")


@pytest.mark.parametrize("existing", [Existing.SKIP, Existing.ASK])
def test_skip_and_ask_say_so(names: NameBook, tmp_path: Path, existing: Existing) -> None:
    (tmp_path / "a.jpg").touch()
    with pytest.raises(FileExistsAlreadyError):
        claim(names, tmp_path, "a.jpg", existing)


def test_replace_takes_what_was_there_once_and_never_an_original(names: NameBook, tmp_path: Path) -> None:
    (tmp_path / "a.jpg").touch()
    (tmp_path / "original.jpg").touch()
    assert claim(names, tmp_path, "a.jpg", Existing.REPLACE) == "a.jpg"
    assert claim(names, tmp_path, "a.jpg", Existing.REPLACE) == "a (2).jpg"
    assert claim(names, tmp_path, "original.jpg", Existing.REPLACE) == "original (2).jpg"


def test_a_file_that_came_meanwhile_is_seen(names: NameBook, tmp_path: Path) -> None:
    claim(names, tmp_path, "a.jpg")
    (tmp_path / "b.jpg").touch()
    assert claim(names, tmp_path, "b.jpg") == "b (2).jpg"


def test_a_folder_that_is_none(names: NameBook, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DestinationError):
        claim(names, tmp_path / "file", "a.jpg")
    assert not names.was_there(str(tmp_path / "file"), "a.jpg")


def test_a_thousand_of_one_name_cost_one_look_each(
    names: NameBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    there = os.path.lexists

    def counted(path: str) -> bool:
        looks.append(path)
        return there(path)

    for number in range(2, 502):
        (tmp_path / f"a ({number}).jpg").touch()
    monkeypatch.setattr(os.path, "lexists", counted)
    given = [claim(names, tmp_path, "A.jpg") for _ in range(1000)]
    assert given[:2] == ["A.jpg", "A (502).jpg"]
    assert given[-1] == "A (1500).jpg"
    assert len(looks) == 1000


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Straße.jpg", "STRASSE.jpg"),
        ("Ǆ.jpg", "ǆ.jpg"),
        ("\u1fb3.jpg", "\u03b1\u0345.jpg"),
        ("i\u0307.jpg", "İ.jpg"),
        ("\ufb03.jpg", "ffi.JPG"),
        ("\u212a.jpg", "k.jpg"),
        ("\uac00.jpg", "\u1100\u1161.jpg"),
    ],
)
def test_what_some_file_system_takes_for_one_name(
    names: NameBook, tmp_path: Path, first: str, second: str
) -> None:
    assert claim(names, tmp_path, first) == first
    assert claim(names, tmp_path, second) != second


@pytest.mark.parametrize("kind", ["folder", "link", "dead link", "pipe", "socket"])
def test_only_a_file_is_replaced(names: NameBook, tmp_path: Path, kind: str) -> None:
    there = tmp_path / "a.jpg"
    (tmp_path / "mine.txt").write_text("mine")
    match kind:
        case "folder":
            there.mkdir()
        case "link":
            there.symlink_to("mine.txt")
        case "dead link":
            there.symlink_to("/nowhere")
        case "pipe":
            os.mkfifo(there)
        case "socket":
            with socket.socket(socket.AF_UNIX) as one, contextlib.chdir(tmp_path):  # the path may be too long
                one.bind("a.jpg")
    assert claim(names, tmp_path, "a.jpg", Existing.REPLACE) == "a (2).jpg"
    assert claim(names, tmp_path, "a.jpg", Existing.REPLACE) == "a (3).jpg"


def test_a_device_is_not_replaced(names: NameBook) -> None:
    assert names.claim("/dev", "null", Existing.REPLACE) == "/dev/null (2)"


def test_what_is_there_in_another_spelling_is_replaced_as_it_is_spelt(
    names: NameBook, tmp_path: Path
) -> None:
    (tmp_path / "Photo.JPG").touch()
    assert claim(names, tmp_path, "photo.jpg", Existing.REPLACE) == "Photo.JPG"
    assert claim(names, tmp_path, "photo.jpg", Existing.REPLACE) == "photo (2).jpg"


def test_both_spellings_are_there(names: NameBook, tmp_path: Path) -> None:
    (tmp_path / "Photo.JPG").touch()
    (tmp_path / "photo.jpg").touch()
    assert claim(names, tmp_path, "photo.jpg", Existing.REPLACE) == "photo.jpg"


def test_no_file_gets_the_name_of_a_folder_that_is_to_be_made(names: NameBook, tmp_path: Path) -> None:
    assert claim(names, tmp_path / "Sub" / "er", "a.jpg") == "a.jpg"
    assert claim(names, tmp_path, "sub") == "sub (2)"
    assert claim(names, tmp_path / "Sub", "ER") == "ER (2)"
    names.forget()
    assert claim(names, tmp_path, "sub") == "sub"


def test_long_paths_shorten_the_name_and_leave_room_for_a_number(tmp_path: Path) -> None:
    folder = tmp_path / "ü"
    longest = len(os.fsencode(folder)) + 80
    names = NameBook(lambda _: False, longest)
    paths = [names.claim(str(folder), "é" * 60 + ".jpeg", Existing.RENAME) for _ in range(1200)]
    assert len(set(paths)) == 1200
    assert all(len(os.fsencode(path)) <= longest and path.endswith(".jpeg") for path in paths)
    assert claim(names, folder, "short.jpg") == "short.jpg"


def test_a_path_too_long_for_any_name(tmp_path: Path) -> None:
    names = NameBook(lambda _: False, len(os.fsencode(tmp_path)) + 30)
    with pytest.raises(UnusableNameError, match="too long") as caught:
        names.claim(str(tmp_path), "a" * 30 + ".jpg", Existing.RENAME)
    assert "shorter path" in caught.value.hint


def test_the_longest_path_that_this_system_takes(names: NameBook, tmp_path: Path) -> None:
    folder = tmp_path
    while len(os.fsencode(folder)) < 3800:
        folder = folder / ("d" * 60)
    folder.mkdir(parents=True)
    for _ in range(3):
        Path(names.claim(str(folder), "n" * 240 + ".jpg", Existing.RENAME)).touch()
    assert len(list(folder.iterdir())) == 3


def test_a_folder_whose_path_is_longer_than_that(names: NameBook, tmp_path: Path) -> None:
    with pytest.raises(DestinationError):
        claim(names, tmp_path / (("d" * 250 + "/") * 20), "a.jpg")


def test_a_second_engine_sees_what_the_first_one_wrote(names: NameBook, tmp_path: Path) -> None:
    other = NameBook(lambda _: False)
    assert not names.was_there(str(tmp_path), "a.jpg")
    assert not other.was_there(str(tmp_path), "a.jpg")
    Path(names.claim(str(tmp_path), "a.jpg", Existing.RENAME)).touch(exist_ok=False)
    Path(other.claim(str(tmp_path), "a.jpg", Existing.RENAME)).touch(exist_ok=False)
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["a (2).jpg", "a.jpg"]


def test_a_name_stays_given_when_it_is_forgotten_whose_it_is(tmp_path: Path) -> None:
    names, folder = NameBook(lambda _: False, is_brief=True), str(tmp_path)
    first = names.claim(folder, "A.jpg", Existing.RENAME, 1)
    names.settle(first)
    assert Path(names.claim(folder, "a.jpg", Existing.RENAME, 2)).name == "a (2).jpg"
    assert not names.claim_own(first, 3)
    names.forget()
    assert Path(names.claim(folder, "a.jpg", Existing.RENAME, 2)).name == "a.jpg"
