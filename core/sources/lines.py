"""Text -> sources, line by line."""

import re
from collections.abc import Generator, Iterable, Iterator
from pathlib import Path
from typing import Final

from core.asked import Asked
from core.errors import UnreadableSourceError, UnusableRequestError
from core.sources.expected import claims, sum_in
from core.sources.options import asked_by, malformed, option_in, sound_mirrors
from core.sources.places import is_command, place, take_checked, take_wanted
from core.sources.sieve import Chunk, Sieve
from core.sources.urls import (
    are_plain,
    carries_file,
    find_urls,
    foreign_url,
    has_url,
    is_plain,
    is_web,
    not_a_source,
    unsupported,
)

_COMMENTS: Final = ("#", "//", ";")
_COMMENTED_OUT: Final = re.compile(r"\s*(?:#|//|;)\s*https?://\S+\s*", re.IGNORECASE)
_PIECE: Final = 1 << 20  # characters
_BLOCK: Final = 100  # lines that are looked at together
_LONGEST_BLOCK: Final = 2_000  # where each goes on in the next one
_INVISIBLE: Final = " \t\r\n\f\v\u00a0\u200b\ufeff"
_GOES_ON: Final = ("\\", "^")


def pieces(text: str) -> Iterator[str]:
    """Long text in pieces of whole lines, so that it is not held twice."""
    start = 0
    while start < len(text):
        end = text.find("\n", start + _PIECE) + 1 or len(text)
        yield text[start:end]
        start = end


def read_text(texts: Iterable[str], sieve: Sieve) -> Iterator[Chunk]:
    """Every URL, and the local paths that stand alone in a line; lines that are neither are counted.

    What belongs to a URL in its own line (digests) or in the next ones (aria2's options) goes with it, and a line
    that begins with ``curl `` is read as that command.
    """
    for block in _blocks(texts):
        if not (sieve.takes_plain and are_plain(block)):
            yield from _read_lines(block, sieve)
        else:
            if sieve.lacks_room(len(block)):
                yield sieve.take()
            sieve.plain_urls(block)
            if sieve.is_full:
                yield sieve.take()
        yield from sieve.overdue()


def _blocks(texts: Iterable[str]) -> Iterator[list[str]]:
    """Lines by the hundred; those that belong together are not parted.

    Raises:
        UnreadableSourceError: The texts broke off; what came before has been given away.
    """
    lines: list[str] = []
    fault: UnreadableSourceError | None = None
    try:
        for text in texts:
            lines += text.splitlines()
            start = 0
            while (end := _end_of_block(lines, start)) < len(lines):
                yield lines[start:end]
                start = end
            lines = lines[start:]
    except UnreadableSourceError as error:
        fault = error
    for start in range(0, len(lines), _LONGEST_BLOCK):
        yield lines[start : start + _LONGEST_BLOCK]
    if fault is not None:
        raise fault


def _end_of_block(lines: list[str], start: int) -> int:
    """Where a block may end; the end of the lines where that is not known yet."""
    end = start + _BLOCK
    while end < min(len(lines), start + _LONGEST_BLOCK) and (
        lines[end][:1].isspace() or not lines[end] or lines[end - 1].endswith(_GOES_ON)
    ):
        end += 1
    return end


def _read_lines(lines: list[str], sieve: Sieve) -> Iterator[Chunk]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if is_command(line):
            at += yield from _read_command(lines, at, sieve)
        elif not has_url(line) or carries_file(line.strip(_INVISIBLE)):
            _judge(line, sieve)
            at += 1
        elif at + 1 < len(lines) and option_in(lines[at + 1]) is not None:
            at += _read_with_options(lines, at, sieve)
        else:
            if is_plain(line):
                sieve.plain_url(line)
            elif not _COMMENTED_OUT.fullmatch(line):
                yield from _read_line(line, sieve)
            at += 1
        if sieve.is_full:
            yield sieve.take()


def _read_command(lines: list[str], at: int, sieve: Sieve) -> Generator[Chunk, None, int]:
    """A line that begins like a curl command; returns how many lines it has."""
    from core.sources.command_words import OpenQuoteError, command_at  # noqa: PLC0415  # most lists have no command
    from core.sources.curl_command import Wanted, wanted_by  # noqa: PLC0415  # as above

    try:
        text, count = command_at(lines, at)
        wanted = wanted_by(text)
    except OpenQuoteError:
        wanted, count = (), 1
        if " -" in lines[at]:
            error = UnusableRequestError("The curl command has a quote that is never closed.")
            wanted = (Wanted("curl", error=error),)
    if not wanted:  # words about curl
        yield from take_urls(lines[at], sieve)
        return 1
    for one in wanted:
        take_wanted(one, sieve)
        if sieve.is_full:
            yield sieve.take()
    return count


def _read_with_options(lines: list[str], at: int, sieve: Sieve) -> int:
    """A line of URLs, all of one file, with options below it; how many lines these are."""
    url, *mirrors = find_urls(lines[at])
    options = []
    for line in lines[at + 1 :]:
        if (option := option_in(line)) is None:
            break
        options.append(option)
    try:
        asked, ignored = asked_by(options)
        asked = asked._replace(
            digests=(*claims(lines[at]), *asked.digests), mirrors=sound_mirrors(url, mirrors)
        )
    except UnusableRequestError as error:
        sieve.fail(malformed(url, options), error)
    else:
        sieve.url(url, asked)
        for _ in range(ignored):
            sieve.ignore()
    return 1 + len(options)


def _read_line(line: str, sieve: Sieve) -> Iterator[Chunk]:
    """A line with URLs: one with its digests behind or before it, or running text."""
    if take_checked(line, sieve):
        return
    found = sum_in(line)
    if found is not None and is_web(found.path):
        sieve.url(found.path, Asked((found.digest,)))
        return
    yield from take_urls(line, sieve)


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
    """A line without an http URL: nothing, a comment, a local path, a digest, a mistake, or words."""
    text = line.strip(_INVISIBLE)
    if not text or text.startswith(_COMMENTS):
        return
    if option_in(line) is not None:
        sieve.ignore()
    elif (path := _local_path(text)) is not None:
        place(path, sieve)
    elif (url := foreign_url(text)) is not None:
        _foreign(url, sieve)
    elif len(text.split(None, 1)) > 1 or not (text[0].isalnum() or any(map(str.isalnum, text))):
        _take_words(text, sieve)
    else:
        sieve.reject(text, not_a_source)


def _take_words(text: str, sieve: Sieve) -> None:
    """Words are ignored, but for what a line of a sums file says; at the end those count that no link had."""
    if (found := sum_in(text)) is None:
        sieve.ignore()
    else:
        sieve.sums.add(found)


def _foreign(url: str, sieve: Sieve) -> None:
    """A URL of another kind than http: a file's is a path, one may carry its file, any other is a mistake."""
    if url[:5].lower() == "file:" or carries_file(url):
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
