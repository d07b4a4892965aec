"""What a download is called: from the server's word, else the URL, else the content; safe on every system.

RFC 6266 and RFC 8187 (Content-Disposition), RFC 3986 (URLs). Safe means: one path segment that Windows, macOS and
Linux all accept and none hides or treats as a device, whatever the server said.
"""

import mimetypes
import re
import unicodedata
from pathlib import PurePosixPath
from typing import Final
from urllib.parse import unquote, unquote_to_bytes, urlsplit

_LONGEST: Final = 200  # bytes in UTF-8; file systems allow 255, a number and a part suffix need room
_FORBIDDEN: Final = re.compile(r'[<>:"/\\|?*]')
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_DEVICES: Final = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:\..*)?", re.IGNORECASE
)
_PARAMETER: Final = re.compile(
    r';\s*(?P<name>[\w!#$%&\'*+.^`|~-]+)\s*=\s*(?:"(?P<quoted>(?:[^"\\]|\\.)*)"|(?P<token>[^;]*))', re.DOTALL
)


def suggested_name(disposition: str | None, url: str) -> str:
    """The name by the Content-Disposition header, else by the last segment of the URL's path; may be empty.

    Args:
        disposition: The header's value as requests gives it (Latin-1 decoded).
        url: Where the file came from in the end.
    """
    name = _disposition_name(disposition) if disposition else ""
    return safe_name(name) or safe_name(unquote(urlsplit(url).path.rpartition("/")[2], errors="replace"))


def with_extension(name: str, content_type: str | None, picture_extension: str | None) -> str:
    """The name, given an extension where it has none: by the content if known, else by the type.

    Args:
        name: A safe name; empty becomes ``download``.
        content_type: The Content-Type header's value.
        picture_extension: The usual extension of the picture format that the content shows, with its dot.
    """
    name = name or "download"
    if PurePosixPath(name).suffix:
        return name
    plain_type = (content_type or "").partition(";")[0].strip().lower()
    return name + (picture_extension or mimetypes.guess_extension(plain_type) or "")


def safe_name(name: str) -> str:
    """One path segment that every system accepts; empty when nothing is left of it."""
    name = re.split(r"[/\\]", name)[-1]
    name = unicodedata.normalize("NFC", name)
    name = "".join(c for c in name if unicodedata.category(c) not in _INVISIBLE)
    name = _FORBIDDEN.sub("_", name).strip().rstrip(". ")
    if not name.strip(". "):
        return ""
    if name.startswith("."):
        name = "_" + name.lstrip(".")
    if _DEVICES.fullmatch(name):
        name = "_" + name
    return _shortened(name)


def numbered(name: str, number: int) -> str:
    """The name with a number before its extension: ``photo.jpg`` becomes ``photo (2).jpg``."""
    path = PurePosixPath(name)
    return f"{path.stem} ({number}){path.suffix}"


def _shortened(name: str) -> str:
    if len(name.encode()) <= _LONGEST:
        return name
    suffix = PurePosixPath(name).suffix if len(PurePosixPath(name).suffix) <= 16 else ""
    room = _LONGEST - len(suffix.encode())
    return name.removesuffix(suffix).encode()[:room].decode(errors="ignore").rstrip(". ") + suffix


def _disposition_name(header: str) -> str:
    found = {m["name"].lower(): m for m in _PARAMETER.finditer(";" + header.partition(";")[2])}
    if "filename*" in found and (name := _extended(_plain(found["filename*"]))):
        return name
    return _as_utf8(_plain(found["filename"])) if "filename" in found else ""


def _plain(match: re.Match[str]) -> str:
    if match["quoted"] is not None:
        return re.sub(r"\\(.)", r"\1", match["quoted"])
    return match["token"].strip()


def _extended(value: str) -> str:
    """``charset'language'percent-encoded`` (RFC 8187); empty when it is broken."""
    charset, _, rest = value.partition("'")
    _, quote, encoded = rest.partition("'")
    try:
        return unquote_to_bytes(encoded).decode(charset or "utf-8") if quote else ""
    except (LookupError, UnicodeDecodeError):
        return ""


def _as_utf8(value: str) -> str:
    """Servers send raw UTF-8 where only Latin-1 is allowed; browsers accept it."""
    try:
        return value.encode("latin-1").decode()
    except UnicodeError:
        return value
