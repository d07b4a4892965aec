"""The list as a file: out with its state or as plain links, and in again as it was.

The file with its state is JSON Lines: the first line says what it is, each further one is a job.
"""

import gzip
import json
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, Final

from core.asked_words import asked_of, words_of
from core.destination import PRIVATE
from core.downloads.translation import storage_error
from core.errors import (
    BadUrlError,
    ErrorReport,
    UnreadableSourceError,
    UnsupportedSchemeError,
    UnusableRequestError,
)
from core.finished import files_of
from core.job import BatchId, JobId, JobSnapshot, JobState, SourceKind
from core.report import Export, Exported, ExportForm
from core.sources.urls import clean_url, url_key, without_login
from core.store_rows import without_secrets
from core.whole_file import written_whole

_MARK: Final = {"fetchmill": "list", "version": 1}
_LONGEST_MARK: Final = 200
_LONGEST_LINE: Final = 16 << 20  # bytes; a link may carry its file
_NEVER_SOURCES: Final = frozenset(
    error.code for error in (BadUrlError, UnsupportedSchemeError, UnusableRequestError, UnreadableSourceError)
)
_LARGEST: Final = 1 << 62
_LINE_BREAKS: Final = re.compile(r"[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")
_UNWRITABLE: Final = re.compile(
    r"[\ud800-\udc7f\udd00-\udfff]"
)  # halves of characters that stand for no byte
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
    except (OSError, ValueError, EOFError, RecursionError, zlib.error):
        return False
    return isinstance(first, dict) and first.get("fetchmill") == _MARK["fetchmill"]


def read_export(path: str) -> Iterator[JobSnapshot | None]:
    """The jobs of such a file, without numbers of their own; None for a line that is none.

    Raises:
        OSError: It cannot be read.
        EOFError: It is cut short.
    """
    with _opened(path) as file:
        try:
            file.readline(_LONGEST_MARK)
            while line := file.readline(_LONGEST_LINE):
                if line.strip():
                    yield _job(line)
        except zlib.error as error:
            raise OSError(f"damaged: {error}") from error


def _opened(path: str) -> IO[bytes]:
    if path.endswith(".gz"):
        return gzip.open(path)  # type: ignore[return-value]  # a GzipFile reads bytes as any other file
    return Path(path).open("rb")


def _line(job: JobSnapshot) -> str:
    job = without_secrets(job)
    found: dict[str, Any] = {name: getattr(job, name) for name in _KEPT if getattr(job, name) is not None}
    found |= {"kind": job.kind.value, "state": job.state.value}
    if job.error is not None:
        error = job.error
        found["error"] = [error.code, error.title, error.message, error.hint, error.status]
    if job.notes:
        found["notes"] = job.notes
    if job.asked is not None:
        found["asked"] = words_of(job.asked)
    if job.files:
        found["files"] = job.files
    if job.added_as:
        found["added_as"] = job.added_as
    return json.dumps(found) + "\n"


def _plain(job: JobSnapshot) -> str:
    line = _LINE_BREAKS.sub(" ", without_login(job.source))
    return _UNWRITABLE.sub("\N{REPLACEMENT CHARACTER}", line) + "\n"


def _job(line: bytes) -> JobSnapshot | None:
    """The job of a line; what has begun is queued again."""
    try:
        found = json.loads(line)
        state = JobState(found.pop("state"))
        kept = {name: found[name] for name in _KEPT if name in found}
        job = JobSnapshot(
            id=JobId(0),
            batch=BatchId(0),
            kind=SourceKind(found["kind"]),
            state=state if state.is_final else JobState.QUEUED,
            error=_error(found.get("error")) if state.is_final else None,
            notes=tuple(str(note) for note in found.get("notes", ())),
            asked=asked_of(found["asked"]) if "asked" in found else None,
            added_as=found.get("added_as", ""),
            files=files_of(found.get("files", ())),
            **{"added": 0.0, "folder": "", "name": "", **kept},
        )
        return job if _is_sensible(job) and _has_source(job) else None
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, BadUrlError):
        return None


def _error(found: Any) -> ErrorReport | None:
    """The error of a line.

    Raises:
        ValueError: It is none.
    """
    if not found:
        return None
    code, title, message, hint, status = found if isinstance(found, list) else [None] * 5
    if not all(isinstance(word, str) for word in (code, title, message, hint)) or not _is_number(status):
        raise ValueError(found)
    return ErrorReport(str(code), str(title), str(message), str(hint), status)


def _is_sensible(job: JobSnapshot) -> bool:
    """Whether what was read is of the types that the rest of the program relies on."""
    texts = (job.source, job.folder, job.name, job.added_as)
    paths = (job.file, job.original, job.sha256, job.format)
    numbers = (job.received, job.size, job.bytes_out, job.width, job.height)
    times = (job.seconds_download, job.seconds_process)
    return (
        all(isinstance(text, str) for text in texts)
        and all(text is None or isinstance(text, str) for text in paths)
        and all(_is_number(number) for number in numbers)
        and all(_is_time(time) for time in times)
        and None not in (job.added, job.attempts)
        and _is_time(job.added)
        and _is_number(job.attempts)
        and _is_inside(job.folder)
    )


def _is_number(number: object) -> bool:
    return number is None or (type(number) is int and 0 <= number < _LARGEST)


def _is_time(seconds: object) -> bool:
    return _is_number(seconds) or (isinstance(seconds, float) and 0 <= seconds < _LARGEST)


def _is_inside(folder: str) -> bool:
    """Whether the folder is one below the destination, and not our own."""
    path = Path(folder)
    is_below = not path.is_absolute() and not path.drive and ".." not in path.parts and "\0" not in folder
    return is_below and path.parts[:1] != (PRIVATE,)


def _has_source(job: JobSnapshot) -> bool:
    """Whether the source is one that can be worked on, or is known to be none.

    Raises:
        BadUrlError: It is not.
    """
    if job.error is not None and job.error.code in _NEVER_SOURCES:
        return bool(job.source)
    if job.kind is SourceKind.FILE:
        return Path(job.source).is_absolute() and "\0" not in job.source
    return bool(url_key(job.source)) and clean_url(job.source) == job.source
