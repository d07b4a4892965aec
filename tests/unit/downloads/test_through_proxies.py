"""Files come through real proxies, and what is said to one is said to nobody else."""

import shutil
import ssl
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.downloads.proxies import Proxies, ProxyLoginError
from core.downloads.redirects import Rules
from core.downloads.session import Session, Stop, Wire
from core.downloads.trust import tls_context
from core.errors import ConnectError, ProxyError
from tests.hostile.certificates import make as make_certificates
from tests.support.proxy import Proxy
from tests.support.server import Server, redirect

Get = Callable[..., bytes]
LOGIN = "user:secret"


@pytest.fixture
def get() -> Iterator[Get]:
    """Asks through a proxy."""
    sessions: list[Session] = []

    def get(proxy: str, url: str, exceptions: str = "") -> bytes:
        sessions.append(Session(Rules(proxies=Proxies.named(proxy, exceptions))))
        with sessions[-1].get(url, {}, 5.0, Wire()) as response:
            return bytes(response.read(9))

    yield get
    for session in sessions:
        session.close()


@pytest.fixture
def secure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """A server with TLS that is trusted."""
    if shutil.which("openssl") is None:
        pytest.skip("certificates are made by openssl")
    authority, contexts = make_certificates(tmp_path / "certificates")
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    tls_context.cache_clear()
    with Server() as server:
        listener = server._listener
        listener.socket = contexts["tls"].wrap_socket(listener.socket, server_side=True)
        yield server
    tls_context.cache_clear()


def test_tls_goes_through_a_proxy_that_is_spoken_to_with_tls(
    secure: Server, get: Get, tmp_path: Path
) -> None:
    secure.serve("/a", b"file")
    with Proxy() as proxy:
        tls, listener = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), proxy._listener
        tls.load_cert_chain(
            tmp_path / "certificates/tls-server.pem", tmp_path / "certificates/tls-server.key"
        )
        listener.socket = tls.wrap_socket(listener.socket, server_side=True)
        url = f"https://localhost:{secure.port}/a"
        assert get(proxy.url("https"), url) == b"file"
        session, wire = Session(Rules(proxies=Proxies.named(proxy.url("https"), ""))), Wire()
        with session.get(url, {}, 5.0, wire) as answer:
            assert bytes(answer.read(9)) == b"file"
            wire.cut(Stop.PAUSE)
        session.close()


@pytest.mark.parametrize(("kind", "scheme"), [("http", "http"), ("socks5", "socks5h")])
@pytest.mark.parametrize("login", ["", LOGIN], ids=["for everybody", "with a login"])
def test_the_proxy_looks_names_up(server: Server, get: Get, kind: str, scheme: str, login: str) -> None:
    """Here nobody could."""
    server.serve("/a", b"file")
    with Proxy(kind, login) as proxy:
        assert get(proxy.url(scheme, login), f"http://far.test:{server.port}/a") == b"file"
    assert proxy.asked == [f"far.test:{server.port}"]
    (request,) = server.received()
    assert request.headers["Proxy-Authorization"] is None
    assert request.headers["Authorization"] is None
    assert set(proxy.logins) == ({login} if login else {None} if kind == "http" else set())


@pytest.mark.parametrize(("kind", "scheme"), [("http", "http"), ("socks5", "socks5h"), ("socks5", "socks5")])
def test_tls_goes_through_to_the_server(secure: Server, get: Get, kind: str, scheme: str) -> None:
    secure.serve("/a", b"file")
    with Proxy(kind, LOGIN) as proxy:
        assert get(proxy.url(scheme, LOGIN), f"https://localhost:{secure.port}/a") == b"file"
    (asked,) = proxy.asked
    assert asked == f"{'127.0.0.1' if scheme == 'socks5' else 'localhost'}:{secure.port}"
    assert secure.received()[0].headers["Proxy-Authorization"] is None


def test_tls_is_checked_through_a_proxy_as_well(secure: Server, get: Get) -> None:
    with Proxy() as proxy, pytest.raises(Exception, match="identity"):
        get(proxy.url(), f"https://far.test:{secure.port}/a")
    assert secure.requests() == 0


@pytest.mark.parametrize(("kind", "scheme"), [("http", "http"), ("socks5", "socks5h")])
@pytest.mark.parametrize("given", ["", "user:wrong"])
def test_a_proxy_that_does_not_know_us(get: Get, kind: str, scheme: str, given: str) -> None:
    """There is no point in trying again; and what we said is not repeated."""
    with Proxy(kind, LOGIN) as proxy, pytest.raises(ProxyLoginError) as caught:
        get(proxy.url(scheme, given), "https://far.test/a")
    assert "wrong" not in str(caught.value)
    assert not caught.value.is_passing


@pytest.mark.parametrize("scheme", ["http", "socks5h"])
@pytest.mark.parametrize("url", ["http://far.test/a", "https://far.test/a"])
def test_a_proxy_that_is_not_there(get: Get, scheme: str, url: str) -> None:
    with pytest.raises(ProxyError) as caught:
        get(f"{scheme}://{LOGIN}@127.0.0.1:9", url)
    assert "secret" not in str(caught.value)
    assert caught.value.is_passing


def test_a_proxy_whose_name_leads_nowhere(get: Get) -> None:
    with pytest.raises(ProxyError):
        get("http://proxy.invalid:3128", "http://far.test/a")


def test_a_server_that_the_proxy_does_not_reach(get: Get) -> None:
    with Proxy("socks5") as proxy, pytest.raises(ConnectError, match=r"far\.test"):
        get(proxy.url("socks5h"), "http://far.test:9/a")


def test_a_redirect_may_lead_past_the_proxy(server: Server, get: Get) -> None:
    with Proxy("http", LOGIN) as proxy:
        server.serve("/a", redirect(server.serve("/b", b"file")))
        url = f"http://far.test:{server.port}/a"
        assert get(proxy.url(login=LOGIN), url, "127.0.0.1") == b"file"
    assert proxy.asked == [f"far.test:{server.port}"]
    assert [request.headers["Proxy-Authorization"] for request in server.received()] == [None, None]


def test_what_the_context_is() -> None:
    """Whoever clears it gets one like it."""
    assert tls_context().verify_mode is ssl.CERT_REQUIRED
