"""JSON and JSON Lines -> URLs: every string in them (RFC 8259), with what stands beside it where that is asked for."""

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
Row = dict[str, str]

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
    begun: Row = {}
    for row, string in _strings(value, {name.strip().casefold(): name for name in sieve.columns}):
        if row is not begun:
            begun = row
            sieve.begin_row(row.items())
        if is_plain(string):
            sieve.plain_url(string)
        elif has_url(string):
            yield from take_urls(string, sieve)
        if sieve.is_full:
            yield sieve.take()
    sieve.begin_row(())


def _strings(value: object, columns: dict[str, str]) -> Iterator[tuple[Row, str]]:
    """All strings, names of members among them, in the order of the text, each with its row; without recursion.

    Members that are called like one of the columns are the row of all that their object holds.
    """
    stack: list[tuple[Row, object]] = [({}, value)]
    while stack:
        row, part = stack.pop()
        match part:
            case str(string):
                yield row, string
            case list(values):
                stack += [(row, one) for one in reversed(values)]
            case dict(members):
                row = {**row, **_cells(members, columns)} if columns else row
                stack += [(row, one) for pair in reversed(members.items()) for one in reversed(pair)]


def _cells(members: dict[str, object], columns: dict[str, str]) -> Row:
    """What an object says of the columns."""
    named = ((columns.get(name.strip().casefold()), value) for name, value in members.items())
    return {name: str(value) for name, value in named if name and isinstance(value, str | int | float)}


def _unescaped(text: str) -> str:
    """``text`` with those escapes undone that occur within URLs."""
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)) if match[1] else match[2], text)
