"""An answer's head and its chunks, read by the letter of RFC 9112 where http.client lets much pass.

What http.client takes for granted here ends in wrong bytes there: a chunk not followed by CRLF, two lengths, a coding
with a blank behind it, an interim answer (103) taken for the last one, so that the next request gets this one's body.
"""

import http.client
import io
import re
from typing import TYPE_CHECKING, Final

from core.errors import ConnectionLostError, ProtocolError, TruncatedError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer  # collections.abc.Buffer comes with Python 3.12

_LONGEST_LINE: Final = 65536
_LONGEST_HEAD: Final = 262144
_MOST_FIELDS: Final = 100
_MOST_INTERIM: Final = 20
_LARGEST: Final = 2**63 - 1
_STATUS: Final = re.compile(rb"HTTP/1\.[01] ([1-9][0-9]{2})(?: [^\0\r\n]*)?\r?\n")
_FIELD: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\0\r\n]*)\r?\n")
_LENGTH: Final = re.compile(rb"[0-9]{1,19}")
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\0\r\n]*)?\r\n")

_Fields = list[tuple[bytes, bytes]]


class StrictResponse(http.client.HTTPResponse):
    """What a connection makes of an answer; set as its ``response_class``."""

    def begin(self) -> None:
        """Read the head; called by the connection.

        Raises:
            ProtocolError: It breaks the rules in a way that makes the body doubtful.
            ConnectionLostError: It is not whole.
        """
        stream = self.fp
        self.fp = io.BufferedReader(io.BytesIO(_head(stream)))
        try:
            super().begin()
        finally:
            self.fp = stream
        if self.chunked:
            self.fp, self.chunked = io.BufferedReader(_Chunks(stream)), False


class _Chunks(io.RawIOBase):
    """The content of a chunked body (RFC 9112, section 7.1), for a BufferedReader.

    Args:
        stream: Stands at the first chunk's size.
    """

    def __init__(self, stream: io.BufferedReader) -> None:
        self._stream = stream
        self._left: int | None = 0  # of the chunk in hand; None behind the last
        self._is_first = True

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "WriteableBuffer") -> int:
        """As many bytes of one chunk as are there; 0 behind the last chunk.

        Raises:
            ProtocolError: A chunk does not begin or end as it must.
            TruncatedError: The body ends before its last chunk.
        """
        if self._left == 0:
            self._begin_chunk()
        if self._left is None:
            return 0
        count = self._stream.readinto1(memoryview(buffer)[: self._left])
        if not count:
            raise TruncatedError("The file ended in the middle of a chunk.")
        self._left -= count
        return count

    def close(self) -> None:
        super().close()
        self._stream.close()

    def _begin_chunk(self) -> None:
        if not self._is_first and self._line() != b"\r\n":
            raise ProtocolError("A piece of the body is longer or shorter than the server announced.")
        self._is_first = False
        found = _CHUNK.fullmatch(self._line())
        if found is None or int(found[1], 16) > _LARGEST:
            raise ProtocolError("The server sent a piece of the body without its size.")
        self._left = int(found[1], 16)
        if not self._left:
            self._left = None
            _fields(self._stream, room=_LONGEST_LINE)

    def _line(self) -> bytes:
        line = self._stream.readline(_LONGEST_LINE)
        if not line.endswith(b"\n") and len(line) < _LONGEST_LINE:
            raise TruncatedError("The file ended between two chunks.")
        return line


def _head(stream: io.BufferedReader) -> bytes:
    """The head of the final answer, with only one length or coding in it; interim ones are left out.

    Raises:
        ProtocolError: It breaks the rules.
        ConnectionLostError: It is not whole.
    """
    for _ in range(_MOST_INTERIM):
        line = stream.readline(_LONGEST_LINE)
        if not line:
            raise http.client.RemoteDisconnected("no answer")
        status = _STATUS.fullmatch(line)
        if status is None and line.startswith(b"HTTP/1.") and not line.endswith(b"\n"):
            raise ConnectionLostError("The answer ended in its first line.")
        if status is None:
            raise ProtocolError("What came is no answer of HTTP/1.1.")
        fields = _fields(stream, room=_LONGEST_HEAD)
        if not status[1].startswith(b"1") or status[1] == b"101":
            return line + b"".join(b"%b: %b\r\n" % field for field in _framed(fields)) + b"\r\n"
    raise ProtocolError("The server sends interim answers without end.")


def _fields(stream: io.BufferedReader, room: int) -> _Fields:
    """Header or trailer fields up to the empty line, at most so many bytes of them (RFC 9112, section 5).

    Raises:
        ProtocolError: One cannot be read, or they are too many.
        ConnectionLostError: They end before their end.
    """
    fields: _Fields = []
    while (line := stream.readline(_LONGEST_LINE)) not in (b"\r\n", b"\n"):
        room -= len(line)
        if room < 0 or len(fields) == _MOST_FIELDS or len(line) == _LONGEST_LINE:
            raise ProtocolError("The server sends more headers than anybody needs.")
        if not line.endswith(b"\n"):
            raise ConnectionLostError("The answer ended in its headers.")
        found = _FIELD.fullmatch(line)
        if found is not None:
            fields.append((found[1], found[2].strip(b" \t")))
        elif fields and line[0] in b" \t" and _FIELD.fullmatch(b"X:" + line):  # obs-fold, section 5.2
            name, value = fields.pop()
            fields.append((name, value + b" " + line.strip()))
        else:
            raise ProtocolError("The server sent a header that cannot be read.")
    return fields


def _framed(fields: _Fields) -> _Fields:
    """The fields with what says where the body ends said once (RFC 9112, section 6.3).

    Raises:
        ProtocolError: It is said in two ways, or in one that nobody understands.
    """
    lengths = _values(fields, b"content-length")
    codings = _values(fields, b"transfer-encoding")
    if codings:
        if [coding.lower() for coding in codings] != [b"chunked"]:
            raise ProtocolError("The server uses a transfer coding that was not asked for.")
        lengths = []  # section 6.3, 3: the coding overrides it
    elif len(set(lengths)) > 1 or any(not _LENGTH.fullmatch(n) or int(n) > _LARGEST for n in lengths):
        raise ProtocolError("The server announced a length that makes no sense.")
    rest = [field for field in fields if field[0].lower() not in (b"content-length", b"transfer-encoding")]
    rest += [(b"Content-Length", length) for length in lengths[:1]]
    return rest + [(b"Transfer-Encoding", b"chunked") for _ in codings]


def _values(fields: _Fields, name: bytes) -> list[bytes]:
    return [part.strip() for key, value in fields if key.lower() == name for part in value.split(b",")]
