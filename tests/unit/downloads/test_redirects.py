"""Where redirects may lead, and what is told there (FAULTS.md, D)."""

import socket
from ipaddress import ip_network

import pytest

from core.downloads.redirects import Rules, carried, next_url, without_secret
from core.downloads.session import Session, Wire
from core.errors import RedirectError
from tests.support.server import Server, redirect

HERE = "https://host.test/dir/a?b"


@pytest.mark.parametrize(
    ("place", "target"),
    [
        ("/c", "https://host.test/c"),
        ("c#part", "https://host.test/dir/c"),
        ("?c", "https://host.test/dir/a?c"),
        ("../../../c", "https://host.test/c"),
        ("//other.test/c", "https://other.test/c"),
        ("  HTTPS://other.test/  ", "https://other.test/"),
        ("/\u00c3\u00a4", "https://host.test/\u00e4"),
    ],
)
def test_forms(place: str, target: str) -> None:
    assert next_url(HERE, {place}, Rules()) == target


@pytest.mark.parametrize(
    "place", ["", "http://host.test/c", "file:///c", "https://", "//h:99999/", "mailto:a@b"]
)
def test_places_where_nobody_goes(place: str) -> None:
    with pytest.raises(RedirectError):
        next_url(HERE, {place}, Rules())


def test_a_downgrade_is_refused_unless_it_is_allowed() -> None:
    with pytest.raises(RedirectError):
        next_url(HERE, {"http://host.test/"}, Rules())
    assert next_url(HERE, {"http://host.test/"}, Rules(allows_downgrade=True)) == "http://host.test/"


@pytest.mark.parametrize(
    ("url", "target", "trusted"),
    [
        ("https://host.test/a", "https://host.test:443/b", True),
        ("http://host.test/a", "https://HOST.test/b", True),
        ("https://host.test/a", "http://host.test/b", False),
        ("http://host.test:80/a", "http://host.test:81/b", False),
        ("http://host.test:8080/a", "https://host.test/b", False),
        ("https://host.test/a", "https://sub.host.test/b", False),
    ],
)
def test_secrets_stay_with_their_origin(url: str, target: str, trusted: bool) -> None:
    secrets = {"Authorization": "Basic x", "Cookie": "a=b", "X-Token": "t", "Proxy-Authorization": "p"}
    plain = {"Range": "bytes=1-", "If-Range": '"e"'}
    assert carried({**secrets, **plain}, url, target) == ({**secrets, **plain} if trusted else plain)


def test_a_login_becomes_a_header() -> None:
    assert without_secret("https://u%20ser:p%40ss@h.test:8/a") == (
        "https://h.test:8/a",
        {"Authorization": "Basic dSBzZXI6cEBzcw=="},
    )
    assert without_secret("https://@h.test/a") == ("https://h.test/a", {})
    assert without_secret(HERE) == (HERE, {})


@pytest.mark.parametrize(
    ("address", "inside"),
    [
        ("127.0.0.1", True),
        ("169.254.169.254", True),
        ("192.168.1.1", True),
        ("::1", True),
        ("fe80::1%eth0", True),
        ("::ffff:10.0.0.1", True),
        ("203.0.113.9", False),
        ("2001:db8::1", False),
    ],
)
def test_what_is_inside(address: str, inside: bool) -> None:
    assert Rules().is_inside(address) is inside
    assert not Rules(inside=()).is_inside(address)


def test_no_redirect_leads_into_our_own_network(server: Server) -> None:
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as inner:
        url = server.serve("/a", redirect(f"http://[::1]:{inner.getsockname()[1]}/secret"))
        session = Session(Rules(inside=(ip_network("::1/128"),)))
        with pytest.raises(RedirectError, match="own network"):
            session.get(url, {}, 5.0, Wire())
        session.close()
        inner.settimeout(5)
        peer, _ = inner.accept()
        with peer:
            assert peer.recv(100) == b"", "nothing is asked for there"
