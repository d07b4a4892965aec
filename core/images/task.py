"""What goes to a child of the process pool and what it answers: frozen, picklable values. Standard library only."""

from enum import Enum
from typing import Final, NamedTuple

from core.errors import ErrorReport
from core.images.wanted import Wanted
from core.images.whole_recipe import Recipe


class Verdict(Enum):
    """What the finished picture is, where the recipe asks whether it got smaller."""

    NEW = "new"
    ORIGINAL = "original"  # the original, byte for byte, in the original's format
    SKIP = "skip"  # none: nothing was written, as it would have been no smaller


MOST_PIXELS: Final = 250_000_000
"""The usual limit: a picture of this size takes a gigabyte while it is worked on."""


class Terms(NamedTuple):
    """What holds for a child as long as it lives.

    Attributes:
        most_pixels: A picture of more is refused.
        memory: Bytes that it may take beside what it takes when idle; None for any.
        is_idle: Whether it works only while nothing else does, other children included.
    """

    most_pixels: int = MOST_PIXELS
    memory: int | None = None
    is_idle: bool = False


class PoolLimits(NamedTuple):
    """What holds for all pictures together.

    Attributes:
        workers: How many children, at least 1.
        seconds: That a picture may take.
        terms: Of each child; its memory is the budget for all of them together, too.
        pictures: After how many a child is replaced by a new one.
        growth: Bytes; a child that stays larger by that than it was at first is replaced, too.
    """

    workers: int
    seconds: float = 120.0
    terms: Terms = Terms()
    pictures: int = 1000
    growth: int = 256 << 20


class ProcessTask(NamedTuple):
    """One picture to be worked on.

    Attributes:
        ticket: Number by which the answer is recognised.
        source: Absolute path of the picture as it came; it is only ever read.
        parts: Absolute paths that the finished pictures are written to, one for each output; the engine renames them.
        recipe: What to make of it. One that changes nothing only checks that the picture is whole.
        hash_source: Whether the SHA-256 of the source is wanted (a download's is known already).
        wanted: What the picture must be; else nothing is made of it.
        tags: The EXIF tags whose values are wanted, as ``exif_tags`` calls them.
        allowance: Bytes of memory that it may take; when it needs more, the answer is RoomNeeded. None for any.
    """

    ticket: int
    source: str
    parts: tuple[str, ...]
    recipe: Recipe
    hash_source: bool = False
    wanted: Wanted = Wanted()
    tags: tuple[str, ...] = ()
    allowance: int | None = None


def is_short(task: ProcessTask, terms: Terms) -> bool:
    """Whether a picture was begun although it needs more memory than there is for all: alone, as it cannot wait for it."""
    return task.allowance is not None and terms.memory is not None and task.allowance > terms.memory


class RoomNeeded(NamedTuple):
    """What a child answers instead of an outcome when a picture needs more memory than its allowance.

    Attributes:
        ticket: The task's number.
        need: Bytes.
    """

    ticket: int
    need: int


class Made(NamedTuple):
    """A finished picture beside the first.

    Attributes:
        output: The output's name.
        part: Where it is.
        format: As Pillow names it.
        width: Pixels, as shown.
        height: Pixels, as shown.
        bytes_out: Its size.
        sha256_out: Of it, hexadecimal.
        notes: What could not be carried over into it, a sentence each.
        verdict: Whether it is a new one; of a skipped one there is no part.
    """

    output: str
    part: str
    format: str
    width: int
    height: int
    bytes_out: int
    sha256_out: str
    notes: tuple[str, ...] = ()
    verdict: Verdict = Verdict.NEW


class ProcessOutcome(NamedTuple):
    """What a child answers; it never raises.

    Attributes:
        ticket: The task's number.
        seconds: Time spent.
        error: Why there is no finished picture.
        format: The (first) finished picture's format as Pillow names it: ``JPEG``, ``PNG`` ...
        extension: The format's usual one, with its dot.
        width: Pixels, as shown (orientation applied).
        height: Pixels, as shown.
        bytes_out: Size of the finished picture.
        sha256: Of the source, where it was asked for.
        sha256_out: Of the finished picture, hexadecimal.
        notes: What could not be carried over, a sentence each.
        others: What the recipe's other outputs came to.
        unwanted: Why the picture is not wanted, one sentence, where it is not.
        verdict: Whether the (first) finished picture is a new one; of a skipped one there is no part.
        tags: The EXIF tags that were asked for and that the picture has, with their values.
    """

    ticket: int
    seconds: float
    error: ErrorReport | None = None
    format: str | None = None
    extension: str | None = None
    width: int | None = None
    height: int | None = None
    bytes_out: int | None = None
    sha256: str | None = None
    sha256_out: str | None = None
    notes: tuple[str, ...] = ()
    others: tuple[Made, ...] = ()
    unwanted: str | None = None
    verdict: Verdict = Verdict.NEW
    tags: tuple[tuple[str, str], ...] = ()
