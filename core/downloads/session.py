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

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection
from urllib3.exceptions import HTTPError

from core import __version__
from core.downloads.framing import StrictResponse
from core.downloads.proxies import Proxies
from core.downloads.redirects import MOST_REDIRECTS, REDIRECTS, Rules, carried, next_url, without_secret
from core.downloads.translation import translated
from core.downloads.trust import tls_context
from core.errors import ConnectionLostError, RedirectError

_DRAINED: Final = 65536
_HEADERS: Final = {
    "User-Agent": f"Fetchmill/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "keep-alive",
}


logging.getLogger("urllib3").setLevel(logging.ERROR)  # what it warns of, we raise or have mended


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
    """A lane's own connections, reused from file to file.

    Args:
        proxies: Those to go through; the system's where none are given.
        rules: What redirects may do.

    Attributes:
        rules: What redirects may do.
    """

    def __init__(self, proxies: Proxies | None = None, rules: Rules | None = None) -> None:
        self._wire = Wire()
        self._adapter = _WatchedAdapter(self._attach, self._meet)
        self._proxies = Proxies.of_system() if proxies is None else proxies
        self.rules = rules or Rules()
        self._comes_from_outside = self._is_proxied = False
        self._peer: str | None = None
        self._extra: Callable[[str], Mapping[str, str]] = lambda _: {}

    def get(
        self,
        url: str,
        headers: Mapping[str, str],
        timeout: float,
        wire: Wire,
        extra: Callable[[str], Mapping[str, str]] = lambda _: {},
    ) -> requests.Response:
        """The answer to GET, its body unread, after redirects.

        Args:
            url: http or https; user information in it becomes a header and is never repeated.
            headers: Sent beside the usual ones; to another origin only those that hold no secret.
            timeout: Seconds for connecting. For how long to wait for bytes is decided by whoever can cut the wire, who
                knows whether the computer slept meanwhile.
            wire: Told of the socket in use.
            extra: The headers that a hop gets instead of the usual ones.

        Raises:
            DownloadError: No answer, or one that must not be followed.
            BadUrlError: The URL cannot be asked for.
        """
        self._wire, self._extra = wire, extra
        self._comes_from_outside = False
        target, carries = url, dict(headers)
        seen: set[str] = set()
        for _ in range(MOST_REDIRECTS + 1):
            try:
                url, login = without_secret(target)
            except ValueError as error:
                raise translated(error, "") from error
            if url in seen:
                raise RedirectError("The address leads back to itself.")
            seen.add(url)
            carries |= login
            response = self._ask(url, carries, timeout)
            if response.status_code not in REDIRECTS:
                return response
            try:
                target = next_url(url, set(response.raw.headers.getlist("Location")), self.rules)
            finally:
                _finish(response)
            carries = carried(carries, url, target)
            self._comes_from_outside |= self._peer is not None and not self.rules.is_inside(self._peer)
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
        proxy = self._proxies.for_url(url)
        self._is_proxied = proxy is not None
        request = requests.PreparedRequest()
        try:
            request.prepare(method="GET", url=url, headers={**_HEADERS, **self._extra(url), **headers})
            return self._adapter.send(
                request, stream=True, timeout=(timeout, None), proxies={"all": proxy} if proxy else None
            )
        except (requests.RequestException, HTTPError, OSError, ValueError) as error:
            raise translated(error, url) from error

    def _attach(self, sock: socket.socket | None, *, is_reused: bool | None = None) -> None:
        if is_reused is not None:
            self._wire.is_reused = is_reused
        self._wire.attach(sock)

    def _meet(self, peer: str) -> None:
        """Refuse a redirect into our own network, whatever name it comes under; called before anything is sent.

        Who asks through a proxy sees the proxy only, which has its own rules.
        """
        self._peer = None if self._is_proxied else peer
        if self._comes_from_outside and self._peer is not None and self.rules.is_inside(peer):
            raise RedirectError("The server redirects to a place inside your own network.")


class _WatchedAdapter(HTTPAdapter):
    """An adapter whose connections say which socket they use, read strictly, and trust by our own list."""

    def __init__(self, attach: Callable[..., None], meet: Callable[[str], None]) -> None:
        self._attach = attach
        self._meet = meet
        super().__init__(pool_connections=8, pool_maxsize=1)

    def get_connection_with_tls_context(self, *args: Any, **kwargs: Any) -> Any:
        """Called by the base class for each request: the pool of its server, or of its server behind a proxy."""
        pool: Any = super().get_connection_with_tls_context(*args, **kwargs)
        if pool.ConnectionCls.response_class is not StrictResponse:
            pool.ConnectionCls = _watched(pool.ConnectionCls, self._attach, self._meet)
        return pool

    def build_connection_pool_key_attributes(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        """Called by the base class for each request: to whom it goes, and how TLS is done."""
        host, tls = super().build_connection_pool_key_attributes(request, *args, **kwargs)
        if host["scheme"] == "https":
            tls["ssl_context"] = tls_context()
        return host, tls

    def cert_verify(self, *_args: Any) -> None:
        """The base class would read its own list again for every connection; ``tls_context`` checks them all."""


def _watched(
    base: type[HTTPConnection], attach: Callable[..., None], meet: Callable[[str], None]
) -> type[HTTPConnection]:
    """A connection class that tells ``attach`` of its socket, and ``meet`` of the address behind it."""

    class Watched(base):  # type: ignore[misc, valid-type]  # mypy knows no class whose base is an argument
        response_class = StrictResponse

        def _new_conn(self) -> socket.socket:
            sock: socket.socket = super()._new_conn()
            attach(sock)
            return sock

        def connect(self) -> None:
            super().connect()
            attach(self.sock)
            meet(self.sock.getpeername()[0])

        def request(self, *args: Any, **kwargs: Any) -> None:
            attach(self.sock, is_reused=self.sock is not None)
            if self.sock is not None:
                meet(self.sock.getpeername()[0])
            super().request(*args, **kwargs)

    return Watched


def _finish(response: requests.Response) -> None:
    """Keep the connection where the rest of a redirect's body is short; close it otherwise."""
    length = response.headers.get("Content-Length", "")
    if length.isdecimal() and int(length) <= _DRAINED:
        response.raw.drain_conn()
    response.close()
