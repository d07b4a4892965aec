import pytest
from PySide6.QtCore import QMimeData, QUrl

from core.job import Drop
from gui.drop import Preview, drop_of, is_welcome, looks_like_folder, preview_of
from gui.job_model import DRAG_TYPE


def mime_of(*urls: str, text: str = "") -> QMimeData:
    mime = QMimeData()
    if urls:
        mime.setUrls([QUrl(url) for url in urls])
    if text:
        mime.setText(text)
    return mime


def test_urls_win_over_text() -> None:
    mime = mime_of("https://example.org/a%20b.jpg", "file:///home/me/c%20d.txt", text="https://example.org/a")
    assert drop_of(mime) == Drop(sources=("https://example.org/a%20b.jpg", "/home/me/c d.txt"))


def test_text() -> None:
    assert drop_of(mime_of(text="see https://example.org/a")) == Drop(text="see https://example.org/a")


def test_what_is_welcome() -> None:
    assert is_welcome(mime_of(text="a"))
    assert is_welcome(mime_of("file:///a"))
    assert not is_welcome(QMimeData())
    own = mime_of("file:///a")
    own.setData(DRAG_TYPE, b"")
    assert not is_welcome(own)


@pytest.mark.parametrize(
    ("mime", "sentence"),
    [
        (("file:///a.txt", "file:///b.txt", "file:///c.jpg"), "Add 3 files"),
        (("file:///home/me/Pictures/",), "Add 1 folder"),
        (("file:///home/me/Pictures", "file:///a.jpg"), "Add 1 file and 1 folder"),
        (tuple(f"https://example.org/{n}" for n in range(12)), "Add 12 URLs"),
    ],
)
def test_what_the_overlay_says_of_urls(mime: tuple[str, ...], sentence: str) -> None:
    assert preview_of(mime_of(*mime)).sentence() == sentence


def test_what_the_overlay_says_of_text() -> None:
    assert preview_of(mime_of(text="a https://a.example/1, http://b.example/2")).sentence() == "Add 2 URLs"
    assert preview_of(mime_of(text="nothing")).sentence() == "Add URLs from text"
    assert preview_of(mime_of(text="nothing")) == Preview(text=True)


def test_only_the_beginning_is_looked_at() -> None:
    text = "https://example.org/12345678901\n" * 100_000
    seen = preview_of(mime_of(text=text))
    assert seen.cut
    assert seen.links == 65_536 // 32
    assert seen.sentence() == "Add 2,048 URLs or more"


def test_folders_by_name() -> None:
    assert looks_like_folder("/home/me/")
    assert looks_like_folder("/home/.config")
    assert not looks_like_folder("/home/me/a.txt")
