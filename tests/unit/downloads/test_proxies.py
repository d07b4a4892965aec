"""Which proxy is asked, and who learns its login."""

from dataclasses import replace

import pytest

from core.downloads.proxies import Proxies
from core.downloads.redirects import Rules
from core.downloads.session import Session, Wire
from core.errors import ProxyError
from core.settings import ProxyKind, Settings
from tests.support.server import Answer, Server, failure, redirect


@pytest.mark.parametrize(
    ("url", "is_direct"),
    [
        ("http://host.test/", False),
        ("https://host.test/", False),
        ("http://near.test/", True),
        ("http://a.near.test/", True),
        ("http://linear.test/", False),
        ("http://b.dotted.test/", True),
        ("http://port.test:8080/", True),
        ("http://port.test/", False),
        ("http://10.1.2.3/", True),
        ("http://[2001:db8::5]/", True),
    ],
)
def test_exceptions(url: str, is_direct: bool) -> None:
    proxies = Proxies.named("p.test:3128", "near.test, .dotted.test,port.test:8080,10.0.0.0/8,2001:db8::/32")
    assert proxies.for_url(url) == (None if is_direct else "http://p.test:3128")
    assert Proxies.named("p.test", "*").for_url(url) is None


def test_those_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("HTTPS_PROXY", "http://p.test:1")
    monkeypatch.setenv("ALL_PROXY", "socks5://q.test:2")
    monkeypatch.setenv("NO_PROXY", "near.test")
    proxies = Proxies.of_system()
    assert proxies.for_url("https://host.test/") == "http://p.test:1"
    assert proxies.for_url("http://host.test/") == "socks5://q.test:2"
    assert proxies.for_url("http://near.test/") is None
    assert proxies.for_url("http://127.0.0.1/") is None, "this computer is asked directly"
    assert proxies.for_url("http://localhost/") is None


@pytest.mark.parametrize("url", ["", "http://", "ftp://p.test", "http://p.test:99999", "http://[::1"])
def test_what_is_no_proxy(url: str) -> None:
    with pytest.raises(ProxyError) as caught:
        Proxies.named(url)
    assert "p.test" not in caught.value.message


def test_the_proxy_s_login_goes_to_the_proxy_only(server: Server) -> None:
    with Server() as proxy:
        address = proxy.url("").replace("http://", "http://user:secret@")
        session = Session(Rules(proxies=Proxies.named(address, "127.0.0.1")))
        proxy.serve("http://host.test/a", redirect(server.serve("/b", b"file")))
        with session.get("http://host.test/a", {}, 5.0, Wire()) as response:
            assert bytes(response.read(9)) == b"file"
        session.close()
        assert proxy.received()[0].headers["Proxy-Authorization"].startswith("Basic ")
    assert server.received()[0].headers["Proxy-Authorization"] is None


def test_a_proxy_that_lets_nobody_through(server: Server) -> None:
    session = Session(Rules(proxies=Proxies.named(server.url(""))))
    server.serve("host.test:443", failure(407))
    with pytest.raises(ProxyError):
        session.get("https://host.test/", {}, 5.0, Wire())
    session.close()


def test_those_of_the_settings() -> None:
    url = "http://host.test/"
    manual = Settings(
        proxy_kind=ProxyKind.MANUAL, proxy="p.test:1", proxy_exceptions="near.test", uses_netrc=True
    )
    assert Proxies.of(manual).for_url(url) == "http://p.test:1"
    assert Proxies.of(manual).for_url("http://near.test/") is None
    assert Proxies.of(manual).for_url("http://127.0.0.1/") == "http://p.test:1", "whoever says so means it"
    assert Proxies.of(replace(manual, proxy_kind=ProxyKind.NONE)).for_url(url) is None
    for nothing in ("", " ", "ftp://p.test"):
        with pytest.raises(ProxyError):
            Proxies.of(replace(manual, proxy=nothing)).for_url(url)


def test_a_system_without_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://p.test:1")
    assert Proxies.of(Settings()).for_url("http://host.test/") == "http://p.test:1"
    assert Proxies.of(Settings(proxy_kind=ProxyKind.NONE)).for_url("http://host.test/") is None


def test_plain_answers_need_no_proxy(server: Server) -> None:
    session = Session()
    with session.get(server.serve("/a", Answer(b"file")), {}, 5.0, Wire()) as response:
        assert bytes(response.read(9)) == b"file"
    session.close()
