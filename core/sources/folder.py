"""A folder -> the pictures and lists in it and below."""

import os
from collections.abc import Iterator
from operator import attrgetter
from typing import Final

from core.images.formats import is_picture_name
from core.job import SourceKind
from core.sources.kinds import Container, list_kind
from core.sources.opening import unreadable
from core.sources.sieve import Chunk, Sieve, Waiting

_JOURNAL: Final = ".fetchmill"  # fetchmill-cli's own, below a destination


def read_folder(top: str, sieve: Sieve) -> Iterator[Chunk]:
    """Every picture below ``top`` in the order of names, with its place in the tree; lists are left waiting.

    Folders that are symbolic links are not entered, for they may lead round in circles; files that are, count.
    What is neither an ordinary file nor a folder is never opened. Hidden names are ignored.

    Args:
        top: Absolute path.
        sieve: Where the finds go.
    """
    stack = [(top, "")]
    while stack:
        path, place = stack.pop()
        try:
            with os.scandir(path) as listing:
                children = sorted(listing, key=attrgetter("name"))
        except OSError as error:
            sieve.fail(path, unreadable(path, error), SourceKind.FILE)
            continue
        below: list[tuple[str, str]] = []
        for child in children:
            if _is_folder(child):
                below.append((child.path, f"{place}/{child.name}" if place else child.name))
            else:
                _sort_in(child, place, sieve)
            if sieve.is_full:
                yield sieve.take()
        stack += reversed(below)
        yield from sieve.overdue()


def _is_folder(child: os.DirEntry[str]) -> bool:
    """Whether it is a folder to be entered."""
    try:
        return child.is_dir(follow_symlinks=False) and not child.name.startswith(".")
    except OSError:
        return False


def _sort_in(child: os.DirEntry[str], place: str, sieve: Sieve) -> None:
    """What is no folder: a picture, a list, or something to ignore."""
    if child.name == _JOURNAL:
        return
    if child.name.startswith(".") or not _is_file(child):
        sieve.ignore()
    elif is_picture_name(child.name):
        sieve.file(child.path, place)
    elif (container := list_kind(child.name)) is not None:
        _leave_waiting(child, container, sieve)
    else:
        sieve.ignore()


def _leave_waiting(child: os.DirEntry[str], container: Container, sieve: Sieve) -> None:
    try:
        status = child.stat()
    except OSError as error:  # a folder may be listed and yet not entered
        sieve.fail(child.path, unreadable(child.path, error), SourceKind.FILE)
    else:
        sieve.waiting.append(Waiting(child.path, container, (status.st_dev, status.st_ino)))


def _is_file(child: os.DirEntry[str]) -> bool:
    """Whether it is an ordinary file, or a symbolic link to one."""
    try:
        return child.is_file()
    except OSError:  # a link to itself
        return False
