"""When a connection serves another exchange, and when it must not."""

import shutil
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.downloads.session import Session, Stop, Wire
from core.downloads.trust import first_store, tls_context
from core.errors import ConnectionLostError, UnusableRequestError
from tests.hostile.certificates import make as make_certificates

GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nnew"
STRAY = b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nbad"


@pytest.fixture
def session() -> Iterator[Session]:
    """One lane's."""
    session = Session()
    yield session
    session.close()


class Peer:
    """A server that does what the test says, over one connection after another."""

    def __init__(self, *scripts: Callable[[socket.socket], None]) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._thread = threading.Thread(target=self._serve, args=(scripts,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/a"

    def _serve(self, scripts: tuple[Callable[[socket.socket], None], ...]) -> None:
        for script in scripts:
            with self._listener.accept()[0] as connection:
                script(connection)

    def close(self) -> None:
        """To be called when all has been asked for."""
        self._thread.join()
        self._listener.close()


@pytest.fixture
def tls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ssl.SSLContext]:
    """That of a server which is trusted."""
    if shutil.which("openssl") is None:
        pytest.skip("certificates are made by openssl")
    authority, contexts = make_certificates(tmp_path / "certificates")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    tls_context.cache_clear()
    yield contexts["tls"]
    tls_context.cache_clear()


def secured(url: str) -> str:
    """The same with TLS."""
    return url.replace("http:", "https:")


def ask(session: Session, url: str) -> bytes:
    """The body of an answer."""
    with session.get(url, {}, 5.0, Wire()) as answer:
        found = b""
        while block := answer.read(1000):
            found += bytes(block)
        return found


def test_it_is_kept(session: Session) -> None:
    def twice(connection: socket.socket) -> None:
        for _ in range(2):
            connection.recv(65536)
            connection.sendall(GOOD)

    peer = Peer(twice)
    assert [ask(session, peer.url), ask(session, peer.url)] == [b"new", b"new"]
    peer.close()


def test_what_comes_unasked_is_no_answer(session: Session) -> None:
    sent, over = threading.Event(), threading.Event()

    def stray(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(GOOD)
        connection.sendall(STRAY)
        sent.set()
        over.wait()

    def good(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(GOOD)

    peer = Peer(stray, good)
    assert ask(session, peer.url) == b"new"
    sent.wait()
    over.set()
    assert ask(session, peer.url) == b"new"
    peer.close()


def test_what_comes_unasked_is_no_answer_where_tls_has_read_it_already(
    session: Session, tls: ssl.SSLContext
) -> None:
    def stray(connection: socket.socket) -> None:
        with tls.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(GOOD[:-3])
            secure.sendall(GOOD[-3:] + STRAY)  # one record: the system has nothing left of it
            secure.recv(65536)  # until it is closed, or asked again

    def good(connection: socket.socket) -> None:
        with tls.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(GOOD)

    peer = Peer(stray, good)
    assert [ask(session, secured(peer.url)), ask(session, secured(peer.url))] == [b"new", b"new"]
    peer.close()


def test_what_is_no_answer_on_a_kept_one_is_asked_for_again(session: Session) -> None:
    def late(connection: socket.socket) -> None:
        for answer in (GOOD, b"\r\n" + STRAY):  # the empty line belongs to the first
            connection.recv(65536)
            connection.sendall(answer)

    def good(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(GOOD)

    peer = Peer(late, good)
    assert [ask(session, peer.url), ask(session, peer.url)] == [b"new", b"new"]
    peer.close()


def test_it_is_cut_while_tls_is_agreed_upon(session: Session) -> None:
    wire = Wire()

    def silent(connection: socket.socket) -> None:
        connection.recv(65536)
        wire.cut(Stop.PAUSE)
        while connection.recv(65536):
            pass

    peer = Peer(silent)
    with pytest.raises(ConnectionLostError):  # and not that the time limit was reached
        session.get(secured(peer.url), {}, 5.0, wire)
    peer.close()


def test_one_with_tls_that_is_cut_never_gives_what_was_not_deciphered(
    session: Session, tls: ssl.SSLContext
) -> None:
    wire, sent, over = Wire(), threading.Event(), threading.Event()

    def slow(connection: socket.socket) -> None:
        with tls.wrap_socket(connection, server_side=True) as secure:
            secure.recv(65536)
            secure.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nnew")
            secure.sendall(b"s" * 96)
            sent.set()
            over.wait()

    peer = Peer(slow)
    with session.get(secured(peer.url), {}, 5.0, wire) as answer:
        assert bytes(answer.read(3)) == b"new"
        sent.wait()
        wire.cut(Stop.PAUSE)
        assert set(bytes(answer.read(96))) <= {ord("s")}
    over.set()
    peer.close()


def test_one_that_was_closed_meanwhile_is_made_again(session: Session) -> None:
    def once(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(GOOD)

    peer = Peer(once, once)
    assert [ask(session, peer.url), ask(session, peer.url)] == [b"new", b"new"]
    peer.close()


def test_a_body_that_nobody_wanted_is_not_read_as_the_next_answer(session: Session) -> None:
    def once(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(GOOD)

    peer = Peer(once, once)
    with session.get(peer.url, {}, 5.0, Wire()) as answer:
        assert answer.status == 200
    assert ask(session, peer.url) == b"new"
    peer.close()


@pytest.mark.parametrize(
    ("name", "value"), [("X", "a\r\nY: b"), ("X\r\nY", "a"), ("X Y", "a"), ("X", "\0"), ("X", "…")]
)
def test_what_no_header_can_be_is_not_sent(session: Session, name: str, value: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener, pytest.raises(UnusableRequestError):
        session.get(f"http://127.0.0.1:{listener.getsockname()[1]}/", {name: value}, 5.0, Wire())


def test_of_two_headers_of_one_name_the_asked_one_is_sent(session: Session) -> None:
    requests = []

    def once(connection: socket.socket) -> None:
        requests.append(connection.recv(65536))
        connection.sendall(GOOD)

    peer = Peer(once)
    with session.get(peer.url, {}, 5.0, Wire(), lambda _: {"user-agent": "Mine", "host": "other"}) as answer:
        assert bytes(answer.read(9)) == b"new"
    peer.close()
    lines = requests[0].decode().split("\r\n")
    assert [line for line in lines if line.lower().startswith(("user-agent", "host"))] == [
        "host: other",
        "user-agent: Mine",
    ]


def test_the_systems_store_is_the_first_file_that_is_there(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "store").touch()
    places = [str(tmp_path / name) for name in ("missing", "folder", "store")]

    assert first_store(places) == places[-1]
    assert first_store(places[:-1]) is None
