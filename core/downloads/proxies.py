"""Which proxy a request goes through: the environment's, the system's, one that was named, or none."""

import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from ipaddress import ip_address, ip_network
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlsplit

from core.errors import ProxyError
from core.settings import ProxyKind, Settings, is_proxy


class ProxyLoginError(ProxyError):
    """The proxy lets in only those whom it knows."""

    title = "The proxy wants a login"
    usual_hint = "Give its address with user and password in the settings: http://user:password@host:3128."
    passing = False


class Proxies(NamedTuple):
    """The proxies to use.

    Attributes:
        by_scheme: Proxy URLs by the scheme of what is asked for; ``all`` stands for those that are not there.
        exceptions: What is asked directly, as in ``no_proxy``: hosts, domains, networks, ``*``, with commas.
        is_system: Whether they are the system's, whose own exceptions hold as well.
    """

    by_scheme: Mapping[str, str] = MappingProxyType({})
    exceptions: str = ""
    is_system: bool = False

    @classmethod
    def of_system(cls) -> "Proxies":
        """Those of ``HTTP_PROXY``, ``HTTPS_PROXY``, ``ALL_PROXY`` and ``NO_PROXY``, else of the system's settings."""
        has_any = sys.platform != "linux" or any(name.lower().endswith("_proxy") for name in os.environ)
        if not has_any:
            return cls(is_system=True)
        from urllib.request import getproxies  # noqa: PLC0415  # with email and http: most start without

        found = getproxies()
        return cls(MappingProxyType(found), found.get("no", ""), is_system=True)

    @classmethod
    def named(cls, url: str, exceptions: str = "") -> "Proxies":
        """One for everything.

        Raises:
            ProxyError: It is no proxy's URL.
        """
        return cls(MappingProxyType({"all": _checked(url)}), exceptions)

    @classmethod
    def of(cls, settings: Settings) -> "Proxies":
        """Those that the settings mean; where they name none that can be, nothing is asked directly instead."""
        match settings.proxy_kind:
            case ProxyKind.NONE:
                return cls()
            case ProxyKind.SYSTEM:
                system = cls.of_system()
                return system._replace(exceptions=f"{system.exceptions},{settings.proxy_exceptions}")
        return cls(MappingProxyType({"all": settings.proxy.strip() or "-"}), settings.proxy_exceptions)

    def for_url(self, url: str) -> str | None:
        """The proxy's URL, or None where the server is asked directly.

        This computer itself is never asked for through a proxy of the system, as in browsers.

        Raises:
            ProxyError: What stands in the environment is no proxy's URL.
        """
        if not self.by_scheme:
            return None
        parts = urlsplit(url)
        proxy = self.by_scheme.get(parts.scheme) or self.by_scheme.get("all")
        host = parts.hostname or ""
        if not proxy or self._is_excepted(host, parts.port):
            return None
        if self.is_system and (is_this_computer(host) or _bypasses(host)):
            return None
        return _checked(proxy)

    def _is_excepted(self, host: str, port: int | None) -> bool:
        places = [place.strip().lower() for place in self.exceptions.split(",") if place.strip()]
        return any(_covers(place, host, port) for place in places)


def _bypasses(host: str) -> bool:
    """Whether the system's own settings say so."""
    from urllib.request import proxy_bypass  # noqa: PLC0415  # as above

    return bool(proxy_bypass(host))


def _covers(place: str, host: str, port: int | None) -> bool:
    if place == "*":
        return True
    with suppress(ValueError):
        return ip_address(host) in ip_network(place, strict=False)
    name, _, number = place.partition(":")
    if number and number != str(port):
        return False
    name = name.removeprefix("*").removeprefix(".")
    return host == name or host.endswith("." + name)


def is_this_computer(host: str) -> bool:
    """Whether a host, without its port, is reached without any network."""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def _checked(url: str) -> str:
    """The proxy's URL with a scheme; its login is never repeated in the error."""
    if not is_proxy(url):
        raise ProxyError(
            "The proxy's address is none: it must be like http://host:port or socks5://host:port."
        )
    return url if "://" in url else f"http://{url}"
