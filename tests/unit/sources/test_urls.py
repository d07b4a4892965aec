import pytest

from core.errors import BadUrlError
from core.job import SourceKind
from core.sources.keys import source_key
from core.sources.urls import (
    LONGEST_URL,
    clean_url,
    find_urls,
    foreign_url,
    is_plain,
    not_a_source,
    url_key,
    without_login,
)
from core.sources.wording import shown

ONE = "https://example.org/a.jpg"
TWO = "https://example.org/b.jpg"


@pytest.mark.parametrize(
    ("text", "urls"),
    [
        (f"see {ONE}.", [ONE]),
        (f"see {ONE}, then {TWO}!?", [ONE, TWO]),
        (f"({ONE})", [ONE]),
        (f"[{ONE}] {{{TWO}}}", [ONE, TWO]),
        (f"<{ONE}>", [ONE]),
        (f"'{ONE}' \"{TWO}\"", [ONE, TWO]),
        (f"'{ONE}','{TWO}'", [ONE, TWO]),
        (f"“{ONE}” ‘{TWO}’", [ONE, TWO]),  # noqa: RUF001 - people write these
        (f"[text]({ONE}) and ![text]({TWO})", [ONE, TWO]),
        (f"![1]({ONE})![2]({TWO})", [ONE, TWO]),
        (f"[{ONE}]({TWO})", [ONE, TWO]),
        (f"[img]{ONE}[/img][img]{TWO}[/img]", [ONE, TWO]),
        (f"[url={ONE}][img]{TWO}[/img][/url]", [ONE, TWO]),
        (f"{ONE},{TWO}", [ONE, TWO]),
        (f"{ONE};{TWO}", [ONE, TWO]),
        (f"{ONE}|{TWO}", [ONE, TWO]),
        (f"({ONE}),({TWO})", [ONE, TWO]),
        (f"{ONE}, {TWO}", [ONE, TWO]),
        (f"看{ONE}，还有（{TWO}）。", [ONE, TWO]),  # noqa: RUF001 - people write these
        (f"（见{ONE}）然后", [ONE]),  # noqa: RUF001 - people write these
        (f"「{ONE}」", [ONE]),
        ("https://en.wikipedia.org/wiki/Mill_(grinding)", ["https://en.wikipedia.org/wiki/Mill_(grinding)"]),
        (
            "(https://en.wikipedia.org/wiki/Mill_(grinding))",
            ["https://en.wikipedia.org/wiki/Mill_(grinding)"],
        ),
        ("https://example.org/photo[1].jpg", ["https://example.org/photo[1].jpg"]),
        ("https://example.org/w_1,h_2/a.jpg", ["https://example.org/w_1,h_2/a.jpg"]),
        (
            "https://web.archive.org/web/2020/http://example.org/a.jpg",
            ["https://web.archive.org/web/2020/http://example.org/a.jpg"],
        ),
        (
            "https://p.example/?url=http://example.org/a.jpg",
            ["https://p.example/?url=http://example.org/a.jpg"],
        ),
        ("HTTPS://EXAMPLE.ORG/A.JPG", ["HTTPS://EXAMPLE.ORG/A.JPG"]),
        ("https://bücher.example/größe/写真.jpg", ["https://bücher.example/größe/写真.jpg"]),
        ("http://[2001:db8::1]:8080/a.jpg", ["http://[2001:db8::1]:8080/a.jpg"]),
        ("http://user:pass@example.org/a.jpg", ["http://user:pass@example.org/a.jpg"]),
        ("xhttp://example.org/a.jpg", []),
        ("http", []),
        ("http:// https:///x", ["http://", "https:///x"]),
    ],
)
def test_finds_urls_in_text(text: str, urls: list[str]) -> None:
    assert list(find_urls(text)) == urls


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("HTTP://Example.ORG/A", "http://example.org/A"),
        ("http://example.org:80/a", "http://example.org/a"),
        ("https://example.org:443/a", "https://example.org/a"),
        ("https://example.org:80/a", "https://example.org:80/a"),
        ("https://example.org:/a", "https://example.org/a"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org?q=1", "https://example.org/?q=1"),
        ("https://example.org/a#part", "https://example.org/a"),
        ("https://example.org/a?b=1#part", "https://example.org/a?b=1"),
        ("https://example.org/%41?B=%c3", "https://example.org/%41?B=%c3"),
        ("https://user:pw@example.org/a", "https://example.org/a"),
        ("https://u@x:pw@example.org/a", "https://example.org/a"),
        ("http://[2001:DB8::1]:80/a", "http://[2001:db8::1]/a"),
        ("http://[fe80::1%25eth0]/a", "http://[fe80::1%25eth0]/a"),
        ("https://Bücher.example/Ä", "https://bücher.example/Ä"),
        ("https://example.org/a//b/../c", "https://example.org/a//b/../c"),
    ],
)
def test_the_key_of_a_url(url: str, key: str) -> None:
    assert url_key(url) == key
    assert source_key(url, SourceKind.URL) == key
    assert url_key(key) == key


@pytest.mark.parametrize(
    "url",
    [
        "http://",
        "https:///x",
        "http://?q",
        "http://:80/",
        "http://user@/x",
        "http://example.org:99999/",
        "http://example.org:0/",
        "http://example.org:8o/",
        "http://example.org:٨٠/",
        "http://[::1/x",
        "http://[nonsense]/x",
        "http://::1/x",
        "http://a b/x",
        "http://exa\\mple.org/",
        "http://a..b/",
        "http://.../",
    ],
)
def test_malformed_urls_are_refused(url: str) -> None:
    with pytest.raises(BadUrlError):
        url_key(url)
    assert source_key(url, SourceKind.URL) == f"?{url}"


def test_plain_urls_are_those_that_need_no_second_look() -> None:
    url = "https://example.org/a/b-c_d.jpg?w=1&h=2"
    assert is_plain(url)
    assert clean_url(url) == url_key(url) == url
    assert list(find_urls(url)) == [url]
    for other in (
        "https://Example.org/",
        "https://example.org",
        f"{ONE}#x",
        f"{ONE}.",
        f"{ONE},{TWO}",
        f"{ONE} ",
    ):
        assert not is_plain(other)


@pytest.mark.parametrize(
    ("url", "clean"),
    [
        (" https://example.org/my file.jpg ", "https://example.org/my%20file.jpg"),
        ("HTTPS://Example.org/A", "https://Example.org/A"),
        ("https://example.org/a\r\n b", "https://example.org/a%20b"),
        ("https://example.org/\udce9.jpg", "https://example.org/%E9.jpg"),
        ("https://example.org/\ud800.jpg", "https://example.org/%3F.jpg"),
        ("https://example.org/größe.jpg", "https://example.org/größe.jpg"),
        ('https://example.org/"a"', "https://example.org/%22a%22"),
    ],
)
def test_cleans_urls(url: str, clean: str) -> None:
    assert clean_url(url) == clean


def test_a_url_may_be_long_but_not_endless() -> None:
    longest = "https://example.org/" + "a" * (LONGEST_URL - 20)
    assert clean_url(longest) == longest
    with pytest.raises(BadUrlError):
        clean_url(longest + "a")


def test_many_brackets_and_nested_urls_stay_linear() -> None:
    assert len(list(find_urls("http://a/(" * 100_000))) == 100_000
    assert len(list(find_urls("http://" * 100_000))) == 1
    assert len(list(find_urls("http://a/" + ")" * 1_000_000))) == 1
    assert foreign_url("a." * 1_000_000 + "://x") is None


def test_messages_name_no_passwords() -> None:
    assert shown("ftp://user:pw@host/a") == "ftp://host/a"
    assert "pw" not in not_a_source("htp://user:pw@host/a").message
    assert len(shown("x" * 10_000)) == 120
    shown("\udcff\u202e\x00").encode("utf-8")


@pytest.mark.parametrize("source", ["www.example.org/a.jpg", "example.org/a.jpg", "sub.example.co.uk:8080/x"])
def test_a_host_without_a_scheme_gets_a_hint(source: str) -> None:
    assert f"https://{source}" in not_a_source(source).hint


@pytest.mark.parametrize("source", ["not-a-url", "photo.jpg", "a/b.jpg", "htp:/x", ""])
def test_other_words_get_the_usual_hint(source: str) -> None:
    assert not_a_source(source).hint == BadUrlError.usual_hint


def test_the_key_of_a_file_is_its_absolute_path() -> None:
    assert source_key("/a/./b/../c.jpg", SourceKind.FILE) == "/a/c.jpg"
    assert source_key("/a/c.jpg", SourceKind.FILE) != source_key("/a/c.jpg", SourceKind.URL)


@pytest.mark.parametrize(
    ("source", "without"),
    [
        ("http://user:secret@h.example/a.jpg", "http://h.example/a.jpg"),
        ("https://a@b@h.example:8080/x@y", "https://h.example:8080/x@y"),
        ("http://h.example?mail=a@b.example", "http://h.example?mail=a@b.example"),
        ("http://h.example#x@y", "http://h.example#x@y"),
        ("ftp://user:secret@h.example/x", "ftp://h.example/x"),
        ("/home/a@b/c.jpg", "/home/a@b/c.jpg"),
        ("http://h.example/a.jpg", "http://h.example/a.jpg"),
    ],
)
def test_a_login_never_reaches_the_disk(source: str, without: str) -> None:
    assert without_login(source) == without
