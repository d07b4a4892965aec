"""The list as a file: out with its state or as plain links, and in again as it was.

The file with its state is JSON Lines: the first line says what it is, each further one is a job.
"""

import gzip
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from core.downloads.translation import storage_error
from core.errors import ErrorReport
from core.job import BatchId, JobId, JobSnapshot, JobState, SourceKind
from core.report import Export, Exported, ExportForm
from core.sources.urls import without_login
from core.whole_file import written_whole

_MARK: Final = {"fetchmill": "list", "version": 1}
_LONGEST_MARK: Final = 200
_KEPT: Final = [
    "source",
    "folder",
    "name",
    "added",
    "received",
    "size",
    "attempts",
    "file",
    "original",
    "bytes_out",
    "sha256",
    "width",
    "height",
    "format",
    "seconds_download",
    "seconds_process",
]


def write_export(wish: Export, jobs: Iterable[JobSnapshot]) -> Exported:
    """Write the jobs; says why where that cannot be done."""
    count = 0
    try:
        with written_whole(Path(wish.path)) as file:
            if wish.form is ExportForm.STATE:
                file.write(json.dumps(_MARK) + "\n")
            for job in jobs:
                file.write(_line(job) if wish.form is ExportForm.STATE else _plain(job))
                count += 1
    except OSError as error:
        return Exported(wish.path, 0, storage_error(wish.path, error).report())
    return Exported(wish.path, count)


def is_export(path: str) -> bool:
    """Whether the file is a list with its state."""
    try:
        if not Path(path).is_file():
            return False
        with _opened(path) as file:
            first = json.loads(file.readline(_LONGEST_MARK))
    except (OSError, ValueError, EOFError):
        return False
    return isinstance(first, dict) and first.get("fetchmill") == _MARK["fetchmill"]


def read_export(path: str) -> Iterator[JobSnapshot | None]:
    """The jobs of such a file, without numbers of their own; None for a line that is none.

    Raises:
        OSError: It cannot be read.
        EOFError: It is cut short.
    """
    with _opened(path) as file:
        file.readline(_LONGEST_MARK)
        for line in file:
            if line.strip():
                yield _job(line)


def _opened(path: str) -> IO[bytes]:
    if path.endswith(".gz"):
        return gzip.open(path)  # type: ignore[return-value]  # a GzipFile reads bytes as any other file
    return Path(path).open("rb")


def _line(job: JobSnapshot) -> str:
    found: dict[str, Any] = {name: getattr(job, name) for name in _KEPT if getattr(job, name) is not None}
    found |= {"source": without_login(job.source), "kind": job.kind.value, "state": job.state.value}
    if job.error is not None:
        error = job.error
        found["error"] = [error.code, error.title, error.message, error.hint, error.status]
    if job.notes:
        found["notes"] = job.notes
    return json.dumps(found) + "\n"


def _plain(job: JobSnapshot) -> str:
    return without_login(job.source).replace("\n", " ") + "\n"


def _job(line: bytes) -> JobSnapshot | None:
    """The job of a line; what has begun is queued again."""
    try:
        found = json.loads(line)
        state = JobState(found.pop("state"))
        kept = {name: found[name] for name in _KEPT if name in found}
        error = ErrorReport(*found["error"]) if found.get("error") else None
        notes = tuple(str(note) for note in found.get("notes", ()))
        job = JobSnapshot(
            id=JobId(0),
            batch=BatchId(0),
            kind=SourceKind(found["kind"]),
            state=state if state.is_final else JobState.QUEUED,
            error=error if state.is_final else None,
            notes=notes,
            **{"added": 0.0, "folder": "", "name": "", **kept},
        )
        return job if _is_sensible(job) else None
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _is_sensible(job: JobSnapshot) -> bool:
    """Whether what was read is of the types that the rest of the program relies on."""
    texts = (job.source, job.folder, job.name)
    paths = (job.file, job.original, job.sha256, job.format)
    numbers = (
        job.received,
        job.size,
        job.bytes_out,
        job.width,
        job.height,
        job.seconds_download,
        job.seconds_process,
    )
    return (
        bool(job.source)
        and all(isinstance(text, str) for text in texts)
        and all(text is None or isinstance(text, str) for text in paths)
        and all(number is None or isinstance(number, int | float) for number in numbers)
        and isinstance(job.added, int | float)
        and isinstance(job.attempts, int)
        and ".." not in job.folder.split("/")
        and not job.folder.startswith("/")
    )
