"""Animations: how many frames, how long each is shown, and all of them one after another, within bounds.

Every frame is decoded, worked on and let go before the next: what is held is what they come to.
"""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from PIL import Image, ImageFile

from core.errors import PictureTooLargeError
from core.images import notes
from core.images.colour import Shaped
from core.images.encoders import ENCODERS
from core.images.frames import FOREVER, Frames
from core.images.geometry import Size
from core.images.reading import most_pixels
from core.images.recipe import Animation, Output
from core.images.structure import Layout
from core.images.writing import target_format

MOST_FRAMES: Final = 2_000
"""The limit for frames that are kept."""

MOST_FRAME_PIXELS: Final = 500_000_000
"""The limit for all of them together as they come; for what they become it is that of a single picture."""

_HOLDS_FRAMES: Final = frozenset(name for name, one in ENCODERS.items() if one.animates)

_UNSAID: Final = 100  # milliseconds, as browsers have it


class Still(NamedTuple):
    """One frame.

    Attributes:
        image: As it is seen, laid over those before it.
        duration: How long it is shown, milliseconds.
    """

    image: Image.Image
    duration: int


def frame_count(image: ImageFile.ImageFile, name: str, found: Layout) -> int:
    """How many frames an animation has, without decoding them; 1 for a still picture.

    Args:
        image: As opened.
        name: Its format.
        found: How the file is laid out.
    """
    if name == "GIF":
        return found.frames
    if name not in _HOLDS_FRAMES:
        return 1
    return max(1, int(getattr(image, "n_frames", 1)) - _skipped(image))


def keeps_frames(count: int, source: str, output: Output) -> bool:
    """Whether a finished picture is an animation.

    Args:
        count: Frames of the original.
        source: Its format.
        output: What is wanted.
    """
    if count == 1 or output.animation is Animation.FIRST:
        return False
    return target_format(source, output.format, alpha=True) in _HOLDS_FRAMES


def require_bounded(count: int, size: Size, finished: Sequence[Size]) -> None:
    """Refuse animations that would take minutes and gigabytes.

    Args:
        count: Frames.
        size: Of each, pixels.
        finished: What they become in each output that keeps them, pixels.

    Raises:
        PictureTooLargeError: That is so.
    """
    after = sum(count * width * height for width, height in finished)
    if count > MOST_FRAMES or count * size[0] * size[1] > MOST_FRAME_PIXELS or after > most_pixels():
        raise PictureTooLargeError(
            f"The animation has {count:,} frames of {size[0]} x {size[1]} pixels, which is too much.",
            "Choose a recipe that keeps only the first frame, or makes it smaller.",
        )


def stills(image: ImageFile.ImageFile, count: int) -> Iterator[Still]:
    """All frames in their order, or the picture itself where there is one.

    Raises:
        OSError: And the like, as Pillow raises for damage: see ``reading.explained``.
    """
    if count == 1:
        yield Still(image, 0)
        return
    for number in range(_skipped(image), count + _skipped(image)):
        image.seek(number)
        image.load()
        yield Still(image.copy(), round(image.info.get("duration") or 0) or _UNSAID)


def loop_of(image: ImageFile.ImageFile) -> int:
    """How often an animation is played; 0 is for ever.

    A GIF says how often it is repeated, and one that says nothing is played once (Netscape's extension).
    """
    loop = image.info.get("loop")
    if image.format == "GIF":
        return 1 if loop is None else FOREVER if loop == 0 else int(loop) + 1
    return FOREVER if loop is None else int(loop)


def gathered(made: Sequence[Shaped], durations: Sequence[int], loop: int) -> tuple[Frames, tuple[str, ...]]:
    """Frames that have been worked on, made alike, and what is to be said of them.

    Args:
        made: At least one.
        durations: How long each is shown, milliseconds.
        loop: As :func:`loop_of` says.
    """
    images = [one.image for one in made]
    told = [note for one in made for note in one.notes]
    if len(images) == 1:
        return Frames((images[0],)), tuple(dict.fromkeys(told))
    if len({image.size for image in images}) > 1:
        return Frames((images[0],)), tuple(dict.fromkeys((*told, notes.UNEQUAL_FRAMES)))
    modes = {image.mode for image in images}
    if len(modes) > 1:
        mode = "RGBA" if modes & {"LA", "RGBA"} else "RGB"
        images = [image.convert(mode) for image in images]
    return Frames(tuple(images), tuple(durations), loop), tuple(dict.fromkeys(told))


def _skipped(image: Image.Image) -> int:
    """Frames that are none: a PNG may have a picture for those that cannot show animations."""
    return int(bool(image.info.get("default_image")))
