"""Digests beside links: read with them, never lost in silence, and never for the wrong file."""

import gzip
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.asked import Algorithm, Asked, Digest
from core.job import Drop, JobRequest
from core.sources.drop import read_drop
from core.sources.expected import Sum, Sums, digest, link_and_digests, sum_in
from core.sources.sieve import Tally
from tests.support.properties import PROPERTY
from tests.unit.sources.conftest import Read

ONE = "https://example.org/a.jpg"
TWO = "https://example.org/x/b.jpg"
HEX = "0123456789abcdef" * 4
SHA256 = Digest(Algorithm.SHA256, HEX)
MD5 = Digest(Algorithm.MD5, HEX[:32])


def asked(requests: tuple[JobRequest, ...]) -> list[tuple[str, tuple[Digest, ...]]]:
    """Each URL with the digests it is to be checked by."""
    return [(one.source, one.asked.digests if one.asked else ()) for one in requests]


@pytest.mark.parametrize(
    "line",
    [
        f"{ONE}  sha256:{HEX}",
        f"{ONE} sha256={HEX}",
        f"{ONE}\tSHA-256:{HEX.upper()}",
        f"  {ONE},  sha-256={HEX}  ",
        f"{HEX}  {ONE}",
        f"{HEX} *{ONE}",
        f"{ONE}\n  checksum=sha-256={HEX}",
        f"{ONE}\n\tchecksum=SHA256={HEX}",
    ],
)
def test_a_link_with_its_digest(read: Read, line: str) -> None:
    reading = read(text=line)
    assert reading.requests == (JobRequest(ONE, reading.requests[0].kind, asked=Asked((SHA256,))),)
    assert (reading.tally.added, reading.tally.ignored, reading.tally.invalid) == (1, 0, 0)
    assert read(line.strip()).requests == reading.requests or "\n" in line or line.startswith(HEX)


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_all_algorithms(read: Read, algorithm: Algorithm) -> None:
    value = "ab" * (algorithm.digits // 2)
    assert asked(read(text=f"{ONE} {algorithm.value}:{value}").requests) == [
        (ONE, (Digest(algorithm, value),))
    ]


def test_two_digests_and_a_url_that_is_not_plain(read: Read) -> None:
    line = f"https://Example.org/ä%20b.jpg?x=(1) md5:{HEX[:32]} sha256:{HEX}"
    assert asked(read(text=line).requests) == [("https://Example.org/ä%20b.jpg?x=(1)", (MD5, SHA256))]


@pytest.mark.parametrize("value", ["", "123", "xyz" + HEX[3:], HEX + "0", HEX[:40]])
def test_a_digest_that_is_none_is_said_and_nothing_is_fetched_unchecked(read: Read, value: str) -> None:
    reading = read(text=f"{ONE} sha256:{value}\n{TWO}")
    assert reading.urls == [TWO]
    ((source, _, code),) = reading.failed
    assert (source, code) == (f"{ONE}  sha256:{value}", "unusable-request")
    assert read(source).failed == reading.failed  # read anew by Retry: no plain link comes of it
    below = read(text=f"{ONE}\n  checksum=sha-256={value}\n")
    assert below.urls == []
    assert read(below.failed[0][0]).failed == below.failed


def test_ordinary_lines_cost_nothing(read: Read) -> None:
    reading = read(text="\n".join([ONE, TWO, "https://example.org/C d", f"see {ONE}x sha256: or not"]))
    assert {one.asked for one in reading.requests} == {None}


@pytest.mark.parametrize(
    ("line", "algorithm"),
    [
        (f"{HEX}  a.jpg", "sha256"),
        (f"{HEX} *a.jpg", "sha256"),
        (f"{HEX.upper()}  ./a.jpg", "sha256"),
        (f"{HEX[:32]}  a.jpg", "md5"),
        (f"SHA256 (a.jpg) = {HEX}", "sha256"),
        (f"SHA2-256(a.jpg) = {HEX}", None),
        (f"MD5 (a.jpg) = {HEX[:32]}", "md5"),
        (f"MD5 (a.jpg) = {HEX}", None),
        ("not a sum", None),
        (f"{HEX}", None),
        (f"{HEX[:36]}  a.jpg", None),
    ],
)
def test_lines_of_sums_files(line: str, algorithm: str | None) -> None:
    found = sum_in(line)
    assert (found.digest.algorithm.value if found else None) == algorithm


def test_a_sums_file_beside_a_list(read: Read, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text(f"{ONE}\n{TWO}?size=1#top\nhttps://example.org/c.jpg\n")
    (tmp_path / "SHA256SUMS").write_text(
        f"# made by hand\n{HEX}  a.jpg\n{HEX} *x/b.jpg\n{HEX}  nowhere.jpg\n"
    )
    for sources in (("list.txt", "SHA256SUMS"), ("SHA256SUMS", "list.txt")):
        reading = read(*(str(tmp_path / name) for name in sources))
        assert asked(reading.requests) == [
            (ONE, (SHA256,)),
            (f"{TWO}?size=1#top", (SHA256,)),
            (
                "https://example.org/c.jpg",
                (),
            ),
        ]
        assert (reading.tally.ignored, reading.tally.invalid) == (1, 0)


@pytest.mark.parametrize("name", ["sums.txt", "photos.md5", "MD5SUMS", "list.txt.gz"])
def test_whatever_it_is_called(read: Read, tmp_path: Path, name: str) -> None:
    content = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\n{HEX[:32]} *a.jpg\n".encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
    reading = read(str(path), text=ONE)
    assert asked(reading.requests) == [(ONE, (MD5,))]
    assert reading.tally.invalid == 0


def test_sums_and_links_in_one_text_whatever_their_order(read: Read, tmp_path: Path) -> None:
    text = f"{ONE}\n{TWO}\n\n{HEX}  a.jpg\n{HEX[:32]}  b.jpg\n"
    expected = [(ONE, (SHA256,)), (TWO, (MD5,))]
    assert asked(read(text=text).requests) == expected
    (tmp_path / "list.txt").write_text("\n".join(reversed(text.splitlines())))
    assert asked(read(str(tmp_path / "list.txt")).requests) == expected[::-1]


def test_a_word_of_the_line_counts_more_than_a_sums_file(read: Read) -> None:
    assert asked(read(text=f"{HEX}  a.jpg\n{ONE} md5:{HEX[:32]}").requests) == [(ONE, (MD5,))]


def test_names_in_several_folders_go_by_their_folders() -> None:
    sums, other = Sums(), Digest(Algorithm.SHA256, "f" * 64)
    sums.gather(
        [f"{HEX}  one/a.jpg", f"{other.value}  two/a.jpg", f"{HEX[:32]}  two/a.jpg", f"{HEX}  same/b.jpg"]
    )
    assert sums.of("http://h/one/a.jpg") == (SHA256,)
    assert sums.of("http://h/two/a.jpg") == (other, MD5)
    assert sums.of("http://h/three/a.jpg") == ()
    assert sums.of("http://h/three/b.jpg") == (SHA256,)
    assert sums.of("http://h/three/") == ()
    assert sums.unused == 0
    assert sums.of("http://h/one/%61.jpg") == (SHA256,)


def test_a_hundred_thousand_sums(read: Read, tmp_path: Path) -> None:
    urls = [f"https://example.org/{number}.jpg" for number in range(100_000)]
    (tmp_path / "sums").write_text("".join(f"{n:064x}  {n}.jpg\n" for n in range(100_000)))
    reading = read(str(tmp_path / "sums"), text="\n".join(urls))
    assert reading.urls == urls
    assert all(
        one.asked is not None and one.asked.digests[0].value == f"{n:064x}"
        for n, one in enumerate(reading.requests)
    )


@PROPERTY
@given(st.text(st.characters(exclude_characters="/"), max_size=300))  # a slash alone is a folder, and read
def test_no_text_breaks_the_reader(text: str) -> None:
    text = f"{ONE} {text}\n {text}"
    requests = [one for chunk in read_drop(Drop(text), set(), Tally()) for one in chunk]
    assert all(one.asked is None or all(found.is_sound for found in one.asked.digests) for one in requests)
    sum_in(text)
    link_and_digests(text)


@PROPERTY
@given(st.sampled_from(list(Algorithm)), st.data())
def test_what_is_written_is_read(algorithm: Algorithm, data: st.DataObject) -> None:
    value = data.draw(st.text("0123456789abcdefABCDEF", min_size=algorithm.digits, max_size=algorithm.digits))
    name = data.draw(st.from_regex(r"[a-z0-9._ ]{0,20}[a-z0-9]", fullmatch=True)).strip()
    wanted = Digest(algorithm, value.lower())
    assert digest(algorithm.value.upper(), value) == wanted
    assert sum_in(f"{value}  {name}") == Sum(name, wanted)
    assert sum_in(f"{algorithm.name} ({name}) = {value}") == Sum(name, wanted)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_digests_in_a_table(read: Read, tmp_path: Path, delimiter: str) -> None:
    rows = [
        ("id", "SHA-256", "url", "caption", "thumbnail"),
        ("1", HEX, ONE, '"a ""b"""', TWO),
        ("2", "", "https://example.org/none.jpg", "", ""),
        ("3", "rubbish", "https://example.org/other.jpg", f"md5:{HEX[:32]}", ""),
        ("4", "", "https://example.org/wrong.jpg", "md5:123", ""),
    ]
    path = tmp_path / "list.csv"
    path.write_text("\n".join(delimiter.join(row) for row in rows))
    reading = read(str(path))
    assert asked(reading.requests)[:4] == [
        (ONE, (SHA256,)),
        (TWO, ()),
        ("https://example.org/none.jpg", ()),
        ("https://example.org/other.jpg", (MD5,)),
    ]
    ((source, _, code),) = reading.failed
    assert code == "unusable-request"
    assert read(source).failed == reading.failed
