import gzip
import json
import os
import plistlib
from io import BytesIO
from pathlib import Path

import pytest

from core.errors import UnreadableSourceError
from core.job import SourceKind
from core.sources import opening
from core.sources.encoding import read_stream
from tests.unit.sources.conftest import Read

ONE = "https://example.org/a.jpg"
TWO = "https://example.org/b.jpg"


def written(path: Path, content: str | bytes) -> str:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return str(path)


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "cp1252"]
)
def test_encodings(read: Read, tmp_path: Path, encoding: str) -> None:
    text = f"# Größe\r\n{ONE}\r\nhttps://example.org/größe.jpg\r\n"
    reading = read(written(tmp_path / "list.txt", text.encode(encoding)))
    assert reading.urls == [ONE, "https://example.org/größe.jpg"]
    assert (reading.tally.invalid, reading.tally.ignored) == (0, 0)
    assert reading.tally.title == "list.txt"
    assert read_stream(BytesIO(text.encode(encoding))) == text


def test_utf16_with_both_marks(read: Read, tmp_path: Path) -> None:
    little = written(tmp_path / "little.txt", b"\xff\xfe" + ONE.encode("utf-16-le"))
    big = written(tmp_path / "big.txt", b"\xfe\xff" + TWO.encode("utf-16-be"))
    assert read(little, big).urls == [ONE, TWO]


def test_a_list_put_together_from_two_encodings(read: Read, tmp_path: Path) -> None:
    content = "https://example.org/ä\n".encode() + "https://example.org/ö\n".encode("latin-1")
    assert read(written(tmp_path / "a.txt", content)).urls == [
        "https://example.org/ä",
        "https://example.org/ö",
    ]


def test_bytes_that_windows_1252_has_no_letter_for(read: Read, tmp_path: Path) -> None:
    assert read(written(tmp_path / "a.txt", b"x\x81 y\n" + ONE.encode())).urls == [ONE]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(read: Read, tmp_path: Path, end: str) -> None:
    assert read(written(tmp_path / "a.txt", end.join((ONE, TWO)))).urls == [ONE, TWO]


def test_lines_across_blocks(read: Read, tmp_path: Path) -> None:
    urls = [f"https://example.org/ä{number}.jpg" for number in range(100_000)]
    assert read(written(tmp_path / "a.txt", "\n".join(urls))).urls == urls


def test_gzipped_lists(read: Read, tmp_path: Path) -> None:
    packed = gzip.compress(ONE.encode()) + gzip.compress(f"\n{TWO}".encode())
    path = written(tmp_path / "list.txt.gz", packed)
    reading = read(path)
    assert reading.urls == [ONE, TWO]
    assert reading.tally.title == "list.txt.gz"
    assert read_stream(BytesIO(packed)) == f"{ONE}\n{TWO}"
    assert read(written(tmp_path / "unknown.gz", packed)).urls == [ONE, TWO]


@pytest.mark.parametrize("damage", ["cut", "checksum", "garbage"])
def test_a_broken_gzip_keeps_what_was_read(read: Read, tmp_path: Path, damage: str) -> None:
    content = "".join(f"https://example.org/{os.urandom(12).hex()}\n" for _ in range(20_000)).encode()
    packed = bytearray(gzip.compress(content))
    if damage == "cut":
        del packed[len(packed) // 2 :]
    elif damage == "checksum":
        packed[-6] ^= 0xFF
    else:
        packed[len(packed) // 2 :] = b"\xff" * 1_000
    path = written(tmp_path / "list.txt.gz", bytes(packed))
    reading = read(path)
    assert (path, SourceKind.FILE, "unreadable") in reading.failed
    assert reading.tally.added > 1_000
    # Garbage may unpack to garbage before it is noticed; what is only cut short never gives half a URL.
    sound = reading.urls[:1_000] if damage == "garbage" else reading.urls
    assert all(len(url) == 44 for url in sound)


def test_a_gzip_bomb_is_stopped(read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "LARGEST_UNPACKED", 5 << 20)
    path = written(tmp_path / "list.txt.gz", gzip.compress(f"{ONE}\n".encode() + b"# comment" * (6 << 17)))
    reading = read(path)
    assert reading.urls == [ONE]
    error = reading.requests[-1].error
    assert error is not None
    assert "5 MiB" in error.message


def test_standard_input_that_is_cut_short() -> None:
    with pytest.raises(UnreadableSourceError):
        read_stream(BytesIO(gzip.compress(ONE.encode())[:-9]))


def test_csv(read: Read, tmp_path: Path) -> None:
    table = f'id,url,caption\n1,{ONE},"a, ""b"""\n2,"https://example.org/x,y.jpg",c\n\n3,,none\nftp://x/y\n4,http://,x\n'
    reading = read(written(tmp_path / "a.csv", table))
    assert reading.urls == [ONE, "https://example.org/x,y.jpg"]
    assert reading.tally.ignored == 3
    assert reading.failed == [("http://", SourceKind.URL, "bad-url")]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(read: Read, tmp_path: Path, delimiter: str) -> None:
    rows = [delimiter.join(cells) for cells in (("url", "name"), (ONE, "x"), ("y", TWO))]
    assert read(written(tmp_path / "a.csv", "\n".join(rows))).urls == [ONE, TWO]


def test_a_lone_quote_swallows_no_rows(read: Read, tmp_path: Path) -> None:
    assert read(written(tmp_path / "a.csv", f'url,name\n{ONE},"x\n{TWO},y\n')).urls == [ONE, TWO]


def test_one_column_keeps_commas_in_urls(read: Read, tmp_path: Path) -> None:
    url = "https://example.org/w_1,h_2/a.jpg"
    assert read(written(tmp_path / "a.csv", f"url\n{url}\n")).urls == [url]
    assert read(written(tmp_path / "a.tsv", f"url\tname\n{url}\tx\n")).urls == [url]


def test_markdown(read: Read, tmp_path: Path) -> None:
    text = f'# Title\n\nSome words.\n\n![picture]({ONE}) and [page]({TWO} "title").\n\n[1]: https://example.org/c\n'
    reading = read(written(tmp_path / "a.md", text))
    assert reading.urls == [ONE, TWO, "https://example.org/c"]
    assert reading.tally.invalid == 0


def test_html(read: Read, tmp_path: Path) -> None:
    page = f"""<!doctype html><link rel=stylesheet href="https://example.org/style.css">
    <script src="https://example.org/code.js">var a = "https://example.org/script.jpg";</script>
    <a href="{ONE}">https://example.org/a...</a> <img src='https://example.org/x?a=1&amp;b=2'>
    <img srcset="{TWO} 1x, https://example.org/w_1,h_2/c.jpg 2x,https://example.org/d.jpg">
    <img src="/relative.jpg"> <a href="#top">up</a> <a href="mailto:a@b.example">mail</a>
    <p>As text: https://example.org/t?a=1&amp;b=2.</p> <!-- <img src="https://example.org/comment.jpg"> -->"""
    reading = read(written(tmp_path / "a.html", page))
    assert reading.urls == [
        ONE,
        "https://example.org/x?a=1&b=2",
        TWO,
        "https://example.org/w_1,h_2/c.jpg",
        "https://example.org/d.jpg",
        "https://example.org/t?a=1&b=2",
    ]
    assert (reading.tally.ignored, reading.tally.invalid, reading.tally.duplicates) == (3, 0, 0)


def test_html_with_a_base(read: Read, tmp_path: Path) -> None:
    page = (
        '<base href="https://example.org/x/"><img src="a b.jpg"><img src="../c.jpg"><a href="//[oops">x</a>'
    )
    reading = read(written(tmp_path / "a.htm", page))
    assert reading.urls == ["https://example.org/x/a%20b.jpg", "https://example.org/c.jpg"]
    assert reading.tally.ignored == 1


def test_html_without_end(read: Read, tmp_path: Path) -> None:
    page = f'<img src="{ONE}"><!-- ' + "<!--" * 2_000_000 + f'<img src="{TWO}"> '
    assert read(written(tmp_path / "a.html", page)).urls == [ONE, TWO]


def test_long_html_in_one_line(read: Read, tmp_path: Path) -> None:
    page = "".join(f"<p>https://example.org/{number}.jpg</p>" for number in range(20_000))
    assert read(written(tmp_path / "a.html", page)).tally.added == 20_000


def test_json(read: Read, tmp_path: Path) -> None:
    value = {
        "z": [ONE, {"caption": "words", "n": 1}],
        "text": f"see {TWO}, or not",
        "https://example.org/c": None,
    }
    content = json.dumps(value).replace("/", "\\/").replace("b.jpg", "\\u0062.jpg")
    assert read(written(tmp_path / "a.json", content)).urls == [ONE, TWO, "https://example.org/c"]


@pytest.mark.parametrize(
    "content", ['{"a": "%s", "b": "%s"', '["%s" "%s"]', "%s %s", "[" * 5_000 + '"%s","%s"']
)
def test_broken_json_is_read_as_text(read: Read, tmp_path: Path, content: str) -> None:
    escaped = (content % (ONE, TWO)).replace("/", "\\/").replace("org", "\\u006frg")
    assert read(written(tmp_path / "a.json", escaped)).urls == [ONE, TWO]


def test_json_lines(read: Read, tmp_path: Path) -> None:
    content = f'{{"url": "{ONE}"}}\n\nbroken {{"url": "{TWO}"\n"https:\\/\\/example.org\\/c"\n'
    assert read(written(tmp_path / "a.jsonl", content)).urls == [ONE, TWO, "https://example.org/c"]


def test_json_in_a_broken_gzip(read: Read, tmp_path: Path) -> None:
    content = json.dumps(
        [f"https://example.org/{os.urandom(12).hex()}" for _ in range(20_000)], indent=0
    ).encode()
    path = written(tmp_path / "a.json.gz", gzip.compress(content)[:-200_000])
    reading = read(path)
    assert reading.tally.added > 1_000
    assert reading.failed == [(path, SourceKind.FILE, "unreadable")]


@pytest.mark.parametrize(
    "content",
    [
        f"[InternetShortcut]\r\nURL={ONE}\r\nIconIndex=0\r\n",
        f"[DEFAULT]\nBASEURL={TWO}\n[InternetShortcut]\nurl = {ONE}\n",
    ],
)
def test_windows_shortcuts(read: Read, tmp_path: Path, content: str) -> None:
    assert read(written(tmp_path / "a.url", content)).urls == [ONE]


@pytest.mark.parametrize("kind", [plistlib.FMT_XML, plistlib.FMT_BINARY])
def test_weblocs(read: Read, tmp_path: Path, kind: plistlib.PlistFormat) -> None:
    assert read(written(tmp_path / "a.webloc", plistlib.dumps({"URL": ONE}, fmt=kind))).urls == [ONE]


@pytest.mark.parametrize("name", ["a.url", "a.webloc", "a.metalink"])
@pytest.mark.parametrize(
    "content", [b"", b"nonsense", b"bplist00\xff\xff\xff", b"<plist><string>x</string></plist>"]
)
def test_links_that_hold_none(read: Read, tmp_path: Path, name: str, content: bytes) -> None:
    path = written(tmp_path / name, content)
    reading = read(path)
    assert reading.tally.added == 0
    if not (name.endswith("metalink") and content.startswith(b"<")):
        assert reading.failed == [(path, SourceKind.FILE, "unreadable")]


@pytest.mark.parametrize("space", ["urn:ietf:params:xml:ns:metalink", "http://www.metalinker.org/"])
def test_metalinks_take_one_mirror_of_each_file(read: Read, tmp_path: Path, space: str) -> None:
    content = f"""<?xml version="1.0"?><metalink xmlns="{space}"><files>
    <file name="a"><resources><url type="ftp">ftp://example.org/a</url><url> {ONE} </url><url>http://m/a</url></resources></file>
    <file name="b"><url priority="1">{TWO}?a=1&amp;b=2</url><url>http://mirror.example/b</url></file>
    <file name="c"><url>ftp://example.org/c</url></file><file name="d"/><file name="e"><url>/etc/passwd</url></file>
    </files></metalink>"""
    reading = read(written(tmp_path / "a.meta4", content))
    assert reading.urls == [ONE, f"{TWO}?a=1&b=2"]
    assert [code for _, _, code in reading.failed] == ["unsupported-scheme", "bad-url"]


@pytest.mark.parametrize(
    "entity", ['<!ENTITY x "http://example.org/x">', '<!ENTITY x SYSTEM "file:///etc/passwd">']
)
def test_metalinks_with_entities_are_refused(read: Read, tmp_path: Path, entity: str) -> None:
    content = f"<!DOCTYPE metalink [{entity}]><metalink><file><url>&x;</url></file></metalink>"
    path = written(tmp_path / "a.metalink", content)
    assert read(path).failed == [(path, SourceKind.FILE, "unreadable")]


def test_weblocs_with_entities_are_refused(read: Read, tmp_path: Path) -> None:
    content = f'<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY x "{ONE}">]><plist><dict><key>URL</key><string>&x;</string></dict></plist>'
    path = written(tmp_path / "a.webloc", content)
    assert read(path).failed == [(path, SourceKind.FILE, "unreadable")]


def test_an_empty_list_adds_nothing(read: Read, tmp_path: Path) -> None:
    for name in ("a.txt", "a.csv", "a.html", "a.json", "a.jsonl", "a.md"):
        reading = read(written(tmp_path / name, ""))
        assert (reading.requests, reading.tally.title) == ((), name)
        assert (reading.tally.added, reading.tally.invalid) == (0, 0)


def test_a_list_that_is_no_text(read: Read, tmp_path: Path) -> None:
    path = written(tmp_path / "a.txt", b"PK\x03\x04\x00\x00\x00" + b"\x00\x01\x02x" * 1_000)
    assert read(path).failed == [(path, SourceKind.FILE, "unreadable")]


def test_a_list_that_is_missing(read: Read, tmp_path: Path) -> None:
    path = str(tmp_path / "missing.txt")
    assert read(path).failed == [(path, SourceKind.FILE, "unreadable")]
