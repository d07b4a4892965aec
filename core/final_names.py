"""What finished files are called."""

from pathlib import PurePath
from typing import Final

from core.downloads.filename import safe_name
from core.images.formats import FORMATS, is_picture_name
from core.images.recipe import Recipe

ORIGINALS: Final = "originals"


def expected_name(name: str, recipe: Recipe) -> str:
    """What the finished file will be called, as far as it can be known before the download."""
    written = recipe.output.format.upper() if recipe.output else ""
    return finished_name(name, written) if written in FORMATS else safe_name(name)


def finished_name(name: str, picture_format: str) -> str:
    """The picture's name with the extension of its format; one that is right already stays as it is written."""
    safe = safe_name(name) or "picture"
    extensions = FORMATS[picture_format].extensions
    suffix = PurePath(safe).suffix
    if suffix.lower() in extensions:
        return safe
    stem = safe.removesuffix(suffix) if is_picture_name(safe) else safe
    return stem + extensions[0]
