"""What this program is made of: its version, and those of what it stands on.

Nothing is loaded for it before somebody asks: a start must not wait for what few want to know.
"""

import os
import sys
from collections.abc import Callable
from typing import Final

from core import __version__

NAME_AND_VERSION: Final = f"fetchmill {__version__}"
_LICENCE: Final = "Free software under the MIT licence"
_LICENCE_OF_ALL: Final = (
    "Free software under the GPL, version 3 or later; its own code also under the MIT licence"
)


def parts() -> tuple[str, ...]:
    """Python, Qt and the system, a line each; what costs next to nothing to say."""
    return (_python(), _said("Qt", _qt), _system())


def licence() -> str:
    """What it may be passed on under: packed together with codecs, some of which are under the GPL, as these are."""
    from core.frozen import is_frozen  # noqa: PLC0415  # see the module's docstring

    return _LICENCE_OF_ALL if is_frozen() else _LICENCE


def versions() -> tuple[str, ...]:
    """All that matters when something goes wrong on one computer and not on another, a line each.

    Loads Pillow with its codecs, which a window never does: see ``versions_apart``.
    """
    return (
        _python(),
        _said("Qt", _qt),
        _said("Pillow", _pillow),
        _said("requests", _requests),
        _said("OpenSSL", _openssl),
        _said("SQLite", _sqlite),
        _system() + _distribution(),
    )


def versions_apart() -> tuple[str, ...]:
    """The same, found out in a process of its own; takes about a fifth of a second.

    A codec that cannot be loaded then ends that process and not the one that asks.
    """
    from concurrent.futures import ProcessPoolExecutor  # noqa: PLC0415  # see the module's docstring
    from concurrent.futures.process import BrokenProcessPool  # noqa: PLC0415  # as above
    from multiprocessing import get_context  # noqa: PLC0415  # as above

    from core.parent_watch import die_with_parent  # noqa: PLC0415  # as above

    try:
        with ProcessPoolExecutor(1, get_context("spawn"), die_with_parent) as pool:
            return pool.submit(versions).result()
    except (BrokenProcessPool, OSError) as error:
        return (*parts(), f"Pillow cannot be asked: {error}")


def _said(name: str, find_out: Callable[[], str]) -> str:
    try:
        return find_out()
    except ImportError as error:
        return f"{name} cannot be loaded: {error}"


def _python() -> str:
    from core.frozen import is_frozen  # noqa: PLC0415  # as above

    how = "frozen" if is_frozen() else "not frozen"
    return f"Python {sys.version.split()[0]} ({sys.implementation.name}, {how})"


def _qt() -> str:
    import PySide6  # noqa: PLC0415  # see the module's docstring
    from PySide6.QtCore import qVersion  # noqa: PLC0415  # as above

    return f"Qt {qVersion()} (PySide6 {PySide6.__version__})"


def _pillow() -> str:
    from core.images.codecs import codecs, pillow_version  # noqa: PLC0415  # as above

    return f"Pillow {pillow_version()} ({', '.join(codecs())})"


def _requests() -> str:
    from core.downloads.versions import http_versions  # noqa: PLC0415  # as above

    return http_versions()


def _openssl() -> str:
    import ssl  # noqa: PLC0415  # as above

    return ssl.OPENSSL_VERSION


def _sqlite() -> str:
    import sqlite3  # noqa: PLC0415  # as above

    return f"SQLite {sqlite3.sqlite_version}"


def _system() -> str:
    """The system's own name for itself; ``platform`` is asked only where there is no uname(2)."""
    if not hasattr(os, "uname"):
        import platform  # noqa: PLC0415  # as above

        return platform.platform()
    name = os.uname()
    return f"{name.sysname} {name.release} {name.machine}"


def _distribution() -> str:
    """As a Linux system calls itself in os-release(5), in brackets; nothing elsewhere."""
    import platform  # noqa: PLC0415  # as above

    try:
        return f" ({platform.freedesktop_os_release()['PRETTY_NAME']})"
    except (OSError, KeyError):
        return ""
