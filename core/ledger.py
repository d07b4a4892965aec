"""What has been made of what: the values that the store keeps beside the jobs. Standard library only.

    source ─► content (hash, validators, kept original) ─► output (recipe, file)

A finished file is *up to date* while its source, its destination and its recipe are the same and the file on disk has
the size and the date of modification that were noted when it was made.
"""

import hashlib
import os
import stat
from functools import lru_cache
from typing import Final, NamedTuple

from core.errors import ErrorReport
from core.finished import FinishedFile
from core.images.whole_recipe import Recipe
from core.job import JobId, JobSnapshot, JobState

_MOST: Final = 1 << 63
_OF: Final = "/"
UNCHANGED: Final = ""  # the fingerprint of everything that leaves files as they came
UP_TO_DATE: Final = "Up to date: made before from the same source by the same recipe."
NOT_CHANGED: Final = "Up to date: the server says that the file has not changed."
MADE_HERE: Final = "It was made here by a recipe; nothing is made of it but in another destination."
UP_TO_DATE_NOTES: Final = frozenset({UP_TO_DATE, NOT_CHANGED})


class Stamp(NamedTuple):
    """By what an unchanged file is recognised without reading it.

    Attributes:
        size: Bytes.
        modified: Nanoseconds since the epoch; compared for equality only, so that no clock matters.
    """

    size: int
    modified: int

    @classmethod
    def of(cls, path: str) -> "Stamp | None":
        """The stamp of a regular file; None where there is none."""
        try:
            found = os.stat(path)  # noqa: PTH116  # ten thousand of them: a Path each costs more than the call
        except (OSError, ValueError):
            return None
        if not stat.S_ISREG(found.st_mode):  # who waits for a pipe may wait for ever
            return None
        return cls(
            found.st_size, found.st_mtime_ns % _MOST
        )  # file systems know dates that SQLite's numbers do not


class Content(NamedTuple):
    """What a source gave.

    Attributes:
        sha256: Of the bytes, hexadecimal; None where nobody has read them all.
        size: Bytes.
        etag: As the server sent it, weak ones too (RFC 9110, section 8.8.3): for If-None-Match.
        modified: The Last-Modified header as the server sent it: for If-Modified-Since.
        name: What the server or the source calls it.
        is_picture: Whether it claims or proves to be one.
        original: Absolute path of the bytes where they were kept, or of the local picture.
        stamp: Of that file.
    """

    sha256: str | None
    size: int | None
    etag: str | None = None
    modified: str | None = None
    name: str = ""
    is_picture: bool = True
    original: str | None = None
    stamp: Stamp | None = None


class Output(NamedTuple):
    """A finished file.

    Attributes:
        path: Absolute; empty where there is none, as the recipe wants none that is no smaller than the original.
        stamp: As it was made; None before it has its place.
        sha256: Of the file, hexadecimal.
        width: Pixels, for pictures.
        height: Pixels, for pictures.
        format: As Pillow names it, for pictures.
        notes: What could not be carried over.
        made_of: The content's SHA-256.
        name: Of the recipe's output, where it has one.
    """

    path: str
    stamp: Stamp | None
    sha256: str | None
    width: int | None = None
    height: int | None = None
    format: str | None = None
    notes: tuple[str, ...] = ()
    made_of: str | None = None
    name: str = ""


class Inquiry(NamedTuple):
    """What is to be found out before jobs start.

    Attributes:
        jobs: Number, source key, and for a local picture its path.
        destination: Absolute path.
        recipe: Its fingerprint.
        outputs: The names of all that it makes.
        needs_original: Whether it is up to date only while the original is there, too.
    """

    jobs: tuple[tuple[JobId, str, str | None], ...]
    destination: str
    recipe: str
    outputs: tuple[str, ...] = ("",)
    needs_original: bool = False


class Known(NamedTuple):
    """What the ledger knows of a job's source, looked at on disk.

    Attributes:
        content: What it gave last time; None for a source that is new.
        outputs: The finished files of this recipe, if all of them are up to date; else empty.
        has_original: Whether the content's original is there, unchanged.
        own_outputs: Our finished files of this recipe, up to date or not, that nobody has touched: newer ones may take
            their places. By their stamps that is seen, once more, before they are replaced.
        own_original: Path of the original that we kept, where nobody has touched it: likewise.
        is_made_here: Whether the source is itself a picture that was made for this destination, and nobody has touched it.
    """

    content: Content | None = None
    outputs: tuple[Output, ...] = ()
    has_original: bool = False
    own_outputs: tuple[Output, ...] = ()
    own_original: str | None = None
    is_made_here: bool = False

    @property
    def is_up_to_date(self) -> bool:
        """Whether all is there that the recipe makes."""
        return bool(self.outputs)

    def own_output(self, name: str = "") -> Output | None:
        """Our untouched file of an output."""
        return next((output for output in self.own_outputs if output.name == name), None)


NOTHING_KNOWN: Final = Known()


class Move(NamedTuple):
    """A whole file that is to get its final name.

    Attributes:
        part: Where it is.
        path: Its final name.
        size: Bytes.
        sha256: Hexadecimal; by it the file is recognised if we are cut off in the middle.
        replaces: Whether a file of that name may be replaced.
        expected: If only one with this stamp: our own, as long as nobody has touched it.
        last_modified: The date that the file is to get, as the header of that name has it.
        is_synced: Whether its bytes are on the disk (fsync); else they are waited for before the last step begins.
    """

    part: str
    path: str
    size: int
    sha256: str
    replaces: bool = False
    expected: Stamp | None = None
    last_modified: str | None = None
    is_synced: bool = True


class Publication(NamedTuple):
    """A job's last step: files get their names, and all of it is noted, or none of it.

    Attributes:
        job: As it stands when this is done.
        key: Of its source.
        destination: Absolute path.
        recipe: Fingerprint.
        content: What the source gave.
        outputs: The finished files, of which the first is the job's ``file``; none where only the original is kept.
        moves: In this order.
        leftovers: Files that are no longer needed afterwards.
    """

    job: JobSnapshot
    key: str
    destination: str
    recipe: str
    content: Content
    outputs: tuple[Output, ...]
    moves: tuple[Move, ...]
    leftovers: tuple[str, ...] = ()


class Published(NamedTuple):
    """How a publication ended.

    Attributes:
        job: The number.
        done: Those of its moves that are done.
        twin: Another source of the same destination that gave the same bytes.
        taken: Whether the next move's name was taken by somebody else meanwhile: another is to be chosen.
        error: Why it could not be done.
    """

    job: JobId
    done: tuple[Move, ...] = ()
    twin: str | None = None
    taken: bool = False
    error: ErrorReport | None = None


def output_key(recipe: str, output: str) -> str:
    """By what a finished file is recognised among all that were made of a content.

    Args:
        recipe: Its fingerprint.
        output: The output's name; empty where it has none.
    """
    return f"{recipe}{_OF}{output}" if output else recipe


def output_name(key: str) -> str:
    """The output's name in such a key."""
    return key.partition(_OF)[2]


def finished_files(outputs: tuple[Output, ...]) -> tuple[FinishedFile, ...]:
    """What is said of the outputs of a job; nothing of one that has no name, which the job itself speaks of."""
    return tuple(
        FinishedFile(
            one.name,
            one.path or None,
            one.stamp.size if one.stamp else None,
            one.sha256,
            one.width,
            one.height,
            one.format,
            one.notes,
        )
        for one in outputs
        if one.name
    )


def inquiry(
    jobs: tuple[tuple[JobId, str, str | None], ...], destination: str, recipe: Recipe, mark: str | None = None
) -> Inquiry:
    """What is to be found out before jobs start: see ``Inquiry``.

    Args:
        jobs: As there.
        destination: As there.
        recipe: What is to be made.
        mark: Its fingerprint as it was taken when the run began; None for that of now.
    """
    names = tuple(output.name for output in recipe.made) or ("",)
    needs_original = recipe.keeps_original and recipe.changes_pictures
    return Inquiry(jobs, destination, fingerprint(recipe) if mark is None else mark, names, needs_original)


def fingerprint(recipe: Recipe) -> str:
    """By what a recipe is recognised: what it does, not what it is called; and what is in the files that it names."""
    if not recipe.changes_pictures:
        return UNCHANGED
    from core.images.named_files import named_files  # noqa: PLC0415  # with all steps: mere downloads start without

    does: tuple[object, ...] = (recipe.operations, recipe.outputs)
    if paths := named_files(recipe):
        does += (tuple(_sum(path, Stamp.of(path)) for path in paths),)
    return hashlib.blake2b(repr(does).encode(), digest_size=8).hexdigest()


@lru_cache(maxsize=64)
def _sum(path: str, stamp: Stamp | None) -> str:
    """Of a file's bytes; empty for one that cannot be read."""
    if stamp is None:
        return ""
    try:
        with open(path, "rb") as file:  # noqa: PTH123  # a string path as it came
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def is_up_to_date(job: JobSnapshot) -> bool:
    """Whether the job has ended because nothing was to be done."""
    return job.state in (JobState.SKIPPED, JobState.DONE) and not UP_TO_DATE_NOTES.isdisjoint(job.notes)


def twin_note(source: str) -> str:
    """The note on a job whose content came from another source as well."""
    return f"The same content came from {source} as well."
