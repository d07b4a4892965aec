"""Where things stand while the product is made, and what it is called."""

import os
import platform
import sys
from pathlib import Path
from typing import Final

from core import __version__

ROOT: Final = Path(__file__).parents[2]
PACKAGING: Final = Path(__file__).parent
BUILD: Final = ROOT / "build"
DIST: Final = ROOT / "dist"
APP: Final = DIST / "fetchmill"  # both programs and what they share

NAME: Final = "fetchmill"
TITLE: Final = "Fetchmill"
APP_ID: Final = "io.github.fetchmill.Fetchmill"
SUMMARY: Final = "Drop lists of URLs or folders, press Start, get finished pictures"
VERSION: Final = __version__
AUTHORS: Final = "The Fetchmill developers"

PROGRAMS: Final = ("fetchmill", "fetchmill-cli")


def target() -> str:
    """System and processor that is built for, as in file names: ``linux-x86_64``, ``windows-amd64``, ``macos-arm64``."""
    system = {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    return f"{system}-{platform.machine().lower()}"


def program(name: str, folder: Path = APP) -> Path:
    """One of the ``PROGRAMS`` in a folder that was frozen."""
    return folder / (f"{name}.exe" if os.name == "nt" else name)
