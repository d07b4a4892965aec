"""The headers that a job is asked with, hop by hop: what is a key to one host never goes to another."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from core.asked import Asked, is_harmless, is_header
from core.downloads.redirects import Origin
from core.errors import DownloadError

if TYPE_CHECKING:
    from core.downloads.cookies import Cookies


class KeysLostError(DownloadError):
    """What the job is to be asked with has not outlived a restart: a login, cookies, other keys.

    To ask without them would fetch a login page, as often as not, in place of the file and over what there is of it.
    """

    code = "keys-missing"
    title = "Login or keys missing"
    usual_hint = "Or retry, to ask without."


def headers_for(
    asked: Asked | None, first: str, url: str, cookies: "Cookies | None", now: Callable[[], float]
) -> dict[str, str]:
    """What is sent beside the usual headers, or instead of them, to one hop.

    Args:
        asked: What the job is asked with.
        first: The job's own URL, for whose host the headers were chosen; or the mirror in its place.
        url: The URL of this hop.
        cookies: Of the job's cookie file; they belong to hosts by themselves.
        now: Seconds since the epoch.
    """
    if asked is None:
        return {}
    is_home = _may_share(first, url)
    found = {
        name: _as_latin(value)
        for name, value in asked.headers
        if is_header(name, value) and (is_home or is_harmless(name))
    }
    if cookies is not None and (kept := cookies.cookies_for(url, now())):
        name = next((name for name in found if name.lower() == "cookie"), "Cookie")
        found[name] = f"{found[name]}; {_as_latin(kept)}" if name in found else _as_latin(kept)
    return found


def asked_of_mirror(asked: Asked, source: str, mirror: str) -> Asked:
    """What a mirror is asked with: whoever names mirrors of a file does not give away its key with them.

    Args:
        asked: What the job is asked with.
        source: The job's own URL.
        mirror: The URL in its place.
    """
    if _may_share(source, mirror):
        return asked
    return asked._replace(headers=tuple(header for header in asked.headers if is_harmless(header[0])))


def _may_share(first: str, url: str) -> bool:
    """Whether what was meant for one may go to the other: the same origin, or the same host gone from http to https.

    RFC 9110, section 15.4: credentials are taken off where a redirect leads to another origin.
    """
    try:
        one, other = Origin.of(first), Origin.of(url)
    except ValueError:  # a port or an address that cannot be
        return False
    return bool(one.host) and one.trusts(other)


def _as_latin(value: str) -> str:
    """As a request is written, which is in Latin-1: UTF-8 goes through as its bytes."""
    try:
        value.encode("latin-1")
    except UnicodeEncodeError:
        return value.encode().decode("latin-1")
    return value
