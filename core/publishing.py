"""How a whole file gets its final name: reserved first, then one rename on the same file system."""

from contextlib import suppress
from pathlib import Path, PurePath
from typing import Final

from core.downloads.filename import safe_name
from core.downloads.names import NameBook
from core.downloads.translation import storage_error
from core.images.formats import FORMATS, is_picture_name
from core.images.recipe import Recipe
from core.job_queue import Job, Plan

ORIGINALS: Final = "originals"
PRIVATE: Final = ".fetchmill"


def part_path(plan: Plan, name: str) -> str:
    """Where an incomplete file lies: below the destination, so that the last step is a rename."""
    return str(Path(plan.destination, PRIVATE, "parts", f"{name}.part"))


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
    path = names.claim(str(folder), job.name, plan.existing)
    _rename(job.part.path, path)
    job.part = None
    return path


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
    folder = Path(plan.destination, job.request.folder)
    path = names.claim(str(folder), finished_name(job.name, picture_format), plan.existing)
    _rename(part, path)
    return path


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


def _rename(part: str, path: str) -> None:
    try:
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(part).replace(path)
    except OSError as error:
        raise storage_error(path, error) from error
