"""Requests, one lane at a time: keep-alive, redirects by our rules, and a socket that another thread can cut.

What is said is ours from the first byte: a tenth of the processor time that requests takes, a reused buffer, and a login
from ~/.netrc only where the rules say so. So are redirects (RFC 9110, section 15.4).
"""

import logging
import re
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from enum import Enum
from typing import Final

from core import __version__
from core.downloads.connection import Answer, Connection, Connections, Place
from core.downloads.redirects import MOST_REDIRECTS, REDIRECTS, Rules, carried, next_url, without_secret
from core.downloads.translation import translated
from core.errors import ConnectionLostError, ProtocolError, RedirectError, UnusableRequestError

_HEADERS: Final = {
    "User-Agent": f"Fetchmill/{__version__}",
    "Accept": "*/*",
    "Accept-Encoding": "identity",
    "Connection": "keep-alive",
}
# What is sent as it is; anything else is put in order first.
_PLAIN: Final = re.compile(r"(https?)://([a-z0-9.-]+(?::[0-9]+)?)(/[A-Za-z0-9_~!$&'()*+,;=:@/?.-]*)")
_PARTS: Final = re.compile(r"(https?)://([^/?#]+)([^#]*)")
_USUAL_PORTS: Final = {"http": ":80", "https": ":443"}
_SOUND: Final = re.compile(
    rb"GET [^\0-\x20\x7f]+ HTTP/1\.1\r\n(?:[!#$%&'*+.^_`|~0-9A-Za-z-]+: [^\0\r\n]*\r\n)+\r\n"
)

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
        asked: When it was sent, monotonic seconds.
    """

    def __init__(self) -> None:
        self.stop: Stop | None = None
        self.is_reused = False
        self.asked = 0.0
        self._cut: threading.Event | None = None  # made for who waits: there are many wires
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
            if self._cut is not None:
                self._cut.set()
            self._shut()

    def wake(self) -> None:
        """End what is being read, and nothing else: it is not wanted any more."""
        with self._lock:
            self._shut()

    def wait_for_cut(self, seconds: float) -> bool:
        """Wait this long at the most; whether it was cut."""
        with self._lock:
            if self.stop is not None:
                return True
            self._cut = self._cut or threading.Event()
        return self._cut.wait(seconds)

    def _shut(self) -> None:
        if self._socket is not None:
            with suppress(OSError):  # SSLSocket's own would have who reads go on without TLS
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)


class Session:
    """A lane's own connections, reused from file to file.

    Args:
        rules: What the next exchange may do, and through which proxies it goes.

    Attributes:
        rules: The same.
    """

    def __init__(self, rules: Rules | None = None) -> None:
        self._wire = Wire()
        self._connections = Connections(self._attach)
        self.rules = rules or Rules()
        self._comes_from_outside = False
        self._peer: str | None = None
        self._extra: Callable[[str], Mapping[str, str]] = lambda _: {}

    def get(
        self,
        url: str,
        headers: Mapping[str, str],
        timeout: float,
        wire: Wire,
        extra: Callable[[str], Mapping[str, str]] = lambda _: {},
    ) -> Answer:
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
        target, carries = url, {**self._known_login(url), **headers}
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
            if response.status not in REDIRECTS:
                return response
            try:
                target = next_url(url, set(response.headers.all("Location")), self.rules)
            finally:
                response.drain()
            carries = carried(carries, url, target)
            self._comes_from_outside |= self._peer is not None and not self.rules.is_inside(self._peer)
        raise RedirectError(f"More than {MOST_REDIRECTS} redirects.")

    def close(self) -> None:
        """Close all connections."""
        self._connections.close()

    def _known_login(self, url: str) -> dict[str, str]:
        """What ~/.netrc has for the host of a URL, which goes no further than ``carried`` lets it."""
        if not self.rules.uses_netrc or "authorization" in {name.lower() for name in self._extra(url)}:
            return {}
        from core.downloads.logins import netrc_login  # noqa: PLC0415  # only where the settings allow it

        return netrc_login(url)

    def _ask(self, url: str, headers: Mapping[str, str], timeout: float) -> Answer:
        """As _send; once more where a kept connection turns out to be closed (RFC 9112, section 9.3.1).

        Or where it brings what is no answer: that may be the end of what was sent too much before.
        """
        try:
            return self._send(url, headers, timeout)
        except (ConnectionLostError, ProtocolError):
            if not self._wire.is_reused or self._wire.stop is not None:
                raise
            self._connections.close()  # what else was kept is as old
            return self._send(url, headers, timeout)

    def _send(self, url: str, headers: Mapping[str, str], timeout: float) -> Answer:
        try:
            scheme, authority, target = _parts(url)
            place = Place(scheme, authority, self.rules.proxies.for_url(url))
            request = {**_HEADERS, **self._extra(url), **headers}
            connection = self._connections.kept(place)
            self._wire.is_reused = connection is not None
            if connection is None:
                connection = self._connections.new(place, timeout)
            with ExitStack() as otherwise:
                otherwise.callback(connection.close)
                answer = self._exchange(url, place, target, request, connection)
                otherwise.pop_all()
                return answer
        except (OSError, ValueError) as error:
            raise translated(error, url) from error

    def _exchange(
        self, url: str, place: Place, target: str, headers: Mapping[str, str], connection: Connection
    ) -> Answer:
        self._wire.attach(connection.socket)
        self._meet(None if place.proxy else connection.peer)
        if connection.is_relayed:
            target = f"{place.scheme}://{place.authority}{target}"
        self._wire.asked = time.monotonic()
        head = connection.ask(_request(target, place.authority, {**headers, **connection.proxy_headers}))

        def finish(is_free: bool) -> None:  # noqa: FBT001  # a callback's only argument
            if is_free:
                self._connections.keep(place, connection)
            else:
                connection.close()

        return Answer(url, head, connection, self._connections.buffer, finish)

    def _attach(self, sock: socket.socket) -> None:
        self._wire.attach(sock)

    def _meet(self, peer: str | None) -> None:
        """Refuse a redirect into our own network, whatever name it comes under; called before anything is sent.

        Args:
            peer: The other end's address; None behind a proxy, which has its own rules.
        """
        self._peer = peer
        if self._comes_from_outside and peer is not None and self.rules.is_inside(peer):
            raise RedirectError("The server redirects to a place inside your own network.")


def _parts(url: str) -> tuple[str, str, str]:
    """Scheme, authority and request target; what is not plain is put in order as requests does it.

    Raises:
        ValueError: It is no URL.
    """
    found = _PLAIN.fullmatch(url) if "/." not in url else None
    if found is None:
        import requests  # noqa: PLC0415  # most links do without

        prepared = requests.PreparedRequest()
        prepared.prepare_url(url, None)
        found = _PARTS.match(prepared.url or "")
    if found is None:
        raise ValueError(url)
    scheme, authority, target = found.groups()
    return scheme, authority.removesuffix(_USUAL_PORTS[scheme]), target


def _request(target: str, host: str, headers: Mapping[str, str]) -> bytes:
    """The request as it is sent (RFC 9112, section 3); of several fields of one name the last counts.

    Raises:
        UnusableRequestError: A field cannot be sent.
    """
    fields = {"host": ("Host", host)} | {name.lower(): (name, value) for name, value in headers.items()}
    text = "".join(f"{name}: {value}\r\n" for name, value in fields.values())
    try:
        sent = f"GET {target} HTTP/1.1\r\n{text}\r\n".encode("latin-1")
    except UnicodeEncodeError as error:
        raise UnusableRequestError(
            "A header of the request has characters that no header may have."
        ) from error
    if not _SOUND.fullmatch(sent) or text.count("\n") != len(fields):  # one of them may be two in disguise
        raise UnusableRequestError("A header of the request cannot be sent.")
    return sent
