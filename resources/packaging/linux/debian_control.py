"""The fields of the Debian package, and what it depends on."""

import textwrap
from collections.abc import Mapping
from typing import Final

from resources.packaging.layout import AUTHORS, NAME

# The project has no public address yet; the format wants one (example.org: RFC 2606, nobody's).
MAINTAINER: Final = f"{AUTHORS} <{NAME}@example.org>"
SUMMARY: Final = "download lists of links and process the pictures on the way"
_DESCRIPTION: Final = (
    (
        "Fetchmill takes links, lists of links, folders and pictures by drag and drop or on the command line, and makes "
        "finished pictures of them: while some files are still on their way, others are already being scaled, converted "
        "and put in place."
    ),
    (
        "Downloads are checked to be whole, go on after a cut or a restart, and use as many connections as each server "
        "takes well. Recipes resize, crop, rotate, mark, redact and convert; colours, metadata and dates stay right. Each "
        "file is done, or has failed with its reason."
    ),
    (
        "This package holds the window (fetchmill), the command line (fetchmill-cli), and what they are built of: Python, "
        "Qt and the codecs."
    ),
)

LIBRARIES: Final[Mapping[str, str]] = {
    "ld-linux-x86-64.so.2": "libc6",
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11-xcb.so.1": "libx11-xcb1",
    "libX11.so.6": "libx11-6",
    "libbrotlicommon.so.1": "libbrotli1",
    "libbrotlidec.so.1": "libbrotli1",
    "libc.so.6": "libc6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libdl.so.2": "libc6",
    "libexpat.so.1": "libexpat1",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libgcc_s.so.1": "libgcc-s1",
    "libglib-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libgthread-2.0.so.0": "libglib2.0-0t64 | libglib2.0-0",
    "libm.so.6": "libc6",
    "libmvec.so.1": "libc6",
    "libpthread.so.0": "libc6",
    "libresolv.so.2": "libc6",
    "librt.so.1": "libc6",
    "libstdc++.so.6": "libstdc++6",
    "libwayland-client.so.0": "libwayland-client0",
    "libwayland-cursor.so.0": "libwayland-cursor0",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-image.so.0": "libxcb-image0",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-randr.so.0": "libxcb-randr0",
    "libxcb-render-util.so.0": "libxcb-render-util0",
    "libxcb-render.so.0": "libxcb-render0",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-shm.so.0": "libxcb-shm0",
    "libxcb-sync.so.1": "libxcb-sync1",
    "libxcb-util.so.1": "libxcb-util1",
    "libxcb-xfixes.so.0": "libxcb-xfixes0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxcb.so.1": "libxcb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libzstd.so.1": "libzstd1",
}
"""The system's libraries that Python, Qt and the codecs are linked with, and the packages that hold them: those of Debian
12, before them those that newer systems call otherwise."""
# The oldest that have all symbols that are used.
_LEAST: Final = {"libc6": "2.35", "libstdc++6": "11"}
# Loaded by name or read, not linked with: a font to write with, what orders text from right to left, the keyboard's tables.
_ALSO: Final = (
    "fonts-dejavu-core | fonts-noto-core | fonts-liberation | fonts-freefont-ttf",
    "libfribidi0",
    "xkb-data",
)
# Whom the system trusts, the desktop's own dialogs, its browser and file manager, its icons and types of files.
RECOMMENDED: Final = (
    "ca-certificates",
    "hicolor-icon-theme",
    "shared-mime-info",
    "xdg-desktop-portal",
    "xdg-utils",
)


def depends() -> tuple[str, ...]:
    """What has to be there, as in the field."""
    return tuple(_versioned(one) for one in sorted({*LIBRARIES.values(), *_ALSO}))


def control(version: str, architecture: str, kilobytes: int) -> str:
    """The control file (Debian Policy, chapter 5).

    Args:
        version: Of the product.
        architecture: As Debian calls it.
        kilobytes: What it takes, installed.
    """
    fields = {
        "Package": NAME,
        "Version": version,
        "Architecture": architecture,
        "Maintainer": MAINTAINER,
        "Installed-Size": str(kilobytes),
        "Depends": ", ".join(depends()),
        "Recommends": ", ".join(RECOMMENDED),
        "Section": "net",
        "Priority": "optional",
        "Description": f"{SUMMARY}\n{_paragraphs()}",
    }
    return "".join(f"{name}: {value}\n" for name, value in fields.items())


def _versioned(names: str) -> str:
    return " | ".join(
        f"{name} (>= {_LEAST[name]})" if name in _LEAST else name for name in names.split(" | ")
    )


def _paragraphs() -> str:
    wrapped = (textwrap.fill(one, 78, initial_indent=" ", subsequent_indent=" ") for one in _DESCRIPTION)
    return "\n .\n".join(wrapped)
