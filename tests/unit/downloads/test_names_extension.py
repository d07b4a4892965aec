"""The extension agrees with the content (FAULTS.md, N22)."""

import pytest

from core.downloads.extensions import with_extension
from core.final_names import finished_name
from core.images.formats import FORMATS


@pytest.mark.parametrize(
    ("name", "picture_format", "result"),
    [
        ("photo.jpg", "JPEG", "photo.jpg"),
        ("photo.JPEG", "JPEG", "photo.JPEG"),
        ("photo.jfif", "JPEG", "photo.jfif"),
        ("photo", "JPEG", "photo.jpg"),
        ("", "WEBP", "download.webp"),
        ("photo.jpg", "PNG", "photo.png"),
        ("photo.jpg.png", "JPEG", "photo.jpg"),
        ("photo.php", "JPEG", "photo.jpg"),
        ("photo.html", "GIF", "photo.gif"),
        ("Mr. Smith 1.2", "JPEG", "Mr. Smith 1.2.jpg"),
        ("photo.2024", "JPEG", "photo.2024.jpg"),
        ("photo.jpg_large", "JPEG", "photo.jpg_large.jpg"),
        # Never a program's name on a picture.
        ("x.jpg.exe", "JPEG", "x.jpg"),
        ("x.exe", "JPEG", "x.jpg"),
        ("x.png.exe.scr", "JPEG", "x.jpg"),
        ("_con.exe", "PNG", "_con.png"),
        ("x .exe", "RAW", "x"),
        ("x.lnk.download", "JPEG", "x.lnk.jpg"),
        # A camera's own formats begin as TIFF does.
        ("x.nef", "TIFF", "x.nef"),
        ("x.DNG", "TIFF", "x.DNG"),
        ("x.jpg", "TIFF", "x.tif"),
        ("x.cr2", "RAW", "x.cr2"),
    ],
)
def test_a_pictures_extension_is_its_formats(name: str, picture_format: str, result: str) -> None:
    assert with_extension(name, "application/x-msdownload", picture_format) == result


@pytest.mark.parametrize(
    ("name", "content_type", "result"),
    [
        ("paper", "application/pdf; q=1", "paper.pdf"),
        ("Report 1.2", "application/pdf", "Report 1.2.pdf"),
        ("", "text/html", "download.html"),
        ("", None, "download"),
        ("thing", None, "thing"),
        ("thing", "application/octet-stream", "thing"),
        ("thing", "no/such-type", "thing"),
        ("thing", "\0;;", "thing"),
        ("paper.pdf", "application/zip", "paper.pdf"),
        ("archive.tar.gz", "application/octet-stream", "archive.tar.gz"),
        ("get.php", "application/pdf", "get.pdf"),
        ("get.php", "application/octet-stream", "get.php"),
        ("source.php", "text/plain", "source.php"),
        ("setup.exe", "application/octet-stream", "setup.exe"),
        ("setup-1.2.exe", None, "setup-1.2.exe"),
        # What is a program does not look like a picture where Windows hides extensions.
        ("x.jpg.exe", None, "x_jpg.exe"),
        ("invoice.pdf.js", "text/plain", "invoice_pdf.js"),
        ("www.example.com", None, "www.example.com"),
    ],
)
def test_what_is_no_picture_gets_an_extension_where_it_has_none(
    name: str, content_type: str | None, result: str
) -> None:
    assert with_extension(name, content_type, None) == result


@pytest.mark.parametrize("picture_format", sorted(FORMATS))
def test_no_picture_keeps_a_programs_name(picture_format: str) -> None:
    for name in ("x.exe", "x.jpg.exe", "x.png.scr.bat", "x.com", "x.JS"):
        found = with_extension(name, None, picture_format)
        assert found.lower().endswith((*FORMATS[picture_format].extensions, "x", "x.jpg", "x.png"))


@pytest.mark.parametrize(
    ("name", "picture_format", "result"),
    [
        ("photo.png", "WEBP", "photo.webp"),
        ("photo.jpg.png", "JPEG", "photo.jpg"),
        ("x.nef", "TIFF", "x.tif"),
        ("a.b", "JPEG", "a.b.jpg"),
        ("...", "PNG", "picture.png"),
        ("dir/con.gif", "PNG", "_con.png"),
    ],
)
def test_a_finished_picture_has_the_extension_of_what_was_written(
    name: str, picture_format: str, result: str
) -> None:
    assert finished_name(name, picture_format) == result
