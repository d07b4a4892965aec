"""The native libraries that come inside of wheels and of Python's installers: whose they are, and under which licence.

Versions are asked of the libraries where they can be asked; what nobody tells stays unknown.
"""

import json
import re
import sqlite3
import ssl
from collections.abc import Callable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Final, NamedTuple

Version = Callable[[Path], str | None]


class Bundled(NamedTuple):
    """A library that somebody else's package brings along.

    Attributes:
        name: What its authors call it.
        licence: An SPDX expression.
        files: How the names of its files begin; none where it is linked into the file of another (``inside``).
        version: Asks for its version, given its file.
        text: Where its licence text stands: a file of ours, ``PACKAGE#HEADING`` for a part of that package's own
            licence file, or ``python`` for Python's, which speaks of all that its installers bring.
        inside: How the name of the file begins that it is linked into, if it has none of its own.
    """

    name: str
    licence: str
    files: tuple[str, ...]
    version: Version
    text: str
    inside: str = ""


def _unknown(_file: Path) -> None:
    return None


def _pillow(feature: str) -> Version:
    def ask(_file: Path) -> str | None:
        from PIL import features  # noqa: PLC0415 - only a build asks

        return features.version(feature)

    return ask


def _written(pattern: bytes) -> Version:
    """The version as the library has it among its texts."""

    def ask(file: Path) -> str | None:
        found = re.search(pattern, file.read_bytes())
        return found[1].decode() if found else None

    return ask


def _named(file: Path) -> str | None:
    """The version of libraries that put their own into their file's name (``libzstd-….so.1.5.7``)."""
    found = re.search(r"\.so\.(\d+\.\d+\.\d+)$|\.(\d+\.\d+\.\d+)\.dylib$", file.name)
    return (found[1] or found[2]) if found else None


def _avif(codec: str) -> Version:
    def ask(_file: Path) -> str | None:
        from PIL import _avif as plugin  # noqa: PLC0415 - only a build asks

        found = re.search(rf"{codec} \[\w+\]:v?([\d.]+)", str(plugin.codec_versions()))
        return found[1] if found else None

    return ask


def _heif(part: str) -> Version:
    def ask(_file: Path) -> str | None:
        import pillow_heif  # noqa: PLC0415 - only a build asks

        told = pillow_heif.libheif_info()
        words = {"libheif": told["libheif"], **told["encoders"], **told["decoders"]}.get(part, "")
        found = re.search(r"\d+(\.\d+)+", str(words))
        return found[0] if found else None

    return ask


def crates() -> tuple[Mapping[str, str], ...]:
    """What the wheel of pillow-jxl-plugin says of the Rust packages in it: name, version and licence of each."""
    wheel = metadata.distribution("pillow-jxl-plugin")
    bills = [file for file in wheel.files or () if file.match("*.dist-info/sboms/*.json")]
    parts = [part for bill in bills for part in json.loads(bill.read_text(encoding="utf-8"))["components"]]
    return tuple(
        {"name": part["name"], "version": part["version"], "licence": part["licenses"][0]["expression"]}
        for part in parts
    )


def _crate(name: str) -> Version:
    def ask(_file: Path) -> str | None:
        return next((crate["version"] for crate in crates() if crate["name"] == name), None)

    return ask


def _openssl(_file: Path) -> str:
    return ssl.OPENSSL_VERSION.split()[1]


def _sqlite(_file: Path) -> str:
    return sqlite3.sqlite_version


IN_PILLOW: Final = (
    Bundled(
        "libjpeg-turbo",
        "IJG AND BSD-3-Clause AND Zlib",
        ("libjpeg",),
        _pillow("libjpeg_turbo"),
        "pillow#LIBJPEG",
    ),
    Bundled("libtiff", "libtiff", ("libtiff",), _pillow("libtiff"), "pillow#LIBTIFF"),
    Bundled("OpenJPEG", "BSD-2-Clause", ("libopenjp2",), _pillow("jpg_2000"), "pillow#OPENJPEG"),
    Bundled("libwebp", "BSD-3-Clause", ("libwebp", "libsharpyuv"), _pillow("webp"), "pillow#LIBWEBP"),
    Bundled("libavif", "BSD-2-Clause", ("libavif",), _pillow("avif"), "pillow#LIBAVIF"),
    Bundled("dav1d", "BSD-2-Clause", (), _avif("dav1d"), "pillow#DAV1D", "libavif"),
    Bundled("libaom", "BSD-2-Clause", (), _avif("aom"), "pillow#AOM", "libavif"),
    Bundled("libyuv", "BSD-3-Clause", (), _unknown, "pillow#LIBYUV", "libavif"),
    Bundled("Little CMS", "MIT", ("liblcms2",), _pillow("littlecms2"), "pillow#LCMS2"),
    Bundled(
        "FreeType", "FTL OR GPL-2.0-or-later", ("libfreetype",), _pillow("freetype2"), "pillow#FREETYPE2"
    ),
    Bundled("HarfBuzz", "MIT-Modern-Variant", ("libharfbuzz",), _pillow("harfbuzz"), "pillow#HARFBUZZ"),
    Bundled("Raqm", "MIT", (), _pillow("raqm"), "pillow#RAQM", "_imagingft"),
    Bundled(
        "libpng", "libpng-2.0", ("libpng",), _written(rb"libpng version (\d+\.\d+\.\d+)"), "pillow#LIBPNG"
    ),
    Bundled("zlib-ng", "Zlib", ("libz-", "libz."), _pillow("zlib_ng"), "pillow#ZLIB", "_imaging."),
    Bundled("Brotli", "MIT", ("libbrotli",), _named, "pillow#BROTLI"),
    Bundled("Zstandard", "BSD-3-Clause OR GPL-2.0-only", ("libzstd",), _named, "pillow#ZSTD"),
    Bundled("XZ Utils (liblzma)", "0BSD", ("liblzma",), _named, "pillow#LIBLZMA"),
    Bundled("bzip2", "bzip2-1.0.6", ("libbz2",), _unknown, "pillow#BZIP2"),
    Bundled("libXau", "MIT-open-group", ("libXau",), _unknown, "pillow#XAU"),
    Bundled("libxcb", "X11", ("libxcb",), _unknown, "pillow#XCB"),
)
IN_HEIF: Final = (
    Bundled("libheif", "LGPL-3.0-or-later", ("libheif",), _heif("libheif"), "LGPL-3.0.txt"),
    Bundled("libde265", "LGPL-3.0-or-later", ("libde265",), _heif("libde265"), "LGPL-3.0.txt"),
    # The wheel says GPLv2; each of x265's own sources says "or (at your option) any later version".
    Bundled("x265", "GPL-2.0-or-later", ("libx265",), _heif("x265"), "GPL-2.0.txt"),
)
IN_QT: Final = (Bundled("ICU", "Unicode-DFS-2016", ("libicu",), _written(rb"\0(\d\d\.\d)\0"), "ICU.txt"),)
# Linked into one file, as the wheel's own bill of materials and the file's symbols tell.
IN_JXL: Final = (
    Bundled("libjxl", "BSD-3-Clause", (), _crate("jpegxl-src"), "libjxl.txt", "pillow_jxl"),
    Bundled("Highway", "Apache-2.0 OR BSD-3-Clause", (), _unknown, "Apache-2.0.txt", "pillow_jxl"),
    Bundled("Brotli in libjxl", "MIT", (), _unknown, "pillow#BROTLI", "pillow_jxl"),
    Bundled("skcms", "BSD-3-Clause", (), _unknown, "", "pillow_jxl"),
)
# What Python's installers for Windows and macOS bring; on Linux these are the system's.
IN_PYTHON: Final = (
    Bundled("OpenSSL", "Apache-2.0", ("libssl", "libcrypto"), _openssl, "Apache-2.0.txt"),
    Bundled("SQLite", "blessing", ("sqlite3", "libsqlite3"), _sqlite, "SQLite.txt"),
    Bundled("libffi", "MIT", ("libffi",), _unknown, "python"),
    Bundled(
        "Microsoft Visual C++ runtime",
        "LicenseRef-Microsoft-VC-Runtime",
        ("vcruntime", "msvcp"),
        _unknown,
        "python",
    ),
    Bundled(
        "Microsoft Universal C runtime",
        "LicenseRef-Microsoft-UCRT",
        ("ucrtbase", "api-ms-win"),
        _unknown,
        "python",
    ),
)
