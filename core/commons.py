"""What many jobs have in common, held once for all of them."""

from sys import intern
from typing import Final, NamedTuple

from core.asked import Asked
from core.downloads.inline import is_inline
from core.errors import ErrorReport
from core.job import BatchId, JobRequest, SourceKind
from core.scheduler import LOCAL, NOWHERE

_MOST_COMMONS: Final = 1_000


class Common(NamedTuple):
    """What many jobs have in common, held once for all of them.

    Attributes:
        batch: What they were added with.
        added: Seconds since the epoch.
        host: Lower case, with its port; ``LOCAL`` for local pictures.
        kind: As their requests say.
        folder: As their requests say.
        error: As their requests say.
        asked: As their requests say.
        added_as: As their requests say.
    """

    batch: BatchId
    added: float
    host: str
    kind: SourceKind
    folder: str
    error: ErrorReport | None
    asked: Asked | None
    added_as: str


class Commons:
    """Gives equal ones of a list out as one."""

    def __init__(self) -> None:
        self._given: dict[tuple[object, ...], Common] = {}

    def of(self, request: JobRequest, batch: BatchId, added: float) -> Common:
        """What the request of such a job has in common with others."""
        host = limited_by(request)
        key = (batch, added, host, *request[1:])
        common = self._given.get(key)
        if common is None:
            if len(self._given) >= _MOST_COMMONS:  # each has its own: there is nothing to share
                self._given.clear()
            common = Common(batch, added, intern(host), *request[1:])
            self._given[common] = common
        return common


def limited_by(request: JobRequest) -> str:
    """The host with its port, lower case: what downloads are limited by."""
    if request.kind is SourceKind.FILE or request.error is not None:
        return LOCAL
    return host_in(request.source)


def host_in(url: str) -> str:
    """The host of a URL with its port, lower case."""
    parts = url.split("/", 3)
    has_host = len(parts) > 2 and not is_inline(url)
    return parts[2].rpartition("@")[2].lower() if has_host else NOWHERE
