"""What was read of a long list and is not in the queue yet: in a file without a name, which goes with the process."""

import pickle
import tempfile
from collections import Counter
from collections.abc import Collection, Mapping
from typing import IO, Any, Final, NamedTuple

from core.errors import UnreadableSourceError
from core.job import BatchId, JobId, JobRequest, SourceKind
from core.live_job import limited_by
from core.sources.urls import without_login

_UNREADABLE: Final = "It was kept in a temporary file, which cannot be read any more: {}."
_HINT: Final = "See that the disk is sound, then give the same list again: what is done already is left out."


class Part(NamedTuple):
    """Jobs to be, one after the other.

    Attributes:
        first: The number that the first of them has.
        batch: Theirs.
        requests: Theirs.
    """

    first: JobId
    batch: BatchId
    requests: tuple[JobRequest, ...]


class _Kept(NamedTuple):
    """A part as it is kept.

    Attributes:
        first: As the part has it.
        batch: As the part has it.
        jobs: How many.
        local: How many of them are local pictures.
        hosts: Of its downloads.
        at: Where in the file it begins.
        size: Bytes of it.
        content: The bytes, where they are not in the file.
    """

    first: JobId
    batch: BatchId
    jobs: int
    local: int
    hosts: frozenset[str]
    at: int
    size: int
    content: bytes | None


class Ahead:
    """Keeps parts in their order until they are taken.

    What holds a secret stays in memory, and so does what cannot be written: 100 bytes a job.
    """

    def __init__(self) -> None:
        self._kept: list[_Kept] = []
        self._hosts: Counter[str] = Counter()
        self._file: IO[bytes] | None = None
        self._end = 0
        self._jobs = 0

    def __len__(self) -> int:
        """How many jobs are kept."""
        return self._jobs

    @property
    def hosts(self) -> Mapping[str, int]:
        """From which hosts their downloads come, and in how many parts each is."""
        return self._hosts

    def put(self, part: Part) -> None:
        """Keep a part behind the others."""
        content = pickle.dumps(part.requests, pickle.HIGHEST_PROTOCOL)
        is_written = not any(map(_has_secrets, part.requests)) and self._write(content)
        hosts = frozenset(limited_by(request) for request in part.requests if request.error is None)
        self._kept.append(
            _Kept(
                part.first,
                part.batch,
                len(part.requests),
                sum(request.kind is SourceKind.FILE for request in part.requests),
                hosts,
                self._end,
                len(content),
                None if is_written else content,
            )
        )
        self._end += len(content) if is_written else 0
        self._hosts.update(hosts)
        self._jobs += len(part.requests)

    def take(self, preferred: Collection[str] = ()) -> Part:
        """The first part with a download from a preferred host; where there is none, the first.

        Where it cannot be read any more, each of its jobs is there all the same, with that as its error.
        """
        found = (n for n, kept in enumerate(self._kept) if not kept.hosts.isdisjoint(preferred))
        kept = self._kept.pop(next(found, 0) if preferred else 0)
        self._hosts.subtract(kept.hosts)
        self._hosts += Counter()  # forget hosts at zero
        self._jobs -= kept.jobs
        part = Part(kept.first, kept.batch, self._requests(kept))
        if not self._kept:
            self.close()
        return part

    def close(self) -> None:
        """Give the file up, and what is in it."""
        if self._file is not None:
            self._file.close()
        self._file, self._end = None, 0

    def _write(self, content: bytes) -> bool:
        """Whether it is in the file."""
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(buffering=0)  # noqa: SIM115  # open as long as we are
            self._file.seek(self._end)
            return self._file.write(content) == len(content)
        except OSError:
            return False

    def _requests(self, kept: _Kept) -> tuple[JobRequest, ...]:
        try:
            found: tuple[JobRequest, ...] = _unpacked(kept.content or self._read(kept))
        except (OSError, EOFError, pickle.UnpicklingError) as error:
            report = UnreadableSourceError(_UNREADABLE.format(str(error).rstrip(".")), _HINT).report()
            kinds = [SourceKind.FILE] * kept.local + [SourceKind.URL] * (kept.jobs - kept.local)
            return tuple(
                JobRequest(f"Job {n}", kind, error=report) for n, kind in enumerate(kinds, kept.first)
            )
        return found

    def _read(self, kept: _Kept) -> bytes:
        assert self._file is not None, "it was written to it"  # noqa: S101  # put's own order
        self._file.seek(kept.at)
        content = self._file.read(kept.size)
        if len(content) != kept.size:
            raise EOFError("it is shorter than it was")
        return content


def _unpacked(content: bytes) -> Any:
    return pickle.loads(content)  # noqa: S301  # made by ``put`` and by nobody else


def _has_secrets(request: JobRequest) -> bool:
    """Whether something of it is a key to something: that is written to no disk."""
    asked = request.asked
    links = (request.source, *(asked.mirrors if asked is not None else ()))
    return (asked is not None and asked.has_secrets) or any(without_login(link) != link for link in links)
