"""Requests, one lane at a time: keep-alive, redirects by our rules, and a socket that another thread can cut.

``HTTPAdapter.send`` is called directly: half the processor time of ``Session.get``, and nothing is taken from the
environment or from ~/.netrc. Redirects are ours for it (RFC 9110, section 15.4).
"""

import logging
import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from enum import Enum
from typing import Any, Final
from urllib.parse import urljoin, urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import HTTPError
from urllib3.response import HTTPResponse
from urllib3.util.response import assert_header_parsing

from core import __version__
from core.downloads.translation import translated
from core.errors import ConnectionLostError, RedirectError

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
MOST_REDIRECTS: Final = 20
_DRAINED: Final = 65536
_HEADERS: Final = {
    "User-Agent": f"Fetchmill/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "keep-alive",
}


logging.getLogger("urllib3.connection").setLevel(logging.ERROR)  # what it warns of, we raise


class Stop(Enum):
    """Why a transfer is cut from outside."""

    DISCARD = "discard"
    PAUSE = "pause"
    STALL = "stall"


class Wire:
    """The socket under one transfer, for the thread that watches it.

    Attributes:
        stop: Why it was cut; None while it was not.
        is_reused: Whether the last request went over a connection that was kept from an earlier one.
    """

    def __init__(self) -> None:
        self.stop: Stop | None = None
        self.is_reused = False
        self._cut = threading.Event()
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None

    def attach(self, sock: socket.socket | None) -> None:
        """From now on the transfer runs over this socket; over none when it has ended."""
        with self._lock:
            self._socket = sock
            if self.stop is not None:
                self._shut()

    def cut(self, reason: Stop) -> None:
        """End the transfer now: whoever reads from or writes to the socket is woken. The first reason stays."""
        with self._lock:
            self.stop = self.stop or reason
            self._cut.set()
            self._shut()

    def wait_for_cut(self, seconds: float) -> bool:
        """Wait this long at the most; whether it was cut."""
        return self._cut.wait(seconds)

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)


class Session:
    """A lane's own connections, reused from file to file."""

    def __init__(self) -> None:
        self._wire = Wire()
        self._adapter = _WatchedAdapter(self._attach)

    def get(self, url: str, headers: Mapping[str, str], timeout: float, wire: Wire) -> requests.Response:
        """The answer to GET, its body unread, after redirects.

        Args:
            url: http or https.
            headers: Sent beside the usual ones, to every hop.
            timeout: Seconds for connecting. For how long to wait for bytes is decided by whoever can cut the wire, who
                knows whether the computer slept meanwhile.
            wire: Told of the socket in use.

        Raises:
            DownloadError: No answer, or one that must not be followed.
            BadUrlError: The URL cannot be asked for.
        """
        self._wire = wire
        seen = {url}
        for _ in range(MOST_REDIRECTS + 1):
            response = self._ask(url, headers, timeout)
            if response.status_code not in REDIRECTS:
                return response
            try:
                url = _next_url(url, response)
            finally:
                _finish(response)
            if url in seen:
                raise RedirectError(f"{url} leads back to itself.")
            seen.add(url)
        raise RedirectError(f"More than {MOST_REDIRECTS} redirects.")

    def close(self) -> None:
        """Close all connections."""
        self._adapter.close()

    def _ask(self, url: str, headers: Mapping[str, str], timeout: float) -> requests.Response:
        """As _send; once more where a kept connection turns out to be closed (RFC 9112, section 9.3.1)."""
        try:
            return self._send(url, headers, timeout)
        except ConnectionLostError:
            if not self._wire.is_reused or self._wire.stop is not None:
                raise
            self._adapter.close()  # what else was kept is as old
            return self._send(url, headers, timeout)

    def _send(self, url: str, headers: Mapping[str, str], timeout: float) -> requests.Response:
        request = requests.PreparedRequest()
        try:
            request.prepare(method="GET", url=url, headers={**_HEADERS, **headers})
            return self._adapter.send(request, stream=True, timeout=(timeout, None))
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise translated(error, url) from error

    def _attach(self, sock: socket.socket | None, *, is_reused: bool | None = None) -> None:
        if is_reused is not None:
            self._wire.is_reused = is_reused
        self._wire.attach(sock)


class _WatchedAdapter(HTTPAdapter):
    """An adapter whose connections say which socket they use."""

    def __init__(self, attach: Callable[..., None]) -> None:
        self._attach = attach
        super().__init__(pool_connections=8, pool_maxsize=1)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """Called by the base class while it is made."""
        super().init_poolmanager(*args, **kwargs)
        self.poolmanager.pool_classes_by_scheme = {
            "http": type(
                "_Pool", (HTTPConnectionPool,), {"ConnectionCls": _watched(HTTPConnection, self._attach)}
            ),
            "https": type(
                "_TlsPool", (HTTPSConnectionPool,), {"ConnectionCls": _watched(HTTPSConnection, self._attach)}
            ),
        }


def _watched(base: type[HTTPConnection], attach: Callable[..., None]) -> type[HTTPConnection]:
    """A connection class that tells ``attach`` of its socket: made, wrapped in TLS, used again."""

    class Watched(base):  # type: ignore[misc, valid-type]  # mypy knows no class whose base is an argument
        def _new_conn(self) -> socket.socket:
            sock: socket.socket = super()._new_conn()
            attach(sock)
            return sock

        def connect(self) -> None:
            super().connect()
            attach(self.sock)

        def request(self, *args: Any, **kwargs: Any) -> None:
            attach(self.sock, is_reused=self.sock is not None)
            super().request(*args, **kwargs)

        def getresponse(self) -> HTTPResponse:
            response: HTTPResponse = super().getresponse()
            # urllib3 only logs a header that cannot be read, and loses all that follow it.
            assert_header_parsing(response._original_response.msg)  # type: ignore[union-attr]  # noqa: SLF001 - the one way to it
            return response

    return Watched


def _next_url(url: str, response: requests.Response) -> str:
    """Where a redirect leads.

    Raises:
        RedirectError: Nowhere, to two places, out of HTTP, or from https to http.
    """
    places = set(response.raw.headers.getlist("Location"))
    if len(places) != 1 or not (place := places.pop().strip()):
        raise RedirectError("The server redirects without saying where to.")
    with suppress(UnicodeError):  # raw UTF-8 in a header arrives as Latin-1
        place = place.encode("latin-1").decode()
    try:
        target = urljoin(url, place)
        scheme = urlsplit(target).scheme
    except ValueError as error:
        raise RedirectError(f"The server redirects to {place!r}, which is no address.") from error
    if scheme not in ("http", "https"):
        raise RedirectError(f"The server redirects to a {scheme or 'nameless'} address.")
    if urlsplit(url).scheme == "https" and scheme == "http":
        raise RedirectError("The server redirects from a secure to an open connection.")
    without_fragment: str = target.partition("#")[0]
    return without_fragment


def _finish(response: requests.Response) -> None:
    """Keep the connection where the rest of a redirect's body is short; close it otherwise."""
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) <= _DRAINED:
        response.raw.drain_conn()
    response.close()
