"""Jobs, contents and outputs as rows of the queue file, and back.

A job's row carries a checksum: one flipped byte costs that job's row, is noticed, and never becomes another URL.
"""

import json
import zlib
from functools import lru_cache
from typing import Any, Final

from core.asked import KEYS_LOST, LOGIN_LOST, Asked
from core.asked_words import asked_of, kept, words_of
from core.errors import ErrorReport
from core.finished import files_of
from core.job import BatchId, JobId, JobSnapshot, JobState, SourceKind, bounded
from core.ledger import Content, Move, Output, Publication, Stamp, output_key, output_name
from core.sources.urls import without_login

JobRow = tuple[int, int, str, str, str, str, str, float, str | None, int]

INSERT_JOB: Final = "INSERT OR REPLACE INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
STAGE_JOB: Final = INSERT_JOB.replace(" jobs ", " staged ")
JOB_COLUMNS: Final = "id, batch, source, kind, folder, name, state, added, details, check_sum"

_KINDS: Final = {kind.value: kind for kind in SourceKind}
_STATES: Final = {state.value: state for state in JobState}
# What a job that is queued does not have yet, and what is not worth keeping: the pace of something that has ended.
_DETAILS: Final = tuple(
    name
    for name in JobSnapshot._fields
    if name not in {"id", "batch", "source", "kind", "folder", "name", "state", "added", "speed", "retry_in"}
)
_DEFAULTS: Final = JobSnapshot._field_defaults
_FIRST_DETAIL: Final = JobSnapshot._fields.index("received")
_NO_DETAILS: Final = tuple(_DEFAULTS[name] for name in JobSnapshot._fields[_FIRST_DETAIL:])


class BadRowError(Exception):
    """A row whose checksum or content is wrong. It never leaves the store."""


def row_of(job: JobSnapshot) -> JobRow:
    """The job as a row of the table ``jobs``; no login in its URL and no key in its headers ever reaches the disk."""
    job = without_secrets(job)
    first = (
        int(job.id),
        int(job.batch),
        storable(job.source),
        job.kind.value,
        storable(job.folder),
        storable(job.name),
        job.state.value,
        float(job.added) or 0.0,  # as SQLite gives it back: no integer, and no negative zero
    )
    details = _details_of(job)
    return (*first, details, _check_sum(*first, details))


def without_secrets(job: JobSnapshot) -> JobSnapshot:
    """The job as it may be written: without the login in its URL, without keys in its headers, with a note of that."""
    source = without_login(job.source)
    if source is not job.source and source != job.source:
        job = _noted(job, LOGIN_LOST)._replace(source=source)
    if job.asked is not None and (asked := kept(job.asked)) is not job.asked:
        job = _noted(job, KEYS_LOST)._replace(asked=asked)
    # Until it is known better, a job may be called by its whole source.
    return job._replace(name=without_login(job.name)) if "@" in job.name else job


def snapshot_of(row: JobRow) -> JobSnapshot:
    """The job of a row.

    Raises:
        BadRowError: The row is damaged.
    """
    number, batch, source, kind, folder, name, state, added, details, check_sum = row
    try:
        if _check_sum(number, batch, source, kind, folder, name, state, added, details) != check_sum:
            raise BadRowError(number)
        job = JobSnapshot(
            JobId(number),
            BatchId(batch),
            restored(source),
            _KINDS[kind],
            restored(folder),
            restored(name),
            _STATES[state],
            added,
        )
        return job._replace(**_read_details(details)) if details else job
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        raise BadRowError(number) from error


def signed(table: str, *values: Any) -> tuple[Any, ...]:
    """A row of a table other than ``jobs``, with its check sum."""
    return (*values, _check_sum(table, *values))


def is_signed(table: str, row: tuple[Any, ...]) -> bool:
    """Whether a row is as it was written to that table."""
    *values, check_sum = row
    return bool(_check_sum(table, *values) == check_sum)


def batch_row(batch: int, title: str) -> tuple[Any, ...]:
    """For the table ``batches``."""
    return signed("batches", int(batch), storable(title))


def publication_text(publication: Publication) -> str:
    """An intent as it stands in the file."""
    return json.dumps([row_of(publication.job), *publication[1:]])


def publication_of(text: str) -> Publication:
    """The intent of a row.

    Raises:
        BadRowError: The row is damaged.
    """
    try:
        row, key, destination, recipe, content, outputs, moves, leftovers = json.loads(text)
        return Publication(
            snapshot_of(tuple(row)),
            key,
            destination,
            recipe,
            _content(content),
            tuple(_output(output) for output in outputs),
            tuple(_move(move) for move in moves),
            tuple(leftovers),
        )
    except (TypeError, ValueError, LookupError) as error:
        raise BadRowError(text[:80]) from error


def content_row(key: str, destination: str, source: str, content: Content) -> tuple[Any, ...]:
    """For the table ``contents``, without its number, which the check sum leaves out as well."""
    size, modified = content.stamp or (None, None)
    original = _stored(content.original)
    names = (storable(key), storable(destination), storable(bounded(without_login(source))))
    about = (storable(content.name), int(content.is_picture), original, size, modified)
    validators = (_stored(content.etag), _stored(content.modified))
    return signed("contents", *names, content.sha256, content.size, *validators, *about)


def content_of(row: tuple[Any, ...]) -> Content:
    """The content of a whole row of ``contents``.

    Raises:
        BadRowError: The row is damaged.
    """
    if not is_signed("contents", row[1:]):
        raise BadRowError(row[0])
    sha256, size, etag, modified, name, is_picture, original, *stamp = row[4:-1]
    texts = (_unstored(etag), _unstored(modified), restored(name))
    return Content(sha256, size, *texts, bool(is_picture), _unstored(original), _stamp(stamp))


def output_row(content: int, recipe: str, output: Output) -> tuple[Any, ...]:
    """For the table ``outputs``."""
    size, modified = output.stamp or (None, None)
    rest = (output.sha256, output.width, output.height, output.format, json.dumps(output.notes))
    key = output_key(recipe, output.name)
    return signed("outputs", content, key, output.made_of, storable(output.path), size, modified, *rest)


def output_of(row: tuple[Any, ...]) -> Output:
    """The output of a whole row of ``outputs``.

    Raises:
        BadRowError: The row is damaged.
    """
    if not is_signed("outputs", row):
        raise BadRowError(row[0])
    key, made_of, path, size, modified, sha256, width, height, picture_format, notes = row[1:-1]
    stamp, words = _stamp([size, modified]), tuple(json.loads(notes))
    rest = (width, height, picture_format, words, made_of, output_name(key))
    return Output(restored(path), stamp, sha256, *rest)


def storable(text: str) -> str:
    """File names that are no UTF-8 hold lone surrogates, which SQLite's text cannot: they are written as an escape."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return "\0" + json.dumps(text)
    return "\0" + json.dumps(text) if text.startswith("\0") else text


def restored(text: str) -> str:
    """What ``storable`` was given."""
    return str(json.loads(text[1:])) if text.startswith("\0") else text


def _stored(text: str | None) -> str | None:
    return None if text is None else storable(text)


def _unstored(text: str | None) -> str | None:
    return None if text is None else restored(text)


def _content(values: list[Any]) -> Content:
    stamp = values[Content._fields.index("stamp")]
    return Content(*values)._replace(stamp=None if stamp is None else Stamp(*stamp))


def _output(values: list[Any]) -> Output:
    output = Output(*values)
    stamp = None if output.stamp is None else Stamp(*output.stamp)
    return output._replace(stamp=stamp, notes=tuple(output.notes))


def _move(values: list[Any]) -> Move:
    move = Move(*values)
    return move if move.expected is None else move._replace(expected=Stamp(*move.expected))


def _stamp(values: list[Any]) -> Stamp | None:
    return None if None in values else Stamp(*values)


def _noted(job: JobSnapshot, note: str) -> JobSnapshot:
    """The job with a note of what is lost, unless it is done and will not miss it."""
    return (
        job
        if job.state in (JobState.DONE, JobState.SKIPPED) or note in job.notes
        else job._replace(notes=(*job.notes, note))
    )


def _details_of(job: JobSnapshot) -> str | None:
    if job[_FIRST_DETAIL:] == _NO_DETAILS:
        return None
    found = {name: value for name in _DETAILS if (value := getattr(job, name)) != _DEFAULTS[name]}
    if job.error is not None:
        error = job.error
        found["error"] = [error.code, error.title, error.message, error.hint, error.status]
    if job.asked is not None:
        found["asked"] = words_of(job.asked)
    return json.dumps(found, separators=(",", ":"))


def _read_details(text: str) -> dict[str, Any]:
    found: dict[str, Any] = {name: value for name, value in json.loads(text).items() if name in _DEFAULTS}
    if "error" in found:
        found["error"] = ErrorReport(*found["error"])
    if "notes" in found:
        found["notes"] = tuple(found["notes"])
    if "files" in found:
        found["files"] = files_of(found["files"])
    if "asked" in found:
        found["asked"] = _asked_once(json.dumps(found["asked"]))
    return found


@lru_cache(maxsize=8)
def _asked_once(words: str) -> Asked:
    """The jobs of a drop are often asked with the same: as they come back, they share it again."""
    return asked_of(json.loads(words))


def _check_sum(*values: object) -> int:
    return zlib.crc32(repr(values).encode("utf-8", "surrogatepass"))
