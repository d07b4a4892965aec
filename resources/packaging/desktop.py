"""What ``fetchmill.spec`` adds on each system: icon, version and manifest on Windows, the application on macOS."""

import sys
from pathlib import Path
from typing import Final

from resources.packaging import icons, macos, windows
from resources.packaging.layout import APP_ID, BUILD, VERSION

_WINDOWS: Final = "win32"
_MACOS: Final = "darwin"


def program_options(program: str, system: str = sys.platform, folder: Path = BUILD) -> dict[str, object]:
    """More keywords for PyInstaller's ``EXE``; the files that they name are written.

    Args:
        program: One of ``layout.PROGRAMS``.
        system: As ``sys.platform``.
        folder: For those files.
    """
    if system == _WINDOWS:
        icons.write(folder / icons.FOLDER.name)
        return {
            "icon": str(folder / icons.FOLDER.name / icons.ICO.name),
            "manifest": windows.manifest(),
            "version": windows.version_file(program, folder / windows.FOLDER.name),
        }
    if system == _MACOS:
        icons.write(folder / icons.FOLDER.name)
        return {
            "icon": str(folder / icons.FOLDER.name / icons.ICNS.name),
            "codesign_identity": macos.signing_identity(),
            "entitlements_file": str(macos.ENTITLEMENTS),
        }
    return {}


def bundle_options() -> dict[str, object]:
    """Keywords for PyInstaller's ``BUNDLE``, which does nothing but on macOS."""
    return {
        "name": macos.BUNDLE.name,
        "icon": str(icons.ICNS),
        "bundle_identifier": APP_ID,
        "version": VERSION,
        "info_plist": macos.property_list(),
    }
