"""Who may write which name: two jobs never write one, and what was there before is left as the user wished."""

import os
import stat
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from core.downloads.filename import numbered, shortened
from core.errors import DestinationError, FileExistsAlreadyError, UnusableNameError
from core.key_set import KeySet
from core.settings import Existing

LONGEST_PATH: Final = 4095 if os.name == "posix" else 259  # PATH_MAX, MAX_PATH; both count an end sign
_ROOM: Final = 12  # for a number
_LEAST: Final = 32  # for a name


Owner = int | tuple[int, str] | None
"""Who was given a name: a job, by its number, or an output of it that has a name."""


class _Folder:
    """What a folder held when it was first looked at, and what has been given away since."""

    def __init__(self, path: str) -> None:
        self.before: dict[str, str] = {}
        with suppress(FileNotFoundError):  # it is made when the first file gets there
            self.before.update((_key(entry.name), entry.name) for entry in Path(path).iterdir())
        self.given: dict[str, Owner] = {}
        self.next_number: dict[str, int] = {}


class NameBook:
    """Gives names in folders away, each once.

    Names that differ only in case, or in Unicode's normal form, count as one.

    Args:
        is_source: Whether a path is a local original in the queue, which nothing may overwrite.
        longest_path: That this system takes, in bytes (Windows: UTF-16 units).
        is_brief: Whether it is forgotten whose a name is once the file is there; that it is given stays known.
    """

    def __init__(
        self, is_source: Callable[[str], bool], longest_path: int = LONGEST_PATH, *, is_brief: bool = False
    ) -> None:
        self._is_source = is_source
        self._longest_path = longest_path
        self._folders: dict[str, _Folder] = {}
        self._subfolders: dict[str, set[str]] = {}
        self._is_brief = is_brief
        self._settled = KeySet()

    def claim(self, folder: str, name: str, existing: Existing, owner: Owner = None) -> str:
        """Reserve a name in a folder, which need not be there yet, and return its absolute path.

        Args:
            folder: Absolute path.
            name: Safe.
            existing: What to do with an older file of that name.
            owner: What it was given before, it may have again.

        Raises:
            FileExistsAlreadyError: The name is taken by an older file and ``existing`` says skip or ask.
            DestinationError: The folder cannot be read.
            UnusableNameError: The folder's path leaves no room for a name.
        """
        try:
            return self._claim(self._open(folder), folder, self._fitted(folder, name), existing, owner)
        except ValueError as error:  # a name that this file system cannot spell
            raise DestinationError(f"{folder}: no file can have the name {name!r} there.") from error

    def claim_own(self, path: str, owner: Owner = None) -> bool:
        """Reserve the name of an older file of our own that is to be replaced; whether nobody else has it."""
        folder, name = os.path.split(path)
        book, key = self._open(folder), _key(name)
        if self._is_given(book, folder, key) and (owner is None or book.given.get(key) != owner):
            return False
        book.given[key] = owner
        return True

    def release(self, path: str) -> None:
        """Give a name back: nothing came of it."""
        folder, name = os.path.split(path)
        self._open(folder).given.pop(_key(name), None)

    def settle(self, path: str) -> None:
        """The file is there."""
        if self._is_brief:
            folder, name = os.path.split(path)
            self._settled.add(_path(folder, _key(name)))
            self._open(folder).given.pop(_key(name), None)

    def _is_given(self, book: _Folder, folder: str, key: str) -> bool:
        return key in book.given or (self._is_brief and _path(folder, key) in self._settled)

    def _claim(self, book: _Folder, folder: str, name: str, existing: Existing, owner: Owner) -> str:
        key = _key(name)
        if owner is not None and book.given.get(key) == owner and not os.path.lexists(_path(folder, name)):
            return _path(folder, name)
        if (
            not self._is_given(book, folder, key)
            and (taken := self._taken(book, folder, name, existing)) is not None
        ):
            book.given[key] = owner
            return taken
        number = book.next_number.get(key, 2)
        while not self._is_free(book, folder, numbered(name, number)):
            number += 1
        book.next_number[key] = number + 1
        book.given[_key(numbered(name, number))] = owner
        return _path(folder, numbered(name, number))

    def is_given(self, folder: str, name: str) -> bool:
        """Whether this name was given away since the folder was looked at."""
        return _key(name) in self._open(folder).given

    def was_there(self, folder: str, name: str) -> bool:
        """Whether an older file has this name."""
        try:
            return _key(name) in self._open(folder).before
        except DestinationError:
            return False

    def forget(self) -> None:
        """Look at folders afresh: a new run begins."""
        self._folders.clear()
        self._subfolders.clear()
        self._settled = KeySet()

    def _open(self, folder: str) -> _Folder:
        if folder not in self._folders:
            try:
                self._folders[folder] = _Folder(folder)
            except OSError as error:
                raise cannot_write(folder, error) from error
            except ValueError as error:  # this file system cannot spell it
                raise DestinationError(f"No folder can be called {folder!r}.") from error
            self._keep_for_folders(folder)
        return self._folders[folder]

    def _keep_for_folders(self, folder: str) -> None:
        """Nothing may get the name of a folder that files will go to, even before it is made."""
        above, name = os.path.split(folder)
        while name and _key(name) not in self._subfolders.setdefault(above, set()):
            self._subfolders[above].add(_key(name))
            above, name = os.path.split(above)

    def _fitted(self, folder: str, name: str) -> str:
        """The name, shortened where the path would be longer than this system takes.

        Raises:
            UnusableNameError: There is no room for a name.
        """
        room = self._longest_path - _length(folder) - 1 - _ROOM
        if _length(name) <= room:
            return name
        if room < _LEAST:
            hint = "Choose a destination with a shorter path."
            raise UnusableNameError(f"{folder} is too long a path for the file {name}.", hint)
        return shortened(name, room)

    def _taken(self, book: _Folder, folder: str, name: str, existing: Existing) -> str | None:
        """The path that may be written under this name; None where another name is needed."""
        path = _path(folder, name)
        if self._is_free(book, folder, name):
            return path
        if not os.path.lexists(path):  # it is there in another spelling
            path = _path(folder, book.before.get(_key(name), name))
        if existing is Existing.RENAME or self._is_source(path):
            return None
        if existing is Existing.REPLACE:
            return path if _is_file(path) else None
        raise FileExistsAlreadyError(was_there_before(path))

    def _is_free(self, book: _Folder, folder: str, name: str) -> bool:
        key = _key(name)
        return (
            not self._is_given(book, folder, key)
            and key not in book.before
            and key not in self._subfolders.get(folder, ())
            and not os.path.lexists(_path(folder, name))
        )


def was_there_before(path: str) -> str:
    """The sentence of the error for a name that is taken."""
    return f"{path} was there before."


def cannot_write(path: str, error: OSError) -> DestinationError:
    """The error for a place that cannot be written, in words."""
    return DestinationError(f"{path}: {error.strerror or error}.")


def _path(folder: str, name: str) -> str:
    """Paths are strings here because they cross pipes."""
    return os.path.join(folder, name)  # noqa: PTH118  # as it says


def _key(name: str) -> str:
    """The same for names that some file system takes for one (Unicode, section 3.13, D145)."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())


def _length(text: str) -> int:
    """As the system counts it."""
    return len(os.fsencode(text) if os.name == "posix" else text.encode("utf-16-le", "surrogatepass")[::2])


def _is_file(path: str) -> bool:
    """Whether it is a file itself: no folder, link, pipe or device, which is never replaced."""
    try:
        return stat.S_ISREG(os.lstat(path).st_mode)
    except OSError:
        return False
