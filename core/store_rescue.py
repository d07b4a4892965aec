"""What becomes of a queue file that cannot be used as it is: everything that can be read of it is brought over.

Nothing is ever thrown away: a damaged file is kept under another name, one of a newer version is left alone.
"""

import logging
import shutil
import sqlite3
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final, NamedTuple

from core.errors import ErrorReport, QueueFileError
from core.store_books import Books
from core.store_pages import Pages, Row
from core.store_rows import BadRowError, batch_row, is_signed, snapshot_of
from core.store_schema import LOG, VERSION, DamagedError, NewerSchemaError, connect, has_log, make_anew

log = logging.getLogger(__name__)

BACKUPS: Final = 3
_BACKUP_EVERY: Final = 20 * 3600.0  # seconds: about once a day, whenever the program is started
_JOB_WIDTH: Final = 10
_ADDED: Final = 7  # the column
# The tables whose rows have so many columns. In some the first one is the number.
_BY_WIDTH: Final = {3: ("meta", "batches", "intents"), 12: ("outputs",), 14: ("contents",)}
_NUMBERED: Final = frozenset({"batches", "intents", "contents"})


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
            messages=(
                _report(message, "Install the newer version to go on with that list."),
                *opened.messages,
            )
        )
    except DamagedError as error:
        log.warning("%s is damaged: %s", path, error)
        return rescued(path)
    except (sqlite3.Error, OSError) as error:
        message = f"{path} cannot be used ({error}); the list is kept in memory only."
        return Opened(connect(None), None, (_report(message),))


def rescued(path: Path) -> Opened:
    """Put a damaged file aside and make a new one of what can be read of it and of the newest backup."""
    aside = _free_name(path)
    try:
        for companion in ("", LOG):
            with suppress(FileNotFoundError):
                shutil.copy2(f"{path}{companion}", f"{aside}{companion}")
        sources = [aside, *(backup for backup in backups_of(path) if backup.exists())]
        make_anew(path, lambda connection: _bring_over_all(sources, connection))
    except (OSError, sqlite3.Error) as error:
        for companion in ("", LOG):
            with suppress(OSError):
                Path(f"{aside}{companion}").unlink(missing_ok=True)  # the file itself is where it was
        return _in_memory(path, error)
    try:
        connection = connect(path)
    except (OSError, sqlite3.Error, DamagedError) as error:
        return _in_memory(path, error)
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
        ValueError: Its name is no UTF-8, which SQLite asks for here.
    """
    newest, *_ = backups = backups_of(path)
    with suppress(OSError):
        if 0 <= time.time() - newest.stat().st_mtime < _BACKUP_EVERY:
            return
    if Books(connection).is_empty():
        return
    fresh = path.with_name(f"{path.stem}.backup-new{path.suffix}")
    fresh.unlink(missing_ok=True)
    connection.execute("VACUUM INTO ?", (str(fresh),))  # may take a second or two for a million jobs
    for older, newer in zip(reversed(backups), reversed(backups[:-1]), strict=False):
        if newer.exists():
            newer.replace(older)
    fresh.replace(newest)


def _in_memory(path: Path, error: Exception) -> Opened:
    message = f"{path} is damaged and cannot be replaced ({error}); the list is kept in memory only."
    return Opened(connect(None), None, (_report(message),))


def _free_name(path: Path) -> Path:
    """Under which a damaged file is kept."""
    name = f"{path.stem}.damaged-{time.strftime('%Y%m%d-%H%M%S')}"
    aside, number = path.with_name(f"{name}{path.suffix}"), 2
    while aside.exists() or has_log(aside):
        aside, number = path.with_name(f"{name}-{number}{path.suffix}"), number + 1
    return aside


def _bring_over_all(sources: Iterable[Path], connection: sqlite3.Connection) -> None:
    """Add what each file has and those before it had not, until one is whole."""
    connection.execute("PRAGMA foreign_keys=OFF")  # a row counts, though what it belongs to may be lost
    connection.execute("BEGIN")
    with connection:
        for source in sources:
            try:
                with Pages(source) as pages:
                    is_whole = _bring_over(pages, connection)
            except OSError:
                log.exception("%s", source)
                continue
            if is_whole:
                break
        _mend(connection)
    connection.execute("PRAGMA foreign_keys=ON")


def _bring_over(pages: Pages, connection: sqlite3.Connection) -> bool:
    """Whether everything looked sound."""
    bad = 0
    for row in pages.rows():
        found = _recognised(row)
        if found is not None:
            _insert(connection, *found)
        elif len(row.values) in (*_BY_WIDTH, _JOB_WIDTH):
            bad += 1
    for row in pages.scraps():
        found = _recognised(row)
        if found is not None:
            _insert(connection, *found)
    return pages.is_whole and not bad


def _insert(connection: sqlite3.Connection, table: str, values: tuple[Any, ...]) -> None:
    marks = ", ".join("?" * len(values))
    connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({marks})", values)  # noqa: S608  # our own names


def _recognised(row: Row) -> tuple[str, tuple[Any, ...]] | None:
    """The table that a row belongs to, and its columns; None where no check sum holds."""
    number, values = row
    if len(values) == _JOB_WIDTH:
        job = (number, *values[1:])
        return ("jobs", job) if _is_job(job) else None
    for table in _BY_WIDTH.get(len(values), ()):
        whole = (number, *values[1:]) if table in _NUMBERED else values
        if is_signed(table, whole[1:] if table == "contents" else whole):
            return table, whole
    return None


def _is_job(row: tuple[Any, ...]) -> bool:
    try:
        snapshot_of((*row[:_ADDED], float(row[_ADDED]), *row[_ADDED + 1 :]))
    except (BadRowError, TypeError, ValueError):
        return False
    return True


def _mend(connection: sqlite3.Connection) -> None:
    """A job counts though its batch was lost; an output whose content was lost does not."""
    lost = connection.execute("SELECT DISTINCT batch FROM jobs WHERE batch NOT IN (SELECT id FROM batches)")
    rows = [batch_row(number, "") for (number,) in lost.fetchall()]
    connection.executemany("INSERT INTO batches VALUES (?, ?, ?)", rows)
    connection.execute("DELETE FROM outputs WHERE content NOT IN (SELECT id FROM contents)")


def _report(message: str, hint: str = "") -> ErrorReport:
    return QueueFileError(message, hint).report()
