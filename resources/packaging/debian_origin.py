"""From which of Debian's packages a system library was taken: told by its name and proven by its digest."""

import shutil
import subprocess
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from resources.packaging.frozen_folder import Native, digest

# SPDX expressions of the libraries that Python and Qt need; those of others stand in their copyright files only.
_LICENCES: Final[Mapping[str, str]] = {
    "bzip2": "bzip2-1.0.6",
    "brotli": "MIT",
    "e2fsprogs": "MIT",
    "expat": "MIT",
    "glib2.0": "LGPL-2.1-or-later",
    "keyutils": "LGPL-2.0-or-later",
    "krb5": "MIT",
    "libffi": "MIT",
    "libzstd": "BSD-3-Clause OR GPL-2.0-only",
    "openssl": "Apache-2.0",
    "pcre2": "BSD-3-Clause",
    "python3.11": "PSF-2.0",
    "sqlite3": "blessing",
    "xz-utils": "LicenseRef-XZ-public-domain",
    "zlib": "Zlib",
}


class Package(NamedTuple):
    """A package of Debian's that files were taken from.

    Attributes:
        name: The binary package.
        version: Its version.
        licence: An SPDX expression.
        copyright: Its copyright file.
    """

    name: str
    version: str
    licence: str
    copyright: Path


def origins(libraries: Iterable[Native]) -> Mapping[str, Package]:
    """The packages of all that are byte for byte in one that is installed, by the libraries' paths."""
    wanted = {native.name: native for native in libraries}
    if not wanted or not shutil.which("dpkg-query"):
        return {}
    packages: dict[str, Package] = {}
    for name, file in _holders(wanted):
        native = wanted.get(file.name)
        if native and native.path not in packages and file.is_file() and digest(file) == native.sha256:
            packages[native.path] = _package(name)
    return packages


def _holders(names: Iterable[str]) -> list[tuple[str, Path]]:
    asked = ["dpkg-query", "-S", *(f"*/{name}" for name in names)]
    lines = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.splitlines()
    parts = (line.rpartition(": ") for line in lines if not line.startswith("diversion "))
    return [(package.split(",")[0], Path(file)) for package, _, file in parts]


def _package(name: str) -> Package:
    asked = ["dpkg-query", "-W", "-f", "${Package} ${Version} ${source:Package}", name]
    package, version, source = subprocess.run(
        asked, capture_output=True, text=True, check=True
    ).stdout.split()
    licence = _LICENCES.get(source, f"LicenseRef-Debian-{source.replace('+', 'x')}")
    return Package(package, version, licence, Path("/usr/share/doc", package, "copyright"))
