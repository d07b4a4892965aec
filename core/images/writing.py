"""Finished pictures: which format, with what options, and onto the disk whole or not at all.

No colour profile is embedded: what has none is sRGB (CSS Color 4, section 13), which everything is by then, and
the smallest profile would be a tenth of a thumbnail.
"""

import errno
import io
import os
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from PIL import ExifTags, Image, ImageFile
from PIL.PngImagePlugin import PngInfo

from core.errors import (
    DestinationError,
    DiskFullError,
    PictureTooLargeError,
    StorageError,
    UnsupportedPictureError,
)
from core.images.colour import Shaped, flattened
from core.images.formats import FORMATS
from core.images.frames import Frames
from core.images.metadata import Carried
from core.images.reading import DAMAGE
from core.images.recipe import Output, OutputFormat

_LONGEST_SIDE: Final[Mapping[str, int]] = MappingProxyType(
    {"JPEG": 65_500, "WEBP": 16_383, "GIF": 65_535, "AVIF": 65_536}
)
# What each format can hold; the first is what other modes become, with an A where there is alpha.
_MODES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "JPEG": ("RGB", "L", "CMYK"),
        "PNG": ("RGB", "L", "LA", "RGBA", "P", "1", "I;16"),
        "WEBP": ("RGB", "RGBA"),
        "GIF": ("P", "L", "1"),
        "AVIF": ("RGB", "L", "RGBA"),
        "TIFF": ("RGB", "L", "LA", "RGBA", "P", "1", "I;16", "CMYK"),
        "BMP": ("RGB", "L", "P", "1"),
    }
)
_HOLDS_METADATA: Final = frozenset({"JPEG", "PNG", "WEBP", "AVIF", "TIFF"})

# From here on JPEGs are for people who look closely: colours in full resolution.
_FULL_COLOUR_QUALITY: Final = 90
_LONGEST_MARKER: Final = 65_500
_XMP_TAG: Final = 700
_HALF_ALPHA: Final = 128
_UNWRITABLE_NOTE: Final = "Its metadata cannot be written; it was left out."


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
    return mode in _MODES[name]


def shaped_for(image: Image.Image, name: str) -> Shaped:
    """Bring a picture to a mode that the format can hold.

    Raises:
        PictureTooLargeError: A side is longer than the format allows.
    """
    longest = _LONGEST_SIDE.get(name)
    if longest is not None and max(image.size) > longest:
        raise PictureTooLargeError(
            f"A {name} can be {longest} pixels wide and high; this picture is {image.width} x {image.height}.",
            "Choose a recipe that scales it down, or another format.",
        )
    if can_hold(name, image.mode):
        return Shaped(image)
    if not FORMATS[name].has_alpha:
        flat = flattened(image)
        return flat if can_hold(name, flat.image.mode) else Shaped(flat.image.convert("RGB"), flat.notes)
    if name == "GIF":
        return Shaped(_paletted(image))
    return Shaped(image.convert("RGBA" if image.has_transparency_data else "RGB"))


def encoded(
    frames: Frames, name: str, output: Output, metadata: Carried
) -> tuple[memoryview, tuple[str, ...]]:
    """Encode a picture in memory, so that a failing disk is told from a failing encoder.

    Args:
        frames: As from :func:`shaped_for`.
        name: The format.
        output: The recipe's quality.
        metadata: What to embed, as far as the format can hold it.

    Returns:
        The file's content, and notes on what it could not hold.

    Raises:
        UnsupportedPictureError: The encoder refuses it.
    """
    metadata, notes = _holdable(metadata, name)
    bare = _bare(frames.first)
    try:
        return _encoded(bare, name, _options(name, output, metadata) | _moving(frames, name)), notes
    except DAMAGE as error:
        if metadata == Carried():
            raise _encoding_error(error, name) from error
    try:  # tags can be odd in ways that only show when they are written
        return _encoded(bare, name, _options(name, output, Carried())), (*notes, _UNWRITABLE_NOTE)
    except DAMAGE as error:
        raise _encoding_error(error, name) from error


def _encoding_error(error: BaseException, name: str) -> UnsupportedPictureError:
    return UnsupportedPictureError(
        f"The picture cannot be written as {name}: {error}.", "Choose a recipe for another format."
    )


def _encoded(image: Image.Image, name: str, options: dict[str, object]) -> memoryview:
    buffer = io.BytesIO()
    block = ImageFile.MAXBLOCK
    if name == "JPEG":
        # A progressive JPEG is written in one piece; Pillow's guess at its size is too small for noise.
        ImageFile.MAXBLOCK = 3 * image.width * image.height + 4 * _LONGEST_MARKER
    try:
        image.save(buffer, name, **options)
    finally:
        ImageFile.MAXBLOCK = block
    return buffer.getbuffer()


def write_part(path: str, content: memoryview) -> int:
    """Write a part file and see it onto the disk; on any failure nothing is left.

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
            file.flush()
            os.fsync(file.fileno())
        is_done = True
    except (OSError, ValueError) as error:
        raise _storage_error(error, path) from error
    finally:
        if not is_done:
            _try_to_remove(path)
    return content.nbytes


def remove_part(path: str) -> None:
    """Remove a part file, if there is one.

    Raises:
        OSError: It is there and cannot be removed.
    """
    try:
        os.unlink(path)  # noqa: PTH108  # a string path as it came
    except FileNotFoundError:
        return


def _try_to_remove(path: str) -> None:
    try:
        remove_part(path)
    except (OSError, ValueError):
        return  # the error that led here says more


def _storage_error(error: OSError | ValueError, path: str) -> StorageError:
    if isinstance(error, ValueError):
        return DestinationError(f"{path!r} is no usable name: {error}.")
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(f"Writing {path} failed: {error.strerror}.")
    return DestinationError(f"Writing {path} failed: {error.strerror or error}.")


def _holdable(metadata: Carried, name: str) -> tuple[Carried, tuple[str, ...]]:
    """Leave out what the format has no room for, and say so."""
    lost = []
    longest = _LONGEST_MARKER if name == "JPEG" else None
    for title in ("exif", "xmp", "iptc"):
        length = len(getattr(metadata, title))
        holds = name == "JPEG" if title == "iptc" else name in _HOLDS_METADATA
        if length and (not holds or (longest is not None and length > longest)):
            lost.append(title)
    words = " and ".join(title.upper() for title in lost)
    notes = (f"Its {words} metadata was left out: this {name} cannot hold it.",) if lost else ()
    return Carried(
        exif=b"" if "exif" in lost else metadata.exif,
        xmp=b"" if "xmp" in lost else metadata.xmp,
        iptc=b"" if "iptc" in lost else metadata.iptc,
        icc=metadata.icc if name in _HOLDS_METADATA else b"",
    ), notes


def _options(name: str, output: Output, metadata: Carried) -> dict[str, object]:
    """What Pillow's writers are told; see "Image file formats" in its handbook."""
    match name:
        case "JPEG":
            subsampling = "4:4:4" if output.quality >= _FULL_COLOUR_QUALITY else "4:2:0"
            own: dict[str, object] = {
                "quality": output.quality, "subsampling": subsampling, "progressive": True,
                "xmp": metadata.xmp, "extra": _iptc_marker(metadata.iptc),
            }  # fmt: skip
        case "PNG":
            own = {"compress_level": 3, "pnginfo": _png_text(metadata.xmp)}
        case "WEBP":
            own = {"quality": output.quality, "method": 4, "xmp": metadata.xmp}
        case "AVIF":
            # One thread: the pool has a process for every core.
            own = {"quality": output.quality, "max_threads": 1, "xmp": metadata.xmp}
        case "TIFF":
            tags = _tags(metadata)
            # libtiff, which compresses, cannot write directories within directories.
            nested = ExifTags.IFD.Exif in tags or ExifTags.IFD.GPSInfo in tags
            return {
                "compression": None if nested else "tiff_lzw",
                "exif": tags,
                "icc_profile": metadata.icc or None,
            }
        case _:
            return {}
    own |= {"icc_profile": metadata.icc or None}
    return own | ({"exif": metadata.exif} if metadata.exif else {})


def _moving(frames: Frames, name: str) -> dict[str, object]:
    if not frames.is_animated or name not in {"GIF", "PNG", "WEBP", "AVIF"}:
        return {}
    loop = {"loop": frames.loop} if name != "GIF" else {"loop": frames.loop - 1} if frames.loop > 1 else {}
    loop = {"loop": 0} if not frames.loop else loop
    more = {"append_images": list(frames.images[1:]), "duration": list(frames.durations)}
    return {"save_all": True} | more | (loop if name != "AVIF" else {})


def _iptc_marker(iptc: bytes) -> bytes:
    """An APP13 marker with one Photoshop resource (Adobe Photoshop File Formats, "Image Resource Blocks")."""
    if not iptc:
        return b""
    body = (
        b"Photoshop 3.0\x008BIM\x04\x04\0\0" + len(iptc).to_bytes(4, "big") + iptc + b"\0" * (len(iptc) % 2)
    )
    return b"\xff\xed" + (len(body) + 2).to_bytes(2, "big") + body


def _tags(metadata: Carried) -> Image.Exif:
    """A TIFF's own directory holds all of its metadata."""
    tags = Image.Exif()
    tags.load(metadata.exif)
    if metadata.xmp:
        tags[_XMP_TAG] = metadata.xmp
    return tags


def _png_text(xmp: bytes) -> PngInfo:
    text = PngInfo()
    if xmp:
        text.add_itxt("XML:com.adobe.xmp", xmp.decode("utf-8", "replace"))
    return text


def _paletted(image: Image.Image) -> Image.Image:
    """256 colours, or 255 and a transparent one."""
    if not image.has_transparency_data:
        return image.convert("RGB").quantize(256)
    result = image.convert("RGB").quantize(255)
    clear = image.getchannel("A").point([255 if value < _HALF_ALPHA else 0 for value in range(256)])
    result.paste(255, mask=clear)
    result.info["transparency"] = 255
    return result


def _bare(image: Image.Image) -> Image.Image:
    """The pixels alone: writers help themselves to what an opened picture carries along."""
    transparency = image.info.get("transparency") if image.mode in {"P", "1"} else None
    bare = image.copy() if isinstance(image, ImageFile.ImageFile) else image
    bare.info = {} if transparency is None else {"transparency": transparency}
    return bare
