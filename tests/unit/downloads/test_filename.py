"""Names: what servers say, and what every system accepts (FAULTS.md, N)."""

import pytest

from core.downloads.filename import numbered, safe_name, suggested_name, with_extension

URL = "http://h/dir/photo%20one.jpg?size=9#top"


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (None, "photo one.jpg"),
        ("inline", "photo one.jpg"),
        ('attachment; filename="a b.jpg"', "a b.jpg"),
        ("attachment; filename=plain.jpg", "plain.jpg"),
        ('attachment;filename="a\\"b.jpg"', "a_b.jpg"),
        ("attachment; filename*=UTF-8''na%C3%AFve.jpg; filename=x.jpg", "naïve.jpg"),
        ("attachment; filename=x.jpg; filename*=iso-8859-1'en'%E9.jpg", "é.jpg"),
        ("attachment; filename=x.jpg; filename*=no-such-charset''%E9.jpg", "x.jpg"),
        ("attachment; filename=x.jpg; filename*=UTF-8''%FF%FE.jpg", "x.jpg"),
        ('attachment; filename="na\u00c3\u00afve.jpg"', "naïve.jpg"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="..\\\\..\\\\evil.jpg"', "evil.jpg"),
        ('attachment; filename="C:\\\\x\\\\y.jpg"', "y.jpg"),
        ('attachment; filename="%2e%2e%2fx.jpg"', "%2e%2e%2fx.jpg"),
        ('attachment; filename=""', "photo one.jpg"),
        ('attachment; filename=".."', "photo one.jpg"),
        ("attachment; filename", "photo one.jpg"),
    ],
)
def test_the_server_or_the_url_suggests_a_name(header: str | None, name: str) -> None:
    assert suggested_name(header, URL) == name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("photo.jpg", "photo.jpg"),
        ("a/b\\c.jpg", "c.jpg"),
        ('a<b>:"|?*c.jpg', "a_b______c.jpg"),
        ("a\0\r\n\tb\x7f\x9f.jpg", "ab.jpg"),
        ("trail. . ", "trail"),
        (".hidden.jpg", "_hidden.jpg"),
        ("con", "_con"),
        ("NUL.tar.gz", "_NUL.tar.gz"),
        ("com¹.txt", "_com¹.txt"),
        ("conin$", "_conin$"),
        ("console.jpg", "console.jpg"),
        ("cafe\u0301.jpg", "café.jpg"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("zero\u200bwidth.jpg", "zerowidth.jpg"),
        ("\udcff.jpg", "_jpg"),
        ("-dash.jpg", "-dash.jpg"),
        ("🖼.jpg", "🖼.jpg"),
        ("", ""),
        (".", ""),
        ("...", ""),
        ("  ", ""),
    ],
)
def test_unsafe_names_become_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe
    assert safe_name(safe) == safe


def test_long_names_are_cut_between_characters_and_keep_their_extension() -> None:
    name = safe_name("é" * 300 + ".jpeg")
    assert len(name.encode()) <= 200
    assert name.endswith("é.jpeg")


@pytest.mark.parametrize(
    ("name", "content_type", "extension", "result"),
    [
        ("photo.jpg", "image/png", ".png", "photo.jpg"),
        ("photo", "image/png", ".jpg", "photo.jpg"),
        ("paper", "application/pdf; q=1", None, "paper.pdf"),
        ("thing", None, None, "thing"),
        ("", None, ".webp", "download.webp"),
    ],
)
def test_a_missing_extension_is_added(
    name: str, content_type: str | None, extension: str | None, result: str
) -> None:
    assert with_extension(name, content_type, extension) == result


def test_numbers_stand_before_the_extension() -> None:
    assert numbered("photo.jpg", 2) == "photo (2).jpg"
    assert numbered("photo", 3) == "photo (3)"
