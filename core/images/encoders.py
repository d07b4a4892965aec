"""What each format's writer is told: one function a format. See "Image file formats" in Pillow's handbook.

Defaults were measured on photographs of Debian's wallpaper packages, scaled down to 1,600 pixels; times are seconds
of one core for each.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from PIL import ExifTags, Image
from PIL.PngImagePlugin import PngInfo

from core.images.limits import PDF_POINTS
from core.images.metadata import Carried
from core.images.recipe import Output, Subsampling

Options = dict[str, object]

# From here on JPEGs are for people who look closely: colours in full resolution.
_FULL_COLOUR_QUALITY: Final = 90
_MOST_EFFORT: Final = 10
_XMP_TAG: Final = 700
_POINTS: Final = 72
_PRINT_DPI: Final = 300
# Sizes that Windows and browsers ask for; beside the picture's own.
_ICON_SIZES: Final = (16, 24, 32, 48, 64, 128)
# Seconds for each megapixel at each step of an encoder's scale, the slowest first; measured on noisy pictures.
_AVIF_SPEEDS: Final = (
    (0, 50.0), (1, 22.0), (2, 18.0), (3, 10.0), (4, 4.5), (5, 3.5), (6, 1.25), (7, 0.5), (8, 0.25),
)  # fmt: skip
_JXL_EFFORTS: Final = ((9, 4.7), (8, 3.6), (7, 0.7))
_MOST_SECONDS: Final = 40.0  # a third of what a picture may take, for slower computers
_PRESETS: Final = (
    "ultrafast", "superfast", "veryfast", "faster", "fast", "medium", "slow", "slower", "veryslow",
)  # fmt: skip


class Tables(NamedTuple):
    """How coarsely a JPEG was quantized (ITU-T T.81, section A.3.4): the same again loses next to nothing.

    Attributes:
        quantization: 64 numbers for each table.
        subsampling: 0 for 4:4:4, 1 for 4:2:2, 2 for 4:2:0.
    """

    quantization: dict[int, list[int]]
    subsampling: int


class Particulars(NamedTuple):
    """All that a writer may know.

    Attributes:
        output: The recipe's quality and so on.
        metadata: What the format can hold of it.
        tables: Of the JPEG whose pixels these are, where it is to stay as fine as it is.
        encodes: How many pictures are going to be encoded, frames and tries together.
    """

    output: Output
    metadata: Carried
    tables: Tables | None = None
    encodes: int = 1


class Encoder(NamedTuple):
    """How a format is written.

    Attributes:
        options: What its writer is told of this picture.
        modes: What it can hold; other modes become RGB, or RGBA where there is alpha.
        holds: Which of exif, xmp, iptc, comment and icc.
        animates: Whether it holds several frames with their durations.
        is_lossy: Whether quality means anything.
        is_lossless: Whether it can be written without any loss.
    """

    options: Callable[[Particulars, Image.Image], Options]
    modes: tuple[str, ...]
    holds: frozenset[str] = frozenset()
    animates: bool = False
    is_lossy: bool = False
    is_lossless: bool = True


def _effort(output: Output, least: int, most: int, default: int) -> int:
    """The recipe's 0 to 10 on the scale of an encoder."""
    if output.effort is None:
        return default
    return round(least + (most - least) * output.effort / _MOST_EFFORT)


def is_effort_lowered(name: str, wanted: Particulars, image: Image.Image) -> bool:
    """Whether a picture is too large for the effort that is asked for: it would take minutes."""
    match name:
        case "AVIF":
            return _avif_speed(wanted, image) != _asked_speed(wanted.output)
        case "JXL":
            return _jxl_effort(wanted, image) != _effort(wanted.output, 1, 9, 3)
    return False


def _affordable(
    asked: int, costs: tuple[tuple[int, float], ...], wanted: Particulars, image: Image.Image
) -> int:
    """A step of an encoder's scale, or the next one that does not take too long."""
    steps = [step for step, _ in costs]
    if asked not in steps:  # faster than those
        return asked
    megapixels = image.width * image.height * wanted.encodes / 1_000_000
    slower = costs[steps.index(asked) :]
    return next((step for step, cost in slower if cost * megapixels <= _MOST_SECONDS), steps[-1])


def _subsampling(output: Output) -> str:
    if output.subsampling is not Subsampling.AUTO:
        return str(output.subsampling.value)
    return "4:4:4" if output.quality >= _FULL_COLOUR_QUALITY else "4:2:0"


def _jpeg(wanted: Particulars, _image: Image.Image) -> Options:
    """Progressive: 8 % smaller than plain (263 kB against 286 kB), and 0.02 s; tables of its own alone make it 3 %."""
    output, metadata, tables, _ = wanted
    options: Options = {
        "progressive": output.progressive,
        "optimize": output.effort != 0,
        "xmp": metadata.xmp,
        "extra": _iptc_marker(metadata.iptc),
        "comment": metadata.comment,
    }
    if tables is not None:
        return options | {"qtables": tables.quantization, "subsampling": tables.subsampling}
    return options | {"quality": output.quality, "subsampling": _subsampling(output)}


def _png(wanted: Particulars, _image: Image.Image) -> Options:
    """Level 3: 2.49 MB in 0.17 s; level 6 takes 0.53 s for 2.42 MB, level 9 1.36 s for 2.40 MB."""
    level = _effort(wanted.output, 1, 9, 3)
    return {"compress_level": level, "pnginfo": _png_text(wanted.metadata)}


def _webp(wanted: Particulars, _image: Image.Image) -> Options:
    """Method 4: 202 kB and 38.5 dB in 0.12 s; method 2 206 kB and 38.2 dB in 0.05 s, method 6 0.29 s for 194 kB."""
    output = wanted.output
    return {
        "quality": output.quality,
        "method": _effort(output, 0, 6, 4),
        "lossless": output.lossless,
        "exact": output.lossless,  # colours under what is transparent count as pixels, too
        "xmp": wanted.metadata.xmp,
    }


def _avif(wanted: Particulars, image: Image.Image) -> Options:
    """Speed 8: 199 kB in 0.28 s; speed 6 takes 0.73 s for 197 kB, speed 4 5.9 s for no less."""
    output = wanted.output
    options: Options = {
        "quality": 100 if output.lossless else output.quality,
        "speed": _avif_speed(wanted, image),
        "max_threads": 1,  # the pool has a process for every core
        "xmp": wanted.metadata.xmp,
    }
    if image.mode != "L":  # a grey picture has no colours to be coarse in
        options["subsampling"] = "4:4:4" if output.lossless else _subsampling(output)
    return options


def _asked_speed(output: Output) -> int:
    return 10 - _effort(output, 0, 10, 2)


def _avif_speed(wanted: Particulars, image: Image.Image) -> int:
    return _affordable(_asked_speed(wanted.output), _AVIF_SPEEDS, wanted, image)


def _heif(wanted: Particulars, _image: Image.Image) -> Options:
    """Ultrafast: 540 kB and 43.2 dB in 0.31 s; medium takes 1.2 s for 605 kB and 43.7 dB, slow 2.7 s for 582 kB."""
    output = wanted.output
    options: Options = {
        "quality": -1 if output.lossless else output.quality,
        "subsampling": "4:4:4" if output.lossless else _subsampling(output),
        "enc_params": {"preset": _PRESETS[_effort(output, 0, len(_PRESETS) - 1, 0)]},
        "xmp": wanted.metadata.xmp or None,
        "exif": wanted.metadata.exif or None,
    }
    # Without a conversion to brightness and colours, which rounds (ITU-T H.273, section 8.3: 0 is RGB).
    rgb = {
        "matrix_coefficients": 0,
        "color_primaries": 1,
        "transfer_characteristics": 13,
        "full_range_flag": 1,
    }
    return options | rgb if output.lossless else options


def _jxl_effort(wanted: Particulars, image: Image.Image) -> int:
    return _affordable(_effort(wanted.output, 1, 9, 3), _JXL_EFFORTS, wanted, image)


def _jxl(wanted: Particulars, image: Image.Image) -> Options:
    """Effort 3: 225 kB and 39.5 dB in 0.07 s; effort 5 takes 0.30 s for 195 kB and 39.1 dB, effort 7 0.60 s for as much."""
    output, metadata = wanted.output, wanted.metadata
    return {
        "quality": output.quality,
        "lossless": output.lossless,
        "effort": _jxl_effort(wanted, image),
        "num_threads": 0,
        "lossless_jpeg": False,  # that would copy the original's metadata, whatever was to go
        "use_container": bool(metadata.exif or metadata.xmp),
        "exif": metadata.exif or None,
        "xmp": metadata.xmp or None,
    }


def _jpeg2000(wanted: Particulars, image: Image.Image) -> Options:
    """Quality as decibels, so that 85 comes to what it does in JPEG (39 dB), whatever the picture."""
    multiple = {"mct": int(image.mode in {"RGB", "RGBA"})}
    if wanted.output.lossless:
        return {**multiple, "irreversible": False}
    decibels = 25 + wanted.output.quality / 6
    return {**multiple, "irreversible": True, "quality_mode": "dB", "quality_layers": [decibels]}


def _tiff(wanted: Particulars, _image: Image.Image) -> Options:
    tags = _tags(wanted.metadata)
    # libtiff, which compresses, cannot write directories within directories.
    nested = ExifTags.IFD.Exif in tags or ExifTags.IFD.GPSInfo in tags
    deflate = "tiff_adobe_deflate" if (wanted.output.effort or 0) > _MOST_EFFORT // 2 else "tiff_lzw"
    return {"compression": None if nested else deflate, "exif": tags}


def _gif(wanted: Particulars, _image: Image.Image) -> Options:
    return {"comment": wanted.metadata.comment} if wanted.metadata.comment else {}


def _bmp(_wanted: Particulars, _image: Image.Image) -> Options:
    return {}


def _ico(_wanted: Particulars, image: Image.Image) -> Options:
    """The picture itself, and smaller ones for where they are wanted."""
    longest = max(image.size)
    return {"sizes": [image.size, *((side, side) for side in _ICON_SIZES if side < longest)]}


def _pdf(wanted: Particulars, image: Image.Image) -> Options:
    """A page of the picture's size in print; no date, so that the same picture makes the same file."""
    resolution = max(_PRINT_DPI, max(image.size) * _POINTS / PDF_POINTS)
    quality = {"quality": wanted.output.quality, "subsampling": _subsampling(wanted.output)}
    return {**quality, "resolution": resolution, "creationDate": None, "modDate": None}


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


def _png_text(metadata: Carried) -> PngInfo:
    text = PngInfo()
    if metadata.xmp:
        text.add_itxt("XML:com.adobe.xmp", metadata.xmp.decode("utf-8", "replace"))
    if metadata.comment:
        text.add_itxt("Comment", metadata.comment.decode("utf-8", "replace"))
    return text


_ALL: Final = frozenset({"exif", "xmp", "iptc", "icc", "comment"})
_MOST: Final = _ALL - {"iptc", "comment"}
_ANY_GREY: Final = ("RGB", "L", "LA", "RGBA")

ENCODERS: Final[Mapping[str, Encoder]] = MappingProxyType(
    {
        "JPEG": Encoder(_jpeg, ("RGB", "L", "CMYK"), _ALL, is_lossy=True, is_lossless=False),
        "PNG": Encoder(_png, (*_ANY_GREY, "P", "1", "I;16"), _MOST | {"comment"}, animates=True),
        "WEBP": Encoder(_webp, ("RGB", "RGBA"), _MOST, animates=True, is_lossy=True),
        "AVIF": Encoder(_avif, ("RGB", "L", "RGBA"), _MOST, animates=True, is_lossy=True),
        "HEIF": Encoder(_heif, ("RGB", "L", "RGBA"), _MOST, is_lossy=True),
        "JXL": Encoder(_jxl, _ANY_GREY, frozenset({"exif", "xmp"}), is_lossy=True),
        "JPEG2000": Encoder(_jpeg2000, (*_ANY_GREY, "I;16"), frozenset({"icc"}), is_lossy=True),
        "TIFF": Encoder(_tiff, (*_ANY_GREY, "P", "1", "I;16", "CMYK"), _MOST),
        "GIF": Encoder(_gif, ("P", "L", "1"), frozenset({"comment"}), animates=True),
        "BMP": Encoder(_bmp, ("RGB", "L", "P", "1")),
        "ICO": Encoder(_ico, ("RGB", "RGBA")),
        "PDF": Encoder(_pdf, ("RGB", "L"), is_lossy=True, is_lossless=False),
    }
)
"""By the format's name, a key of ``FORMATS``."""
