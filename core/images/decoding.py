"""From an open file to decoded pixels: the header first, then no more of the picture than its outputs need."""

from collections.abc import Callable, Sequence
from io import BufferedReader
from typing import NamedTuple

from PIL import ImageChops, ImageFile

from core.images import notes
from core.images.animation import frame_count
from core.images.described import heed_description
from core.images.extras import extras_of
from core.images.geometry import Plan, Size, draft_size, folded, scaled
from core.images.metadata import orientation_of
from core.images.reading import open_picture, require_whole
from core.images.recipe import Operation
from core.images.structure import Layout


class Original(NamedTuple):
    """A source that is open and whose format is known.

    Attributes:
        file: Open.
        format: A key of ``FORMATS``.
        found: How the file is laid out.
        stamp: Size and date, by which a change is noticed.
    """

    file: BufferedReader
    format: str
    found: Layout
    stamp: tuple[int, int]


class Wish(NamedTuple):
    """What one output wants of the decoded picture.

    Attributes:
        plan: For the picture as it was decoded.
        rest: The operations that are left after it.
    """

    plan: Plan
    rest: tuple[Operation, ...]


class Decoded(NamedTuple):
    """A picture whose pixels are there.

    Attributes:
        image: Its first frame, as it is stored; JPEGs perhaps at a fraction of their size.
        wishes: What each output wants of it.
        size: Of the whole picture as people see it, pixels.
        frames: How many more or less equal ones it has; pages and other pictures are none.
        notes: What is lost already.
    """

    image: ImageFile.ImageFile
    wishes: tuple[Wish, ...]
    size: Size
    frames: int
    notes: tuple[str, ...]


def decoded(
    original: Original,
    outputs: Sequence[Sequence[Operation]],
    admit: Callable[[ImageFile.ImageFile, Sequence[Wish], int], None],
) -> Decoded:
    """Decode a picture once, for all outputs.

    Args:
        original: Open.
        outputs: The operations of each.
        admit: Asked before the picture is decoded, when its size and its number of frames are known; raises what speaks against it.

    Raises:
        UnsupportedPictureError: Recipes cannot read it.
        PictureTooLargeError: It has too many pixels.
        TruncatedPictureError: It ends too early.
        OSError: And the like, as Pillow raises for damage: see ``reading.explained``.
    """
    image = open_picture(original.file, original.format, original.found)
    if original.format == "PNG":
        admit(image, (), 1)  # it is decoded to its end by whoever asks for its orientation
    frames = frame_count(image, original.format, original.found)
    told = (*heed_description(image), *_depth_note(image), *_pages_note(original))
    told += extras_of(original.file, original.format, image)
    size, orientation, shown = image.size, orientation_of(image), shown_size(image)
    wishes = [Wish(*folded(size, operations, orientation)) for operations in outputs]
    least = [draft_size(size, wish.plan) for wish in wishes]
    drafted = image.draft(None, (max(size[0] for size in least), max(size[1] for size in least)))
    admit(image, wishes, frames)
    image.load()
    if image.mode == "CMYK" and original.format == "JPEG" and "adobe" not in image.info:
        image.paste(ImageChops.invert(image))  # Pillow takes all for Adobe's, which are upside down
    require_whole(original.format, original.found)
    if drafted is not None:
        _, (_, _, right, bottom) = drafted
        wishes = [wish._replace(plan=scaled(wish.plan, right / size[0], bottom / size[1])) for wish in wishes]
    return Decoded(image, tuple(wishes), shown, frames, told)


def shown_size(image: ImageFile.ImageFile) -> Size:
    """Width and height as people see it, pixels."""
    return image.size[::-1] if orientation_of(image) >= 5 else image.size  # see orientation_of


def _pages_note(original: Original) -> tuple[str, ...]:
    return (notes.FIRST_PAGE,) if original.format == "TIFF" and original.found.frames > 1 else ()


def _depth_note(image: ImageFile.ImageFile) -> tuple[str, ...]:
    """Pillow reads colours of 16 bits as 8 and says so in the decoder's raw mode only, before loading."""
    if image.mode.startswith("I"):
        return ()  # greys stay as they are until it is known what becomes of them
    raw_modes = (tile.args[0] if isinstance(tile.args, tuple) else tile.args for tile in image.tile)
    return (notes.SIXTEEN_BIT,) if any(";16" in str(mode) for mode in raw_modes) else ()
