"""What every reader hands its finds to: it counts, drops duplicates, and gives requests back in chunks."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from core.asked import NOTHING, Asked, joined
from core.downloads.inline import INSTEAD, inline_file, is_inline
from core.errors import BadUrlError, FetchmillError
from core.job import JobRequest, SourceKind
from core.key_set import Keys
from core.sources.expected import Sums
from core.sources.keys import path_key, source_key
from core.sources.kinds import Container
from core.sources.urls import clean_url, is_plain, url_key, without_login

CHUNK: Final = 2_000  # requests; more would hold up the rows behind them
FIRST_CHUNK: Final = 100  # requests; the first screenful is to be there at once
FAILED_ROWS: Final = 1_000  # of a batch; more would bury what can be done
_PATIENCE: Final = 0.1  # seconds that a request may wait for its chunk to fill
_LONGEST_SOURCE: Final = 2_000  # characters of a source that failed
_MOST_INLINE: Final = 16 << 20  # characters; the window, the engine and the queue file hold them
_LONGEST_CELL: Final = 200  # characters; no file name has more

Chunk = tuple[JobRequest, ...]


class ReadingCancelledError(Exception):
    """The reading was called off. It never leaves this package."""


@dataclass(slots=True)
class Tally:
    """Running counts of one drop; complete when the reading has ended.

    Attributes:
        title: A short name for people; empty until the reading has ended.
        added: Jobs that can be done.
        duplicates: URLs and files that the queue or the batch held already.
        invalid: Lines and files that are no source; the first 1,000 become failed requests.
        ignored: Lines of plain words, and files in folders that are neither pictures nor lists.
        urls: URLs found, duplicates among them.
        files: Local pictures found, duplicates among them.
        repeated: Keys of the duplicates.
    """

    title: str = ""
    added: int = 0
    duplicates: int = 0
    invalid: int = 0
    ignored: int = 0
    urls: int = 0
    files: int = 0
    repeated: set[str] = field(default_factory=set)


class Waiting(NamedTuple):
    """A folder or list that was found and is still to be read.

    Attributes:
        path: Absolute path.
        container: How to read it.
        identity: Device and number on it, the same by whatever name it is reached.
    """

    path: str
    container: Container
    identity: tuple[int, int]


def _never() -> bool:
    return False


class Sieve:
    """The one place that decides whether a find becomes a request.

    Readers call ``url``, ``file``, ``fail``, ``reject`` and ``ignore``; after each they give away a chunk where
    ``is_full``, and between blocks of work what is ``overdue``. Nothing here reads anything.

    Attributes:
        tally: The running counts.
        waiting: Folders and lists still to be read, so that lists that name each other need no recursion.
        sums: Digests by file name: links that are taken from now on are checked by them.
        columns: Of tables, which are to be kept with the links of their rows.
        row: What these columns hold in the row that is being read.
    """

    def __init__(
        self,
        seen: Keys,
        tally: Tally,
        cancelled: Callable[[], bool] = _never,
        common: Asked | None = None,
        columns: tuple[str, ...] = (),
    ) -> None:
        self.tally = tally
        self.waiting: deque[Waiting] = deque()
        self.sums = Sums()
        self.columns = columns
        self.row: tuple[tuple[str, str], ...] = ()
        self._seen = seen
        self._cancelled = cancelled
        self._common = common
        self._pending: list[JobRequest] = []
        self._limit = FIRST_CHUNK
        self._failures = self._inline = 0
        self._taken = time.monotonic()

    @property
    def takes_plain(self) -> bool:
        """Whether a URL is a request as it stands: nothing goes with the links of this drop."""
        return self._common is None and not self.sums and not self.row

    def plain_urls(self, urls: list[str]) -> None:
        """Take URLs that are all ``is_plain``, at once, where it ``takes_plain``: most lists consist of nothing else."""
        fresh = [url for url in dict.fromkeys(urls) if url not in self._seen]
        self._seen.update(fresh)
        self.tally.urls += len(urls)
        self.tally.added += len(fresh)
        self.tally.duplicates += len(urls) - len(fresh)
        if len(fresh) < len(urls):
            self.tally.repeated.update(set(urls).difference(fresh))
        self._pending += [JobRequest(url, SourceKind.URL) for url in fresh]

    def plain_url(self, url: str) -> None:
        """Take a URL that ``is_plain``: it is its own key."""
        if not self.takes_plain:
            self.url(url)
            return
        self.tally.urls += 1
        self._admit(url, JobRequest(url, SourceKind.URL))

    def url(self, text: str, asked: Asked | None = None) -> None:
        """Take what claims to be an http, https or data URL; a malformed one becomes a failure.

        Args:
            text: The URL.
            asked: What it is asked with, where that was said.
        """
        if asked is None and self.takes_plain and is_plain(text):
            self.plain_url(text)
            return
        try:
            source = clean_url(text)
            key = url_key(source)
            if is_inline(source):
                self._check_inline(source)
        except BadUrlError as error:
            self.fail(text, error)
        else:
            self.tally.urls += 1
            asked = joined(self._common, self._completed(source, asked))
            self._admit(key, JobRequest(source, SourceKind.URL, asked=asked))

    def _check_inline(self, source: str) -> None:
        """See that a URL carries a file, and that those of a drop can be held in memory.

        Raises:
            BadUrlError: They cannot, or it does not.
        """
        inline_file(source)
        self._inline += len(source)
        if self._inline > _MOST_INLINE:
            raise BadUrlError(
                f"URLs with the file in them may have {_MOST_INLINE:,} characters in all that is added at once.",
                INSTEAD,
            )

    def _completed(self, source: str, asked: Asked | None) -> Asked | None:
        """With what a sums file says, unless its line or list says it itself, and with its row."""
        if self.sums and not (asked or NOTHING).digests and (digests := self.sums.of(source)):
            asked = (asked or NOTHING)._replace(digests=digests)
        return (asked or NOTHING)._replace(columns=self.row) if self.row else asked

    def file(self, path: str, folder: str = "") -> None:
        """Take a local picture by its absolute path."""
        self.tally.files += 1
        self._admit(path_key(path), JobRequest(path, SourceKind.FILE, folder))

    def begin_row(self, cells: Iterable[tuple[str, str]]) -> None:
        """What follows stands in a row with these columns; those that are empty are left out."""
        found = ((name, without_login(" ".join(value.split()))[:_LONGEST_CELL]) for name, value in cells)
        self.row = tuple((name, value) for name, value in found if value)

    def reject(self, source: str, fault: Callable[[str], FetchmillError]) -> None:
        """Count ``source`` as invalid; ``fault`` is only asked while failures still become rows."""
        if self._failures < FAILED_ROWS:
            self.fail(source, fault(source))
        else:
            self.tally.invalid += 1

    def fail(self, source: str, error: FetchmillError, kind: SourceKind = SourceKind.URL) -> None:
        """Count ``source`` as invalid, with a failed request unless there is one or there are too many."""
        self.tally.invalid += 1
        if self._failures >= FAILED_ROWS:
            return
        if len(source) > _LONGEST_SOURCE:
            source = source[:_LONGEST_SOURCE] + "…"
        key = source_key(source, kind)
        if key not in self._seen:
            self._failures += 1
            self._seen.add(key)
            self._pending.append(JobRequest(source, kind, error=error.report()))

    def ignore(self) -> None:
        """Count something that is no source and does not claim to be one."""
        self.tally.ignored += 1

    def repeat(self) -> None:
        """Count something that was read already in this drop."""
        self.tally.duplicates += 1

    def _admit(self, key: str, request: JobRequest) -> None:
        if key in self._seen:
            self.tally.duplicates += 1
            self.tally.repeated.add(key)
            return
        self._seen.add(key)
        self.tally.added += 1
        self._pending.append(request)

    @property
    def is_full(self) -> bool:
        """Whether a chunk is complete and must be given away before the next find."""
        return len(self._pending) >= self._limit

    def lacks_room(self, count: int) -> bool:
        """Whether ``count`` more would not fit into the chunk."""
        return len(self._pending) + count > self._limit

    def take(self) -> Chunk:
        """The requests gathered so far, at most ``CHUNK``."""
        chunk = tuple(self._pending)
        self._pending.clear()
        self._limit = CHUNK
        self._taken = time.monotonic()
        return chunk

    def overdue(self) -> tuple[Chunk, ...]:
        """The requests gathered so far, if they have waited long enough; to be asked between blocks of work.

        Raises:
            ReadingCancelledError: The reading was called off.
        """
        if self._cancelled():
            raise ReadingCancelledError
        if self._pending and time.monotonic() - self._taken >= _PATIENCE:
            return (self.take(),)
        return ()

    def rest(self) -> tuple[Chunk, ...]:
        """What is left at the end: one chunk or none."""
        return (self.take(),) if self._pending else ()
