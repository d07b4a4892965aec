"""Who may write which name."""

from pathlib import Path

import pytest

from core.downloads.names import NameBook
from core.errors import DestinationError, FileExistsAlreadyError
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
