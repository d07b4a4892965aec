"""How whole files get their final names, durably, and what is made of a cut in the middle of it.

The order (measured with a copied block device as a power cut; without it "done" was a file of 0 bytes): the file's
bytes are on the disk, the intent is noted, rename, fsync of the folder, the completion is noted.
"""

import errno
import hashlib
import logging
import os
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from core.downloads.origin import set_modified
from core.downloads.translation import storage_error
from core.errors import ErrorReport, FetchmillError, StorageError, UnusableNameError
from core.ledger import Move, Publication, Published, Stamp
from core.renaming import rename_beside

log = logging.getLogger(__name__)


class TakenError(Exception):
    """Somebody else has taken the name meanwhile. It never leaves the store."""


def carry_out(move: Move) -> None:
    """Give a file its final name.

    Raises:
        TakenError: The name is taken, and may not be.
        StorageError: The file system refuses.
    """
    if _is_another(move):
        raise StorageError(f"{move.part} has been changed by another program.")
    if move.expected is not None and os.path.lexists(move.path) and Stamp.of(move.path) != move.expected:
        raise TakenError(move.path)  # the user has edited what was ours
    if move.last_modified is not None:  # not before: an old part file is swept
        set_modified(move.part, move.last_modified, time.time())
    try:
        try:
            _rename(move)
        except FileNotFoundError:  # its folder is new; or it has gone itself, and the destination with it
            _make_folder(move)
            _rename(move)
    except FileExistsError as error:
        if not os.path.lexists(move.part):
            raise storage_error(move.part, FileNotFoundError(errno.ENOENT, "gone")) from error
        raise TakenError(move.path) from error
    except OSError as error:
        raise storage_error(move.path, error) from error
    except ValueError as error:
        raise _unusable(move) from error


def _rename(move: Move) -> None:
    if move.replaces:
        os.replace(move.part, move.path)  # noqa: PTH105  # strings, and there are many
    else:
        rename_beside(move.part, move.path)


def _make_folder(move: Move) -> None:
    """Make the folder that a file goes to, if the file itself is there: else the destination is not made again here.

    Raises:
        StorageError: It is not, or the folder cannot be made.
    """
    folder = os.path.dirname(move.path)  # noqa: PTH120  # a string
    try:
        os.stat(move.part)  # noqa: PTH116  # as it came
        Path(folder).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise storage_error(folder, error) from error


def _is_another(move: Move) -> bool:
    """Whether somebody has put something else where the file was; what is not there is no such thing."""
    try:
        found = os.lstat(move.part)
    except (OSError, ValueError):
        return False
    return not stat.S_ISREG(found.st_mode) or found.st_size != move.size


def _unusable(move: Move) -> UnusableNameError:
    """The error for a name that this file system cannot spell."""
    return UnusableNameError(f"No file can have the name {Path(move.path).name!r} there.")


def synced(publications: Iterable[Publication]) -> tuple[list[Publication], list[Published]]:
    """Wait until the disk has the bytes that are to get names; those of which it has, and the answers of the others.

    One after the other: the first makes the file system write what the others would have waited for, too.
    """
    ready: list[Publication] = []
    refused: list[Published] = []
    for publication in publications:
        try:
            for move in publication.moves:
                if not move.is_synced:
                    _sync_file(move.part)
        except StorageError as error:
            refused.append(Published(publication.job.id, error=error.report()))
        else:
            ready.append(publication)
    return ready, refused


def _sync_file(path: str) -> None:
    try:
        number = os.open(
            path, os.O_RDWR | getattr(os, "O_CLOEXEC", 0)
        )  # Windows syncs what may be written only
        try:
            os.fsync(number)
        finally:
            os.close(number)
    except OSError as error:
        raise storage_error(path, error) from error


def carry_out_all(publications: Iterable[Publication]) -> tuple[list[Published], list[Publication]]:
    """Give the files their names, durably; the answers for what could not be done, and what was.

    What was done of a publication that fails is taken back, so that the next try finds all as it was.
    """
    answers: list[Published] = []
    moved: list[Publication] = []
    for publication in publications:
        count = 0
        try:
            for move in publication.moves:
                carry_out(move)
                count += 1
        except TakenError:
            kept = _take_back(publication.moves, count)
            answers.append(Published(publication.job.id, kept, taken=True))
        except FetchmillError as error:
            kept = _take_back(publication.moves, count)
            answers.append(Published(publication.job.id, kept, error=error.report()))
        else:
            moved.append(publication)
    errors = _sync_folders({folder for publication in moved for folder in _folders(publication)})
    done = []
    for publication in moved:
        reports = [errors[folder] for folder in _folders(publication) if folder in errors]
        if reports:
            kept = _take_back(publication.moves, len(publication.moves))
            answers.append(Published(publication.job.id, kept, error=reports[0]))
        else:
            done.append(publication)
    return answers, done


def _take_back(moves: tuple[Move, ...], count: int) -> tuple[Move, ...]:
    """Give the files their old names again; those that have kept the new ones because the file system refuses.

    Args:
        moves: All.
        count: How many of them were done; the next one may have been done by half, and what has its name is not ours.
    """
    kept: list[Move] = []
    for number, move in reversed(list(enumerate(moves[: count + 1]))):
        try:
            if number < count and not os.path.lexists(move.part):
                Path(move.path).rename(move.part)
            elif os.path.samefile(move.part, move.path):  # noqa: PTH121  # strings; it has both names
                Path(move.path).unlink()
        except FileNotFoundError:
            continue
        except OSError:
            kept.append(move)
    return tuple(kept)


def _sync_folders(folders: Iterable[str]) -> dict[str, ErrorReport]:
    """One fsync for each folder; what the disk said of those that it refused."""
    errors = {}
    for folder in folders:
        try:
            sync_folder(folder)
        except StorageError as error:
            errors[folder] = error.report()
    return errors


def _folders(publication: Publication) -> Iterator[str]:
    """Where the files went, and each folder on the way there: it may be as new as they are."""
    for move in publication.moves:
        folder = os.path.dirname(move.path)  # noqa: PTH120  # a string, and there are many
        yield folder
        while folder.startswith(publication.destination + os.sep):
            folder = os.path.dirname(folder)  # noqa: PTH120  # as above
            yield folder


def sync_folder(folder: str) -> None:
    """Wait until the disk has the folder's entries; does nothing where folders cannot be opened (Windows).

    Raises:
        StorageError: The disk refuses.
    """
    if os.name != "posix":
        return
    try:
        number = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            os.fsync(number)
        finally:
            os.close(number)
    except OSError as error:
        raise storage_error(folder, error) from error


def settle(publication: Publication) -> bool:
    """After a cut: finish what was begun; whether all of it is done now.

    What cannot be finished stays as it is: a part file that is there is found again by its job.
    """
    try:
        for move in publication.moves:
            if not _settle_move(move):
                return False
        for folder in set(_folders(publication)):
            sync_folder(folder)
    except (StorageError, TakenError, OSError):
        log.warning("Job %s: its last step was cut and is done again", publication.job.id)
        return False
    return True


def _settle_move(move: Move) -> bool:
    there = _is_it(move.path, move)
    if not _is_it(move.part, move):
        return there
    if there and not move.replaces:
        discard([move.part])  # cut between the second name and the end of the first
    else:
        carry_out(move)
    return True


def _is_it(path: str, move: Move) -> bool:
    """Whether the file has the very bytes that were to be moved."""
    try:
        if os.path.getsize(path) != move.size or os.path.islink(path):  # noqa: PTH202, PTH114  # as it came
            return False
        with open(path, "rb") as file:  # noqa: PTH123  # as it came
            return hashlib.file_digest(file, "sha256").hexdigest() == move.sha256
    except (OSError, ValueError):
        return False


def discard(paths: Iterable[str]) -> None:
    """Remove files that are no longer needed; what cannot be removed is swept later."""
    for path in paths:
        with suppress(OSError):
            os.unlink(path)  # noqa: PTH108  # as it came, and there are many
