"""A server of raw sockets, which does to each path what its case says; some of its doors speak TLS, badly."""

import errno
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import suppress
from types import TracebackType
from typing import Final, NamedTuple, Self

_LAST_WORD_S: Final = 60.0
_LONGEST_REQUEST: Final = 65536
_TLS_HELLO: Final = 22
_GONE: Final = frozenset({errno.EPIPE, errno.ECONNRESET, errno.EBADF, errno.ENOTCONN, errno.ECONNABORTED})


class Heard(NamedTuple):
    """One request as it came.

    Attributes:
        place: The door it came through.
        target: From its first line: a path, or a whole URL where it went to a proxy.
        fields: The headers, names in lower case.
    """

    place: str
    target: str
    fields: Mapping[str, str]


class Exchange:
    """One request being answered.

    Attributes:
        heard: The request.
        turn: How many times something of this case has been asked for, from 1.
        ports: Of all doors.
    """

    def __init__(
        self, sock: socket.socket, heard: Heard, turn: int, ports: dict[str, int], closing: threading.Event
    ) -> None:
        self.heard = heard
        self.turn = turn
        self.ports = ports
        self._sock = sock
        self._closing = closing

    @property
    def offset(self) -> int | None:
        """Where the range that is asked for begins."""
        asked = self.heard.fields.get("range", "")
        return int(asked[6:].partition("-")[0]) if asked.startswith("bytes=") else None

    @property
    def is_over(self) -> bool:
        """Whether the server is closing."""
        return self._closing.is_set()

    def send(self, *pieces: bytes) -> None:
        """Send these bytes."""
        for piece in pieces:
            self._sock.sendall(piece)

    def pause(self, seconds: float = _LAST_WORD_S) -> None:
        """Send nothing for so long, or until the client has had enough."""
        self._sock.settimeout(seconds)
        with suppress(TimeoutError):
            while self._sock.recv(4096):
                pass
        self._sock.settimeout(_LAST_WORD_S)

    def reset(self) -> None:
        """End the connection with RST."""
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._sock.close()


Play = Callable[[Exchange], None]


class Server:
    """All doors; use it as a context manager.

    Args:
        plays: The answers by the first segment of the path.
        contexts: The TLS of each door that has some.

    Attributes:
        ports: Of the doors by name.
    """

    def __init__(
        self, plays: Mapping[str, tuple[Play | bytes, ...]], contexts: Mapping[str, ssl.SSLContext]
    ) -> None:
        self._plays = plays
        self._contexts = contexts
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._heard: list[Heard] = []
        self._turns: Counter[str] = Counter()
        self._sockets: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._listeners: dict[str, socket.socket] = {}
        doors = ["plain", "other", "proxy", "v6", "full", "naked", "mute", "reset", *contexts]
        for name in doors:
            family, host = (socket.AF_INET6, "::1") if name == "v6" else (socket.AF_INET, "127.0.0.1")
            self._listeners[name] = socket.create_server(
                (host, 0), family=family, backlog=0 if name == "full" else 256
            )
        self.ports = {name: int(door.getsockname()[1]) for name, door in self._listeners.items()}

    def __enter__(self) -> Self:
        for _ in range(4):  # more than a backlog of none holds: the next one's SYN is not answered
            waiting = socket.socket()
            waiting.setblocking(False)
            waiting.connect_ex(("127.0.0.1", self.ports["full"]))
            self._sockets.add(waiting)
        for name in self._listeners:
            if name != "full":
                self._begin(self._accept, name)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._closing.set()
        for sock in [*self._listeners.values(), *self._sockets]:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join()

    def heard(self, case: str) -> list[Heard]:
        """The requests of that case."""
        with self._lock:
            return [one for one in self._heard if f"/{case}/" in one.target]

    def _begin(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, name="hostile")
        with self._lock:
            self._threads.append(thread)
        thread.start()

    def _accept(self, place: str) -> None:
        while not self._closing.is_set():
            try:
                sock, _ = self._listeners[place].accept()
            except OSError:
                return
            sock.settimeout(_LAST_WORD_S)
            with self._lock:
                self._sockets.add(sock)
            self._begin(self._serve, place, sock)

    def _serve(self, place: str, sock: socket.socket) -> None:
        """One connection; a client that goes away is no fault."""
        try:
            if place == "reset":
                sock.recv(1)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            elif place == "mute":
                while sock.recv(4096):
                    pass
            elif place in self._contexts:
                with self._contexts[place].wrap_socket(sock, server_side=True) as secured:
                    self._answer(place, secured)
                    if not place.startswith("abrupt"):
                        secured.unwrap()
            else:
                self._answer(place, sock)
        except (ssl.SSLError, TimeoutError):
            pass  # a client that does not trust us
        except OSError as error:
            if error.errno not in _GONE:
                raise
        finally:
            sock.close()

    def _answer(self, place: str, sock: socket.socket) -> None:
        request = b""
        while b"\r\n\r\n" not in request and len(request) < _LONGEST_REQUEST:
            block = sock.recv(4096)
            if not block:
                return
            request += block
            if request[0] == _TLS_HELLO:
                sock.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
                return
        first, *lines = request.partition(b"\r\n\r\n")[0].decode("latin-1").split("\r\n")
        target = first.split()[1]
        fields = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        heard = Heard(place, target, fields)
        path = target.partition("://")[2].partition("/")[2] if "://" in target else target[1:]
        case = path.partition("/")[0]
        with self._lock:
            self._heard.append(heard)
            self._turns[case] += 1
            turn = self._turns[case]
        plays = self._plays.get(case, (b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",))
        play = plays[min(turn, len(plays)) - 1]
        exchange = Exchange(sock, heard, turn, self.ports, self._closing)
        if isinstance(play, bytes):
            exchange.send(play)
        else:
            play(exchange)
        self._let_go(sock)

    def _let_go(self, sock: socket.socket) -> None:
        """Close so that what was sent arrives: our end first, then what the client still says is read."""
        if isinstance(sock, ssl.SSLSocket) or sock.fileno() < 0:
            return
        sock.shutdown(socket.SHUT_WR)
        sock.settimeout(0.5)
        with suppress(OSError):
            while sock.recv(4096):
                pass
