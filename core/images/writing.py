"""Finished pictures: which format, in what mode, and onto the disk whole or not at all.

A profile is embedded only where the original had one: without, colours are sRGB (CSS Color 4, section 13).
"""

import errno
import os
from contextlib import suppress
from typing import Final

from PIL import Image

from core.errors import DestinationError, DiskFullError, StorageError
from core.images import notes
from core.images.colour import Shaped, flattened, resizable
from core.images.encoders import ENCODERS
from core.images.formats import FORMATS
from core.images.limits import require_sides
from core.images.recipe import OutputFormat

_HALF_ALPHA: Final = 128


def target_format(source: str, wanted: OutputFormat, *, alpha: bool) -> str:
    """Which format the finished picture is of.

    Args:
        source: The original's, a key of ``FORMATS``.
        wanted: As in :class:`~core.images.recipe.Output`.
        alpha: Whether the picture is transparent anywhere.
    """
    if wanted not in (OutputFormat.KEEP, OutputFormat.KEEP_FOR_WEB):
        return str(wanted.value).upper()
    original = FORMATS[source]
    if wanted is OutputFormat.KEEP_FOR_WEB and not original.is_for_web:
        return "JPEG"
    if original.is_written:
        return source
    return "PNG" if alpha else "JPEG"


def can_hold(name: str, mode: str) -> bool:
    """Whether a format stores pictures of that mode as they are."""
    return mode in ENCODERS[name].modes


def shaped_for(image: Image.Image, name: str) -> Shaped:
    """Bring a picture to a mode that the format can hold.

    Raises:
        PictureTooLargeError: A side is longer than the format allows.
    """
    require_sides(image.size, name)
    if can_hold(name, image.mode):
        return Shaped(image)
    if image.mode.startswith("I;16"):
        shaped = resizable(image)
        return Shaped(shaped_for(shaped.image, name).image, shaped.notes)
    if not FORMATS[name].has_alpha:
        flat = flattened(image)
        return flat if can_hold(name, flat.image.mode) else Shaped(flat.image.convert("RGB"), flat.notes)
    if name == "GIF":
        return _paletted(image)
    return Shaped(image.convert("RGBA" if image.has_transparency_data else "RGB"))


def write_part(path: str, content: memoryview) -> int:
    """Write a part file; on any failure nothing is left.

    Whether the disk has it is seen to before it gets its name: a child that waits for the disk makes no pictures.

    Args:
        path: Absolute path; what an earlier try left there is removed.
        content: All of it.

    Returns:
        Bytes written.

    Raises:
        DiskFullError: No room, or no quota, left.
        DestinationError: It cannot be written for another reason.
    """
    is_done = False
    try:
        remove_part(path)
        # The x is for "never follow or share what someone put there".
        with open(path, "xb") as file:  # noqa: PTH123  # a string path as it came
            file.write(content)
        is_done = True
    except (OSError, ValueError) as error:
        raise _storage_error(error, path) from error
    finally:
        if not is_done:
            with suppress(StorageError):  # the error that led here says more
                remove_part(path)
    return content.nbytes


def remove_part(path: str) -> None:
    """Remove a part file, if there is one.

    Raises:
        DestinationError: It is there and cannot be removed.
    """
    try:
        os.unlink(path)  # noqa: PTH108  # a string path as it came
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise _storage_error(error, path) from error


def _storage_error(error: OSError | ValueError, path: str) -> StorageError:
    if isinstance(error, ValueError):
        return DestinationError(f"{path!r} is no usable name: {error}.")
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(f"Writing {path} failed: {error.strerror}.")
    return DestinationError(f"Writing {path} failed: {error.strerror or error}.")


def _paletted(image: Image.Image) -> Shaped:
    """256 colours, or 255 and a transparent one."""
    colours = image.convert("RGB")
    if not image.has_transparency_data:
        told = () if colours.getcolors(256) else (notes.FEWER_COLOURS,)
        return Shaped(colours.quantize(256), told)
    result = colours.quantize(255)
    alpha = image.convert("RGBA").getchannel("A")
    result.paste(255, mask=alpha.point([255 if value < _HALF_ALPHA else 0 for value in range(256)]))
    result.info["transparency"] = 255
    told = () if colours.getcolors(255) else (notes.FEWER_COLOURS,)
    return Shaped(result, (*told, notes.HARD_EDGES) if any(alpha.histogram()[1:255]) else told)
