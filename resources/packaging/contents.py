"""What goes into the frozen folder, and what of what PyInstaller finds stays out."""

import sys
from collections.abc import Callable, Iterable, Sequence
from pathlib import PurePath, PurePosixPath
from typing import Final

Entry = tuple[str, str, str]  # PyInstaller's: place in the folder, file (or a link's target), kind

# Imported by name only when needed, so that no analysis sees them.
HIDDEN: Final = (
    "core.engine_process",
    "core.images.worker",
    "PIL.AvifImagePlugin",
    "pillow_heif",
    "pillow_jxl",
)
# Offered by what is used, and never used by us.
EXCLUDED: Final = (
    *("PIL.ImageQt", "PIL.ImageShow", "PIL.ImageTk", "PIL._tkinter_finder", "numpy", "tkinter"),
    *("PyInstaller", "hypothesis", "mypy", "pip", "pytest", "setuptools", "resources.packaging", "tests"),
    *("defusedxml", "typing_extensions"),  # taken where they happen to be installed, as checks need them
    *(
        "PySide6.QtDBus",
        "asyncio",
        "ftplib",
        "smtplib",
        "statistics",
        "_pydecimal",
        "curses",
        "doctest",
        "lib2to3",
        "pdb",
        "pydoc",
        "readline",
        "unittest",
        "xmlrpc",
    ),
)
# Data files that the program reads, folders of the wheel.
FOLDERS: Final = ("resources/fonts", "resources/icons", "resources/recipes")

# Qt's plugins by folder, those of all systems: the window draws widgets without OpenGL, reads SVG, talks to no server.
# Left out: GTK's theme (it brings GTK; the portal's theme opens the desktop's own dialogs), eglfs, linuxfb, vnc,
# Vulkan, touch and tablet devices without a desktop, TLS and network information, formats that the children decode.
PLUGINS: Final[dict[str, tuple[str, ...]]] = {
    "iconengines": ("qsvgicon",),
    "imageformats": ("qsvg",),
    "platforminputcontexts": ("composeplatforminputcontextplugin", "ibusplatforminputcontextplugin"),
    "platforms": ("qcocoa", "qoffscreen", "qwayland", "qwindows", "qxcb"),
    "platformthemes": ("qxdgdesktopportal",),
    "styles": ("qmacstyle", "qmodernwindowsstyle"),
    "wayland-decoration-client": ("adwaita", "bradient"),
    "wayland-shell-integration": ("xdg-shell",),
}
# What PyInstaller runs before the program, in each child, too: Qt's hook loads Qt there, although PySide6 finds its plugins
# by itself; the others serve source code that is not there.
_HOOKS_LEFT_OUT: Final = ("pyi_rth_inspect", "pyi_rth_pkgutil", "pyi_rth_pyside6")
# Python itself, where it is the system's, and what its modules are linked with. All else of the system stays the system's: a desktop's libraries have to fit
# its display, its fonts and its drivers.
FROM_SYSTEM: Final = (
    *("libbz2", "libcrypto", "libffi", "liblzma"),
    *("libpython3", "libsqlite3", "libssl", "libz"),
)
_SYSTEM_FOLDERS: Final = ("/lib", "/lib64", "/usr/lib", "/usr/lib64")


def chosen(entries: Sequence[Entry], needs: Callable[[str], Iterable[str]]) -> list[Entry]:
    """Those of the entries that the program needs.

    Args:
        entries: All that PyInstaller has found, libraries and links to them in one list.
        needs: File names of the libraries that a file is linked with.
    """
    wanted = [entry for entry in entries if _is_wanted(entry)]
    names = _linked([entry for entry in wanted if not _is_library(entry)], wanted, needs)
    kept = [entry for entry in wanted if not _is_library(entry) or _name(entry) in names]
    places = {place for place, _, _ in kept}
    frameworks = {_framework(entry) for entry in kept if entry[2] == "BINARY"}

    def leads_somewhere(entry: Entry) -> bool:
        if framework := _framework(entry):
            return framework in frameworks
        return entry[2] != "SYMLINK" or _target(entry) in places

    return [entry for entry in kept if leads_somewhere(entry)]


def scripts(entries: Sequence[Entry]) -> list[Entry]:
    """What is run at the start, in this order."""
    return [entry for entry in entries if entry[0] not in _HOOKS_LEFT_OUT]


def _is_wanted(entry: Entry) -> bool:
    place, source, kind = entry
    parts = PurePath(place).parts
    if "translations" in parts or "qml" in parts:
        return False
    if "plugins" in parts and "PySide6" in parts:
        folder, name = parts[-2:]
        return name.partition(".")[0].removeprefix("lib") in PLUGINS.get(folder, ())
    if kind == "BINARY" and sys.platform == "linux" and _is_of_system(source):
        return _name(entry).partition(".")[0] in FROM_SYSTEM
    return True


def _is_of_system(source: str) -> bool:
    return any(PurePosixPath(source).is_relative_to(folder) for folder in _SYSTEM_FOLDERS)


def _is_library(entry: Entry) -> bool:
    """Whether it is there only for others that are linked with it."""
    return entry[2] == "BINARY" and "plugins" not in PurePath(entry[0]).parts


def _linked(
    roots: Sequence[Entry], entries: Sequence[Entry], needs: Callable[[str], Iterable[str]]
) -> set[str]:
    """File names of all libraries that the roots are linked with, by way of others, too."""
    libraries = {_name(entry): entry[1] for entry in entries if _is_library(entry)}
    found: set[str] = {name for name in libraries if name.startswith(("libpython", "python"))}
    left = [source for _, source, kind in roots if kind in ("EXTENSION", "BINARY")]
    left += [libraries[name] for name in found]
    while left:
        for name in map(str.lower, needs(left.pop())):
            if name in libraries and name not in found:
                found.add(name)
                left.append(libraries[name])
    return found


def _name(entry: Entry) -> str:
    """In lower case: those who are linked with a library on Windows do not agree about its letters."""
    return PurePath(entry[0]).name.lower()


def _framework(entry: Entry) -> PurePath | None:
    """The folder of a library of macOS, with links and a description that codesign(1) asks for; None elsewhere."""
    return next((folder for folder in PurePath(entry[0]).parents if folder.suffix == ".framework"), None)


def _target(entry: Entry) -> str:
    """The place that a link leads to."""
    return str(PurePath(entry[0]).parent / entry[1])
