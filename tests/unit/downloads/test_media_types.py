"""Types of files that are wanted, and those that are not downloaded."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.downloads.line import Gauge
from core.downloads.part_file import PartFile
from core.downloads.redirects import Rules
from core.downloads.session import Session, Wire
from core.downloads.throttle import Throttle
from core.downloads.transfer import Transfer
from core.errors import HttpStatusError
from core.images.wanted import NotWantedError, Wanted
from core.media_types import is_wanted_picture, type_pattern
from core.settings import Settings
from tests.support.server import Answer, Gate, Server, failure, redirect

PICTURES = ("image/*",)
BODY = bytes(range(256)) * 40


@pytest.mark.parametrize(
    ("patterns", "said", "name"),
    [
        ((), "text/html", "a"),
        (PICTURES, "image/png", "a"),
        (PICTURES, "Image/PNG; charset=binary", "a"),
        (PICTURES, None, "a.jpg"),
        (PICTURES, "", "a.WEBP"),
        (PICTURES, "application/octet-stream", "a.heic"),
        (PICTURES, "binary/octet-stream", "a.svg"),
        (("video/mp4", "image/jpeg"), "image/jpg", "a"),
        (("image/jpg",), "image/jpeg", "a"),
        (("video/*",), None, "a.mp4"),
        (("*/*",), None, "a"),
        (("application/pdf",), "application/octet-stream", "a.pdf"),
        (("application/octet-stream",), "application/octet-stream", "a.bin"),
    ],
)
def test_wanted(patterns: tuple[str, ...], said: str | None, name: str) -> None:
    Wanted(types=patterns).require_type(said, name)


@pytest.mark.parametrize(
    ("patterns", "said", "name", "message"),
    [
        (PICTURES, "text/html; charset=utf-8", "a.jpg", "It is text/html; only image/* is wanted."),
        (PICTURES, None, "a", "Its server does not say what it is; only image/* is wanted."),
        (PICTURES, "application/octet-stream", "a.zip", "It is application/zip; only image/* is wanted."),
        (("image/png", "video/*"), "image/jpeg", "a.png", "It is image/jpeg; only image/png or video/* is wanted."),
        (PICTURES, "imagery/x", "a.jpg", "It is imagery/x; only image/* is wanted."),
        (PICTURES, "rubbish", "a.jpg", "It is rubbish; only image/* is wanted."),
    ],
)  # fmt: skip
def test_not_wanted(patterns: tuple[str, ...], said: str | None, name: str, message: str) -> None:
    with pytest.raises(NotWantedError) as caught:
        Wanted(types=patterns).require_type(said, name)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("patterns", "picture_format", "is_wanted"),
    [
        ((), "GIF", True),
        (PICTURES, "GIF", True),
        (("image/gif",), "GIF", True),
        (("image/jpg",), "JPEG", True),
        (("image/heif",), "HEIF", True),
        (("image/gif",), "JPEG", False),
        (("video/*",), "PNG", False),
        (("image/x-adobe-dng",), "TIFF", True),
    ],
)
def test_pictures_by_their_content(patterns: tuple[str, ...], picture_format: str, is_wanted: bool) -> None:
    assert is_wanted_picture(patterns, picture_format) is is_wanted


def test_patterns_are_read_kindly() -> None:
    words = (" IMAGE/* ", "video", "*/*", "image/svg+xml", "Jpg", "heic", "x-world/x-vrml")
    assert [type_pattern(text) for text in words] == [
        "image/*",
        "video/*",
        "*/*",
        "image/svg+xml",
        "image/jpeg",
        "image/heic",
        "x-world/x-vrml",
    ]
    read = Settings.from_mapping({"only_types": ["Image", "video/MP4"]})
    assert read == (Settings(only_types=("image/*", "video/mp4")), ())
    assert Settings.from_mapping(read[0].to_mapping()) == read


@pytest.mark.parametrize(
    "value",
    ["", "image/", "a/b/c", "foo", "foo/bar", "images/png", "image/*;q=1", "image png", "\n", "\u00e4/b"],
)
def test_what_is_no_pattern_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r".*"):
        type_pattern(value)
    assert Settings.from_mapping({"only_types": [value]}) == (Settings(), ("only_types",))


class Lane:
    """What a lane has."""

    def __init__(self, folder: Path) -> None:
        self.session = Session()
        self.part = PartFile(str(folder / "1.part"))
        self.gauge = Gauge()

    def fetch(self, url: str, *types: str) -> None:
        transfer = Transfer(self.session, Wire(), self.gauge, Throttle(), Rules(wanted=Wanted(types=types)))
        transfer.run(url, self.part, 10.0)


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    lane = Lane(tmp_path)
    yield lane
    lane.session.close()


def test_nothing_of_the_body_is_asked_for(lane: Lane, server: Server, tmp_path: Path) -> None:
    gate = Gate()
    page = server.serve("/a.jpg", Answer(b"<html>", "text/html", gate=gate, gate_after=0))
    with pytest.raises(NotWantedError):  # while the server has not begun to send it
        lane.fetch(page, "image/*")
    gate.open()
    assert lane.gauge.passed == 0
    assert list(tmp_path.iterdir()) == []


def test_what_is_wanted_comes_and_the_lane_goes_on(lane: Lane, server: Server) -> None:
    page = server.serve("/page", Answer(BODY, "text/html"))
    picture = server.serve("/a", Answer(BODY, "image/png"))
    with pytest.raises(NotWantedError):
        lane.fetch(server.serve("/there", redirect(page)), "image/*")
    lane.fetch(server.serve("/here", redirect(picture)), "image/*")
    assert Path(lane.part.path).read_bytes() == BODY


def test_a_refusal_is_told_as_what_it_is(lane: Lane, server: Server) -> None:
    with pytest.raises(HttpStatusError):
        lane.fetch(server.serve("/a.jpg", failure(404, body=b"text")), "image/*")


def test_a_file_that_stands_in_its_address(lane: Lane) -> None:
    with pytest.raises(NotWantedError):
        lane.fetch("data:text/html,a", "image/*")
    lane.fetch("data:image/gif;base64,R0lGODlh", "image/*")
