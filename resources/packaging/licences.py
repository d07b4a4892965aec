"""The licences of all that is shipped: a table of the parts, and the texts that have to go with them."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from resources.packaging.components import TEXTS, Component, UnknownPartError, components
from resources.packaging.layout import APP, TITLE, VERSION

# Parts whose text is not shipped, by what their package URLs or names begin with, and why.
WITHOUT_TEXT: Final[Mapping[str, str]] = {
    "pkg:cargo/": "The wheel of pillow-jxl-plugin names them without their texts, and says of some that only built it.",
    "skcms": "The wheel of pillow-jxl-plugin brings no text; it is Google's BSD-3-Clause, as that of libjxl.",
}
# Whole texts that others only point at, as Debian's copyright files do.
SHARED: Final = ("Apache-2.0", "GPL-2.0", "GPL-3.0", "LGPL-2.1", "LGPL-3.0", "MPL-2.0")

_PREFACE: Final = f"""\
{TITLE} {VERSION}: what it is made of, and under which terms

{TITLE}'s own code is under the MIT licence. This package also holds the work of others, listed below, each under its own
licence; the texts are in this folder.

The package as a whole may be passed on under the GNU General Public License, version 3 or later: it holds
pillow-jxl-plugin (GPL-3.0-or-later) and x265 (GPL-2.0-or-later, for writing HEIC), which are loaded into the same
processes as the rest. All other licences here allow that; that of requests and OpenSSL, Apache-2.0, allows it with
version 3 only. The MIT licence still holds for {TITLE}'s own code by itself, and a {TITLE} that is installed
without the extras "heif" and "jxl" has no part under the GPL that it needs.

Qt and PySide6 are used under the LGPL, version 3; libheif and libde265 are under it as well. They are as their
authors' wheels bring them, on Linux without the symbols that only debuggers use (strip --strip-unneeded), and lie as
files of their own in the folder "_internal" (Qt: "_internal/PySide6/Qt"). You may put other versions with the same interface in their place, and may take this program apart to find out why such
a version does not work.

Qt holds third-party code of its own (FreeType, HarfBuzz, libjpeg, libpng, PCRE2, zlib and others, all under permissive
licences); it is listed under "Licenses Used in Qt" in the documentation of its version, at https://doc.qt.io/qt-6/.

Sources. Python packages (those without a parent in the table, from certifi to urllib3): the Python Package Index holds the
source of each under its name and version. Libraries that are in one of them: the wheel's own text says where (that of
pillow_heif names libheif, libde265 and x265 with their versions; that of pillow what it is built from). Qt and PySide6:
https://download.qt.io/official_releases/. Debian's packages (lib...): "apt-get source NAME=VERSION". Fetchmill's own
build: the folder resources/packaging of its source. Whoever passes this package on has to see to it that the sources
of the parts under the GPL and LGPL can be had from there, or offer them along with it (GPL 3, section 6; LGPL 3, section 4).
"""


def notice(app: Path = APP) -> str:
    """What the product is made of and under which terms, as a text.

    Raises:
        FileNotFoundError: Nothing was frozen there.
        UnknownPartError: It holds something that cannot be told.
    """
    return _notice(components(app))


def texts(app: Path = APP) -> Mapping[str, str]:
    """The licence texts of all parts, by the names of the parts.

    Raises:
        FileNotFoundError: Nothing was frozen there.
        UnknownPartError: It holds something that cannot be told, or a text is missing without a reason.
    """
    return of_components(components(app))


def of_components(parts: tuple[Component, ...]) -> Mapping[str, str]:
    """The licence texts of these parts, by their names; see :func:`texts`."""
    if missing := [part.name for part in parts if not any(part.texts) and reason(part) is None]:
        raise UnknownPartError(f"No licence text of {', '.join(missing)}")
    return {part.name: "\n".join(part.texts) for part in parts if any(part.texts)}


def reason(part: Component) -> str | None:
    """Why no text of it is shipped; None where one has to be."""
    beginnings = (part.purl or part.name, part.name)
    return next(
        (why for begin, why in WITHOUT_TEXT.items() if any(each.startswith(begin) for each in beginnings)),
        None,
    )


def write(folder: Path, app: Path = APP) -> None:
    """Write ``NOTICE.txt`` and the texts into a folder, which is made if it is not there."""
    parts = components(app)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "NOTICE.txt").write_text(_notice(parts), encoding="utf-8", newline="\n")
    for name, text in of_components(parts).items():
        (folder / f"{_file_name(name)}.txt").write_text(text, encoding="utf-8", newline="\n")
    for name in SHARED:
        (folder / f"{name}.txt").write_bytes((TEXTS / f"{name}.txt").read_bytes())


def _file_name(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9.+-]+", "-", name).strip("-")


def _notice(parts: tuple[Component, ...]) -> str:
    rows = [(part.name, part.version or "", part.licence, _brought_by(part)) for part in parts]
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    table = "\n".join(
        f"{name:{widths[0]}}  {version:{widths[1]}}  {licence}{by}" for name, version, licence, by in rows
    )
    untold = "\n".join(f"- {begin}...: {why}" for begin, why in WITHOUT_TEXT.items())
    untold += "\n- Third-party code inside Qt: the wheel of PySide6 brings no texts; see above."
    return f"{_PREFACE}\nParts\n\n{table}\n\nParts without a text in this folder\n\n{untold}\n"


def _brought_by(part: Component) -> str:
    return f"  (in {part.of})" if part.of not in (None, TITLE) else ""
