"""The tables of the queue file, how one is opened, and how older ones become this one.

What SQLite promises and what was measured (a copied block device as a power cut): WAL with synchronous=FULL lost no
commit, NORMAL lost the last hundred. The lock is exclusive: no second process reads or writes the file, and WAL
needs no shared memory, so that it works on network shares too (sqlite.org/wal.html, section 8).
"""

import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final
from urllib.parse import quote

from core.moves import sync_folder
from core.store_pages import PAGE, is_log_damaged

VERSION: Final = 1
LOG: Final = "-wal"
COMPANIONS: Final = (LOG, "-shm", "-journal")
_HEADER_SIZE: Final = 100
_WAYS: Final = (b"\1\1", b"\2\2")  # versions that may write and read it: with and without a write-ahead log
_FIRST_ABSURD: Final = 10_000  # no version, but a damaged number

_TABLES: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL, check_sum INTEGER NOT NULL);
CREATE TABLE batches (id INTEGER PRIMARY KEY, title TEXT NOT NULL, check_sum INTEGER NOT NULL);
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
    check_sum INTEGER NOT NULL,
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
    check_sum INTEGER NOT NULL,
    PRIMARY KEY (content, recipe)
);
CREATE TABLE intents (job INTEGER PRIMARY KEY, publication TEXT NOT NULL, check_sum INTEGER NOT NULL);
"""


# Batches that are still being read. A temporary table is no part of the file, but of its transactions; SQLite keeps it
# on the disk, where a million jobs of a list take no memory.
_STAGED: Final = """
CREATE TEMP TABLE reading (batch INTEGER PRIMARY KEY);
CREATE TEMP TABLE staged (
    id INTEGER PRIMARY KEY, batch, source, kind, folder, name, state, added REAL, details, check_sum
);
"""

# By the version they start from. Each step runs in the same transaction as the new version number.
MIGRATIONS: Final[dict[int, Callable[[sqlite3.Connection], None]]] = {}


class NewerSchemaError(Exception):
    """The file was written by a newer version of the program. It never leaves the store."""


class DamagedError(Exception):
    """The file is no database, or not a whole one. It never leaves the store."""


def connect(path: Path | None) -> sqlite3.Connection:
    """Open the file, or a database in memory for None, and bring it to this version; one that is missing is made.

    Raises:
        NewerSchemaError: It is of a later version; it was not touched.
        DamagedError: It is no queue file, or its integrity check fails; it was not touched.
        sqlite3.OperationalError: The disk or the folder refuses.
        OSError: As above.
    """
    if path is None:
        return _opened(None, 0)
    if not path.exists() and not has_log(path):
        make_anew(path)
    try:
        return _opened(path, _examined(path))
    except sqlite3.OperationalError as error:
        if _means_damage(error):
            raise DamagedError(str(error)) from error
        raise
    except (
        sqlite3.DatabaseError,
        UnicodeDecodeError,
    ) as error:  # the latter: SQLite's message quotes the damage
        raise DamagedError(str(error)) from error


def make_anew(path: Path, fill: Callable[[sqlite3.Connection], None] = lambda _: None) -> None:
    """Make the file beside its place, and put it there when it is complete: what is half made is never found.

    Args:
        path: The file; one that is there is replaced, and its companions go.
        fill: Writes what is to be in it.

    Raises:
        sqlite3.Error: The disk refuses; what was there is still there.
        OSError: As above.
    """
    fresh = path.with_name(f"{path.stem}.fresh{path.suffix}")
    _remove(fresh, ("", *COMPANIONS))
    try:
        with closing(_opened(fresh, 0)) as connection:
            fill(connection)
        _remove(path, COMPANIONS)
        fresh.replace(path)
    finally:
        _remove(fresh, ("", *COMPANIONS))
    sync_folder(str(path.parent))


def has_log(path: Path) -> bool:
    """Whether the file has a write-ahead log with something in it."""
    log = Path(f"{path}{LOG}")
    return log.exists() and log.stat().st_size > 0


def _remove(path: Path, companions: Iterable[str]) -> None:
    for companion in companions:
        Path(f"{path}{companion}").unlink(missing_ok=True)


def _opened(path: Path | None, version: int) -> sqlite3.Connection:
    connection = sqlite3.connect(
        path or ":memory:", isolation_level=None, check_same_thread=False, timeout=1.0, cached_statements=64
    )
    with ExitStack() as unless_usable:
        unless_usable.callback(connection.close)
        connection.execute("PRAGMA locking_mode=EXCLUSIVE")
        connection.execute(f"PRAGMA page_size={PAGE}")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA secure_delete=ON")  # no removed row, and no old version of one, comes back
        connection.execute("PRAGMA foreign_keys=ON")
        migrate(connection, version)
        connection.executescript(_STAGED)
        unless_usable.pop_all()
    return connection


def _examined(path: Path) -> int:
    """The file's version, where it can be used. Opened for reading only: SQLite would tidy up what it is to find.

    Raises:
        NewerSchemaError: It is of a later version.
        DamagedError: It is no queue file, or its integrity check fails.
    """
    if not path.exists() or not path.stat().st_size:
        raise DamagedError("it is empty")
    with _reader(path) as connection:
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if VERSION < version < _FIRST_ABSURD:
            raise NewerSchemaError(str(version))
        if not 0 < version <= VERSION:
            raise DamagedError(f"version {version}")
        if not _is_header_ours(path):  # read by SQLite all the same, but never written
            raise DamagedError("its header")
        # Not quick_check: one wrong byte in an index leads the search for many rows the wrong way.
        found = str(connection.execute("PRAGMA integrity_check(1)").fetchone()[0])
        if found != "ok":
            raise DamagedError(found)
        if is_log_damaged(path):
            raise DamagedError("its log")
        if version == VERSION and _columns(connection) != _columns_of_version():
            raise DamagedError("its tables are not ours")
    return version


def _is_header_ours(path: Path) -> bool:
    """Whether what never changes in the header is as we write it (fileformat2.html, 1.3)."""
    with path.open("rb") as file:
        header = file.read(_HEADER_SIZE)
    is_page_ours = (
        header[16:18] == PAGE.to_bytes(2) and header[18:20] in _WAYS and header[20:24] == b"\0\x40\x20\x20"
    )
    return (
        is_page_ours and header[44:48] == b"\0\0\0\4" and header[56:60] == b"\0\0\0\1"
    )  # schema format, UTF-8


@contextmanager
def _reader(path: Path) -> Iterator[sqlite3.Connection]:
    """The file and its log without a change to either; the log's index, which SQLite then needs, goes again."""
    index = Path(f"{path}-shm")
    is_new = not index.exists()
    way = "mode=ro" if has_log(path) else "immutable=1"
    address = f"file:{quote(os.fsencode(path.absolute()))}?{way}"
    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=1.0)) as connection:
            yield connection
    finally:
        if is_new:
            index.unlink(missing_ok=True)


def _columns(connection: sqlite3.Connection) -> list[tuple[str, str, str]]:
    wanted = "SELECT m.name, c.name, c.type FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
    return sorted(connection.execute(wanted).fetchall())


def _columns_of_version() -> list[tuple[str, str, str]]:
    with closing(_opened(None, 0)) as connection:
        return _columns(connection)


def _means_damage(error: sqlite3.OperationalError) -> bool:
    return any(
        word in str(error)
        for word in ("malformed", "corrupt", "decode", "no such", "unsupported file format")
    )


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
