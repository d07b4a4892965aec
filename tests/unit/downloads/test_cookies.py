"""Netscape cookie files, and which headers go to which hop."""

from http.cookiejar import MozillaCookieJar
from pathlib import Path
from urllib.request import Request

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.asked import Asked
from core.downloads.asking import headers_for
from core.downloads.cookies import parse_cookies, read_cookies
from tests.support.properties import PROPERTY

NOW = 1_000.0
FILE = """# Netscape HTTP Cookie File
# a comment

.example.org\tTRUE\t/\tFALSE\t2000\twide\t1
example.org\tFALSE\t/\tFALSE\t0\thost\t2
#HttpOnly_.example.org\tTRUE\t/a\tTRUE\t2000\tsafe\t3
.example.org\tTRUE\t/\tFALSE\t999\told\t4
.example.org\tTRUE\t/\tFALSE\t-1\tolder\t4
other.example\tTRUE\t/\tFALSE\t0\tother\tx=y
"""


def line(domain: str = ".example.org", below: str = "TRUE", path: str = "/", secure: str = "FALSE") -> str:
    return f"{domain}\t{below}\t{path}\t{secure}\t0\tn\tv"


def cookies_for(text: str, url: str) -> str:
    return parse_cookies(text).cookies_for(url, NOW)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://example.org/", "wide=1; host=2"),
        ("http://example.org", "wide=1; host=2"),
        ("http://EXAMPLE.org:8080/b?c", "wide=1; host=2"),
        ("http://www.example.org/a/b", "wide=1"),
        ("https://www.example.org/a/b", "safe=3; wide=1"),
        ("https://example.org/a", "safe=3; wide=1; host=2"),
        ("https://example.org/ab", "wide=1; host=2"),
        ("http://notexample.org/", ""),
        ("http://example.org.evil.example/", ""),
        ("http://org/", ""),
        ("http://other.example/", "other=x=y"),
        ("http://[oops/", ""),
    ],
)
def test_which_cookies_go_where(url: str, expected: str) -> None:
    assert cookies_for(FILE, url) == expected


def test_the_standard_library_agrees_where_it_goes_by_the_same_rules(tmp_path: Path) -> None:
    path = tmp_path / "cookies.txt"
    # For it 0 is a time long ago, not a session, and a cookie of one host goes to all below.
    dotted = "\n".join(one for one in FILE.splitlines() if one.startswith((".", "#")))
    path.write_text(dotted.replace("\t2000\t", "\t4000000000\t"))
    jar = MozillaCookieJar(str(path))
    jar.load(ignore_discard=True)
    for url in ("http://www.example.org/a/b", "https://www.example.org/a/b", "http://h/"):
        request = Request(url)  # noqa: S310 - nothing is sent
        jar.add_cookie_header(request)
        ours = read_cookies(str(path)).cookies_for(url, NOW)
        assert set((request.get_header("Cookie") or "").split("; ")) == set(ours.split("; "))


@pytest.mark.parametrize(
    "text",
    [
        "words",
        "a\tb\tc",
        line(domain=""),
        line(domain="."),
        line(below="YES"),
        line(secure=""),
        line(path="a"),
        line().replace("\t0\t", "\tsoon\t"),
        line().replace("\tv", "\ta;b"),
        line().replace("\tv", "\ta\x07b"),
        line().replace("\tv", "\ta\tb"),
        line().replace("\tn", "\ta=b"),
        line().replace("\t", " "),
    ],
)
def test_malformed_lines_are_counted(text: str) -> None:
    found = parse_cookies(f"{text}\r\n{line()}\n")
    assert (found.malformed, len(found)) == (1, 1)
    assert found.cookies_for("http://example.org/", NOW) == "n=v"


@pytest.mark.parametrize(
    ("domain", "url"), [(".com", "http://a.com/"), ("com", "http://a.com/"), (".0.0.1", "http://127.0.0.1/")]
)
def test_no_cookie_reaches_too_far(domain: str, url: str) -> None:
    assert cookies_for(line(domain=domain), url) == ""


def test_odd_files(tmp_path: Path) -> None:
    path = tmp_path / "cookies.txt"
    path.write_bytes(b"\xef\xbb\xbf" + line(domain="127.0.0.1").encode() + b"\n" + line().encode("utf-16"))
    assert read_cookies(str(path)).cookies_for("http://127.0.0.1/", NOW) == "n=v"
    assert (
        parse_cookies(f"{line()}\n{line().replace('v', 'w')}").cookies_for("http://example.org/", NOW)
        == "n=w"
    )
    assert cookies_for(line().removesuffix("v"), "http://example.org/") == "n="
    assert cookies_for(line().removesuffix("\tv"), "http://example.org/") == "n="
    assert cookies_for(line(secure="TRUE"), "http://example.org/") == ""
    assert "secret" not in repr(parse_cookies(line().replace("\tv", "\tsecret"))._by_domain)
    with pytest.raises(OSError, match="nowhere"):
        read_cookies(str(tmp_path / "nowhere"))


def test_a_file_is_read_again_only_where_it_has_changed(tmp_path: Path) -> None:
    path = tmp_path / "cookies.txt"
    path.write_text(FILE)
    first = read_cookies(str(path))
    assert read_cookies(str(path)) is first
    path.write_text(f"{line()}\n")
    assert read_cookies(str(path)).cookies_for("http://example.org/", NOW) == "n=v"
    path.unlink()
    with pytest.raises(FileNotFoundError):
        read_cookies(str(path))


@PROPERTY
@given(st.text(max_size=300), st.text(max_size=40))
def test_no_file_puts_a_line_into_the_request(text: str, host: str) -> None:
    for file in (text, f"h\tTRUE\t/\tFALSE\t0\t{text}\t{text}", f"h\tTRUE\t/\tFALSE\t0\tn\t{text}"):
        found = parse_cookies(file)
        for url in ("http://h/", f"http://{host}/"):
            assert not {"\r", "\n", "\0"} & set(found.cookies_for(url, NOW))


ASKED = Asked(
    headers=(("User-Agent", "me"), ("Authorization", "Basic x"), ("cookie", "a=b"), ("X-Key", "ü→"))
)
ALL = {"User-Agent", "Authorization", "cookie", "X-Key"}


@pytest.mark.parametrize(
    ("first", "url", "names"),
    [
        ("http://h.example/a", "http://H.example:80/b", ALL),
        ("http://h.example/a", "https://h.example/a", ALL),
        ("https://h.example/a", "https://h.example:444/a", {"User-Agent"}),
        ("http://h.example:8080/a", "https://h.example/a", {"User-Agent"}),
        ("https://h.example/a", "http://h.example/a", {"User-Agent"}),
        ("https://h.example/a", "https://www.h.example/a", {"User-Agent"}),
        ("https://h.example/a", "https://evil.example/h.example", {"User-Agent"}),
        ("https://h.example/a", "https://h.example:x/", {"User-Agent"}),
    ],
)
def test_keys_stay_at_their_host(first: str, url: str, names: set[str]) -> None:
    assert set(headers_for(ASKED, first, url, None, lambda: NOW)) == names


def test_headers_can_be_sent_as_they_are() -> None:
    url = "http://h/a"
    sent = headers_for(ASKED, url, url, None, lambda: NOW)
    assert sent["X-Key"].encode("latin-1").decode() == "ü→"
    assert headers_for(None, url, url, None, lambda: NOW) == {}
    assert headers_for(Asked(headers=(("A", "b\r\nC: d"), ("Range", "x"))), url, url, None, lambda: NOW) == {}


def test_cookies_of_the_file_join_those_of_the_job() -> None:
    cookies = parse_cookies(FILE)
    url = "http://example.org/"
    assert headers_for(ASKED, url, url, cookies, lambda: NOW)["cookie"] == "a=b; wide=1; host=2"
    assert headers_for(Asked(), "http://x/", url, cookies, lambda: NOW) == {"Cookie": "wide=1; host=2"}
    assert headers_for(Asked(), "http://x/", "http://y/", cookies, lambda: NOW) == {}
