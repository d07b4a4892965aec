"""Logins of links and of ~/.netrc: each for its own host, and for nobody else."""

import base64
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.downloads.redirects import Rules
from core.downloads.session import Session, Wire
from core.errors import UnusableRequestError
from tests.support.server import Server, redirect

Get = Callable[..., bytes]
NETRC = "machine 127.0.0.1 login user password secret\ndefault login everybody password anything\n"


def basic(login: str) -> str:
    return "Basic " + base64.b64encode(login.encode()).decode()


@pytest.fixture(autouse=True)
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file, in a home of its own."""
    monkeypatch.setenv("HOME", str(tmp_path))
    path = tmp_path / ".netrc"
    path.write_text(NETRC)
    path.chmod(0o600)
    return path


@pytest.fixture
def get() -> Iterator[Get]:
    """Asks, by default with the logins of the file."""
    sessions: list[Session] = []

    def get(url: str, *, uses_netrc: bool = True, **extra: str) -> bytes:
        sessions.append(Session(Rules(uses_netrc=uses_netrc)))
        with sessions[-1].get(url, {}, 5.0, Wire(), lambda _: extra) as response:
            return bytes(response.read(9))

    yield get
    for session in sessions:
        session.close()


def told(server: Server) -> list[str | None]:
    """The logins that it was given, in turn."""
    return [request.headers["Authorization"] for request in server.received()]


def test_the_file_is_not_read_unless_somebody_says_so(server: Server, get: Get) -> None:
    get(server.serve("/a", b"file"), uses_netrc=False)
    assert told(server) == [None]


def test_a_host_is_given_its_own_login(server: Server, get: Get) -> None:
    get(server.serve("/a", redirect("/b")))
    server.serve("/b", b"file")
    assert told(server) == [basic("user:secret")] * 2


def test_no_other_host_is_given_any(server: Server, get: Get) -> None:
    """Not even the default one, which ftp has for strangers."""
    server.serve("/a", b"file")
    get(server.url("/a", "localhost"))
    assert told(server) == [None]


def test_it_does_not_go_with_a_redirect_to_another(server: Server, get: Get) -> None:
    """Nor is one looked for there: who redirects does not choose what we say."""
    with Server() as other:
        get(server.serve("/a", redirect(other.serve("/b", b"file"))))
        assert told(other) == [None]
    server.serve("/c", b"file")
    server.serve("/d", redirect(server.url("/c")))
    get(server.url("/d", "localhost"))
    assert told(server) == [basic("user:secret"), None, None]


def test_the_link_s_own_login_counts_more(server: Server, get: Get) -> None:
    url = server.serve("/a", b"file")
    get(url.replace("//", "//me:mine@"))
    get(url, Authorization="Bearer mine")
    assert told(server) == [basic("me:mine"), "Bearer mine"]


def test_there_need_be_no_file(server: Server, get: Get, netrc: Path) -> None:
    netrc.unlink()
    get(server.serve("/a", b"file"))
    assert told(server) == [None]


def test_a_file_that_makes_no_sense_is_not_passed_over(server: Server, get: Get, netrc: Path) -> None:
    netrc.write_text("machine 127.0.0.1 login user pass secret\n")
    with pytest.raises(UnusableRequestError) as caught:
        get(server.serve("/a", b"file"))
    assert "secret" not in str(caught.value)
    assert server.requests() == 0
