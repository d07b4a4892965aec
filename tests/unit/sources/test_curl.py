"""curl commands as browsers copy them, and aria2's options: asked for as they say, or refused with a reason."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.asked import Asked
from core.job import SourceKind
from core.sources.command_words import commands_in
from core.sources.curl_command import wanted_by
from tests.support.properties import PROPERTY
from tests.unit.sources.conftest import Read, Reading

URL = "https://example.org/a.jpg"
PASSWORD = "s3cr3t"  # noqa: S105  # of nothing

FIREFOX = r"""curl 'https://example.org/a.jpg' \
  --compressed \
  -H 'User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' \
  -H 'Accept: image/avif,image/webp,*/*' \
  -H 'Accept-Encoding: gzip, deflate, br, zstd' \
  -H 'Connection: keep-alive' \
  -H 'Referer: https://example.org/it'\''s here' \
  -H 'Cookie: a=b; c="d"'"""
CHROME = r"""curl 'https://example.org/a.jpg' \
  -H 'accept: image/avif,image/webp,*/*' \
  -H $'user-agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0' \
  -b $'a=b; c="d"' \
  -H $'referer: https://example.org/it\'s\u0020here' \
  --compressed ;"""
CHROME_CMD = r"""curl --request GET ^"https://example.org/a.jpg^" ^
  -H ^"accept: image/avif,image/webp,*/*^" ^
  -H ^"user-agent: Mozilla/5.0 ^(X11; Linux x86_64; rv:128.0^) Gecko/20100101 Firefox/128.0^" ^
  -b ^"a=b; c=^\^"d^\^"^" ^
  -H ^"referer: https://example.org/it's here^" &"""
FIREFOX_CMD = r'''curl "https://example.org/a.jpg" ^
 --compressed -H "Accept: image/avif,image/webp,*/*" -H "Referer: https://example.org/it's here" ^
 -H "User-Agent: Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0" -H "Cookie: a=b; c=""d""" '''
EXPECTED = {
    "accept": "image/avif,image/webp,*/*",
    "user-agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "referer": "https://example.org/it's here",
    "cookie": 'a=b; c="d"',
}


def asked(reading: Reading) -> list[tuple[str, Asked | None]]:
    return [(one.source, one.asked) for one in reading.requests]


def headers(reading: Reading) -> dict[str, str]:
    (only,) = reading.requests
    assert only.asked is not None
    return {name.lower(): value for name, value in only.asked.headers}


@pytest.mark.parametrize("command", [FIREFOX, CHROME, CHROME_CMD, FIREFOX_CMD])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_what_browsers_copy(read: Read, command: str, end: str) -> None:
    reading = read(text=command.replace("\n", end))
    assert reading.urls == [URL]
    assert headers(reading) == EXPECTED
    assert (reading.tally.added, reading.tally.invalid, reading.tally.ignored) == (1, 0, 0)
    assert read(command).requests == reading.requests  # named on the command line


def test_several_in_one_text_among_links(read: Read) -> None:
    text = f"{URL}?1\n{CHROME}\n{FIREFOX.replace('a.jpg', 'b.jpg')}\n\n$ curl -O {URL}?2 && curl {URL}?3\n{URL}?4"
    urls = ["https://example.org/b.jpg", f"{URL}?2", f"{URL}?3", f"{URL}?4"]
    assert read(text=text).urls == [f"{URL}?1", URL, *urls]
    assert read(text=f"{CHROME_CMD}\n{CHROME_CMD.replace('a.jpg', 'b.jpg')}").urls == [URL, urls[0]]


def test_many_in_one_text_are_parted_nowhere(read: Read) -> None:
    text = "\n".join(FIREFOX.replace("a.jpg", f"{number}.jpg") for number in range(2_000))
    reading = read(text=text)
    assert reading.urls == [f"https://example.org/{number}.jpg" for number in range(2_000)]
    assert {one.asked.user_agent for one in reading.requests if one.asked} == {EXPECTED["user-agent"]}
    assert max(reading.sizes) <= 2_000


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("", None),
        ("-sSLO --compressed -k --retry 3 -m5", None),
        ("-A 'My agent'", Asked(headers=(("User-Agent", "My agent"),))),
        ("-e http://p/ -XGET", Asked(headers=(("Referer", "http://p/"),))),
        ("-u user:pass", Asked(headers=(("Authorization", "Basic dXNlcjpwYXNz"),))),
        ("-u user", Asked(headers=(("Authorization", "Basic dXNlcjo="),))),
        ("--oauth2-bearer abc", Asked(headers=(("Authorization", "Bearer abc"),))),
        ("-b a=b -b c=d", Asked(headers=(("Cookie", "a=b; c=d"),))),
        ("-b /home/me/cookies.txt", Asked(cookies_file="/home/me/cookies.txt")),
        ("-o out/b.jpg", Asked(name="b.jpg")),
        ("-Lob.jpg", Asked(name="b.jpg")),
        ("-o -", None),
        ("--output /dev/null", None),
        ("-H 'X-Empty;' -H 'Accept:'", Asked(headers=(("X-Empty", ""),))),
        ("-H 'Host: example.org' -H 'Range: bytes=5-' -H 'If-None-Match: x'", None),
        ("> b.jpg 2>&1", None),
        ("2>/dev/null | tail", None),
    ],
)
def test_options(read: Read, options: str, expected: Asked | None) -> None:
    for command in (f"curl {options} '{URL}'", f"curl {URL} {options}", f"curl.exe --url {URL} {options}"):
        if ">" not in options or not command.endswith("'"):
            assert asked(read(text=command)) == [(URL, expected)]


@pytest.mark.parametrize(
    ("options", "refused"),
    [
        ("-X POST", "-X POST"),
        ("-XDELETE", "-X DELETE"),
        ("--request PUT", "-X PUT"),
        ("-d 'a=http://other.example/'", "-d"),
        (f"--data-raw $'p={PASSWORD}\\n'", "--data-raw"),
        ("--json '{}'", "--json"),
        ("-F a=@b", "-F"),
        ("-T file", "-T"),
        ("-I", "-I"),
        ("-G", "-G"),
        ("-r 0-99", "-r"),
        ("-x http://proxy.example/", "-x"),
        ("--digest", "--digest"),
        ("--no-such-option", "--no-such-option"),
        ("-H @headers", "-H @FILE"),
        ("-H 'Host: other.example'", "-H Host:other.example"),
    ],
)
def test_what_is_no_plain_download_is_refused(read: Read, options: str, refused: str) -> None:
    reading = read(text=f"curl {URL} -u me:{PASSWORD} -H 'X-Key: {PASSWORD}' {options}")
    assert reading.failed == [(f"curl {URL} {refused}", SourceKind.URL, "unusable-request")]
    assert PASSWORD not in str(reading.requests)
    again = read(f"curl {URL} {refused}")  # read anew by Retry
    assert (again.urls, again.failed[0][2]) == ([], "unusable-request")
    assert read(text=URL).tally.duplicates == 0


@pytest.mark.parametrize(
    "text",
    [
        "curl -H 'A: b\r' x",
        f"curl {URL} -H 'A: open\n",
        f"curl -H 'bad name: x' {URL}",
        "curl -O -L",
        f"curl -L {URL} word",
    ],
)
def test_a_broken_command_is_said(read: Read, text: str) -> None:
    reading = read(text=text)
    assert reading.urls == []
    assert [code for _, _, code in reading.failed] == ["unusable-request"]


@pytest.mark.parametrize(
    "text", [f"curl gets {URL} for you", f"curl doesn't mind {URL}", "curl is a tool", "curly braces"]
)
def test_words_about_curl_are_words(read: Read, text: str) -> None:
    reading = read(text=text)
    assert reading.urls == ([URL] if URL in text else [])
    assert reading.failed == []


def test_what_curl_would_guess(read: Read) -> None:
    assert read(text="curl -O example.org/a.jpg").urls == ["http://example.org/a.jpg"]
    assert read(text="curl -O 'http://[oops/a.jpg'").failed == [
        ("http://[oops/a.jpg", SourceKind.URL, "bad-url")
    ]
    two = read(text="curl -O http://h/1 -o b.jpg http://h/2")
    assert asked(two) == [("http://h/1", None), ("http://h/2", Asked(name="b.jpg"))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (r"a\ b 'c d'\''e' $'\x41\101\u00e9\n\''", [["a b", "c d'e", "AAé\n'"]]),
        (r'a"\"\$x\q"b', [[r'a"$x\qb']]),
        ("a&b c&&d e && f;g", [["a&b", "c&&d", "e"], ["f"], ["g"]]),
        ("a '' \"\"", [["a", "", ""]]),
        ("a \\\n b\\\nc", [["a", "bc"]]),
        (
            r'^"a^%^41^\^"^" "b ^ ""c""" d\\e "f\\" ^' + "\n g ^& h & i",
            [['a%41"', 'b ^ "c"', r"d\\e", "f\\", "g", "&", "h"], ["i"]],
        ),
    ],
)
def test_words(text: str, words: list[list[str]]) -> None:
    assert commands_in(text) == words


@PROPERTY
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\1"), max_size=20), max_size=6
    )
)
def test_quoted_words_come_back(words: list[str]) -> None:
    posix = " ".join("'" + word.replace("'", "'\\''") + "'" for word in ["curl", *words, "x"])
    assert commands_in(posix) == [["curl", *words, "x"]] or "^" in posix
    wanted_by(posix)


@PROPERTY
@given(st.text(max_size=200))
def test_no_text_breaks_it(read: Read, text: str) -> None:
    commands_in(text)
    commands_in("^\n" + text)
    assert all(one.asked is None or one.error is None for one in read(text=f"curl {URL} {text}").requests)


def test_options_of_aria2(read: Read) -> None:
    text = f"""{URL}\thttp://mirror.example/a.jpg\tftp://x/y
  out=pictures/b.jpg
  referer=https://page.example/
  user-agent=My agent
  header=X-Token: abc
  header=Accept: image/*
  header=Range: bytes=0-5
  load-cookies=/home/me/cookies.txt
  http-user=me
  http-passwd={PASSWORD}
  split=5
  all-proxy=http://proxy.example/
https://example.org/next.jpg
"""
    first, second = read(text=text).requests
    assert first.asked is not None
    assert first.asked.mirrors == ("http://mirror.example/a.jpg",)
    assert (first.asked.name, first.asked.cookies_file) == ("b.jpg", "/home/me/cookies.txt")
    assert (first.asked.referrer, first.asked.user_agent) == ("https://page.example/", "My agent")
    assert first.asked.header("X-Token") == "abc"
    assert first.asked.header("Range") is None
    assert (first.asked.header("Authorization") or "").startswith("Basic ")
    assert (second.source, second.asked) == ("https://example.org/next.jpg", None)
    assert read(text=text).tally.ignored == 2


def test_options_at_the_seams_of_blocks(read: Read, tmp_path: Path) -> None:
    lines = [f"https://example.org/{number}.jpg\n  out={number}.png" for number in range(20_000)]
    (tmp_path / "list.txt").write_text("\n".join(lines))
    names = [one.asked.name for one in read(str(tmp_path / "list.txt")).requests if one.asked]
    assert names == [f"{number}.png" for number in range(20_000)]


def test_links_below_links_are_links(read: Read) -> None:
    assert read(text=f"{URL}\n  https://example.org/b.jpg\n  url=https://example.org/c.jpg").tally.added == 3


def test_a_malformed_header_is_said(read: Read) -> None:
    reading = read(text=f"{URL}\n  header=bad name: {PASSWORD}\n{URL}?2")
    assert reading.urls == [f"{URL}?2"]
    assert PASSWORD not in str(reading.requests)
    assert read(reading.failed[0][0]).failed[0][2] == reading.failed[0][2] == "unusable-request"
