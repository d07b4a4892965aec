"""Metalinks: the best mirror of each file, and what the file must be."""

from pathlib import Path

import pytest

from core.asked import Algorithm, Asked, Digest
from tests.unit.sources.conftest import Read

HEX = "0123456789abcdef" * 4
DIGESTS = (Digest(Algorithm.MD5, HEX[:32]), Digest(Algorithm.SHA256, HEX))
VERSION_4 = f"""<?xml version="1.0" encoding="UTF-8"?>
<metalink xmlns="urn:ietf:params:xml:ns:metalink">
 <file name="folder/example.bin"><size>14471447</size>
  <hash type="md5">{HEX[:32]}</hash><hash type="SHA-256"> {HEX.upper()} </hash><hash type="sha3-256">{HEX}</hash>
  <pieces length="4" type="sha-256"><hash>{"0" * 64}</hash><hash>{"1" * 64}</hash></pieces>
  <url>http://none.example/example.bin</url>
  <url location="de" priority="2">http://second.example/example.bin</url>
  <url priority="1">http://first.example/example.ext</url>
  <url priority="3">ftp://third.example/example.bin</url>
  <metaurl mediatype="torrent">http://torrent.example/example.torrent</metaurl>
 </file>
</metalink>"""
VERSION_3 = f"""<metalink version="3.0" xmlns="http://www.metalinker.org/"><files>
 <file name="example.bin"><size>14471447</size>
  <verification><hash type="md5">{HEX[:32]}</hash><hash type="sha256">{HEX}</hash>
   <pieces length="4" type="sha1"><hash piece="0">{"0" * 40}</hash></pieces></verification>
  <resources><url type="http">http://none.example/example.bin</url>
   <url type="http" preference="90">http://second.example/example.bin</url>
   <url type="http" preference="100">http://first.example/example.ext</url></resources>
 </file></files></metalink>"""


def written(tmp_path: Path, content: str) -> str:
    path = tmp_path / "list.meta4"
    path.write_text(content)
    return str(path)


@pytest.mark.parametrize("content", [VERSION_3, VERSION_4])
def test_what_a_file_must_be(read: Read, tmp_path: Path, content: str) -> None:
    (found,) = read(written(tmp_path, content)).requests
    assert found.source == "http://first.example/example.ext"
    mirrors = ("http://second.example/example.bin", "http://none.example/example.bin")
    assert found.asked == Asked(DIGESTS, name="example.bin", size=14471447, mirrors=mirrors)


@pytest.mark.parametrize(
    "text", ["", "<size>many</size>", "<size>-5</size>", '<hash type="tiger">12</hash>', "<hash>ab</hash>"]
)
def test_what_says_nothing_costs_nothing(read: Read, tmp_path: Path, text: str) -> None:
    content = f'<metalink><file name="a.jpg">{text}<url>http://h.example/a.jpg</url></file></metalink>'
    (found,) = read(written(tmp_path, content)).requests
    assert found.asked is None


def test_a_digest_that_is_none_is_said(read: Read, tmp_path: Path) -> None:
    reading = read(written(tmp_path, VERSION_4.replace(HEX.upper(), "1234")))
    assert reading.urls == []
    ((source, _, code),) = reading.failed
    assert code == "unusable-request"
    assert read(source).failed == reading.failed


def test_files_do_not_share_what_they_must_be(read: Read, tmp_path: Path) -> None:
    second = '<file name="b"><url priority="x">http://h.example/b</url></file>'
    first, other = read(written(tmp_path, VERSION_4.replace("</metalink>", f"{second}</metalink>"))).requests
    assert first.asked is not None
    assert (other.source, other.asked) == ("http://h.example/b", None)


def test_a_job_carries_a_few_mirrors_only(read: Read, tmp_path: Path) -> None:
    urls = "".join(f"<url>http://h{number}.example/a</url>" for number in range(100))
    (found,) = read(written(tmp_path, f"<metalink><file>{urls}</file></metalink>")).requests
    assert found.asked is not None
    assert found.asked.mirrors == tuple(f"http://h{number}.example/a" for number in range(1, 9))
