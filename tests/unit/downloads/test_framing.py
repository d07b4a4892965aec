"""Heads and bodies, however the network cuts them."""

from collections.abc import Iterable
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.downloads.framing import Head, Headers, Stream, body_of, read_head
from core.errors import FetchmillError, ProtocolError, TruncatedError
from tests.support.properties import PROPERTY

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\nX-A: 1\r\nx-a: 2\r\n"


def stream(pieces: Iterable[bytes]) -> Stream:
    """What a socket gives that receives these pieces."""
    waiting = [piece for piece in pieces if piece]

    def receive(view: memoryview) -> int:
        if not waiting:
            return 0
        piece = waiting.pop(0)
        count = min(len(piece), len(view))
        view[:count] = piece[:count]
        if piece[count:]:
            waiting.insert(0, piece[count:])
        return count

    return Stream(receive)


def read(pieces: Iterable[bytes], size: int = 7) -> tuple[Head, bytes, bool]:
    """An answer: its head, its body, and whether another one may follow."""
    source = stream(pieces)
    head = read_head(source)
    body, found, view = body_of(head, source), b"", memoryview(bytearray(size))
    while count := body.read(view):
        found += bytes(view[:count])
    return head, found, body.is_over and source.is_empty


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """The data in pieces."""
    ends = sorted({place % (len(data) + 1) for place in places} | {len(data)})
    return [data[begin:end] for begin, end in zip([0, *ends], ends, strict=False)]


@PROPERTY
@given(
    st.lists(st.binary(min_size=1, max_size=40), max_size=6), st.lists(st.integers(0, 10_000), max_size=12)
)
def test_chunks_are_the_same_however_they_come(chunks: list[bytes], places: list[int]) -> None:
    sent = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
    sent += b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nTrailer: x\r\n\r\n"
    head, found, may_go_on = read(cut(sent, places))
    assert found == b"".join(chunks)
    assert may_go_on
    assert head.status == 200
    assert head.headers["X-a"] == "1, 2"


@PROPERTY
@given(st.binary(max_size=200), st.binary(max_size=5), st.lists(st.integers(0, 10_000), max_size=12))
def test_what_comes_behind_a_body_is_no_part_of_it(body: bytes, more: bytes, places: list[int]) -> None:
    sent = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    _, found, _ = read([*cut(sent, places), more])
    assert found == body


@PROPERTY
@given(st.binary(max_size=400), st.lists(st.integers(0, 10_000), max_size=4))
def test_whatever_comes_there_is_an_answer_or_an_error_of_ours(sent: bytes, places: list[int]) -> None:
    with suppress(FetchmillError, ConnectionError):
        read(cut(sent, places))


@PROPERTY
@given(st.binary(min_size=1, max_size=100), st.integers(0, 200))
def test_a_body_that_ends_early_is_no_body(body: bytes, end: int) -> None:
    sent = HEAD + b"Content-Length: %d\r\n\r\n" % len(body) + body
    kept = min(end, len(body) - 1)
    with pytest.raises(TruncatedError):
        read([sent[: len(sent) - len(body) + kept]])


def test_behind_a_body_in_the_same_packet() -> None:
    assert read([HEAD + b"Content-Length: 3\r\n\r\nabcdef"])[1:] == (b"abc", False)
    assert read([HEAD + b"Content-Length: 3\r\n\r\nabc"])[1:] == (b"abc", True)
    assert read([HEAD + b"\r\nabc"])[1:] == (b"abc", False), "it ends with its connection"


@pytest.mark.parametrize("status", [204, 304])
def test_an_answer_without_a_body(status: int) -> None:
    sent = b"HTTP/1.1 %d Nothing\r\nContent-Length: 3\r\n\r\n" % status
    assert read([sent])[1:] == (b"", True)


@pytest.mark.parametrize(
    ("first", "is_kept"),
    [
        (b"HTTP/1.1 200 OK\r\n", True),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n", False),
        (b"HTTP/1.1 200 OK\r\nConnection: TE, Close\r\n", False),
        (b"HTTP/1.0 200 OK\r\n", False),
        (b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n", True),
    ],
)
def test_who_keeps_the_connection(first: bytes, is_kept: bool) -> None:
    assert read_head(stream([first + b"\r\n"])).is_kept is is_kept


@PROPERTY
@given(
    st.sampled_from([b"200 OK", b"200", b"404 \xff", b"103 Early", b"101", b"099", b"2000 OK"]),
    st.lists(
        st.sampled_from(
            [b'ETag: "x"', b"A:\t1 \xa0", b"A : 1", b" folded", b"A: \0", b"", b"Content-Length: 3",
             b"content-length: 3, 3", b"Content-Length: 4", b"Content-Length: 5\xa0", b"Transfer-Encoding: chunked",
             b"Transfer-Encoding: chunked\x0b", b"Connection: close", b"A: b\rc", b"\xc4: 1"]
        ),
        max_size=5,
    ),
    st.sampled_from([b"\r\n", b"\n"]),
    st.booleans(),
)  # fmt: skip
def test_a_head_that_comes_at_once_is_read_as_one_that_comes_byte_by_byte(
    status: bytes, fields: list[bytes], end: bytes, is_old: bool
) -> None:
    sent = end.join([b"HTTP/1.%d %b" % (not is_old, status), *fields, b"", b"abc"])
    assert outcome([sent]) == outcome([sent[i : i + 1] for i in range(len(sent))])


def outcome(pieces: list[bytes]) -> tuple[object, ...]:
    """A head and what follows it, or the kind of its error."""
    source = stream(pieces)
    try:
        head = read_head(source)
    except (FetchmillError, OSError) as error:
        return (type(error),)
    view = memoryview(bytearray(10))
    rest = b""
    while count := source.read(view):
        rest += bytes(view[:count])
    return head.status, head.reason, dict(head.headers), head.is_kept, rest


def test_a_line_without_end() -> None:
    with pytest.raises(ProtocolError):
        read([HEAD + b"X: " + b"x" * 70_000 + b"\r\n\r\n"])


def test_header_names_have_no_case() -> None:
    headers = Headers([("etag", '"x"'), ("location", "/a"), ("location", "/b")])
    assert headers.get("etag") == headers["ETAG"] == '"x"'
    assert "eTag" in headers
    assert headers.get("Age") is None
    assert headers.all("location") == ["/a", "/b"]
    assert set(headers) == {"etag", "location"}
    assert len(headers) == 2
