"""One drop read to its end, as the engine does it."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from core.job import Drop, JobRequest, SourceKind
from core.sources.drop import read_drop
from core.sources.sieve import Tally


class Reading(NamedTuple):
    """What came of a drop."""

    requests: tuple[JobRequest, ...]
    tally: Tally
    sizes: tuple[int, ...]

    @property
    def urls(self) -> list[str]:
        return [one.source for one in self.requests if one.kind is SourceKind.URL and one.error is None]

    @property
    def files(self) -> list[tuple[str, str]]:
        return [
            (one.source, one.folder) for one in self.requests if one.kind is SourceKind.FILE and not one.error
        ]

    @property
    def failed(self) -> list[tuple[str, SourceKind, str]]:
        return [(one.source, one.kind, one.error.code) for one in self.requests if one.error is not None]


Read = Callable[..., Reading]


def _read(
    *sources: str, text: str = "", seen: set[str] | None = None, columns: tuple[str, ...] = ()
) -> Reading:
    tally = Tally()
    drop = Drop(text, sources, columns=columns)
    chunks = list(read_drop(drop, set() if seen is None else seen, tally))
    return Reading(tuple(one for chunk in chunks for one in chunk), tally, tuple(map(len, chunks)))


@pytest.fixture
def read() -> Read:
    return _read
