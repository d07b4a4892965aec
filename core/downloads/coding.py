"""Bodies that come compressed though the plain one was asked for (RFC 9110, section 8.4.1; RFC 1950 to 1952)."""

import zlib
from collections.abc import Callable
from pathlib import PurePosixPath
from typing import Final

from core.errors import ProtocolError, TooLargeError, TruncatedError

_GZIP: Final = zlib.MAX_WBITS | 16
_ZLIB: Final = zlib.MAX_WBITS
_RAW: Final = -zlib.MAX_WBITS
_BLOCK: Final = 65536
_UNSUSPICIOUS: Final = 64 << 20  # bytes that may come out of however few
_RATIO: Final = 100  # photographs give 1, text 3 to 20, a bomb 1,000
_ARCHIVES: Final = frozenset({".gz", ".tgz", ".svgz", ".emz", ".wmz", ".vcz", ".mgz"})
_ARCHIVE_TYPES: Final = frozenset({"application/gzip", "application/x-gzip", "application/x-gunzip"})

Read = Callable[[int], bytes | memoryview]


def coding_of(content_encoding: str, content_type: str, name: str) -> str | None:
    """How the file has to be decoded: ``gzip``, ``deflate`` or, mostly, not at all.

    Servers call an archive's own compression a coding as well; it is the file itself, and stays.

    Args:
        content_encoding: The header's value; may be empty.
        content_type: The header's value; may be empty.
        name: Of the file, as far as it is known.

    Raises:
        ProtocolError: It is coded in a way that we cannot take off.
    """
    coding = content_encoding.strip().lower()
    if coding in ("", "identity"):
        return None
    if coding not in ("gzip", "x-gzip", "deflate"):
        raise ProtocolError(f"The server sent a body coded as {coding[:40]}, which was not asked for.")
    is_archive = (
        content_type.partition(";")[0].strip().lower() in _ARCHIVE_TYPES
        or PurePosixPath(name).suffix.lower() in _ARCHIVES
    )
    if coding == "deflate":
        return "deflate"
    return None if is_archive else "gzip"


class Decoded:
    """Reads a compressed body as what it was, in bounded memory, and to its very end.

    Args:
        read: Gives at most so many bytes of the body as it is sent; none at its end.
        coding: ``gzip`` or ``deflate``.
    """

    def __init__(self, read: Read, coding: str) -> None:
        self._source = read
        self._is_gzip = coding == "gzip"
        self._waiting: bytes | memoryview = b""
        self._came = self._gave = 0
        self._may_hold_more = False
        self._coder: zlib._Decompress | None = None

    def read1(self, size: int) -> bytes:
        """At most so many bytes of the file; none at its end.

        Raises:
            TruncatedError: The body ends too early.
            ProtocolError: It cannot be decoded, or goes on behind its end.
            TooLargeError: Far more comes out than any honest file holds.
        """
        try:
            while self._has_input():
                assert self._coder is not None, "_has_input made it"  # noqa: S101  # our own order
                block = self._coder.decompress(self._waiting, size)
                self._may_hold_more = len(block) == size
                self._waiting = self._coder.unconsumed_tail or self._coder.unused_data
                self._gave += len(block)
                if self._gave > _UNSUSPICIOUS and self._gave > self._came * _RATIO:
                    raise TooLargeError("The compressed file grows beyond all measure when it is unpacked.")
                if block:
                    return block
        except zlib.error as error:
            raise ProtocolError("The compressed body is damaged.") from error
        return b""

    def _has_input(self) -> bool:
        """Have something to decode; False where the file has ended, and rightly so."""
        is_between = self._coder is None or self._coder.eof
        if not self._waiting and not (self._may_hold_more and not is_between):
            self._waiting = self._source(_BLOCK)
            self._came += len(self._waiting)
            if not self._waiting and is_between:
                return False
            if not self._waiting:
                raise TruncatedError("The compressed file ended before its end.")
        if is_between:
            if self._coder is not None and not self._is_gzip:
                raise ProtocolError("More bytes came than belong to the compressed file.")
            self._coder = zlib.decompressobj(self._window())
        return True

    def _window(self) -> int:
        """A gzip file may have several members (RFC 1952, 2.2); many servers send deflate unframed."""
        if self._is_gzip:
            return _GZIP
        return _ZLIB if self._waiting[0] & 0x0F == 8 and self._waiting[0] >> 4 <= 7 else _RAW
