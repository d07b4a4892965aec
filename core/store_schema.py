"""The tables of the queue file, how one is opened, and how older ones become this one.

What SQLite promises and what was measured (a copied block device as a power cut): WAL with synchronous=FULL lost no
commit, NORMAL lost the last hundred. The lock is exclusive: no second process reads or writes the file, and WAL
needs no shared memory, so that it works on network shares too (sqlite.org/wal.html, section 8).
"""

import sqlite3
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Final

VERSION: Final = 1

_TABLES: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL);
CREATE TABLE batches (id INTEGER PRIMARY KEY, title TEXT NOT NULL);
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY,
    batch INTEGER NOT NULL REFERENCES batches (id),
    source TEXT NOT NULL,
    kind TEXT NOT NULL,
    folder TEXT NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    added REAL NOT NULL,
    details TEXT,
    check_sum INTEGER NOT NULL
);
CREATE TABLE contents (
    id INTEGER PRIMARY KEY,
    key TEXT NOT NULL,
    destination TEXT NOT NULL,
    source TEXT NOT NULL,
    sha256 TEXT,
    size INTEGER,
    etag TEXT,
    modified TEXT,
    name TEXT NOT NULL,
    is_picture INTEGER NOT NULL,
    original TEXT,
    original_size INTEGER,
    original_stamp INTEGER,
    UNIQUE (key, destination)
);
CREATE INDEX contents_by_bytes ON contents (sha256);
CREATE TABLE outputs (
    content INTEGER NOT NULL REFERENCES contents (id) ON DELETE CASCADE,
    recipe TEXT NOT NULL,
    made_of TEXT,
    path TEXT NOT NULL,
    size INTEGER,
    stamp INTEGER,
    sha256 TEXT,
    width INTEGER,
    height INTEGER,
    format TEXT,
    notes TEXT NOT NULL,
    PRIMARY KEY (content, recipe)
);
CREATE TABLE intents (job INTEGER PRIMARY KEY, publication TEXT NOT NULL);
"""


# By the version they start from. Each step runs in the same transaction as the new version number.
MIGRATIONS: Final[dict[int, Callable[[sqlite3.Connection], None]]] = {}


class NewerSchemaError(Exception):
    """The file was written by a newer version of the program. It never leaves the store."""


class DamagedError(Exception):
    """The file is no database, or not a whole one. It never leaves the store."""


def connect(path: Path | None) -> sqlite3.Connection:
    """Open the file, or a database in memory for None, and bring it to this version.

    Raises:
        NewerSchemaError: It is of a later version; it was not touched.
        DamagedError: It cannot be read, or its integrity check fails.
        sqlite3.OperationalError: The disk or the folder refuses.
    """
    connection = sqlite3.connect(
        path or ":memory:", isolation_level=None, check_same_thread=False, timeout=1.0, cached_statements=64
    )
    with ExitStack() as unless_usable:
        unless_usable.callback(connection.close)
        try:
            _prepare(connection)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError as error:
            raise DamagedError(str(error)) from error
        unless_usable.pop_all()
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if version > VERSION:
        raise NewerSchemaError(str(version))
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    connection.execute("PRAGMA foreign_keys=ON")
    if version:
        _check(connection)
    migrate(connection, version)


def _check(connection: sqlite3.Connection) -> None:
    try:
        found = str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except sqlite3.OperationalError as error:
        if "malformed" not in str(error) and "corrupt" not in str(error):
            raise
        found = str(error)
    if found != "ok":
        raise DamagedError(found)


def migrate(connection: sqlite3.Connection, version: int) -> None:
    """Bring a database from that version to this one, in one transaction; 0 is an empty one."""
    if version == VERSION:
        return
    connection.execute("BEGIN IMMEDIATE")
    with connection:  # commits, or rolls back
        if version == 0:
            for statement in _TABLES.split(";"):
                connection.execute(statement)
        for step in range(version or VERSION, VERSION):
            MIGRATIONS[step](connection)
        connection.execute(f"PRAGMA user_version={VERSION}")
