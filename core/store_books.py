"""What is read from and written to the queue file, statement by statement. Runs on the store's thread."""

import json
import logging
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any, Final

from core.job import BatchId, JobId, JobSnapshot, SourceKind
from core.ledger import (
    NOTHING_KNOWN,
    UNCHANGED,
    Content,
    Inquiry,
    Known,
    Output,
    Publication,
    Stamp,
    output_key,
)
from core.store_rows import (
    INSERT_JOB,
    JOB_COLUMNS,
    STAGE_JOB,
    BadRowError,
    JobRow,
    batch_row,
    content_of,
    content_row,
    is_signed,
    output_of,
    output_row,
    publication_of,
    publication_text,
    restored,
    row_of,
    signed,
    snapshot_of,
    storable,
)

log = logging.getLogger(__name__)

_CHUNK: Final = 2_000
_CONTENT: Final = (
    *("sha256", "size", "etag", "modified", "name", "is_picture"),
    *("original", "original_size", "original_stamp", "check_sum"),
)
_CONTENT_WIDTH: Final = 4 + len(_CONTENT)
_PUT_CONTENT: Final = (
    f"INSERT INTO contents (key, destination, source, {', '.join(_CONTENT)})"  # noqa: S608  # our own column names
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key, destination) DO UPDATE SET"
    f" {', '.join(f'{name}=excluded.{name}' for name in ('source', *_CONTENT))} RETURNING id"
)


class Books:
    """The queue file's content.

    Args:
        connection: Open, of this version. Whoever calls a method that writes has begun a transaction.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    # Jobs

    def jobs(self) -> Iterator[tuple[list[JobSnapshot], list[int]]]:
        """All jobs in the order of the queue, some thousand at a time, and the numbers of damaged rows."""
        cursor = self._connection.execute(f"SELECT {JOB_COLUMNS} FROM jobs ORDER BY id")  # noqa: S608  # as above
        while rows := cursor.fetchmany(_CHUNK):
            yield sound(rows)

    def stage(self, batch: BatchId, jobs: Iterable[JobSnapshot]) -> None:
        """Take jobs of a batch that is still being read: of the file they are no part yet."""
        self._connection.execute("INSERT OR IGNORE INTO reading VALUES (?)", (int(batch),))
        self._connection.executemany(STAGE_JOB, map(row_of, jobs))

    def add_batch(self, batch: BatchId, title: str) -> None:
        """A batch that was read, with the jobs that were staged."""
        self._connection.execute("INSERT OR REPLACE INTO batches VALUES (?, ?, ?)", batch_row(batch, title))
        self._connection.execute(
            "INSERT OR REPLACE INTO jobs SELECT * FROM staged WHERE batch = ?", (int(batch),)
        )
        self._connection.execute("DELETE FROM staged WHERE batch = ?", (int(batch),))
        self._connection.execute("DELETE FROM reading WHERE batch = ?", (int(batch),))

    def save(self, jobs: Iterable[JobSnapshot]) -> None:
        """Jobs as they stand now; their batches may be from before, or still being read."""
        reading = self._reading()
        rows = [row_of(job) for job in jobs]
        batches = [batch_row(number, "") for number in {row[1] for row in rows} - reading]
        self._connection.executemany("INSERT OR IGNORE INTO batches VALUES (?, ?, ?)", batches)
        self._connection.executemany(INSERT_JOB, [row for row in rows if row[1] not in reading])
        self._connection.executemany(STAGE_JOB, [row for row in rows if row[1] in reading])

    def _reading(self) -> set[int]:
        return {number for (number,) in self._connection.execute("SELECT batch FROM reading")}

    def remove(self, ids: Iterable[JobId]) -> None:
        """Forget jobs, not what was made of them."""
        numbers = tuple(ids)
        self._connection.executemany("DELETE FROM jobs WHERE id = ?", [(job,) for job in numbers])
        if self._reading():
            self._connection.executemany("DELETE FROM staged WHERE id = ?", [(job,) for job in numbers])
        self.drop_intents(numbers)

    def titles(self) -> dict[BatchId, str]:
        """The batches' titles; empty where one is damaged."""
        with self._lenient():
            rows = self._connection.execute("SELECT * FROM batches").fetchall()
        return {BatchId(row[0]): restored(row[1]) if is_signed("batches", row) else "" for row in rows}

    # Notes

    def note(self, name: str) -> Mapping[str, Any]:
        """What was kept under that name; empty where it is nothing or damaged."""
        with self._lenient():
            row = self._connection.execute("SELECT * FROM meta WHERE name = ?", (name,)).fetchone()
        found = json.loads(row[1]) if row and is_signed("meta", row) else {}
        return found if isinstance(found, dict) else {}

    def keep_note(self, name: str, value: Mapping[str, Any]) -> None:
        """Keep something under a name."""
        row = signed("meta", name, json.dumps(value))
        self._connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?, ?)", row)

    def due_manifests(self) -> list[str]:
        """The destinations whose manifest was to be written."""
        try:
            rows = self._connection.execute("SELECT name FROM meta WHERE name LIKE 'manifest %'").fetchall()
            return [str(due) for (name,) in rows if (due := self.note(name).get("due"))]
        except (sqlite3.DatabaseError, ValueError):  # damaged: they are written after the next run
            return []

    # Publications

    def intend(self, publications: Iterable[Publication]) -> None:
        """Note what is about to be done, so that it can be told after a cut."""
        rows = [signed("intents", int(one.job.id), publication_text(one)) for one in publications]
        self._connection.executemany("INSERT OR REPLACE INTO intents VALUES (?, ?, ?)", rows)

    def intents(self) -> list[Publication]:
        """What was begun and not noted as ended; damaged ones are left out."""
        with self._lenient():
            rows = self._connection.execute("SELECT * FROM intents").fetchall()
        found = []
        for row in rows:
            with suppress(BadRowError):
                if is_signed("intents", row):
                    found.append(publication_of(row[1]))
        return found

    def drop_intents(self, jobs: Iterable[int]) -> None:
        """Forget what these jobs were about to do."""
        self._connection.executemany("DELETE FROM intents WHERE job = ?", [(job,) for job in jobs])

    def complete(self, publication: Publication) -> str | None:
        """Note that it is done; returns another source that gave the same bytes."""
        content, outputs = _stamped(publication)
        place = (publication.key, publication.destination)
        row = content_row(*place, publication.job.source, content)
        number = self._connection.execute(_PUT_CONTENT, row).fetchone()[0]
        marks = "INSERT OR REPLACE INTO outputs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        rows = [output_row(number, publication.recipe, output) for output in outputs]
        self._connection.executemany(marks, rows)
        self.drop_intents([publication.job.id])
        return self._twin(number, publication.destination, content.sha256)

    def _twin(self, number: int, destination: str, sha256: str | None) -> str | None:
        if sha256 is None:
            return None
        wanted = "SELECT * FROM contents WHERE sha256 = ? AND destination = ? AND id != ? LIMIT 1"
        with self._lenient():
            row = self._connection.execute(wanted, (sha256, storable(destination), number)).fetchone()
        return restored(row[3]) if row is not None and is_signed("contents", row[1:]) else None

    # The ledger

    def look_up(self, inquiry: Inquiry) -> list[tuple[JobId, Known]]:
        """What is known of each source, compared with the disk; what is damaged is not known."""
        with self._lenient():
            made_here = self._made_here(inquiry)
            return [
                (job, Known(is_made_here=True) if path in made_here else self._known(key, path, inquiry))
                for job, key, path in inquiry.jobs
            ]

    def _made_here(self, inquiry: Inquiry) -> frozenset[str]:
        """Those of the local pictures that a recipe has made for this very destination, and nobody has touched since."""
        top = inquiry.destination.rstrip(os.sep) + os.sep
        inside = [storable(path) for _, _, path in inquiry.jobs if path and path.startswith(top)]
        if not inside:
            return frozenset()
        marks = ", ".join("?" * len(inside))
        wanted = (
            "SELECT outputs.* FROM outputs JOIN contents ON contents.id = outputs.content"  # noqa: S608  # question marks
            f" WHERE contents.destination = ? AND outputs.recipe != ? AND outputs.path IN ({marks})"
        )
        found = []
        try:
            for row in self._connection.execute(wanted, (storable(inquiry.destination), UNCHANGED, *inside)):
                with suppress(BadRowError):
                    found.append(output_of(row))
        except sqlite3.DatabaseError as error:
            log.warning("the ledger is damaged: %s", error)
        return frozenset(output.path for output in found if is_untouched(output))

    def _known(self, key: str, path: str | None, inquiry: Inquiry) -> Known:
        try:
            number, content = self._content(storable(key), storable(inquiry.destination))
            outputs = dict(self._outputs(number))
        except LookupError:
            return NOTHING_KNOWN
        except (sqlite3.DatabaseError, BadRowError) as error:
            log.warning("the ledger is damaged: %s", error)
            return NOTHING_KNOWN
        has_original = content.original is not None and Stamp.of(content.original) == content.stamp
        wanted = [output_key(inquiry.recipe, name) for name in inquiry.outputs]
        if not content.is_picture:
            wanted = [UNCHANGED]
        own = tuple(outputs[one] for one in wanted if one in outputs and is_untouched(outputs[one]))
        is_current = (
            len(own) == len(wanted)
            and all(output.made_of == content.sha256 for output in own)
            and (has_original or (path is None and not (inquiry.needs_original and content.is_picture)))
        )
        own_original = content.original if has_original and path is None else None
        return Known(content, own if is_current else (), has_original, own, own_original)

    def _content(self, key: str, destination: str) -> tuple[int, Content]:
        """What a source gave, with its number.

        Raises:
            LookupError: It is new.
            BadRowError: Its row is damaged.
        """
        wanted = "SELECT * FROM contents WHERE key = ? AND destination = ?"
        row = self._connection.execute(wanted, (key, destination)).fetchone()
        if row is None or row[1:3] != (key, destination):  # SQLite trusts an index that may be damaged
            raise LookupError(key)
        return row[0], content_of(row)

    def _outputs(self, content: int) -> Iterator[tuple[str, Output]]:
        for row in self._connection.execute("SELECT * FROM outputs WHERE content = ?", (content,)):
            try:
                yield row[1], output_of(row)
            except BadRowError as error:  # its content is known all the same
                log.warning("the ledger is damaged: %s", error)

    def made(self, destination: str) -> Iterator[tuple[str, Content, Output]]:
        """Each finished file of a destination with its source, in the order of their making; no damaged ones."""
        wanted = (
            "SELECT contents.*, outputs.* FROM contents JOIN outputs ON outputs.content = contents.id"
            " WHERE destination = ? ORDER BY outputs.rowid"
        )
        with self._lenient():
            for row in self._connection.execute(wanted, (storable(destination),)):
                with suppress(BadRowError):
                    content, output = content_of(row[:_CONTENT_WIDTH]), output_of(row[_CONTENT_WIDTH:])
                    yield restored(row[3]), content, output

    def is_empty(self) -> bool:
        """Whether nothing was ever kept."""
        wanted = "SELECT EXISTS (SELECT 1 FROM jobs) OR EXISTS (SELECT 1 FROM contents)"
        return not self._connection.execute(wanted).fetchone()[0]

    @contextmanager
    def _lenient(self) -> Iterator[None]:
        """A text that is no UTF-8 raises in SQLite's own hands, and ends the query; here only its row is lost."""
        self._connection.text_factory = _decoded
        try:
            yield
        finally:
            self._connection.text_factory = str


def _decoded(text: bytes) -> str:
    return text.decode("utf-8", "surrogateescape")


def sound(rows: Iterable[JobRow]) -> tuple[list[JobSnapshot], list[int]]:
    """The jobs of the rows, and the numbers of those rows that are damaged."""
    jobs, damaged = [], []
    for row in rows:
        try:
            jobs.append(snapshot_of(row))
        except BadRowError:
            damaged.append(row[0])
    return jobs, damaged


def is_untouched(output: Output) -> bool:
    """Whether the finished file is on disk as it was made, if there is to be one."""
    return not output.path or (output.stamp is not None and Stamp.of(output.path) == output.stamp)


def _stamped(publication: Publication) -> tuple[Content, tuple[Output, ...]]:
    """Content and outputs with the stamps that their files have now."""
    content = publication.content
    is_new = content.stamp is None or content.original in {move.path for move in publication.moves}
    if content.original is not None and publication.job.kind is SourceKind.URL and is_new:
        content = content._replace(stamp=Stamp.of(content.original))
    original = content.original if is_new else None  # looked at already
    outputs = (
        output._replace(stamp=content.stamp if output.path == original else Stamp.of(output.path))
        for output in publication.outputs
    )
    return content, tuple(outputs)
