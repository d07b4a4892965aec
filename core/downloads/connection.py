"""A connection to a server, for one exchange after another (RFC 9112), and how it is made.

Through proxies it is made by requests and urllib3 (``core.downloads.proxied``), which take as long to load as all of
ours: they are loaded where they are needed.
"""

import select
import socket
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from mmap import mmap
from types import TracebackType
from typing import TYPE_CHECKING, Final, NamedTuple, Self
from urllib.parse import urlsplit

from core.downloads.framing import Body, Head, Headers, Stream, body_of, read_head
from core.downloads.translation import UnreachableError
from core.errors import DownloadError

if TYPE_CHECKING:
    from core.downloads.proxied import ProxiedAdapter

PORTS: Final = {"http": 80, "https": 443}
_DRAINED: Final = 65536
_BUFFER: Final = 262144  # bytes; larger reads gain nothing
_MOST_KEPT: Final = 8
_LONGEST_LABEL: Final = 63  # of what is between two dots (RFC 1035, section 2.3.4)

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
        sock: Connected; TLS is done.
        proxy_headers: What goes along with each request, where a proxy reads it.

    Attributes:
        socket: For cutting it.
        peer: IP address of the other end.
        is_relayed: Whether a proxy passes each request on, and needs the whole URL for that (RFC 9112, section 3.2.2).
        proxy_headers: What goes along with each request, where a proxy reads it.
    """

    def __init__(self, sock: socket.socket, proxy_headers: Mapping[str, str] | None = None) -> None:
        self._outlet = sock
        self.socket: socket.socket = getattr(sock, "socket", sock)  # below TLS within TLS, as urllib3 does it
        self.socket.settimeout(None)  # for how long to wait is decided by whoever can cut it
        self.peer: str = self.socket.getpeername()[0]
        self.is_relayed = proxy_headers is not None
        self.proxy_headers = proxy_headers or {}
        self.stream = Stream(sock.recv_into)

    @property
    def is_sound(self) -> bool:
        """Whether it is silent between two exchanges, as it must be: what came unasked would be taken for an answer."""
        if self._outlet is not self.socket:
            return False  # nobody says what TLS within TLS holds
        return self.stream.is_empty and not _holds_more(self.socket) and not _is_readable(self.socket)

    def ask(self, request: bytes) -> Head:
        """Send a request and wait for the head of its answer.

        Raises:
            FetchmillError: There is none, or it breaks the rules.
            OSError: The connection broke.
        """
        self._outlet.sendall(request)
        return read_head(self.stream)

    def close(self) -> None:
        """End it."""
        self._outlet.close()


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
        self._attach = attach
        self._adapter: ProxiedAdapter | None = None
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
            FetchmillError: The proxy leads nowhere.
            OSError: There is none to be had.
            ValueError: The place is none.
        """
        if place.proxy is None:
            return Connection(_connected(place, timeout, self._attach))
        if self._adapter is None:
            from core.downloads.proxied import ProxiedAdapter  # noqa: PLC0415  # as said above

            self._adapter = ProxiedAdapter(self._attach)
        return Connection(*self._adapter.connect(place, timeout))

    def keep(self, place: Place, connection: Connection) -> None:
        """It is free: for the next exchange with the same server."""
        self._kept[place] = connection
        if len(self._kept) > _MOST_KEPT:
            self._kept.pop(next(iter(self._kept))).close()

    def close(self) -> None:
        """Close all that are kept."""
        while self._kept:
            self._kept.popitem()[1].close()


def _connected(place: Place, timeout: float, attach: Attach) -> socket.socket:
    """A socket that is connected to a server, with TLS where the scheme says so.

    Raises:
        OSError: There is none to be had; ``UnreachableError`` where nothing says more.
        ValueError: The place is none.
    """
    parts = urlsplit(f"{place.scheme}://{place.authority}")
    host, port = parts.hostname or "", parts.port or PORTS[place.scheme]
    try:
        sock = socket.create_connection((_name(host), port), timeout)  # type: ignore[arg-type]  # bytes will do
    except (socket.gaierror, TimeoutError, ConnectionRefusedError):
        raise
    except OSError as error:
        raise UnreachableError(error.errno, error.strerror) from error
    with ExitStack() as otherwise:
        otherwise.callback(sock.close)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if place.scheme != "https":
            attach(sock)
        else:
            sock = _secured(sock, host.rstrip("."), attach)
        otherwise.pop_all()
        return sock


def _name(host: str) -> str | bytes:
    """What is looked up. Python sees to it by IDNA, whose tables take 3 ms to load, that text can be: most can as it is."""
    is_plain = host.isascii() and all(0 < len(label) <= _LONGEST_LABEL for label in host.split("."))
    return host.encode() if is_plain else host


def _secured(sock: socket.socket, host: str, attach: Attach) -> socket.socket:
    """The same connection with TLS, which takes the socket over: what could be cut before cannot be any more.

    Raises:
        OSError: The other end could not prove who it is, or broke off.
    """
    from core.downloads.trust import tls_context  # noqa: PLC0415  # with OpenSSL: plain http does without

    secured = tls_context().wrap_socket(sock, server_hostname=host, do_handshake_on_connect=False)
    with ExitStack() as otherwise:
        otherwise.callback(secured.close)
        attach(secured)
        secured.do_handshake()
        otherwise.pop_all()
        return secured


def _holds_more(sock: socket.socket) -> bool:
    """Whether TLS has bytes that were read from the network already, where the system sees them no more."""
    pending: Callable[[], int] | None = getattr(sock, "pending", None)  # a socket below TLS has none
    return pending is not None and pending() > 0


def _is_readable(sock: socket.socket) -> bool:
    if hasattr(select, "poll"):  # which knows any number of sockets
        poll = select.poll()
        poll.register(sock, select.POLLIN)
        return bool(poll.poll(0))
    return bool(select.select([sock], [], [], 0)[0])
