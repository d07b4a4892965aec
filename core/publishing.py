"""How a whole file gets its final name: reserved first, then one rename on the same file system."""

import os
from contextlib import suppress
from pathlib import Path, PurePath
from typing import Final

from core.downloads.filename import safe_name
from core.downloads.names import NameBook
from core.downloads.translation import storage_error
from core.errors import DestinationError, FileExistsAlreadyError
from core.images.formats import FORMATS, is_picture_name
from core.images.recipe import Recipe
from core.job_queue import Job, Plan
from core.settings import Existing

ORIGINALS: Final = "originals"
PRIVATE: Final = ".fetchmill"


def part_path(plan: Plan, name: str) -> str:
    """Where an incomplete file lies: below the destination, so that the last step is a rename."""
    return str(Path(plan.destination, PRIVATE, "parts", f"{name}.part"))


def prepare(destination: str) -> None:
    """Make the destination and find out whether files can be written there; remove what dead engines left.

    Raises:
        StorageError: They cannot.
    """
    probe = Path(destination, PRIVATE, "parts", f"{os.getpid()}-probe.part")
    try:
        probe.parent.mkdir(parents=True, exist_ok=True)
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise storage_error(destination, error) from error
    _sweep(destination)


def _sweep(destination: str) -> None:
    """Remove the part files of engines that are no more."""
    for part in Path(destination, PRIVATE, "parts").glob("*-*.part"):
        pid = part.name.partition("-")[0]
        if pid.isdecimal() and os.name == "posix" and not _is_running(int(pid)):
            with suppress(OSError):
                part.unlink()


def tidy(destination: str) -> None:
    """Remove our own folders where nothing is left in them."""
    for folder in (Path(destination, PRIVATE, "parts"), Path(destination, PRIVATE)):
        with suppress(OSError):
            folder.rmdir()


def publish_download(job: Job, plan: Plan, names: NameBook, *, apart: bool) -> str:
    """Give the job's part file its final name and return its path.

    Args:
        job: Its part file is whole.
        plan: Where files go.
        names: Who may write what.
        apart: In ``originals/`` rather than beside the finished files.

    Raises:
        StorageError: It cannot be put there.
    """
    assert job.part is not None, "only what was downloaded is published"  # noqa: S101  # the engine's own order
    folder = Path(plan.destination, ORIGINALS if apart else "", job.request.folder)
    # An older original is never in the way of a new one: it is replaced where the user said so, else left beside it.
    existing = plan.existing if not apart or plan.existing is Existing.REPLACE else Existing.RENAME
    path = _put(job.part.path, str(folder), job.name, existing, names)
    job.part = None
    return path


def check_finished(job: Job, plan: Plan, names: NameBook, picture_format: str) -> None:
    """Before anything is put anywhere: whether an older file keeps the finished picture out.

    Raises:
        FileExistsAlreadyError: It does.
    """
    folder, name = str(Path(plan.destination, job.request.folder)), finished_name(job.name, picture_format)
    if plan.existing in (Existing.SKIP, Existing.ASK) and names.was_there(folder, name):
        raise FileExistsAlreadyError(f"{Path(folder, name)} was there before.")


def publish_picture(part: str, job: Job, plan: Plan, names: NameBook, picture_format: str) -> str:
    """Give a finished picture its final name and return its path.

    Args:
        part: Where the child wrote it.
        job: Whose name and folder it takes.
        plan: Where files go.
        names: Who may write what.
        picture_format: As Pillow names it; the extension follows it.

    Raises:
        StorageError: It cannot be put there.
    """
    folder = str(Path(plan.destination, job.request.folder))
    return _put(part, folder, finished_name(job.name, picture_format), plan.existing, names)


def _put(part: str, folder: str, name: str, existing: Existing, names: NameBook) -> str:
    """Move a whole file to the first name that is free, also of other programs that write here at this moment."""
    while True:
        path = names.claim(folder, name, existing)
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
            if existing is Existing.REPLACE:
                Path(part).replace(path)
            else:
                _move_beside(part, path)
        except FileExistsError:
            continue
        except OSError as error:
            raise storage_error(path, error) from error
        except ValueError as error:  # a name that this file system cannot spell
            raise DestinationError(f"{folder}: no file can have the name {name!r} there.") from error
        return path


def _move_beside(part: str, path: str) -> None:
    """Rename without ever replacing: a second name, then the first one goes.

    Raises:
        FileExistsError: Somebody was faster.
    """
    try:
        os.link(part, path)
    except FileExistsError:
        raise
    except OSError:  # no second names on this file system
        Path(part).replace(path)
        return
    Path(part).unlink()


def expected_name(name: str, recipe: Recipe) -> str:
    """What the finished file will be called, as far as it can be known before the download."""
    written = recipe.output.format.upper() if recipe.output else ""
    return finished_name(name, written) if written in FORMATS else safe_name(name)


def finished_name(name: str, picture_format: str) -> str:
    """The picture's name with the extension of its format; one that is right already stays as it is written."""
    safe = safe_name(name) or "picture"
    extensions = FORMATS[picture_format].extensions
    suffix = PurePath(safe).suffix
    if suffix.lower() in extensions:
        return safe
    stem = safe.removesuffix(suffix) if is_picture_name(safe) else safe
    return stem + extensions[0]


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
