"""The table's columns, each declared once: title, text, sort key, alignment, width."""

import re
import time
from collections.abc import Callable
from enum import IntEnum
from functools import lru_cache
from typing import Any, Final, NamedTuple

from core.finished import bytes_written
from core.job import JobSnapshot, JobState
from gui.formatting import date_text, size_text
from gui.job_text import (
    download_share,
    left_column,
    seconds_left,
    size_column,
    speed_column,
    spoken_status,
)


class Column(IntEnum):
    """A column, in its first order from the left."""

    NAME = 0
    STATUS = 1
    SIZE = 2
    SPEED = 3
    TIME_LEFT = 4
    ADDED = 5
    HOST = 6
    FOLDER = 7
    OUTPUT_SIZE = 8


class ColumnTrait(NamedTuple):
    """What is known of a column.

    Attributes:
        title: In the header.
        text: Of a cell.
        key: What it sorts by; None for unknown.
        width: At first, in pixels; 0 takes what is left.
        right: Whether it holds numbers, set flush right.
        volatile: Whether its values change while a job runs.
        hidden: Whether it is hidden at first.
    """

    title: str
    text: Callable[[JobSnapshot], str]
    key: Callable[[JobSnapshot], Any]
    width: int
    right: bool = False
    volatile: bool = True
    hidden: bool = False


_RANKS: Final = {
    state: rank
    for rank, state in enumerate(
        (
            JobState.PROCESSING,
            JobState.DOWNLOADED,
            JobState.DOWNLOADING,
            JobState.RETRYING,
            JobState.PAUSED,
            JobState.QUEUED,
            JobState.FAILED,
            JobState.CANCELLED,
            JobState.SKIPPED,
            JobState.DONE,
        )
    )
}
_MINUTE: Final = 60
_FIGURES: Final = re.compile(r"(\d{1,18})")


def natural_key(name: str) -> tuple[Any, ...]:
    """A key that puts ``photo9`` before ``photo10``, whatever the case."""
    parts: list[Any] = _FIGURES.split(name.casefold())
    parts[1::2] = map(int, parts[1::2])
    return tuple(parts)


def _status_key(job: JobSnapshot) -> tuple[int, float]:
    return _RANKS[job.state], -(download_share(job) or 0.0)


def _added_text(job: JobSnapshot) -> str:
    return _date_text(int(job.added), int(time.time()) // _MINUTE)


@lru_cache(maxsize=4096)
def _date_text(added: int, minute: int) -> str:
    return date_text(added, minute * _MINUTE)


TRAITS: Final = {
    Column.NAME: ColumnTrait("Name", lambda job: job.name, lambda job: natural_key(job.name), 0),
    Column.STATUS: ColumnTrait("Progress", spoken_status, _status_key, 196),
    Column.SIZE: ColumnTrait(
        "Size", size_column, lambda job: job.size if job.size is not None else job.received, 88, right=True
    ),
    Column.SPEED: ColumnTrait("Speed", speed_column, lambda job: job.speed, 92, right=True),
    Column.TIME_LEFT: ColumnTrait("Time left", left_column, seconds_left, 92, right=True),
    Column.ADDED: ColumnTrait("Added", _added_text, lambda job: job.added, 144, right=True, volatile=False),
    Column.HOST: ColumnTrait(
        "Host", lambda job: job.host, lambda job: job.host or None, 150, volatile=False, hidden=True
    ),
    Column.FOLDER: ColumnTrait(
        "Folder",
        lambda job: job.folder,
        lambda job: natural_key(job.folder) if job.folder else None,
        150,
        volatile=False,
        hidden=True,
    ),
    Column.OUTPUT_SIZE: ColumnTrait(
        "Output size",
        lambda job: size_text(bytes_written(job.files, job.bytes_out)),
        lambda job: bytes_written(job.files, job.bytes_out),
        104,
        right=True,
        hidden=True,
    ),
}
