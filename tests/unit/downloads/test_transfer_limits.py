"""What a transfer does not take, however rightly it is sent; and files that come without a server."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.downloads.line import Gauge
from core.downloads.part_file import PartFile
from core.downloads.redirects import Rules
from core.downloads.session import Session, Wire
from core.downloads.throttle import Throttle
from core.downloads.transfer import Arrival, Transfer
from core.errors import BadUrlError, HttpStatusError
from core.images.wanted import NotWantedError, Wanted
from tests.support.server import Answer, Gate, Server, failure

BODY = bytes(range(256)) * 40


class Lane:
    """What a lane has."""

    def __init__(self, folder: Path) -> None:
        self.session = Session()
        self.part = PartFile(str(folder / "1.part"))

    def fetch(self, url: str, largest: int | None = None) -> Arrival:
        transfer = Transfer(
            self.session, Wire(), Gauge(), Throttle(), Rules(wanted=Wanted(max_bytes=largest))
        )
        return transfer.run(url, self.part, 10.0)

    @property
    def content(self) -> bytes:
        return Path(self.part.path).read_bytes()


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    lane = Lane(tmp_path)
    yield lane
    lane.session.close()


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_larger_than_allowed(lane: Lane, server: Server, chunked: bool) -> None:
    url = server.serve("/a", Answer(BODY, chunked=chunked))
    with pytest.raises(NotWantedError):
        lane.fetch(url, len(BODY) - 1)
    lane.part.start_over()
    lane.fetch(url, len(BODY))
    assert lane.content == BODY


def test_a_body_without_end_ends_at_the_limit(lane: Lane, server: Server) -> None:
    gate = Gate()
    url = server.serve(
        "/a", Answer(BODY * 50, close=True, headers={"Content-Length": None}, gate=gate, gate_after=20_000)
    )
    with pytest.raises(NotWantedError):
        lane.fetch(url, 15_000)
    assert lane.part.received <= 15_000
    gate.open()


@pytest.mark.parametrize(
    ("url", "content_type", "content"),
    [
        ("data:image/gif;base64,R0lG ODlh", "image/gif", b"GIF89a"),
        ("DATA:image/gif;BASE64,R0lGODlhAA", "image/gif", b"GIF89a\0"),
        ("data:,a%20b", "text/plain;charset=US-ASCII", b"a b"),
        ("data:text/plain;charset=utf-8,%C3%A4", "text/plain;charset=utf-8", b"\xc3\xa4"),
    ],
)
def test_a_file_that_stands_in_its_address(lane: Lane, url: str, content_type: str, content: bytes) -> None:
    arrival = lane.fetch(url)
    assert lane.content == content
    assert arrival.whole.content_type == content_type
    assert arrival.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "url", ["data:", "data:image/gif;base64", "data:;base64,====x", "data:;base64,\u00e4"]
)
def test_an_address_that_holds_no_file(lane: Lane, url: str) -> None:
    with pytest.raises(BadUrlError):
        lane.fetch(url)


def test_nobody_waits_for_years(lane: Lane, server: Server) -> None:
    with pytest.raises(HttpStatusError) as caught:
        lane.fetch(server.serve("/a", failure(503, retry_after=10 * 365 * 86400)))
    assert not caught.value.is_passing
    assert "3,650 days" in caught.value.message


def test_an_interim_answer_does_not_become_the_next_file(lane: Lane, server: Server) -> None:
    lane.fetch(
        server.raw(
            "/a",
            b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
        )
    )
    assert lane.content == b"abc"
