"""What a recipe makes of one picture, to be looked at while the recipe is edited: frozen values, both ways."""

from typing import Final, NamedTuple

from core.errors import ErrorReport
from core.estimate import BatchEstimate
from core.images.task import Verdict
from core.images.whole_recipe import Recipe

MOST_SHOWN: Final = (2560, 1600)
"""Of a picture at full size, the middle: width and height, pixels."""


class PreviewWish(NamedTuple):
    """One picture to be tried.

    Attributes:
        ticket: Number by which the answers are recognised; an older one is forgotten.
        source: Absolute path.
        recipe: What to make of it.
        output: Which of its outputs, from 0; where there is none, only the original is shown.
        room: Width and height that there are for showing it, device pixels.
        is_full_size: Whether a pixel of it is to be a pixel on the screen; then the original is shown in the size and
            shape that the recipe gives it.
        step: Of the recipe's operations and, after them, the output's own, from 0: the original is then shown as it comes
            to that one. None: as it came.
    """

    ticket: int
    source: str
    recipe: Recipe
    output: int = 0
    room: tuple[int, int] = (1280, 800)
    is_full_size: bool = False
    step: int | None = None


class Facts(NamedTuple):
    """What a picture is.

    Attributes:
        format: As Pillow names it.
        width: Pixels, as shown.
        height: Pixels, as shown.
        bytes: Of its file.
    """

    format: str
    width: int | None
    height: int | None
    bytes: int


class Preview(NamedTuple):
    """What is known so far; the last of several has ``is_whole``. What is said of the list may come after that.

    Attributes:
        ticket: The wish's.
        source: The wish's.
        before: A PNG file of the original, for showing. It is there until the next wish.
        after: A PNG file of the finished picture, likewise.
        original: What came.
        finished: What comes of it.
        coming: Width and height, pixels, of the picture that comes to the wish's step.
        seconds: What making it took.
        notes: What could not be carried over, a sentence each.
        verdict: Whether what comes is a new file at all.
        error: Why nothing comes of it.
        is_whole: Whether no more is to come of this picture.
        batch: What the recipe makes of the whole list; None as long as that is unknown.
    """

    ticket: int
    source: str
    before: str | None = None
    after: str | None = None
    original: Facts | None = None
    finished: Facts | None = None
    coming: tuple[int, int] | None = None
    seconds: float | None = None
    notes: tuple[str, ...] = ()
    verdict: Verdict = Verdict.NEW
    error: ErrorReport | None = None
    is_whole: bool = False
    batch: BatchEstimate | None = None
