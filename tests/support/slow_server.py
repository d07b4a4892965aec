"""A web server that lets each request wait, and that may refuse too many at once; a process of its own.

    with slow_server(folder, delay=0.05) as base: ...       # every answer comes 50 ms after its request
    with slow_server(folder, delay=0.05, most=8) as base:   # 429 to whoever has more than 8 requests under way

What is counted against ``most`` are requests under way, as nginx's ``limit_conn`` does it. All files are in memory and an
answer is one write, so that a request costs some 40 microseconds of processor time: far less than any client spends.
"""

import argparse
import asyncio
import hashlib
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from tests.support.command_line import environment
from tests.support.processes import Program

_END: Final = b"\r\n\r\n"
_REQUEST: Final = re.compile(rb"GET (/[^ ]*) HTTP/1\.1\r\n")
_Answer = Callable[[bytes], None]
_MODIFIED: Final = "Mon, 01 Jan 2024 00:00:00 GMT"


@contextmanager
def slow_server(
    folder: Path, *, delay: float = 0.0, most: int | None = None, service: float = 0.0
) -> Iterator[str]:
    """Serve the files of a folder; the base URL, without a slash at its end.

    Args:
        folder: Whose files are served; none of its folders.
        delay: Seconds between a request and its answer.
        most: Requests at once that are not refused.
        service: Seconds that it works on an answer, on one after the other.
    """
    limit = [] if most is None else ["--most", str(most)]
    arguments = [
        sys.executable,
        "-m",
        "tests.support.slow_server",
        str(folder),
        "--delay",
        str(delay),
        "--service",
        str(service),
        *limit,
    ]
    with Program(arguments, environment()) as program:
        port = program.wait_for_line(r"(\d+)$")[1]
        yield f"http://127.0.0.1:{port}"


class _Connection(asyncio.Protocol):
    """One client. It may send its next request before the answer is there."""

    def __init__(self, site: "_Site") -> None:
        self._site = site
        self._received = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        self._received += data
        while _END in self._received:
            head, self._received = self._received.split(_END, 1)
            self._site.take(head + _END, self._answer)

    def _answer(self, answer: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(answer)


class _Site:
    """The files, and what is under way."""

    def __init__(self, folder: Path, delay: float, most: int | None, service: float) -> None:
        self._answers = {
            f"/{path.name}".encode(): _whole(path) for path in folder.iterdir() if path.is_file()
        }
        self._delay = delay
        self._most = most
        self._service = service
        self._free_at = 0.0
        self._under_way = 0

    def take(self, head: bytes, answer: _Answer) -> None:
        """Answer a request when its time has come."""
        match = _REQUEST.match(head)
        found = self._answers.get(match[1].partition(b"?")[0]) if match else None
        if self._most is not None and self._under_way >= self._most:
            answer(_empty("429 Too Many Requests"))
            return
        self._under_way += 1
        loop = asyncio.get_running_loop()
        self._free_at = max(loop.time(), self._free_at) + self._service
        loop.call_at(self._free_at + self._delay, self._end, answer, found or _empty("404 Not Found"))

    def _end(self, answer: _Answer, found: bytes) -> None:
        self._under_way -= 1
        answer(found)


def _whole(path: Path) -> bytes:
    content = path.read_bytes()
    head = (
        "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n"
        f'Content-Length: {len(content)}\r\nETag: "{hashlib.sha256(content).hexdigest()[:16]}"\r\n'
        f"Last-Modified: {_MODIFIED}\r\n\r\n"
    )
    return head.encode() + content


def _empty(status: str) -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode()


async def _serve(site: _Site) -> None:
    server = await asyncio.get_running_loop().create_server(
        lambda: _Connection(site), "127.0.0.1", 0, backlog=512
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main() -> None:
    """Serve until the end."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--delay", type=float, default=0.0)
    parser.add_argument("--most", type=int)
    parser.add_argument("--service", type=float, default=0.0)
    options = parser.parse_args()
    asyncio.run(_serve(_Site(options.folder, options.delay, options.most, options.service)))


if __name__ == "__main__":
    main()
