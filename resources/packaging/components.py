"""What the product is made of, told from a frozen folder: each part with its version, licence and files.

Nothing is listed that is not in there, and nothing is in there that is not listed: a native library of which nobody
knows whose it is ends the build.
"""

import platform
import re
import sys
import sysconfig
from collections.abc import Iterable, Iterator, Mapping, Sequence
from importlib import metadata
from pathlib import Path
from typing import Final, NamedTuple

from resources.packaging.bundled import IN_HEIF, IN_JXL, IN_PILLOW, IN_PYTHON, IN_QT, Bundled, crates
from resources.packaging.debian_origin import origins
from resources.packaging.frozen_folder import Native, contents, modules, natives
from resources.packaging.layout import APP, NAME, ROOT, TITLE, VERSION

TEXTS: Final = Path(__file__).parent / "licence_texts"
# Where a distribution's metadata have no SPDX expression that says it.
_LICENCES: Final[Mapping[str, str]] = {
    "pysocks": "BSD-3-Clause",
    "pyinstaller": "GPL-2.0-or-later WITH Bootloader-exception",
}
# Texts that wheels leave out.
_ADDED_TEXTS: Final[Mapping[str, tuple[str, ...]]] = {
    "certifi": ("MPL-2.0.txt",),
    "pyside6-essentials": ("LGPL-3.0.txt", "GPL-3.0.txt"),
    "shiboken6": ("LGPL-3.0.txt", "GPL-3.0.txt"),
}
_BROUGHT: Final[Mapping[str, tuple[Bundled, ...]]] = {
    "pillow": IN_PILLOW,
    "pillow-heif": IN_HEIF,
    "pillow-jxl-plugin": IN_JXL,
    "pyside6-essentials": IN_QT,
}
_QT_LICENCE: Final = "LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only"


class UnknownPartError(Exception):
    """Something is in the product of which nobody knows whose it is, or under which licence."""


class Component(NamedTuple):
    """A part of the product.

    Attributes:
        name: What its authors call it.
        version: As it says itself; None where nobody tells.
        licence: An SPDX expression.
        texts: The texts of its licence; where there is none, ``licences.WITHOUT_TEXT`` says why.
        of: The name of the component that brings it; None for the product itself.
        purl: Its package URL, where it has one.
        files: Its native libraries.
    """

    name: str
    version: str | None
    licence: str
    texts: tuple[str, ...] = ()
    of: str | None = TITLE
    purl: str | None = None
    files: tuple[Native, ...] = ()


def components(app: Path = APP) -> tuple[Component, ...]:
    """All parts of the product in a frozen folder, the product itself first.

    Raises:
        FileNotFoundError: Nothing was frozen there.
        UnknownPartError: It holds something that cannot be told.
    """
    inside, libraries = modules(app), natives(app)
    owners = _owners()
    theirs = {native: owners[native.path] for native in libraries if native.path in owners}
    own = [native for native in libraries if native not in theirs]
    found = [product(), font(), *_pythons(own, contents(app))]
    for name in sorted({*_distributions(inside), *theirs.values()}):
        files = [native for native, owner in theirs.items() if owner == name]
        found += of_distribution(name, files, contents(app))
    told = {native for component in found for native in component.files}
    return (*found, *_system([native for native in own if native not in told]))


def product() -> Component:
    """The product itself."""
    return Component(TITLE, VERSION, "MIT", (_read(ROOT / "LICENSE"),), None, f"pkg:generic/{NAME}@{VERSION}")


def font() -> Component:
    """The font for text watermarks."""
    folder = ROOT / "resources" / "fonts"
    return Component(
        "DejaVu Sans",
        None,
        "Bitstream-Vera AND LicenseRef-DejaVu-public-domain",
        (_read(folder / "LICENSE.txt"),),
    )


def of_distribution(name: str, files: Sequence[Native], root: Path) -> Iterator[Component]:
    """An installed distribution and all that it brings along.

    Args:
        name: Its name, normalised (PEP 503).
        files: Its native libraries in the product.
        root: The folder that their paths begin at.
    """
    installed = metadata.distribution(name)
    left = list(files)
    for bundled in _BROUGHT.get(name, ()):
        yield from _brought(bundled, installed.name, files, root)
        left = [native for native in left if not _is_of(native, bundled)]
    if name == "pyside6-essentials":
        qt = tuple(native for native in left if native.path.startswith("PySide6/Qt/"))
        left = [native for native in left if native not in qt]
        yield Component("Qt", _qt_version(), _QT_LICENCE, _texts(name, installed), installed.name, files=qt)
    if unknown := [native.path for native in left if ".libs/" in native.path]:
        raise UnknownPartError(f"{installed.name} brings what bundled.py does not know: {', '.join(unknown)}")
    purl = f"pkg:pypi/{name}@{installed.version}"
    licence = _licence(name, installed)
    yield Component(
        installed.name, installed.version, licence, _texts(name, installed), purl=purl, files=tuple(left)
    )
    if name == "pillow-jxl-plugin":
        yield from _rust(installed.name)


def _brought(bundled: Bundled, by: str, among: Sequence[Native], root: Path) -> Iterator[Component]:
    """The library, if it is there, by itself or within another's file."""
    files = tuple(native for native in among if _is_of(native, bundled))
    within = [native for native in among if bundled.inside and native.name.startswith(bundled.inside)]
    if files or within:
        versions = (bundled.version(root / native.path) for native in (*files, *within))
        version = next((version for version in versions if version), None)
        yield Component(bundled.name, version, bundled.licence, _bundled_texts(bundled), by, files=files)


def _is_of(native: Native, bundled: Bundled) -> bool:
    return native.name.lower().startswith(tuple(name.lower() for name in bundled.files))


def _pythons(own: Sequence[Native], root: Path) -> Iterator[Component]:
    """Python itself, and what its installers bring where it does not take the system's."""
    brought = IN_PYTHON if sys.platform != "linux" else ()
    for bundled in brought:
        yield from _brought(bundled, "Python", own, root)
    others = (native for native in own if not any(_is_of(native, bundled) for bundled in brought))
    files = tuple(native for native in others if _is_pythons(native))
    version = platform.python_version()
    purl = f"pkg:generic/python@{version}"
    yield Component("Python", version, "Python-2.0.1", (_python_text(),), purl=purl, files=files)


def _is_pythons(native: Native) -> bool:
    if native.path.startswith(("python3", "Python", "libpython3")):
        return True
    return native.name.endswith(".pyd") and native.name.partition(".")[0] in sys.stdlib_module_names


def _system(left: Sequence[Native]) -> Iterator[Component]:
    """The packages of the system that libraries were taken from."""
    packages = origins(left)
    if unknown := [native.path for native in left if native.path not in packages]:
        raise UnknownPartError(f"Nobody knows whose these are: {', '.join(unknown)}")
    for package in sorted(set(packages.values())):
        files = tuple(native for native in left if packages[native.path] == package)
        texts = (_read(package.copyright),) if package.copyright.is_file() else ()
        purl = f"pkg:deb/debian/{package.name}@{package.version.replace('+', '%2B').replace(':', '%3A')}"
        yield Component(package.name, package.version, package.licence, texts, purl=purl, files=files)


def _rust(by: str) -> Iterator[Component]:
    for crate in crates():
        name, version = crate["name"], crate["version"]
        purl = f"pkg:cargo/{name}@{version.replace('+', '%2B')}"
        yield Component(name, version, crate["licence"], of=by, purl=purl)


def normalised(name: str) -> str:
    """A distribution's name as it is compared (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _owners() -> Mapping[str, str]:
    """Which distribution brings which file, as all that are installed say."""
    return {
        file.as_posix(): normalised(each.name)
        for each in metadata.distributions()
        for file in each.files or ()
        if not file.as_posix().startswith("..")
    }


def _distributions(inside: Iterable[str]) -> Iterator[str]:
    """The distributions that modules belong to; PyInstaller's is that of the programs' beginning."""
    brought = metadata.packages_distributions()
    names = {normalised(name) for module in inside for name in brought.get(module, ())}
    yield from (names - {NAME}) | {"pyinstaller"}


def _licence(name: str, installed: metadata.Distribution) -> str:
    told = installed.metadata.json
    licence = _LICENCES.get(name) or told.get("license_expression") or told.get("license")
    if not licence:
        raise UnknownPartError(f"{installed.name} does not say under which licence it is.")
    return str(licence)


def _texts(name: str, installed: metadata.Distribution) -> tuple[str, ...]:
    named = (file for file in installed.files or () if _is_licence(file.as_posix()))
    own = tuple(_read(Path(str(installed.locate_file(file)))) for file in sorted(named))
    return own + tuple(_read(TEXTS / text) for text in _ADDED_TEXTS.get(name, ()))


def _is_licence(path: str) -> bool:
    return bool(re.search(r"\.dist-info/(licenses/.+|(LICEN[CS]E|COPYING|NOTICE)[^/]*)$", path))


def _bundled_texts(bundled: Bundled) -> tuple[str, ...]:
    owner, _, heading = bundled.text.partition("#")
    if not owner:
        return ()
    if owner == "python":
        return (_python_text(),)
    if not heading:
        further = ("GPL-3.0.txt",) if owner == "LGPL-3.0.txt" else ()
        return tuple(_read(TEXTS / text) for text in (owner, *further))
    return (section("\n".join(_texts(owner, metadata.distribution(owner))), heading),)


def section(text: str, heading: str) -> str:
    """The part of a licence file that stands below a heading, up to the next one.

    Raises:
        UnknownPartError: It has no such heading.
    """
    found = re.search(
        rf"^{re.escape(heading)}\n(.*?)(?=^----+\n\n[A-Z0-9]+\n|\Z)", text, re.MULTILINE | re.DOTALL
    )
    if not found:
        raise UnknownPartError(f"The licence file has no part {heading}.")
    return found[1].strip() + "\n"


def _python_text() -> str:
    places = (
        Path(sysconfig.get_path("stdlib")),
        Path(sys.base_prefix),
        Path(f"/usr/share/doc/python{sys.version_info.major}.{sys.version_info.minor}"),
    )
    names = ("LICENSE.txt", "LICENSE", "copyright")
    found = next((place / name for place in places for name in names if (place / name).is_file()), None)
    return _read(found) if found else ""


def _qt_version() -> str:
    from PySide6.QtCore import qVersion  # noqa: PLC0415 - only where there is Qt

    return qVersion()


def _read(file: Path) -> str:
    return file.read_text(encoding="utf-8", errors="replace")
