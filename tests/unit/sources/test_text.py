import pytest

from core.job import SourceKind
from core.sources.sieve import CHUNK, FAILED_ROWS
from tests.unit.sources.conftest import Read

URL = "https://example.org/a.jpg"


def test_one_url_a_line(read: Read) -> None:
    reading = read(text=f"{URL}\r\nhttp://example.org/b.jpg\n\n  https://example.org/c.jpg  \n")
    assert reading.urls == [URL, "http://example.org/b.jpg", "https://example.org/c.jpg"]
    assert reading.tally.added == 3
    assert reading.tally.title == "3 URLs"


def test_a_single_link_and_none(read: Read) -> None:
    assert read(text=URL).tally.title == "1 URL"
    empty = read()
    assert (empty.requests, empty.sizes, empty.tally.title, empty.tally.added) == ((), (), "0 URLs", 0)


@pytest.mark.parametrize(
    "line", ["", "   ", "\ufeff", "# a comment", "// a comment", "; a comment", "  # indented"]
)
def test_blank_lines_and_comments_are_skipped(read: Read, line: str) -> None:
    reading = read(text=f"{line}\n{URL}\n{line}")
    assert reading.urls == [URL]
    assert (reading.tally.ignored, reading.tally.invalid) == (0, 0)


@pytest.mark.parametrize("line", [f"# {URL}", f"#{URL}", f"//{URL}", f"; {URL}"])
def test_a_url_that_is_commented_out_is_skipped(read: Read, line: str) -> None:
    assert read(text=line).requests == ()


def test_a_url_in_a_heading_is_found(read: Read) -> None:
    assert read(text=f"# Pictures from {URL}").urls == [URL]


@pytest.mark.parametrize(
    "line",
    [
        "plain words in a line",
        "  dir=/srv/pictures",
        "\tsplit=5",
        "-----",
        "Data: some words",
        "File: some words",
        "a: b://",
    ],
)
def test_words_and_options_are_ignored(read: Read, line: str) -> None:
    reading = read(text=f"{URL}\n{line}\n")
    assert reading.urls == [URL]
    assert (reading.tally.ignored, reading.tally.invalid) == (1, 0)


@pytest.mark.parametrize(
    ("line", "source", "code"),
    [
        ("not-a-url", "not-a-url", "bad-url"),
        ("htp:/x", "htp:/x", "bad-url"),
        ("/no/such/file.jpg", "/no/such/file.jpg", "bad-url"),
        ("ftp://x/y", "ftp://x/y", "unsupported-scheme"),
        ("see ftp://host/file there", "ftp://host/file", "unsupported-scheme"),
        ("xhttp://host/file", "xhttp://host/file", "unsupported-scheme"),
        ("data:image/png;base64,AAAAA", "data:image/png;base64,AAAAA", "bad-url"),
        ("javascript:alert(1)", "javascript:alert(1)", "unsupported-scheme"),
        ("gopher://host/", "gopher://host/", "unsupported-scheme"),
        ("http://", "http://", "bad-url"),
        ("https:///x", "https:///x", "bad-url"),
        ("http://example.org:99999/x", "http://example.org:99999/x", "bad-url"),
        ("http://[::1/x", "http://[::1/x", "bad-url"),
        ("http:// ", "http://", "bad-url"),
    ],
)
def test_mistakes_become_failed_requests(read: Read, line: str, source: str, code: str) -> None:
    reading = read(text=line)
    assert reading.failed == [(source, SourceKind.URL, code)]
    assert (reading.tally.invalid, reading.tally.added) == (1, 0)


def test_a_missing_scheme_is_hinted_at(read: Read) -> None:
    error = read(text="www.example.org/a.jpg").requests[0].error
    assert error is not None
    assert "https://www.example.org/a.jpg" in error.hint


def test_duplicates_are_counted_and_not_added(read: Read) -> None:
    seen = {"https://example.org/known.jpg"}
    text = f"{URL}\nHTTPS://EXAMPLE.ORG:443/a.jpg#top\nhttps://example.org/known.jpg\nhttps://Example.org/Known.jpg"
    reading = read(text=text, seen=seen)
    assert reading.urls == [URL, "https://Example.org/Known.jpg"]
    assert (reading.tally.added, reading.tally.duplicates) == (2, 2)
    assert seen == {URL, "https://example.org/known.jpg", "https://example.org/Known.jpg"}
    assert read(text=text, seen=seen).tally.duplicates == 4


def test_a_repeated_mistake_has_one_row(read: Read) -> None:
    seen: set[str] = set()
    assert len(read(text="oops\noops", seen=seen).failed) == 1
    again = read(text="oops", seen=seen)
    assert (again.requests, again.tally.invalid) == ((), 1)


def test_chunks_are_small_at_first_and_never_large(read: Read) -> None:
    reading = read(text="\n".join(f"https://example.org/{number}.jpg" for number in range(100_000)))
    assert reading.tally.added == len(reading.requests) == 100_000
    assert reading.requests[-1].source == "https://example.org/99999.jpg"
    assert reading.sizes[0] <= 100
    assert max(reading.sizes) <= CHUNK
    assert reading.tally.title == "100,000 URLs"


def test_chunks_of_mixed_lines_keep_order_and_size(read: Read) -> None:
    urls = [f"https://example.org/{number}{'#x' if number % 317 == 0 else ''}" for number in range(20_000)]
    reading = read(text="\n".join([*urls, *urls[:1_000]]))
    assert reading.urls == urls
    assert reading.tally.duplicates == 1_000
    assert max(reading.sizes) <= CHUNK


def test_a_million_lines_of_junk(read: Read) -> None:
    reading = read(text="\n".join(f"junk-{number}" for number in range(1_000_000)) + f"\n{URL}")
    assert reading.tally.invalid == 1_000_000
    assert len(reading.failed) == FAILED_ROWS
    assert reading.urls == [URL]


def test_one_endless_line(read: Read) -> None:
    line = ",".join(f"https://example.org/{number}.jpg" for number in range(100_000))
    reading = read(text=line)
    assert reading.tally.added == 100_000
    assert max(reading.sizes) <= CHUNK
    junk = read(text="x" * 10_000_000)
    assert (junk.tally.invalid, len(junk.failed[0][0])) == (1, 2_001)


def test_surrogates_do_no_harm(read: Read) -> None:
    reading = read("\udcff\udcfe", text="https://example.org/\udce9.jpg\n\ud800\n\udcff words")
    assert reading.urls == ["https://example.org/%E9.jpg"]
    assert (reading.tally.invalid, reading.tally.ignored) == (1, 2)
