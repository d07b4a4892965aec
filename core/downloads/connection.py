"""A connection to a server, for one exchange after another (RFC 9112), and how it is made.

urllib3 makes it: names, proxies and their tunnels, SOCKS, TLS. What is said over it is ours.
"""

import socket
from collections.abc import Callable, Mapping
from contextlib import suppress
from http.client import HTTPException
from mmap import mmap
from types import TracebackType
from typing import Any, Final, NamedTuple, Self

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError, ProxyError
from urllib3.util.proxy import connection_requires_http_tunnel
from urllib3.util.wait import wait_for_read

from core.downloads.framing import Body, Head, Headers, Stream, body_of, read_head
from core.downloads.trust import tls_context
from core.errors import DownloadError

_DRAINED: Final = 65536
_BUFFER: Final = 262144  # bytes; larger reads gain nothing
_MOST_KEPT: Final = 8

Attach = Callable[[socket.socket], None]


class Place(NamedTuple):
    """Whom a connection leads to.

    Attributes:
        scheme: http or https.
        authority: Host and port, as in the URL.
        proxy: URL of the proxy that it goes through, if any.
    """

    scheme: str
    authority: str
    proxy: str | None


class Connection:
    """A socket that is connected.

    Args:
        made: What urllib3 has made.
        proxy_headers: What goes along with each request, where a proxy reads it.

    Attributes:
        socket: For cutting it.
        peer: IP address of the other end.
        is_relayed: Whether a proxy passes each request on, and needs the whole URL for that (RFC 9112, section 3.2.2).
        proxy_headers: What goes along with each request, where a proxy reads it.
    """

    def __init__(self, made: HTTPConnection, proxy_headers: Mapping[str, str] | None) -> None:
        assert made.sock is not None, "it is connected"  # noqa: S101  # urllib3's promise
        self._made = made
        self.socket: socket.socket = made.sock
        self.socket.settimeout(None)  # for how long to wait is decided by whoever can cut it
        self.peer: str = self.socket.getpeername()[0]
        self.is_relayed = proxy_headers is not None
        self.proxy_headers = proxy_headers or {}
        self.stream = Stream(self.socket.recv_into)

    @property
    def is_sound(self) -> bool:
        """Whether it is silent between two exchanges, as it must be: what came unasked would be taken for an answer."""
        return self.stream.is_empty and not wait_for_read(self.socket, timeout=0.0)

    def ask(self, request: bytes) -> Head:
        """Send a request and wait for the head of its answer.

        Raises:
            FetchmillError: There is none, or it breaks the rules.
            OSError: The connection broke.
        """
        self.socket.sendall(request)
        return read_head(self.stream)

    def close(self) -> None:
        """End it."""
        self._made.close()


class Answer:
    """What a server has answered. Its body is read once, while no other exchange goes over the connection.

    Args:
        url: That was asked for, after redirects.
        head: What it began with.
        connection: Over which the body comes.
        buffer: For the body; the session's own.
        finish: Told once whether the connection can serve another exchange.

    Attributes:
        url: That was asked for, after redirects.
        status: Three digits.
        reason: As the server says it; may be empty.
        headers: By name, whatever its case.
    """

    def __init__(
        self, url: str, head: Head, connection: Connection, buffer: memoryview, finish: Callable[[bool], None]
    ) -> None:
        self.url = url
        self.status = head.status
        self.reason = head.reason
        self.headers: Headers = head.headers
        self._is_kept = head.is_kept
        self._body: Body = body_of(head, connection.stream)
        self._connection = connection
        self._buffer = buffer
        self._finish: Callable[[bool], None] | None = finish

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def read(self, count: int) -> memoryview:
        """At most so many bytes of the body, as many as are there; none at its end. The next call overwrites them.

        Raises:
            ProtocolError: The body is not as it was announced.
            TruncatedError: It ends too early.
            OSError: The connection broke.
        """
        return self._buffer[: self._body.read(self._buffer[:count])]

    def close(self) -> None:
        """The connection is free for the next exchange, if the body was read to its end; else it is closed."""
        if self._finish is not None:
            finish, self._finish = self._finish, None
            finish(self._is_kept and self._body.is_over and self._connection.stream.is_empty)

    def drain(self) -> None:
        """Read the rest of a short body and forget it, so that the connection is kept."""
        length = self.headers.get("Content-Length", "")
        if length.isdecimal() and int(length) <= _DRAINED:
            with suppress(DownloadError, OSError):  # nobody wants it
                while self.read(_DRAINED):
                    pass
        self.close()


class Connections:
    """Those of one lane, kept from exchange to exchange.

    Args:
        attach: Told of each socket as soon as there is one, before TLS: whoever holds it can cut what is going on.
    """

    def __init__(self, attach: Attach) -> None:
        self._adapter = _Adapter(attach)
        self._kept: dict[Place, Connection] = {}
        self.buffer = memoryview(mmap(-1, _BUFFER))  # what nothing is read into takes no memory

    def kept(self, place: Place) -> Connection | None:
        """One that leads there and was kept, and can be used."""
        found = self._kept.pop(place, None)
        if found is not None and not found.is_sound:
            found.close()
            return None
        return found

    def new(self, place: Place, timeout: float) -> Connection:
        """One that leads there, made now.

        Raises:
            HTTPError: There is none to be had (urllib3's).
            OSError: Likewise.
            ValueError: The place is none.
        """
        return self._adapter.connect(place, timeout)

    def keep(self, place: Place, connection: Connection) -> None:
        """It is free: for the next exchange with the same server."""
        self._kept[place] = connection
        if len(self._kept) > _MOST_KEPT:
            self._kept.pop(next(iter(self._kept))).close()

    def close(self) -> None:
        """Close all that are kept."""
        while self._kept:
            self._kept.popitem()[1].close()


class _Adapter(HTTPAdapter):
    """Knows the way to a server, through proxies; trusts by our own list."""

    def __init__(self, attach: Attach) -> None:
        self._attach = attach
        super().__init__(pool_connections=_MOST_KEPT, pool_maxsize=1)

    def connect(self, place: Place, timeout: float) -> Connection:
        """As ``Connections.new``."""
        request = requests.PreparedRequest()
        request.prepare_url(f"{place.scheme}://{place.authority}/", None)
        proxies = {"all": place.proxy} if place.proxy else None
        pool: Any = self.get_connection_with_tls_context(request, verify=True, proxies=proxies)
        made: HTTPConnection = pool._new_conn()  # noqa: SLF001  # its urlopen would speak HTTP for us as well
        made.timeout = timeout
        made._new_conn = _telling(made._new_conn, self._attach)  # type: ignore[method-assign]  # noqa: SLF001  # before TLS
        is_tunnel = connection_requires_http_tunnel(pool.proxy, pool.proxy_config, place.scheme)
        try:
            if is_tunnel:
                pool._prepare_proxy(made)  # noqa: SLF001  # as above
            else:
                made.connect()
            return Connection(made, None if is_tunnel or pool.proxy is None else pool.proxy_headers)
        except (HTTPError, HTTPException, OSError, ValueError) as error:
            is_the_proxy = made.proxy is not None and not made.has_connected_to_proxy
            made.close()
            if is_the_proxy:
                raise ProxyError("no way through", error) from error
            raise

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
