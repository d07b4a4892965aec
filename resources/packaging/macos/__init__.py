"""What makes the frozen folder a macOS application, as ``fetchmill.spec`` gives it to PyInstaller's ``BUNDLE``.

Not yet run on macOS; tests hold what can be held elsewhere.
"""

import os
from pathlib import Path
from typing import Final

from resources.packaging.layout import APP_ID, DIST, NAME, TITLE, VERSION
from resources.packaging.windows import copyright_line, four

BUNDLE: Final = DIST / f"{TITLE}.app"
# For the hardened runtime, which notarisation asks for: libffi, below Python's ctypes, makes pieces of code as it runs.
# All libraries get the program's signature, so that they stay validated. (codesign takes no comments in the file.)
ENTITLEMENTS: Final = Path(__file__).with_name("entitlements.plist")
MINIMUM_SYSTEM: Final = "13.0"  # as the wheels of PySide6 6.11 say

_METALINK: Final = f"{APP_ID}.metalink"
_JSON_LINES: Final = f"{APP_ID}.json-lines"
_INTERNET_SHORTCUT: Final = "com.microsoft.internet-shortcut"
_LIST_TYPES: Final = (
    "public.plain-text",
    "public.comma-separated-values-text",
    "public.tab-separated-values-text",
    "net.daringfireball.markdown",
    "public.html",
    "public.json",
    "com.apple.web-internet-location",
    "org.gnu.gnu-zip-archive",
    _INTERNET_SHORTCUT,
    _JSON_LINES,
    _METALINK,
)


def signing_identity() -> str | None:
    """Whose signature the code gets, from ``FETCHMILL_CODESIGN_IDENTITY``; None signs it for this machine only."""
    return os.environ.get("FETCHMILL_CODESIGN_IDENTITY") or None


def property_list() -> dict[str, object]:
    """The ``Info.plist``, for ``BUNDLE(info_plist=)``: with it, Finder offers the program under "Open With"."""
    return {
        "CFBundleDisplayName": TITLE,
        "CFBundleName": TITLE,
        "CFBundleExecutable": NAME,
        "CFBundleIdentifier": APP_ID,
        "CFBundleShortVersionString": VERSION,
        "CFBundleVersion": ".".join(map(str, four(VERSION)[:3])),  # numbers only
        "CFBundleDevelopmentRegion": "en",
        "CFBundleDocumentTypes": [
            _document("List of links", _LIST_TYPES),
            _document("Picture", ("public.image",)),
            _document("Folder", ("public.folder",)),
        ],
        "UTImportedTypeDeclarations": [
            _imported(_INTERNET_SHORTCUT, "Internet shortcut", "public.data", "url"),
            _imported(_JSON_LINES, "JSON Lines", "public.text", "jsonl"),
            _imported(_METALINK, "Metalink", "public.xml", "metalink", "meta4"),
        ],
        "LSApplicationCategoryType": "public.app-category.utilities",
        "LSBackgroundOnly": False,  # PyInstaller's guess, as one of the two programs has a console
        "LSMinimumSystemVersion": MINIMUM_SYSTEM,
        "NSHighResolutionCapable": True,
        "NSHumanReadableCopyright": copyright_line(),
        "NSPrincipalClass": "NSApplication",
        "NSRequiresAquaSystemAppearance": False,  # dark where the desktop is
    }


def _document(name: str, types: tuple[str, ...]) -> dict[str, object]:
    """Files that can be opened, and that something else opens by itself."""
    return {
        "CFBundleTypeName": name,
        "CFBundleTypeRole": "Viewer",
        "LSHandlerRank": "Alternate",
        "LSItemContentTypes": list(types),
    }


def _imported(name: str, description: str, kind: str, *extensions: str) -> dict[str, object]:
    """A kind of file that the system may not know."""
    return {
        "UTTypeIdentifier": name,
        "UTTypeDescription": description,
        "UTTypeConformsTo": [kind],
        "UTTypeTagSpecification": {"public.filename-extension": list(extensions)},
    }
