"""Real proxies on this computer: HTTP (absolute-form and CONNECT, RFC 9110 and 9112) and SOCKS5 (RFC 1928, RFC 1929).

Every name leads to this computer, so that what a name leads to is decided by the proxy or not at all.
"""

import base64
import select
import socket
import threading
from socketserver import StreamRequestHandler, ThreadingTCPServer
from types import TracebackType
from typing import Final, Self
from urllib.parse import urlsplit

_HERE: Final = "127.0.0.1"
_DIRECT, _NAME = 1, 3  # kinds of address, RFC 1928, section 5


class Proxy:
    """A context manager.

    Args:
        kind: ``http`` or ``socks5``.
        login: ``user:password`` that is wanted; empty lets everybody in.

    Attributes:
        asked: The hosts with their ports that it was asked for, in turn, as they were named.
        logins: What came as a login each time.
    """

    def __init__(self, kind: str = "http", login: str = "") -> None:
        self.kind = kind
        self.login = login
        self.asked: list[str] = []
        self.logins: list[str | None] = []
        self._listener = _Listener(self)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,), name="test-proxy")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.closing.set()
        self._listener.shutdown()
        self._listener.server_close()
        self._thread.join()

    def url(self, scheme: str = "", login: str = "") -> str:
        """Its address as a setting has it."""
        port = self._listener.server_address[1]
        return f"{scheme or self.kind}://{login}{'@' if login else ''}{_HERE}:{port}"

    def lets_in(self, login: str | None) -> bool:
        """Note a login; whether it is the right one."""
        self.logins.append(login)
        return not self.login or login == self.login


class _Listener(ThreadingTCPServer):
    daemon_threads = False

    def __init__(self, owner: Proxy) -> None:
        self.owner = owner
        self.closing = threading.Event()
        super().__init__((_HERE, 0), _Http if owner.kind == "http" else _Socks)


class _Guest(StreamRequestHandler):
    """One connection."""

    server: _Listener
    rbufsize = 0  # what comes behind the greeting is for the other side

    def _join(self, port: int, first: bytes, hello: bytes) -> None:
        """Say hello to the guest, and pass bytes both ways until either side has ended."""
        with socket.create_connection((_HERE, port), 10) as other:
            self.connection.sendall(hello)
            other.sendall(first)
            ends = {self.connection: other, other: self.connection}
            while not self.server.closing.is_set():
                for ready in select.select(list(ends), [], [], 0.05)[0]:
                    try:
                        chunk = ready.recv(65536)
                    except ConnectionError:
                        return
                    if not chunk:
                        return
                    ends[ready].sendall(chunk)


class _Http(_Guest):
    def handle(self) -> None:
        """One request, or one tunnel."""
        lines = list(iter(lambda: self.rfile.readline().rstrip(b"\r\n").decode(), ""))
        if not lines:
            return
        method, target, version = lines[0].split(" ")
        parts = urlsplit(f"//{target}" if method == "CONNECT" else target)
        owner = self.server.owner
        owner.asked.append(parts.netloc)
        kept = [line for line in lines[1:] if not line.lower().startswith("proxy-")]
        given = [line.split(" ")[-1] for line in lines[1:] if line.lower().startswith("proxy-authorization:")]
        if not owner.lets_in(base64.b64decode(given[0]).decode() if given else None):
            self.connection.sendall(
                b"HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
            )
            return
        if method == "CONNECT":
            self._join(parts.port or 443, b"", b"HTTP/1.1 200 Go on\r\n\r\n")
            return
        path = parts._replace(scheme="", netloc="").geturl() or "/"
        request = [f"{method} {path} {version}", *kept, "", ""]
        self._join(parts.port or 80, "\r\n".join(request).encode(), b"")


class _Socks(_Guest):
    def handle(self) -> None:
        """A greeting, a login where one is wanted, a request."""
        owner = self.server.owner
        _, count = self.rfile.read(2)
        self.rfile.read(count)
        self.connection.sendall(bytes((5, 2 if owner.login else 0)))
        if owner.login:
            user = self.rfile.read(self.rfile.read(2)[1])
            password = self.rfile.read(self.rfile.read(1)[0])
            is_right = owner.lets_in(f"{user.decode()}:{password.decode()}")
            self.connection.sendall(bytes((1, 0 if is_right else 1)))
            if not is_right:
                return
        kind = self.rfile.read(4)[3]
        address = self.rfile.read(4 if kind == _DIRECT else self.rfile.read(1)[0])
        host = socket.inet_ntoa(address) if kind == _DIRECT else address.decode()
        port = int.from_bytes(self.rfile.read(2), "big")
        owner.asked.append(f"{host}:{port}")
        try:
            self._join(port, b"", bytes((5, 0, 0, 1, 127, 0, 0, 1, 0, 0)))
        except ConnectionRefusedError:
            self.connection.sendall(bytes((5, 5, 0, 1, 0, 0, 0, 0, 0, 0)))
