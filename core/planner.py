"""What would become of each job, and of what name its files would be: nothing is downloaded, and nothing is written."""

import os
import shutil
from collections.abc import Callable
from contextlib import suppress
from enum import Enum
from pathlib import Path
from typing import Final, NamedTuple

from core.downloads.names import NameBook
from core.downloads.template import Place
from core.errors import ErrorReport, FetchmillError, FileExistsAlreadyError
from core.final_names import expected_name
from core.forecast import Matter
from core.images.formats import is_picture_name
from core.images.wanted import Wanted, why_unwanted
from core.images.whole_recipe import Recipe
from core.job import BatchId, JobId, JobRequest, SourceKind
from core.ledger import Known
from core.naming import Naming
from core.settings import Existing

EXISTS: Final = FileExistsAlreadyError.code


class Wish(NamedTuple):
    """What a run would be told.

    Attributes:
        destination: Absolute path.
        recipe: What would be made.
        existing: What would happen to names that are taken.
        refresh: Whether servers would be asked if what is done already has changed there.
        naming: Where files would go below the destination, and what they would be called.
        wanted: What pictures must be.
    """

    destination: str
    recipe: Recipe
    existing: Existing
    refresh: bool
    naming: Naming
    wanted: Wanted = Wanted()


class Candidate(NamedTuple):
    """A job, as far as it matters here.

    Attributes:
        id: Its number.
        batch: It was added with.
        request: What it is asked to do.
        name: Of its file, as far as that is known.
    """

    id: JobId
    batch: BatchId
    request: JobRequest
    name: str


class Action(Enum):
    """What there would be to do."""

    DOWNLOAD = "download"
    PROCESS = "process"  # what is on this computer already
    SKIP = "skip"


class PlannedFile(NamedTuple):
    """A finished file.

    Attributes:
        path: Absolute; None for a name that is known only once the picture is made, or that is not to be had.
        matter: What is the matter with it.
        taken: The path that it would have had if that were not taken.
    """

    path: str | None
    matter: Matter
    taken: str = ""


class Prospect(NamedTuple):
    """What would become of a job.

    Attributes:
        request: The job's.
        action: What there would be to do.
        files: In the order of the recipe's outputs; without those that exist and are to be skipped.
        error: Why nothing would come of it.
        existing: Files in the way, where nothing comes of it or of some outputs for that reason.
        unwanted: Why it is not wanted, one sentence, where it is not.
    """

    request: JobRequest
    action: Action
    files: tuple[PlannedFile, ...] = ()
    error: ErrorReport | None = None
    existing: tuple[PlannedFile, ...] = ()
    unwanted: str = ""


class Planner:
    """Plans one job after the other, in the order of the list: each name is given once.

    Args:
        wish: What a run would be told.
        is_source: Whether a path is a local original of the list, which nothing may overwrite.
    """

    def __init__(self, wish: Wish, is_source: Callable[[str], bool]) -> None:
        self._wish = wish
        self._names = NameBook(is_source)

    def prospect(self, job: Candidate, known: Known) -> Prospect:
        """What would become of a job.

        Args:
            job: As it waits.
            known: What the ledger knows of its source.
        """
        request, wish = job.request, self._wish
        is_local = request.kind is SourceKind.FILE
        if request.error is not None:
            return Prospect(request, Action.SKIP, error=request.error)
        if is_local and (known.is_made_here or not wish.recipe.changes_pictures):
            return Prospect(request, Action.SKIP, (PlannedFile(request.source, Matter.UP_TO_DATE),))
        is_asked = wish.refresh and not is_local
        if known.is_up_to_date and not is_asked:
            there = (PlannedFile(one.path, Matter.UP_TO_DATE) for one in known.outputs if one.path)
            return Prospect(request, Action.SKIP, tuple(there))
        if is_local and (reason := why_unwanted(wish.wanted, request.source)):
            return Prospect(request, Action.SKIP, unwanted=reason)
        is_here = is_local or (_has_original(known) and not is_asked)
        action = Action.PROCESS if is_here else Action.DOWNLOAD
        there_before: list[PlannedFile] = []
        try:
            files = self._files(job, known, there_before)
        except FetchmillError as error:
            return Prospect(request, action, (), error.report(), tuple(there_before))
        return Prospect(request, action, files, None, tuple(there_before))

    def _files(self, job: Candidate, known: Known, there: list[PlannedFile]) -> tuple[PlannedFile, ...]:
        """Where the files would go; adds to ``there`` what is in the way of one.

        Raises:
            StorageError: There is no name for one of them.
        """
        wish, request = self._wish, job.request
        source = (known.content.name if known.content is not None else "") or job.name
        recipe = self._recipe_for(source, request, known)
        places = wish.naming.expected(source or "download", recipe, request, job.id, job.batch)
        outputs = [output.name for output in recipe.made] or [""]
        files: list[PlannedFile] = []
        in_the_way: FileExistsAlreadyError | None = None
        for output, place in zip(outputs, places, strict=True):
            try:
                files.append(self._file(output, place, known))
            except FileExistsAlreadyError as error:
                assert place is not None, "what has no name yet is in nobody's way"  # noqa: S101  # _file's own promise
                there.append(PlannedFile(None, Matter.EXISTS, str(Path(wish.destination, *place))))
                in_the_way = error
        if in_the_way is not None and not (files and wish.existing is Existing.SKIP):
            for path in (file.path for file in files if file.path):
                self._names.release(path)
            raise in_the_way
        return tuple(files)

    def _recipe_for(self, source: str, request: JobRequest, known: Known) -> Recipe:
        """What would be made of it: of what is no picture, as far as can be seen, nothing."""
        recipe = self._wish.recipe
        is_no_picture = known.content is not None and not known.content.is_picture
        names = (expected_name(source, output) for output in recipe.made)
        is_other = request.kind is SourceKind.URL and any(
            not is_picture_name(name) and "." in name for name in names
        )
        return recipe._replace(outputs=()) if is_no_picture or is_other else recipe

    def _file(self, output: str, place: Place | None, known: Known) -> PlannedFile:
        """Where one file would go.

        Raises:
            StorageError: There is no name for it.
        """
        if place is None:
            return PlannedFile(None, Matter.LATE)
        wish, name = self._wish, place.name
        folder = os.path.join(wish.destination, place.folder) if place.folder else wish.destination  # noqa: PTH118  # a string, of many
        own = known.own_output(output)
        if (
            own is not None
            and own.path
            and wish.existing is not Existing.SKIP
            and Path(own.path).parent == Path(folder)
            and Path(own.path).suffix == Path(name).suffix
            and self._names.claim_own(own.path)
        ):
            return PlannedFile(own.path, Matter.NOTHING)
        is_given = self._names.is_given(folder, name)
        is_there = not is_given and self._names.was_there(folder, name)
        path = self._names.claim(folder, name, wish.existing)
        matter = Matter.SHARED if is_given else Matter.EXISTS if is_there else Matter.NOTHING
        return PlannedFile(path, matter, "" if matter is Matter.NOTHING else str(Path(folder, name)))


def free_space(destination: str) -> int | None:
    """Free bytes where the destination is or will be; None where nobody can say."""
    for folder in (Path(destination), *Path(destination).parents):
        with suppress(OSError):
            if folder.is_dir():
                return shutil.disk_usage(folder).free
    return None


def _has_original(known: Known) -> bool:
    return known.has_original and known.content is not None and known.content.is_picture
