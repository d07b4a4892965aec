"""Where a file came from and when it was made there, noted on the file itself, as browsers do.

Linux: "Guidelines for Extended Attributes", freedesktop.org. Windows: the stream Zone.Identifier, [MS-FSCC] 5.6.1.
macOS: ``com.apple.quarantine`` and ``kMDItemWhereFroms``. Where the file system has no such thing, nothing is noted. To
be called on the part file before it is fsynced and renamed: all of it goes with the file.
"""

import ctypes
import os
import re
import sys
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote, urlsplit

from core.downloads.http_date import http_date

_EARLIEST: Final = datetime(
    1980, 1, 1, tzinfo=UTC
).timestamp()  # FAT knows none before; most are a server's mistake
_WEB: Final = frozenset({"http", "https"})
_INTERNET: Final = 3  # URLZONE_INTERNET
_DOWNLOADED: Final = 0x81  # QTN_FLAG_DOWNLOAD, and not yet asked about
_PLAIN: Final = re.compile(
    r"https?://[a-z0-9.-]+(?::[0-9]+)?/[!-\"$-?A-~]*"
)  # neither user information nor fragment: most are
_PRINTABLE: Final = "".join(map(chr, range(0x21, 0x7F)))


def record_origin(path: str, url: str, referrer: str | None = None) -> None:
    """Note on a file where it came from: without user information, and nothing that is no web address.

    Args:
        path: Absolute path of the file.
        url: Where it came from in the end.
        referrer: The page that led there.
    """
    origin, page = public_url(url), public_url(referrer) if referrer else ""
    if not origin:
        return
    with suppress(OSError, ValueError, AttributeError):  # a file system or a system without such a thing
        if sys.platform == "win32":
            Path(path + ":Zone.Identifier").write_bytes(zone_identifier(origin, page))
        elif sys.platform == "darwin":
            for name, value in quarantine(origin, page, datetime.now(UTC)).items():
                _set_on_macos(path, name, value)
        else:
            os.setxattr(path, "user.xdg.origin.url", origin.encode())
            if page:
                os.setxattr(path, "user.xdg.referrer.url", page.encode())


def public_url(url: str) -> str:
    """A web address as others may read it: no user information, no fragment, ASCII; empty for anything else."""
    if _PLAIN.fullmatch(url):
        return url
    try:
        parts = urlsplit(url)
        if parts.scheme not in _WEB or not parts.hostname:
            return ""
        return quote(parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl(), _PRINTABLE)
    except ValueError:  # no URL, or a surrogate in it
        return ""


def zone_identifier(url: str, referrer: str) -> bytes:
    """What Windows reads of a file that came from the internet.

    Args:
        url: As ``public_url`` gives it.
        referrer: The same; empty for none.
    """
    lines = ["[ZoneTransfer]", f"ZoneId={_INTERNET}"]
    lines += [f"ReferrerUrl={referrer}"] if referrer else []
    return "\r\n".join([*lines, f"HostUrl={url}", ""]).encode()


def quarantine(url: str, referrer: str, now: datetime) -> dict[str, bytes]:
    """The extended attributes by which macOS knows a download.

    Args:
        url: As ``public_url`` gives it.
        referrer: The same; empty for none.
        now: When it was downloaded.
    """
    import plistlib  # noqa: PLC0415  # macOS only

    places = [url, referrer] if referrer else [url]
    return {
        "com.apple.quarantine": f"{_DOWNLOADED:04x};{int(now.timestamp()):08x};Fetchmill;".encode(),
        "com.apple.metadata:kMDItemWhereFroms": plistlib.dumps(places, fmt=plistlib.FMT_BINARY),
    }


def set_modified(path: str, last_modified: str | None, now: float) -> bool:
    """Give a file the date that the server says it has; whether that was done.

    Args:
        path: Absolute path of the file.
        last_modified: The header's value.
        now: Seconds since 1970: the file's date cannot be later.
    """
    modified = modified_time(last_modified, now)
    if modified is None:
        return False
    try:
        os.utime(path, (now, modified), follow_symlinks=os.utime not in os.supports_follow_symlinks)
    except (OSError, ValueError):
        return False
    return True


def modified_time(last_modified: str | None, now: float) -> float | None:
    """The date of a Last-Modified header (RFC 9110, sections 5.6.7 and 8.8.2) in seconds since 1970.

    None for what is none, for one before 1980, and for one that is still to come.
    """
    try:
        seconds = http_date(last_modified or "")
    except ValueError:
        return None
    return seconds if _EARLIEST <= seconds <= now else None


def _set_on_macos(path: str, name: str, value: bytes) -> None:
    """Set an extended attribute: Python's ``os`` has that on Linux only. Not run by the tests, which run there.

    Raises:
        AttributeError: The C library has it not.
    """
    setxattr = ctypes.CDLL(None).setxattr
    size, no_position, no_options = ctypes.c_size_t(len(value)), ctypes.c_uint32(0), ctypes.c_int(0)
    setxattr(os.fsencode(path), name.encode(), value, size, no_position, no_options)
