"""Recipes as values: an ordered list of operations and what the output is. Standard library only."""

from enum import Enum
from typing import NamedTuple


class Metadata(Enum):
    """What becomes of EXIF and XMP."""

    KEEP = "keep"
    WITHOUT_GPS = "without-gps"
    STRIP = "strip"


class Fit(NamedTuple):
    """Scale down, if need be, until the picture fits in the box; the aspect ratio stays.

    Attributes:
        width: Of the box, pixels.
        height: Of the box, pixels.
    """

    width: int
    height: int


class Fill(NamedTuple):
    """Crop around the middle to the box's aspect ratio, then scale down, if need be, to the box.

    Attributes:
        width: Of the box, pixels.
        height: Of the box, pixels.
    """

    width: int
    height: int


Operation = Fit | Fill


class Output(NamedTuple):
    """What the finished picture is written as.

    Attributes:
        format: ``keep``, ``keep-for-web`` (kept where browsers show it, else JPEG), ``jpeg``, ``png`` or ``webp``.
        quality: 1 to 100, for JPEG, WebP and AVIF.
        metadata: What becomes of EXIF and XMP.
    """

    format: str = "keep"
    quality: int = 85
    metadata: Metadata = Metadata.KEEP


class Recipe(NamedTuple):
    """What to make of a picture.

    Attributes:
        name: Stable name: lower case, digits, hyphens.
        title: For the screen.
        summary: What it does, one sentence.
        operations: Steps in their order.
        output: What is written; None leaves the file as it is.
    """

    name: str
    title: str
    summary: str
    operations: tuple[Operation, ...] = ()
    output: Output | None = None

    @property
    def changes_pictures(self) -> bool:
        """Whether there is anything to do beside checking."""
        return self.output is not None
