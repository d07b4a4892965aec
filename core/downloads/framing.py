"""An answer's head and body, read by the letter of RFC 9112 where others let much pass.

What is taken for granted elsewhere ends in wrong bytes: a chunk not followed by CRLF, two lengths, a coding with a blank
behind it, an interim answer (103) taken for the last one, so that the next request gets this one's body.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from mmap import mmap
from typing import Final, NamedTuple, Protocol, TypeVar, overload

from core.errors import ConnectionLostError, ProtocolError, TruncatedError

_LONGEST_LINE: Final = 65536
_LONGEST_HEAD: Final = 262144
_MOST_FIELDS: Final = 100
_MOST_INTERIM: Final = 20
_LARGEST: Final = 2**63 - 1
_STATUS: Final = re.compile(r"HTTP/1\.([01]) ([1-9][0-9]{2})(?: ([^\0\r\n]*))?\r?\n")
_FIELD: Final = re.compile(r"([!#$%&'*+.^_`|~0-9A-Za-z-]+):([^\0\r\n]*)\r?\n")
# A head without a fault or an oddity, as nearly all are; any other is read line by line.
_PLAIN_HEAD: Final = re.compile(
    r"HTTP/1\.([01]) ([2-9][0-9]{2})(?: ([^\0\r\n]*))?\r\n((?:[!#$%&'*+.^_`|~0-9A-Za-z-]+:[^\0\r\n]*\r\n){1,100})\r\n"
)
_LENGTH: Final = re.compile(r"[0-9]{1,19}", re.ASCII)
_CHUNK: Final = re.compile(rb"([0-9A-Fa-f]{1,16})[ \t]*(?:;[^\0\r\n]*)?\r\n")
_BODILESS: Final = frozenset({204, 304})

_Fields = list[tuple[str, str]]
_T = TypeVar("_T")


class Headers(Mapping[str, str]):
    """The header fields of an answer by name, whatever its case; several of one name are joined by commas.

    Args:
        fields: Latin-1 decoded, the names in lower case.
    """

    def __init__(self, fields: _Fields) -> None:
        self._fields = fields
        self._joined = dict(self._fields)
        if len(self._joined) < len(self._fields):
            self._joined = {name: ", ".join(self.all(name)) for name in self._joined}

    def __getitem__(self, name: str) -> str:
        return self._joined[name.lower()]

    @overload
    def get(self, name: str, /) -> str | None: ...

    @overload
    def get(self, name: str, /, default: str | _T) -> str | _T: ...

    def get(self, name: str, /, default: str | _T | None = None) -> str | _T | None:
        """The value of that name; much asked for, and often in vain, which ``Mapping`` makes dear."""
        return self._joined.get(name.lower(), default)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and name.lower() in self._joined

    def __iter__(self) -> Iterator[str]:
        return iter(self._joined)

    def __len__(self) -> int:
        return len(self._joined)

    def all(self, name: str) -> list[str]:
        """The values that the fields of a name have, one by one."""
        return [value for other, value in self._fields if other == name.lower()]


class Head(NamedTuple):
    """What an answer begins with.

    Attributes:
        status: 101, or 200 to 999.
        reason: As the server says it; may be empty.
        headers: One length, or one coding, or neither of them.
        is_kept: Whether the server keeps the connection, if the body ends before it does (RFC 9112, section 9.3).
    """

    status: int
    reason: str
    headers: Headers
    is_kept: bool


class Stream:
    """What a socket gives, by lines and by blocks.

    Args:
        receive: Fills the view as far as there is something, at least a byte; 0 at the end.
    """

    def __init__(self, receive: Callable[[memoryview], int]) -> None:
        self._receive = receive
        self._buffer = mmap(-1, _LONGEST_LINE)  # what nothing is read into takes no memory
        self._view = memoryview(self._buffer)
        self._begin = self._end = 0

    @property
    def is_empty(self) -> bool:
        """Whether all that has come was read."""
        return self._begin == self._end

    def head(self) -> re.Match[str] | None:
        """A head as ``_PLAIN_HEAD`` has it, if all of it is there at once; else nothing was read yet."""
        if self.is_empty:
            self._begin, self._end = 0, self._receive(self._view)
        end = self._buffer.find(b"\r\n\r\n", self._begin, self._end) + 4
        found = _PLAIN_HEAD.fullmatch(str(self._view[self._begin : end], "latin-1")) if end >= 4 else None
        if found is not None:
            self._begin = end
        return found

    def line(self) -> bytes:
        """The next line with its end; without it where the stream ends, or the line is longer than any may be."""
        looked = self._begin
        while (found := self._buffer.find(b"\n", looked, self._end)) < 0:
            if self._begin:
                rest = self._end - self._begin
                self._view[:rest] = bytes(self._view[self._begin : self._end])
                self._begin, self._end = 0, rest
            looked = self._end
            count = self._receive(self._view[self._end :]) if self._end < len(self._buffer) else 0
            if not count:
                found = self._end - 1
                break
            self._end += count
        begin, self._begin = self._begin, found + 1
        return bytes(self._view[begin : self._begin])

    def read(self, view: memoryview) -> int:
        """Fill the view as far as there is something; 0 at the end."""
        count = min(self._end - self._begin, len(view))
        if not count:
            return self._receive(view)
        view[:count] = self._view[self._begin : self._begin + count]
        self._begin += count
        return count


class Body(Protocol):
    """What follows a head.

    Attributes:
        is_over: Whether its end was read, and the next answer follows.
    """

    is_over: bool

    def read(self, view: memoryview) -> int:
        """Fill the view as far as there is something; 0 at the end.

        Raises:
            ProtocolError: It is not as it was announced.
            TruncatedError: It ends too early.
        """


class _Counted:
    """A body whose length was said (RFC 9112, section 6.2)."""

    def __init__(self, stream: Stream, length: int) -> None:
        self._stream = stream
        self._left = length
        self.is_over = not length

    def read(self, view: memoryview) -> int:
        if self.is_over:
            return 0
        count = self._stream.read(view[: self._left])
        if not count:
            raise TruncatedError(f"The server ended the file {self._left:,} bytes before its announced end.")
        self._left -= count
        self.is_over = not self._left
        return count


class _Unbounded:
    """A body that ends with its connection (RFC 9112, section 6.3, 8)."""

    is_over = False

    def __init__(self, stream: Stream) -> None:
        self.read = stream.read


class _Chunked:
    """A chunked body (RFC 9112, section 7.1)."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._left = 0  # of the chunk in hand
        self._is_first = True
        self.is_over = False

    def read(self, view: memoryview) -> int:
        if not self._left and not self.is_over:
            self._begin_chunk()
        if self.is_over:
            return 0
        count = self._stream.read(view[: self._left])
        if not count:
            raise TruncatedError("The file ended in the middle of a chunk.")
        self._left -= count
        return count

    def _begin_chunk(self) -> None:
        if not self._is_first and self._line() != b"\r\n":
            raise ProtocolError("A piece of the body is longer or shorter than the server announced.")
        self._is_first = False
        found = _CHUNK.fullmatch(self._line())
        if found is None or int(found[1], 16) > _LARGEST:
            raise ProtocolError("The server sent a piece of the body without its size.")
        self._left = int(found[1], 16)
        if not self._left:
            _fields(self._stream, room=_LONGEST_LINE)
            self.is_over = True

    def _line(self) -> bytes:
        line = self._stream.line()
        if not line.endswith(b"\n") and len(line) < _LONGEST_LINE:
            raise TruncatedError("The file ended between two chunks.")
        return line


def read_head(stream: Stream) -> Head:
    """The head of the final answer, with only one length or coding in it; interim ones are left out.

    Raises:
        ProtocolError: It breaks the rules in a way that makes the body doubtful.
        ConnectionLostError: It is not whole.
        ConnectionResetError: There is none.
    """
    for _ in range(_MOST_INTERIM):
        if (found := stream.head()) is not None:
            return _head(
                found, [(name.lower(), value.strip(" \t")) for name, value in _FIELD.findall(found[4])]
            )
        line = stream.line()
        if not line:
            raise ConnectionResetError("no answer")
        status = _STATUS.fullmatch(str(line, "latin-1"))
        if status is None and line.startswith(b"HTTP/1.") and not line.endswith(b"\n"):
            raise ConnectionLostError("The answer ended in its first line.")
        if status is None:
            raise ProtocolError("What came is no answer of HTTP/1.1.")
        fields = _fields(stream, room=_LONGEST_HEAD)
        if not status[2].startswith("1") or status[2] == "101":
            return _head(status, fields)
    raise ProtocolError("The server sends interim answers without end.")


def _head(status: re.Match[str], fields: _Fields) -> Head:
    headers = Headers(_framed(fields))
    options = {option.strip() for option in headers.get("Connection", "").lower().split(",")}
    is_kept = "keep-alive" in options if status[1] == "0" else "close" not in options
    return Head(int(status[2]), status[3] or "", headers, is_kept)


def body_of(head: Head, stream: Stream) -> Body:
    """What follows the head, by the rules of RFC 9112, section 6.3, for an answer to GET."""
    if head.status < 200 or head.status in _BODILESS:
        return _Counted(stream, 0)
    if "Transfer-Encoding" in head.headers:
        return _Chunked(stream)
    length = head.headers.get("Content-Length")
    return _Unbounded(stream) if length is None else _Counted(stream, int(length))


def _fields(stream: Stream, room: int) -> _Fields:
    """Header or trailer fields up to the empty line, at most so many bytes of them (RFC 9112, section 5).

    Raises:
        ProtocolError: One cannot be read, or they are too many.
        ConnectionLostError: They end before their end.
    """
    fields: _Fields = []
    while (line := stream.line()) not in (b"\r\n", b"\n"):
        room -= len(line)
        if room < 0 or len(fields) == _MOST_FIELDS or len(line) == _LONGEST_LINE:
            raise ProtocolError("The server sends more headers than anybody needs.")
        if not line.endswith(b"\n"):
            raise ConnectionLostError("The answer ended in its headers.")
        text = str(line, "latin-1")
        found = _FIELD.fullmatch(text)
        if found is not None:
            fields.append((found[1].lower(), found[2].strip(" \t")))
        elif fields and text[0] in " \t" and _FIELD.fullmatch("X:" + text):  # obs-fold, section 5.2
            name, value = fields.pop()
            fields.append((name, f"{value} {str(line.strip(), 'latin-1')}"))
        else:
            raise ProtocolError("The server sent a header that cannot be read.")
    return fields


def _framed(fields: _Fields) -> _Fields:
    """The fields with what says where the body ends said once (RFC 9112, section 6.3).

    Raises:
        ProtocolError: It is said in two ways, or in one that nobody understands.
    """
    lengths = _values(fields, "content-length")
    codings = _values(fields, "transfer-encoding")
    if codings:
        if [coding.lower() for coding in codings] != ["chunked"]:
            raise ProtocolError("The server uses a transfer coding that was not asked for.")
        lengths = []  # section 6.3, 3: the coding overrides it
    elif len(set(lengths)) > 1 or any(not _LENGTH.fullmatch(n) or int(n) > _LARGEST for n in lengths):
        raise ProtocolError("The server announced a length that makes no sense.")
    if not codings and len(lengths) <= 1:
        return fields
    rest = [field for field in fields if field[0] not in ("content-length", "transfer-encoding")]
    rest += [("content-length", length) for length in lengths[:1]]
    return rest + [("transfer-encoding", "chunked") for _ in codings]


def _values(fields: _Fields, name: str) -> list[str]:
    return [part.strip(" \t") for key, value in fields if key == name for part in value.split(",")]
