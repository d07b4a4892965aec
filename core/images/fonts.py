"""Fonts for text watermarks: the one that a recipe names, or ours, or one of the system's that has the letters."""

import os
import unicodedata
from functools import lru_cache
from importlib import resources
from typing import Final

from PIL import ImageFont

from core.errors import RecipeError, UnreadableSourceError
from core.images.reading import source_file

# Pillow's own has not even é. Behind ours: for Chinese, Japanese and Korean, under Linux, Windows and macOS.
_SYSTEM: Final = (
    "NotoSansCJK-Regular.ttc",
    "DroidSansFallbackFull.ttf",
    "msyh.ttc",
    "malgun.ttf",
    "Arial Unicode.ttf",
)
_PROBE_SIZE: Final = 24
_LARGEST: Final = 4000  # pixels; FreeType refuses a little above
_HINT: Final = "Name a font file (.ttf or .otf) that has these letters in the recipe's font."
_NOWHERE: Final = (
    "\U0010ffff"  # no character for ever (Unicode 16, section 23.7), so what a font shows for none
)
# Spaces, and what only says something about letters, need no picture.
_INVISIBLE: Final = frozenset({"Zs", "Zl", "Zp", "Cc", "Cf", "Mn"})


def font_for(text: str, path: str, size: float) -> ImageFont.FreeTypeFont:
    """A font that has all letters of a text.

    Args:
        text: To be written.
        path: Of the font file; empty for any.
        size: Pixels an em; what no font can do is brought to what they can.

    Raises:
        RecipeError: The file is no font, or there is none with these letters.
    """
    stamp = _stamp(path) if path else None
    return _chosen(frozenset(text), path, stamp).font_variant(size=min(max(1.0, size), _LARGEST))


def _stamp(path: str) -> tuple[int, int] | None:
    """By what a font's file is known as the same; None where there is none."""
    try:
        status = os.stat(path)  # noqa: PTH116  # a string path as it came
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size


@lru_cache(maxsize=64)
def _chosen(
    letters: frozenset[str], path: str, stamp: tuple[int, int] | None = None
) -> ImageFont.FreeTypeFont:
    if path:
        font = _named(path, stamp)
        try:
            lacking = _lacking(font, letters)
        except OSError as error:  # it is damaged where the letters are
            raise RecipeError(f"The font {path} cannot be used: {error}.", _HINT) from error
        if lacking:
            raise RecipeError(f"The font {path} has no {lacking!r}.", _HINT)
        return font
    ours = _named(str(resources.files("resources") / "fonts" / "DejaVuSans.ttf"))
    lacking = _lacking(ours, letters)
    for name in _SYSTEM if lacking else ():
        found = _of_system(name)
        if found is not None and not _lacking(found, letters):
            return found
    if lacking:
        raise RecipeError(f"No font was found that has {lacking!r}.", _HINT)
    return ours


@lru_cache(maxsize=8)
def _named(path: str, stamp: tuple[int, int] | None = None) -> ImageFont.FreeTypeFont:
    del stamp  # another file of that name is another font
    hint = "Name a .ttf or .otf file in the recipe's font."
    # Opened here: Pillow would look for the name in the system's folders where there is no such file.
    try:
        with source_file(path) as file:
            return ImageFont.truetype(file, _PROBE_SIZE)
    except UnreadableSourceError as error:
        raise RecipeError(f"The font cannot be read: {error.message}", hint) from error
    except (OSError, ValueError) as error:
        raise RecipeError(f"The font {path} cannot be used: {error}.", hint) from error


@lru_cache(maxsize=8)
def _of_system(name: str) -> ImageFont.FreeTypeFont | None:
    try:
        return ImageFont.truetype(name, _PROBE_SIZE)
    except OSError:
        return None


def _lacking(font: ImageFont.FreeTypeFont, letters: frozenset[str]) -> str:
    """Those letters that would become boxes, in order."""
    box = _shape(font, _NOWHERE)
    visible = (letter for letter in sorted(letters) if unicodedata.category(letter) not in _INVISIBLE)
    return "".join(letter for letter in visible if _shape(font, letter) == box)


def _shape(font: ImageFont.FreeTypeFont, letter: str) -> tuple[tuple[int, int], bytes]:
    mask = font.getmask(letter)
    return mask.size, bytes(mask)
