"""CSV and TSV -> URLs, cell by cell (RFC 4180)."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from core.asked import Algorithm, Digest
from core.sources.expected import is_claim
from core.sources.lines import take_urls
from core.sources.places import take_claimed
from core.sources.sieve import Chunk, Sieve
from core.sources.urls import find_urls, has_url, is_plain

_ALGORITHMS: Final = frozenset(algorithm.value for algorithm in Algorithm)
_DELIMITERS: Final = "\t,;|"
_QUOTED: Final = re.compile(r'"[^"]*(?:""[^"]*)*"')


def read_table(texts: Iterable[str], sieve: Sieve) -> Iterator[Chunk]:
    """Every URL in the cells; a line without one (the header) is ignored.

    A digest in a cell (``sha256:HEX``), or alone in a column called ``sha256`` or the like, is of the row's first URL.
    The columns that the sieve asks for go with all URLs of a row.
    The csv module is not used: one lone quote makes it swallow the rows after it, and it has a limit on cells.
    """
    texts = iter(texts)
    first = next(texts, "")
    delimiter = _delimiter(first)
    cells, header = _cells(delimiter), _header(first, delimiter)
    digests, columns = _digest_columns(header), _wanted_columns(header, sieve.columns)
    for text in chain((first,), texts):
        for line in text.splitlines():
            if columns:
                values = _split(line, delimiter)
                sieve.begin_row((name, values[at]) for at, name in columns.items() if at < len(values))
            if is_plain(line):
                sieve.plain_url(line)
            elif has_url(line):
                named = _named_digests(line, delimiter, digests) if digests else []
                yield from _row(cells.finditer(line), named, sieve)
            elif line.strip():
                sieve.ignore()
            if sieve.is_full:
                yield sieve.take()
        yield from sieve.overdue()
    sieve.begin_row(())


def _header(text: str, delimiter: str) -> list[str]:
    """The names of the columns; none where the first line is no header."""
    header = next((line for line in text.splitlines() if line.strip()), "")
    return [] if has_url(header) else _split(header, delimiter)


def _digest_columns(header: list[str]) -> dict[int, str]:
    """The columns that are called by an algorithm's name."""
    names = [name.strip().lower().replace("-", "") for name in header]
    return {place: name for place, name in enumerate(names) if name in _ALGORITHMS}


def _wanted_columns(header: list[str], wanted: tuple[str, ...]) -> dict[int, str]:
    """The columns that are asked for, whatever the case of their names; of two that are called the same, the first."""
    names = [name.strip().casefold() for name in header]
    return {names.index(name.strip().casefold()): name for name in wanted if name.strip().casefold() in names}


def _named_digests(line: str, delimiter: str, columns: dict[int, str]) -> list[str]:
    """The digests of those columns, with their algorithm; what cannot be one is another thing of that name."""
    values = _split(line, delimiter)
    found = [(name, values[place].strip()) for place, name in columns.items() if place < len(values)]
    return [f"{name}:{value}" for name, value in found if Digest(Algorithm(name), value.lower()).is_sound]


def _split(line: str, delimiter: str) -> list[str]:
    """All cells, empty ones too."""
    end = rf"(?:{re.escape(delimiter)}|\Z)"
    found = re.finditer(rf' *"([^"]*(?:""[^"]*)*)" *{end}|([^{delimiter}]*){end}', line)
    return [(cell[1] or "").replace('""', '"') or cell[2] or "" for cell in found]


def _delimiter(text: str) -> str:
    """What parts the cells: the commonest candidate in the first line that is not blank."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    bare = _QUOTED.sub("", line)
    return max(_DELIMITERS, key=bare.count) if any(mark in bare for mark in _DELIMITERS) else "\t"


def _cells(delimiter: str) -> re.Pattern[str]:
    """A quoted cell, or a bare one; a quote that is never closed stands for itself."""
    return re.compile(rf' *"([^"]*(?:""[^"]*)*)"|([^{delimiter}]+)')


def _row(cells: Iterator[re.Match[str]], digests: list[str], sieve: Sieve) -> Iterator[Chunk]:
    texts = [(cell[1] or "").replace('""', '"') or cell[2] or "" for cell in cells]
    digests = digests + [text for text in texts if is_claim(text)]
    for text in texts:
        if not has_url(text):
            continue
        if digests:
            url, *others = find_urls(text)
            take_claimed(url, " ".join(map(str.strip, digests)), sieve)
            text, digests = " ".join(others), []  # noqa: PLW2901  # what is left of the cell
        yield from take_urls(text, sieve)
