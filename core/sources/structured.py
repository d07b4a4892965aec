"""JSON and JSON Lines -> URLs: every string in them (RFC 8259)."""

import json
import re
from collections.abc import Iterable, Iterator
from typing import Final

from core.errors import UnreadableSourceError
from core.sources.lines import pieces, read_loose_text, take_urls
from core.sources.sieve import Chunk, Sieve
from core.sources.urls import has_url, is_plain

_LARGEST: Final = (
    256 << 20
)  # characters of JSON that are parsed as a whole; the values take several times as much
_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|([/&]))")


def read_json(texts: Iterable[str], sieve: Sieve) -> Iterator[Chunk]:
    """The URLs in all strings and names of one JSON text; in broken JSON, those that can be made out.

    Raises:
        UnreadableSourceError: The text broke off; what came before has been read.
    """
    gathered: list[str] = []
    fault: UnreadableSourceError | None = None
    try:
        gathered.extend(texts)
    except UnreadableSourceError as error:
        fault = error
    yield from _read_value("".join(gathered), sieve)
    if fault is not None:
        raise fault


def read_json_lines(texts: Iterable[str], sieve: Sieve) -> Iterator[Chunk]:
    """The same with one JSON text a line; only broken lines are read as plain text."""
    for text in texts:
        for line in text.split("\n"):
            if line and not line.isspace():
                yield from _read_value(line, sieve)
        yield from sieve.overdue()


def _read_value(text: str, sieve: Sieve) -> Iterator[Chunk]:
    try:
        value: object = json.loads(text) if len(text) <= _LARGEST else None
    except (ValueError, RecursionError):
        value = None
    if value is None:
        yield from read_loose_text(map(_unescaped, pieces(text)), sieve)
        return
    for string in _strings(value):
        if is_plain(string):
            sieve.plain_url(string)
        elif has_url(string):
            yield from take_urls(string, sieve)
        if sieve.is_full:
            yield sieve.take()


def _strings(value: object) -> Iterator[str]:
    """All strings, names of members among them, in the order of the text; without recursion."""
    stack = [value]
    while stack:
        match stack.pop():
            case str(string):
                yield string
            case list(values):
                stack += reversed(values)
            case dict(members):
                stack += [part for pair in reversed(members.items()) for part in reversed(pair)]


def _unescaped(text: str) -> str:
    """``text`` with those escapes undone that occur within URLs."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)
