"""Files that are not wanted, found out while they come."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from core.downloads import acceptance
from core.downloads.line import Gauge
from core.downloads.part_file import PartFile
from core.downloads.redirects import Rules
from core.downloads.session import Session, Wire
from core.downloads.throttle import Throttle
from core.downloads.transfer import Arrival, Transfer
from core.errors import ConnectionLostError, TruncatedError
from core.images.wanted import NotWantedError, Wanted
from tests.support.pictures import encoded, jpeg_bytes, photo, png_bytes
from tests.support.server import Answer, Gate, Server, with_gate

SMALL = png_bytes(120, 90) + bytes(5_000_000)
WIDE = Wanted(min_width=200)


class Lane:
    """What a lane has."""

    def __init__(self, folder: Path) -> None:
        self.session = Session()
        self.part = PartFile(str(folder / "1.part"))
        self.gauge = Gauge()

    def fetch(self, url: str, wanted: Wanted) -> Arrival:
        self.gauge = Gauge()
        transfer = Transfer(self.session, Wire(), self.gauge, Throttle(), Rules(wanted=wanted))
        return transfer.run(url, self.part, 10.0)

    def refusal(self, url: str, wanted: Wanted) -> str:
        with pytest.raises(NotWantedError) as caught:
            self.fetch(url, wanted)
        return str(caught.value)

    @property
    def content(self) -> bytes:
        return Path(self.part.path).read_bytes()


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    lane = Lane(tmp_path)
    yield lane
    lane.session.close()


@pytest.mark.parametrize("chunked", [False, True])
def test_no_more_than_its_beginning_is_fetched(lane: Lane, server: Server, chunked: bool) -> None:
    gate = Gate()  # behind it nothing is ever sent
    url = server.serve("/a.png", with_gate(Answer(SMALL, chunked=chunked), gate, 20_000))
    assert lane.refusal(url, WIDE) == "It is 120 x 90 pixels; at least 200 pixels wide are wanted."
    assert lane.gauge.passed <= 16_384
    gate.open()


def test_a_header_behind_much_else(lane: Lane, server: Server) -> None:
    jpeg = encoded(photo(120, 90), "JPEG", icc_profile=bytes(150_000)) + bytes(5_000_000)
    gate = Gate()
    url = server.serve("/a.jpg", with_gate(Answer(jpeg), gate, 200_000))
    assert "120 x 90" in lane.refusal(url, WIDE)
    gate.open()
    assert 150_000 < lane.gauge.passed <= 200_000


@pytest.mark.parametrize(
    ("wanted", "note"),
    [
        (Wanted(max_bytes=1_000_000), "It has 2,000,000 bytes; at most 1,000,000 bytes are wanted."),
        (Wanted(min_bytes=3_000_000), "It has 2,000,000 bytes; at least 3,000,000 bytes are wanted."),
    ],
)
def test_a_length_that_is_announced(lane: Lane, server: Server, wanted: Wanted, note: str) -> None:
    gate = Gate()
    url = server.serve("/a.zip", with_gate(Answer(bytes(2_000_000)), gate, 0))
    assert lane.refusal(url, wanted) == note
    assert lane.gauge.passed == 0
    gate.open()


@pytest.mark.parametrize("wanted", [Wanted(max_bytes=30_000), Wanted(min_bytes=50_000)])
def test_a_length_that_shows_in_the_end(lane: Lane, server: Server, wanted: Wanted) -> None:
    url = server.serve("/a.zip", Answer(bytes(40_000), chunked=True))
    assert lane.refusal(url, wanted).endswith("000 bytes are wanted.")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(jpeg_bytes(300, 200)),
        Answer(jpeg_bytes(300, 200), chunked=True),
        Answer(b"PK\3\4" + bytes(70_000), "application/zip"),
        Answer(b"PK"),
        Answer(b""),
        Answer(b"<html>no picture", "text/html"),
        Answer(b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"),
        Answer(jpeg_bytes(300, 200)[:100], "image/jpeg"),
    ],
)
def test_what_is_wanted_or_cannot_be_told_comes_whole(lane: Lane, server: Server, answer: Answer) -> None:
    arrival = lane.fetch(server.serve("/a", answer), Wanted(min_width=300, max_aspect=2.0))
    assert lane.content == answer.body
    assert arrival.size == len(answer.body)


def test_the_lane_goes_on_and_the_part_can_be_begun_again(lane: Lane, server: Server) -> None:
    lane.refusal(server.serve("/a.png", SMALL), WIDE)
    body = png_bytes(300, 200)
    lane.fetch(server.serve("/b.png", body), WIDE)
    assert lane.content == body


def test_a_resumed_file_is_judged_by_what_is_there(lane: Lane, server: Server) -> None:
    gate = Gate()
    whole = Answer(SMALL)
    url = server.serve("/a.png", replace(whole, cut_after=2_000_000), with_gate(whole, gate, 0))
    with pytest.raises((ConnectionLostError, TruncatedError)):
        lane.fetch(url, Wanted())
    had = lane.part.received
    assert had > 0
    assert "120 x 90" in lane.refusal(url, WIDE)
    gate.open()
    assert lane.gauge.passed == 0
    assert server.received("/a.png")[-1].headers["Range"] == f"bytes={had}-"


def test_others_may_help_only_after_it_was_looked_at(
    lane: Lane, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(acceptance, "SHARED_FROM", 1 << 20)
    lane.refusal(server.serve("/a.png", SMALL), WIDE)
    assert not lane.gauge.is_shared
    assert lane.part.runs is None
    body = png_bytes(300, 200) + bytes(2_000_000)
    lane.fetch(server.serve("/b.png", body), WIDE)
    assert lane.content == body
