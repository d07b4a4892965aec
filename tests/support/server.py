"""A real HTTP/1.1 server on this computer that does what a test tells it to, well or badly.

    url = server.serve("/a.jpg", jpeg_bytes())                                    # 200, with ETag, ranges honoured
    server.serve("/b.jpg", Answer(jpeg, cut_after=1000), Answer(jpeg))            # cut short once, then whole
    server.serve("/c.jpg", failure(503, retry_after=1), Answer(jpeg, chunked=True))
    gate = Gate(); server.serve("/d.jpg", Answer(jpeg, gate=gate, gate_after=4096)) # held in mid-body until gate.open()

Answers are frozen values: ``dataclasses.replace`` makes variants. Those of a path are given in turn, the last for ever.
"""

import hashlib
import mimetypes
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.message import Message
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from types import TracebackType
from typing import Any, Final, Self

from tests.support.ranges import asked_range, is_unchanged
from tests.support.sockets import cut, reset

_CHUNK: Final = 16 * 1024
_LAST_WORD_S: Final = 30.0  # a gate that nobody opens gives way then, so that a failed test ends


class Gate:
    """Where an answer waits until the test lets it go on."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self._open = threading.Event()

    def open(self) -> None:
        """Let all that wait, and all that come, pass."""
        self._open.set()

    def pass_through(self) -> None:
        """Called by the server: say that the gate is reached, wait until it is open."""
        self.reached.set()
        self._open.wait(_LAST_WORD_S)


@dataclass(frozen=True)
class Drip:
    """A body that comes in drops.

    Attributes:
        size: Bytes a drop.
        every_s: Seconds between drops.
    """

    size: int
    every_s: float


@dataclass(frozen=True)
class Answer:
    """What the server says to one request.

    Attributes:
        body: The whole content; ranges are cut from it.
        content_type: None sends none; by default the path's extension decides.
        status: HTTP status; ranges and conditions are looked at for 200 only.
        headers: Further ones; they replace those of the same name. A None leaves that header out.
        cut_after: Bytes of body after which the connection closes, whatever was announced.
        chunked: Send with Transfer-Encoding: chunked, without a length.
        gate: Where to wait.
        gate_after: Bytes of body before the gate; None waits before the headers.
        drip: Send slowly.
        ranges: Whether Range is honoured.
        etag: None sends none; by default a strong one, made of the body.
        close: Close the connection afterwards.
        reset: Whether the connection then ends with RST.
        raw: Sent instead of everything else, byte by byte as it is; the connection closes.
    """

    body: bytes = b""
    content_type: str | None = "by-extension"
    status: int = 200
    headers: Mapping[str, str | None] = field(default_factory=dict)
    cut_after: int | None = None
    chunked: bool = False
    gate: Gate | None = None
    gate_after: int | None = None
    drip: Drip | None = None
    ranges: bool = True
    etag: str | None = "by-body"
    close: bool = False
    reset: bool = False
    raw: bytes | None = None


def failure(status: int, *, retry_after: str | int | None = None, body: bytes = b"") -> Answer:
    """An answer that refuses."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return Answer(body, "text/plain", status, headers)


def redirect(to: str, status: int = 302) -> Answer:
    """An answer that leads elsewhere."""
    return Answer(b"", None, status, {"Location": to})


@dataclass(frozen=True)
class Received:
    """One request as it came.

    Attributes:
        method: GET, HEAD ...
        path: With its query.
        headers: By any case.
        connection: Number of the TCP connection, from 1.
    """

    method: str
    path: str
    headers: Message
    connection: int


class Server:
    """The server; use it as a context manager.

    Args:
        address: Where it listens.
    """

    def __init__(self, address: str = "127.0.0.1") -> None:
        self._lock = threading.Lock()
        self._answers: dict[str, list[Answer]] = {}
        self._choices: dict[str, Callable[[Received], Answer]] = {}
        self._received: list[Received] = []
        self._gates: list[Gate] = []
        self._closing = threading.Event()
        self._active = 0
        self._most_active = 0
        self._address = address
        self._listener = _Listener(self, address)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.05,), name="test-server")
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return int(self._listener.server_address[1])

    def url(self, path: str, host: str | None = None) -> str:
        """The address of that path."""
        return f"http://{host or self._address}:{self.port}{path}"

    def serve(self, path: str, *answers: Answer | bytes) -> str:
        """Give these answers at that path, in turn, the last for ever; returns the URL. Bytes are a plain Answer."""
        values = [Answer(answer) if isinstance(answer, bytes) else answer for answer in answers]
        with self._lock:
            self._answers[path] = values
            self._gates += [answer.gate for answer in values if answer.gate is not None]
        return self.url(path)

    def serve_by(self, path: str, choose: Callable[[Received], Answer], *gates: Gate) -> str:
        """Give at that path what the request is found to deserve, one request at a time; returns the URL."""
        with self._lock:
            self._choices[path] = choose
            self._gates += gates
        return self.url(path)

    def raw(self, path: str, answer: bytes) -> str:
        """Answer with exactly these bytes, status line and all, then close the connection; returns the URL."""
        return self.serve(path, Answer(raw=answer))

    def received(self, path: str | None = None) -> list[Received]:
        """The requests so far, for that path or all."""
        with self._lock:
            return [request for request in self._received if path is None or request.path == path]

    def requests(self, path: str | None = None) -> int:
        """How many requests came, for that path or in all."""
        return len(self.received(path))

    def connections(self, path: str | None = None) -> int:
        """How many TCP connections brought requests for that path, or for any."""
        return len({request.connection for request in self.received(path)})

    @property
    def most_at_once(self) -> int:
        """The largest number of requests that were being answered at one time."""
        with self._lock:
            return self._most_active

    def close(self) -> None:
        """Open all gates, cut all connections, wait for all threads; raises what went wrong in them."""
        self._closing.set()
        for gate in self._gates:
            gate.open()
        self._listener.shutdown()
        self._listener.cut_connections()
        self._listener.server_close()
        self._thread.join()
        if self._listener.faults:
            raise ExceptionGroup("the test server itself failed", self._listener.faults)

    def pause(self, seconds: float) -> None:
        """Called between drops: wait, unless the server is closing."""
        self._closing.wait(seconds)

    def begin(self, request: Received) -> Answer:
        """Called by a connection: note the request, find its answer."""
        with self._lock:
            self._received.append(request)
            self._active += 1
            self._most_active = max(self._most_active, self._active)
            if (choose := self._choices.get(request.path)) is not None:
                return choose(request)
            answers = self._answers.get(request.path)
            if not answers:
                return failure(404, body=b"not here")
            return answers.pop(0) if len(answers) > 1 else answers[0]

    def end(self) -> None:
        """Called by a connection: the answer is given."""
        with self._lock:
            self._active -= 1


class _Listener(ThreadingHTTPServer):
    """The socket and its threads, one a connection."""

    daemon_threads = False
    request_queue_size = 128

    def __init__(self, server: Server, address: str) -> None:
        self.owner = server
        self.faults: list[Exception] = []
        self._sockets: set[socket.socket] = set()
        self._sockets_lock = threading.Lock()
        self._accepted = 0
        super().__init__((address, 0), _Connection)

    def server_bind(self) -> None:
        """Without the base class's question to name servers, who may not be there."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.server_address[1]

    def next_number(self, connection: socket.socket) -> int:
        """Note a connection; its number, from 1."""
        with self._sockets_lock:
            self._sockets.add(connection)
            self._accepted += 1
            return self._accepted

    def forget(self, connection: socket.socket) -> None:
        """The connection is at its end."""
        with self._sockets_lock:
            self._sockets.discard(connection)

    def cut_connections(self) -> None:
        """Wake every thread that waits for a request."""
        with self._sockets_lock:
            for connection in self._sockets:
                cut(connection)

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - socketserver's signature
        """A client that goes away is no fault; anything else is kept for close()."""
        error = sys.exc_info()[1]
        if isinstance(error, Exception) and not isinstance(error, ConnectionError):
            self.faults.append(error)


class _Connection(BaseHTTPRequestHandler):
    """One connection: reads requests, gives answers."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Listener

    def setup(self) -> None:
        super().setup()
        self._number = self.server.next_number(self.connection)

    def finish(self) -> None:
        self.server.forget(self.connection)
        super().finish()

    def do_GET(self) -> None:
        """Answer; called by the base class, as are the others."""
        request = Received(self.command, self.path, self.headers, self._number)
        answer = self.server.owner.begin(request)
        try:
            self._give(answer)
        except ConnectionError:
            self.close_connection = True  # the client had enough, which is its right
        finally:
            self.server.owner.end()

    do_HEAD = do_GET

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Stay quiet."""

    def _give(self, answer: Answer) -> None:
        if answer.gate is not None and answer.gate_after is None:
            answer.gate.pass_through()
        if answer.raw is not None:
            self.wfile.write(answer.raw)
            self.close_connection = True
            return
        status, headers, body = self._head(answer)
        self.send_response(status)
        for name, value in headers.items():
            if value is not None:
                self.send_header(name, value)
        self.end_headers()
        if answer.close or answer.cut_after is not None:
            self.close_connection = True
        if self.command != "HEAD" and status not in {204, 304}:
            self._send(answer, body)
        if answer.reset:
            reset(self.connection)

    def _head(self, answer: Answer) -> tuple[int, dict[str, str | None], bytes]:
        """Status, headers and the part of the body that is meant (RFC 9110, sections 13 and 14)."""
        status, body = answer.status, answer.body
        headers: dict[str, str | None] = {"Content-Type": self._content_type(answer)}
        headers["ETag"] = _etag(answer)
        headers["Accept-Ranges"] = "bytes" if answer.ranges else None
        headers |= {name: value for name, value in answer.headers.items() if name.title() == "Last-Modified"}
        if status == HTTPStatus.OK and is_unchanged(self.headers, headers):
            status = HTTPStatus.NOT_MODIFIED
        elif status == HTTPStatus.OK and answer.ranges:
            status, body, content_range = asked_range(self.headers, headers, body)
            headers["Content-Range"] = content_range
        if answer.chunked:
            headers["Transfer-Encoding"] = "chunked"
        elif status not in {204, 304}:
            headers["Content-Length"] = str(len(body))
        if answer.close:
            headers["Connection"] = "close"
        for name, value in answer.headers.items():
            headers[name.title() if name.title() in headers else name] = value
        return status, headers, body

    def _content_type(self, answer: Answer) -> str | None:
        if answer.content_type != "by-extension":
            return answer.content_type
        return mimetypes.guess_type(self.path.partition("?")[0])[0] or "application/octet-stream"

    def _send(self, answer: Answer, body: bytes) -> None:
        """The body, in pieces that end where something is to happen."""
        end = len(body) if answer.cut_after is None else min(answer.cut_after, len(body))
        step = answer.drip.size if answer.drip else _CHUNK
        at = 0
        gate = answer.gate if answer.gate_after is not None else None
        while at < end:
            if gate is not None and answer.gate_after is not None and at >= answer.gate_after:
                gate.pass_through()
                gate = None
            stop = min(at + step, end)
            if gate is not None and answer.gate_after is not None:
                stop = min(stop, max(answer.gate_after, at + 1))
            self._write(body[at:stop], chunked=answer.chunked)
            at = stop
            if answer.drip:
                self.server.owner.pause(answer.drip.every_s)
        if gate is not None:
            gate.pass_through()
        if answer.chunked and answer.cut_after is None:
            self.wfile.write(b"0\r\n\r\n")

    def _write(self, piece: bytes, *, chunked: bool) -> None:
        self.wfile.write(b"%x\r\n%b\r\n" % (len(piece), piece) if chunked else piece)


def _etag(answer: Answer) -> str | None:
    if answer.etag != "by-body":
        return answer.etag
    return f'"{hashlib.sha256(answer.body).hexdigest()[:16]}"' if answer.status == HTTPStatus.OK else None


def with_gate(answer: Answer, gate: Gate, after: int | None = None) -> Answer:
    """The answer, held at the gate before its headers or after that many bytes of body."""
    return replace(answer, gate=gate, gate_after=after)
