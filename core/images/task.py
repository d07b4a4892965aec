"""What goes to a child of the process pool and what it answers: frozen, picklable values. Standard library only."""

from typing import NamedTuple

from core.errors import ErrorReport
from core.images.recipe import Recipe


class ProcessTask(NamedTuple):
    """One picture to be worked on.

    Attributes:
        ticket: Number by which the answer is recognised.
        source: Absolute path of the picture as it came; it is only ever read.
        part: Absolute path that the finished picture is written to; the engine renames it.
        recipe: What to make of it. One that changes nothing only checks that the picture is whole.
        hash_source: Whether the SHA-256 of the source is wanted (a download's is known already).
    """

    ticket: int
    source: str
    part: str
    recipe: Recipe
    hash_source: bool = False


class ProcessOutcome(NamedTuple):
    """What a child answers; it never raises.

    Attributes:
        ticket: The task's number.
        seconds: Time spent.
        error: Why there is no finished picture.
        format: The finished picture's format as Pillow names it: ``JPEG``, ``PNG`` ...
        extension: The format's usual one, with its dot.
        width: Pixels, as shown (orientation applied).
        height: Pixels, as shown.
        bytes_out: Size of the finished picture.
        sha256: Of the source, where it was asked for.
        sha256_out: Of the finished picture, hexadecimal.
        notes: What could not be carried over, a sentence each.
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
