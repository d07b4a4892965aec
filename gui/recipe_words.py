"""What the parts of a recipe are called on the screen. Pure functions."""

import re
from collections.abc import Collection
from enum import Enum
from typing import Final

from core.images.parameters import Kind, Parameter, parameters_of
from core.images.recipe import (
    OPERATIONS,
    Crop,
    CropRatio,
    Operation,
    Output,
    OutputFormat,
    Recipe,
    Resize,
    ResizeMode,
)
from core.images.relevance import asked_of

_NAMES: Final = {kind: name for name, kind in OPERATIONS.items()}
_SIGNS: Final = {
    "jpeg": "JPEG",
    "png": "PNG",
    "webp": "WebP",
    "avif": "AVIF",
    "tiff": "TIFF",
    "gif": "GIF",
    "jpeg2000": "JPEG 2000",
    "bmp": "BMP",
    "ico": "ICO",
    "pdf": "PDF",
    "heif": "HEIC",
    "jxl": "JPEG XL",
    "keep": "Keep",
    "keep-for-web": "Keep for the web",
    "keep-new": "Keep the new file",
    "keep-original": "Keep the original",
    "skip": "Make none",
    "srgb": "Convert to sRGB",
    "90": "90° to the right",
    "180": "180°",
    "270": "90° to the left",
    "strip": "Remove",
    "center": "Middle",
}
_MODES: Final = {
    ResizeMode.FIT: "fit in {width} \N{MULTIPLICATION SIGN} {height}",
    ResizeMode.FILL: "fill {width} \N{MULTIPLICATION SIGN} {height}",
    ResizeMode.STRETCH: "stretch to {width} \N{MULTIPLICATION SIGN} {height}",
    ResizeMode.PAD: "pad to {width} \N{MULTIPLICATION SIGN} {height}",
    ResizeMode.LONG_EDGE: "long edge {edge} px",
    ResizeMode.SHORT_EDGE: "short edge {edge} px",
    ResizeMode.WIDTH: "width {width} px",
    ResizeMode.HEIGHT: "height {height} px",
    ResizeMode.PERCENT: "to {percent:g} %",
    ResizeMode.MEGAPIXELS: "to {megapixels:g} MP",
}
_LONGEST_SUMMARY: Final = 200
_MOST_TOLD: Final = 3
_NEUTRAL: Final = (0, 1)


def operation_title(kind: type[Operation]) -> str:
    """``Auto contrast``."""
    return _NAMES[kind].replace("-", " ").capitalize()


def operation_tip(kind: type[Operation]) -> str:
    """What it does, one sentence."""
    return (kind.__doc__ or "").partition("\n")[0]


def choice_title(value: object) -> str:
    """One of a few values: ``JPEG``, ``Long edge``."""
    text = str(value.value if isinstance(value, Enum) else value)
    return _SIGNS.get(text, text.replace("-", " ").capitalize())


def operation_words(operation: Operation) -> str:
    """What it is told, in a few words: what is as it is usually is left out."""
    if isinstance(operation, CropRatio):
        return f"{operation.width:g} : {operation.height:g}, {choice_title(operation.gravity).lower()}"
    if isinstance(operation, Crop):
        size = f"{operation.width} \N{MULTIPLICATION SIGN} {operation.height} px"
        moved = ", moved" if operation.x or operation.y else ""
        return f"{size}, {choice_title(operation.gravity).lower()}{moved}"
    if isinstance(operation, Resize):
        values = {one.name: getattr(operation, one.name) for one in parameters_of(Resize)}
        return _MODES[operation.mode].format(**values).capitalize()
    asked = asked_of(operation)
    told = [_told(one, _value(operation, one)) for one in asked]
    text = ", ".join(list(filter(None, told))[:_MOST_TOLD])
    return f"{text[:1].upper()}{text[1:]}" or operation_tip(type(operation))


def output_title(output: Output) -> str:
    """Its name, or its format where it has none."""
    return output.name or _format(output)


def output_words(output: Output) -> str:
    """``WebP, quality 80, at most 500 KB``; without the format where that is its title."""
    names = {one.name for one in asked_of(output)}
    words = [_format(output)] if output.name else []
    if output.lossless and "lossless" in names:
        words.append("lossless")
    elif "quality" in names:
        words.append(f"quality {output.quality}")
    if output.target_size is not None:
        words.append(f"at most {output.target_size / 1000:g} KB")
    text = ", ".join(words)
    return f"{text[:1].upper()}{text[1:]}" if text else "As the format has it"


def recipe_words(recipe: Recipe) -> str:
    """What the whole recipe does, for a recipe that has no summary of its own."""
    steps = [f"{operation_title(type(one))}: {operation_words(one)}" for one in recipe.operations]
    steps += [f"{output_title(one)}: {output_words(one)}" for one in recipe.outputs]
    text = "; ".join(steps)
    text = text if len(text) <= _LONGEST_SUMMARY else f"{text[: _LONGEST_SUMMARY - 1]}…"
    return f"{text}." if text else "Nothing is changed."


def name_from(title: str, taken: Collection[str]) -> str:
    """A stable name for a title, lower case with hyphens, that none of those taken is."""
    name = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-") or "recipe"
    number, found = 2, name
    while found in taken:
        found, number = f"{name}-{number}", number + 1
    return found


def problem_words(message: str) -> str:
    """What the reader of recipes says, in the words of the editor: ``Step 2, picture must be ...``."""
    words = re.sub(r"^.*?(?:, line \d+)?: ", "", message, count=1)
    words = re.sub(r"\boutputs\[(\d+)\]\.operations\[(\d+)\]\.?", r"Step \2 of output \1, ", words)
    words = re.sub(r"\boperations\[(\d+)\]\.?", r"Step \1, ", words)
    words = re.sub(r", (\w+s) must be .*; it is missing\.$", r" needs \1.", words)
    words = re.sub(r", (\w+) must be .*; it is missing\.$", r" needs a \1.", words)
    return re.sub(r"\boutputs\[(\d+)\]\.?", r"Output \1, ", words)


def unit_words(about: Parameter) -> tuple[str, str]:
    """What stands right behind a number, and what has to be said beside it: ``%`` and ``of the short edge``."""
    if about.unit == "bytes":
        return "KB", ""
    if about.kind is Kind.BOXES:
        return "", "% of the picture"
    sign, _, rest = about.unit.partition(" ")
    return sign, rest


def _format(output: Output) -> str:
    return "Same format" if output.format is OutputFormat.KEEP else choice_title(output.format)


def _value(operation: Operation, about: Parameter) -> object:
    return getattr(operation, about.name.replace("-", "_"))


def _told(about: Parameter, value: object) -> str:
    match value:
        case bool():
            return about.title.lower() if value else ""
        case Enum():
            return choice_title(value).lower()
        case int() | float():
            return _number(about, value)
        case tuple():
            return f"{len(value)} {'region' if len(value) == 1 else 'regions'}"
    name = str(value).rpartition("/")[2]
    return f"“{value}”" if about.kind is Kind.TEXT else name


def _number(about: Parameter, value: float) -> str:
    if value == about.default and value in _NEUTRAL:
        return ""
    sign, _ = unit_words(about)
    return f"{about.title.lower()} {value:g}{' ' if sign.isalpha() or sign == '%' else ''}{sign}"
