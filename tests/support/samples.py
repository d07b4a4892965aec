"""Copies of what earlier versions have written (tests/samples), moved to where a test is at work."""

import gzip
import os
import re
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any, Final

from core.store_rows import _check_sum

FOLDER: Final = Path(__file__).parents[1] / "samples" / "0.1.0"
_PLACE: Final = "/tmp/fetchmill-sample"  # noqa: S108 - a text within the samples
_ADDRESS: Final = re.compile(r"127\.0\.0\.1:\d+")
_TABLES: Final = ("meta", "batches", "jobs", "contents", "outputs", "intents")


def unpacked(name: str, to: Path) -> Path:
    """The sample of that name as a file, byte for byte."""
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_bytes(gzip.decompress((FOLDER / f"{name}.gz").read_bytes()))
    return to


def moved(path: Path, folder: Path, port: int) -> None:
    """Have the rows of a queue file or journal name this folder and this port of 127.0.0.1; each is signed anew.

    AssertionError where a row's own check sum does not hold today.
    """
    with closing(sqlite3.connect(path)) as connection, connection:
        for table in _TABLES:
            for number, *row in connection.execute(f"SELECT rowid, * FROM {table}").fetchall():  # noqa: S608 - our own names
                assert _signed(table, row) == row, (table, row)
                values = [_moved(value, folder, port) for value in row]
                marks = ", ".join("?" * len(row))
                connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (number,))  # noqa: S608 - as above
                connection.execute(f"INSERT INTO {table} VALUES ({marks})", _signed(table, values))  # noqa: S608 - as above


def keep_stamps(path: Path) -> None:
    """Give the files that a queue file or journal names the dates that stand in it: a checkout has others."""
    wanted = "SELECT path, stamp FROM outputs UNION SELECT original, original_stamp FROM contents"
    with closing(sqlite3.connect(path)) as connection:
        for name, stamp in connection.execute(wanted).fetchall():
            os.utime(name, ns=(stamp, stamp))


def _moved(value: Any, folder: Path, port: int) -> Any:
    return (
        _ADDRESS.sub(f"127.0.0.1:{port}", value).replace(_PLACE, str(folder))
        if isinstance(value, str)
        else value
    )


def _signed(table: str, row: list[Any]) -> list[Any]:
    signed_part = row[1:-1] if table == "contents" else row[:-1]
    return [*row[:-1], _check_sum(*(() if table == "jobs" else (table,)), *signed_part)]
