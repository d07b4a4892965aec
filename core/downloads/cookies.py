"""Cookies out of a Netscape cookie file, as browsers' add-ons, curl and wget write it, for the URLs they belong to.

The rules are those of RFC 6265 (sections 5.1.3, 5.1.4 and 5.4). ``http.cookiejar`` is not used: its loader refuses a
whole file for one line or for a missing first line, and its policies are those of RFC 2965 and of 1997.
"""

import re
from collections.abc import Iterator
from functools import lru_cache
from ipaddress import ip_address
from pathlib import Path
from typing import Final, NamedTuple
from urllib.parse import urlsplit

from core.errors import UnusableRequestError

_HTTP_ONLY: Final = "#HttpOnly_"
_FIELDS: Final = 7  # domain, whether hosts below it count, path, secure, expiry, name, value
_WORDS: Final = {"TRUE": True, "FALSE": False}
_TIME: Final = re.compile(r"-?[0-9]{1,18}(?:\.[0-9]+)?")
_UNSENDABLE: Final = re.compile(r"[\x00-\x1f\x7f;\ud800-\udfff]")  # of a value; a name has no "=" either
_LARGEST: Final = 16 << 20  # bytes


class Cookie(NamedTuple):
    """One cookie.

    Attributes:
        domain: Lower case, without a dot in front.
        is_for_all_below: Whether hosts below the domain get it as well.
        path: Begins with ``/``.
        is_secure: Whether only https may carry it.
        expires: Seconds since the epoch; None for a session's.
        name: May be empty.
        value: As it is sent.
    """

    domain: str
    is_for_all_below: bool
    path: str
    is_secure: bool
    expires: float | None
    name: str
    value: str

    def __repr__(self) -> str:
        return f"Cookie({self.domain}{self.path} {self.name})"


class Cookies:
    """The cookies of a file. Frozen once it is made, so that all lanes may share it.

    Args:
        cookies: Of several with one name, domain and path the last counts.
        malformed: Lines that were none.

    Attributes:
        malformed: The same.
    """

    def __init__(self, cookies: Iterator[Cookie], malformed: int = 0) -> None:
        by_domain: dict[str, dict[tuple[str, str], Cookie]] = {}
        for cookie in cookies:
            by_domain.setdefault(cookie.domain, {})[cookie.path, cookie.name] = cookie
        self._by_domain = {domain: tuple(found.values()) for domain, found in by_domain.items()}
        self.malformed = malformed

    def __len__(self) -> int:
        return sum(map(len, self._by_domain.values()))

    def cookies_for(self, url: str, now: float) -> str:
        """The value of the Cookie header for a URL; empty for none (RFC 6265, section 5.4).

        Args:
            url: http or https.
            now: Seconds since the epoch.
        """
        try:
            parts = urlsplit(url)
            host = (parts.hostname or "").rstrip(".")
        except ValueError:  # brackets that hold no address
            return ""
        is_safe = parts.scheme == "https" or host == "localhost"
        fitting = [
            cookie
            for domain in _domains(host)
            for cookie in self._by_domain.get(domain, ())
            if (cookie.is_for_all_below or domain == host)
            and (is_safe or not cookie.is_secure)
            and (cookie.expires is None or cookie.expires > now)
            and _is_below(parts.path or "/", cookie.path)
        ]
        fitting.sort(key=lambda cookie: -len(cookie.path))  # stable: else in the file's order
        return "; ".join(f"{one.name}={one.value}" if one.name else one.value for one in fitting)


def read_cookies(path: str) -> Cookies:
    """The cookies of a file; what of it is no cookie is counted and left out.

    A file that has not changed is not read again: a thousand cookies take ten times as long as a small download does.

    Raises:
        OSError: It cannot be read.
    """
    found = Path(path).stat()
    return _read(path, (found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns))


@lru_cache(maxsize=4)
def _read(path: str, _stamp: tuple[int, ...]) -> Cookies:
    with Path(path).open("rb") as file:
        return parse_cookies(file.read(_LARGEST).decode("utf-8-sig", "replace"))


def require_cookies(path: str) -> None:
    """Find out whether a cookie file can be used.

    Raises:
        UnusableRequestError: It cannot be read, or is of another kind.
    """
    try:
        found = read_cookies(path)
    except (OSError, ValueError) as error:
        reason = (error.strerror if isinstance(error, OSError) else None) or "it is no file"
        raise UnusableRequestError(f"{path} cannot be read: {reason}.") from error
    if found.malformed and not len(found):
        hint = "Export the cookies in Netscape's format, often called cookies.txt."
        raise UnusableRequestError(f"{path} is no Netscape cookie file.", hint)


def parse_cookies(text: str) -> Cookies:
    """The cookies of such a file's text."""
    found: list[Cookie] = []
    malformed = 0
    for line in text.replace("\r\n", "\n").split(
        "\n"
    ):  # no other character ends a line: values may hold them
        if not line.strip() or (line.startswith("#") and not line.startswith(_HTTP_ONLY)):
            continue
        cookie = _cookie(line.removeprefix(_HTTP_ONLY))
        if cookie is None:
            malformed += 1
        else:
            found.append(cookie)
    return Cookies(iter(found), malformed)


def _cookie(line: str) -> Cookie | None:
    """The cookie of a line; its value may be missing or hold tabs."""
    fields = line.split("\t", _FIELDS - 1)
    if len(fields) == _FIELDS - 1:
        fields.append("")
    if len(fields) != _FIELDS:
        return None
    domain, below, path, secure, expires, name, value = fields
    domain = domain.strip().lower()
    bare = domain.removeprefix(".")
    words = _WORDS.get(below.upper()), _WORDS.get(secure.upper())
    if not bare or not path.startswith("/") or _TIME.fullmatch(expires) is None:
        return None
    if words[0] is None or words[1] is None or "=" in name or _UNSENDABLE.search(name + value):
        return None
    # curl goes by the word, Mozilla wrote the dot: the cookie is for hosts below where both or either say so, but never
    # below an address, nor below a name of one label such as "com".
    reaches = (words[0] or domain.startswith(".")) and "." in bare and not _is_address(bare)
    time = float(expires)
    return Cookie(bare, reaches, path, words[1], time or None, name, value.strip(" "))


def _domains(host: str) -> Iterator[str]:
    """The host and all domains that it is below (RFC 6265, section 5.1.3)."""
    yield host
    if _is_address(host):
        return
    while host:
        host = host.partition(".")[2]
        if host:
            yield host


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return False
    return True


def _is_below(path: str, of: str) -> bool:
    """Whether a cookie of one path is for another (RFC 6265, section 5.1.4)."""
    return path == of or (path.startswith(of) and (of.endswith("/") or path[len(of)] == "/"))
