import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.job import Drop, SourceKind
from core.sources.drop import read_drop
from core.sources.sieve import Tally
from tests.unit.sources.conftest import Read

URL = "https://example.org/a.jpg"
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "my photo.jpg"
    path.write_bytes(b"")
    return path


def test_a_url_is_taken_as_it_is_written(read: Read) -> None:
    reading = read("https://example.org/a b.", "HTTP://Example.org")
    assert reading.urls == ["https://example.org/a%20b.", "http://Example.org"]
    assert reading.tally.title == "2 URLs"


def test_a_picture_by_its_name(read: Read, picture: Path) -> None:
    reading = read(str(picture))
    assert reading.files == [(str(picture), "")]
    assert reading.tally.title == "1 picture"
    assert read(str(picture), URL).tally.title == "1 URL, 1 picture"


def test_the_same_picture_by_other_names(read: Read, picture: Path) -> None:
    reading = read(
        str(picture), f"{picture.parent}/./../{picture.parent.name}/{picture.name}", picture.as_uri()
    )
    assert (reading.tally.added, reading.tally.duplicates) == (1, 2)


def test_relative_paths(read: Read, picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(picture.parent)
    assert read(picture.name).files == [(str(picture), "")]


@pytest.mark.parametrize("prefix", ["file://", "file://localhost", "file:", "FILE://"])
def test_file_urls(read: Read, picture: Path, prefix: str) -> None:
    reading = read(prefix + str(picture).replace(" ", "%20"))
    assert reading.files == [(str(picture), "")]


def test_a_file_url_on_another_computer(read: Read) -> None:
    assert [code for _, _, code in read("file://server/a.jpg", "file:", "file://x").failed] == ["bad-url"] * 3


def test_paths_and_file_urls_in_text(read: Read, picture: Path) -> None:
    other = picture.with_name("b.png")
    other.touch()
    reading = read(text=f'{picture}\n"{other}"\n{picture.as_uri()}\nsee {other.as_uri()} there\n')
    assert reading.files == [(str(picture), ""), (str(other), "")]
    assert reading.tally.duplicates == 2


@pytest.mark.parametrize(
    ("source", "code"),
    [
        ("ftp://user:pw@host/a.jpg", "unsupported-scheme"),
        ("magnet:?xt=urn", "unsupported-scheme"),
        ("http://", "bad-url"),
        ("no-such-file.jpg", "bad-url"),
        ("/no/such/file.jpg", "bad-url"),
        ("www.example.org/list.txt", "bad-url"),
        ("a\0b", "bad-url"),
        ("", "bad-url"),
        ("x" * 5_000, "bad-url"),
    ],
)
def test_what_is_no_source(read: Read, source: str, code: str) -> None:
    ((found, kind, found_code),) = read(source).failed
    assert (kind, found_code) == (SourceKind.URL, code)
    assert source.startswith(found.rstrip("…"))
    error = read(source).requests[0].error
    assert error is not None
    assert "pw" not in error.message


def test_unknown_extensions_are_told_by_their_content(read: Read, tmp_path: Path) -> None:
    contents = {
        "picture": PNG,
        "list.dat": f"some words\n{URL}\n".encode(),
        "neither": b"words",
        "binary": bytes(99),
    }
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    reading = read(*(str(tmp_path / name) for name in contents))
    assert reading.files == [(str(tmp_path / "picture"), "")]
    assert reading.urls == [URL]
    assert reading.failed == [
        (str(tmp_path / name), SourceKind.FILE, "unreadable") for name in ("neither", "binary")
    ]


def test_special_files_are_never_opened(read: Read, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo.txt"
    os.mkfifo(fifo)
    assert read(str(fifo), "/dev/zero").failed == [
        (str(fifo), SourceKind.FILE, "unreadable"),
        ("/dev/zero", SourceKind.FILE, "unreadable"),
    ]


def test_lists_that_name_each_other_end(read: Read, tmp_path: Path) -> None:
    one, two = tmp_path / "one.txt", tmp_path / "two.txt"
    one.write_text(f"{two}\n{tmp_path}\n{URL}\n")
    two.write_text(f"{one}\nhttps://example.org/b.jpg\n")
    reading = read(str(one))
    assert reading.urls == [URL, "https://example.org/b.jpg"]
    assert reading.tally.title == "one.txt"


def test_a_long_chain_of_lists(read: Read, tmp_path: Path) -> None:
    for number in range(2_000):
        (tmp_path / f"{number}.txt").write_text(f"{tmp_path / str(number + 1)}.txt\n")
    (tmp_path / "2000.txt").write_text(URL)
    assert read(str(tmp_path / "0.txt")).urls == [URL]


def test_titles_of_several(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(URL)
    assert read(str(tmp_path / "a.txt"), URL).tally.title == "a.txt and 1 more"
    assert read(URL, str(tmp_path / "a.txt"), text="x").tally.title == "a.txt and 2 more"
    assert read(str(tmp_path)).tally.title == tmp_path.name


def test_order_is_kept(read: Read, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("https://example.org/2")
    reading = read(
        "https://example.org/1",
        str(tmp_path / "a.txt"),
        "https://example.org/3",
        text="https://example.org/0",
    )
    assert reading.urls == [f"https://example.org/{number}" for number in range(4)]


def test_reading_can_be_called_off(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "\n".join(f"https://example.org/{number}.jpg" for number in range(100_000))
    )
    tally = Tally()
    answers: Iterator[bool] = iter([False, True])
    chunks = list(read_drop(Drop(sources=(str(tmp_path / "a.txt"),)), set(), tally, lambda: next(answers)))
    assert 0 < sum(map(len, chunks)) == tally.added < 100_000
    assert tally.title == "a.txt"


def test_closing_the_iterator_ends_the_reading() -> None:
    tally = Tally()
    reading = read_drop(Drop("\n".join(f"https://example.org/{n}" for n in range(10_000))), set(), tally)
    assert len(next(iter(reading))) == 100
    del reading
    assert tally.added == 100
