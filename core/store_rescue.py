"""What becomes of a queue file that cannot be used as it is: everything that can be read of it is brought over.

Nothing is ever thrown away: a damaged file is kept under another name, one of a newer version is left alone.
"""

import logging
import shutil
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from core.errors import ErrorReport, QueueFileError
from core.store_books import Books
from core.store_rows import JOB_COLUMNS, BadRowError, snapshot_of
from core.store_schema import VERSION, DamagedError, NewerSchemaError, connect

log = logging.getLogger(__name__)

BACKUPS: Final = 3
_BACKUP_EVERY: Final = 20 * 3600.0  # seconds: about once a day, whenever the program is started
_MOST_QUERIES: Final = 200_000
_COMPANIONS: Final = ("", "-wal")
_TABLES: Final = {
    "meta": "rowid",
    "batches": "id",
    "jobs": "id",
    "contents": "id",
    "outputs": "rowid",
    "intents": "job",
}


class Opened(NamedTuple):
    """A queue file that can be used.

    Attributes:
        connection: Of this version.
        path: Where it is; None for one in memory, which is not kept.
        messages: What was wrong.
    """

    connection: sqlite3.Connection
    path: Path | None
    messages: tuple[ErrorReport, ...] = ()


def open_queue(path: Path | None) -> Opened:
    """Open the queue file, whatever state it is in."""
    if path is None:
        return Opened(connect(None), None)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return Opened(connect(path), path)
    except NewerSchemaError:
        ours = path.with_name(f"{path.stem}-{VERSION}{path.suffix}")
        message = f"{path} was written by a newer version and is left alone; this version uses {ours.name}."
        opened = open_queue(ours)
        return opened._replace(
            messages=(_report(message, "Install the newer version to go on with that list."),)
        )
    except DamagedError as error:
        log.warning("%s is damaged: %s", path, error)
        return rescued(path)
    except (sqlite3.Error, OSError) as error:
        message = f"{path} cannot be used ({error}); the list is kept in memory only."
        return Opened(connect(None), None, (_report(message),))


def rescued(path: Path) -> Opened:
    """Put a damaged file aside and make a new one of what can be read of it and of the newest backup."""
    try:
        aside = _put_aside(path)
        connection = connect(path)
    except (OSError, sqlite3.Error, DamagedError) as error:
        message = f"{path} is damaged and cannot be replaced ({error}); the list is kept in memory only."
        return Opened(connect(None), None, (_report(message),))
    sources = [aside, *(backup for backup in backups_of(path) if backup.exists())]
    complete = False
    for source in sources:
        if not complete:
            complete = _bring_over(source, connection)
    jobs = connection.execute("SELECT count(*) FROM jobs").fetchone()[0]
    message = (
        f"The list was damaged on disk. {jobs:,} jobs were brought back; the damaged file is kept as {aside}."
    )
    return Opened(connection, path, (_report(message, "Check the list for what is missing."),))


def backups_of(path: Path) -> tuple[Path, ...]:
    """Where the backups are, the newest first."""
    return tuple(
        path.with_name(f"{path.stem}.backup-{number}{path.suffix}") for number in range(1, BACKUPS + 1)
    )


def back_up(connection: sqlite3.Connection, path: Path) -> None:
    """Keep a copy of a file that is sound, about once a day; the oldest one goes.

    Raises:
        sqlite3.Error: It cannot be written.
        OSError: As above.
    """
    newest, *_ = backups = backups_of(path)
    with suppress(OSError):
        if 0 <= time.time() - newest.stat().st_mtime < _BACKUP_EVERY:
            return
    if Books(connection).is_empty():
        return
    fresh = path.with_name(f"{path.stem}.backup-new{path.suffix}")
    fresh.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(fresh),))
    for older, newer in zip(reversed(backups), reversed(backups[:-1]), strict=False):
        if newer.exists():
            newer.replace(older)
    fresh.replace(newest)


def _put_aside(path: Path) -> Path:
    """Copy first, so that no instant is without the bytes."""
    name = f"{path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
    aside, number = path.with_name(f"{name}{path.suffix}"), 2
    while aside.exists():
        aside, number = path.with_name(f"{name}-{number}{path.suffix}"), number + 1
    for companion in _COMPANIONS:
        with suppress(FileNotFoundError):
            shutil.copy2(f"{path}{companion}", f"{aside}{companion}")
    for companion in (*_COMPANIONS, "-shm", "-journal"):
        Path(f"{path}{companion}").unlink(missing_ok=True)
    return aside


def _bring_over(source: Path, connection: sqlite3.Connection) -> bool:
    """Add what the file has and the connection lacks; whether everything in it could be read.

    Read from a copy: to open a file with a write-ahead log changes it, and what is put aside stays as it is.
    """
    copy = source.with_name(f"{source.stem}.reading{source.suffix}")
    try:
        for companion in _COMPANIONS:
            with suppress(FileNotFoundError):
                shutil.copy2(f"{source}{companion}", f"{copy}{companion}")
        with closing(sqlite3.connect(copy, isolation_level=None)) as damaged:
            damaged.execute("PRAGMA locking_mode=EXCLUSIVE")
            connection.execute(
                "PRAGMA foreign_keys=OFF"
            )  # a row counts, though what it belongs to may be lost
            connection.execute("BEGIN")
            read = [_bring_table(damaged, connection, table) for table in _TABLES]
            _mend(connection)
            connection.execute("COMMIT")
            connection.execute("PRAGMA foreign_keys=ON")
            return all(read)
    except (sqlite3.Error, OSError):
        log.exception("%s", source)
        with suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        return False
    finally:
        for companion in (*_COMPANIONS, "-shm"):
            Path(f"{copy}{companion}").unlink(missing_ok=True)


def _mend(connection: sqlite3.Connection) -> None:
    """A job counts though its batch was lost; an output whose content was lost does not."""
    connection.execute("INSERT OR IGNORE INTO batches SELECT DISTINCT batch, '' FROM jobs")
    connection.execute("DELETE FROM outputs WHERE content NOT IN (SELECT id FROM contents)")


def _bring_table(damaged: sqlite3.Connection, connection: sqlite3.Connection, table: str) -> bool:
    reading = _Reading(damaged, table)
    for row in reading.rows():
        if table == "jobs" and not _is_sound(row):
            reading.is_whole = False
            continue
        with suppress(sqlite3.Error):
            marks = ", ".join("?" * len(row))
            connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", row)  # noqa: S608  # our own names
    return reading.is_whole


def _is_sound(row: tuple[Any, ...]) -> bool:
    try:
        snapshot_of(row)
    except (BadRowError, ValueError):
        return False
    return True


class _Reading:
    """Reads a table whose pages may be damaged: where a range fails, its halves are tried.

    Attributes:
        is_whole: Whether nothing failed.
    """

    def __init__(self, damaged: sqlite3.Connection, table: str) -> None:
        self._damaged = damaged
        self._key = _TABLES[table]
        columns = JOB_COLUMNS if table == "jobs" else "*"
        self._wanted = f"SELECT {columns} FROM {table} NOT INDEXED WHERE {self._key} BETWEEN ? AND ?"  # noqa: S608  # as above
        self._last = f"SELECT max({self._key}) FROM {table} NOT INDEXED"  # noqa: S608  # as above
        self._queries = 0
        self.is_whole = True

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """What can be read, each once."""
        ranges = [(0, self._end())]
        while ranges and self._queries < _MOST_QUERIES:
            first, last = ranges.pop()
            self._queries += 1
            try:
                found = self._damaged.execute(self._wanted, (first, last)).fetchall()
            except (sqlite3.Error, UnicodeDecodeError):
                self.is_whole = False
                if first < last:
                    middle = (first + last) // 2
                    ranges += [(middle + 1, last), (first, middle)]
                continue
            yield from found

    def _end(self) -> int:
        try:
            return int(self._damaged.execute(self._last).fetchone()[0] or 0)
        except (sqlite3.Error, TypeError, ValueError):
            self.is_whole = False
            return 1 << 24


def _report(message: str, hint: str = "") -> ErrorReport:
    return QueueFileError(message, hint).report()
