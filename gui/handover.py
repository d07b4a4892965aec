"""What a second start says to the window that runs: frames of JSON, each with its length in front.

    {"version": 1, "sources": ["/home/me/a.jpg", "https://..."]}    any number of these
    {"version": 1, "text": "a piece of what stood on standard input"}  and of these, in order
    {"version": 1, "end": true}                                     the last
    {"version": 1, "accepted": true}                                the window's answer, when all is taken

Many small frames, not one: the window looks at each in a millisecond and never at 64 MB in one go.
"""

import json
import struct
from collections.abc import Iterator
from typing import Final

from core.job import Drop

VERSION: Final = 1
LARGEST: Final = 64 << 20  # bytes, of all frames of one message
LARGEST_FRAME: Final = 1 << 20  # bytes
_PIECE: Final = 1 << 17  # characters; each takes six bytes at the most
_LENGTH: Final = struct.Struct(">I")


class HandoverError(Exception):
    """A message that breaks the rules above, or that nobody takes."""


def frame(**content: object) -> bytes:
    """One frame as it is sent."""
    # surrogatepass: names of files need not be text, and are sent as Python has them
    text = json.dumps({"version": VERSION, **content}, ensure_ascii=False).encode("utf-8", "surrogatepass")
    return _LENGTH.pack(len(text)) + text


ACCEPTED: Final = frame(accepted=True)


def frames(drop: Drop) -> Iterator[bytes]:
    """The whole message for that drop."""
    for begin in range(0, len(drop.text), _PIECE):
        yield frame(text=drop.text[begin : begin + _PIECE])
    yield from (frame(sources=some) for some in _portions(drop.sources))
    yield frame(end=True)


def _portions(sources: tuple[str, ...]) -> Iterator[list[str]]:
    """The sources in lists that fit into a frame each; no system lets a program be started with one that does not."""
    portion: list[str] = []
    length = 0
    for source in sources:
        if portion and length + len(source) > _PIECE:
            yield portion
            portion, length = [], 0
        portion.append(source)
        length += len(source)
    if portion:
        yield portion


class Incoming:
    """A message while it arrives, in pieces of whatever size."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._left = LARGEST
        self._text: list[str] = []
        self._sources: list[str] = []
        self._is_whole = False

    def feed(self, piece: bytes) -> Drop | None:
        """Take what has arrived; the drop, once, when the message is whole.

        Raises:
            HandoverError: It is no message of ours, or too large.
        """
        self._left -= len(piece)
        if self._left < 0:
            raise HandoverError(f"more than {LARGEST >> 20} MB")
        self._buffer += piece
        while not self._is_whole and (body := self._next_body()) is not None:
            if self._take(_parsed(body)):
                return Drop("".join(self._text), tuple(self._sources))
        return None

    def _next_body(self) -> bytes | None:
        """The next frame without its length, if all of it is here."""
        if len(self._buffer) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack_from(self._buffer)
        if length > LARGEST_FRAME:
            raise HandoverError(f"a frame of {length:,} bytes")
        if len(self._buffer) < _LENGTH.size + length:
            return None
        body = bytes(self._buffer[_LENGTH.size : _LENGTH.size + length])
        del self._buffer[: _LENGTH.size + length]
        return body

    def _take(self, content: dict[str, object]) -> bool:
        """Keep what a frame holds; whether it is the last."""
        text: object = content.get("text", "")
        sources: object = content.get("sources", [])
        if not isinstance(text, str) or not isinstance(sources, list):
            raise HandoverError("neither text nor sources")
        if not all(isinstance(source, str) for source in sources):
            raise HandoverError("sources that are no text")
        self._text.append(text)
        self._sources += sources
        self._is_whole = content.get("end") is True
        return self._is_whole


def _parsed(body: bytes) -> dict[str, object]:
    try:
        content = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise HandoverError("no JSON") from error
    if not isinstance(content, dict) or content.get("version") != VERSION:
        raise HandoverError("another version, or no message at all")
    return content
