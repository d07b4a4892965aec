"""Names: what every system accepts, and what the URL says (FAULTS.md, N3 to N12, N18, N19, N24)."""

import pytest

from core.downloads.filename import numbered, safe_name, shortened, split_name, suggested_name


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("http://h/dir/photo%20one.jpg?size=9#top", "photo one.jpg"),
        ("http://h/photo.jpg;v=1", "photo.jpg;v=1"),
        ("http://h/na%C3%AFve.jpg", "naïve.jpg"),
        ("http://h/naïve.jpg", "naïve.jpg"),
        ("http://h/na%EFve.jpg", "naïve.jpg"),
        ("http://h/a+b.jpg", "a+b.jpg"),
        ("http://h/100%.jpg", "100%.jpg"),
        # Decoded once, and never a way out of the folder.
        ("http://h/%2e%2e%2f%2e%2e%2fx.jpg", "x.jpg"),
        ("http://h/..%5c..%5cx.jpg", "x.jpg"),
        ("http://h/%252e%252e%252fx.jpg", "%2e%2e%2fx.jpg"),
        ("http://h/a%00%0d%0ab.jpg", "ab.jpg"),
        ("http://h/%2e%2e", ""),
        ("http://h/dir/", ""),
        ("http://h", ""),
        ("http://h?x=/a.jpg", ""),
        ("http://[", ""),
        ("", ""),
    ],
)
def test_the_url_suggests_a_name(url: str, name: str) -> None:
    assert suggested_name(None, url) == name


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("photo.jpg", "photo.jpg"),
        ("a/b\\c.jpg", "c.jpg"),
        ("/etc/passwd", "passwd"),
        ("C:\\Windows\\x.jpg", "x.jpg"),
        ('a<b>:"|?*c.jpg', "a_b______c.jpg"),
        ("photo.jpg:stream", "photo.jpg_stream"),
        ("a\0\r\n\tb\x7f\x9f.jpg", "ab.jpg"),
        ("trail. . ", "trail"),
        ("trail\u3000.\u00a0", "trail"),
        (" \u2003lead.jpg", "lead.jpg"),
        (".hidden.jpg", "_hidden.jpg"),
        (".. .htaccess", "_htaccess"),
        ("-rf", "_rf"),
        ("--option=x.jpg", "_option=x.jpg"),
        ("cafe\u0301.jpg", "café.jpg"),
        ("e\u200d\u0301.jpg", "é.jpg"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("a\u202a\u202b\u202c\u202d\u2066\u2067\u2068\u2069b.jpg", "ab.jpg"),
        ("zero\u200bwi\ufeffdth\u2060.jpg", "zerowidth.jpg"),
        ("\u3164\u115f\u2800.jpg", "_jpg"),
        ("\udcff.jpg", "_jpg"),
        ("a\ud800b.jpg", "ab.jpg"),
        ("\ufffe\uffff\ufdd0a.jpg", "a.jpg"),
        ("line\u2028separator\u2029.jpg", "lineseparator.jpg"),
        ("🖼.jpg", "🖼.jpg"),
        ("🇩🇪👍🏽.jpg", "🇩🇪👍🏽.jpg"),
        ("Ω≈ç√∫µ≤≥÷ 田中さん ﷽ الكل.jpg", "Ω≈ç√∫µ≤≥÷ 田中さん ﷽ الكل.jpg"),
        ("$(touch x);`id`&&'.jpg", "$(touch x);`id`&&'.jpg"),
        ("%s%n{0}.jpg", "%s%n{0}.jpg"),
        ("", ""),
        (".", ""),
        ("..", ""),
        ("...", ""),
        ("  ", ""),
        (". . .", ""),
        ("\u200b", ""),
        ("a/", ""),
    ],
)
def test_unsafe_names_become_safe(name: str, safe: str) -> None:
    assert safe_name(name) == safe
    assert safe_name(safe) == safe


@pytest.mark.parametrize(
    "name",
    [
        *(
            "con",
            "CON",
            "prn",
            "Aux",
            "nul",
            "con.jpg",
            "NUL.tar.gz",
            "con .jpg",
            "CLOCK$",
            "conin$",
            "CONOUT$.jpg",
        ),
        *(f"{port}{digit}" for port in ("COM", "lpt") for digit in "0123456789¹²³"),
        *("com¹.jpg", "desktop.ini", "Desktop.INI", "autorun.inf", "Thumbs.db", "folder.htt", "originals"),
    ],
)
def test_devices_and_what_desktops_obey(name: str) -> None:
    assert safe_name(name) == "_" + name
    assert safe_name(f"dir/{name}") == "_" + name


@pytest.mark.parametrize(
    "name", ["console.jpg", "com.jpg", "com10.jpg", "lpt.jpg", "nul1", "xcon", "autorun.info"]
)
def test_what_only_looks_like_a_device(name: str) -> None:
    assert safe_name(name) == name


@pytest.mark.parametrize(
    "name",
    [
        "x.lnk",
        "x.jpg.LNK",
        "x.url",
        "x.scf",
        "x.pif",
        "x.desktop",
        "x.{20d04fe0-3aea-1069-a2d8-08002b30309d}",
    ],
)
def test_shortcuts_open_nothing_else(name: str) -> None:
    assert safe_name(name) == name + ".download"


@pytest.mark.parametrize(("letter", "bytes_each"), [("a", 1), ("é", 2), ("漢", 3), ("🖼", 4)])
def test_long_names_are_cut_between_characters_and_keep_their_extension(letter: str, bytes_each: int) -> None:
    name = safe_name(letter * 300 + ".jpeg")
    assert name == letter * (195 // bytes_each) + ".jpeg"
    assert len(numbered(name, 1_000_000).encode() + b".part") <= 255


def test_cut_names_end_neither_in_a_dot_nor_in_a_space() -> None:
    assert shortened("abc ..def.jpg", 10) == "abc.jpg"
    assert shortened("a" * 50 + "." + "b" * 50, 10) == "a" * 10


@pytest.mark.parametrize(
    ("name", "stem", "extension"),
    [
        ("photo.jpg", "photo", ".jpg"),
        ("backup.tar.gz", "backup", ".tar.gz"),
        ("a.b.jpg", "a.b", ".jpg"),
        ("song.mp3", "song", ".mp3"),
        ("x.7z", "x", ".7z"),
        ("Report 1.2", "Report 1.2", ""),
        ("Mr. Smith", "Mr. Smith", ""),
        ("photo", "photo", ""),
        (".jpg", ".jpg", ""),
        ("", "", ""),
    ],
)
def test_stem_and_extension(name: str, stem: str, extension: str) -> None:
    assert split_name(name) == (stem, extension)
    assert numbered(name, 2) == f"{stem} (2){extension}"
