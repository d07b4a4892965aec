"""Tells in one line what the system lacks for a window, before Qt aborts or Python prints a traceback.

Imports nothing of Qt's graphical side: that is what is put on trial here.
"""

import ctypes
import importlib
import importlib.util
import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

_PACKAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "libEGL.so.1": "libegl1",
        "libGL.so.1": "libgl1",
        "libOpenGL.so.0": "libopengl0",
        "libGLX.so.0": "libglx0",
        "libxkbcommon.so.0": "libxkbcommon0",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
        "libdbus-1.so.3": "libdbus-1-3",
        "libfontconfig.so.1": "libfontconfig1",
        "libfreetype.so.6": "libfreetype6",
        "libglib-2.0.so.0": "libglib2.0-0",
        "libgthread-2.0.so.0": "libglib2.0-0",
        "libX11.so.6": "libx11-6",
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxcb.so.1": "libxcb1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xinerama.so.0": "libxcb-xinerama0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libSM.so.6": "libsm6",
        "libICE.so.6": "libice6",
    }
)
ALL_PACKAGES: Final = (
    "libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 libxcb-cursor0 libxcb-icccm4 "
    "libxcb-image0 libxcb-keysyms1 libxcb-randr0 libxcb-render-util0 libxcb-shape0 libxcb-xinerama0 libxcb-xkb1"
)
_MISSING: Final = re.compile(r"(\S+\.so[.\d]*): cannot open shared object file")


def complaint(environment: Mapping[str, str], platform: str = sys.platform) -> str | None:
    """One line on what is missing, or None when a window can be opened.

    Args:
        environment: As ``os.environ``.
        platform: As ``sys.platform``; only Linux is looked at closely.
    """
    said = _import_complaint()
    if said is not None or not platform.startswith("linux"):
        return said
    if not has_display(environment):
        return "fetchmill: no display: neither DISPLAY nor WAYLAND_DISPLAY is set; use fetchmill-cli without a screen"
    if not will_use_xcb(environment):
        return None
    return _plugin_complaint() or _server_complaint(environment.get("DISPLAY"))


def has_display(environment: Mapping[str, str]) -> bool:
    """Whether Qt has something to draw on: a server, or a platform that was asked for by name."""
    return any(environment.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def will_use_xcb(environment: Mapping[str, str]) -> bool:
    """Whether Qt is going to load its X11 plugin."""
    asked = environment.get("QT_QPA_PLATFORM", "")
    if asked:
        return asked.partition(":")[0].partition(";")[0] == "xcb"
    return bool(environment.get("DISPLAY")) and not environment.get("WAYLAND_DISPLAY")


def in_one_line(error: Exception) -> str:
    """What a loader's error means, with the Debian packages that help."""
    found = _MISSING.search(str(error))
    if found is None:
        return f"fetchmill: the window's toolkit cannot be loaded: {' '.join(str(error).split())}"
    library = found.group(1)
    package = _PACKAGES.get(library)
    first = f"{library} (Debian package {package})" if package else library
    return f"fetchmill: a system library is missing: {first}; all that Qt needs: apt install {ALL_PACKAGES}"


def _import_complaint() -> str | None:
    try:
        importlib.import_module("PySide6.QtWidgets")
        importlib.import_module("PySide6.QtSvg")
    except ImportError as error:
        return in_one_line(error)
    return None


def _plugin_complaint() -> str | None:
    plugin = _xcb_plugin()
    if plugin is None or not plugin.exists():
        return None
    try:
        # Without RTLD_GLOBAL: nothing of it stays in the way of Qt's own loading.
        ctypes.CDLL(str(plugin), mode=os.RTLD_LAZY | os.RTLD_LOCAL)
    except OSError as error:
        return in_one_line(error)
    return None


def _server_complaint(display: str | None) -> str | None:
    """Whether somebody answers there; Qt aborts the program where nobody does."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError as error:
        return in_one_line(error)
    xcb.xcb_connect.restype = ctypes.c_void_p
    connection = ctypes.c_void_p(xcb.xcb_connect(display.encode() if display else None, None))
    failed = xcb.xcb_connection_has_error(connection)
    xcb.xcb_disconnect(connection)
    return f"fetchmill: the display {display} does not answer" if failed else None


def _xcb_plugin() -> Path | None:
    spec = importlib.util.find_spec("PySide6")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "Qt" / "plugins" / "platforms" / "libqxcb.so"
