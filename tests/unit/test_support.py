"""The tests' own tools: what is supposed to fail a test does."""

import http.client
import json
import os
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, QThread, QTimer, Signal

from tests.support.pictures import jpeg_bytes, photo, png_bytes, psnr
from tests.support.server import Answer, Drip, Gate, Server, failure, redirect
from tests.support.waiting import WaitTimeoutError, wait_for_signal, wait_until

ROOT = Path(__file__).parents[2]

# name of a test -> its body, what it has to fail for
TROUBLES = {
    "qt_message": ("QtCore.qWarning('mind the gap')", "qt: default: mind the gap"),
    "log_record": ("logging.getLogger('core.x').warning('look %d', 7)", "log: core.x: look 7"),
    "slot": (
        "done = []; QTimer.singleShot(0, lambda: [done.append(1), 1 / 0]); wait_until(lambda: done)",
        "unexpected error: ZeroDivisionError",
    ),
    "thread_exception": (
        "t = threading.Thread(target=lambda: 1 / 0); t.start(); t.join()",
        "ZeroDivisionError",
    ),
    "unraisable": ("bad = type('Bad', (), {'__del__': lambda self: 1 / 0})(); del bad", "ZeroDivisionError"),
    "python_warning": ("warnings.warn('old ways')", "UserWarning: old ways"),
    "child": ("kept.append(subprocess.Popen(PAUSE))", "a process is left"),
    "orphan": (
        'subprocess.run([sys.executable, "-c", f"import subprocess; subprocess.Popen({PAUSE!r})"], check=True)',
        "a process is left",
    ),
    "thread": ("threading.Thread(target=threading.Event().wait, args=(1.5,)).start()", "a thread is left"),
    "engine": ("kept.append(engine)", "an engine is left"),
    "unmet": ("expect.log('never')", "expected log did not come: never"),
}
FINE = {
    "expected": "expect.log('look .'); logging.getLogger('core.x').error('look 7')",
    "children_that_end": "c = multiprocessing.get_context('spawn').Process(target=int); c.start(); c.join()",
    "quiet": "logging.getLogger('core.x').info('fine')",
}
PREAMBLE = """
import logging, multiprocessing, subprocess, sys, threading, warnings
from PySide6 import QtCore
from PySide6.QtCore import QTimer
from tests.support.waiting import wait_until
PAUSE = [sys.executable, "-c", "import signal; signal.pause()"]
kept = []
"""
CONFTEST = """
import json
import tests.support.watching
from tests.conftest import *
tests.support.watching.GRACE_S = 0.5
class Engine:
    def __init__(self):
        self.itself = self
@pytest.fixture
def engine():
    return Engine()
def pytest_runtest_logreport(report):
    if report.failed:
        with open("failures", "a") as file:
            print(json.dumps([report.head_line.split()[-1], report.longreprtext]), file=file)
"""


def test_what_goes_wrong_beside_a_test_fails_it(tmp_path: Path) -> None:
    bodies = {name: body for name, (body, _) in TROUBLES.items()} | FINE
    tests = [f"def test_{name}(qapp, expect, engine):\n {body}\n" for name, body in bodies.items()]
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    (tmp_path / "test_it.py").write_text(PREAMBLE + "\n".join(tests))
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-q", "--import-mode=importlib", tmp_path],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    failures = dict(json.loads(line) for line in (tmp_path / "failures").read_text().splitlines())
    assert failures.keys() == {f"test_{name}" for name in TROUBLES}, run.stdout + run.stderr
    assert [n for n, (_, complaint) in TROUBLES.items() if complaint not in failures[f"test_{n}"]] == []


class Source(QObject):
    happened = Signal(object, int)


@pytest.mark.usefixtures("qapp")
def test_wait_for_signal_gives_the_arguments() -> None:
    source = Source()
    assert wait_for_signal(source.happened, lambda: source.happened.emit("a", 1)) == ("a", 1)


@pytest.mark.usefixtures("qapp")
def test_wait_for_signal_takes_the_emission_that_is_meant() -> None:
    source = Source()
    numbers = iter(range(100))
    ticker = QTimer()
    ticker.timeout.connect(lambda: source.happened.emit("tick", next(numbers)))
    args = wait_for_signal(source.happened, lambda: ticker.start(0), lambda _text, number: number == 5)
    ticker.stop()
    assert args == ("tick", 5)


@pytest.mark.usefixtures("qapp")
def test_wait_for_signal_hears_another_thread_in_its_own() -> None:
    source = Source()
    threads: list[int] = []

    def check(_text: str, _number: int) -> bool:
        threads.append(threading.get_ident())
        return True

    thread = threading.Thread(target=lambda: source.happened.emit("far", 2))
    assert wait_for_signal(source.happened, thread.start, check) == ("far", 2)
    thread.join()
    assert threads == [threading.get_ident()]


@pytest.mark.usefixtures("qapp")
def test_waiting_gives_up() -> None:
    source = Source()
    with pytest.raises(WaitTimeoutError, match="never emitted"):
        wait_for_signal(source.happened, timeout_s=0.05)
    with pytest.raises(WaitTimeoutError):
        wait_until(lambda: False, timeout_s=0.05)


@pytest.mark.usefixtures("qapp")
def test_an_exception_in_a_check_comes_out() -> None:
    source = Source()
    with pytest.raises(ZeroDivisionError):
        wait_for_signal(source.happened, lambda: source.happened.emit("x", 0), lambda _text, n: 1 / n)
    with pytest.raises(ZeroDivisionError):
        wait_until(lambda: 1 / 0)


@pytest.mark.usefixtures("qapp")
def test_wait_until_looks_again_on_a_signal_and_on_its_own() -> None:
    thread = QThread()
    thread.start()
    wait_until(thread.isRunning, thread.started)
    thread.quit()
    wait_until(thread.isFinished)


def ask(server: Server, path: str, method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        connection.close()


def test_server_serves_and_counts(server: Server) -> None:
    server.serve("/a.jpg", jpeg_bytes(64, 48))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    for _ in range(3):
        connection.request("GET", "/a.jpg", headers={"X-Mark": "yes"})
        answer = connection.getresponse()
        assert (answer.status, answer.getheader("Content-Type")) == (200, "image/jpeg")
        assert answer.read() == jpeg_bytes(64, 48)
    connection.close()
    assert ask(server, "/nothing")[0] == 404
    assert (server.requests("/a.jpg"), server.connections("/a.jpg"), server.connections()) == (3, 1, 2)
    assert [request.headers["x-mark"] for request in server.received("/a.jpg")] == ["yes"] * 3


def test_server_gives_answers_in_turn(server: Server) -> None:
    server.serve("/a", failure(503, retry_after=2), redirect("/b"), b"whole")
    answers = [ask(server, "/a") for _ in range(4)]
    assert [status for status, _, _ in answers] == [503, 302, 200, 200]
    assert answers[0][1]["Retry-After"] == "2"
    assert answers[1][1]["Location"] == "/b"
    assert answers[3][2] == b"whole"


def test_server_cuts_bodies_short(server: Server) -> None:
    server.serve("/plain", Answer(bytes(1000), cut_after=10))
    server.serve("/chunked", Answer(bytes(1000), cut_after=10, chunked=True))
    for path in ("/plain", "/chunked"):
        with pytest.raises(http.client.IncompleteRead) as caught:
            ask(server, path)
        assert len(caught.value.partial) == 10


def test_server_sends_chunks_and_drops_and_heads(server: Server) -> None:
    body = bytes(range(256)) * 200
    server.serve("/chunked", Answer(body, chunked=True))
    server.serve("/drip", Answer(body[:100], drip=Drip(30, 0.001)))
    assert ask(server, "/chunked")[2] == body
    assert "Content-Length" not in ask(server, "/chunked")[1]
    assert ask(server, "/drip")[2] == body[:100]
    status, headers, nothing = ask(server, "/drip", "HEAD")
    assert (status, headers["Content-Length"], nothing) == (200, "100", b"")


def test_server_headers_can_be_replaced_and_left_out(server: Server) -> None:
    server.serve("/a", Answer(b"abc", headers={"content-length": "7", "ETag": None, "X": "y"}, close=True))
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/a")
    answer = connection.getresponse()
    assert (answer.getheader("Content-Length"), answer.getheader("ETag"), answer.getheader("X")) == (
        "7",
        None,
        "y",
    )
    with pytest.raises(http.client.IncompleteRead):
        answer.read()
    connection.close()


def test_server_knows_ranges_and_conditions(server: Server) -> None:
    date = "Sat, 01 Jan 2000 00:00:00 GMT"
    server.serve("/a", Answer(b"0123456789", etag='"v1"', headers={"Last-Modified": date}))
    assert ask(server, "/a", Range="bytes=4-")[::2] == (206, b"456789")
    status, headers, body = ask(server, "/a", Range="bytes=2-3", If_Range='"v1"')
    assert (status, headers["Content-Range"], body) == (206, "bytes 2-3/10", b"23")
    assert ask(server, "/a", Range="bytes=-2", If_Range=date)[::2] == (206, b"89")
    assert ask(server, "/a", Range="bytes=4-", If_Range='"v2"')[::2] == (200, b"0123456789")
    assert ask(server, "/a", Range="bytes=0-1,4-5")[0] == 200
    status, headers, _ = ask(server, "/a", Range="bytes=10-")
    assert (status, headers["Content-Range"]) == (416, "bytes */10")
    assert ask(server, "/a", If_None_Match='W/"v1"')[::2] == (304, b"")
    assert ask(server, "/a", If_Modified_Since=date)[0] == 304
    server.serve("/b", Answer(b"0123456789", ranges=False))
    assert ask(server, "/b", Range="bytes=4-")[0] == 200


@pytest.mark.parametrize("after", [None, 0, 5, 9])
def test_server_holds_a_transfer_at_a_gate(server: Server, after: int | None) -> None:
    gate = Gate()
    server.serve("/a", Answer(b"0123456789", gate=gate, gate_after=after))
    answers: list[bytes] = []
    thread = threading.Thread(target=lambda: answers.append(ask(server, "/a")[2]))
    thread.start()
    assert gate.reached.wait(10)
    assert answers == []
    gate.open()
    thread.join()
    assert answers == [b"0123456789"]


def test_a_closing_server_opens_its_gates() -> None:
    gate = Gate()
    with Server() as server:
        server.serve("/a", replace(Answer(bytes(100_000)), gate=gate, gate_after=4096))
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
        connection.request("GET", "/a")
        assert gate.reached.wait(10)
    connection.close()


def test_server_says_raw_bytes_as_they_are(server: Server) -> None:
    server.raw("/a", b"HTTP/1.1 200 Fine\r\nContent-Length: 3\r\n\r\nabcdef")
    assert ask(server, "/a")[2] == b"abc"
    server.raw("/b", b"not HTTP at all")
    with pytest.raises(http.client.BadStatusLine):
        ask(server, "/b")


def test_pictures_are_the_same_for_the_same_seed() -> None:
    one, again, other = photo(320, 200, 1), photo(320, 200, 1), photo(320, 200, 2)
    assert one.size == (320, 200)
    assert one.tobytes() == again.tobytes() != other.tobytes()
    assert jpeg_bytes(320, 200, 1)[:3] == b"\xff\xd8\xff"
    assert png_bytes(320, 200, 1)[:4] == b"\x89PNG"
    assert psnr(one, again) == float("inf")
    assert 5 < psnr(one, other) < 30
