"""Where a file came from, and its date (FAULTS.md, N23, T12, D11). What Windows and macOS do is shown by its bytes."""

import os
import plistlib
import sys
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.downloads.origin import (
    modified_time,
    public_url,
    quarantine,
    record_origin,
    set_modified,
    zone_identifier,
)
from tests.support.properties import PROPERTY

URL = "https://me:secret@h.example/a%20b/photo.jpg?size=9#part"
PUBLIC = "https://h.example/a%20b/photo.jpg?size=9"
NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC).timestamp()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file that has arrived."""
    path = tmp_path / "photo.part"
    path.write_bytes(b"bytes")
    return path


@pytest.fixture
def marked(file: Path) -> Path:
    """The same, on a file system that takes attributes."""
    if sys.platform != "linux":
        pytest.skip("extended attributes are read by Linux's calls")
    try:
        os.setxattr(file, "user.fetchmill.test", b"1")
    except OSError as error:
        pytest.skip(f"no extended attributes where tests write: {error.strerror}")
    os.removexattr(file, "user.fetchmill.test")
    return file


def attributes(path: Path) -> dict[str, str]:
    return {name: os.getxattr(path, name).decode() for name in os.listxattr(path) if name.startswith("user.")}


def test_the_origin_goes_with_the_file_when_it_gets_its_name(marked: Path) -> None:
    record_origin(str(marked), URL, "http://you:pw@page.example/gallery")
    named = marked.replace(marked.with_name("photo.jpg"))
    assert attributes(named) == {
        "user.xdg.origin.url": PUBLIC,
        "user.xdg.referrer.url": "http://page.example/gallery",
    }
    assert named.read_bytes() == b"bytes"


def test_no_referrer_no_attribute(marked: Path) -> None:
    record_origin(str(marked), URL)
    assert attributes(marked) == {"user.xdg.origin.url": PUBLIC}


@pytest.mark.parametrize(
    "url", ["data:image/png;base64,AAAA", "file:///etc/passwd", "", "http://", "http://[", "x"]
)
def test_only_web_addresses_are_noted(marked: Path, url: str) -> None:
    record_origin(str(marked), url, "http://page.example/")
    assert attributes(marked) == {}


def test_where_nothing_can_be_noted_nothing_goes_wrong(file: Path) -> None:
    record_origin(str(file.with_name("gone")), URL)
    record_origin("/proc/self/status", URL)  # a file system without attributes
    record_origin(str(file), "http://h.example/" + "a" * 70_000)  # longer than any attribute
    assert file.read_bytes() == b"bytes"


@pytest.mark.parametrize(
    ("url", "public"),
    [
        (URL, PUBLIC),
        ("http://user@h.example:8080/", "http://h.example:8080/"),
        ("http://a@b:c@h.example/x@y", "http://h.example/x@y"),
        ("http://u:p@[::1]:80/a", "http://[::1]:80/a"),
        ("HTTP://h.example/ä b", "http://h.example/%C3%A4%20b"),
        ("http://h.example/a\r\nZoneId=0", "http://h.example/aZoneId=0"),
        ("http://h.example/\ud800", ""),
        ("ftp://h.example/a", ""),
        ("http://u:p@/a", ""),
    ],
)
def test_what_others_may_read_of_an_address(url: str, public: str) -> None:
    assert public_url(url) == public


@PROPERTY
@given(st.text(st.characters(exclude_characters="/?#")), st.text(), st.text())
def test_no_secret_and_no_line_break_stays(login: str, host: str, path: str) -> None:
    public = public_url(f"https://{login}:5e3cr3t@{host}/{path}")
    assert public.isascii()
    assert "5e3cr3t" not in public.partition("://")[2].partition("/")[0]
    assert not set(public) & set("\r\n\0 ")


def test_what_windows_reads() -> None:
    assert zone_identifier(PUBLIC, "") == f"[ZoneTransfer]\r\nZoneId=3\r\nHostUrl={PUBLIC}\r\n".encode()
    assert b"\r\nReferrerUrl=http://page.example/\r\n" in zone_identifier(PUBLIC, "http://page.example/")


def test_what_macos_reads() -> None:
    found = quarantine(PUBLIC, "http://page.example/", datetime(2026, 1, 1, tzinfo=UTC))
    assert found["com.apple.quarantine"] == b"0081;6955b900;Fetchmill;"
    places = plistlib.loads(found["com.apple.metadata:kMDItemWhereFroms"])
    assert places == [PUBLIC, "http://page.example/"]


@pytest.mark.parametrize(
    "header",
    ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"],
)
def test_the_three_forms_of_a_date(file: Path, header: str) -> None:
    assert set_modified(str(file), header, NOW)
    assert file.stat().st_mtime == 784111777
    assert file.stat().st_atime == NOW


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "yesterday",
        "0",
        "-1",
        "Mon, 01 Jan 1601 00:00:00 GMT",
        "Thu, 01 Jan 1970 00:00:00 GMT",
        "Mon, 31 Dec 1979 23:59:59 GMT",
        "Sun, 07 Feb 2106 06:28:15 GMT",
        "Fri, 31 Dec 9999 23:59:59 GMT",
        "Sun, 99 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 +9999999999",
        "Sun, 06 Nov 99999999999999999999 08:49:37 GMT",
        format_datetime(datetime.fromtimestamp(NOW, UTC) + timedelta(days=1), usegmt=True),
        format_datetime(datetime.fromtimestamp(NOW, UTC) + timedelta(seconds=1), usegmt=True),
    ],
)
def test_dates_that_cannot_be_are_left_alone(file: Path, header: str | None) -> None:
    before = file.stat()
    assert not set_modified(str(file), header, NOW)
    assert file.stat().st_mtime == before.st_mtime


def test_the_edges_of_what_can_be() -> None:
    assert modified_time("Tue, 01 Jan 1980 00:00:00 GMT", NOW) == 315532800
    assert modified_time(format_datetime(datetime.fromtimestamp(NOW, UTC), usegmt=True), NOW) == NOW


@PROPERTY
@given(st.text())
def test_no_header_raises(header: str) -> None:
    modified = modified_time(header, NOW)
    assert modified is None or 315532800 <= modified <= NOW


def test_a_file_that_is_gone_or_a_link_is_left_alone(file: Path) -> None:
    header = "Sun, 06 Nov 1994 08:49:37 GMT"
    assert not set_modified(str(file.with_name("gone")), header, NOW)
    before = file.stat().st_mtime
    link = file.with_name("link")
    link.symlink_to(file)
    set_modified(str(link), header, NOW)
    assert file.stat().st_mtime == before
