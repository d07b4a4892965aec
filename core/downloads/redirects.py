"""Where a redirect leads, and what is told there (RFC 9110, section 15.4; WHATWG Fetch, section 4.4)."""

import base64
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Final, NamedTuple
from urllib.parse import unquote_to_bytes, urljoin, urlsplit, urlunsplit

from core.downloads.proxies import Proxies
from core.downloads.space import Space
from core.errors import RedirectError
from core.images.wanted import Wanted
from core.settings import Settings

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS: Final = 20
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_CARRIED: Final = frozenset(
    {"accept", "if-match", "if-modified-since", "if-none-match", "if-range", "range", "user-agent"}
)
INSIDE: Final = tuple(
    ip_network(text)
    for text in (
        "127.0.0.0/8", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "::1/128", "fc00::/7", "fe80::/10",
    )
)  # fmt: skip


class Rules(NamedTuple):
    """What a transfer may do, beyond what is always right.

    Attributes:
        allows_downgrade: Whether a redirect may lead from https to http.
        proxies: Those to go through.
        uses_netrc: Whether a host is given the login that ~/.netrc has for it.
        inside: Networks to which no redirect may lead from outside: this computer, the network at home, and the
            address under which clouds give out their keys.
        wanted: Which files are to be downloaded.
        space: From which room on the disk is taken; None where all may be had.
    """

    allows_downgrade: bool = False
    proxies: Proxies = Proxies()
    uses_netrc: bool = False
    inside: tuple[IPv4Network | IPv6Network, ...] = INSIDE
    wanted: Wanted = Wanted()
    space: Space | None = None

    @classmethod
    def of(cls, settings: Settings, space: Space) -> "Rules":
        """What the settings say."""
        return cls(
            settings.allows_downgrade,
            Proxies.of(settings),
            settings.uses_netrc,
            wanted=Wanted.of(settings),
            space=space,
        )

    def is_inside(self, address: str) -> bool:
        """Whether an IP address, as a socket gives it, is in one of these networks."""
        found = ip_address(address.partition("%")[0])
        plain = getattr(found, "ipv4_mapped", None) or found
        return any(plain in network for network in self.inside)


class Origin(NamedTuple):
    """What may know the same secrets (RFC 6454).

    Attributes:
        scheme: http or https.
        host: In lower case.
        port: Never None.
    """

    scheme: str
    host: str
    port: int

    @classmethod
    def of(cls, url: str) -> "Origin":
        """Of a URL.

        Raises:
            ValueError: Its port is none.
        """
        parts = urlsplit(url)
        return cls(parts.scheme, parts.hostname or "", parts.port or _DEFAULT_PORTS.get(parts.scheme, 0))

    def trusts(self, other: "Origin") -> bool:
        """Whether what this one was told may be told to that one: it is itself, or itself made secure."""
        secure = self._replace(scheme="https", port=443)
        return other == self or (self == self._replace(scheme="http", port=80) and other == secure)


def next_url(url: str, locations: set[str], rules: Rules) -> str:
    """Where a redirect leads.

    Args:
        url: What was asked for.
        locations: The Location headers, as they came (Latin-1 decoded).
        rules: Whether it may lead from https to http.

    Raises:
        RedirectError: Nowhere, to two places, out of HTTP, or from https to http.
    """
    if len(locations) != 1 or not (place := next(iter(locations)).strip()):
        raise RedirectError("The server redirects without saying where to.")
    with suppress(UnicodeError):  # raw UTF-8 in a header arrives as Latin-1
        place = place.encode("latin-1").decode()
    try:
        target = urljoin(url, place)
        scheme, host = Origin.of(target)[:2]
        named = urlsplit(place)
    except ValueError as error:
        raise RedirectError("The server redirects to what is no address.") from error
    if scheme not in _DEFAULT_PORTS or not host or (named.scheme and not named.netloc):
        raise RedirectError(f"The server redirects to a {scheme[:20] or 'nameless'} address.")
    if url.startswith("https:") and scheme == "http" and not rules.allows_downgrade:
        raise RedirectError("The server redirects from a secure to an open connection.")
    without_fragment: str = target.partition("#")[0]
    return without_fragment


def carried(headers: Mapping[str, str], url: str, target: str) -> dict[str, str]:
    """The headers that go with a redirect: to another origin only those that hold no secret."""
    if Origin.of(url).trusts(Origin.of(target)):
        return dict(headers)
    return {name: value for name, value in headers.items() if name.lower() in _CARRIED}


def without_secret(url: str) -> tuple[str, dict[str, str]]:
    """A URL without its user information, and the header that takes it to the server (RFC 7617).

    Raises:
        ValueError: It is no URL.
    """
    if "@" not in url:
        return url, {}
    parts = urlsplit(url)
    login, mark, place = parts.netloc.rpartition("@")
    if not mark:
        return url, {}
    user, _, password = login.partition(":")
    secret = unquote_to_bytes(user) + b":" + unquote_to_bytes(password)
    return urlunsplit(parts._replace(netloc=place)), basic_login(secret) if login.strip(":") else {}


def basic_login(secret: bytes) -> dict[str, str]:
    """The header that takes ``user:password`` to a server (RFC 7617)."""
    return {"Authorization": f"Basic {base64.b64encode(secret).decode()}"}
