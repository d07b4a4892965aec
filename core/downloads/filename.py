"""What a download is called: from the server's word, else the URL; safe on every system.

Safe means: one path segment that Windows, macOS and Linux all accept and none hides, treats as a device or obeys,
whatever the server said. RFC 3986 (URLs); Windows: "Naming Files, Paths, and Namespaces", Microsoft.
"""

import re
import unicodedata
from typing import Final
from urllib.parse import unquote_to_bytes, urlsplit

from core.downloads.disposition import name_said
from core.downloads.inline import is_inline

LONGEST_NAME: Final = 200
"""Bytes in UTF-8. File systems allow 255; a number, another extension or a part suffix need room."""

_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
_SPACES: Final = "".join(c for c in map(chr, range(0x3001)) if c.isspace())
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_BLANK: Final = frozenset(
    "\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0"
)  # letters by name that show nothing
_DEVICES: Final = re.compile(
    r"(?:con|prn|aux|nul|clock\$|conin\$|conout\$|(?:com|lpt)[0-9¹²³]) *(?:\..*)?", re.IGNORECASE
)
# What a desktop obeys when it only looks into the folder; and ours, for the downloads as they came.
_OBEYED: Final = frozenset({"autorun.inf", "desktop.ini", "folder.htt", "thumbs.db", "originals"})
# What opens something else than itself, and shows on Windows without its extension.
_SHORTCUTS: Final = re.compile(
    r".*\.(?:desktop|library-ms|lnk|local|pif|scf|search-ms|settingcontent-ms|url|webloc|\{.*\})",
    re.IGNORECASE,
)
_EXTENSION: Final = re.compile(
    r"(?:\.tar\.(?:br|bz2|gz|lz4?|lzma|xz|z|zst)|\.(?=[0-9]*[a-z])[a-z0-9_-]{1,16})\Z",
    re.IGNORECASE | re.ASCII,
)


def suggested_name(disposition: str | None, url: str) -> str:
    """The name by the Content-Disposition header, else by the last segment of the URL's path; may be empty.

    Args:
        disposition: The header's value as ``Headers`` has it (Latin-1 decoded).
        url: Where the file came from in the end.
    """
    said = safe_name(name_said(disposition)) if disposition else ""
    return said or safe_name(_url_name(url))


def safe_name(name: str) -> str:
    """One path segment that every system accepts; empty when nothing is left of it."""
    name = _visible(re.split(r"[/\\]", name)[-1])
    name = _FORBIDDEN.sub("_", name).strip(_SPACES).rstrip(_SPACES + ".")
    if not name:
        return ""
    if name[0] in ".-":  # hidden, or an option to some command
        name = "_" + name.lstrip(".- ")
    if _DEVICES.fullmatch(name) or name.casefold() in _OBEYED:
        name = "_" + name
    if _SHORTCUTS.fullmatch(name):
        name += ".download"
    return shortened(name, LONGEST_NAME)


def numbered(name: str, number: int) -> str:
    """The name with a number before its extension: ``photo.jpg`` becomes ``photo (2).jpg``."""
    stem, extension = split_name(name)
    return f"{stem} ({number}){extension}"


def split_name(name: str) -> tuple[str, str]:
    """The name's stem and its extension, which has its dot and may be ``.tar.gz``, or is empty.

    What follows a dot in "Mr. Smith" or "Report 1.2" is no extension.
    """
    match = _EXTENSION.search(name)
    at = match.start() if match else len(name)
    return (name[:at], name[at:]) if at > 0 else (name, "")


def shortened(name: str, longest: int) -> str:
    """The name in so many bytes of UTF-8, cut between characters; its extension is kept."""
    if len(name.encode()) <= longest:
        return name
    stem, extension = split_name(name)
    room = max(1, longest - len(extension))
    return stem.encode()[:room].decode(errors="ignore").rstrip(_SPACES + ".") + extension


def _visible(name: str) -> str:
    """Without what shows nothing or turns the text around, in the normal form C."""
    if name.isascii() and name.isprintable():
        return name
    kept = (c for c in name if unicodedata.category(c) not in _INVISIBLE and c not in _BLANK)
    return unicodedata.normalize("NFC", "".join(kept))


def _url_name(url: str) -> str:
    """The last segment of a URL's path, decoded once."""
    if is_inline(url):
        return ""
    try:
        octets = unquote_to_bytes(urlsplit(url).path.rpartition("/")[2])
    except ValueError:  # no URL, or a surrogate in it
        return ""
    try:
        return octets.decode()
    except UnicodeError:
        return octets.decode("cp1252", "replace")
