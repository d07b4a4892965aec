"""Links that carry their file: which lines are one, how large they may be, and how they are recognised."""

from base64 import b64encode
from pathlib import Path

import pytest

from core.downloads.inline import LONGEST_INLINE
from core.job import BatchId, JobId, JobRequest, SourceKind, bounded
from core.live_job import Commons, Job, display_name
from core.sources import sieve
from core.sources.keys import source_key
from core.sources.urls import clean_url, without_login
from core.summary import host_of
from tests.support.pictures import png_bytes
from tests.unit.sources.conftest import Read

ONE = "https://example.org/a.jpg"
PICTURE = f"data:image/png;base64,{b64encode(png_bytes(4, 4)).decode()}"
PAGE = "data:text/html,<a%20href=http://example.org/inner.jpg>x</a>"


def test_a_line_by_itself(read: Read, tmp_path: Path) -> None:
    lines = f"{ONE}\n  {PICTURE}\t\r\nDATA:,x\n{PAGE}\n"
    found = [ONE, PICTURE, "data:,x", PAGE.replace("<", "%3C").replace(">", "%3E")]
    assert read(text=lines).urls == found
    (tmp_path / "list.txt").write_text(lines)
    assert read(str(tmp_path / "list.txt")).urls == found
    reading = read(*lines.split())
    assert reading.urls == found
    assert reading.tally.title == "4 URLs"


@pytest.mark.parametrize("line", ["data: one, two", f"data: look at {ONE}", f"see {PICTURE}", "data center"])
def test_words_are_none(read: Read, line: str) -> None:
    reading = read(text=line)
    assert reading.urls == ([ONE] if ONE in line else [])
    assert reading.failed == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("data:image/png;base64", "The URL should hold a file, and holds none."),
        (PICTURE[:-7], "The file in the URL is damaged or cut short."),
        (
            "data:," + "x" * LONGEST_INLINE,
            "The URL with the file in it is longer than 8,388,608 characters.",
        ),
    ],
)
def test_what_carries_no_file(read: Read, line: str, message: str) -> None:
    for reading in (read(text=line), read(line)):
        (request,) = reading.requests
        assert request.error is not None
        assert (request.error.code, request.error.message) == ("bad-url", message)
        assert request.error.hint in (
            "Copy the URL again, all of it.",
            "Save the file where you found it, and drop it here.",
        )
        assert len(request.source) <= 2_001
        assert (reading.tally.added, reading.tally.invalid) == (0, 1)


def test_what_is_added_at_once_is_bounded(read: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sieve, "_MOST_INLINE", 1000)
    links = [f"data:,{number}{'x' * 295}" for number in range(5)]
    reading = read(text="\n".join([*links, ONE]))
    assert reading.urls == [*links[:3], ONE]
    assert [code for _, _, code in reading.failed] == ["bad-url"] * 2
    error = reading.requests[3].error
    assert error is not None
    assert "1,000 characters in all that is added at once" in error.message


def test_the_same_file_is_one_source_with_a_short_key(read: Read) -> None:
    reading = read(text=f"{PICTURE}\nDATA{PICTURE[4:]}\n{PICTURE.replace('png', 'gif')}")
    assert (reading.tally.added, reading.tally.duplicates) == (2, 1)
    key = source_key(PICTURE, SourceKind.URL)
    assert key != source_key(PICTURE.replace("png", "gif"), SourceKind.URL)
    assert len(key) < 50


def test_what_looks_like_a_login_is_the_files_own_text() -> None:
    link = "data:text/plain,ftp://me:secret@host/"
    assert without_login(link) == link == clean_url(link)


@pytest.mark.parametrize("link", [PICTURE, PAGE, "data://u@host.example:80/a/b,c", "data:,", "data://[,"])
def test_it_comes_from_no_host(link: str) -> None:
    request = JobRequest(link, SourceKind.URL)
    assert host_of(link, SourceKind.URL) == ""
    job = Job(JobId(1), link, Commons().of(request, BatchId(1), 0.0))
    assert job.host == "?"
    assert job.snapshot().host == ""


@pytest.mark.parametrize(
    ("link", "name"),
    [
        (PICTURE, "download.png"),
        ("data:application/pdf,x", "download.pdf"),
        ("data:;base64,AA/BB", "download.txt"),
        ("data:image/png", "download.png"),
        ("data:what/ever;x=y,a/b.exe", "download"),
    ],
)
def test_what_it_is_called(link: str, name: str) -> None:
    assert display_name(JobRequest(link, SourceKind.URL)) == name


def test_reports_show_its_beginning() -> None:
    assert bounded(PICTURE) == PICTURE
    assert bounded(PICTURE, 30) == PICTURE[:29] + "…"
    assert bounded("x" * 5000) == "x" * 5000


@pytest.mark.parametrize(
    ("source", "told"),
    [
        ("http://me:secret@host:80/a?b", "http://me:***@host:80/a?b"),
        ("http://me:sec:r@et@host", "http://me:***@host"),
        ("ftp://:secret@host/", "ftp://:***@host/"),
        ("http://me@host/", "http://me@host/"),
        ("http://host/a:b@c", "http://host/a:b@c"),
        ("http://host?a:b@c", "http://host?a:b@c"),
        ("/home/me/a:b@c.jpg", "/home/me/a:b@c.jpg"),
        ("data:,http://me:kept@host", "data:,http://me:kept@host"),
    ],
)
def test_reports_show_no_password(source: str, told: str) -> None:
    assert bounded(source) == told
