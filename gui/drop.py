"""What is dragged or on the clipboard, as the engine takes it; nothing is read, looked up or parsed here."""

import re
from collections.abc import Iterator
from itertools import islice
from typing import Final, NamedTuple
from urllib.parse import unquote, urlsplit

from PySide6.QtCore import QMimeData, QUrl

from core.job import Drop
from gui.formatting import counted, listed
from gui.job_model import DRAG_TYPE

_LOOK_AT: Final = 65_536
_URI_LIST: Final = "text/uri-list"
_URL: Final = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)


class Preview(NamedTuple):
    """What a drop seems to hold, by a quick look at its beginning.

    Attributes:
        files: Local paths that look like files.
        folders: Local paths that look like folders.
        links: URLs.
        text: Whether there is text without a URL in sight.
        cut: Whether there is more than was looked at.
    """

    files: int = 0
    folders: int = 0
    links: int = 0
    text: bool = False
    cut: bool = False

    def sentence(self) -> str:
        """``Add 3 files``, ``Add 1 folder and 12 links``, ``Add links from text``."""
        more = " or more" if self.cut else ""
        kinds = ((self.files, "file"), (self.folders, "folder"), (self.links, "URL"))
        parts = [counted(count, word) for count, word in kinds if count]
        return f"Add {listed(parts)}{more}" if parts else "Add URLs from text"


def is_welcome(mime: QMimeData) -> bool:
    """Whether there is anything in it for us; our own finished files are not taken back."""
    return not mime.hasFormat(DRAG_TYPE) and (mime.hasUrls() or mime.hasText())


def drop_of(mime: QMimeData) -> Drop:
    """The drop as plain strings: paths and URLs where there are any, otherwise the text."""
    if mime.hasUrls():
        sources = tuple(source for url in mime.urls() if (source := source_of(url)))
        if sources:
            return Drop(sources=sources)
    return Drop(text=mime.text())


def source_of(url: QUrl) -> str:
    """A path for a local URL, otherwise the URL in its encoded form."""
    return url.toLocalFile() if url.isLocalFile() else bytes(url.toEncoded().data()).decode()


def preview_of(mime: QMimeData) -> Preview:
    """A quick look at the first 64 KiB."""
    if mime.hasUrls():
        raw = mime.data(_URI_LIST)
        head = bytes(raw.first(min(raw.size(), _LOOK_AT)).data()).decode("utf-8", "replace")
        found = _counted(_lines(head))
        if found != Preview():
            return found._replace(cut=raw.size() > _LOOK_AT)
    text = mime.text()
    links = sum(1 for _ in _URL.finditer(text[:_LOOK_AT]))
    return Preview(links=links, text=not links, cut=bool(links) and len(text) > _LOOK_AT)


def _lines(head: str) -> Iterator[str]:
    return (line for line in head.splitlines() if line and not line.startswith("#"))


def _counted(lines: Iterator[str]) -> Preview:
    files = folders = links = 0
    for line in islice(lines, _LOOK_AT):
        if not line.lower().startswith("file:"):
            links += 1
        elif looks_like_folder(unquote(urlsplit(line).path)):
            folders += 1
        else:
            files += 1
    return Preview(files, folders, links)


def looks_like_folder(path: str) -> bool:
    """By its name alone: looking at the disk could hold up the window."""
    name = path.rstrip("/").rpartition("/")[2]
    return path.endswith("/") or "." not in name.lstrip(".")
