"""Where finished files go below the destination and what they are called: by the user's template, if there is one.

What a template is filled in with is found again after a restart: a job keeps its number, its source and the columns
of its row, and of each batch three facts are noted. So nothing of a name has to be kept before the file is there.
"""

import re
import time
from collections.abc import Mapping
from datetime import datetime
from pathlib import PurePath
from typing import Any, Final, NamedTuple

from core.asked import NOTHING
from core.downloads.inline import is_inline
from core.downloads.template import Facts, Place, Template, TemplateError
from core.images.formats import is_picture_name
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
        folders: As the template has spelt them so far: those that differ only in case are one.
    """

    template: Template | None
    batches: Mapping[BatchId, Batch]
    folders: dict[str, str]

    def place(self, name: str, request: JobRequest, job: JobId, batch: BatchId) -> Place:
        """Where a job's file goes; the tree of a local folder is kept below the template's folders.

        Args:
            name: That the file has: safe, with the extension that its content has.
            request: What the job came from.
            job: Its number.
            batch: It was added with.
        """
        if self.template is None:
            return Place(request.folder, name)
        about = self.batches.get(batch) or noted_batch({}, "")
        facts = Facts(
            name,
            _PORT.sub("", host_of(request.source, request.kind)),
            datetime.fromtimestamp(about.added).astimezone(),
            job - about.first + 1,
            about.name,
            dict((request.asked or NOTHING).columns),
        )
        folder, name = self.template.place(facts)
        folder = self.folders.setdefault(folder.casefold(), folder)
        return Place("/".join(filter(None, (folder, request.folder))), name)


def naming(template: str, batches: Mapping[BatchId, Batch]) -> Naming:
    """How files are named by a template; by an empty one they keep their names.

    Raises:
        TemplateError: It cannot be used.
    """
    return Naming(Template.parse(template) if template.strip() else None, batches, {})


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
