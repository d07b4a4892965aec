"""Connections through proxies: HTTP's own, tunnels (RFC 9110, section 9.3.6) and SOCKS, as requests and urllib3 make them.

The one place that knows their exceptions.
"""

import socket
from collections.abc import Callable, Mapping
from http.client import HTTPException
from typing import Any, Final

import requests
import urllib3.exceptions as urllib3
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError
from urllib3.util.proxy import connection_requires_http_tunnel

from core.downloads.connection import Attach, Place
from core.downloads.proxies import ProxyLoginError
from core.downloads.translation import causes, host_in, reason_in, translated
from core.downloads.trust import tls_context
from core.errors import (
    ConnectError,
    FetchmillError,
    NameResolutionError,
    ProtocolError,
    ProxyError,
    StalledError,
    TlsError,
)

_MOST_KEPT: Final = 8
_NO_LOGIN: Final = frozenset({"SOCKS5AuthError"})
_NO_WAY: Final = frozenset({"SOCKS4Error", "SOCKS5Error"})


class ProxiedAdapter(HTTPAdapter):
    """Knows the way to a server, through proxies; trusts by our own list."""

    def __init__(self, attach: Attach) -> None:
        self._attach = attach
        super().__init__(pool_connections=_MOST_KEPT, pool_maxsize=1)

    def connect(self, place: Place, timeout: float) -> tuple[socket.socket, Mapping[str, str] | None]:
        """A socket that leads to a server; and what the proxy is told with each request, where it reads them.

        Raises:
            FetchmillError: There is none to be had.
        """
        url = f"{place.scheme}://{place.authority}/"
        try:
            return self._connected(place, url, timeout)
        except (requests.RequestException, HTTPError, HTTPException, OSError, ValueError) as error:
            raise _translated(error, url) from error

    def _connected(
        self, place: Place, url: str, timeout: float
    ) -> tuple[socket.socket, Mapping[str, str] | None]:
        request = requests.PreparedRequest()
        request.prepare_url(url, None)
        pool: Any = self.get_connection_with_tls_context(
            request, verify=True, proxies={"all": place.proxy or ""}
        )
        made: HTTPConnection = pool._new_conn()  # noqa: SLF001  # its urlopen would speak HTTP for us as well
        made.timeout = timeout
        made._new_conn = _telling(made._new_conn, self._attach)  # type: ignore[method-assign]  # noqa: SLF001  # before TLS
        is_tunnel = connection_requires_http_tunnel(pool.proxy, pool.proxy_config, place.scheme)
        try:
            if is_tunnel:
                pool._prepare_proxy(made)  # noqa: SLF001  # as above
            else:
                made.connect()
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            is_the_proxy = made.proxy is not None and not made.has_connected_to_proxy
            made.close()
            if is_the_proxy:
                raise urllib3.ProxyError("no way through", error) from error
            raise
        assert made.sock is not None, "it is connected"  # noqa: S101  # urllib3's promise
        return made.sock, None if is_tunnel or pool.proxy is None else pool.proxy_headers

    def build_connection_pool_key_attributes(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Called by the base class: to whom a connection goes, and how TLS is done."""
        host, tls = super().build_connection_pool_key_attributes(request, *args, **kwargs)
        if host["scheme"] == "https":
            tls["ssl_context"] = tls_context()
        return host, tls


def _telling(connect: Callable[[], socket.socket], attach: Attach) -> Callable[[], socket.socket]:
    """Connects, and tells of the socket."""

    def connect_and_tell() -> socket.socket:
        sock = connect()
        attach(sock)
        return sock

    return connect_and_tell


def _translated(error: Exception, url: str) -> FetchmillError:
    """The error of ours that an exception from below means; only the URL's host is ever repeated."""
    chain = tuple(causes(error))
    host = host_in(url)
    said = _proxy_trouble(chain, host)
    if said is not None:
        return said
    kinds: tuple[tuple[type[Exception] | tuple[type[Exception], ...], FetchmillError], ...] = (
        (
            requests.exceptions.InvalidSchema,
            ProxyError("A SOCKS proxy needs PySocks, which is not installed."),
        ),
        (requests.exceptions.InvalidProxyURL, ProxyError("The proxy's address cannot be used.")),
        (urllib3.SSLError, TlsError(f"{host} could not prove its identity ({reason_in(chain)}).")),
        (
            urllib3.ProxyError,
            ProxyError(f"The proxy does not let us through to {host} ({reason_in(chain)})."),
        ),
        (urllib3.NameResolutionError, NameResolutionError(f"The name {host} leads to no address.")),
        (urllib3.TimeoutError, StalledError(f"{host} sent nothing for the whole time limit.")),
        (urllib3.NewConnectionError, ConnectError(f"{host} cannot be reached ({reason_in(chain)}).")),
        (HTTPException, ProtocolError("The answer of the proxy breaks the rules of HTTP.")),
    )
    for kind, ours in kinds:
        if any(isinstance(link, kind) for link in chain):
            return ours
    return translated(error, url)


def _proxy_trouble(chain: tuple[BaseException, ...], host: str) -> FetchmillError | None:
    """What a proxy has said, if it has; http.client and PySocks have it in words only."""
    for link in chain:
        if str(link).startswith("Tunnel connection failed: 407") or type(link).__name__ in _NO_LOGIN:
            return ProxyLoginError("The proxy lets in only those whom it knows.")
        if type(link).__name__ in _NO_WAY:
            return ConnectError(f"The proxy does not reach {host} ({link}).")
    if any(type(link).__module__ == "socks" for link in chain):
        return ProxyError(f"The proxy cannot be used ({reason_in(chain)}).")
    return None
