"""From finished pixels to the bytes of a file, in memory: no smaller than the recipe allows, no larger than it asks for."""

import io
from functools import lru_cache
from typing import BinaryIO, Final, NamedTuple

from PIL import Image, ImageFile, JpegImagePlugin

from core.errors import UnsupportedPictureError
from core.images import notes
from core.images.colour import resizable
from core.images.encoders import ENCODERS, Particulars, Tables, is_effort_lowered
from core.images.frames import Frames
from core.images.geometry import Plan, Size
from core.images.jp2 import with_profile
from core.images.limits import require_sides
from core.images.metadata import Carried
from core.images.moving import moving
from core.images.operations import carry_out
from core.images.plugins import require_plugin
from core.images.reading import DAMAGE
from core.images.recipe import IfLarger, Output, OutputFormat
from core.images.target import MOST_ENCODES, Tried, within_target
from core.images.task import Verdict
from core.images.writing import shaped_for

_LONGEST_MARKER: Final = 65_500
_VP8X_FLAGS: Final = 20
_VP8X_ALPHA: Final = 0x10
_PERCENT: Final = 100
_TELL_DENSITY: Final = frozenset({"JPEG", "PNG", "TIFF", "BMP"})


class Source(NamedTuple):
    """What the finished picture was made of.

    Attributes:
        format: A key of ``FORMATS``.
        file: Open; its bytes may go through as they are.
        length: Bytes.
        size: As shown, pixels.
        image: As opened, or as decoded.
        same_pixels: Whether the pixels to be written are its own, all of them, neither turned nor recoloured.
        may_stay: Whether it may be given away as it is: nothing is to be taken out, made unreadable or marked.
    """

    format: str
    file: BinaryIO
    length: int
    size: Size
    image: Image.Image
    same_pixels: bool
    may_stay: bool


class Encoded(NamedTuple):
    """A finished picture.

    Attributes:
        content: The file; empty where it is skipped.
        notes: What could not be carried over and what was done to it, a sentence each.
        size: Width and height, pixels.
        format: A key of ``FORMATS``: the original's, where that is kept.
        verdict: Whether it is a new one.
    """

    content: memoryview
    notes: tuple[str, ...]
    size: Size
    format: str
    verdict: Verdict = Verdict.NEW


def encoded(
    frames: Frames, name: str, output: Output, metadata: Carried, source: Source | None = None
) -> Encoded:
    """Encode a picture in memory, so that a failing disk is told from a failing encoder.

    Where nothing changes, the original's bytes go through. A JPEG whose pixels are the same is quantized as it was,
    unless less is asked for.

    Args:
        frames: As from :func:`core.images.writing.shaped_for`, all of one mode.
        name: The format.
        output: The recipe's quality, largest size and so on.
        metadata: What to embed, as far as the format can hold it.
        source: What they were made of; None where nothing is to be compared with it.

    Raises:
        PictureTooLargeError: The format cannot hold a picture of that size.
        MissingPluginError: The plugin for the format is not installed.
        UnsupportedPictureError: The encoder refuses it.
    """
    require_sides(frames.first.size, name)
    require_plugin(name)
    if source is None:
        return _new(frames, name, output, metadata, None)
    if _goes_through(source, name, output):
        result = _original(source)
    else:
        result = _new(frames, name, output, metadata, source)
        if _is_same(source, name) and not _is_smaller(result, source):
            result = _original(source)
    return _judged(result, source, output)


def _is_same(source: Source, name: str) -> bool:
    return source.same_pixels and source.may_stay and source.format == name


def _goes_through(source: Source, name: str, output: Output) -> bool:
    """Whether the original is what is wanted already."""
    if not _is_same(source, name):
        return False
    if output.target_size is not None:
        return source.length <= output.target_size
    if output.effort is not None:
        return False
    if name == "JPEG":
        return _tables(source, output) is not None
    # How fine another lossy file is cannot be told; where its format is only kept, it is fine as it is.
    is_kept = output.format in (OutputFormat.KEEP, OutputFormat.KEEP_FOR_WEB)
    return is_kept or output.lossless or not ENCODERS[name].is_lossy


def _is_smaller(result: Encoded, source: Source, saving: float = 0.0) -> bool:
    """Whether at least so many percent are saved, and a byte at that."""
    return len(result.content) < source.length and (
        len(result.content) <= source.length * (1 - saving / _PERCENT)
    )


def _judged(result: Encoded, source: Source, output: Output) -> Encoded:
    """What the recipe makes of a picture that did not get smaller."""
    if output.if_larger is IfLarger.KEEP_NEW or _is_smaller(result, source, output.least_saving):
        return result
    if output.if_larger is IfLarger.SKIP:
        return result._replace(content=memoryview(b""), verdict=Verdict.SKIP)
    if not source.may_stay:
        return result._replace(notes=(*result.notes, notes.UNSAFE))
    note = notes.NO_SMALLER.format(result.format, len(result.content))
    return result if result.verdict is Verdict.ORIGINAL else _original(source, note)


def _original(source: Source, *told: str) -> Encoded:
    before = source.file.tell()
    source.file.seek(0)
    content = memoryview(source.file.read())
    source.file.seek(before)
    return Encoded(content, told, source.size, source.format, Verdict.ORIGINAL)


def _new(frames: Frames, name: str, output: Output, metadata: Carried, source: Source | None) -> Encoded:
    held, lost = _holdable(metadata, name)
    _, moved = moving(frames, name)
    if not ENCODERS[name].animates:
        frames = Frames(frames.images[:1])
    bare = frames._replace(images=tuple(_bare(image, frames, name) for image in frames.images))
    wanted = Particulars(output, held, encodes=_encodes(frames, output))
    is_lowered = is_effort_lowered(name, wanted, frames.first)
    told = (*lost, *moved, *_loss_note(frames.first, name, output), *(notes.EFFORT,) * is_lowered)
    try:
        tried = _fitting(bare, name, output, held, source)
    except DAMAGE as error:
        if held == Carried():
            raise _encoding_error(error, name) from error
        try:  # tags can be odd in ways that only show when they are written
            tried = _fitting(bare, name, output, Carried(icc=held.icc), source)
        except DAMAGE as again:
            raise _encoding_error(again, name) from again
        told = (*told, notes.UNWRITABLE)
    size = _scaled_size(bare.first.size, tried.scale)
    return Encoded(tried.content, (*told, *_target_notes(tried, output, size)), size, name)


def _fitting(frames: Frames, name: str, output: Output, metadata: Carried, source: Source | None) -> Tried:
    encodes = _encodes(frames, output)

    def encode(told: Output, scale: float) -> memoryview:
        tables = None if source is None or scale < 1 else _tables(source, told)
        return _encoded(_scaled(frames, name, scale), name, Particulars(told, metadata, tables, encodes))

    if output.target_size is None:
        return Tried(encode(output, 1.0), output.quality, 1.0)
    is_lossy = ENCODERS[name].is_lossy and not (output.lossless and ENCODERS[name].is_lossless)
    return within_target(output.target_size, output, frames.first.size, encode, is_lossy=is_lossy)


def _encodes(frames: Frames, output: Output) -> int:
    return len(frames.images) * (1 if output.target_size is None else MOST_ENCODES)


def _encoded(frames: Frames, name: str, wanted: Particulars) -> memoryview:
    buffer = io.BytesIO()
    image, metadata = frames.first, wanted.metadata
    options, _ = moving(frames, name)
    options |= ENCODERS[name].options(wanted, image)
    if metadata.exif:
        options = {"exif": metadata.exif} | options
    if metadata.icc:
        options["icc_profile"] = metadata.icc
    if metadata.density and name in _TELL_DENSITY:
        options["dpi"] = metadata.density
    block = ImageFile.MAXBLOCK
    if name in {"JPEG", "PDF"}:
        # A progressive JPEG is written in one piece; Pillow's guess at its size is too small for noise.
        room = 4 * image.width * image.height + len(metadata.icc)
        ImageFile.MAXBLOCK = room + 4 * _LONGEST_MARKER
    try:
        image.save(buffer, name, **options)
    finally:
        ImageFile.MAXBLOCK = block
    content = buffer.getbuffer()
    if name == "WEBP" and frames.is_animated and image.mode == "RGBA" and bytes(content[12:16]) == b"VP8X":
        # libwebp cuts frames to what is not clear and forgets what is around them (RFC 9649, section 2.7.1).
        content[_VP8X_FLAGS] |= _VP8X_ALPHA
    if name == "JPEG2000" and metadata.icc:
        return memoryview(with_profile(bytes(content), metadata.icc))
    return content


def _encoding_error(error: BaseException, name: str) -> UnsupportedPictureError:
    return UnsupportedPictureError(
        f"The picture cannot be written as {name}: {error}.", "Choose a recipe for another format."
    )


def _target_notes(tried: Tried, output: Output, size: Size) -> tuple[str, ...]:
    if output.target_size is None:
        return ()
    if len(tried.content) > output.target_size:
        return (notes.UNMET.format(len(tried.content), output.target_size),)
    changes = []
    if tried.scale < 1:
        changes.append(f"it was scaled down to {size[0]} x {size[1]}")
    if tried.quality < output.quality:
        changes.append(f"quality was lowered to {tried.quality}")
    return (notes.FITTED.format(output.target_size, " and ".join(changes)),) if changes else ()


def _loss_note(image: Image.Image, name: str, output: Output) -> tuple[str, ...]:
    if not output.lossless:
        return ()
    if name == "AVIF" and image.mode != "L":  # Pillow cannot ask for RGB in place of brightness and colours
        return (notes.NEARLY_LOSSLESS,)
    return () if ENCODERS[name].is_lossless else (notes.LOSSY.format(name),)


def _holdable(metadata: Carried, name: str) -> tuple[Carried, tuple[str, ...]]:
    """Leave out what the format has no room for, and say so."""
    holds = ENCODERS[name].holds
    longest = _LONGEST_MARKER if name == "JPEG" else None
    lost = []
    for title in ("exif", "xmp", "iptc", "comment"):
        length = len(getattr(metadata, title))
        if length and (title not in holds or (longest is not None and length > longest)):
            lost.append(title)
    words = " and ".join("comment" if title == "comment" else title.upper() for title in lost)
    told = [notes.NO_METADATA.format(words, name)] if lost else []
    if metadata.icc and "icc" not in holds:
        lost.append("icc")
        told.append(notes.NO_PROFILE.format(name))
    exif, xmp, iptc, icc, comment = (
        b"" if title in lost else getattr(metadata, title)
        for title in ("exif", "xmp", "iptc", "icc", "comment")
    )
    return Carried(exif, xmp, iptc, icc, comment, metadata.density), tuple(told)


def _tables(source: Source, output: Output) -> Tables | None:
    """How the original JPEG was quantized, where its pixels are to stay and no less is asked for."""
    image = source.image
    if not (source.same_pixels and isinstance(image, JpegImagePlugin.JpegImageFile)):
        return None
    subsampling = JpegImagePlugin.get_sampling(image)
    # Colours that are stored as they are, without brightness apart, would be coarse in another way.
    if subsampling < 0 or image.info.get("adobe_transform") == 0 or not image.quantization:
        return None
    is_coarser = sum(image.quantization[0]) >= _coarseness(output.quality)
    return Tables(image.quantization, subsampling) if is_coarser else None


@lru_cache(maxsize=100)
def _coarseness(quality: int) -> int:
    """Of libjpeg's own table for brightness."""
    buffer = io.BytesIO()
    Image.new("L", (8, 8)).save(buffer, "JPEG", quality=quality)
    with Image.open(buffer) as image:
        assert isinstance(image, JpegImagePlugin.JpegImageFile), "it was written so"  # noqa: S101  # for the type alone
        return sum(image.quantization[0])


def _scaled_size(size: Size, scale: float) -> Size:
    return max(1, round(size[0] * scale)), max(1, round(size[1] * scale))


def _scaled(frames: Frames, name: str, scale: float) -> Frames:
    if scale >= 1:
        return frames
    width, height = frames.first.size
    plan = Plan((0, 0, width, height), _scaled_size((width, height), scale))
    shrunk = (carry_out(_resizable(image), plan) for image in frames.images)
    return frames._replace(images=tuple(_bare(shaped_for(one, name).image, frames, name) for one in shrunk))


def _resizable(image: Image.Image) -> Image.Image:
    return image if image.mode.startswith("I;16") else resizable(image).image


def _bare(image: Image.Image, frames: Frames, name: str) -> Image.Image:
    """The pixels alone: writers help themselves to what an opened picture carries along."""
    transparency = image.info.get("transparency") if image.mode in {"P", "1"} else None
    # As copy() does it, but for copying the pixels: no writer changes them.
    bare = image._new(image.im) if isinstance(image, ImageFile.ImageFile) else image  # noqa: SLF001  # as above
    bare.info = {} if transparency is None else {"transparency": transparency}
    if name == "PNG" and frames.is_animated and bare.mode == "P":  # it has one palette for all frames
        return resizable(bare).image
    return bare
