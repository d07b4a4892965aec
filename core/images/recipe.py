"""Recipes as values: an ordered list of operations and what the outputs are. Standard library only.

Pictures are turned upright before the first operation; sizes and places mean the picture as people see it.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Final

from core.images.parameters import (
    Box,
    boxes,
    choice,
    color,
    file,
    flag,
    number,
    text,
    whole,
    whole_or_none,
)
from core.images.whole_recipe import Recipe as Recipe  # noqa: PLC0414  # to be had from here as well, with its parts

LONGEST_SIDE: Final = 65_535
ORIGINAL: Final = "original"  # an output that is the picture as it came, where it says nothing else


class ResizeMode(Enum):
    """How the new size is told."""

    FIT = "fit"  # inside width x height, the aspect ratio stays
    FILL = "fill"  # exactly width x height, what sticks out is cut off
    STRETCH = "stretch"  # exactly width x height, the aspect ratio goes
    PAD = "pad"  # inside width x height, and margins up to it
    LONG_EDGE = "long-edge"
    SHORT_EDGE = "short-edge"
    WIDTH = "width"
    HEIGHT = "height"
    PERCENT = "percent"
    MEGAPIXELS = "megapixels"


class Gravity(Enum):
    """Where in a picture."""

    CENTER = "center"
    TOP = "top"
    BOTTOM = "bottom"
    LEFT = "left"
    RIGHT = "right"
    TOP_LEFT = "top-left"
    TOP_RIGHT = "top-right"
    BOTTOM_LEFT = "bottom-left"
    BOTTOM_RIGHT = "bottom-right"


class Turn(Enum):
    """A quarter of a turn, or two or three, clockwise."""

    RIGHT = "90"
    HALF = "180"
    LEFT = "270"


class Axis(Enum):
    """What changes places."""

    HORIZONTAL = "horizontal"  # left and right
    VERTICAL = "vertical"  # top and bottom


class RedactMode(Enum):
    """How a region is made unreadable."""

    FILL = "fill"
    PIXELATE = "pixelate"
    BLUR = "blur"


@dataclass(frozen=True, slots=True)
class Resize:
    """Scale to a size."""

    mode: ResizeMode = choice("How", ResizeMode.FIT)
    width: int | None = whole_or_none("Width", 1, LONGEST_SIDE)
    height: int | None = whole_or_none("Height", 1, LONGEST_SIDE)
    edge: int | None = whole_or_none("Edge", 1, LONGEST_SIDE)
    percent: float = number("Percent", 100.0, 0.1, 1000.0, "%")
    megapixels: float = number("Megapixels", 2.0, 0.01, 250.0, "MP")
    enlarge: bool = flag("Enlarge what is smaller", default=False)
    gravity: Gravity = choice("Place", Gravity.CENTER)
    color: str = color("Margins", "#ffffff")
    accurate: bool = flag("In linear light (slower, truer)", default=False)


@dataclass(frozen=True, slots=True)
class Crop:
    """Cut out a part of so many pixels."""

    width: int = whole("Width", 1000, 1, LONGEST_SIDE)
    height: int = whole("Height", 1000, 1, LONGEST_SIDE)
    gravity: Gravity = choice("From", Gravity.CENTER)
    x: int = whole("Right by", 0, -LONGEST_SIDE, LONGEST_SIDE)
    y: int = whole("Down by", 0, -LONGEST_SIDE, LONGEST_SIDE)


@dataclass(frozen=True, slots=True)
class CropRatio:
    """Cut to an aspect ratio."""

    width: float = number("Width", 1.0, 0.01, 1000.0)
    height: float = number("Height", 1.0, 0.01, 1000.0)
    gravity: Gravity = choice("Keep", Gravity.CENTER)


@dataclass(frozen=True, slots=True)
class Trim:
    """Cut off borders of one colour."""

    tolerance: float = number("Tolerance", 5.0, 0.0, 100.0, "%")


@dataclass(frozen=True, slots=True)
class Rotate:
    """Turn by quarters, without loss."""

    turn: Turn = choice("Clockwise", Turn.RIGHT)


@dataclass(frozen=True, slots=True)
class Straighten:
    """Turn by any angle."""

    degrees: float = number("Clockwise", 0.0, -180.0, 180.0, "°")
    color: str = color("Corners", "#ffffff")
    cut: bool = flag("Cut the corners off", default=False)


@dataclass(frozen=True, slots=True)
class Flip:
    """Mirror."""

    axis: Axis = choice("Axis", Axis.HORIZONTAL)


@dataclass(frozen=True, slots=True)
class Sharpen:
    """Sharpen, best after scaling down (unsharp mask)."""

    amount: float = number("Amount", 60.0, 0.0, 500.0, "%")
    radius: float = number("Radius", 0.7, 0.1, 20.0, "px")
    threshold: int = whole("Threshold", 2, 0, 255, "")


@dataclass(frozen=True, slots=True)
class Blur:
    """Blur (Gauss)."""

    radius: float = number("Radius", 2.0, 0.1, 250.0, "px")


@dataclass(frozen=True, slots=True)
class Adjust:
    """Brightness, contrast, saturation and gamma."""

    brightness: float = number("Brightness", 0.0, -100.0, 100.0, "%")
    contrast: float = number("Contrast", 0.0, -100.0, 100.0, "%")
    saturation: float = number("Saturation", 0.0, -100.0, 100.0, "%")
    gamma: float = number("Gamma", 1.0, 0.1, 10.0)


@dataclass(frozen=True, slots=True)
class AutoContrast:
    """Use the whole range from black to white."""

    cutoff: float = number("Ignore at each end", 0.5, 0.0, 20.0, "%")


@dataclass(frozen=True, slots=True)
class Greyscale:
    """Take the colours away."""


@dataclass(frozen=True, slots=True)
class Sepia:
    """Colour like an old photograph."""

    strength: float = number("Strength", 100.0, 0.0, 100.0, "%")


@dataclass(frozen=True, slots=True)
class Border:
    """Add a border around the picture."""

    width: float = number("Width", 2.0, 0.0, 100.0, "% of the short edge")
    color: str = color("Colour", "#ffffff")


@dataclass(frozen=True, slots=True)
class Background:
    """Lay what is transparent on a colour."""

    color: str = color("Colour", "#ffffff")


@dataclass(frozen=True, slots=True)
class RoundedCorners:
    """Round the corners off, transparent behind."""

    radius: float = number("Radius", 5.0, 0.0, 50.0, "% of the short edge")


@dataclass(frozen=True, slots=True)
class TextWatermark:
    """Write on the picture."""

    text: str = text("Text", "© {year} {name}")
    font: str = file("Font")
    size: float = number("Size", 4.0, 0.5, 100.0, "% of the short edge")
    color: str = color("Colour", "#ffffff")
    opacity: float = number("Opacity", 60.0, 0.0, 100.0, "%")
    gravity: Gravity = choice("Place", Gravity.BOTTOM_RIGHT)
    margin: float = number("Margin", 2.0, 0.0, 50.0, "% of the short edge")
    tiled: bool = flag("All over the picture", default=False)


@dataclass(frozen=True, slots=True)
class PictureWatermark:
    """Lay a picture on the picture."""

    picture: str = file("Picture")
    size: float = number("Width", 15.0, 0.5, 100.0, "% of the picture's")
    opacity: float = number("Opacity", 60.0, 0.0, 100.0, "%")
    gravity: Gravity = choice("Place", Gravity.BOTTOM_RIGHT)
    margin: float = number("Margin", 2.0, 0.0, 50.0, "% of the short edge")
    tiled: bool = flag("All over the picture", default=False)


@dataclass(frozen=True, slots=True)
class Redact:
    """Make regions unreadable for good. The original in originals/ still shows them: keep none if that matters."""

    regions: tuple[Box, ...] = boxes("Regions")
    mode: RedactMode = choice("How", RedactMode.FILL)
    color: str = color("Colour", "#000000")


Operation = (
    Resize | Crop | CropRatio | Trim | Rotate | Straighten | Flip | Sharpen | Blur | Adjust | AutoContrast
    | Greyscale | Sepia | Border | Background | RoundedCorners | TextWatermark | PictureWatermark | Redact
)  # fmt: skip

OPERATIONS: Final[dict[str, type[Operation]]] = {
    "resize": Resize,
    "crop": Crop,
    "crop-ratio": CropRatio,
    "trim": Trim,
    "rotate": Rotate,
    "straighten": Straighten,
    "flip": Flip,
    "sharpen": Sharpen,
    "blur": Blur,
    "adjust": Adjust,
    "auto-contrast": AutoContrast,
    "greyscale": Greyscale,
    "sepia": Sepia,
    "border": Border,
    "background": Background,
    "rounded-corners": RoundedCorners,
    "text-watermark": TextWatermark,
    "picture-watermark": PictureWatermark,
    "redact": Redact,
}
"""By the type that stands in the file."""


class OutputFormat(Enum):
    """What a finished picture is written as."""

    KEEP = "keep"  # as it came, where we write that
    KEEP_FOR_WEB = "keep-for-web"  # as it came, where browsers show it, else JPEG
    JPEG = "jpeg"
    PNG = "png"
    WEBP = "webp"
    AVIF = "avif"
    TIFF = "tiff"
    GIF = "gif"
    JPEG2000 = "jpeg2000"
    BMP = "bmp"
    ICO = "ico"
    PDF = "pdf"
    HEIF = "heif"
    JXL = "jxl"


class Keeping(Enum):
    """What becomes of one kind of metadata."""

    KEEP = "keep"
    STRIP = "strip"


class Colours(Enum):
    """What becomes of a colour profile."""

    SRGB = "srgb"  # converted
    KEEP = "keep"  # as it is, with its profile


class Subsampling(Enum):
    """How fine colours are beside brightness, in JPEG and AVIF."""

    AUTO = "auto"  # 4:4:4 from quality 90 on
    FULL = "4:4:4"
    HALF = "4:2:2"
    QUARTER = "4:2:0"


class Animation(Enum):
    """What becomes of frames behind the first."""

    KEEP = "keep"
    FIRST = "first-frame"


class IfLarger(Enum):
    """What becomes of a finished picture that is not smaller than the original."""

    KEEP_NEW = "keep-new"
    KEEP_ORIGINAL = "keep-original"
    SKIP = "skip"


@dataclass(frozen=True, slots=True)
class Output:
    """What a finished picture is written as.

    Attributes:
        name: Of the output, in file names and reports; empty where it is the only one.
        operations: After the recipe's own, for this output alone.
    """

    name: str = ""
    operations: tuple[Operation, ...] = field(default=())
    format: OutputFormat = choice("Format", OutputFormat.KEEP)
    quality: int = whole("Quality", 85, 1, 100, "")
    lossless: bool = flag("Lossless (WebP, AVIF, JPEG XL, JPEG 2000)", default=False)
    progressive: bool = flag("Progressive (JPEG)", default=True)
    subsampling: Subsampling = choice("Colour resolution", Subsampling.AUTO)
    effort: int | None = whole_or_none("Effort", 0, 10, "")
    target_size: int | None = whole_or_none("Largest file", 1_000, 1_000_000_000, "bytes")
    least_quality: int = whole("Quality not below", 40, 1, 100, "")
    if_larger: IfLarger = choice("If it gets no smaller", IfLarger.KEEP_NEW)
    least_saving: float = number("Smaller by at least", 0.0, 0.0, 99.0, "%")
    exif: Keeping = choice("EXIF", Keeping.KEEP)
    xmp: Keeping = choice("XMP", Keeping.KEEP)
    iptc: Keeping = choice("IPTC", Keeping.KEEP)
    gps: Keeping = choice("Where it was taken", Keeping.KEEP)
    copyright: Keeping = choice("Copyright and author", Keeping.KEEP)
    colors: Colours = choice("Colours", Colours.SRGB)
    animation: Animation = choice("Animation", Animation.KEEP)
    names: str = text("File name", "")

    @property
    def is_original(self) -> bool:
        """Whether it is the picture as it came, which is kept in its place rather than made."""
        return self.name == ORIGINAL and self.format is OutputFormat.KEEP and not self.operations

    @property
    def is_for_web(self) -> bool:
        """Whether the format stays where browsers show it, and is another one elsewhere."""
        return self.format is OutputFormat.KEEP_FOR_WEB
