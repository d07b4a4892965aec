"""Text -> sources, line by line."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from core.sources.places import place
from core.sources.sieve import Chunk, Sieve
from core.sources.urls import are_plain, find_urls, foreign_url, has_url, is_plain, not_a_source, unsupported

_COMMENTS: Final = ("#", "//", ";")
_COMMENTED_OUT: Final = re.compile(r"\s*(?:#|//|;)\s*https?://\S+\s*", re.IGNORECASE)
_OPTION: Final = re.compile(r"\s+[\w.-]+=")  # aria2's input files carry options below a URL
_PIECE: Final = 1 << 20  # characters
_BLOCK: Final = 100  # lines that are looked at together
_INVISIBLE: Final = " \t\r\n\f\v\u00a0\u200b\ufeff"


def pieces(text: str) -> Iterator[str]:
    """Long text in pieces of whole lines, so that it is not held twice."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _PIECE) + 1 or len(text)
        yield text[start:end]
        start = end


def read_text(texts: Iterable[str], sieve: Sieve) -> Iterator[Chunk]:
    """Every URL, and the local paths that stand alone in a line; lines that are neither are counted."""
    for text in texts:
        lines = text.splitlines()
        for start in range(0, len(lines), _BLOCK):
            block = lines[start : start + _BLOCK]
            if not are_plain(block):
                yield from _read_lines(block, sieve)
                continue
            if sieve.lacks_room(len(block)):
                yield sieve.take()
            sieve.plain_urls(block)
            if sieve.is_full:
                yield sieve.take()
        yield from sieve.overdue()


def _read_lines(lines: list[str], sieve: Sieve) -> Iterator[Chunk]:
    for line in lines:
        if not has_url(line):
            _judge(line, sieve)
        elif is_plain(line):
            sieve.plain_url(line)
        elif not _COMMENTED_OUT.fullmatch(line):
            yield from take_urls(line, sieve)
        if sieve.is_full:
            yield sieve.take()


def read_loose_text(texts: Iterable[str], sieve: Sieve) -> Iterator[Chunk]:
    """Every URL; a line without one is ignored. For what is no list by itself, such as broken JSON."""
    for text in texts:
        for line in text.splitlines():
            if has_url(line):
                yield from take_urls(line, sieve)
            elif line.strip():
                sieve.ignore()
        yield from sieve.overdue()


def take_urls(text: str, sieve: Sieve) -> Iterator[Chunk]:
    """Every URL in running text."""
    for url in find_urls(text):
        sieve.url(url)
        if sieve.is_full:
            yield sieve.take()


def _judge(line: str, sieve: Sieve) -> None:
    """A line without an http URL: nothing, a comment, a local path, a mistake, or words."""
    text = line.strip(_INVISIBLE)
    if not text or text.startswith(_COMMENTS):
        return
    if line[0] in " \t" and _OPTION.match(line):
        sieve.ignore()
    elif (path := _local_path(text)) is not None:
        place(path, sieve)
    elif (url := foreign_url(text)) is not None:
        _foreign(url, sieve)
    elif len(text.split(None, 1)) > 1 or not (text[0].isalnum() or any(map(str.isalnum, text))):
        sieve.ignore()
    else:
        sieve.reject(text, not_a_source)


def _foreign(url: str, sieve: Sieve) -> None:
    """A URL of another kind than http: a file's is a path, any other is a mistake."""
    if url[:5].lower() == "file:":
        place(url, sieve)
    else:
        sieve.reject(url, unsupported)


def _local_path(text: str) -> str | None:
    """The file URL or existing absolute path that a line consists of."""
    bare = text.strip("\"'<>")
    if bare[:6].lower() == "file:/":
        return bare
    # The first two characters tell most lines apart without asking the disk.
    if not (bare.startswith(("/", "\\")) or bare[1:2] == ":"):
        return None
    path = Path(bare)
    try:
        return bare if path.is_absolute() and path.exists() else None
    except (OSError, ValueError):  # a name too long, or with a NUL
        return None
