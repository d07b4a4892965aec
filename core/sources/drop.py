"""A drop -> requests. The front door of this package: whoever has a ``Drop`` calls ``read_drop``."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

from core.job import Drop
from core.key_set import Keys
from core.sources.folder import read_folder
from core.sources.kinds import Container
from core.sources.lines import pieces, read_text
from core.sources.lists import read_list
from core.sources.places import place
from core.sources.sieve import Chunk, ReadingCancelledError, Sieve, Tally
from core.sources.sums import gather_from_file, gather_from_text


def read_drop(
    drop: Drop, seen: Keys, tally: Tally, cancelled: Callable[[], bool] = lambda: False
) -> Iterator[Chunk]:
    """Read what was dropped, as fast as the caller asks for more.

    Nothing is raised for bad input: it becomes a failed request or a count. Relative paths count from this
    process's current folder. Closing the iterator ends the reading as ``cancelled`` does.

    Args:
        drop: What was dropped. The text comes first, then the sources in their order; before all, sums files among them.
        seen: Keys (``source_key``) of what the queue holds. A request's key is added before its chunk is given
            away, failed ones' too. No other thread may iterate over it meanwhile.
        tally: Counts as the reading goes; its title is set at the end.
        cancelled: Asked between blocks of work, some milliseconds apart; True ends the reading in order.

    Yields:
        Chunks of 1 to 2,000 requests; the first is small, and none waits much longer than 0.1 s to be filled.
    """
    sieve = Sieve(seen, tally, cancelled, drop.asked, drop.columns)
    reading = _Reading(sieve)
    with suppress(ReadingCancelledError):
        yield from reading.everything(drop)
    yield from sieve.rest()
    tally.ignored += sieve.sums.unused
    tally.title = reading.title(drop)


class _Reading:
    """One drop while it is read: which lists and folders it led to."""

    def __init__(self, sieve: Sieve) -> None:
        self._sieve = sieve
        self._known: set[tuple[int, int]] = set()
        self._names: list[str] = []

    def everything(self, drop: Drop) -> Iterator[Chunk]:
        """The text, then each source with all that it leads to."""
        gather_from_text(drop.text, self._sieve.sums)
        spent = {source for source in drop.sources if gather_from_file(source, self._sieve.sums)}
        yield from read_text(pieces(drop.text), self._sieve)
        yield from self._containers()
        for source in drop.sources:
            if source in spent:
                continue
            place(source, self._sieve)
            self._names += [Path(waiting.path).name or waiting.path for waiting in self._sieve.waiting]
            yield from self._containers()
            if self._sieve.is_full:
                yield self._sieve.take()
            yield from self._sieve.overdue()

    def _containers(self) -> Iterator[Chunk]:
        """What waits to be read, each once: lists may name each other, and folders hold lists that name them."""
        waiting = self._sieve.waiting
        while waiting:
            path, container, identity = waiting.popleft()
            if identity in self._known:
                self._sieve.repeat()
                continue
            self._known.add(identity)
            if container is Container.FOLDER:
                yield from read_folder(path, self._sieve)
            else:
                yield from read_list(path, container, self._sieve)
            yield from self._sieve.overdue()

    def title(self, drop: Drop) -> str:
        """The list's or folder's name, or how many links and pictures there were."""
        tally = self._sieve.tally
        if self._names:
            others = len(drop.sources) - 1 + bool(drop.text.strip())
            return f"{self._names[0]} and {others} more" if others else self._names[0]
        if tally.files and not tally.urls:
            return _counted(tally.files, "picture")
        urls = _counted(tally.urls, "URL")
        return f"{urls}, {_counted(tally.files, 'picture')}" if tally.files else urls


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
