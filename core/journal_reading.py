"""What the journal of a destination knows, without touching it: for ``plan``, which may run beside a run."""

import logging
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import Final, Self
from urllib.parse import quote

from core.destination import PRIVATE
from core.images.whole_recipe import Recipe
from core.job import JobId, JobRequest, SourceKind
from core.ledger import Known, inquiry
from core.places import JOURNAL_FILE
from core.sources.keys import source_key
from core.store_books import Books
from core.store_schema import VERSION

log = logging.getLogger(__name__)

_NOTHING: Final = Known()
_LOG: Final = "-wal"


class JournalReader:
    """Looks things up in a journal; where there is none, or none that can be read, nothing is known. A context manager.

    Args:
        destination: Absolute path.
    """

    def __init__(self, destination: str) -> None:
        self._destination = destination
        self._open = ExitStack()
        self._books: Books | None = None

    def __enter__(self) -> Self:
        path = Path(self._destination, PRIVATE, JOURNAL_FILE)
        try:
            if path.is_file():
                self._books = self._opened(path)
        except (sqlite3.Error, OSError) as error:
            log.info("%s cannot be read: %s", path, error)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._open.close()

    def known(self, requests: Sequence[JobRequest], recipe: Recipe) -> list[Known]:
        """What is known of each source, compared with the disk.

        Args:
            requests: Without those that carry an error.
            recipe: What is to be made.
        """
        if self._books is None:
            return [_NOTHING] * len(requests)
        asked = tuple(
            (JobId(number), source_key(request.source, request.kind), _local_path(request))
            for number, request in enumerate(requests)
        )
        try:
            found = self._books.look_up(inquiry(asked, self._destination, recipe))
        except (sqlite3.Error, ValueError) as error:
            log.info("the journal cannot be read: %s", error)
            return [_NOTHING] * len(requests)
        return [known for _, known in found]

    def _opened(self, path: Path) -> Books | None:
        """Read where it lies where it is complete; SQLite would tidy up what a cut run left, so that is read as a copy."""
        is_complete = not Path(f"{path}{_LOG}").exists()
        if not is_complete:
            folder = Path(self._open.enter_context(TemporaryDirectory(prefix="fetchmill-")))
            with suppress(FileNotFoundError):  # the run has ended just now
                shutil.copyfile(f"{path}{_LOG}", folder / f"{path.name}{_LOG}")
            path = Path(shutil.copyfile(path, folder / path.name))
        address = f"file:{quote(str(path))}?mode={'ro&immutable=1' if is_complete else 'rw'}"
        connection = sqlite3.connect(address, uri=True, isolation_level=None)
        self._open.callback(connection.close)
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        return Books(connection) if version == VERSION else None


def _local_path(request: JobRequest) -> str | None:
    return request.source if request.kind is SourceKind.FILE else None
