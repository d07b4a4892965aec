"""Opening pictures: what is allowed in, and every way it fails as an error of ours."""

import errno
import math
import os
import re
import stat
import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BufferedReader
from typing import Final

from PIL import Image, ImageFile, JpegImagePlugin, PngImagePlugin, TiffImagePlugin, UnidentifiedImageError

from core.errors import (
    BrokenPictureError,
    FetchmillError,
    NotAnImageError,
    PictureTooLargeError,
    TruncatedPictureError,
    UnreadableSourceError,
    UnsupportedPictureError,
)
from core.images.formats import FORMATS, HEAD_BYTES, sniff, what_instead
from core.images.jxl import jxl_size
from core.images.plugins import require_plugin
from core.images.structure import Layout
from core.images.task import MOST_PIXELS

MOST_SCANS: Final = 500
"""A progressive JPEG has some ten; each further one costs time for the whole picture (ITU-T T.81, annex G)."""

_SETTING_HINT: Final = "If you trust it, raise 'Largest picture' in the settings (--max-megapixels); or use the recipe as-downloaded."
_MEMORY_HINT: Final = (
    "Raise 'Memory for pictures' in the settings (--picture-memory), choose a recipe that makes it smaller or keeps only "
    "the first frame of an animation, or use the recipe as-downloaded."
)

# What Pillow's plugins raise over damaged files. MemoryError is apart: that is the picture's size.
DAMAGE: Final = (
    OSError,
    SyntaxError,
    ValueError,
    struct.error,
    zlib.error,
    EOFError,
    LookupError,
    TypeError,
    ArithmeticError,
    AttributeError,
    AssertionError,
    RuntimeError,
    re.error,
)

_CUT: Final = re.compile(
    r"truncat|unexpected end|not enough (image )?data|buffer is not large enough", re.IGNORECASE
)
_STRANGE: Final = re.compile(
    r"unsupported|not supported|cannot handle|unknown (pixel|raw|image) mode", re.IGNORECASE
)
_BLOATED: Final = re.compile(r"MAX_TEXT|too large|decompression bomb", re.IGNORECASE)
# Formats whose own end says more than the decoder, which stops at the last pixel of the first frame.
_TELL_THEIR_END: Final = frozenset({"JPEG", "PNG", "GIF", "WEBP", "HEIF", "JXL"})


def allow_pixels(count: int) -> None:
    """Refuse pictures of more pixels than that from now on: Pillow's limit, for this process.

    Pillow warns at its limit and refuses at twice that.
    """
    Image.MAX_IMAGE_PIXELS = max(1, count // 2)


def most_pixels() -> int:
    """How many a picture may have."""
    return 2 * (Image.MAX_IMAGE_PIXELS or 0)


allow_pixels(MOST_PIXELS)
# The profile of a printer has up to some megabytes, which Pillow takes for a trap; with 64 MB for all it is none.
PngImagePlugin.MAX_TEXT_CHUNK = 8 << 20


@contextmanager
def source_file(path: str) -> Iterator[BufferedReader]:
    """Open a source for reading, if it is a file: a pipe or a device could keep us waiting for ever.

    Raises:
        UnreadableSourceError: It is gone, may not be read, or is no regular file.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # noqa: PTH116  # a string path as it came
            raise UnreadableSourceError(f"{path} is not a regular file.")
        file = open(path, "rb")  # noqa: PTH123, SIM115  # closed below; errors of opening alone are meant here
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        raise UnreadableSourceError(f"{path}: {reason}.") from error
    with file:
        yield file


def format_of(file: BufferedReader) -> str:
    """Tell the format by content.

    Raises:
        NotAnImageError: It is empty, or no picture; the message says what it is instead.
    """
    head = file.read(HEAD_BYTES)
    file.seek(0)
    if not head:
        raise NotAnImageError("The file is empty.")
    name = sniff(head)
    if name is None:
        raise NotAnImageError(f"The file holds {what_instead(head)}, not a picture.")
    return name


def open_picture(file: BufferedReader, name: str, found: Layout) -> ImageFile.ImageFile:
    """Read a picture's header.

    Only the plugin for the sniffed format is let near the file, so nothing can start a program. A phone's
    MPO is opened as the JPEG that it begins with.

    Raises:
        UnsupportedPictureError: Recipes cannot read the format, or lack the plugin for it.
        PictureTooLargeError: It has more than :func:`most_pixels`.
    """
    if not FORMATS[name].is_read or found.is_raw:
        raise UnsupportedPictureError(
            f"Recipes cannot read {'raw data of a camera' if found.is_raw else name}."
        )
    require_plugin(name)
    if name == "JXL" and math.prod(jxl_size(file) or ()) > most_pixels():
        raise _too_many()
    file.seek(0)
    if found.scans > MOST_SCANS:
        raise UnsupportedPictureError(f"The picture is stored in {found.scans:,} layers; that is a trap.")
    if name == "JPEG":
        image: ImageFile.ImageFile = JpegImagePlugin.JpegImageFile(file, "")
    elif name == "TIFF":  # by itself it says what it does not know; else any TIFF so is no picture
        image = TiffImagePlugin.TiffImageFile(file, "")
    else:
        image = Image.open(file, formats=[name])
    if image.width * image.height > most_pixels():
        raise _too_many()
    return image


def require_whole(name: str, found: Layout) -> None:
    """Refuse a file that ends too early although its first frame could be decoded.

    Raises:
        TruncatedPictureError: It does.
        BrokenPictureError: It is as long as it should be, but its own checksums say that its pixels are others.
    """
    if name in _TELL_THEIR_END and not found.is_whole:
        raise TruncatedPictureError(f"The {name} file ends before its data does.")
    if not found.is_sound:
        raise BrokenPictureError(f"The {name} file was damaged on its way: a checksum in it is wrong.")


@contextmanager
def explained(name: str, found: Layout) -> Iterator[None]:
    """Turn what Pillow raises while decoding into errors of ours.

    Raises:
        TruncatedPictureError: The data ends in the middle.
        BrokenPictureError: The data makes no sense.
        PictureTooLargeError: Too many pixels, or too little memory.
        UnsupportedPictureError: A kind of the format that Pillow does not read.
        UnreadableSourceError: The disk failed.
    """
    try:
        yield
    except (MemoryError, Image.DecompressionBombError) as error:
        raise (
            _too_many() if isinstance(error, Image.DecompressionBombError) else short_of_memory()
        ) from error
    except DAMAGE as error:
        raise _explanation(error, name, found) from error


def _explanation(error: BaseException, name: str, found: Layout) -> FetchmillError:
    words = str(error)
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return short_of_memory()
    if isinstance(error, OSError) and error.errno not in {None, errno.EINVAL}:  # that is a senseless offset
        return UnreadableSourceError(f"Reading failed: {error.strerror}.")
    if _CUT.search(words) or not found.is_whole:
        return TruncatedPictureError(f"The {name} file ends before its data does.")
    if _BLOATED.search(words):
        return PictureTooLargeError(f"The {name} file's comments unpack to more than is sensible.")
    if isinstance(error, NotImplementedError) or _STRANGE.search(words):
        return UnsupportedPictureError(f"This kind of {name} cannot be read: {words}.")
    if isinstance(error, UnidentifiedImageError) or not words or "libjxl" in words:
        words = "its header makes no sense"
    return BrokenPictureError(f"The {name} file cannot be decoded: {words}.")


def short_of_memory() -> PictureTooLargeError:
    """What it is when an allocation fails."""
    return PictureTooLargeError("There is not enough memory for a picture of this size.", _MEMORY_HINT)


def _too_many() -> PictureTooLargeError:
    return PictureTooLargeError(
        f"The picture has more than {most_pixels() / 1_000_000:g} megapixels.", _SETTING_HINT
    )
