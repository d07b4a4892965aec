"""Formats told by content, and claims by name or Content-Type."""

import io

import pytest
from PIL import Image

from core.images.formats import FORMATS, HEAD_BYTES, claims_picture, is_picture_name, sniff, what_instead
from core.images.plugins import require_plugin


@pytest.mark.parametrize(
    "name",
    ["JPEG", "PNG", "GIF", "WEBP", "BMP", "TIFF", "AVIF", "JPEG2000", "ICO", "PPM", "DDS", "QOI", "ICNS"],
)
def test_what_pillow_writes_is_told_from_its_first_64_bytes(name: str) -> None:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 32), "red").save(buffer, name)
    assert sniff(buffer.getvalue()[:64]) == name


def test_a_phones_mpo_is_a_jpeg() -> None:
    buffer = io.BytesIO()
    image = Image.new("RGB", (32, 32), "red")
    image.save(buffer, "MPO", save_all=True, append_images=[image])
    assert sniff(buffer.getvalue()) == "JPEG"


@pytest.mark.parametrize(
    ("head", "name"),
    [
        (b"MM\0*\0\0\0\x08", "TIFF"),
        (b"II+\0\x08\0\0\0", "TIFF"),
        (b"II*\0\x10\0\0\0CR\x02\0", "RAW"),
        (b"FUJIFILMCCD-RAW 0201", "RAW"),
        (b"\0\0\0\x18ftypcrx \0\0\0\x01crx isom", "RAW"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", "AVIF"),
        (b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", "HEIF"),
        (b"\0\0\0\x20ftypavis\0\0\0\0avis", "AVIF"),
        (b"\xff\x0a\xfa\x7f", "JXL"),
        (b"\0\0\0\x0cJXL \r\n\x87\n\0\0\0\x14ftypjxl ", "JXL"),
        (b"8BPS\0\x01\0\0", "PSD"),
        (b"8BPS\0\x02\0\0", "PSB"),
        (b"\xff\x4f\xff\x51\0\x2f", "JPEG2000"),
        (b"\x76\x2f\x31\x01", "EXR"),
        (b"#?RADIANCE\n", "HDR"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "SVG"),
        (b"\xef\xbb\xbf \n<?xml version='1.0'?>\n<!-- by hand -->\n<svg>", "SVG"),
        (b'<?xml version="1.0"?><!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "x.dtd"><svg ', "SVG"),
    ],
)
def test_heads(head: bytes, name: str) -> None:
    assert sniff(head) == name


@pytest.mark.parametrize(
    ("head", "words"),
    [
        (b"<!DOCTYPE html><html><body><svg>", "a web page"),
        (b"\n  <HTML>", "a web page"),
        (b"%PDF-1.7\n", "a PDF document"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n", "a PostScript program, which is never run"),
        (b"PK\x03\x04\x14\0", "a ZIP archive"),
        (b"\0\0\0\x18ftypisom\0\0\0\0isommp42", "a video"),
        (b'{"error": "not found"}', "a data file"),
        (b"<image><read filename='x'/></image>", "a document"),
        (b"BM is also how a text may begin", "a text"),
        (b"P1", "something else"),
        (b"\0" * 64, "empty space"),
        (b"RIFF\0\0\0\0WAVEfmt ", "something else"),
        (b"", "something else"),
    ],
)
def test_what_is_no_picture(head: bytes, words: str) -> None:
    assert sniff(head) is None
    assert what_instead(head) == words


@pytest.mark.parametrize(("head", "name"), [(b"\xff\x0a" + bytes(20), "JXL"), (b"P6 12 12 255 ", "PPM")])
def test_two_bytes_are_no_picture_of_what_does_not_claim_to_be_one(head: bytes, name: str) -> None:
    assert sniff(head) == sniff(head, claims=True) == name
    assert sniff(head, claims=False) is None
    assert sniff(b"\xff\xd8\xff\xe0" + bytes(20), claims=False) == "JPEG"


def test_sniffing_takes_no_time_on_any_content() -> None:
    for filling in (b" ", b"<!--", b"<?xml ", b"\0", b"ftyp", b"<!DOCTYPE svg"):
        assert sniff(filling * HEAD_BYTES) is None


@pytest.mark.parametrize(
    "name", ["a.jpg", "A.JPEG", "b.heic", "c.svg", "d.NEF", "dir.x/e.webp", "/p/f.tiff", "g.mpo"]
)
def test_names_that_claim(name: str) -> None:
    assert is_picture_name(name)
    assert claims_picture(name, "application/octet-stream")


@pytest.mark.parametrize("name", ["a.zip", "jpg", ".jpg", "b.jpg.exe", "c.pdf", "", "d.eps"])
def test_names_that_do_not(name: str) -> None:
    assert not is_picture_name(name)
    assert not claims_picture(name, None)
    assert not claims_picture(name, "application/pdf")
    assert claims_picture(name, " Image/JPEG; charset=binary")


def test_the_table_is_of_one_piece() -> None:
    extensions = [extension for one in FORMATS.values() for extension in one.extensions]
    assert len(set(extensions)) == len(extensions)
    assert all(extension == extension.lower() and extension[0] == "." for extension in extensions)
    assert [one.name for one in FORMATS.values() if one.is_written and not one.is_read] == ["PDF"]
    assert FORMATS["JPEG"].usual_extension == ".jpg"
    assert FORMATS["RAW"].usual_extension is None


def test_every_format_that_is_read_is_known_to_pillow() -> None:
    Image.init()
    for name in ("HEIF", "JXL"):
        require_plugin(name)
    assert {one.name for one in FORMATS.values() if one.is_read} <= set(Image.OPEN)
    assert {one.name for one in FORMATS.values() if one.is_written} <= set(Image.SAVE)
