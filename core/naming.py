"""Where finished files go below the destination and what they are called: by the user's template, if there is one.

What a template is filled in with is found again after a restart: a job keeps its number, its source and the columns
of its row, and of each batch three facts are noted. So nothing of a name has to be kept before the file is there.
"""

import re
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from core.asked import NOTHING
from core.downloads.filename import safe_name
from core.downloads.inline import is_inline
from core.downloads.template import Facts, Picture, Place, Template, TemplateError
from core.final_names import expected_name
from core.images.formats import is_picture_name
from core.images.whole_recipe import Recipe
from core.job import BatchId, Drop, JobId, JobRequest
from core.sources.keys import absolute
from core.sources.kinds import list_kind, plain_name
from core.summary import host_of

_PORT: Final = re.compile(r":\d*\Z")


class Batch(NamedTuple):
    """What names may say of a batch.

    Attributes:
        name: Of the list or folder that it came from, without a list's extension.
        added: When, seconds since the epoch.
        first: The number of its first job; 0 while it has none.
    """

    name: str
    added: float
    first: int


class Naming(NamedTuple):
    """How files are named in a run.

    Attributes:
        template: None where files keep the names that they have.
        batches: Of all jobs.
        folders: As the templates have spelt them so far: those that differ only in case are one.
        recipe: What makes the pictures, by its name.
        own: The templates of outputs that have one.
    """

    template: Template | None
    batches: Mapping[BatchId, Batch]
    folders: dict[str, str]
    recipe: str = ""
    own: Mapping[str, Template] = MappingProxyType({})

    @property
    def tags(self) -> tuple[str, ...]:
        """The EXIF tags that names speak of."""
        templates = (self.template, *self.own.values())
        return tuple(dict.fromkeys(tag for one in templates if one is not None for tag in one.tags))

    def place(
        self, name: str, request: JobRequest, job: JobId, batch: BatchId, picture: Picture | None = None
    ) -> Place:
        """Where a job's file goes; the tree of a local folder is kept below the template's folders.

        An output with a name has a folder of that name, unless its template says where it goes.

        Args:
            name: That the file has: safe, with the extension that its content has.
            request: What the job came from.
            job: Its number.
            batch: It was added with.
            picture: What is known of it if it is a finished picture.
        """
        output = "" if picture is None else picture.output
        template = self.template if picture is None else self.own.get(output, self.template)
        folder = ""
        if template is not None:
            folder, name = template.place(self._facts(name, request, job, batch, picture))
        if output and output not in self.own and (template is None or "output" not in template.of_pictures):
            folder = _joined(safe_name(output), folder)
        folder = self.folders.setdefault(folder.casefold(), folder) if folder else ""
        return Place(_joined(folder, request.folder), name)

    def expected(
        self, name: str, recipe: Recipe, request: JobRequest, job: JobId, batch: BatchId
    ) -> tuple[Place | None, ...]:
        """Where the finished files will go, in the order of the outputs, as far as it is known before the download.

        Args:
            name: Of the download, as far as that is known.
            recipe: What will be made of it.
            request: As ``place`` has it, like what follows.
            job: Likewise.
            batch: Likewise.

        Returns:
            One for each output; None for names that are known only once the picture is made.
        """
        if not recipe.made:
            return (self.place(expected_name(name, None), request, job, batch),)
        return tuple(
            None
            if self._is_late(output.name)
            else self.place(
                expected_name(name, output), request, job, batch, Picture(recipe.name, output.name)
            )
            for output in recipe.made
        )

    def _is_late(self, output: str) -> bool:
        template = self.own.get(output, self.template)
        return template is not None and template.is_late

    def _facts(
        self, name: str, request: JobRequest, job: JobId, batch: BatchId, picture: Picture | None
    ) -> Facts:
        about = self.batches.get(batch) or noted_batch({}, "")
        return Facts(
            name,
            _PORT.sub("", host_of(request.source, request.kind)),
            datetime.fromtimestamp(about.added).astimezone(),
            job - about.first + 1,
            about.name,
            dict((request.asked or NOTHING).columns),
            picture,
        )


def naming(template: str, batches: Mapping[BatchId, Batch], recipe: Recipe) -> Naming:
    """How files are named by a template; by an empty one they keep their names.

    Raises:
        TemplateError: It cannot be used, or not with this recipe.
    """
    found = Template.parse(template) if template.strip() else None
    if found is not None and found.of_pictures and not recipe.changes_pictures:
        wrong = ", ".join(f"{{{word}}}" for word in found.of_pictures)
        raise TemplateError(
            f"{wrong}: only finished pictures have that, and the recipe {recipe.name} makes none.",
            "Choose a recipe that makes pictures, or leave it out of the names.",
        )
    own = {output.name: Template.parse(output.names) for output in recipe.made if output.names.strip()}
    return Naming(found, batches, {}, recipe.name, own)


def _joined(*folders: str) -> str:
    return "/".join(filter(None, folders))


def wanted_columns(template: str) -> tuple[str, ...]:
    """The columns of lists that a template asks for; of one that cannot be used, none."""
    try:
        return Template.parse(template).columns
    except TemplateError:
        return ()


def batch_of(drop: Drop, number: BatchId, added: float) -> Batch:
    """A batch that is about to be read: what it is called has to be known before its first file is there."""
    named = (source for source in drop.sources if "://" not in source and not is_inline(source))
    path = next((absolute(source) for source in named if not is_picture_name(source)), "")
    name = PurePath(path).name
    if list_kind(name) is not None:
        name = PurePath(plain_name(name)).stem
    return Batch(name or f"Batch {number}", added, 0)


def batch_note(number: BatchId) -> str:
    """The name of the note about a batch."""
    return f"batch {number}"


def noted_batch(note: Mapping[str, Any], title: str) -> Batch:
    """The batch of a note; one of which nothing was noted has its title, and its jobs their numbers in the queue."""
    try:
        return Batch(str(note["name"]), float(note["added"]), int(note["first"]))
    except (KeyError, TypeError, ValueError):
        return Batch(title, time.time(), 1)
