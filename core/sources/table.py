"""CSV and TSV -> URLs, cell by cell (RFC 4180)."""

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Final

from core.sources.lines import take_urls
from core.sources.sieve import Chunk, Sieve
from core.sources.urls import has_url, is_plain

_DELIMITERS: Final = "\t,;|"
_QUOTED: Final = re.compile(r'"[^"]*(?:""[^"]*)*"')


def read_table(texts: Iterable[str], sieve: Sieve) -> Iterator[Chunk]:
    """Every URL in the cells; a line without one (the header) is ignored.

    The csv module is not used: one lone quote makes it swallow the rows after it, and it has a limit on cells.
    """
    texts = iter(texts)
    first = next(texts, "")
    cells = _cells(_delimiter(first))
    for text in chain((first,), texts):
        for line in text.splitlines():
            if is_plain(line):
                sieve.plain_url(line)
            elif has_url(line):
                yield from _row(cells.finditer(line), sieve)
            elif line.strip():
                sieve.ignore()
            if sieve.is_full:
                yield sieve.take()
        yield from sieve.overdue()


def _delimiter(text: str) -> str:
    """What parts the cells: the commonest candidate in the first line that is not blank."""
    line = next((line for line in text.splitlines() if line.strip()), "")
    bare = _QUOTED.sub("", line)
    return max(_DELIMITERS, key=bare.count) if any(mark in bare for mark in _DELIMITERS) else "\t"


def _cells(delimiter: str) -> re.Pattern[str]:
    """A quoted cell, or a bare one; a quote that is never closed stands for itself."""
    return re.compile(rf' *"([^"]*(?:""[^"]*)*)"|([^{delimiter}]+)')


def _row(cells: Iterator[re.Match[str]], sieve: Sieve) -> Iterator[Chunk]:
    for cell in cells:
        text = (cell[1] or "").replace('""', '"') or cell[2] or ""
        if has_url(text):
            yield from take_urls(text, sieve)
