"""What we know of picture formats, and telling them apart by content. Standard library only: downloads use it too."""

import os
import re
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Final, NamedTuple

HEAD_BYTES: Final = 1024
"""As much of a file's beginning as :func:`sniff` makes use of."""

Signature = tuple[tuple[int, bytes], ...]


class Plugin(NamedTuple):
    """What brings a format to Pillow that it does not know by itself.

    Attributes:
        module: What is imported.
        extra: Of ours, by which it is installed.
    """

    module: str
    extra: str


class PictureFormat(NamedTuple):
    """One picture format.

    Attributes:
        name: As Pillow names it, where Pillow knows it. A phone's MPO counts as JPEG.
        extensions: With their dot, lower case; the usual one first.
        mime_types: The registered one first.
        is_read: Whether recipes can read it, with its plugin where it has one.
        is_written: Whether recipes write it, likewise.
        has_alpha: Whether what we write of it can be transparent.
        is_for_web: Whether browsers show it.
        signatures: Bytes by which its content is told, each a set of (offset, bytes) that all must match.
        plugin: What it takes to read and write it; None where Pillow alone does.
        is_picture: Whether a file of that name claims to be a picture.
    """

    name: str
    extensions: tuple[str, ...]
    mime_types: tuple[str, ...]
    is_read: bool = False
    is_written: bool = False
    has_alpha: bool = False
    is_for_web: bool = False
    signatures: tuple[Signature, ...] = ()
    plugin: Plugin | None = None
    is_picture: bool = True

    @property
    def usual_extension(self) -> str | None:
        """The extension a finished picture gets; None where each maker has another."""
        return None if self.name == "RAW" else self.extensions[0]


def _at_start(*magic: bytes) -> tuple[Signature, ...]:
    return tuple(((0, one),) for one in magic)


_RAW_EXTENSIONS: Final = (
    ".dng .3fr .arw .cr2 .cr3 .dcr .erf .iiq .kdc .mrw .nef .nrw .orf .pef .raf .rw2 .rwl .sr2 .srw .x3f"
)
_RAW_MAGIC: Final = (
    b"FUJIFILMCCD-RAW",
    b"IIRO\x08\0",
    b"IIRS\x08\0",
    b"MMOR\0\0",
    b"IIU\0",
    b"\0MRM",
    b"FOVb",
)

# RAW stands before TIFF, which its makers build on.
_TABLE: Final = (
    PictureFormat(
        "JPEG", (".jpg", ".jpeg", ".jpe", ".jfif", ".mpo"), ("image/jpeg", "image/jpg", "image/pjpeg"),
        is_read=True, is_written=True, is_for_web=True, signatures=_at_start(b"\xff\xd8\xff"),
    ),
    PictureFormat(
        "PNG", (".png", ".apng"), ("image/png", "image/apng", "image/x-png"),
        is_read=True, is_written=True, has_alpha=True, is_for_web=True, signatures=_at_start(b"\x89PNG\r\n\x1a\n"),
    ),
    PictureFormat(
        "WEBP", (".webp",), ("image/webp",),
        is_read=True, is_written=True, has_alpha=True, is_for_web=True,
        signatures=(((0, b"RIFF"), (8, b"WEBP")),),
    ),
    PictureFormat(
        "GIF", (".gif",), ("image/gif",),
        is_read=True, is_written=True, has_alpha=True, is_for_web=True, signatures=_at_start(b"GIF87a", b"GIF89a"),
    ),
    PictureFormat(
        "AVIF", (".avif", ".avifs"), ("image/avif",),
        is_read=True, is_written=True, has_alpha=True, is_for_web=True,
    ),
    PictureFormat(
        "RAW", tuple(_RAW_EXTENSIONS.split()), ("image/x-adobe-dng",),
        signatures=(*_at_start(*_RAW_MAGIC), ((0, b"II*\0"), (8, b"CR"))),
    ),
    PictureFormat(
        "TIFF", (".tif", ".tiff"), ("image/tiff",),
        is_read=True, is_written=True, has_alpha=True,
        signatures=_at_start(b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"),
    ),
    PictureFormat(
        "BMP", (".bmp", ".dib"), ("image/bmp", "image/x-ms-bmp"), is_read=True, is_written=True, is_for_web=True
    ),
    PictureFormat(
        "ICO", (".ico",), ("image/vnd.microsoft.icon", "image/x-icon"),
        is_read=True, is_written=True, has_alpha=True, is_for_web=True,
    ),
    PictureFormat(
        "JPEG2000", (".jp2", ".j2k", ".jpf", ".jpx", ".j2c", ".jpc"), ("image/jp2", "image/jpx"),
        is_read=True, is_written=True, has_alpha=True,
        signatures=_at_start(b"\0\0\0\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51"),
    ),
    PictureFormat(
        "PPM", (".ppm", ".pgm", ".pbm", ".pnm"), ("image/x-portable-pixmap", "image/x-portable-anymap"), is_read=True
    ),
    PictureFormat(
        "PSD", (".psd",), ("image/vnd.adobe.photoshop",), is_read=True, signatures=_at_start(b"8BPS\0\x01")
    ),
    PictureFormat(
        "HEIF", (".heic", ".heif", ".hif"), ("image/heic", "image/heif"),
        is_read=True, is_written=True, has_alpha=True, plugin=Plugin("pillow_heif", "heif"),
    ),
    PictureFormat(
        "JXL", (".jxl",), ("image/jxl",),
        is_read=True, is_written=True, has_alpha=True, plugin=Plugin("pillow_jxl", "jxl"),
        signatures=_at_start(b"\0\0\0\x0cJXL \r\n\x87\n", b"\xff\x0a"),
    ),
    # Written alone: what comes as a PDF is a document.
    PictureFormat("PDF", (".pdf",), ("application/pdf",), is_written=True, is_picture=False),
    PictureFormat("SVG", (".svg",), ("image/svg+xml",), is_for_web=True),
    PictureFormat("PSB", (".psb",), ("image/vnd.adobe.photoshop",), signatures=_at_start(b"8BPS\0\x02")),
    PictureFormat("EXR", (".exr",), ("image/x-exr",), signatures=_at_start(b"\x76\x2f\x31\x01")),
    PictureFormat("HDR", (".hdr",), ("image/vnd.radiance",), signatures=_at_start(b"#?RADIANCE", b"#?RGBE")),
    PictureFormat("JPEGXR", (".jxr", ".wdp", ".hdp"), ("image/jxr",), signatures=_at_start(b"II\xbc\x01")),
    PictureFormat("QOI", (".qoi",), ("image/qoi",), signatures=_at_start(b"qoif")),
    PictureFormat("DDS", (".dds",), ("image/vnd-ms.dds",), signatures=_at_start(b"DDS \x7c\0\0\0")),
    PictureFormat("XCF", (".xcf",), ("image/x-xcf",), signatures=_at_start(b"gimp xcf")),
    PictureFormat("ICNS", (".icns",), ("image/icns",), signatures=_at_start(b"icns")),
)  # fmt: skip

FORMATS: Final[Mapping[str, PictureFormat]] = MappingProxyType({one.name: one for one in _TABLE})
_SIGNED: Final = tuple((one.name, signature) for one in _TABLE for signature in one.signatures)
_EXTENSIONS: Final = frozenset(extension for one in _TABLE if one.is_picture for extension in one.extensions)


def _pattern_of(signature: Signature) -> bytes:
    """A group that matches where all of its bytes do."""
    return b"(" + b"".join(b"(?=.{%d}%b)" % (offset, re.escape(magic)) for offset, magic in signature) + b")"


@cache
def _signatures() -> re.Pattern[bytes]:
    """All of them. Made when the first file is looked at: who only asks for names starts without."""
    return re.compile(b"|".join(_pattern_of(signature) for _, signature in _SIGNED), re.DOTALL)


_BMP_HEADERS: Final = frozenset({12, 16, 40, 52, 56, 64, 108, 124})
_HEIF_BRANDS: Final = frozenset(
    {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"mif2", b"msf1"}
)
_TOO_SHORT: Final = re.compile(rb"\xff\x0a|P[1-6][ \t\r\n]")  # JPEG XL without its container, PPM
_PPM: Final = re.compile(rb"P[1-6][ \t\r\n]")
_SVG: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<\?xml.*?\?>\s*)?(?:<!--.*?-->\s*)*(?:<!DOCTYPE\s+svg.*?>\s*)?(?:<!--.*?-->\s*)*<svg[\s>]",
    re.DOTALL,
)
_OTHERWISE: Final = (  # patterns that are compiled when there is a file that is no picture
    (rb"(?si:\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body))", "a web page"),
    (rb"%PDF-", "a PDF document"),
    (rb"%!PS|\xc5\xd0\xd3\xc6", "a PostScript program, which is never run"),
    (rb"PK\x03\x04", "a ZIP archive"),
    (rb"(?s:....ftyp)", "a video"),
    (rb"\s*<", "a document"),
    (rb"\s*[\[{]", "a data file"),
    (rb"[\t\r\n\x20-\x7e]{16}", "a text"),
    (rb"\0{16}", "empty space"),
)


def sniff(head: bytes, *, claims: bool = True) -> str | None:
    """Tell a picture's format by its content, whatever it is called.

    Args:
        head: The file's first bytes: 64 do for all but SVG, which needs up to :data:`HEAD_BYTES`.
        claims: Whether the file says that it is a picture: else a beginning of two or three bytes, which any file may
            have, does not make it one.

    Returns:
        A key of :data:`FORMATS`, or None for what is no picture.
    """
    head = head[:HEAD_BYTES]
    if not claims and _TOO_SHORT.match(head):
        return None
    if found := _signatures().match(head):
        assert found.lastindex is not None, "each alternative is a group"  # noqa: S101  # _pattern_of's own promise
        return _SIGNED[found.lastindex - 1][0]
    return _sniff_family(head) or _sniff_by_rule(head)


def what_instead(head: bytes) -> str:
    """Say in words what a file is that is no picture: "a web page"."""
    return next((words for pattern, words in _OTHERWISE if re.match(pattern, head)), "something else")


def is_picture_name(name: str) -> bool:
    """Whether a file name or path ends as pictures do, those included that recipes cannot read."""
    return os.path.splitext(name)[1].lower() in _EXTENSIONS  # noqa: PTH122  # a string, and there are many


def claims_picture(name: str, content_type: str | None) -> bool:
    """Whether a file says that it is a picture, by its name or its Content-Type (RFC 9110, section 8.3).

    Args:
        name: File name, or the path of a URL.
        content_type: As the server sent it, parameters and all; None if it sent none.
    """
    return is_picture_name(name) or (content_type or "").strip().lower().startswith("image/")


def _sniff_family(head: bytes) -> str | None:
    """Tell the formats in ISO's media container apart by their brands (ISO/IEC 14496-12, section 4.3)."""
    if head[4:8] != b"ftyp":
        return None
    end = min(int.from_bytes(head[:4], "big"), len(head))
    brands = {head[8:12]} | {head[at : at + 4] for at in range(16, end - 3, 4)}
    if brands & {b"avif", b"avis"}:
        return "AVIF"
    if head[8:12] == b"crx ":
        return "RAW"
    return "HEIF" if brands & _HEIF_BRANDS else None


def _sniff_by_rule(head: bytes) -> str | None:
    """Tell those whose magic alone is too short to trust."""
    if head[:2] == b"BM" and int.from_bytes(head[14:18], "little") in _BMP_HEADERS:
        return "BMP"
    if head[:4] == b"\0\0\x01\0" and head[4:6] != b"\0\0" and head[9:10] == b"\0":
        return "ICO"
    if _PPM.match(head):
        return "PPM"
    return "SVG" if _SVG.match(head) else None
