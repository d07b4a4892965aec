"""Who may write which name: two jobs never write one, and what was there before is left as the user wished."""

import os
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from core.downloads.filename import numbered
from core.errors import DestinationError, FileExistsAlreadyError
from core.settings import Existing


class _Folder:
    """What a folder held when it was first looked at, and what has been given away since."""

    def __init__(self, path: str) -> None:
        self.before: set[str] = set()
        with suppress(FileNotFoundError):  # it is made when the first file gets there
            self.before.update(_key(entry.name) for entry in Path(path).iterdir())
        self.given: dict[str, int | None] = {}
        self.next_number: dict[str, int] = {}


class NameBook:
    """Gives names in folders away, each once.

    Names that differ only in case, or in Unicode's normal form, count as one.

    Args:
        is_source: Whether a path is a local original in the queue, which nothing may overwrite.
    """

    def __init__(self, is_source: Callable[[str], bool]) -> None:
        self._is_source = is_source
        self._folders: dict[str, _Folder] = {}

    def claim(self, folder: str, name: str, existing: Existing, owner: int | None = None) -> str:
        """Reserve a name in a folder, which need not be there yet, and return its absolute path.

        Args:
            folder: Absolute path.
            name: Safe.
            existing: What to do with an older file of that name.
            owner: The job's number: what it was given before, it may have again.

        Raises:
            FileExistsAlreadyError: The name is taken by an older file and ``existing`` says skip or ask.
            DestinationError: The folder cannot be read.
        """
        try:
            return self._claim(self._open(folder), folder, name, existing, owner)
        except ValueError as error:  # a name that this file system cannot spell
            raise DestinationError(f"{folder}: no file can have the name {name!r} there.") from error

    def claim_own(self, path: str, owner: int | None = None) -> bool:
        """Reserve the name of an older file of our own that is to be replaced; whether nobody else has it."""
        folder, name = os.path.split(path)
        book, key = self._open(folder), _key(name)
        if key in book.given and (owner is None or book.given[key] != owner):
            return False
        book.given[key] = owner
        return True

    def release(self, path: str) -> None:
        """Give a name back: nothing came of it."""
        folder, name = os.path.split(path)
        self._open(folder).given.pop(_key(name), None)

    def _claim(self, book: _Folder, folder: str, name: str, existing: Existing, owner: int | None) -> str:
        key = _key(name)
        if owner is not None and book.given.get(key) == owner and not os.path.lexists(_path(folder, name)):
            return _path(folder, name)
        if key not in book.given and self._may_take(book, folder, name, existing):
            book.given[key] = owner
            return _path(folder, name)
        number = book.next_number.get(key, 2)
        while not self._is_free(book, folder, numbered(name, number)):
            number += 1
        book.next_number[key] = number + 1
        book.given[_key(numbered(name, number))] = owner
        return _path(folder, numbered(name, number))

    def was_there(self, folder: str, name: str) -> bool:
        """Whether an older file has this name."""
        try:
            return _key(name) in self._open(folder).before
        except DestinationError:
            return False

    def forget(self) -> None:
        """Look at folders afresh: a new run begins."""
        self._folders.clear()

    def _open(self, folder: str) -> _Folder:
        if folder not in self._folders:
            try:
                self._folders[folder] = _Folder(folder)
            except OSError as error:
                raise cannot_write(folder, error) from error
        return self._folders[folder]

    def _may_take(self, book: _Folder, folder: str, name: str, existing: Existing) -> bool:
        if self._is_free(book, folder, name):
            return True
        path = _path(folder, name)
        if existing is Existing.RENAME or self._is_source(path):
            return False
        if existing is Existing.REPLACE:
            return True
        raise FileExistsAlreadyError(f"{path} was there before.")

    def _is_free(self, book: _Folder, folder: str, name: str) -> bool:
        key = _key(name)
        return key not in book.given and key not in book.before and not os.path.lexists(_path(folder, name))


def cannot_write(path: str, error: OSError) -> DestinationError:
    """The error for a place that cannot be written, in words."""
    return DestinationError(f"{path}: {error.strerror or error}.")


def _path(folder: str, name: str) -> str:
    """Paths are strings here because they cross pipes."""
    return str(Path(folder, name))


def _key(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
