"""Which of the things that a part of a recipe can be told mean anything, given the others. Standard library only.

What is left out here may stand in a file all the same; it changes nothing.
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Final, TypeVar

from core.images.parameters import Box, Parameter, parameters_of
from core.images.recipe import (
    Background,
    Blur,
    Border,
    Crop,
    CropRatio,
    Flip,
    IfLarger,
    Operation,
    Output,
    OutputFormat,
    PictureWatermark,
    Redact,
    RedactMode,
    Resize,
    ResizeMode,
    Rotate,
    RoundedCorners,
    Sharpen,
    Straighten,
    TextWatermark,
    Trim,
)

_P = TypeVar("_P", bound=Operation)

USUAL_SIDE: Final = 1920
"""Pixels, where a size has to be told and nobody has said any."""
MIDDLE: Final[Box] = (40.0, 40.0, 20.0, 20.0)
"""A region to begin with."""

GROUPS: Final[Mapping[str, tuple[type[Operation], ...]]] = {
    "Size and shape": (Resize, Crop, CropRatio, Trim, Rotate, Straighten, Flip, Border),
    "Sharpness": (Sharpen, Blur),
    "On the picture": (TextWatermark, PictureWatermark, Redact, RoundedCorners, Background),
}
"""Operations that belong together; what is in none is about colours."""
COLOURS: Final = "Colours"

_BOTH: Final = ("width", "height", "enlarge")
_OF_MODE: Final[Mapping[ResizeMode, tuple[str, ...]]] = {
    ResizeMode.FIT: _BOTH,
    ResizeMode.FILL: (*_BOTH, "gravity"),
    ResizeMode.STRETCH: _BOTH,
    ResizeMode.PAD: (*_BOTH, "gravity", "color"),
    ResizeMode.LONG_EDGE: ("edge", "enlarge"),
    ResizeMode.SHORT_EDGE: ("edge", "enlarge"),
    ResizeMode.WIDTH: ("width", "enlarge"),
    ResizeMode.HEIGHT: ("height", "enlarge"),
    ResizeMode.PERCENT: ("percent", "enlarge"),
    ResizeMode.MEGAPIXELS: ("megapixels", "enlarge"),
}
_SIZES: Final = frozenset({"width", "height", "edge"})

_FORMAT_MATTERS: Final = frozenset(
    {"quality", "lossless", "progressive", "subsampling", "effort", "least-quality", "animation"}
)
_LOSSY: Final = frozenset({"quality", "least-quality"})
_MODERN: Final = _LOSSY | {"lossless", "effort"}
_MOVING: Final = frozenset({"effort", "animation"})
_OF_FORMAT: Final[Mapping[OutputFormat, frozenset[str]]] = {
    OutputFormat.KEEP: _FORMAT_MATTERS,
    OutputFormat.KEEP_FOR_WEB: _FORMAT_MATTERS,
    OutputFormat.JPEG: _LOSSY | {"progressive", "subsampling", "effort"},
    OutputFormat.PNG: _MOVING,
    OutputFormat.WEBP: _MODERN | {"animation"},
    OutputFormat.AVIF: _MODERN | {"animation", "subsampling"},
    OutputFormat.TIFF: frozenset({"effort"}),
    OutputFormat.GIF: frozenset({"animation"}),
    OutputFormat.JPEG2000: _LOSSY | {"lossless"},
    OutputFormat.PDF: _LOSSY | {"subsampling"},
    OutputFormat.HEIF: _MODERN | {"subsampling"},
    OutputFormat.JXL: _MODERN,
}
_OF_LOSS: Final = frozenset({"quality", "least-quality", "subsampling"})
_METADATA: Final = frozenset({"exif", "xmp", "iptc", "gps", "copyright"})
_WITHOUT_METADATA: Final = frozenset({OutputFormat.GIF, OutputFormat.BMP, OutputFormat.ICO, OutputFormat.PDF})


def all_asked(kind: type[Operation] | type[Output]) -> tuple[Parameter, ...]:
    """All that a kind of part may have to be asked; sizes are never optional: they are asked where they are needed."""
    return tuple(
        one._replace(is_optional=False, default=USUAL_SIDE) if kind is Resize and one.name in _SIZES else one
        for one in parameters_of(kind)
    )


def asked_of(part: Operation | Output) -> tuple[Parameter, ...]:
    """What a part of a recipe has to be asked: what means anything as the rest of it stands."""
    return tuple(one for one in all_asked(type(part)) if _matters(part, one.name))


def begun(kind: type[Operation]) -> Operation:
    """An operation to begin with: what has to be told is told, as far as anybody can guess it."""
    if kind is Redact:
        return Redact((MIDDLE,))
    return completed(kind())


def completed(part: _P) -> _P:
    """The same with sizes where its mode needs some and has none."""
    if not isinstance(part, Resize):
        return part
    needed = _SIZES.intersection(_OF_MODE[part.mode])
    usual = part.edge or max(part.width or 0, part.height or 0) or USUAL_SIDE
    return replace(part, **{name: usual for name in needed if getattr(part, name) is None})  # type: ignore[arg-type]  # whole numbers all


def group_of(kind: type[Operation]) -> str:
    """The title under which an operation stands in a list of all."""
    return next((title for title, kinds in GROUPS.items() if kind in kinds), COLOURS)


def shapes(kind: type[Operation]) -> bool:
    """Whether an operation is about the size and shape of the picture rather than what it looks like."""
    return kind in GROUPS["Size and shape"]


def _matters(part: Operation | Output, name: str) -> bool:
    match part:
        case Output():
            return _matters_to_output(part, name)
        case Resize():
            return name in {"mode", "accurate", *_OF_MODE[part.mode]}
        case TextWatermark() | PictureWatermark():
            return not (part.tiled and name in {"gravity", "margin"})
        case Straighten():
            return not (part.cut and name == "color")
        case Redact():
            return part.mode is RedactMode.FILL or name != "color"
    return True


def _matters_to_output(output: Output, name: str) -> bool:
    if name in _METADATA:
        return output.format not in _WITHOUT_METADATA
    if name == "least-saving":
        return output.if_larger is not IfLarger.KEEP_NEW
    if name not in _FORMAT_MATTERS:
        return True
    if name == "least-quality" and output.target_size is None:
        return False
    knows = _OF_FORMAT.get(output.format, frozenset())
    if output.lossless and "lossless" in knows and output.format in _ONLY_BY_WISH and name in _OF_LOSS:
        return False
    return name in knows


# Of a format that is kept, JPEG may be one, which is never without loss.
_ONLY_BY_WISH: Final = frozenset(_OF_FORMAT) - {OutputFormat.KEEP, OutputFormat.KEEP_FOR_WEB}
