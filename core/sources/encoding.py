"""Bytes of unknown encoding -> text, block by block."""

import codecs
from collections.abc import Iterator
from io import BytesIO
from itertools import chain
from typing import AnyStr, BinaryIO, Final

from core.errors import UnreadableSourceError
from core.sources.opening import unpacked

_SAMPLE: Final = 512  # bytes that tell the encoding
# UTF-32 comes first: its little-endian mark begins with that of UTF-16.
_MARKS: Final = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decode(blocks: Iterator[bytes]) -> Iterator[str]:
    """Text in pieces of whole lines; the last one may lack its line's end.

    The encoding is told by a byte order mark, else UTF-16 by its NULs, else each line is UTF-8 or Windows-1252
    (Latin-1 where that has no letter): lists are often put together from several sources.
    A piece cut off by an error of ``blocks`` is not given away: half a URL is a wrong one.
    """
    head = next(blocks, b"")
    mark, encoding = _encoding(head)
    rest = chain((head[mark:],), blocks)
    if encoding == "utf-8":
        return (_utf8_or_latin(piece) for piece in _whole_lines(rest, b"\n"))
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    return _whole_lines(map(decoder.decode, rest), "\n")


def _encoding(head: bytes) -> tuple[int, str]:
    """Length of the byte order mark, and the encoding."""
    for mark, encoding in _MARKS:
        if head.startswith(mark):
            return len(mark), encoding
    return 0, _by_nuls(head[:_SAMPLE]) or "utf-8"


def _by_nuls(sample: bytes) -> str | None:
    """UTF-16 without a mark: URLs are ASCII for the most part, so every other byte is NUL."""
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    if max(even, odd) < max(1, len(sample) // 20, 4 * min(even, odd)):
        return None
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    return None if "\0" in sample.decode(encoding, "replace") else encoding


def looks_binary(head: bytes) -> bool:
    """Whether these first bytes are no text in any encoding that ``decode`` knows."""
    return _encoding(head)[1] == "utf-8" and b"\0" in head[:_SAMPLE]


def _whole_lines(chunks: Iterator[AnyStr], newline: AnyStr) -> Iterator[AnyStr]:
    """The same content, cut after line ends only; linear however long a line is."""
    empty = newline[:0]
    begun: list[AnyStr] = []
    for chunk in chunks:
        end = chunk.rfind(newline) + 1
        if end:
            begun.append(chunk[:end])
            yield empty.join(begun)
            begun.clear()
        begun.append(chunk[end:])
    if last := empty.join(begun):
        yield last


def _utf8_or_latin(piece: bytes) -> str:
    """A piece as UTF-8; where it is not, line by line."""
    try:
        return piece.decode("utf-8")
    except UnicodeDecodeError:
        return "".join(map(_line, piece.splitlines(keepends=True)))


def _line(line: bytes) -> str:
    """One line, in the first of the encodings that fits."""
    for encoding in ("utf-8", "cp1252"):
        try:
            return line.decode(encoding)
        except UnicodeDecodeError:
            continue
    return line.decode("latin-1")


def read_stream(stream: BinaryIO) -> str:
    """Standard input as the text of a ``Drop``: decoded like a list file, gzipped or not.

    Raises:
        UnreadableSourceError: It cannot be read, or unpacked, to its end.
    """
    try:
        return "".join(decode(unpacked(BytesIO(stream.read()))))
    except OSError as error:
        raise UnreadableSourceError(f"Standard input cannot be read: {error.strerror}.") from error
