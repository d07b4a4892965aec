"""The message from a second start to the first, whole, in pieces and broken."""

import json
import struct

import pytest

from core.job import Drop
from gui import handover
from gui.handover import HandoverError, Incoming, frame, frames

DROPS = [
    Drop(),
    Drop(sources=("/a b.jpg", "https://a.example/ä?x=1", "/bytes-\udcff")),
    Drop("https://a.example/1.jpg\n\u2028\u0000\U0001f600"),
    Drop("x" * 700_000, tuple(f"/folder/{number}.jpg" for number in range(50_000))),
]
FIRST = json.dumps({"version": 1, "sources": ["a"]}).encode()


def framed(body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + body


@pytest.mark.parametrize("drop", DROPS, ids=["nothing", "sources", "text", "much of both"])
@pytest.mark.parametrize("step", [1 << 30, 65_536, 7], ids=["whole", "in chunks", "in crumbs"])
def test_arrives_as_it_was_sent(drop: Drop, step: int) -> None:
    message, incoming = b"".join(frames(drop)), Incoming()
    got = [incoming.feed(message[begin : begin + step]) for begin in range(0, len(message), step)]
    assert got[:-1] == [None] * (len(got) - 1)
    assert got[-1] == drop


def test_no_frame_is_large() -> None:
    worst = Drop("\u0001" * 1_000_000, ("\u0001" * 131_072,) * 3)
    assert all(len(each) <= handover.LARGEST_FRAME for each in frames(worst))


def test_what_comes_after_the_end_is_not_looked_at() -> None:
    incoming = Incoming()
    assert incoming.feed(b"".join(frames(Drop("a"))) + b"\xff" * 100) == Drop("a")
    assert incoming.feed(frame(text="more")) is None


@pytest.mark.parametrize(
    "message",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"\xff" * 10,
        framed(b""),
        framed(b"no json"),
        framed(b"\xff\xfe\x00"),
        framed(b"[" * 500_000),
        framed(b"[1]"),
        framed(b"null"),
        framed(b'{"text": "a"}'),
        framed(b'{"version": 2, "text": "a"}'),
        framed(b'{"version": 1, "text": 7}'),
        framed(b'{"version": 1, "sources": "a"}'),
        framed(b'{"version": 1, "sources": ["a", null]}'),
        framed(FIRST) + framed(b"{"),
        struct.pack(">I", handover.LARGEST_FRAME + 1),
    ],
)
def test_broken(message: bytes) -> None:
    with pytest.raises(HandoverError):
        Incoming().feed(message)


@pytest.mark.parametrize("length", [0, 1, 4, 20, len(framed(FIRST))])
def test_half(length: int) -> None:
    assert Incoming().feed(framed(FIRST)[:length]) is None


def test_huge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handover, "LARGEST", 10_000)
    incoming, piece = Incoming(), frame(text="x" * 900)
    assert incoming.feed(piece * 10) is None
    with pytest.raises(HandoverError, match="more than"):
        incoming.feed(piece)
