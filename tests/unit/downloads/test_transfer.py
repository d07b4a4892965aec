"""One exchange with a server that does well or badly: whole or failed, never wrong (FAULTS.md, B, R, D)."""

import hashlib
import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.downloads.checkpoint import Whole
from core.downloads.line import Gauge
from core.downloads.part_file import PartFile
from core.downloads.session import Session, Stop, Wire
from core.downloads.throttle import Throttle
from core.downloads.transfer import Arrival, Stopped, Transfer
from core.errors import (
    BadUrlError,
    ConnectionLostError,
    FetchmillError,
    HttpStatusError,
    ProtocolError,
    RedirectError,
    RefusedError,
    StalledError,
    TlsError,
    TruncatedError,
)
from tests.support.server import Answer, Gate, Server, failure, redirect

BODY = bytes(range(256)) * 40
ETAG = '"one"'


class Lane:
    """What a lane has, for one transfer after the other."""

    def __init__(self, folder: Path) -> None:
        self.session = Session()
        self.wire = Wire()
        self.gauge = Gauge()
        (folder / "parts").mkdir()
        self.part = PartFile(str(folder / "parts" / "1.part"))

    def fetch(self, url: str, timeout: float = 10.0) -> Arrival:
        return Transfer(self.session, self.wire, self.gauge, Throttle()).run(url, self.part, timeout)

    @property
    def content(self) -> bytes:
        return Path(self.part.path).read_bytes()

    def holding(self, content: bytes, validator: str | None = ETAG, size: int | None = len(BODY)) -> "Lane":
        self.part.find()
        with self.part as part:
            part.write(content)
        self.part.validator, self.part.size = validator, size
        return self


@pytest.fixture
def lane(tmp_path: Path) -> Iterator[Lane]:
    lane = Lane(tmp_path)
    yield lane
    lane.session.close()


def test_a_whole_file(lane: Lane, server: Server) -> None:
    url = server.serve(
        "/dir/a.jpg", Answer(BODY, headers={"Content-Disposition": 'inline; filename="b.jpg"'})
    )
    arrival = lane.fetch(url)
    assert lane.content == BODY
    whole = Whole("b.jpg", "image/jpeg", arrival.whole.etag, None)
    assert arrival == Arrival(whole, len(BODY), hashlib.sha256(BODY).hexdigest(), None)
    assert (lane.gauge.received, lane.gauge.size, lane.gauge.name) == (len(BODY), len(BODY), "b.jpg")


def test_what_is_asked_for(lane: Lane, server: Server) -> None:
    lane.fetch(server.serve("/a", BODY))
    headers = server.received("/a")[0].headers
    assert headers["Accept-Encoding"] == "identity"
    assert headers["User-Agent"].startswith("Fetchmill/")
    assert "Range" not in headers
    assert "Cookie" not in headers


@pytest.mark.parametrize("answer", [Answer(BODY, chunked=True), Answer(BODY, close=True), Answer(b"")])
def test_other_ways_to_end(lane: Lane, server: Server, answer: Answer) -> None:
    lane.fetch(server.serve("/a", answer))
    assert lane.content == answer.body


def test_a_body_that_only_the_end_of_the_connection_ends(lane: Lane, server: Server) -> None:
    lane.fetch(server.raw("/a", b"HTTP/1.1 200 OK\r\n\r\n" + BODY))
    assert lane.content == BODY


def test_one_connection_for_file_after_file(lane: Lane, server: Server, tmp_path: Path) -> None:
    for i in range(5):
        lane.part = PartFile(str(tmp_path / f"{i}.part"))
        lane.fetch(server.serve(f"/{i}", Answer(BODY, chunked=i % 2 == 1)))
    assert server.connections() == 1


HEAD = b"HTTP/1.1 200 OK\r\n"


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(BODY, cut_after=5000), TruncatedError),
        (Answer(BODY, cut_after=5000, chunked=True), TruncatedError),
        (Answer(raw=HEAD + b"Content-Length: 6x\r\n\r\nabcdef"), ProtocolError),
        (Answer(raw=HEAD + b"Content-Length: -6\r\n\r\nabcdef"), ProtocolError),
        (Answer(raw=HEAD + b"Content-Length: 99999999999999999999\r\n\r\nabcdef"), ProtocolError),
        (Answer(raw=HEAD + b"Content-Length: 6\r\nContent-Length: 5\r\n\r\nabcdef"), ProtocolError),
        (Answer(raw=HEAD + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), ProtocolError),
        (Answer(raw=HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc"), ProtocolError),
        (Answer(raw=HEAD + b"Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc"), ProtocolError),
        (Answer(raw=b"\x00\x01\x02 rubbish\r\n\r\n"), ProtocolError),
        (Answer(raw=b""), ConnectionLostError),
        (Answer(raw=HEAD + b"X: " + b"x" * 100_000 + b"\r\n\r\n"), ProtocolError),
        (Answer(raw=HEAD + b"X: y\r\n" * 101 + b"\r\n"), ProtocolError),
        (Answer(raw=HEAD + b"no colon here\r\nContent-Length: 9\r\n\r\nabc"), ProtocolError),
        (Answer(raw=HEAD + b"Transfer-Encoding : chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"), ProtocolError),
        (Answer(raw=HEAD + b"Content-Ty"), ConnectionLostError),
        (Answer(raw=HEAD + b"Content-Type: image/png\r\n"), ConnectionLostError),
        (Answer(BODY, status=206, ranges=False), ProtocolError),
        (Answer(status=204), HttpStatusError),
        (failure(404, body=BODY), HttpStatusError),
        (failure(416), HttpStatusError),
        (redirect("file:///etc/passwd"), RedirectError),
        (redirect("ftp://127.0.0.1/a"), RedirectError),
        (redirect("javascript:alert(1)"), RedirectError),
        (redirect(""), RedirectError),
        (redirect("/a"), RedirectError),
        (redirect("http://[::1"), RedirectError),
        (Answer(raw=b"HTTP/1.1 302 Found\r\nLocation: /b\r\nLocation: /c\r\n\r\n"), RedirectError),
    ],
)
def test_bad_answers_fail(lane: Lane, server: Server, answer: Answer, error: type[FetchmillError]) -> None:
    url = server.serve("/a", answer)
    with pytest.raises(error):
        lane.fetch(url)


def test_bytes_behind_the_announced_end_are_not_taken(lane: Lane, server: Server) -> None:
    lane.fetch(server.raw("/a", HEAD + b"Content-Length: 3\r\n\r\nabcdef"))
    assert lane.content == b"abc"
    lane.part = PartFile(lane.part.path + "2")
    lane.fetch(server.serve("/b", BODY))
    assert lane.content == BODY


@pytest.mark.parametrize("to", ["/b", "b", "//127.0.0.1:{port}/b", "?q", "../b", "/b#part", "/%62"])
def test_redirects_of_all_forms(lane: Lane, server: Server, to: str) -> None:
    for path in ("/b", "/dir/b", "/dir/a?q", "/%62"):
        server.serve(path, BODY)
    lane.fetch(server.serve("/dir/a", redirect(to.format(port=server.port))))
    assert lane.content == BODY


def test_too_many_redirects(lane: Lane, server: Server) -> None:
    for i in range(30):
        server.serve(f"/{i}", redirect(f"/{i + 1}"))
    with pytest.raises(RedirectError, match="20"):
        lane.fetch(server.url("/0"))
    assert server.requests() == 21


def test_a_login_in_the_url_goes_to_its_host_only(lane: Lane, server: Server) -> None:
    server.serve("/b", BODY)
    url = server.serve("/a", redirect(server.url("/b", host="localhost")))
    lane.fetch(url.replace("http://", "http://user:secret@"))
    assert server.received("/a")[0].headers["Authorization"].startswith("Basic ")
    assert "Authorization" not in server.received("/b")[0].headers


@pytest.mark.parametrize(
    "url", ["http://", "http://[::1/a", "http://h:99999/", "http:///a", "http://" + "a" * 70 + "/"]
)
def test_addresses_that_cannot_be_asked_for(lane: Lane, url: str) -> None:
    with pytest.raises(BadUrlError):
        lane.fetch(url)


def test_nobody_listens(lane: Lane) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        with pytest.raises(RefusedError):
            lane.fetch(f"http://127.0.0.1:{free.getsockname()[1]}/")


def test_plain_http_on_a_secure_port(lane: Lane, server: Server) -> None:
    with pytest.raises(TlsError):
        lane.fetch(server.serve("/a", BODY).replace("http:", "https:"))


@pytest.mark.parametrize("gate_after", [None, 1000])
def test_cutting_wakes_a_waiting_transfer(lane: Lane, server: Server, gate_after: int | None) -> None:
    gate = Gate()
    url = server.serve("/a", Answer(BODY, gate=gate, gate_after=gate_after))

    def cut() -> None:
        gate.reached.wait(10)
        lane.wire.cut(Stop.PAUSE)

    cutter = threading.Thread(target=cut)
    cutter.start()
    with pytest.raises(Stopped):
        lane.fetch(url)
    cutter.join()


def test_a_stall_is_told_as_one(lane: Lane, server: Server) -> None:
    gate = Gate()
    url = server.serve("/a", Answer(BODY, gate=gate))
    lane.wire.cut(Stop.STALL)
    with pytest.raises(StalledError):
        lane.fetch(url)


def test_going_on_from_what_is_there(lane: Lane, server: Server) -> None:
    url = server.serve("/a", Answer(BODY, etag=ETAG))
    arrival = lane.holding(BODY[:3000]).fetch(url)
    headers = server.received("/a")[0].headers
    assert (headers["Range"], headers["If-Range"]) == ("bytes=3000-", ETAG)
    assert lane.content == BODY
    assert arrival.sha256 == hashlib.sha256(BODY).hexdigest()


@pytest.mark.parametrize("answer", [Answer(BODY, ranges=False), Answer(BODY, etag='"two"')])
def test_starting_over_where_the_server_sends_everything(lane: Lane, server: Server, answer: Answer) -> None:
    lane.holding(b"z" * 3000).fetch(server.serve("/a", answer))
    assert lane.content == BODY


def part_of(content_range: str | None, body: bytes = BODY[3000:]) -> Answer:
    return Answer(body, status=206, headers={"Content-Range": content_range})


@pytest.mark.parametrize(
    "answer",
    [
        part_of(None),
        part_of(f"bytes 2999-{len(BODY) - 1}/{len(BODY)}"),
        part_of(f"bytes 3000-{len(BODY) - 1}/{len(BODY) + 5}"),
        part_of(f"bytes 3000-4000/{len(BODY)}"),
        part_of("rubbish"),
        failure(416),
        Answer(BODY, 'multipart/byteranges; boundary="x"', 206),
    ],
)
def test_a_part_that_was_not_asked_for_is_never_appended(lane: Lane, server: Server, answer: Answer) -> None:
    url = server.serve("/a", answer, Answer(BODY))
    lane.holding(BODY[:3000]).fetch(url)
    assert server.requests() == 2
    assert server.received("/a")[1].headers["Range"] is None
    assert lane.content == BODY


def test_all_bytes_but_not_the_word_that_they_are_all_cost_one_byte(lane: Lane, server: Server) -> None:
    """A kill between the last byte and the note that it was the last."""
    url = server.serve("/a", Answer(BODY, etag=ETAG))
    arrival = lane.holding(BODY).fetch(url)
    assert server.received("/a")[0].headers["Range"] == f"bytes={len(BODY) - 1}-"
    assert lane.content == BODY
    assert arrival.sha256 == hashlib.sha256(BODY).hexdigest()


def test_a_part_file_that_was_removed_is_begun_again(lane: Lane, server: Server) -> None:
    url = server.serve("/a", Answer(BODY, etag=ETAG))
    lane.holding(BODY[:3000])
    Path(lane.part.path).unlink()
    lane.fetch(url)
    assert server.received("/a")[0].headers["Range"] is None
    assert lane.content == BODY


def test_a_shorter_slice_than_asked_for_is_kept_and_continued(lane: Lane, server: Server) -> None:
    slice_of = part_of(f"bytes 3000-3999/{len(BODY)}", BODY[3000:4000])
    url = server.serve("/a", slice_of, Answer(BODY, etag=ETAG))
    lane.holding(BODY[:3000])
    with pytest.raises(TruncatedError):
        lane.fetch(url)
    assert lane.part.received == 4000
    lane.fetch(url)
    assert lane.content == BODY


@pytest.mark.parametrize(
    ("headers", "validator"),
    [
        ({"ETag": '"strong"'}, '"strong"'),
        ({"ETag": 'W/"weak"'}, None),
        (
            {"ETag": None, "Last-Modified": "Wed, 01 Jan 2020 00:00:00 GMT"},
            "Wed, 01 Jan 2020 00:00:00 GMT",
        ),
        ({"ETag": None, "Last-Modified": "rubbish"}, None),
        ({"ETag": None}, None),
    ],
)
def test_what_a_later_part_is_bound_to(
    lane: Lane, server: Server, headers: dict[str, str | None], validator: str | None
) -> None:
    lane.fetch(server.serve("/a", Answer(BODY, headers=headers)))
    assert lane.part.validator == validator


def test_a_part_file_is_never_opened_through_a_link(lane: Lane, server: Server, tmp_path: Path) -> None:
    (tmp_path / "precious").write_text("keep")
    Path(lane.part.path).symlink_to(tmp_path / "precious")
    lane.fetch(server.serve("/a", BODY))
    assert not Path(lane.part.path).is_symlink()
    assert Path(lane.part.path).read_bytes() == BODY
    assert (tmp_path / "precious").read_text() == "keep"


def test_a_full_disk_is_told_as_one(lane: Lane, server: Server) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("this system has no /dev/full")
    lane.part.path = "/dev/full"
    lane.part.received = 1
    lane.part.validator = None
    with lane.part as part, pytest.raises(FetchmillError) as caught:
        part.write(b"x")
    assert caught.value.code == "disk-full"
    assert server.requests() == 0


@pytest.mark.parametrize(
    ("value", "seconds"), [("7", 7.0), ("rubbish", None), (None, None), ("3600", 3600.0)]
)
def test_what_the_server_asks_us_to_wait(
    lane: Lane, server: Server, value: str | None, seconds: float | None
) -> None:
    url = server.serve("/a", failure(503, retry_after=value))
    with pytest.raises(HttpStatusError) as caught:
        lane.fetch(url)
    assert caught.value.retry_after == seconds
    assert caught.value.is_passing
