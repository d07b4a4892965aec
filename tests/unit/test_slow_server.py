"""The benchmarks' slow server is slow and strict in the way that it says."""

import http.client
import socket
from pathlib import Path
from typing import BinaryIO
from urllib.parse import urlsplit

from tests.support.slow_server import slow_server

ASKED = 5
MOST = 2


def next_status(answers: BinaryIO) -> int:
    status = int(answers.readline().split()[1])
    length = next(int(line.split()[1]) for line in answers if line.startswith(b"Content-Length"))
    while answers.readline() != b"\r\n":
        pass
    answers.read(length)
    return status


def test_a_request_more_than_may_be_under_way_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"content")
    with slow_server(tmp_path, delay=0.05, most=MOST) as base:
        port = urlsplit(base).port
        assert port is not None
        with socket.create_connection(("127.0.0.1", port)) as client, client.makefile("rb") as answers:
            client.sendall(
                b"GET /a.bin HTTP/1.1\r\n\r\n" * ASKED
            )  # in one piece, so that all are there together
            statuses = [next_status(answers) for _ in range(ASKED)]
    assert statuses == [429] * (ASKED - MOST) + [200] * MOST


def test_one_connection_serves_many_requests(tmp_path: Path) -> None:
    (tmp_path / "a.bin").write_bytes(b"content")
    with slow_server(tmp_path) as base:
        connection = http.client.HTTPConnection(urlsplit(base).netloc)
        found = []
        for path in ("/a.bin", "/a.bin?again", "/b.bin"):
            connection.request("GET", path)
            answer = connection.getresponse()
            found.append((answer.status, answer.read()))
        connection.close()
    assert found == [(200, b"content"), (200, b"content"), (404, b"")]
